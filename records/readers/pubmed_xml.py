"""PubMed's XML: articles, books and chapters of its bookshelf, and MEDLINE's bare citations."""

from collections.abc import Iterator, Mapping

from records.readers import xml
from records.readers.base import Draft, Source, Yielded
from records.readers.xml import Element, text, texts

NAME = "pubmed_xml"
LABEL = "PubMed XML"

ROOTS = {"PubmedArticleSet", "PubmedArticle", "PubmedBookArticleSet", "PubmedBookArticle"}
CITATIONS = {"MedlineCitationSet", "MedlineCitation"}
INLINE = frozenset({"b", "bold", "em", "i", "italic", "math", "strong", "sub", "sup", "u", "underline", "DispFormula"})

# Field of ours: the elements of an article that may hold it, seen from the MedlineCitation. All found are kept.
ARTICLE = {
    "journal": ("Article/Journal/Title", "Article/Journal/ISOAbbreviation", "MedlineJournalInfo/MedlineTA"),
    "volume": ("Article/Journal/JournalIssue/Volume",),
    "issue": ("Article/Journal/JournalIssue/Issue",),
    "issn": ("Article/Journal/ISSN", "MedlineJournalInfo/ISSNLinking"),
    "pmid": ("PMID",),
    "language": ("Article/Language",),
    "type": ("Article/PublicationTypeList/PublicationType",),
    "keywords": ("KeywordList/Keyword", "MeshHeadingList/MeshHeading/DescriptorName"),
    "thesaurus": ("MeshHeadingList/MeshHeading/DescriptorName",),
    "copyright": ("Article/Abstract/CopyrightInformation",),
    "affiliations": (
        "Article/AuthorList/Author/AffiliationInfo/Affiliation",
        "Article/AuthorList/Author/Affiliation",
        "Article/Affiliation",
    ),
    "trial_registrations": ("Article/DataBankList/DataBank/AccessionNumberList/AccessionNumber",),
}
# The same for a book or chapter, seen from the BookDocument.
BOOK = {
    "pmid": ("PMID",),
    "issn": ("Book/Isbn",),
    "volume": ("Book/Volume",),
    "publisher": ("Book/Publisher/PublisherName",),
    "language": ("Language",),
    "type": ("PublicationType",),
    "keywords": ("KeywordList/Keyword",),
    "copyright": ("Abstract/CopyrightInformation",),
    "affiliations": ("AuthorList/Author/AffiliationInfo/Affiliation",),
}
DATES = ("Article/Journal/JournalIssue/PubDate", "Article/ArticleDate", "Book/PubDate", "ContributionDate")
UNTITLED = "not available"


def recognises(head: str) -> bool:
    """A root element of PubMed's."""
    found = xml.names(head)
    return bool(found) and found[0] in ROOTS | CITATIONS


def read(source: Source) -> Iterator[Yielded]:
    """Each article and each book or chapter is an entry."""
    found = xml.names(source.head)
    yield from xml.read(source, BARE if found and found[0] in CITATIONS else SHAPE)


def _fill(draft: Draft, record: Element) -> None:
    citation = record if record.tag == "MedlineCitation" else record.find("MedlineCitation")
    book = record.find("BookDocument")
    if citation is not None:
        _article(draft, citation)
    elif book is not None:
        _book(draft, book)
    for path in ("PubmedData/ArticleIdList/ArticleId", "BookDocument/ArticleIdList/ArticleId"):
        for found in record.iterfind(path):
            name = {"doi": "doi", "pmc": "pmcid", "bookaccession": "accession"}.get(found.get("IdType", ""))
            if name:
                draft.add(name, text(found))


def _take(draft: Draft, element: Element, table: Mapping[str, tuple[str, ...]]) -> None:
    for name, paths in table.items():
        if found := [said for path in paths for said in texts(element, path)]:
            draft.fields[name] = found


