"""The verbs of the team: invite, join, change a role, hand over, leave, come back, take a place, guests until a date.

Whoever leaves keeps every decision; what was given to them and is not decided goes to others (`reviews.handing_out`).
Voiding, which takes decisions out of the count, stands in `reviews.voiding`.
"""

import hashlib
import secrets
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from records.history import remember
from reviews import access, handing_out
from reviews.models import Invitation, Member, Review, Role
from reviews.rules import team_changed

INVITATION_DAYS = 7


class LastOwner(Exception):
    """A review needs an owner: hand it over before leaving."""


class InvitationSpent(Exception):
    """The link was used, withdrawn, has expired, or is for another address."""


class NotThere(Exception):
    """The other member has left, is no longer a guest, or is the same person."""


def token_hash(token: str) -> str:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *, member: Member, role: str, email: str = "", until: date | None = None, succeeds: Member | None = None
) -> tuple[Invitation, str]:
    """A link for one person; returns the invitation and the token, which is shown once and not stored.

    Who comes by it is a guest to the end of the day `until`, and takes the place of the member `succeeds`. Raises LastOwner
    where that member is the only owner and the role is another.
    """
    if succeeds is not None and succeeds.removed_at is None:
        _keep_an_owner(succeeds, role)
    token = secrets.token_urlsafe(24)
    invitation = Invitation.objects.create(
        review=member.review,
        role=role,
        email=email.lower(),
        until=until,
        succeeds=succeeds,
        token_hash=token_hash(token),
        by=member.user,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    remember(library_id=member.review_id, by=member.user, verb="invited somebody", role=role)
    return invitation, token


def open_invitation(token: str) -> Invitation:
    """The invitation behind a token, if it still lets somebody in. Raises InvitationSpent."""
    rows = Invitation.objects.select_related("review", "succeeds__user")
    invitation = rows.filter(token_hash=token_hash(token)).first()
    over = invitation is not None and invitation.until is not None and invitation.until < timezone.localdate()
    if invitation is None or over or _spent(invitation) or invitation.expires_at < timezone.now():
        raise InvitationSpent
    return invitation


def _spent(invitation: Invitation) -> bool:
    return invitation.used_at is not None or invitation.withdrawn_at is not None


@transaction.atomic
def accept(*, user: Any, token: str) -> Member:
    """Let a person in with the invitation's role; who left comes back with it. Raises InvitationSpent."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("succeeds")
    invitation = rows.get(pk=open_invitation(token).pk)
    # perhaps spent in the moment before the row was ours
    if _spent(invitation) or (invitation.email and invitation.email != user.email):
        raise InvitationSpent
    fresh = {"role": invitation.role, "until": invitation.until}
    member, made = Member.objects.get_or_create(review=invitation.review, user=user, defaults=fresh)
    if not made and (member.removed_at or access.ended(member)):
        member.removed_at, member.role, member.until = None, invitation.role, invitation.until
        member.save(update_fields=["removed_at", "role", "until"])
    invitation.used_at, invitation.used_by = timezone.now(), user
    invitation.save(update_fields=["used_at", "used_by"])
    detail = {}
    if invitation.succeeds and invitation.succeeds_id != member.pk:
        leaves = not _only_owner(invitation.succeeds)  # as it may have become since the link was made
        _take_over(member, invitation.succeeds, share=invitation.succeeds.share if made else None, leaves=leaves)
        detail["instead_of"] = str(invitation.succeeds)
    _changed(invitation.review_id, user)
    remember(
        library_id=invitation.review_id, by=user, verb="joined the review", subject=f"member {member.pk}", **detail
    )
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
    _changed(of.review_id, member.user)
    remember(library_id=member.review_id, by=member.user, verb="changed a role", subject=f"member {of.pk}", role=role)
    return of


@transaction.atomic
def hand_over(*, member: Member, to: Member, role: str) -> Member:
    """Make another member owner and take another role oneself, or leave (`role` empty), in one act. Raises NotThere."""
    if to.pk == member.pk or to.removed_at is not None or access.ended(to):
        raise NotThere
    to.role, to.until = Role.OWNER, None
    to.save(update_fields=["role", "until"])
    if role:
        member.role = role
    else:
        member.removed_at = timezone.now()
    member.save(update_fields=["role", "removed_at"])
    _changed(member.review_id, member.user)
    detail = {"role": role} if role else {}
    remember(
        library_id=member.review_id, by=member.user, verb="handed the review over", subject=f"member {to.pk}", **detail
    )
    return to


@transaction.atomic
def remove(*, member: Member, of: Member) -> Member:
    """A member leaves; decisions stay, what is not decided goes to others. Raises LastOwner."""
    _keep_an_owner(of, "")
    of.removed_at = timezone.now()
    of.save(update_fields=["removed_at"])
    _changed(of.review_id, member.user)
    remember(library_id=member.review_id, by=member.user, verb="removed a member", subject=f"member {of.pk}")
    return of


@transaction.atomic
def bring_back(*, member: Member, of: Member) -> Member:
    """Take a removal back, or that somebody took the member's place: the role is the one before, and so is what was given."""
    of.removed_at = None
    of.save(update_fields=["removed_at"])
    for each in Member.objects.filter(review=of.review_id, succeeds=of):
        each.share = each.share - of.share if each.share > of.share else each.share
        each.succeeds = None
        each.save(update_fields=["share", "succeeds"])
    _changed(of.review_id, member.user)
    remember(library_id=member.review_id, by=member.user, verb="brought a member back", subject=f"member {of.pk}")
    return of


@transaction.atomic
def take_place(*, member: Member, of: Member, by: Member) -> Member:
    """A member who is there takes over what another has: share, works given and not decided, the role where it is more.

    The other leaves; decisions stay. Raises NotThere.
    """
    if by.pk == of.pk or by.removed_at is not None or access.ended(by):
        raise NotThere
    if _more(of.role, by.role):
        by.role = of.role
        by.save(update_fields=["role"])
    _take_over(by, of, share=by.share + of.share)
    _changed(of.review_id, member.user)
    detail = {"instead_of": str(of)}
    remember(library_id=of.review_id, by=member.user, verb="replaced a member", subject=f"member {by.pk}", **detail)
    return by


def _more(role: str, other: str) -> bool:
    """Whether a role may all that the other may, and more."""
    return access.ACTS[role] > access.ACTS[other]


def _take_over(new: Member, old: Member, share: int | None, leaves: bool = True) -> None:
    """What was the old one's is the new one's, and the old one leaves."""
    new.succeeds = old
    new.share = new.share if share is None else share
    new.save(update_fields=["succeeds", "share"])
    if leaves and old.removed_at is None:
        Member.objects.filter(pk=old.pk).update(removed_at=timezone.now())
    handing_out.transfer(review_id=old.review_id, before=old, to=new)


@transaction.atomic
def set_guest(*, member: Member, of: Member, until: date | None) -> Member:
    """A member is a guest to the end of this day, or (None) stays. Raises LastOwner: an owner who is alone cannot be a guest."""
    if until is not None:
        _keep_an_owner(of, "")
    of.until = until
    of.save(update_fields=["until"])
    _changed(of.review_id, member.user)
    detail = {"until": until.isoformat() if until else "–"}
    remember(
        library_id=member.review_id, by=member.user, verb="set a guest's last day", subject=f"member {of.pk}", **detail
    )
    return of


def _changed(review_id: int, by: Any) -> None:
    """Who may decide has changed: the rule of one decision, and what was given out, are looked at again."""
    team_changed(review_id, by)
    handing_out.wanted(review_id, by.pk)


def _keep_an_owner(of: Member, role: str) -> None:
    """Raises LastOwner where nobody else would own the review."""
    Review.objects.select_for_update(no_key=True).get(pk=of.review_id)
    if role != Role.OWNER and _only_owner(of):
        raise LastOwner


def _only_owner(of: Member) -> bool:
    """Whether nobody else owns the review; a guest is no owner to count on."""
    owners = Member.objects.filter(review=of.review_id, role=Role.OWNER, removed_at=None, until=None)
    return of.role == Role.OWNER and not owners.exclude(pk=of.pk).exists()
