"""Agreement between two members, from the table of their verdicts. Pure thought: counts in, figures out.

A table is square, one row and one column for each DECLARED category, also for those that nobody chose: AC1,
Brennan-Prediger and weighted kappa depend on the list. `table[i][j]` counts the works that the first member put into
category i and the second into j. Every figure is a `Figure`: 95 % interval, or the reason why there is none. Several
members at once, and what both cases share, stand in `reviews.agreement_several`.

No cut-points are offered: kappa depends on how rare a category is, so that it is told with its table, the prevalence
and the agreement on each category.
"""

import math
from collections import Counter
from collections.abc import Sequence

from reviews import agreement_several as several
from reviews.intervals import OF_MARGINS, ONE_WORK, Figure, around, carried, difference, normal, share, undefined

Table = Sequence[Sequence[int]]
Weights = Sequence[Sequence[float]]

NO_WORK = "not defined: no work was decided by both yet"
ONE_CATEGORY = several.ONE_CATEGORY
NOBODY = "not defined: nobody chose this category"


def works(table: Table) -> int:
    """n, the works that both decided on. Raises ValueError for what is no table of counts."""
    if len(table) < 2 or any(len(row) != len(table) for row in table):
        raise ValueError("a table has as many rows as columns, and two at least")
    if any(cell < 0 or cell != int(cell) for row in table for cell in row):
        raise ValueError("a table counts works")
    return sum(map(sum, table))


def margins(table: Table) -> tuple[list[int], list[int]]:
    """How often each category was chosen by the first member, and by the second."""
    return [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]


def merged(table: Table, first: int, second: int) -> list[list[int]]:
    """The same works with the second category counted as the first: a table smaller by one."""
    kept = [n for n in range(len(table)) if n != second]
    parts = {n: (n, second) if n == first else (n,) for n in kept}
    return [[sum(table[i][j] for i in parts[a] for j in parts[b]) for b in kept] for a in kept]


def percent(table: Table) -> Figure:
    """Observed agreement po = sum n_ii / n, with Wilson's interval (1927)."""
    n = works(table)
    return share(sum(table[k][k] for k in range(len(table))), n) if n else undefined(NO_WORK)


def expected(table: Table) -> Figure:
    """Agreement expected by chance in Cohen's kappa (1960): pe = sum n_i. n_.i / n²."""
    n = works(table)
    if not n:
        return undefined(NO_WORK)
    rows, columns = margins(table)
    return Figure(sum(r * c for r, c in zip(rows, columns, strict=True)) / n**2, why=OF_MARGINS)


def specific(table: Table, k: int) -> Figure:
    """Agreement on one category: 2 n_kk / (n_k. + n_.k). At 2 × 2: positive and negative agreement, 2a/(2a+b+c), 2d/(2d+b+c).

    Dice (1945), Ecology 26:297-302; Cicchetti and Feinstein (1990), J Clin Epidemiol 43:551-558. Interval: Wilson's for
    the share s = n_kk of the works that at least one of the two put there, carried over by 2s/(1+s).
    """
    if not works(table):
        return undefined(NO_WORK)
    rows, columns = margins(table)
    both, either = table[k][k], rows[k] + columns[k] - table[k][k]
    if not either:
        return undefined(NOBODY)
    s = share(both, either)
    ends = None if s.low is None or s.high is None else (2 * s.low / (1 + s.low), 2 * s.high / (1 + s.high))
    return carried(s, 2 * both / (rows[k] + columns[k]), ends)


def corrected(observed: float, by_chance: float) -> float:
    """A coefficient from observed and expected agreement: (po - pe) / (1 - pe)."""
    return (observed - by_chance) / (1 - by_chance)


def linear(q: int) -> list[list[float]]:
    """Weights of q ordered categories that fall evenly with the distance (Cicchetti and Allison 1971)."""
    return [[1 - abs(i - j) / (q - 1) for j in range(q)] for i in range(q)]


def quadratic(q: int) -> list[list[float]]:
    """Weights of q ordered categories that fall with the square of the distance (Fleiss and Cohen 1973)."""
    return [[1 - (i - j) ** 2 / (q - 1) ** 2 for j in range(q)] for i in range(q)]


def kappa(table: Table, weights: Weights | None = None) -> Figure:
    """Cohen's kappa (1960), Educ Psychol Meas 20:37-46; weighted: Cohen (1968), Psychol Bull 70:213-220.

    Standard error: Fleiss, Cohen and Everitt (1969), Psychol Bull 72:323-327; normal interval.
    """
    n, q = works(table), len(table)
    if not n:
        return undefined(NO_WORK)
    w = weights or _identity(q)
    rows, columns = margins(table)
    cells = [(i, j) for i in range(q) for j in range(q)]
    seen = n * sum(w[i][j] * table[i][j] for i, j in cells)
    chance = sum(w[i][j] * rows[i] * columns[j] for i, j in cells)
    if chance == n * n or len({k for k in range(q) if rows[k] or columns[k]}) == 1:
        return undefined(ONE_CATEGORY)
    value = (seen - chance) / (n * n - chance)
    if n < 2:
        return Figure(value, why=ONE_WORK)
    of_row = [sum(w[i][j] * columns[j] for j in range(q)) / n for i in range(q)]
    of_column = [sum(w[i][j] * rows[i] for i in range(q)) / n for j in range(q)]
    terms = [(table[i][j] / n, w[i][j] - (of_row[i] + of_column[j]) * (1 - value)) for i, j in cells]
    return around(value, math.sqrt(_variance(terms) / n) / (1 - chance / n**2), normal())


