"""Notices of retraction and correction as lists and records state them: pure, plain values in and out.

A list is a CSV file in the shape of Retraction Watch's, any table with a column of DOIs or of PubMed numbers, or
references of notices or of retracted papers. A publication is named by DOI or PubMed number, never by its title alone.
"""

import csv
import datetime
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from records import clean
from records.dedup.keys import doi_key, pmid_key
from records.dedup.normalise import Normal

if TYPE_CHECKING:
    from records.entries import Entry

RETRACTED, CONCERN, CORRECTED, REINSTATED = "retracted", "concern", "corrected", "reinstated"
csv.field_size_limit(64 << 20)  # characters of a cell; one number for the whole process, the one that the readers have
LONGEST_CELL = 1 << 20  # characters of a line
LONGEST_REASON = 2_000
MOST_OF_A_RECORD = 20  # notices that one record states of itself

# Headers of a table, as letters and digits only.
COLUMNS = {
    "doi": ("originalpaperdoi", "originaldoi", "paperdoi", "articledoi", "doi"),
    "pmid": ("originalpaperpubmedid", "originalpaperpmid", "pubmedid", "pmid"),
    "notice_doi": ("retractiondoi", "noticedoi", "correctiondoi"),
    "notice_pmid": ("retractionpubmedid", "retractionpmid", "noticepmid"),
    "date": ("retractiondate", "noticedate", "date"),
    "nature": ("retractionnature", "nature", "noticetype", "status"),
    "reason": ("reason", "reasons"),
}
NATURES = (
    (re.compile(r"reinstat", re.I), REINSTATED),
    (re.compile(r"concern", re.I), CONCERN),
    (re.compile(r"correct|corrig|errat", re.I), CORRECTED),
    (re.compile(r"retract|withdraw|remov", re.I), RETRACTED),
)
# What a record's own fields say, by tag: of PubMed's files ("RIN - Retraction in"), and of JSON.
IN = {"RIN": RETRACTED, "EIN": CORRECTED, "CRI": CORRECTED, "ECI": CONCERN}
OF = {"ROF": RETRACTED, "EFR": CORRECTED, "CRF": CORRECTED, "ECF": CONCERN}
TYPES = frozenset({"PT", "TY", "M3", "DT", "publicationtype", "publication type", "type", "is_retracted"})
TITLE = re.compile(r"^\W*(retracted(?: article| paper)?|withdrawn(?: article)?)\s*[:\]\-–—)]|[\[(]retracted(?: article)?[\])]", re.I)  # fmt: skip
NOTICE_TITLE = re.compile(
    r"^\W*(?:(?:notice of )?retraction|retraction (?:note|notice)|correction|erratum|corrigendum|expression of concern)\b",
    re.I,
)
PMID = re.compile(r"\bPMID:?\s*(\d{1,9})\b", re.I)
ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})")
SLASHED = re.compile(r"^\s*(\d{1,2})/(\d{1,2})/(\d{4})")  # month first, as Retraction Watch writes
NUMBER = re.compile(r"\d{1,9}")


class NotAList(Exception):
    """The table has no column that names publications by DOI or PubMed number."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says of one publication; of a record's own statement `doi` and `pmid` are empty."""

    nature: str
    doi: str = ""
    pmid: str = ""
    date: datetime.date | None = None
    reason: str = ""
    notice_doi: str = ""
    notice_pmid: str = ""

    @property
    def keys(self) -> tuple[int | None, int | None]:
        """The block keys that a record with this DOI and this PubMed number has."""
        return (doi_key(self.doi) if self.doi else None, pmid_key(self.pmid) if self.pmid else None)


def plain_doi(text: str) -> str:
    """A DOI as records' are compared; empty for "unavailable" and its like."""
    found = clean.doi(text)
    return Normal.of({"doi": found}).doi if found else ""


def plain_pmid(text: str) -> str:
    """A PubMed number; empty for 0, which stands for none."""
    found = NUMBER.fullmatch(text.strip().removesuffix(".0"))
    return Normal.of({"pmid": str(int(found.group(0)))}).pmid if found and int(found.group(0)) else ""


def nature_of(text: str) -> str:
    """What a word of a list means; a list that says nothing is one of retractions."""
    return next((nature for words, nature in NATURES if words.search(text)), RETRACTED)


def day(text: str) -> datetime.date | None:
    """The day that a cell states, or None."""
    if found := ISO.search(text):
        year, month, of_month = (int(part) for part in found.groups())
    elif found := SLASHED.search(text):
        month, of_month, year = (int(part) for part in found.groups())
    else:
        return None
    if month > 12:
        month, of_month = of_month, month
    try:
        return datetime.date(year, month, of_month)
    except ValueError:
        return None


