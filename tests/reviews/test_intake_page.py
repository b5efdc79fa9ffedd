"""The intake of one dump: every number opens its list, every record its text, every stretch its way out, and the way back."""

import re
import zipfile
from io import BytesIO

import pytest
from django.core.files.base import ContentFile

from records import actions
from records.models import AlreadyThere, Dump, Job, Record, RejectedStretch, Work
from reviews import actions as screening
from reviews import intake_words
from reviews.models import StageName
from tests import world as worlds
from tests.reviews.test_import_page import words
from themes import actions as coding

pytestmark = pytest.mark.django_db
BROKEN = (
    worlds.ris("alpha")
    + "stray <words> between\n"
    + worlds.ris("bravo")
    + "and more stray words\n"
    + worlds.ris("charlie")
)


@pytest.fixture
def alone():
    return worlds.empty_world()


@pytest.fixture
def ann(alone, as_):
    return as_(alone, "ann")


@pytest.fixture
def broken(alone):
    return worlds.import_text(alone.review, alone.people["ann"], BROKEN)


def take_bytes(world, data, name="a.ris", by="ann"):
    """A file, read to its end."""
    search = actions.name_search(by=world.people[by], library=world.library, source="Fictional Index")
    dump = actions.receive(by=world.people[by], search=search, name=name, content=ContentFile(data, name))
    worlds.read_all(world.library)
    dump.refresh_from_db()
    return dump


def place(dump, rest=""):
    return f"/reviews/{dump.library_id}/dumps/{dump.pk}/{rest}"


def of_stretch(stretch):
    return f"/reviews/{stretch.library_id}/stretches/{stretch.pk}/"


def stretches(dump):
    return list(RejectedStretch.objects.filter(dump=dump).order_by("first_line"))


def doors(html):
    """Each number of the page by the list that it opens."""
    found = re.findall(r'href="\?list=(\w+)#entries"[^>]*><span class="stat-number">([\d,]+)</span>', html)
    return {name: int(number.replace(",", "")) for name, number in found}


def length(html):
    return int(re.search(r'id="entries">[^<]*<span class="badge">([\d,]+)<', html)[1].replace(",", ""))


# In words and numbers


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((120, 117, 2, 1), "Of 120 entries 117 were taken in, 2 were there already, 1 could not be read."),
        ((2000, 1999, 1, 0), "Of 2,000 entries 1,999 were taken in, 1 was there already."),
        ((3, 1, 0, 2), "Of 3 entries 1 was taken in, 2 could not be read."),
        ((2, 2, 0, 0), "2 entries were found; all were taken in."),
        ((1, 1, 0, 0), "1 entry was found, and it was taken in."),
        ((1, 0, 1, 0), "The one entry: 1 was there already."),
        ((4, 0, 0, 4), "4 entries were found; none could be read."),
        ((1, 0, 0, 1), "1 entry was found; it could not be read."),
        ((0, 0, 0, 0), "No entry was found."),
    ],
)
def test_the_numbers_are_said_as_one_would_say_them(numbers, said):
    names = ("found", "taken_in", "already_there", "rejected")
    assert intake_words.sentence(Dump(**dict(zip(names, numbers, strict=True)))) == said


def test_every_number_opens_a_list_of_its_length(alone, ann, broken):
    twin = worlds.import_text(
        alone.review, alone.people["ann"], worlds.ris("alpha", "delta") + "stray\n" + worlds.ris("echo"), source="Second Index"
    )  # fmt: skip
    there = {"library": alone.library, "dump": twin, "record": broken.records.first()}
    AlreadyThere.objects.create(**there, first_line=90, last_line=99, title="Bread & bees", accession="ACC-7")
    AlreadyThere.objects.create(**there, first_line=80, last_line=85, title="Given", filled=["abstract", "doi"])
    twin.records.filter(title=worlds.SUBJECTS["echo"]).update(related=True)
    Dump.objects.filter(pk=twin.pk).update(already_there=2, filled=1, found=6, related=1)
    html = ann.get(place(twin)).content.decode()
    assert doors(html) == {
        "found": 6, "taken": 3, "there": 2, "rejected": 1, "filled": 1, "joined": 1, "related": 1,
    }  # fmt: skip
    for name, number in doors(html).items():
        assert length(ann.get(place(twin) + f"?list={name}").content.decode()) == number, name
    assert "Of 6 entries 3 were taken in, 2 were there already, 1 could not be read." in words(ann.get(place(twin)))


