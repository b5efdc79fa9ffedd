"""Proposals: what would change is shown first, done exactly so, and taken back whole; another bar for joining."""

import pytest

from records import actions, comparing, jobs, mending, parting, proposing, works
from records.models import Band, Library, Match, Proposal, Work
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.shelf import (
    POOR,
    UP,
    back,
    compared,
    done,
    everything_but_history,
    fresh,
    in_small_pieces,
    numbers,
    open_pairs,
    pair,
    record,
    titles,
)
from tests.records.state import everything, groups, homes, take
from tests.records.test_order import EXAMPLES, library
from tests.world import ris_entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    in_small_pieces(monkeypatch)


@pytest.fixture
def shelf(db):
    return fresh()


# --- the same bar ---------------------------------------------------------------------------------------------------
def test_with_the_same_bar_nothing_would_change_on_a_fresh_library(shelf):
    before = everything(shelf.library)
    proposal = compared(shelf)
    assert numbers(proposal) == (0, 0, 0, 0)
    assert proposal.records == 11
    assert {**everything(shelf.library), "history": None} == {**before, "history": None}


@pytest.mark.parametrize("chunk", [2, 400])
@pytest.mark.parametrize("seed", range(EXAMPLES))
def test_however_records_came_in_the_same_bar_changes_nothing(seed, chunk, monkeypatch):
    monkeypatch.setattr(comparing, "CHUNK", chunk)
    entries = library(seed)
    for n, slices in enumerate(([entries], [[each] for each in entries], [entries[:3], entries[3:]])):
        world = worlds.empty_world(owner=f"ann{n}")
        world.people["ann"] = world.people[f"ann{n}"]
        for m, some in enumerate(slices):
            take(world, "".join(some), source=f"Index {m}")
        proposal = compared(world)
        assert numbers(proposal) == (0, 0, 0, 0), (seed, n)


# --- another bar ----------------------------------------------------------------------------------------------------
def test_a_stricter_bar_proposes_to_part_what_it_would_not_join_and_to_ask_instead(shelf):
    before = everything(shelf.library)
    proposal = compared(shelf, 0.99)
    assert numbers(proposal) == (0, 3, 3, 0)
    assert (
        titles(proposal, "part") == titles(proposal, "ask") == {worlds.SUBJECTS[n] for n in ("golf", "hotel", "echo")}
    )
    for change in proposal.changes.all():
        assert round(change.probability, 3) == 0.989 and len(change.reasons) > 2
        assert not change.done
    assert {**everything(shelf.library), "history": None} == {**before, "history": None}  # it is only shown


@pytest.mark.parametrize(("bar", "parted"), [(0.95, 0), (0.99, 3), (1.01, 4)])
def test_done_is_exactly_what_was_shown_and_then_nothing_more_would_change(shelf, bar, parted):
    take(shelf, ris_entry("charlie"), source="Fourth Index")
    shown = compared(shelf, bar)
    assert numbers(shown) == (0, parted, parted, 0)
    works, questions = shelf.library.works, open_pairs(shelf)
    asked = {(c.record_a.title, c.record_b.search.source) for c in shown.changes.filter(kind="ask")}
    apart = [(c.record_a_id, c.record_b_id) for c in shown.changes.filter(kind="part")]
    done(shelf, shown)
    shelf.library.refresh_from_db()
    assert (shelf.library.works, shelf.library.questions) == (works + parted, len(questions) + parted)
    assert open_pairs(shelf) == questions | asked
    home = homes(shelf.library)
    assert all(home[a] != home[b] for a, b in apart)
    assert shelf.library.join_at == bar
    assert shelf.library.history.filter(verb="had a proposal done").get().detail == (
        {"part": parted, "ask": parted} if parted else {}
    )
    assert proposing.left_out(shown) == 0
    assert numbers(compared(shelf, bar)) == (0, 0, 0, 0)


