"""Rejected stretches are read again, removed for a reason, taken back; an import is taken back whole, and comes back whole."""

import pytest
from django.db import IntegrityError, transaction

from records import actions, dump_lines, filling, intake, mending
from records import queries as found
from records.models import AlreadyThere, Dump, Event, Job, Match, Record, RejectedStretch, Search, Work
from reviews import flow, lists
from reviews.models import Decision, Outcome, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import decisions, faults_of, homes, standing, take
from tests.world import NAMES, ris, ris_entry

pytestmark = pytest.mark.django_db
UP = {"upstairs": InReviews()}
BROKEN = ris("alpha") + "stray words about bravo\n" + ris("charlie") + "more stray words\n" + ris("delta")
LIKE_HOTEL = ris_entry("hotel", title="Trust, tea and talking: a men's shed", DO="", SP="", EP="", VL="", AB="")


@pytest.fixture
def alone(db):
    return worlds.empty_world()


@pytest.fixture
def ann(alone):
    return alone.people["ann"]


@pytest.fixture
def broken(alone):
    """A dump with three records and two stretches that could not be read."""
    dump = take(alone, BROKEN)
    assert (dump.found, dump.taken_in, dump.rejected) == (5, 3, 2)
    return dump


def stretches(dump, *states):
    rows = RejectedStretch.objects.filter(dump=dump).order_by("first_line")
    return list(rows.filter(state__in=states) if states else rows)


def mend(dump, number, text, by):
    """Have a stretch read again in these words; the dump that it made, read."""
    made = mending.mend(by=by, stretch=stretches(dump)[number], text=text)
    worlds.read_all(dump.library)
    made.refresh_from_db()
    return made


def verbs(world):
    return list(Event.objects.filter(library=world.library).order_by("number").values_list("verb", flat=True))


def undo(dump, by, **more):
    mending.undo_import(by=by, dump=dump, **{**UP, **more})
    dump.refresh_from_db()


def redo(dump, by):
    mending.redo_import(by=by, dump=dump, **UP)
    dump.refresh_from_db()


def in_flow(world):
    """The numbers of the flow that an import moves, as everybody sees them before any decision."""
    member = world.members["ann"]
    return flow.lengths(member, ("records", "works", "duplicates", "screened-databases", "rejected"))


# Reading a stretch again


def test_the_text_of_a_stretch_is_there_whole_not_only_its_beginning(alone):
    long = "stray " + "words " * 100
    dump = take(alone, ris("alpha") + long + "\n" + ris("bravo"))
    stretch = stretches(dump)[0]
    assert len(stretch.text) == 200
    assert (
        dump_lines.between(dump.file.path, dump.encoding, stretch.first_line, stretch.last_line).strip() == long.strip()
    )


def test_a_mended_stretch_is_a_dump_of_its_own_in_the_same_search(broken, ann):
    made = mend(broken, 0, ris("bravo"), ann)
    stretch = stretches(broken)[0]
    assert (made.mends, made.search, made.state, made.taken_in, made.pasted) == (
        stretch,
        broken.search,
        "read",
        1,
        True,
    )
    assert (stretch.state, stretch.by, bool(stretch.at)) == ("mended", ann, True)
    assert stretches(broken, "open") == stretches(broken)[1:]
    assert "mended a stretch" in verbs_of(broken)
    assert faults_of(broken.library) == []


def verbs_of(dump):
    return list(Event.objects.filter(library=dump.library).values_list("verb", flat=True))


def test_the_dump_that_was_mended_keeps_its_bytes_and_its_counts(broken, ann):
    before = Dump.objects.values("sha256", "found", "taken_in", "rejected").get(pk=broken.pk)
    mend(broken, 0, ris("bravo"), ann)
    assert Dump.objects.values("sha256", "found", "taken_in", "rejected").get(pk=broken.pk) == before
    assert broken.file.read().decode() == BROKEN


@pytest.mark.parametrize("text", ["still no record\n", ris("bravo") + "and stray words\n"])
def test_what_was_read_in_part_or_not_at_all_leaves_the_stretch_open(broken, ann, text):
    mend(broken, 0, text, ann)
    assert [each.state for each in stretches(broken)] == ["open", "open"]


def test_an_entry_that_was_there_already_mends_the_stretch_too(broken, ann):
    take(Worlds(broken), ris("bravo"), source="Second Index")
    made = mend(broken, 0, ris("bravo"), ann)
    assert made.state == "known"
    assert stretches(broken)[0].state == "mended"


