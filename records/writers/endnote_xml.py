"""EndNote XML, of the shape that EndNote itself writes. What came from it goes out with all its elements and texts."""

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from records.writers.base import CONTROL, Entry, in_pieces, is_whole, lines

NAME = "endnote_xml"
LABEL = "EndNote XML"
SUFFIX = "xml"
MEDIA_TYPE = "application/xml; charset=utf-8"
PURPOSE = "For EndNote; keeps more than RIS does."
PARAGRAPH = "\r"  # EndNote's end of a paragraph

# Our word for a kind of publication: EndNote's number and name for it.
TYPES = {
    "journal article": (17, "Journal Article"), "book": (6, "Book"), "book chapter": (5, "Book Section"),
    "conference paper": (47, "Conference Paper"), "proceedings": (10, "Conference Proceedings"), "thesis": (32, "Thesis"),
    "report": (27, "Report"), "newspaper article": (23, "Newspaper Article"), "magazine article": (19, "Magazine Article"),
    "web page": (12, "Web Page"), "data set": (59, "Dataset"), "patent": (25, "Patent"), "preprint": (34, "Unpublished Work"),
    "unpublished": (34, "Unpublished Work"), "blog post": (56, "Blog"), "dictionary entry": (52, "Dictionary"),
}  # fmt: skip
GENERIC = (13, "Generic")
# Field of ours: the path of its element, in the order in which EndNote has them.
FIELDS = {
    "authors": "contributors/authors/author", "editors": "contributors/secondary-authors/author",
    "affiliations": "auth-address", "title": "titles/title", "journal": "titles/secondary-title",
    "alt_titles": "titles/translated-title", "pages": "pages", "volume": "volume", "issue": "number",
    "keywords": "keywords/keyword", "year": "dates/year", "publisher": "publisher", "issn": "isbn",
    "accession": "accession-num", "pmcid": "custom2", "abstract": "abstract", "trial_registrations": "notes",
    "urls": "urls/related-urls/url", "doi": "electronic-resource-num", "language": "language",
}  # fmt: skip
ONE_TEXT = {"abstract", "affiliations"}  # several lines, or several values, in one element

Row = tuple[str, str]  # a path, or a path with "@" and the name of an attribute, and the text


def write(entries: Iterable[Entry], columns: Sequence[str] = ()) -> Iterator[str]:
    """The document; what people said of an entry stands in its research notes."""
    return in_pieces(_document(entries, columns))


def _document(entries: Iterable[Entry], columns: Sequence[str]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
    for number, entry in enumerate(entries, 1):
        yield f"{element(_rows(entry, number, columns))}\n"
    yield "</records></xml>\n"


def _rows(entry: Entry, number: int, columns: Sequence[str]) -> list[Row]:
    if entry.came_as(NAME, "ref-type"):
        rows = [(path, text) for path, text, *_line in entry.raw]
        names = [name for name in FIELDS if name in entry.filled]
    else:
        rows, names = [("rec-number", str(number)), *_kind(entry)], list(FIELDS)
        if pmid := entry.text("pmid"):  # EndNote has no element of its own for it
            rows += [("remote-database-name", "Medline"), ("accession-num", pmid)]
            names.remove("accession")
            rows += [("notes", f"Accession number: {each}") for each in entry.texts("accession")]
    for name in names:
        rows += _field(entry, name)
    if notes := entry.notes(columns):
        rows.append(("research-notes", PARAGRAPH.join(notes)))
    return rows


def _kind(entry: Entry) -> list[Row]:
    """The type; for a kind that EndNote does not know its words too, and the type of what stands in journals."""
    known = TYPES.get(entry.kind)
    number, words = known or (TYPES["journal article"] if entry.kind and entry.texts("journal") else GENERIC)
    said = [] if known or not entry.kind else [("work-type", entry.text("type"))]
    return [("ref-type@name", words), ("ref-type", str(number)), *said]


def _field(entry: Entry, name: str) -> list[Row]:
    values = entry.texts(name)
    path = FIELDS[name]
    if name == "alt_titles":
        values = entry.alt_titles()
    elif name in ("authors", "editors"):  # EndNote's way to say that a name is a group's
        values = [f"{each}," if is_whole(each) else each for each in values]
    elif name == "trial_registrations":
        values = [f"Trial registration: {each}" for each in entry.unsaid_trials()]
    elif name == "journal" and entry.kind == "journal article":
        return [(path, each) for each in values] + [("periodical/full-title", each) for each in values]
    if name in ONE_TEXT and values:
        values = [PARAGRAPH.join(row for value in values for row in lines(value))]
    return [(path, each) for each in values]


def element(rows: Iterable[Row]) -> str:
    """Rows as one <record>: those that share a path stand in the same elements, each text in an element of its own."""
    out: list[str] = ["<record"]
    opened: list[str] = []  # the elements that are open below <record>
    in_tag = True  # its start tag may still get an attribute
    for row, said in rows:
        path, _at, attribute = row.partition("@")
        names = path.split("/") if path else []
        shared = 0
        while shared < min(len(opened), len(names)) and opened[shared] == names[shared]:
            shared += 1
        same = shared == len(names) == len(opened)
        if not same or not in_tag:
            if shared == len(names) and names:  # the same path once more: another element of that name
                shared -= 1
            if in_tag:
                out.append(">")
            out += [f"</{name}>" for name in reversed(opened[shared:])]
            out += [f"<{name}>" for name in names[shared:-1]]
            if names:
                out.append(f"<{names[-1]}")
            opened, in_tag = names, bool(names)
        if attribute and in_tag:
            out.append(f" {attribute}={quoteattr(CONTROL.sub('', said))}")
        elif not attribute:
            out.append((">" if in_tag else "") + escape(CONTROL.sub("", said), {PARAGRAPH: "&#xD;"}))
            in_tag = False
    if in_tag:
        out.append(">")
    return "".join([*out, *(f"</{name}>" for name in reversed(opened)), "</record>"])
