"""The same accession number again in the same search adds nothing and says so; from another search it is another record."""

import pytest

from records.models import AlreadyThere, Record, Work
from tests import world as worlds
from tests.records.state import faults_of, take
from tests.world import ris_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    made = worlds.empty_world(owner="ann")
    return made


def entry(name, number, **tags):
    return ris_entry(name, AN=number, **tags)


def again(world, dump, text):
    """More of the same search."""
    from records import actions

    more = actions.receive(by=world.people["ann"], search=dump.search, name="more.ris", content=text)
    worlds.read_all(world.library)
    more.refresh_from_db()
    return more


def counts(dump):
    return {name: getattr(dump, name) for name in ("found", "taken_in", "already_there", "rejected")}


def test_an_accession_number_that_the_search_has_brought_adds_nothing_and_is_listed(world):
    first = take(world, entry("alpha", "FI:001") + entry("bravo", "FI:002"))
    second = again(world, first, entry("bravo", "FI:002", AB="") + entry("charlie", "FI:003"))
    assert counts(second) == {"found": 2, "taken_in": 1, "already_there": 1, "rejected": 0}
    row = AlreadyThere.objects.get(dump=second)
    assert row.record == Record.objects.get(dump=first, accession="FI:002")
    assert (row.first_line, row.last_line, row.accession) == (1, 11, "FI:002")
    assert row.title == row.record.title
    assert Record.objects.filter(library=world.library).count() == 3
    assert faults_of(world.library) == []


def test_the_same_number_twice_in_one_file_is_one_record(world):
    dump = take(world, entry("alpha", "FI:001") + entry("bravo", "FI:002") + entry("alpha", "FI:001"))
    assert counts(dump) == {"found": 3, "taken_in": 2, "already_there": 1, "rejected": 0}
    assert AlreadyThere.objects.get(dump=dump).record.position == 1


def test_the_same_paper_from_another_search_is_another_record_identified(world):
    take(world, entry("alpha", "FI:001"))
    other = take(world, entry("alpha", "FI:001", JO="J Imagined Care"), source="Another Index")
    assert counts(other) == {"found": 1, "taken_in": 1, "already_there": 0, "rejected": 0}
    assert Record.objects.filter(library=world.library).count() == 2
    assert Work.objects.filter(library=world.library).count() == 1


def test_one_number_on_two_titles_loses_neither_and_says_so(world):
    dump = take(world, entry("alpha", "FI:001") + entry("bravo", "FI:001"))
    assert counts(dump)["taken_in"] == 2
    second = Record.objects.get(dump=dump, position=2)
    assert second.notices[-1] == "accession number FI:001 stands on another title of this search too; both are kept"


def test_a_title_written_otherwise_is_the_same_entry(world):
    dump = take(world, entry("alpha", "FI:001"))
    more = again(world, dump, entry("alpha", "FI:001", TI=worlds.SUBJECTS["alpha"].upper() + "."))
    assert counts(more)["already_there"] == 1


def test_pubmed_numbers_count_as_pubmeds_accession_numbers(world):
    text = "PMID- 99000001\nTI  - A fictional trial of doing nothing on Tuesdays\nFAU - Ito, Aki\nDP  - 2019\n\n"
    dump = take(world, text)
    more = again(world, dump, text + "PMID- 99000002\nTI  - Doing nothing on Wednesdays\nDP  - 2020\n\n")
    assert counts(more) == {"found": 2, "taken_in": 1, "already_there": 1, "rejected": 0}


def test_records_of_an_import_that_was_taken_back_are_not_already_there(world):
    from records import mending

    dump = take(world, entry("alpha", "FI:001"))
    mending.undo_import(by=world.people["ann"], dump=dump)
    more = again(world, dump, entry("alpha", "FI:001") + "\n")
    assert counts(more)["taken_in"] == 1


def test_an_entry_without_a_number_is_never_taken_for_another(world):
    dump = take(world, ris_entry("alpha") + ris_entry("alpha"))
    assert counts(dump)["taken_in"] == 2