def test_an_entry_that_was_there_names_its_number_what_it_gave_and_the_record_before_it(alone, ann, broken):
    record = broken.records.first()
    row = {"library": alone.library, "dump": broken, "record": record}
    AlreadyThere.objects.create(**row, first_line=90, last_line=99, title="Bread & bees", accession="ACC-7")
    AlreadyThere.objects.create(**row, first_line=80, last_line=80, filled=["abstract", "doi"])
    Dump.objects.filter(pk=broken.pk).update(already_there=2, filled=1, found=7)
    answer = ann.get(place(broken) + "?list=there")
    text = words(answer)
    assert "Bread &amp; bees already there lines 90 to 99 · accession number ACC-7 There before it:" in text
    assert "line 80" in text and "Gave this work what it lacked: abstract, doi." in text
    assert f'href="/reviews/{alone.review.pk}/works/{record.work_id}/"' in answer.content.decode()
    only = words(ann.get(place(broken) + "?list=filled"))
    assert "Gave this work" in only and "ACC-7" not in only


def test_of_known_bytes_the_list_is_the_other_dumps(alone, ann, broken):
    again = worlds.import_text(alone.review, alone.people["ann"], BROKEN, source="Second Index")
    answer = ann.get(place(again))
    assert doors(answer.content.decode()) == {"found": 3, "taken": 0, "there": 3, "rejected": 0}
    assert length(ann.get(place(again) + "?list=there").content.decode()) == 3
    assert worlds.SUBJECTS["charlie"] in words(ann.get(place(again) + "?list=there"))
    assert "Take this import back" not in words(answer)


def test_a_list_that_there_is_not_is_no_page(ann, broken):
    assert ann.get(place(broken) + "?list=everything").status_code == 404


def test_a_list_comes_in_pages_and_keeps_its_name(ann, broken, monkeypatch):
    monkeypatch.setattr("records.queries.PAGE", 2)
    html = ann.get(place(broken) + "?list=found").content.decode()
    assert "?list=found&amp;page=2#entries" in html
    assert worlds.SUBJECTS["charlie"] in words(ann.get(place(broken) + "?list=found&page=3"))
    assert ann.get(place(broken) + "?list=found&page=x").status_code == 200


# The text


def test_the_text_stands_beside_the_fields_with_the_records_lines_marked(ann, broken):
    record = broken.records.get(title=worlds.SUBJECTS["bravo"])
    html = ann.get(place(broken, f"source/?record={record.pk}")).content.decode()
    marked = re.findall(r'class="marked"[^>]*><th scope="row">(\d+)</th>', html)
    assert [int(n) for n in marked] == list(range(record.first_line, record.last_line + 1))
    assert html.count("<mark>") == len(marked)
    assert "<mark>TY  - JOUR</mark>" in html and f"<dd>{worlds.SUBJECTS['bravo']}</dd>" in html
    assert "record 2 of 3" in html


def test_one_goes_from_record_to_record(ann, broken):
    one, two, three = broken.records.order_by("position")
    first, middle, last = (ann.get(place(broken, f"source/?record={r.pk}")).content.decode() for r in (one, two, three))
    assert (
        f'href="?record={one.pk}#marked" rel="prev"' in middle
        and f'href="?record={three.pk}#marked" rel="next"' in middle
    )
    assert 'rel="prev"' not in first and 'rel="next"' not in last


