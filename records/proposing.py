"""Proposals: what would change, shown before it changes. A person asks for one, looks at it, and has it done, or drops it.

Two kinds: all records compared anew with another bar for joining, and many questions answered at once. A worker works
out the first (`records.comparing`) and does both (`records.carrying_out`).
"""

from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from records import jobs
from records.engine import lock_library
from records.history import remember
from records.models import (
    Answer,
    Band,
    Change,
    ChangeKind,
    Job,
    JobState,
    Library,
    Match,
    Proposal,
    ProposalKind,
    ProposalState,
)
from records.works import Nobody, Upstairs

COMPARE, CARRY_OUT, BACK = "compare", "carry-out", "proposal-back"
BARS = (0.90, 0.95, 0.99, 1.01)  # probabilities from which the rules may join; beyond 1 they never do
AT_LEAST = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)  # questions answered at once: from which probability
EXPERIENCE = (0.9, 0.7, 0.5, 0.3)  # from which probability people's answers are counted
MOVING = (ProposalState.WORKING, ProposalState.APPLYING, ProposalState.TAKING_BACK)  # a worker has it
LIVE = (*MOVING, ProposalState.READY)


class Busy(Exception):
    """Another proposal of this library waits for its answer, or is being worked on."""


class NotNow(Exception):
    """The proposal is not in a state in which that can be done."""


class LaterFirst(Exception):
    """All records were compared anew once more and changed since; that is taken back first."""


class NothingToAsk(Exception):
    """No question is that likely."""


def live(library: Library) -> Proposal | None:
    """The proposal that is being worked on or waits for an answer; there is one at a time."""
    return Proposal.objects.filter(library=library, state__in=LIVE).order_by("-pk").first()


@transaction.atomic
def compare_anew(*, by: Any, library: Library, join_at: float) -> Proposal:
    """Have all records compared anew, joining from `join_at` on, and see what would change. Raises Busy."""
    if join_at not in BARS:
        raise ValueError(join_at)
    made = _new(by, library, ProposalKind.RULES, join_at, ProposalState.WORKING)
    _queue(by, made, COMPARE)
    return made


@transaction.atomic
def answer_many(*, by: Any, library: Library, at_least: float, upstairs: Upstairs = Nobody()) -> Proposal:  # noqa: B008
    """Propose to answer all likely questions with "the same". Raises Busy, and NothingToAsk where there are none.

    Where both works carry decisions a person looks at the pair itself.
    """
    if at_least not in AT_LEAST:
        raise ValueError(at_least)
    made = _new(by, library, ProposalKind.ANSWERS, at_least, ProposalState.READY)
    asked = likely(library, at_least)
    ends = dict(asked.values_list("pk", "record_a__work")), dict(asked.values_list("pk", "record_b__work"))
    works = sorted({work for each in ends for work in each.values()})
    decided = {one for n in range(0, len(works), 5000) for one in upstairs.decided(set(works[n : n + 5000]))}
    changes = [
        Change(
            library=library, proposal=made, kind=ChangeKind.JOIN, record_a_id=each.record_a_id, match=each,
            record_b_id=each.record_b_id, score=each.score, probability=each.probability, reasons=each.reasons,
        )
        for each in asked if not {ends[0][each.pk], ends[1][each.pk]} <= decided
    ]  # fmt: skip
    if not changes:
        raise NothingToAsk
    Change.objects.bulk_create(changes, batch_size=500)
    return made


def likely(library: Library, at_least: float) -> QuerySet[Match]:
    """Open questions from a probability on against which nothing speaks: no veto, no kin, of this pair or another one
    between the two works."""
    asked = Match.objects.filter(library=library, open=True, probability__gte=at_least, veto="", kin="", band=Band.LOOK)
    return asked.exclude(pk__in=_doubted(library)).order_by("pk")


def _doubted(library: Library) -> list[int]:
    """Open questions between whose works another pair is vetoed or akin."""
    unanswered = Match.objects.filter(library=library, answer="").exclude(band=Band.JOINED).exclude(veto="", kin="")
    works = ("record_a__work", "record_b__work")
    against = {frozenset(both) for both in unanswered.values_list(*works)}
    asked = Match.objects.filter(library=library, open=True, veto="", kin="").values_list("pk", *works)
    return [pk for pk, *both in asked if frozenset(both) in against] if against else []


def bars(library: Library) -> list[tuple[float, int]]:
    """From which probability how many questions could be answered at once."""
    chances = list(likely(library, min(AT_LEAST)).values_list("probability", flat=True))
    counted = [(bar, sum(chance >= bar for chance in chances)) for bar in AT_LEAST]
    return [(bar, n) for bar, n in counted if n]


