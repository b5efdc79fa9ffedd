"""Decisions made elsewhere: taken over from a dump for members whom an owner names, and taken back as a whole.

They become decisions of these members like any other, marked with the dump they came from. A member's own decision is
never replaced, an adjudication never touched. Both verbs queue a job; the worker goes through the records in chunks, each
one transaction with its checkpoint, and writes one event at the end.
"""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from records import jobs
from records.engine import lock_library, lock_works
from records.history import remember
from records.models import Dump, Job, Record
from reviews import carried
from reviews.carried import BACK, TAKE, Said
from reviews.models import Adjudication, Decision, ExclusionReason, Later, Member, Note, Review, StageName, Verdict
from reviews.settling import settle

CHUNK = 50  # records a transaction; while it runs, decisions of others wait
NAMESPACE = uuid.UUID("6f3c2a64-6f1f-4f43-9d0c-7d5b8c1e2a90")


class Busy(Exception):
    """Decisions of this dump are being taken over or back just now."""


class NoMember(Exception):
    """Somebody was named who is no active member of this review, or nobody was."""


@transaction.atomic
def take_over(*, by: Member, dump: Dump, chosen: dict[str, int]) -> Job:
    """Take a dump's decisions over: `chosen` leads from a name in the file to a member's key. Raises Busy, NoMember."""
    lock_library(dump.library_id)
    if carried.busy(dump):
        raise Busy
    members = _members(by.review_id, chosen)
    job = carried.queue(dump, TAKE, by=by.pk, chosen=chosen)
    named = {name: str(member) for name, member in members.items()}
    remember(
        library_id=by.review_id,
        by=by.user,
        verb="asked for earlier decisions",
        subject=f"dump {dump.pk}",
        named=named,
    )
    return job


@transaction.atomic
def take_back(*, by: Member, dump: Dump) -> Job:
    """Take back every decision that came from a dump. Raises Busy."""
    lock_library(dump.library_id)
    if carried.busy(dump):
        raise Busy
    job = carried.queue(dump, BACK, by=by.pk)
    remember(library_id=by.review_id, by=by.user, verb="asked to take decisions back", subject=f"dump {dump.pk}")
    return job


def _members(review_id: int, chosen: dict[str, int]) -> dict[str, Member]:
    """The members behind keys. Raises NoMember."""
    rows = Member.objects.filter(review=review_id, removed_at=None).select_related("user").in_bulk(chosen.values())
    if not chosen or set(chosen.values()) - set(rows):
        raise NoMember
    return {name: rows[key] for name, key in chosen.items()}


def taking(job: Job) -> None:
    """The job of `take_over`, or its rest where an earlier try stopped."""
    dump = Dump.objects.get(pk=job.checkpoint["dump"])
    try:
        members = _members(job.library_id, job.checkpoint["as"])
    except NoMember:  # who was named has left since
        return
    carrying = carried.carrying(dump)
    job.total = carrying.count()
    while rows := list(carrying.filter(pk__gt=job.checkpoint["after"])[:CHUNK]):
        _take_some(job, dump, members, rows)
        jobs.beat(job, done=job.done + len(rows))
    _remember(job, dump, "took earlier decisions over", named={name: str(m) for name, m in members.items()})


@transaction.atomic
def _take_some(job: Job, dump: Dump, members: dict[str, Member], rows: list[Record]) -> None:
    """The decisions of some records, all or nothing."""
    review = _held(job)
    rows = list(Record.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))  # as they stand under the lock
    works = {work.pk: work for work in lock_works(review.pk, sorted({row.work_id for row in rows}))}
    reasons = {reason.text.casefold(): reason for reason in ExclusionReason.objects.filter(review=review)}
    there = _there(review, set(works), list(members.values()))
    new: list[Decision] = []
    notes: list[Note] = []
    for row in rows:
        for each in carried.said(row.extra):
            member = members.get(each.by)
            if member is None or (row.work_id, None, each.stage) in there:
                continue
            place = (row.work_id, member.pk, each.stage)
            if place in there:
                continue
            reason = _reason(each, reasons)
            if each.stage == StageName.FULL_TEXT and each.verdict == Verdict.EXCLUDE and reason is None:
                continue  # without one of the review's reasons it cannot stand
            there.add(place)
            key = uuid.uuid5(NAMESPACE, f"{job.pk} {row.pk} {member.pk} {each.stage}")
            new.append(
                Decision(
                    review=review, work_id=row.work_id, record=row, member=member, stage=each.stage,
                    verdict=each.verdict, reason=reason, key=key, imported_from=dump,
                )
            )  # fmt: skip
            if each.reason and reason is None:
                notes.append(Note(review=review, record=row, member=member, text=words_of(each, dump)))
    Decision.objects.bulk_create(new)
    _keep_notes(review, notes, set(works))
    for work, stage in sorted({(each.work_id, each.stage) for each in new}):
        whose = [each.member_id for each in new if (each.work_id, each.stage) == (work, stage)]
        Later.objects.filter(review=review, work=work, stage=stage, member__in=whose).delete()
        settle(review=review, work=works[work], stage=stage)
    job.checkpoint = {**job.checkpoint, "after": rows[-1].pk, "taken": job.checkpoint.get("taken", 0) + len(new)}
    job.save(update_fields=["checkpoint", "total"])


