"""The rule of each stage as people set it: previewed in numbers, then every outcome is worked out anew by a job.

Nothing is lost by a change: decisions stay as they are, so setting the rule back brings every outcome back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from records import engine, jobs
from records.engine import lock_works
from records.history import remember
from records.models import Job, JobState
from reviews import access, handing_out
from reviews.models import (
    Adjudication,
    BulkWork,
    Decision,
    ExclusionReason,
    Experience,
    Member,
    Outcome,
    Review,
    Stage,
    State,
)
from reviews.outcome import Rule, counting_reason, outcome
from reviews.settling import settle

ANEW = "outcomes"  # kind of the job
AT_ONCE = 100  # works in one transaction
ROUNDS = 5  # while people decide, a look at the whole stage may find a few more
SETTINGS = (
    "needed",
    "one_until_joined",
    "maybe_counts_as",
    "maybe_with_exclude",
    "maybe_with_maybe",
    "one_include_is_enough",
    "expert_with_novice",
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would change. `moves` is None where the numbers would tell a blinded member what others said."""

    decided: int
    moves: dict[tuple[str, str], int] | None

    @property
    def changed(self) -> int:
        return sum((self.moves or {}).values())


def preview(*, member: Member, stage: str, settings: dict[str, Any]) -> Preview:
    """How many works would change their state under these settings."""
    row = Stage.objects.get(review=member.review_id, name=stage)
    for name, value in settings.items():
        setattr(row, name, value)
    row.alone = row.one_until_joined and _one_decides(member.review_id)
    if not access.sees_totals(member, stage) and Member.objects.filter(review=member.review_id).count() > 1:
        return Preview(0, None)  # not even how many works are decided on: only who is alone may count them
    said = Decision.objects.filter(review=member.review_id, stage=stage, current=True)
    decided, rule = said.values("work").distinct().count(), row.rule_in(member.review)
    return Preview(decided, dict(Counter((each.before, each.state) for each in changing(row, rule) if each.moves)))


@transaction.atomic
def change_rule(*, member: Member, stage: str, **settings: Any) -> Stage:
    """Set the rule of a stage; what is decided already is then worked out anew."""
    row = Stage.objects.select_for_update(no_key=True).get(review=member.review_id, name=stage)
    before = {name: getattr(row, name) for name in SETTINGS}
    for name, value in settings.items():
        setattr(row, name, value)
    row.alone = row.one_until_joined and _one_decides(member.review_id)
    row.save(update_fields=[*SETTINGS, "alone"])
    after = {name: getattr(row, name) for name in SETTINGS}
    if before != after:
        work_out_anew(row.review_id, member.user)
        handing_out.wanted(row.review_id, member.user_id)
        verb = "changed the rule of a stage"
        remember(library_id=row.review_id, by=member.user, verb=verb, subject=stage, before=before, after=after)
    return row


@transaction.atomic
def close_stage(*, member: Member, stage: str) -> Stage:
    """Nobody decides on the stage any more, nor takes a decision back, until it is opened again; nothing else changes."""
    return _turn(member, stage, verb="closed a stage", at=timezone.now())


@transaction.atomic
def open_stage(*, member: Member, stage: str) -> Stage:
    """Let members decide on a closed stage again."""
    return _turn(member, stage, verb="opened a stage again", at=None)


def _turn(member: Member, stage: str, *, verb: str, at: datetime | None) -> Stage:
    row = Stage.objects.select_for_update(no_key=True).get(review=member.review_id, name=stage)
    if (row.closed_at is None) != (at is None):
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        remember(library_id=row.review_id, by=member.user, verb=verb, subject=stage)
    return row


def team_changed(review_id: int, by: Any) -> None:
    """Somebody came, left, or has another role or experience: where one decision suffices while only one may decide, or where
    an expert is asked for, look again.

    Called inside the act's transaction.
    """
    waiting = list(Stage.objects.select_for_update(no_key=True).filter(review=review_id, one_until_joined=True))
    alone = bool(waiting) and _one_decides(review_id)
    turned = [row.pk for row in waiting if row.alone != alone]
    if turned:
        Stage.objects.filter(pk__in=turned).update(alone=alone)
    if turned or Stage.objects.filter(review=review_id, expert_with_novice=True).exists():
        work_out_anew(review_id, by)


def _one_decides(review_id: int) -> bool:
    """Whether at most one member may decide now."""
    roles = [role for role, acts in access.ACTS.items() if "decide" in acts]
    return Member.objects.filter(review=review_id, removed_at=None, role__in=roles).count() < 2


