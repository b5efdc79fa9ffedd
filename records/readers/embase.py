"""Embase's CSV export with one *field* a row: its label, then its values a cell each. An entry begins at a TITLE row.

Embase also exports one *record* a row under a header of the same names; that is an ordinary table.
"""

import csv
import re
from collections.abc import Iterator

from records.names import family_first, given_written_out
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.citation import PARTS, cited

NAME = "embase_csv"
LABEL = "Embase (CSV, one field a row)"

csv.field_size_limit(64 * 1024 * 1024)
BEGINS, NAMES = "TITLE", "AUTHOR NAMES"
ORIGINAL = ("ORIGINAL TITLE", "ORIGINAL (NON-ENGLISH) TITLE", "ORIGINAL NON-ENGLISH TITLE")
# Field of ours: the labels that may hold it, the preferred one first.
TABLE = {
    "title": ("TITLE", *ORIGINAL),
    "authors": ("AUTHOR NAMES", "AUTHORS"),
    "editors": ("EDITORS",),
    "year": ("PUBLICATION YEAR", "DATE OF PUBLICATION"),
    "journal": ("SOURCE TITLE",),
    "volume": ("VOLUME",),
    "issue": ("ISSUE",),
    "abstract": ("ABSTRACT", "ORIGINAL ABSTRACT", "ORIGINAL NON-ENGLISH ABSTRACT"),
    "keywords": ("AUTHOR KEYWORDS", "KEYWORDS", "EMTREE DRUG INDEX TERMS (MAJOR FOCUS)", "EMTREE DRUG INDEX TERMS",
                 "EMTREE MEDICAL INDEX TERMS (MAJOR FOCUS)", "EMTREE MEDICAL INDEX TERMS"),
    "doi": ("DOI",),
    "pmid": ("MEDLINE PMID",),
    "issn": ("ISSN", "ISBN"),
    "language": ("LANGUAGE OF ARTICLE", "ARTICLE LANGUAGE", "LANGUAGE"),
    "type": ("PUBLICATION TYPE",),
    "publisher": ("BOOK PUBLISHER", "PUBLISHER"),
    "affiliations": ("AUTHOR ADDRESSES",),
    "trial_registrations": ("CLINICAL TRIAL NUMBERS",),
    "urls": ("FULL TEXT LINK", "EMBASE LINK"),
    "accession": ("EMBASE ACCESSION ID", "PUI", "ACCESSION NUMBER"),
}  # fmt: skip
# Labels that are kept as they are; knowing them helps to tell a row from a line of text.
OTHERS = ("SOURCE", "FIRST PAGE", "LAST PAGE", "PAGE RANGE", "CORRESPONDENCE ADDRESS", "CONFERENCE NAME",
          "CONFERENCE LOCATION", "CONFERENCE DATE", "DRUG TRADENAMES", "DRUG MANUFACTURER", "DEVICE TRADENAMES",
          "DEVICE MANUFACTURER", "CAS REGISTRY NUMBERS", "EMBASE CLASSIFICATIONS", "LANGUAGE OF SUMMARY",
          "SUMMARY LANGUAGE", "MOLECULAR SEQUENCE NUMBERS", "CODEN", "OPEN URL LINK", "COPYRIGHT")  # fmt: skip
KNOWN = {label for labels in TABLE.values() for label in labels} | set(OTHERS)
FIELD = {label: name for name, labels in TABLE.items() for label in labels}
RANK = {label: rank for rank, label in enumerate(FIELD)}
INDEXED = [label for label in TABLE["keywords"] if label.startswith("EMTREE")]
PARTS_OF_A_LIST = (
    "keywords",
    "urls",
    "affiliations",
)  # every label of these counts; else the first that says something
ROW = re.compile(r'[ \t\ufeff]*+(?:"([^"]{2,60})"|([^",\s\ufeff][^",]{1,59}))[ \t]*(?:,|$)')
HEAD_LINES = 400
LONGEST = 5000  # lines; no value is longer


def recognises(head: str) -> bool:
    """A TITLE row and two more of Embase's labels, each at the beginning of a row of its own."""
    found = {_label(line) for line in head.split("\n", HEAD_LINES)[:HEAD_LINES] if "," in line}
    return BEGINS in found and len(found - {""}) >= 3


def _label(line: str) -> str:
    """The label a line begins with, or an empty string. A row of several labels is a table's header."""
    found = ROW.match(line)
    if not found:
        return ""
    label = (found.group(1) or found.group(2)).strip().rstrip(":").upper()
    if label not in KNOWN:
        return ""
    after = ROW.match(line, found.end())
    return "" if after and (after.group(1) or after.group(2)).strip().upper() in KNOWN else label


