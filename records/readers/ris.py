"""RIS in all its flavours: EndNote, Zotero, Mendeley, Scopus, Web of Science, Embase, ProQuest, Cochrane, IEEE …

An entry begins at TY and ends at ER, at the next TY or at the end of the file. Unknown tags stay in `raw`.
"""

import re
from collections.abc import Iterator

from records import earlier_decisions
from records.names import NOBODY, order_shows
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.tagged import UNUSUAL, Entry, Outside, given, groups, mark_below, take

NAME = "ris"
LABEL = "RIS"

# Field of ours: the tags that may hold it, the preferred one first.
TABLE = {
    "title": ("TI", "T1", "CT"),
    "authors": ("AU", "A1"),
    "editors": ("A2", "ED", "A3"),
    "year": ("PY", "DA", "Y1"),
    "journal": ("JF", "T2", "JO", "JA", "J1", "J2", "BT"),
    "volume": ("VL",),
    "issue": ("IS", "CP"),
    "abstract": ("AB", "N2"),
    "keywords": ("KW",),
    "doi": ("DO", "DI", "DOI"),
    "pmid": ("PMID",),
    "pmcid": ("PMCID",),
    "urls": ("UR", "LK", "L1", "L2"),
    "issn": ("SN",),
    "language": ("LA",),
    "publisher": ("PB",),
    "accession": ("AN",),
    "affiliations": ("AD",),
}
# A book's own title stands in BT or T2 where TI and T1 are missing; its T2 beside a title is the series, not a journal.
BOOK = TABLE | {"title": ("TI", "T1", "CT", "BT", "T2"), "journal": ("BT",)}
CHAPTER = TABLE | {"journal": ("BT", "T2", "JF", "JO")}
# A paper of a conference may name the conference (T2) and the proceedings (C3).
CONFERENCE = TABLE | {"journal": (*TABLE["journal"], "C3")}
TABLES = {
    "CONF": CONFERENCE,
    "CPAPER": CONFERENCE,
    "BOOK": BOOK,
    "EBOOK": BOOK,
    "EDBOOK": BOOK,
    "CHAP": CHAPTER,
    "ECHAP": CHAPTER,
}
TYPES = {
    "JOUR": "journal article", "JFULL": "journal", "EJOUR": "journal article", "CONF": "conference paper",
    "CPAPER": "conference paper", "BOOK": "book", "EBOOK": "book", "EDBOOK": "book", "CHAP": "book chapter",
    "ECHAP": "book chapter", "THES": "thesis", "RPRT": "report", "GEN": "", "ABST": "abstract",
    "NEWS": "newspaper article", "MGZN": "magazine article", "UNPB": "unpublished", "ELEC": "web page",
    "DATA": "data set", "INPR": "journal article", "PAT": "patent", "DICT": "dictionary entry", "BLOG": "blog post",
}  # fmt: skip
# Kinds whose one author without a comma is as likely a body as a person ("World Bank").
BY_BODIES = {"BOOK", "EBOOK", "EDBOOK", "RPRT", "SER", "PAT", "ELEC", "WEB", "STAND", "GOVDOC", "LEGAL", "STAT", "BILL", "CASE",
             "HEAR", "DATA", "DBASE", "AGGR", "PAMP", "PRESS"}  # fmt: skip
