"""Deduplication of files without a review, what `manage.py dedupe` does: files in; groups, pairs and one library out.

A table with the columns record_id and title is compared as it stands. Any other file is read and cleaned as an import does
it. Of a record stays in memory what is compared and what names it; its fields wait on disk, and only where a library is wanted.
"""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from records import child, clean, collecting, entries, uniting
from records.child import Opened, Wanted
from records.clean import FIELDS
from records.dedup.cluster import Plan
from records.dedup.compare import Judged
from records.dedup.headless import grouped
from records.dedup.normalise import Normal
from records.entries import Batch
from records.readers import Draft, Notice, Rejected, Source
from records.writers import WRITERS, Entry
from records.writers.csv_table import harmless

BATCH = 400  # entries that are read at a time
START = 1 << 16  # bytes in which a table's header stands
GROUP = ["record_id", "cluster_id"]
PLACE = ["first_line", "last_line", "title", "notices"]
PAIR = ["record_id_1", "record_id_2", "probability", "veto", "kin", "why", "title_1", "title_2"]
OWN = {"record_id", "title"}


class Refused(Exception):
    """A file that can't be read or written, or a wish that can't be met; the words say why, as a person would."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which files are to be written, and which kin (`dedup.vetoes.KINDS`) counts as one publication."""

    groups: Path | None = None
    unique: Path | None = None
    maybe: Path | None = None
    related: Path | None = None
    join: Collection[str] = ()

    @property
    def files(self) -> list[Path]:
        return [each for each in (self.groups, self.unique, self.maybe, self.related) if each]


class Told(NamedTuple):
    """What came out, in numbers."""

    records: int
    works: int
    questions: int
    related: int


@dataclass(slots=True)
class File:
    """One file that was read: its name in ids, what it was read as ("" for a table of our own), and what became of it."""

    path: Path
    name: str
    label: str = ""
    records: int = 0
    listed: int = 0  # of the records: papers that a copied page merely lists
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class Known:
    """What names a record, and how good it is as the one shown (see `entries.fullness`); its place on the shelf."""

    file: str
    title: str
    lines: tuple[int, int]
    notices: str = ""
    fullness: tuple = ()
    place: int = 0


@dataclass(slots=True)
class Library:
    """All records by id, in their order: what is compared of them, and what names them."""

    normals: dict[str, Normal] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    shelf: uniting.Shelf | None = None
    only_tables: bool = True

    def add(self, key: str, file: File, normal: Normal, known: Known) -> None:
        """One more record. Raises Refused where its id is taken."""
        if key in self.known:
            raise Refused(f"{file.path} has the record_id {key} twice, again in line {known.lines[1]}")
        self.normals[key], self.known[key] = normal, known
        file.records += 1


Read = Callable[[Wanted], Iterator[Opened | Batch]]


def run(
    paths: Sequence[Path], wishes: Wishes, *, read: Read = child.here, tell: Callable[[File], None] | None = None
) -> Told:
    """Read the files, group their records, and write what is wished for. `read` is `child.here` or its like; `tell` hears of
    every file that was read. Raises Refused, before anything is written unless the disk is at fault; OSError where it is full."""
    names = _names(paths)
    _check(paths, wishes)
    with collecting.seldom():
        library = Library()
        if wishes.unique:
            library.shelf = uniting.Shelf(wishes.unique.resolve().parent)
        for path, name in zip(paths, names, strict=True):
            file = File(path, name)
            _read(library, file, read, alone=len(paths) == 1)
            if tell:
                tell(file)
        plan = grouped(library.normals, wishes.join)
        _write(library, plan, wishes)
    return Told(len(library.normals), len(set(plan.group.values())), len(plan.questions), len(plan.related))


# --- before anything is read ---------------------------------------------------------------------------------------
def _names(paths: Sequence[Path]) -> list[str]:
    """What each file is called in its records' ids: its name, or the whole path where two files have one name."""
    called = Counter(path.name for path in paths)
    resolved = Counter(path.resolve() for path in paths)
    if twice := next((path for path in paths if resolved[path.resolve()] > 1), None):
        raise Refused(f"{twice} is named twice: each of its records would be its own duplicate")
    return [path.name if called[path.name] == 1 else str(path) for path in paths]


def _check(paths: Sequence[Path], wishes: Wishes) -> None:
    """Raise Refused for what would fail after the long work, or destroy what is to be read."""
    for path in paths:
        try:
            path.open("rb").close()
        except OSError as fault:
            raise Refused(f"{path} can't be read: {_why(fault)}") from fault
    if wishes.unique and not uniting.is_known(wishes.unique):
        endings = ", ".join(f".{suffix}" for suffix in WRITERS)
        raise Refused(f"{wishes.unique} can't be written: its ending says the format, and known are {endings}")
    taken = {path.resolve() for path in paths}
    for path in wishes.files:
        if path.resolve() in taken:
            raise Refused(f"{path} can't be written: it is one of the other files of this command")
        if not path.parent.is_dir():
            raise Refused(f"{path} can't be written: there is no folder {path.parent}")
        taken.add(path.resolve())


