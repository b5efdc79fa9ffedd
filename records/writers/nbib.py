"""PubMed's nbib (MEDLINE): four-letter tags, lines that go on set in by six blanks."""

from collections.abc import Iterable, Iterator, Sequence

from records.readers.nbib import FIRST
from records.writers.base import Entry, in_pieces, lines

NAME = "nbib"
LABEL = "PubMed (nbib)"
SUFFIX = "nbib"
MEDIA_TYPE = "application/nbib; charset=utf-8"
PURPOSE = "For programs that read the files of PubMed."
CONTINUED = "      "
BEGINS = "OWN - Winnow"  # an entry without a PMID begins with who owns it

# Field of ours: its tag.
FIELDS = {
    "issn": "IS", "volume": "VI", "issue": "IP", "year": "DP", "title": "TI", "alt_titles": "TT", "pages": "PG",
    "doi": "LID", "abstract": "AB", "authors": "FAU", "editors": "FED", "affiliations": "AD", "language": "LA",
    "trial_registrations": "SI", "type": "PT", "publisher": "PB", "journal": "JT", "keywords": "OT", "pmcid": "PMC",
    "accession": "OID", "urls": "URL",
}  # fmt: skip


def write(entries: Iterable[Entry], columns: Sequence[str] = ()) -> Iterator[str]:
    """The entries; what people said of one stands in GN lines (general note) at its end."""
    return in_pieces("\n".join([*_entry(entry, number, columns), "", ""]) for number, entry in enumerate(entries))


def _entry(entry: Entry, number: int, columns: Sequence[str]) -> list[str]:
    names: Iterable[str] = FIELDS
    if entry.came_as(NAME, "PMID", "TI"):
        rows = [row for tag, value, *_line in entry.raw for row in _tagged(tag, value.split("\n"))]
        if number and entry.raw[0][0] not in FIRST:
            rows.insert(0, BEGINS)  # without it the entry would be taken for more of the one before
        names = [name for name in FIELDS if name in entry.filled]
    else:
        pmid = entry.text("pmid")
        rows = _tagged("PMID", [pmid]) if pmid else [BEGINS]
    for name in names:
        for tag, value in _field(entry, name):
            rows += _tagged(tag, lines(value))
    for note in entry.notes(columns):
        rows += _tagged("GN", lines(note))
    return rows


def _field(entry: Entry, name: str) -> Iterator[tuple[str, str]]:
    """One field as tags with their values."""
    for value in entry.texts(name) if name != "alt_titles" else entry.alt_titles():
        if name == "authors" and "," not in value:
            yield "CN", value  # a group: its name is never turned round
        elif name == "doi":
            yield "LID", f"{value} [doi]"
        elif name == "type":
            yield "PT", value.title() if value.islower() else value
        else:
            yield FIELDS[name], value


def _tagged(tag: str, rows: list[str]) -> list[str]:
    """A tag with its value, whose further lines are set in."""
    first, *more = rows
    return [f"{tag:<4}- {first}", *(CONTINUED + row for row in more)]
