"""Joining and splitting: every act has its inverse, decisions follow their records, and the duplicates always add up."""

import uuid
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records import actions
from records.models import Answer, Band, Match, Record, Search, Work
from reviews import actions as screening
from reviews import lists
from reviews.models import Decision, Outcome, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import faults_of, homes, standing, take
from tests.world import ris_entry

pytestmark = pytest.mark.django_db
STAGE = StageName.TITLE_ABSTRACT
UP = {"upstairs": InReviews()}
LIKE = {  # a pair of entries that the rules ask about, and one that they join
    "look": ris_entry("hotel", title="A shed of one's own: bereavement and tools", AU="Hut, A", DO="", SP="300", EP="309", AB=""),
    "joined": ris_entry("golf", DO="", JO="J Imagined Care"),
}  # fmt: skip


def join(world, into, *others, who="lib"):
    works = [world.works[name] for name in others]
    return actions.join(by=world.people[who], library=world.library, into=world.works[into], others=works, **UP)


def split(world, record, who="lib"):
    return actions.split(by=world.people[who], library=world.library, record=record, **UP)


def undo(world, act, who="lib"):
    actions.undo(by=world.people[who], library=world.library, act=act, **UP)


def answer(world, match, said, who="lib"):
    return actions.answer(by=world.people[who], match=match, answer=said, **UP)


def reopen(world, match, who="lib"):
    return actions.reopen(by=world.people[who], match=match, **UP)


def newest(work):
    return work.records.order_by("-pk").first()


def said(world, name, who):
    """The current verdict of somebody on a work, or None."""
    row = Decision.objects.filter(work=world.works[name], member=world.members[who], stage=STAGE, current=True).first()
    return row and row.verdict


def duplicates(world, which="duplicates"):
    return lists.rows_of(lists.LISTS[which], world.members["ann"]).count()


@pytest.fixture
def asked(world):
    """The screened world with one question more: two records alike but for what the rules need."""
    take(world, LIKE["look"], source="Third Index")
    take(world, LIKE["look"].replace("SP  - 300", "SP  - 470").replace("EP  - 309", "EP  - 481"), source="Fourth Index")
    return world


@pytest.fixture
def question(asked):
    return Match.objects.get(library=asked.library, open=True)


@pytest.fixture
def joined(world):
    """A pair that the rules joined: golf, once more."""
    take(world, LIKE["joined"], source="Third Index")
    return Match.objects.get(library=world.library, band=Band.JOINED, record_a__work=world.works["golf"])


# --- inverses ------------------------------------------------------------------------------------------------------
JOINS = [
    ("alpha", "bravo"), ("bravo", "alpha"), ("charlie", "delta"), ("delta", "charlie"), ("echo", "foxtrot", "golf"),
    ("golf", "alpha", "bravo", "charlie"), ("alpha", "alpha"),
]  # fmt: skip


@pytest.mark.parametrize("names", JOINS, ids="-".join)
def test_a_join_taken_back_leaves_everything_as_it_was(world, names):
    before = standing(world.library)
    act = join(world, *names)
    if len(set(names)) > 1:
        assert set(homes(world.library).values()) == set(before["homes"].values()) - {
            world.works[n].pk for n in names[1:]
        }
        undo(world, act)
    assert standing(world.library) == before
    assert faults_of(world.library) == []


@pytest.mark.parametrize("which", [0, 1], ids=["the older record", "the newer record"])
def test_a_split_taken_back_leaves_everything_as_it_was(world, which):
    before = standing(world.library)
    act = split(world, world.works["alpha"].records.order_by("pk")[which])
    assert len(set(homes(world.library).values())) == 9
    undo(world, act)
    assert standing(world.library) == before
    assert faults_of(world.library) == []


def test_splitting_what_was_joined_gives_each_its_own_work_back(world):
    before = standing(world.library)
    join(world, "bravo", "delta")
    split(world, newest(world.works["bravo"]))
    after = standing(world.library)
    assert after.pop("answers") == {(Match.objects.get(answer="different").pk, "different", world.people["lib"].pk)}
    before.pop("answers")
    assert after == before


def test_a_record_that_stands_alone_stays_where_it_is(world):
    before = standing(world.library)
    split(world, world.works["delta"].records.get())
    assert standing(world.library) == before


@pytest.mark.parametrize("who", ["lib", "ann"])
@pytest.mark.parametrize("said", Answer.values)
def test_an_answer_to_a_question_taken_back_is_the_question_again(asked, question, said, who):
    before = standing(asked.library)
    match = answer(asked, question, said, who)
    asked.library.refresh_from_db()
    assert (match.answer, match.answered_by, match.open, asked.library.questions) == (said, asked.people[who], False, 0)
    assert (match.record_a.work_id == match.record_b.work_id) is (said == Answer.SAME)
    assert reopen(asked, match).open
    assert standing(asked.library) == before
    assert faults_of(asked.library) == []


