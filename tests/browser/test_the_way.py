"""The whole way through the house in a real browser, as two people walk it: from sign-in to a theme and an export."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from reviews.models import Decision, Outcome
from tests import world as worlds
from tests.world import ris_entry
from themes.models import Coding

TITLES = [
    "Walking groups led by former patients", "Telephone mentors for young carers", "Shared breathing classes of retired miners",
    "Diaries of companions on a stroke ward", "Night shifts among hospice cleaners", "Letters between mothers of preterm infants",
    "First students of a recovery college", "Tea and talking in a men's shed", "Choirs as company after surgery",
    "A garden tended by veterans", "Cooking lessons from grandmothers", "Chess by post in a remand prison",
]  # fmt: skip
FILE = "".join(
    ris_entry("alpha", title=title, AU=f"Author{n:02}, Ada", PY=str(2009 + n), VL=str(n + 1), SP=str(100 * n + 1), EP="", DO=f"10.5555/way.{n}")
    for n, title in enumerate(TITLES)
)  # fmt: skip
ANN = ["i", "e", "m", "1", "i", "3", "i", "i", "e", "i"]
BO = ["i", "e", "i", "1", "i", "2", "e", "i", "e", "i"]  # the seventh is a conflict; 1-9 are exclusions with a reason
STATES = [
    "included",
    "excluded",
    "included",
    "excluded",
    "included",
    "excluded",
    "conflict",
    "included",
    "excluded",
    "included",
]


@pytest.fixture
def ann(transactional_db):
    return worlds.person("ann")


def ten_decisions(visitor, keys):
    """One key each; after each the next card stands and its heading has the focus."""
    for n, key in enumerate(keys):
        expect(visitor.page.locator(".work-title")).to_have_text(TITLES[n])
        visitor.press(key)
        visitor.told("Saved. Z undoes.")
    expect(visitor.page.locator(".work-title")).to_have_text(TITLES[10])
    expect(visitor.page.locator(".work-title")).to_be_focused()


def number(page, words):
    """The number that stands beside a name in the flow's table."""
    row = page.locator("table tr", has_text=words).first
    return int(re.sub(r"\D", "", row.locator("td").last.inner_text()))