def _there(review: Review, works: set[int], members: list[Member]) -> set[tuple[int, int | None, str]]:
    """(work, member, stage) where a member decided, and (work, None, stage) where a conflict was settled."""
    decided = Decision.objects.filter(review=review, work__in=works, member__in=members, current=True)
    ruled = Adjudication.objects.filter(review=review, work__in=works, current=True).values_list("work", "stage")
    return {*decided.values_list("work", "member", "stage"), *((work, None, stage) for work, stage in ruled)}


def _reason(each: Said, reasons: dict[str, ExclusionReason]) -> ExclusionReason | None:
    """The review's reason of the same words; of several in one text the first that is known."""
    if each.verdict != Verdict.EXCLUDE:
        return None
    texts = [each.reason, *each.reason.split(";")]
    return next((reasons[text.strip().casefold()] for text in texts if text.strip().casefold() in reasons), None)


def words_of(each: Said, dump: Dump) -> str:
    """The note that keeps a reason which is none of the review's."""
    return _("Reason in %(file)s: %(reason)s") % {"file": dump.name, "reason": each.reason}


def _keep_notes(review: Review, notes: list[Note], works: set[int]) -> None:
    """Notes for members who have none on the work."""
    held = set(Note.objects.filter(review=review, record__work__in=works).values_list("record__work", "member"))
    fresh = {(note.record.work_id, note.member_id): note for note in reversed(notes)}
    Note.objects.bulk_create([note for place, note in reversed(fresh.items()) if place not in held])


def taking_back(job: Job) -> None:
    """The job of `take_back`; what is taken back is not found again, so it goes on by itself."""
    dump = Dump.objects.get(pk=job.checkpoint["dump"])
    left = Decision.objects.filter(review=job.library_id, imported_from=dump, undone_at=None).order_by("pk")
    job.total = left.count()
    while keys := list(left.values_list("pk", flat=True)[:CHUNK]):
        _back_some(job, dump, keys)
        jobs.beat(job, done=job.done + len(keys))
    _remember(job, dump, "took earlier decisions back")


@transaction.atomic
def _back_some(job: Job, dump: Dump, keys: list[int]) -> None:
    """Some decisions, and the notes that came with them, are taken back; what they had replaced counts again."""
    review = _held(job)
    rows = list(Decision.objects.filter(pk__in=keys, undone_at=None).select_related("record").order_by("pk"))
    works = {work.pk: work for work in lock_works(review.pk, sorted({row.work_id for row in rows}))}
    Decision.objects.filter(pk__in=[row.pk for row in rows]).update(current=False, undone_at=timezone.now())
    _drop_notes(review, dump, rows)
    current = {(row.work_id, row.member_id, row.stage) for row in rows if row.current}
    others = Decision.objects.filter(review=review, work__in=works, undone_at=None, ended="").order_by("pk")
    earlier = {(each.work_id, each.member_id, each.stage): each.pk for each in others}  # the newest of each place
    again = [key for place, key in earlier.items() if place in current]  # made on other records, joined since
    Decision.objects.filter(pk__in=again).update(current=True)
    for work, stage in sorted({(row.work_id, row.stage) for row in rows}):
        settle(review=review, work=works[work], stage=stage)
    job.checkpoint = {**job.checkpoint, "taken": job.checkpoint.get("taken", 0) + len(rows)}
    job.save(update_fields=["checkpoint", "total"])


def _drop_notes(review: Review, dump: Dump, rows: list[Decision]) -> None:
    """Take away the notes that came with these decisions; those that a member changed since are the member's own."""
    wanted = {
        (row.record_id, row.member_id, words_of(each, dump))
        for row in rows
        for each in carried.said(row.record.extra)
        if each.reason
    }
    notes = Note.objects.filter(review=review, record__in=[row.record_id for row in rows])
    found = [pk for pk, *place in notes.values_list("pk", "record", "member", "text") if tuple(place) in wanted]
    Note.objects.filter(pk__in=found).delete()


def _held(job: Job) -> Review:
    """The review with its library locked, if the job is still this worker's. Raises jobs.TakenOver."""
    lock_library(job.library_id)
    if not jobs.own(job).select_for_update(no_key=True).first():
        raise jobs.TakenOver
    return Review.objects.get(pk=job.library_id)


@transaction.atomic
def _remember(job: Job, dump: Dump, verb: str, **more: Any) -> None:
    taken = job.checkpoint.get("taken", 0)
    remember(library_id=job.library_id, by=job.by, verb=verb, subject=f"dump {dump.pk}", number=taken, **more)
