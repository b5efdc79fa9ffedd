"""The drawing of the flow: boxes with texts in, placed boxes with wrapped lines and arrows out. Pure thought.

Laid out as in the PRISMA 2020 statement: bars of the stages at the left, the databases' column, the other methods'
column beside it where there is one. The template `reviews/_flow.svg` writes what stands here; no words are made here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

from reviews.prisma import Box, Line

# Widths in em, the wider one of Inter and DejaVu Sans, so that a text measured by these fits whichever is there.
WIDTHS = [
    (0.32, "Iijl"), (0.38, " ',.:;|‘’"), (0.44, "!()/[\\]frt"), (0.5, "-_`–"), (0.57, '"*?Ls“”'),
    (0.63, "FJacekovxyz"), (0.7, "$0123456789BEPSTZbdghnpqu{}"), (0.76, "ACHKRUVXY"), (0.82, "&DGNOQ"),
    (0.89, "#+<=>^w~"), (0.95, "M"), (1.01, "m"),
]  # fmt: skip
EM = {letter: width for width, letters in WIDTHS for letter in letters}
WIDE = 1.08  # everything else: W, %, Chinese
BOLD = 1.07
SIZE = 13  # of the letters, in user units
LEADING = 18
PAD = 12
INDENT = 14
EDGE = 8  # white all round
BAR = 34  # width of a stage bar
GAP = 14
ARROW = 40  # room for an arrow between two boxes
HEAD = 7  # length of an arrow's head
NARROW, BROAD = 248, 300  # width of a box where two columns are drawn, and where one is
UNSOUND = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML


def width_of(text: str, *, bold: bool = False) -> float:
    """How wide a text is at most, in user units."""
    return SIZE * (BOLD if bold else 1) * sum(EM.get(letter, WIDE) for letter in text)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of letters: where its left end stands on the base line. The number, if any, ends it: "(n = 12)"."""

    x: float
    y: float
    words: str
    kind: str = "box-line"  # its class: box-title, box-line or box-line pending
    number: str = ""
    opens: str = ""
    about: str = ""  # what the number counts, for those who hear the figure


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its place and its texts; `kind` is its class."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    texts: tuple[Text, ...]
    name: str = ""

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def centre(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line by its corners, and the three corners of its head; ready to write into an SVG."""

    points: str
    head: str


@dataclass(slots=True)
class Drawing:
    """All that is drawn. `stages` are bars whose one text is turned upwards round its own place."""

    width: float
    height: float = 0
    boxes: list[Placed] = field(default_factory=list)
    stages: list[Placed] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)

    @property
    def full_width(self) -> int:
        """With the white at both sides."""
        return ceil(self.width) + 2 * EDGE

    @property
    def full_height(self) -> int:
        return ceil(self.height) + 2 * EDGE


def wrapped(text: str, width: float, last: str = "", *, bold: bool = False) -> list[str]:
    """Words in lines no wider than `width`; a word that is too long is cut. `last` has to fit behind the last line."""
    lines, line = [], ""
    width = width / BOLD if bold else width
    for word in _pieces(UNSOUND.sub("", text).split(), width):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    if last and width_of(f"{line} {last}") > width and line:
        lines.append("")  # the number alone on a line of its own
    return lines


def _pieces(words: Iterable[str], width: float) -> Iterable[str]:
    """Words, the too long ones in pieces that fit."""
    for word in words:
        while width_of(word) > width:
            cut = next(n for n in range(len(word), 0, -1) if width_of(word[:n]) <= width or n == 1)
            yield word[:cut]
            word = word[cut:]
        if word:
            yield word


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns stand and how broad a box is."""

    arms: list[str]
    size: float

    @classmethod
    def of(cls, boxes: Sequence[Box]) -> "Columns":
        arms = list(dict.fromkeys(box.arm for box in boxes if box.arm))
        return cls(arms, NARROW if len(arms) > 1 else BROAD)

    @property
    def width(self) -> float:
        """Of one column: a box, an arrow, a box aside."""
        return 2 * self.size + ARROW

    def left(self, number: int) -> float:
        """Where a column begins, counted from 0."""
        return BAR + GAP + number * (self.width + 2 * GAP)

    def of_box(self, box: Box) -> float:
        """Where a box begins; the included studies stand below the first column."""
        number = self.arms.index(box.arm) if box.arm else 0
        return self.left(number) + (self.size + ARROW if box.aside else 0)


def draw(
    boxes: Sequence[Box], *, headings: dict[str, str], stages: Sequence[str], fails: Iterable[str] = ()
) -> Drawing:
    """Place the boxes of `prisma.boxes`.

    `headings` are the titles of the columns by arm, `stages` the words of the three bars, `fails` the names of the
    boxes that a failing identity is about.
    """
    columns = Columns.of(boxes)
    drawing = Drawing(width=columns.left(len(columns.arms)) - 2 * GAP)
    heads = [
        _box((columns.left(n), 0), columns.width, _heading(headings[arm], columns.width), "box head")
        for n, arm in enumerate(columns.arms)
    ]
    head = max(each.height for each in heads)
    drawing.boxes += [_with_height(each, head) for each in heads]
    rows = _rows(boxes, columns, head + GAP, stages, set(fails))
    drawing.boxes += [each for row in rows for each in row]
    drawing.arrows = _arrows({each.name: each for row in rows for each in row}, columns.arms)
    drawing.stages = _stages(rows, stages)
    drawing.height = max(each.bottom for each in [*drawing.boxes, *drawing.stages])
    return drawing


def _heading(words: str, width: float) -> list[Text]:
    return [Text(0, 0, line, "box-title") for line in wrapped(words, width - 2 * PAD, bold=True)]


def _box(at: tuple[float, float], width: float, texts: Sequence[Text], kind: str, name: str = "") -> Placed:
    """A box as high as its texts, which are set below each other."""
    x, y = at
    height = len(texts) * LEADING + 2 * PAD - 4
    return _moved(Placed(0, 0, width, height, kind, tuple(
        Text(PAD + text.x, PAD + SIZE - 2 + n * LEADING, text.words, text.kind, text.number, text.opens, text.about)
        for n, text in enumerate(texts)
    ), name), x, y)  # fmt: skip


def _moved(box: Placed, x: float, y: float) -> Placed:
    texts = (Text(t.x + x, t.y + y, t.words, t.kind, t.number, t.opens, t.about) for t in box.texts)
    return Placed(box.x + x, box.y + y, box.width, box.height, box.kind, tuple(texts), box.name)


def _with_height(box: Placed, height: float) -> Placed:
    """The same box higher, its texts in the middle."""
    more = (height - box.height) / 2
    moved = _moved(box, 0, more)
    return Placed(box.x, box.y, box.width, height, box.kind, moved.texts, box.name)


def texts_of(box: Box, width: float) -> list[Text]:
    """Title and lines of a box, wrapped; an open number of nought is left out."""
    texts = _wrapped(Line(box.title, box.number or 0, box.opens), "box-title", width, numbered=box.number is not None)
    for line in box.lines:
        if line.number or not line.pending:
            texts += _wrapped(line, "box-line pending" if line.pending else "box-line", width)
    return texts


def _wrapped(line: Line, kind: str, width: float, *, numbered: bool = True) -> list[Text]:
    indent = line.level * INDENT
    last = f"(n = {line.number:,})" if numbered else ""
    *before, end = wrapped(line.words, width - 2 * PAD - indent, last, bold=kind == "box-title")
    about = " ".join(line.words.split())
    return [*(Text(indent, 0, each, kind) for each in before), Text(indent, 0, end, kind, last, line.opens, about)]


def _rows(
    boxes: Sequence[Box], columns: Columns, top: float, stages: Sequence[str], fails: set[str]
) -> list[list[Placed]]:
    """The boxes row by row, each in the middle of its row; a bar's word has to fit beside its rows."""
    rows: list[list[Placed]] = []
    for number in sorted({box.row for box in boxes}):
        row = []
        for box in (each for each in boxes if each.row == number):
            kind = "box out" if box.aside else "box" if box.arm else "box end"
            failing = " fails" if box.name in fails else ""
            at = (columns.of_box(box), 0)
            row.append(_box(at, columns.size, texts_of(box, columns.size), kind + failing, box.name))
        alone = {0: stages[0], 4: stages[2]}.get(number, "")
        height = max(*(each.height for each in row), width_of(alone, bold=True) + PAD)
        rows.append([_moved(each, 0, top + (height - each.height) / 2) for each in row])
        top += height + ARROW - GAP / 2
    return rows


def _stages(rows: list[list[Placed]], words: Sequence[str]) -> list[Placed]:
    """The bars: identification beside the first row, included beside the last, screening beside those between."""
    bars = []
    for number, group in enumerate((rows[:1], rows[1:-1], rows[-1:])):
        placed = [each for row in group for each in row]
        if not placed:
            continue
        middle = (min(each.y for each in placed) + max(each.bottom for each in placed)) / 2
        height = max(
            max(each.bottom for each in placed) - min(each.y for each in placed),
            width_of(words[number], bold=True) + PAD,
        )
        text = Text(BAR / 2, middle, words[number], "box-title")
        bars.append(Placed(0, middle - height / 2, BAR, height, "stage", (text,)))
    return bars


def _arrows(named: dict[str, Placed], arms: Sequence[str]) -> list[Arrow]:
    """Down from step to step, aside to what was left out, and from the second column into the included studies."""
    arrows = []
    for number, arm in enumerate(arms):
        steps = [named[f"{step}-{arm}"] for step in ("identified", "screened", "sought", "assessed")]
        for above, below in pairwise(steps):
            arrows.append(_arrow((above.centre, above.bottom), (below.centre, below.y)))
        for step, aside in zip(steps, ("removed", "excluded", "not-retrieved", "reports-excluded"), strict=True):
            out = named[f"{aside}-{arm}"]
            arrows.append(_arrow((step.right, step.middle), (out.x, step.middle)))
        end = named["included"]
        last = steps[-1]
        if number == 0:
            arrows.append(_arrow((last.centre, last.bottom), (end.centre, end.y)))
        else:
            arrows.append(_arrow((last.centre, last.bottom), (last.centre, end.middle), (end.right, end.middle)))
    return arrows


def _arrow(*corners: tuple[float, float]) -> Arrow:
    """A line along its corners; the last stretch is level or upright and carries the head."""
    (x0, y0), (x1, y1) = corners[-2:]
    across = y0 == y1
    step = 1 if (x1 > x0 if across else y1 > y0) else -1
    back = (x1 - step * HEAD, y1) if across else (x1, y1 - step * HEAD)
    half = HEAD * 0.55
    sides = [(back[0], y1 - half), (back[0], y1 + half)] if across else [(x1 - half, back[1]), (x1 + half, back[1])]
    return Arrow(_points([*corners[:-1], back]), _points([(x1, y1), *sides]))


def _points(corners: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in corners)
