"""A decision asks the database for few things, the same however much is decided; each stands here with what it is for.

What is between BEGIN and COMMIT holds the work's lock, and on SQLite keeps everybody else from writing.
"""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import HistoryHead, Work
from records.prepared import Given, GivenMany, Prepared, PreparedUpdate, add
from reviews import actions, setup
from reviews.models import Assignment, Decision, ExclusionReason, Later, Member, Outcome, Stage, StageName

TITLE = StageName.TITLE_ABSTRACT

DECISION = [
    ("SELECT records_work", "the work, under lock"),
    (
        "SELECT reviews_stage",
        "rule and counters, stored outcome, ruling, report, round, interest, whether it was put off",
    ),
    ("SELECT reviews_decision", "what everybody said, and whether this press came before"),
    ("INSERT reviews_decision", "the decision"),
    ("UPDATE reviews_outcome", "the outcome"),
    ("UPDATE reviews_stage", "the counters"),
    ("SELECT records_historyhead", "the last link of the history, under lock"),
    ("INSERT records_event", "the new link"),
    ("UPDATE records_historyhead", "the new last link"),
]
MORE = {  # what some decisions need besides, and behind which statement it comes
    "replaced": ("UPDATE reviews_decision", "the member's earlier decision gives way", "SELECT reviews_decision"),
    "put off": ("DELETE reviews_later", "the card is put off no longer", "INSERT reviews_decision"),
    "included": ("INSERT reviews_report", "the work's report is sought", "UPDATE reviews_stage"),
    "given out": ("UPDATE reviews_assignment", "those it was given to wait for it no more", "UPDATE reviews_stage"),
    "reading": ("INSERT reviews_lease", "the next cards are the member's to read", "UPDATE reviews_stage"),
}
NEVER_BOTH = [("replaced", "put off"), ("given out", "reading")]


def expected(*more):
    """The statements of a decision with what it needs besides."""
    listed = [statement for statement, _why in DECISION]
    for name in more:
        statement, _why, behind = MORE[name]
        listed.insert(listed.index(behind) + 1, statement)
    return listed


def statements(world, who, work, verdict, **more):
    """What a decision asks the database, as verb and table."""
    member = Member.objects.select_related("review", "user").get(pk=world.members[who].pk)
    one = Work.objects.get(pk=world.works[work].pk)
    with CaptureQueriesContext(connection) as asked:
        actions.decide(
            member=member, stage=TITLE, work_id=one.pk, revision=one.revision, key=uuid.uuid4(), verdict=verdict, **more
        )
    found = []
    for query in asked:
        verb = query["sql"].split()[0]
        if verb in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            table = re.search(r'^(?:SELECT|INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', query["sql"])
            found.append(f"{verb} {table.group(1)}")
    return found


def test_a_decision_is_nine_statements(world):
    statements(world, "bo", "foxtrot", "exclude")  # the ORM words them once in a process
    assert statements(world, "bo", "delta", "exclude") == expected()


def test_a_decision_is_never_more_than_twelve(world):
    assert len(DECISION) + len(MORE) - len(NEVER_BOTH) <= 12


def test_a_second_decision_that_disagrees_needs_no_more(world):
    world.decide("ann", "delta", "include")
    assert statements(world, "bo", "delta", "exclude") == expected()


def test_what_some_decisions_need_besides(world):
    world.decide("ann", "delta", "include")
    assert statements(world, "bo", "delta", "include") == expected("included")
    assert statements(world, "bo", "delta", "exclude") == expected("replaced")
    assert statements(world, "bo", "delta", "include") == expected("replaced"), "its report is there already"
    actions.put_off(member=world.members["bo"], stage=TITLE, work_id=world.works["echo"].pk)
    assert statements(world, "bo", "echo", "exclude") == expected("put off")
    assert not Later.objects.filter(member=world.members["bo"]).exists()


def test_what_lies_ahead_is_leased_in_one_statement_and_nothing_given_out_is(world):
    ahead = [world.works[name].pk for name in ("echo", "foxtrot")]
    assert statements(world, "bo", "delta", "exclude", reading=ahead) == expected("reading")
    Stage.objects.filter(review=world.review, name=TITLE).update(allocation="fixed")
    for name in ("golf", "delta"):
        Assignment.objects.create(review=world.review, member=world.members["bo"], work=world.works[name], stage=TITLE)
    assert statements(world, "bo", "golf", "exclude", reading=ahead) == expected("given out")
    actions.put_off(member=world.members["bo"], stage=TITLE, work_id=world.works["delta"].pk)
    same = [each for each in expected("replaced", "given out") if each != "UPDATE reviews_stage"]
    assert statements(world, "bo", "delta", "exclude", reading=ahead) == same, "its state is as it was"


# Questions worded once


def test_a_question_worded_once_answers_like_the_orm(world):
    reason = world.reason("setting")
    made = world.decide("bo", "delta", "exclude", reason=reason)
    asked = Prepared(
        lambda: Decision.objects.filter(member=Given("member"), work__among=GivenMany("works")).select_related("reason")
    )
    for works in ([made.work_id], [made.work_id, -1], []):
        plain = Decision.objects.filter(member=world.members["bo"], work__in=works)
        again = asked.all(member=world.members["bo"].pk, works=works)
        assert [vars(each) | {"_state": 0} for each in plain.order_by("pk")] == [
            vars(each) | {"_state": 0} for each in sorted(again, key=lambda each: each.pk)
        ]
    (one,) = asked.all(member=world.members["bo"].pk, works=[made.work_id])
    with CaptureQueriesContext(connection) as queries:
        assert one.reason == reason
    assert not queries.captured_queries
    assert asked.first(member=world.members["ann"].pk, works=[made.work_id]) is None


def test_a_change_worded_once_changes_what_is_given_and_nothing_else(world):
    change = PreparedUpdate(
        lambda: Stage.objects.filter(review=Given("review"), name=Given("name")), needed=Given("needed")
    )
    for needed in (3, 5):
        change(review=world.review.pk, name="title-abstract", needed=needed)
        rows = Stage.objects.filter(review=world.review).order_by("name").values_list("name", "needed")
        assert list(rows) == [("full-text", 2), ("title-abstract", needed)]


def test_a_row_added_has_its_key_and_reads_the_same(world):
    row = ExclusionReason(review=world.review, order=99, text="Ä “quoted” 'reason' 100 %s")
    add(row)
    assert row.pk and not row._state.adding
    assert ExclusionReason.objects.get(pk=row.pk).text == row.text


@pytest.mark.parametrize("verdict", ["include", "exclude", "maybe"])
def test_the_history_holds_after_statements_by_hand(world, verdict):
    from records import history

    world.decide("bo", "delta", verdict)
    setup.set_criteria(member=world.members["ann"], rows=[("Sample", "adults")])
    assert list(history.faults(world.review.pk)) == []
    head = HistoryHead.objects.get(pk=world.review.pk)
    assert head.length == world.library.history.count()
    assert Outcome.objects.get(review=world.review, work=world.works["delta"], stage=TITLE).decided == 1
