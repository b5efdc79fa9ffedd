"""Excel files: each sheet with a header row that the alias table knows is read row by row; formulas are never evaluated.

Lines are the rows of a sheet; every entry's `raw` begins with the name of its sheet.
"""

import re
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO

from lxml import etree

from records.readers import archive
from records.readers.archive import FAULTS, MAGIC, Refused
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.table import HEADER_ROWS, Columns, _entry, _known, delimiter_free, is_mapped, shown

NAME = "xlsx"
LABEL = "Excel workbook"

SHEET = "sheet"  # the tag under which `raw` names it
INSIDE = True  # lines are the rows of a sheet, not lines of the dump
WORKBOOK = "xl/workbook.xml"
MOST_STRINGS = 1 << 30  # bytes of the table of shared strings
STRINGS_IN_MEMORY = 32 << 20
MOST_COLUMNS = 1000
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
PLACE = re.compile(r"([A-Z]{1,3})")
DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
DATE_CODE = re.compile(r"[ymdh]", re.I)
NOT_A_CODE = re.compile(r"\"[^\"]*\"|\\.|\[[^\]]*\]|_.|\*.|General", re.I)  # words and colours in a format
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LAST_DAY = 2_958_465  # 31 December 9999
AS_PAGES = {"pages", "first_page", "last_page", "issue", "volume", "article_number"}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class Strings:
    """The workbook's table of shared strings: kept on disk where it is long, since every cell may point to any of them."""

    def __init__(self) -> None:
        self.file = tempfile.SpooledTemporaryFile(max_size=STRINGS_IN_MEMORY)  # noqa: SIM115
        self.starts = array("Q", [0])

    def add(self, text: str) -> None:
        """Append the next string; all come before the first is asked for."""
        self.starts.append(self.starts[-1] + self.file.write(text.encode("utf-8", "replace")))

    def at(self, place: int) -> str:
        """The string at a place; an empty one where there is none."""
        if not 0 <= place < len(self.starts) - 1:
            return ""
        self.file.seek(self.starts[place])
        return self.file.read(self.starts[place + 1] - self.starts[place]).decode("utf-8")


@dataclass(slots=True)
class Book:
    """An opened workbook: its archive, shared strings, which cell styles are dates, and its sheets' names and members."""

    files: zipfile.ZipFile
    strings: Strings = field(default_factory=Strings)
    dates: set[int] = field(default_factory=set)
    since_1904: bool = False
    sheets: list[tuple[str, str]] = field(default_factory=list)


def recognises(head: str) -> bool:
    """Characters tell nothing about a workbook."""
    return False


def recognises_bytes(start: bytes, file: BinaryIO) -> bool:
    """A ZIP archive that holds a workbook."""
    if not start.startswith(MAGIC):
        return False
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as files:
            return WORKBOOK in files.namelist()
    except FAULTS:
        return False


def read(source: Source) -> Iterator[Yielded]:
    """Each row below a header row, sheet by sheet; sheets without one are named."""
    any_entry = False
    try:
        book = _book(source.file)
        for name, place in book.sheets:
            for each in _sheet(source, book, name, place):
                any_entry = any_entry or not isinstance(each, Notice)
                yield each
    except (Refused, etree.LxmlError, *FAULTS) as fault:
        yield Rejected((1, 1), f"the workbook was not read to its end: {fault}")
        return
    if not any_entry:
        yield Rejected((1, 1), "no sheet of the workbook has a header row with a title column and rows below it")


