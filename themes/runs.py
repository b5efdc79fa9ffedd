"""From overlapping spans to disjoint runs, by a sweep line: a page can mark runs, because they never nest or cross.

Pure thought: offsets are code points, half-open. What a run looks like is the template's affair.
"""

from collections.abc import Hashable, Iterable
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text with the id of what lies on it."""

    id: Hashable
    start: int
    end: int


class Run(NamedTuple):
    """A stretch on which the same spans lie from its first to its last character; `ids` in the spans' order."""

    start: int
    end: int
    ids: tuple[Hashable, ...]


def runs(length: int, spans: Iterable[Span], cuts: Iterable[int] = ()) -> list[Run]:
    """Disjoint runs that join up to `[0, length)`; each span is the union of its runs.

    `cuts` are further places where a run must end (ends of sentences). Spans are clipped to the text; empty ones lie
    nowhere. N spans without cuts make 2N+1 runs at most.
    """
    clipped = [Span(each.id, max(each.start, 0), min(each.end, length)) for each in spans]
    lying = [each for each in clipped if each.start < each.end]
    opening: dict[int, list[Span]] = {}
    closing: dict[int, list[Span]] = {}
    for each in lying:
        opening.setdefault(each.start, []).append(each)
        closing.setdefault(each.end, []).append(each)
    inner = {cut for cut in cuts if 0 < cut < length}
    places = sorted({0, length, *inner, *opening, *closing})
    order = {id(each): n for n, each in enumerate(lying)}
    active: dict[int, Span] = {}
    out: list[Run] = []
    for start, end in pairwise(places):
        for each in closing.get(start, ()):  # ends before starts: what ends here does not lie on this run
            active.pop(order[id(each)], None)
        for each in opening.get(start, ()):
            active[order[id(each)]] = each
        out.append(Run(start, end, tuple(active[n].id for n in sorted(active))))
    return out


def layers(spans: Iterable[Span]) -> dict[Hashable, int]:
    """A line for each span, counted from 1: spans that overlap have different ones, and none jumps on its way."""
    free_from: list[int] = []  # where each line is free again
    lines: dict[Hashable, int] = {}
    for each in sorted(spans, key=lambda span: (span.start, -span.end)):
        line = next((n for n, free in enumerate(free_from) if free <= each.start), len(free_from))
        free_from[line : line + 1] = [each.end]
        lines[each.id] = line + 1
    return lines
