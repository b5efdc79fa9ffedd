"""What decisions amount to: every set of verdicts under every rule, as a table; and what no rule may break."""

from dataclasses import dataclass
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.models import State, Verdict
from reviews.outcome import AWAITING, CONFLICT, EXCLUDED, INCLUDED, PENDING, Rule, counting_reason, outcome

INCLUDE, EXCLUDE, MAYBE = Verdict.values
DOUBLE = Rule()
STRICT = Rule(maybe_counts_as="conflict", maybe_with_maybe="conflict")
LIBERAL = Rule(one_include_is_enough=True)
SINGLE = Rule(needed=1)
SINGLE_STRICT = Rule(needed=1, maybe_counts_as="conflict", maybe_with_maybe="conflict")
TRIPLE = Rule(needed=3)

# Verdicts in short (i, e, m), and the outcome under: double, strict, liberal, single, single and strict, triple.
TABLE = """
-    pending          pending          pending          pending   pending   pending
i    awaiting_second  awaiting_second  included         included  included  awaiting_second
e    awaiting_second  awaiting_second  awaiting_second  excluded  excluded  awaiting_second
m    awaiting_second  awaiting_second  included         included  conflict  awaiting_second
ii   included         included         included         included  included  awaiting_second
ie   conflict         conflict         conflict         conflict  conflict  awaiting_second
im   included         conflict         included         included  conflict  awaiting_second
ee   excluded         excluded         excluded         excluded  excluded  awaiting_second
em   conflict         conflict         conflict         conflict  conflict  awaiting_second
mm   included         conflict         included         included  conflict  awaiting_second
iii  included         included         included         included  included  included
iie  conflict         conflict         conflict         conflict  conflict  conflict
iim  included         conflict         included         included  conflict  included
iee  conflict         conflict         conflict         conflict  conflict  conflict
iem  conflict         conflict         conflict         conflict  conflict  conflict
imm  included         conflict         included         included  conflict  included
eee  excluded         excluded         excluded         excluded  excluded  excluded
eem  conflict         conflict         conflict         conflict  conflict  conflict
emm  conflict         conflict         conflict         conflict  conflict  conflict
mmm  included         conflict         included         included  conflict  included
"""
RULES = [DOUBLE, STRICT, LIBERAL, SINGLE, SINGLE_STRICT, TRIPLE]
SHORT = {"i": INCLUDE, "e": EXCLUDE, "m": MAYBE, "-": None}
ROWS = [line.split() for line in TABLE.split("\n") if line]
CASES = [
    ([SHORT[each] for each in said if each != "-"], rule, right)
    for said, *columns in ROWS
    for rule, right in zip(RULES, columns, strict=True)
]

verdicts = st.lists(st.sampled_from(Verdict.values), max_size=6)
rules = st.builds(
    Rule,
    needed=st.integers(1, 4),
    maybe_counts_as=st.sampled_from(["include", "conflict"]),
    maybe_with_exclude=st.sampled_from(["include", "conflict"]),
    maybe_with_maybe=st.sampled_from(["include", "conflict"]),
    one_include_is_enough=st.booleans(),
)


@dataclass(frozen=True)
class Reason:
    order: int


# What a maybe means is set beside an include, beside an exclude, and beside nothing but maybes. Columns: the rule that goes on
# beside an exclude too; conflict beside an include only; conflict among maybes only; one include is enough and goes on everywhere.
LENIENT = Rule(maybe_with_exclude="include")
NOT_BESIDE_INCLUDE = Rule(maybe_counts_as="conflict")
NOT_ALONE = Rule(maybe_with_maybe="conflict")
LENIENT_LIBERAL = Rule(needed=3, maybe_with_exclude="include", one_include_is_enough=True)
MAYBES = """
i    awaiting_second  awaiting_second  awaiting_second  included
m    awaiting_second  awaiting_second  awaiting_second  included
e    awaiting_second  awaiting_second  awaiting_second  awaiting_second
ie   conflict         conflict         conflict         awaiting_second
im   included         conflict         included         included
em   included         conflict         conflict         awaiting_second
mm   included         included         conflict         included
emm  included         conflict         conflict         included
iem  conflict         conflict         conflict         conflict
eee  excluded         excluded         excluded         excluded
"""
CASES += [
    ([SHORT[each] for each in row.split()[0]], rule, right)
    for row in MAYBES.strip().split("\n")
    for rule, right in zip([LENIENT, NOT_BESIDE_INCLUDE, NOT_ALONE, LENIENT_LIBERAL], row.split()[1:], strict=True)
]