def _parts(files: zipfile.ZipFile, name: str, *tags: str) -> Iterator[etree._Element]:
    """The elements of these names in a member, one by one. Raises Refused where it declares a document type."""
    info = files.getinfo(name)
    with archive.member(files, info) as start:
        if b"<!DOCTYPE" in start.read(4096):
            raise Refused("it declares a document type, which no Excel file does")
    wanted = [f"{{*}}{tag}" for tag in tags]
    with archive.member(files, info) as stream:
        walk = etree.iterparse(
            stream, events=("end",), tag=wanted, resolve_entities=False, no_network=True, load_dtd=False, recover=True
        )
        for _event, element in walk:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _book(file: BinaryIO) -> Book:
    files = archive.opened(file)
    book = Book(files)
    targets: dict[str, str] = {}
    names = set(files.namelist())
    if WORKBOOK not in names:
        raise Refused("the archive holds no workbook")
    if "xl/_rels/workbook.xml.rels" in names:
        for element in _parts(files, "xl/_rels/workbook.xml.rels", "Relationship"):
            target = element.get("Target", "")
            targets[element.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    for number, element in enumerate(_parts(files, WORKBOOK, "workbookPr", "sheet")):
        if etree.QName(element).localname == "workbookPr":
            book.since_1904 = element.get("date1904") in ("1", "true")
            continue
        key = element.get(RELATION) or element.get(STRICT_RELATION) or ""
        place = targets.get(key, f"xl/worksheets/sheet{number}.xml")
        if place in names and "/worksheets/" in place:  # a sheet may also be a chart
            book.sheets.append((element.get("name", ""), place))
    if "xl/styles.xml" in names:
        book.dates = _date_styles(files)
    if "xl/sharedStrings.xml" in names:
        if files.getinfo("xl/sharedStrings.xml").file_size > MOST_STRINGS:
            raise Refused("its table of strings is too large")
        for element in _parts(files, "xl/sharedStrings.xml", "si"):
            book.strings.add(_string(element))
    return book


def _date_styles(files: zipfile.ZipFile) -> set[int]:
    """The numbers of the cell styles that show a number as a date."""
    codes: dict[str, str] = {}
    found: set[int] = set()
    for element in _parts(files, "xl/styles.xml", "numFmt", "cellXfs"):
        if etree.QName(element).localname == "numFmt":
            codes[element.get("numFmtId", "")] = element.get("formatCode", "")
            continue
        for number, style in enumerate(element.iterchildren("{*}xf")):
            key = style.get("numFmtId", "")
            code = NOT_A_CODE.sub("", codes.get(key, ""))
            if DATE_CODE.search(code) or (key.isdecimal() and int(key) in DATE_FORMATS and key not in codes):
                found.add(number)
    return found


def _string(element: etree._Element) -> str:
    """The text of a shared or inline string: all its runs, without the reading aid of Japanese (rPh)."""
    found = [
        run.text or ""
        for run in element.iter("{*}t")
        if (parent := run.getparent()) is None or etree.QName(parent).localname != "rPh"
    ]
    return _unescaped("".join(found))


def _unescaped(text: str) -> str:
    """Excel's own spelling of control characters: _x000D_ is a line end."""
    if "_x" not in text:
        return text
    text = ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def _sheet(source: Source, book: Book, name: str, place: str) -> Iterator[Yielded]:
    """The entries of one sheet. The header is the first row that names a title and two more columns we know."""
    columns: Columns | None = None
    above: list[tuple[int, list[str]]] = []
    left_out = 0
    for number, cells in _rows(book, place):
        row = [text for text, _date in cells]
        if not any(map(str.strip, row)):
            continue
        if columns is not None:
            yield _record(columns, cells, number, name)
        elif len(above) < HEADER_ROWS and _is_header(row, source.columns):
            columns = Columns(row, source.columns)
            source.table = [[*(source.table[0] if source.table and len(source.table) == 1 else ()), *columns.names]]
            for line, said in above:
                yield Notice(f"sheet {name}: above the header stands: {delimiter_free(said)[:300]}", line)
        elif len(above) < HEADER_ROWS:
            above.append((number, row))
        else:
            left_out += 1
    if columns is None and above:
        widest = max(range(len(above)), key=lambda n: len(above[n][1]))
        source.table = source.table or [[shown(cell) for cell in row] for _line, row in above[widest : widest + 4]]
        yield Notice(f"sheet {name} has no header row with a title column: {len(above) + left_out} rows are left out")


def _is_header(row: list[str], mapped: dict[str, str] | None) -> bool:
    """Whether a row names a title and two more columns we know, or the columns that a person mapped."""
    known = _known(row)
    return is_mapped(row, mapped or {}) or (len(known) >= 3 and "title" in known)


def _record(columns: Columns, cells: list[tuple[str, datetime | None]], number: int, sheet: str) -> Draft | Rejected:
    """A row as the table reader reads it. A date where pages or numbers belong is shown as Excel shows it: 21-Apr."""
    fields = {place: name for place, name, _key in columns.plan if name in AS_PAGES}
    row = [text for text, _day in cells]
    notices = []
    for place, (_text, day) in enumerate(cells):
        if day and place in fields:
            row[place] = f"{day.day}-{MONTHS[day.month - 1]}"
            if fields[place] != "pages":  # of these the cleaning of pages says so
                notices.append(f"{columns.names[place]} reads {row[place]}: a spreadsheet may have made a date of it")
    entry = _entry(columns, row, (number, number))
    if isinstance(entry, Draft):
        entry.raw.insert(0, (SHEET, sheet, number))
        entry.notices += notices
    else:
        entry.reason = f"in sheet {sheet}: {entry.reason}"
    return entry


def _rows(book: Book, place: str) -> Iterator[tuple[int, list[tuple[str, datetime | None]]]]:
    """Each row of a sheet: its number, and its cells in their columns as text, with the day where a cell is a date."""
    number = 0
    for element in _parts(book.files, place, "row"):
        stated = element.get("r", "")
        number = int(stated) if stated.isdecimal() and number < int(stated) < 1 << 21 else number + 1
        cells: list[tuple[str, datetime | None]] = []
        for cell in element.iterchildren("{*}c"):
            at = _column(cell.get("r", ""), len(cells))
            if len(cells) <= at < MOST_COLUMNS:
                cells += [("", None)] * (at - len(cells))
                cells.append(_cell(book, cell))
        yield number, cells


def _column(place: str, following: int) -> int:
    """The column of a cell such as AB12, counted from 0; the next one where the cell does not say."""
    found = PLACE.match(place)
    if not found:
        return following
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return column - 1


def _cell(book: Book, cell: etree._Element) -> tuple[str, datetime | None]:
    """A cell's text. Of a formula only the value kept with it is taken; an error (#REF!) says nothing."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _string(cell), None
    value = next((part.text or "" for part in cell.iterchildren("{*}v")), "")
    if kind == "s":
        return book.strings.at(int(value) if value.isdecimal() and len(value) < 10 else -1), None
    if kind == "e":
        return "", None
    if kind == "b":
        return ("TRUE" if value == "1" else "FALSE"), None
    if kind == "str":
        return _unescaped(value), None
    if kind == "d":
        return value, None
    style = cell.get("s", "")
    day = _day(book, value) if style.isdecimal() and len(style) < 7 and int(style) in book.dates else None
    return (day.strftime("%Y-%m-%d") if day else _number(value)), day


def _number(value: str) -> str:
    """A number as a person reads it: 2019, not 2019.0; a fraction keeps the digits that were typed."""
    try:
        exact = float(value)
    except ValueError:
        return value
    if exact.is_integer() and abs(exact) < 1e15:
        return str(int(exact))
    return repr(exact) if abs(exact) < float("inf") and exact == exact else value  # noqa: PLR0124


def _day(book: Book, value: str) -> datetime | None:
    """The day that Excel counts to from the beginning of its time."""
    try:
        days = float(value)
    except ValueError:
        return None
    if not 1 <= days <= LAST_DAY - 1462:
        return None
    start = datetime(1904, 1, 1) if book.since_1904 else datetime(1899, 12, 30)
    return start + timedelta(days=days)
