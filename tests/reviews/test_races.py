"""Two members at the same moment: with real threads and real transactions, on both databases, no outcome is ever wrong."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from records.engine import lock_works
from records.models import Work
from reviews import actions
from reviews.models import Decision, Outcome, StageName
from tests import world as worlds
from tests.world import ris_entry

ROUNDS = 200
STAGE = StageName.TITLE_ABSTRACT


def together(*acts):
    """Run acts in threads that start at the same moment; what they raised comes back, in their order."""
    barrier, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n, act):
        try:
            barrier.wait()
            act()
        except Exception as fault:
            raised[n] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def pair_of_members(works):
    world = worlds.empty_world()
    world.people["bo"] = worlds.person("bo")
    world.members["bo"] = worlds.join_team(world.review, world.members["ann"], world.people["bo"], "reviewer")
    # Nothing in common, so that no two are joined.
    entries = "".join(
        ris_entry(
            "alpha",
            title=f"{uuid.uuid4().hex} {uuid.uuid4().hex}",
            AU=f"N{n:04}ame, A",
            DO=f"10.5555/r{n}",
            SP="",
            EP="",
            VL="",
            AB="",
        )
        for n in range(works)
    )
    worlds.import_text(world.review, world.people["ann"], entries)
    return world, list(Work.objects.filter(library=world.review.pk, empty=False).order_by("rank"))


def press(member, work, verdict):
    return lambda: actions.decide(
        member=member, stage=STAGE, work_id=work.pk, revision=work.revision, key=uuid.uuid4(), verdict=verdict
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_members_deciding_one_work_at_once_200_times_give_no_wrong_outcome():
    world, works = pair_of_members(ROUNDS)
    ann, bo = world.members["ann"], world.members["bo"]
    verdicts = [("include", "include"), ("include", "exclude"), ("exclude", "exclude"), ("maybe", "exclude")]
    expected = ["included", "conflict", "excluded", "conflict"]
    for n, work in enumerate(works):
        first, second = verdicts[n % 4]
        assert together(press(ann, work, first), press(bo, work, second)) == [None, None]
    states = dict(Outcome.objects.filter(review=world.review, stage=STAGE).values_list("work", "state"))
    assert [states[work.pk] for work in works] == [expected[n % 4] for n in range(ROUNDS)]
    assert Decision.objects.filter(review=world.review, current=True).count() == 2 * ROUNDS
    from reviews import counters

    assert list(counters.differences(world.review.pk)) == []


@pytest.mark.django_db(transaction=True)
def test_one_member_pressing_four_times_at_once_has_one_current_decision():
    world, works = pair_of_members(12)
    for work in works:
        said = together(*(press(world.members["ann"], work, v) for v in ("include", "exclude", "maybe", "include")))
        assert said == [None] * 4
    current = Decision.objects.filter(review=world.review, current=True)
    assert sorted(current.values_list("work", flat=True)) == sorted(work.pk for work in works)
    assert Decision.objects.filter(review=world.review).count() == 48


@pytest.mark.django_db(transaction=True)
def test_the_same_press_ten_times_at_once_is_one_decision():
    world, (work,) = pair_of_members(1)
    key = uuid.uuid4()
    same = [
        lambda: actions.decide(
            member=world.members["ann"],
            stage=STAGE,
            work_id=work.pk,
            revision=work.revision,
            key=key,
            verdict="include",
        )
    ] * 10
    assert together(*same) == [None] * 10
    assert Decision.objects.filter(review=world.review).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_waits_for_the_works_row():
    """The line that makes the tests above pass: while one transaction holds the work, the other has not decided."""
    world, (work,) = pair_of_members(1)
    held, seen = threading.Event(), []

    def hold():
        with transaction.atomic():
            lock_works(world.review.pk, [work.pk])
            held.set()
            for _ in range(30):
                seen.append(Decision.objects.filter(review=world.review).count())
                threading.Event().wait(0.01)

    def decide_meanwhile():
        held.wait(5)
        press(world.members["ann"], work, "include")()

    assert together(hold, decide_meanwhile) == [None, None]
    assert set(seen) == {0}
    assert Decision.objects.filter(review=world.review).count() == 1


@pytest.mark.django_db(transaction=True)
def test_joining_while_others_decide_deadlocks_nobody_and_loses_nothing():
    from records import actions as found
    from reviews.settling import InReviews

    world, works = pair_of_members(24)
    ann, bo = world.members["ann"], world.members["bo"]
    for one, other in zip(works[::2], works[1::2], strict=True):
        raised = together(
            press(ann, other, "include"),
            press(bo, one, "exclude"),
            lambda a=one, b=other: found.join(
                by=world.people["ann"], library=world.library, into=a, others=[b], upstairs=InReviews()
            ),
        )
        assert all(fault is None or isinstance(fault, actions.CardChanged) for fault in raised), raised
    from reviews import counters

    assert list(counters.differences(world.review.pk)) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_adjudicators_at_once_one_settles_and_one_is_told():
    world, works = pair_of_members(10)
    for name in ("cy", "di"):
        world.people[name] = worlds.person(name)
        world.members[name] = worlds.join_team(world.review, world.members["ann"], world.people[name], "adjudicator")
    for work in works:
        press(world.members["ann"], work, "include")()
        press(world.members["bo"], work, "exclude")()

    def rule(name, work, verdict):
        return lambda: actions.adjudicate(
            member=world.members[name],
            stage=STAGE,
            work_id=work.pk,
            revision=work.revision,
            key=uuid.uuid4(),
            verdict=verdict,
        )

    for work in works:
        raised = together(rule("cy", work, "include"), rule("di", work, "exclude"))
        assert sorted(type(fault).__name__ for fault in raised) == ["NoConflict", "NoneType"]
    assert world.review.adjudications.filter(current=True).count() == 10
