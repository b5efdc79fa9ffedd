"""The statistics of agreement: printed tables, awkward ones, and random ones beside a second reading of the definitions."""

import math
import random
from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest

from reviews import agreement as two
from reviews import agreement_several as several
from reviews import intervals

BOOK = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]  # Fleiss, Levin and Paik (2003), Statistical Methods for Rates…, table 18.1
CODERS = [  # the example of three coders in "Krippendorff's alpha" of the English Wikipedia; * is a gap
    "*****3412113 3*3".replace(" ", ""),
    "1*213343*******",
    "**21344*2113 3*4".replace(" ", ""),
]


def ratings(rows):
    return Counter(tuple(None if each == "*" else int(each) - 1 for each in unit) for unit in zip(*rows, strict=True))


# --- printed tables ------------------------------------------------------------------------------------------------
def test_the_book_of_fleiss_prints_this_kappa_and_this_standard_error_without_agreement():
    kappa = two.kappa(BOOK)
    assert round(two.percent(BOOK).value, 2) == 0.89
    assert round(kappa.value, 2) == 0.68
    assert round(two.error_at_zero(BOOK), 3) == 0.076
    assert (kappa.low, kappa.high) == pytest.approx(
        (kappa.value - 1.959964 * kappa.se, kappa.value + 1.959964 * kappa.se)
    )


def test_alpha_of_three_coders_with_gaps_is_as_printed():
    units = several.counted(ratings(CODERS), 4)
    assert round(several.alpha(units).value, 3) == 0.691
    assert round(several.alpha(units, "interval").value, 3) == 0.811


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_as_newcombe_printed_it(part, whole, low, high):  # Newcombe (1998), Stat Med 17:857-872
    share = intervals.share(part, whole)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize(("freedom", "quantile"), [(1, 12.706), (2, 4.303), (10, 2.228), (30, 2.042), (120, 1.980)])
def test_students_quantile_is_as_in_every_table(freedom, quantile):
    assert round(intervals.student(freedom), 3) == quantile


def test_for_very_many_works_students_quantile_is_the_normal_one():
    assert intervals.student(10_000_000) == pytest.approx(intervals.normal(), abs=1e-6)


@pytest.mark.parametrize("table", [[[30, 6], [11, 53]], [[2, 3], [4, 91]], [[0, 5], [5, 0]]])
def test_kappa_follows_from_pabak_prevalence_and_bias(table):  # Byrt, Bishop and Carlin (1993), equation 5
    pabak, pi, bi = (f(table).value for f in (two.brennan_prediger, two.prevalence, two.bias))
    assert two.kappa(table).value == pytest.approx((pabak - pi**2 + bi**2) / (1 - pi**2 + bi**2), abs=1e-12)


def test_a_kappa_follows_from_its_shares():
    assert two.corrected(0.75, 0.5) == 0.5


# --- awkward tables ------------------------------------------------------------------------------------------------
def test_where_everybody_chose_one_category_kappa_is_not_defined_and_says_so():
    for table in ([[12, 0], [0, 0]], [[0, 0, 0], [0, 7, 0], [0, 0, 0]], [[1, 0], [0, 0]]):
        for figure in (two.kappa(table), two.scott(table), two.alpha(table), two.kappa(table, two.linear(len(table)))):
            assert figure == intervals.Figure(None, why="not defined: everybody chose one category")
        assert two.percent(table).value == two.ac1(table).value == two.brennan_prediger(table).value == 1
        assert two.error_at_zero(table) is None and two.largest_kappa(table).value is None


def test_without_a_common_work_there_is_no_number_but_words():
    for table in ([[0, 0], [0, 0]], [[0] * 3] * 3):
        q = len(table)
        figures = [
            two.percent(table), two.expected(table), two.specific(table, 0), two.kappa(table), two.largest_kappa(table),
            two.brennan_prediger(table), two.ac1(table), two.scott(table), two.alpha(table),
            *([two.prevalence(table), two.bias(table)] if q == 2 else []),
        ]  # fmt: skip
        assert {(f.value, f.low, f.high, f.why) for f in figures} == {
            (None, None, None, "not defined: no work was decided by both yet")
        }
    for figure in (
        several.fleiss({}),
        several.alpha({}),
        several.percent({}),
        several.conger({}, 2),
        several.ac1({(1, 0): 4}),
    ):
        assert figure.value is None and figure.why == "not defined: no work was decided by two or more yet"