def test_from_a_line_on_the_record_that_stands_there_is_shown(ann, broken):
    record = broken.records.get(title=worlds.SUBJECTS["bravo"])
    text = words(ann.get(place(broken, f"source/?from={record.first_line + 2}")))
    assert f"Lines {record.first_line + 2} to" in text and "record 2 of 3" in text
    stretch = stretches(broken)[0]
    html = ann.get(place(broken, f"source/?from={stretch.first_line}")).content.decode()
    assert "<mark>stray &lt;words&gt; between</mark>" in html
    assert of_stretch(stretch) in html


@pytest.mark.parametrize("rest", ["source/?from=99999", "source/?from=x", "source/?from=0", "source/"])
def test_any_line_may_be_asked_for(ann, broken, rest):
    answer = ann.get(place(broken, rest))
    assert answer.status_code == 200
    assert ("The file has no such line." in words(answer)) == ("99999" in rest)


def test_a_record_of_another_dump_is_not_shown_in_this_one(alone, ann, broken):
    other = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("echo"), source="Second Index")
    assert ann.get(place(broken, f"source/?record={other.records.get().pk}")).status_code == 404


def test_the_text_comes_in_windows(ann, broken, monkeypatch):
    monkeypatch.setattr("reviews.views.intake.LINES", 5)
    html = ann.get(place(broken, "source/?from=3")).content.decode()
    assert re.findall(r'<th scope="row">(\d+)</th>', html) == ["3", "4", "5", "6", "7"]
    assert 'href="?from=8' in html and 'href="?from=1' in html


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1252", "Être entendu: récit d’un pair"),
        ("utf-16", "Être entendu: récit d’un pair"),
        ("gb18030", "被倾听的感觉与同伴支持研究"),
    ],
)
def test_a_dump_in_another_encoding_shows_its_letters(ann, alone, encoding, title):
    dump = take_bytes(alone, worlds.ris_entry("alpha", title=title, DO="").encode(encoding))
    assert dump.encoding == encoding
    assert f"<mark>TI  - {title}</mark>" in ann.get(place(dump, "source/")).content.decode()


def test_a_workbook_or_an_archive_shows_tags_and_values_instead(ann, alone):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.ris", worlds.ris("alpha"))
        archive.writestr("two.bin", b"\x00\x01 nothing")
    dump = take_bytes(alone, packed.getvalue(), name="both.zip")
    record = dump.records.get()
    text = words(ann.get(place(dump, f"source/?record={record.pk}")))
    assert "there are no lines of text to show" in text
    assert "TI" in text and worlds.SUBJECTS["alpha"] in text
    assert "Its text" not in words(ann.get(place(dump)))
    assert "cannot be edited here" in words(ann.get(of_stretch(stretches(dump)[0])))


def test_a_work_leads_to_the_text_of_each_of_its_records(alone, ann, broken, as_):
    record = broken.records.first()
    html = ann.get(f"/reviews/{alone.review.pk}/works/{record.work_id}/").content.decode()
    assert place(broken, f"source/?record={record.pk}#marked") in html


def test_who_may_not_import_finds_no_way_to_the_text(world, as_):
    html = as_(world, "bo").get(f"/reviews/{world.review.pk}/works/{world.works['alpha'].pk}/").content.decode()
    assert "/source/" not in html


@pytest.mark.parametrize(
    "tag, value",
    [
        ("AB", "<" * 400_000),
        ("TI", "Tea " * 100_000),
        ("KW", ("\nKW  - spoon" * 60_000)[7:]),
        ("AU", ("\nAU  - Ames, B" * 60_000)[7:]),
        ("ZZ", "&" * 900_000),
    ],
    ids=["abstract", "title", "keywords", "authors", "unknown"],
)
def test_a_record_without_end_makes_no_page_without_end(alone, ann, tag, value):
    lines = {"TI": "Tea", "AB": "Of tea.", "AU": "Ames, B"} | {tag: value}
    text = "TY  - JOUR\n" + "".join(f"{name}  - {said}\n" for name, said in lines.items()) + "ER  -\n"
    dump = take_bytes(alone, text.encode(), "endless.ris")
    record = dump.records.get()
    review = alone.review.pk
    for path in (place(dump), place(dump, f"source/?record={record.pk}"), f"/reviews/{review}/works/{record.work_id}/",
                 f"/reviews/{review}/screen/title-abstract/?work={record.work_id}"):  # fmt: skip
        answer = ann.get(path)
        assert answer.status_code == 200, path
        assert len(answer.content) < 1_000_000, path


