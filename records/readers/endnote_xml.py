"""EndNote XML, as EndNote writes it and as Mendeley, Bookends, Zotero and others imitate it."""

import re
from collections.abc import Iterator

from records import clean, earlier_decisions
from records.readers import xml, xml_text
from records.readers.base import Draft, Source, Yielded
from records.readers.tagged import flowing, groups, take
from records.readers.xml import Element

NAME = "endnote_xml"
LABEL = "EndNote XML"

# Field of ours: the elements that may hold it, the preferred one first. All that are found are kept.
TABLE = {
    "authors": ("contributors/authors/author",),
    "title": ("titles/title",),
    "year": ("dates/year", "dates/pub-dates/date", "year"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "doi": ("electronic-resource-num",),
    "issn": ("isbn", "issn"),
    "keywords": ("keywords/keyword",),
    "language": ("language",),
    "publisher": ("publisher",),
    "accession": ("accession-num",),
    "affiliations": ("auth-address",),
    "urls": ("urls/web-urls/url", "urls/related-urls/url", "urls/text-urls/url", "urls/url"),
}
JOURNALS = (
    "periodical/full-title",
    "titles/secondary-title",
    "alt-periodical/full-title",
    "titles/alt-title",
    "periodical/abbr-1",
    "periodical/abbr-2",
    "alt-periodical/abbr-1",
    "titles/short-title-of-periodical",
)
KIND = "ref-type@name"
EDITORS = "contributors/secondary-authors/author"
PAGES = ("pages", "article-number", "electronic-eprint")
# Kinds whose second author list names editors; for the others it may be anything, and stays raw.
EDITED = {
    "Book Section",
    "Conference Proceedings",
    "Conference Paper",
    "Edited Book",
    "Book",
    "Electronic Book Section",
}
# A book that says its series: the second title is no journal.
BOOKS = {"Book", "Edited Book", "Electronic Book", "Thesis", "Report"}
SINGLE = ("title", "volume", "issue")
ODD_PLACES = (
    *TABLE["urls"],
    "urls/pdf-urls/url",
    "research-notes",
    "notes",
    *(f"custom{n}" for n in range(1, 8)),
    "label",
)
USED = {
    *(path for paths in TABLE.values() for path in paths),
    *(*JOURNALS, KIND, EDITORS, *PAGES, *ODD_PLACES, "titles/translated-title"),
    *("remote-database-name", "remote-database-provider"),
}
CALLED = re.compile(r"\bdoi\b", re.I)
MEDLINE = re.compile(r"medline|pubmed|nlm", re.I)
# Where a paragraph holds one of several names or words.
LISTS = {"contributors/authors/author", EDITORS, "keywords/keyword"}
PARAGRAPH = "\r"  # EndNote writes the end of a paragraph as &#xD;; other line ends only wrap


def recognises(head: str) -> bool:
    """<xml><records><record>, or <records> with elements that only EndNote names so."""
    found = xml.names(head)
    if not found or "record" not in found:
        return found[:2] == ["xml", "records"]
    own = {"ref-type", "source-app", "rec-number", "foreign-keys", "contributors", "titles"}
    return found[0] in ("xml", "records", "record") and (found[:2] == ["xml", "records"] or bool(own & set(found)))


def read(source: Source) -> Iterator[Yielded]:
    """Each <record> is an entry."""
    yield from xml.read(source, SHAPE)


def _fill(draft: Draft, record: Element) -> None:
    values: dict[str, list[str]] = {}  # each path's texts, in one line
    for path, value, _line in draft.raw:
        if path not in USED:
            continue
        if path in LISTS and PARAGRAPH in value:
            rows = [row for each in value.split(PARAGRAPH) if (row := flowing(each))]
        else:
            rows = [flowing(value)]  # which is something: rows without words are not kept
        if path in values:
            values[path] += rows
        else:
            values[path] = rows
    take(draft, values, TABLE)
    for name in SINGLE:
        if name in draft.fields:
            draft.fields[name] = draft.fields[name][:1]
    kind = values.get(KIND, [""])[0]  # the numbers of kinds differ between programs, and 0 says nothing
    draft.add("type", "" if kind == "Generic" else kind)
    journals = [said for path in JOURNALS for said in values.get(path, ())]
    if journals and not (kind in BOOKS and JOURNALS[0] not in values):
        draft.fields["journal"] = list(dict.fromkeys(journals))
    if kind in EDITED and EDITORS in values:
        draft.fields["editors"] = values[EDITORS]
    for name in ("authors", "editors"):
        groups(draft.fields.get(name, []))
    for said in values.get("titles/translated-title", ()):
        draft.add("alt_titles", {"title": said, "language": ""})
    for found in record.iterchildren("abstract"):
        paragraphs = ("".join(found.itertext()) if len(found) else found.text or "").split(PARAGRAPH)
        draft.add("abstract", "\n".join(filter(None, map(flowing, paragraphs))))
    if stated := next((values[path] for path in PAGES if path in values), None):
        draft.fields["pages"] = stated[:1]
    for said in (said for path in ("notes", "research-notes", "label") for said in values.get(path, ())):
        draft.add("decisions", said if earlier_decisions.note(said) else "")
    _identifiers(draft, values)


def _identifiers(draft: Draft, values: dict[str, list[str]]) -> None:
    """The DOI from wherever it stands: a link to doi.org or a value called DOI counts, a DOI in a sentence does not."""
    if not any(map(clean.doi, draft.fields.get("doi", ()))):
        for said in (said for path in ODD_PLACES for said in values.get(path, ())):
            bare = clean.doi(said)
            if bare and ("doi.org/" in said or CALLED.search(said) or said == bare):
                draft.add("doi", said)
    provider = " ".join([*values.get("remote-database-name", ()), *values.get("remote-database-provider", ())])
    for said in values.get("accession-num", ()):
        if said.isdecimal() and MEDLINE.search(provider):
            draft.add("pmid", said)
    for said in values.get("custom2", ()):
        if said.upper().startswith("PMC") and said[3:].isdecimal():
            draft.add("pmcid", said)


SHAPE = xml.Shape(
    entries=frozenset({"record"}),
    fill=_fill,
    inline=frozenset({"style"}),
    runs=xml_text.runs("style", ' face="normal" font="default" size="100%"'),
)
