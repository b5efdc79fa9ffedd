"""Proposals and people: what somebody answered, joined, parted, confirmed or decided stands, before, between and since."""

import pytest

from records import actions, asking, comparing, parting, proposing
from records.models import Answer, Match, Record
from tests import world as worlds
from tests.records.shelf import (
    NEARLY,
    UP,
    answer,
    back,
    compared,
    done,
    ends,
    everything_but_history,
    fresh,
    in_small_pieces,
    numbers,
    pair,
    record,
    screened,
    stays,
    titles,
)
from tests.records.state import homes, standing, take
from tests.world import ris_entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    in_small_pieces(monkeypatch)


@pytest.fixture
def shelf(db):
    return fresh()


# --- before ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("bar", [0.90, 0.99, 1.01])
@pytest.mark.parametrize("said", Answer.values)
@pytest.mark.parametrize("which", [("golf", "Second Index"), ("foxtrot", "Third Index")], ids=["joined", "question"])
def test_what_a_person_answered_stands(shelf, bar, said, which):
    match = answer(shelf, pair(shelf, *which), said)
    stays(shelf, bar, ends(match))
    match.refresh_from_db()
    assert match.answer == said


def test_works_joined_by_hand_are_never_parted(shelf):
    golf, charlie = record(shelf, "Fictional Index", 4), record(shelf, "Fictional Index", 1)
    actions.join(by=shelf.people["ann"], library=shelf.library, into=golf.work, others=[charlie.work], **UP)
    stays(shelf, 1.01, (golf.pk, charlie.pk))
    stays(shelf, 1.01, ends(pair(shelf, "golf")))  # the whole of it


def test_a_work_that_a_person_confirmed_is_never_parted(shelf):
    match = pair(shelf, "golf")
    asking.confirm(by=shelf.people["ann"], library=shelf.library, work=match.record_a.work)
    stays(shelf, 1.01, ends(match))


@pytest.mark.parametrize("bar", [0.90, 1.01])
def test_works_taken_apart_by_hand_are_never_joined_and_stay_a_question(shelf, bar):
    match = pair(shelf, "golf")
    parting.take_apart(by=shelf.people["ann"], library=shelf.library, work=match.record_a.work, **UP)
    stays(shelf, bar, ends(match))
    match.refresh_from_db()
    assert (match.open, match.veto) == (True, parting.TAKEN_APART)


def test_a_question_that_a_person_asked_is_never_dropped(shelf):
    works = [record(shelf, "Fictional Index", n).work for n in (1, 2)]
    match = asking.ask_about(by=shelf.people["ann"], library=shelf.library, one=works[0], other=works[1])
    assert match.open
    for bar in (0.90, 1.01):
        stays(shelf, bar, ends(match))
    match.refresh_from_db()
    assert match.open


def test_a_work_with_decisions_is_never_parted(shelf):
    match = pair(shelf, "golf")
    screened(shelf, match.record_a_id)
    assert worlds_named(compared(shelf, 0.99)) == {"hotel", "echo"}


def worlds_named(proposal):
    return {name for name, title in worlds.SUBJECTS.items() if title in titles(proposal, "part")}


def test_two_works_with_decisions_are_asked_about_and_never_joined(shelf):
    done(shelf, compared(shelf, 0.99))
    match = pair(shelf, "golf")
    screened(shelf, *ends(match))
    proposal = compared(shelf, 0.90)
    assert numbers(proposal) == (2, 0, 0, 0)  # golf is a question as it was
    done(shelf, proposal)
    match.refresh_from_db()
    assert match.open


def test_decisions_that_came_between_make_a_join_a_question(shelf):
    done(shelf, compared(shelf, 0.99))
    match = pair(shelf, "golf")
    proposal = compared(shelf, 0.90)
    screened(shelf, *ends(match))
    before = everything_but_history(shelf)
    done(shelf, proposal)
    match.refresh_from_db()
    assert match.open and match.record_a.work_id != match.record_b.work_id
    back(shelf, proposal)
    assert everything_but_history(shelf) == before


def test_one_side_with_decisions_is_joined_and_they_go_along_and_back(shelf):
    done(shelf, compared(shelf, 0.99))
    match = pair(shelf, "golf")
    screened(shelf, match.record_b_id)
    before = everything_but_history(shelf)
    proposal = done(shelf, compared(shelf, 0.90))
    assert homes(shelf.library)[match.record_a_id] == homes(shelf.library)[match.record_b_id]
    assert set(standing(shelf.library)["decisions"]) != set(before["standing"]["decisions"])
    back(shelf, proposal)
    assert everything_but_history(shelf) == before