# Stretches


def test_the_page_of_a_stretch_offers_its_whole_text(ann, alone):
    long = "stray <words> " + "and words " * 60
    dump = worlds.import_text(
        alone.review, alone.people["ann"], worlds.ris("alpha") + long + "\n" + worlds.ris("bravo")
    )
    html = ann.get(of_stretch(stretches(dump)[0])).content.decode()
    area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", html, re.S)[1]
    assert area.strip() == long.strip().replace("<", "&lt;").replace(">", "&gt;")


def test_what_is_mended_is_read_in_the_background_and_shown_as_an_import_of_its_own(ann, alone, broken):
    stretch = stretches(broken)[0]
    answer = ann.post(of_stretch(stretch), {"act": "mend", "text": worlds.ris("delta").replace("\n", "\r\n")})
    made = Dump.objects.get(mends=stretch)
    assert answer["Location"] == place(made)
    assert made.file.read().decode() == worlds.ris("delta")
    assert Job.objects.get(dump=made).state == "waiting"
    text = words(ann.get(place(made)))
    assert f"This is the mended text of lines {stretch.first_line} to {stretch.last_line}" in text
    assert made.name in words(ann.get(of_stretch(stretch)))


@pytest.mark.parametrize(("data", "said"), [
    ({"act": "mend", "text": "  \n"}, "There is no text to read."),
    ({"act": "remove"}, "Say why it is removed"),
    ({"act": "burn"}, "Choose what to do."),
    ({"act": "reopen"}, "Somebody was faster"),
])  # fmt: skip
def test_what_cannot_be_done_with_a_stretch_is_said(ann, broken, data, said):
    answer = ann.post(of_stretch(stretches(broken)[0]), data)
    assert answer.status_code in (400, 409)
    assert said in words(answer)
    assert [each.state for each in stretches(broken)] == ["open", "open"]
    assert Dump.objects.count() == 1


def test_too_long_a_text_is_refused_in_words_and_stays_in_the_field(ann, broken, monkeypatch):
    monkeypatch.setattr("reviews.views.intake.LONGEST_TEXT", 10)
    answer = ann.post(of_stretch(stretches(broken)[0]), {"act": "mend", "text": "more than ten letters"})
    assert answer.status_code == 400
    assert "import it as a file" in words(answer) and "more than ten letters" in words(answer)


def test_a_stretch_is_removed_and_taken_back_on_its_page(ann, broken):
    stretch = stretches(broken)[0]
    ann.post(of_stretch(stretch), {"act": "remove", "reason": "No record: page furniture"})
    assert "Removed by Ann" in words(ann.get(of_stretch(stretch)))
    assert "No record: page furniture" in words(ann.get(place(broken) + "?list=removed"))
    ann.post(of_stretch(stretch), {"act": "reopen"})
    stretch.refresh_from_db()
    assert stretch.state == "open"


def test_own_words_for_a_reason_go_before_the_choice(ann, broken):
    ann.post(
        of_stretch(stretches(broken)[0]), {"act": "remove", "reason": "Damaged beyond reading", "other": " an advert "}
    )
    assert stretches(broken)[0].removed_for == "an advert"


def test_the_chosen_ones_are_removed_together(ann, broken, alone):
    one, two = stretches(broken)
    data = {"stretch": [one.pk, two.pk], "reason": "Damaged beyond reading"}
    answer = ann.post(place(broken, "remove/"), data, follow=True)
    assert "2 stretches were removed." in words(answer)
    assert "Every stretch that could not be read was mended or removed for a reason since." in words(answer)
    assert doors(answer.content.decode())["removed"] == 2


