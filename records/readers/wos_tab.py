"""Web of Science's tab-delimited export: a header of two-letter tags, a line an entry, quotation marks never escaped."""

from collections.abc import Iterator

from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.wos import KNOWN, fill

NAME = "wos_tab"
LABEL = "Web of Science (tab-delimited)"

SEVERAL = {"AU", "AF", "BA", "BF", "BE", "ED", "CA", "GP"}  # several names in one cell, semicolons between
NEEDED = {"TI", "AU", "AF", "SO", "UT", "DI"}  # of these a header has three
HEADER_LINES = 12


def recognises(head: str) -> bool:
    """A header of Web of Science's tags among the first lines."""
    return any(_header(line) for line in head.split("\n")[:HEADER_LINES])


def _header(line: str) -> list[str]:
    """The tags of a header line; nothing where the line is none. Other two-letter columns may stand among them."""
    cells = [cell.strip('" \ufeff') for cell in line.rstrip("\t\r ").split("\t")]
    if len(cells) < 4 or not all(len(cell) == 2 and cell.isascii() and cell.isalnum() for cell in cells):
        return []
    return cells if len(NEEDED & set(cells)) >= 3 and sum(cell in KNOWN for cell in cells) > len(cells) / 2 else []


def read(source: Source) -> Iterator[Yielded]:
    """Each line below the header; a second header begins the next export in the same file."""
    columns: list[str] = []
    any_entry, header = False, (0, "")
    for number, line in source.lines():
        if not line.strip(" \t\ufeff\x1a"):
            continue
        if found := _header(line):
            columns, header = found, (number, line)
        elif columns:
            any_entry = True
            yield _entry(columns, line, number)
        else:
            yield Notice(f"above the header stands: {line.strip()[:200]}", number)
    if columns and not any_entry:
        yield Rejected((header[0], header[0]), "a header without any entry below it", header[1])
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _entry(columns: list[str], line: str, number: int) -> Draft | Rejected:
    cells = line.split("\t")
    draft = Draft(lines=(number, number))
    values: dict[str, list[str]] = {}
    for place, cell in enumerate(cells):
        if not (value := cell.strip()):
            continue
        tag = columns[place] if place < len(columns) else f"column {place + 1}"
        draft.raw.append((tag, cell, number))
        parts = value.split(";") if tag in SEVERAL else [value]
        values.setdefault(tag, []).extend(part for part in map(str.strip, parts) if part)
    if not NEEDED & values.keys():
        return Rejected((number, number), "a line without title, authors, source and number", line)
    if len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns) :]):
        draft.notices.append(f"{len(cells)} cells stand here for {len(columns)} columns")
    fill(draft, values)
    return draft
