"""The rule of each stage as people set it: previewed in numbers, then every outcome is worked out anew by a job.

Nothing is lost by a change: decisions stay as they are, so setting the rule back brings every outcome back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from records import engine, jobs
from records.engine import lock_works
from records.history import remember
from records.models import Job, JobState
from reviews import access
from reviews.models import Adjudication, Decision, ExclusionReason, Member, Outcome, Review, Stage, State
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
    decided = said.values("work").distinct().count()
    return Preview(decided, dict(Counter((each.before, each.state) for each in _changing(row, row.rule) if each.moves)))


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
        verb = "changed the rule of a stage"
        remember(library_id=row.review_id, by=member.user, verb=verb, subject=stage, before=before, after=after)
    return row


def team_changed(review_id: int, by: Any) -> None:
    """Somebody came, left, or has another role: where one decision suffices while only one may decide, look again.

    Called inside the act's transaction.
    """
    waiting = list(Stage.objects.select_for_update(no_key=True).filter(review=review_id, one_until_joined=True))
    alone = bool(waiting) and _one_decides(review_id)
    turned = [row.pk for row in waiting if row.alone != alone]
    if turned:
        Stage.objects.filter(pk__in=turned).update(alone=alone)
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
            works = sorted({each.work for each in _changing(stage, stage.rule)})
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
    """An outcome that a rule would give another state, or another reason that counts."""

    work: int
    before: str
    state: str

    @property
    def moves(self) -> bool:
        return self.before != self.state


def _changing(stage: Stage, rule: Rule) -> Iterator[Change]:
    """The decided works of a stage whose stored outcome is not what the rule says; three queries, whatever their number."""
    reasons = {each.pk: each for each in ExclusionReason.objects.filter(review=stage.review_id)}
    of_stage = {"review": stage.review_id, "stage": stage.name, "current": True}
    said: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    for work, verdict, reason in (
        Decision.objects.filter(**of_stage).values_list("work", "verdict", "reason").iterator()
    ):
        said[work].append((verdict, reason))
    ruled = {
        work: (verdict, reason)
        for work, verdict, reason in Adjudication.objects.filter(**of_stage).values_list("work", "verdict", "reason")
    }
    rows = Outcome.objects.filter(review=stage.review_id, stage=stage.name)
    for work, before, because in rows.values_list("work", "state", "reason").iterator():
        here, ruling = said.get(work, []), ruled.get(work)
        state = outcome([verdict for verdict, _reason in here], rule, adjudicated=ruling and ruling[0])
        counting = None
        if state == State.EXCLUDED:
            given = [ruling] if ruling else here
            counting = counting_reason([_counting(reasons, reason) for _verdict, reason in given])
        if state != before or (counting and counting.pk) != because:
            yield Change(work, before, state)


def _counting(reasons: dict[int, ExclusionReason], pk: int | None) -> ExclusionReason | None:
    if pk is None:
        return None
    return reasons[reasons[pk].merged_into_id or pk]