def test_or_all_that_are_open(ann, broken):
    ann.post(place(broken, "remove/"), {"all": "1", "other": "adverts"})
    assert {each.state for each in stretches(broken)} == {"removed"}


@pytest.mark.parametrize("data", [{"stretch": "x", "reason": "r"}, {"reason": "r"}, {"all": "1"}])
def test_without_a_choice_or_a_reason_nothing_is_removed(ann, broken, data):
    assert "message" in ann.post(place(broken, "remove/"), data, follow=True).content.decode()
    assert {each.state for each in stretches(broken)} == {"open"}


def test_a_row_of_a_table_is_offered_with_its_header(ann, alone):
    dump = worlds.import_text(alone.review, alone.people["ann"], "Title,Year\nBeing heard,2019\n", source="A table")
    stretch = RejectedStretch.objects.create(
        library=alone.library, dump=dump, first_line=2, last_line=2, reason="r", text="x"
    )
    html = ann.get(of_stretch(stretch)).content.decode()
    assert re.search(r"<textarea[^>]*>\n(.*?)</textarea>", html, re.S)[1] == "Title,Year\nBeing heard,2019"
    assert "Other entries stand on the same lines." in html


# The lists and the flow


def test_what_is_not_yet_read_stands_in_the_flow_until_it_is_mended_or_removed(ann, alone, broken):
    page = f"/reviews/{alone.review.pk}/prisma/"
    text = words(ann.get(page))
    assert "2 stretches identified, not yet read : until each is mended" in text
    assert "Stretches identified, not yet read" in text
    for name, count in (("rejected", 2), ("rejected-databases", 2), ("mended", 0), ("removed-stretches", 0)):
        html = ann.get(f"/reviews/{alone.review.pk}/library/?list={name}").content.decode()
        assert re.search(r"<h1>[^<]*<span class=\"badge\">(\d+)<", html)[1] == str(count)
    ann.post(place(broken, "remove/"), {"all": "1", "other": "adverts"})
    assert "not yet read" not in words(ann.get(page))
    assert "removed: adverts" in words(ann.get(f"/reviews/{alone.review.pk}/library/?list=removed-stretches"))


def test_what_a_search_that_is_set_aside_brought_does_not_hold_the_flow_up(ann, alone, broken):
    ann.post(f"/reviews/{alone.review.pk}/searches/{broken.search_id}/aside/")
    assert "not yet read" not in words(ann.get(f"/reviews/{alone.review.pk}/prisma/"))


# The way back


def test_before_an_import_is_taken_back_one_sees_what_that_means(world, as_):
    dump = Dump.objects.get(library=world.library, search__source="Fictional Index")
    text = words(as_(world, "lib").get(place(dump, "undo/")))
    assert "8 records leave screening and the flow." in text
    assert "7 works leave with them." in text and "1 work stays, because another import found it too." in text
    assert "You decided on none of these works. Others may have decided on them too" in text
    assert "Nothing is deleted" in text
    dump.refresh_from_db()
    assert dump.undone_at is None
    assert "You decided on 3 of these works. Others may" in words(as_(world, "ann").get(place(dump, "undo/")))


def test_after_the_unblinding_the_number_of_decided_works_is_said(world, as_):
    dump = Dump.objects.get(library=world.library, search__source="Fictional Index")
    for stage in StageName.values:
        screening.unblind(member=world.members["ann"], stage=stage)
    text = words(as_(world, "lib").get(place(dump, "undo/")))
    assert "3 of these works carry decisions that are open." in text
    assert "Others may have decided" not in text