# --- tables --------------------------------------------------------------------------------------------------------
def columns(header: Iterable[str]) -> dict[str, int]:
    """Where a table holds what; the first name of `COLUMNS` that is there counts. Raises NotAList."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(re.sub(r"[^a-z0-9]", "", name.lower()), place)
    found = {
        field: next(places[name] for name in names if name in places)
        for field, names in COLUMNS.items()
        if places.keys() & set(names)
    }
    if not found.keys() & {"doi", "pmid"}:
        raise NotAList
    return found


def of_row(cells: list[str], places: dict[str, int]) -> Said | None:
    """What a row of a table says, or None where it names no publication."""
    said = {field: cells[place].strip() if place < len(cells) else "" for field, place in places.items()}
    doi, pmid = plain_doi(said.get("doi", "")), plain_pmid(said.get("pmid", ""))
    if not doi and not pmid:
        return None
    return Said(
        nature=nature_of(said.get("nature", "")),
        doi=doi,
        pmid=pmid,
        date=day(said.get("date", "")),
        reason=_reason(said.get("reason", "")),
        notice_doi=plain_doi(said.get("notice_doi", "")),
        notice_pmid=plain_pmid(said.get("notice_pmid", "")),
    )


def _reason(text: str) -> str:
    """Retraction Watch writes "+Concerns about data;+Investigation by journal;"."""
    parts = [part.strip().lstrip("+").strip() for part in text.replace("\0", "").split(";")]
    words = "; ".join(part for part in parts if part)
    return words if len(words) <= LONGEST_REASON else words[:LONGEST_REASON] + "…"


def in_table(file: TextIO) -> Iterator[Said | None]:
    """Each row of a table of commas, semicolons or tabs, in constant memory. Raises NotAList."""
    head = file.readline(LONGEST_CELL)
    comma = max(",;\t", key=head.count)
    places = columns(next(csv.reader([head.lstrip("\ufeff")], delimiter=comma), []))
    lines = iter(lambda: file.readline(LONGEST_CELL), "")
    rows = csv.reader((line.replace("\0", "") for line in lines), delimiter=comma)
    while True:
        try:
            cells = next(rows, None)
        except csv.Error:  # a cell that never ends
            yield None
            continue
        if cells is None:
            return
        if any(cells):
            yield of_row(cells, places)


# --- references ----------------------------------------------------------------------------------------------------
def of_reference(title: str, doi: str, pmid: str, raw: list) -> Iterator[Said]:
    """What an entry of a file of references says: of the papers that it is a notice of, or else of itself.

    A notice that names no paper by number says nothing; any other entry of such a list is taken for a retracted paper.
    """
    tagged = [(str(tag), str(value)) for tag, value, *_line in raw]
    targets = [(OF[tag], value) for tag, value in tagged if tag in OF]
    doi, pmid = plain_doi(doi), plain_pmid(pmid)
    if targets:
        for nature, value in targets[:MOST_OF_A_RECORD]:
            paper = _numbers(value)
            if any(paper):
                yield Said(nature, *paper, notice_doi=doi, notice_pmid=pmid)
        return
    if NOTICE_TITLE.search(title) or not (doi or pmid):
        return
    for each in of_itself(title, raw) or [Said(RETRACTED)]:
        yield replace(each, doi=doi, pmid=pmid)


def of_entry(entry: "Entry") -> Iterator[Said | None]:
    """The same of an entry as the reading child hands it over, which may also be the row of a spreadsheet."""
    cells = entry.cells
    raw = json.loads(cells["raw"])
    try:
        places = columns(str(row[0]) for row in raw)
    except NotAList:
        places = {}
    if {"nature", "notice_doi"} & places.keys():
        yield of_row([str(row[1]) for row in raw], places)
        return
    said = list(of_reference(cells["title"], cells["doi"], cells["pmid"], raw))
    yield from said
    if not said:
        yield None


def of_itself(title: str, raw: list) -> list[Said]:
    """What a record says of its own publication: by its title, its publication type, or the notices that it names."""
    found: dict[str, Said] = {}
    for row in raw:
        tag = row[0]
        if tag in IN and len(found) < MOST_OF_A_RECORD:
            doi, pmid = _numbers(str(row[1]))
            found.setdefault(IN[tag], Said(IN[tag], notice_doi=doi, notice_pmid=pmid))
        elif tag in TYPES and RETRACTED not in found and _type_says(tag, row[1]):
            found[RETRACTED] = Said(RETRACTED)
    if title and RETRACTED not in found and TITLE.search(title):
        found[RETRACTED] = Said(RETRACTED)
    return list(found.values())


def _type_says(tag: str, value: object) -> bool:
    text = str(value).strip().lower()
    return text == "true" if tag == "is_retracted" else "retracted publication" in text


def _numbers(text: str) -> tuple[str, str]:
    """DOI and PubMed number in PubMed's words: "Lancet. 2010 …. doi: 10.1016/…. PMID: 20137807"."""
    number = PMID.search(text)
    return plain_doi(text), plain_pmid(number.group(1)) if number else ""
