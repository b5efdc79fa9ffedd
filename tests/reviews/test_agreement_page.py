"""The page of agreement: which decisions count, what it says where nothing can be said, and the file."""

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from records import actions as found_works
from reviews import actions, agreement_data, agreement_pairs, agreement_words
from reviews.agreement_pairs import Said
from reviews.models import Decision, Member, Role, Stage, StageName
from reviews.settling import InReviews
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


def unblind(world, stage=TITLE):
    actions.unblind(member=world.members["ann"], stage=stage)
    world.review.refresh_from_db()


def found(world, stage=TITLE):
    """What is counted for bo at a stage."""
    member = Member.objects.select_related("review").get(pk=world.members["bo"].pk)
    return next(of for of in agreement_data.agreement(member) if of.stage == stage)


def table(world):
    """The table of ann and bo: rows and columns are include, maybe, exclude."""
    of = found(world)
    assert [str(member) for member in of.members[:2]] == ["Ann", "Bo"]
    return of.tables[0, 1]


def an_hour_ago(world):
    """All that was said so far was said an hour earlier, so that what is changed now is no slip of the finger."""
    Decision.objects.filter(review=world.review).update(at=F("at") - timedelta(hours=1))


def page(world, as_, who="bo"):
    return as_(world, who).get(f"/reviews/{world.review.pk}/agreement/").content.decode()


