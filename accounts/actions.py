"""The verbs of accounts: make one, change it, let it rest, and hand out a link to choose a password."""

import logging

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction

from accounts import links
from accounts.models import User

logger = logging.getLogger("winnow.accounts")


class EmailTaken(Exception):
    """The address belongs to an account already."""


class NotTheFirst(Exception):
    """There is an account already; further ones come by invitation."""


class NotYours(Exception):
    """Only active staff may do this, and not to themselves."""


def create_account(*, email: str, name: str, password: str | None, is_staff: bool = False) -> User:
    """A new account; without a password it waits for a reset link. Raises EmailTaken."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email.strip(), password, name=name.strip(), is_staff=is_staff)
    except IntegrityError as error:
        if User.objects.filter(email=email.strip().lower()).exists():
            raise EmailTaken from error
        raise


@transaction.atomic
def first_account(*, email: str, name: str, password: str) -> User:
    """The account that manages the site. Raises NotTheFirst, also for the slower one of two at the same moment."""
    # A row that is always there serves as the turnstile: there is no user yet whose row could be locked.
    ContentType.objects.select_for_update().get(pk=ContentType.objects.get_for_model(User).pk)
    if User.objects.exists():
        raise NotTheFirst
    return create_account(email=email, name=name, password=password, is_staff=True)


@transaction.atomic
def make_owner(*, email: str, name: str = "", password: str | None = None) -> tuple[User, bool]:
    """For the command line: the account is made, or found, and manages the site. Returns it and whether it is new."""
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is None:
        return create_account(email=email, name=name, password=password, is_staff=True), True
    user.name, user.is_staff, user.is_active = name.strip() or user.name, True, True
    if password is not None:
        user.set_password(password)
    user.save()
    return user, False


def change_name(*, user: User, name: str) -> User:
    """What others call this person."""
    user.name = name.strip()
    user.save(update_fields=["name"])
    return user


def change_email(*, user: User, email: str) -> User:
    """The address to sign in with. Raises EmailTaken."""
    before, user.email = user.email, email.strip().lower()
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as error:
        user.email = before
        raise EmailTaken from error
    return user


def set_password(*, user: User, password: str) -> User:
    """A new password; every session of this person ends and every open link becomes useless."""
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


@transaction.atomic
def issue_reset_link(*, by: User, of: User) -> str:
    """A link that lets this person choose a new password, to be shown once. Raises NotYours.

    Staff only: with such a link one could take the account over, so an owner of some review must not have it.
    """
    if not (by.is_staff and by.is_active) or not of.is_active:
        raise NotYours
    logger.warning("person %s issued a reset link for person %s", by.pk, of.pk)
    return links.reset_link(of)


@transaction.atomic
def set_active(*, by: User, of: User, active: bool) -> User:
    """Let an account rest (it is signed out at once) or bring it back. Raises NotYours.

    Both rows are locked: two staff who switch each other off at the same moment must not lock everybody out.
    """
    both = {user.pk: user for user in User.objects.select_for_update().filter(pk__in=[by.pk, of.pk]).order_by("pk")}
    actor, person = both[by.pk], both[of.pk]
    if actor.pk == person.pk or not (actor.is_staff and actor.is_active):
        raise NotYours
    person.is_active = active
    person.save(update_fields=["is_active"])
    logger.warning("person %s %s person %s", actor.pk, "reactivated" if active else "deactivated", person.pk)
    return person
