"""`manage.py dedupe FILE… [--out GROUPS.csv] [--unique LIBRARY.ris] [--maybe PAIRS.csv] [--related PAIRS.csv] [--join-related KIND,…]`.

Deduplicates files of any format that Winnow reads, without touching the database. What could not be read is told on stderr.
"""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from records import child
from records.child import Opened, Wanted
from records.dedup.vetoes import KINDS
from records.deduping import File, Refused, Wishes, run
from records.entries import Batch
from records.pipeline import limits
from records.writers import WRITERS

FEW = 5  # stretches and notices of a file that are told
LONGEST = 300  # characters of one of them


def _kinds(text: str) -> tuple[str, ...]:
    named = tuple(filter(None, (each.strip() for each in text.split(","))))
    if unknown := [each for each in named if each not in KINDS]:
        raise ArgumentTypeError(f"{', '.join(unknown)}: known are {', '.join(KINDS)}")
    return named


def _read(wanted: Wanted) -> Iterator[Opened | Batch]:
    """Read a file as an import does, with the same limits on memory and time."""
    if not settings.READ_IN_CHILD:
        return child.here(wanted)
    return child.elsewhere(wanted, limits(Path(wanted.path).stat().st_size))


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its word: "1 record", "2 records"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def told(file: File) -> Iterator[str]:
    """What a person should know about a file that was read, line by line; of a table of our own only what is amiss."""
    if file.label:
        listed = f", {file.listed:,} of which a page merely lists" if file.listed else ""
        yield f"{file.path}: {file.label}, {counted(file.records, 'record')}{listed}"
    if file.rejected:
        yield f"{file.path}: {counted(len(file.rejected), 'stretch', 'stretches')} could not be read"
        yield from few([f"lines {each.lines[0]} to {each.lines[1]}: {each.reason}" for each in file.rejected])
    if file.notices:
        yield f"{file.path}: {counted(len(file.notices), 'notice')}"
        yield from few([f"line {each.line}: {each.text}" if each.line else each.text for each in file.notices])


def few(lines: list[str]) -> list[str]:
    """The first lines set in, each as one line, and how many more there are."""
    more = [f"  and {len(lines) - FEW:,} more"] if len(lines) > FEW else []
    return [*("  " + " ".join(line.split())[:LONGEST] for line in lines[:FEW]), *more]


class Command(BaseCommand):
    help = (
        "Find duplicates in exports of any format that Winnow reads, or in a table with record_id, title, authors, year, …; "
        "needs no review. Writes which records belong together (--out), a library without duplicates (--unique), or both."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument("--out", type=Path, help="CSV: each record with the group it belongs to")
        parser.add_argument(
            "--unique", type=Path,
            help=f"one entry for each group, the fullest; the ending says the format: {', '.join(WRITERS)}",
        )  # fmt: skip
        parser.add_argument("--maybe", type=Path, help="CSV: pairs to be looked at, likeliest first, with the reasons")
        parser.add_argument(
            "--related", type=Path, help="CSV: pairs of different reports that are akin, with what kin they are"
        )
        parser.add_argument(
            "--join-related", type=_kinds, default=(), metavar="KIND,…",
            help=f"kin that counts as one publication: {', '.join(KINDS)}",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        wishes = Wishes(
            options["out"], options["unique"], options["maybe"], options["related"], options["join_related"]
        )
        if not wishes.groups and not wishes.unique:
            raise CommandError("say where the result goes: --out for the groups, --unique for the library, or both")
        try:
            sums = run(options["files"], wishes, read=_read, tell=self._tell)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as fault:  # a full disk, for instance: the fields wait there
            raise CommandError(f"stopped: {fault.strerror or fault}") from fault
        finally:
            child.dismiss()
        removed = counted(sums.records - sums.works, "duplicate")
        self.stdout.write(
            f"{counted(sums.records, 'record')}, {counted(sums.works, 'work')}, {removed} removed, "
            f"{counted(sums.questions, 'pair')} to be looked at, {counted(sums.related, 'related pair')}"
        )

    def _tell(self, file: File) -> None:
        for line in told(file):
            self.stderr.write(line, str)  # in plain colours: most of it is no error
