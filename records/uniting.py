"""One entry for each group of records: the fullest, what it lacks lent by the others, and every record's id named.

The fields of all records wait on a shelf, a file on disk, until their group is known. Writing a format is `records.writers`' work.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from records.entries import LISTS, TEXTS
from records.readers import table, xlsx
from records.writers import WRITERS, Entry
from records.writers.csv_table import COLUMNS, HEADER

SOURCES = "Source records"  # the column, or the note, that names a group's records
SHOWN = (*COLUMNS, "alt_titles", "affiliations")
# An accession number names a record in one database; beside another database's record it would say what is not so.
LENT = tuple(name for name in SHOWN if name != "accession")
TABLES = {table.NAME, xlsx.NAME}


class Shelf:
    """Records' fields on disk, each found again by its place. The file vanishes with the object."""

    def __init__(self, folder: Path) -> None:
        # In the folder of the file that they are for: the system's own for such files is memory on many machines.
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self.end = 0
        self.columns: dict[
            str, None
        ] = {}  # columns of tables that are none of our fields, as far as any record fills them

    def put(self, cells: Mapping[str, Any], reader: str, further: Mapping[str, str] | None = None) -> int:
        """Keep the `cells` of an entry (`records.entries`) that this reader read; `further` is what else is said of it, by
        column. Returns its place."""
        said = further if further is not None else _further(cells, reader)
        self.columns |= dict.fromkeys(said)
        kept = {name: cells[name] for name in (*TEXTS, *LISTS, "year", "raw", "extra")}
        line = json.dumps([kept, reader, said], ensure_ascii=False).encode("utf-8", "replace")
        place = self.end
        self.end += self.file.write(line + b"\n")
        return place

    def get(self, place: int) -> Entry:
        """The record at a place as an entry that can be written."""
        self.file.seek(place)
        cells, reader, said = json.loads(self.file.readline())
        fields = cells | {name: json.loads(cells[name]) for name in LISTS} | json.loads(cells["extra"])
        return Entry({name: fields.get(name) for name in SHOWN}, json.loads(cells["raw"]), reader, said=said)


def _further(cells: Mapping[str, Any], reader: str) -> dict[str, str]:
    """The columns of a table's row that are none of our fields: a writer of another format knows nothing of them."""
    if reader not in TABLES:
        return {}
    raw = json.loads(cells["raw"])
    rows = [(name, value) for name, value, *_line in raw if table.column_key(name) not in table.COLUMN]
    return {heading(name): value for name, value in rows if (reader, name) != (xlsx.NAME, xlsx.SHEET)}


def heading(name: str) -> str:
    """What a column is called in the library: as it was, unless a written table has a column of that name for its own use."""
    return f"{name} (before)" if name in HEADER.values() else name


def united(entries: Sequence[Entry], ids: Sequence[str], files: Iterable[str]) -> Entry:
    """The entries of one group as one: the first leads, each field and column that it lacks comes from the next that has it."""
    lead, *others = entries
    lent = []
    for name in LENT:
        if not lead.fields[name] and (found := next((each for each in others if each.fields[name]), None)):
            lead.fields[name] = found.fields[name]
            lent.append(name)
    said: dict[str, str] = {}
    for each in reversed(entries):
        said |= {column: value for column, value in each.said.items() if value}
    earlier = [said[SOURCES]] if SOURCES in said else []  # a library that was united before
    lead.said = said | {SOURCES: "; ".join([*ids, *earlier])}
    lead.fields["sources"] = list(dict.fromkeys(files))
    lead.filled = tuple(lent)
    return lead


def columns(shelf: Shelf) -> list[str]:
    """What is said of entries beside their fields, in the order in which it stands in a table."""
    return [SOURCES, *(column for column in shelf.columns if column != SOURCES)]


def write(path: Path, entries: Iterable[Entry], named: Sequence[str]) -> None:
    """Write the entries in the format of the path's ending, which `is_known`."""
    pieces: Iterator[str | bytes] = _writer(path)(entries, named)
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece.encode("utf-8", "replace") if isinstance(piece, str) else piece)


def is_known(path: Path) -> bool:
    """Whether a file of this name can be written."""
    return _suffix(path) in WRITERS


def _suffix(path: Path) -> str:
    return path.suffix.removeprefix(".").lower()


def _writer(path: Path) -> Callable[[Iterable[Entry], Sequence[str]], Iterator[str | bytes]]:
    return WRITERS[_suffix(path)].write
