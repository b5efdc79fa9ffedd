"""Plots of numbers over days, placed: lines that climb, bars side by side, one bar of several parts. Pure thought.

What stands here has places in user units only; `templates/reviews/_plot.html` writes the SVG, and no words are made here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor, log10

WIDTH, HEIGHT = 480, 220  # of the figure
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 12, 30  # room round the plot: for numbers at the left, for days below
MOST_BARS = 62  # more days than that are taken together by weeks, and more weeks by runs of weeks
MOST_LINES = 8  # members with a line of their own


@dataclass(frozen=True, slots=True)
class Mark:
    """A number or a day beside an axis: where, and what."""

    at: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, and what it counts."""

    x: float
    y: float
    width: float
    height: float
    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line by its corners; `number` tells it from the others, and `x`, `y` is its end."""

    name: str
    number: int
    points: str
    x: float
    y: float
    total: int


@dataclass(frozen=True, slots=True)
class Plot:
    """All that is drawn between two axes."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    heights: tuple[Mark, ...]
    days: tuple[Mark, ...]
    left: float = LEFT
    right: float = WIDTH - RIGHT
    bottom: float = HEIGHT - BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a bar: which of the numbers, where it begins, how wide it is."""

    name: str
    count: int
    x: float
    width: float


def runs(first: date, last: date, most: int = MOST_BARS) -> list[tuple[date, date]]:
    """All days from the first to the last in runs of equal length: one day, or as many weeks as make them few enough."""
    days = (last - first).days + 1
    step = 1
    while days > step * most:
        step = 7 if step == 1 else step + 7
    starts = range(0, days, step)
    return [(first + timedelta(n), min(first + timedelta(n + step - 1), last)) for n in starts]


def ticks(most: int, about: int = 4) -> list[int]:
    """Round numbers from nought to at least `most`, some four of them."""
    step = max(1, most / about)
    size = 10 ** floor(log10(step))
    step = next(round(times * size) for times in (1, 2, 5, 10) if times * size >= step)
    return list(range(0, -(-max(most, 1) // step) * step + 1, step))


def per_day(counts: Mapping[date, int], first: date, last: date, say: Callable[[date], str]) -> Plot:
    """A bar a day, or a run of days where there are many."""
    spans = runs(first, last)
    sums = dict.fromkeys((start for start, _end in spans), 0)
    size = (spans[0][1] - spans[0][0]).days + 1
    for day, count in counts.items():
        sums[first + timedelta((day - first).days // size * size)] += count
    heights = ticks(max(sums.values()))
    room = (WIDTH - LEFT - RIGHT) / len(spans)
    wide = min(room * 0.8, 28)
    bars = [
        Bar(
            _round(LEFT + room * (n + 0.5) - wide / 2), _up(sums[start], heights), _round(wide),
            _round(HEIGHT - BOTTOM - _up(sums[start], heights)), start, end, sums[start],
        )
        for n, (start, end) in enumerate(spans)
    ]  # fmt: skip
    marks = _marks(spans, room, say)
    return Plot(tuple(bars), (), _heights(heights), marks)


def climbing(named: Mapping[str, Mapping[date, int]], first: date, last: date, say: Callable[[date], str]) -> Plot:
    """A line a name, each day as high as all its decisions until then."""
    days = max((last - first).days, 1)
    totals = {name: sum(counts.values()) for name, counts in named.items()}
    heights = ticks(max(totals.values(), default=0))
    across = WIDTH - LEFT - RIGHT
    lines = []
    for number, (name, counts) in enumerate(named.items(), 1):
        so_far, corners = 0, [(float(LEFT), _up(0, heights))]
        for day in sorted(counts):
            x = _round(LEFT + across * (day - first).days / days)
            if x > corners[-1][0]:
                corners.append((x, corners[-1][1]))  # level until the day, then up
            so_far += counts[day]
            corners.append((x, _up(so_far, heights)))
        corners.append((float(WIDTH - RIGHT), corners[-1][1]))
        points = " ".join(f"{x:g},{y:g}" for x, y in corners)
        lines.append(Line(name, number, points, *corners[-1], total=so_far))
    ends = [Mark(LEFT, say(first), "start")]
    if last > first:
        ends.append(Mark(WIDTH - RIGHT, say(last), "end"))
    return Plot((), tuple(lines), _heights(heights), tuple(ends))


def parts(counts: Mapping[str, int], width: float = WIDTH) -> list[Part]:
    """One bar of all numbers, each as wide as its share; what is nought has no part."""
    whole, x, found = sum(counts.values()), 0.0, []
    for name, count in counts.items():
        if count:
            share = width * count / whole
            found.append(Part(name, count, _round(x), _round(share)))
            x += share
    return found


def fewer(named: Mapping[str, Mapping[date, int]], rest: str, most: int = MOST_LINES) -> dict[str, Mapping[date, int]]:
    """Those who decided most, each by name, and all others together as `rest`."""
    order = sorted(named, key=lambda name: -sum(named[name].values()))
    if len(order) <= most:
        return dict(named)
    kept = {name: named[name] for name in named if name in order[: most - 1]}
    return {**kept, rest: together(named[name] for name in order[most - 1 :])}


def together(several: Iterable[Mapping[date, int]]) -> dict[date, int]:
    """The counts of several, added up by day."""
    found: dict[date, int] = {}
    for counts in several:
        for day, count in counts.items():
            found[day] = found.get(day, 0) + count
    return dict(sorted(found.items()))


def _marks(spans: Sequence[tuple[date, date]], room: float, say: Callable[[date], str]) -> tuple[Mark, ...]:
    """The first day, the last, and the middle where there is room for it."""
    wanted = [0] if len(spans) == 1 else [0, len(spans) - 1]
    if len(spans) >= 9:
        wanted.insert(1, len(spans) // 2)
    many = len(spans) > 3
    anchors = {0: "start" if many else "middle", len(spans) - 1: "end" if many else "middle"}
    edge = {"start": -0.5, "end": 0.5, "middle": 0.0}
    found = []
    for n in wanted:
        anchor = anchors.get(n, "middle")
        found.append(Mark(_round(LEFT + room * (n + 0.5 + edge[anchor])), say(spans[n][0]), anchor))
    return tuple(found)


def _heights(heights: Sequence[int]) -> tuple[Mark, ...]:
    return tuple(Mark(_up(number, heights), f"{number:,}", "end") for number in heights)


def _up(count: int, heights: Sequence[int]) -> float:
    """How high a count stands, from above."""
    return _round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / heights[-1])


def _round(number: float) -> float:
    return round(number, 2)
