"""Semantic Scholar: papers of its Graph service (search, batch, citations, recommendations) and lines of its data sets."""

import re
from collections.abc import Iterator
from typing import Any

from records.readers import json_forms
from records.readers.base import Draft, Source, Yielded
from records.readers.json_forms import fill, listed, text, under

NAME = "s2_json"
LABEL = "Semantic Scholar JSON"

# Field of ours: the keys that may hold it, the preferred one first.
TABLE = {
    "title": ("title",),
    "year": ("year", "publicationDate", "publicationdate"),
    "abstract": ("abstract", "paperAbstract"),
    "cited_by_count": ("citationCount", "citationcount"),
    "accession": ("paperId", "corpusId", "corpusid"),
    "urls": ("url",),
    "doi": ("doi",),
}
TYPES = {"JournalArticle": "journal article", "Conference": "conference paper", "Book": "book", "Dataset": "data set",
         "BookSection": "book chapter", "Review": "review"}  # fmt: skip
FIRST_TYPES = ("JournalArticle", "Conference", "BookSection", "Book", "Dataset")
AROUND = ("citingPaper", "citedPaper")  # a citation holds the paper it speaks of
OWN = {"paperId", "externalIds", "externalids", "corpusId", "corpusid", "s2FieldsOfStudy", "s2fieldsofstudy", *AROUND}


def recognises(head: str) -> bool:
    """The first object has a key that only Semantic Scholar writes."""
    entry = json_forms.first(head)
    return bool(entry.keys() & OWN) and bool(_paper(entry).keys() & {"title", "paperId", "abstract", "authors"})


def read(source: Source) -> Iterator[Yielded]:
    """Each paper."""
    return json_forms.read(source, _map)


def _paper(entry: dict[str, Any]) -> dict[str, Any]:
    return next((entry[key] for key in AROUND if isinstance(entry.get(key), dict)), entry)


def _map(whole: dict[str, Any], draft: Draft) -> None:
    entry = _paper(whole)
    fill(draft, entry, TABLE)
    for author in listed(entry.get("authors")):
        draft.add("authors", text(author) or text(under(author, "name")))
    journal, venue = entry.get("journal"), entry.get("publicationVenue")
    names = (under(journal, "name"), entry.get("venue"), under(venue, "name"), entry.get("journalName"), journal)
    for name in dict.fromkeys(map(text, names)):
        draft.add("journal", name)
    draft.add("issn", text(under(venue, "issn")))
    volume, issue = _volume(text(under(journal, "volume")) or text(entry.get("journalVolume")))
    draft.add("volume", volume)
    draft.add("issue", issue or text(under(journal, "issue")))
    draft.add("pages", " ".join((text(under(journal, "pages")) or text(entry.get("journalPages"))).split()))
    numbers = entry.get("externalIds") or entry.get("externalids")
    draft.add("doi", text(under(numbers, "DOI")))
    draft.add("pmid", text(under(numbers, "PubMed")))
    central = text(under(numbers, "PubMedCentral"))
    draft.add("pmcid", f"PMC{central}" if central.isdecimal() else central)
    draft.add("urls", text(under(entry, "openAccessPdf", "url")))
    kinds = [text(kind) for kind in listed(entry.get("publicationTypes") or entry.get("publicationtypes"))]
    kind = next((each for each in FIRST_TYPES if each in kinds), kinds[0] if kinds else "")
    draft.add("type", TYPES.get(kind, kind))


def _volume(said: str) -> tuple[str, str]:
    """ "27 6" is volume 27, issue 6; "12(3)" likewise."""
    found = re.fullmatch(r"(\w+)(?:\s+|\s*\()([\w./-]+)\)?", said)
    return (found.group(1), found.group(2)) if found and found.group(1)[-1].isdigit() else (said, "")
