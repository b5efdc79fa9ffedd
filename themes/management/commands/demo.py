"""`manage.py demo`: the demo reviews, once; prints the address and the two accounts."""

import os
from typing import Any

from django.core.management.base import BaseCommand

from themes import demo


class Command(BaseCommand):
    help = "Make the demo reviews and their two accounts; a second call changes nothing. Not for a public site."

    def handle(self, *args: Any, **options: Any) -> None:
        made = demo.make()
        library = made.review.library
        library.refresh_from_db()
        done = "The demo is ready" if made.fresh else "The demo is there already"
        self.stdout.write(f"{done}: {library.records} records, {library.works} works.")
        self.stdout.write(f"\n  Winnow   http://127.0.0.1:{os.environ.get('PORT', '8000')}/")
        for email, role in zip(demo.PEOPLE, ("owner", "reviewer"), strict=True):
            self.stdout.write(f"  {role:8} {email}   password: {demo.PASSWORD}")
        self.stdout.write("\nCtrl-C stops everything.\n")
