"""One person, one keyboard, no mouse: from sign-in to a settled conflict. Nothing in here clicks, and nothing fills a field but keys."""

import time

import pytest
from playwright.sync_api import expect

from reviews.models import Adjudication, Decision, Labelling, Note
from tests import world as worlds
from tests.world import SUBJECTS

KEYS = ["1", "i", "2", "e", "3", "m", "i", "4", "1", "i"]  # no key twice in a row, which a hand may do and need not
SECONDS = 12
HAS_FOCUS = """() => {
  const here = document.activeElement;
  return ((here.labels?.[0] ?? here).innerText || here.ariaLabel || "").trim();
}"""


@pytest.fixture
def many(screened):
    """Works enough for thirty decisions; one conflict waits."""
    text = "".join(
        worlds.ris_entry("hotel", title=f"Unlike title {n} {n * 7919} {chr(97 + n % 26) * 9}", DO=f"10.5555/k.{n}", AN=str(n))
        for n in range(32)
    )  # fmt: skip
    worlds.import_text(screened.review, screened.people["ann"], text, source="Large Index")
    return screened


class Hands:
    """A visitor who has only keys."""

    def __init__(self, visitor):
        self.visitor, self.page = visitor, visitor.page

    def press(self, *keys):
        for key in keys:
            expect(self.page.locator("html[data-armed]")).to_have_count(1)
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def tab_to(self, words, most=90):
        """Tab until what has the focus says these words."""
        for _n in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(HAS_FOCUS).startswith(words):
                return
        raise AssertionError(f"{words!r} is not reached by Tab in {most} steps")

    def follow(self, words):
        """To a link, and through it."""
        self.tab_to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def heading(self, words):
        expect(self.page.get_by_role("heading", name=words).first).to_be_visible()


def test_thirty_decisions_undo_note_label_and_a_conflict_without_a_mouse(many, visitors):
    visitor = visitors()
    hands, page = Hands(visitor), visitor.page
    began = time.monotonic()

    visitor.go("/")
    hands.tab_to("E-mail address")
    hands.type("cy@example.org")
    hands.tab_to("Password", most=3)
    hands.type("correct horse battery")
    page.keyboard.press("Enter")
    hands.heading("My reviews")
    hands.follow("Peer support")
    hands.follow("Screen titles and abstracts")

    title = page.locator(".work-title")
    expect(title).to_have_text(SUBJECTS["charlie"])
    for n in range(30):
        shown = title.inner_text()
        hands.press(KEYS[n % len(KEYS)])
        expect(title).not_to_have_text(shown)
        expect(title).to_be_focused()
    visitor.told("Saved. Z undoes.")

    last = page.locator(".work-title").inner_text()
    hands.press("z")
    visitor.told("Taken back")
    expect(title).not_to_have_text(last)
    hands.press("4")
    visitor.told("Excluded:")
    expect(title).to_have_text(last)

    hands.press("n")
    hands.type("i e m: look at the setting")
    hands.tab_to("Save note", most=3)
    page.keyboard.press("Enter")
    visitor.told("Note saved")
    hands.press("l")
    hands.tab_to("Another label")
    hands.type("Look again")
    page.keyboard.press("Enter")
    visitor.told("Label saved")

    hands.follow("Conflicts")
    expect(page.get_by_role("region", name="The decisions")).to_contain_text("Ann")
    hands.press("i")
    visitor.told("Settled as include")
    took = time.monotonic() - began

    cy = many.members["cy"]
    assert Decision.objects.filter(member=cy, current=True).count() == 30
    assert Decision.objects.filter(member=cy, current=True).exclude(reason=None).count() > 12
    assert Note.objects.get(member=cy).text == "i e m: look at the setting"
    assert Labelling.objects.get(member=cy).spelling == "Look again"
    assert Adjudication.objects.get(current=True).work.title == SUBJECTS["bravo"]
    assert visitor.faults == []
    assert took < SECONDS, f"{took:.1f} s"
