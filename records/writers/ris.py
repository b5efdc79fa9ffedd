"""RIS: what came from RIS goes out with every tag word for word; other entries are written from their fields."""

import re
from collections.abc import Iterable, Iterator, Sequence

from records.readers.ris import TYPES
from records.writers.base import Entry, in_pieces, is_whole, lines

NAME = "ris"
LABEL = "RIS"
SUFFIX = "ris"
MEDIA_TYPE = "application/x-research-info-systems; charset=utf-8"
PURPOSE = "For Rayyan, Covidence, EPPI-Reviewer, Zotero, EndNote and Mendeley: when in doubt, this one."
END_OF_LINE = "\r\n"
CONTINUED = "      "  # so deep that no reader takes the line for a tag

# Field of ours: its tag.
FIELDS = {
    "title": "TI", "alt_titles": "TT", "authors": "AU", "editors": "A2", "year": "PY", "journal": "T2", "volume": "VL", "issue": "IS",
    "pages": "SP", "doi": "DO", "pmid": "UR", "pmcid": "C2", "issn": "SN", "publisher": "PB", "accession": "AN",
    "language": "LA", "keywords": "KW", "urls": "UR", "affiliations": "AD", "abstract": "AB", "trial_registrations": "N1",
}  # fmt: skip
BOOKS = {"book": "BT", "book chapter": "BT"}  # where the "journal" of these stands
TYPE = {words: tag for tag, words in reversed(TYPES.items())}  # of several tags for one type the first
PEOPLE = ("authors", "editors")


def write(entries: Iterable[Entry], columns: Sequence[str] = ()) -> Iterator[str]:
    """The entries; what people said of one stands in N1 lines at its end."""
    return in_pieces(END_OF_LINE.join([*_entry(entry, columns), "ER  - ", "", ""]) for entry in entries)


def _entry(entry: Entry, columns: Sequence[str]) -> list[str]:
    names: Iterable[str] = FIELDS
    if entry.came_as(NAME, "TY"):
        rows = [row for tag, value, *_line in entry.raw for row in _verbatim(tag, value)]
        names = [name for name in FIELDS if name in entry.filled]
    else:
        rows = _kind(entry)
    for name in names:
        rows += _field(entry, name)
    for note in entry.notes(columns):
        rows += _tagged("N1", note)
    return rows


def _kind(entry: Entry) -> list[str]:
    """The type; for a kind that RIS does not know its words too, and the type of what stands in journals."""
    if entry.kind in TYPE:
        return [f"TY  - {TYPE[entry.kind]}"]
    return [f"TY  - {'JOUR' if entry.texts('journal') else 'GEN'}", *_tagged("M3", entry.text("type"))]


def _verbatim(tag: str, value: str) -> list[str]:
    """A tag as it was read: the lines that went on below it stand below it again."""
    first, *more = value.replace("\0", "").split("\n")
    return [f"{tag}  - {first}", *more]


def _field(entry: Entry, name: str) -> list[str]:
    """One field as its tag's lines; an absent one is none."""
    tag = BOOKS.get(entry.kind, FIELDS[name]) if name == "journal" else FIELDS[name]
    values = entry.unsaid_trials() if name == "trial_registrations" else entry.texts(name)
    if name == "pages":
        return _pages(entry.text(name))
    if name == "alt_titles":
        values = entry.alt_titles()
    elif name == "pmid":  # RIS has no tag for it; every reader finds it in its address
        values = [f"https://pubmed.ncbi.nlm.nih.gov/{each}/" for each in values]
    elif name in PEOPLE:  # EndNote's way to say that a name is a group's
        values = [f"{each}," if is_whole(each) else each for each in values]
    elif name == "trial_registrations":
        values = [f"Trial registration: {each}" for each in values]
    return [row for each in values for row in _tagged(tag, each)]


def _pages(pages: str) -> list[str]:
    """First and last page apart where a plain range is stated."""
    span = re.fullmatch(r"(\w+)-(\w+)", pages)
    if span and span.group(1) != span.group(2):
        return [f"SP  - {span.group(1)}", f"EP  - {span.group(2)}"]
    return _tagged("SP", pages) if pages else []


def _tagged(tag: str, value: str) -> list[str]:
    """A tag with its value; further lines are set in, so that a line of text is never read as a tag."""
    first, *more = lines(value)
    return [f"{tag}  - {first}", *(CONTINUED + row for row in more)]
