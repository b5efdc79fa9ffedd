"""`manage.py dedupe IN.csv --out OUT.csv [--maybe PAIRS.csv] [--related PAIRS.csv] [--join-related KIND,…]`.

Deduplicates a table without touching the database.
"""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from records.dedup import headless
from records.dedup.vetoes import KINDS


def _kinds(text: str) -> tuple[str, ...]:
    named = tuple(filter(None, (each.strip() for each in text.split(","))))
    if unknown := [each for each in named if each not in KINDS]:
        raise ArgumentTypeError(f"{', '.join(unknown)}: known are {', '.join(KINDS)}")
    return named


class Command(BaseCommand):
    help = "Deduplicate a table (record_id, title, authors, year, …); writes record_id,cluster_id."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", type=Path)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--maybe", type=Path, help="pairs to be looked at, likeliest first, with the reasons")
        parser.add_argument(
            "--related", type=Path, help="pairs of different reports that are akin, with what kin they are"
        )
        parser.add_argument(
            "--join-related", type=_kinds, default=(), metavar="KIND,…",
            help=f"kin that counts as one publication: {', '.join(KINDS)}",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = headless.run(
                options["table"], options["out"], options["maybe"], options["related"], options["join_related"]
            )
        except (OSError, KeyError) as fault:
            raise CommandError(
                f"{options['table']} can't be read as a table with a record_id column: {fault}"
            ) from fault
        self.stdout.write("{} records, {} works, {} pairs to be looked at".format(*counts))
