"""Crossref's works: answers of its REST service (one work, or a list under message.items) and lines of its public file."""

import re
from collections.abc import Iterator
from typing import Any

from records.readers import csl_json, json_forms
from records.readers.base import Draft, Source, Yielded
from records.readers.json_forms import fill, listed, objects, text, under

NAME = "crossref_json"
LABEL = "Crossref JSON"

# Field of ours: the keys that may hold it, the preferred one first.
TABLE = {
    "journal": ("container-title", "short-container-title"),
    "volume": ("volume",),
    "doi": ("DOI",),
    "issn": ("ISSN", "ISBN"),
    "abstract": ("abstract",),
    "keywords": ("subject",),
    "language": ("language",),
    "publisher": ("publisher",),
    "cited_by_count": ("is-referenced-by-count",),
    "urls": ("URL",),
}
# When a work was published; the days of its deposit and indexing say nothing about that.
DATES = ("published-print", "issued", "published", "published-online", "posted")
TYPES = {
    "journal-article": "journal article", "proceedings-article": "conference paper", "book-chapter": "book chapter",
    "book-section": "book chapter", "book-part": "book chapter", "posted-content": "preprint",
    "dissertation": "thesis", "dataset": "data set", "monograph": "book", "edited-book": "book",
    "reference-book": "book", "peer-review": "peer review", "reference-entry": "encyclopaedia entry",
    "report-component": "report", "journal-issue": "journal issue", "component": "component", "other": "",
}  # fmt: skip
OWN = {
    "indexed",
    "deposited",
    "reference-count",
    "references-count",
    "is-referenced-by-count",
    "content-domain",
    "member",
    "prefix",
}
HEADING = re.compile(r"^\s*<(jats:)?title>\s*(?:Abstract|Summary)\s*</(jats:)?title>\s*", re.I)


def recognises(head: str) -> bool:
    """The first object has a DOI, and a title that is a list or several keys that only Crossref writes."""
    entry = json_forms.first(head)
    return "DOI" in entry and (isinstance(entry.get("title"), list) or len(entry.keys() & OWN) >= 2)


def read(source: Source) -> Iterator[Yielded]:
    """Each work."""
    return json_forms.read(source, _map)


def _map(entry: dict[str, Any], draft: Draft) -> None:
    fill(draft, entry, TABLE)
    if "abstract" in draft.fields:
        draft.fields["abstract"] = [HEADING.sub("", value) for value in draft.fields["abstract"]]
    draft.add("title", title(entry))
    draft.add("issue", text(entry.get("issue")) or text(under(entry, "journal-issue", "issue")))
    for name, key in (("authors", "author"), ("editors", "editor")):
        for person in csl_json.people(entry.get(key)):
            draft.add(name, person)
    for person in objects(entry.get("author")):
        for place in objects(person.get("affiliation")):
            draft.add("affiliations", text(place.get("name")))
    draft.add("year", next((found for key in DATES if (found := csl_json.year(entry.get(key)))), ""))
    draft.add("pages", text(entry.get("page")) or text(entry.get("article-number")))
    for other in listed(entry.get("original-title")):
        if said := text(other):
            draft.add("alt_titles", {"title": said, "language": ""})
    for trial in objects(entry.get("clinical-trial-number")):
        draft.add("trial_registrations", text(trial.get("clinical-trial-number")).upper())
    kind = text(entry.get("type"))
    draft.add("type", TYPES.get(kind, kind.replace("-", " ")))


def title(entry: dict[str, Any]) -> str:
    """The title with its subtitle, unless it holds that already."""
    main = next(filter(None, map(text, listed(entry.get("title")))), "")
    sub = next(filter(None, map(text, listed(entry.get("subtitle")))), "")
    return f"{main}: {sub}" if main and sub and sub.casefold() not in main.casefold() else main or sub
