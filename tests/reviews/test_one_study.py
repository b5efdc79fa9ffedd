"""Which reports may be one study, the thought alone: numbers are compared, ties gather, what a person parted stays apart."""

import uuid

import pytest

from reviews import one_study
from reviews.one_study import NUMBER, Tie


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NCT01234567", "nct 01234567"),
        ("ISRCTN12345678", "ISRCTN 1234 5678"),
        ("ChiCTR-TRC-12345678", "chictr-trc-12345678"),
        ("EUCTR2004-000446-20-GB", "2004-000446-20"),
        ("JPRN-UMIN000001234", "UMIN 000001234"),
    ],
)
def test_a_number_is_the_same_however_it_is_spelt(one, other):
    assert one_study.trial_key(one) == one_study.trial_key(other)


def test_numbers_of_two_trials_differ():
    keys = {
        one_study.trial_key(n) for n in ("NCT01234567", "NCT01234568", "2004-000446-20", "2004-000447-20", "KCT0123456")
    }
    assert len(keys) == 5


def test_what_is_parted_stays_parted_and_the_rest_comes_together():
    act = uuid.uuid4()
    parts = [(1,), (2,), (3,), (4,)]
    ties = [Tie(NUMBER, "N", (1, 2, 3, 4))]
    assert [g.parts for g in one_study.groups(parts, ties, {})] == [[(1,), (2,), (3,), (4,)]]
    sides = {2: {act: 0}, 1: {act: 1}, 3: {act: 1}}
    assert [g.parts for g in one_study.groups(parts, ties, sides)] == [[(1,), (3,), (4,)]]
    assert one_study.groups(parts, ties, {n: {act: n} for n in (1, 2, 3, 4)}) == []


def test_a_tie_inside_a_study_is_no_reason_and_one_to_elsewhere_ties_nothing():
    ties = [Tie(NUMBER, "inside", (1, 2)), Tie(NUMBER, "elsewhere", (2, 9)), Tie(NUMBER, "between", (2, 3))]
    (group,) = one_study.groups([(1, 2), (3,)], ties, {})
    assert (group.parts, [tie.said for tie in group.ties]) == ([(1, 2), (3,)], ["between"])


def test_a_thousand_reports_that_share_one_number_are_sorted_at_once():
    act, many = uuid.uuid4(), range(1000)
    ties = [Tie(NUMBER, "N", tuple(many))]
    assert len(one_study.groups([(n,) for n in many], ties, {})) == 1
    assert one_study.groups([(n,) for n in many], ties, {n: {act: n} for n in many}) == []
