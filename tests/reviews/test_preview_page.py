"""Look at it before it is stored: first entries, doubts, encoding, columns; then read it like this, or do not import it."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from records import preview
from records.clean import FIELDS
from records.models import Dump, Event, Job, Record
from reviews.views.preview import FIELDS as IN_WORDS
from tests import world as worlds

pytestmark = pytest.mark.django_db
TABLE = "Überschrift;Namen;Erschienen;Heft\nEin Garten für alle;Ames, Ada;2001;3\nNoch ein Garten;Cole, Bea;2002;4\n"
KNOWN = 'Title,Authors,Year,Journal,Remark\nA shared garden,"Ames, Ada",2001,Island Care,good\n'
FLAGS = {"abstract_truncated", "authors_incomplete"}  # no column says these


@pytest.fixture
def alone():
    return worlds.empty_world()


@pytest.fixture
def ann(alone, as_):
    return as_(alone, "ann")


def waiting(client, world, content, name="records.ris"):
    """A dump that waits for a look, and the page that the browser is led to."""
    data = content if isinstance(content, bytes) else content.encode()
    answer = client.post(
        f"/reviews/{world.review.pk}/import/",
        {"source": "Fictional Index", "kind": "database", "preview": "on", "files": [SimpleUploadedFile(name, data)]},
    )
    return Dump.objects.latest("pk"), answer["Location"]


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def columns(html):
    """Header -> field chosen, as the page's form would send them."""
    headers = re.findall(r'name="header-(\d+)" value="([^"]*)"', html)
    chosen = {}
    for place, header in headers:
        select = re.search(rf'name="field-{place}">(.*?)</select>', html, re.S).group(1)
        picked = re.search(r'value="([^"]*)" selected', select)
        chosen[header] = picked.group(1) if picked else ""
    return chosen


def form(chosen, found=None):
    """What the form sends for these columns."""
    data = {}
    for place, (header, said) in enumerate(chosen.items()):
        data |= {f"header-{place}": header, f"field-{place}": said, f"found-{place}": (found or {}).get(header, "")}
    return data


# Waiting


def test_a_dump_waits_for_the_look_and_nothing_is_stored(ann, alone):
    dump, place = waiting(ann, alone, worlds.ris("alpha", "bravo"))
    assert place == f"/reviews/{alone.review.pk}/dumps/{dump.pk}/preview/"
    worlds.read_all(alone.library)
    assert (dump.state, Job.objects.count(), Record.objects.count()) == ("preview", 0, 0)
    text = words(ann.get(place))
    assert "Read as RIS, in utf-8." in text and "All 2 entries" in text
    assert worlds.SUBJECTS["alpha"] in text and "Alphason, Rae" in text and "10.5555/jic.alpha" in text
    assert "Background: alpha is a fictional study." in text
    assert Record.objects.count() == 0


def test_the_import_page_offers_the_look(ann, alone):
    dump, _place = waiting(ann, alone, worlds.ris("alpha"))
    page = ann.get(f"/reviews/{alone.review.pk}/import/")
    assert f'href="/reviews/{alone.review.pk}/dumps/{dump.pk}/preview/"' in page.content.decode()
    assert "Look at it" in words(page) and "One more waits for your look." in words(page)


def test_several_dumps_that_wait_are_listed(ann, alone):
    files = [SimpleUploadedFile(f"{n}.ris", worlds.ris(n).encode()) for n in ("alpha", "bravo")]
    answer = ann.post(
        f"/reviews/{alone.review.pk}/import/", {"source": "X", "kind": "database", "preview": "on", "files": files}
    )
    assert answer["Location"] == f"/reviews/{alone.review.pk}/import/"
    assert "2 more wait for your look." in words(ann.get(answer["Location"]))


def test_read_it_like_this_imports_and_the_history_says_who(ann, alone):
    dump, place = waiting(ann, alone, worlds.ris("alpha", "bravo"))
    assert ann.post(place, {"act": "store"})["Location"] == f"/reviews/{alone.review.pk}/import/"
    worlds.read_all(alone.library)
    dump.refresh_from_db()
    assert (dump.state, dump.taken_in, dump.options) == ("read", 2, {})
    assert Event.objects.filter(verb="looked and imported", by=alone.people["ann"]).exists()


