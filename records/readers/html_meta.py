"""What a saved page says to machines: Highwire's citation_* tags, Dublin Core, PRISM, schema.org's linked data, COinS.

In: a `Document`. Out: statements, each a dictionary of fields with their raw values and lines. Nothing is put together from
guesses: a field that no tag names stays empty.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from records.readers.html_text import Document

Statement = dict[str, list]
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
# Tag -> field; of several families the first that names a field counts.
HIGHWIRE = {
    "citation_title": "title", "citation_author": "authors", "citation_authors": "authors", "citation_publication_date": "year",
    "citation_date": "year", "citation_year": "year", "citation_journal_title": "journal", "citation_inbook_title": "journal",
    "citation_conference_title": "journal", "citation_conference": "journal", "citation_volume": "volume", "citation_issue": "issue",
    "citation_firstpage": "first_page", "citation_lastpage": "last_page", "citation_pages": "pages", "citation_doi": "doi",
    "citation_pmid": "pmid", "citation_issn": "issn", "citation_isbn": "issn", "citation_abstract": "abstract",
    "citation_keywords": "keywords", "citation_keyword": "keywords", "citation_language": "language", "citation_publisher": "publisher",
    "citation_author_institution": "affiliations", "citation_abstract_html_url": "urls", "citation_public_url": "urls",
    "citation_article_type": "type", "citation_pmcid": "pmcid", "citation_editor": "editors",
}  # fmt: skip
LATER = {"citation_online_date": "year", "citation_cover_date": "year"}
PRISM = {
    "prism.publicationname": "journal", "prism.volume": "volume", "prism.number": "issue", "prism.startingpage": "first_page",
    "prism.endingpage": "last_page", "prism.publicationdate": "year", "prism.coverdate": "year", "prism.doi": "doi", "prism.issn": "issn",
    "prism.eissn": "issn", "prism.pagerange": "pages", "prism.keyword": "keywords", "prism.url": "urls",
}  # fmt: skip
DUBLIN = {
    "title": "title", "creator": "authors", "creator.personalname": "authors", "date": "year", "date.issued": "year", "issued": "year",
    "date.created": "", "identifier": "identifier", "identifier.doi": "doi", "description": "abstract", "description.abstract": "abstract",
    "abstract": "abstract", "subject": "keywords", "source": "journal", "source.issn": "issn", "source.issue": "issue",
    "source.volume": "volume", "ispartof": "journal", "relation.ispartof": "journal", "language": "language", "publisher": "publisher",
    "type": "type", "title.alternative": "alt_titles", "identifier.pagenumber": "pages", "bibliographiccitation": "",
}  # fmt: skip
BEPRESS = {"author": "authors", "title": "title", "date": "year", "journal_title": "journal", "volume": "volume", "issue": "issue",
           "doi": "doi", "abstract": "abstract", "firstpage": "first_page", "lastpage": "last_page"}  # fmt: skip
ARTICLES = frozenset("scholarlyarticle medicalscholarlyarticle chapter thesis report book techarticle".split())
DEEPEST, MOST = 12, 20_000  # levels and nodes of linked data that are looked at


def of_tags(page: Document) -> Statement:
    """The statement of a page's meta tags; {} where they name no title."""
    families: list[Statement] = [{}, {}, {}, {}, {}]
    for name, content, _line in page.meta:
        low = name.casefold().replace(":", ".")
        bare = re.sub(r"^(?:dc|dcterms|dct)\.", "", low)
        value = content.strip()
        if not value:
            continue
        for place, field in (
            (0, HIGHWIRE.get(low)),
            (1, BEPRESS.get(low.removeprefix("bepress_citation_")) if low.startswith("bepress_citation_") else None),
            (2, PRISM.get(low)),
            (3, DUBLIN.get(bare) if bare != low else None),
            (4, LATER.get(low)),
        ):
            if field:
                families[place].setdefault(field, []).append(value)
    merged: Statement = {}
    for family in families:
        _identifier(family)
        for field, values in family.items():
            merged.setdefault(field, values)
    _pages(merged)
    if "authors" in merged:
        merged["authors"] = [name for value in merged["authors"] for name in _names(value)]
    return merged if "title" in merged else {}


def _identifier(statement: Statement) -> None:
    """Dublin Core's identifiers may hold a DOI or an address."""
    for value in statement.pop("identifier", []):
        if DOI.search(value):
            statement.setdefault("doi", []).append(value)
        elif value.startswith("http"):
            statement.setdefault("urls", []).append(value)


def _pages(statement: Statement) -> None:
    first, last = statement.pop("first_page", []), statement.pop("last_page", [])
    if first and "pages" not in statement:
        statement["pages"] = [first[0], *([last[0]] if last else [])]


def _names(value: str) -> list[str]:
    """Several names in one tag stand apart by semicolons, or by commas where each is "Given Family"."""
    if ";" in value:
        return [each.strip() for each in value.split(";") if each.strip()]
    parts = [each.strip() for each in value.split(",") if each.strip()]
    return parts if len(parts) > 2 and all(" " in part for part in parts) else [value]


# schema.org


def of_linked_data(page: Document) -> list[tuple[int, Statement]]:
    """A statement for each article that the page's linked data describe, with its line."""
    found: list[tuple[int, Statement]] = []
    for line, text in page.linked:
        try:
            data = json.loads(text.strip())
        except (ValueError, RecursionError):
            continue
        budget = [MOST]
        found += [
            (line, statement) for node in _articles(data, 0, budget) if (statement := _article(node)).get("title")
        ]
    return found


