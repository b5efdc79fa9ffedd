"""A review as the template of another: what was set up is copied, nothing of what was found, said, or by whom."""

from django.db import transaction

from records.history import remember
from reviews import setup
from reviews.models import Criterion, ExclusionReason, HighlightList, Label, Member, Review, Stage
from reviews.rules import SETTINGS, team_changed

OF_REVIEW = ("question", "owner_adjudicates", "adjudicate_own", "grouped_kin", "hide_people")


@transaction.atomic
def copy_review(*, member: Member, title: str) -> Review:
    """A new review of the member's own with this one's question, frame, criteria, reasons, rules, highlights and shared
    labels: no records, no team.

    It is blinded as every new review is. A reason merged into another is left behind, and so is a label made on a card.
    """
    old = Review.objects.get(pk=member.review_id)
    new = setup.new_review(by=member.user, title=title)
    for name in OF_REVIEW:
        setattr(new, name, getattr(old, name))
    new.save(update_fields=list(OF_REVIEW))
    for stage in Stage.objects.filter(review=old):
        Stage.objects.filter(review=new, name=stage.name).update(**{name: getattr(stage, name) for name in SETTINGS})
    _copy_reasons(old, new)
    _copy_marks(old, new)
    owner = Member.objects.select_related("review", "user").get(review=new, user=member.user)
    rows = list(Criterion.objects.filter(review=old).values_list("element", "text"))
    if rows or old.frame:
        setup.set_criteria(member=owner, rows=rows, frame=old.frame)
    team_changed(new.pk, member.user)
    remember(library_id=new.pk, by=member.user, verb="copied the set-up of another review", review=old.pk)
    remember(library_id=old.pk, by=member.user, verb="copied the review as a template", review=new.pk)
    return new


def _copy_reasons(old: Review, new: Review) -> None:
    ExclusionReason.objects.filter(review=new).delete()
    kept = ExclusionReason.objects.filter(review=old, merged_into=None).order_by("order")
    ExclusionReason.objects.bulk_create(
        ExclusionReason(review=new, order=n, key=each.key, text=each.text, retired=each.retired)
        for n, each in enumerate(kept, 1)
    )


def _copy_marks(old: Review, new: Review) -> None:
    for each in HighlightList.objects.filter(review=old):
        each.pk, each.review = None, new
        each.save(force_insert=True)
    for label in Label.objects.filter(review=old, shared=True, retired=False):
        label.pk, label.review = None, new
        label.save(force_insert=True)