def test_do_not_import_keeps_the_bytes_and_stores_nothing(ann, alone):
    dump, place = waiting(ann, alone, worlds.ris("alpha"))
    ann.post(place, {"act": "discard"})
    worlds.read_all(alone.library)
    dump.refresh_from_db()
    assert (dump.state, dump.undone_by, Record.objects.count()) == ("undone", alone.people["ann"], 0)
    assert dump.undone_at and dump.file.open("rb").read() == worlds.ris("alpha").encode()
    assert Event.objects.filter(verb="looked and did not import", by=alone.people["ann"]).exists()
    assert "not imported" in words(ann.get(f"/reviews/{alone.review.pk}/import/"))


def test_what_was_not_imported_may_come_again(ann, alone):
    _dump, place = waiting(ann, alone, worlds.ris("alpha"))
    ann.post(place, {"act": "discard"})
    again = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha"))
    assert (again.state, again.taken_in) == ("read", 1)


def test_the_second_who_decides_about_it_is_told_so(ann, alone):
    dump, place = waiting(ann, alone, worlds.ris("alpha"))
    ann.post(place, {"act": "discard"})
    answer = ann.post(place, {"act": "store"}, follow=True)
    assert "Somebody else has dealt with" in words(answer)
    dump.refresh_from_db()
    assert dump.state == "undone" and not Job.objects.exists()


def test_the_same_bytes_imported_without_a_look_read_the_one_that_waits(ann, alone):
    dump, _place = waiting(ann, alone, worlds.ris("alpha"))
    again = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha"))
    dump.refresh_from_db()
    assert (dump.state, dump.taken_in) == ("read", 1)
    assert (again.state, again.same_as, again.already_there) == ("known", dump, 1)


# What is doubtful


def test_doubts_stand_beside_the_record(ann, alone):
    text = (
        "TY  - JOUR\nTI  - One without a year\nAU  - Ames, Ada\nER  - \n"
        "TY  - JOUR\nAB  - Nothing but an abstract of some length\nER  - \n"
        "TY  - JOUR\nTI  - Cut off\nAU  - Ames, A\nPY  - 2001\nAB  - Long words that end (abstract truncated)\nSP  - 21-Apr\nER  - \n"
    )
    _dump, place = waiting(ann, alone, text)
    seen = words(ann.get(place))
    first, second, third = (
        seen.split("One without a year")[1].partition("Without a title")[0],
        *(seen.split("Without a title")[1].split("Cut off", 1)),
    )
    assert "no year" in first and "no authors" not in first
    assert "no title" in second and "no authors" in second
    assert "abstract cut off in the file" in third and "a spreadsheet may have made a date of them" in third


def test_rejected_stretches_stand_in_their_place(ann, alone):
    _dump, place = waiting(ann, alone, worlds.ris("alpha") + "stray <words> between\n" + worlds.ris("bravo"))
    text = words(ann.get(place))
    assert (
        text.index(worlds.SUBJECTS["alpha"])
        < text.index("stray &lt;words&gt; between")
        < text.index(worlds.SUBJECTS["bravo"])
    )
    assert "not read" in text


def test_only_the_first_entries_are_read(ann, alone):
    many = "".join(worlds.ris_entry("alpha", title=f"Number {n}") for n in range(200))
    _dump, place = waiting(ann, alone, many)
    text = words(ann.get(place))
    assert "The first 20 entries" in text and "Number 19" in text and "Number 20" not in text


# Encoding


def test_another_encoding_shows_other_letters_at_once_and_stores_nothing(ann, alone):
    dump, place = waiting(ann, alone, worlds.ris_entry("alpha", title="Сад для всех").encode("cp1251"))
    assert "Сад для всех" not in words(ann.get(place))
    for more in ({}, {"headers": {"hx-request": "true"}}):
        answer = ann.post(place, {"act": "look", "encoding": "cp1251"}, **more)
        assert "Сад для всех" in answer.content.decode()
        assert '<option value="cp1251" selected>' in answer.content.decode()
    dump.refresh_from_db()
    assert (dump.state, dump.options) == ("preview", {})
    ann.post(place, {"act": "store", "encoding": "cp1251"})
    worlds.read_all(alone.library)
    dump.refresh_from_db()
    assert (Record.objects.get().title, dump.encoding) == ("Сад для всех", "cp1251")