def read(source: Source) -> Iterator[Yielded]:
    """Each entry; what stands above the first TITLE is a notice, or rejected where it is the rest of an entry."""
    rows: list[tuple[str, list[str], int]] = []
    first = last = slips = 0
    names = [cell for _n, label, cells, *_m in _rows(Source.of(source.head)) if label == NAMES for cell in cells[1:]]
    written_out = given_written_out(names)
    for begins, label, cells, ends, unclosed in _rows(source):
        if not label and not any(map(str.strip, cells)):
            continue
        if label == BEGINS and rows:
            yield from _entry(rows, (first, last), written_out, slips)
            rows, slips = [], 0
        if not rows:
            first = begins
            if not label:
                yield Notice("outside any entry stands: " + " | ".join(filter(str.strip, cells))[:200], begins)
                continue
        rows.append((label, cells, begins))
        slips += unclosed
        last = ends
    if rows:
        yield from _entry(rows, (first, last), written_out, slips)
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _rows(source: Source) -> Iterator[tuple[int, str, list[str], int, bool]]:
    """(first line, known label or "", cells, last line, whether a quotation mark is never closed) of each row.

    A value in quotes may have several lines; a line that begins with a label ends it, closed or not.
    """
    held: list[str] = []
    begins = marks = 0
    number = 0
    label = ""
    for number, line in source.lines():
        here = _label(line)
        if held and (marks % 2 == 0 or here or len(held) > LONGEST):
            yield begins, label, _cells(held), number - 1, marks % 2 == 1
            held, marks = [], 0
        if not held:
            begins, label = number, here
        held.append(line)
        marks += line.count('"')
    if held:
        yield begins, label, _cells(held), number, marks % 2 == 1


def _cells(lines: list[str]) -> list[str]:
    """The cells of one row, with or without the quotation mark that should close the last."""
    if len(lines) == 1 and not lines[0]:
        return []
    try:
        return next(csv.reader([*(line + "\n" for line in lines[:-1]), lines[-1]]), [])
    except csv.Error:
        return ["\n".join(lines)]


def _entry(
    rows: list[tuple[str, list[str], int]], lines: tuple[int, int], written_out: bool, slips: int
) -> Iterator[Draft | Rejected]:
    draft = Draft(lines=lines, notices=["a quotation mark is never closed here"] if slips else [])
    values: dict[str, list[str]] = {}
    for label, cells, line in rows:
        stated = [cell for cell in cells[1:] if cell and not cell.isspace()]
        name = cells[0].strip() if cells else ""
        draft.raw += [(name, cell, line) for cell in stated] or [(name, "", line)]
        if stated:
            values.setdefault(label or name, []).extend(map(str.strip, stated))
    for label in sorted(values.keys() & FIELD.keys(), key=RANK.__getitem__):
        name = FIELD[label]
        if name not in draft.fields:
            draft.fields[name] = [*values[label]]
        elif name in PARTS_OF_A_LIST:
            draft.fields[name] += values[label]
    if not draft.fields.get("title") and not draft.fields.get("abstract"):
        text = " | ".join(cell for _label, cells, _line in rows for cell in cells if cell.strip())
        yield Rejected(lines, "an entry without title and abstract", text)
        return
    for name in ("authors", "editors"):
        if name in draft.fields:
            people = [each for cell in draft.fields[name] for each in _people(cell)]
            draft.fields[name] = [family_first(each, written_out=written_out) for each in people]
    for title in [title for label in ORIGINAL if label in values for title in values[label]]:
        if title not in draft.fields.get("title", ()):
            draft.add("alt_titles", {"title": title, "language": ""})
    if indexed := [cell for label in INDEXED for cell in values.get(label, ())]:
        draft.fields["thesaurus"] = indexed
    for name in ("keywords", "thesaurus"):
        _terms(draft, name)
    _place(draft, values)
    yield draft


def _people(cell: str) -> list[str]:
    """The names in a cell: usually one, else several by semicolons, or by commas where each part has a given name."""
    parts = [part.strip() for part in cell.split(";" if ";" in cell else ",") if part.strip()]
    return parts if ";" in cell or all(" " in part for part in parts) else [cell]


def _terms(draft: Draft, name: str) -> None:
    """Embase lists its terms in one cell by commas, or in a cell each; "(major focus)" is a mark, not a word."""
    words = [word for cell in draft.fields.get(name, ()) for word in re.split(r"[;\n]|, (?![^()]{0,200}\))", cell)]
    if words:
        draft.fields[name] = [word.strip().removesuffix("(major focus)").rstrip() for word in words]


def _place(draft: Draft, values: dict[str, list[str]]) -> None:
    """Where it stands: from the rows of its own, else from the citation string in SOURCE."""
    pages = [*values.get("FIRST PAGE", ())[:1], *values.get("LAST PAGE", ())[:1]] or values.get("PAGE RANGE", [])[:1]
    if pages:
        draft.fields["pages"] = pages
    for value in values.get("SOURCE", ())[:1]:
        stated = cited(value)
        if not stated and not re.match(r"\s*\(", value):
            stated = {"journal": value}
        for name in PARTS:
            if not draft.fields.get(name):
                draft.add(name, stated.get(name, ""))
