"""Large files in pieces: begin, append, go on after a broken line, import the whole; and what is swept away."""

import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from records import fingerprint, uploads
from records.models import Dump, Event, Job, Record, Upload
from reviews.models import Role
from tests import world as worlds

pytestmark = pytest.mark.django_db
TEXT = worlds.ris("alpha", "bravo").encode()


@pytest.fixture
def alone():
    return worlds.empty_world()


@pytest.fixture
def ann(alone, as_):
    return as_(alone, "ann")


def begin(client, world, size=len(TEXT), name="big.ris"):
    return client.post(f"/reviews/{world.review.pk}/import/uploads/", {"name": name, "size": size})


def put(client, place, offset, piece, **headers):
    return client.post(
        place, piece, content_type="application/octet-stream", headers={"Upload-Offset": str(offset), **headers}
    )


def came(client, world, content=TEXT, name="big.ris"):
    """An upload that has come completely, in two pieces."""
    place = begin(client, world, len(content), name)["Location"]
    middle = len(content) // 2
    put(client, place, 0, content[:middle])
    put(client, place, middle, content[middle:])
    return place.split("/")[-2]


def send(client, world, keys, **more):
    data = {"source": "Fictional Index", "kind": "database", "uploads": keys, **more}
    return client.post(f"/reviews/{world.review.pk}/import/", data)


# Pieces


def test_pieces_make_the_whole(ann, alone):
    answer = begin(ann, alone)
    place = answer["Location"]
    assert (answer.status_code, answer["Upload-Offset"]) == (201, "0")
    assert put(ann, place, 0, TEXT[:100])["Upload-Offset"] == "100"
    assert put(ann, place, 100, TEXT[100:])["Upload-Offset"] == str(len(TEXT))
    assert uploads.place(Upload.objects.get().pk).read_bytes() == TEXT


def test_after_a_broken_line_it_goes_on_where_it_stopped(ann, alone):
    place = begin(ann, alone)["Location"]
    put(ann, place, 0, TEXT[:100])
    answer = ann.head(place)
    assert (answer.status_code, answer["Upload-Offset"], answer["Upload-Length"]) == (200, "100", str(len(TEXT)))


@pytest.mark.parametrize("offset", [0, 99, 101, 10**9])
def test_a_piece_that_does_not_come_next_is_told_what_does(ann, alone, offset):
    place = begin(ann, alone)["Location"]
    put(ann, place, 0, TEXT[:100])
    answer = put(ann, place, offset, TEXT[100:150])
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "100")
    assert uploads.place(Upload.objects.get().pk).read_bytes() == TEXT[:100]


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "9" * 40])
def test_a_piece_says_where_it_belongs(ann, alone, offset):
    assert put(ann, begin(ann, alone)["Location"], offset, b"x").status_code == 400


def test_a_piece_beyond_the_end_or_too_long_is_refused(ann, alone, monkeypatch):
    place = begin(ann, alone, 50)["Location"]
    assert put(ann, place, 0, b"x" * 51).status_code == 413
    monkeypatch.setattr(uploads, "PIECE_BYTES", 10)
    assert put(ann, place, 0, b"x" * 11).status_code == 413
    assert Upload.objects.get().received == 0


def test_a_file_larger_than_the_site_takes_is_refused_in_a_sentence(ann, alone, settings):
    settings.MAX_DUMP_BYTES = 1000
    answer = begin(ann, alone, 1001)
    assert answer.status_code == 413
    assert answer.content.decode().replace("\xa0", " ") == "big.ris is larger than this site takes (1000 bytes)."
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"name": "x"}, {"name": "x", "size": "0"}, {"name": "x", "size": "-5"}, {"name": "", "size": "5"}]
)
def test_a_file_has_a_name_and_a_size(ann, alone, data):
    assert ann.post(f"/reviews/{alone.review.pk}/import/uploads/", data).status_code == 400


