"""PubMed's plain text of abstracts ("Abstract (text)"): numbered entries of paragraphs, a citation first, identifiers last."""

import re
from collections.abc import Iterator

from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages import people, source_line
from records.readers.pages.references import DOI, PMCID, PMID, trimmed

NAME = "pubmed_abstract_text"
LABEL = "PubMed, abstracts as text"

Line = tuple[int, str]
START = re.compile(r"^(\d{1,6})\. (?=[^\W\d_])")
# Paragraphs that are neither authors nor abstract.
ASIDE = re.compile(
    r"^(?:Author information:|Collaborators?:|Comment (?:in|on)\b|Erratum (?:in|for)\b|Update (?:in|of)\b|Republished\b|Retract\w+ (?:in|of)\b|"
    r"Summary for patients in\b|Conflict of interest statement:|Corrected and republished\b|Original report in\b|Dataset described in\b|"
    r"Expression of concern in\b|Reprint (?:in|of)\b|©|\(c\)|Copyright\b|Published by\b)",
    re.I,
)
IDENTIFIERS = re.compile(r"^(?:DOI|PMCID|PMID|PII)\s*:", re.I)
MARKS = re.compile(r"\(\d{1,3}\)|\(#\)|\(\*\)")


def recognises(head: str) -> bool:
    """A numbered citation, and a PMID on a line of its own below."""
    lines = head.split("\n")
    cited = any(_cited(lines, n) for n, line in enumerate(lines[:400]) if START.match(line))
    return cited and bool(re.search(r"^PMID: \d+", head, re.M))


def _cited(lines: list[str], n: int) -> bool:
    """Whether a numbered line, with the lines that it goes on in, is a citation; a blank line stands above it."""
    if n and lines[n - 1].strip():
        return False
    rows = []
    for line in lines[n : n + 4]:
        if not line.strip():
            break
        rows.append(line.strip())
    return bool(source_line.parse(START.sub("", " ".join(rows))))


def read(source: Source) -> Iterator[Yielded]:
    """Each numbered entry."""
    entry: list[Line] = []
    expected = 0
    lines = [*source.lines()]
    texts = [line for _number, line in lines]
    for n, (number, line) in enumerate(lines):
        found = START.match(line)
        if found and (not expected or int(found.group(1)) in (expected, 1)) and _cited(texts, n):
            yield from _entry(entry, expected > 0)
            entry, expected = [], int(found.group(1)) + 1
        entry.append((number, line))
    yield from _entry(entry, expected > 0)


def _entry(rows: list[Line], begun: bool) -> Iterator[Yielded]:
    said = [(number, line) for number, line in rows if line.strip()]
    if not said:
        return
    span = (said[0][0], said[-1][0])
    if not begun:
        if any(IDENTIFIERS.match(line) for _number, line in said):
            reason = "an entry whose citation is damaged or missing"
            yield Rejected(span, reason, "\n".join(line for _number, line in said))
            return
        yield Notice(f"above the first entry stands: {said[0][1].strip()[:200]}", said[0][0])
        return
    draft = Draft(lines=span)
    blocks = _paragraphs(rows)
    cited = source_line.parse(START.sub("", blocks[0][0]))
    for name, value in cited.items():
        draft.add(name, value)
    _fill(draft, blocks)
    tags = [tag for _text, block, tag in _tagged(blocks) for _row in block]
    draft.raw = [(tag, line, number) for tag, (number, line) in zip(tags, said, strict=False)]
    if not draft.fields.get("title"):
        yield Rejected(span, "an entry without a title", "\n".join(line for _number, line in said))
        return
    yield draft


def _paragraphs(rows: list[Line]) -> list[tuple[str, list[Line]]]:
    """The paragraphs of an entry, each in one line, with its lines."""
    blocks: list[list[Line]] = []
    blank = True
    for number, line in rows:
        if not line.strip():
            blank = True
            continue
        if blank:
            blocks.append([])
        blocks[-1].append((number, line))
        blank = False
    return [(" ".join(line.strip() for _number, line in block), block) for block in blocks]


def _tagged(blocks: list[tuple[str, list[Line]]]) -> list[tuple[str, list[Line], str]]:
    """Each paragraph with what it is: citation, title, authors, abstract, identifiers or aside."""
    out: list[tuple[str, list[Line], str]] = []
    for n, (text, block) in enumerate(blocks):
        if n == 0:
            tag = "citation"
        elif IDENTIFIERS.match(text):
            tag = "identifiers"
        elif ASIDE.match(text):
            tag = "aside"
        elif not any(tag == "title" for _text, _block, tag in out):
            tag = "title"
        elif n == 2 and people.split(MARKS.sub("", text).rstrip("."), stated=True)[0]:
            tag = "authors"
        else:
            tag = "abstract"
        out.append((text, block, tag))
    return out


def _fill(draft: Draft, blocks: list[tuple[str, list[Line]]]) -> None:
    abstract: list[str] = []
    for text, _block, tag in _tagged(blocks):
        if tag == "title":
            draft.add("title", re.sub(r"^\[(.+)\]\.?$", r"\1", text))
        elif tag == "authors":
            names, more = people.split(MARKS.sub("", text).rstrip("."), stated=True)
            for name in names:
                draft.add("authors", people.value(name))
            if more:
                draft.add("authors_incomplete", True)
        elif tag == "abstract":
            abstract.append(text)
        elif tag == "identifiers":
            for name, shape in (("doi", DOI), ("pmid", PMID), ("pmcid", PMCID)):
                if (found := shape.search(text)) and name not in draft.fields:
                    draft.add(name, trimmed(found.group(found.lastindex or 0)))
    draft.add("abstract", "\n".join(abstract))
