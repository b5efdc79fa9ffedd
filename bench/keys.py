"""From a key to the next card on a line of 200 ms, and twenty decisions without a line: `python -m bench.keys` (make bench-keys).

In headless Chromium, on the shipped server, with 400 works in SQLite in a temporary folder.
"""

import os
import shutil
import statistics
import time

os.environ.setdefault("RECORDS", "400")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs a loop in this thread

from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, sync_playwright

from bench import setting_up
from bench.screen import PORT, Person, Served, library, say
from reviews.models import Decision

LINE, PRESSES, OFFLINE, APART = 200, 100, 20, 0.3  # milliseconds; decisions; decisions; seconds between two presses
P50, P95 = 50, 100
WATCH = """() => {
  window.took = [];
  let pressed = 0;
  addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  document.addEventListener("card:shown", () => requestAnimationFrame(() => requestAnimationFrame(
    () => took.push(performance.now() - pressed))));
}"""


def stored(person: Person) -> int:
    return Decision.objects.filter(member=person.member, current=True).count()


def press(page: Page, times: int) -> None:
    for n in range(times):
        page.keyboard.press("iem"[n % 3])
        time.sleep(APART)


def settled(person: Person, count: int) -> int:
    """How many decisions are stored, once there are so many or half a minute is over."""
    until = time.monotonic() + 30
    while stored(person) < count and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(1)  # a doubled one would come now
    return stored(person)


def main() -> None:
    setting_up.migrate()
    person = library()[0]
    connection.close()
    with Served(), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}")
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": person.session, "url": f"http://127.0.0.1:{PORT}"}]
        )
        page = context.new_page()
        page.goto(person.place)
        page.wait_for_selector("html[data-armed]")
        page.bring_to_front()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        slow = {"offline": False, "latency": LINE, "downloadThroughput": -1, "uploadThroughput": -1}
        line.send("Network.emulateNetworkConditions", slow)
        time.sleep(2)  # the cards that come next are there
        page.evaluate(WATCH)
        press(page, PRESSES)
        found = settled(person, PRESSES)
        took = page.evaluate("window.took")
        if len(took) < 2:
            raise SystemExit(
                f"no card was shown by a key; {found} decisions stored; the page says: {page.inner_text('main')[:300]!r}"
            )
        times = statistics.quantiles(took, n=100)
        for percent, limit in ((50, P50), (95, P95)):
            figure = times[percent - 1]
            say(
                f"key to next card on a line of {LINE} ms: p{percent}",
                f"{figure:.0f} ms",
                figure <= limit,
                f"{limit} ms",
            )
        say("  measured of", f"{len(took)} of {PRESSES}", len(took) == PRESSES, str(PRESSES))
        say("  stored", str(found), found == PRESSES, str(PRESSES))
        line.send("Network.emulateNetworkConditions", slow | {"offline": True})
        press(page, OFFLINE)
        waiting = stored(person) - found
        line.send("Network.emulateNetworkConditions", slow)
        more = settled(person, found + OFFLINE) - found
        say(
            f"decisions stored of {OFFLINE} made without a line",
            f"{more}",
            more == OFFLINE and not waiting,
            str(OFFLINE),
        )
        browser.close()


if __name__ == "__main__":
    main()