def test_nobody_fills_the_disk_with_beginnings(ann, alone, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    assert [begin(ann, alone).status_code for _n in range(3)] == [201, 201, 429]


def test_only_who_began_it_sees_it(ann, alone, as_):
    alone.people["bo"] = worlds.person("bo")
    worlds.join_team(alone.review, alone.members["ann"], alone.people["bo"], Role.LIBRARIAN)
    bo = as_(alone, "bo")
    place = begin(ann, alone)["Location"]
    assert (bo.head(place).status_code, put(bo, place, 0, TEXT).status_code) == (404, 404)
    put(ann, place, 0, TEXT)
    key = place.split("/")[-2]
    assert "no longer there" in send(bo, alone, [key]).content.decode()
    assert Upload.objects.filter(pk=key).exists() and not Dump.objects.exists()


def test_a_piece_without_the_token_is_refused(alone):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alone.people["ann"])
    page = client.get(f"/reviews/{alone.review.pk}/import/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert begin(client, alone).status_code == 403
    data = {"name": "big.ris", "size": len(TEXT)}
    place = client.post(f"/reviews/{alone.review.pk}/import/uploads/", data, headers={"x-csrftoken": token})["Location"]
    assert put(client, place, 0, TEXT).status_code == 403
    assert put(client, place, 0, TEXT, **{"X-CSRFToken": token})["Upload-Offset"] == str(len(TEXT))


# The whole


def test_the_whole_is_imported_like_any_file(ann, alone):
    keys = [came(ann, alone), came(ann, alone, worlds.ris("charlie").encode(), "more.ris")]
    small = SimpleUploadedFile("small.ris", worlds.ris("delta").encode())
    send(ann, alone, keys, files=[small])
    worlds.read_all(alone.library)
    assert list(Dump.objects.order_by("name").values_list("name", "taken_in")) == [
        ("big.ris", 2), ("more.ris", 1), ("small.ris", 1),
    ]  # fmt: skip
    assert Dump.objects.get(name="big.ris").file.open("rb").read() == TEXT
    assert not Upload.objects.exists()


def test_the_file_is_moved_not_copied(ann, alone):
    key = came(ann, alone)
    lies = uploads.place(uuid.UUID(key))
    same = lies.stat().st_ino
    send(ann, alone, [key])
    assert not lies.exists()
    assert Path(Dump.objects.get().file.path).stat().st_ino == same


@pytest.mark.django_db(transaction=True)
def test_known_bytes_leave_nothing_behind(ann, alone):
    worlds.import_text(alone.review, alone.people["ann"], TEXT.decode())
    key = came(ann, alone)
    send(ann, alone, [key])
    assert Dump.objects.latest("pk").state == "known"
    assert not uploads.place(uuid.UUID(key)).exists() and not Upload.objects.exists()


@pytest.mark.parametrize(("key", "said"), [("x", "not a valid UUID"), (str(uuid.UUID(int=7)), "choose it again")])
def test_an_upload_that_is_not_there_is_said_so_and_nothing_is_stored(ann, alone, key, said):
    answer = send(ann, alone, [key])
    assert answer.status_code == 200 and said in answer.content.decode()
    assert not Dump.objects.exists()


def test_half_an_upload_is_not_imported(ann, alone):
    place = begin(ann, alone)["Location"]
    put(ann, place, 0, TEXT[:100])
    assert "choose it again" in send(ann, alone, [place.split("/")[-2]]).content.decode()
    assert not Dump.objects.exists() and Upload.objects.exists()


def test_an_upload_whose_file_is_gone_is_not_imported(ann, alone):
    key = came(ann, alone)
    uploads.place(uuid.UUID(key)).unlink()
    assert "choose it again" in send(ann, alone, [key]).content.decode()


def test_what_came_is_still_named_when_the_form_was_wrong(ann, alone):
    key = came(ann, alone)
    page = send(ann, alone, [key], hits_reported="many").content.decode()
    assert f'<input type="checkbox" name="uploads" value="{key}" checked>' in page
    send(ann, alone, [key])
    assert Dump.objects.get().name == "big.ris"


def test_a_large_file_may_wait_for_a_look(ann, alone):
    answer = send(ann, alone, [came(ann, alone)], preview="on")
    assert worlds.SUBJECTS["alpha"] in ann.get(answer["Location"]).content.decode()
    assert Dump.objects.get().state == "preview"


# A fingerprint that the worker works out


def test_a_large_file_gets_its_fingerprint_from_the_worker(ann, alone, monkeypatch):
    monkeypatch.setattr(fingerprint, "AT_ONCE", 10)
    send(ann, alone, [came(ann, alone)])
    assert Dump.objects.get().sha256.startswith(fingerprint.LATER)
    worlds.read_all(alone.library)
    dump = Dump.objects.get()
    assert dump.sha256 == fingerprint.sha256(ContentFile(TEXT))
    assert (dump.state, dump.taken_in) == ("read", 2)


@pytest.mark.django_db(transaction=True)
def test_the_same_large_bytes_are_read_once(ann, alone, monkeypatch, settings):
    monkeypatch.setattr(fingerprint, "AT_ONCE", 10)
    for name in ("first.ris", "second.ris"):
        send(ann, alone, [came(ann, alone, name=name)])
    first, second = Dump.objects.order_by("pk")
    assert (first.taken_in, second.state, second.same_as, second.already_there) == (2, "known", first, 2)
    assert Record.objects.count() == 2 and not second.file
    assert [path for path in (Path(settings.MEDIA_ROOT) / "dumps").rglob("*") if path.is_file()] == [
        Path(first.file.path)
    ]
    assert Event.objects.filter(verb="knew a dump", subject=f"dump {second.pk}").exists()
    assert not Job.objects.exclude(state="done").exists()


def test_a_worker_that_comes_again_does_not_work_it_out_twice(ann, alone, monkeypatch):
    monkeypatch.setattr(fingerprint, "AT_ONCE", 10)
    send(ann, alone, [came(ann, alone)])
    job = Job.objects.get()
    assert fingerprint.worked_out(job)
    monkeypatch.setattr(fingerprint, "sha256", lambda *_: pytest.fail("again"))
    assert fingerprint.worked_out(job)


# Swept away


def test_uploads_left_lying_are_swept_away(ann, alone):
    old, new = came(ann, alone), came(ann, alone)
    Upload.objects.filter(pk=old).update(at=Upload.objects.get(pk=old).at - timedelta(hours=49))
    assert uploads.sweep() == 1
    assert [str(key) for key in Upload.objects.values_list("pk", flat=True)] == [new]
    assert not uploads.place(uuid.UUID(old)).exists() and uploads.place(uuid.UUID(new)).exists()


def test_a_file_without_an_upload_is_swept_away_when_it_is_old(ann, alone):
    came(ann, alone)
    for name in ("old", "young"):
        (uploads.place(uuid.uuid4()).parent / name).write_bytes(b"x")
    os.utime(uploads.place(uuid.uuid4()).parent / "old", (0, 0))
    assert uploads.sweep() == 1
    assert (uploads.place(uuid.uuid4()).parent / "young").exists()
