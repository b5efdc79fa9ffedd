"""The conflicts page: all decisions side by side, one press to settle, and the way back. Only who adjudicates comes here."""

import re
import uuid

import pytest

from records.models import Work
from reviews import actions
from reviews.models import Adjudication, Report, StageName
from tests import world as worlds

HTMX = {"hx-request": "true"}
TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


@pytest.fixture
def two(world):
    """Bravo and charlie are in conflict."""
    world.decide("bo", "charlie", "exclude")
    return world


def place(world, rest="", stage=TITLE):
    return f"/reviews/{world.review.pk}/conflicts/{stage}/{rest}"


def press(world, work="bravo", **more):
    """What the page's form sends."""
    one = Work.objects.get(pk=world.works[work].pk)
    return {"work": one.pk, "revision": one.revision, "key": str(uuid.uuid4()), **more}


def settle(client, world, work="bravo", stage=TITLE, htmx=True, **more):
    return client.post(place(world, stage=stage), press(world, work, **more), headers=HTMX if htmx else {})


def shown(world, answer):
    """The name of the work on the card; the answer to htmx is a part."""
    by_key = {each.pk: name for name, each in world.works.items()}
    card = answer.context["card"]
    return by_key[card.work.pk] if card else None


def told(answer):
    """What the status line says; it stands out of band in a part."""
    page = answer.content.decode()
    assert "<html" not in page and page.strip().startswith('<article id="card"')
    return re.search(r'<div hx-swap-oob="innerHTML:#told">([^<]*)</div>', page)[1]


# What it shows


def test_the_decisions_stand_side_by_side_with_names_and_reasons(world, as_):
    page = re.sub(r"\s+", " ", as_(world, "cy").get(place(world)).content.decode())
    assert '<span class="badge include">Include</span> <strong>Ann</strong>' in page
    assert '<span class="badge exclude">Exclude</span> <strong>Bo</strong> · Wrong sample or population' in page
    assert "1 left" in page and worlds.SUBJECTS["bravo"] in page


def test_without_a_conflict_the_page_says_so(world, as_):
    world.decide("bo", "bravo", "include")
    answer = as_(world, "cy").get(place(world))
    assert "No conflict" in answer.content.decode() and shown(world, answer) is None


def test_conflicts_come_in_the_order_of_the_queue_and_one_can_be_asked_for(two, as_):
    client = as_(two, "cy")
    assert shown(two, client.get(place(two))) == "bravo"
    page = client.get(place(two, f"?work={two.works['charlie'].pk}"))
    assert shown(two, page) == "charlie"
    assert "All conflicts" in page.content.decode() and page.context["left"] == 2


def test_a_strange_or_foreign_number_shows_the_first_conflict(two, foreign, as_):
    client = as_(two, "cy")
    for number in ("x", "²", "-1", "9" * 30, "9" * 5000, two.works["alpha"].pk, foreign.works["golf"].pk):
        assert shown(two, client.get(place(two), {"work": number})) == "bravo", number


@pytest.mark.parametrize(("who", "status"), [("bo", 403), ("lib", 403), ("obs", 403), ("cy", 200), ("ann", 200)])
def test_only_who_adjudicates_sees_conflicts(world, as_, who, status):
    assert as_(world, who).get(place(world)).status_code == status


def test_an_owner_who_does_not_adjudicate_sees_none(world, as_):
    world.review.owner_adjudicates = False
    world.review.save()
    assert as_(world, "ann").get(place(world)).status_code == 403
    assert settle(as_(world, "ann"), world, verdict="include").status_code == 403
    assert world.outcome("bravo") == "conflict"


# Settling


@pytest.mark.parametrize(
    ("verdict", "state", "said"),
    [
        ("include", "included", "Settled as include. Z undoes."),
        ("exclude", "excluded", "Settled as exclude. Z undoes."),
    ],
)
def test_one_press_settles_and_the_next_conflict_is_there(two, as_, verdict, state, said):
    answer = settle(as_(two, "cy"), two, verdict=verdict)
    assert (answer.status_code, told(answer), shown(two, answer)) == (200, said, "charlie")
    assert two.outcome("bravo") == state


def test_a_reasons_button_alone_excludes_because_of_it(world, as_):
    settle(as_(world, "cy"), world, reason=world.reason("design").pk)
    made = Adjudication.objects.get(review=world.review)
    assert (made.verdict, made.reason) == ("exclude", world.reason("design"))


def test_without_script_a_press_leads_back_to_the_page(world, as_):
    answer = settle(as_(world, "cy"), world, htmx=False, verdict="include")
    assert (answer.status_code, answer["Location"]) == (302, place(world))
    assert world.outcome("bravo") == "included"


