"""Web of Science's tagged export (plain text, .ciw, .isi), of the Core Collection and of the databases beside it.

Two-letter tags, lines that go on behind three blanks; an entry begins at PT and ends at ER, at the next PT, at the head of
the next export (FN) or at the end of the file. Unknown tags stay in `raw`.
"""

import re
from collections.abc import Iterator

from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.tagged import UNUSUAL, Entry, Outside, given, mark_below, take

NAME = "wos"
LABEL = "Web of Science (tagged)"

# Field of ours: the tags that may hold it, the preferred one first.
TABLE = {
    "title": ("TI",),
    "editors": ("BE", "ED"),
    "journal": ("SO", "JI", "J9"),
    "volume": ("VL",),
    "issue": ("IS",),
    "abstract": ("AB",),
    "doi": ("DI",),
    "pmid": ("PM",),
    "issn": ("SN", "EI", "BN"),
    "language": ("LA",),
    "publisher": ("PU",),
    "accession": ("UT", "AN"),
    "affiliations": ("C1",),
    "cited_by_count": ("TC", "Z9"),
    "page_count": ("PG",),
}
AUTHORS = (("AF", "AU"), ("BF", "BA"))  # full names and short ones; of a book's authors where there are no others
GROUPS = ("CA", "GP")  # a group's name is never turned round
YEARS = ("PY", "PD", "EY", "EA")  # the first that states one
KEYWORDS = ("DE", "ID", "MH", "BD", "OR")  # author's words, Keywords Plus, MeSH, broad descriptors, organisms
THESAURUS = {"ID", "MH", "BD", "OR"}
SECOND_TITLES = ("FT", "X1", "Y1", "Z1")  # foreign title; titles in the other languages of a regional index
SECOND_ABSTRACTS = ("X4", "Y4", "Z4")  # taken only where there is no other
KINDS = {"B": "book", "S": "book in a series", "P": "patent"}  # of PT, where no document type (DT) is stated
A_LINE_EACH = {"AU", "AF", "BA", "BF", "BE", "ED", "CA", "GP", "C1"}  # in these, every line is a value of its own
START, END, HEAD = "PT", "ER", {"FN", "VR", "EF"}
USED = {
    *(tag for tags in TABLE.values() for tag in tags), *(tag for pair in AUTHORS for tag in pair),
    *GROUPS, *YEARS, *KEYWORDS, *SECOND_TITLES, *SECOND_ABSTRACTS, START, "DT", "BP", "EP", "AR", "PS", "SP", "D2",
}  # fmt: skip
KNOWN = USED | {
    END, *HEAD,
    *("DT", "EM", "RI", "OI", "FU", "FX", "CR", "NR", "U1", "U2", "PI", "PA", "CT", "CY", "CL", "SP", "HO", "SE", "BS"),
    *("BP", "EP", "AR", "D2", "P2", "EA", "WC", "SC", "GA", "RP", "DA", "OA", "HC", "HP", "SU", "SI", "PN", "MA", "PS"),
    *("AE", "DC", "PX", "CI", "CN", "CC", "OR", "BD", "TN", "ST", "MC", "MI", "GE", "MQ", "SS", "SD", "TA", "TD", "PR"),
    *("Z2", "Z3", "Z4", "Z5", "Z6", "Z7", "Z8", "ZB", "ZR", "ZA", "ZS", "ZK", "C3", "WE", "TM", "NM", "CH", "MS", "SA"),
    *("OP", "TY", "BR", "RC", "DS", "EC", "CP", "GI", "SF", "NO", "ME", "MT", "X1", "X4", "Y1", "Y4", "PE", "RG", "RS"),
}  # fmt: skip
MARKS = {START, END, *HEAD}
INNER = KNOWN - MARKS
TAGGED = re.compile(r"\n([A-Z][A-Z0-9]) ")
GAP = re.compile(r"\n   \s*(?:\n|$)")
LINE = re.compile(r"([A-Z][A-Z0-9])(?:[ \t\xa0](.*)|)$", re.S)
BEGINNING = re.compile(
    r"^[\ufeff \t]{0,2}(?:FN [^\n]*\n\s*(?:VR|PT)[ \t]|PT[ \t]+[A-Z][ \t]*\n[A-Z][A-Z0-9][ \t])", re.M
)
EMPTY_HEAD = re.compile(r"^[\ufeff\s]*FN [^\n]*\n\s*VR [^\n]*", re.M)
FURNITURE = " \t\xa0\ufeff\x1a"
PAGE = re.compile(r"[A-Za-z]{0,3}\d+[A-Za-z]?")
SHORT_NAME = re.compile(r"(.*[^\W\d_]{2}.*?) ([A-Z]{1,3})")  # "YANG Y"
MAIL = re.compile(r"\s*\([^()]*@[^()]*\)")
LONGEST_NAME = 300
MEDLINE = re.compile(r"MEDLINE:(\d{1,8})$")


