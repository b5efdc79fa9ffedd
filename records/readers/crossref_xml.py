"""Crossref's XML ("unixref"): what Crossref answers when it is asked for the record behind a DOI."""

from collections.abc import Iterator

from records.readers import xml
from records.readers.base import Draft, Source, Yielded
from records.readers.xml import Element, text, texts

NAME = "crossref_xml"
LABEL = "Crossref XML"

INLINE = frozenset({"b", "i", "em", "strong", "sub", "sup", "u", "tt", "scp", "ovl", "font", "math", "italic", "bold"})
# What a record may be about, the most particular first, and the word for it.
KINDS = {
    "journal_article": "journal article",
    "conference_paper": "conference paper",
    "content_item": "book chapter",
    "posted_content": "preprint",
    "peer_review": "peer review",
    "dissertation": "dissertation",
    "dataset": "dataset",
    "component": "component",
    "report-paper_metadata": "report",
    "report-paper_series_metadata": "report",
    "standard_metadata": "standard",
    "book_metadata": "book",
    "book_series_metadata": "book",
    "book_set_metadata": "book",
    "proceedings_metadata": "proceedings",
    "proceedings_series_metadata": "proceedings",
    "database_metadata": "database",
    "journal_issue": "journal issue",
    "journal_metadata": "journal",
}
# What an entry may stand in, and the names that has there.
HOSTS = (
    "journal_metadata",
    "proceedings_metadata",
    "proceedings_series_metadata",
    "book_metadata",
    "book_series_metadata",
    "book_set_metadata",
    "database_metadata",
    "report-paper_metadata",
)
HOSTED = ("journal_article", "conference_paper", "content_item", "dataset", "component", "journal_issue")
HOST_NAMES = ("full_title", "proceedings_title", "titles/title", "abbrev_title")
DATES = ("publication_date", "posted_date", "approval_date", "completion_date", "review_date",
         "database_date/publication_date", "database_date/creation_date")  # fmt: skip
ARTICLE_NUMBERS = {"article-number", "article_number", "e-location-id", "elocation-id"}
HEADLESS = {"abstract", "summary"}  # headings that say no more than the field does


def recognises(head: str) -> bool:
    """A record of Crossref's at the root or just inside a query's result."""
    found = xml.names(head)
    return bool(found) and (found[0] in ("doi_records", "doi_record", "crossref") or "doi_record" in found)


def read(source: Source) -> Iterator[Yielded]:
    """Each <doi_record> is an entry; <crossref> where there is none."""
    yield from xml.read(source, SHAPE if "doi_record" in xml.names(source.head) else BARE)


def _fill(draft: Draft, record: Element) -> None:
    item = next((found for kind in KINDS for found in record.iter(kind)), None)
    if item is None:
        return
    draft.add("type", KINDS[item.tag])
    hosts = [host for each in HOSTS for host in record.iter(each) if host is not item] if item.tag in HOSTED else []
    _titles(draft, item)
    for name in HOST_NAMES:
        for host in hosts:
            draft.fields.setdefault("journal", []).extend(texts(host, name))
    _people(draft, item, ("author", "editor"))
    for host in hosts:
        _people(draft, host, ("editor",))
    issues = list(record.iter("journal_issue"))
    for element in (item, *issues, *hosts):
        _years(draft, element)
    _place(draft, item, issues, hosts)
    for found in texts(item, "doi_data/doi"):
        draft.add("doi", found)
    for found in texts(item, "doi_data/resource"):
        draft.add("urls", found)
    for element in (item, *hosts):
        draft.add("language", element.get("language"))
        for name, paths in (("issn", ("issn", "isbn")), ("publisher", ("publisher/publisher_name",))):
            for said in (said for path in paths for said in texts(element, path)):
                draft.add(name, said)
    for said in [*texts(item, "institution/institution_name"), *texts(item, "group_title")]:
        draft.add("publisher", said)
    _abstract(draft, item)


def _titles(draft: Draft, item: Element) -> None:
    """The title with its subtitle; a title in the language of the original is another one."""
    for path in ("titles", "."):
        for titles in item.iterfind(path):
            title = (
                text(titles.find("title")) or text(titles.find("full_title")) or text(titles.find("proceedings_title"))
            )
            sub = text(titles.find("subtitle"))
            if title and sub and sub.casefold() not in title.casefold():
                title += f" {sub}" if title.endswith((":", "?", "!", "-", "–")) else f": {sub}"
            draft.add("title", title)
            for other in titles.iterfind("original_language_title"):
                draft.add("alt_titles", {"title": text(other), "language": other.get("language") or ""})


def _people(draft: Draft, element: Element, roles: tuple[str, ...]) -> None:
    """Persons and organisations, in order, by their role; reviewers, chairs and translators are neither."""
    people = list(element.iterfind("contributors/*")) or list(element.iterfind("person_name"))
    for each in people:
        role = each.get("contributor_role") or "author"
        if role not in roles:
            continue
        if each.tag == "organization":
            draft.add(f"{role}s", {"literal": text(each)} if text(each) else None)
        elif each.tag == "person_name":
            family, given, suffix = (text(each.find(part)) for part in ("surname", "given_name", "suffix"))
            if family and given:
                draft.add(f"{role}s", ", ".join(filter(None, (family, given, suffix))))
            elif family or given:
                draft.add(f"{role}s", {"literal": family or given})
            for affiliation in [*texts(each, "affiliation"), *texts(each, "affiliations/institution/institution_name")]:
                draft.add("affiliations", affiliation)


def _years(draft: Draft, element: Element) -> None:
    """The printed date before the online one."""
    for path in DATES:
        found = list(element.iterfind(path))
        for date in sorted(found, key=lambda each: each.get("media_type") != "print"):
            draft.add("year", text(date.find("year")))


def _place(draft: Draft, item: Element, issues: list[Element], hosts: list[Element]) -> None:
    for issue in issues:
        draft.fields.setdefault("volume", []).extend(texts(issue, "journal_volume/volume"))
        draft.fields.setdefault("issue", []).extend(texts(issue, "issue"))
    for element in (item, *hosts):
        draft.fields.setdefault("volume", []).extend(texts(element, "volume"))
    pages = [*texts(item, "pages/first_page")[:1], *texts(item, "pages/last_page")[:1]]
    numbers = [
        text(each)
        for each in item.iterfind("publisher_item/item_number")
        if (each.get("item_number_type") or "").casefold() in ARTICLE_NUMBERS
    ]
    draft.fields["pages"] = pages or numbers[:1]


def _abstract(draft: Draft, item: Element) -> None:
    """The abstract as the publisher deposits it (JATS): headings before their paragraphs."""
    found = list(item.iterfind("abstract"))
    for abstract in sorted(found, key=lambda each: bool(each.get("abstract-type")))[:1]:
        lines, heading = [], ""
        for each in abstract.iter("title", "p"):
            said = text(each)
            if each.tag == "title":
                heading = "" if said.casefold().rstrip(".:") in HEADLESS else said.rstrip(": ")
            elif said:
                lines.append(f"{heading}: {said}" if heading else said)
                heading = ""
        draft.add("abstract", "\n".join(lines) or text(abstract))


SHAPE = xml.Shape(entries=frozenset({"doi_record"}), fill=_fill, inline=INLINE)
BARE = xml.Shape(entries=frozenset({"crossref"}), fill=_fill, inline=INLINE)
