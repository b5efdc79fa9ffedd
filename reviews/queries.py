"""Questions of screening: the next card, progress, conflicts, lists. Nothing is fetched that the member may not see."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from records import queries as found
from records.models import Record, Work
from reviews import queue
from reviews.access import decisions_shown_to, sees_totals
from reviews.models import Decision, Later, Member, Outcome, Report, Review, Stage, StageName, State


def next_work(*, member: Member, stage: str) -> Work | None:
    """The card a member reads next: first works that lack only this member's decision, then by rank, then those put off.

    Each step is one look into one index, however much is decided.
    """
    works = ahead(member=member, stage=stage, count=1, without=set())
    if works or (stage == StageName.FULL_TEXT and not member.review.full_texts_open):
        return works[0] if works else None
    put_off = list(Later.objects.filter(member=member, stage=stage).order_by("at").values_list("work", flat=True))
    return _first_put_off(member, stage, put_off) if put_off else None


def ahead(*, member: Member, stage: str, count: int, without: set[int]) -> list[Work]:
    """The cards that a member reads after those `without`, in the order of `next_work`; what was put off is not among them."""
    if count <= 0 or (stage == StageName.FULL_TEXT and not member.review.full_texts_open):
        return []
    asked: dict[str, Any] = {"review": member.review_id, "stage": stage, "member": member.pk, "without": without}
    rows = [*queue.half_done(count).all(**asked), *queue.untouched(count).all(**asked)]
    return [row.work for row in rows[:count]]


def with_kin(*, member: Member, stage: str, works: list[Work], without: set[int]) -> list[Work]:
    """The same works, and behind each those that this review screens together with it, as far as they wait for the member."""
    kinds = set(member.review.grouped_kin)
    if not kinds or not works:
        return works
    records: dict[int, list[int]] = {work.pk: [] for work in works}
    for record, home in Record.objects.filter(work__in=records).values_list("pk", "work"):
        records[home].append(record)
    akin = {work: [e.work for e in rows if e.kin in kinds] for work, rows in found.related_to(records).items()}
    waiting = still_open(member=member, stage=stage, works={each.pk for rows in akin.values() for each in rows})
    listed: dict[int, Work] = {}
    for work in works:
        for each in (work, *(other for other in akin.get(work.pk, []) if other.pk in waiting - without)):
            listed.setdefault(each.pk, each)
    return list(listed.values())


def still_open(*, member: Member, stage: str, works: set[int]) -> set[int]:
    """Which of some works still wait for this member."""
    asked: dict[str, Any] = {"review": member.review_id, "stage": stage, "member": member.pk, "works": works}
    return {row[0] for row in queue.OPEN.rows(**asked)} if works else set()


def next_together(*, member: Member, stage: str, work: Work) -> Work | None:
    """Of the works related to one just decided on that this review screens together with it, the first left to the member."""
    kinds = set(member.review.grouped_kin)
    if not kinds or (stage == StageName.FULL_TEXT and not member.review.full_texts_open):
        return None
    akin = [each.work.pk for each in found.related_works(work) if each.kin in kinds]
    row = (
        _open_to(member, stage).filter(work__in=akin).order_by("rank").select_related("work").first() if akin else None
    )
    return row.work if row else None


def _first_put_off(member: Member, stage: str, put_off: list[int]) -> Work | None:
    still = {row.work_id: row.work for row in _open_to(member, stage).filter(work__in=put_off).select_related("work")}
    return next((still[pk] for pk in put_off if pk in still), None)


def _queue(member: Member, stage: str) -> QuerySet[Outcome]:
    return Outcome.objects.filter(review=member.review_id, stage=stage, aside=False)


def _open_to(member: Member, stage: str) -> QuerySet[Outcome]:
    mine = Decision.objects.filter(member=member, work=OuterRef("work"), stage=stage, current=True)
    return _queue(member, stage).filter(state__in=[State.PENDING, State.AWAITING]).exclude(Exists(mine))


@dataclass(frozen=True, slots=True)
class Progress:
    """A member's own way: decided, and left (what may be shown while blinded)."""

    decided: int
    left: int

    @property
    def total(self) -> int:
        return self.decided + self.left


def progress(*, member: Member, stage: str) -> Progress:
    """How many works the member decided on at a stage, and how many wait for this member.

    What waits is the stage's counters less the works that wait for somebody else: a look into one index.
    """
    far: Any = queue.FAR.all(review=member.review_id, stage=stage, member=member.pk)[0]
    if far.needed > 2:
        return Progress(far.decided, _open_to(member, stage).count())
    return Progress(far.decided, far.pending + far.awaiting_second - far.for_others)


def conflicts(*, review: Review, stage: str) -> QuerySet[Outcome]:
    """Works whose decisions the rule does not reconcile, in queue order."""
    rows = Outcome.objects.filter(review=review, stage=stage, state=State.CONFLICT, aside=False)
    return rows.select_related("work", "work__lead").order_by("rank")


def decisions_in_conflict(*, outcome: Outcome) -> QuerySet[Decision]:
    """Every member's decision on a work in conflict; for adjudicators only (the view asks `access`)."""
    rows = Decision.objects.filter(review=outcome.review_id, work=outcome.work_id, stage=outcome.stage, current=True)
    return rows.select_related("member__user", "reason", "imported_from").order_by("pk")


def states(review: Review, stage: str) -> dict[str, int]:
    """How many works are in each state, from the stage's counters; for members who may see totals."""
    row = Stage.objects.get(review=review, name=stage)
    return {state: getattr(row, state) for state in State.values}


def included_works(member: Member) -> QuerySet[Work]:
    """Works to code: included at title and abstract and not excluded at full text; while blinded, by the member's word."""
    review = member.review_id
    works = Work.objects.filter(library=review, empty=False, aside=False).order_by("rank")
    if not sees_totals(member):
        own = decisions_shown_to(member).filter(member=member, stage=StageName.TITLE_ABSTRACT, work=OuterRef("pk"))
        return works.filter(Exists(own.filter(verdict="include")))
    rows = Outcome.objects.filter(review=review, work=OuterRef("pk"))
    kept = works.filter(Exists(rows.filter(stage=StageName.TITLE_ABSTRACT, state=State.INCLUDED)))
    if not sees_totals(member, StageName.FULL_TEXT):
        return kept
    return kept.exclude(Exists(rows.filter(stage=StageName.FULL_TEXT, state=State.EXCLUDED)))


def reports(*, review: Review) -> QuerySet[Report]:
    """Reports of the works that are included at title and abstract now; none while that stage is blinded.

    Which works got so far tells what others decided, so the list opens with the unblinding, for every role.
    """
    if not review.full_texts_open:
        return Report.objects.none()
    included = Outcome.objects.filter(
        review=review, work=OuterRef("work"), stage=StageName.TITLE_ABSTRACT, state=State.INCLUDED, aside=False
    )
    rows = Report.objects.filter(Exists(included), review=review)
    return rows.select_related("work__lead").order_by("work__rank")
