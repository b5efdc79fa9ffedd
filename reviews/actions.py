"""The verbs of screening: decide, undo, put off, note, adjudicate, unblind. Set-up and team stand in `reviews.setup`.

The acting member is in the signature; each verb is one transaction, settles the outcome under the work's row lock
(`reviews.settling`), and writes its own event. A named error is raised; the view finds the words.
"""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from records.engine import lock_works
from records.history import remember
from records.models import Work
from records.prepared import Given, Prepared, add
from reviews import handing_out, leases
from reviews.models import (
    Adjudication,
    Allocation,
    Decision,
    ExclusionReason,
    Interest,
    Later,
    Member,
    Note,
    Report,
    Review,
    Stage,
    StageName,
    State,
    Verdict,
)
from reviews.settling import Standing, settle, standing


class CardChanged(Exception):
    """The card was joined, split, edited or settled since it was shown; nothing was stored."""


class NotDecided(Exception):
    """There is no decision of this member to take back."""


class NoConflict(Exception):
    """The work is not in conflict (any more), so there is nothing to settle."""


class OwnConflict(Exception):
    """The adjudicator decided on this work, and the review does not allow settling one's own conflicts."""


class Barred(Exception):
    """The member has an interest in this work and is not asked about it."""


class ForeignReason(Exception):
    """The reason is not one of this review's."""


class ReasonMissing(Exception):
    """At full text an exclusion needs one reason."""


def _own(member: Member, reason: ExclusionReason | None) -> None:
    """The last wall against another review's reason; the form looks it up inside the member's review before."""
    if reason is not None and reason.review_id != member.review_id:
        raise ForeignReason


LOCKED = Prepared(
    lambda: Work.objects.select_for_update(no_key=True).filter(library=Given("library"), pk=Given("work"))
)


def locked(member: Member, work_id: int) -> Work:
    """The work's row under lock, looked up inside the member's own review. Raises Work.DoesNotExist for a foreign id."""
    work = LOCKED.first(library=member.review_id, work=work_id)
    if work is None:
        raise Work.DoesNotExist
    return work


def stale(now: Standing, work: Work, revision: int) -> bool:
    """Whether a card shows what is no longer so: joined, split, edited, set aside, settled, or its stage closed."""
    return now.closed or work.revision != revision


def on_card(member: Member, stage: str, work_id: int, revision: int) -> Work:
    """The work of a card, locked, for what a member adds to it. Raises CardChanged, Work.DoesNotExist."""
    work = locked(member, work_id)
    now = standing(member.review_id, work.pk, stage, member_id=member.pk)
    if stale(now, work, revision) or now.outside or now.barred:
        raise CardChanged
    return work


@transaction.atomic
def decide(
    *,
    member: Member,
    stage: str,
    work_id: int,
    revision: int,
    key: uuid.UUID,
    verdict: str,
    reason: ExclusionReason | None = None,
    reading: Sequence[int] = (),
) -> Decision:
    """One member's verdict on one work. Earlier rows stay; only their `current` flag goes. `reading`: the works that the member
    has on the screen then.

    Raises CardChanged for a stale card, one that the member has an interest in, or one outside the calibration round that is
    on; ReasonMissing at full text, Work.DoesNotExist for a foreign work. The same `key` again changes nothing and gives the
    same decision.
    """
    _own(member, reason)
    work = locked(member, work_id)
    now = standing(member.review_id, work.pk, stage, member_id=member.pk, key=key)
    if now.repeat:
        return now.repeat
    if stale(now, work, revision) or now.outside or now.barred:
        raise CardChanged
    if stage == StageName.FULL_TEXT and verdict == Verdict.EXCLUDE and reason is None:
        raise ReasonMissing
    replaced = [each for each in now.said if each.member_id == member.pk]
    for own in replaced:
        _replace(own, work)
        now.said.remove(own)
    decision = Decision(
        review_id=member.review_id,
        work=work,
        record_id=work.lead_id,
        member=member,
        stage=stage,
        verdict=verdict,
        reason=reason,
        criteria_version=member.review.criteria_version,
        round_id=now.stage.calibrating_id,
        key=key,
    )
    add(decision)
    now.add(decision)
    if now.put_off and not replaced:  # a work that is decided on already does not wait, put off or not
        Later.objects.filter(review=member.review_id, member=member, work=work, stage=stage).delete()
    settle(review=member.review, work=work, stage=stage, now=now)
    if reading and now.stage.allocation == Allocation.SHARED:
        leases.keep(member=member, stage=stage, works=reading)
    _remember(member, "decided", work, stage=stage, verdict=verdict, reason=reason and reason.pk, decision=decision.pk)
    return decision


def _replace(own: Decision, work: Work) -> None:
    """A member's decision gives way to a new one: for good, or if made on a record joined since, until a split gives it back."""
    for_good = own.record_id == work.lead_id
    Decision.objects.filter(pk=own.pk).update(current=False, undone_at=timezone.now() if for_good else None)


@transaction.atomic
def undo(*, member: Member, stage: str) -> Decision:
    """Take back the member's own last decision at a stage; may be repeated. Other members' decisions stay.

    Raises NotDecided, or CardChanged when the work was settled or the stage closed since, or a calibration round is on.
    """
    last = member.decisions.filter(stage=stage, current=True).order_by("-pk").first()
    if last is None:
        raise NotDecided
    work = locked(member, last.work_id)
    now = standing(member.review_id, work.pk, stage, member_id=member.pk)
    if last not in now.said or now.closed or now.outside or now.barred:
        raise CardChanged
    last.current, last.undone_at = False, timezone.now()
    last.save(update_fields=["current", "undone_at"])
    now.said.remove(last)
    earlier = member.decisions.filter(work=work, stage=stage, undone_at=None, ended="")
    if again := earlier.order_by("-pk").first():  # made on another record, joined since: it counts again
        Decision.objects.filter(pk=again.pk).update(current=True)
        now.add(again)
    settle(review=member.review, work=work, stage=stage, now=now)
    _remember(member, "took a decision back", work, stage=stage, decision=last.pk)
    return last


