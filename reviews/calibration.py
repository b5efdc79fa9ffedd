"""The verbs of calibration: open a round, say whether it counts, call it off, close it, let the queue go on.

While a round is open its works are all that anybody is asked about, blind (`reviews.queue`). Closing it opens what was said
in it to those who screen, for good. Questions stand in `reviews.rounds`.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from records import jobs
from records.engine import lock_works
from records.history import remember
from records.models import Job, JobState, Work
from reviews import rounds, sampling
from reviews.models import Decision, Ended, Member, Review, Round, RoundWork, Stage
from reviews.settling import settle

ANEW = "calibration"  # kind of the job
AT_ONCE = 100  # works in one transaction
MOST = 500  # works of a round
LARGEST_SEED = 2**31 - 1
TRIES = 5


class RoundGoesOn(Exception):
    """A round of this stage is open already; there is one at a time."""


class NoRound(Exception):
    """There is no round in the state that this act needs; somebody was faster, or it was never opened."""


class NotBlind(Exception):
    """Members of this stage see each other's decisions, so a round would compare nothing independent."""


class StageClosed(Exception):
    """Nobody decides at this stage any more."""


class NothingToRead(Exception):
    """None of the works is one that nobody decided on."""


class TooMany(Exception):
    """More works than a round holds."""


@transaction.atomic
def open_round(
    *,
    member: Member,
    stage: str,
    size: int = 0,
    seed: int | None = None,
    chosen: list[int] | None = None,
    counts: bool = True,
) -> Round:
    """Begin a round: `size` works drawn at random, or those `chosen`, as far as nobody decided on them yet.

    Raises RoundGoesOn, NotBlind, StageClosed, NothingToRead, TooMany.
    """
    if len(chosen or []) > MOST or size > MOST:
        raise TooMany
    seed = secrets.randbelow(LARGEST_SEED) if chosen is None and seed is None else seed
    works = _locked_works(member, stage, size=size, seed=seed, chosen=chosen)
    row, review = _locked_stage(member, stage), Review.objects.get(pk=member.review_id)
    if Round.objects.filter(review=review, stage=stage, closed_at=None, called_off_at=None).exists():
        raise RoundGoesOn
    if not review.blinded(stage):
        raise NotBlind
    if row.closed_at:
        raise StageClosed
    last = Round.objects.filter(review=review, stage=stage).order_by("-number").first()
    made = Round.objects.create(
        review=review,
        stage=stage,
        number=last.number + 1 if last else 1,
        how=Round.How.RANDOM if chosen is None else Round.How.CHOSEN,
        seed=seed if chosen is None else None,
        counts=counts,
        criteria_version=review.criteria_version,
        by=member.user,
    )
    RoundWork.objects.bulk_create(
        RoundWork(review=review, round=made, work=work, record_id=work.lead_id, order=n)
        for n, work in enumerate(works, 1)
    )
    _hold(row, made)
    how = {"seed": seed} if chosen is None else {}
    _remember(member, "opened a calibration round", made, count=len(works), how=made.how, counts=counts, **how)
    return made


def _locked_works(member: Member, stage: str, *, size: int, seed: int | None, chosen: list[int] | None) -> list[Work]:
    """The works of a new round in their order, locked, and none of them decided on."""
    for _try in range(TRIES):
        if chosen is None:
            numbers = sampling.draw(seed or 0, rounds.fresh(member.review, stage).values_list("work", flat=True), size)
        else:
            still = set(rounds.fresh(member.review, stage).filter(work__in=chosen).values_list("work", flat=True))
            numbers = [each for each in dict.fromkeys(chosen) if each in still]
        if not numbers:
            raise NothingToRead
        works = {work.pk: work for work in lock_works(member.review_id, numbers)}
        untouched = rounds.fresh(member.review, stage).filter(work__in=numbers).count()
        if untouched == len(numbers) == len(works):
            return [works[each] for each in numbers]
    raise NothingToRead  # somebody decides faster than we can draw


def _locked_stage(member: Member, stage: str) -> Stage:
    return Stage.objects.select_for_update(no_key=True).get(review=member.review_id, name=stage)


def _hold(stage: Stage, by: Round | None) -> None:
    """The queue waits for this round, or for none."""
    Stage.objects.filter(pk=stage.pk).update(calibrating=by)


def _going(member: Member, stage: str) -> tuple[list[Work], Stage, Round]:
    """The open round with its works and its stage, all locked: who decides on one of them just now is waited for."""
    numbers = RoundWork.objects.filter(
        round__review=member.review_id, round__stage=stage, round__closed_at=None, round__called_off_at=None
    )
    works = lock_works(member.review_id, list(numbers.values_list("work", flat=True)))
    row = _locked_stage(member, stage)
    found = Round.objects.filter(review=member.review_id, stage=stage, closed_at=None, called_off_at=None).first()
    if found is None:
        raise NoRound
    return works, row, found


@transaction.atomic
def let_count(*, member: Member, stage: str, counts: bool) -> Round:
    """Say whether the round's decisions are the members' decisions on these works; until it is closed. Raises NoRound."""
    _locked_stage(member, stage)
    found = Round.objects.filter(review=member.review_id, stage=stage, closed_at=None, called_off_at=None).first()
    if found is None:
        raise NoRound
    if found.counts != counts:
        found.counts = counts
        found.save(update_fields=["counts"])
        _remember(member, "changed whether a round counts", found, counts=counts)
    return found