def test_one_work_has_a_value_and_no_interval():
    assert two.percent([[0, 1], [0, 0]]) == intervals.Figure(0.0, why="no interval: one work only")
    for figure in (two.kappa, two.ac1, two.brennan_prediger, two.prevalence, two.bias, two.alpha):
        told = figure([[0, 1], [0, 0]])
        assert told.value is not None and (told.low, told.high, told.why) == (None, None, "no interval: one work only")


def test_a_member_who_always_says_the_same_agrees_as_chance_would():
    assert two.kappa([[7, 0], [7, 0]]).value == 0
    assert two.brennan_prediger([[7, 0], [7, 0]]).value == 0
    assert two.ac1([[5, 0], [5, 0]]).value == pytest.approx(0.2, abs=1e-12)


def test_complete_disagreement_is_minus_one_and_alpha_a_little_more():
    table = [[0, 5], [5, 0]]
    assert two.kappa(table).value == two.ac1(table).value == two.brennan_prediger(table).value == -1
    assert two.alpha(table).value == pytest.approx(-0.9, abs=1e-12)
    assert two.specific(table, 0).value == two.specific(table, 1).value == 0


def test_where_the_standard_error_is_0_no_interval_is_printed():
    for table in ([[5, 0], [0, 5]], [[0, 5], [5, 0]]):
        told = two.kappa(table)
        assert (told.low, told.high, told.why) == (None, None, "no interval: the standard error is 0")
    low = two.percent([[5, 0], [0, 5]]).low
    assert 0.7 < low < 0.73 and two.brennan_prediger([[5, 0], [0, 5]]).low == pytest.approx(2 * low - 1)


def test_where_includes_are_rare_the_figures_differ_and_all_are_there():
    table = [[1, 2], [4, 993]]
    assert two.percent(table).value == 0.994
    assert two.kappa(table).value == pytest.approx(0.2472, abs=1e-4)
    assert two.brennan_prediger(table).value == pytest.approx(0.988)
    assert two.specific(table, 0).value == 0.25
    assert two.prevalence(table).value == pytest.approx(-0.992)


def test_the_declared_categories_count_not_those_that_occur():
    dense, wide = [[8, 2], [1, 9]], [[8, 0, 2], [0, 0, 0], [1, 0, 9]]
    assert two.kappa(dense).value == two.kappa(wide).value
    assert two.alpha(dense).value == pytest.approx(two.alpha(wide).value)
    for figure in (two.ac1, two.brennan_prediger):
        assert figure(wide).value > figure(dense).value
    assert two.specific(wide, 1) == intervals.Figure(None, why="not defined: nobody chose this category")


def test_a_maybe_counted_as_include_makes_a_smaller_table_of_the_same_works():
    table = [[4, 1, 2], [3, 5, 6], [7, 8, 9]]
    assert two.merged(table, 0, 1) == [[13, 8], [15, 9]]
    assert two.works(two.merged(table, 0, 1)) == two.works(table)


@pytest.mark.parametrize("table", [[[1]], [], [[1, 2], [3]], [[1, -1], [0, 0]], [[0.5, 0], [0, 0]]])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(ValueError, match="table"):
        two.kappa(table)


def test_an_index_of_two_categories_is_refused_for_three():
    for index in (two.prevalence, two.bias):
        with pytest.raises(ValueError, match="two categories"):
            index(BOOK)


# --- random tables beside the definitions, in exact fractions ------------------------------------------------------
def some_table(chance, q):
    rare = [chance.random() ** 3 for _ in range(q)]
    table = [[0] * q for _ in range(q)]
    for _ in range(chance.randint(2, 80)):
        i = chance.choices(range(q), [r + 0.01 for r in rare])[0]
        j = i if chance.random() < 0.6 else chance.randrange(q)
        table[i][j] += 1
    return table


def pairs_of(table):
    return [(i, j) for i, row in enumerate(table) for j, times in enumerate(row) for _ in range(times)]