def test_own_coded_excerpts_are_named_and_nobody_elses_while_blinded(world, as_):
    dump = Dump.objects.get(library=world.library, search__source="Fictional Index")
    ann = world.members["ann"]
    work = Work.objects.select_related("lead").get(pk=world.works["alpha"].pk)
    text = actions.text_of(work.lead)
    code = coding.create_code(member=ann, name="Being heard")
    coding.code_span(member=ann, text=text, start=0, end=10, quote=text.body[:10], code=code)
    assert "1 coded excerpt stands on these works; it is kept." in words(as_(world, "ann").get(place(dump, "undo/")))
    assert "coded excerpt" not in words(as_(world, "lib").get(place(dump, "undo/")))


def test_it_is_taken_back_and_brought_back_with_a_press_each(world, as_):
    dump = Dump.objects.get(library=world.library, search__source="Fictional Index")
    lib = as_(world, "lib")
    text = words(lib.post(place(dump, "undo/"), follow=True))
    assert "Lib took this import back on" in text and "neither screened nor counted" in text
    assert "its import was taken back" in words(lib.get(f"/reviews/{world.review.pk}/works/{world.works['alpha'].pk}/"))
    assert "Take this import back…" not in text
    text = words(lib.post(place(dump, "redo/"), follow=True))
    assert "taken back" not in text and "Take this import back…" in text


def test_one_that_is_being_read_is_stopped_first(alone, ann):
    search = actions.name_search(by=alone.people["ann"], library=alone.library, source="Fictional Index")
    dump = actions.receive(by=alone.people["ann"], search=search, name="a.ris", content=worlds.ris("alpha"))
    answer = ann.get(place(dump, "undo/"))
    assert "Stop the reading on the import page first" in words(answer)
    assert "<button" not in answer.content.decode().split("<main")[1].split("</main>")[0]
    assert "Stop the reading on the import page first" in words(ann.post(place(dump, "undo/"), follow=True))


def test_a_large_import_is_moved_by_the_worker_and_asked_for_once(alone, ann, broken, monkeypatch):
    monkeypatch.setattr("records.mending.LARGE", 2)
    for rest, undone in (("undo/", True), ("redo/", False)):
        for _press in range(2):
            assert "a worker is moving its records" in words(ann.post(place(broken, rest), follow=True))
        broken.refresh_from_db()
        assert bool(broken.undone_at) != undone
        assert Job.objects.filter(state="waiting").count() == 1
        assert "the import is being" in words(ann.get(f"/reviews/{alone.review.pk}/import/"))
        worlds.read_all(alone.library)
        broken.refresh_from_db()
        assert bool(broken.undone_at) == undone
    assert "a worker is moving" not in words(ann.get(place(broken)))
    assert broken.state == "read"


def test_a_worker_that_finds_it_done_leaves_it(alone, ann, broken, monkeypatch):
    monkeypatch.setattr("records.mending.LARGE", 2)
    ann.post(place(broken, "undo/"))
    monkeypatch.setattr("records.mending.LARGE", 100)
    ann.post(place(broken, "undo/"))
    worlds.read_all(alone.library)
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_the_second_press_finds_nothing_to_take_back(alone, ann, broken):
    ann.post(place(broken, "undo/"))
    assert "There is nothing to take back here" in words(ann.get(place(broken, "undo/")))
    assert "There is nothing to take back here." in words(ann.post(place(broken, "undo/"), follow=True))


def test_what_came_again_is_not_brought_back_on_top(alone, ann, broken):
    ann.post(place(broken, "undo/"))
    worlds.import_text(alone.review, alone.people["ann"], BROKEN, source="Second Index")
    assert "The same bytes were imported again since." in words(ann.post(place(broken, "redo/"), follow=True))
    assert Record.objects.filter(search__taken_back_from__isnull=False).count() == 3


def test_the_place_of_what_was_taken_back_is_no_search_to_bring_back(alone, ann, broken):
    ann.post(place(broken, "undo/"))
    kept = broken.records.first().search
    assert ann.post(f"/reviews/{alone.review.pk}/searches/{kept.pk}/aside/").status_code == 404
