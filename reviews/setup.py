"""The verbs of setting up: a review, its reasons and criteria. The team's are `reviews.team`'s, decisions are `reviews.actions`'."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from records.actions import new_library
from records.history import remember
from reviews.models import (
    CriteriaVersion,
    Criterion,
    ExclusionReason,
    Member,
    Review,
    Role,
    Stage,
    StageName,
)
from reviews.reasons import PRESETS
from reviews.rules import work_out_anew

# Of a qualitative evidence synthesis, in the order in which they are asked.
_words, PRESET = PRESETS["qualitative"]
# Offered with a caution, not preset: what an abstract leaves out is often reported in the full text.
OFFERED = [
    (
        "outcome",
        _("Wrong outcome or evaluation"),
        _("Outcomes that an abstract does not name may stand in the report."),
    ),
    ("language", _("Language"), _("Excluding by language loses studies; consider a translation instead.")),
    ("publication", _("Wrong publication type"), _("A conference abstract may be the only trace of a study.")),
]


@transaction.atomic
def new_review(*, by: Any, title: str, question: str = "") -> Review:
    """A review with only a title works at once: both stages, the preset of reasons, its maker as owner."""
    review = Review.objects.create(library=new_library(), title=title.strip(), question=question, by=by)
    Stage.objects.create(review=review, name=StageName.TITLE_ABSTRACT)
    Stage.objects.create(
        review=review, name=StageName.FULL_TEXT, maybe_counts_as="conflict", maybe_with_maybe="conflict"
    )
    ExclusionReason.objects.bulk_create(
        ExclusionReason(review=review, order=n, key=key, text=str(text)) for n, (key, text) in enumerate(PRESET, 1)
    )
    Member.objects.create(review=review, user=by, role=Role.OWNER)
    remember(library_id=review.pk, by=by, verb="set up the review", title=title)
    return review


@transaction.atomic
def change_settings(*, member: Member, **fields: Any) -> Review:
    """Set title, question, who adjudicates, and what else holds for the whole review."""
    review = Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    asked = review.ask_differing_reasons
    for name, value in fields.items():
        setattr(review, name, value)
    review.save(update_fields=list(fields))
    if review.ask_differing_reasons != asked:
        work_out_anew(review.pk, member.user)
    remember(library_id=review.pk, by=member.user, verb="changed settings", fields=sorted(fields))
    return review


@transaction.atomic
def set_criteria(*, member: Member, rows: list[tuple[str, str]], frame: str = "") -> int:
    """Replace the criteria shown beside the abstract by (element, text) pairs. Returns the number of the version in force.

    What changed is a new version; a decision names the one under which it was made. The same criteria again are none.
    """
    review = Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    before = list(Criterion.objects.filter(review=review).values_list("element", "text"))
    if before != list(rows):
        Criterion.objects.filter(review=review).delete()
        Criterion.objects.bulk_create(
            Criterion(review=review, order=n, element=element, text=text) for n, (element, text) in enumerate(rows, 1)
        )
        review.criteria_version += 1
        CriteriaVersion.objects.create(
            review=review, number=review.criteria_version, frame=frame, rows=rows, by=member.user
        )
    elif review.frame == frame:
        return review.criteria_version
    review.frame = frame
    review.save(update_fields=["criteria_version", "frame"])
    member.review.criteria_version, member.review.frame = review.criteria_version, frame
    detail: dict[str, Any] = {"criteria": rows, "frame": frame, "version": review.criteria_version}
    remember(library_id=member.review_id, by=member.user, verb="changed the criteria", **detail)
    return review.criteria_version


@transaction.atomic
def add_reason(*, member: Member, text: str, key: str = "") -> ExclusionReason:
    """Add an exclusion reason at the end of the order."""
    last = ExclusionReason.objects.filter(review=member.review).order_by("-order").first()
    reason = ExclusionReason.objects.create(
        review=member.review, order=last.order + 1 if last else 1, key=key, text=text.strip()
    )
    remember(
        library_id=member.review_id, by=member.user, verb="added a reason", subject=f"reason {reason.pk}", text=text
    )
    return reason


@transaction.atomic
def change_reason(*, member: Member, reason: ExclusionReason, text: str, retired: bool) -> ExclusionReason:
    """Rename a reason, retire it or bring it back; decisions keep it either way."""
    before, reason.text = reason.text, text.strip() or reason.text
    reason.retired = retired or reason.merged_into_id is not None
    reason.save(update_fields=["text", "retired"])
    detail = {"before": before, "after": reason.text, "retired": retired}
    remember(
        library_id=member.review_id, by=member.user, verb="changed a reason", subject=f"reason {reason.pk}", **detail
    )
    return reason
