"""Agreement between several members, who need not all have decided on every work. Pure thought: counts in, figures out.

Works are given by how often each DECLARED category was chosen: `(2, 0, 1)` is a work with two includes and an exclude,
and `Units` says how many works there are of each kind. Where it matters who said what (Conger's kappa), a work is the
tuple of the members' categories, with None for a member who did not decide, and `Patterns` counts these.

With gaps, and for every standard error, the formulas are Gwet's (2014), Handbook of Inter-Rater Reliability, 4th ed.,
ch. 2-6: variance over works with n - 1, without a correction for finite populations, interval by Student's t with
n - 1 degrees of freedom. Works with one decision count in the shares of the categories (not in alpha), and the variance
takes how many they are as given; whoever leaves them out beforehand avoids both.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from reviews.intervals import ONE_WORK, Figure, around, student, undefined

Units = Mapping[tuple[int, ...], int]
Patterns = Mapping[tuple[int | None, ...], int]
Share = Callable[[tuple[int, ...]], float]

NO_WORK = "not defined: no work was decided by two or more yet"
ONE_CATEGORY = "not defined: everybody chose one category"


def counted(patterns: Patterns, categories: int) -> Counter[tuple[int, ...]]:
    """Patterns without who said what; works that nobody decided on are left out."""
    found: Counter[tuple[int, ...]] = Counter()
    for pattern, times in patterns.items():
        said = Counter(each for each in pattern if each is not None)
        if said:
            found[tuple(said[k] for k in range(categories))] += times
    return found


def paired(units: Units) -> dict[tuple[int, ...], int]:
    """The works on which two or more decided."""
    return {counts: times for counts, times in units.items() if sum(counts) > 1 and times}


def works(units: Units) -> int:
    """How many works there are."""
    return sum(units.values())


def percent(units: Units) -> Figure:
    """The share of agreeing pairs of decisions in a work, in the mean over works (Fleiss 1971)."""
    return _corrected(units, 0.0, lambda _counts: 0.0)


def brennan_prediger(units: Units) -> Figure:
    """Brennan and Prediger (1981), Educ Psychol Meas 41:687-699; of several members Randolph's free-marginal kappa (2005)."""
    q = _categories(units)
    return _corrected(units, 1 / q, lambda _counts: 1 / q)


def ac1(units: Units) -> Figure:
    """Gwet's AC1 (2008), Br J Math Stat Psychol 61:29-48: pe = sum pi_k (1 - pi_k) / (q - 1)."""
    q, pi = _categories(units), _mean_shares(units)
    pe = math.fsum(p * (1 - p) for p in pi) / (q - 1)
    return _corrected(
        units,
        pe,
        lambda counts: math.fsum((1 - p) * c for p, c in zip(pi, counts, strict=True)) / sum(counts) / (q - 1),
    )


def fleiss(units: Units) -> Figure:
    """Fleiss' kappa (1971), Psychol Bull 76:378-382: pe = sum pi_k². One category against the rest: `only`."""
    if not paired(units):
        return undefined(NO_WORK)
    if _used(units) < 2:
        return undefined(ONE_CATEGORY)
    pi = _mean_shares(units)
    pe = math.fsum(p * p for p in pi)
    return _corrected(units, pe, lambda counts: math.fsum(p * c for p, c in zip(pi, counts, strict=True)) / sum(counts))


def only(units: Units, k: int) -> Counter[tuple[int, ...]]:
    """The same works with two categories, `k` and all others: its Fleiss' kappa is that of the category."""
    found: Counter[tuple[int, ...]] = Counter()
    for counts, times in units.items():
        found[counts[k], sum(counts) - counts[k]] += times
    return found


def conger(patterns: Patterns, categories: int) -> Figure:
    """Conger's kappa (1980), Psychol Bull 88:322-328: Cohen's for several members, each with shares of his or her own."""
    units = counted(patterns, categories)
    if not paired(units):
        return undefined(NO_WORK)
    if _used(units) < 2:
        return undefined(ONE_CATEGORY)
    there = {pattern: times for pattern, times in patterns.items() if any(each is not None for each in pattern)}
    n = sum(there.values())
    members = [g for g in range(len(next(iter(there)))) if any(pattern[g] is not None for pattern in there)]
    said = {g: [sum(t for p, t in there.items() if p[g] == k) for k in range(categories)] for g in members}
    done = {g: sum(said[g]) for g in members}
    own = {g: [count / done[g] for count in said[g]] for g in members}
    r = len(members)
    total = [math.fsum(own[g][k] for g in members) for k in range(categories)]
    pe = math.fsum(total[k] ** 2 - math.fsum(own[g][k] ** 2 for g in members) for k in range(categories)) / (
        r * (r - 1)
    )

    def by_chance(pattern: tuple[int | None, ...]) -> float:
        """What one work adds to pe, in Gwet's linear form."""
        parts = (
            n / done[g] * ((pattern[g] == k) - ((pattern[g] is not None) - done[g] / n) * own[g][k])
            * (total[k] - own[g][k])
            for g in members for k in range(categories)
        )  # fmt: skip
        return math.fsum(parts) / (r * (r - 1))

    rows = [(_counts(p, categories), times, by_chance(p)) for p, times in there.items()]
    return _linear(rows, pe)


