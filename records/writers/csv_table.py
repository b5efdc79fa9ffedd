"""CSV that a spreadsheet opens as it is and that runs nothing: UTF-8 with a mark, formulas made harmless.

`records.readers.table` takes the apostrophe off again, so that a written table is read as it was.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from records.writers.base import Entry

NAME = "csv"
LABEL = "CSV"
SUFFIX = "csv"
MEDIA_TYPE = "text/csv; charset=utf-8"
PURPOSE = "A table for any spreadsheet. ASReview learns from its columns title, abstract and included."
MARK = "\ufeff"  # without it Excel takes UTF-8 for the machine's old code page
FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "＝",
    "＋",
    "－",
    "＠",
)  # what a spreadsheet may run; see PREFIX in readers/table.py
ROWS = 200  # rows in one piece
# Our fields in a table's order, under the names that our own reader and most tools understand.
COLUMNS = {
    "title": "Title", "authors": "Authors", "editors": "Editors", "year": "Year", "journal": "Journal", "volume": "Volume", "issue": "Issue",
    "pages": "Pages", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "issn": "ISSN", "accession": "Accession number",
    "abstract": "Abstract", "keywords": "Keywords", "language": "Language", "type": "Type", "publisher": "Publisher",
    "urls": "URL", "trial_registrations": "Trial registrations",
}  # fmt: skip
# What only Winnow knows of an entry; `included` under the name by which ASReview finds it.
OWN = {"sources": "Found in", "work": "Work in Winnow", "record": "Record in Winnow", "included": "included"}
HEADER = COLUMNS | OWN


def harmless(value: Any) -> str:
    """A value as the text of a cell: a leading apostrophe keeps a spreadsheet from running it as a formula.

    NUL and line ends at the beginning, behind which a formula could hide, say nothing and are left out; other line
    ends are LF, as every reader has them.
    """
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    text = str(value).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    guarded = text.lstrip("'").startswith(FORMULA)  # "'-omics" gets one too, so that it keeps its own
    return f"'{text}" if guarded else text


def header(columns: Sequence[str]) -> list[str]:
    """The first row: our fields, then what people said."""
    return [harmless(column) for column in (*HEADER.values(), *columns)]


def values(entry: Entry, columns: Sequence[str]) -> list[Any]:
    """An entry's row, not yet made harmless."""
    cells = [" ".join(entry.texts(name)) if name == "urls" else entry.fields.get(name) for name in HEADER]
    return [*cells, *(entry.said.get(column) for column in columns)]


def write(entries: Iterable[Entry], columns: Sequence[str] = ()) -> Iterator[str]:
    """The table in pieces: the header, then a row an entry; what it does not say is an empty cell."""
    piece = io.StringIO()
    out = csv.writer(piece, lineterminator="\r\n")
    piece.write(MARK)
    out.writerow(header(columns))
    for number, entry in enumerate(entries, 1):
        out.writerow([harmless(value) for value in values(entry, columns)])
        if number % ROWS == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()
