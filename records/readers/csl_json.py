"""CSL-JSON: what Zotero, Mendeley, Paperpile, pandoc and DOI services write for citation processors."""

import re
from collections.abc import Iterator
from typing import Any

from records import earlier_decisions
from records.readers import json_forms
from records.readers.base import Draft, Source, Yielded
from records.readers.json_forms import fill, listed, objects, text, under

NAME = "csl_json"
LABEL = "CSL-JSON"

# Field of ours: the keys that may hold it, the preferred one first.
TABLE = {
    "title": ("title",),
    "journal": ("container-title", "container-title-short", "journalAbbreviation", "short-container-title"),
    "volume": ("volume",),
    "issue": ("issue",),
    "page_count": ("number-of-pages",),
    "doi": ("DOI", "doi"),
    "pmid": ("PMID",),
    "pmcid": ("PMCID",),
    "issn": ("ISSN", "ISBN"),
    "abstract": ("abstract",),
    "language": ("language",),
    "publisher": ("publisher",),
    "urls": ("URL",),
}
PAGES = ("page", "article-number", "page-first")
TYPES = {
    "article": "preprint", "article-journal": "journal article", "article-magazine": "magazine article",
    "article-newspaper": "newspaper article", "bill": "bill", "book": "book", "broadcast": "broadcast",
    "chapter": "book chapter", "classic": "classic", "collection": "collection", "dataset": "data set",
    "document": "", "entry": "entry", "entry-dictionary": "dictionary entry",
    "entry-encyclopedia": "encyclopaedia entry", "event": "event", "figure": "figure", "graphic": "graphic",
    "hearing": "hearing", "interview": "interview", "legal_case": "legal case", "legislation": "legislation",
    "manuscript": "unpublished", "map": "map", "motion_picture": "film", "musical_score": "musical score",
    "pamphlet": "pamphlet", "paper-conference": "conference paper", "patent": "patent",
    "performance": "performance", "periodical": "journal", "personal_communication": "letter", "post": "web post",
    "post-weblog": "blog post", "regulation": "regulation", "report": "report", "review": "review",
    "review-book": "book review", "software": "software", "song": "song", "speech": "speech",
    "standard": "standard", "thesis": "thesis", "treaty": "treaty", "webpage": "web page",
}  # fmt: skip
OWN = {
    "issued",
    "container-title",
    "author",
    "DOI",
    "publisher-place",
    "number-of-pages",
    "citation-key",
    "page",
    "event-place",
}
# Zotero writes what CSL has no key for into the note, a line each.
IN_NOTE = re.compile(r"^\s*(PMID|PMCID)\s*:\s*(\S+)\s*$", re.M | re.I)


def recognises(head: str) -> bool:
    """The first object has a type of CSL, a title that is text or a date of CSL, and another of its keys."""
    entry = json_forms.first(head)
    kind, title = entry.get("type"), entry.get("title")
    titled = isinstance(title, str) or (title is None and "issued" in entry)
    return isinstance(kind, str) and kind in TYPES and titled and bool(entry.keys() & OWN)


def read(source: Source) -> Iterator[Yielded]:
    """Each item of the list."""
    return json_forms.read(source, _map)


def _map(entry: dict[str, Any], draft: Draft) -> None:
    fill(draft, entry, TABLE)
    kind = text(entry.get("type"))
    draft.add("type", TYPES.get(kind, kind))
    for name, key in (("authors", "author"), ("editors", "editor")):
        for person in people(entry.get(key)):
            draft.add(name, person)
    draft.add("year", year(entry.get("issued")))
    draft.add("pages", next((said for key in PAGES if (said := text(entry.get(key)))), ""))
    if original := text(entry.get("original-title")):
        draft.add("alt_titles", {"title": original, "language": ""})
    for word in keywords(entry.get("keyword")):
        draft.add("keywords", word)
    said = text(entry.get("note"))
    draft.add("decisions", said if earlier_decisions.note(said) else "")
    for label, number in IN_NOTE.findall(said):
        if label.lower() not in draft.fields:
            draft.add(label.lower(), number)


def people(value: Any) -> list[Any]:
    """Names as "Family, Given", particles with the family name; a name in one piece stays in one piece."""
    found: list[Any] = []
    for each in objects(value):
        family = " ".join(filter(None, (text(each.get(key)) for key in ("non-dropping-particle", "family"))))
        given = " ".join(filter(None, (text(each.get(key)) for key in ("given", "dropping-particle"))))
        whole = text(each.get("literal")) or text(each.get("name"))
        if family or given:
            parts = [family, given, text(each.get("suffix"))] if family else [given]
            found.append(personal(", ".join(filter(None, parts))))
        elif whole:
            found.append({"literal": whole})
    return found + [said for each in listed(value) if (said := text(each))]


def personal(name: str) -> Any:
    """A name that is known to be one: kept from being split or turned round where it has no comma, or a joining word."""
    return name if "," in name and not re.search(r"[;|\n]| and ", name) else {"literal": name}


def year(date: Any) -> str:
    """The year of a CSL date: the first of its parts, or what is said in words."""
    if parts := listed(under(date, "date-parts")):
        first = listed(parts[0])
        return text(first[0]) if first else ""
    words = (text(under(date, key)) for key in ("year", "raw", "literal", "date-time"))
    return next(filter(None, words), "") or text(date)


def keywords(value: Any) -> list[str]:
    """Keywords stand in one text, apart by semicolons or else commas."""
    found: list[str] = []
    for each in listed(value):
        said = text(each)
        found += [part.strip() for part in said.split(";" if ";" in said else ",")]
    return [word for word in found if word]
