"""`manage.py dedupe IN.csv --out OUT.csv [--maybe PAIRS.csv]`: deduplicate a table without touching the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from records.dedup import headless


class Command(BaseCommand):
    help = "Deduplicate a table (record_id, title, authors, year, …); writes record_id,cluster_id."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", type=Path)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--maybe", type=Path, help="pairs to be looked at: record_id_1,record_id_2")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = headless.run(options["table"], options["out"], options["maybe"])
        except (OSError, KeyError) as fault:
            raise CommandError(
                f"{options['table']} can't be read as a table with a record_id column: {fault}"
            ) from fault
        self.stdout.write("{} records, {} works, {} pairs to be looked at".format(*counts))
