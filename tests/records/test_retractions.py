"""Retractions and corrections: what lists and records say, how works are found by DOI and PubMed number, uploads and their undo."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from records import notice_lists, notices, retractions
from records.models import Event, Notice, NoticeList
from records.retractions import natures
from tests import world as worlds

WATCH = (
    "Record ID,Title,OriginalPaperDOI,OriginalPaperPubMedID,RetractionDOI,RetractionDate,RetractionNature,Reason\n"
    '1,"Walking, again",10.5555/JIC.ALPHA,0,10.5555/notice.1,3/14/2023 0:00,Retraction,+Concerns about Data;+Error;\n'
    "2,Telephone,unavailable,31,10.5555/notice.2,2022-01-05,Correction,\n"
    "3,No number,unavailable,0,,,Retraction,\n"
    "4,Not here,10.5555/elsewhere,0,,1/2/2020,Expression of concern,+Duplication;\n"
    "5,Golf,https://doi.org/10.5555/jic.golf,,,1/2/2020 0:00,Retraction,\n"
    "6,Golf,10.5555/jic.golf,,,1/2/2021 0:00,Reinstatement,\n"
)


def rows(text: str) -> list[notices.Said | None]:
    return list(notices.in_table(io.StringIO(text)))


def test_retraction_watchs_shape_is_read():
    first, second, third, fourth, fifth, sixth = rows(WATCH)
    assert first == notices.Said(
        "retracted", "10.5555/jic.alpha", "", date(2023, 3, 14), "Concerns about Data; Error", "10.5555/notice.1"
    )
    assert second and (second.nature, second.doi, second.pmid) == ("corrected", "", "31")
    assert third is None
    assert fourth and fourth.nature == "concern"
    assert (fifth and fifth.doi, sixth and sixth.nature) == ("10.5555/jic.golf", "reinstated")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DOI\n10.5555/a\n\ndoi:10.5555/B\n", [("10.5555/a", ""), ("10.5555/b", "")]),
        ("name;pmid\nx;123\ny;\n", [("", "123"), None]),
        ("PMID\tDOI\n77.0\t10.5555/c.\n", [("10.5555/c", "77")]),
        ("\ufeffdoi,title\r\n10.5555/d,\"a\nb\"\r\n", [("10.5555/d", "")]),
        ("DOI\n10.5555/e\0\n", [("10.5555/e", "")]),
        ("DOI\n10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2\n",
         [("10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2", "")]),
    ],
)  # fmt: skip
def test_any_table_with_numbers(text, found):
    assert [each and (each.doi, each.pmid) for each in rows(text)] == found


@pytest.mark.parametrize("text", ["", "Title,Year\nx,2020\n", "TY  - JOUR\nDO  - 10.5555/a\n", "{}", "\0\0"])
def test_other_texts_are_no_table(text):
    with pytest.raises(notices.NotAList):
        rows(text)


def test_a_cell_without_end_takes_its_rows_and_no_more():
    usual = csv.field_size_limit(1000)
    try:
        found = rows('DOI\n"' + "x" * 3000 + "\n10.5555/a\n")
    finally:
        csv.field_size_limit(usual)  # it is the whole process's
    assert all(each is None or each.doi == "10.5555/a" for each in found)


@pytest.mark.parametrize(
    ("title", "raw", "found"),
    [
        ("RETRACTED: Walking groups", [], ["retracted"]),
        ("Retracted Article: Walking groups", [], ["retracted"]),
        ("Walking groups [RETRACTED]", [], ["retracted"]),
        ("WITHDRAWN: Walking groups", [], ["retracted"]),
        ("Retracted memories of a childhood", [], []),
        ("Retraction: Walking groups", [], []),
        ("Walking", [["PT", "Retracted Publication", 3]], ["retracted"]),
        ("Walking", [["PT", "Retraction of Publication", 3]], []),
        ("Walking", [["RIN", "J Care. 2021. doi: 10.5555/n.1. PMID: 99", 3]], ["retracted"]),
        ("Walking", [["EIN", "J Care. 2021. PMID: 98", 3], ["PT", "Retracted Publication", 1]], ["corrected", "retracted"]),
        ("Walking", [["ECI", "J Care", 3]], ["concern"]),
        ("Walking", [["is_retracted", "True", 3]], ["retracted"]),
        ("Walking", [["is_retracted", "False", 3]], []),
    ],
)  # fmt: skip
def test_what_a_record_says_of_itself(title, raw, found):
    assert [each.nature for each in notices.of_itself(title, raw)] == found


def test_a_notice_names_its_paper_and_never_itself():
    raw = [["ROF", "J Care. 2019;3:5. doi: 10.5555/jic.alpha. PMID: 12", 4]]
    (said,) = notices.of_reference("Retraction: Walking", "10.5555/notice", "13", raw)
    assert (said.doi, said.pmid, said.notice_doi, said.notice_pmid) == ("10.5555/jic.alpha", "12", "10.5555/notice", "13")  # fmt: skip
    assert list(notices.of_reference("Retraction: Walking", "10.5555/notice", "", [])) == []
    (said,) = notices.of_reference("Walking", "10.5555/jic.alpha", "", [])
    assert (said.nature, said.doi) == ("retracted", "10.5555/jic.alpha")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([], []),
        ([("retracted", None)], ["retracted"]),
        ([("retracted", date(2020, 1, 1)), ("reinstated", date(2021, 1, 1))], ["reinstated"]),
        ([("reinstated", date(2021, 1, 1)), ("retracted", date(2022, 1, 1))], ["retracted"]),
        ([("retracted", None), ("reinstated", None), ("corrected", None)], ["corrected", "reinstated"]),
        ([("concern", None), ("retracted", None)], ["retracted", "concern"]),
    ],
)
def test_what_all_notices_come_to(said, found):
    assert natures(said) == found


def upload(world, text: str, name: str = "list.csv") -> NoticeList:
    listed = notice_lists.receive(
        by=next(iter(world.people.values())), library=world.library, name=name, content=ContentFile(text.encode())
    )
    worlds.read_all(world.library)
    listed.refresh_from_db()
    return listed


def held(world) -> dict[str, list[str]]:
    names = {work.pk: name for name, work in world.works.items()}
    return {names[work]: found for work, found in retractions.of_library(world.library.pk).items()}


@pytest.mark.django_db
def test_works_are_found_by_number_and_the_list_is_accounted_for(world):
    listed = upload(world, WATCH)
    assert (listed.state, listed.rows, listed.taken, listed.without) == ("read", 6, 5, 1)
    assert held(world) == {"alpha": ["retracted"], "golf": ["reinstated"]}
    with pytest.raises(notice_lists.Known):
        upload(world, WATCH)


@pytest.mark.django_db
def test_what_comes_later_is_found_and_so_is_a_pubmed_number(world):
    upload(world, WATCH)
    entry = worlds.ris_entry("hotel", title="Bread, bees and belonging in allotment gardens", DO="10.5555/elsewhere")
    dump = worlds.import_text(world.review, world.people["ann"], entry, source="Later")
    nbib = "PMID- 31\nOWN - NLM\nTI  - On ferries and fog, a study of waiting rooms.\nPT  - Journal Article\n"
    other = worlds.import_text(world.review, world.people["ann"], nbib, source="PubMed")
    found = retractions.of_library(world.library.pk)
    assert found[dump.records.get().work_id] == ["concern"]
    assert found[other.records.get().work_id] == ["corrected"]


@pytest.mark.django_db
def test_taking_a_list_back_takes_its_notices_back_and_it_can_come_again(world):
    listed = upload(world, WATCH)
    notice_lists.take_back(by=world.people["ann"], listed=listed)
    assert held(world) == {} and not Notice.objects.exists()
    with pytest.raises(notice_lists.NotRead):
        notice_lists.take_back(by=world.people["ann"], listed=listed)
    upload(world, WATCH)
    assert held(world)["alpha"] == ["retracted"]
    verbs = Event.objects.filter(library=world.library, verb__contains="list of retractions").values_list("verb", flat=True)  # fmt: skip
    assert len(verbs) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TY  - JOUR\nTI  - Walking groups\nDO  - 10.5555/jic.alpha\nER  - \n", {"alpha": ["retracted"]}),
        ("TY  - JOUR\nTI  - Retraction: Walking\nDO  - 10.5555/jic.alpha\nER  - \n", {}),
        ("PMID- 7\nTI  - Correction: telephone mentors.\nEFR - J Care. doi: 10.5555/jic.bravo. PMID: 6\n", {"bravo": ["corrected"]}),
    ],
)  # fmt: skip
def test_references_as_a_list(world, text, found):
    listed = upload(world, text)
    assert held(world) == found
    assert listed.state == ("read" if found else "failed")


@pytest.mark.django_db
def test_a_record_says_it_itself_without_any_list(world):
    text = worlds.ris_entry("hotel", title="RETRACTED: Bread, bees and belonging in allotments", DO="10.5555/own")
    work = worlds.import_text(world.review, world.people["ann"], text, source="Later").records.get().work
    assert retractions.of_library(world.library.pk) == {work.pk: ["retracted"]}
    (standing,) = retractions.of_records(world.library.pk, list(work.records.all())).values()
    assert standing.retracted


@pytest.mark.django_db
def test_another_librarys_list_tells_nothing_here(world, foreign):
    upload(foreign, WATCH)
    assert held(world) == {}
    records = list(world.works["alpha"].records.all())
    assert retractions.of_records(world.library.pk, records) == {}


@pytest.mark.django_db
def test_a_list_grows_old(world):
    assert retractions.freshness(world.library.pk).stale
    listed = upload(world, WATCH)
    assert not retractions.freshness(world.library.pk).stale
    NoticeList.objects.filter(pk=listed.pk).update(at=timezone.now() - timedelta(days=31))
    assert retractions.freshness(world.library.pk).stale
