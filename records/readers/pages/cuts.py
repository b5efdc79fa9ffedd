"""Where one copied page ends and the next begins: at rules of one sign, at gaps, and where a new page simply follows.

In: a text and a judge that says what a page holds. Out: pages that know their lines. A stretch that is no record of its
own belongs to the page before it.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from records.readers.pages import labels, source_line
from records.readers.pages.filling import Filled
from records.readers.pages.page import Page
from records.readers.pages.references import DOI, PMID

RULE = re.compile(r"^\s*([=*_#~—＝-])\1{4,}\s*$")
GAP = 2  # blank lines that may part two pages
PROSE = 160
PARAGRAPH = 40  # characters of an abstract's first line at least
AGAIN = 12  # times that a growing page is judged anew
Judge = Callable[[Page], Filled | None]


def pages(text: str, judge: Judge) -> list[Page]:
    """The pages of a text, in order; together they hold all its lines."""
    whole: list[Page] = []
    last: Filled | None = None
    again = AGAIN
    for page, after_rule in _stretches(text.split("\n")):
        filled = judge(page)
        if whole and (filled is None or not _own(filled, last, after_rule)):
            whole[-1].lines += page.lines
            if last is None and again:
                last, again = judge(whole[-1]), again - 1
        else:
            whole.append(page)
            last, again = filled, AGAIN
    return [part for page in whole for part in _followed(page)]


def _own(filled: Filled, last: Filled | None, after_rule: bool) -> bool:
    """Whether a stretch is a page of its own: another paper than the one before, and more than a mention of it."""
    if last is None:
        return after_rule
    if filled.same_paper(last):
        return False
    return after_rule or filled.whole


def _stretches(lines: list[str]) -> list[tuple[Page, bool]]:
    stretches: list[tuple[Page, bool]] = []
    current: list[str] = []
    first, blanks, ruled = 1, 0, False
    for number, line in enumerate(lines, 1):
        rule = bool(RULE.match(line))
        if (rule or (blanks >= GAP and line.strip())) and any(each.strip() for each in current):
            stretches.append((Page.of("\n".join(current), first), ruled))
            current, first, ruled = [], number, False
        ruled = ruled or rule
        blanks = 0 if line.strip() else blanks + 1
        current.append("" if rule else line)
    stretches.append((Page.of("\n".join(current), first), ruled))
    return stretches


def _followed(page: Page) -> list[Page]:
    """A page cut where another one simply follows: a second abstract with an identifier or a citation of its own before it."""
    lines = page.lines
    abstracts = [n for n, (_number, line) in enumerate(lines) if line and _opens_abstract(lines, n)]
    starts = [0]
    for before, at in pairwise(abstracts):
        if begins := _begin(lines, before, at):
            starts.append(begins)
    ends = [*starts[1:], len(lines)]
    return [Page(lines[start:end]) for start, end in zip(starts, ends)]


def _opens_abstract(lines: list[tuple[int, str]], n: int) -> bool:
    kind, value = labels.label(lines[n][1])
    if kind != "abstract":
        return False
    after = [line for _number, line in lines[n + 1 : n + 4] if line]
    return (
        len(value) > PARAGRAPH
        or (not value and bool(after) and len(after[0]) > PARAGRAPH)
        or bool(after and labels.heading(after[0]))
    )


def _begin(lines: list[tuple[int, str]], before: int, at: int) -> int:
    """Where, above the abstract at `at`, a new page begins; 0 where it is only a second abstract of the same page."""
    n = at
    while n - 1 > before and _head_like(lines[n - 1][1], lines[n - 2][1] if n - 2 > before else "x"):
        n -= 1
    if labels.label(lines[n - 1][1]) == ("keywords", "") and (
        gap := next((k for k in range(n, at) if not lines[k][1]), 0)
    ):
        n = gap  # keywords, one a line
    head = [line for _number, line in lines[n:at] if line]
    above = " ".join(line for _number, line in lines[:n])
    own = [each for line in head for each in [*DOI.findall(line), *PMID.findall(line)]]
    cited = any(source_line.parse(line) for line in head)
    if not (any(each not in above for each in own) or (cited and not own)) or len(head) < 2:
        return 0
    while n < at and not lines[n][1]:
        n += 1
    return n


def _head_like(line: str, above: str) -> bool:
    """Whether a line can stand in the head of a page, looked at from below."""
    if not line:
        return bool(above)  # two blank lines end a head
    kind = labels.label(line)[0]
    if kind in ("keywords", "abstract") or labels.section(line) in ("over", "text"):
        return False
    return (
        bool(kind)
        or len(line) < PROSE
        or not line.endswith((".", "。"))
        or bool(DOI.search(line))
        or bool(source_line.parse(line))
    )
