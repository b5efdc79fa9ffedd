"""Questions about calibration rounds: which works may be drawn, how far a member is, who said what once a round is closed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from reviews import access, frames
from reviews.models import (
    Adjudication,
    BulkWork,
    CriteriaVersion,
    Decision,
    Interest,
    Member,
    Note,
    Outcome,
    Review,
    Round,
    RoundWork,
    Stage,
    StageName,
    State,
)


def fresh(review: Review, stage: str) -> QuerySet[Outcome]:
    """The works that a round may be made of: nobody decided on them, and no closed round showed them to all."""
    rows = Outcome.objects.filter(review=review, stage=stage, state=State.PENDING, decided=0, aside=False)
    if stage == StageName.FULL_TEXT and not review.full_texts_open:
        return rows.none()
    shown = RoundWork.objects.filter(
        round__review=review, round__stage=stage, round__closed_at__isnull=False, work=OuterRef("work")
    )
    return rows.exclude(Exists(shown))


def held_by(review_id: int, stage: str) -> Round | None:
    """The closed round for which the queue waits while none is open: the last one, unless the owner let the queue go on."""
    last = Round.objects.filter(review=review_id, stage=stage).exclude(closed_at=None).order_by("number").last()
    return last if last and last.released_at is None else None


@dataclass(frozen=True, slots=True)
class Way:
    """How far a member is in a round."""

    decided: int
    left: int

    @property
    def total(self) -> int:
        return self.decided + self.left


def ways(round_: Round) -> dict[int, Way]:
    """How far each member is who may decide. It counts acts, whatever was said: works that came to be set aside or settled
    otherwise are nobody's to read, and none is a member's who has an interest in it (as in `reviews.queue`)."""
    here = {"review": round_.review_id, "stage": round_.stage}
    ruled = Adjudication.objects.filter(**here, work=OuterRef("work"), current=True)
    bulk = BulkWork.objects.filter(**here, work=OuterRef("work"), current=True)
    rows = Outcome.objects.filter(**here, aside=False, work__in=round_.works.values("work"))
    rows = rows.exclude(Exists(ruled)).exclude(Exists(bulk), decided=0)
    works = set(rows.values_list("work", flat=True))
    said = _by_member(Decision.objects.filter(**here, current=True, work__in=works))
    barred = _by_member(Interest.objects.filter(review=round_.review_id, lifted_at=None, work__in=works))
    team = access.deciding(round_.review_id).values_list("pk", flat=True)
    return {each: Way(len(said[each]), len(works - said[each] - barred[each])) for each in team}


def _by_member(rows: QuerySet[Any]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for member, work in rows.values_list("member", "work"):
        found[member].add(work)
    return found


def said_so_far(round_: Round) -> dict[str, int]:
    """What closing an open round opens, in numbers of works, decisions and members."""
    said = Decision.objects.filter(review=round_.review_id, round=round_, current=True)
    return {
        "works": round_.works.count(),
        "decisions": said.count(),
        "members": said.values("member").distinct().count(),
        "unfinished": sum(bool(way.left) for way in ways(round_).values()),
    }


@dataclass
class Listed:
    """A round among the others of its stage: how many works, and what the criteria gained and lost since the round before."""

    round: Round
    works: int
    added: list[frames.Row] = field(default_factory=list)
    dropped: list[frames.Row] = field(default_factory=list)
    revised: bool = False  # other criteria than in the round before


def of_stage(review: Review, stage: str) -> list[Listed]:
    """All rounds of a stage, the newest first. Those called off are not compared with others."""
    rows = Round.objects.filter(review=review, stage=stage).select_related("by").order_by("number")
    found = [Listed(each, each.n) for each in rows.annotate(n=Count("works"))]
    criteria = _criteria(review.pk, {each.round.criteria_version for each in found})
    compared = [each for each in found if each.round.called_off_at is None]
    for before, each in pairwise(compared):
        old, new = before.round.criteria_version, each.round.criteria_version
        each.revised = old != new
        each.added, each.dropped = frames.difference(criteria.get(old, []), criteria.get(new, []))
    return found[::-1]


def _criteria(review_id: int, numbers: Iterable[int]) -> dict[int, list[frames.Row]]:
    rows = CriteriaVersion.objects.filter(review=review_id, number__in=numbers)
    return {number: [tuple(row) for row in criteria] for number, criteria in rows.values_list("number", "rows")}


def criteria_of(round_: Round) -> list[frames.Row]:
    """The criteria under which a round was read."""
    return _criteria(round_.review_id, [round_.criteria_version]).get(round_.criteria_version, [])


def revised_since(round_: Round) -> tuple[list[frames.Row], list[frames.Row]] | None:
    """What the criteria gained and lost since a round was opened; None where they are the same."""
    now = Review.objects.values_list("criteria_version", flat=True).get(pk=round_.review_id)
    if now == round_.criteria_version:
        return None
    criteria = _criteria(round_.review_id, [now, round_.criteria_version])
    return frames.difference(criteria.get(round_.criteria_version, []), criteria.get(now, []))


@dataclass
class Compared:
    """What was said on one work of a closed round, as it stood at the end, with the notes written until then."""

    work: Any
    said: dict[int, Decision] = field(default_factory=dict)  # by member
    notes: list[Note] = field(default_factory=list)

    @property
    def differ(self) -> bool:
        return len({each.verdict for each in self.said.values()}) > 1


def compared(member: Member, round_: Round) -> list[Compared]:
    """Each work of a round in its order, with what this member may see of what was said on it."""
    rows: dict[int, Compared] = {}
    for each in round_.works.select_related("work__lead"):
        rows.setdefault(each.work_id, Compared(each.work))
    for decision in access.decisions_of_round(member, round_).select_related("member__user", "reason").order_by("pk"):
        if decision.work_id in rows:  # joined works: of two decisions the newer one
            rows[decision.work_id].said[decision.member_id] = decision
    notes = access.notes_of_round(member, round_).select_related("member__user", "record").order_by("pk")
    for note in notes:
        if note.record.work_id in rows:
            rows[note.record.work_id].notes.append(note)
    return list(rows.values())


def calibrating(review_id: int, stage: str) -> Round | None:
    """The round for which the queue of a stage waits: open, or closed and not yet released."""
    row = Stage.objects.select_related("calibrating").get(review=review_id, name=stage)
    return row.calibrating
