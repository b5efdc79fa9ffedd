"""The verbs of setting up: a review, its reasons and criteria, its team by copied links. Decisions are `reviews.actions`'."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.actions import new_library
from records.history import remember
from reviews.models import (
    CriteriaVersion,
    Criterion,
    ExclusionReason,
    Invitation,
    Member,
    Review,
    Role,
    Stage,
    StageName,
)
from reviews.reasons import PRESETS
from reviews.rules import team_changed

INVITATION_DAYS = 7

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


class LastOwner(Exception):
    """A review needs an owner: hand it over before leaving."""


class InvitationSpent(Exception):
    """The link was used, withdrawn, has expired, or is for another address."""


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
    """Set title, question and who adjudicates."""
    review = Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    for name, value in fields.items():
        setattr(review, name, value)
    review.save(update_fields=list(fields))
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


def token_hash(token: str) -> str:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(*, member: Member, role: str, email: str = "") -> tuple[Invitation, str]:
    """A link for one person; returns the invitation and the token, which is shown once and not stored."""
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        review=member.review,
        role=role,
        email=email.lower(),
        token_hash=token_hash(token),
        by=member.user,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    remember(library_id=member.review_id, by=member.user, verb="invited somebody", role=role)
    return invitation, token


def open_invitation(token: str) -> Invitation:
    """The invitation behind a token, if it still lets somebody in. Raises InvitationSpent."""
    invitation = Invitation.objects.select_related("review").filter(token_hash=token_hash(token)).first()
    if invitation is None or invitation.used_at or invitation.withdrawn_at or invitation.expires_at < timezone.now():
        raise InvitationSpent
    return invitation


@transaction.atomic
def accept(*, user: Any, token: str) -> Member:
    """Let a person in with the invitation's role. Raises InvitationSpent."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=open_invitation(token).pk)
    spent = invitation.used_at or invitation.withdrawn_at  # perhaps in the moment before the row was ours
    if spent or (invitation.email and invitation.email != user.email):
        raise InvitationSpent
    member, made = Member.objects.get_or_create(review=invitation.review, user=user, defaults={"role": invitation.role})
    if not made and member.removed_at:
        member.removed_at, member.role = None, invitation.role
        member.save(update_fields=["removed_at", "role"])
    invitation.used_at, invitation.used_by = timezone.now(), user
    invitation.save(update_fields=["used_at", "used_by"])
    team_changed(invitation.review_id, user)
    remember(library_id=invitation.review_id, by=user, verb="joined the review", subject=f"member {member.pk}")
    return member


@transaction.atomic
def withdraw(*, member: Member, invitation: Invitation) -> None:
    """Make a link useless."""
    Invitation.objects.filter(pk=invitation.pk, used_at=None).update(withdrawn_at=timezone.now())
    remember(library_id=member.review_id, by=member.user, verb="withdrew an invitation")


@transaction.atomic
def change_role(*, member: Member, of: Member, role: str) -> Member:
    """Give a member another role. Raises LastOwner when nobody would own the review."""
    _keep_an_owner(of, role)
    of.role = role
    of.save(update_fields=["role"])
    team_changed(of.review_id, member.user)
    remember(library_id=member.review_id, by=member.user, verb="changed a role", subject=f"member {of.pk}", role=role)
    return of


@transaction.atomic
def remove(*, member: Member, of: Member) -> Member:
    """A member leaves; decisions stay. Raises LastOwner."""
    _keep_an_owner(of, "")
    of.removed_at = timezone.now()
    of.save(update_fields=["removed_at"])
    team_changed(of.review_id, member.user)
    remember(library_id=member.review_id, by=member.user, verb="removed a member", subject=f"member {of.pk}")
    return of


def _keep_an_owner(of: Member, role: str) -> None:
    Review.objects.select_for_update(no_key=True).get(pk=of.review_id)
    owners = Member.objects.filter(review=of.review_id, role=Role.OWNER, removed_at=None)
    if of.role == Role.OWNER and role != Role.OWNER and not owners.exclude(pk=of.pk).exists():
        raise LastOwner
