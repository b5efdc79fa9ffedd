"""PubMed's nbib (MEDLINE) and ERIC's flavour of it: tags of up to four letters, six-space continuation lines."""

import re
from collections.abc import Iterator

from records import earlier_decisions
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.tagged import UNKNOWN, UNUSUAL, Entry, Outside, given, mark_below, take

NAME = "nbib"
LABEL = "PubMed nbib"

LINE = re.compile(r"^([A-Z][A-Z0-9]{0,3})[ \t\xa0]{0,3}-(?:[ \t\xa0]+(.*)|())$", re.S)
START = re.compile(r"^[\ufeff ]{0,2}(?:PMID[ \t]*-|OWN[ \t]{1,2}-)[ \t]*\S", re.M)
PADDED = re.compile(r"^([A-Z]{2}  |[A-Z]{3} |[A-Z]{4})-(?: |$)", re.M)  # the dash stands in the fifth column
FIRST = {"PMID", "OWN"}
STARTS = ("PMID- ", "OWN - ")
TAGGED = re.compile(r"\n([A-Z][A-Z0-9]{0,3}) {0,3}-[ \t\xa0]+")

# Field of ours: the tags that may hold it, the preferred one first.
TABLE = {
    "editors": ("FED",),
    "volume": ("VI",),
    "issue": ("IP",),
    "abstract": ("AB",),
    "keywords": ("OT", "MH"),
    "thesaurus": ("MH",),
    "copyright": ("CI",),
    "pmid": ("PMID",),
    "pmcid": ("PMC",),
    "issn": ("IS", "ISSN"),
    "language": ("LA",),
    "type": ("PT",),
    "publisher": ("PB",),
    "affiliations": ("AD",),
    "accession": ("OID",),
    "trial_registrations": ("SI",),
    "urls": ("URL",),
}
# Of these only the first tag that says something is taken: the others say the same in short, or something else.
EITHER = {
    "authors": ("FAU", "AU"),
    "year": ("DP", "DEP"),
    "abstract": ("AB", "OAB"),
    "editors": ("FED", "ED"),
}
OTHERS = (
    "TI",
    "BTI",
    "TT",
    "JT",
    "TA",
    "CN",
    "PG",
    "LID",
    "AID",
    "SO",
    "STAT",
    "DCOM",
    "PMCR",
    "MHDA",
    "CRDT",
    "PST",
    "JID",
)
KNOWN = {tag for tags in (*TABLE.values(), *EITHER.values()) for tag in tags} | set(OTHERS)


HEADS = {f"{tag:4}- ": tag for tag in KNOWN - FIRST}  # as PubMed writes them


def recognises(head: str) -> bool:
    """A PMID or OWN line near the beginning, or several tags of MEDLINE with the dash in the fifth column."""
    if START.search(head):
        return True
    tags = [tag.strip() for tag in PADDED.findall(head[:4000])]
    return "TY" not in tags and len(set(tags) & KNOWN) >= 2 and any(tag in KNOWN and len(tag) > 2 for tag in tags[:2])


def read(source: Source) -> Iterator[Yielded]:
    """Each entry; a new one begins at PMID or OWN after a blank line, or where that tag comes a second time."""
    entry: Entry | None = None
    outside = Outside()
    firsts: set[str] = set()
    blank = True
    for number, line, draft in given(source, STARTS, _ends, _plain):
        if draft:
            if entry:
                yield from _finish(entry)
            entry, blank = None, True
            yield from outside.end("text outside any entry")
            yield draft
            continue
        if entry:
            if line[:6] == "      " and (said := line.strip()):
                entry.more.append(said)
                entry.last, blank = number, False
                continue
            if known := HEADS.get(line[:6]):
                entry.add(known, line[6:].lstrip(" \t\xa0"), number)
                blank = False
                continue
        found = LINE.match(line) if line[:1] != " " else None
        tag = found.group(1) if found else ""
        if not found and not line.strip(" \t\xa0\ufeff\x1a"):
            blank = True
            continue
        if tag in FIRST and (entry is None or blank or tag in firsts):
            if entry:
                yield from _finish(entry)
            entry, firsts = Entry(number, number), set()
        elif tag and entry is None:
            entry, firsts = Entry(number, number), set()
        if entry is None:
            outside.add(number, line, tagged=False)
        elif found:
            yield from outside.end("text outside any entry")
            firsts |= FIRST & {tag}
            entry.add(tag, found.group(2) or "", number)
        else:
            entry.go_on(line.strip(), number)
        blank = False
    if entry:
        yield from _finish(entry)
    yield from outside.end("text outside any entry")
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _ends(text: str, at: int, last: bool) -> int:
    """Where the line above a blank one ends, if the next entry follows that; else the entry may go on below it."""
    end = mark_below(text, at, "\n\n", "\n" + text[at : at + 4])
    if end == UNUSUAL:
        return UNUSUAL
    if end == UNKNOWN:
        return len(text) - 1 if last else UNKNOWN
    below = end + 2
    while text.startswith("\n", below):
        below += 1
    if len(text) - below < len(STARTS[0]) and not last:
        return UNKNOWN
    return end if below >= len(text) or text.startswith(STARTS, below) else UNUSUAL