def error_at_zero(table: Table, weights: Weights | None = None) -> float | None:
    """The standard error of kappa if there were no agreement beyond chance (Fleiss, Cohen and Everitt 1969); for a test only."""
    n, q = works(table), len(table)
    if not n or kappa(table, weights).value is None:
        return None
    w = weights or _identity(q)
    rows, columns = ([each / n for each in side] for side in margins(table))
    of_row = [sum(w[i][j] * columns[j] for j in range(q)) for i in range(q)]
    of_column = [sum(w[i][j] * rows[i] for i in range(q)) for j in range(q)]
    cells = [(i, j) for i in range(q) for j in range(q)]
    terms = [(rows[i] * columns[j], w[i][j] - of_row[i] - of_column[j]) for i, j in cells]
    pe = math.fsum(w[i][j] * rows[i] * columns[j] for i, j in cells)
    return math.sqrt(_variance(terms) / n) / (1 - pe)


def _variance(terms: Sequence[tuple[float, float]]) -> float:
    """Of values with their weights, which add up to 1. The formulas of 1969 subtract two squares: the same, less exact."""
    mean = math.fsum(weight * x for weight, x in terms)
    return math.fsum(weight * (x - mean) ** 2 for weight, x in terms)


def largest_kappa(table: Table) -> Figure:
    """The largest kappa that these margins allow: (sum min(n_i., n_.i)/n - pe) / (1 - pe); Cohen (1960)."""
    if kappa(table).value is None:
        return undefined(kappa(table).why)
    n = works(table)
    rows, columns = margins(table)
    chance = sum(r * c for r, c in zip(rows, columns, strict=True))
    most = n * sum(map(min, rows, columns))
    return Figure((most - chance) / (n * n - chance), why=OF_MARGINS)


def brennan_prediger(table: Table) -> Figure:
    """(po - 1/q) / (1 - 1/q): Brennan and Prediger (1981), Educ Psychol Meas 41:687-699.

    At two categories this is PABAK, 2po - 1: Byrt, Bishop and Carlin (1993), J Clin Epidemiol 46:423-429. Interval:
    Wilson's for po, carried over.
    """
    po, q = percent(table), len(table)
    if po.value is None:
        return po
    ends = None if po.low is None or po.high is None else (corrected(po.low, 1 / q), corrected(po.high, 1 / q))
    return carried(po, corrected(po.value, 1 / q), ends)


def ac1(table: Table) -> Figure:
    """Gwet's AC1 (2008), Br J Math Stat Psychol 61:29-48, with its standard error and Student's t with n - 1."""
    return several.ac1(units(table)) if works(table) else undefined(NO_WORK)


def scott(table: Table) -> Figure:
    """Scott's pi (1955), Public Opin Q 19:321-325: Fleiss' kappa of two members."""
    return several.fleiss(units(table)) if works(table) else undefined(NO_WORK)


def alpha(table: Table) -> Figure:
    """Krippendorff's alpha, nominal, of two members without gaps; see `agreement_several.alpha`."""
    return several.alpha(units(table)) if works(table) else undefined(NO_WORK)


def prevalence(table: Table) -> Figure:
    """The prevalence index (a - d)/n of a 2 × 2 table: Byrt, Bishop and Carlin (1993). Interval: Agresti and Min (2005)."""
    n = _of_two(table)
    return difference(table[0][0], table[1][1], n) if n else undefined(NO_WORK)


def bias(table: Table) -> Figure:
    """The bias index (b - c)/n of a 2 × 2 table: Byrt, Bishop and Carlin (1993). Interval: Agresti and Min (2005)."""
    n = _of_two(table)
    return difference(table[0][1], table[1][0], n) if n else undefined(NO_WORK)


def units(table: Table) -> several.Units:
    """Works by how often each category was chosen, as `agreement_several` takes them."""
    found: Counter[tuple[int, ...]] = Counter()
    for i, row in enumerate(table):
        for j, times in enumerate(row):
            if times:
                found[tuple((i == k) + (j == k) for k in range(len(table)))] += times
    return found


def _of_two(table: Table) -> int:
    if len(table) != 2:
        raise ValueError("this index belongs to a table of two categories")
    return works(table)


def _identity(q: int) -> list[list[float]]:
    return [[int(i == j) for j in range(q)] for i in range(q)]
