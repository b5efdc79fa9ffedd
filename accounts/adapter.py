"""How allauth behaves here: nobody signs up without an invitation, messages say what to do, links are our own."""

import re

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts import links

TOO_MANY = _("Too many tries. Wait five minutes, then try again.")


class ByInvitation(DefaultAccountAdapter):
    """Sign-up happens on the invitation page only."""

    error_messages = DefaultAccountAdapter.error_messages | {
        # One answer for an unknown address and for a wrong password.
        "email_password_mismatch": _("E-mail address and password do not belong together. Check both and try again."),
        "enter_current_password": _("This is not your current password. Type the one you sign in with now."),
        "incorrect_password": _("This is not your password. Type the one you sign in with."),
        "incorrect_code": _("This code is not right. Type the newest code your app shows."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # pages only: an answer as JSON would be a second face to guard

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        return links.reset_url(key)


class TwoStep(DefaultMFAAdapter):
    """Two-step sign-in by an app that shows codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Type the newest code, or a recovery code you have not used."),
    }

    def build_totp_svg(self, url: str) -> SafeString:
        """The picture to scan, fit to stand inside a page (data: addresses are closed by the content security policy)."""
        drawn = super().build_totp_svg(url)
        body = drawn[drawn.index("<path") : drawn.rindex("</svg>")]
        box = re.search(r'viewBox="[0-9 .]+"', drawn)
        head = (
            f'<svg class="qr" {box[0] if box else ""} xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{{}}">'
        )
        label = _("Picture to scan with your app; the key below says the same")
        return mark_safe(head.format(label) + body + "</svg>")  # noqa: S308  drawn by us, from digits and letters
