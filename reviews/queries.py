"""Questions of screening: the next card, progress, conflicts, lists. Nothing is fetched that the member may not see."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from records import queries as found
from records.models import Record, Work
from reviews import access, queue
from reviews.access import decisions_shown_to, sees_totals, works_of_open_round
from reviews.models import (
    Allocation,
    Assignment,
    Decision,
    Experience,
    Interest,
    Later,
    Member,
    Outcome,
    Report,
    Review,
    Stage,
    StageName,
    State,
)
from reviews.queue import Mode
from reviews.settling import standing


@dataclass(frozen=True, slots=True)
class How:
    """By what a stage serves a member just now; read once and handed on where a page asks several questions."""

    mode: Mode
    asked: dict[str, Any]  # what every question of `reviews.queue` wants to know
    shared: bool  # everybody takes the next work
    none: str  # the reason why no work comes at all: "round-closed", "stage-closed", "not-open" or ""


def serving(*, member: Member, stage: str) -> How:
    """By what a stage serves a member just now."""
    row: Any = queue.STAGE.first(review=member.review_id, stage=stage)
    none = "stage-closed" if row.closed_at else ""
    if stage == StageName.FULL_TEXT and not member.review.full_texts_open:
        none = "not-open"
    elif row.calibrating and not row.calibrating.open:
        none = none or "round-closed"
    rule, fixed = row.rule, row.allocation == Allocation.FIXED
    mode = Mode(
        round=row.calibrating_id is not None,
        fixed=fixed,
        novice=rule.expert_with_novice and member.experience != Experience.EXPERT and not fixed,
        many=rule.needed > 2,
    )
    asked = {"review": member.review_id, "stage": stage, "member": member.pk, "needed": rule.needed}
    asked |= {"round": row.calibrating_id, "now": timezone.now()}
    return How(mode, asked, not fixed and not mode.round, none)


def waits(*, member: Member, stage: str) -> str:
    """Why nobody is served at a stage: its calibration round is closed and the queue not yet released ("round-closed"), or the
    stage itself is closed ("stage-closed"); else ""."""
    none = serving(member=member, stage=stage).none
    return "" if none == "not-open" else none


def next_work(*, member: Member, stage: str, how: How | None = None) -> Work | None:
    """The card a member reads next: first works that lack only this member's decision, then by rank, then those put off.

    Each step is one look into one index, however much is decided.
    """
    how = how or serving(member=member, stage=stage)
    works = ahead(member=member, stage=stage, count=1, without=set(), how=how)
    if works or how.none:
        return works[0] if works else None
    put_off = list(Later.objects.filter(member=member, stage=stage).order_by("at").values_list("work", flat=True))
    still = {row.work_id: row.work for row in _open_among(how, put_off)}
    return next((still[pk] for pk in put_off if pk in still), None)


def ahead(
    *, member: Member, stage: str, count: int, without: set[int], how: How | None = None, read: bool = True
) -> list[Work]:
    """The cards that a member reads after those `without`, in the order of `next_work`; what was put off is not among them.

    What others have before them just now comes when nothing else is left (`read`).
    """
    if count <= 0:
        return []
    how = how or serving(member=member, stage=stage)
    if how.none:
        return []
    asked = how.asked | {"without": without}
    if not how.shared:
        rows: list[Any] = (queue.of_round(count) if how.mode.round else queue.given(count)).all(**asked)
    else:
        rows = _shared(how, count, asked, read=False) or (_shared(how, count, asked, read=True) if read else [])
    return [row.work for row in rows]


def _shared(how: How, count: int, asked: dict[str, Any], *, read: bool) -> list[Outcome]:
    rows = queue.half_done(count, how.mode, read).all(**asked)
    kept = how.mode.novice and asked["needed"] == 1  # the one place is an expert's
    return rows[:count] if kept else [*rows, *queue.untouched(count, read).all(**asked)][:count]


def with_kin(*, member: Member, stage: str, works: list[Work], without: set[int], how: How | None = None) -> list[Work]:
    """The same works, and behind each those that this review screens together with it, as far as they wait for the member."""
    kinds = set(member.review.grouped_kin)
    if not kinds or not works:
        return works
    records: dict[int, list[int]] = {work.pk: [] for work in works}
    for record, home in Record.objects.filter(work__in=records).values_list("pk", "work"):
        records[home].append(record)
    akin = {work: [e.work for e in rows if e.kin in kinds] for work, rows in found.related_to(records).items()}
    near = {each.pk for rows in akin.values() for each in rows}
    waiting = still_open(member=member, stage=stage, works=near, how=how)
    listed: dict[int, Work] = {}
    for work in works:
        for each in (work, *(other for other in akin.get(work.pk, []) if other.pk in waiting - without)):
            listed.setdefault(each.pk, each)
    return list(listed.values())


def still_open(*, member: Member, stage: str, works: set[int], how: How | None = None) -> set[int]:
    """Which of some works still wait for this member."""
    if not works:
        return set()
    how = how or serving(member=member, stage=stage)
    return set() if how.none else {row[0] for row in queue.open_keys(how.mode).rows(**how.asked, works=works)}


def can_be_decided(*, member: Member, stage: str, work: Work) -> bool:
    """Whether a decision of this member on a work would be taken now, first or again."""
    now = standing(member.review_id, work.pk, stage, member_id=member.pk)
    return not (now.closed or now.outside or now.barred)


def next_together(*, member: Member, stage: str, work: Work) -> Work | None:
    """Of the works related to one just decided on that this review screens together with it, the first left to the member."""
    kinds = set(member.review.grouped_kin)
    if not kinds or (stage == StageName.FULL_TEXT and not member.review.full_texts_open):
        return None
    akin = [each.work.pk for each in found.related_works(work) if each.kin in kinds]
    rows = _open_among(serving(member=member, stage=stage), akin) if akin else []
    return rows[0].work if rows else None


def _open_among(how: How, works: Collection[int]) -> list[Outcome]:
    """Which of some works wait for the member, by rank."""
    return queue.open_among(how.mode).all(**how.asked, works=works) if works and not how.none else []


@dataclass(frozen=True, slots=True)
class Progress:
    """A member's own way: decided, and left (what may be shown while blinded)."""

    decided: int
    left: int

    @property
    def total(self) -> int:
        return self.decided + self.left