class Worlds:
    """What `take` needs of a world, from a dump."""

    def __init__(self, dump):
        self.review, self.library = dump.library.review, dump.library
        self.people = {"ann": dump.by}


def test_the_text_of_a_stretch_unchanged_mends_nothing(alone, ann):
    dump = take(alone, "nothing that anybody can read\n")
    assert dump.state == "not_understood"
    made = mend(dump, 0, "nothing that anybody can read\n", ann)
    assert (made.state, made.same_as) == ("known", dump)
    assert stretches(dump)[0].state == "open"


def test_the_mended_text_of_a_mended_text_settles_both(broken, ann):
    part = mend(broken, 0, ris("bravo") + "and stray words about echo\n", ann)
    mend(part, 0, ris("echo"), ann)
    assert [each.state for each in (*stretches(broken), *stretches(part))] == ["mended", "open", "mended"]


def test_taking_a_mending_back_opens_the_stretch_again_and_bringing_it_back_closes_it(broken, ann):
    made = mend(broken, 0, ris("bravo"), ann)
    undo(made, ann)
    assert (stretches(broken)[0].state, stretches(broken)[0].by) == ("open", None)
    redo(made, ann)
    assert stretches(broken)[0].state == "mended"
    assert faults_of(broken.library) == []


def test_a_stretch_that_is_mended_or_removed_is_not_mended_again(broken, ann):
    mend(broken, 0, ris("bravo"), ann)
    mending.remove(by=ann, dump=broken, stretches=[stretches(broken)[1].pk], reason="page furniture")
    for stretch in stretches(broken):
        with pytest.raises(mending.NotOpen):
            mending.mend(by=ann, stretch=stretch, text=ris("echo"))
    assert Dump.objects.count() == 2


def test_columns_that_a_person_chose_hold_for_the_mended_rows_too(broken, ann):
    Dump.objects.filter(pk=broken.pk).update(options={"columns": {"Wert": "title"}, "encoding": "cp1252"})
    made = mending.mend(by=ann, stretch=stretches(broken)[0], text="Wert\nBeing heard\n")
    made.refresh_from_db()
    assert made.options == {"columns": {"Wert": "title"}}


# Removing


def test_a_stretch_is_removed_for_a_reason_that_the_history_keeps(broken, ann):
    one, other = stretches(broken)
    assert mending.remove(by=ann, dump=broken, stretches=[one.pk], reason=" no record: page furniture ") == 1
    one.refresh_from_db()
    assert (one.state, one.removed_for, one.by, bool(one.at)) == ("removed", "no record: page furniture", ann, True)
    assert stretches(broken, "open") == [other]
    event = Event.objects.filter(library=broken.library).order_by("-number").first()
    assert (event.verb, event.detail["reason"]) == ("removed stretches", "no record: page furniture")
    assert event.detail["stretches"] == [[one.pk, one.first_line, one.last_line]]


def test_all_open_stretches_of_a_dump_go_at_once_and_no_others(broken, alone, ann):
    other = take(alone, ris("echo") + "stray\n" + ris("foxtrot"), source="Second Index")
    mend(broken, 0, ris("bravo"), ann)
    assert mending.remove(by=ann, dump=broken, stretches=None, reason="damaged beyond reading") == 1
    assert [each.state for each in stretches(broken)] == ["mended", "removed"]
    assert [each.state for each in stretches(other)] == ["open"]


def test_a_stretch_of_another_dump_is_not_removed_by_its_number(broken, alone, ann):
    other = take(alone, ris("echo") + "stray\n" + ris("foxtrot"), source="Second Index")
    assert mending.remove(by=ann, dump=broken, stretches=[stretches(other)[0].pk], reason="damaged") == 0
    assert stretches(other)[0].state == "open"


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_removed(broken, ann, reason):
    with pytest.raises(mending.NoReason):
        mending.remove(by=ann, dump=broken, stretches=None, reason=reason)
    assert len(stretches(broken, "open")) == 2