# ProCite writes what RIS has no tag for as a note with its label. Where it names the volume so, VL holds the edition.
LABELLED = {"Volume ID": "volume", "Issue ID": "issue", "Proceedings Title": "journal"}
LABEL_OF = re.compile(rf"({'|'.join(LABELLED)}): (.+)", re.S)
JUDGED = ("N1", "KW", "LB", "U1", "U2", "C1", "NO")  # where tools state what a team decided
# Tags some exporters put a DOI in; taken only where the whole value is one.
MAYBE_DOI = ("M3", "L3", "U1", "U2", "C7", "ID", "N1")
KNOWN = {tag for tags in TABLE.values() for tag in tags} | {
    *("TY", "ER", "SP", "EP", "N1", "ID", "ST", "T3", "TT", "M1", "M2", "M3", "C1", "C2", "C3", "C4", "C5", "C6", "C7"),
    *("C8", "CN", "CY", "DB", "DP", "ET", "L3", "L4", "LB", "NV", "OP", "PP", "RI", "RN", "RP", "SE", "SV", "TA", "Y2"),
    *("U1", "U2", "U3", "U4", "U5", "A4", "AV", "CA", "J9", "NO"),
}
RANGE = re.compile(r"\d\s*[-\u2010-\u2015]\s*\w*\d")
LISTS = {"KW", *TABLE["authors"]}
INNER = KNOWN - {"ER"}
TAGGED = re.compile(r"\n([A-Z][A-Z0-9])  - ")
# Two blanks before the dash make any tag a tag; other spacing ("US - based") only a tag that RIS knows.
STRICT = re.compile(r"^[ \t\xa0\ufeff]{0,3}([A-Z][A-Z0-9]{1,4})(?:  |\xa0\xa0)-(?:[ \t\xa0](.*)|())$", re.S)
LOOSE = re.compile(r"^[ \t\xa0\ufeff]{0,3}([A-Z][A-Z0-9])[ \t\xa0]{0,3}-(?:[ \t\xa0](.*)|())$", re.S)
END = re.compile(r"^[ \t\xa0]{0,3}ER[ \t\xa0]*-?[ \t\xa0]*$")
TAG = re.compile(r"^([A-Z][A-Z0-9])  - \S", re.M)
START = re.compile(r"^[ \t\xa0\ufeff]{0,3}TY[ \t\xa0]{0,3}-[ \t\xa0]*\S", re.M)
BLANKS = " \t\xa0"
FURNITURE = f"{BLANKS}\ufeff\x1a"
WORD = re.compile(r"-.*\w")  # an end mark says nothing more; behind a damaged one a value may stand
COUNT = re.compile(
    r"^(?:EF|<?\d{1,7}\.?>?)?$"
)  # what may stand between entries: nothing, the end mark, the next one's number
WHOLE_DOI = re.compile(r"^(?:https?://\S*/|doi:?\s*)?(10\.\d{4,9}/\S+)$", re.I)
STATED_DOI = re.compile(r"\bdoi:?\s*(?:https?://\S*/)?(10\.\d{4,9}/\S+)", re.I)
PUBMED_URL = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{1,8})\b")


def recognises(head: str) -> bool:
    """A TY line near the beginning, whatever stands before it; or no TY at all, but end marks and three tags of RIS."""
    return ("TY" in head and bool(START.search(head))) or _untyped(head)


def _untyped(head: str) -> bool:
    """Whether entries do without their first line, as some scripts write them."""
    if "\nER  -" not in head or START.search(head):
        return False
    return len({tag for tag in TAG.findall(head) if tag in INNER}) > 3


def read(source: Source) -> Iterator[Yielded]:
    """Each entry of the file, and each stretch outside any entry. Words above the first entry are only a notice."""
    entry: Entry | None = None
    outside, seen, gap = Outside(), False, False
    untyped = _untyped(source.head)
    for number, line, draft in given(source, ("TY  - ",), _ends, _plain):
        if draft:
            if entry:
                yield _finish(entry, "the entry had no end mark (ER)")
                entry = None
            if outside.first:
                yield from _outside(outside, seen)
            seen, gap = True, False
            yield draft
            continue
        if line[2:6] == "  - " and line[:2] in KNOWN:
            tag, value = line[:2], line[6:]
        else:
            tag, value = _tagged(line)
        if tag == "TY":
            if entry:
                yield _finish(entry, "the entry had no end mark (ER)")
            yield from _outside(outside, seen)
            seen = True
            entry = Entry(number, number)
            entry.add(tag, value, number)
        elif entry is None and untyped and tag in INNER:
            seen, entry = True, Entry(number, number)
            entry.add(tag, value, number)
        elif entry is None:
            if (tag != "ER" or WORD.search(line, 2)) and not COUNT.match(line.strip(FURNITURE)):
                outside.add(number, line, tagged=bool(tag))
        elif tag == "ER":
            entry.last = number
            yield _finish(entry)
            entry = None
        elif tag:
            entry.add(tag, value, number)
        elif line.strip(FURNITURE):
            entry.go_on(line, number, gap=gap)
        gap = not line
    if entry:
        yield _finish(entry, "the last entry had no end mark (ER)")
    yield from _outside(outside, seen)
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _ends(text: str, at: int, _last: bool) -> int:
    """Where the line of the end mark ends; UNUSUAL where anything stands behind the mark."""
    mark = mark_below(text, at, "\nER  -", "\nTY  - ")
    end = text.find("\n", mark + 1) if mark > 0 else mark
    return end if end < 0 or not text[mark + 6 : end].strip(BLANKS) else UNUSUAL


