"""`manage.py read PATH... [--json]`: what Winnow reads in files, without a database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from records.readers import cli


class Command(BaseCommand):
    help = "Read files and print what they hold: in words, or with --json one object a line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            for line in cli.lines(options["paths"]):
                sys.stdout.write(line + "\n")
            return
        for path in options["paths"]:
            found = cli.describe(path)
            self.stdout.write(
                f"{path}: {found['format']}, {found['encoding']}, {len(found['records'])} records, "
                f"{len(found['rejected'])} rejected"
            )
            for row in found["rejected"]:
                self.stdout.write(f"  lines {row['line_from']} to {row['line_to']}: {row['reason']}")
