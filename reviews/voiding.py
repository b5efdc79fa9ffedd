"""A member's decisions are voided: they count no more, and every work is worked out as if they had not been made.

Asked first in numbers, done by a job a few works at a time under their locks, and undone as a whole. Nothing is deleted:
a voided decision keeps its row, with `ended`.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from records import engine, jobs
from records.engine import lock_works
from records.history import remember
from records.models import Job, JobState
from reviews import access, handing_out, rules, team
from reviews.following import one_current_each
from reviews.models import Adjudication, Decision, Ended, Member, Review, Stage, StageName
from reviews.settling import settle

VOID, RESTORE = "void", "void-back"  # kinds of jobs
AT_ONCE = 50  # works in one transaction


class Busy(Exception):
    """Decisions of this member are being voided or brought back just now."""


class NotNow(Exception):
    """The member's decisions are voided already, or are not; or it is one's own membership."""


@dataclass(frozen=True, slots=True)
class AtStage:
    """What voiding would do at one stage. `moves` is None where it would tell a blinded member what was said."""

    stage: Stage
    decisions: int
    moves: dict[tuple[str, str], int] | None

    @property
    def changed(self) -> int:
        return sum((self.moves or {}).values())


def preview(*, member: Member, of: Member, rulings_too: bool) -> list[AtStage]:
    """How many decisions would stop counting at each stage, and how many works would change their state."""
    found = []
    counts = Counter(Decision.objects.filter(member=of, current=True).values_list("stage", flat=True))
    for stage in Stage.objects.filter(review=member.review_id).order_by("pk"):
        moves = None
        if access.sees_totals(member, stage.name):
            rule = stage.rule_in(member.review)
            now = rules.changing(stage, rule, without=of, rulings_too=rulings_too)
            moves = dict(Counter((each.before, each.state) for each in now if each.moves))
        found.append(AtStage(stage, counts[stage.name], moves))
    return found


def rulings(member: Member, of: Member) -> list[Adjudication] | None:
    """The conflicts that the member settled and that are settled so still; None where this member may not see them all."""
    settles = "adjudicate" in access.may(member)
    if not all(settles or access.sees_all(member, stage) for stage in StageName.values):
        return None
    rows = Adjudication.objects.filter(review=member.review_id, member=of, current=True)
    return list(rows.select_related("work", "reason").order_by("pk"))


@transaction.atomic
def void(*, member: Member, of: Member, rulings_too: bool) -> Job:
    """Take all of a member's decisions out of the count; the member leaves. Raises LastOwner, Busy, NotNow."""
    if of.pk == member.pk or of.voided_at is not None:
        raise NotNow
    _free(of)
    at = timezone.now()
    if of.removed_at is None:
        at = team.remove(member=member, of=of).removed_at or at
    of.voided_at = at
    of.save(update_fields=["voided_at"])
    job = _start(VOID, member, of, rulings=rulings_too, at=at.isoformat())
    subject = f"member {of.pk}"
    remember(library_id=of.review_id, by=member.user, verb="voided a member", subject=subject, rulings=rulings_too)
    return job


@transaction.atomic
def restore(*, member: Member, of: Member) -> Job:
    """Let the decisions count again, and the rulings that were voided with them. The membership comes back by itself.

    Raises Busy, NotNow.
    """
    if of.voided_at is None:
        raise NotNow
    _free(of)
    left_with_it = of.voided_at == of.removed_at
    of.voided_at = None
    of.save(update_fields=["voided_at"])
    if left_with_it:
        team.bring_back(member=member, of=of)
    job = _start(RESTORE, member, of)
    remember(library_id=of.review_id, by=member.user, verb="took a voiding back", subject=f"member {of.pk}")
    return job


def _free(of: Member) -> None:
    if busy(of):
        raise Busy


def busy(of: Member) -> bool:
    """Whether decisions of this member are being voided or brought back."""
    going = Job.objects.filter(library=of.review_id, kind__in=[VOID, RESTORE])
    return going.filter(checkpoint__member=of.pk, state__in=[JobState.WAITING, JobState.RUNNING]).exists()


def _start(kind: str, by: Member, of: Member, **more: Any) -> Job:
    checkpoint = {"member": of.pk, "after": 0, **more}
    job = Job.objects.create(library_id=of.review_id, kind=kind, by=by.user, checkpoint=checkpoint)
    jobs.start(job)
    return job


def voiding(job: Job) -> None:
    """The job of `void`. It needs no checkpoint: what is voided is not found again."""
    _go_through(job, _decisions(job).filter(undone_at=None, ended=""), end=True)


def restoring(job: Job) -> None:
    """The job of `restore`: what the member decided anew since stays, and the voided decision with it."""
    newer = Decision.objects.filter(
        work=OuterRef("work"), stage=OuterRef("stage"), member=OuterRef("member"), current=True
    )
    _go_through(job, _decisions(job).filter(ended=Ended.VOIDED).exclude(Exists(newer)), end=False)


def _decisions(job: Job) -> Any:
    return Decision.objects.filter(review=job.library_id, member=job.checkpoint["member"])


def _rulings(job: Job, *, end: bool) -> Any:
    """The member's rulings that are to end, or that ended when the decisions were voided: they carry that moment."""
    rows = Adjudication.objects.filter(review=job.library_id, member=job.checkpoint["member"])
    if end:
        return rows.filter(undone_at=None, current=True) if job.checkpoint["rulings"] else rows.none()
    voided = Job.objects.filter(library=job.library_id, kind=VOID, checkpoint__member=job.checkpoint["member"])
    return rows.filter(current=False, undone_at__in=[_moment(each) for each in voided])


def _moment(job: Job) -> datetime:
    return datetime.fromisoformat(job.checkpoint["at"])


def _go_through(job: Job, decisions: Any, *, end: bool) -> None:
    review = Review.objects.get(pk=job.library_id)
    works = sorted({*decisions.values_list("work", flat=True), *_rulings(job, end=end).values_list("work", flat=True)})
    job.total = job.done + len(works)
    for start in range(0, len(works), AT_ONCE):
        some = works[start : start + AT_ONCE]
        _turn(job, review, some, decisions, end=end)
        jobs.beat(job, done=job.done + len(some))
        engine.give_way(lambda: True)
    handing_out.wanted(job.library_id, job.by_id)  # works may wait for a decision again


@transaction.atomic
def _turn(job: Job, review: Review, works: list[int], decisions: Any, *, end: bool) -> None:
    """End the decisions on some works, or let them stand again, and settle these works."""
    locked = lock_works(review.pk, works)
    here, ruled = decisions.filter(work__in=works), _rulings(job, end=end).filter(work__in=works)
    stages = {*here.values_list("work", "stage"), *ruled.values_list("work", "stage")}
    if end:
        ruled.update(current=False, undone_at=_moment(job))
        here.update(current=False, ended=Ended.VOIDED, ended_at=timezone.now())
    else:
        ruled.update(undone_at=None)
        Decision.objects.filter(pk__in=list(here.values_list("pk", flat=True))).update(ended="", ended_at=None)
    for work in locked:
        for stage in sorted(stage for pk, stage in stages if pk == work.pk):
            if not end:
                one_current_each(review, work, stage)
            settle(review=review, work=work, stage=stage)