def experience(library: Library) -> list[tuple[float, int, int]]:
    """From some probabilities on how many pairs people answered, and how many of these are the same. What was answered
    many at once says nothing about the rules."""
    at_once = Change.objects.filter(proposal__library=library, proposal__kind=ProposalKind.ANSWERS, done=True)
    said = Match.objects.filter(library=library, probability__gt=0).exclude(answer="")
    said = said.exclude(pk__in=at_once.exclude(was="").exclude(match=None).values("match"))
    rows = list(said.values_list("probability", "answer"))
    found = [(bar, [answer for chance, answer in rows if chance >= bar]) for bar in EXPERIENCE]
    return [(bar, len(answers), answers.count(Answer.SAME)) for bar, answers in found if answers]


def _new(by: Any, library: Library, kind: str, at_least: float, state: str) -> Proposal:
    library = lock_library(library.pk)
    if live(library):
        raise Busy
    made = Proposal.objects.create(
        library=library, kind=kind, at_least=at_least, by=by, state=state, records=library.records
    )
    said = {"kind": str(kind), "at_least": at_least}
    remember(library_id=library.pk, by=by, verb="asked what would change", subject=f"proposal {made.pk}", **said)
    return made


def _queue(by: Any, proposal: Proposal, kind: str) -> None:
    checkpoint = {"proposal": proposal.pk, "name": proposal.get_kind_display()}
    jobs.start(Job.objects.create(library_id=proposal.library_id, kind=kind, by=by, checkpoint=checkpoint))


@transaction.atomic
def carry_out(*, by: Any, proposal: Proposal) -> None:
    """Have all of it done, or the rest where the worker stopped over it. Raises NotNow."""
    _turn(proposal, (ProposalState.READY,), (ProposalState.APPLYING,), ProposalState.APPLYING)
    _queue(by, proposal, CARRY_OUT)
    _remember(by, proposal, "had a proposal done")


@transaction.atomic
def drop(*, by: Any, proposal: Proposal) -> None:
    """Leave all as it is. Raises NotNow."""
    _turn(proposal, (ProposalState.READY, ProposalState.WORKING), (), ProposalState.DROPPED)
    _jobs(proposal).filter(state__in=[JobState.WAITING, JobState.RUNNING]).update(cancel_requested=True)
    _remember(by, proposal, "dropped a proposal")


@transaction.atomic
def take_back(*, by: Any, proposal: Proposal) -> None:
    """Have it undone, or the rest, or what was done where the worker stopped over it. Raises NotNow, LaterFirst, and Busy
    where another one waits."""
    lock_library(proposal.library_id)
    other = live(proposal.library)
    if other and other.pk != proposal.pk:
        raise Busy
    if later(proposal):
        raise LaterFirst
    stopped = (ProposalState.APPLYING, ProposalState.TAKING_BACK)
    _turn(proposal, (ProposalState.APPLIED,), stopped, ProposalState.TAKING_BACK)
    _queue(by, proposal, BACK)
    _remember(by, proposal, "had a proposal taken back")


def later(proposal: Proposal) -> bool:
    """Whether the rules were let loose again since: what was done last is taken back first."""
    if proposal.kind != ProposalKind.RULES:
        return False
    since = Proposal.objects.filter(library=proposal.library_id, kind=ProposalKind.RULES, pk__gt=proposal.pk)
    return since.filter(state=ProposalState.APPLIED).exists()


def _turn(proposal: Proposal, there: tuple[str, ...], stopped: tuple[str, ...], to: str) -> None:
    """Into another state from some, and from others where no worker has it any more. Raises NotNow."""
    lock_library(proposal.library_id)
    state = Proposal.objects.values_list("state", flat=True).get(pk=proposal.pk)
    if state not in there and not (state in stopped and is_stopped(state, job_of(proposal))):
        raise NotNow
    Proposal.objects.filter(pk=proposal.pk).update(state=to)
    proposal.state = to


def _remember(by: Any, proposal: Proposal, verb: str) -> None:
    remember(library_id=proposal.library_id, by=by, verb=verb, subject=f"proposal {proposal.pk}", **counts(proposal))


def counts(proposal: Proposal) -> dict[str, int]:
    """How many changes of each kind."""
    return dict(proposal.changes.order_by().values_list("kind").annotate(n=Count("pk")))


def left_out(proposal: Proposal) -> int:
    """How many changes did not fit any more when the others were done."""
    return proposal.changes.filter(done=True, was="").count()


def _jobs(proposal: Proposal) -> QuerySet[Job]:
    return Job.objects.filter(library=proposal.library_id, checkpoint__proposal=proposal.pk)


def job_of(proposal: Proposal) -> Job | None:
    """The job that works on it, or did last."""
    return _jobs(proposal).order_by("-pk").first()


def is_stopped(state: str, job: Job | None) -> bool:
    """Whether no worker goes on with what one had begun: the job failed, or somebody stopped it."""
    return state in MOVING and (job is None or job.state in (JobState.FAILED, JobState.CANCELLED))


def newest_seen(proposal: Proposal) -> int:
    """The newest record that was compared; what came in later is not in the proposal."""
    job = _jobs(proposal).filter(kind=COMPARE).order_by("-pk").first()
    return job.checkpoint.get("last", 0) if job else 0
