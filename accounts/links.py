"""Links with which one person may choose a new password, once, within an hour, with or without mail.

The token is Django's own: a keyed hash over the account's password, last sign-in, address and the time. Choosing a
password or signing in therefore makes every link of the account useless, and nothing has to be stored.
"""

from typing import cast

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int, int_to_base36

from accounts.models import User

MINUTES = settings.PASSWORD_RESET_TIMEOUT // 60


class ResetTokens(PasswordResetTokenGenerator):
    """Tokens of reset links; settings name the lifetime (PASSWORD_RESET_TIMEOUT)."""

    key_salt = "accounts.links.ResetTokens"


tokens = ResetTokens()


def reset_url(key: str) -> str:
    """The address a person opens; built from the site's own address, never from what a request claims."""
    return settings.SITE_URL + reverse("accounts:reset", args=[key])


def reset_link(of: User) -> str:
    """A link for this person. The caller says who may ask for it (`accounts.actions`)."""
    return reset_url(f"{int_to_base36(of.pk)}-{tokens.make_token(of)}")


def person_behind(key: str) -> User | None:
    """The active person whose password this key may set; None when it was used, is too old, or was never ours."""
    number, _dash, token = key.partition("-")
    try:
        user = User.objects.filter(pk=base36_to_int(number), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return cast(User, user) if user and tokens.check_token(user, token) else None