def recognises(head: str) -> bool:
    """The export's own head (FN, VR), or a publication type of one letter (PT) with another tag below it."""
    return bool(BEGINNING.search(head) or EMPTY_HEAD.match(head))


def read(source: Source) -> Iterator[Yielded]:
    """Each entry, and each stretch outside any; a head without any entry below it is rejected, not a success."""
    entry: Entry | None = None
    # indented: whether lines go on behind blanks, as they should; some copies have lost them
    outside, heads, anything, indented = Outside(), Outside(), False, True
    for number, line, draft in given(source, ("PT ",), _ends, _plain):
        if draft:
            if entry:
                yield from _finish(entry.draft(), "the entry had no end mark (ER)")
            yield from _outside(outside, anything or bool(heads.first))
            entry, anything, indented = None, True, True
            yield from _finish(draft)
            continue
        if entry:
            if line[:3] == "   " and not line.isspace():
                entry.more.append(line[3:])
                entry.last = number
                continue
            if indented and line[2:3] == " " and line[:2] in INNER:
                entry.add(line[:2], line[3:], number)
                continue
        tag, value = _tagged(line, entry, indented)
        if tag == END:
            if entry:
                entry.last = number
                yield from _finish(entry.draft())
            entry = None
        elif tag == START or tag in HEAD:
            if entry:
                yield from _finish(entry.draft(), "the entry had no end mark (ER)")
            entry = None
            anything = anything or bool(outside.first and heads.first)
            yield from _outside(outside, anything or bool(heads.first))
            if tag in HEAD:
                heads.add(number, line, tagged=True)
        elif entry is None and not tag and line.strip(FURNITURE):
            outside.add(number, line, tagged=False)
        if tag and tag != END and tag not in HEAD:
            if entry is None:
                yield from _outside(outside, anything or bool(heads.first))
                entry, anything, indented = Entry(number, number), True, True
            entry.add(tag, value, number)
        elif entry and not tag and line.strip(FURNITURE):
            indented = indented and line[:1] in " \t\xa0"
            entry.go_on(line, number)
    if entry:
        yield from _finish(entry.draft(), "the last entry had no end mark (ER)")
    anything = anything or bool(outside.first and heads.first)
    yield from _outside(outside, anything or bool(heads.first))
    if not anything:
        yield from heads.end("the head of an export without any entry")
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _outside(stretch: Outside, seen: bool) -> Iterator[Rejected | Notice]:
    """Words above the first head or entry are somebody's remark; below, they may be a lost entry."""
    if stretch.first and not seen:
        yield Notice(f"the file begins with words of its provider: {stretch.text}", stretch.first)
        list(stretch.end(""))
    yield from stretch.end("text outside any entry")


def _tagged(line: str, entry: Entry | None, indented: bool) -> tuple[str, str]:
    """The tag of a line and its value; no tag for a line that goes on.

    Where lines go on without blanks before them, two capitals may be words of the text: then only a tag that is known
    and that the entry has not had yet is one.
    """
    if line[:1] in " \t\xa0":
        return "", ""
    found = LINE.match(line)
    if not found:
        return "", ""
    tag, value = found.group(1), found.group(2) or ""
    if tag in (END, "EF") and value.strip(FURNITURE):  # the marks at the end say nothing more
        return "", ""
    if entry is None or tag in HEAD or tag == END:
        return (tag, value) if tag in KNOWN else ("", "")
    if tag == START:
        return (tag, value) if len(value.split()) < 2 else ("", "")
    if not indented and (tag not in KNOWN or any(tag == had for had, _value, _line in entry.rows)):
        return "", ""
    return tag, value


def _ends(text: str, at: int, _last: bool) -> int:
    """Where the line of the end mark ends; UNUSUAL where anything stands behind the mark."""
    mark = mark_below(text, at, "\nER", "\nPT ")
    end = text.find("\n", mark + 1) if mark > 0 else mark
    return end if end < 0 or not text[mark + 3 : end].strip(FURNITURE) else UNUSUAL


def _plain(number: int, last: int, block: str) -> Draft | None:
    """An entry that is nothing but tags and indented lines, as the export writes it; its fields are still empty."""
    block = block[3 : block.rindex("\n")]
    parts = TAGGED.split(block)
    tags = [START, *parts[1::2]]
    indented = block.count("\n   ")
    if len(parts[0]) > 1 or not MARKS.isdisjoint(tags[1:]) or len(tags) + indented < last - number or GAP.search(block):
        return None
    draft = Draft(lines=(number, last))
    keep = draft.raw.append
    for tag, value in zip(tags, parts[::2], strict=True):
        if "\n" in value:
            keep((tag, value.replace("\n   ", "\n"), number))
            number += value.count("\n") + 1
        else:
            keep((tag, value, number))
            number += 1
    return draft