@transaction.atomic
def call_off(*, member: Member, stage: str) -> Round:
    """End the open round without showing anybody what was said; may be taken back. Raises NoRound."""
    works, row, found = _going(member, stage)
    found.called_off_at = timezone.now()
    found.save(update_fields=["called_off_at"])
    _hold(row, rounds.held_by(member.review_id, stage))
    if not found.counts:
        _end(member, found, works, found.called_off_at)
    _remember(member, "called a calibration round off", found)
    return found


@transaction.atomic
def bring_back(*, member: Member, stage: str) -> Round:
    """Go on with the last round, which was called off. Raises NoRound, also where a newer one was opened."""
    last = Round.objects.filter(review=member.review_id, stage=stage).order_by("-number").first()
    if last is None or last.called_off_at is None:
        raise NoRound
    works = lock_works(member.review_id, list(last.works.values_list("work", flat=True)))
    row = _locked_stage(member, stage)
    changed = Round.objects.filter(pk=last.pk, called_off_at=last.called_off_at).update(called_off_at=None)
    newer = Round.objects.filter(review=member.review_id, stage=stage, number__gt=last.number).exists()
    if not changed or newer or row.closed_at:
        raise NoRound
    _hold(row, last)
    if not last.counts:
        _begin_again(member, last, works, last.called_off_at)
    _remember(member, "brought a calibration round back", last)
    return last


@transaction.atomic
def close_round(*, member: Member, stage: str) -> Round:
    """End the open round and open what was said in it to those who screen. One way; the page asks first, in numbers.

    Where the round does not count, its works are left as if nobody had read them. Raises NoRound.
    """
    works, _row, found = _going(member, stage)
    found.closed_at = timezone.now()
    found.save(update_fields=["closed_at"])
    said = Decision.objects.filter(round=found, undone_at=None)
    decisions, members = said.count(), said.values("member").distinct().count()
    if not found.counts:
        _end(member, found, works, found.closed_at)
    _remember(member, "unblinded a round", found, count=len(works), decisions=decisions, members=members)
    return found


@transaction.atomic
def release(*, member: Member, stage: str) -> Round:
    """Open the main queue after a closed round. Raises NoRound."""
    row = _locked_stage(member, stage)
    found = row.calibrating
    if found is None or found.closed_at is None:
        raise NoRound
    Round.objects.filter(pk=found.pk).update(released_at=timezone.now())
    _hold(row, None)
    _remember(member, "opened the queue after calibration", found)
    return found


@transaction.atomic
def hold(*, member: Member, stage: str) -> Round:
    """Let the queue wait again for the last closed round. Raises NoRound."""
    row = _locked_stage(member, stage)
    last = Round.objects.filter(review=member.review_id, stage=stage).exclude(closed_at=None).last()
    if row.calibrating_id or last is None:
        raise NoRound
    Round.objects.filter(pk=last.pk).update(released_at=None)
    _hold(row, last)
    _remember(member, "held the queue for calibration again", last)
    return last


def _end(member: Member, of: Round, works: list[Work], at: datetime) -> None:
    """What was said in the round counts no more; under the works' locks."""
    said = Decision.objects.filter(review=member.review_id, round=of, current=True)
    said.update(current=False, ended=Ended.CALIBRATION, ended_at=at)
    _settle_all(member, of, works)


def _begin_again(member: Member, of: Round, works: list[Work], at: datetime) -> None:
    """What ended with the round counts again, unless the member has decided on the work since."""
    ended = Decision.objects.filter(review=member.review_id, round=of, ended=Ended.CALIBRATION, ended_at=at)
    since = set(
        Decision.objects.filter(
            review=member.review_id, stage=of.stage, work__in=[work.pk for work in works], current=True
        ).values_list("work", "member")
    )
    again = [pk for pk, *whose in ended.values_list("pk", "work", "member") if tuple(whose) not in since]
    Decision.objects.filter(pk__in=again).update(current=True, ended="", ended_at=None)
    _settle_all(member, of, works)


def _settle_all(member: Member, of: Round, works: list[Work]) -> None:
    """Work the outcomes out anew: at once where they are few, else by a job."""
    if len(works) > AT_ONCE:
        job = Job.objects.create(library_id=of.review_id, kind=ANEW, by=member.user, checkpoint={"round": of.pk})
        jobs.start(job)
        return
    for work in works:
        settle(review=member.review, work=work, stage=of.stage)


def working_out(job: Job) -> None:
    """The job: settle the works of a round that ended, a few at a time. Done twice it changes nothing."""
    of = Round.objects.select_related("review").get(pk=job.checkpoint["round"], review=job.library_id)
    numbers = sorted(of.works.values_list("work", flat=True))
    job.total = len(numbers)
    for start in range(0, len(numbers), AT_ONCE):
        with transaction.atomic():
            for work in lock_works(of.review_id, numbers[start : start + AT_ONCE]):
                settle(review=of.review, work=work, stage=of.stage)
        jobs.beat(job, done=min(start + AT_ONCE, len(numbers)))


def at_work(review_id: int) -> bool:
    """Whether outcomes are being worked out anew after a round."""
    going = [JobState.WAITING, JobState.RUNNING]
    return Job.objects.filter(library=review_id, kind=ANEW, state__in=going).exists()


def _remember(member: Member, verb: str, of: Round, **detail: object) -> None:
    remember(library_id=of.review_id, by=member.user, verb=verb, subject=of.stage, round=of.number, **detail)