@pytest.mark.parametrize("more", [{"verdict": "maybe"}, {}, {"verdict": "x"}, {"verdict": "include", "key": "x"}])
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(world, as_, more):
    for htmx in (True, False):
        assert settle(as_(world, "cy"), world, htmx=htmx, **more).status_code == 400
    assert world.outcome("bravo") == "conflict"


def test_a_foreign_or_retired_reason_is_refused(world, foreign, as_):
    retired = world.reason("setting")
    retired.retired = True
    retired.save()
    for reason in (foreign.review.reasons.first(), retired):
        assert settle(as_(world, "cy"), world, reason=reason.pk).status_code == 400
    assert world.outcome("bravo") == "conflict"


def test_a_foreign_work_is_not_there(world, foreign, as_):
    for number, status in ((foreign.works["golf"].pk, 404), (10**17, 404), (10**30, 400)):
        sent = press(world, verdict="include") | {"work": number}
        answer = as_(world, "cy").post(place(world), sent, headers=HTMX)
        assert answer.status_code == status and b"<html" not in answer.content


def test_ones_own_conflict_has_no_buttons_and_a_press_is_refused(two, as_):
    client = as_(two, "ann")
    page = client.get(place(two)).content.decode()
    assert "this review asks somebody else to settle it" in page and 'value="include"' not in page
    answer = settle(client, two, "charlie", verdict="include")
    assert (answer.status_code, shown(two, answer)) == (409, "charlie")
    assert "You decided on this work yourself" in told(answer)
    assert two.outcome("charlie") == "conflict"


def test_where_the_review_allows_it_ones_own_conflict_can_be_settled(world, as_):
    world.review.adjudicate_own = True
    world.review.save()
    assert 'value="include"' in as_(world, "ann").get(place(world)).content.decode()
    assert settle(as_(world, "ann"), world, verdict="include").status_code == 200
    assert world.outcome("bravo") == "included"


def test_a_card_settled_meanwhile_is_refused_in_words(two, as_):
    late = press(two, verdict="exclude")
    settle(as_(two, "cy"), two, verdict="include")
    answer = as_(two, "cy").post(place(two), late, headers=HTMX)
    assert (answer.status_code, shown(two, answer)) == (409, "charlie")
    assert "Nothing was stored." in told(answer)
    assert two.outcome("bravo") == "included"


def test_a_card_joined_meanwhile_stays_on_the_page(two, as_):
    late = press(two, "charlie", verdict="include")
    worlds.import_text(two.review, two.people["ann"], worlds.ris("charlie"), source="Found again")
    answer = as_(two, "cy").post(place(two), late, headers=HTMX)
    assert (answer.status_code, shown(two, answer)) == (409, "charlie")
    assert two.outcome("charlie") == "conflict"


def test_at_full_text_the_reason_is_asked_for_on_the_same_card(world, as_):
    """The next press must not fall on another work than the one it was asked for."""
    ann = world.members["ann"]
    actions.unblind(member=ann, stage=TITLE)
    world.decide("bo", "charlie", "include")
    for work in ("alpha", "charlie"):
        report = Report.objects.get(review=world.review, work=world.works[work])
        actions.set_retrieval(member=ann, report=report, retrieval="retrieved")
        world.decide("ann", work, "include", stage=FULL)
        world.decide("bo", work, "maybe", stage=FULL)
    answer = settle(as_(world, "cy"), world, "charlie", FULL, verdict="exclude")
    assert (answer.status_code, told(answer), shown(world, answer)) == (400, "Choose the reason first.", "charlie")
    settle(as_(world, "cy"), world, "charlie", FULL, reason=world.reason("design").pk)
    assert (world.outcome("charlie", FULL), world.outcome("alpha", FULL)) == ("excluded", "conflict")


# The way back


def test_undo_opens_the_conflict_that_was_settled(two, as_):
    client = as_(two, "cy")
    settle(client, two, "charlie", verdict="include")
    assert "Undo" in client.get(place(two)).content.decode()
    answer = client.post(place(two, "undo/"), headers=HTMX)
    assert (told(answer), shown(two, answer)) == ("Taken back. The conflict is open again.", "charlie")
    assert two.outcome("charlie") == "conflict"


def test_undo_without_script_leads_to_the_conflict(two, as_):
    client = as_(two, "cy")
    settle(client, two, "charlie", verdict="include")
    answer = client.post(place(two, "undo/"))
    assert answer["Location"] == place(two, f"?work={two.works['charlie'].pk}")


def test_undo_without_a_ruling_says_so(world, as_):
    answer = as_(world, "cy").post(place(world, "undo/"), headers=HTMX)
    assert told(answer) == "There is nothing to take back."
    assert as_(world, "cy").post(place(world, "undo/"))["Location"] == place(world)
