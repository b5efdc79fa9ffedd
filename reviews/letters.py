"""Letters that the site sends. No address and no link goes into a log."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from reviews.models import Invitation

logger = logging.getLogger("winnow.letters")


def send_invitation(invitation: Invitation, link: str) -> bool:
    """Send a link to the address that it is for. False where mail is not set up, or did not go out."""
    if not settings.MAIL_WORKS or not invitation.email:
        return False
    title = " ".join(invitation.review.title.split())
    words = {"who": invitation.by, "title": title, "role": invitation.get_role_display(), "link": link}
    words["day"] = date_format(localdate(invitation.expires_at), "j F Y")
    subject = _("Invitation to the review “%(title)s”") % words
    text = _(
        "%(who)s invites you to the review “%(title)s” as %(role)s.\n\nOpen this link to join:\n%(link)s\n\n"
        "It works once, for this address, until %(day)s."
    )
    try:
        return send_mail(subject, text % words, None, [invitation.email]) == 1
    except (SMTPException, OSError, ValueError) as fault:  # the owner copies the link instead
        logger.warning("an invitation could not be sent: %s", type(fault).__name__)
        return False
