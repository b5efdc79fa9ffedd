"""Long tasks: one row people can follow, one queue entry a worker takes, one handler a kind.

Each chunk of a job commits its rows and its checkpoint together, so a job that died goes on where it stopped. A job
whose heartbeat is stale is taken up again (`take_up_stale`, called by `manage.py serve` every few seconds).
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from records.models import Dump, DumpState, Job, JobState

logger = logging.getLogger("winnow.jobs")

STALE = timedelta(seconds=settings.JOB_STALE_SECONDS)
LOST = timedelta(minutes=10)  # a waiting job whose queue entry seems gone
MOST_ATTEMPTS = 3
HANDLERS: dict[str, Callable[[Job], None]] = {}  # filled by the floors above, when they are ready


class Cancelled(Exception):
    """A person asked the job to stop; what was committed stays and is accounted for."""


class TakenOver(Exception):
    """Another worker went on with this job; this one stops without a trace."""


def handler(kind: str) -> Callable[[Callable[[Job], None]], Callable[[Job], None]]:
    """Decorator: this function does the jobs of a kind. It may be called again for the same job and then goes on."""

    def register(function: Callable[[Job], None]) -> Callable[[Job], None]:
        HANDLERS[kind] = function
        return function

    return register


def start(job: Job) -> None:
    """Queue a job once the transaction that made it has been committed."""
    transaction.on_commit(lambda: run.enqueue(job.pk))


def own(job: Job) -> QuerySet[Job]:
    """The job's row while it is this worker's still: who takes a job counts an attempt, so it is no longer the other's."""
    return Job.objects.filter(pk=job.pk, attempts=job.attempts)


def beat(job: Job, *, done: int | None = None, phase: str | None = None) -> None:
    """Say that the job lives, and how far it is. Raises Cancelled when somebody asked to stop, TakenOver."""
    job.heartbeat_at = timezone.now()
    job.done = job.done if done is None else done
    job.phase = job.phase if phase is None else phase
    if not own(job).update(heartbeat_at=job.heartbeat_at, done=job.done, phase=job.phase, total=job.total):
        raise TakenOver
    if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
        raise Cancelled


@task()
def run(job_id: int) -> None:
    """Take a job and do it. Two workers with the same entry: the second finds it taken and leaves."""
    now = timezone.now()
    free = Q(state=JobState.WAITING) | Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE)
    mine = {"state": JobState.RUNNING, "heartbeat_at": now, "started_at": now, "attempts": F("attempts") + 1}
    taken = Job.objects.filter(free, pk=job_id).update(**mine)
    if not taken:
        return
    job = Job.objects.select_related("dump", "library", "by").get(pk=job_id)
    try:
        HANDLERS[job.kind](job)
        _finish(job, JobState.DONE)
    except TakenOver:
        return
    except Cancelled:
        _finish(job, JobState.CANCELLED)
    except Exception as fault:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        _finish(job, JobState.FAILED, error=type(fault).__name__)


def _finish(job: Job, state: str, error: str = "") -> None:
    job.state, job.error, job.finished_at = state, error, timezone.now()
    names = ("state", "error", "finished_at", "done", "total", "phase")
    own(job).update(**{name: getattr(job, name) for name in names})


def take_up_stale() -> int:
    """Queue again every job that seems dead, or fail it after three attempts. Returns how many were queued."""
    now = timezone.now()
    lost = Q(state=JobState.WAITING) & (Q(heartbeat_at=None, at__lt=now - LOST) | Q(heartbeat_at__lt=now - LOST))
    queued = 0
    for job in Job.objects.filter(Q(state=JobState.RUNNING, heartbeat_at__lt=now - STALE) | lost):
        if job.attempts >= MOST_ATTEMPTS:
            _finish(job, JobState.FAILED, error=_("it stopped %d times without saying why") % job.attempts)
            Dump.objects.filter(pk=job.dump_id).update(state=DumpState.FAILED)
            continue
        still = Job.objects.filter(pk=job.pk, state=job.state, heartbeat_at=job.heartbeat_at)
        if still.update(state=JobState.WAITING, heartbeat_at=now):  # else it has come to life meanwhile
            run.enqueue(job.pk)
            queued += 1
    return queued
