"""MODS, the Library of Congress's XML for catalogue records: alone, in a collection, or inside an answer of a catalogue."""

import re
from collections.abc import Iterator

from records.readers import xml
from records.readers.base import Draft, Source, Yielded
from records.readers.xml import Element, text, texts

NAME = "mods"
LABEL = "MODS XML"

# Field of ours: the elements that may hold it. All that are found are kept.
TABLE = {
    "keywords": ("subject/topic",),
    "language": ("language/languageTerm", "language"),
    "urls": ("location/url",),
    "publisher": ("originInfo/publisher",),
    "type": ("genre", "typeOfResource"),
}
# Who answers for the work itself, in words or in codes of MARC; a name without any role does as well.
AUTHORS = {
    "aut", "author", "cre", "creator", "cmp", "composer", "prf", "performer", "art", "artist", "ctg", "cartographer",
    "drt", "director", "dis", "dissertant", "inv", "inventor", "ive", "interviewee", "pht", "photographer", "verfasser",
    "auteur", "autor",
}  # fmt: skip
EDITORS = {"edt", "editor", "edc", "edm", "herausgeber", "hrsg", "éditeur scientifique"}
DATES = ("originInfo/dateIssued", "originInfo/copyrightDate", "part/date", "originInfo/dateCreated")
IDENTIFIERS = {"doi": "doi", "pmid": "pmid", "pubmed": "pmid", "pmcid": "pmcid", "pmc": "pmcid"}
NUMBERS = {"issn": "issn", "isbn": "issn"}
DETAILS = {"volume": "volume", "issue": "issue", "number": "issue"}
OTHER_TITLES = ("alternative", "translated")
LIFE = re.compile(r"[,\s]*[\[(]?(?:ca?\. ?|b\. ?)?\d{4}\??\s*-\s*(?:\d{4}\??)?[\])]?\.?$")  # "Name, 1848-1914"
FULL_STOP = re.compile(r"(?<=[^\W\d_]{3})\.$")  # of the catalogue's sentence, not of an initial


def recognises(head: str) -> bool:
    """A root of MODS, or its namespace with a record of it further in."""
    found = xml.names(head)
    return bool(found) and (found[0] in ("mods", "modsCollection") or ("mods" in found and "loc.gov/mods" in head))


def read(source: Source) -> Iterator[Yielded]:
    """Each <mods> is an entry."""
    yield from xml.read(source, SHAPE)


def _fill(draft: Draft, record: Element) -> None:
    for name, paths in TABLE.items():
        if found := [said for path in paths for said in texts(record, path)]:
            draft.fields[name] = found
    hosts = [each for each in record.iterfind("relatedItem") if each.get("type") == "host"]
    _titles(draft, record)
    for host in hosts:
        draft.fields.setdefault("journal", []).extend(_named(each) for each in _in_order(host))
    for person in record.iterfind("name"):
        _name(draft, person)
    for host in hosts:
        for person in host.iterfind("name"):
            if _roles(person) & EDITORS:
                draft.add("editors", _person(person))
    for said in record.iterfind("abstract"):
        draft.add("abstract", text(said))
    for element in (record, *hosts):
        _part(draft, element)
    for path in DATES:
        for element in (record, *hosts):
            _dates(draft, element, path)
    _identifiers(draft, record, hosts)


def _in_order(element: Element) -> list[Element]:
    """Titles as they are called usually, then in short; a uniform title only where there is no other."""
    found = list(element.iterfind("titleInfo"))
    plain = [each for each in found if not each.get("type")]
    short = [each for each in found if each.get("type") == "abbreviated"]
    return [*plain, *short] or found


def _named(info: Element) -> str:
    """A title in one line: "The Wells: a history. Part 2, Water"."""
    article, title, sub = (text(info.find(each)) for each in ("nonSort", "title", "subTitle"))
    title = f"{article}{'' if article.endswith(chr(39)) else ' '}{title}" if article else title
    if sub:
        title += f" {sub}" if title.endswith((":", "?", "!")) else f": {sub}"
    part = ", ".join([*texts(info, "partNumber"), *texts(info, "partName")])
    return f"{title}. {part}" if part else title


