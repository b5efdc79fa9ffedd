"""RDF of bibliographies: Zotero's own, its Bibliontology, and descriptions in schema.org's or Dublin Core's words.

What the entries share (a journal, a person) may stand anywhere in the file and be pointed to; a first pass notes it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from records.readers import xml
from records.readers.base import Draft, Source, Yielded
from records.readers.xml import Element, name, text, texts

NAME = "rdf"
LABEL = "Zotero RDF"

VOCABULARIES = ("zotero.org/namespaces", "purl.org/net/biblio", "purl.org/ontology/bibo", "purl.org/dc/", "schema.org")
# Top-level elements that are no entries: what entries point to, and what hangs on them.
PERSONS = frozenset({"Person", "Organization", "Agent", "Group"})
JOURNALS = frozenset({"Journal", "Issue", "Periodical", "Series", "Newspaper", "Magazine", "Proceedings", "Website"})
OTHERS = frozenset(
    {"Memo", "Attachment", "Collection", "UserItem", "Seq", "Bag", "List", "AutomaticTag", "Tag", "Note"}
)

# Field of ours: the elements that may hold it. All that are found are kept.
TABLE = {
    "title": ("title", "name", "headline"),
    "abstract": ("abstract", "description"),
    "year": ("date", "issued", "datePublished", "created", "dateCreated"),
    "volume": ("volume", "volumeNumber"),
    "issue": ("number", "issue", "issueNumber"),
    "pages": ("pages", "pagination"),
    "page_count": ("numPages",),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "language": ("language", "inLanguage"),
    "urls": ("uri", "url", "identifier/URI/value"),
    "publisher": ("publisher/Organization/name", "distributor/Organization/name"),
    "issn": ("issn", "isbn", "isbn13", "isbn10"),
    "accession": (),
}
FIRST = ("title", "volume", "issue", "abstract")  # of these the first element that says something is taken
AUTHORS = (("authors", "authorList"), ("creator", "author"))
EDITORS = (("editors", "editorList"), ("editor",))
NOTED = ("title", "year", "volume", "issue", "issn")
OF_JOURNAL = ("year", "volume", "issue", "issn")  # what an entry has from where it stands, unless it says so itself
REFERENCE = ("resource", "nodeID")
IDENTITY = ("about", "nodeID")


@dataclass(slots=True)
class _Shared:
    """What entries may point to: persons' names, and for journals their fields."""

    persons: dict[str, str | dict] = field(default_factory=dict)
    places: dict[str, dict[str, list]] = field(default_factory=dict)


def recognises(head: str) -> bool:
    """<rdf:RDF> that speaks of publications."""
    found = xml.names(head)
    return found[:1] == ["RDF"] and any(words in head for words in VOCABULARIES)


def read(source: Source) -> Iterator[Yielded]:
    """Each thing at the top level is an entry, except persons, journals, notes, attachments and folders."""
    shared = _Shared()
    for _each in xml.read(source, _shape(lambda _draft, element: _note(shared, element), OTHERS)):
        pass
    yield from xml.read(
        source, _shape(lambda draft, element: _fill(draft, element, shared), PERSONS | JOURNALS | OTHERS)
    )


def _shape(fill: Callable[[Draft, Element], None], passed: frozenset[str]) -> xml.Shape:
    return xml.Shape(entries=frozenset(), fill=fill, within="RDF", passed=passed)


def _attribute(element: Element, keys: tuple[str, ...]) -> str:
    """The first of some attributes, whatever their namespace."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] in keys and value), "")


def _note(shared: _Shared, element: Element) -> None:
    if identity := _attribute(element, IDENTITY):
        if name(element) in PERSONS:
            shared.persons[identity] = _person(element)
        else:
            shared.places[identity] = {key: said for key, said in _own(element).items() if key in NOTED}


def _own(element: Element) -> dict[str, list]:
    """The fields that an element states itself."""
    fields: dict[str, list] = {}
    for key, paths in TABLE.items():
        if found := [said for path in paths for said in texts(element, path)]:
            fields[key] = found[:1] if key in FIRST else found
    start, end = texts(element, "pageStart")[:1], texts(element, "pageEnd")[:1]
    if start and "pages" not in fields:
        fields["pages"] = [*start, *end]
    for said in texts(element, "identifier"):
        if said.upper().startswith(("DOI ", "DOI:")) or "doi.org/10." in said:
            fields.setdefault("doi", []).append(said)
        elif said.upper().startswith(("ISSN ", "ISBN ")):
            fields.setdefault("issn", []).append(said[5:])
    return fields


def _fill(draft: Draft, element: Element, shared: _Shared) -> None:
    draft.fields.update(_own(element))
    draft.add("type", text(element.find("itemType")) or _kind(element))
    for words in (*texts(element, "subject"), *texts(element, "keywords")):
        draft.add("keywords", words)
    for field_name, lists in (("authors", AUTHORS), ("editors", EDITORS)):
        for tags in lists:
            if not draft.fields.get(field_name):
                for tag in tags:
                    for found in element.iterfind(tag):
                        _people(draft, field_name, found, shared)
    for link in ("url", "downloadUrl"):
        for found in element.iterfind(link):
            draft.add("urls", _attribute(found, REFERENCE))
    for inside in element.iterfind("isPartOf"):
        _stands_in(draft, inside, shared, 0)


def _kind(element: Element) -> str:
    return "" if name(element) == "Description" else name(element)


def _people(draft: Draft, field_name: str, element: Element, shared: _Shared) -> None:
    """The people of a list in order, or the one that an element names, here or elsewhere in the file."""
    named = [each for each in element.iter() if name(each) in PERSONS or _attribute(each, REFERENCE)]
    for each in named:
        said = _person(each) if name(each) in PERSONS else shared.persons.get(_attribute(each, REFERENCE), "")
        draft.add(field_name, said)
    if not named:
        draft.add(field_name, text(element))


def _person(element: Element) -> str | dict[str, str]:
    """A person as "Family, Given"; a name in one piece is never turned round."""

    def first(*tags: str) -> str:
        return next((said for tag in tags for said in texts(element, tag)), "")

    family = first("surname", "familyName", "family_name", "lastName")
    given = first("givenName", "givenname", "given", "firstName", "forename")
    if family and given:
        return f"{family}, {given}"
    whole = family or given or first("name")
    return {"literal": whole} if whole else ""


def _stands_in(draft: Draft, inside: Element, shared: _Shared, depth: int) -> None:
    """Fill in from the journal, issue or book an entry stands in; its DOI only where nobody else points to that."""
    pointed = shared.places.get(_attribute(inside, REFERENCE))
    parts = [(pointed, None)] if pointed else [(_own(each), each) for each in inside if name(each)]
    for fields, element in parts:
        series = element is not None and name(element) == "Series"
        for title in fields.get("title", ()) if not series else ():
            draft.add("journal", title)
        if element is not None:
            for short in texts(element, "alternative"):
                draft.add("journal", short)
        for key in OF_JOURNAL:
            if fields.get(key) and not draft.fields.get(key):
                draft.fields[key] = fields[key]
        if element is not None and fields.get("doi") and not draft.fields.get("doi"):
            draft.fields["doi"] = fields["doi"]
        if element is not None and depth < 4:
            for further in element.iterfind("isPartOf"):
                _stands_in(draft, further, shared, depth + 1)
