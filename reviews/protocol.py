"""The verbs that keep what a review said beforehand: where its protocol is registered, and each dated change of it."""

from datetime import date
from typing import Any

from django.db import transaction

from records.history import remember
from reviews.models import Amendment, Member, Review

REGISTRATION = ("registered_in", "registered_as", "registered_link", "registered_on")


@transaction.atomic
def register(*, member: Member, **fields: Any) -> Review:
    """Say where and when the protocol was registered: register, number, link, date; empty fields say nothing."""
    review = Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    before = {name: getattr(review, name) for name in REGISTRATION}
    for name in REGISTRATION:
        setattr(review, name, fields[name])
    after = {name: getattr(review, name) for name in REGISTRATION}
    if before != after:
        review.save(update_fields=list(REGISTRATION))
        remember(library_id=review.pk, by=member.user, verb="said where the protocol is registered", **after)
    return review


@transaction.atomic
def amend(*, member: Member, on: date, what: str, why: str) -> Amendment:
    """Write down that the protocol changed: when, what, why. Amendments are added and never taken away."""
    made = Amendment.objects.create(review=member.review, on=on, what=what, why=why, by=member.user)
    detail = {"on": on, "what": what, "why": why}
    remember(
        library_id=member.review_id,
        by=member.user,
        verb="amended the protocol",
        subject=f"amendment {made.pk}",
        **detail,
    )
    return made
