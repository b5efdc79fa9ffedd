"""The jobs of this floor: what takes long, run by the worker through the same actions as everything else."""

from records import jobs, pipeline
from records.models import Job
from reviews.settling import InReviews


@jobs.handler("import")
def read_dump(job: Job) -> None:
    """Read one dump into the library; outcomes of new works are made in the same transactions."""
    pipeline.take_in(job, upstairs=InReviews())