def _titles(draft: Draft, record: Element) -> None:
    titles = [info for info in _in_order(record) if _named(info)]
    for info in titles[:1]:
        draft.add("title", _named(info))
    for info in record.iterfind("titleInfo"):
        if info.get("type") in OTHER_TITLES and info not in titles[:1] and _named(info):
            draft.add("alt_titles", {"title": _named(info), "language": info.get("lang") or ""})


def _roles(person: Element) -> set[str]:
    return {said.casefold().rstrip(".") for said in [*texts(person, "role/roleTerm"), *texts(person, "role/text")]}


def _name(draft: Draft, person: Element) -> None:
    """A name into authors or editors by its role; other roles (publisher, addressee) are neither."""
    roles, said = _roles(person), _person(person)
    if said and (not roles or roles & AUTHORS):
        draft.add("authors", said)
    elif said and roles & EDITORS:
        draft.add("editors", said)


def _person(person: Element) -> str | dict[str, str]:
    """A person as "Family, Given"; a body with its divisions, never turned round."""
    parts: dict[str, list[str]] = {}
    for part in person.iterfind("namePart"):
        if said := text(part):
            parts.setdefault(part.get("type") or "", []).append(said)
    if person.get("type") in ("corporate", "conference", "family"):
        return {"literal": ": ".join(parts.get("", []))} if parts.get("") else ""
    family, given = " ".join(parts.get("family", ())), " ".join(parts.get("given", ()))
    if family and given:
        return f"{family}, {given}"
    if family or given:
        return {"literal": family or given}
    whole = (parts.get("") or texts(person, "displayForm") or [""])[0]
    return FULL_STOP.sub("", LIFE.sub("", whole))


def _part(draft: Draft, element: Element) -> None:
    """Volume, issue and pages, of the record itself or of what it stands in; the first that is stated counts."""
    for detail in element.iterfind("part/detail"):
        name = DETAILS.get((detail.get("type") or "").casefold())
        if name and name not in draft.fields:
            draft.add(name, text(detail.find("number")) or text(detail.find("caption")))
    for extent in element.iterfind("part/extent"):
        if (extent.get("unit") or "page").casefold() not in ("page", "pages") or "pages" in draft.fields:
            continue
        pages = [*texts(extent, "start")[:1], *texts(extent, "end")[:1]] or texts(extent, "list")[:1]
        if pages:
            draft.fields["pages"] = pages
        for total in texts(extent, "total"):
            draft.add("page_count", total)


def _dates(draft: Draft, element: Element, path: str) -> None:
    """Dates in the order of their worth: the key date, those in a norm, the others; the end of a span is no date."""
    found = [each for each in element.iterfind(path) if each.get("point") != "end"]
    for each in sorted(found, key=lambda date: (date.get("keyDate") != "yes", not date.get("encoding"))):
        draft.add("year", text(each))


def _identifiers(draft: Draft, record: Element, hosts: list[Element]) -> None:
    for element in (record, *hosts):
        for each in element.iterfind("identifier"):
            kind = (each.get("type") or "").casefold()
            if each.get("invalid") == "yes":
                continue
            if kind in NUMBERS:
                draft.add(NUMBERS[kind], text(each))
            elif element is record and kind in IDENTIFIERS:
                draft.add(IDENTIFIERS[kind], text(each))
            elif element is record and kind in ("uri", "url", "hdl", ""):
                _link(draft, text(each))
    for link in draft.fields.get("urls", ()):
        if "doi.org/10." in link:
            draft.add("doi", link)


def _link(draft: Draft, link: str) -> None:
    if "doi.org/10." in link:
        draft.add("doi", link)
    if link.startswith("http"):
        draft.add("urls", link)


SHAPE = xml.Shape(entries=frozenset({"mods"}), fill=_fill)
