"""Decisions on many works at once: who chose them and how is asked and kept; taken back as a whole at any time.

They are nobody's independent decisions: they count where nobody decided and nobody ruled, agreement never sees them, and
once a person decides on such a work, that counts. An act takes only works that nobody decided on. A large one is done by a
job, some works in one transaction, each under its lock. Only an owner may: it changes the flow, and answers for it.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from records import engine, jobs
from records.engine import lock_library, lock_works
from records.history import remember
from records.models import Job, JobState, Work
from reviews import access
from reviews.models import (
    Adjudication,
    Bulk,
    BulkWork,
    Decision,
    ExclusionReason,
    Member,
    Outcome,
    Review,
    RoundWork,
    Stage,
    StageName,
)
from reviews.settling import settle

DO, BACK = "bulk", "bulk-back"  # kinds of jobs
DIRECT = 200  # works that are done while the person waits
AT_ONCE = 100  # works in one transaction of a job
WORDS = frozenset({"q", "title", "in_abstract", "keyword", "highlight"})  # filters that judge a work by its words


class StageClosed(Exception):
    """Nobody decides at this stage now."""


class ReasonMissing(Exception):
    """An exclusion at full text needs one reason."""


class ForeignReason(Exception):
    """The reason is not one of this review's, or an inclusion has one."""


class ToolMissing(Exception):
    """Where a tool chose, its name and version are needed."""


class NothingLeft(Exception):
    """There is no work among those chosen that nobody decided on."""


class AlreadyBack(Exception):
    """The act was taken back already."""


# --- questions -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do. While a member is blinded, how many are left out is not told: it would count what others did."""

    chosen: int
    left: int | None = None  # those that would be taken
    decided: int | None = None  # left out: somebody decided or ruled, or an earlier act did
    elsewhere: int | None = None  # left out: not at this stage now, or in an open calibration round


def _at(member: Member, stage: str) -> dict[str, Any]:
    return {"review": member.review_id, "stage": stage, "work": OuterRef("pk")}


def decided_on(member: Member, stage: str) -> Q:
    """Of a work: a person decided or ruled on it at this stage, or an act on many works did."""
    at = _at(member, stage)
    said = [kind.objects.filter(**at, current=True) for kind in (Decision, Adjudication, BulkWork)]
    return Q(Exists(said[0])) | Q(Exists(said[1])) | Q(Exists(said[2]))


def at_stage(member: Member, stage: str) -> Q:
    """Of a work: it is to be decided on at this stage, and lies in no open calibration round."""
    at = _at(member, stage)
    rounds = RoundWork.objects.filter(
        work=OuterRef("pk"), round__review=member.review_id, round__stage=stage,
        round__closed_at=None, round__called_off_at=None,
    )  # fmt: skip
    return Q(Exists(Outcome.objects.filter(**at, aside=False))) & ~Q(Exists(rounds))


def untouched(member: Member, stage: str, works: QuerySet[Work]) -> QuerySet[Work]:
    """Those of some works that an act at this stage would take."""
    return works.filter(~decided_on(member, stage), at_stage(member, stage))


def preview(*, member: Member, stage: str, works: QuerySet[Work]) -> Preview:
    """What an act on these works would do."""
    works = works.filter(library=member.review_id).order_by()
    chosen = works.count()
    if not counts_all(member, stage):
        return Preview(chosen)
    left = untouched(member, stage, works).count()
    decided = works.filter(decided_on(member, stage)).count()
    return Preview(chosen, left, decided, chosen - left - decided)


def counts_all(member: Member, stage: str) -> bool:
    """Whether it may be told how many are decided on: after the unblinding, or to who is alone."""
    return access.sees_totals(member, stage) or Member.objects.filter(review=member.review_id).count() == 1


def acts(member: Member) -> QuerySet[Bulk]:
    """The acts that this member may read of: own ones; others' once their stage is unblinded."""
    stages = [stage for stage in StageName.values if access.sees_totals(member, stage)]
    rows = Bulk.objects.filter(Q(by=member.user_id) | Q(stage__in=stages), review=member.review_id)
    return rows.select_related("by", "reason").order_by("-pk")


def of_work(member: Member, work: Work) -> QuerySet[Bulk]:
    """The acts that decide on a work, or would if nobody had said anything, as far as the member may read of them."""
    return acts(member).filter(works__work=work, works__current=True)


def going(review_id: int) -> list[Job]:
    """Acts that are being done or taken back now."""
    rows = Job.objects.filter(library=review_id, kind__in=[DO, BACK])
    return list(rows.filter(state__in=[JobState.WAITING, JobState.RUNNING]).order_by("pk"))


# --- verbs ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def act(
    *,
    member: Member,
    stage: str,
    works: QuerySet[Work],
    verdict: str,
    how: str,
    key: uuid.UUID,
    reason: ExclusionReason | None = None,
    tool: str = "",
    query: str = "",
    words: str = "",
    filters: Iterable[str] = (),
) -> Bulk:
    """Decide on those of `works` that nobody decided on. `filters` are the names of those that chose. The same `key` again
    changes nothing. Raises the errors above."""
    lock_library(member.review_id)
    if repeat := Bulk.objects.filter(review=member.review_id, key=key).first():
        return repeat
    _checked(member, stage, verdict, how, reason, tool)
    chosen = works.filter(library=member.review_id).order_by()
    taken = list(untouched(member, stage, chosen).order_by("rank").values_list("pk", "lead_id"))
    if not taken:
        raise NothingLeft
    row = Bulk.objects.create(
        review_id=member.review_id, stage=stage, verdict=verdict, reason=reason, how=how, tool=tool.strip(), query=query,
        words=words, key=key, by=member.user, chosen=chosen.count(), removal=removal(stage, verdict, how, set(filters)),
    )  # fmt: skip
    BulkWork.objects.bulk_create(
        (
            BulkWork(review_id=member.review_id, bulk=row, work_id=work, record_id=lead, stage=stage, current=False)
            for work, lead in taken
        ),
        batch_size=500,
    )
    _do(member.review, row, DO, by=member.user, count=len(taken))
    detail = {"stage": stage, "verdict": verdict, "how": how, "tool": tool, "count": len(taken), "words": words}
    remember(library_id=row.review_id, by=member.user, verb="decided on many works", subject=f"bulk {row.pk}", **detail)
    return row