def _plain(number: int, last: int, block: str) -> Draft | None:
    """An entry from its first tag to its end mark, if it is written as it should be: each tag has its dash in place, and the
    lines between are nothing but words that go on."""
    parts = TAGGED.split(block[6 : block.rindex("\n")])
    tags, said = ["TY", *parts[1::2]], parts[::2]
    if "TY" in tags[1:]:
        return None
    values: dict[str, list[str]] = {}
    for tag, value in zip(tags, map(str.strip, said), strict=True):
        if value:
            if tag in values:
                values[tag].append(value)
            else:
                values[tag] = [value]
    if last - number == len(tags):
        return _map(Draft([*zip(tags, said, range(number, last), strict=True)], {}, (number, last)), values)
    draft, line = Draft(lines=(number, last)), number
    for tag, value in zip(tags, said, strict=True):  # some lines go on
        draft.raw.append((tag, value, line))
        line += 1
        if "\n" in value:
            more = value.split("\n")[1:]
            if not all(map(_words, more)):
                return None
            line += len(more)
    _lists(values)
    return _map(draft, values)


def _words(line: str) -> bool:
    """Whether a line can be nothing but words that go on: neither blank, nor a tag in other spacing, nor an end mark."""
    said = line.strip(FURNITURE)
    return bool(said) and (("-" not in line[:12] and not said.startswith("ER")) or not _tagged(line)[0])


def _tagged(line: str) -> tuple[str, str]:
    """The tag of a line and its value; no tag for a line that goes on."""
    if END.match(line):
        return "ER", ""
    found = STRICT.match(line)
    if not found:
        found = LOOSE.match(line)
        if found and found.group(1) not in KNOWN:
            return "", ""
    return (found.group(1), found.group(2) or "") if found else ("", "")


def _outside(stretch: Outside, seen: bool) -> Iterator[Rejected | Notice]:
    """Words above the first entry are the provider's; tagged lines, or anything between entries, may be a lost entry."""
    if stretch.first and not seen and not stretch.tagged:
        yield Notice(f"the file begins with words of its provider: {stretch.text}", stretch.first)
        list(stretch.end(""))
    yield from stretch.end("text outside any entry")


def _finish(entry: Entry, notice: str = "") -> Draft:
    draft = entry.draft()
    if notice:
        draft.notices.append(notice)
    values = entry.values()
    _lists(values)
    return _map(draft, values)


def _lists(values: dict[str, list[str]]) -> None:
    """In AGRIS's exports and some others every line of a list is a value."""
    for tag in LISTS:
        if tag in values and "\n" in "".join(values[tag]):
            values[tag] = [part for value in values[tag] for part in value.split("\n")]