def test_characters_that_could_not_be_read_are_named(ann, alone):
    _dump, place = waiting(ann, alone, worlds.ris_entry("alpha", title="Gärten").encode("cp1252"))
    assert "try another encoding" in words(ann.post(place, {"encoding": "utf-8"}))


@pytest.mark.parametrize("encoding", ["rot13", "../../x", "zip", "utf-7"])
def test_an_encoding_that_is_not_offered_is_ignored(ann, alone, encoding):
    dump, place = waiting(ann, alone, worlds.ris("alpha"))
    assert worlds.SUBJECTS["alpha"] in words(ann.post(place, {"encoding": encoding}))
    ann.post(place, {"act": "store", "encoding": encoding})
    dump.refresh_from_db()
    assert dump.options == {}


# Columns


def test_every_field_can_be_chosen_in_words():
    assert set(FIELDS) - FLAGS <= set(IN_WORDS)


def test_a_tables_columns_are_shown_with_first_values_and_what_they_are_taken_for(ann, alone):
    _dump, place = waiting(ann, alone, KNOWN, "table.csv")
    html = ann.get(place).content.decode()
    taken = {"Title": "title", "Authors": "authors", "Year": "year", "Journal": "journal", "Remark": ""}
    assert columns(html) == taken
    assert "Ames, Ada" in html and '<span class="value">good</span>' in html


def test_other_columns_give_another_look_and_are_kept(ann, alone):
    dump, place = waiting(ann, alone, KNOWN, "table.csv")
    found = columns(ann.get(place).content.decode())
    chosen = {**found, "Title": "alt_titles", "Remark": "title", "Journal": ""}
    html = ann.post(place, {"act": "look", **form(chosen, found)}).content.decode()
    assert columns(html) == chosen
    assert "<h3>good</h3>" in html and "Island Care</cite>" not in html
    ann.post(place, {"act": "store", **form(chosen, found)})
    worlds.read_all(alone.library)
    record = Record.objects.get()
    assert (record.title, record.journal, record.year) == ("good", "", 2001)
    assert record.alt_titles[0]["title"] == "A shared garden"
    assert ["Journal", "Island Care", 2] in record.raw
    dump.refresh_from_db()
    assert dump.options == {"columns": chosen}


def test_columns_left_as_found_are_not_kept(ann, alone):
    dump, place = waiting(ann, alone, KNOWN, "table.csv")
    found = columns(ann.get(place).content.decode())
    ann.post(place, {"act": "store", **form(found, found)})
    dump.refresh_from_db()
    assert dump.options == {}


def test_a_table_that_nobody_understands_is_read_once_its_columns_are_named(ann, alone):
    dump, place = waiting(ann, alone, TABLE, "liste.csv")
    page = ann.get(place)
    assert "It looks like a table: say below what its columns hold." in words(page)
    chosen = {"Überschrift": "title", "Namen": "authors", "Erschienen": "year", "Heft": "issue"}
    assert set(columns(page.content.decode())) == set(chosen)
    assert "All 2 entries" in words(ann.post(place, form(chosen)))
    ann.post(place, {"act": "store", **form(chosen)})
    worlds.read_all(alone.library)
    assert list(Record.objects.order_by("pk").values_list("title", "year", "issue")) == [
        ("Ein Garten für alle", 2001, "3"), ("Noch ein Garten", 2002, "4"),
    ]  # fmt: skip


def test_one_that_was_not_understood_may_be_read_in_another_way_later(ann, alone):
    dump = worlds.import_text(alone.review, alone.people["ann"], TABLE)
    assert (dump.state, dump.rejected) == ("not_understood", 1)
    place = f"/reviews/{alone.review.pk}/dumps/{dump.pk}/preview/"
    assert place in ann.get(f"/reviews/{alone.review.pk}/import/").content.decode()
    chosen = {"Überschrift": "title", "Namen": "authors", "Erschienen": "", "Heft": ""}
    ann.post(place, {"act": "store", **form(chosen)})
    worlds.read_all(alone.library)
    dump.refresh_from_db()
    assert (dump.state, dump.found, dump.taken_in, dump.rejected) == ("read", 2, 2, 0)
    assert not dump.rejected_stretches.exists()


