"""A dump that waits for a person's look: read it as it is or in another way, or do not import it.

Each verb is one transaction and writes its own event; `by` is a user. What a look shows is `records.preview`.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from records import jobs
from records.engine import lock_library
from records.history import remember
from records.models import Dump, DumpState, Job, StretchState

# What a person may choose where the ladder of `readers.base` guessed wrong; names of Python's codecs.
ENCODINGS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "latin-1", "iso8859_2", "iso8859_15", "mac_roman"),
)


class NoLonger(Exception):
    """The dump does not wait for a look any more: somebody was faster."""


def may_be_read(dump: Dump) -> bool:
    """Whether a person may still say how a dump is read: it waits for that, or nobody understood it and nothing came of it."""
    nothing = dump.state == DumpState.NOT_UNDERSTOOD and not dump.taken_in + dump.already_there
    untouched = not dump.rejected_stretches.exclude(state=StretchState.OPEN).exists()
    return dump.state == DumpState.PREVIEW or (nothing and untouched and dump.mends_id is None)


@transaction.atomic
def confirm(*, by: Any, dump: Dump, options: dict[str, Any] | None = None) -> Job:
    """Read a dump that was looked at. `options`: encoding, columns, decisions, where a person chose. Raises NoLonger."""
    lock_library(dump.library_id)
    dump.refresh_from_db()
    if not may_be_read(dump):
        raise NoLonger
    if dump.state == DumpState.NOT_UNDERSTOOD:
        dump.rejected_stretches.all().delete()
        dump.found = dump.rejected = 0
        dump.notices = []
        dump.save(update_fields=["found", "rejected", "notices"])
    dump.options = {name: value for name, value in (options or {}).items() if value}
    job = queue(by=by, dump=dump)
    remember(library_id=dump.library_id, by=by, verb="looked and imported", subject=f"dump {dump.pk}", **dump.options)
    return job


def queue(*, by: Any, dump: Dump) -> Job:
    """Have a kept dump read; inside a transaction that holds the library's lock."""
    dump.state = DumpState.WAITING
    dump.save(update_fields=["state", "options"])
    job = Job.objects.create(library_id=dump.library_id, kind="import", dump=dump, by=by, total=dump.size)
    jobs.start(job)
    return job


@transaction.atomic
def discard(*, by: Any, dump: Dump) -> None:
    """Do not import a dump that was looked at; its bytes and its name are kept. Raises NoLonger."""
    lock_library(dump.library_id)
    dump.refresh_from_db()
    if dump.state != DumpState.PREVIEW:
        raise NoLonger
    dump.state, dump.undone_at, dump.undone_by = DumpState.UNDONE, timezone.now(), by
    dump.save(update_fields=["state", "undone_at", "undone_by"])
    remember(library_id=dump.library_id, by=by, verb="looked and did not import", subject=f"dump {dump.pk}")
