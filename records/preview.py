"""What a dump would give: its first entries as they will be, with what is doubtful about them. Pure, and nothing is stored.

A dump comes from anywhere, so looking is done by a process of its own (`python -m records.preview`) that is fenced in as
the reading child is, and stopped after some seconds: a person waits for the answer.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, cast

from records import child
from records.clean import EXCEL_DATE
from records.entries import Entry, prepared
from records.readers import Draft, Notice, Rejected, Source, is_page, plain, read, sniff, table, xlsx

ENTRIES = 20  # records and rejected stretches shown
BYTES = 2 << 20  # of the dump after which enough was seen
SECONDS, PATIENCE = 3, 6  # for looking, and for the whole answer
VALUES = 3  # first values of a column
BEGINNING = 400  # characters of an abstract
REPLACED = "\ufffd"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class Column:
    """One column of a table: its header, its first values, the field it is taken for ("" for none), and which was found."""

    name: str
    values: list[str] = field(default_factory=list)
    field: str = ""
    found: str = ""


@dataclass(slots=True)
class Look:
    """The first entries of a dump, in their order, and what was found out about it.

    Each of `entries` is a record (`title`, `authors`, …, `doubts`: words of `DOUBTS`) or a rejected stretch (`reason`, `text`).
    `decided` counts decisions that the entries carry as [name, stage, verdict, number]. `whole` is said where all was seen.
    `stopped` says why nothing more was seen, in words of the child.
    """

    format: str = ""
    label: str = ""
    encoding: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    decided: list[list[Any]] = field(default_factory=list)
    whole: bool = False
    stopped: str = ""

    @property
    def records(self) -> int:
        return sum("title" in entry for entry in self.entries)


DOUBTS = ("title", "authors", "year", "replaced", "spreadsheet", "truncated")


def look(path: str, encoding: str | None = None, columns: dict[str, str] | None = None) -> Look:
    """Read a dump's first entries in this process: until there are enough, or the time is up."""
    seen = Look()
    until = time.monotonic() + SECONDS
    decided: Counter[tuple[str, str, str]] = Counter()
    with open(path, "rb") as file:
        source: Source | None = None
        try:
            source = Source(cast(BinaryIO, Clocked(file, until)), encoding)
            source.columns = columns
            reader = sniff(source)
            seen.format, seen.label, seen.encoding = reader.NAME, reader.LABEL, source.encoding
            page = is_page(reader)
            for each in read(source):
                _see(seen, each, page, decided)
                far = len(seen.entries) >= ENTRIES or (file.tell() > BYTES and seen.entries)
                if far or time.monotonic() > until:
                    break
            else:
                seen.whole = True
        except Enough:
            seen.stopped = "" if seen.entries else "time"
        seen.decided = [[*key, n] for key, n in sorted(decided.items())]
        if source and seen.format and not seen.stopped:
            source.file = file
            seen.columns = _columns(seen, source, reader)
    return seen


class Enough(BaseException):
    """The time is up. No fault of a reader, so none may catch it."""


class Clocked:
    """An open file that stops whoever reads it when the time is up, however long it is until the next entry."""

    def __init__(self, file: BinaryIO, until: float) -> None:
        self.file, self.until = file, until

    def read(self, size: int = -1) -> bytes:
        """As the file's. Raises Enough."""
        if time.monotonic() > self.until:
            raise Enough
        return self.file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def _see(seen: Look, each: Draft | Rejected | Notice, page: bool, decided: Counter) -> None:
    """Add one thing that a reader yielded."""
    batch = prepared([each], page=page)
    for entry in batch.entries:
        seen.entries.append(_record(entry))
        for said in json.loads(entry.cells["extra"]).get("decisions", ()):
            decided[said.get("by") or "", said.get("stage") or "", said.get("verdict") or ""] += 1
    for stretch in batch.rejected:
        seen.entries.append({"lines": list(stretch.lines), "reason": stretch.reason, "text": stretch.text})
    seen.notices += [{"line": notice.line, "text": notice.text} for notice in batch.notices]


