"""Lists of retractions and corrections: uploaded, read by a job, taken back. What they are about is `records.retractions`'."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from records import child, fingerprint, jobs, notices, pipeline
from records.child import Wanted
from records.engine import lock_library
from records.entries import Batch, Entry
from records.history import remember
from records.models import Job, Library, Notice, NoticeList
from records.notices import Said
from records.readers.base import detect_encoding
from records.retractions import row_of

READ = "notices"  # kind of the job
AT_ONCE = 2_000  # rows in one transaction
MOST_BYTES = 256 << 20  # the largest there is has some 60 MB
MOST_ROWS = 500_000  # of one list; the largest there is has some 70,000


class Known(Exception):
    """These bytes are a list of this library already."""


class NotRead(Exception):
    """The list is being read, or was taken back already."""


@transaction.atomic
def receive(*, by: Any, library: Library, name: str, content: File) -> NoticeList:
    """Keep a list of notices and queue its reading. Raises Known."""
    sha256 = fingerprint.sha256(content)
    lock_library(library.pk)
    if NoticeList.objects.filter(library=library, sha256=sha256, undone_at=None).exists():
        raise Known
    listed = NoticeList(library=library, name=name, size=content.size, sha256=sha256, by=by)
    listed.file.save("list", content, save=False)
    listed.save()
    jobs.start(
        Job.objects.create(library=library, kind=READ, by=by, total=content.size, checkpoint={"list": listed.pk})
    )
    remember(library_id=library.pk, by=by, verb="uploaded a list of retractions", name=name, sha256=sha256)
    return listed


@transaction.atomic
def take_back(*, by: Any, listed: NoticeList) -> None:
    """Take a list back with all its notices; its bytes stay, and it may be uploaded again. Raises NotRead."""
    lock_library(listed.library_id)
    listed.refresh_from_db()
    if listed.undone_at or listed.state == NoticeList.State.WAITING:
        raise NotRead
    rows = Notice.objects.filter(library=listed.library_id, list=listed)
    rows._raw_delete(rows.db)  # nothing hangs on a notice
    listed.undone_at = timezone.now()
    listed.save(update_fields=["undone_at"])
    remember(library_id=listed.library_id, by=by, verb="took a list of retractions back", name=listed.name)


def reading(job: Job) -> None:
    """The job: read a list from its beginning; an earlier try's notices are dropped first."""
    listed = NoticeList.objects.get(pk=job.checkpoint["list"])
    if listed.state != NoticeList.State.WAITING or listed.undone_at:
        return
    Notice.objects.filter(library=listed.library_id, list=listed).delete()
    listed.rows = listed.taken = 0
    said = islice(_said(listed), MOST_ROWS)
    while some := list(islice(said, AT_ONCE)):
        _store(job, listed, [each for each in some if each])
        listed.rows += len(some)
        jobs.beat(job)
    _finish(job, listed)


@transaction.atomic
def _store(job: Job, listed: NoticeList, some: list[Said]) -> None:
    if not jobs.own(job).select_for_update(no_key=True).first():
        raise jobs.TakenOver
    listed.taken += len(some)
    Notice.objects.bulk_create((row_of(listed.library_id, each, list=listed) for each in some), batch_size=500)


@transaction.atomic
def _finish(job: Job, listed: NoticeList) -> None:
    lock_library(listed.library_id)
    listed.state = NoticeList.State.READ if listed.taken else NoticeList.State.FAILED
    listed.without = listed.rows - listed.taken
    listed.save(update_fields=["state", "format", "rows", "taken", "without"])
    job.done = job.total
    remember(
        library_id=listed.library_id, by=job.by, verb="read a list of retractions", name=listed.name, found=listed.rows,
        taken_in=listed.taken,
    )  # fmt: skip


def _said(listed: NoticeList) -> Iterator[Said | None]:
    """What each row of a list says; None for a row that names no publication."""
    with listed.file.open("rb") as file:
        encoding = detect_encoding(file)
    with open(listed.file.path, encoding=encoding, errors="replace", newline="") as text:
        try:
            rows = notices.in_table(text)
            first = next(rows, None)
            listed.format = "table"
            yield first
            yield from rows
            return
        except notices.NotAList:
            pass
    for entry in _entries(listed):
        yield from notices.of_entry(entry)


def _entries(listed: NoticeList) -> Iterator[Entry]:
    """The entries of a file of references, read in a process of its own as a dump is."""
    wanted = Wanted(listed.file.path)
    far = pipeline.limits(listed.size)
    for answer in child.elsewhere(wanted, far) if settings.READ_IN_CHILD else child.here(wanted):
        if isinstance(answer, Batch):
            yield from answer.entries
        else:
            listed.format = answer.label
