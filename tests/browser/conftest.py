"""A real Chromium against a real server: what its console says, what it asks for and what the policy refuses is a fault."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests import world as worlds

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text()
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def chromium() -> str:
    """Where Chromium is; without it the run stops, unless SKIP_BROWSER=1 leaves these tests out."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.exit("Chromium is missing: apt-get install chromium, or SKIP_BROWSER=1", returncode=3)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.browser)
            if os.environ.get("SKIP_BROWSER") == "1":
                item.add_marker(pytest.mark.skip(reason="SKIP_BROWSER=1"))


def share(things: list, other: bool = False) -> list:
    """What this leg looks at of what looks the same on both databases: every second, the others on the other leg.

    All where no leg is named, and where all are asked for (WINNOW_AXE=all).
    """
    if os.environ.get("WINNOW_AXE") == "all" or "TEST_LEG" not in os.environ:
        return things
    return things[(os.environ["TEST_LEG"] == "sqlite") ^ other :: 2]


class Visitor:
    """One person in front of a browser, and every fault the browser noticed."""

    def __init__(self, context: BrowserContext, base: str):
        self.context, self.base = context, base
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.set_default_timeout(8000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda fault: self.faults.append(f"script: {fault}"))
        self.page.on("request", self._asked)

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.base, "blob:", "about:")):
            self.faults.append(f"asked elsewhere: {request.url}")

    def go(self, place: str) -> Page:
        self.page.goto(self.base + place)
        return self.page

    def press(self, *keys: str) -> None:
        """Press keys as soon as the page says that they act."""
        for key in keys:
            expect(self.page.locator("html[data-armed]")).to_have_count(1)
            self.page.wait_for_timeout(160)  # the same key again does nothing for 150 ms
            self.page.keyboard.press(key)

    def told(self, text: str) -> None:
        expect(self.page.locator("#told")).to_contain_text(text)

    def sign_in(self, email: str, password: str = "correct horse battery") -> None:
        self.go("/accounts/login/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="My reviews")).to_be_visible()

    def axe(self) -> list[str]:
        """What axe-core finds on the page as it stands."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("rules => axe.run(document, rules)", RULES)
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return self.page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth")


@pytest.fixture
def visitors(transactional_db: None, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser window for each person: `visitors("ann@…")` is signed in already, `visitors()` is not."""
    # Playwright's loop makes Django open a second connection in this thread; it is closed before the database goes.
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)

        def visitor(
            user: Any = None, *, width: int = 1280, height: int = 900, scheme: str = "light", **more: Any
        ) -> Visitor:
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **more)
            if user is not None:
                client = Client()
                client.force_login(user)
                cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
            return Visitor(context, live_server.url)

        yield visitor
        browser.close()
        connections.close_all()


@pytest.fixture
def screened(transactional_db: None) -> worlds.World:
    """The small world, committed, so that the server sees it."""
    return worlds.screened_world()