@transaction.atomic
def put_off(*, member: Member, stage: str, work_id: int, revision: int | None = None) -> None:
    """See this card again when the rest is done. With the card's `revision`: raises CardChanged for a stale one."""
    work = locked(member, work_id) if revision is None else on_card(member, stage, work_id, revision)
    Later.objects.update_or_create(
        review=member.review, member=member, work=work, stage=stage, defaults={"at": timezone.now()}
    )


@transaction.atomic
def note(*, member: Member, work_id: int, text: str, stage: str = "", revision: int | None = None) -> Note | None:
    """Set the member's note on a work; an empty text takes it away (the history keeps that it was there).

    On a card, whose `stage` and `revision` are given: raises CardChanged for a stale one.
    """
    work = locked(member, work_id) if revision is None else on_card(member, stage, work_id, revision)
    Note.objects.filter(review=member.review, record__work=work, member=member).delete()
    _remember(member, "wrote a note" if text.strip() else "took a note away", work)
    if not text.strip():
        return None
    return Note.objects.create(review=member.review, record_id=work.lead_id, member=member, text=text.strip())


@transaction.atomic
def adjudicate(
    *,
    member: Member,
    stage: str,
    work_id: int,
    revision: int,
    key: uuid.UUID,
    verdict: str,
    reason: ExclusionReason | None = None,
    note: str = "",
    together: Sequence[int] = (),
    batch: uuid.UUID | None = None,
) -> Adjudication:
    """Settle a conflict beside the decisions, which stay as they are. Raises CardChanged, NoConflict, Barred, OwnConflict.

    `together` are the members who settled it among themselves (`reviews.ruling`), `batch` names the rulings made at once.
    """
    _own(member, reason)
    work = locked(member, work_id)
    if repeat := member.adjudications.filter(key=key).first():
        return repeat
    now = standing(member.review_id, work.pk, stage)
    if now.kept and (now.kept.state != State.CONFLICT or now.in_open_round):
        raise NoConflict
    if stale(now, work, revision):
        raise CardChanged
    if Interest.objects.filter(member=member, work=work, lifted_at=None).exists():
        raise Barred
    own = member.decisions.filter(work=work, stage=stage, current=True).exists()
    if own and not member.review.adjudicate_own:
        raise OwnConflict
    if stage == StageName.FULL_TEXT and verdict == Verdict.EXCLUDE and reason is None:
        raise ReasonMissing
    ruling = Adjudication.objects.create(
        review_id=member.review_id,
        work=work,
        record_id=work.lead_id,
        stage=stage,
        member=member,
        verdict=verdict,
        reason=reason,
        note=note.strip(),
        together=sorted(together),
        batch=batch,
        key=key,
    )
    Later.objects.filter(review=member.review_id, member=member, work=work, stage=stage).delete()
    settle(review=member.review, work=work, stage=stage)
    verb = "settled a conflict together" if together else "settled a conflict"
    more = {"together": ruling.together} if together else {"batch": str(batch)} if batch else {}
    _remember(member, verb, work, stage=stage, verdict=verdict, adjudication=ruling.pk, **more)
    return ruling


@transaction.atomic
def take_ruling_back(*, member: Member, stage: str, pk: int | None = None) -> Adjudication:
    """Take the member's own last adjudication (or the one named) back: the conflict is open again. Of those made at once, all.

    Raises NotDecided, or CardChanged when the stage was closed since.
    """
    mine = member.adjudications.filter(stage=stage, current=True).order_by("-pk")
    last = (mine if pk is None else mine.filter(pk=pk)).first()
    if last is None:
        raise NotDecided
    back = [last] if last.batch is None else mine.filter(batch=last.batch)
    rulings = {each.work_id: each.pk for each in back}
    works = lock_works(member.review_id, sorted(rulings))
    if Stage.objects.filter(review=member.review_id, name=stage).exclude(closed_at=None).exists():
        raise CardChanged
    for work in works:
        Adjudication.objects.filter(pk=rulings[work.pk]).update(current=False, undone_at=timezone.now())
        settle(review=member.review, work=work, stage=stage)
        _remember(member, "took an adjudication back", work, stage=stage, adjudication=rulings[work.pk])
    return last


@transaction.atomic
def set_retrieval(*, member: Member, report: Report, retrieval: str) -> Report:
    """Say that a report was retrieved, was not, or is sought; a retrieved one can be read at full text."""
    work = locked(member, report.work_id)
    report.retrieval, report.by, report.at = retrieval, member.user, timezone.now()
    report.save(update_fields=["retrieval", "by", "at"])
    settle(review=member.review, work=work, stage=StageName.FULL_TEXT)
    handing_out.wanted(member.review_id, member.user_id)
    _remember(member, "set a report's retrieval", work, retrieval=retrieval)
    return report


@transaction.atomic
def unblind(*, member: Member, stage: str) -> Review:
    """Open everybody's decisions at a stage to everybody who screens. One way; the page asks first, in numbers."""
    field = "blinded_full_texts" if stage == StageName.FULL_TEXT else "blinded_abstracts"
    review = Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    if getattr(review, field):
        setattr(review, field, False)
        review.save(update_fields=[field])
        remember(library_id=review.pk, by=member.user, verb="unblinded a stage", subject=stage)
    return review


def _remember(member: Member, verb: str, work: Work, **detail: object) -> None:
    remember(library_id=member.review_id, by=member.user, verb=verb, subject=f"work {work.pk}", **detail)
