"""Works given out beforehand: what the queue keeps of them, so that the next card is one look into one index."""

from django.db.models import Case, Exists, OuterRef, Subquery, Value, When

from records.models import Joining, Work
from records.prepared import Given, GivenMany, PreparedUpdate
from reviews.models import Assignment, Decision, Outcome, Review, State

OPEN = (State.PENDING, State.AWAITING)

KEEP = PreparedUpdate(
    lambda: Assignment.objects.filter(review=Given("review"), work=Given("work"), stage=Given("stage")),
    open=Case(When(member__among=GivenMany("deciders"), then=Value(False)), default=Given("open")),
)


def placed(*, review_id: int, stage: str, works: set[int] | None = None) -> None:
    """Set the place in the queue and whether it waits, of all works given out at a stage, or of some: for whoever gives out."""
    rows = Assignment.objects.filter(review=review_id, stage=stage)
    if works is not None:
        rows = rows.filter(work__in=works)
    rows.update(rank=_rank(), open=_waits(review_id, stage))


def differing(review_id: int, stage: str) -> int:
    """How many rows do not say what `placed` would."""
    rows = Assignment.objects.filter(review=review_id, stage=stage)
    return rows.exclude(rank=_rank(), open=_waits(review_id, stage)).count()


def _rank() -> Subquery:
    return Subquery(Work.objects.filter(pk=OuterRef("work")).values("rank")[:1])


def _waits(review_id: int, stage: str) -> Case:
    here = {"review": review_id, "work": OuterRef("work"), "stage": stage}
    open_ = Exists(Outcome.objects.filter(**here, state__in=OPEN, aside=False))
    decided = Exists(Decision.objects.filter(**here, member=OuterRef("member"), current=True))
    return Case(When(open_ & ~decided, then=Value(True)), default=Value(False))


def follow(review: Review, record_ids: list[int], work_ids: set[int]) -> None:
    """A work that is joined into another takes those it was given to along; one that has records again has its own back."""
    if not Assignment.objects.filter(review=review, work__in=work_ids).exists():
        return
    emptied = set(Work.objects.filter(library=review.pk, pk__in=work_ids, empty=True).values_list("pk", flat=True))
    Assignment.objects.filter(review=review, came_from__in=work_ids - emptied).delete()
    home: dict[int, int] = {}
    ways = Joining.objects.filter(library=review.pk, record__in=record_ids).order_by("pk")
    for *ends, here in ways.values_list("from_work", "to_work", "record__work"):
        home.update({end: here for end in ends if end in emptied})
    rows = Assignment.objects.filter(review=review, work__in=home).order_by("pk")
    Assignment.objects.bulk_create(
        [
            Assignment(
                review=review, member_id=row.member_id, work_id=home[row.work_id], stage=row.stage, at=row.at,
                came_from_id=row.work_id,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    for stage in {row.stage for row in rows}:
        placed(review_id=review.pk, stage=stage, works=set(home.values()))