@pytest.mark.parametrize("said", Answer.values)
def test_an_answer_about_a_joined_pair_taken_back_joins_it_again(world, joined, said):
    before, by_rules = standing(world.library), duplicates(world, "duplicates-rules")
    match = answer(world, joined, said)
    assert duplicates(world) == by_rules - (said != Answer.SAME)
    reopen(world, match)
    assert standing(world.library) == before
    assert duplicates(world, "duplicates-rules") == by_rules  # and not as if a person had joined it
    assert faults_of(world.library) == []


def test_a_second_answer_replaces_the_first(asked, question):
    answer(asked, question, Answer.SAME)
    match = answer(asked, question, Answer.RELATED, "ann")
    match.refresh_from_db()
    assert (match.answer, match.answered_by) == ("related", asked.people["ann"])
    assert match.record_a.work_id != match.record_b.work_id
    assert faults_of(asked.library) == []


def test_taking_an_answer_back_does_not_undo_what_another_act_joined(asked, question):
    asked.works |= {"a": question.record_a.work, "b": question.record_b.work}
    join(asked, "a", "b")
    together = standing(asked.library)
    reopen(asked, answer(asked, question, Answer.SAME))
    assert standing(asked.library) == together


def test_an_answer_goes_even_where_its_records_have_moved_on(asked, question):
    asked.works["a"] = question.record_a.work
    match = answer(asked, question, Answer.SAME)
    join(asked, "delta", "a")
    reopen(asked, match)
    assert Match.objects.exclude(answer="").count() == 0
    assert set(homes(asked.library).values()) >= {asked.works["delta"].pk}
    assert asked.works["delta"].records.count() == 3
    assert faults_of(asked.library) == []


def test_nothing_is_taken_back_twice_or_after_its_records_have_moved_on(world):
    act = join(world, "echo", "foxtrot")
    join(world, "golf", "echo")
    moved_on = standing(world.library)
    with pytest.raises(actions.NothingToUndo):
        undo(world, act)
    assert standing(world.library) == moved_on
    other = join(world, "bravo", "charlie")
    undo(world, other)
    for gone in (other, uuid.uuid4()):
        with pytest.raises(actions.NothingToUndo):
            undo(world, gone)
    assert faults_of(world.library) == []


def test_an_unanswered_pair_has_no_answer_to_take_back(asked, question):
    with pytest.raises(actions.NothingToUndo):
        reopen(asked, question)


# --- decisions follow ----------------------------------------------------------------------------------------------
def test_decisions_follow_their_record_into_another_work_and_back(world):
    act = join(world, "delta", "bravo")
    assert (said(world, "delta", "ann"), said(world, "delta", "bo")) == ("include", "exclude")
    assert world.outcome("delta") == "conflict"
    undo(world, act)
    assert (said(world, "delta", "ann"), said(world, "bravo", "ann")) == (None, "include")
    assert (world.outcome("delta"), world.outcome("bravo")) == ("pending", "conflict")


def test_of_two_decisions_of_a_member_the_newest_counts_and_a_split_gives_each_back(world):
    world.decide("bo", "charlie", "exclude")  # later than bo's include of alpha
    join(world, "alpha", "charlie")
    assert said(world, "alpha", "bo") == "exclude"
    assert world.outcome("alpha") == "conflict"
    remembered = Decision.objects.filter(work=world.works["alpha"], member=world.members["bo"])
    assert sorted(remembered.values_list("verdict", "current")) == [("exclude", True), ("include", False)]
    split(world, newest(world.works["charlie"]) or Record.objects.get(title=world.works["charlie"].title))
    assert (said(world, "alpha", "bo"), said(world, "charlie", "bo")) == ("include", "exclude")
    assert (world.outcome("alpha"), world.outcome("charlie")) == ("included", "conflict")


def test_a_decision_that_was_taken_back_does_not_come_back_with_a_join(world):
    world.decide("bo", "delta", "exclude")
    screening.undo(member=world.members["bo"], stage=STAGE)
    act = join(world, "echo", "delta")
    assert said(world, "echo", "bo") is None
    undo(world, act)
    assert (said(world, "delta", "bo"), world.outcome("delta")) == (None, "pending")


def test_a_ruling_follows_its_record_and_comes_back(world):
    world.works["bravo"].refresh_from_db()
    screening.adjudicate(
        member=world.members["cy"], stage=STAGE, work_id=world.works["bravo"].pk,
        revision=world.works["bravo"].revision, key=uuid.uuid4(), verdict="include",
    )  # fmt: skip
    act = join(world, "delta", "bravo")
    assert world.outcome("delta") == "included"
    undo(world, act)
    assert (world.outcome("delta"), world.outcome("bravo")) == ("pending", "included")
    assert faults_of(world.library) == []


