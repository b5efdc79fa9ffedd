"""The verbs of talking a work over, and of sending it back for a second look.

As in `reviews.actions`: the acting member is in the signature, each verb is one transaction under the work's row lock and writes
its own event. Who may is asked by `reviews.disputes`.
"""

import uuid

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from records.history import remember
from records.models import Work
from reviews.actions import Barred, CardChanged, NoConflict, locked
from reviews.models import Decision, Ended, Interest, Member, Message, Review, SendingBack, State
from reviews.settling import settle, standing

MOST = 5000  # characters of a message, or of what is said to those who look again


class TooLong(Exception):
    """The text has no place in a message; nothing was stored."""


class Nothing(Exception):
    """There is nothing (any more) that could be taken or called back."""


def _remember(member: Member, verb: str, work: Work, **detail: object) -> None:
    remember(library_id=member.review_id, by=member.user, verb=verb, subject=f"work {work.pk}", **detail)


@transaction.atomic
def say(*, member: Member, stage: str, work_id: int, key: uuid.UUID, text: str) -> Message:
    """Add to the thread about a work at a stage. The same `key` again adds nothing. Raises TooLong, Nothing."""
    if len(text) > MOST:
        raise TooLong
    if not text.strip():
        raise Nothing
    work = locked(member, work_id)
    if repeat := member.messages.filter(key=key).first():
        return repeat
    message = Message.objects.create(
        review_id=member.review_id, work=work, record_id=work.lead_id, stage=stage, member=member, text=text.strip(), key=key
    )  # fmt: skip
    _remember(member, "said something of a work", work, stage=stage, message=message.pk)
    return message


@transaction.atomic
def take_back(*, member: Member, work_id: int, stage: str, message_id: int) -> Message:
    """Take an own message back; that something stood there stays to be seen. Raises Nothing."""
    work = locked(member, work_id)
    row = member.messages.filter(pk=message_id, work=work, stage=stage, taken_back_at=None).first()
    if row is None:
        raise Nothing
    row.taken_back_at = timezone.now()
    row.save(update_fields=["taken_back_at"])
    _remember(member, "took back what was said of a work", work, stage=stage, message=row.pk)
    return row


@transaction.atomic
def send_back(*, member: Member, stage: str, work_id: int, revision: int, key: uuid.UUID, why: str = "") -> SendingBack:
    """Set the decisions on a work in conflict aside, so that those who decided look again. All of them stay in the history.

    The same `key` again changes nothing. Raises TooLong, CardChanged, NoConflict, Barred.
    """
    if len(why) > MOST:
        raise TooLong
    if (
        not member.review.sent_back
    ):  # once in a review; before the work's lock, as whoever changes settings holds the review first
        Review.objects.filter(pk=member.review_id, sent_back=False).update(sent_back=True)
        member.review.sent_back = True
    work = locked(member, work_id)
    mine = SendingBack.objects.filter(review=member.review_id, member=member)
    if repeat := mine.filter(key=key).first():
        return repeat
    now = standing(member.review_id, work.pk, stage)
    if work.revision != revision or now.stage.closed_at:
        raise CardChanged
    if now.kept is None or now.kept.aside or now.kept.state != State.CONFLICT:
        raise NoConflict
    if Interest.objects.filter(member=member, work=work, lifted_at=None).exists():
        raise Barred
    said = [each.pk for each in now.said]
    Decision.objects.filter(pk__in=said).update(current=False, ended=Ended.SENT_BACK, ended_at=timezone.now())
    row = SendingBack.objects.create(
        review_id=member.review_id, work=work, record_id=work.lead_id, stage=stage, member=member, why=why.strip(),
        decisions=[str(each.key) for each in now.said], key=key,
    )  # fmt: skip
    settle(review=member.review, work=work, stage=stage)
    _remember(member, "sent a work back", work, stage=stage, why=row.why, decisions=said)
    return row


@transaction.atomic
def call_back(*, member: Member, stage: str, sending_id: int) -> SendingBack:
    """Undo an own sending back: what was said counts again, except where its member has decided anew. Raises Nothing."""
    mine = SendingBack.objects.filter(review=member.review_id, member=member, stage=stage, undone_at=None)
    row = mine.filter(pk=sending_id).first()
    if row is None:
        raise Nothing
    work = locked(member, row.work_id)
    now = standing(member.review_id, work.pk, stage)
    if now.ruled or not mine.filter(pk=row.pk, work=work).exists():
        raise Nothing
    restored = _set_aside(row, work).exclude(member__in=[each.member_id for each in now.said])
    again = {each.member_id: each.pk for each in restored.order_by("pk")}  # of a member's several the newest
    if not again:
        raise Nothing
    Decision.objects.filter(pk__in=again.values()).update(current=True, ended="", ended_at=None)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    settle(review=member.review, work=work, stage=stage)
    _remember(member, "called a work back", work, stage=stage, decisions=sorted(again.values()))
    return row


def _set_aside(row: SendingBack, work: Work) -> QuerySet[Decision]:
    """What is still set aside of a sending back, of members whose decisions count."""
    rows = Decision.objects.filter(review=row.review_id, work=work, stage=row.stage, key__in=row.decisions)
    return rows.filter(ended=Ended.SENT_BACK, member__voided_at=None, current=False, undone_at=None)
