"""Works that a member has an interest in, and is not asked about: found by the names under which the member publishes,
or declared. Whose name is meant is thought out in `reviews.authorship`.

Lifted ("not me"), a row stays and bars nobody; what is found again later on the same work stays lifted.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from records import engine, jobs
from records.engine import lock_works
from records.history import remember
from records.models import Dump, Job, JobState, Record, Work
from reviews import access, handing_out
from reviews.authorship import Names
from reviews.models import Interest, Member

FIND = "interests"  # kind of the job
AT_ONCE = 2000  # records that are looked through in one go
MOST_NAMES, LONGEST_NAME = 20, 200


class NotYours(Exception):
    """The interest is another member's, and only owners may lift others'."""


def tidy(lines: Iterable[str]) -> list[str]:
    """Names as they are kept: one a line, in the order given, none twice."""
    names = (" ".join(line.split())[:LONGEST_NAME] for line in lines)
    return list(dict.fromkeys(name for name in names if name))[:MOST_NAMES]


@transaction.atomic
def set_names(*, member: Member, names: list[str]) -> list[str]:
    """The names under which a member publishes; works by them are then looked for by a job."""
    names = tidy(names)
    if names != member.names:
        member.names = names
        member.save(update_fields=["names"])
        look_for(member)
        subject = f"member {member.pk}"
        remember(
            library_id=member.review_id,
            by=member.user,
            verb="said under which names",
            subject=subject,
            number=len(names),
        )
    return names


def look_for(member: Member) -> None:
    """Queue the job that goes through all records for a member's names."""
    waiting = Job.objects.filter(library=member.review_id, kind=FIND, state=JobState.WAITING)
    if not waiting.filter(checkpoint__member=member.pk, checkpoint__after=0).exists():
        checkpoint = {"member": member.pk, "after": 0}
        jobs.start(Job.objects.create(library_id=member.review_id, kind=FIND, by=member.user, checkpoint=checkpoint))


def at_work(member: Member) -> bool:
    """Whether works by a member's names are being looked for."""
    going = Job.objects.filter(library=member.review_id, kind=FIND, state__in=[JobState.WAITING, JobState.RUNNING])
    return going.filter(checkpoint__member=member.pk).exists()


def finding(job: Job) -> None:
    """The job: drop what no longer has one of the names, then look through all records, so many in one go."""
    member = Member.objects.get(review=job.library_id, pk=job.checkpoint["member"])
    names = Names([(member.pk, member.names)])
    records = Record.objects.filter(library=job.library_id).order_by("pk")
    if not job.checkpoint["after"]:
        job.total = records.count() if names else 0
        _drop(member, names)
    while names:
        rows = list(records.filter(pk__gt=job.checkpoint["after"]).values_list("pk", "work", "authors")[:AT_ONCE])
        if not rows:
            break
        with transaction.atomic():
            _keep(job.library_id, rows, names)
            job.checkpoint = {**job.checkpoint, "after": rows[-1][0]}
            job.save(update_fields=["checkpoint"])
        jobs.beat(job, done=job.done + len(rows))
        engine.give_way(lambda: True)
    handing_out.wanted(job.library_id, member.user_id)


def _drop(member: Member, names: Names) -> None:
    """Take away what was found by a name that the member no longer has; what was lifted or declared stays."""
    found = Interest.objects.filter(member=member, origin=Interest.Origin.NAME, lifted_at=None).select_related("record")
    gone = [each.pk for each in found if not names.among(each.record.authors)]
    Interest.objects.filter(pk__in=gone).delete()


def _names(library_id: int) -> Names:
    rows = Member.objects.filter(review=library_id, removed_at=None).exclude(names=[])
    return Names(list(rows.values_list("pk", "names")))


def found_in(library_id: int, works: Iterable[int]) -> None:
    """Works that came in or were composed anew are looked through for members' names; in the transaction that made them."""
    if names := _names(library_id):
        rows = Record.objects.filter(library=library_id, work__in=list(works))
        if _keep(library_id, list(rows.values_list("pk", "work", "authors")), names):
            handing_out.wanted(library_id)


