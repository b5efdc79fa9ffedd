"""RIS: what came from RIS goes out with every tag word for word; other entries are written from their fields.

An entry is a mapping: `raw`, the [tag, value, line] rows of a RIS record or nothing; the fields of `FIELDS`; `notes`,
lines for N1. Fields that `raw` does not state may be named in `filled`: a work's other records know more.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from records.readers.ris import TYPES

LABEL = "RIS"
CONTENT_TYPE = "application/x-research-info-systems; charset=utf-8"
END_OF_LINE = "\r\n"
CONTINUED = "      "  # so deep that no reader takes the line for a tag
ENTRIES = 100  # entries in one piece

# Field of ours: its tag.
FIELDS = {
    "title": "TI", "authors": "AU", "editors": "A2", "year": "PY", "journal": "T2", "volume": "VL", "issue": "IS",
    "pages": "SP", "doi": "DO", "pmid": "UR", "pmcid": "C2", "issn": "SN", "publisher": "PB", "accession": "AN",
    "language": "LA", "keywords": "KW", "urls": "UR", "abstract": "AB",
}  # fmt: skip
BOOKS = {"book": "BT", "book chapter": "BT"}  # where the "journal" of these stands
TYPE = {words: tag for tag, words in reversed(TYPES.items())}  # of several tags for one type the first


def write(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The entries in pieces of text."""
    lines: list[str] = []
    for number, entry in enumerate(entries, 1):
        lines += _entry(entry)
        if number % ENTRIES == 0:
            yield "".join(line + END_OF_LINE for line in lines)
            lines.clear()
    yield "".join(line + END_OF_LINE for line in lines)


def _entry(entry: Mapping[str, Any]) -> list[str]:
    raw = [(tag, value) for tag, value, *_line in entry.get("raw") or () if tag and tag != "ER"]
    if raw and raw[0][0] == "TY":
        lines = [line for tag, value in raw for line in _verbatim(tag, value)]
        names = [name for name in FIELDS if name in entry.get("filled", ())]
    else:
        lines = [f"TY  - {TYPE.get(str(entry.get('type') or ''), 'GEN')}"]
        names = list(FIELDS)
    for name in names:
        lines += _field(name, entry.get(name), str(entry.get("type") or ""))
    for note in entry.get("notes") or ():
        lines += _tagged("N1", " ".join(str(note).split()))
    return [*lines, "ER  - ", ""]


def _verbatim(tag: str, value: str) -> list[str]:
    """A tag as it was read: the lines that went on below it stand below it again."""
    first, *more = str(value).replace("\0", "").split("\n")
    return [f"{tag}  - {first}", *more]


def _field(name: str, value: Any, kind: str) -> list[str]:
    """One field as its tag's lines; an absent one is none."""
    tag = BOOKS.get(kind, FIELDS[name]) if name == "journal" else FIELDS[name]
    if name == "pages":
        return _pages(str(value or ""))
    if name == "pmid" and value:  # RIS has no tag for it; every reader finds it in its address
        value = f"https://pubmed.ncbi.nlm.nih.gov/{value}/"
    values = value if isinstance(value, list | tuple) else [value]
    return [line for each in values if each not in (None, "") for line in _tagged(tag, str(each))]


def _pages(pages: str) -> list[str]:
    """First and last page apart where a plain range is stated."""
    span = re.fullmatch(r"(\w+)-(\w+)", pages)
    if span:
        return [f"SP  - {span.group(1)}", f"EP  - {span.group(2)}"]
    return _tagged("SP", pages) if pages else []


def _tagged(tag: str, value: str) -> list[str]:
    """A tag with its value; further lines are set in, so that a line of text is never read as a tag."""
    rows = [row.strip() for row in re.split(r"\r\n|\r|\n", value.replace("\0", ""))]
    first, *more = [row for row in rows if row] or [""]
    return [f"{tag}  - {first}", *(CONTINUED + row for row in more)]