def rows_of(world, as_, who="bo"):
    answer = as_(world, who).get(f"/reviews/{world.review.pk}/agreement/agreement.csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


# --- which decisions count -----------------------------------------------------------------------------------------
def test_a_work_counts_once_both_decided(world):
    unblind(world)
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert found(world).alone == 1  # charlie


def test_whoever_decided_first_stands_in_the_same_row(world):
    world.decide("bo", "delta", "maybe")
    world.decide("ann", "delta", "exclude", reason=world.reason("setting"))
    unblind(world)
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


def test_a_decision_changed_after_both_had_decided_counts_as_it_was(world):
    an_hour_ago(world)
    world.decide("bo", "bravo", "include")
    unblind(world)
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_a_decision_taken_back_after_both_had_decided_counts_as_it_was(world):
    an_hour_ago(world)
    actions.undo(member=world.members["bo"], stage=TITLE)
    world.decide("bo", "bravo", "include")
    unblind(world)
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


SLIPS = [  # bo's first word on bravo: minutes until it was taken back, whether bo decided again; what counts
    (1, True, "include"),
    (2, True, "include"),
    (3, True, "exclude"),  # the literal rule: as it stood when the pair was complete
    (1, False, "exclude"),  # taken back and left open: it was bo's word
]


@pytest.mark.parametrize(("minutes", "again", "counts"), SLIPS)
def test_what_its_member_replaced_within_two_minutes_was_a_slip(world, minutes, again, counts):
    an_hour_ago(world)
    first = Decision.objects.get(member=world.members["bo"], work=world.works["bravo"])
    actions.undo(member=world.members["bo"], stage=TITLE)
    Decision.objects.filter(pk=first.pk).update(undone_at=F("at") + timedelta(minutes=minutes))
    if again:
        world.decide("bo", "bravo", "include")
    unblind(world)
    assert (
        table(world)
        == {"include": [[2, 0, 0], [0, 0, 0], [0, 0, 0]], "exclude": [[1, 0, 1], [0, 0, 0], [0, 0, 0]]}[counts]
    )


def test_a_slip_mended_after_the_unblinding_counts_as_it_was(world):
    unblind(world)
    world.decide("bo", "bravo", "include")
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(("ended", "counts"), [("sent-back", 1), ("voided", 0)])
def test_a_decision_that_ended_counts_as_it_stood_unless_it_was_voided(world, ended, counts):
    rows = Decision.objects.filter(work=world.works["bravo"], member=world.members["bo"])
    rows.update(current=False, ended=ended, ended_at=datetime.now(UTC))
    world.decide("bo", "bravo", "include")  # the second look, which adds no second pair
    unblind(world)
    assert table(world)[0] == [2 - counts, 0, counts]


def test_a_second_look_is_no_independent_word_for_a_third_member_either(world):
    rows = Decision.objects.filter(work=world.works["bravo"])
    rows.update(current=False, ended="sent-back", ended_at=datetime.now(UTC))
    world.decide("bo", "bravo", "include")
    world.decide("cy", "bravo", "include")
    unblind(world)
    assert {pair: sum(map(sum, t)) for pair, t in found(world).tables.items()} == {(0, 1): 2}


def test_a_voided_members_decisions_count_nowhere(world):
    Member.objects.filter(pk=world.members["bo"].pk).update(voided_at=datetime.now(UTC))
    unblind(world)
    ann = Member.objects.select_related("review").get(pk=world.members["ann"].pk)
    of = next(each for each in agreement_data.agreement(ann) if each.stage == TITLE)
    assert [str(each) for each in of.members] == ["Ann"] and not of.together


def test_a_decision_taken_back_before_the_other_decided_does_not_count(world):
    world.decide("ann", "delta", "exclude", reason=world.reason("setting"))
    actions.undo(member=world.members["ann"], stage=TITLE)
    world.decide("bo", "delta", "include")
    unblind(world)
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_of_a_decision_changed_before_the_other_decided_the_newer_counts(world):
    world.decide("ann", "delta", "exclude", reason=world.reason("setting"))
    world.decide("ann", "delta", "include")
    world.decide("bo", "delta", "include")
    unblind(world)
    assert table(world) == [[2, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_what_was_decided_after_the_unblinding_does_not_count(world):
    world.decide("ann", "echo", "include")
    unblind(world)
    world.decide("bo", "charlie", "include")
    world.decide("bo", "echo", "exclude", reason=world.reason("setting"))
    world.decide("bo", "bravo", "include")
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert found(world).alone == 2


def test_a_ruling_changes_nothing(world):
    bravo = world.works["bravo"]
    actions.adjudicate(
        member=world.members["cy"], stage=TITLE, work_id=bravo.pk, revision=bravo.revision,
        key="00000000-0000-4000-8000-000000000001", verdict="include",
    )  # fmt: skip
    unblind(world)
    assert table(world) == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert [str(member) for member in found(world).members] == ["Ann", "Bo"]


def test_decisions_taken_over_from_another_program_do_not_count(world):
    dump = world.library.dumps.first()
    Decision.objects.filter(member=world.members["bo"], work=world.works["alpha"]).update(imported_from=dump)
    unblind(world)
    assert table(world) == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_two_works_joined_since_count_as_one(world):
    for who in ("ann", "bo"):
        world.decide(who, "delta", "include")
        world.decide(who, "echo", "exclude", reason=world.reason("setting"))
    works = world.works
    found_works.join(
        by=world.people["lib"], library=world.library, into=works["delta"], others=[works["echo"]], upstairs=InReviews()
    )
    unblind(world)
    assert sum(map(sum, table(world))) == 3


def test_a_removed_members_decisions_stay(world):
    Member.objects.filter(pk=world.members["bo"].pk).update(removed_at=datetime.now(UTC))
    unblind(world)
    of = next(each for each in agreement_data.agreement(world.members["ann"]) if each.stage == TITLE)
    assert of.shut == "blinded"  # this object of ann's was fetched before
    ann = Member.objects.select_related("review").get(pk=world.members["ann"].pk)
    of = next(each for each in agreement_data.agreement(ann) if each.stage == TITLE)
    assert of.tables[0, 1] == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]


def test_of_three_members_each_pair_counts_when_it_is_complete():
    at = datetime(2025, 3, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    decisions = [
        Said(1, "include", at, at + 3 * hour, version=1),
        Said(2, "include", at + hour, version=1),
        Said(1, "exclude", at + 4 * hour, version=2),
        Said(3, "maybe", at + 30 * hour, version=2),
    ]
    heard = agreement_pairs.complete(agreement_pairs.words(decisions))
    assert dict(heard.pairs) == {
        (1, 2): ("include", "include"),
        (1, 3): ("exclude", "maybe"),
        (2, 3): ("include", "maybe"),
    }
    assert dict(heard.most) == {1: "exclude", 2: "include", 3: "maybe"}
    assert (heard.day, heard.version) == ("2025-03-02", None)


def test_a_pair_may_be_complete_though_never_more_than_two_decisions_stand():
    at = datetime(2025, 3, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    decisions = [Said(1, "include", at, at + 2 * hour), Said(2, "exclude", at + hour), Said(3, "maybe", at + 3 * hour)]
    heard = agreement_pairs.complete(decisions)
    assert dict(heard.pairs) == {(1, 2): ("include", "exclude"), (2, 3): ("exclude", "maybe")}
    assert dict(heard.most) == {1: "include", 2: "exclude"}


def test_who_is_in_a_pair_only_is_named_too(world):
    an_hour_ago(world)
    actions.undo(member=world.members["bo"], stage=TITLE)
    world.decide("cy", "bravo", "maybe")
    unblind(world)
    assert {pair: sum(map(sum, t)) for pair, t in found(world).tables.items()} == {(0, 1): 2, (0, 2): 1, (1, 2): 0}


def test_the_short_way_of_counting_finds_what_the_long_one_does(world):
    """A work on which nobody changed anything is counted without times; with a row that was taken back it goes the long way."""
    world.decide("cy", "alpha", "exclude", reason=world.reason("setting"))
    unblind(world)
    short = found(world)
    for work in world.works.values():
        first = Decision.objects.filter(work=work, stage=TITLE).first()
        if first:
            past = datetime(2001, 1, 1, tzinfo=UTC)
            values = {"verdict": "maybe", "current": False, "at": past, "undone_at": past + timedelta(minutes=1)}
            Decision.objects.create(
                review=world.review,
                work=work,
                record_id=work.lead_id,
                member=first.member,
                stage=TITLE,
                key=uuid.uuid4(),
                **values,
            )
    long = found(world)
    assert (short.tables, short.patterns) == (long.tables, long.patterns)
    assert [(part.of, part.tables) for part in short.periods] == [(part.of, part.tables) for part in long.periods]


def test_over_time_and_by_version_the_works_add_up_to_those_of_the_stage(world):
    world.decide("ann", "delta", "include")
    world.decide("bo", "delta", "include")
    Decision.objects.filter(work=world.works["alpha"]).update(
        at=datetime(2025, 3, 4, 9, tzinfo=UTC), criteria_version=1
    )
    Decision.objects.filter(work=world.works["bravo"]).update(
        at=datetime(2025, 3, 30, 9, tzinfo=UTC), criteria_version=2
    )
    Decision.objects.filter(work=world.works["delta"], member=world.members["bo"]).update(criteria_version=2)
    unblind(world)
    of = found(world)
    assert [(part.kind, str(part.of)) for part in of.periods[:2]] == [
        ("month", "2025-03-01"),
        ("month", of.periods[1].of.isoformat()),
    ]
    assert [part.tables[0, 1][0] for part in of.periods] == [[1, 0, 1], [1, 0, 0]]
    assert [(part.of, sum(map(sum, part.tables[0, 1]))) for part in of.versions] == [(None, 1), (1, 1), (2, 1)]
    bo = Member.objects.select_related("review").get(pk=world.members["bo"].pk)
    weeks = next(each for each in agreement_data.agreement(bo, "week") if each.stage == TITLE).periods
    assert [str(part.of) for part in weeks[:2]] == ["2025-03-03", "2025-03-24"]


# --- what the page says --------------------------------------------------------------------------------------------
def test_while_a_stage_is_blinded_the_page_says_so_and_fetches_no_decision(world, as_):
    client = as_(world, "bo")
    with CaptureQueriesContext(connection) as queries:
        text = client.get(f"/reviews/{world.review.pk}/agreement/").content.decode()
    assert text.count("This stage is blinded.") == 2
    assert "Ann" not in text.split("<main")[1]
    assert not any("reviews_decision" in each["sql"] for each in queries.captured_queries)


def test_after_the_unblinding_tables_and_figures_of_each_pair_are_there(world, as_):
    for who, delta, echo, foxtrot in (("ann", "include", "exclude", "exclude"), ("bo", "maybe", "exclude", "exclude")):
        for work, verdict in (("delta", delta), ("echo", echo), ("foxtrot", foxtrot)):
            world.decide(who, work, verdict, reason=world.reason("setting") if verdict == "exclude" else None)
    unblind(world)
    text = page(world, as_)
    assert "Ann and Bo" in text and "5 works" in text
    assert text.count("This stage is blinded.") == 1  # the full texts
    figures = {
        row["What"]: row
        for row in rows_of(world, as_)
        if row["Part"] == "whole stage" and row["Categories"] == "A maybe counts as include"
    }
    assert float(figures["Observed agreement"]["Value"]) == 0.8
    assert float(figures["Cohen's kappa"]["Value"]) == pytest.approx(8 / 13, abs=1e-9)  # (4/5 - 12/25) / (1 - 12/25)
    assert "0.615 (−0.007 to 1.000)" in text
    assert figures["Ann: Include; Bo: Exclude"]["Value"] == "1"
    assert "does not apply" in text


def test_a_figure_that_is_not_defined_is_told_in_words(world, as_):
    Decision.objects.filter(work=world.works["bravo"]).update(current=False, at=datetime(2199, 1, 1, tzinfo=UTC))
    unblind(world)
    text = page(world, as_)
    assert "not defined: everybody chose one category" in text
    assert "no interval: one work only" in text
    assert not any(each in text for each in (">nan", ">inf", "None"))
    kappa = next(row for row in rows_of(world, as_) if row["What"] == "Cohen's kappa")
    assert (kappa["Value"], kappa["Note"]) == ("", "not defined: everybody chose one category")


def test_without_a_common_work_the_pair_is_named(world, as_):
    world.decide("cy", "hotel", "include")
    unblind(world)
    text = page(world, as_)
    assert "No work decided by both yet:" in text and "Ann and Cy; Bo and Cy" in text


def test_of_three_members_all_together_have_figures_too(world, as_):
    world.decide("cy", "alpha", "include")
    world.decide("cy", "bravo", "exclude", reason=world.reason("setting"))
    unblind(world)
    text = page(world, as_)
    assert "All members together" in text and "Fleiss&#x27; kappa" in text
    fleiss = next(row for row in rows_of(world, as_) if row["What"] == "Fleiss' kappa")
    assert fleiss["Works"] == "2"
    assert float(fleiss["Value"]) == pytest.approx(1 / 4, abs=1e-9)  # (2/3 - 5/9) / (1 - 5/9)


def test_a_stage_where_one_include_is_enough_is_refused_in_words(world, as_):
    Stage.objects.filter(review=world.review, name=TITLE).update(one_include_is_enough=True)
    unblind(world)
    assert "One include is enough at this stage" in page(world, as_)
    rows = rows_of(world, as_)
    assert [row["What"] for row in rows] == ["", ""]
    assert "no agreement can be worked out" in rows[0]["Note"]


def test_a_stage_that_the_history_does_not_know_as_opened_is_refused_in_words(world, as_):
    world.review.blinded_abstracts = False
    world.review.save()
    assert "The history does not say when this stage was unblinded" in page(world, as_)


def test_the_stages_own_rule_for_a_maybe_is_printed(world, as_):
    unblind(world)
    assert "a maybe beside an include goes on, beside an exclude is unresolved" in page(world, as_)
    Stage.objects.filter(review=world.review, name=TITLE).update(maybe_counts_as="conflict")
    assert "a maybe beside an include is unresolved" in page(world, as_)


def test_no_figure_is_called_good_or_bad(world, as_):
    unblind(world)
    text = page(world, as_).lower()
    assert not any(word in text for word in ("substantial", "moderate", "almost perfect", "fair agreement", "slight"))


def test_a_librarian_has_neither_page_nor_file_and_an_observer_has_both(world, as_):
    assert "Ann" not in page(world, as_, "obs").split("<main")[1]
    unblind(world)
    for rest in ("agreement/", "agreement/agreement.csv"):
        assert as_(world, "lib").get(f"/reviews/{world.review.pk}/{rest}").status_code == 403
    assert page(world, as_, "obs").split("<main")[1] == page(world, as_, "bo").split("<main")[1]
    assert rows_of(world, as_, "obs") == rows_of(world, as_, "bo")


def test_a_name_that_a_spreadsheet_would_run_is_made_harmless_and_numbers_stay_numbers(world, as_):
    for who in ("ann", "bo"):
        world.people[who].name = "=1+1"
        world.people[who].save()
    for work, mine, theirs in (
        ("delta", "include", "exclude"),
        ("echo", "exclude", "include"),
        ("golf", "exclude", "include"),
    ):
        for who, verdict in (("ann", mine), ("bo", theirs)):
            world.decide(who, work, verdict, reason=world.reason("setting") if verdict == "exclude" else None)
    unblind(world)
    rows = rows_of(world, as_)
    assert any(row["Members"] == "'=1+1 and =1+1" for row in rows)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    kappa = next(row for row in rows if row["What"] == "Cohen's kappa")
    assert kappa["Value"].startswith("-0.") and kappa["Lower 95 %"].startswith("-")


def test_a_figure_is_printed_with_three_digits():
    printed = agreement_words.printed
    figure = agreement_words.Figure
    assert printed(figure(0.36, -0.0004, 0.7361)) == "0.360 (0.000 to 0.736)"
    assert printed(figure(-0.05)) == "−0.050"
    assert printed(figure(None, why="not defined: x")) == "not defined: x"


def test_the_way_to_the_page_is_on_overview_and_conflicts(world, as_):
    place = f"/reviews/{world.review.pk}/"
    assert "agreement/" in as_(world, "cy").get(place + "conflicts/title-abstract/").content.decode()

    def below(name):
        """The page without the strip of all pages."""
        return as_(world, name).get(place).content.decode().partition("</nav>")[2]

    assert "agreement/" not in below("ann")
    unblind(world)
    assert "agreement/" in below("ann")
    assert "agreement/" in below("obs") and "agreement/" not in below("lib")


def test_a_team_of_many_asks_the_database_no_more_often(world, as_):
    unblind(world)
    client = as_(world, "bo")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/reviews/{world.review.pk}/agreement/")
        return len(queries)

    few = asked()
    for n in range(6):
        user = worlds.person(f"more{n}")
        member = worlds.join_team(world.review, world.members["ann"], user, Role.REVIEWER)
        decision = worlds.decide(member, world.works["hotel"], "include")
        Decision.objects.filter(pk=decision.pk).update(at=datetime(2001, 1, 1, tzinfo=UTC))
    assert asked() == few
    assert len(found(world).tables) == 8 * 7 / 2
