"""The counters of a review: what they should be, counted afresh. Those of the library are `records.counters`'."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, F, Q

from records.engine import Day
from reviews.models import DecidedOn, Decision, Outcome, Stage, State


def fresh(stage: Stage) -> dict[str, int]:
    """How many works are in each state at a stage, from the outcomes themselves."""
    rows = Outcome.objects.filter(review=stage.review_id, stage=stage.name, aside=False).values("state")
    counts = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk")).order_by()}
    return {state: counts.get(state, 0) for state in State.values}


def fresh_days(review_id: int) -> dict[tuple[str, int, date, bool], int]:
    """How many decisions of each member stand by stage, day and whether they were made here, from the decisions themselves."""
    rows = Decision.objects.filter(review=review_id, current=True).values_list(
        "stage",
        "member",
        Day(F("at")),
        Q(imported_from=None),  # type: ignore[arg-type]
    )
    counted = rows.annotate(n=Count("pk")).order_by()
    return {(stage, member, date.fromisoformat(str(day)), bool(here)): n for stage, member, day, here, n in counted}


def differences(review_id: int) -> Iterator[str]:
    """Each counter that is not what it should be, in words."""
    for stage in Stage.objects.filter(review=review_id):
        for state, count in fresh(stage).items():
            if getattr(stage, state) != count:
                yield f"stage {stage.name} says {getattr(stage, state)} {state}, there are {count}"
    rows = DecidedOn.objects.filter(review=review_id).exclude(count=0)
    said = {(row.stage, row.member_id, row.day, row.here): row.count for row in rows}
    there = fresh_days(review_id)
    for stage_name, member, day, here in sorted(said.keys() | there.keys()):
        key = (stage_name, member, day, here)
        if said.get(key, 0) != there.get(key, 0):
            yield (
                f"member {member} is said to have {said.get(key, 0)} decisions of {day} at {stage_name}"
                f"{'' if here else ' from a file'}, there are {there.get(key, 0)}"
            )


def mend(review_id: int) -> None:
    """Set the counters to fresh counts; the caller holds the library's lock."""
    for stage in Stage.objects.filter(review=review_id):
        Stage.objects.filter(pk=stage.pk).update(**fresh(stage))
    DecidedOn.objects.filter(review=review_id).delete()
    DecidedOn.objects.bulk_create(
        DecidedOn(review_id=review_id, stage=stage_name, member_id=member, day=day, here=here, count=count)
        for (stage_name, member, day, here), count in fresh_days(review_id).items()
    )
