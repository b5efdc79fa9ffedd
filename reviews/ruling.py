"""Rulings of more than one hand or on more than one work: settled together by those who decided, or many conflicts at once that
differ in reason only. One ruling on one work is `reviews.actions.adjudicate`."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from records.engine import lock_works
from reviews import access, actions, disputes
from reviews.models import Adjudication, ExclusionReason, Member, Verdict


class NotTogether(Exception):
    """Those who are named did not decide on this work, or are too few, or this member may not say it for them."""


@transaction.atomic
def settle_together(
    *,
    member: Member,
    stage: str,
    work_id: int,
    revision: int,
    key: uuid.UUID,
    verdict: str,
    agreed: Collection[int],
    reason: ExclusionReason | None = None,
    note: str = "",
) -> Adjudication:
    """The members who decided settled their conflict among themselves: a ruling that names them. Their decisions stay.

    Once others' decisions are open, where the review lets who decided settle. Raises NotTogether and what `adjudicate` raises.
    """
    work = actions.locked(member, work_id)
    said = member.review.decisions.filter(work=work, stage=stage, current=True)
    deciders = set(said.values_list("member", flat=True))
    among = member.pk in agreed or "adjudicate" in access.may(member)
    allowed = access.sees_all(member, stage) and member.review.adjudicate_own and among
    if not allowed or len(set(agreed)) < 2 or not deciders.issuperset(agreed):
        if repeat := member.adjudications.filter(key=key).first():
            return repeat
        raise NotTogether
    return actions.adjudicate(
        member=member, stage=stage, work_id=work_id, revision=revision, key=key, verdict=verdict, reason=reason, note=note,
        together=sorted(set(agreed)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of conflicts settled at once."""

    settled: int
    left: int  # of those asked for; they changed meanwhile


@transaction.atomic
def settle_alike(*, member: Member, stage: str, marks: Collection[str], key: uuid.UUID) -> Batch:
    """Settle conflicts that differ in reason only, each by the reason that was proposed (`disputes.Alike.mark`).

    One that changed meanwhile is left. The same `key` again changes nothing; all are taken back at once.
    """
    wanted = {int(mark.partition("-")[0]): mark for mark in marks}
    if done := member.adjudications.filter(batch=key).count():
        return Batch(done, 0)
    lock_works(member.review_id, sorted(wanted))
    rows = disputes.alike_in_detail(member, disputes.alike(member, stage).filter(work__in=wanted))
    still = [each for each in rows if each.mark == wanted[each.work.pk]]
    for each in sorted(still, key=lambda each: each.work.pk):
        press: dict[str, Any] = {"work_id": each.work.pk, "revision": each.work.revision}
        actions.adjudicate(
            member=member, stage=stage, key=uuid.uuid5(key, str(each.work.pk)), verdict=Verdict.EXCLUDE, reason=each.proposed,
            batch=key, **press,
        )  # fmt: skip
    return Batch(len(still), len(wanted) - len(still))


def last_batch(member: Member, stage: str) -> Adjudication | None:
    """One of the rulings that this member made at once last, while they count."""
    return member.adjudications.filter(stage=stage, current=True).exclude(batch=None).order_by("-pk").first()