def _finish(draft: Draft, notice: str = "") -> Iterator[Draft | Rejected]:
    stated: dict[str, list[str]] = {}
    for tag, value, _line in draft.raw:
        if tag not in USED:
            continue
        if "\n" not in value:
            parts = [said] if (said := value.strip()) else []
        elif tag in A_LINE_EACH:
            parts = [part for part in map(str.strip, value.split("\n")) if part]
        else:
            parts = [said] if (said := value.replace("\n", " ").strip()) else []
        stated[tag] = stated[tag] + parts if tag in stated else parts
    if not any(stated.get(tag) for tag in ("TI", "SO", "UT", "AB", "AU", "AF", "DI", "CA", "FT")):
        text = "\n".join(f"{tag} {value}" for tag, value, _line in draft.raw)
        yield Rejected(draft.lines, "an entry without title, authors, source, abstract and number", text)
        return
    if notice:
        draft.notices.append(notice)
    if START not in stated:
        draft.notices.append("the entry had no beginning (PT)")
    fill(draft, {tag: values for tag, values in stated.items() if values})
    yield draft


def fill(draft: Draft, values: dict[str, list[str]]) -> None:
    """Fill a draft's fields from the values of Web of Science's tags; the tab-delimited export has the same ones."""
    take(draft, values, TABLE)
    for full, short in AUTHORS:
        if not draft.fields.get("authors"):
            names = max(values.get(full, []), values.get(short, []), key=len)  # the full names, unless some are missing
            draft.fields["authors"] = [*map(_person, names)]
    for group in GROUPS[: 1 if draft.fields["authors"] else None]:
        draft.fields["authors"] += [{"literal": name} for name in values.get(group, ())]
    if "editors" in draft.fields:
        draft.fields["editors"] = [*map(_person, draft.fields["editors"])]
    for value in (value for tag in YEARS if tag in values for value in values[tag]):
        draft.add("year", value)
    _keywords(draft, values)
    for title in (title for tag in SECOND_TITLES if tag in values for title in values[tag]):
        draft.add("alt_titles", {"title": title, "language": ""})
    if "abstract" not in draft.fields:
        draft.fields["abstract"] = next((values[tag] for tag in SECOND_ABSTRACTS if tag in values), [])
    kind = values.get(START, [""])[0].upper()
    draft.fields["type"] = [*values.get("DT", ()), *filter(None, [KINDS.get(kind)])]
    if kind == "B":
        _book(draft, values)
    draft.fields["pages"] = _pages(values)
    for found in map(MEDLINE.match, values.get("UT", ())):
        if found and "pmid" not in draft.fields:
            draft.add("pmid", found.group(1))


def _keywords(draft: Draft, values: dict[str, list[str]]) -> None:
    """The words of all lists; an indexer's, and no author's, are the thesaurus's too."""
    found: list[str] = []
    indexed: list[str] = []
    for tag in KEYWORDS:
        for value in values.get(tag, ()):
            words = [word for part in value.split(";") if (word := part.strip())]
            found += words
            if tag in THESAURUS:
                indexed += words
    draft.fields["keywords"], draft.fields["thesaurus"] = found, indexed


def _person(value: str) -> object:
    """A name without the e-mail behind it. The family name comes first here: where no comma parts it from the given
    name, it is kept as it stands, except before bare initials (a patent's inventors)."""
    if len(value) > LONGEST_NAME:
        return value
    name = MAIL.sub("", value)
    if "," in name or ";" in name or " " not in name:
        return name
    found = SHORT_NAME.fullmatch(name)
    return f"{found.group(1)}, {found.group(2)}" if found else {"literal": name}


def _book(draft: Draft, values: dict[str, list[str]]) -> None:
    """A book's own title is no journal, and the book's DOI (D2) is its own unless the entry is a chapter."""
    own = {title.casefold().rstrip(" .") for title in values.get("TI", ())}
    journals = [name for name in draft.fields.get("journal", ()) if name.casefold().rstrip(" .") not in own]
    draft.fields["journal"] = journals if len(journals) == len(draft.fields.get("journal", ())) else []
    if "DI" not in values and not any("chapter" in kind.casefold() for kind in values.get("DT", ())):
        draft.fields["doi"] = values.get("D2", [])


def _pages(values: dict[str, list[str]]) -> list[str]:
    """First and last page (BP, EP); else both in one (PS), Inspec's first page (SP), or the article number (AR).

    Elsewhere SP names the sponsors of a conference, so it counts only where it is a page.
    """
    first, last = values.get("BP", []), values.get("EP", [])
    if not first and not values.get("PS"):
        first = [value for value in values.get("SP", ()) if PAGE.fullmatch(value)]
    if first:
        return [first[0], *last[:1]] if last and last[0] != first[0] else first[:1]
    return (values.get("PS") or values.get("AR") or last)[:1]
