"""The verbs that keep a review's exclusion reasons in order: move, merge, take a merging apart, add a preset's.

Adding, renaming and retiring one stands in `reviews.setup`. Decisions always keep the reason that was given.
"""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from records.history import remember
from reviews.models import ExclusionReason, Member, Review
from reviews.rules import work_out_anew

PRESETS: dict[str, tuple[Any, list[tuple[str, Any]]]] = {
    "qualitative": (_("qualitative evidence"), [
        ("population", _("Wrong sample or population")),
        ("phenomenon", _("Wrong phenomenon of interest")),
        ("design", _("Wrong study design")),
        ("setting", _("Wrong setting")),
    ]),
    "intervention": (_("effects of interventions"), [
        ("population", _("Wrong sample or population")),
        ("intervention", _("Wrong intervention")),
        ("comparison", _("Wrong comparison")),
        ("design", _("Wrong study design")),
    ]),
    "scoping": (_("scoping review"), [
        ("population", _("Wrong sample or population")),
        ("concept", _("Wrong concept")),
        ("context", _("Wrong context")),
        ("source", _("Wrong kind of source")),
    ]),
    "diagnostic": (_("accuracy of tests"), [
        ("population", _("Wrong sample or population")),
        ("test", _("Wrong index test")),
        ("reference", _("Wrong or no reference standard")),
        ("target", _("Wrong target condition")),
        ("design", _("Wrong study design")),
    ]),
}  # fmt: skip


class NotMergeable(Exception):
    """A reason is not merged into itself, nor into one that is merged already, nor while others are merged into it."""


def _locked(member: Member) -> list[ExclusionReason]:
    """The review's reasons in order; the review's row is held, since places are handed out one after the other."""
    Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    return list(ExclusionReason.objects.filter(review=member.review_id).order_by("order"))


@transaction.atomic
def move_reason(*, member: Member, reason: ExclusionReason, up: bool) -> None:
    """Change places with the reason before or behind; merged ones have no place of their own and are passed over."""
    rows = [each for each in _locked(member) if each.merged_into_id is None]
    here = next((n for n, each in enumerate(rows) if each.pk == reason.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(rows):
        return
    one, other = rows[here], rows[there]
    free = 1 + (ExclusionReason.objects.filter(review=member.review_id).aggregate(last=Max("order"))["last"] or 0)
    for pk, order in ((one.pk, free), (other.pk, one.order), (one.pk, other.order)):
        ExclusionReason.objects.filter(pk=pk).update(order=order)
    work_out_anew(member.review_id, member.user)
    subject, detail = f"reason {reason.pk}", {"text": one.text, "before": one.order, "after": other.order}
    remember(library_id=member.review_id, by=member.user, verb="moved a reason", subject=subject, **detail)


@transaction.atomic
def merge_reason(*, member: Member, reason: ExclusionReason, into: ExclusionReason) -> ExclusionReason:
    """From now on a reason counts as another one and is no longer offered. Raises NotMergeable."""
    rows = {each.pk: each for each in _locked(member)}
    one, other = rows.get(reason.pk), rows.get(into.pk)
    if one is None or other is None or one == other or one.merged_into_id or other.merged_into_id:
        raise NotMergeable
    if any(each.merged_into_id == one.pk for each in rows.values()):
        raise NotMergeable
    one.merged_into, one.retired = other, True
    one.save(update_fields=["merged_into", "retired"])
    _said(member, "merged a reason into another", one, other)
    return one


@transaction.atomic
def unmerge_reason(*, member: Member, reason: ExclusionReason) -> ExclusionReason:
    """A merged reason counts for itself again and is offered again."""
    one = next(each for each in _locked(member) if each.pk == reason.pk)
    other = one.merged_into
    if other is None:
        return one
    one.merged_into, one.retired = None, False
    one.save(update_fields=["merged_into", "retired"])
    _said(member, "took a merging of reasons apart", one, other)
    return one


def _said(member: Member, verb: str, one: ExclusionReason, other: ExclusionReason) -> None:
    work_out_anew(member.review_id, member.user)
    subject, detail = f"reason {one.pk}", {"text": one.text, "into": other.pk, "into_text": other.text}
    remember(library_id=member.review_id, by=member.user, verb=verb, subject=subject, **detail)


@transaction.atomic
def add_preset(*, member: Member, preset: str) -> list[ExclusionReason]:
    """Add the reasons of a preset that the review does not have yet, at the end of the order."""
    rows = _locked(member)
    have = {each.key for each in rows}
    last = rows[-1].order if rows else 0
    lacking = [(key, text) for key, text in PRESETS[preset][1] if key not in have]
    made = ExclusionReason.objects.bulk_create(
        ExclusionReason(review_id=member.review_id, order=last + n, key=key, text=str(text))
        for n, (key, text) in enumerate(lacking, 1)
    )
    if made:
        added = [each.text for each in made]
        remember(
            library_id=member.review_id, by=member.user, verb="added a preset of reasons", preset=preset, added=added
        )
    return made
