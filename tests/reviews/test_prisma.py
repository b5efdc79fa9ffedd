"""The flow as pure thought: its boxes in the statement's wording, the identities, and when it is final."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.prisma import DATABASES, OTHER, Counts, Flow, Kind, Named, boxes, final, identities


def kinds(*numbers: int) -> tuple[Kind, ...]:
    """A database and a register, each with one source."""
    names = ("database", "register", "website")
    return tuple(
        Kind(name, n, f"list-of-{name}", (Named(f"a {name}", n, f"search-{name}"),))
        for name, n in zip(names, numbers, strict=False)
    )


LEFT = Counts(
    arm=DATABASES,
    identified=100,
    kinds=kinds(90, 10),
    duplicates=20,
    duplicates_rules=15,
    duplicates_person=5,
    found_again=2,
    screened=78,
    excluded=50,
    sought=28,
    not_retrieved=3,
    assessed=25,
    reports_excluded=15,
    reasons=(Named("Wrong setting", 9, "reason-1"), Named("Wrong design", 6, "reason-2")),
    included=10,
)
RIGHT = Counts(
    arm=OTHER,
    identified=12,
    kinds=(Kind("citation", 12, "kind-other-citation", (Named("Reference lists", 12, "search-9"),)),),
    duplicates=2,
    screened=10,
    excluded=4,
    sought=6,
    not_retrieved=1,
    assessed=5,
    reports_excluded=2,
    reasons=(Named("Wrong design", 2, "reason-other-2"),),
    included=3,
)
NONE = Counts(arm=OTHER)
ONE = Flow(LEFT, NONE, records=100, reports=10, studies=9)
TWO = Flow(LEFT, RIGHT, records=115, previous=3, reports=13, studies=12)


def failing(flow: Flow) -> list[str]:
    return [each.name for each in identities(flow) if each.holds is False]


def sentence(flow: Flow, name: str) -> str:
    return next(each.sentence for each in identities(flow) if each.name == name)


@pytest.mark.parametrize("flow", [ONE, TWO, Flow(Counts(), NONE)], ids=["one column", "two columns", "nothing yet"])
def test_a_flow_that_adds_up_holds_every_identity(flow: Flow) -> None:
    assert failing(flow) == []


def test_what_was_removed_unread_stands_before_screening_and_is_not_screened() -> None:
    left = replace(LEFT, automation=7, other_reasons=3, screened=68, excluded=40)
    flow = replace(ONE, databases=left)
    assert failing(flow) == []
    removed = next(box for box in boxes(flow) if box.key == "removed")
    assert [(line.words, line.number, line.opens) for line in removed.lines[-2:]] == [
        ("Records marked as ineligible by automation tools", 7, "removed-automation-databases"),
        ("Records removed for other reasons", 3, "removed-other-databases"),
    ]
    assert failing(replace(ONE, databases=replace(left, screened=78))) != []
    right = replace(RIGHT, automation=1, screened=9, excluded=3)
    assert failing(replace(TWO, other=right)) == []


def test_thirteen_identities_are_named_in_order() -> None:
    assert [each.name for each in identities(TWO)] == [f"P{n}" for n in range(1, 14)]


def test_what_does_not_apply_is_said_and_not_counted_as_holding() -> None:
    assert {each.name for each in identities(ONE) if each.holds is None} == {"P7", "P9", "P12"}
    assert {each.name for each in identities(TWO) if each.holds is None} == {"P9", "P12"}
    assert all(each.sentence.endswith(".") for each in identities(ONE))


BREAKS = [
    ("P1", replace(ONE, databases=replace(LEFT, kinds=kinds(90, 9)))),
    ("P2", replace(ONE, databases=replace(LEFT, screened=79, excluded=51))),
    ("P2", replace(ONE, databases=replace(LEFT, duplicates_person=4))),
    ("P3", replace(ONE, databases=replace(LEFT, pending=1))),
    ("P3", replace(ONE, databases=replace(LEFT, conflicts=1))),
    ("P4", replace(ONE, databases=replace(LEFT, awaited=1))),
    ("P5", replace(ONE, databases=replace(LEFT, reasons=LEFT.reasons[:1]))),
    ("P6", replace(ONE, reports=9)),
    ("P6", replace(ONE, databases=replace(LEFT, assessing=1))),
    ("P7", replace(TWO, other=replace(RIGHT, pending=1))),
    ("P7", replace(TWO, other=replace(RIGHT, not_retrieved=0))),
    ("P7", replace(TWO, other=replace(RIGHT, reasons=()))),
    ("P8", replace(ONE, studies=83)),
    ("P10", replace(ONE, records=101)),
]


@pytest.mark.parametrize(("name", "flow"), BREAKS)
def test_each_identity_is_found_broken_alone(name: str, flow: Flow) -> None:
    assert failing(flow) == [name]
    assert not final(flow)


def test_what_is_not_yet_read_stands_in_its_column_and_keeps_the_flow_from_being_final() -> None:
    assert final(TWO)
    waiting = replace(TWO, unread=5, databases=replace(LEFT, unread=2), other=replace(RIGHT, unread=3))
    assert failing(waiting) == []
    assert not final(waiting)
    lines = {box.arm: box.lines[-1] for box in boxes(waiting) if box.key == "identified"}
    said = [(lines[arm].words, lines[arm].number, lines[arm].opens, lines[arm].pending) for arm in (DATABASES, OTHER)]
    words = "Stretches identified, not yet read"
    assert said == [(words, 2, "rejected-databases", True), (words, 3, "rejected-other", True)]


def test_where_all_was_read_nothing_is_said_of_it() -> None:
    assert not any("not yet read" in line.words for box in boxes(TWO) for line in box.lines)


def test_a_previous_reviews_unread_stretches_keep_it_from_being_final_too() -> None:
    assert not final(replace(ONE, unread=1))


def test_a_number_that_is_not_its_lists_length_breaks_p11() -> None:
    twice = replace(LEFT, reasons=(Named("Wrong setting", 9, "reason-1"), Named("Wrong design", 6, "reason-1")))
    assert failing(replace(ONE, databases=twice)) == ["P11"]
    assert "Wrong design" in sentence(replace(ONE, databases=twice), "P11")


def test_a_step_that_grows_and_a_number_below_zero_break_p13() -> None:
    grown = replace(LEFT, assessed=29, not_retrieved=-1, reports_excluded=19, reasons=(Named("Wrong design", 19, "r"),))
    assert "P13" in failing(replace(ONE, databases=grown))
    grown = replace(LEFT, screened=101, duplicates=-1)
    assert "P13" in failing(replace(ONE, databases=grown))
    assert "holds more (29)" in sentence(replace(ONE, databases=replace(LEFT, assessed=29)), "P13")


def test_the_failing_identity_says_why_in_a_sentence_with_both_numbers() -> None:
    flow = replace(ONE, databases=replace(LEFT, screened=79, excluded=51))
    assert sentence(flow, "P2") == "Records screened are 79, but records identified less those removed come to 78."


def test_the_failing_identity_names_its_box() -> None:
    flow = replace(TWO, other=replace(RIGHT, pending=1))
    assert [each.boxes for each in identities(flow) if each.holds is False] == [("sought-other",)]
    assert {name for each in identities(flow) for name in each.boxes} <= {box.name for box in boxes(flow)}


def test_more_studies_than_reports_is_a_notice() -> None:
    broken = next(each for each in identities(replace(ONE, studies=83)) if each.holds is False)
    assert broken.notice
    assert "83" in broken.sentence


PUBLISHED = [  # flows as printed, with the identities that they break; figures from the articles' own drawings
    ("he_2025", 700, 167, 533, 398, 135, 0, 135, 93, 42, 42, []),
    ("aeds_2025", 162, 23, 139, 25, 114, 4, 110, 88, 22, 22, []),
    ("mbr_2025", 302, 53, 249, 134, 115, 0, 115, 32, 1, 83, ["P6", "P8"]),
    ("haddaway_map", 31758, 11884, 19874, 16457, 3417, 1123, 2294, 1092, 1053, 1072, ["P6", "P8"]),
    ("made up", 10, 3, 8, 5, 3, 1, 2, 1, 1, 1, ["P2"]),
]


@pytest.mark.parametrize("row", PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published_flows_are_judged_as_they_deserve(row: tuple) -> None:
    _name, identified, doubles, screened, excluded, sought, missing, assessed, out, reports, studies, broken = row
    left = Counts(
        identified=identified,
        kinds=kinds(identified, 0),
        duplicates=doubles,
        duplicates_rules=doubles,
        screened=screened,
        excluded=excluded,
        sought=sought,
        not_retrieved=missing,
        assessed=assessed,
        reports_excluded=out,
        reasons=(Named("any", out, "reason-1"),),
        included=assessed - out,
    )
    assert failing(Flow(left, NONE, records=identified, reports=reports, studies=studies)) == broken


# Final


def test_a_flow_is_final_when_all_holds_and_nothing_is_open() -> None:
    assert final(ONE)
    assert final(TWO)


def test_a_blinded_members_flow_is_never_final() -> None:
    assert not final(replace(ONE, own_only=True))


OPEN = [
    replace(LEFT, pending=1, excluded=49),
    replace(LEFT, conflicts=1, excluded=49),
    replace(LEFT, awaited=1, not_retrieved=2),
    replace(LEFT, assessing=1, included=9),
]


@pytest.mark.parametrize("left", OPEN, ids=["pending", "conflict", "awaited", "assessing"])
def test_a_flow_with_something_open_adds_up_and_is_not_final(left: Counts) -> None:
    flow = replace(ONE, databases=left, reports=left.included, studies=left.included)
    assert failing(flow) == []
    assert not final(flow)


# Boxes


def words(flow: Flow, name: str) -> list[str]:
    """Title and lines of a box as they are read."""
    box = next(each for each in boxes(flow) if each.name == name)
    own = box.title if box.number is None else f"{box.title} (n = {box.number})"
    return [own, *(f"{line.words} (n = {line.number})" for line in box.lines)]


def test_the_boxes_speak_as_the_statement_does() -> None:
    assert words(ONE, "identified-databases") == [
        "Records identified from:", "Databases (n = 90)", "a database (n = 90)", "Registers (n = 10)", "a register (n = 10)",
    ]  # fmt: skip
    assert words(ONE, "removed-databases")[:2] == ["Records removed before screening:", "Duplicate records (n = 20)"]
    assert words(ONE, "screened-databases")[0] == "Records screened (n = 78)"
    assert words(ONE, "excluded-databases") == ["Records excluded (n = 50)"]
    assert words(ONE, "sought-databases")[0] == "Reports sought for retrieval (n = 28)"
    assert words(ONE, "not-retrieved-databases") == ["Reports not retrieved (n = 3)"]
    assert words(ONE, "assessed-databases")[0] == "Reports assessed for eligibility (n = 25)"
    assert words(ONE, "reports-excluded-databases") == [
        "Reports excluded (n = 15)", "Wrong setting (n = 9)", "Wrong design (n = 6)",
    ]  # fmt: skip
    assert words(ONE, "included") == ["Studies included in review (n = 9)", "Reports of included studies (n = 10)"]


def test_what_is_open_is_a_number_of_its_own() -> None:
    pending = [(box.name, line.opens) for box in boxes(TWO) for line in box.lines if line.pending]
    assert pending == [
        (f"{box}-{arm}", f"{name}-{arm}")
        for arm in (DATABASES, OTHER)
        for box, name in (
            ("screened", "pending"),
            ("screened", "conflicts"),
            ("sought", "awaited"),
            ("assessed", "assessing"),
        )
    ]


def test_every_number_names_the_list_it_opens() -> None:
    assert all(line.opens for box in boxes(TWO) for line in box.lines)
    assert all(box.opens for box in boxes(TWO) if box.number is not None)


def test_other_methods_have_a_column_only_when_something_came_from_there() -> None:
    assert {box.arm for box in boxes(ONE)} == {DATABASES, ""}
    assert {box.arm for box in boxes(TWO)} == {DATABASES, OTHER, ""}


def test_words_are_translated_and_names_are_not() -> None:
    shouted = boxes(TWO, str.upper)
    assert all(box.title.isupper() for box in shouted)
    assert "a database" in [line.words for box in shouted for line in box.lines]
    assert all(each.sentence.startswith("»") for each in identities(TWO, lambda words: f"»{words}"))


# A property: whatever is counted consistently adds up.


@st.composite
def column(draw: st.DrawFn, arm: str) -> Counts:
    """Counts made by sorting records one after the other, as the database does."""
    part = st.integers(0, 50)
    names = ("database", "register", "website", "citation")
    sources = [draw(st.lists(part, max_size=4)) for _name in names]
    found = tuple(
        Kind(name, sum(each), f"{arm}-{name}", tuple(Named(f"{n}", x, f"{arm}-{name}-{n}") for n, x in enumerate(each)))
        for name, each in zip(names, sources, strict=True)
    )
    left = identified = sum(each.number for each in found)

    def take() -> int:
        nonlocal left
        some = draw(st.integers(0, left))
        left -= some
        return some

    rules, person, again = take(), take() if arm == DATABASES else 0, take() if arm == DATABASES else 0
    screened, excluded, pending, conflicts = left, take(), take(), take()
    sought, missing, awaited = left, take(), take()
    assessed, assessing = left, take()
    first, second = take(), take()
    return Counts(
        arm=arm,
        identified=identified,
        kinds=found,
        duplicates=rules + person,
        duplicates_rules=rules if arm == DATABASES else 0,
        duplicates_person=person,
        found_again=again,
        screened=screened,
        excluded=excluded,
        pending=pending,
        conflicts=conflicts,
        sought=sought,
        not_retrieved=missing,
        awaited=awaited,
        assessed=assessed,
        assessing=assessing,
        reports_excluded=first + second,
        reasons=(Named("one", first, f"reason-{arm}-1"), Named("two", second, f"reason-{arm}-2")),
        included=left,
    )


@given(column(DATABASES), column(OTHER), st.integers(0, 99), st.data())
def test_consistent_counts_always_add_up(left: Counts, right: Counts, previous: int, data: st.DataObject) -> None:
    reports = left.included + right.included
    flow = Flow(
        left,
        right,
        records=left.identified + right.identified + previous,
        previous=previous,
        reports=reports,
        studies=data.draw(st.integers(0, reports)),
    )
    assert failing(flow) == []
    assert final(flow) == (left.open + right.open == 0)


MOVED = ("screened", "excluded", "pending", "conflicts", "sought", "not_retrieved", "awaited", "assessed", "assessing",
         "identified", "duplicates", "reports_excluded", "included")  # fmt: skip


@given(column(DATABASES), st.sampled_from(MOVED), st.integers(1, 9))
def test_any_single_wrong_number_is_noticed(left: Counts, field: str, by: int) -> None:
    wrong = replace(left, **{field: getattr(left, field) + by})
    flow = Flow(wrong, NONE, records=left.identified, reports=left.included, studies=left.included)
    assert failing(flow)
    assert not final(flow)
