"""OpenAlex's works: single ones, lists under `results`, and lines of its snapshot. The abstract comes as an index of words."""

from collections.abc import Iterator
from typing import Any

from records.readers import json_forms
from records.readers.base import Draft, Source, Yielded
from records.readers.json_forms import fill, listed, objects, text, under

NAME = "openalex_json"
LABEL = "OpenAlex JSON"

# Field of ours: the keys that may hold it, the preferred one first.
TABLE = {
    "title": ("title", "display_name"),
    "year": ("publication_year", "publication_date"),
    "doi": ("doi",),
    "abstract": ("abstract",),
    "language": ("language",),
    "cited_by_count": ("cited_by_count",),
    "accession": ("id",),
}
TYPES = {"article": "journal article", "book-chapter": "book chapter", "dissertation": "thesis", "dataset": "data set",
         "posted-content": "preprint", "proceedings-article": "conference paper", "journal-article": "journal article",
         "peer-review": "peer review", "reference-entry": "encyclopaedia entry", "other": ""}  # fmt: skip
VENUES = ("journal", "conference", "book series", "ebook platform")  # a repository is no journal
OWN = {
    "authorships",
    "abstract_inverted_index",
    "primary_location",
    "host_venue",
    "publication_year",
    "cited_by_api_url",
}
MOST_WORDS = 100_000


def recognises(head: str) -> bool:
    """The first object is a work of OpenAlex by its identifier, or has the keys that only OpenAlex writes."""
    entry = json_forms.first(head)
    ours = text(entry.get("id")).removeprefix("https://api.").removeprefix("https://").startswith("openalex.org/W")
    return (ours and len(entry) > 1) or len(entry.keys() & OWN) >= 2


def read(source: Source) -> Iterator[Yielded]:
    """Each work."""
    return json_forms.read(source, _map)


def _map(entry: dict[str, Any], draft: Draft) -> None:
    fill(draft, entry, TABLE)
    draft.add("doi", text(under(entry, "ids", "doi")))
    for key in ("pmid", "pmcid"):  # given as addresses
        draft.add(key, text(under(entry, "ids", key)).rpartition("/")[2])
    draft.add("abstract", whole(entry.get("abstract_inverted_index")))
    for each in objects(entry.get("authorships")):
        draft.add("authors", text(under(each, "author", "display_name")) or text(each.get("raw_author_name")))
        for place in listed(each.get("raw_affiliation_strings")):
            draft.add("affiliations", text(place))
    draft.add("authors_incomplete", entry.get("is_authors_truncated") is True or None)
    _venue(entry, draft)
    for key in ("volume", "issue"):
        draft.add(key, text(under(entry, "biblio", key)))
    for key in ("first_page", "last_page"):
        draft.add("pages", text(under(entry, "biblio", key)))
    for word in listed(entry.get("keywords")):
        draft.add("keywords", text(word) or text(under(word, "display_name")) or text(under(word, "keyword")))
    draft.fields["thesaurus"] = [
        said for each in objects(entry.get("mesh")) if (said := text(each.get("descriptor_name")))
    ]
    draft.fields["keywords"] = [*draft.fields.get("keywords", ()), *draft.fields["thesaurus"]]
    kind = text(entry.get("type"))
    exact = text(entry.get("type_crossref"))
    draft.add("type", TYPES[exact] if kind == "article" and exact in TYPES else TYPES.get(kind, kind.replace("-", " ")))


def _venue(entry: dict[str, Any], draft: Draft) -> None:
    """The journal, series or conference of the work's first location, and the addresses of that location."""
    location = entry.get("primary_location") or {}
    source = under(location, "source") or entry.get("host_venue")
    if text(under(source, "type")) in (*VENUES, ""):
        draft.add("journal", text(under(source, "display_name")))
        draft.add("issn", text(under(source, "issn_l")))
    draft.add("publisher", text(under(source, "host_organization_name")))
    for url in (under(location, "landing_page_url"), under(location, "pdf_url"), under(entry, "open_access", "oa_url")):
        draft.add("urls", text(url))


def whole(index: Any) -> str:
    """An abstract put together again from the places of its words."""
    if not isinstance(index, dict):
        return ""
    index = index["InvertedIndex"] if isinstance(index.get("InvertedIndex"), dict) else index  # older answers
    words = [
        (place, word)
        for word, places in index.items()
        for place in listed(places)
        if isinstance(place, int) and not isinstance(place, bool)
    ]
    words.sort(key=lambda each: each[0])
    return " ".join(word for _place, word in words[:MOST_WORDS])