def test_what_comes_in_later_is_joined_from_the_new_bar_on(shelf):
    done(shelf, compared(shelf, 0.99))
    take(shelf, ris_entry("charlie", **POOR), source="Fourth Index")
    assert pair(shelf, "charlie", "Fourth Index").band == "look"
    done(shelf, compared(shelf, 0.90))
    take(shelf, ris_entry("charlie", **POOR, JO="J Imagined Care"), source="Fifth Index")
    assert pair(shelf, "charlie", "Fifth Index").band == "joined"


@pytest.mark.parametrize("bar", [0.99, 1.01])
def test_taken_back_everything_is_as_it_was(shelf, bar):
    before = everything_but_history(shelf)
    proposal = done(shelf, compared(shelf, bar))
    assert everything_but_history(shelf) != before
    back(shelf, proposal)
    assert everything_but_history(shelf) == before
    assert numbers(compared(shelf)) == (0, 0, 0, 0)


def test_a_laxer_bar_later_proposes_the_joins_again(shelf):
    before = groups(shelf.library)
    done(shelf, compared(shelf, 1.01))
    assert groups(shelf.library) != before
    strict = everything_but_history(shelf)
    lax = compared(shelf, 0.90)
    assert numbers(lax) == (3, 0, 0, 0)
    done(shelf, lax)
    assert groups(shelf.library) == before
    assert shelf.library.works == 8
    back(shelf, lax)
    assert everything_but_history(shelf) == strict


def test_what_the_rules_part_and_join_is_the_rules_and_no_persons(shelf):
    proposal = done(shelf, compared(shelf, 0.99))
    acts = proposal.changes.filter(kind="part").values_list("act", flat=True)
    moved = shelf.library.joinings.filter(act__in=list(acts))
    assert moved.count() == 3 and not moved.filter(by__isnull=False).exists()
    assert not Match.objects.filter(library=shelf.library, veto=parting.TAKEN_APART).exists()


def test_what_was_done_last_is_taken_back_first(shelf):
    first = done(shelf, compared(shelf, 0.95))
    second = done(shelf, compared(shelf, 0.99))
    with pytest.raises(proposing.LaterFirst):
        proposing.take_back(by=shelf.people["ann"], proposal=first)
    back(shelf, second)
    assert Library.objects.get(pk=shelf.library.pk).join_at == 0.95
    back(shelf, first)
    assert Library.objects.get(pk=shelf.library.pk).join_at == 0.90


def test_a_work_of_many_pieces_is_parted_into_all_of_them_and_made_whole_again(shelf):
    for n, more in enumerate(({"AU": "Golfson, R"}, {"AU": "Golfson, Rae B"}, {"JO": "J Imagined Care"})):
        take(shelf, ris_entry("golf", **POOR | more), source=f"Copy {n}")
    before = everything_but_history(shelf)
    strict = compared(shelf, 1.01)
    assert numbers(strict)[1] == 6
    done(shelf, strict)
    assert shelf.library.works == shelf.library.records
    assert numbers(compared(shelf, 1.01)) == (0, 0, 0, 0)
    Proposal.objects.filter(state="ready").update(state="dropped")
    lax = compared(shelf, 0.90)
    assert numbers(lax)[:2] == (6, 0)  # as many joins as there are works fewer
    done(shelf, lax)
    assert proposing.left_out(lax) == 0
    back(shelf, lax)
    back(shelf, strict)
    assert everything_but_history(shelf) == before


# --- what plays no part, and what does ------------------------------------------------------------------------------
def test_records_of_an_import_that_was_taken_back_play_no_part(shelf):
    dump = record(shelf, "Second Index").dump
    mending.undo_import(by=shelf.people["ann"], dump=dump, **UP)
    proposal = compared(shelf, 1.01)
    assert (numbers(proposal), proposal.records) == ((0, 0, 0, 0), 8)


def test_an_import_taken_back_between_is_left_alone(shelf):
    proposal = compared(shelf, 0.99)
    mending.undo_import(by=shelf.people["ann"], dump=record(shelf, "Second Index").dump, **UP)
    before = homes(shelf.library)
    done(shelf, proposal)
    assert homes(shelf.library) == before
    assert proposing.left_out(proposal) == proposal.changes.count()


