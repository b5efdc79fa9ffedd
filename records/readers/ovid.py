"""Ovid's exports: numbered entries (`<1. >`) of two-letter tags ("TI  - "), or of words ("Title") with their values below.

Where a journal, volume, issue or page has no tag of its own it is taken from the citation (SO), by `ovid_source`.
"""

import re
from collections.abc import Iterator

from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.ovid_source import names_in, split_book, split_source
from records.readers.tagged import Entry, Outside, take

NAME = "ovid_tagged"
LABEL = "Ovid (tagged)"

# Field of ours: the tags that may hold it, the preferred one first.
TABLE = {
    "year": ("YR", "DP"),
    "journal": ("JN", "JT", "NJ", "TA"),
    "volume": ("VO", "VI"),
    "issue": ("IP",),
    "abstract": ("AB",),
    "doi": ("DO", "DI"),
    "pmid": ("PM",),
    "issn": ("IS", "ES", "IL", "IB"),
    "language": ("LG", "LA"),
    "type": ("DT", "PT"),
    "publisher": ("PB", "PU"),
    "accession": ("AN", "UI"),
    "urls": ("UR",),
}
KEYWORDS = ("KW", "MH", "SH", "DE", "ID")
THESAURUS = {"MH", "SH", "DE"}
WITH_COMMAS = {"DE", "ID"}  # descriptors and key concepts stand in one line with commas between
OTHER_TITLES = ("TT", "OT")
# The words that stand for tags where an export is labelled.
LABELS = {
    "title": "TI", "article title": "TI", "author": "AU", "authors": "AU", "author(s)": "AU", "source": "SO", "citation": "SO",
    "abstract": "AB", "accession number": "AN", "unique identifier": "UI", "doi number": "DO", "doi": "DO",
    "digital object identifier": "DO", "issn": "IS", "issn print": "IS", "issn electronic": "ES", "isbn": "IB",
    "author keywords": "KW", "keyword heading": "KW", "keywords": "KW", "keyword": "KW", "mesh subject headings": "MH",
    "subject headings": "MH", "mesh headings": "MH", "institution": "IN", "author affiliation": "IN", "language": "LG",
    "publication type": "PT", "document type": "DT", "year of publication": "YR", "publication year": "YR", "year": "YR",
    "date of publication": "DP", "publication date": "DP", "journal name": "JN", "journal": "JN", "journal title": "JN",
    "volume": "VO", "volume number": "VO", "issue": "IP", "issue/part": "IP", "issue number": "IP", "pages": "PG",
    "page": "PG", "pagination": "PG", "publisher": "PB", "pmid": "PM", "pubmed id": "PM", "book title": "BT",
    "editor": "BE", "editors": "BE", "original title": "OT", "url": "UR", "database": "DB", "corporate author": "CA",
}  # fmt: skip
SAID = {"TI", "SO", "AB", "AU", "UI", "AN", "BT", "DO"}  # one of these an entry has
NUMBER = re.compile(r"[ \t\ufeff]{0,3}<\s?\d{1,7}\s?\.?\s?>\s*$")
TAG = re.compile(r" ?([A-Z][A-Z0-9])( {1,2})-(?: (.*)|)$", re.S)
LABEL_LINE = re.compile(r"[A-Z][A-Za-z][A-Za-z &/()'-]{0,58}$")
START = re.compile(
    r"^[ \t\ufeff]{0,3}<\s?\d{1,7}\s?\.?\s?>[ \t]*\n+ ?(?:[A-Z][A-Z0-9] {1,2}- |[A-Z][A-Za-z &/()'-]+\n[ \t]+\S)"
    r"|^[ \ufeff]{0,2}VN {1,2}- Ovid Tech",
    re.M,
)
FURNITURE = " \t\xa0\ufeff\x1a"
# What Ovid puts behind a title: that it has references, its kind, its language. Glued to the full stop, anything is.
REMARK = re.compile(
    r"(?<=[.?!\]])(?:\[[A-Z][^\[\]]{2,60}\]|\s+\[(?:references|(?:\d+ )?refs?|review|article|report|letter|editorial|comment|"
    r"miscellaneous|erratum|abstract|news|case reports?|original report|english|french|german|spanish|italian|portuguese|"
    r"russian|chinese|japanese|korean|polish|turkish|dutch|danish|swedish|norwegian|czech|hungarian)\])\.?$",
    re.I,
)
ROLE = re.compile(r"\s*\[[^\[\]]*\]\s*$")  # "[Author, Reprint Author; E-mail: …]"
FOOTNOTE = re.compile(r"(?:\s+(?:\(?\d+\)?(?:,\s?\d+)*|[*+#^]+))+$")
DEGREE = (
    r"(?:MD|M\.D\.|Ph\.?D\.?|DPhil|MPhil|MSc|M\.Sc\.|BSc|MPH|DrPH|ScD|RN|MSN|BSN|DNP|CRNA|FAAN|PharmD|DDS|DMD|DVM|MBBS|"
    r"MB ?ChB|FRCPC?|FRCS|FACS|FACP|EdD|PsyD|MBA|BDS|CNM|MRCP|LCSW)"
)
DEGREES = re.compile(rf"(?<=[\w.])(?:[,;]?\s+{DEGREE})+$")
ONLY_DEGREES = re.compile(rf"(?:{DEGREE}[,\s]*)+$")
LONGEST_LINE, LONGEST_NAME = 20_000, 300  # what is longer is no list of names, and no name
NO_PAGES = re.compile(r"no pagination", re.I)


