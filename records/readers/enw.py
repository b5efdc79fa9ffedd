"""EndNote's tagged export (.enw), Refer and BibIX: a percent sign, one character, a blank, the value.

What parts the entries is a blank line, not a tag: many files have no %0. A block of lines is an entry of its own where it has
a %0 or a title, or says again what an entry says only once; else it goes on with the entry above, which a blank line split.
"""

import re
from collections.abc import Iterator

from records import earlier_decisions
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.tagged import Entry, Outside, take

NAME = "enw"
LABEL = "EndNote tagged (Refer)"

# Field of ours: the tags that may hold it, the preferred one first.
TABLE = {
    "title": ("T",),
    "authors": ("A",),
    "editors": ("E",),
    "year": ("D", "8"),
    "journal": ("J", "B"),
    "volume": ("V",),
    "issue": ("N",),
    "pages": ("P",),
    "abstract": ("X",),
    "keywords": ("K",),
    "urls": ("U",),
    "issn": ("@",),
    "language": ("G",),
    "publisher": ("I",),
    "accession": ("M",),
    "affiliations": ("+",),
}
TYPES = {
    "journal article": "journal article", "electronic article": "journal article", "book": "book",
    "edited book": "book", "electronic book": "book", "book section": "book chapter",
    "electronic book section": "book chapter", "conference proceedings": "conference paper",
    "conference paper": "conference paper", "thesis": "thesis", "report": "report", "newspaper article": "newspaper article",
    "magazine article": "magazine article", "patent": "patent", "web page": "web page", "dataset": "data set",
    "unpublished work": "unpublished", "generic": "",
}  # fmt: skip
BOOKS = {"book", "edited book", "electronic book"}
# In these %B is a series, a department or a site, not the journal.
NO_JOURNAL = BOOKS | {"thesis", "report", "web page", "patent", "dataset", "computer program", "unpublished work"}
A_LINE_EACH = ("A", "E", "K", "U")  # EndNote writes keywords one a line below a single %K
ONCE = set("0TDJBVNPXRM8")  # what an entry says only once
TAGS = "0-9A-Z@!&()^~<>?+*$#=:;,\\[\\]"
LINE = re.compile(rf"%([{TAGS}])(?:[ \t\xa0](.*)|)$", re.S)
START = re.compile(r"^\ufeff?%[0ATEDJB] [ \t]*\S", re.M)
BIBTEX = re.compile(r"^[ \t]*@[A-Za-z]+\s*[{(]", re.M)
FURNITURE = " \t\xa0\ufeff\x1a"
WHOLE_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?10\.\d{4,9}/\S+", re.I)
EXTENT = re.compile(r"\b(\d{1,5})\s*(?:s|p|pp|pages?|Seiten|S)?\.?$")  # "XX, 327", "173 s.": how many pages a book has


def recognises(head: str) -> bool:
    """A line with a tag such as %0, %A or %T and a value; in BibTeX a percent sign begins a remark."""
    return bool(START.search(head)) and not BIBTEX.search(head)


Row = tuple[int, str, str | None, bool]  # line, value, tag or None for a line that goes on, whether a gap stands above


def read(source: Source) -> Iterator[Yielded]:
    """Each entry, and each stretch outside any."""
    entry: list[Row] = []
    block: list[Row] = []
    had: set[str] = set()  # the tags of the entry, and of the block below it
    tags: set[str] = set()
    outside, gap = Outside(), False
    for number, line in source.lines():
        if not line.strip(FURNITURE):
            gap = True
            continue
        found = LINE.match(line.lstrip("\ufeff"))
        tag = found.group(1) if found else ""
        if not tag and not block:
            outside.add(number, line, tagged=False)
            gap = False
            continue
        if outside.first and not entry and not block:  # words above the first entry are somebody's remark
            yield Notice(f"the file begins with words of its provider: {outside.text}", outside.first)
            outside = Outside()
        if tag and block and (gap or (tag in tags and (tag == "0" or (tag == "T" and block[0][2] == "T")))):
            if entry and _opens(tags, had):
                yield _finish(entry)
                entry, had = [], set()
            entry += block
            had |= tags
            block, tags = [], set()
        if tag:
            tags.add(tag)
        block.append((number, (found.group(2) or "") if found else line, tag or None, gap))
        gap = False
    if entry and _opens(tags, had):
        yield _finish(entry)
        entry = []
    if entry or block:
        yield _finish(entry + block)
    yield from outside.end("text outside any entry")
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _opens(tags: set[str], had: set[str]) -> bool:
    """Whether a block with these tags is an entry of its own, not the rest of the one above, which has had those."""
    return "0" in tags or bool(tags & had & ONCE) or ("A" in tags and tags <= had)


def _finish(rows: list[Row]) -> Draft | Rejected:
    entry = Entry(rows[0][0], rows[0][0])
    for number, value, tag, gap in rows:
        if tag is None:
            entry.go_on(value, number, gap=gap)
        else:
            entry.add(tag, value, number)
    values = entry.values()
    draft = entry.draft()
    draft.raw = [("%" + tag, value, line) for tag, value, line in draft.raw]
    if not any(tag in values for tag in "TAEBJXRU"):
        return Rejected(draft.lines, "an entry without title, people, source and abstract", rows[0][1])
    if len(values.get("T", ())) > 1:
        draft.notices.append("two titles stand in this entry: a blank line may be missing")
    _fill(draft, values)
    return draft


def _fill(draft: Draft, values: dict[str, list[str]]) -> None:
    kind = values.get("0", [""])[0].casefold()
    table = TABLE | {"journal": ("J",)} if kind in NO_JOURNAL else TABLE
    for tag in A_LINE_EACH:
        if tag in values:
            values[tag] = [part for value in values[tag] for part in map(str.strip, value.split("\n")) if part]
    take(draft, values, table)
    for name in ("title", "journal"):
        if any("\n" in value for value in draft.fields.get(name, ())):
            draft.fields[name] = [value.replace("\n", " ") for value in draft.fields[name]]
    for name in ("authors", "editors"):
        if name in draft.fields:
            draft.fields[name] = [_person(value) for value in draft.fields[name]]
    draft.add("type", TYPES.get(kind, kind))
    for title in values.get("Q", ()):
        draft.add("alt_titles", {"title": title, "language": ""})
    for value in (*values.get("Z", ()), *values.get("O", ())):  # notes
        draft.add("decisions", value if earlier_decisions.note(value) else "")
    for value in values.get("R", ()):
        if WHOLE_DOI.fullmatch(value):
            draft.add("doi", value)
    for value in values.get("U", ()):
        if "doi.org/10." in value and "doi" not in draft.fields:
            draft.add("doi", value)
    pages = values.get("P", [""])[0]
    if kind in BOOKS and not re.search(r"\d\s*[-\u2010-\u2015]\s*\d", pages):
        draft.fields.pop("pages", None)
        if found := EXTENT.search(pages):
            draft.add("page_count", found.group(1))


def _person(value: str) -> object:
    """EndNote ends a group's name with a comma: such a name is never turned round."""
    return {"literal": value.rstrip(", ")} if value.endswith(",") else value
