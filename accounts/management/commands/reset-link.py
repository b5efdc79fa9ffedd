"""Print a link with which one person may choose a new password."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError

from accounts import links
from accounts.models import User


class Command(BaseCommand):
    help = "Print a link to choose a new password; it works once. Good where no mail is set up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--without-two-step",
            action="store_true",
            help="also switch two-step sign-in off (telephone and codes lost)",
        )

    def handle(self, *args: Any, email: str, without_two_step: bool, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"No account has the address {email}.")
        if not user.is_active:
            raise CommandError(f"{user.email} is deactivated; a member of staff can reactivate it on the page /staff/.")
        if without_two_step:
            Authenticator.objects.filter(user=user).delete()
            self.stdout.write(f"{user.email}: two-step sign-in is off.")
        self.stdout.write(f"Good once, for {links.MINUTES} minutes:\n{links.reset_link(user)}")
