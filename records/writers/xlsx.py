"""An Excel workbook, written row by row: a ZIP of a few small XML files, texts inside their cells, no formula anywhere.

A cell holds at most 32,767 characters. What does not fit stands, with a word on where it belongs, in cells behind the
last column, and the cell says so.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from records.writers.base import CONTROL, Entry
from records.writers.csv_table import harmless, header, values

NAME = "xlsx"
LABEL = "Excel"
SUFFIX = "xlsx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PURPOSE = "A table for Excel, Numbers and LibreOffice, with letters of all languages as they are."
LONGEST = 32_767  # UTF-16 units in a cell
MOST_ROWS = 1_048_576  # in a sheet
LARGEST = 1 << 30  # characters in a sheet: beyond 2 GiB the archive would need what Excel wants to repair
ALWAYS = (1980, 1, 1, 0, 0, 0)  # the same list is the same bytes, whenever it is written
ROWS = 200  # rows in one piece
CONTINUED = "Continued"
GOES_ON = " […] (goes on in the last cells of this row)"
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read it as a character
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_BEGINS = (
    f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


class Outlet(io.RawIOBase):
    """Where the archive writes to: bytes go in, and out again in pieces. It cannot go back, and need not."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Keep bytes until they are taken."""
        self.held.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """All bytes since the last time."""
        data = b"".join(self.held)
        self.held.clear()
        return data


def write(entries: Iterable[Entry], columns: Sequence[str] = ()) -> Iterator[bytes]:
    """The workbook in pieces; its sheets come first, since only their number is not known before."""
    outlet = Outlet()
    first = [*header(columns), CONTINUED]
    rows = iter(entries)
    sheets, entry = 0, next(rows, None)
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as book:
        while entry is not None or sheets == 0:
            sheets += 1
            with book.open(_member(f"xl/worksheets/sheet{sheets}.xml"), "w") as sheet:
                sheet.write(f"{SHEET_BEGINS}{_row(first)}".encode())
                written, size = 1, 0
                while entry is not None and written < MOST_ROWS and size < LARGEST:
                    row = _row(values(entry, columns), len(first) - 1)
                    sheet.write(row.encode())
                    written, size = written + 1, size + len(row)
                    if written % ROWS == 0:
                        yield outlet.taken()
                    entry = next(rows, None)
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _frame(sheets):
            book.writestr(_member(name), HEAD + text)
    yield outlet.taken()


def _member(name: str) -> zipfile.ZipInfo:
    """The place of a file in the archive."""
    info = zipfile.ZipInfo(name, ALWAYS)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _frame(sheets: int) -> Iterator[tuple[str, str]]:
    """The small files that make a workbook of the sheets."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="Winnow{n if n > 1 else ""}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    yield "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
    ties = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    yield "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{ties}</Relationships>'
    book = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f'<Relationships xmlns="{PACKAGE}/relationships">{book}</Relationships>'
    kinds = "".join(
        f'<Override PartName={quoteattr(f"/{part}")} ContentType="{KIND}.{kind}+xml"/>'
        for part, kind in [
            ("xl/workbook.xml", "sheet.main"),
            *((f"xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers),
        ]
    )
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    xml = '<Default Extension="xml" ContentType="application/xml"/>'
    yield "[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{relations}{xml}{kinds}</Types>'


def _row(cells: Sequence[Any], places: int = 0) -> str:
    """One row; `places` is where the cells for what does not fit begin."""
    out, over = [], list[str]()
    for cell in cells:
        if isinstance(cell, int) and not isinstance(cell, bool):
            out.append(f"<c><v>{cell}</v></c>")
            continue
        text = CONTROL.sub("", harmless(cell))
        if len(text) > LONGEST // 2 and len(_units(text)) // 2 > LONGEST:
            text, *more = fitting(text)
            over += more
        out.append(_cell(text))
    if over:
        out += [_cell("")] * (places - len(out)) + [_cell(harmless(text)) for text in over]
    return f"<row>{''.join(out)}</row>"


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    said = escape(LOOKS_ESCAPED.sub("_x005F_", text))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "replace")


def fitting(text: str) -> list[str]:
    """A text too long for a cell in parts that fit; all but the last say that they go on."""
    parts = []
    room = LONGEST - len(GOES_ON) - 1  # one for an apostrophe
    while len(_units(text)) // 2 > LONGEST - 1:
        cut = min(len(text), room)
        while len(_units(text[:cut])) // 2 > room:
            cut -= (len(_units(text[:cut])) // 2 - room + 1) // 2
        parts.append(text[:cut] + GOES_ON)
        text = text[cut:]
    return [*parts, text]
