"""Questions about one dump: what became of each of its entries, where they stand in its text, and what hangs on them.

Every number of the intake page is the length of a list here: `entries(dump, name)`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField, Value

from records.models import (
    AlreadyThere,
    Dump,
    Job,
    JobState,
    Match,
    Record,
    RejectedStretch,
    StretchState,
    Work,
)
from records.readers import READERS

LISTS = ("found", "taken", "there", "filled", "rejected", "open", "mended", "removed", "joined", "related")
INSIDE = {reader.NAME for reader in READERS if getattr(reader, "INSIDE", False)}  # lines count inside a member


def shows_lines(dump: Dump) -> bool:
    """Whether line numbers of a dump's entries are lines of its text; in a workbook or an archive they are not."""
    return dump.format not in INSIDE


@dataclass(slots=True)
class Entry:
    """One row of a list: what became of it ("record", "there" or "rejected"), and its row."""

    kind: str
    row: Any


def joined(dump: Dump) -> QuerySet[Record]:
    """Records that stand in a work which an older record founded; one that was taken back founds nothing."""
    older = Record.objects.filter(work=OuterRef("work"), pk__lt=OuterRef("pk"), search__taken_back_from=None)
    return Record.objects.filter(Exists(older), dump=dump)


def entries(dump: Dump, name: str) -> QuerySet:
    """A list of a dump by its name, in the order of its lines, as (first line, kind, key). `rows` makes entries of a page."""
    if dump.same_as:  # the same bytes as another: whatever that one brought was there
        return _in_order([_records(dump.same_as), _there(dump.same_as)] if name in ("found", "there") else [], dump)
    stretches = RejectedStretch.objects.filter(dump=dump)
    lists: dict[str, list[QuerySet]] = {
        "found": [_records(dump), _there(dump), stretches],
        "taken": [_records(dump)],
        "there": [_there(dump)],
        "filled": [_there(dump).exclude(filled=[])],
        "rejected": [stretches],
        **{str(state): [stretches.filter(state=state)] for state in StretchState.values},
        "joined": [joined(dump)],
        "related": [_records(dump).filter(related=True)],
    }
    return _in_order(lists[name], dump)


def _records(dump: Dump) -> QuerySet[Record]:
    return Record.objects.filter(dump=dump)


def _there(dump: Dump) -> QuerySet[AlreadyThere]:
    return AlreadyThere.objects.filter(dump=dump)


KINDS = {Record: "record", AlreadyThere: "there", RejectedStretch: "rejected"}


def _in_order(parts: list[QuerySet], dump: Dump) -> QuerySet:
    """The parts as one list. Lines that count inside a member of an archive tell no order between members."""
    named = [part.order_by().annotate(kind=Value(KINDS[part.model], output_field=TextField())) for part in parts] or [
        Record.objects.none().annotate(kind=Value("record", output_field=TextField()))
    ]
    columns = [part.values_list("first_line", "kind", "pk") for part in named]
    whole = columns[0].union(*columns[1:], all=True) if len(columns) > 1 else columns[0]
    return whole.order_by(*(("first_line", "kind", "pk") if shows_lines(dump) else ("kind", "pk")))


def rows(page: Iterable[tuple[int, str, int]]) -> list[Entry]:
    """The entries of a page of a list with their rows; at most one query a kind."""
    wanted: dict[str, list[int]] = {}
    order = list(page)
    for _line, kind, pk in order:
        wanted.setdefault(kind, []).append(pk)
    found: dict[tuple[str, int], Any] = {}
    sources = {
        "record": Record.objects.select_related("work").defer("raw", "normal"),
        "there": AlreadyThere.objects.select_related("record__search", "record__work"),
        "rejected": RejectedStretch.objects.select_related("by"),
    }
    for kind, keys in wanted.items():
        found |= {(kind, row.pk): row for row in sources[kind].filter(pk__in=keys)}
    return [Entry(kind, found[kind, pk]) for _line, kind, pk in order if (kind, pk) in found]


