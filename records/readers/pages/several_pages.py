"""Several pages pasted into one file, joined by blank lines or lines of "=": each page keeps its own paper and its lines."""

import re
from collections.abc import Iterator

from records.readers.base import Source, Yielded
from records.readers.pages import bilingual_portal, citation_statements, scholar_json, wos_mirror_cn
from records.readers.pages.page import Page

NAME = "several_pages_in_one_file"
LABEL = "several copied pages"

SHAPES = (scholar_json, wos_mirror_cn, citation_statements, bilingual_portal)
RULE = re.compile(r"^\s*([=*_#~—-])\1{4,}\s*$")
GAP = 2  # blank lines that may part two pages


def pages(text: str) -> list[Page]:
    """The text cut at rules and at gaps where a new page of a known shape begins."""
    cut = _stretches(text.split("\n"))
    whole: list[Page] = []
    for first, lines in cut:
        page = Page.of("\n".join(lines), first)
        if whole and _shape(page) is None:
            whole[-1].lines += page.lines  # a stretch that is no page of its own belongs to the page before it
        else:
            whole.append(page)
    return whole


def _stretches(lines: list[str]) -> list[tuple[int, list[str]]]:
    stretches: list[tuple[int, list[str]]] = []
    current: list[str] = []
    first, blanks = 1, 0
    for number, line in enumerate(lines, 1):
        rule = bool(RULE.match(line))
        if (rule or (blanks >= GAP and line.strip())) and any(each.strip() for each in current):
            stretches.append((first, current))
            current, first = [], number
        blanks = 0 if line.strip() else blanks + 1
        current.append("" if rule else line)
    stretches.append((first, current))
    return stretches


def _shape(page: Page):  # noqa: ANN202  a reader module or None
    text = "\n".join(line for _number, line in page.lines)
    return next((shape for shape in SHAPES if shape.recognises(text)), None)


def recognises(head: str) -> bool:
    """At least two stretches that are pages of a known shape."""
    found = [page for page in pages(head) if _shape(page)]
    return len(found) >= 2


def read(source: Source) -> Iterator[Yielded]:
    """Each page by the reader of its shape; a first stretch of no shape is read with the page after it."""
    found = pages(source.text())
    for page in found:
        shape = _shape(page)
        if shape is None:
            from records.readers.base import Rejected
            from records.readers.pages.page import joined

            yield Rejected(page.span, "text outside any page", joined(page.said()))
            continue
        yield from shape.read_page(page)