def test_an_excel_sheet_has_columns_too(ann, alone):
    rows = [["Überschrift", "Namen", "Jahr"], ["Ein Garten", "Ames, Ada", "2001"]]
    _dump, place = waiting(ann, alone, workbook(rows), "liste.xlsx")
    page = ann.get(place)
    assert set(columns(page.content.decode())) == {"Überschrift", "Namen", "Jahr"}
    chosen = {"Überschrift": "title", "Namen": "authors", "Jahr": "year"}
    ann.post(place, {"act": "store", **form(chosen)})
    worlds.read_all(alone.library)
    assert Record.objects.get().title == "Ein Garten"


def workbook(rows):
    """The smallest file that Excel would open."""
    cells = "".join(
        f'<row r="{n}">' + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for n, row in enumerate(rows, 1)
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as files:
        files.writestr(
            "xl/workbook.xml",
            f'<workbook {space} {relations}><workbookPr/><sheets><sheet name="A" sheetId="1" r:id="x"/></sheets></workbook>',
        )
        files.writestr("xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>")
    return held.getvalue()


@pytest.mark.parametrize("name", ["ris", "plain"])
def test_what_is_no_table_has_no_columns(ann, alone, name):
    content = worlds.ris("alpha") if name == "ris" else "Dear all,\nplease find nothing attached.\nYours, Ada\n"
    _dump, place = waiting(ann, alone, content)
    assert "Columns" not in words(ann.get(place))


# What may go wrong


def test_one_that_was_read_can_be_looked_at_but_not_read_again(ann, alone):
    dump = worlds.import_text(alone.review, alone.people["ann"], worlds.ris("alpha"))
    place = f"/reviews/{alone.review.pk}/dumps/{dump.pk}/preview/"
    text = words(ann.get(place))
    assert "This one has been dealt with already" in text and "Read it like this" not in text
    ann.post(place, {"act": "store"})
    assert Job.objects.filter(state="waiting").count() == 0 and Record.objects.count() == 1


def test_hostile_words_stay_words(ann, alone):
    _dump, place = waiting(ann, alone, '<img src=x>;"<b>x</b>"\n1;2\n3;4\n', "<script>.csv")
    html = ann.get(place).content.decode()
    assert "<img src=x>" not in html and "<b>x</b>" not in html and "<script>.csv" not in html


def test_looking_is_done_by_a_process_of_its_own_with_the_same_answer(tmp_path):
    path = tmp_path / "records.csv"
    path.write_text(KNOWN)
    assert preview.looked(str(path), None, None, apart=True) == preview.look(str(path))


def test_a_look_that_takes_too_long_is_stopped_and_says_so(tmp_path, monkeypatch):
    path = tmp_path / "records.ris"
    path.write_text(worlds.ris("alpha"))
    monkeypatch.setattr(preview, "PATIENCE", 0)
    assert preview.looked(str(path), None, None, apart=True).stopped == "time"


def test_when_the_time_is_up_what_was_seen_until_then_is_shown(tmp_path, monkeypatch):
    path = tmp_path / "records.ris"
    path.write_text(worlds.ris("alpha") + "\n" * 300_000)
    clock = iter([0.0] * 40)
    monkeypatch.setattr(preview.time, "monotonic", lambda: next(clock, 99.0))
    seen = preview.look(str(path))
    assert [entry["title"] for entry in seen.entries] == [worlds.SUBJECTS["alpha"]]
    assert (seen.whole, seen.stopped) == (False, "")


def test_a_look_that_needs_too_much_memory_is_stopped_and_says_so(tmp_path):
    path = tmp_path / "records.json"
    path.write_text('[{"title": "' + "x" * 90_000_000 + '"}]')
    assert preview.looked(str(path), None, None, apart=True, memory=60).stopped == "memory"
