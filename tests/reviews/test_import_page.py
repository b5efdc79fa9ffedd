"""The import page: name a search, drop or paste, watch it being read; and the intake page, which accounts for every entry."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from records.models import Dump, Job, Record, Search
from reviews import forms
from tests import world as worlds

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
BROKEN = worlds.ris("alpha") + "stray <words> between\n" + worlds.ris("bravo")
HOSTILE = "<img src=x onerror=alert(1)>; x=1.ris"


@pytest.fixture
def alone():
    return worlds.empty_world()


@pytest.fixture
def ann(alone, as_):
    return as_(alone, "ann")


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/import/{rest}"


def file(text, name="records.ris"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def send(client, world, **data):
    return client.post(place(world), {"source": "Fictional Index", "kind": "database", **data})


def words(answer):
    """The page's content with its white space made even."""
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def intake(client, dump):
    return words(client.get(f"/reviews/{dump.library_id}/dumps/{dump.pk}/"))


# The form


def test_the_page_asks_for_a_search_and_what_it_brought(ann, alone):
    text = words(ann.get(place(alone)))
    assert "Name the search, then drop what it brought" in text
    assert "What came in" not in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose at least one file, or paste some text."),
        ({"text": " \n"}, "Choose at least one file, or paste some text."),
        ({"text": "x", "source": " "}, "This field is required."),
        ({"text": "x", "kind": "telepathy"}, "Select a valid choice."),
        ({"text": "x", "date": "yesterday"}, "Enter a valid date."),
        ({"text": "x", "hits_reported": "many"}, "Enter a whole number."),
        ({"text": "x", "hits_reported": "-1"}, "Ensure this value is greater than or equal to 0."),
    ],
)
def test_what_is_wrong_is_said_in_words_and_nothing_is_stored(ann, alone, data, said):
    answer = send(ann, alone, **data)
    assert answer.status_code == 200
    assert said in words(answer)
    assert not Search.objects.exists() and not Dump.objects.exists()


def test_what_was_typed_is_still_there_beside_the_error(ann, alone):
    answer = send(ann, alone, text="kept <text>", hits_reported="many", strategy="exp Peer Group/")
    assert "kept &lt;text&gt;" in answer.content.decode()
    assert "exp Peer Group/" in answer.content.decode()


def test_several_files_and_a_text_are_one_search_and_a_dump_each(ann, alone):
    files = [file(worlds.ris("alpha")), file(worlds.ris("bravo", "charlie"), "more.txt")]
    answer = send(
        ann, alone, files=files, text=worlds.ris("delta"), date="2026-03-01", hits_reported="1204", platform="Ovid",
        strategy="peer AND support",
    )  # fmt: skip
    assert answer["Location"] == place(alone)
    search = Search.objects.get()
    assert (search.source, search.platform, str(search.date)) == ("Fictional Index", "Ovid", "2026-03-01")
    assert (search.strategy, search.hits_reported, search.arm) == ("peer AND support", 1204, "databases")
    worlds.read_all(alone.library)
    dumps = list(Dump.objects.order_by("pk").values_list("name", "pasted", "taken_in", "search"))
    assert dumps == [
        ("records.ris", False, 1, search.pk), ("more.txt", False, 2, search.pk), ("Pasted text", True, 1, search.pk),
    ]  # fmt: skip
    text = words(ann.get(place(alone)))
    assert "Found 4 entries = 4 taken in + 0 already there + 0 rejected." in text
    assert "4 records · 1,204 hits reported" in text
    assert "Looks right: start screening" in text


def test_the_kind_of_source_gives_the_column_of_the_flow(ann, alone):
    send(ann, alone, text=worlds.ris("alpha"), kind="citation", source="Reference lists")
    assert Search.objects.get().arm == "other"


