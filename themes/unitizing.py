"""Agreement on where the marked stretches of a text begin and end, and on sets of codes. Pure thought, exact fractions.

A unit is `(start, length)` on a continuum; what lies between a coder's units are gaps. Agreement on whole sentences or
works is `reviews.agreement`'s.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import NamedTuple

Unit = tuple[int, int]
Coders = Sequence[Sequence[Unit]]  # of one code: each coder's units


class Disagreement(NamedTuple):
    """Observed and expected disagreement on one code."""

    observed: Fraction
    expected: Fraction


class Segment(NamedTuple):
    """A unit or a gap of a coder's line."""

    start: int
    length: int
    unit: bool

    @property
    def end(self) -> int:
        return self.start + self.length


def alpha_u(continuum: Unit, codes: Mapping[str, Coders]) -> Fraction | None:
    """Krippendorff's alpha for unitizing, 1 - sum Do / sum De over codes; None where nobody marked anything, or all is marked.

    Krippendorff (2004), Quality & Quantity 38:787-800; (1995), Sociol Methodol 25:47-76.
    """
    told = [disagreement(continuum, coders) for coders in codes.values()]
    expected = sum((each.expected for each in told), Fraction())
    return 1 - sum((each.observed for each in told), Fraction()) / expected if expected else None


def disagreement(continuum: Unit, coders: Coders) -> Disagreement:
    """Observed and expected disagreement of two or more coders on one code. Raises ValueError for units that overlap."""
    begin, length = continuum
    m = len(coders)
    if m < 2 or length < 1:
        raise ValueError("agreement is between two coders at least, on a text that is not empty")
    lines = [list(segments(begin, length, units)) for units in coders]
    observed = sum(distance(a, b) for one, other in permutations(lines, 2) for a in one for b in other)
    units = [each for line in lines for each in line if each.unit]
    gaps = [each.length for line in lines for each in line if not each.unit]
    total = Fraction()
    for unit in units:
        long = unit.length
        total += Fraction((len(units) - 1) * (2 * long**3 - 3 * long**2 + long), 3)
        total += long**2 * sum(gap - long + 1 for gap in gaps if gap >= long)
    ways = m * length * (m * length - 1) - sum(unit.length * (unit.length - 1) for unit in units)
    expected = Fraction(2, length) * total / ways if ways else Fraction()
    return Disagreement(Fraction(observed, m * (m - 1) * length**2), expected)


def segments(begin: int, length: int, units: Sequence[Unit]) -> Iterator[Segment]:
    """A coder's line cut into units and the gaps between them. Raises ValueError."""
    place = begin
    for start, long in sorted(units):
        if start < place or long < 1:
            raise ValueError("units are not empty, lie on the continuum and do not overlap")
        if start > place:
            yield Segment(place, start - place, unit=False)
        yield Segment(start, long, unit=True)
        place = start + long
    if place > begin + length:
        raise ValueError("a unit ends after the continuum")
    if place < begin + length:
        yield Segment(place, begin + length - place, unit=False)


def distance(a: Segment, b: Segment) -> int:
    """The squared difference of two segments: of starts and ends where units meet, the length where a unit lies in a gap."""
    if a.unit and b.unit:
        meet = a.start < b.end and b.start < a.end
        return (a.start - b.start) ** 2 + (a.end - b.end) ** 2 if meet else 0
    for unit, gap in ((a, b), (b, a)):
        if unit.unit and not gap.unit and gap.start <= unit.start and unit.end <= gap.end:
            return unit.length**2
    return 0


def masi(a: Collection[str], b: Collection[str]) -> Fraction:
    """The distance of two sets of codes, 1 - Jaccard × monotonicity (1, 2/3 for a part, 1/3 for an overlap, 0).

    Passonneau (2006), Proc LREC 2006:831-836. Other programs use another term for overlap: name this one.
    """
    one, other = set(a), set(b)
    if one == other:
        return Fraction(0)
    common = len(one & other)
    monotone = Fraction(2, 3) if one <= other or other <= one else Fraction(1, 3)
    return 1 - Fraction(common, len(one | other)) * monotone
