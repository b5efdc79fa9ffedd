"""What a work shows of its records, and what people let it show instead: no record changes, and every choice is kept."""

import csv
import io

import pytest

from records import actions, choosing, composing
from records.actions import NothingToUndo
from records.choosing import NotAValue
from records.models import Choice, Event, Record, Work
from reviews import actions as screening
from reviews import exporting, lists
from reviews.models import Outcome, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import faults_of, standing, take

pytestmark = pytest.mark.django_db
UP = {"upstairs": InReviews()}
OTHER = "Walking groups, led by those who were patients of a pain clinic"


@pytest.fixture
def two(world):
    """Alpha with a second record that states another title, year and journal, no abstract, and keywords that the first lacks."""
    entry = worlds.ris_entry("alpha", title=OTHER, PY="2012", JO="J Imag Care", AB="", KW="pain; walking")
    take(world, entry, source="Third Index")
    by_hand = Record.objects.get(search__source="Third Index")
    if by_hand.work != world.works["alpha"]:
        join(world, "alpha", by_hand.work)
    world.works["alpha"].refresh_from_db()
    return world


def join(world, into, *others):
    others = [world.works[each] if isinstance(each, str) else each for each in others]
    return actions.join(by=world.people["lib"], library=world.library, into=world.works[into], others=others, **UP)


def record(source="Third Index"):
    return Record.objects.get(search__source=source)


def choose(world, name, source="Third Index", who="lib", of=None):
    chosen = of or record(source)
    return choosing.choose(by=world.people[who], library=world.library, record=chosen, name=name)


def type_in(world, name, text, work="alpha", who="lib"):
    return choosing.type_in(by=world.people[who], library=world.library, work=world.works[work], name=name, text=text)


def take_back(world, name, work="alpha"):
    choosing.take_back(by=world.people["lib"], library=world.library, work=world.works[work], name=name)


def card(world, work="alpha"):
    return composing.card(Work.objects.get(pk=world.works[work].pk))


def work(world, name="alpha"):
    return Work.objects.get(pk=world.works[name].pk)


def last(world):
    return Event.objects.filter(library=world.library).order_by("-number").first()


# --- by the rules --------------------------------------------------------------------------------------------------
def test_the_fullest_record_leads_and_a_gap_is_filled_from_the_next_that_states_it(two):
    shown = card(two)
    assert shown.record == two.works["alpha"].lead != record()
    assert (shown.title, shown.year) == (worlds.SUBJECTS["alpha"], 2011)
    assert shown.keywords == ["pain", "walking"] and shown.filled == {"keywords": record()}
    assert shown.chosen == {}


def test_cards_of_many_works_are_those_of_each(two):
    choose(two, "title")
    type_in(two, "year", "1999", work="bravo")
    works = list(Work.objects.filter(library=two.library, empty=False).order_by("rank"))
    many = composing.cards(works)
    assert [each.work for each in many] == works
    for one, each in zip(works, many, strict=True):
        alone = composing.card(one)
        values = [[shown.value(name) for name in composing.COMPOSED] for shown in (each, alone)]
        assert values[0] == values[1] and each.record == alone.record


# --- chosen --------------------------------------------------------------------------------------------------------
def test_another_records_value_is_shown_once_chosen_and_no_record_changes(two):
    before = list(Record.objects.order_by("pk").values())
    choose(two, "journal")
    shown = card(two)
    assert shown.journal == "J Imag Care" and shown.record == two.works["alpha"].lead
    assert shown.chosen["journal"].by == two.people["lib"] and shown.chosen["journal"].value is None
    type_in(two, "doi", "10.5555/other")
    assert list(Record.objects.order_by("pk").values()) == before


def test_title_and_year_of_the_work_follow_and_the_queue_stays_in_order(two):
    ranks = list(Work.objects.filter(library=two.library, empty=False).order_by("rank").values_list("pk", flat=True))
    outcomes = list(Outcome.objects.filter(review=two.review).order_by("rank").values_list("work", "rank"))
    choose(two, "title")
    type_in(two, "year", " 1987 ")
    assert (work(two).title, work(two).year) == (OTHER, 1987)
    assert lists.rows_of(lists.LISTS["works"], two.members["ann"]).get(pk=two.works["alpha"].pk).title == OTHER
    again = Work.objects.filter(library=two.library, empty=False).order_by("rank").values_list("pk", flat=True)
    assert list(again) == ranks
    assert list(Outcome.objects.filter(review=two.review).order_by("rank").values_list("work", "rank")) == outcomes


