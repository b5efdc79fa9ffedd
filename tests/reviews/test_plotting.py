"""Plots over days: runs of days, round numbers beside the axis, bars and lines in their places."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import plotting

FIRST = date(2026, 3, 1)


def say(day):
    return f"{day.day}.{day.month}."


def days(*counts):
    return {FIRST + timedelta(n): count for n, count in enumerate(counts) if count}


def last(counts):
    return max(counts)


# --- runs of days --------------------------------------------------------------------------------------------------
def test_few_days_stand_each_for_itself():
    assert plotting.runs(FIRST, FIRST) == [(FIRST, FIRST)]
    assert len(plotting.runs(FIRST, FIRST + timedelta(plotting.MOST_BARS - 1))) == plotting.MOST_BARS


@pytest.mark.parametrize("count", [63, 100, 434, 435, 3000, 20_000])
def test_many_days_are_taken_together_by_weeks_without_a_gap(count):
    end = FIRST + timedelta(count - 1)
    spans = plotting.runs(FIRST, end)
    assert len(spans) <= plotting.MOST_BARS
    assert ((spans[0][1] - spans[0][0]).days + 1) % 7 == 0
    assert (spans[0][0], spans[-1][1]) == (FIRST, end)
    for (_start, before), (after, _end) in zip(spans, spans[1:], strict=False):
        assert after == before + timedelta(1)


# --- the axis ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("most", "told"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (97, [0, 50, 100]), (1000, [0, 500, 1000])],
)
def test_the_numbers_beside_the_axis_are_round(most, told):
    assert plotting.ticks(most) == told


@given(st.integers(0, 10**9))
def test_the_axis_reaches_the_largest_number_in_a_few_steps(most):
    told = plotting.ticks(most)
    assert told[0] == 0 and told[-1] >= most and 2 <= len(told) <= 6
    assert len({b - a for a, b in zip(told, told[1:], strict=False)}) == 1


# --- bars ----------------------------------------------------------------------------------------------------------
def test_a_day_has_a_bar_as_high_as_its_decisions():
    plot = plotting.per_day(days(4, 0, 2), FIRST, FIRST + timedelta(2), say)
    assert [bar.count for bar in plot.bars] == [4, 0, 2]
    tall, none, half = plot.bars
    assert (tall.height, none.height) == (2 * half.height, 0)
    assert tall.x < none.x < half.x
    assert all(bar.y + bar.height == pytest.approx(plot.bottom, abs=0.02) for bar in plot.bars)


@given(st.dictionaries(st.integers(0, 4000), st.integers(1, 10_000), min_size=1))
def test_no_decision_is_lost_in_the_bars_and_all_stand_inside(counts):
    by_day = {FIRST + timedelta(n): count for n, count in counts.items()}
    plot = plotting.per_day(by_day, min(by_day), max(by_day), say)
    assert sum(bar.count for bar in plot.bars) == sum(counts.values())
    for bar in plot.bars:
        assert plot.left <= bar.x and bar.x + bar.width <= plot.right + 0.01
        assert 0 <= bar.y <= plot.bottom


# --- lines ---------------------------------------------------------------------------------------------------------
def corners(line):
    return [tuple(map(float, point.split(","))) for point in line.points.split()]


@given(st.lists(st.dictionaries(st.integers(0, 400), st.integers(1, 99), min_size=1), min_size=1, max_size=8))
def test_a_line_climbs_and_never_falls(members):
    named = {str(n): {FIRST + timedelta(d): c for d, c in each.items()} for n, each in enumerate(members)}
    end = max(max(each) for each in named.values())
    plot = plotting.climbing(named, FIRST, end, say)
    for line in plot.lines:
        points = corners(line)
        assert points == sorted(points, key=lambda point: (point[0], -point[1]))
        assert points[0] == (plot.left, plot.bottom) and points[-1][0] == plot.right
        assert line.total == sum(named[line.name].values())
        assert all(0 <= y <= plot.bottom for _x, y in points)


def test_one_day_alone_is_drawn_too():
    plot = plotting.climbing({"Ann": days(3)}, FIRST, FIRST, say)
    assert corners(plot.lines[0])[-1] == (plot.right, plot.heights[-1].at)
    assert [mark.words for mark in plot.days] == ["1.3."]


def test_each_line_has_a_number_of_its_own():
    plot = plotting.climbing({"Ann": days(3), "Bo": days(1, 1)}, FIRST, FIRST + timedelta(1), say)
    assert [(line.name, line.number, line.total) for line in plot.lines] == [("Ann", 1, 3), ("Bo", 2, 2)]


def test_those_who_decided_least_are_one_line_where_there_are_many():
    named = {f"m{n}": days(n + 1) for n in range(12)}
    kept = plotting.fewer(named, "others")
    assert list(kept) == [*(f"m{n}" for n in range(5, 12)), "others"]
    assert sum(kept["others"].values()) == 1 + 2 + 3 + 4 + 5
    assert plotting.fewer({"Ann": days(1)}, "others") == {"Ann": days(1)}


# --- parts of one bar ----------------------------------------------------------------------------------------------
def test_each_part_is_as_wide_as_its_share_and_nought_has_none():
    found = plotting.parts({"included": 1, "conflict": 0, "pending": 3}, width=400)
    assert [(each.name, each.x, each.width) for each in found] == [("included", 0, 100), ("pending", 100, 300)]


def test_a_bar_of_nothing_has_no_parts():
    assert plotting.parts({"included": 0}) == []
    assert plotting.parts({}) == []