def _counts(pattern: tuple[int | None, ...], categories: int) -> tuple[int, ...]:
    return tuple(pattern.count(k) for k in range(categories))


Distance = Callable[[int, int, Sequence[int]], float]
# How far two categories are from each other, given how often each was chosen: Krippendorff (2011).
DISTANCES: dict[str, Distance] = {
    "nominal": lambda _a, _b, _often: 1.0,
    "ordinal": lambda a, b, often: (sum(often[a : b + 1]) - (often[a] + often[b]) / 2) ** 2,
    "interval": lambda a, b, _often: float((a - b) ** 2),
    "ratio": lambda a, b, _often: ((a - b) / (a + b + 2)) ** 2,  # of the values 1, 2, 3 …
}


def alpha(units: Units, distance: str = "nominal", scale: Distance | None = None) -> Figure:
    """Krippendorff's alpha: 1 - Do/De over all pairable decisions; works with one decision have none to be paired with.

    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C. Categories are 0, 1, 2 … in their order;
    `scale` is a distance of one's own. The interval (nominal only) is Gwet's (2014), ch. 2 and 6.
    """
    pairable = paired(units)
    if not pairable:
        return undefined(NO_WORK)
    if _used(pairable) < 2:
        return undefined(ONE_CATEGORY)
    q = _categories(units)
    often = [sum(counts[k] * times for counts, times in pairable.items()) for k in range(q)]
    far = scale or DISTANCES[distance]
    pairs = {(a, b): far(a, b, often) for a in range(q) for b in range(a + 1, q)}
    seen = math.fsum(
        times * counts[a] * counts[b] * d / (sum(counts) - 1)
        for counts, times in pairable.items()
        for (a, b), d in pairs.items()
    )
    chance = math.fsum(often[a] * often[b] * d for (a, b), d in pairs.items())
    value = 1 - (sum(often) - 1) * seen / chance
    if distance != "nominal" or scale:
        return Figure(value)
    return _alpha_interval(pairable, value, often)


def _alpha_interval(pairable: Units, value: float, often: Sequence[int]) -> Figure:
    n = works(pairable)
    if n < 2:
        return Figure(value, why=ONE_WORK)
    mean = sum(often) / n
    pi = [each / sum(often) for each in often]
    pe = math.fsum(p * p for p in pi)
    agree = {c: math.fsum(k * (k - 1) for k in c) / (mean * (sum(c) - 1)) for c in pairable}
    pa = math.fsum(times * agree[counts] for counts, times in pairable.items()) / n
    small = (pa - pe) / (1 - pe)  # without the correction for small samples
    spread = []
    for counts, times in pairable.items():
        more = (sum(counts) - mean) / mean
        seen = agree[counts] - pa * more
        by_chance = math.fsum(p * c for p, c in zip(pi, counts, strict=True)) / mean - pe * more
        x = (seen - pe) / (1 - pe) - 2 * (1 - small) * (by_chance - pe) / (1 - pe)
        spread.append(times * (x - small) ** 2)
    return around(value, math.sqrt(math.fsum(spread) / (n * (n - 1))), student(n - 1))


def _categories(units: Units) -> int:
    """q. Raises ValueError where fewer than two categories were declared."""
    q = len(next(iter(units), (0, 0)))
    if q < 2 or any(len(counts) != q for counts in units):
        raise ValueError("every work is counted over the same categories, and two at least")
    return q


def _used(units: Units) -> int:
    """How many categories were chosen at all."""
    return sum(any(counts[k] for counts, times in units.items() if times) for k in range(_categories(units)))


def _mean_shares(units: Units) -> list[float]:
    """pi_k: the share of each category in a work's decisions, in the mean over works."""
    rows = [(counts, times) for counts, times in units.items() if sum(counts)]
    n = sum(times for _counts, times in rows)
    q = _categories(units)
    return [math.fsum(times * counts[k] / sum(counts) for counts, times in rows) / max(n, 1) for k in range(q)]


def _corrected(units: Units, pe: float, by_chance: Share) -> Figure:
    """(pa - pe)/(1 - pe) from works without names; `by_chance` is what one work adds to pe."""
    return _linear([(counts, times, by_chance(counts)) for counts, times in units.items() if sum(counts)], pe)


def _linear(rows: Sequence[tuple[tuple[int, ...], int, float]], pe: float) -> Figure:
    """A coefficient with the standard error of its linear form over works; rows are (counts, how many works, part of pe)."""
    agree = {c: sum(k * (k - 1) for k in c) / (sum(c) * (sum(c) - 1)) for c, _times, _part in rows if sum(c) > 1}
    n, two = sum(row[1] for row in rows), sum(times for counts, times, _part in rows if counts in agree)
    if not two:
        return undefined(NO_WORK)
    pa = math.fsum(times * agree[counts] for counts, times, _part in rows if counts in agree) / two
    value = (pa - pe) / (1 - pe)
    if n < 2:
        return Figure(value, why=ONE_WORK)
    spread = []
    for counts, times, part in rows:
        x = n / two * (agree[counts] - pe) / (1 - pe) if counts in agree else 0.0
        spread.append(times * (x - 2 * (1 - value) * (part - pe) / (1 - pe) - value) ** 2)
    return around(value, math.sqrt(math.fsum(spread) / (n * (n - 1))), student(n - 1))