def test_a_chosen_title_outlives_a_later_import_and_a_search_set_aside(two):
    choose(two, "title")
    join(two, "alpha", "hotel")
    take(two, worlds.ris_entry("alpha", N1="again"), source="Fourth Index")
    assert Record.objects.get(search__source="Fourth Index").work == work(two)
    actions.set_aside(by=two.people["lib"], search=record().search, aside=True, **UP)
    assert work(two).title == card(two).title == OTHER


def test_the_leads_own_value_can_be_chosen_against_what_was_typed(two):
    type_in(two, "journal", "Wrong")
    choose(two, "journal", of=two.works["alpha"].lead)
    assert card(two).journal == "Journal of Imagined Care"
    assert Choice.objects.filter(field="journal", current=True).count() == 1


def test_what_a_record_does_not_state_cannot_be_chosen_of_it(two):
    for name in ("abstract", "nonsense", "raw", "normal", ""):
        with pytest.raises(NotAValue):
            choose(two, name)
    assert not Choice.objects.exists()


def test_a_choice_whose_value_is_gone_again_leaves_the_rules_to_speak(two):
    choose(two, "journal")
    Record.objects.filter(pk=record().pk).update(journal="")
    shown = card(two)
    assert shown.journal == "Journal of Imagined Care" and "journal" not in shown.chosen


# --- typed ---------------------------------------------------------------------------------------------------------
TYPED = [
    ("title", "  A better \n title ", "A better title"),
    ("year", " 2019", 2019),
    ("authors", "Rae, Ann\r\n Li,  Bo \n\n;Cole, D.", ["Rae, Ann", "Li, Bo", "Cole, D."]),
    ("keywords", "tea; talking\nsheds", ["tea", "talking", "sheds"]),
    ("doi", "https://doi.org/10.5555/New.One", "10.5555/New.One"),
    ("pmid", "PMID: 12345678", "12345678"),
    ("journal", "Tea", "Tea"),
    ("pages", "e12", "e12"),
    ("title", "with\0nothing", "withnothing"),
    ("title", "half \ud800", "half ?"),
]


@pytest.mark.parametrize(("name", "text", "value"), TYPED, ids=[name for name, *_rest in TYPED])
def test_a_typed_value_is_cleaned_and_shown(two, name, text, value):
    type_in(two, name, text)
    assert card(two).value(name) == value
    assert Choice.objects.get().value == value and Choice.objects.get().record == two.works["alpha"].lead