def test_an_emptied_work_is_in_nobodys_queue_and_its_number_leads_on(world, as_):
    join(world, "echo", "foxtrot")
    assert Outcome.objects.get(work=world.works["foxtrot"], stage=STAGE).aside
    work = Work.objects.get(pk=world.works["foxtrot"].pk)
    assert (work.empty, work.lead, work.records_count) == (True, None, 0)


# --- revisions -----------------------------------------------------------------------------------------------------
def revisions(world):
    return {name: Work.objects.get(pk=work.pk).revision for name, work in world.works.items()}


def test_a_revision_moves_with_joins_and_splits_and_with_nothing_else(world):
    before = revisions(world)
    world.decide("bo", "charlie", "exclude")
    screening.note(member=world.members["ann"], work_id=world.works["delta"].pk, text="tea?")
    for aside in (True, False):
        search = Search.objects.order_by("pk").last()
        actions.set_aside(by=world.people["lib"], search=search, aside=aside, **UP)
    assert revisions(world) == before
    act = join(world, "echo", "foxtrot")
    assert {name for name, n in revisions(world).items() if n != before[name]} == {"echo", "foxtrot"}
    undo(world, act)
    assert revisions(world)["echo"] == before["echo"] + 2  # a card shown between is stale too
    split(world, newest(world.works["alpha"]))
    assert revisions(world)["alpha"] == before["alpha"] + 1


# --- numbers -------------------------------------------------------------------------------------------------------
def adds_up(world):
    """PRISMA's duplicates are the records that no work is counted for; nothing kept differs from a fresh count."""
    world.library.refresh_from_db()
    assert duplicates(world) == world.library.records - world.library.works
    assert duplicates(world, "duplicates-rules") + duplicates(world, "duplicates-person") == duplicates(world)
    assert faults_of(world.library) == []
    pairs = Match.objects.filter(library=world.library, open=True).values_list("record_a__work", "record_b__work")
    assert all(a != b for a, b in pairs) and len({frozenset(pair) for pair in pairs}) == len(pairs)


def test_duplicates_are_the_records_beyond_one_a_work_after_every_act(world, joined):
    adds_up(world)
    act = join(world, "echo", "foxtrot", "alpha")
    assert duplicates(world, "duplicates-person") >= 2
    adds_up(world)
    undo(world, act)
    adds_up(world)
    split(world, newest(world.works["alpha"]))
    adds_up(world)
    assert duplicates(world, "duplicates-person") == 0


@contextmanager
def nothing_stays():
    """All that is done in here is taken back by the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def act_at_random(world, data):
    """One act that somebody could do now; its undo, where it has one by name."""
    kind = data.draw(st.sampled_from(["join", "join", "split", "answer", "reopen", "decide", "take back"]))
    pick = lambda rows: data.draw(st.sampled_from(list(rows.order_by("pk"))))  # noqa: E731
    works = Work.objects.filter(library=world.library, empty=False)
    if kind == "join":
        into, other = pick(works), pick(works)
        if into != other:
            return actions.join(by=world.people["lib"], library=world.library, into=into, others=[other], **UP)
    elif kind == "split":
        record = pick(Record.objects.filter(library=world.library))
        return split(world, record) if record.work.records.count() > 1 else None
    elif kind == "answer":
        answer(world, pick(Match.objects.filter(library=world.library)), data.draw(st.sampled_from(Answer.values)))
    elif kind == "reopen" and (answered := Match.objects.filter(library=world.library).exclude(answer="")):
        reopen(world, pick(answered))
    elif kind == "decide":
        who = world.members[data.draw(st.sampled_from(["ann", "bo"]))]
        worlds.decide(who, pick(works), data.draw(st.sampled_from(["include", "exclude", "maybe"])))
    elif kind == "take back" and Decision.objects.filter(member=world.members["bo"], current=True).exists():
        screening.undo(member=world.members["bo"], stage=STAGE)
    return None


SMALL = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SMALL
@given(data=st.data())
def test_after_any_acts_the_kept_numbers_are_the_fresh_ones(asked, data):
    with nothing_stays():
        for _n in range(data.draw(st.integers(1, 8))):
            act_at_random(asked, data)
        adds_up(asked)


@SMALL
@given(data=st.data())
def test_any_joins_and_splits_taken_back_in_reverse_leave_everything_as_it_was(asked, data):
    before = standing(asked.library)
    with nothing_stays():
        done = []
        for _n in range(data.draw(st.integers(1, 6))):
            works = Work.objects.filter(library=asked.library, empty=False).order_by("pk")
            one, other = (data.draw(st.sampled_from(list(works))) for _side in "ab")
            if one != other and data.draw(st.booleans()):
                done.append(actions.join(by=asked.people["lib"], library=asked.library, into=one, others=[other], **UP))
            elif one.records_count > 1:
                done.append(split(asked, data.draw(st.sampled_from(list(one.records.order_by("pk"))))))
        for act in reversed(done):
            undo(asked, act)
        assert standing(asked.library) == before
        assert faults_of(asked.library) == []
