"""The jobs of this floor: what takes long, run by the worker through the same actions as everything else."""

from records import fingerprint, jobs, mending, pipeline
from records.models import Job
from reviews import carried, imported
from reviews.settling import InReviews


@jobs.handler("import")
def read_dump(job: Job) -> None:
    """Read one dump into the library; outcomes of new works are made in the same transactions."""
    if fingerprint.worked_out(job):
        pipeline.take_in(job, upstairs=InReviews())


@jobs.handler(carried.TAKE)
def take_decisions_over(job: Job) -> None:
    """Make decisions of what a dump's records carry, for the members whom an owner named."""
    imported.taking(job)


@jobs.handler(carried.BACK)
def take_decisions_back(job: Job) -> None:
    """Take back all decisions that came from a dump."""
    imported.taking_back(job)


@jobs.handler(mending.UNDO)
def take_import_back(job: Job) -> None:
    """Take a large import back; its works leave in the same transaction."""
    mending.do(job, upstairs=InReviews())


@jobs.handler(mending.REDO)
def bring_import_back(job: Job) -> None:
    """Bring a large import back that was taken back."""
    mending.do(job, upstairs=InReviews())
