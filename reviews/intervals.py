"""A figure as it may stand in print: its value, a 95 % confidence interval, and a reason in words where there is none.

Pure thought. Quantiles of the normal and of Student's distribution, and intervals for shares; the statistics that use
them are `reviews.agreement` and `reviews.agreement_several`.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

CONFIDENCE = 0.95
ONE_WORK = "no interval: one work only"
NO_ERROR = "no interval: the standard error is 0"
OF_MARGINS = "no interval: it follows from the margins"
NOUGHT = 1e-9  # a standard error below this is rounding


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic. `value` is None where it is not defined; `why` says so, or says why there is no interval."""

    value: float | None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    why: str = ""


def undefined(why: str) -> Figure:
    """A statistic that cannot be worked out, with the reason."""
    return Figure(None, why=why)


def around(value: float, se: float, quantile: float) -> Figure:
    """A coefficient with the interval value ± quantile × SE, which ends at -1 and 1."""
    if se < NOUGHT:
        return Figure(value, se=0.0, why=NO_ERROR)
    return Figure(value, max(-1.0, value - quantile * se), min(1.0, value + quantile * se), se)


def share(part: int, whole: int) -> Figure:
    """A share of `whole` with the score interval of Wilson (1927), J Am Stat Assoc 22:209-212."""
    if whole < 2:
        return Figure(part / whole, why=ONE_WORK)
    z = normal()
    p = part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    low = 0.0 if part == 0 else middle - half  # what is 0 or 1 by the formula is so, whatever rounding says
    return Figure(p, low, 1.0 if part == whole else middle + half)


def difference(first: int, second: int, whole: int) -> Figure:
    """The difference of two parts of one whole, as a share of it.

    Interval: Agresti and Min (2005), Stat Med 24:729-740: half an observation is added to each of the four cells.
    """
    value = (first - second) / whole
    if whole < 2:
        return Figure(value, why=ONE_WORK)
    x, y, n = first + 0.5, second + 0.5, whole + 2
    middle, se = (x - y) / n, math.sqrt(x + y - (x - y) ** 2 / n) / n
    return replace(around(middle, se, normal()), value=value, se=None)


def carried(figure: Figure, value: float, ends: tuple[float, float] | None) -> Figure:
    """A figure that is a rising function of another one: the ends of that one's interval, carried over."""
    low, high = ends or (None, None)
    return Figure(value, low, high, why=figure.why)


def normal(confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of the normal distribution: 1.96 for 95 %."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


@lru_cache(maxsize=4096)
def student(freedom: int, confidence: float = CONFIDENCE) -> float:
    """The two-sided quantile of Student's t: 12.706 for one degree of freedom, 1.96 for very many.

    Bisection on the tail, whose incomplete beta function is Abramowitz and Stegun (1964), 26.7.1 and 26.5.8.
    """
    tail = (1 - confidence) / 2
    low, high = 0.0, 1.0
    while _tail(high, freedom) > tail:
        low, high = high, high * 2
    for _step in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _tail(middle, freedom) > tail else (low, middle)
    return (low + high) / 2


def _tail(t: float, freedom: int) -> float:
    """P(T > t) for t >= 0."""
    return _beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction on the side where that is short."""
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log) / (a * _fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction 1 + d1/(1 + d2/(1 + …)), by the method of Lentz (1976), Appl Opt 15:668-671."""
    value, up, down = 1.0, 1.0, 0.0
    for n in range(1, 10_000):
        m = n // 2
        if n % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        down = 1 / (1 + d * down)
        up = 1 + d / up
        value *= up * down
        if abs(up * down - 1) < 1e-16:
            break
    return value
