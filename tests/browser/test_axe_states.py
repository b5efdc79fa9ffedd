"""Pages in the states that they come to, from one table: dialogs open, everything unfolded, an error shown, nothing there yet, the
line down, light and dark. axe-core finds nothing in any of them. What stands on the pages at rest is looked at in test_pages.py.

A slice runs here; WINNOW_AXE=all (`make soak-review`) opens every page of the table in tests/test_doors.py unfolded, in a full
and in an empty review, and with every form sent empty.
"""

import os
import uuid
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reviews import actions, setup
from reviews.models import Member, Report, Retrieval, StageName
from tests import test_doors
from tests.browser.conftest import share
from tests.browser.test_pages import FILES

ALL = os.environ.get("WINNOW_AXE") == "all"
SCREEN = "screen/title-abstract/"
UNFOLD = "() => document.querySelectorAll('details').forEach((each) => { each.open = true; })"
DIALOGS = "() => [...document.querySelectorAll('dialog')].length"
SHOW = "(n) => { const all = [...document.querySelectorAll('dialog')]; all.forEach((d) => d.close()); all[n].showModal(); }"
LAX = "() => document.querySelectorAll('form').forEach((each) => { each.noValidate = true; })"


# --- states that one has to bring about: who, where, and what is done there ---------------------------------------------
def rest(_visitor):
    """As the page comes."""


def help_open(visitor):
    visitor.press("?")
    expect(visitor.page.locator("dialog[open]")).to_be_visible()


def labels_open(visitor):
    visitor.press("l")
    expect(visitor.page.get_by_label("Another label")).to_be_visible()


def taken_back(visitor):
    """A message, and both Undo and Redo."""
    visitor.press("i")
    visitor.told("Saved")
    visitor.press("z")
    visitor.told("Taken back")


def changed_meanwhile(visitor):
    """The card is refused: its revision is another one by now."""
    visitor.page.evaluate("() => document.querySelectorAll('[name=revision]').forEach((each) => { each.value = 99; })")
    visitor.press("n")
    visitor.page.keyboard.type("I doubt it")
    visitor.page.get_by_role("button", name="Save note").click()
    visitor.told("Nothing was stored")
    visitor.faults.clear()  # the console repeats the 409


def offline(visitor):
    """Decisions wait in the browser."""
    visitor.page.wait_for_timeout(500)
    visitor.context.set_offline(True)
    visitor.press("i")
    visitor.press("e")
    expect(visitor.page.locator("body")).to_contain_text("waiting")
    visitor.faults.clear()


def settled(visitor):
    visitor.press("i")
    visitor.told("Settled")


def sent_empty(visitor):
    """The first form of the page sent with nothing in it."""
    visitor.page.evaluate(LAX)
    visitor.page.locator("main form[method=post] button:not([type=button])").first.click()
    visitor.page.wait_for_load_state()
    visitor.faults.clear()


def wrong_password(visitor):
    visitor.page.get_by_label("E-mail address").fill("bo@example.org")
    visitor.page.get_by_label("Password").fill("not this one")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("main")).to_contain_text("not")


def unfolded(visitor):
    visitor.page.evaluate(UNFOLD)


STATES: list[tuple[str, str, Callable]] = [
    ("bo", SCREEN, help_open),
    ("bo", SCREEN, labels_open),
    ("bo", SCREEN, taken_back),
    ("bo", SCREEN, changed_meanwhile),
    ("bo", SCREEN, offline),
    ("cy", "conflicts/title-abstract/", rest),
    ("cy", "conflicts/title-abstract/", help_open),
    ("cy", "conflicts/title-abstract/", settled),
    ("ann", "conflicts/title-abstract/", rest),  # her own conflict, which she may not settle
    ("ann", "settings/", sent_empty),
    ("ann", "team/", sent_empty),
    ("ann", "import/", sent_empty),
    ("ann", "library/?q=nothingofthiskind", unfolded),
    ("ann", "library/", unfolded),
    ("obs", "agreement/", rest),
    ("lib", "progress/", rest),
    ("", "/accounts/login/", wrong_password),
]
SCHEMES = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES if ALL else SCHEMES[1:])
def test_axe_finds_nothing_in_the_states_that_pages_come_to(screened, visitors, scheme):
    faults = {}
    for who, place, bring_about in share(STATES):
        visitor = visitors(screened.people[who] if who else None, scheme=scheme)
        visitor.go(place if place.startswith("/") else f"/reviews/{screened.review.pk}/{place}")
        bring_about(visitor)
        told = [fault for fault in visitor.faults if "ERR_INTERNET_DISCONNECTED" not in fault]  # `offline` means it
        if found := [*visitor.axe(), *told]:
            faults[who, place, bring_about.__name__] = found
        visitor.context.close()
    assert faults == {}


# --- every page, unfolded ------------------------------------------------------------------------------------------
def full_review(world) -> list[str]:
    """All pages of a review in which something stands everywhere, as its owner may see them."""
    children = test_doors.children_of(world)
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    Report.objects.filter(review=world.review).update(retrieval=Retrieval.RETRIEVED)
    rows = sorted((name, row) for name, row in test_doors.TABLE.items() if row.get and name not in FILES)
    return [test_doors.address(name, row, world.review, children) for name, row in rows]


def empty_review(world) -> list[str]:
    """The pages of a review of which nothing is known but its title."""
    review = setup.new_review(by=world.people["ann"], title=f"Nothing yet {uuid.uuid4().hex[:4]}")
    assert Member.objects.filter(review=review).count() == 1
    rows = sorted(test_doors.TABLE.items())
    without_child = [(name, row) for name, row in rows if row.get and not row.child and name not in FILES]
    return [
        reverse(name.partition("+")[0], kwargs={"review_id": review.pk, **row.fixed}) for name, row in without_child
    ]


def each_state(visitor, place):
    """The page with everything unfolded, then with each of its dialogs open, then with its first form sent empty."""
    visitor.go(place)
    visitor.page.evaluate(UNFOLD)
    yield "unfolded"
    for n in range(visitor.page.evaluate(DIALOGS)):
        visitor.page.evaluate(SHOW, n)
        yield f"dialog {n}"
    if ALL:
        visitor.go(place)
        if visitor.page.locator("main form[method=post] button:not([type=button])").count():
            sent_empty(visitor)
            yield "sent empty"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES if ALL else SCHEMES[:1])
@pytest.mark.parametrize("pages", [full_review, empty_review])
def test_axe_finds_nothing_on_pages_that_are_unfolded(screened, visitors, pages, scheme):
    places = pages(screened)
    visitor, faults = visitors(screened.people["ann"], scheme=scheme), {}
    for place in places if ALL else places[:: max(1, len(places) // 4)]:
        for state in each_state(visitor, place):
            if found := visitor.axe():
                faults[place, state] = found
    assert faults == {}