def _articles(value: Any, depth: int, budget: list[int]) -> Iterator[dict[str, Any]]:
    """The articles in a tree of linked data, outermost first; what an article cites is not looked at."""
    budget[0] -= 1
    if depth > DEEPEST or budget[0] < 0:
        return
    if isinstance(value, list):
        for each in value:
            yield from _articles(each, depth + 1, budget)
    elif isinstance(value, dict):
        if _types(value) & ARTICLES:
            yield value
            return
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "about", "hasPart"):
            if isinstance(value.get(key), dict | list):
                yield from _articles(value[key], depth + 1, budget)


def _types(node: dict[str, Any]) -> set[str]:
    given = node.get("@type")
    return {str(each).rpartition("/")[2].casefold() for each in (given if isinstance(given, list) else [given])}


def _article(node: dict[str, Any]) -> Statement:
    out: Statement = {}

    def put(field: str, value: Any) -> None:
        for each in value if isinstance(value, list) else [value]:
            text = str(each).strip() if isinstance(each, str | int) and not isinstance(each, bool) else ""
            if text:
                out.setdefault(field, []).append(text)

    put("title", _text(node.get("headline")) or _text(node.get("name")))
    for author in _listed(node.get("author")) or _listed(node.get("creator")):
        if name := _person(author):
            out.setdefault("authors", []).append(name)
    put("year", _text(node.get("datePublished")))
    for around in _around(node, 0):
        kinds = _types(around)
        put("issue", _text(around.get("issueNumber")) if "issue" not in out else "")
        put("volume", _text(around.get("volumeNumber")) if "volume" not in out else "")
        if kinds & {"periodical", "book", "bookseries", "conference"} and "journal" not in out:
            put("journal", _text(around.get("name")))
            put("issn", _text(around.get("issn")))
    put("issue", _text(node.get("issueNumber")) if "issue" not in out else "")
    put("volume", _text(node.get("volumeNumber")) if "volume" not in out else "")
    first, last = _text(node.get("pageStart")), _text(node.get("pageEnd"))
    put("pages", [first, last] if first and last else first or _text(node.get("pagination")))
    for key in ("doi", "identifier", "sameAs", "@id", "url"):
        for value in _listed(node.get(key)):
            stated = _text(value.get("value") or value.get("@id")) if isinstance(value, dict) else _text(value)
            if "doi" not in out and DOI.search(stated):
                put("doi", stated)
    put("abstract", _text(node.get("abstract")) or _text(node.get("description")))
    for value in _listed(node.get("keywords")):
        text = _text(value.get("name")) if isinstance(value, dict) else _text(value)
        put("keywords", [each.strip() for each in re.split(r"[;]" if ";" in text else r"[,]", text)])
    put("language", _text(node.get("inLanguage")))
    return out


def _text(value: Any) -> str:
    """A plain value as text; of a list the first, of a language-tagged value the value."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _person(value: Any) -> Any:
    if not isinstance(value, dict):
        return _text(value)
    family, given = _text(value.get("familyName")), _text(value.get("givenName"))
    if family:
        return f"{family}, {given}" if given else family
    name = _text(value.get("name"))
    return {"literal": name} if name and "organization" in _types(value) else name


def _around(node: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    for each in _listed(node.get("isPartOf")):
        if isinstance(each, dict) and depth < 4:
            yield each
            yield from _around(each, depth + 1)


# COinS


def of_coins(page: Document) -> list[tuple[int, Statement]]:
    """A statement for each COinS span, with its line."""
    found = []
    for line, text in page.coins:
        try:
            values = parse_qs(text.replace("&amp;", "&"), max_num_fields=300)
        except ValueError:
            continue
        given = {key.removeprefix("rft."): value for key, value in values.items()}
        out: Statement = {}
        for field, keys in (("title", ("atitle", "title", "btitle")), ("journal", ("jtitle", "stitle")), ("year", ("date",)),
                            ("volume", ("volume",)), ("issue", ("issue",)), ("pages", ("pages",)), ("issn", ("issn", "isbn"))):  # fmt: skip
            for key in keys:
                if stated := given.get(key):
                    out.setdefault(field, stated[:1])
        if "atitle" in given and "title" in given and "jtitle" not in given:
            out["journal"] = given["title"][:1]
        if given.get("atitle") and given.get("btitle") and "journal" not in out:
            out["journal"] = given["btitle"][:1]
        if "pages" not in out and given.get("spage"):
            out["pages"] = [given["spage"][0], *given.get("epage", [])[:1]]
        family, first = given.get("aulast", []), given.get("aufirst") or given.get("auinit", [])
        out["authors"] = given.get("au", [])
        if family:
            lead = f"{family[0]}, {first[0]}" if first else family[0]
            words = set(re.findall(r"\w+", lead.casefold()))
            if not out["authors"] or set(re.findall(r"\w+", out["authors"][0].casefold())) != words:
                out["authors"] = [lead, *out["authors"]]
        for value in values.get("rft_id", []):
            name = (
                "doi"
                if DOI.search(value)
                else "pmid"
                if "pmid" in value
                else "urls"
                if value.startswith("http")
                else ""
            )
            if name:
                out.setdefault(name, []).append(value.removeprefix("info:pmid/"))
        out = {field: each for field, each in out.items() if each}
        if out.get("title"):
            found.append((line, out))
    return found
