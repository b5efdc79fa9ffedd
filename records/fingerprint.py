"""What tells a dump's bytes from all others: sha256. Of a large file the worker works it out before it reads, since a
request must not wait for it; until then a word of its own stands there.

The same bytes are read once: whoever comes later is named as known.
"""

import hashlib
import uuid
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import F

from records import jobs
from records.engine import lock_library
from records.history import remember
from records.models import Dump, DumpState, Job

AT_ONCE = 64 << 20  # bytes that are hashed while a person waits: a fifth of a second
PIECE = 1 << 20
LATER = "not yet worked out: "


def of(file: File) -> str:
    """The sha256 of an open file, or, of a large one, a word that no other file has."""
    return sha256(file) if file.size <= AT_ONCE else f"{LATER}{uuid.uuid4().hex}"


def sha256(file: File, job: Job | None = None) -> str:
    """The sha256 of an open file as a hexadecimal string; says now and then that the job lives."""
    digest = hashlib.sha256()
    for number, piece in enumerate(file.chunks(PIECE)):
        digest.update(piece)
        if job and number % 256 == 255:
            jobs.beat(job)
    return digest.hexdigest()


def known(library_id: int, fingerprint: str) -> Dump | None:
    """The dump of a library that has these bytes already, unless it was taken back."""
    return Dump.objects.filter(library=library_id, sha256=fingerprint, same_as=None, undone_at=None).first()


def name_as_known(dump: Dump, there: Dump, by: Any) -> None:
    """Say of a dump that `there` has its bytes. A reading of `there` that was stopped goes on; one that waits for a look waits."""
    dump.same_as, dump.state = there, DumpState.KNOWN
    dump.format, dump.format_label, dump.encoding = there.format, there.format_label, there.encoding
    dump.found = dump.already_there = there.taken_in + there.already_there
    dump.save()
    if there.state == DumpState.FAILED:
        _go_on(there, by)


def _go_on(dump: Dump, by: Any) -> None:
    """Read the rest of a dump whose reading was stopped; a worker that still holds the earlier job loses it."""
    last = dump.jobs.order_by("-pk").first()
    dump.jobs.update(attempts=F("attempts") + 1)
    Dump.objects.filter(pk=dump.pk).update(state=DumpState.WAITING)
    checkpoint = last.checkpoint if last else {}
    job = Job.objects.create(
        library_id=dump.library_id, kind="import", dump=dump, by=by, total=dump.size, checkpoint=checkpoint
    )
    jobs.start(job)


def worked_out(job: Job) -> bool:
    """The first phase of reading a large dump: its fingerprint. Gives False where its bytes turn out to be known."""
    dump = Dump.objects.get(pk=job.dump_id)
    if not dump.sha256.startswith(LATER):
        return dump.state != DumpState.KNOWN
    with dump.file.open("rb") as file:
        found = sha256(file, job)
    name = dump.file.name
    with transaction.atomic():
        lock_library(dump.library_id)
        dump.refresh_from_db()
        dump.sha256, there = found, known(dump.library_id, found)
        if there is None:
            dump.save(update_fields=["sha256"])
            return True
        dump.file = ""
        name_as_known(dump, there, job.by)
        transaction.on_commit(lambda: dump.file.storage.delete(name))
        remember(library_id=dump.library_id, by=job.by, verb="knew a dump", subject=f"dump {dump.pk}", same_as=there.pk)
    return False
