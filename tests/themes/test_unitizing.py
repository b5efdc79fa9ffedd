"""Agreement on marked stretches and on sets of codes, beside numbers worked out by hand."""

from fractions import Fraction

import pytest

from themes import unitizing
from themes.unitizing import Segment


def test_the_same_stretches_are_complete_agreement():
    assert unitizing.alpha_u((0, 40), {"hope": [[(3, 5), (20, 8)], [(20, 8), (3, 5)]]}) == 1


def test_two_stretches_shifted_by_one_are_as_worked_out_by_hand():
    told = unitizing.disagreement((0, 4), [[(0, 2)], [(1, 2)]])
    assert told == (Fraction(1, 8), Fraction(3, 26))
    assert unitizing.alpha_u((0, 4), {"hope": [[(0, 2)], [(1, 2)]]}) == Fraction(-1, 12)


def test_where_a_text_begins_changes_nothing():
    here = unitizing.alpha_u((0, 50), {"hope": [[(4, 6), (30, 2)], [(5, 9)]], "fear": [[(1, 2)], [(40, 3)]]})
    there = unitizing.alpha_u((100, 50), {"hope": [[(104, 6), (130, 2)], [(105, 9)]], "fear": [[(101, 2)], [(140, 3)]]})
    assert here == there and here < 1


def test_codes_together_are_weighed_by_their_disagreement():
    one, other = [[(0, 2)], [(1, 2)]], [[(2, 1)], [(2, 1)]]
    both = [unitizing.disagreement((0, 4), each) for each in (one, other)]
    expected = 1 - sum(each.observed for each in both) / sum(each.expected for each in both)
    assert unitizing.alpha_u((0, 4), {"hope": one, "fear": other}) == expected


def test_where_nobody_marked_anything_it_is_not_defined():
    assert unitizing.alpha_u((0, 9), {"hope": [[], []]}) is None
    assert unitizing.alpha_u((0, 9), {}) is None


def test_a_line_is_cut_into_units_and_gaps():
    cut = list(unitizing.segments(10, 20, [(25, 5), (12, 3)]))
    assert cut == [Segment(10, 2, False), Segment(12, 3, True), Segment(15, 10, False), Segment(25, 5, True)]


@pytest.mark.parametrize("units", [[(0, 3), (2, 2)], [(0, 0)], [(8, 5)], [(-1, 2)]])
def test_units_that_overlap_or_lie_outside_are_refused(units):
    with pytest.raises(ValueError, match="unit"):
        unitizing.disagreement((0, 10), [units, []])


def test_one_coder_alone_is_refused():
    with pytest.raises(ValueError, match="two coders"):
        unitizing.disagreement((0, 10), [[(1, 2)]])


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        (Segment(2, 4, True), Segment(3, 5, True), 1 + 4),
        (Segment(2, 4, True), Segment(6, 5, True), 0),  # they touch and do not meet
        (Segment(2, 4, True), Segment(0, 9, False), 16),
        (Segment(0, 9, False), Segment(2, 4, True), 16),
        (Segment(2, 4, True), Segment(3, 9, False), 0),
        (Segment(0, 9, False), Segment(0, 9, False), 0),
    ],
)
def test_the_distance_of_two_segments(a, b, distance):
    assert unitizing.distance(a, b) == distance


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ("xy", "yx", 0),
        ("x", "xyz", 1 - Fraction(2, 9)),
        ("xy", "yz", 1 - Fraction(1, 9)),
        ("x", "y", 1),
        ("", "x", 1),
        ("", "", 0),
    ],
)
def test_the_distance_of_two_sets_of_codes(a, b, distance):
    assert unitizing.masi(a, b) == unitizing.masi(b, a) == distance
