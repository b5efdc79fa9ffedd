"""DataCite's metadata: single works, and answers of its REST service where each work stands under `attributes`."""

import re
from collections.abc import Iterator
from typing import Any

from records.readers import json_forms
from records.readers.base import Draft, Source, Yielded
from records.readers.csl_json import personal
from records.readers.json_forms import fill, listed, objects, text, under

NAME = "datacite_json"
LABEL = "DataCite JSON"

# Field of ours: the keys that may hold it, the preferred one first.
TABLE = {
    "doi": ("doi", "id"),
    "language": ("language",),
    "urls": ("url",),
    "cited_by_count": ("citationCount",),
}
TYPES = {
    "JournalArticle": "journal article", "Preprint": "preprint", "BookChapter": "book chapter", "Book": "book",
    "ConferencePaper": "conference paper", "ConferenceProceeding": "proceedings", "Dataset": "data set",
    "Dissertation": "thesis", "Report": "report", "DataPaper": "data paper", "PeerReview": "peer review",
    "Software": "software", "Collection": "collection",
}  # fmt: skip
CITEPROC = {"article-journal": "journal article", "chapter": "book chapter", "thesis": "thesis", "report": "report",
            "book": "book", "paper-conference": "conference paper", "dataset": "data set"}  # fmt: skip
# Words, not page numbers, stand in firstPage where a repository put a whole citation there.
PAGE = re.compile(r"[A-Za-z]{0,3}[-.]?\d[\w.]*|[ivxlc]+", re.I)
SIZE = re.compile(
    r"(?:pp?\.?|pages?|S\.|Seiten?)?\s*(\w{0,3}\d+\s*[-\u2013]\s*\w{0,3}\d+)\s*(?:pp?\.?|pages?|S\.|Seiten?)?", re.I
)
COUNT = re.compile(r"(\d{1,5})\s*(?:pp?\.?|pages?|S\.|Seiten?)", re.I)


def recognises(head: str) -> bool:
    """The first object has creators and titles, itself or under `attributes`."""
    entry = _work(json_forms.first(head))
    return isinstance(entry.get("titles"), list) and bool(
        entry.keys() & {"creators", "publicationYear", "doi", "types"}
    )


def read(source: Source) -> Iterator[Yielded]:
    """Each work."""
    return json_forms.read(source, _map)


def _work(entry: dict[str, Any]) -> dict[str, Any]:
    inner = entry.get("attributes")
    return inner if isinstance(inner, dict) else entry


def _map(whole: dict[str, Any], draft: Draft) -> None:
    entry = _work(whole)
    fill(draft, entry, TABLE)
    publisher = entry.get("publisher")
    draft.add("publisher", text(publisher) or text(under(publisher, "name")))
    _titles(entry, draft)
    for creator in objects(entry.get("creators")):
        draft.add("authors", _name(creator))
        for place in listed(creator.get("affiliation")):
            draft.add("affiliations", text(place) or text(under(place, "name")))
    for other in objects(entry.get("contributors")):
        if other.get("contributorType") == "Editor":
            draft.add("editors", _name(other))
    for subject in objects(entry.get("subjects")):
        draft.add("keywords", text(subject.get("subject")))
        draft.add("thesaurus", text(subject.get("subject")) if text(subject.get("subjectScheme")) else "")
    _abstract(entry, draft)
    _place(entry, draft)
    kinds = entry.get("types")
    draft.add("year", text(entry.get("publicationYear")))
    general = text(under(kinds, "resourceTypeGeneral"))
    draft.add("type", TYPES.get(general) or CITEPROC.get(text(under(kinds, "citeproc"))) or general)


def _titles(entry: dict[str, Any], draft: Draft) -> None:
    """The title without a kind, its subtitle behind it; translated and alternative titles beside it."""
    main, sub, others = "", "", []
    for each in objects(entry.get("titles")):
        kind, said = text(each.get("titleType")), text(each.get("title"))
        if kind == "Subtitle":
            sub = sub or said
        elif said and (kind or main):
            others.append({"title": said, "language": text(each.get("lang"))})
        else:
            main = said
    if not main and others:
        main = others.pop(0)["title"]
    draft.add("title", f"{main}: {sub}" if main and sub else main or sub)
    for other in others:
        draft.add("alt_titles", other)


def _name(person: dict[str, Any]) -> Any:
    """ "Family, Given" where both are given apart; an organisation's name in one piece."""
    family, given, whole = (text(person.get(key)) for key in ("familyName", "givenName", "name"))
    if family and person.get("nameType") != "Organizational":
        return personal(f"{family}, {given}" if given else family)
    if person.get("nameType") == "Organizational" and whole:
        return {"literal": whole}
    return whole or given


def _abstract(entry: dict[str, Any], draft: Draft) -> None:
    """One abstract: the one in the work's own language, else the first; the others stay as they are."""
    found = [each for each in objects(entry.get("descriptions")) if each.get("descriptionType") == "Abstract"]
    own = text(entry.get("language"))[:2].casefold()
    found.sort(key=lambda each: not own or text(each.get("lang"))[:2].casefold() != own)
    draft.add("abstract", next((said for each in found if (said := text(each.get("description")))), ""))


def _place(entry: dict[str, Any], draft: Draft) -> None:
    """Where it was published: the container, or a related item it is published in; pages from there or from a size."""
    container = entry.get("container")
    items = [each for each in objects(entry.get("relatedItems")) if each.get("relationType") == "IsPublishedIn"]
    for item in items:
        for title in objects(item.get("titles"))[:1]:
            draft.add("journal", text(title.get("title")))
        draft.add("year", text(item.get("publicationYear")))  # of the article; the work's own may be its repository's
        for other in objects(item.get("contributors")):
            if other.get("contributorType") == "Editor":
                draft.add("editors", _name(other))
    draft.add("journal", text(under(container, "title")))
    for place in (*items, container):
        for name in ("volume", "issue"):
            draft.add(name, text(under(place, name)))
        first, last = (text(under(place, key)) for key in ("firstPage", "lastPage"))
        if "pages" not in draft.fields and PAGE.fullmatch(first):
            draft.fields["pages"] = [first, last] if PAGE.fullmatch(last) else [first]
        if text(under(place, "identifierType")) in ("ISSN", "ISBN"):
            draft.add("issn", text(under(place, "identifier")))
    for size in map(text, listed(entry.get("sizes"))):
        if "pages" not in draft.fields and (found := SIZE.fullmatch(size)):
            draft.add("pages", found.group(1))
        elif found := COUNT.fullmatch(size):
            draft.add("page_count", found.group(1))
