"""References as people paste them: an export that a reader knows, or free text, one reference a line or a paragraph.

Pure: text in, references out. What is not plain to see stays empty; a DOI or a PubMed number says most.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from records import clean, names
from records.readers import Draft, Rejected, Source, is_page, read, sniff
from records.readers import plain as plain_reader

MARK = re.compile(r"^\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)]|[-*•–])\s+")
PMID = re.compile(r"(?:\bPMID:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/)(\d{4,9})\b", re.I)
LONE_NUMBER = re.compile(r"\d{5,9}")
ADDRESS = re.compile(r"(?:https?://|www\.|\bdoi\s?:)\S*", re.I)
IN_BRACKETS = re.compile(r"\(\s*(1[5-9]\d\d|20\d\d)[a-z]?\b[^)]{0,20}\)")
QUOTED = re.compile(r"[“\"„«]([^“”\"„«»]{15,400})[”\"“»]")
SENTENCE_END = re.compile(r"(?<![\s.(][A-Z])(?<!^[A-Z])(?<! al)[.?!]\s+(?=\S)|(?<=\S)\.\s*$")
FAMILY_FIRST = re.compile(r"([^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){0,2}),\s*((?:[A-Z]\.[ -]?)+)")
NAME = r"[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){0,2} [A-Z]{1,3}"
VANCOUVER = re.compile(rf"^({NAME}(?:, {NAME})*)(?:,? et al)?[.:]\s+(?=\S)")
INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,3}")
LONGEST = 2000  # characters of one reference


@dataclass(slots=True)
class Reference:
    """One reference: as pasted, and what can be told from it."""

    text: str
    title: str = ""
    authors: list[str] = field(default_factory=list)
    year: int | None = None
    doi: str = ""
    pmid: str = ""

    def says_something(self) -> bool:
        """Whether a record can be looked for by it."""
        return bool(self.title or self.doi or self.pmid)


def references(text: str) -> list[Reference]:
    """All references in a pasted text, by a reader where one reads it to its end, else line by line."""
    found = _by_reader(text) or [_told(block) for block in _blocks(text)]
    return [each for each in found if each.says_something()]


def _by_reader(text: str) -> list[Reference]:
    """What a reader makes of it; nothing where none knows it, or where it leaves a stretch unread."""
    source = Source.of(text)
    reader = sniff(source)
    if reader is plain_reader or is_page(reader):
        return []
    found = []
    for each in read(source):
        if isinstance(each, Rejected):
            return []
        if isinstance(each, Draft):
            said = clean.draft(each)
            whole = ". ".join(
                filter(None, ["; ".join(said.authors[:3]), said.title, said.journal, str(said.year or "")])
            )
            found.append(Reference(whole or said.doi, said.title, said.authors, said.year, said.doi, said.pmid))
    return found if all(each.says_something() for each in found) else []


def _blocks(text: str) -> Iterator[str]:
    """The references of a free text apart: at numbers or bullets, at blank lines, else at every line."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    stated = [line for line in lines if line]
    marked = sum(bool(MARK.match(line)) for line in stated)
    begins = MARK.match if marked > 1 and MARK.match(stated[0]) else None
    paragraphs = not begins and any(a and b for a, b in pairwise(lines)) and "" in lines[1:-1]
    block: list[str] = []
    for line in lines:
        ends = begins(line) if begins else (not line if paragraphs else True)
        if ends and block:
            yield " ".join(block)[:LONGEST]
            block = []
        if line:
            block.append(MARK.sub("", line))
    if block:
        yield " ".join(block)[:LONGEST]


def _told(text: str) -> Reference:
    """What can be told from one reference in free text."""
    told = Reference(text)
    if found := clean.DOI.search(text):
        told.doi = clean.doi(found.group(0))
    if found := PMID.search(text) or LONE_NUMBER.fullmatch(text):
        told.pmid = found.group(found.re.groups)
    rest = ADDRESS.sub(" ", PMID.sub(" ", text))
    rest = " ".join(clean.DOI.sub(" ", rest).split()).strip(" ;,")
    if not re.search(r"[^\W\d_]{3}", rest) or rest.casefold() in ("pmid", "doi", "title"):
        return told
    if people := VANCOUVER.match(rest):
        told.authors = _authors(people.group(1))
        rest = rest[people.end() :]
    year = IN_BRACKETS.search(rest)
    stated = year or clean.YEAR.search(rest)
    told.year = int(stated.group(1)) if stated else None
    before, after = (rest[: year.start()], rest[year.end() :]) if year else ("", rest)
    if not people and _is_names(before):  # "Ames, B. (2013). Title. Journal"
        told.authors = _authors(before)
        told.title = _title(_stretches(after), first=True)
    elif not people and len(before.split()) > 4:  # "Title (2013)"
        told.title = _title(_stretches(before), first=False)
    else:
        told.title = _title(_stretches(rest), first=bool(people))
    if quoted := QUOTED.search(rest):
        told.title = quoted.group(1).strip(" .,")
    elif told.year and str(told.year) in told.title and told.title.count(",") > 1:  # "Ames Bea, Title, Journal, 2013"
        told.title = max(told.title.split(","), key=len).strip()
    return told


def _stretches(text: str) -> list[str]:
    return [stretch for each in SENTENCE_END.split(text) if (stretch := each.strip(" .,:;()"))]


def _title(stretches: list[str], *, first: bool) -> str:
    """The stretch that is the title: the first where a style puts it there; else the longest that is neither names nor a
    place in a journal."""
    if first and stretches:
        return stretches[0]
    likely = [each for each in stretches if not _is_names(each) and not re.search(r"\d{4}\s?;|\d+\s?\(\d+\)", each)]
    return max(likely or stretches, key=lambda each: len(each.split()), default="")


def _is_names(text: str) -> bool:
    """Whether a stretch reads like a list of people: initials among few words, or a lone family name."""
    words = text.replace(",", " ").replace("&", " ").split()
    if not words:
        return False
    initials = sum(bool(INITIALS.fullmatch(word)) for word in words)
    return initials >= max(1, len(words) // 4) or "et al" in text or (len(words) < 3 and text[:1].isupper())


def _authors(text: str) -> list[str]:
    """Names as "Family, Given", as far as they can be told."""
    pairs = FAMILY_FIRST.findall(text)
    if pairs:
        return [f"{family}, {given.strip()}" for family, given in pairs]
    parts = re.split(r"[,;&]|\band\b", text.replace("et al", ""))
    return [each for part in parts if (each := names.name(part.strip(" .")) or "")]
