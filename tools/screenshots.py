"""Pictures of every page of a running demo, at 1280 and 390 px, light and dark, into `screenshots/` (not kept).

.venv/bin/python tools/screenshots.py [http://127.0.0.1:8000] [part of a page's name]
"""

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).resolve().parent.parent / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
PASSWORD = "a demo for two"  # noqa: S105


def places(page: Page, base: str) -> dict[str, str]:
    """Names and addresses of the pages worth looking at, in the two demo reviews."""
    page.goto(base + "/")
    doors = [a.get_attribute("href") or "" for a in page.locator(".cards h2 a").all()]
    practice, review = sorted(doors, key=lambda d: -int(re.findall(r"\d+", d)[0]))[:2]
    page.goto(base + review + "library/?list=works")
    work = page.locator(".work-list a").nth(3).get_attribute("href") or ""
    page.goto(base + review + "import/")
    dumps = [a.get_attribute("href") or "" for a in page.locator("tbody th a").all()]
    page.goto(base + review + "themes/")
    coded = (
        page.locator("a[href*='/themes/works/']").first.get_attribute("href")
        if page.locator("a[href*='/themes/works/']").count()
        else ""
    )
    found = {
        "home": "/", "new": "/reviews/new/", "overview": review, "import": review + "import/", "intake-rejected": dumps[-3] if dumps else "",
        "intake-not-understood": dumps[0] if dumps else "", "library": review + "library/", "work": work, "duplicates": review + "duplicates/",
        "joined": review + "duplicates/?list=joined", "screen": review + "screen/title-abstract/", "screen-full": review + "screen/full-text/",
        "conflicts": review + "conflicts/title-abstract/", "reports": review + "reports/", "prisma": review + "prisma/",
        "export": review + "export/", "team": review + "team/", "settings": review + "settings/", "unblind": practice + "settings/unblind/",
        "themes": review + "themes/", "coding": coded or "", "matrix": review + "themes/matrix/", "practice": practice,
        "practice-screen": practice + "screen/title-abstract/", "practice-prisma": practice + "prisma/",
        "account": "/accounts/", "staff": "/staff/", "parts": "/parts/", "not-found": "/nowhere/",
    }  # fmt: skip
    return {name: place for name, place in found.items() if place}


def chromium() -> str:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))


def sign_in(page: Page, base: str) -> None:
    page.goto(base + "/accounts/login/")
    page.fill("[name=login]", "robin@demo.example")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")


def main(base: str, wanted: str) -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        for scheme in ("light", "dark"):
            for width, height in ((1280, 900), (390, 844)):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
                page = context.new_page()
                page.on(
                    "console", lambda m: print("console:", m.type, m.text) if m.type in ("error", "warning") else None
                )
                page.goto(base + "/accounts/login/")
                if not wanted or wanted in "login":
                    page.screenshot(path=OUT / f"login-{width}-{scheme}.png", full_page=True)
                sign_in(page, base)
                for name, place in places(page, base).items():
                    if wanted in name:
                        page.goto(base + place)
                        page.wait_for_timeout(150)
                        page.screenshot(path=OUT / f"{name}-{width}-{scheme}.png", full_page=True)
                context.close()
        browser.close()


def readme(base: str) -> None:
    """The pictures of the README: what fits on one screen of each page."""
    folder = OUT.parent / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        sign_in(page, base)
        found = places(page, base)
        for name, place, part in (
            ("screen", found["practice-screen"], None),
            ("flow", found["prisma"], ".flow"),
            ("matrix", found["matrix"], None),
        ):
            page.goto(base + place)
            page.wait_for_timeout(300)
            (page.locator(part) if part else page).screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    arguments = [*sys.argv[1:], "", ""]
    site = (arguments[0] or "http://127.0.0.1:8000").rstrip("/")
    if arguments[1] == "--readme":
        readme(site)
    else:
        main(site, arguments[1])
