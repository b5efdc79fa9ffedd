"""Screening by keyboard in a real browser: one key, one act; nothing by accident; everything without a mouse."""

import pytest
from playwright.sync_api import expect

from reviews.models import Decision
from tests.world import SUBJECTS

SCREEN = "/reviews/{}/screen/title-abstract/"


@pytest.fixture
def bo(screened, visitors):
    """Bo at the first card: charlie lacks only the second decision."""
    visitor = visitors(screened.people["bo"])
    visitor.go(SCREEN.format(screened.review.pk))
    expect(visitor.page.locator(".work-title")).to_have_text(SUBJECTS["charlie"])
    return visitor


def decided(world, who="bo"):
    rows = Decision.objects.filter(member=world.members[who], current=True).order_by("-pk")
    return [(row.work.title, row.verdict, row.reason.key if row.reason else "") for row in rows]


@pytest.mark.parametrize(
    ("key", "verdict", "reason", "said"),
    [
        ("i", "include", "", "Included."),
        ("I", "include", "", "Included."),
        ("e", "exclude", "", "Excluded."),
        ("m", "maybe", "", "Maybe."),
        ("2", "exclude", "phenomenon", "Excluded: Wrong phenomenon of interest."),
    ],
)
def test_one_key_decides_and_the_next_card_stands(screened, bo, key, verdict, reason, said):
    bo.press(key.lower())
    bo.told(said)
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    expect(bo.page.locator(".work-title")).to_be_focused()
    assert decided(screened)[0] == (SUBJECTS["charlie"], verdict, reason)
    assert bo.faults == []


def test_z_takes_back_several_steps(screened, bo):
    bo.press("i")
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    bo.press("e")
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["echo"])
    bo.press("z")
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    bo.press("z")
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["charlie"])
    bo.told("Taken back")
    assert [title for title, _verdict, _reason in decided(screened)] == [SUBJECTS["bravo"], SUBJECTS["alpha"]]
    assert bo.faults == []


def test_s_puts_a_card_off(screened, bo):
    bo.press("s")
    bo.told("Put off")
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    assert len(decided(screened)) == 2


def test_n_writes_a_note_in_which_letters_are_letters(screened, bo):
    bo.press("n")
    expect(bo.page.locator("#note")).to_be_focused()
    bo.page.keyboard.type("i e m z 1: look at the setting")
    bo.page.keyboard.press("Tab")
    bo.page.keyboard.press("Enter")
    bo.told("Note saved")
    expect(bo.page.locator("#note")).to_have_value("i e m z 1: look at the setting")
    assert len(decided(screened)) == 2
    assert bo.faults == []


def test_the_question_mark_lists_the_keys_of_the_page_and_keys_rest_meanwhile(screened, bo):
    bo.press("?")
    dialog = bo.page.locator("dialog[open]")
    for words in ("Include", "Exclude", "Maybe", "Later", "Note", "Wrong setting"):
        expect(dialog).to_contain_text(words)
    bo.page.keyboard.press("i")
    bo.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert len(decided(screened)) == 2
    bo.press("i")
    bo.told("Included")


@pytest.mark.parametrize("keys", ["Control+i", "Alt+e", "Meta+m"])
def test_keys_with_modifiers_are_the_browsers(screened, bo, keys):
    bo.page.wait_for_timeout(300)
    bo.page.keyboard.press(keys)
    bo.page.wait_for_timeout(200)
    assert len(decided(screened)) == 2


def test_a_held_key_decides_once(screened, bo):
    expect(bo.page.locator("html[data-armed]")).to_have_count(1)
    bo.page.keyboard.down("i")
    for _ in range(6):
        bo.page.keyboard.down("i")  # the browser repeats
    bo.page.keyboard.up("i")
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    bo.page.wait_for_timeout(200)
    assert len(decided(screened)) == 3


def test_single_keys_can_be_switched_off_and_act_with_alt_then(screened, bo):
    bo.press("?")
    bo.page.get_by_label("Single keys act").uncheck()
    bo.page.keyboard.press("Escape")
    bo.page.keyboard.press("i")
    bo.page.wait_for_timeout(200)
    assert len(decided(screened)) == 2
    bo.press("Alt+i")
    bo.told("Included")
    assert len(decided(screened)) == 3


