"""Export: any list in any format, streamed, with no more of others' decisions than the member may see."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records import clean
from records.models import Record
from records.readers import Draft, Source, read, ris, table
from records.writers import WRITERS
from reviews import actions, exporting, lists
from reviews.models import Report, StageName
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
ANN, BO = "Title and abstract: Ann", "Title and abstract: Bo"
OUTCOME = "Title and abstract: outcome"


def unblind(world: worlds.World, *stages: str) -> None:
    for stage in stages or (TITLE, FULL):
        actions.unblind(member=world.members["ann"], stage=stage)


def download(client, world: worlds.World, name: str = "works", file_format: str = "csv"):
    response = client.get(reverse("reviews:export-file", args=[world.review.pk, name, file_format]))
    assert response.status_code == 200
    return response


def whole(response) -> bytes:
    return b"".join(response.streaming_content)


def body(response) -> str:
    return whole(response).decode("utf-8")


def rows(client, world: worlds.World, name: str = "works") -> list[dict[str, str]]:
    text = body(download(client, world, name)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def row_of(rows: list[dict[str, str]], work: str) -> dict[str, str]:
    return next(row for row in rows if row["Title"] == worlds.SUBJECTS[work])


def entries(text: str) -> list[Draft]:
    return [each for each in ris.read(Source.of(text)) if isinstance(each, Draft)]


@pytest.fixture
def noted(world: worlds.World) -> worlds.World:
    actions.note(member=world.members["ann"], work_id=world.works["alpha"].pk, text="=seen in the café;\nread again")
    actions.note(member=world.members["bo"], work_id=world.works["alpha"].pk, text="Bo's canary")
    return world


# What is in it


def test_a_table_holds_every_work_of_the_list_once_in_its_order(world: worlds.World, as_) -> None:
    found = rows(as_(world, "ann"), world)
    assert [row["Title"] for row in found] == [worlds.SUBJECTS[name] for name in worlds.NAMES]
    alpha = row_of(found, "alpha")
    assert alpha["Found in"] == "Fictional Index; Second Index"
    assert alpha["DOI"] == "10.5555/jic.alpha"
    assert alpha["Pages"] == "100-109"
    assert alpha["Work in Winnow"] == str(world.works["alpha"].pk)
    assert alpha["Abstract"].startswith("Background: alpha")


def test_every_list_can_be_exported_with_as_many_rows_as_it_has(world: worlds.World, as_) -> None:
    client = as_(world, "ann")
    for name, each in lists.LISTS.items():
        if each.of != "rejected":
            length = lists.rows_of(each, world.members["ann"]).count()
            assert len(rows(client, world, name)) == length, name
            assert len(entries(body(download(client, world, name, "ris")))) == length, name


def test_records_are_exported_one_by_one_with_their_own_source(world: worlds.World, as_) -> None:
    found = rows(as_(world, "ann"), world, "records")
    assert len(found) == 9
    assert [row["Found in"] for row in found if row["Title"] == worlds.SUBJECTS["alpha"]] == [
        "Fictional Index",
        "Second Index",
    ]
    assert {row[ANN] for row in found if row["Title"] == worlds.SUBJECTS["alpha"]} == {"Include"}


def test_a_work_shows_what_only_another_of_its_records_knows(world: worlds.World, as_) -> None:
    bare = worlds.ris_entry("hotel", AB="", VL="77", IS="5", LA="en")
    worlds.import_text(world.review, world.people["ann"], bare, source="Bare Index")
    hotel = row_of(rows(as_(world, "ann"), world), "hotel")
    assert hotel["Abstract"].startswith("Background: hotel")
    assert hotel["Issue"] == "5"
    text = body(download(as_(world, "ann"), world, "works", "ris"))
    draft = next(each for each in entries(text) if clean.draft(each).title == worlds.SUBJECTS["hotel"])
    assert clean.draft(draft).issue == "5"
    assert clean.draft(draft).abstract.startswith("Background: hotel")


def test_the_table_is_read_by_our_own_reader_as_it_was(world: worlds.World, as_) -> None:
    text = body(download(as_(world, "ann"), world))
    drafts = [clean.draft(each) for each in table.read(Source.of(text.encode())) if isinstance(each, Draft)]
    assert [each.title for each in drafts] == [worlds.SUBJECTS[name] for name in worlds.NAMES]
    assert [each.authors for each in drafts][:2] == [["Alphason, Rae"], ["Bravoson, Rae"]]
    assert drafts[0].doi == "10.5555/jic.alpha"


def test_ris_keeps_unknown_tags_and_adds_decisions_as_n1(world: worlds.World, as_) -> None:
    odd = worlds.ris_entry(
        "hotel", title="Odd tags and where they go", DO="10.5555/odd", XQ="kept;  word for word", U5="42"
    )
    worlds.import_text(world.review, world.people["ann"], odd, source="Odd Index")
    drafts = entries(body(download(as_(world, "ann"), world, "works", "ris")))
    last = [(tag, value) for tag, value, _line in drafts[-1].raw]
    assert ("XQ", "kept;  word for word") in last
    assert ("U5", "42") in last
    first = [(tag, value) for tag, value, _line in drafts[0].raw]
    assert ("N1", f"{ANN}: Include") in first


def test_a_record_goes_out_in_its_own_format_with_what_was_filled_later(world: worlds.World, as_) -> None:
    text = "@string{jic = {Journal of Imagined Care}}\n@article{odd2020, title = {An odd entry}, journal = jic, xq = {kept}}"
    worlds.import_text(world.review, world.people["ann"], text, source="Odd Index")
    record = Record.objects.get(title="An odd entry")
    record.abstract, record.filled = "Known later.", {"abstract": {"by": world.people["ann"].pk}}
    record.save()
    for name in ("works", "records"):
        found = body(download(as_(world, "ann"), world, name, "bib")).partition("@article{odd2020,")
        assert found[0].endswith("@string{jic = {Journal of Imagined Care}}\n\n")
        assert "journal = jic,\n  xq = {kept},\n  abstract = {Known later.},\n}" in found[2]
        assert "AB  - Known later." in body(download(as_(world, "ann"), world, name, "ris"))


def test_a_formula_is_harmless_in_every_column(noted: worlds.World, as_) -> None:
    trap = worlds.ris_entry("hotel", title="=cmd|' /C calc'!A0", AU="@Doe, Jane", DO="10.5555/trap", KW="+1", AB="-2+3")
    worlds.import_text(noted.review, noted.people["ann"], trap, source="=1+1")
    found = rows(as_(noted, "ann"), noted)
    assert not [cell for row in found for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert row_of(found, "alpha")["Notes"] == "'=seen in the café;\nread again"
    assert found[-1]["Found in"] == "'=1+1"


# Whose decisions


def test_a_blinded_members_files_hold_own_decisions_and_notes_only(noted: worlds.World, as_) -> None:
    client = as_(noted, "bo")
    found = rows(client, noted)
    assert BO in found[0] and ANN not in found[0] and OUTCOME not in found[0] and "Retrieval" not in found[0]
    bravo = row_of(found, "bravo")
    assert bravo[BO] == "Exclude"
    assert bravo[f"{BO}, reason"] == "Wrong sample or population"
    assert row_of(found, "alpha")["Notes"] == "Bo's canary"
    for suffix in WRITERS:
        data = whole(download(client, noted, "works", suffix))
        text = data.decode() if suffix != "xlsx" else words_of(data)
        assert "Alphason" in text and "café" not in text and "Ann:" not in text and ": Ann" not in text


def words_of(workbook: bytes) -> str:
    return " ".join(
        value for each in read(Source.of(workbook)) if isinstance(each, Draft) for _t, value, _n in each.raw
    )


def test_what_is_included_stands_in_a_column_of_its_own(noted: worlds.World, as_) -> None:
    def included(who: str) -> dict[str, str]:
        found = rows(as_(noted, who), noted)
        return {name: row_of(found, name)["included"] for name in worlds.NAMES}

    assert included("bo") == dict.fromkeys(worlds.NAMES, "") | {"alpha": "1", "bravo": "0"}
    assert set(included("obs").values()) == {""}
    unblind(noted)
    opened = included("obs")
    assert (opened["alpha"], opened["bravo"], opened["delta"]) == ("1", "", "")  # included, in conflict, pending


def test_what_others_say_changes_no_byte_for_a_blinded_member(noted: worlds.World, as_) -> None:
    client = as_(noted, "bo")

    def files() -> list[bytes]:
        return [whole(download(client, noted, name, suffix)) for name in ("works", "records") for suffix in WRITERS]

    before = files()
    noted.decide("ann", "alpha", "exclude", reason=noted.reason("design"))
    noted.decide("ann", "golf", "include")
    actions.note(member=noted.members["ann"], work_id=noted.works["golf"].pk, text="another note")
    assert files() == before


def test_after_unblinding_the_files_hold_all_decisions_outcomes_and_retrieval(noted: worlds.World, as_) -> None:
    unblind(noted)
    found = rows(as_(noted, "bo"), noted)
    alpha, bravo, delta = (row_of(found, name) for name in ("alpha", "bravo", "delta"))
    assert (alpha[ANN], alpha[BO], alpha[OUTCOME], alpha["Retrieval"]) == ("Include", "Include", "included", "sought")
    assert (bravo[ANN], bravo[BO], bravo[OUTCOME]) == ("Include", "Exclude", "conflict")
    assert (delta[ANN], delta[BO], delta[OUTCOME], delta["Retrieval"]) == ("", "", "pending", "")
    assert alpha["Notes"] == "Ann: =seen in the café;\nread again\nBo: Bo's canary"


def test_the_outcomes_reason_stands_beside_it(world: worlds.World, as_) -> None:
    for who in ("ann", "bo"):
        world.decide(who, "golf", "exclude", reason=world.reason("setting"))
    unblind(world)
    golf = row_of(rows(as_(world, "ann"), world), "golf")
    assert (golf[OUTCOME], golf[f"{OUTCOME}, reason"]) == ("excluded", "Wrong setting")


def test_full_texts_stay_blinded_when_only_abstracts_are_open(world: worlds.World, as_) -> None:
    unblind(world, TITLE)
    report = Report.objects.get(review=world.review, work=world.works["alpha"])
    actions.set_retrieval(member=world.members["ann"], report=report, retrieval="retrieved")
    world.decide("ann", "alpha", "exclude", stage=FULL, reason=world.reason("design"))
    found = row_of(rows(as_(world, "bo"), world), "alpha")
    assert found[OUTCOME] == "included"
    assert not [column for column in found if column.startswith("Full text")]


def test_an_observer_gets_outcomes_after_unblinding_and_nobodys_decisions(noted: worlds.World, as_) -> None:
    assert not [column for column in rows(as_(noted, "obs"), noted)[0] if column.startswith(("Title and", "Full"))]
    unblind(noted)
    found = rows(as_(noted, "obs"), noted)
    assert row_of(found, "alpha")[OUTCOME] == "included"
    assert ANN not in found[0] and BO not in found[0]
    assert row_of(found, "alpha")["Notes"] == ""


def test_two_members_of_one_name_have_a_column_each(world: worlds.World, as_) -> None:
    world.people["bo"].name = "Ann"
    world.people["bo"].save()
    unblind(world)
    bravo = row_of(rows(as_(world, "ann"), world), "bravo")
    second = f"{ANN} ({world.members['bo'].pk})"
    assert (bravo[ANN], bravo[second]) == ("Include", "Exclude")


# Streaming


def many(world: worlds.World, count: int) -> None:
    text = "".join(
        worlds.ris_entry(
            "hotel", title=f"Unlike title {n} {n * 7919} {chr(97 + n % 26) * 9}", DO=f"10.5555/many.{n}", AB=""
        )
        for n in range(count)
    )
    worlds.import_text(world.review, world.people["ann"], text, source="Large Index")


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("name", ["works", "records"])
def test_queries_grow_with_batches_and_not_with_rows(world: worlds.World, monkeypatch, name: str, suffix: str) -> None:
    unblind(world)
    member = type(world.members["ann"]).objects.select_related("review").get(pk=world.members["ann"].pk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            for _piece in exporting.export(member=member, named=lists.LISTS[name], suffix=suffix):
                pass
        return len(counted)

    few = queries()
    many(world, 200)
    assert queries() == few
    assert few <= 11
    monkeypatch.setattr(exporting, "BATCH", 50)
    batches = -(-lists.rows_of(lists.LISTS[name], member).count() // 50)
    assert queries() <= few + (batches - 1) * 9


def test_the_first_piece_comes_before_the_last_batch_is_read(world: worlds.World, monkeypatch) -> None:
    many(world, 300)
    monkeypatch.setattr(exporting, "BATCH", 50)
    pieces = exporting.export(member=world.members["ann"], named=lists.LISTS["works"], suffix="csv")
    with CaptureQueriesContext(connection) as first:
        next(pieces)
    with CaptureQueriesContext(connection) as rest:
        list(pieces)
    assert first
    assert rest


def test_the_answer_is_streamed_under_a_plain_name(world: worlds.World, as_) -> None:
    response = download(as_(world, "ann"), world)
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith(f'attachment; filename="winnow-{world.review.pk}-works-')
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbfTitle,")


# The page and its doors


def test_the_page_offers_every_list_and_format_and_says_whose_decisions(world: worlds.World, as_) -> None:
    client = as_(world, "bo")
    url = reverse("reviews:export", args=[world.review.pk])
    text = client.get(url).content.decode()
    assert "your own decisions only" in text
    for name in lists.EXPORTABLE:
        assert f'<option value="{name}"' in text
    for suffix, writer in WRITERS.items():
        assert f'name="format" value="{suffix}"' in text and writer.LABEL in text and writer.PURPOSE in text
    unblind(world)
    assert "every member" in client.get(url).content.decode()


def test_what_is_chosen_on_the_page_is_sent(world: worlds.World, as_) -> None:
    client = as_(world, "ann")
    url = reverse("reviews:export", args=[world.review.pk])
    response = client.get(url, {"list": "records", "format": "bib"}, follow=True)
    assert response.redirect_chain == [(reverse("reviews:export-file", args=[world.review.pk, "records", "bib"]), 302)]
    assert whole(response).startswith(b"@article{")
    search = f"search-{world.library.searches.order_by('pk').first().pk}"
    text = client.get(url, {"list": search}).content.decode()
    assert f'<option value="{search}" selected>' in text
    for nonsense in ({"list": "nothing", "format": "bib"}, {"list": "rejected", "format": "csv"}, {"format": "exe"}):
        assert client.get(url, nonsense).status_code == 200


@pytest.mark.parametrize("path", ["nothing.csv", "works.exe", "rejected.csv", "reason-databases-x.csv"])
def test_what_is_no_list_or_no_format_is_not_found(world: worlds.World, as_, path: str) -> None:
    assert as_(world, "ann").get(reverse("reviews:export", args=[world.review.pk]) + path).status_code == 404


def test_strangers_find_nothing_and_a_foreign_search_gives_an_empty_file(
    world: worlds.World, foreign: worlds.World, as_
) -> None:
    url = reverse("reviews:export-file", args=[world.review.pk, "works", "csv"])
    assert as_(foreign, "eve").get(url).status_code == 404
    theirs = foreign.library.searches.get()
    assert rows(as_(world, "ann"), world, f"search-{theirs.pk}") == []