def _record(entry: Entry) -> dict[str, Any]:
    """A record as the page shows it."""
    cells = entry.cells
    shown: dict[str, Any] = {name: cells[name] for name in ("title", "year", "journal", "doi", "related", "language")}
    shown["lines"] = [cells["first_line"], cells["last_line"]]
    shown["authors"], shown["notices"], shown["raw"] = (
        json.loads(cells[name]) for name in ("authors", "notices", "raw")
    )
    shown["abstract"] = cells["abstract"][:BEGINNING]
    shown["more"] = len(cells["abstract"]) > BEGINNING
    shown["doubts"] = _doubts(cells, shown)
    return shown


def _doubts(cells: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """What a person should look at."""
    said = [name for name in ("title", "authors", "year") if not shown[name]]
    words = " ".join([cells["title"], cells["abstract"], cells["journal"], *shown["authors"]])
    if REPLACED in words:
        said.append("replaced")
    noticed = any("spreadsheet" in notice for notice in shown["notices"])
    if not noticed and any(EXCEL_DATE.match(cells[name]) for name in ("pages", "issue", "volume")):
        said.append("spreadsheet")
    if cells["abstract_truncated"]:
        said.append("truncated")
    return said


def _columns(seen: Look, source: Source, reader: ModuleType) -> list[Column]:
    """A table's columns with their first values; also of what looks like a table though no header was known."""
    rows = source.table or []
    if not rows and reader in (table, plain):
        rows = table.perhaps(source.head)
    elif not rows and is_page(reader) and len(perhaps := table.perhaps(source.head)) > 2 and len(perhaps[0]) > 2:
        rows = perhaps  # a table with headers that nobody knows may look like a copied page
    if not rows or (reader not in (table, plain, xlsx) and not is_page(reader)):
        return []
    names = list(rows[0])
    taken, found = (
        {place: said for place, said, _key in table.Columns(names, mapped).plan} for mapped in (source.columns, None)
    )
    values: dict[str, list[str]] = {}
    raw = [pair for entry in seen.entries for pair in entry.get("raw", ())]
    raw += [(header, cell) for row in rows[1:] for header, cell in zip(rows[0], row, strict=False)]
    for header, value, *_line in raw:
        some = values.setdefault(header, [])
        if len(some) < VALUES and value.strip() and value[:120] not in some:
            some.append(value[:120])
    columns = {
        name: Column(name, values.get(name, []), taken.get(place, ""), found.get(place, ""))
        for place, name in enumerate(map(table.shown, names))
        if name.strip()
    }
    return list(columns.values())


def looked(path: str, encoding: str | None, columns: dict[str, str] | None, *, apart: bool, memory: int = 512) -> Look:
    """The same by a process of its own (`apart`), which is stopped when it takes too long; never raises."""
    if not apart:
        return look(path, encoding, columns)
    wanted = json.dumps({"path": path, "encoding": encoding, "columns": columns, "memory": memory})
    command = [sys.executable, "-m", "records.preview"]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "HOME") if name in os.environ}
    try:
        answer = subprocess.run(  # noqa: S603 (our own interpreter and module)
            command, check=False, input=wanted.encode(), capture_output=True, timeout=PATIENCE, cwd=ROOT, env=kept
        )
        said = json.loads(answer.stdout)
    except subprocess.TimeoutExpired:
        return Look(stopped="time")
    except ValueError:
        return Look(stopped="memory")
    return Look(**{**said, "columns": [Column(**each) for each in said["columns"]]})


def main() -> None:
    """The process of its own: a request on standard input, a look on standard output."""
    wanted = json.load(sys.stdin)
    child.fence(wanted["memory"])
    seen = look(wanted["path"], wanted["encoding"], wanted["columns"])
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main()
