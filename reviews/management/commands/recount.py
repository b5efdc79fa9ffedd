"""`manage.py recount`: prove the counters that are kept in transactions; with --mend, set them right."""

import sys
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from records import counters as found
from records.engine import lock_library
from records.models import Library
from reviews import counters


class Command(BaseCommand):
    help = "Compare every kept counter with a fresh count; exit status 1 when one differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="set the counters right")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for library in Library.objects.order_by("pk"):
            with transaction.atomic():
                lock_library(library.pk)
                library.refresh_from_db()
                for difference in chain(found.differences(library), counters.differences(library.pk)):
                    wrong += 1
                    self.stdout.write(f"review {library.pk}: {difference}")
                if options["mend"]:
                    found.mend(library)
                    counters.mend(library.pk)
        self.stdout.write(f"{wrong} counters differ" if wrong else "all counters are right")
        if wrong and not options["mend"]:
            sys.exit(1)