def by_counting(pairs, q, weight=lambda i, j: Fraction(i == j)):
    """Observed agreement, and what it is when each first answer meets each second one."""
    n = len(pairs)
    seen = sum(weight(i, j) for i, j in pairs) / Fraction(n)
    met = Counter(i for i, _j in pairs), Counter(j for _i, j in pairs)
    chance = sum(weight(i, j) * met[0][i] * met[1][j] for i, j in product(range(q), repeat=2)) / Fraction(n * n)
    return seen, chance


def close(figure, expected):
    """The same number, or both not defined."""
    value = figure.value if isinstance(figure, intervals.Figure) else figure
    return value is None if expected is None else value is not None and abs(value - float(expected)) < 1e-9


def ratio(seen, chance):
    return None if chance == 1 else (seen - chance) / (1 - chance)


@pytest.mark.parametrize("q", [2, 3, 4, 5])
def test_a_thousand_random_tables_agree_with_a_reading_of_the_definitions(q):
    chance = random.Random(q)
    for _ in range(250):
        table = some_table(chance, q)
        pairs, n = pairs_of(table), two.works(table)
        seen, by_chance = by_counting(pairs, q)
        assert close(two.percent(table), seen) and close(two.expected(table), by_chance)
        assert close(two.kappa(table), ratio(seen, by_chance))
        near = by_counting(pairs, q, lambda i, j: 1 - Fraction(abs(i - j), q - 1))
        assert close(two.kappa(table, two.linear(q)), ratio(*near))
        assert close(two.brennan_prediger(table), ratio(seen, Fraction(1, q)))
        said = Counter(each for pair in pairs for each in pair)
        pi = [Fraction(said[k], 2 * n) for k in range(q)]
        assert close(two.scott(table), ratio(seen, sum(p * p for p in pi)))
        assert close(two.ac1(table), ratio(seen, sum(p * (1 - p) for p in pi) / (q - 1)))
        unlike = (
            Fraction(sum(a != b for a, b in permutations(said.elements(), 2)), 2 * n * (2 * n - 1)) if n < 20 else None
        )
        if unlike is not None:
            assert close(two.alpha(table), 1 - (1 - seen) / unlike if unlike else None)
        for k in range(q):
            both, either = sum(p == (k, k) for p in pairs), said[k]
            assert close(two.specific(table, k), Fraction(2 * both, either) if either else None)


def some_ratings(chance, q):
    members = chance.randint(2, 5)
    gap = chance.choice((0, 0.15, 0.5))
    rows = []
    for _ in range(chance.randint(3, 25)):
        truth = chance.randrange(q) if chance.random() < 0.7 else 0
        said = (truth if chance.random() < 0.6 else chance.randrange(q) for _m in range(members))
        rows.append(tuple(None if chance.random() < gap else each for each in said))
    return rows


def alpha_by_pairs(rows, far):
    """1 - Do/De with every ordered pair of decisions, those of one work and any two."""
    works = [[each for each in row if each is not None] for row in rows]
    works = [said for said in works if len(said) > 1]
    pooled = [each for said in works for each in said]
    total = len(pooled)
    seen = sum(Fraction(sum(far(a, b) for a, b in permutations(said, 2)), len(said) - 1) for said in works)
    chance = sum(far(a, b) for a, b in permutations(pooled, 2))
    return None if not works or not chance else 1 - (seen / total) / (Fraction(chance) / (total * (total - 1)))


@pytest.mark.parametrize("q", [2, 3, 4])
def test_random_decisions_of_several_members_with_gaps_agree_with_a_reading_of_the_definitions(q):
    chance = random.Random(100 + q)
    for _ in range(340):
        rows = [row for row in some_ratings(chance, q) if any(each is not None for each in row)]
        patterns = Counter(rows)
        units = several.counted(patterns, q)
        said = [[each for each in row if each is not None] for row in rows]
        shared = [each for each in said if len(each) > 1]
        if not shared:
            continue
        seen = sum(Fraction(sum(a == b for a, b in permutations(s, 2)), len(s) * (len(s) - 1)) for s in shared) / len(
            shared
        )
        pi = [sum(Fraction(s.count(k), len(s)) for s in said) / len(said) for k in range(q)]
        assert close(several.percent(units), seen)
        assert close(several.fleiss(units), ratio(seen, sum(p * p for p in pi)))
        assert close(several.ac1(units), ratio(seen, sum(p * (1 - p) for p in pi) / (q - 1)))
        assert close(several.brennan_prediger(units), ratio(seen, Fraction(1, q)))
        columns = [[each for each in column if each is not None] for column in zip(*rows, strict=True)]
        own = [[Fraction(c.count(k), len(c)) for k in range(q)] for c in columns if c]
        meeting = [sum(a * b for a, b in zip(one, other, strict=True)) for one, other in combinations(own, 2)]
        assert close(several.conger(patterns, q), ratio(seen, sum(meeting) / len(meeting)))
        assert close(several.alpha(units), alpha_by_pairs(rows, lambda a, b: a != b))
        assert close(several.alpha(units, "interval"), alpha_by_pairs(rows, lambda a, b: (a - b) ** 2))


