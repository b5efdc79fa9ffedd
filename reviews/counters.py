"""The counters of a review's stages: what they should be, counted afresh. Those of the library are `records.counters`'."""

from collections.abc import Iterator

from django.db.models import Count

from reviews.models import Outcome, Stage, State


def fresh(stage: Stage) -> dict[str, int]:
    """How many works are in each state at a stage, from the outcomes themselves."""
    rows = Outcome.objects.filter(review=stage.review_id, stage=stage.name, aside=False).values("state")
    counts = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk")).order_by()}
    return {state: counts.get(state, 0) for state in State.values}


def differences(review_id: int) -> Iterator[str]:
    """Each counter that is not what it should be, in words."""
    for stage in Stage.objects.filter(review=review_id):
        for state, count in fresh(stage).items():
            if getattr(stage, state) != count:
                yield f"stage {stage.name} says {getattr(stage, state)} {state}, there are {count}"


def mend(review_id: int) -> None:
    """Set the counters to fresh counts; the caller holds the library's lock."""
    for stage in Stage.objects.filter(review=review_id):
        Stage.objects.filter(pk=stage.pk).update(**fresh(stage))