def test_every_key_stands_once_on_the_page(bo):
    keys = bo.page.evaluate(
        "[...document.querySelectorAll('[data-key], [data-focus-key]')].filter(e => e.checkVisibility())"
        ".flatMap(e => (e.dataset.key ?? e.dataset.focusKey).split(' '))"
    )
    assert sorted(set(keys) - {"?"}) == sorted(key for key in keys if key != "?")
    assert {"i", "e", "m", "s", "n", "z", "1", "4"} <= set(keys)


def test_without_javascript_the_same_buttons_decide(screened, visitors):
    bo = visitors(screened.people["bo"], java_script_enabled=False)
    page = bo.go(SCREEN.format(screened.review.pk))
    page.get_by_role("button", name="Include").click()
    expect(page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    page.get_by_role("button", name="Wrong setting").click()
    expect(page.locator(".work-title")).to_have_text(SUBJECTS["echo"])
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    page.get_by_role("button", name="Later").click()
    expect(page.locator(".work-title")).to_have_text(SUBJECTS["echo"])
    assert decided(screened)[0] == (SUBJECTS["charlie"], "include", "")


def test_a_card_that_changed_is_refused_and_shown_anew(screened, bo):
    from records import actions as found
    from reviews.settling import InReviews

    charlie, hotel = screened.works["charlie"], screened.works["hotel"]
    found.join(by=screened.people["lib"], library=screened.library, into=charlie, others=[hotel], upstairs=InReviews())
    bo.press("i")
    bo.told("changed while you read it")
    assert len(decided(screened)) == 2
    bo.press("e")  # the card that stood there meanwhile
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["charlie"])
    expect(bo.page.locator(".links")).to_contain_text("2 records joined")
    bo.press("i")
    bo.told("Included")
    assert [title for title, *_rest in decided(screened)[:2]] == [SUBJECTS["charlie"], SUBJECTS["delta"]]


def test_a_sign_in_that_expired_in_mid_screening_says_so_in_place(screened, bo):
    bo.context.clear_cookies(name="sessionid")
    bo.press("i")
    expect(bo.page.get_by_role("alert")).to_contain_text("You are signed out")
    assert len(decided(screened)) == 2
    bo.page.get_by_role("link", name="Sign in and go on here").click()
    bo.page.get_by_label("E-mail address").fill("bo@example.org")
    bo.page.get_by_label("Password").fill("correct horse battery")
    bo.page.keyboard.press("Enter")
    bo.told("Included. Saved.")
    expect(bo.page.locator(".work-title")).to_have_text(SUBJECTS["delta"])
    assert decided(screened)[0] == (SUBJECTS["charlie"], "include", "")


def test_a_line_that_is_down_is_said_and_nothing_is_lost(screened, bo):
    bo.context.set_offline(True)
    bo.press("i")
    bo.told("1 decision is waiting to be sent.")
    assert len(decided(screened)) == 2
    bo.context.set_offline(False)
    bo.told("Included. Saved.")
    assert len(decided(screened)) == 3


def test_keys_as_in_another_tool_or_ones_own_act_and_stand_on_the_buttons(screened, bo):
    bo.press("?")
    bo.page.get_by_label("Keys as in").select_option("asreview")
    bo.page.keyboard.press("Escape")
    expect(bo.page.get_by_role("button", name="Include").locator("kbd")).to_have_text("R")
    bo.press("r")
    bo.told("Included. Saved.")
    expect(bo.page.get_by_role("button", name="Exclude").locator("kbd")).to_have_text("I")
    bo.press("i")
    bo.told("Excluded. Saved.")
    assert [verdict for _title, verdict, _reason in decided(screened)[:2]] == ["exclude", "include"]
    bo.press("?")
    bo.page.get_by_role("button", name="Change: Maybe").click()
    bo.page.keyboard.press("i")  # excludes already
    expect(bo.page.locator("#help")).to_contain_text("Taken: Exclude")
    bo.page.keyboard.press("y")
    bo.page.keyboard.press("Escape")
    bo.page.reload()
    bo.press("y")
    bo.told("Maybe. Saved.")
    assert decided(screened)[0][1] == "maybe"
    assert bo.faults == []