def test_a_file_that_is_too_large_gets_a_page_in_words_and_nothing_is_stored(ann, alone, settings):
    settings.MAX_DUMP_BYTES = 100
    answer = send(ann, alone, files=[file("x" * 10), file("x" * 101)])
    assert answer.status_code == 413
    assert "The upload is larger than this site allows." in words(answer)
    assert not Dump.objects.exists()


def test_a_paste_that_is_too_long_is_refused_in_words(ann, alone, monkeypatch):
    monkeypatch.setattr(forms.ImportForm.base_fields["text"].validators[0], "limit_value", 50)
    answer = send(ann, alone, text="x" * 51)
    assert "Ensure this value has at most 50 characters" in words(answer)
    assert not Dump.objects.exists()


def test_more_text_than_a_form_takes_gets_the_same_page(alone, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = Client(enforce_csrf_checks=True)
    client.force_login(alone.people["ann"])
    client.get(place(alone))
    answer = send(client, alone, text="x" * 2000)
    assert answer.status_code == 413
    assert "Save it as a file and drop the file instead." in words(answer)


# While it is read


def test_while_reading_the_page_shows_what_moves_and_a_way_to_stop(ann, alone):
    send(ann, alone, files=[file(worlds.ris("alpha"))])
    page = ann.get(place(alone)).content.decode()
    assert f'hx-get="{place(alone, "progress/")}"' in page and 'hx-trigger="every 1s"' in page
    assert "Being read now" in page and "0 records so far" in page
    assert f'action="{place(alone, f"jobs/{Job.objects.get().pk}/cancel/")}"' in page


def test_progress_is_a_part_that_stops_asking_when_all_is_read(ann, alone):
    send(ann, alone, files=[file(worlds.ris("alpha"))])
    part = ann.get(place(alone, "progress/"), headers=HTMX).content.decode()
    assert part.strip().startswith('<div id="state" hx-get=') and "<html" not in part
    worlds.read_all(alone.library)
    part = ann.get(place(alone, "progress/"), headers=HTMX).content.decode()
    assert part.strip().startswith('<div id="state">') and "Found 1 entries" in part


def test_progress_opened_without_script_is_the_whole_page(ann, alone):
    text = words(ann.get(place(alone, "progress/")))
    assert "Where did you search?" in text


def test_stopping_keeps_what_was_read_and_the_intake_says_so(ann, alone):
    send(ann, alone, files=[file(worlds.ris("alpha"))])
    job = Job.objects.get()
    assert ann.post(place(alone, f"jobs/{job.pk}/cancel/"))["Location"] == place(alone)
    worlds.read_all(alone.library)
    job.refresh_from_db()
    assert (job.state, job.dump.taken_in) == ("cancelled", 1)
    assert "stopped" in words(ann.get(place(alone)))
    assert "Reading stopped before the end." in intake(ann, job.dump)


def test_a_search_is_set_aside_and_brought_back(ann, alone):
    worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha"))
    search = Search.objects.get()
    for aside, said in ((True, "Bring back"), (False, "Set aside")):
        ann.post(f"/reviews/{alone.review.pk}/searches/{search.pk}/aside/")
        search.refresh_from_db()
        assert search.aside is aside
        assert said in words(ann.get(place(alone)))


# What became of a dump


def test_the_intake_says_in_words_what_became_of_every_entry(ann, alone):
    worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha"), source="First")
    dump = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha", "bravo"), source="Second")
    text = intake(ann, dump)
    assert "2 entries were found; all were taken in." in text and "Read as RIS" in text
    assert "1 of them was joined with a work that was there already." in text
    assert "Nothing was rejected." in text
    assert dump.sha256 in text and "2 records joined" in text


def test_rejected_stretches_stand_there_with_lines_and_reason(ann, alone):
    dump = worlds.import_text(alone.review, alone.people["ann"], BROKEN)
    text = intake(ann, dump)
    stretch = dump.rejected_stretches.get()
    assert dump.found == dump.taken_in + dump.rejected == 3
    assert "Of 3 entries 2 were taken in, 1 could not be read." in text
    assert f"line {stretch.first_line} not yet read {stretch.reason}" in text
    assert "stray &lt;words&gt; between" in text
    assert "3 entries = 2 taken in + 0 already there + 1 rejected." in words(ann.get(place(alone)))


def test_a_dump_that_is_not_understood_is_kept_and_says_so(ann, alone):
    dump = worlds.import_text(alone.review, alone.people["ann"], "Dear all,\nplease find nothing <b>attached</b>.\n")
    assert dump.state == "not_understood"
    text = intake(ann, dump)
    assert "Winnow did not understand this one, so nothing was taken in." in text
    assert "please find nothing" in text
    assert "One file or text was not understood." in words(ann.get(place(alone)))
    assert not Record.objects.exists()


def test_the_same_bytes_again_are_named_as_known(ann, alone):
    first = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha", "bravo"), source="First")
    again = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha", "bravo"), source="Second")
    text = intake(ann, again)
    assert f"These are the same bytes as “{first.name}”" in text and "for First. Nothing was added." in text
    assert (again.found, again.already_there, Record.objects.count()) == (2, 2, 2)
    assert "Found 4 entries = 2 taken in + 2 already there + 0 rejected." in words(ann.get(place(alone)))


def test_a_dump_still_waiting_says_so(ann, alone):
    send(ann, alone, files=[file(worlds.ris("alpha"))])
    assert "It is being read." in intake(ann, Dump.objects.get())


def test_the_records_of_a_dump_come_in_pages(ann, alone, monkeypatch):
    monkeypatch.setattr("records.queries.PAGE", 2)
    dump = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha", "bravo", "charlie"))
    place_of = f"/reviews/{alone.review.pk}/dumps/{dump.pk}/"
    first, second = words(ann.get(place_of)), words(ann.get(place_of + "?page=2"))
    assert worlds.SUBJECTS["bravo"] in first and worlds.SUBJECTS["charlie"] not in first
    assert "1 / 2" in first and worlds.SUBJECTS["charlie"] in second
    assert ann.get(place_of + "?page=x").status_code == 200


# As it came


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfTY  - JOUR\r\nTI  - \xff\xfe broken \x00\r\n", b"", b"\x1a\n<html>"])
def test_a_dump_is_downloaded_as_it_came_byte_for_byte(ann, alone, content):
    send(ann, alone, files=[file(content, "odd name.html")])
    dump = Dump.objects.get()
    worlds.read_all(alone.library)
    answer = ann.get(f"/reviews/{alone.review.pk}/dumps/{dump.pk}/file/")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="odd name.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_hostile_name_stays_a_name(ann, alone):
    send(ann, alone, files=[file(worlds.ris("alpha"), HOSTILE)])
    dump = Dump.objects.get()
    assert "/" not in dump.name and dump.file.name.startswith(f"dumps/{alone.library.pk}/")
    for page in (place(alone), f"/reviews/{alone.review.pk}/dumps/{dump.pk}/"):
        assert "<img src=x" not in ann.get(page).content.decode()
    answer = ann.get(f"/reviews/{alone.review.pk}/dumps/{dump.pk}/file/")
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert b"".join(answer.streaming_content) == worlds.ris("alpha").encode()


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "récords 同伴.ris"])
def test_a_path_in_a_name_leads_nowhere(ann, alone, name):
    send(ann, alone, files=[file(worlds.ris("alpha"), name)])
    dump = Dump.objects.get()
    assert not re.search(r"[/\\]", dump.name)
    answer = ann.get(f"/reviews/{alone.review.pk}/dumps/{dump.pk}/file/")
    assert answer["Content-Disposition"].startswith("attachment;")
    answer.close()


def test_a_known_dump_is_downloaded_too(ann, alone):
    for source in ("First", "Second"):
        dump = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha"), source=source)
    answer = ann.get(f"/reviews/{alone.review.pk}/dumps/{dump.pk}/file/")
    assert b"".join(answer.streaming_content) == worlds.ris("alpha").encode()