def by_rules(world, records, to):
    """As if the rules had moved these."""
    changed = works.move(records=records, to=to, by=None, act=works.new_act())
    actions.moved(world.library, changed, [each.pk for each in records], InReviews())


def test_what_other_rules_joined_or_asked_is_proposed_to_be_otherwise(shelf):
    """As if older rules had joined golf and charlie, not joined hotel, and asked about echo and delta."""
    golf, charlie, hotel, echo, delta = (record(shelf, "Fictional Index", n) for n in (4, 1, 5, 2, 6))
    old = {
        "library": shelf.library,
        "score": 3.0,
        "probability": 0.95,
        "reasons": [["as it was once", 3.0]],
        "rules": "1",
    }
    by_rules(shelf, [charlie], golf.work)
    Match.objects.create(record_a=charlie, record_b=golf, band=Band.JOINED, **old)
    copy = pair(shelf, "hotel")
    Match.objects.filter(pk=copy.pk).update(band=Band.LOOK, probability=0.5)
    alone = Work.objects.create(library=shelf.library, rank=1000, empty=True)
    by_rules(shelf, [copy.record_b], alone)
    stale = Match.objects.create(record_a=echo, record_b=delta, band=Band.LOOK, open=True, **old)
    actions.recount_questions(shelf.library)
    before = everything_but_history(shelf)

    proposal = compared(shelf)
    assert numbers(proposal) == (1, 1, 0, 1)
    done(shelf, proposal)
    home = homes(shelf.library)
    assert home[golf.pk] != home[charlie.pk]
    assert home[hotel.pk] == home[copy.record_b_id]
    stale.refresh_from_db()
    assert (stale.open, stale.band) == (False, "apart")
    assert stale.reasons != [["as it was once", 3.0]]  # what the rules of today say of it
    assert numbers(compared(shelf)) == (0, 0, 0, 0)
    Proposal.objects.filter(state="ready").update(state="dropped")
    back(shelf, proposal)
    assert everything_but_history(shelf) == before


# --- one at a time --------------------------------------------------------------------------------------------------
@pytest.fixture
def idle(monkeypatch):
    """Nobody takes a job from the queue by itself."""
    monkeypatch.setattr(type(jobs.run), "enqueue", lambda _task, _key: None)


def test_one_proposal_waits_at_a_time(shelf):
    first = compared(shelf, 0.99)
    with pytest.raises(proposing.Busy):
        proposing.compare_anew(by=shelf.people["ann"], library=shelf.library, join_at=0.90)
    with pytest.raises(proposing.Busy):
        proposing.answer_many(by=shelf.people["ann"], library=shelf.library, at_least=0.5)
    assert Proposal.objects.count() == 1
    proposing.drop(by=shelf.people["ann"], proposal=first)
    proposing.compare_anew(by=shelf.people["ann"], library=shelf.library, join_at=0.90)


def test_what_is_dropped_changes_nothing_and_cannot_be_done(shelf):
    before = everything_but_history(shelf)
    proposal = compared(shelf, 0.99)
    proposing.drop(by=shelf.people["ann"], proposal=proposal)
    for act in (proposing.carry_out, proposing.take_back, proposing.drop):
        with pytest.raises(proposing.NotNow):
            act(by=shelf.people["ann"], proposal=proposal)
    worlds.read_all(shelf.library)
    assert everything_but_history(shelf) == before


def test_dropped_while_it_is_worked_out_it_stays_dropped_and_the_worker_stops(shelf, idle):
    proposal = proposing.compare_anew(by=shelf.people["ann"], library=shelf.library, join_at=0.99)
    proposing.drop(by=shelf.people["ann"], proposal=proposal)
    worlds.read_all(shelf.library)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.changes.count()) == ("dropped", 0)


@pytest.mark.parametrize("bar", [0.5, 0.91, float("nan"), float("inf")])
def test_no_other_bar_is_taken(shelf, bar):
    with pytest.raises(ValueError):
        proposing.compare_anew(by=shelf.people["ann"], library=shelf.library, join_at=bar)
    with pytest.raises(ValueError):
        proposing.answer_many(by=shelf.people["ann"], library=shelf.library, at_least=bar + 0.03)