def work_out_anew(review_id: int, by: Any) -> None:
    """Queue the job that brings all outcomes of a review into line with its rules and reasons, if there is a decision."""
    if not Decision.objects.filter(review=review_id, current=True).exists():
        return
    if not Job.objects.filter(library=review_id, kind=ANEW, state=JobState.WAITING).exists():
        jobs.start(Job.objects.create(library_id=review_id, kind=ANEW, by=by))


def at_work(review_id: int) -> bool:
    """Whether outcomes are being worked out anew."""
    going = Job.objects.filter(library=review_id, kind=ANEW, state__in=[JobState.WAITING, JobState.RUNNING])
    return going.exists()


def working_out(job: Job) -> None:
    """The job: find the outcomes that are not what their stage's rule says, and settle them, a few at a time.

    It has no checkpoint and needs none: what is settled is no longer found.
    """
    review = Review.objects.get(pk=job.library_id)
    done = 0
    for _round in range(ROUNDS):
        found = False
        for stage in Stage.objects.filter(review=review).order_by("pk"):
            works = sorted({each.work for each in changing(stage, stage.rule_in(review))})
            found = found or bool(works)
            job.total = done + len(works)
            for start in range(0, len(works), AT_ONCE):
                some = works[start : start + AT_ONCE]
                _settle_some(review, stage.name, some)
                done += len(some)
                jobs.beat(job, done=done)
                engine.give_way(lambda: True)
        if not found:
            return


@transaction.atomic
def _settle_some(review: Review, stage: str, works: list[int]) -> None:
    for work in lock_works(review.pk, works):
        settle(review=review, work=work, stage=stage)


@dataclass(frozen=True, slots=True)
class Change:
    """An outcome that a rule would give another state, or that counts another reason or other decisions."""

    work: int
    before: str
    state: str

    @property
    def moves(self) -> bool:
        return self.before != self.state


def changing(stage: Stage, rule: Rule, *, without: Member | None = None, rulings_too: bool = False) -> Iterator[Change]:
    """The works of a stage whose stored outcome is not what the rule says of what was said; five queries, whatever their
    number. What it would say `without` the decisions of a member, and the rulings, can be asked too."""
    reasons = {each.pk: each for each in ExclusionReason.objects.filter(review=stage.review_id)}
    experts = set(
        Member.objects.filter(review=stage.review_id, experience=Experience.EXPERT).values_list("pk", flat=True)
    )
    of_stage = {"review": stage.review_id, "stage": stage.name, "current": True}
    said: dict[int, list[Said]] = defaultdict(list)
    left_out = {"member": without} if without else {"pk": None}
    decisions = Decision.objects.filter(**of_stage).exclude(**left_out)
    for work, member, verdict, reason in decisions.values_list("work", "member", "verdict", "reason").iterator():
        said[work].append(Said(member, verdict, _counting(reasons, reason)))
    rulings = Adjudication.objects.filter(**of_stage).exclude(**(left_out if rulings_too else {"pk": None}))
    ruled = _verdicts(rulings, reasons, "verdict", "reason")
    bulk = _verdicts(BulkWork.objects.filter(**of_stage), reasons, "bulk__verdict", "bulk__reason")
    rows = Outcome.objects.filter(review=stage.review_id, stage=stage.name)
    stored = rows.values_list("work", "state", "reason", "decided", "only_member")
    for work, before, because, decided, only in stored.iterator():
        here, ruling, many = said.get(work, []), ruled.get(work), bulk.get(work)
        state = outcome(
            [each.verdict for each in here], rule,
            adjudicated=ruling.verdict if ruling else None, bulk=many.verdict if many else None,
            expert=any(each.member in experts for each in here),
            reasons=[each.reason.pk for each in here if each.reason],
        )  # fmt: skip
        given = [ruling] if ruling else here or ([many] if many else [])
        counting = counting_reason([each.reason for each in given]) if state == State.EXCLUDED else None
        alone = here[0].member if len(here) == 1 else None
        if (state, counting and counting.pk, len(here), alone) != (before, because, decided, only):
            yield Change(work, before, state)


@dataclass(frozen=True, slots=True)
class Said:
    """A decision, or what counts like one; `member` is None where it is nobody's independent answer."""

    member: int | None
    verdict: str
    reason: ExclusionReason | None


def _verdicts(rows: Any, reasons: dict[int, ExclusionReason], *names: str) -> dict[int, Said]:
    found = rows.values_list("work", *names).iterator()
    return {work: Said(None, verdict, _counting(reasons, reason)) for work, verdict, reason in found}


def _counting(reasons: dict[int, ExclusionReason], pk: int | None) -> ExclusionReason | None:
    if pk is None:
        return None
    return reasons[reasons[pk].merged_into_id or pk]