# --- standard errors beside the slope of the coefficient -----------------------------------------------------------
def slopes(value, weights):
    """How a coefficient moves with each weight, by a small step to both sides."""
    step, found = 1e-4, {}
    for key in weights:
        up, down = ({**weights, key: weights[key] + sign * step} for sign in (1, -1))
        found[key] = (value(up) - value(down)) / (2 * step)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_the_standard_error_of_kappa_is_that_of_its_slope(seed):
    chance = random.Random(seed)
    q = chance.randint(2, 4)
    cells = {(i, j): chance.randint(1, 30) for i, j in product(range(q), repeat=2)}
    n = sum(cells.values())

    def value(of, w):
        total = sum(of.values())
        rows = [sum(of[i, j] for j in range(q)) / total for i in range(q)]
        columns = [sum(of[i, j] for i in range(q)) / total for j in range(q)]
        pe = sum(w[i][j] * rows[i] * columns[j] for i, j in of)
        return (sum(w[i][j] * of[i, j] for i, j in of) / total - pe) / (1 - pe)

    for w in ([[int(i == j) for j in range(q)] for i in range(q)], two.linear(q), two.quadratic(q)):
        moves = slopes(lambda of, w=w: value(of, w), cells)
        expected = math.sqrt(sum(cells[cell] * move**2 for cell, move in moves.items()))
        told = two.kappa([[cells[i, j] for j in range(q)] for i in range(q)], w)
        assert told.se == pytest.approx(expected, rel=1e-5), n


@pytest.mark.parametrize("seed", range(40))
def test_the_standard_errors_of_several_members_are_those_of_their_slopes(seed):
    chance = random.Random(seed)
    q = chance.randint(2, 3)
    patterns = Counter(row for row in some_ratings(chance, q) * 3 if len(row) - row.count(None) > 1)
    units = several.counted(patterns, q)
    n = sum(patterns.values())
    for coefficient, weights in (
        (several.percent, units), (several.ac1, units), (several.fleiss, units), (several.brennan_prediger, units),
        (lambda of: several.conger(of, q), patterns),
    ):  # fmt: skip
        told = coefficient(weights)
        if told.value is None:
            continue
        moves = slopes(lambda of, c=coefficient: c(of).value, dict(weights))
        expected = math.sqrt(sum(times * moves[key] ** 2 for key, times in weights.items()) * n / (n - 1))
        assert told.se == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_without_gaps_the_standard_error_of_alpha_is_that_of_fleiss_kappa():
    units = several.counted(Counter({(0, 0, 1): 4, (1, 1, 1): 9, (0, 2, 2): 3, (2, 2, 2): 5}), 3)
    assert several.alpha(units).se == pytest.approx(several.fleiss(units).se, abs=1e-12)


def test_intervals_hold_the_value_and_end_where_the_figure_does():
    chance = random.Random(7)
    for _ in range(300):
        table = some_table(chance, 2)
        for figure, least in (
            (two.percent(table), 0), (two.specific(table, 0), 0), (two.kappa(table), -1), (two.ac1(table), -1),
            (two.brennan_prediger(table), -1), (two.alpha(table), -1), (two.prevalence(table), -1), (two.bias(table), -1),
        ):  # fmt: skip
            if figure.low is None:
                assert figure.high is None and figure.why
            else:
                assert least <= figure.low <= figure.high <= 1
                assert figure.low - 1e-12 <= figure.value <= figure.high + 1e-12