# --- between looking and doing --------------------------------------------------------------------------------------
@pytest.mark.parametrize("said", Answer.values)
def test_a_pair_answered_between_is_left_alone(shelf, said):
    done(shelf, compared(shelf, 0.99))
    proposal = compared(shelf, 0.90)
    match = answer(shelf, pair(shelf, "golf"), said)
    answered = Match.objects.filter(pk=match.pk).values().get()
    together = match.record_a.work_id == Record.objects.get(pk=match.record_b_id).work_id
    done(shelf, proposal)
    assert Match.objects.filter(pk=match.pk).values().get() == answered
    home = homes(shelf.library)
    assert (home[match.record_a_id] == home[match.record_b_id]) is together is (said == Answer.SAME)
    assert proposing.left_out(proposal) == 1
    back(shelf, proposal)
    assert Match.objects.filter(pk=match.pk).values().get() == answered


@pytest.mark.parametrize("said", [Answer.DIFFERENT, Answer.RELATED])
def test_another_pair_of_the_two_works_answered_between_keeps_them_apart(shelf, said):
    take(shelf, ris_entry("golf", AB="", PY=""), source="Fourth Index")
    done(shelf, compared(shelf, 0.99))
    proposal = compared(shelf, 0.90)
    other, late = record(shelf, "Fourth Index"), record(shelf, "Second Index")
    assert other.work_id != late.work_id
    actions.answered(shelf.library, other, late, shelf.people["ann"], said, None)
    done(shelf, proposal)
    home = homes(shelf.library)
    assert home[other.pk] != home[late.pk]
    assert proposing.left_out(proposal) >= 1


@pytest.mark.parametrize("what", ["confirmed", "joined", "screened"])
def test_a_work_that_people_made_theirs_between_is_not_parted(shelf, what):
    proposal, match = compared(shelf, 0.99), pair(shelf, "golf")
    if what == "confirmed":
        answer(shelf, match, Answer.SAME)
    elif what == "screened":
        screened(shelf, match.record_a_id)
    else:
        other = record(shelf, "Fictional Index", 1).work
        actions.join(by=shelf.people["ann"], library=shelf.library, into=match.record_a.work, others=[other], **UP)
    done(shelf, proposal)
    home = homes(shelf.library)
    assert home[match.record_a_id] == home[match.record_b_id]
    assert proposing.left_out(proposal) == 2  # neither parted nor asked


def test_a_work_that_an_import_made_larger_between_is_neither_parted_nor_joined(shelf):
    proposal = compared(shelf, 0.99)
    take(shelf, ris_entry("golf"), source="Fourth Index")
    before = homes(shelf.library)[record(shelf, "Second Index").pk]
    done(shelf, proposal)
    assert homes(shelf.library)[record(shelf, "Second Index").pk] == before
    lax = compared(shelf, 0.90)
    assert numbers(lax)[0] == 2
    take(shelf, ris_entry("hotel"), source="Fifth Index")
    done(shelf, lax)
    match = pair(shelf, "hotel")
    assert match.open and match.record_a.work_id != match.record_b.work_id  # a question, as it was


def test_what_comes_in_while_records_are_compared_does_no_harm(shelf, monkeypatch):
    plan = comparing._plan

    def slow(*args):
        made = plan(*args)
        take(shelf, ris_entry("golf", **NEARLY) + ris_entry("hotel"), source="Fourth Index")
        return made

    monkeypatch.setattr(comparing, "_plan", slow)
    proposal = compared(shelf, 0.99)
    assert proposal.records == 11
    done(shelf, proposal)
    home = homes(shelf.library)
    assert home[record(shelf, "Fourth Index", 2).pk] == home[record(shelf, "Fictional Index", 5).pk]


def test_taking_back_leaves_what_people_did_since(shelf):
    proposal = done(shelf, compared(shelf, 0.99))
    golf, hotel, echo = (pair(shelf, name) for name in ("golf", "hotel", "echo"))
    answer(shelf, golf, Answer.DIFFERENT)
    actions.join(
        by=shelf.people["ann"], library=shelf.library, into=record(shelf, "Fictional Index", 1).work,
        others=[hotel.record_b.work], **UP,
    )  # fmt: skip
    back(shelf, proposal)
    home = homes(shelf.library)
    assert home[golf.record_a_id] != home[golf.record_b_id]
    assert home[hotel.record_b_id] == home[record(shelf, "Fictional Index", 1).pk]
    assert home[echo.record_a_id] == home[echo.record_b_id]  # nobody touched it
    golf.refresh_from_db()
    assert golf.answer == "different"


def test_taking_back_a_join_that_a_person_confirmed_since_leaves_it(shelf):
    done(shelf, compared(shelf, 0.99))
    proposal = done(shelf, compared(shelf, 0.90))
    match = answer(shelf, pair(shelf, "golf"), Answer.SAME)
    back(shelf, proposal)
    match.refresh_from_db()
    home = homes(shelf.library)
    assert (match.answer, home[match.record_a_id]) == ("same", home[match.record_b_id])


def test_taking_back_joins_no_two_works_that_were_both_decided_on_since(shelf):
    proposal = done(shelf, compared(shelf, 0.99))
    match = pair(shelf, "golf")
    screened(shelf, *ends(match))
    back(shelf, proposal)
    home = homes(shelf.library)
    assert home[match.record_a_id] != home[match.record_b_id]