def test_from_sign_in_to_a_theme_and_an_export(ann, visitors):
    first = visitors(accept_downloads=True)
    page = first.page

    # Set up: sign in, a review with only a title, a search, a pasted dump.
    first.sign_in("ann@example.org")
    page.get_by_role("link", name="New review").first.click()
    page.get_by_label("Title of the review").fill("Company as medicine")
    page.get_by_role("button", name="Set up the review").click()
    page.get_by_label("Where did you search?").fill("Fictional Index")
    page.get_by_label("Or paste what you copied").fill(FILE)
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#state")).to_contain_text("Found 12 entries = 12 taken in + 0 already there + 0 rejected.")
    review = int(re.search(r"/reviews/(\d+)/", page.url)[1])

    # Invite bo by a copied link.
    first.go(f"/reviews/{review}/team/")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link").input_value()

    # Ann screens ten by keyboard.
    first.go(f"/reviews/{review}/import/")
    page.get_by_role("link", name="Looks right: start screening").click()
    ten_decisions(first, ANN)
    expect(page.locator(".screen-head")).to_contain_text("you: 10 of 12")

    # Bo joins by the link, makes an account and screens the same ten, blinded.
    second = visitors()
    second.page.goto(link.replace("http://127.0.0.1:8000", first.base))
    second.page.get_by_label("E-mail address").fill("bo@example.org")
    second.page.get_by_label("Your name").fill("Bo Lindqvist")
    second.page.get_by_label("Password").fill("quiet river basalt")
    second.page.get_by_role("button", name="Make the account and join").click()
    second.page.get_by_role("link", name="Screen titles and abstracts").click()
    ten_decisions(second, BO)
    assert list(Outcome.objects.filter(review=review).order_by("rank").values_list("state", flat=True)[:10]) == STATES

    # The conflict: ann lets herself settle it, sees both decisions, rules; the decisions stay.
    first.go(f"/reviews/{review}/settings/")
    page.get_by_label("Who decided on a work may settle its conflict").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    first.go(f"/reviews/{review}/conflicts/title-abstract/")
    expect(page.locator(".work-title")).to_have_text(TITLES[6])
    both = page.get_by_role("region", name="The decisions")
    expect(both).to_contain_text("Ann")
    expect(both).to_contain_text("Bo Lindqvist")
    first.press("i")
    first.told("Settled as include")
    expect(page.get_by_role("heading", name="No conflict")).to_be_focused()
    assert Decision.objects.filter(review=review, current=True).count() == 20

    # PRISMA counts itself and adds up; a number opens its list.
    first.go(f"/reviews/{review}/settings/unblind/")
    page.get_by_role("button", name="Unblind for good").click()
    first.go(f"/reviews/{review}/prisma/")
    expect(page.locator(".flow-state")).to_contain_text("adds up")
    screened, excluded = number(page, "Records screened"), number(page, "Records excluded")
    sought = number(page, "Reports sought for retrieval")
    pending = number(page, "of these not yet decided")
    assert (screened, excluded, sought, pending) == (12, 4, 6, 2)
    assert screened == excluded + sought + pending
    page.locator(".flow a", has_text="n = 4").first.click()
    expect(page.locator("h1")).to_contain_text("4")
    expect(page.locator(".work-list > li")).to_have_count(4)

    # A theme: words chosen and coded by keyboard, a code drawn into a theme, the quote behind a cell.
    first.go(f"/reviews/{review}/themes/")
    first.press("n")
    expect(page.get_by_role("heading", name=TITLES[0])).to_be_visible()
    first.press("j", "j", "j")
    expect(page.locator("[data-quote]")).not_to_be_empty()
    quote = page.locator("[data-quote]").inner_text()
    first.press("c")
    page.keyboard.type("Being heard")
    page.keyboard.press("Enter")
    first.told("Coded: Being heard")
    coding = Coding.objects.get(review=review)
    assert coding.excerpt.quote == quote == coding.excerpt.text.body[coding.excerpt.start : coding.excerpt.end]
    first.go(f"/reviews/{review}/themes/")
    page.get_by_label("Name of the theme").fill("A voice")
    page.get_by_role("button", name="Make the theme").click()
    page.get_by_role("checkbox", name=re.compile("Being heard")).check()
    page.get_by_role("button", name=re.compile("^A voice")).click()
    expect(page.locator(".board .theme")).to_contain_text("Being heard")
    first.go(f"/reviews/{review}/themes/matrix/")
    page.get_by_role("link", name=re.compile("^1: A voice, Author00")).click()
    expect(page.locator("blockquote")).to_contain_text(quote)

    # Results come out.
    first.go(f"/reviews/{review}/export/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()  # all works, as CSV
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8-sig"), newline="")))
    assert [row["Title"] for row in rows] == TITLES
    assert {row["Title and abstract: outcome"] for row in rows[:10]} == {"included", "excluded"}
    assert first.faults == [] and second.faults == []


def test_several_files_are_dropped_and_each_is_accounted_for(ann, visitors, tmp_path):
    for name, text in {
        "export.ris": FILE,
        "again.txt": FILE,
        "notes.txt": "milk, bread, a call to the library",
    }.items():
        (tmp_path / name).write_text(text)
    visitor = visitors(ann)
    page = visitor.go("/reviews/new/")
    page.get_by_label("Title of the review").fill("Dropped")
    page.get_by_role("button", name="Set up the review").click()
    page.get_by_label("Where did you search?").fill("Three files")
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.glob("*.*")))
    expect(page.locator("[data-chosen] li")).to_have_count(3)
    page.get_by_role("button", name="Import").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("tr", has_text="notes.txt")).to_contain_text("not understood")
    expect(page.locator("tr", has_text="export.ris")).to_contain_text("already here")  # the second of the same bytes
    page.get_by_role("link", name="notes.txt").click()
    expect(page.locator("pre")).to_contain_text("a call to the library")
    assert visitor.faults == []
