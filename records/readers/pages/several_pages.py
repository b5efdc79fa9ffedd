"""Several pages pasted into one file, joined by blank lines, by lines of "=" or by nothing: each keeps its own paper and its lines."""

import re
from collections.abc import Iterator
from types import ModuleType

from records.readers.base import Rejected, Source, Yielded
from records.readers.pages import bilingual_portal, citation_statements, generic, scholar_json, wos_mirror_cn
from records.readers.pages.page import SITE_NOTICE, Page, joined

NAME = "several_pages_in_one_file"
LABEL = "several copied pages"

SHAPES = (scholar_json, wos_mirror_cn, citation_statements, bilingual_portal)
RULE = re.compile(r"^\s*([=*_#~—＝-])\1{4,}\s*$")
GAP = 2  # blank lines that may part two pages
NUMBERED = re.compile(r"^\d{1,2}\s*[、.．)]")
CITED = re.compile(r"^被引\s*(?:[:：]\s*\d*)?$")
BY = re.compile(r"^作\s*者\s*[:：]?$")
LISTED = re.compile(r"^相关论文\s*[:：]?$|^页\s*数\s*[:：]")


def pages(text: str) -> list[Page]:
    """The text cut at rules, at gaps and right where a new page of a known shape begins."""
    whole: list[Page] = []
    for first, lines, ruled in _stretches(text.split("\n")):
        page = Page.of("\n".join(lines), first)
        shape = _shape(page)
        own = shape is not None or (generic.record_like(page) is not None if ruled or not whole else False)
        if whole and not own:
            whole[-1].lines += page.lines  # a stretch that is no page of its own belongs to the page before it
        else:
            whole.append(page)
    return whole


def _stretches(lines: list[str]) -> list[tuple[int, list[str], bool]]:
    """(number of the first line, lines, whether a rule stands above or below)."""
    starts = _starts([line.strip(" \t\u3000\xa0\ufeff") for line in lines])
    stretches: list[tuple[int, list[str], bool]] = []
    current: list[str] = []
    first, blanks, ruled = 1, 0, False
    for number, line in enumerate(lines, 1):
        rule = bool(RULE.match(line))
        begins = (blanks >= GAP and line.strip()) or number - 1 in starts
        if (rule or begins) and any(each.strip() for each in current):
            stretches.append((first, current, ruled or rule))
            current, first, ruled = [], number, False
        ruled = ruled or rule
        blanks = 0 if line.strip() else blanks + 1
        current.append("" if rule else line)
    stretches.append((first, current, ruled))
    return stretches


def _starts(lines: list[str]) -> set[int]:
    """Where a page of a known shape begins although no gap parts it from the one before (places in the list)."""
    return _mirror_starts(lines) | _portal_starts(lines) | _statement_starts(lines)


def _above(lines: list[str], place: int) -> int:
    """The nearest line above that says anything; -1 where there is none."""
    return next((n for n in range(place - 1, max(-1, place - 4), -1) if lines[n]), -1)


def _mirror_starts(lines: list[str]) -> set[int]:
    """The line above "被引" or "作者", where a list of related papers or a page count came before it."""
    found, ended, cited = set(), False, -9
    for n, line in enumerate(lines):
        if LISTED.match(line):
            ended = True
        elif ended and (CITED.match(line) or (BY.match(line) and n - cited > 5)):
            if (title := _above(lines, n)) >= 0:
                found.add(title)
            ended = False
        if CITED.match(line):
            cited = n
    return found


def _portal_starts(lines: list[str]) -> set[int]:
    """The first line below the site's numbered notices that is none of them, if a counter or an abstract follows it."""
    found, notice, numbered = set(), False, False
    for n, line in enumerate(lines):
        if SITE_NOTICE.match(line):
            notice, numbered = True, False
        elif notice and NUMBERED.match(line):
            numbered = True
        elif notice and numbered and line:
            below = [each for each in lines[n + 1 : n + 25] if each]
            if any(bilingual_portal.COUNTER.match(each) or bilingual_portal.ABSTRACT.match(each) for each in below):
                found.add(n)
            notice = False
    return found


def _statement_starts(lines: list[str]) -> set[int]:
    """A year right above a DOI, where the fixed lines of a page before it have come."""
    found, ended = set(), False
    for n, line in enumerate(lines):
        if line.startswith(citation_statements.END):
            ended = True
        elif ended and citation_statements.DOI_LINE.match(line):
            above = _above(lines, n)
            found.add(above if above >= 0 and citation_statements.YEAR.match(lines[above]) else n)
            ended = False
    return found


def _shape(page: Page) -> ModuleType | None:
    """The reader that knows a page's shape."""
    text = "\n".join(line for _number, line in page.lines)
    return next((shape for shape in SHAPES if shape.recognises(text)), None)


def recognises(head: str) -> bool:
    """At least two stretches that are pages of a known shape, or one beside pages of no known layout."""
    cut = pages(head)
    known = [page for page in cut if _shape(page)]
    return bool(known) and (len(known) > 1 or any(generic.record_like(page) for page in cut if page not in known))


def read(source: Source) -> Iterator[Yielded]:
    """Each page by the reader of its shape; a page of no known layout as such a page is read."""
    for page in pages(source.text()):
        shape = _shape(page)
        if shape is not None:
            yield from shape.read_page(page)
        elif draft := generic.read_one(page):
            yield draft
        else:
            yield Rejected(page.span, "text outside any page", joined(page.said()))