def recognises(head: str) -> bool:
    """A number in angle brackets with a tag or a labelled value below it, or Ovid's own line (VN)."""
    return ("<" in head or "VN " in head) and bool(START.search(head))


def read(source: Source) -> Iterator[Yielded]:
    """Each entry; what stands above the first one (a search strategy, often) is a notice."""
    entry: Entry | None = None
    outside, gap = Outside(), False
    spacing = ""  # of this entry's tags: one blank or two before the dash; None where it has labels
    for number, line in source.lines():
        if not line.strip(FURNITURE):
            gap = True
            continue
        found = TAG.match(line)
        if NUMBER.match(line) or (found and found.group(1) == "VN" and (entry is None or _has(entry, "VN"))):
            if entry:
                yield _finish(entry)
            elif outside.first:
                yield Notice(f"the file begins with words of its provider: {outside.text}", outside.first)
                outside = Outside()
            entry, spacing = Entry(number, number), ""
            if NUMBER.match(line):
                entry.add("", line, number)
                gap = False
                continue
        if entry is None:
            outside.add(number, line, tagged=False)
        elif found and spacing in ("", found.group(2)):
            spacing = found.group(2)
            entry.add(found.group(1), found.group(3) or "", number)
        elif spacing in ("", "label") and LABEL_LINE.match(line):
            spacing = "label"
            entry.add(line.strip(), "", number)
        else:
            entry.go_on(line, number, gap=gap)
        gap = False
    if entry:
        yield _finish(entry)
    yield from outside.end("text outside any entry")
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _has(entry: Entry, tag: str) -> bool:
    return any(tag == had for had, _value, _line in entry.rows)


def _finish(entry: Entry) -> Draft | Rejected:
    draft = entry.draft()
    values: dict[str, list[str]] = {}
    for label, value, _line in draft.raw:
        if value.strip() and label:
            values.setdefault(LABELS.get(label.casefold(), label), []).append(value.strip())
    if not SAID & values.keys():
        text = "\n".join(f"{tag} {value}".strip() for tag, value, _line in draft.raw)
        return Rejected(draft.lines, "an entry without title, authors, source, abstract and number", text)
    _fill(draft, values)
    return draft


def _fill(draft: Draft, values: dict[str, list[str]]) -> None:
    flowing = {tag: [" ".join(value.split()) for value in found] for tag, found in values.items()}
    take(draft, flowing, TABLE)
    draft.fields["abstract"] = values.get("AB", [])
    draft.fields["affiliations"] = [line.strip() for value in values.get("IN", ()) for line in value.split("\n")]
    for value in flowing.get("TI", ()):
        draft.add("title", _title(value))
    for tag in OTHER_TITLES:
        for value in flowing.get(tag, ()):
            draft.add("alt_titles", {"title": _title(value), "language": ""})
    draft.fields["authors"] = [name for value in values.get("AU", ()) for name in _people(value)]
    draft.fields["authors"] += [{"literal": value} for value in flowing.get("CA", ())]
    for tag in ("BE", "ED"):  # in MEDLINE, ED is the day of entry
        for value in values.get(tag, ()):
            if not re.search(r"\d", value):
                draft.fields.setdefault("editors", []).extend(_people(value))
    for tag in KEYWORDS:
        for value in values.get(tag, ()):
            for word in re.split(r",\s|[;\n]" if tag in WITH_COMMAS else r"[;\n]", value):
                draft.add("keywords", word.strip())
                draft.add("thesaurus", word.strip() if tag in THESAURUS else "")
    draft.fields["pages"] = [value for value in flowing.get("PG", ()) if not NO_PAGES.search(value)][:1]
    if "pmid" not in draft.fields and any("MEDLINE" in base.upper() for base in values.get("DB", ())):
        draft.fields["pmid"] = [value for value in values.get("UI", ()) if value.isdecimal()]
    for value in values.get("SO", ()):  # wrapped over several lines, or one line with remarks below it
        _add_stated(draft, split_source(value) or split_source(value.partition("\n")[0]))
    for value in flowing.get("BT", ()):
        _add_stated(draft, split_book(value))


def _add_stated(draft: Draft, stated: dict[str, str]) -> None:
    """What a citation states, where no tag of its own has stated it."""
    for name in ("journal", "volume", "issue", "pages", "year"):
        if not draft.fields.get(name) and not NO_PAGES.search(stated.get(name, "")):
            draft.add(name, stated.get(name, ""))
    if "editors" in stated and not draft.fields.get("editors"):
        draft.fields["editors"] = names_in(stated["editors"])


def _title(value: str) -> str:
    """A title without Ovid's remarks behind it."""
    while (bare := REMARK.sub("", value)) != value:
        value = bare.strip()
    return value


def _people(value: str) -> list[str]:
    """The names in a value, a line each or with semicolons between; footnote marks, roles and degrees off."""
    names: list[str] = []
    for line in value.split("\n"):
        for part in (ROLE.sub("", line) if len(line) < LONGEST_LINE else line).split(";"):
            name = " ".join(part.split())
            if len(name) > LONGEST_NAME:
                names.append(name)
                continue
            name = FOOTNOTE.sub("", name)
            if "," in name:
                family, _comma, given = name.partition(",")
                name = f"{family},{DEGREES.sub('', given)}"
            if re.search(r"[^\W\d_]{3,}\.$", name) and not re.search(r"\b(?:Jr|Sr)\.$", name):
                name = name[:-1]  # a full stop behind a whole word ends the field, not an initial
            if name and not ONLY_DEGREES.match(name):
                names.append(name)
    return names
