"""A text as the coding page shows it: sentences and what is between, each in pieces that carry the same marks.

Pure thought on plain values. Every character of the text stands in exactly one piece, which the choosing of words by
pointer and keys relies on.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from themes.runs import Span, layers, runs
from themes.sentences import sentences

LINES = 4  # lines that can be told apart under one word


@dataclass(frozen=True, slots=True)
class Mark:
    """A code as it lies on a piece: its name, its colour, and the line it keeps through the text."""

    name: str
    colour: int
    line: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters with the same marks. `more` says how many marks found no line of their own."""

    start: int
    text: str
    marks: tuple[Mark, ...] = ()
    more: int = 0

    @property
    def names(self) -> str:
        """The codes on this piece, each once."""
        return "; ".join(dict.fromkeys(mark.name for mark in self.marks))

    @property
    def drawn(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.line <= LINES)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence (then `number` counts from 1), or a heading or space between sentences (then it is 0)."""

    start: int
    end: int
    number: int
    heading: bool
    pieces: tuple[Piece, ...]

    @property
    def coded(self) -> bool:
        return any(piece.marks for piece in self.pieces)


def stretches(body: str, spans: Iterable[Span], codes: Mapping[Hashable, tuple[str, int]]) -> list[Stretch]:
    """The text in stretches. `codes` gives name and colour for the id of each span."""
    found, spans = sentences(body), list(dict.fromkeys(spans))
    cuts = [place for each in found for place in (each.start, each.end)]
    lines = layers(spans)
    pieces = [
        Piece(
            run.start,
            body[run.start : run.end],
            marks := tuple(sorted((Mark(*codes[id_], lines[id_]) for id_ in run.ids), key=lambda mark: mark.line)),
            sum(mark.line > LINES for mark in marks),
        )
        for run in runs(len(body), spans, cuts)
    ]
    out, at, number = [], 0, 0
    edges = {each.start: each for each in found}
    while at < len(pieces):
        sentence = edges.get(pieces[at].start)
        end = sentence.end if sentence else pieces[at].start + len(pieces[at].text)
        upto = at
        while upto < len(pieces) and pieces[upto].start < end:
            upto += 1
        heading = bool(sentence and sentence.heading)
        counts = bool(sentence and not heading)
        number += counts
        out.append(Stretch(pieces[at].start, end, number if counts else 0, heading, tuple(pieces[at:upto])))
        at = upto
    return out