NONE = [
    ("year", "about 2000"), ("year", "99"), ("year", "1066"), ("year", "٢٠١٩"), ("year", "2019 2020"), ("doi", "nonsense"),
    ("pmid", "x"), ("title", " \n "), ("authors", " ;\n; "), ("keywords", ";"), ("abstract", "Words"), ("raw", "x"), ("", "x"),
    ("title", "\0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), NONE)
def test_what_is_no_value_of_the_field_is_refused_and_nothing_changes(two, name, text):
    before, events = work(two).revision, two.library.history.count()
    with pytest.raises(NotAValue):
        type_in(two, name, text)
    assert not Choice.objects.exists()
    assert (work(two).revision, two.library.history.count()) == (before, events)


def test_a_gap_that_no_record_fills_can_be_typed(world):
    assert card(world, "bravo").keywords == []
    type_in(world, "keywords", "carers", work="bravo")
    part = next(each for each in composing.provenance(card(world, "bravo")) if each.name == "keywords")
    assert part.value == ["carers"] and part.others == [] and part.choice.by == world.people["lib"]


def test_a_work_that_was_joined_elsewhere_meanwhile_takes_no_value(world):
    join(world, "golf", "hotel")
    with pytest.raises(NotAValue):
        type_in(world, "title", "Too late", work="hotel")


def test_a_record_that_moved_meanwhile_speaks_for_the_work_where_it_stands(two):
    stale = record()
    actions.split(by=two.people["lib"], library=two.library, record=record(), **UP)
    choose(two, "title", of=stale)
    home = record().work
    assert home != two.works["alpha"] and composing.card(home).chosen.keys() == {"title"}
    assert card(two).chosen == {} and last(two).subject == f"work {home.pk}"


# --- the way back --------------------------------------------------------------------------------------------------
def test_taken_back_the_rules_say_it_again_and_all_is_kept(two):
    before = standing(two.library)
    choose(two, "title")
    type_in(two, "title", "Mine")
    type_in(two, "year", "1950")
    assert card(two).title == work(two).title == "Mine"
    take_back(two, "title")
    take_back(two, "year")
    assert standing(two.library) == before and card(two).chosen == {}
    assert list(Choice.objects.order_by("pk").values_list("field", "current")) == [
        ("title", False),
        ("title", False),
        ("year", False),
    ]
    with pytest.raises(NothingToUndo):
        take_back(two, "title")


def test_acts_are_in_the_history_and_a_card_that_somebody_reads_is_stale(two):
    stale = work(two).revision
    first = choose(two, "title")
    assert (last(two).verb, last(two).by, last(two).subject) == (
        "chose a value",
        two.people["lib"],
        f"work {work(two).pk}",
    )
    assert last(two).detail == {"field": "title", "record": record().pk, "value": None, "before": None}
    with pytest.raises(screening.CardChanged):
        screening.decide(
            member=two.members["cy"], stage=StageName.TITLE_ABSTRACT, work_id=work(two).pk, revision=stale,
            key="00000000-0000-4000-8000-000000000001", verdict="include",
        )  # fmt: skip
    type_in(two, "title", "Mine")
    assert last(two).detail["before"] == first.pk and last(two).detail["value"] == "Mine"
    take_back(two, "title")
    assert (last(two).verb, last(two).detail) == ("took a choice back", {"field": "title"})
    assert work(two).revision == stale + 3
    assert faults_of(two.library) == []


# --- joins and splits ----------------------------------------------------------------------------------------------
def test_a_choice_goes_with_its_record_through_split_and_undo(two):
    choose(two, "title")
    act = actions.split(by=two.people["lib"], library=two.library, record=record(), **UP)
    assert (work(two).title, card(two).chosen) == (worlds.SUBJECTS["alpha"], {})
    assert composing.card(record().work).chosen.keys() == {"title"}
    actions.undo(by=two.people["lib"], library=two.library, act=act, **UP)
    assert work(two).title == card(two).title == OTHER


def test_of_two_joined_works_with_a_choice_each_the_later_counts_and_parted_each_has_its_own(world):
    type_in(world, "title", "Of hotel", work="hotel")
    type_in(world, "title", "Of golf", work="golf")
    type_in(world, "year", "1991", work="hotel")
    act = join(world, "hotel", "golf")
    assert (card(world, "hotel").title, card(world, "hotel").year) == ("Of golf", 1991)
    assert (work(world, "hotel").title, work(world, "hotel").year) == ("Of golf", 1991)
    actions.undo(by=world.people["lib"], library=world.library, act=act, **UP)
    assert [work(world, name).title for name in ("hotel", "golf")] == ["Of hotel", "Of golf"]
    assert card(world, "golf").year == 2017


# --- going out -----------------------------------------------------------------------------------------------------
def exported(world, suffix, who="ann"):
    pieces = exporting.export(member=world.members[who], named=lists.named("works", world.members[who]), suffix=suffix)
    return b"".join(each if isinstance(each, bytes) else each.encode() for each in pieces).decode()


def ris_of(world, title):
    return next(entry for entry in exported(world, "ris").split("ER  - ") if f"TI  - {title}\r\n" in entry)


def test_an_export_shows_what_was_chosen(two):
    choose(two, "title")
    type_in(two, "authors", "Rae, Ann\nLi, Bo")
    rows = list(csv.DictReader(io.StringIO(exported(two, "csv").removeprefix("\ufeff"), newline="")))
    row = next(each for each in rows if each["Title"] == OTHER)
    assert row["Authors"] == "Rae, Ann; Li, Bo" and row["Abstract"].startswith("Background: alpha")
    assert worlds.SUBJECTS["alpha"] not in [each["Title"] for each in rows]


def test_a_ris_entry_with_a_chosen_title_has_one_title_and_the_others_go_out_word_for_word(two):
    untouched = ris_of(two, worlds.SUBJECTS["bravo"])
    choose(two, "title")
    type_in(two, "doi", "doi:10.5555/right")
    entry = ris_of(two, OTHER)
    assert entry.count("TI  - ") == 1 and "T1  - " not in entry
    assert entry.count("DO  - ") == 1 and "DO  - 10.5555/right" in entry
    assert "KW  - pain" in entry and entry.count("AU  - ") == 1 and entry.count("AB  - ") == 1
    assert ris_of(two, worlds.SUBJECTS["bravo"]) == untouched
    take_back(two, "title")
    take_back(two, "doi")
    assert ris_of(two, worlds.SUBJECTS["alpha"]).count("JO  - Journal of Imagined Care") == 1
