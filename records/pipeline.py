"""From a dump's bytes to records and works: read, group, store. The only place that knows the order.

A dump is stored in chunks. Each chunk is one transaction that holds its records, its works, the counters and the job's
checkpoint, so a job that died at any point goes on at the first entry that is not stored, and nothing is stored twice.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from records import child, collecting, crash, engine, jobs, matching, mending, storing
from records.child import Limits, Opened, Wanted
from records.dedup import Normal
from records.engine import lock_library
from records.entries import Batch
from records.history import remember
from records.indexing import Indexing
from records.models import Dump, DumpState, Event, Job
from records.works import Nobody, Upstairs

CHUNK = 400  # entries a transaction: others wait for its lock about a seventh of a second on SQLite
LATELY = timedelta(minutes=1)
MOST_NOTICES = 200  # kept with the dump; the rest is counted


def take_in(job: Job, *, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """Read one dump into its library, or go on where an earlier try stopped. Raises jobs.Cancelled, jobs.TakenOver."""
    dump = Dump.objects.select_related("search").get(pk=job.dump_id)
    if dump.state in (DumpState.READ, DumpState.NOT_UNDERSTOOD, DumpState.UNDONE):
        return  # all is stored and a worker died before it could say so; or nobody wants it any more
    try:
        with collecting.seldom(), Indexing(dump.library_id, dump.pk) as indexing:
            _take_in(job, dump, upstairs, indexing)
        _finish(job, dump, upstairs)
        crash.point()
    except BaseException:
        if jobs.own(job).exists():
            Dump.objects.filter(pk=dump.pk, state=DumpState.READING).update(state=DumpState.FAILED)
        raise


def _take_in(job: Job, dump: Dump, upstairs: Upstairs, indexing: Indexing) -> None:
    """Store what the dump holds, chunk by chunk."""
    recent = matching.Recent()
    for each in _answers(dump, job):
        if isinstance(each, Opened):
            Dump.objects.filter(pk=dump.pk).update(
                state=DumpState.READING, format=each.format, format_label=each.label, encoding=each.encoding
            )
            continue
        with engine.not_yet_on_disk():
            recent.keep(_store(job, dump, each, upstairs, recent))
        crash.point()
        engine.give_way(lambda: _somebody_works(job))
        indexing.follow()
        jobs.beat(job, done=min(each.position or job.done, dump.size))


def _somebody_works(job: Job) -> bool:
    """Whether anything but this import happened in the library lately."""
    last = Event.objects.filter(library=job.library_id).order_by("-number").values_list("at", flat=True).first()
    return last is not None and last > max(job.started_at or job.at, timezone.now() - LATELY)


def _answers(dump: Dump, job: Job) -> Iterator[Opened | Batch]:
    """What the dump holds, from the first entry that is not stored; read in a process of its own."""
    encoding = dump.options.get("encoding") or ("utf-8" if dump.pasted else None)
    wanted = Wanted(dump.file.path, encoding, dump.options.get("columns"), job.checkpoint.get("entries", 0), CHUNK)
    if not settings.READ_IN_CHILD:
        return child.here(wanted)
    return child.elsewhere(wanted, limits(dump.size))


def limits(size: int) -> Limits:
    """What reading a dump of so many bytes may cost; a large file may take longer, but not more memory."""
    megabytes = size // (1 << 20)
    seconds = settings.READ_SECONDS + settings.READ_SECONDS_A_MB * megabytes
    return Limits(settings.READ_MEMORY_MB, seconds, settings.READ_SILENCE_SECONDS)


@transaction.atomic
def _finish(job: Job, dump: Dump, upstairs: Upstairs) -> None:
    """The dump is read to its end. One that brought nothing was not understood: there is no empty success."""
    lock_library(dump.library_id)
    _hold(job)
    dump.refresh_from_db()
    there = dump.taken_in + dump.already_there
    dump.state = DumpState.READ if there else DumpState.NOT_UNDERSTOOD
    dump.save(update_fields=["state"])
    Dump.objects.filter(same_as=dump).update(found=there, already_there=there)  # they may have come while this was read
    mending.settle_mended(dump)
    upstairs.read(dump)
    job.done = job.total
    counts = {
        name: getattr(dump, name) for name in ("found", "taken_in", "already_there", "rejected", "joined", "related")
    }
    remember(library_id=dump.library_id, by=job.by, verb="read a dump", subject=f"dump {dump.pk}", **counts)
    crash.point()


def _hold(job: Job) -> None:
    """Lock the job's row until the transaction ends, and be sure that nobody else went on with it."""
    stands = jobs.own(job).select_for_update(no_key=True).values_list("checkpoint", flat=True)
    if list(stands) != [job.checkpoint]:
        raise jobs.TakenOver


@transaction.atomic
def _store(job: Job, dump: Dump, batch: Batch, upstairs: Upstairs, recent: matching.Recent) -> list[tuple[int, Normal]]:
    """One chunk, all or nothing, with the checkpoint behind it. Returns the new records' normals by their keys."""
    library = lock_library(dump.library_id)
    _hold(job)
    dump = Dump.objects.select_related("search").get(pk=dump.pk)
    done = storing.store(library, dump, batch, upstairs, recent)
    for name in ("taken_in", "already_there", "filled", "joined", "related"):
        setattr(dump, name, getattr(dump, name) + getattr(done, name))
    dump.rejected += len(batch.rejected)
    dump.found = dump.taken_in + dump.already_there + dump.rejected
    dump.notices = (dump.notices + [{"line": n.line, "text": n.text} for n in batch.notices])[:MOST_NOTICES]
    dump.save(
        update_fields=["taken_in", "already_there", "filled", "rejected", "found", "joined", "related", "notices"]
    )
    job.checkpoint = {"entries": job.checkpoint.get("entries", 0) + batch.size}
    job.save(update_fields=["checkpoint"])
    crash.point()
    return done.normals
