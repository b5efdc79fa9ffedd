"""The jobs of this floor: what takes long, run by the worker through the same actions as everything else."""

from records import carrying_out, comparing, fingerprint, jobs, mending, notice_lists, parting, pipeline, proposing
from records.models import Job
from reviews import bulk, calibration, carried, handing_out, imported, interests, rules, voiding
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


@jobs.handler(notice_lists.READ)
def read_notices(job: Job) -> None:
    """Read a list of retractions and corrections."""
    notice_lists.reading(job)


@jobs.handler(bulk.DO)
def decide_on_many(job: Job) -> None:
    """Let an act on many works count."""
    bulk.doing(job)


@jobs.handler(bulk.BACK)
def take_many_back(job: Job) -> None:
    """Take an act on many works back."""
    bulk.doing(job)


@jobs.handler(rules.ANEW)
def work_outcomes_out(job: Job) -> None:
    """Bring all outcomes into line with the stages' rules and the order of reasons."""
    rules.working_out(job)
    handing_out.wanted(job.library_id, job.by_id)  # works may wait for a decision again


@jobs.handler(calibration.ANEW)
def settle_after_a_round(job: Job) -> None:
    """Work out what the works of a calibration round amount to, once it ended and does not count."""
    calibration.working_out(job)


@jobs.handler(handing_out.DEAL)
def hand_works_out(job: Job) -> None:
    """Bring what is given out beforehand into line with who is there."""
    handing_out.handing_out(job)


@jobs.handler(interests.FIND)
def find_own_works(job: Job) -> None:
    """Look for works by a member's names."""
    interests.finding(job)


@jobs.handler(voiding.VOID)
def void_decisions(job: Job) -> None:
    """Take a member's decisions out of the count."""
    voiding.voiding(job)


@jobs.handler(voiding.RESTORE)
def let_decisions_stand(job: Job) -> None:
    """Let a member's voided decisions count again."""
    voiding.restoring(job)