def _article(draft: Draft, citation: Element) -> None:
    _take(draft, citation, ARTICLE)
    own, other = _title(citation, "Article/ArticleTitle"), _title(citation, "Article/VernacularTitle")
    draft.add("title", own or other)
    if own and other:
        draft.add("alt_titles", {"title": other, "language": (draft.fields.get("language") or [""])[0]})
    for people in citation.iterfind("Article/AuthorList"):
        _people(draft, people)
    _dates(draft, citation)
    _abstract(draft, citation, "Article/Abstract", "OtherAbstract")
    article_number = ""
    for found in citation.iterfind("Article/ELocationID"):
        if found.get("ValidYN") != "N" and found.get("EIdType") == "doi":
            draft.add("doi", text(found))
        elif found.get("EIdType") == "pii":
            article_number = article_number or text(found)
    pages = citation.find("Article/Pagination")
    stated = [] if pages is None else texts(pages, "MedlinePgn")[:1]
    if pages is not None and not stated:
        stated = [*texts(pages, "StartPage")[:1], *texts(pages, "EndPage")[:1]]
    if stated or article_number:
        draft.fields["pages"] = stated or [article_number]


def _book(draft: Draft, book: Element) -> None:
    """A chapter has a title of its own and its book for a journal; a book's series is none."""
    _take(draft, book, BOOK)
    own, whole = _title(book, "ArticleTitle"), _title(book, "Book/BookTitle")
    draft.add("title", own or whole or _title(book, "VernacularTitle"))
    if own and whole and own != whole:
        draft.add("journal", whole)
    for path in ("AuthorList", "Book/AuthorList"):
        for people in book.iterfind(path):
            if people.get("Type") == "editors" or not (own and path == "Book/AuthorList" and _has_own(book)):
                _people(draft, people)
    _dates(draft, book)
    _abstract(draft, book, "Abstract", "OtherAbstract")
    for found in book.iterfind("Book/ELocationID"):
        if found.get("EIdType") == "doi" and found.get("ValidYN") != "N" and not own:
            draft.add("doi", text(found))
    draft.fields["pages"] = texts(book, "Pagination/MedlinePgn")[:1] or [
        *texts(book, "Pagination/StartPage")[:1],
        *texts(book, "Pagination/EndPage")[:1],
    ]


def _has_own(book: Element) -> bool:
    """Whether a chapter names authors of its own."""
    return any(people.get("Type") != "editors" for people in book.iterfind("AuthorList"))


def _title(element: Element, path: str) -> str:
    said = text(element.find(path))
    return "" if said.strip("[]. ").casefold() == UNTITLED else said


def _people(draft: Draft, people: Element) -> None:
    """A list of authors or editors, in order; a collective is never turned round, an invalid entry is none."""
    name = "editors" if people.get("Type") == "editors" else "authors"
    if people.get("CompleteYN") == "N" and name == "authors":
        draft.fields["authors_incomplete"] = [True]
    for author in people.iterfind("Author"):
        if author.get("ValidYN") == "N":
            continue
        family, given = text(author.find("LastName")), text(author.find("ForeName")) or text(author.find("FirstName"))
        given = given or text(author.find("Initials"))
        parts = [part for part in (family, given, text(author.find("Suffix"))) if part]
        if family and given:
            draft.add(name, ", ".join(parts))
        elif parts:
            draft.add(name, {"literal": parts[0]})
        for group in texts(author, "CollectiveName"):
            draft.add(name, {"literal": group})


def _dates(draft: Draft, element: Element) -> None:
    """The issue's date before that of the electronic article; a MedlineDate is words ("1998 Dec-1999 Jan")."""
    for path in DATES:
        for found in element.iterfind(path):
            draft.add("year", text(found.find("Year")) or text(found.find("MedlineDate")))


def _abstract(draft: Draft, element: Element, *paths: str) -> None:
    """The sections of the first abstract there is, each with its heading before it."""
    for path in paths:
        found = element.find(path)
        if found is None:
            continue
        sections = []
        for section in found.iterfind("AbstractText"):
            heading, said = " ".join((section.get("Label") or "").split()), text(section)
            if said:
                sections.append(said if heading.upper() in ("", "UNLABELLED") else f"{heading}: {said}")
        if sections:
            draft.add("abstract", "\n".join(sections))
            return


SHAPE = xml.Shape(entries=frozenset({"PubmedArticle", "PubmedBookArticle"}), fill=_fill, inline=INLINE)
BARE = xml.Shape(entries=frozenset({"MedlineCitation"}), fill=_fill, inline=INLINE)
