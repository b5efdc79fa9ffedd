"""Receiving a dump: kept byte for byte, the same bytes known again, and no bytes that would stop the reading."""

import json

import pytest
from django.core.files.base import ContentFile

from records import actions
from records.models import Dump, Job, Record, TextVersion
from tests import world as worlds
from tests.records.state import everything, faults_of
from tests.world import NAMES, SUBJECTS, ris, ris_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    return worlds.empty_world()


@pytest.fixture
def search(world):
    return actions.name_search(by=world.people["ann"], library=world.library, source="Fictional Index")


@pytest.fixture
def receive(world, search):
    """Receive text or bytes, and read them."""

    def received(content, name="a.ris", **more):
        if isinstance(content, bytes):
            content = ContentFile(content, name)
        dump = actions.receive(by=world.people["ann"], search=search, name=name, content=content, **more)
        worlds.read_all(world.library)
        dump.refresh_from_db()
        return dump

    return received


def test_a_file_is_kept_byte_for_byte_under_a_name_of_ours(receive, world):
    data = b"\xef\xbb\xbf" + ris("alpha").replace("\n", "\r").encode() + b"\x1a\x00\xff"
    dump = receive(data, name="../../etc/passwd\u202e.ris")
    assert dump.file.read() == data
    assert (dump.size, dump.name, dump.pasted) == (len(data), "../../etc/passwd\u202e.ris", False)
    assert dump.file.name.startswith(f"dumps/{world.library.pk}/")
    assert "passwd" not in dump.file.name and "." not in dump.file.name


def test_pasted_text_is_a_dump_like_any_other(receive):
    dump = receive(ris("alpha", "bravo"))
    assert (dump.pasted, dump.state, dump.taken_in, dump.encoding) == (True, "read", 2, "utf-8")
    assert dump.file.read().decode() == ris("alpha", "bravo")


def test_the_same_bytes_again_are_known_and_add_nothing(receive, world):
    first = receive(ris(*NAMES).encode(), name="monday.ris")
    before = everything(world.library)
    again = receive(ris(*NAMES).encode(), name="tuesday.ris")
    assert (again.state, again.same_as, again.format) == ("known", first, "ris")
    assert (again.found, again.already_there, again.taken_in, again.rejected) == (8, 8, 0, 0)
    assert not again.file and not again.jobs.exists()
    after = everything(world.library)
    for part in set(after) - {"dumps", "history"}:
        assert after[part] == before[part]
    assert faults_of(world.library) == []


def test_the_same_text_pasted_and_uploaded_is_one_dump(receive):
    receive(ris("alpha"))
    assert receive(ris("alpha").encode()).state == "known"


def test_the_same_file_twice_in_one_go_is_counted_when_the_first_is_read(world, search):
    names = ("one", "two", "three")
    dumps = [actions.receive(by=world.people["ann"], search=search, name=n, content=ris(*NAMES)) for n in names]
    assert Job.objects.count() == 1
    worlds.read_all(world.library)
    for dump in dumps:
        dump.refresh_from_db()
    assert [(d.state, d.taken_in, d.already_there) for d in dumps] == [("read", 8, 0), ("known", 0, 8), ("known", 0, 8)]


def test_bytes_known_to_another_review_are_new_here(receive):
    other = worlds.foreign_world()
    dump = receive(ris("golf", "hotel"))
    assert (dump.state, dump.taken_in) == ("read", 2)
    assert Dump.objects.filter(sha256=dump.sha256).exclude(library=dump.library_id).get().library == other.library


def test_an_empty_file_is_said_to_be_empty(receive):
    dump = receive(b"")
    assert (dump.state, dump.found, dump.rejected, dump.size) == ("not_understood", 1, 1, 0)
    assert dump.rejected_stretches.get().reason == "the file is empty"


@pytest.mark.parametrize("content", ["", " \n\t\n", "\x00\x00\x00", "\ufeff"])
def test_text_that_says_nothing_is_no_success(receive, content):
    assert receive(content).state == "not_understood"


def test_nul_characters_are_dropped_and_named(receive):
    dump = receive(ris_entry("alpha", ZZ="a\x00b").replace("Alphason", "Alph\x00ason").encode())
    record = dump.records.get()
    assert record.authors == ["Alphason, Rae"]
    assert "2 NUL bytes were dropped" in [notice["text"] for notice in dump.notices]
    assert any(value == "ab" for tag, value, _line in record.raw if tag == "ZZ")


def test_half_a_character_in_pasted_text_spoils_nothing_but_itself(receive):
    dump = receive(ris_entry("alpha", AU="Björkö, Åsa", KW="half \ud83d a smile"))
    record = dump.records.get()
    assert record.authors == ["Björkö, Åsa"]
    assert record.keywords[0].startswith("half ") and record.keywords[0].endswith(" a smile")


def test_half_characters_and_nul_spelled_in_json_do_not_reach_the_database(receive):
    page = {
        "title": "Kites\u0000 and \ud83d clinics by the harbour",
        "authors": "Sora Amari, Tam\udfff Reed",
        "doi": "10.5555/kite.1",
        "abstract": "We flew\u0000 kites.",
        "journal": {"name": "Air \ud800and Rest"},
        "PeriodicalName": "Air and Rest",
        "resultStr": "{}",
    }
    dump = receive(json.dumps(page) + "\n")
    assert (dump.state, dump.taken_in, dump.format) == ("read", 1, "scholar_json_nested")
    record = dump.records.get()
    assert record.title == "Kites and clinics by the harbour"
    assert record.abstract == "We flew kites."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_letters_arrive_whatever_the_encoding_of_the_file(receive, encoding):
    dump = receive(ris_entry("alpha", AU="Björkö, Åsa").encode(encoding))
    assert dump.records.get().authors == ["Björkö, Åsa"]


def test_bytes_that_are_no_text_at_all_are_not_understood(receive):
    dump = receive(bytes(range(256)) * 40)
    assert (dump.state, dump.taken_in) == ("not_understood", 0)


def test_a_line_of_five_megabytes_is_read_like_any_other(receive, world):
    long = "word " * 1_000_000
    dump = receive(ris("bravo") + ris_entry("alpha", AB=long) + ris("charlie"))
    assert (dump.taken_in, dump.rejected) == (3, 0)
    assert len(Record.objects.get(title=SUBJECTS["alpha"]).abstract) >= 4_000_000
    again = receive(ris_entry("alpha", AB=long + "more"))
    assert again.joined == 1
    assert faults_of(world.library) == []


def test_two_titles_of_a_megabyte_do_not_stop_the_reading(receive):
    title = "a very long title indeed " * 40_000
    dump = receive(ris_entry("alpha", title=title) + ris_entry("alpha", title=title + "x", DO=""))
    assert dump.taken_in == 2


def test_a_line_of_five_megabytes_that_is_no_record_is_not_understood(receive):
    dump = receive("x" * 5_000_000)
    assert dump.state == "not_understood"
    assert len(dump.rejected_stretches.get().text) <= 4000


def test_the_abstract_as_a_text_is_made_once_and_never_changes(receive):
    record = receive(ris_entry("alpha", AB="Cafe\u0301 of\u00a0the ward")).records.get()
    one, two = actions.text_of(record), actions.text_of(record)
    assert one == two and TextVersion.objects.count() == 1
    assert one.body == "Caf\u00e9 of the ward"
