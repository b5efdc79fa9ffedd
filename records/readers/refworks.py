"""RefWorks' tagged export: two-letter tags and a blank, an entry from RT to the next RT, a line a value."""

import re
from collections.abc import Iterator

from records.readers.base import Notice, Rejected, Source, Yielded
from records.readers.tagged import Entry, Outside, take

NAME = "refworks"
LABEL = "RefWorks tagged"

# Field of ours: the tags that may hold it, the preferred one first.
TABLE = {
    "title": ("T1",),
    "authors": ("A1",),
    "editors": ("A2",),
    "year": ("YR", "FD"),
    "journal": ("JF", "T2", "JO"),
    "volume": ("VO", "vo"),  # small in CNKI's exports
    "issue": ("IS",),
    "abstract": ("AB",),
    "keywords": ("K1",),
    "doi": ("DO",),
    "pmid": ("PMID",),
    "pmcid": ("PMCID",),
    "urls": ("LK", "UL"),
    "issn": ("SN",),
    "language": ("LA",),
    "publisher": ("PB",),
    "accession": ("AN",),
    "affiliations": ("AD",),
}
# In a chapter T2 is the book; in a whole work it is the series, or nothing of a journal.
CHAPTER = TABLE | {"journal": ("T2", "JF", "JO")}
WHOLE = TABLE | {"journal": (), "editors": ("A2", "A3")}
TABLES = {
    "book, section": CHAPTER, "book, whole": WHOLE, "book, edited": WHOLE, "dissertation/thesis": WHOLE,
    "dissertation/thesis, unpublished": WHOLE, "dissertation": WHOLE, "thesis": WHOLE, "thesis, unpublished": WHOLE,
    "monograph": WHOLE, "report": WHOLE, "web page": WHOLE, "patent": WHOLE,
}  # fmt: skip
BOOKS = ("book, whole", "book, edited", "monograph")
TYPES = {
    "journal article": "journal article", "journal, electronic": "journal article", "abstract": "abstract",
    "book, section": "book chapter", "book, whole": "book", "book, edited": "book", "monograph": "book",
    "dissertation/thesis": "thesis", "dissertation/thesis, unpublished": "thesis", "dissertation": "thesis",
    "thesis": "thesis", "thesis, unpublished": "thesis", "report": "report",
    "conference proceedings": "conference paper", "newspaper article": "newspaper article",
    "magazine article": "magazine article", "patent": "patent", "web page": "web page",
    "unpublished material": "unpublished", "generic": "",
}  # fmt: skip
OTHERS = (
    *("RT", "SR", "ID", "SP", "OP", "NO", "ED", "PP", "A3", "A4", "A5", "A6", "T3", "AV", "CL", "SF", "OT", "CN", "DB"),
    *("DS", "IP", "RD", "ST", "SL", "LL", "CR", "WT", "WV", "WP", "OL", "WO", "FL", "OR", "RP", "PM", "SE", "FG", "DP"),
    *(f"U{number}" for number in range(1, 16)),
)
KNOWN = {tag for table in (TABLE, CHAPTER) for tags in table.values() for tag in tags} | set(OTHERS)
ONCE = {"SR", "ID", "T1", "YR", "VO", "IS", "SP", "OP", "AB"}  # said again, it is a word of the text above
LINE = re.compile(r"[ \t\ufeff]{0,2}([A-Z][A-Z0-9]{1,4}|vo)(?:[ \t\xa0](.*)|)$", re.S)
START = re.compile(r"^[ \t\ufeff]{0,2}RT[ \t]+[A-Za-z][^\n]*\n[ \t]{0,2}(?:SR|ID|A1|T1)[ \t]", re.M)
LEGEND = "reference type"  # the value of RT where the tags themselves are explained
FURNITURE = " \t\xa0\ufeff\x1a"


def recognises(head: str) -> bool:
    """A reference type (RT) with its source type, number, author or title below."""
    return bool(START.search(head))


def read(source: Source) -> Iterator[Yielded]:
    """Each entry, and each stretch outside any; the legend that explains the tags is a notice."""
    entry: Entry | None = None
    outside, seen, gap = Outside(), False, False
    had: set[str] = set()
    for number, line in source.lines():
        found = LINE.match(line)
        tag = found.group(1) if found and found.group(1) in KNOWN else ""
        value = (found.group(2) or "") if found else ""
        if tag == "RT":
            if entry:
                yield _finish(entry)
            elif outside.first and not seen and not outside.tagged:
                yield Notice(f"the file begins with words of its provider: {outside.text}", outside.first)
                outside = Outside()
            yield from outside.end("text outside any entry")
            entry, seen, had = Entry(number, number), True, set()
            entry.add(tag, value, number)
        elif not line.strip(FURNITURE):
            gap = True
            continue
        elif entry is None:
            outside.add(number, line, tagged=bool(tag))
        elif tag and not (tag in ONCE and tag in had):
            had.add(tag)
            entry.add(tag, value, number)
        else:
            entry.go_on(line, number, gap=gap)
        gap = False
    if entry:
        yield _finish(entry)
    yield from outside.end("text outside any entry")
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _finish(entry: Entry) -> Yielded:
    draft, values = entry.draft(), entry.values()
    kind = values.get("RT", [""])[0].casefold()
    text = "\n".join(f"{tag} {value}" for tag, value, _line in draft.raw)
    if kind == LEGEND:
        return Notice(f"the file begins with a legend of its tags: {text[:200]}", entry.first)
    if not values.keys() & {"T1", "T2", "A1", "A2", "JF", "JO", "AB", "DO"}:
        return Rejected(draft.lines, "an entry without title, people, source and abstract", text)
    take(draft, values, TABLES.get(kind, TABLE))
    draft.add("type", TYPES.get(kind, kind))
    if "keywords" in draft.fields:
        draft.fields["keywords"] = [part for value in draft.fields["keywords"] for part in re.split(r"[;\n]", value)]
    for title in values.get("OT", ()):
        draft.add("alt_titles", {"title": title, "language": ""})
    for value in draft.fields.get("urls", ()) if "doi" not in draft.fields else ():
        if "doi.org/10." in value:
            draft.add("doi", value)
    first, last = values.get("SP", []), values.get("OP", [])
    if kind in BOOKS and first and not last and first[0].isdecimal():
        draft.add("page_count", first[0])  # of a whole book SP says how many pages it has
        return draft
    draft.fields["pages"] = [*first[:1], *(last[:1] if last != first else [])]
    return draft