def _plain(number: int, last: int, block: str) -> Draft | None:
    """An entry that is nothing but tags and indented lines, as PubMed writes it."""
    parts = TAGGED.split("\n" + block)
    tags, first_line = parts[1::2], number
    indented = block.count("\n ")
    if len(tags) + indented <= last - number or tags.count("PMID") > 1 or tags.count("OWN") > 1:
        return None
    raw: list[tuple[str, str, int]] = []
    values: dict[str, list[str]] = {}
    for tag, value in zip(tags, parts[2::2], strict=True):
        if "\n" in value:
            first, *more = value.split("\n")
            rows = [first, *map(str.strip, more)]
            if "" in rows[1:]:
                return None
            raw.append((tag, "\n".join(rows), number))
            number += len(rows)
            said = " ".join(rows).strip()
        else:
            raw.append((tag, value, number))
            number += 1
            said = value.strip()
        if said and tag in values:
            values[tag].append(said)
        elif said:
            values[tag] = [said]
    if KNOWN.isdisjoint(values):
        return None
    draft = Draft(raw, {}, (first_line, last))
    _map(draft, values)
    return draft


def _finish(entry: Entry) -> Iterator[Draft | Rejected]:
    draft = entry.draft()
    values = entry.values()
    if not values.keys() & KNOWN:
        text = "\n".join(f"{tag} - {value}" for tag, value, _line in entry.rows)
        yield Rejected((entry.first, entry.last), "an entry without any tag that MEDLINE knows", text)
        return
    _map(draft, {tag: [_flowing(value) for value in found] for tag, found in values.items()})
    yield draft


def _flowing(value: str) -> str:
    """A value whose lines were wrapped at six blanks, in one line."""
    return value.replace("\n", " ") if "\n" in value else value


def _map(draft: Draft, values: dict[str, list[str]]) -> None:
    take(draft, values, TABLE)
    for name, tags in EITHER.items():
        if said := next((values[tag] for tag in tags if tag in values), None):
            draft.fields[name] = said
    if values.get("OWN", [""])[0].upper() == "ERIC" and "OT" in values:  # there these are the thesaurus's descriptors
        draft.fields["thesaurus"] = values["OT"]
    for value in values.get("GN", ()):
        draft.add("decisions", value if earlier_decisions.note(value) else "")
    _titles(draft, values)
    if "CN" in values:
        _groups(draft, values)
    for located in [*values.get("LID", ()), *values.get("AID", ())]:
        if "[doi]" in located or "doi.org/10." in located:
            draft.add("doi", located)
    if "PG" in values:
        draft.fields["pages"] = values["PG"][:1]
    else:  # an article number, or the publisher's item identifier: all that is stated of the place
        draft.fields["pages"] = [v.removesuffix("[pii]").strip() for v in values.get("LID", ()) if v.endswith("[pii]")][
            :1
        ]
    for name in ("type", "pmid", "volume", "issue"):
        draft.fields[name] = draft.fields.get(name, [])[:1]


def _groups(draft: Draft, values: dict[str, list[str]]) -> None:
    """Authors and groups (CN) in the order of the entry; a group's name is never turned round."""
    tag = next((tag for tag in EITHER["authors"] if tag in values), "")
    people, groups = iter(values.get(tag, ())), iter(values["CN"])
    found: list = []
    for each, value, _line in draft.raw:
        if value.strip() and each == "CN":
            found.append({"literal": next(groups)})
        elif value.strip() and each == tag:
            found.append(next(people))
    draft.fields["authors"] = found


def _titles(draft: Draft, values: dict[str, list[str]]) -> None:
    """TI, the book's BTI, and the title in the original language (TT). A chapter's book stands for its journal."""
    own, book, other = (" ".join(values.get(tag, ())) for tag in ("TI", "BTI", "TT"))
    draft.add("title", own or book or other)
    if own and other:
        draft.add("alt_titles", {"title": other, "language": (values.get("LA") or [""])[0]})
    journals = [*values.get("JT", ()), *values.get("TA", ()), *([book] if own and book else [])]
    if journals:
        draft.fields["journal"] = journals