def found_in_dump(dump: Dump) -> None:
    """A dump was read to its end: its records may name members on works that were there before."""
    if names := _names(dump.library_id):
        rows = Record.objects.filter(dump=dump).order_by("pk").values_list("pk", "work", "authors")
        if _keep(dump.library_id, list(rows), names):
            handing_out.wanted(dump.library_id)


def _keep(library_id: int, rows: list[tuple[int, int, list[str]]], names: Names) -> int:
    """Rows for what was found; nothing on works where the member said "not me". Returns how many were found."""
    hits = [(member, record, work) for record, work, authors in rows for member in names.among(authors or ())]
    if not hits:
        return 0
    lifted = Interest.objects.filter(review=library_id, work__in={work for *_ends, work in hits}).exclude(
        lifted_at=None
    )
    denied = set(lifted.values_list("member", "work"))
    new = [
        Interest(review_id=library_id, member_id=member, record_id=record, work_id=work, origin=Interest.Origin.NAME)
        for member, record, work in hits
        if (member, work) not in denied
    ]
    Interest.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@transaction.atomic
def declare(*, member: Member, work_id: int, why: str) -> Interest:
    """Say that one has an interest in a work; it is not asked about any more. Raises Work.DoesNotExist."""
    works = lock_works(member.review_id, [work_id])
    if not works or works[0].lead_id is None:
        raise Work.DoesNotExist
    said = {"work": works[0], "origin": Interest.Origin.DECLARED, "why": why.strip(), "by": member, "lifted_at": None}
    row, _made = Interest.objects.update_or_create(
        review_id=member.review_id, member=member, record_id=works[0].lead_id, defaults={**said, "at": timezone.now()}
    )
    _changed(member, row, "declared an interest")
    return row


@transaction.atomic
def lift(*, member: Member, interest: Interest, again: bool = False) -> Interest:
    """Say that there is none after all (or, `again`, that there is): for all records of the work. Raises NotYours."""
    if interest.member_id != member.pk and "team" not in access.may(member):
        raise NotYours
    lock_works(member.review_id, [interest.work_id])
    rows = Interest.objects.filter(review=member.review_id, member=interest.member_id, work=interest.work_id)
    rows.update(lifted_at=None if again else timezone.now())
    _changed(member, interest, "brought an interest back" if again else "lifted an interest")
    return interest


def _changed(member: Member, interest: Interest, verb: str) -> None:
    handing_out.wanted(member.review_id, member.user_id)
    whose = str(interest.member)
    remember(library_id=member.review_id, by=member.user, verb=verb, subject=f"work {interest.work_id}", whose=whose)


def listed(member: Member, *, everybody: bool) -> QuerySet[Interest]:
    """The interests that a member may see, one a work and member, those in force first: own ones, or all of the team."""
    rows = Interest.objects.filter(review=member.review_id)
    rows = rows if everybody else rows.filter(member=member)
    first = rows.order_by("member", "work", "lifted_at", "pk")
    keys: dict[tuple[int, int], int] = {}
    for pk, whose, work in first.values_list("pk", "member", "work"):
        keys.setdefault((whose, work), pk)
    shown = Interest.objects.filter(pk__in=list(keys.values())).select_related("work", "member__user", "record")
    return shown.order_by("lifted_at", "member", "work__rank")


def of_work(member: Member, work: Work) -> Interest | None:
    """The member's own interest in a work, in force or lifted."""
    rows = Interest.objects.filter(review=member.review_id, member=member, work=work).select_related("member__user")
    return min(rows, key=lambda row: (row.lifted_at is not None, row.pk), default=None)


def sums(review_id: int) -> list[tuple[str, int]]:
    """For the methods text: who had an interest, and in how many works. Nothing that anybody decided is in it."""
    rows = Interest.objects.filter(review=review_id, lifted_at=None).select_related("member__user")
    found: dict[int, tuple[str, set[int]]] = {}
    for row in rows.order_by("member"):
        found.setdefault(row.member_id, (str(row.member), set()))[1].add(row.work_id)
    return [(name, len(works)) for name, works in found.values()]
