"""A citation-statement site's page: year, DOI, title, an abstract that is cut off, then other papers' quotations."""

import re
from collections.abc import Iterator

from records import names
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages import people
from records.readers.pages.page import Page, joined

NAME = "citation_statements_page"
LABEL = "citation-statement page"

YEAR = re.compile(r"^(?:1[89]|20)\d\d$")
DOI_LINE = re.compile(r"^DOI\s*[:：]\s*(10\.\S+)", re.I)
ABSTRACT = re.compile(r"^Abstract\s*(?:[:：]\s*|$)", re.I)
MORE = re.compile(r"(?<!\s)\s*+(?:\.{3}|…)?\s*+(?:Show|Read) more\s*$", re.I)
ELLIPSIS = re.compile(r"(?<!\s)\s*+(?:…|\.\.\.)\s*$")
CITED = re.compile(r"^Cited by\s+([\d,]+)\s+publications?", re.I)
END = (
    "Help me understand this report",
    "Search citation statements",
    "Order By: Relevance",
    "Paper Sections",
    "Citation Types",
)
BUTTONS = re.compile(
    r"^(?:\||\|?View full text\b.*|\|?Cite|Sign up to set email alerts|Set email alert.*|.*\|Cite)$", re.I
)
SIGNS = (*END, "Sign up to set email alerts", "See 1 more Smart Citation", "View full text", "citation statements")
STATEMENT = re.compile(r"^[“\"]…")


def recognises(head: str) -> bool:
    """At least three of the site's fixed lines."""
    return sum(sign in head for sign in SIGNS) >= 3


def read(source: Source) -> Iterator[Yielded]:
    yield from read_page(Page.of(source.text()))


def read_page(page: Page) -> Iterator[Yielded]:
    """One page of this shape: one record. Quotations of other papers are furniture; "Authors" below is a filter's name."""
    lines = page.said()
    end = next((n for n, (_number, line) in enumerate(lines) if line.startswith(END)), len(lines))
    head, below = lines[:end], lines[end:]
    draft = Draft(lines=page.span)
    draft.raw = [("head", line, n) for n, line in head] + [("below", line, n) for n, line in below]
    _head(draft, head)
    statements = 0
    for _number, line in below:
        if found := CITED.match(line):
            draft.add("cited_by_count", found.group(1))
        statements += bool(STATEMENT.match(line))
    if not draft.fields.get("title"):
        yield Rejected(page.span, "a page without a title", joined(lines))
        return
    yield draft
    if statements:
        yield Notice(f"{statements} statements of citing papers stand on the page; they are not taken for abstracts")


def _head(draft: Draft, head: list[tuple[int, str]]) -> None:
    """Year, DOI, title and abstract, in whatever order the first lines give them; lines between may be authors."""
    left: list[str] = []
    abstract: list[str] = []
    for _number, line in head:
        if abstract:
            abstract.append(line)
        elif YEAR.match(line) and not draft.fields.get("year"):
            draft.add("year", line)
        elif found := DOI_LINE.match(line):
            draft.add("doi", found.group(1))
        elif ABSTRACT.match(line):
            abstract.append(ABSTRACT.sub("", line))
        elif not BUTTONS.match(line):
            left.append(line)
    text = "\n".join(abstract)
    if MORE.search(text) or ELLIPSIS.search(text):
        draft.add("abstract_truncated", True)
        text = (
            ELLIPSIS.sub("…", MORE.sub("…", text))
            if ELLIPSIS.search(MORE.sub("", text)) or "…" in text[-20:]
            else MORE.sub("", text)
        )
    draft.add("abstract", text)
    if left:
        titles = [line for line in left[:3] if len(people.split(line)[0]) < 2] or left[:1]
        draft.add("title", max(titles, key=len))
        _authors(draft, left, draft.fields["title"][0])


def _authors(draft: Draft, left: list[str], title: str) -> None:
    """Lines after the title and before the abstract name authors, one a line or separated by commas."""
    after = left[left.index(title) + 1 :]
    for line in after:
        for author in names.split_commas(line):
            if author.strip(" .").casefold() == "et al" or author == "…":
                draft.add("authors_incomplete", True)
            elif people.person(author := people.unmarked(author)) or people.group(author):  # a journal is no author
                draft.add("authors", people.value(author))
