"""CSV that a spreadsheet opens as it is and that runs nothing: UTF-8 with a mark, formulas made harmless.

`records.readers.table` takes the apostrophe off again, so that a written table is read as it was.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

LABEL = "CSV"
CONTENT_TYPE = "text/csv; charset=utf-8"
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
    return (
        f"'{text}" if text.lstrip("'").startswith(FORMULA) else text
    )  # "'-omics" gets one too, so that it keeps its own


def write(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The table in pieces: the header, then each row's values by column; what a row does not name is an empty cell."""
    piece = io.StringIO()
    out = csv.writer(piece, lineterminator="\r\n")
    piece.write(MARK)
    out.writerow([harmless(column) for column in columns])
    for number, row in enumerate(rows, 1):
        out.writerow([harmless(row.get(column)) for column in columns])
        if number % ROWS == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()
