"""The jobs of this floor: what takes long, run by the worker through the same actions as everything else."""

from records import carrying_out, comparing, fingerprint, jobs, mending, parting, pipeline, proposing
from records.models import Job
from reviews import carried, imported, rules
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


@jobs.handler(proposing.COMPARE)
def compare_anew(job: Job) -> None:
    """Compare all records anew and say what would change."""
    comparing.work_out(job, upstairs=InReviews())


@jobs.handler(proposing.CARRY_OUT)
def carry_out(job: Job) -> None:
    """Do what was proposed."""
    carrying_out.carry_out(job, upstairs=InReviews())


@jobs.handler(proposing.BACK)
def take_proposal_back(job: Job) -> None:
    """Undo what was proposed and done."""
    carrying_out.take_back(job, upstairs=InReviews())


@jobs.handler(parting.PART)
def take_joins_apart(job: Job) -> None:
    """Give the records of an import works of their own."""
    parting.do(job, upstairs=InReviews())


@jobs.handler(parting.BACK)
def take_act_back(job: Job) -> None:
    """Send the records of one large act back."""
    parting.do_back(job, upstairs=InReviews())


@jobs.handler(rules.ANEW)
def work_outcomes_out(job: Job) -> None:
    """Bring all outcomes into line with the stages' rules and the order of reasons."""
    rules.working_out(job)