def removal(stage: str, verdict: str, how: str, filters: set[str]) -> str:
    """The line of the flow: what a tool excluded, or a search for words, was removed by automation; what a person chose by
    year, language or the like and did not read, for other reasons; what was read counts as screened."""
    if stage != StageName.TITLE_ABSTRACT or verdict != "exclude" or how == Bulk.How.READ:
        return ""
    automatic = how == Bulk.How.TOOL or bool(filters & WORDS)
    return Bulk.Removal.AUTOMATION if automatic else Bulk.Removal.OTHER


def _checked(member: Member, stage: str, verdict: str, how: str, reason: ExclusionReason | None, tool: str) -> None:
    row = Stage.objects.get(review=member.review_id, name=stage)
    if row.closed_at is not None:
        raise StageClosed
    if reason is not None and (reason.review_id != member.review_id or verdict != "exclude"):
        raise ForeignReason
    if stage == StageName.FULL_TEXT and verdict == "exclude" and reason is None:
        raise ReasonMissing
    if how == Bulk.How.TOOL and not tool.strip():
        raise ToolMissing


@transaction.atomic
def take_back(*, member: Member, bulk: Bulk) -> Bulk:
    """Take an act back as a whole. Works on which people have decided since stay as they are. Raises AlreadyBack."""
    lock_library(member.review_id)
    bulk = Bulk.objects.select_for_update(no_key=True).get(pk=bulk.pk, review=member.review_id)
    if bulk.undone_at:
        raise AlreadyBack
    bulk.undone_at = timezone.now()
    bulk.save(update_fields=["undone_at"])
    count = BulkWork.objects.filter(bulk=bulk).count()
    _do(member.review, bulk, BACK, by=member.user, count=count)
    detail = {"stage": bulk.stage, "verdict": bulk.verdict, "count": count}
    remember(
        library_id=bulk.review_id, by=member.user, verb="took decisions on many works back", subject=f"bulk {bulk.pk}",
        **detail,
    )  # fmt: skip
    return bulk


def _do(review: Review, bulk: Bulk, kind: str, *, by: Any, count: int) -> None:
    """A small act at once, a large one by a job."""
    if count <= DIRECT:
        some(review, bulk, list(BulkWork.objects.filter(bulk=bulk).order_by("pk")))
        return
    checkpoint = {"bulk": bulk.pk, "after": 0}
    jobs.start(Job.objects.create(library_id=review.pk, kind=kind, by=by, total=count, checkpoint=checkpoint))


def doing(job: Job) -> None:
    """The job of an act or of its taking back: some works at a time, going on where an earlier try stopped."""
    review = Review.objects.get(pk=job.library_id)
    while _next_some(job, review):
        jobs.beat(job)
        engine.give_way(lambda: True)
    job.done = job.total


@transaction.atomic
def _next_some(job: Job, review: Review) -> bool:
    lock_library(review.pk)
    if not jobs.own(job).select_for_update(no_key=True).first():
        raise jobs.TakenOver
    bulk = Bulk.objects.get(pk=job.checkpoint["bulk"])
    if job.kind == DO and bulk.undone_at:
        return False  # taken back meanwhile; that job goes through all of them
    rows = list(BulkWork.objects.filter(bulk=bulk, pk__gt=job.checkpoint["after"]).order_by("pk")[:AT_ONCE])
    if not rows:
        return False
    some(review, bulk, rows)
    job.checkpoint = {**job.checkpoint, "after": rows[-1].pk}
    job.done += len(rows)
    job.save(update_fields=["checkpoint", "done"])
    return True


def some(review: Review, bulk: Bulk, rows: list[BulkWork]) -> None:
    """Let some works of an act count, or no longer where it was taken back, and settle them under their locks.

    What somebody decided on since it was chosen is left out of the act.
    """
    works = {work.pk: work for work in lock_works(review.pk, sorted({row.work_id for row in rows}))}
    keys = [row.pk for row in rows]
    if bulk.undone_at:
        BulkWork.objects.filter(pk__in=keys).update(current=False)
    else:
        taken = _spoken(bulk, set(works))
        late = []
        for row in (row for row in rows if not row.current):  # one that followed a join may count already
            if row.work_id in taken:
                late.append(row.pk)
            taken.add(row.work_id)
        BulkWork.objects.filter(pk__in=late).delete()
        BulkWork.objects.filter(pk__in=set(keys) - set(late)).update(current=True)
    for work in works.values():
        settle(review=review, work=work, stage=bulk.stage)


def _spoken(bulk: Bulk, works: set[int]) -> set[int]:
    """Of some works those that anybody decided on by now, or an act with more right."""
    at = {"review": bulk.review_id, "stage": bulk.stage, "work__in": works, "current": True}
    found = set(Decision.objects.filter(**at).values_list("work", flat=True))
    found |= set(Adjudication.objects.filter(**at).values_list("work", flat=True))
    return found | set(BulkWork.objects.filter(**at).values_list("work", flat=True))