def test_the_database_keeps_no_removal_without_a_reason(broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        RejectedStretch.objects.filter(dump=broken).update(state="removed")


def test_a_removal_is_taken_back(broken, ann):
    mending.remove(by=ann, dump=broken, stretches=None, reason="damaged beyond reading")
    mending.take_removal_back(by=ann, stretch=stretches(broken)[0])
    one = stretches(broken)[0]
    assert (one.state, one.removed_for, one.by, one.at) == ("open", "", None, None)
    assert stretches(broken)[1].state == "removed"
    with pytest.raises(mending.NotOpen):
        mending.take_removal_back(by=ann, stretch=one)
    assert verbs_of(broken)[-1] == "took a removal back"


# Taking an import back


@pytest.fixture
def two(world):
    """The screened world with a third search whose import is to be taken back: two records are duplicates, two are new,
    one is like another work."""
    text = ris("alpha", "bravo") + ris_entry("echo", title="Bees and belonging", DO="10.5555/jic.x", AU="Wax, I", AB="")
    world.dump = take(world, text + LIKE_HOTEL + "stray words\n" + ris_entry("golf", title="Bread", AU="Oven, O", DO="", AB=""),
                      source="Third Index")  # fmt: skip
    assert (world.dump.taken_in, world.dump.joined, world.dump.rejected) == (5, 2, 1)
    return world


def test_its_records_leave_screening_and_the_flow_and_nothing_is_deleted(two):
    lib, before = two.people["lib"], in_flow(two)
    records = Record.objects.filter(library=two.library).count()
    undo(two.dump, lib)
    after = in_flow(two)
    assert after["records"] == before["records"] - 5
    assert after["works"] == before["works"] - 3
    assert after["duplicates"] == before["duplicates"] - 2
    assert (before["rejected"], after["rejected"]) == (1, 0)
    assert Record.objects.filter(library=two.library).count() == records
    assert (two.dump.state, two.dump.undone_by, bool(two.dump.undone_at)) == ("undone", lib, True)
    assert faults_of(two.library) == []


def test_it_comes_back_as_it_was(two):
    lib = two.people["lib"]
    before, flowing, pairs = standing(two.library), in_flow(two), questions(two)
    undo(two.dump, lib)
    assert standing(two.library) != before
    redo(two.dump, lib)
    assert standing(two.library) == before
    assert (in_flow(two), questions(two)) == (flowing, pairs)
    assert (two.dump.state, two.dump.undone_at, two.dump.undone_by) == ("read", None, None)
    assert faults_of(two.library) == []
    assert verbs(two)[-2:] == ["took an import back", "brought an import back"]


def questions(world):
    return set(Match.objects.filter(library=world.library, open=True).values_list("pk", flat=True))


def test_works_that_another_dump_found_too_stay_with_their_decisions(two):
    before = decisions(two.library)
    undo(two.dump, two.people["lib"])
    for name in ("alpha", "bravo"):
        two.works[name].refresh_from_db()
        assert not two.works[name].aside
    assert decisions(two.library) == before
    assert two.outcome("alpha") == "included" and two.outcome("bravo") == "conflict"


def test_decisions_on_works_that_leave_are_kept_and_count_again_when_they_come_back(two):
    work = Work.objects.get(library=two.library, title="Bread")
    worlds.decide(two.members["ann"], work, "include")
    undo(two.dump, two.people["lib"])
    assert Outcome.objects.get(work=work, stage=StageName.TITLE_ABSTRACT).aside
    assert Decision.objects.filter(work=work, current=True).count() == 1
    redo(two.dump, two.people["lib"])
    assert Outcome.objects.get(work=work).state == "awaiting" or Outcome.objects.get(work=work).decided == 1
    assert not Outcome.objects.get(work=work).aside


def test_nobody_is_asked_about_a_pair_with_what_was_taken_back(two):
    assert questions(two)
    undo(two.dump, two.people["lib"])
    assert not questions(two)
    assert two.library.matches.filter(band="look", answer="").exists()


def test_bringing_one_back_does_not_ask_about_another_that_is_still_away(two):
    twin = take(two, LIKE_HOTEL.replace("Journal of Imagined Care", "J Imagined Care"), source="Fourth Index")
    lib = two.people["lib"]
    before = questions(two)
    about_twin = Match.objects.filter(record_b__dump=twin, open=True)
    assert about_twin.exists()
    undo(two.dump, lib)
    undo(twin, lib)
    redo(two.dump, lib)
    assert questions(two) and not about_twin.exists()
    redo(twin, lib)
    assert questions(two) == before


def test_the_same_bytes_may_come_again_and_then_the_first_stays_away(two):
    lib = two.people["lib"]
    undo(two.dump, lib)
    again = take(two, two.dump.file.read().decode(), source="Third Index, right this time")
    assert (again.state, again.taken_in) == ("read", 5)
    with pytest.raises(mending.CameAgain):
        mending.redo_import(by=lib, dump=two.dump, **UP)
    two.dump.refresh_from_db()
    assert two.dump.undone_at
    assert in_flow(two)["duplicates"] == 3
    assert faults_of(two.library) == []


def test_after_that_only_those_founded_by_others_are_called_duplicates(two):
    undo(two.dump, two.people["lib"])
    again = take(two, two.dump.file.read().decode(), source="Third Index, right this time")
    assert set(intake.joined(again).values_list("title", flat=True)) == {
        worlds.SUBJECTS["alpha"],
        worlds.SUBJECTS["bravo"],
    }


def test_what_was_taken_back_stands_in_no_list_of_searches(two):
    sources = [each.source for each in found.searches(two.library)]
    undo(two.dump, two.people["lib"])
    assert [each.source for each in found.searches(two.library)] == sources
    place = Search.objects.get(taken_back_from=two.dump.search)
    assert (place.aside, place.records, place.kind, place.source) == (True, 5, "database", "Third Index")
    two.dump.search.refresh_from_db()
    assert two.dump.search.records == 0
    assert lists.named(f"search-{place.pk}", two.members["ann"]).rows(two.members["ann"]).count() == 0


def test_two_imports_of_one_search_are_taken_back_into_one_place(alone, ann):
    one = take(alone, ris("alpha"))
    other = actions.receive(by=ann, search=one.search, name="more", content=ris("bravo"))
    worlds.read_all(alone.library)
    other.refresh_from_db()
    undo(one, ann)
    undo(other, ann)
    assert Search.objects.get(taken_back_from=one.search).records == 2
    redo(one, ann)
    assert {r.search_id == one.search_id for r in one.records.all()} == {True}
    assert other.records.get().search.taken_back_from == one.search
    assert faults_of(alone.library) == []


def test_the_sums_of_the_import_page_leave_it_out(two):
    before = found.intake(two.library)
    undo(two.dump, two.people["lib"])
    after = found.intake(two.library)
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == {
        "found": 6, "taken_in": 5, "rejected": 1, "joined": 2,
    }  # fmt: skip


def test_an_import_that_is_being_read_is_stopped_first(alone, ann):
    search = actions.name_search(by=ann, library=alone.library, source="Fictional Index")
    dump = actions.receive(by=ann, search=search, name="a.ris", content=ris(*NAMES))
    with pytest.raises(mending.StillRead):
        mending.undo_import(by=ann, dump=dump, **UP)
    Job.objects.filter(dump=dump).update(state="cancelled")
    undo(dump, ann)
    assert dump.state == "undone"
    redo(dump, ann)
    assert dump.state == "failed"


def test_what_added_nothing_of_its_own_is_not_taken_back(two):
    lib = two.people["lib"]
    again = take(two, two.dump.file.read().decode(), source="Fourth Index")
    with pytest.raises(mending.NothingToTakeBack):
        mending.undo_import(by=lib, dump=again, **UP)
    with pytest.raises(mending.NothingToTakeBack):
        mending.redo_import(by=lib, dump=two.dump, **UP)
    undo(two.dump, lib)
    with pytest.raises(mending.NothingToTakeBack):
        mending.undo_import(by=lib, dump=two.dump, **UP)


def test_one_that_was_not_understood_goes_and_comes_back_too(alone, ann):
    dump = take(alone, "nothing that anybody can read\n")
    undo(dump, ann)
    assert in_flow(alone)["rejected"] == 0
    redo(dump, ann)
    assert (dump.state, in_flow(alone)["rejected"]) == ("not_understood", 1)


def test_a_search_that_was_set_aside_is_still_aside_when_its_import_comes_back(two):
    lib = two.people["lib"]
    actions.set_aside(by=lib, search=two.dump.search, aside=True, **UP)
    before = standing(two.library)
    undo(two.dump, lib)
    redo(two.dump, lib)
    assert standing(two.library) == before
    assert two.dump.search.aside


def test_papers_that_its_pages_merely_list_go_with_it(alone, ann):
    dump = take(alone, ris("alpha", "bravo"))
    listed = Search.objects.create(
        library=alone.library, source="listed", kind="citation", arm="other", by=ann, listed_by=dump.search
    )
    Record.objects.filter(dump=dump, title=worlds.SUBJECTS["bravo"]).update(search=listed, related=True)
    Search.objects.filter(pk__in=[dump.search_id, listed.pk]).update(records=1)
    before = homes(alone.library), in_flow(alone)
    undo(dump, ann)
    assert in_flow(alone)["works"] == 0
    assert set(Search.objects.filter(taken_back_from__isnull=False).values_list("taken_back_from", "arm")) == {
        (dump.search_id, "databases"), (listed.pk, "other"),
    }  # fmt: skip
    redo(dump, ann)
    assert (homes(alone.library), in_flow(alone)) == before
    assert faults_of(alone.library) == []


def test_a_person_sees_first_what_would_be_affected(two):
    AlreadyThere.objects.create(
        library=two.library, dump=take(two, ris("hotel"), source="Sixth"), record=two.dump.records.first(), first_line=1,
        last_line=2, accession="X1",
    )  # fmt: skip
    take(two, two.dump.file.read().decode(), source="Fifth Index")
    seen = intake.affected(two.dump)
    assert (seen.records, seen.leaving, seen.staying, seen.questions) == (5, 3, 2, len(questions(two)))
    assert (seen.known_by, seen.same_bytes, seen.mended, seen.filled) == (1, 1, 0, 0)


def test_what_it_filled_is_emptied_and_given_again(two):
    """As `records.filling` notes it: the field, and from which dump it came."""
    target = two.works["golf"].lead
    Record.objects.filter(pk=target.pk).update(
        abstract="Given by a page.",
        filled={"abstract": {"dump": two.dump.pk, "name": "x", "lines": [1, 2], "by": 1, "at": "2026"}},
    )
    row = {"library": two.library, "dump": two.dump, "record": target, "first_line": 1, "last_line": 2}
    AlreadyThere.objects.create(**row, filled=["abstract"])
    Dump.objects.filter(pk=two.dump.pk).update(already_there=1, found=7)
    assert intake.affected(two.dump).filled == 1
    undo(two.dump, two.people["lib"])
    target.refresh_from_db()
    assert (target.abstract, target.filled) == ("", {})
    redo(two.dump, two.people["lib"])
    target.refresh_from_db()
    assert target.abstract == "Given by a page."
    assert target.filled["abstract"]["dump"] == two.dump.pk
    assert filling.given_by(two.dump) == {str(target.pk): {"abstract": [target.abstract, target.filled["abstract"]]}}


def test_many_works_go_in_several_statements(two, monkeypatch):
    monkeypatch.setattr(mending, "AT_ONCE", 2)
    before = standing(two.library)
    undo(two.dump, two.people["lib"])
    redo(two.dump, two.people["lib"])
    assert standing(two.library) == before
    assert faults_of(two.library) == []


# Every number has its list


def test_each_list_of_a_dump_is_as_long_as_its_number(two):
    dump, lib = two.dump, two.people["lib"]
    AlreadyThere.objects.create(
        library=two.library, dump=dump, record=dump.records.first(), first_line=9, last_line=9, filled=["doi"]
    )
    numbers = {
        "found": 7,
        "taken": 5,
        "there": 1,
        "filled": 1,
        "rejected": 1,
        "open": 1,
        "mended": 0,
        "removed": 0,
        "joined": 2,
        "related": 0,
    }
    assert set(numbers) == set(intake.LISTS)
    assert {name: intake.entries(dump, name).count() for name in numbers} == numbers
    mending.remove(by=lib, dump=dump, stretches=None, reason="damaged")
    assert [intake.entries(dump, name).count() for name in ("rejected", "open", "removed")] == [1, 0, 1]


def test_all_entries_stand_in_the_order_of_their_lines(two):
    rows = intake.rows(intake.entries(two.dump, "found"))
    assert [each.kind for each in rows] == ["record", "record", "record", "record", "rejected", "record"]
    lines = [each.row.first_line for each in rows]
    assert lines == sorted(lines)


def test_the_list_of_a_dump_whose_bytes_were_known_is_the_other_dumps(two):
    again = take(two, two.dump.file.read().decode(), source="Fourth Index")
    assert intake.entries(again, "there").count() == again.already_there == 5
    assert {each.row.dump_id for each in intake.rows(intake.entries(again, "found"))} == {two.dump.pk}
    assert intake.entries(again, "taken").count() == 0


def test_entries_of_an_archive_stand_in_the_order_of_their_taking_in(two):
    Dump.objects.filter(pk=two.dump.pk).update(format="zip")
    two.dump.refresh_from_db()
    two.dump.records.update(first_line=1)
    keys = [pk for _line, kind, pk in intake.entries(two.dump, "found") if kind == "record"]
    assert keys == sorted(keys) and len(keys) == 5