def _map(draft: Draft, values: dict[str, list[str]]) -> Draft:
    """Fill a draft's fields from the values of its tags."""
    kind = values.get("TY", [""])[0].upper()
    if values.get("A1") == values.get("AU"):  # some exporters give one list twice
        values.pop("A1", None)
    take(draft, values, TABLES.get(kind, TABLE))
    if kind.endswith("BOOK") and draft.fields.get("journal", [""])[0] == draft.fields.get("title", [None])[0]:
        del draft.fields["journal"]  # a book's own title is no journal
    draft.add("type", TYPES.get(kind, kind.lower()))
    for title in values.get("TT", ()):
        draft.add("alt_titles", {"title": title, "language": ""})
    if "M1" in values:
        _issue(draft, values)
    _pages(draft, values)
    _identifiers(draft, values)
    if "N1" in values:
        _labelled(draft, values["N1"])
    notes = [note for tag in JUDGED if tag in values for note in values[tag]]
    if notes and earlier_decisions.note("\n".join(notes)):
        draft.fields["decisions"] = [note for note in notes if earlier_decisions.note(note)]
    for name in ("authors", "editors"):
        people = draft.fields.get(name, [])
        if [each for each in people if "," not in each[:-1]]:  # the others are plainly "Family, Given"
            groups(people)
            _bodies(people, kind)
    return draft


def _labelled(draft: Draft, notes: list[str]) -> None:
    """What ProCite says in labelled notes."""
    for note in notes:
        if found := LABEL_OF.fullmatch(note):
            draft.fields[LABELLED[found.group(1)]] = [found.group(2)]


def _bodies(people: list, kind: str) -> None:
    """Where other names have their commas, a name of whole words without one may be a group: it stays as it stands."""
    bare = [each for each in people if "," not in each]
    if not bare or (len(bare) == len(people) and (len(people) > 1 or kind not in BY_BODIES)):
        return
    for place, each in enumerate(people):
        if "," not in each and " " in each and not order_shows(each) and each.casefold() not in NOBODY:
            people[place] = {"literal": each}


def _issue(draft: Draft, values: dict[str, list[str]]) -> None:
    """EndNote writes the issue to M1; other things stand there too, so only a short number is taken."""
    if "issue" not in draft.fields and "VL" in values:
        for value in values.get("M1", ())[:1]:
            if value.isdecimal() and len(value) < 5:
                draft.add("issue", value)


def _pages(draft: Draft, values: dict[str, list[str]]) -> None:
    """SP and EP, or both in one of them, or the article number (C7)."""
    first, last = values.get("SP", ()), values.get("EP", ())
    if first and last and first[0] != last[0] and (first[0].isdecimal() or not RANGE.search(first[0])):
        draft.fields["pages"] = [first[0], last[0]]
    elif first or last:
        draft.fields["pages"] = [(first or last)[0]]
    elif "C7" in values:
        draft.fields["pages"] = [values["C7"][0]]


def _identifiers(draft: Draft, values: dict[str, list[str]]) -> None:
    """DOI and PMID where they are stated in other fields than their own."""
    if "doi" not in draft.fields:
        may_be = [value for tag in MAYBE_DOI if tag in values for value in values[tag] if "10." in value]
        stated = [found for value in may_be if (found := WHOLE_DOI.match(value))]
        notes = [value for value in values.get("N1", ()) if "10." in value]
        stated += [found for value in notes if (found := STATED_DOI.search(value))]
        for found in stated:
            draft.add("doi", found.group(1))
        for value in values.get("UR", ()) if not stated else ():
            draft.add("doi", doi_in_url(value))
    if "pmid" not in draft.fields:
        if "AN" in values and any(
            "medline" in db.casefold() or "pubmed" in db.casefold() for db in values.get("DB", ())
        ):
            draft.fields["pmid"] = values["AN"]
        for value in values.get("UR", ()):
            if "ncbi" in value and (found := PUBMED_URL.search(value)):
                draft.add("pmid", found.group(1))
    for value in values.get("C2", ()):
        if value.upper().startswith("PMC"):
            draft.add("pmcid", value)


def doi_in_url(url: str) -> str:
    """The DOI a web address ends with, without what publishers hang on to it, or an empty string."""
    found = re.search(r"10\.\d{4,9}/[^\s?#&]+", url)
    return re.sub(r"/(?:abstract|full|pdf|epdf|html|fulltext|meta|summary)/?$", "", found.group(0)) if found else ""