def progress(*, member: Member, stage: str, how: How | None = None) -> Progress:
    """How many works the member decided on at a stage, and how many wait for this member; of a calibration round while one is on."""
    how = how or serving(member=member, stage=stage)
    decided, left = queue.numbers(how.mode).rows(**how.asked)[0]
    return Progress(decided, 0 if how.none in ("stage-closed", "round-closed") else left)


def stuck(*, review: Review, stage: str) -> QuerySet[Outcome]:
    """Works that wait for a decision which no present member can make: all decided on them or have an interest, they were given
    to people who left, or only an expert's place is left. That a work waits tells no verdict but where one include is enough."""
    row = Stage.objects.get(review=review, name=stage)
    expert = row.rule.expert_with_novice
    waiting = Outcome.objects.filter(review=review, stage=stage, aside=False)
    waiting = waiting.filter(state__in=[State.PENDING, State.AWAITING]).order_by("rank")
    team = [each for each in access.active_members(review) if each.role in access.DECIDING and not access.ended(each)]
    here = {"review": review.pk, "work": OuterRef(OuterRef("work")), "member": OuterRef("pk")}
    able = Member.objects.filter(pk__in=[each.pk for each in team])
    able = able.exclude(Exists(Decision.objects.filter(**here, stage=stage, current=True)))
    able = able.exclude(Exists(Interest.objects.filter(**here, lifted_at=None)))
    if row.allocation == Allocation.FIXED:
        able = able.filter(Exists(Assignment.objects.filter(**here, stage=stage)))
    elif team and not expert:  # what nobody decided on waits for whoever has no interest in it
        interest = Interest.objects.filter(review=review, work=OuterRef("work"), lifted_at=None)
        waiting = waiting.filter(Q(state=State.AWAITING) | Q(Exists(interest)))
    if not expert:
        return waiting.exclude(Exists(able))
    said = Decision.objects.filter(review=review, work=OuterRef("work"), stage=stage, current=True)
    room = Q(decided__lt=row.needed - 1) | Q(Exists(said.filter(member__experience=Experience.EXPERT)))
    return waiting.exclude(Q(Exists(able.filter(experience=Experience.EXPERT))) | (room & Q(Exists(able))))


def conflicts(*, review: Review, stage: str) -> QuerySet[Outcome]:
    """Works whose decisions the rule does not reconcile, in queue order; not yet those of a calibration round that is open, since
    who settles conflicts decides in it too."""
    rows = Outcome.objects.filter(review=review, stage=stage, state=State.CONFLICT, aside=False)
    rows = rows.exclude(work__in=works_of_open_round(review.pk, stage).values("work"))
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