def stretches_by_state(dump: Dump) -> dict[str, int]:
    """How many stretches of a dump are open, mended and removed."""
    counts: dict[str, int] = dict.fromkeys(StretchState.values, 0)
    rows = RejectedStretch.objects.filter(dump=dump).order_by().values("state").annotate(n=Count("pk"))
    return counts | dict(rows.values_list("state", "n"))


def open_stretches(library_id: int) -> QuerySet[RejectedStretch]:
    """What was identified and is not yet read: neither mended nor removed, of a dump and a search that count."""
    return RejectedStretch.objects.filter(
        library=library_id, state=StretchState.OPEN, dump__undone_at=None, dump__search__aside=False
    )


# --- one entry in the text -----------------------------------------------------------------------------------------
def record_at(dump: Dump, line: int) -> Record | None:
    """The record whose lines hold this one; of several (a whole export in one line) the first."""
    return dump.records.filter(first_line__lte=line, last_line__gte=line).order_by("position").first()


def stretch_at(dump: Dump, line: int) -> RejectedStretch | None:
    """The rejected stretch whose lines hold this one."""
    return dump.rejected_stretches.filter(first_line__lte=line, last_line__gte=line).order_by("pk").first()


def neighbours(record: Record) -> tuple[Record | None, Record | None]:
    """The records before and after this one in its dump."""
    of_dump = Record.objects.filter(dump=record.dump_id).only("pk", "first_line", "position")
    before = of_dump.filter(position__lt=record.position).order_by("-position").first()
    return before, of_dump.filter(position__gt=record.position).order_by("position").first()


def shares_its_lines(stretch: RejectedStretch) -> bool:
    """Whether other entries stand on the same lines, so that its text holds more than what was not read."""
    lines = {"first_line__lte": stretch.last_line, "last_line__gte": stretch.first_line}
    others = RejectedStretch.objects.filter(dump=stretch.dump_id, **lines).exclude(pk=stretch.pk)
    return others.exists() or Record.objects.filter(dump=stretch.dump_id, **lines).exists()


def mendings(stretch: RejectedStretch) -> QuerySet[Dump]:
    """The dumps that people made of a stretch to have it read again, newest first."""
    return stretch.mendings.select_related("by", "same_as").order_by("-pk")


# --- what hangs on a dump ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Affected:
    """What taking an import back would move: records; works that leave, and works that stay for another dump's record;
    questions about pairs that would close; fields that it filled; entries of other dumps and whole dumps that were named
    as there already because of it; stretches of it that were mended."""

    records: int = 0
    leaving: int = 0
    staying: int = 0
    questions: int = 0
    filled: int = 0
    known_by: int = 0
    same_bytes: int = 0
    mended: int = 0


def affected(dump: Dump) -> Affected:
    """Asked before an import is taken back, so that a person sees it first."""
    elsewhere = Record.objects.filter(work=OuterRef("pk"), search__aside=False).exclude(dump=dump)
    here = Exists(Record.objects.filter(work=OuterRef("pk"), dump=dump))
    works = Work.objects.filter(here, library=dump.library_id, aside=False, empty=False)
    staying = works.filter(Exists(elsewhere)).count()
    given = AlreadyThere.objects.filter(library=dump.library_id)
    pairs = Match.objects.filter(library=dump.library_id, open=True)
    return Affected(
        records=dump.records.count(),
        leaving=works.count() - staying,
        staying=staying,
        questions=pairs.filter(Q(record_a__dump=dump) | Q(record_b__dump=dump)).count(),
        filled=sum(len(names) for names in given.filter(dump=dump).values_list("filled", flat=True)),
        known_by=given.filter(record__dump=dump, dump__undone_at=None, filled=[]).exclude(dump=dump).count(),
        same_bytes=Dump.objects.filter(same_as=dump).count(),
        mended=dump.rejected_stretches.filter(state=StretchState.MENDED).count(),
    )


def still_read(dump: Dump) -> bool:
    """Whether a worker reads the dump, or will."""
    return Job.objects.filter(dump=dump, state__in=[JobState.WAITING, JobState.RUNNING]).exists()
