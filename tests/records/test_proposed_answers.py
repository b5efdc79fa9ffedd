"""Many likely questions answered with “the same” at once, and taken back."""

import pytest

from records import actions, proposing
from records.models import Answer, Match, Proposal
from tests import world as worlds
from tests.records.shelf import (
    BARE,
    UP,
    answer,
    back,
    done,
    ends,
    everything_but_history,
    fresh,
    in_small_pieces,
    likely,
    pair,
    record,
    screened,
    titles,
)
from tests.records.state import homes, take
from tests.world import ris_entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    in_small_pieces(monkeypatch)


@pytest.fixture
def shelf(db):
    return fresh()


@pytest.mark.parametrize(("bar", "names"), [(0.6, {"foxtrot"}), (0.5, {"foxtrot", "delta"}), (0.9, set())])
def test_questions_are_proposed_from_the_threshold_on(shelf, bar, names):
    assert proposing.bars(shelf.library) == [(0.6, 1), (0.5, 2), (0.4, 2)]
    if not names:
        with pytest.raises(proposing.NothingToAsk):
            likely(shelf, bar)
        assert not Proposal.objects.exists()
        return
    before = everything_but_history(shelf)
    proposal = likely(shelf, bar)
    assert proposal.state == "ready" and everything_but_history(shelf) == before
    assert titles(proposal, "join") == {worlds.SUBJECTS[name] for name in names}
    done(shelf, proposal)
    said = Match.objects.filter(library=shelf.library, answer="same", answered_by=shelf.people["ann"])
    assert {each.record_a.title for each in said} == {worlds.SUBJECTS[name] for name in names}
    assert all(each.record_a.work_id == each.record_b.work_id for each in said)
    shelf.library.refresh_from_db()
    assert (shelf.library.questions, shelf.library.join_at) == (2 - len(names), 0.90)
    back(shelf, proposal)
    assert everything_but_history(shelf) == before


def test_pairs_with_a_veto_or_kin_are_never_among_them(shelf):
    foxtrot, delta = pair(shelf, "foxtrot", "Third Index"), pair(shelf, "delta", "Third Index")
    Match.objects.filter(pk=foxtrot.pk).update(veto="parts that differ")
    Match.objects.filter(pk=delta.pk).update(kin="abstract")
    with pytest.raises(proposing.NothingToAsk):
        likely(shelf, 0.4)


def test_nor_questions_between_works_of_which_another_pair_is_vetoed(shelf):
    take(shelf, ris_entry("foxtrot", AB=""), source="Fourth Index")
    other, asked = record(shelf, "Fourth Index"), pair(shelf, "foxtrot", "Third Index")
    assert other.work_id == asked.record_a.work_id and asked.open
    held_back = Match.objects.get(record_a=asked.record_b_id, record_b=other)
    Match.objects.filter(pk=held_back.pk).update(veto="parts that differ")
    assert titles(likely(shelf, 0.4), "join") == {worlds.SUBJECTS["delta"]}


def test_a_chain_of_likely_answers_does_not_bring_together_what_a_veto_parts(shelf):
    take(shelf, ris_entry("foxtrot", **BARE), source="Fourth Index")
    first, second = pair(shelf, "foxtrot", "Third Index"), pair(shelf, "foxtrot", "Fourth Index")
    held_back = Match.objects.filter(record_a=first.record_b, record_b=second.record_b)
    assert held_back.update(veto="parts that differ", open=True) == first.open + second.open - 1 == 1
    proposal = likely(shelf, 0.6)
    assert proposal.changes.count() == 2
    done(shelf, proposal)
    home = homes(shelf.library)
    assert home[first.record_b_id] != home[second.record_b_id]
    assert proposing.left_out(proposal) == 1


def test_a_likely_answer_brings_no_record_to_one_that_is_plainly_another(shelf):
    asked, charlie = pair(shelf, "foxtrot", "Third Index"), record(shelf, "Fictional Index", 1)
    actions.join(by=shelf.people["ann"], library=shelf.library, into=asked.record_a.work, others=[charlie.work], **UP)
    proposal = likely(shelf, 0.6)
    assert titles(proposal, "join") == {worlds.SUBJECTS["foxtrot"]}
    done(shelf, proposal)
    asked.refresh_from_db()
    assert (asked.open, proposing.left_out(proposal)) == (True, 1)


def test_two_works_with_decisions_are_left_to_a_person(shelf):
    match = pair(shelf, "foxtrot", "Third Index")
    screened(shelf, *ends(match))
    assert titles(likely(shelf, 0.4), "join") == {worlds.SUBJECTS["delta"]}
    Proposal.objects.all().delete()
    proposal = likely(shelf, 0.4)
    screened(shelf, *ends(pair(shelf, "delta", "Third Index")))
    done(shelf, proposal)
    assert not Match.objects.filter(answer="same").exists()
    assert proposing.left_out(proposal) == 1


def test_taking_back_leaves_what_a_person_answered_anew_since(shelf):
    proposal = done(shelf, likely(shelf, 0.4))
    foxtrot, delta = pair(shelf, "foxtrot", "Third Index"), pair(shelf, "delta", "Third Index")
    answer(shelf, foxtrot, Answer.SAME)  # once more, having looked at it
    back(shelf, proposal)
    foxtrot.refresh_from_db()
    delta.refresh_from_db()
    assert (foxtrot.answer, delta.answer, delta.open) == ("same", "", True)
    home = homes(shelf.library)
    assert home[foxtrot.record_a_id] == home[foxtrot.record_b_id]
    assert home[delta.record_a_id] != home[delta.record_b_id]


@pytest.mark.parametrize("said", [Answer.DIFFERENT, Answer.RELATED])
def test_taking_back_leaves_an_answer_that_a_person_changed_since(shelf, said):
    proposal = done(shelf, likely(shelf, 0.6))
    match = answer(shelf, pair(shelf, "foxtrot", "Third Index"), said)
    back(shelf, proposal)
    match.refresh_from_db()
    assert match.answer == said


def test_a_question_answered_between_is_left_alone(shelf):
    proposal = likely(shelf, 0.4)
    match = answer(shelf, pair(shelf, "foxtrot", "Third Index"), Answer.DIFFERENT)
    done(shelf, proposal)
    match.refresh_from_db()
    assert match.answer == "different"
    assert proposing.left_out(proposal) == 1
    back(shelf, proposal)
    match.refresh_from_db()
    assert match.answer == "different"


def test_experience_counts_what_people_answered_one_by_one(shelf):
    assert proposing.experience(shelf.library) == []
    answer(shelf, pair(shelf, "foxtrot", "Third Index"), Answer.DIFFERENT)
    assert proposing.experience(shelf.library) == [(0.5, 1, 0), (0.3, 1, 0)]
    proposal = done(shelf, likely(shelf, 0.4))
    assert titles(proposal, "join") == {worlds.SUBJECTS["delta"]}
    assert proposing.experience(shelf.library) == [(0.5, 1, 0), (0.3, 1, 0)]  # not what was answered at once