# Verdicts, whether an expert is among those who gave them, what an act on many works says, the reasons that count; and the
# outcome: by default, where one decision must be an expert's, the same under liberal screening, and where reasons are compared.
EXPERT, LIBERAL_EXPERT, ASKING = (
    Rule(expert_with_novice=True),
    Rule(expert_with_novice=True, one_include_is_enough=True),
    Rule(ask_differing_reasons=True),
)
BESIDES = """
-    -       -        -    pending          pending          pending          pending
i    novice  -        -    awaiting_second  awaiting_second  awaiting_second  awaiting_second
i    expert  -        -    awaiting_second  awaiting_second  included         awaiting_second
ii   novice  -        -    included         awaiting_second  awaiting_second  included
ii   expert  -        -    included         included         included         included
ie   novice  -        -    conflict         awaiting_second  awaiting_second  conflict
ie   expert  -        -    conflict         conflict         conflict         conflict
iie  novice  -        -    conflict         awaiting_second  awaiting_second  conflict
ee   novice  -        1,2  excluded         awaiting_second  awaiting_second  conflict
ee   expert  -        1,2  excluded         excluded         excluded         conflict
ee   expert  -        1,1  excluded         excluded         excluded         excluded
ee   expert  -        1    excluded         excluded         excluded         excluded
e    expert  -        1    awaiting_second  awaiting_second  awaiting_second  awaiting_second
em   expert  -        1    conflict         conflict         conflict         conflict
-    -       include  -    included         included         included         included
-    -       exclude  -    excluded         excluded         excluded         excluded
i    expert  exclude  -    awaiting_second  awaiting_second  included         awaiting_second
ee   expert  include  1    excluded         excluded         excluded         excluded
"""


@pytest.mark.parametrize("row", BESIDES.strip().split("\n"))
def test_experts_reasons_and_acts_on_many_works(row):
    said, who, bulk, reasons, *right = row.split()
    given = {
        "expert": who == "expert",
        "bulk": bulk.strip("-"),
        "reasons": reasons.strip("-").split(",") if reasons != "-" else [],
    }
    verdicts = [SHORT[each] for each in said if each != "-"]
    assert [outcome(verdicts, rule, **given) for rule in (DOUBLE, EXPERT, LIBERAL_EXPERT, ASKING)] == right
    assert outcome(verdicts, EXPERT, adjudicated="include", **given) == INCLUDED


@pytest.mark.parametrize(("said", "rule", "right"), CASES, ids=lambda each: str(each))
def test_every_set_of_verdicts_under_every_rule_in_every_order(said, rule, right):
    assert {outcome(order, rule) for order in permutations(said)} == {right}


def test_the_table_holds_every_set_of_up_to_three_verdicts():
    assert len({row[0] for row in ROWS}) == len(ROWS) == 1 + 3 + 6 + 10


def test_the_words_are_those_that_are_stored():
    assert State.values == [PENDING, AWAITING, CONFLICT, INCLUDED, EXCLUDED]


@given(st.permutations(range(6)), verdicts, rules)
def test_the_order_of_decisions_never_matters(order, said, rule):
    shuffled = [said[n] for n in order if n < len(said)]
    assert outcome(shuffled, rule) == outcome(said, rule)


@given(verdicts, rules)
def test_nobody_decided_is_pending_and_only_that(said, rule):
    assert (outcome(said, rule) == PENDING) == (not said)


@given(verdicts, rules)
def test_nothing_is_excluded_unless_enough_said_so_and_nobody_else(said, rule):
    if outcome(said, rule) == EXCLUDED:
        assert set(said) == {EXCLUDE}
        assert len(said) >= rule.needed


@given(verdicts, rules)
def test_an_exclusion_beside_anything_else_is_settled_only_where_a_maybe_beside_it_is_said_to_go_on(said, rule):
    if EXCLUDE in said and len(set(said)) > 1:
        goes_on = set(said) == {EXCLUDE, MAYBE} and rule.maybe_with_exclude == "include"
        assert outcome(said, rule) in ((AWAITING, INCLUDED) if goes_on else (AWAITING, CONFLICT))


@given(verdicts, rules)
def test_enough_decisions_never_wait(said, rule):
    if len(said) >= rule.needed:
        assert outcome(said, rule) in (CONFLICT, INCLUDED, EXCLUDED)


@given(verdicts, rules, st.sampled_from([("include", INCLUDED), ("exclude", EXCLUDED)]))
def test_a_ruling_decides_whatever_was_said(said, rule, ruled):
    verdict, right = ruled
    assert outcome(said, rule, adjudicated=verdict) == right


def test_of_several_reasons_the_first_in_order_counts():
    assert counting_reason([Reason(3), Reason(1), None, Reason(2)]) == Reason(1)


def test_no_reason_given_is_no_reason():
    assert counting_reason([]) is None
    assert counting_reason([None, None]) is None


@given(st.lists(st.none() | st.builds(Reason, order=st.integers(1, 9)), max_size=5), st.randoms())
def test_whose_reason_comes_first_in_time_never_matters(reasons, random):
    shuffled = list(reasons)
    random.shuffle(shuffled)
    assert counting_reason(shuffled) == counting_reason(reasons)
