"""Make the account that manages the site, from the command line, and print a link to choose its password."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts import actions, links
from accounts.models import User


class Command(BaseCommand):
    help = "Make an account that manages the site, or raise one; prints a link to choose the password, good once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address to sign in with")
        parser.add_argument("--name", default="", help="what others call the person")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, email: str, name: str, password_stdin: bool, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        try:
            validate_email(email)
            if password is not None:
                validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user, made = actions.make_owner(email=email, name=name, password=password)
        self.stdout.write(f"{user.email}: {'account made' if made else 'account was there'}, manages the site.")
        if password is None:
            self.stdout.write(
                f"Choose the password here, once, within {links.MINUTES} minutes:\n{links.reset_link(user)}"
            )