def _why(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return "there is no such file"
    if isinstance(fault, IsADirectoryError):
        return "it is a folder"
    return (fault.strerror or str(fault)).lower()


# --- reading -------------------------------------------------------------------------------------------------------
def _read(library: Library, file: File, read: Read, *, alone: bool) -> None:
    """Add a file's records to the library. Raises Refused where it holds none that could be read, though it holds something."""
    with file.path.open("rb") as opened:
        start = opened.read(START)
        if len(start) < START and not start.strip(b"\xef\xbb\xbf\0 \t\r\n"):
            file.notices.append(Notice("the file is empty"))
            return
        encoding = _encoding_of_table(Source(opened)) if b"record_id" in start.replace(b"\0", b"") else ""
    if encoding:
        _table(library, file, encoding, "" if alone else f"{file.name}:")
        return
    library.only_tables = False
    _dump(library, file, read)
    if not file.records:
        reason = file.rejected[0].reason if file.rejected else "it holds no record"
        raise Refused(f"{file.path} can't be read: {reason}")


def _encoding_of_table(source: Source) -> str:
    """The encoding of a table whose first row names our columns; "" where it is none."""
    header = next(csv.reader(io.StringIO(source.head.partition("\n")[0])), [])
    if not set(header) >= OWN:
        return ""
    return "utf-8-sig" if source.encoding == "utf-8" else source.encoding


def _table(library: Library, file: File, encoding: str, prefix: str) -> None:
    """The rows of a table of our own, compared by its columns as they stand. A row without an id is rejected."""
    csv.field_size_limit(1 << 30)
    with file.path.open(newline="", encoding=encoding, errors="replace") as opened:
        rows = csv.DictReader(opened)
        further = [name for name in rows.fieldnames or () if name not in FIELDS and name != "record_id"]
        last = rows.line_num
        for row in rows:
            lines, last = (last + 1, rows.line_num), rows.line_num
            if not row["record_id"]:
                file.rejected.append(Rejected(lines, "a row without a record_id", row["title"] or ""))
                continue
            known = Known(file.name, row["title"] or "", lines)
            if library.shelf:
                _shelve(library.shelf, row, known, further)
            library.add(prefix + row["record_id"], file, Normal.of(row), known)


def _shelve(shelf: uniting.Shelf, row: dict[str, str], known: Known, further: list[str]) -> None:
    """Clean a row of our own table and keep its fields."""
    draft = Draft(fields={name: [row[name]] for name in FIELDS if row.get(name)}, lines=known.lines)
    entry = entries.entry(draft, clean.draft(draft))
    known.fullness = entry.fullness
    known.place = shelf.put(entry.cells, "", {uniting.heading(name): row[name] for name in further if row[name]})


def _dump(library: Library, file: File, read: Read) -> None:
    """The records of any other file, as its reader finds them. A record's id is the file's name and its number in it."""
    reader = ""
    for each in read(Wanted(str(file.path.resolve()), size=BATCH)):
        if isinstance(each, Opened):
            reader, file.label = each.format, each.label
            continue
        file.rejected += each.rejected
        file.notices += each.notices
        for entry in each.entries:
            known = _known(file, entry)
            file.listed += entry.cells["related"]
            if library.shelf:
                known.place = library.shelf.put(entry.cells, reader)
            library.add(f"{file.name}:{file.records + 1}", file, entry.normal, known)


def _known(file: File, entry: entries.Entry) -> Known:
    cells = entry.cells
    notices = [] if cells["notices"] == "[]" else json.loads(cells["notices"])
    if cells["related"]:
        notices.append("the page merely lists it")
    lines = (cells["first_line"], cells["last_line"])
    return Known(file.name, entry.title, lines, "; ".join(notices), entry.fullness)


# --- writing -------------------------------------------------------------------------------------------------------
def _write(library: Library, plan: Plan, wishes: Wishes) -> None:
    if wishes.groups:
        with _writing(wishes.groups):
            _write_groups(wishes.groups, library, plan)
    for path, pairs in ((wishes.maybe, plan.questions), (wishes.related, plan.related)):
        if path:
            with _writing(path):
                _write_pairs(path, library, pairs)
    if wishes.unique and library.shelf:
        with _writing(wishes.unique):
            uniting.write(wishes.unique, _united(library, library.shelf, plan), uniting.columns(library.shelf))


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise Refused(f"{path} can't be written: {_why(fault)}") from fault


def _write_groups(path: Path, library: Library, plan: Plan) -> None:
    """A row a record. Of a table of our own the id says enough; of other files the row says where the record stands."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(GROUP if library.only_tables else [*GROUP, *PLACE])
        for key, known in library.known.items():
            place = () if library.only_tables else (*known.lines, harmless(known.title), harmless(known.notices))
            writer.writerow([key, plan.group[key], *place])


def _write_pairs(path: Path, library: Library, pairs: Iterable[Judged]) -> None:
    """A row a pair, likeliest first, with the reasons and both titles."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(PAIR)
        for pair in pairs:
            why = "; ".join(f"{name} {points:+.1f}" for name, points in pair.reasons)
            titles = [harmless(library.known[key].title) for key in (str(pair.a), str(pair.b))]
            writer.writerow([pair.a, pair.b, f"{pair.probability:.4f}", pair.veto, pair.kin, why, *titles])


def _united(library: Library, shelf: uniting.Shelf, plan: Plan) -> Iterator[Entry]:
    """One entry a group, in the order of the groups' first records. The fullest record leads, of equals the earlier."""
    groups: dict[object, list[str]] = defaultdict(list)
    for key in library.known:
        groups[plan.group[key]].append(key)
    for keys in groups.values():
        keys.sort(key=lambda key: library.known[key].fullness, reverse=True)  # keeps the order of equals
        known = [library.known[key] for key in keys]
        yield uniting.united([shelf.get(each.place) for each in known], keys, [each.file for each in known])
