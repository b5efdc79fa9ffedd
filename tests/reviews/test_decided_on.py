"""Decisions are counted by member and day in the database itself, whatever makes, ends or moves them."""

import uuid
from datetime import UTC, datetime

from records.models import Dump
from reviews import actions, counters, queries
from reviews.models import DecidedOn, Decision, Ended, StageName

TITLE = StageName.TITLE_ABSTRACT


def right(world):
    assert list(counters.differences(world.review.pk)) == []
    own = Decision.objects.filter(review=world.review, member=world.members["bo"], stage=TITLE, current=True)
    assert queries.progress(member=world.members["bo"], stage=TITLE).decided == own.count()


def test_every_way_in_which_a_decision_comes_and_goes_is_counted(world):
    bo, ann = world.members["bo"], world.members["ann"]
    right(world)
    world.decide("bo", "delta", "exclude")
    right(world)
    world.decide("bo", "delta", "include")  # in place of the first
    right(world)
    actions.undo(member=bo, stage=TITLE)
    right(world)
    rows = Decision.objects.filter(review=world.review, member=ann)
    rows.update(at=datetime(2026, 3, 14, 23, 59, 59, 999999, tzinfo=UTC))
    right(world)
    assert DecidedOn.objects.filter(member=ann, day="2026-03-14", here=True).exclude(count=0).exists()
    rows.update(imported_from=Dump.objects.filter(library=world.review.pk)[0])
    right(world)
    assert not DecidedOn.objects.filter(member=ann, here=True).exclude(count=0).exists()
    rows.update(current=False, ended=Ended.VOIDED)
    right(world)
    rows.update(ended="")
    rows.update(current=True)
    right(world)
    rows.first().delete()
    right(world)
    echo = world.works["echo"]
    Decision.objects.bulk_create(
        Decision(
            review=world.review, work=echo, record_id=echo.lead_id, member=member, stage=TITLE, verdict="maybe", key=uuid.uuid4()
        )
        for member in (bo, ann)
    )  # fmt: skip
    right(world)


def test_a_count_that_is_wrong_is_named_and_set_right(world):
    DecidedOn.objects.filter(member=world.members["ann"]).update(count=99)
    DecidedOn.objects.filter(member=world.members["bo"]).delete()
    found = list(counters.differences(world.review.pk))
    assert len(found) == 2 and "is said to have 99 decisions" in found[0] and "is said to have 0" in found[1]
    counters.mend(world.review.pk)
    right(world)
