"""`manage.py dedupe` on the command line: what it says, what it refuses, and a table in, groups and questions out."""

import csv
import errno
import io

import pytest
from django.core.management import CommandError, call_command

from records.models import Record
from records.uniting import Shelf
from tests import world as worlds
from tests.records.state import take
from tests.world import NAMES, SUBJECTS, ris_entry

COLUMNS = ["record_id", "title", "authors", "year", "journal", "volume", "pages", "doi"]


def row(name, number, **other):
    n = NAMES.index(name)
    values = {
        "record_id": f"r{number}", "title": SUBJECTS[name], "authors": f"{name.title()}son, Rae", "year": 2011 + n,
        "journal": "Journal of Imagined Care", "volume": 3 + n, "pages": f"{100 + 11 * n}-{109 + 11 * n}", "doi": f"10.5555/jic.{name}",
    }  # fmt: skip
    return [(values | other)[column] for column in COLUMNS]


ROWS = [
    row("alpha", 1),
    row("bravo", 2),
    row("alpha", 3, doi="", title=SUBJECTS["alpha"].upper()),
    row("charlie", 4),
    row("charlie", 5, title="Erratum: " + SUBJECTS["charlie"], doi=""),
    row("bravo", 6, pages="870-879", doi=""),
]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "records.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *ROWS])
    return path


def dedupe(*arguments):
    return dedupe_aloud(*arguments)[0]


def dedupe_aloud(*arguments):
    """What the command says, and what it says beside on stderr."""
    out, aside = io.StringIO(), io.StringIO()
    call_command("dedupe", *map(str, arguments), stdout=out, stderr=aside)
    return out.getvalue().strip(), aside.getvalue()


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_it_says_records_works_and_questions(table, tmp_path):
    said = dedupe(table, "--out", tmp_path / "groups.csv", "--maybe", tmp_path / "pairs.csv")
    assert said == "6 records, 5 works, 1 duplicate removed, 1 pair to be looked at, 1 related pair"


def test_every_record_is_named_once_in_the_order_of_the_table(table, tmp_path):
    dedupe(table, "--out", tmp_path / "groups.csv")
    head, *rows = rows_of(tmp_path / "groups.csv")
    assert head == ["record_id", "cluster_id"]
    assert [record for record, _group in rows] == ["r1", "r2", "r3", "r4", "r5", "r6"]
    group = dict(rows)
    assert group["r1"] == group["r3"]
    assert len(set(group.values())) == 5


def test_the_pairs_to_be_looked_at_are_written_where_asked(table, tmp_path):
    dedupe(table, "--out", tmp_path / "groups.csv", "--maybe", tmp_path / "pairs.csv")
    head, (a, b, _probability, _veto, kin, why, *titles) = rows_of(tmp_path / "pairs.csv")
    assert head[:2] == ["record_id_1", "record_id_2"]
    assert (a, b, kin) == ("r2", "r6", "")
    assert titles == [SUBJECTS["bravo"]] * 2 and head[-2:] == ["title_1", "title_2"]
    assert "same title +0.6" in why and "first pages differ -1.0" in why
    dedupe(table, "--out", tmp_path / "again.csv")
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == [
        "again.csv",
        "groups.csv",
        "pairs.csv",
        "records.csv",
    ]


def test_related_pairs_are_written_with_their_kin_or_joined_where_asked(table, tmp_path):
    dedupe(table, "--out", tmp_path / "groups.csv", "--related", tmp_path / "related.csv")
    _head, row_ = rows_of(tmp_path / "related.csv")
    assert (row_[0], row_[1], row_[4]) == ("r4", "r5", "notice")
    said = dedupe(table, "--out", tmp_path / "joined.csv", "--join-related", "notice,update")
    assert said == "6 records, 4 works, 2 duplicates removed, 1 pair to be looked at, 0 related pairs"
    with pytest.raises(CommandError, match="known are notice"):
        dedupe(table, "--out", tmp_path / "joined.csv", "--join-related", "cousin")


def test_the_same_table_gives_the_same_files(table, tmp_path):
    dedupe(table, "--out", tmp_path / "a.csv")
    dedupe(table, "--out", tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize("text", [",".join(COLUMNS) + "\n", "\n", ""], ids=["only a header", "a blank line", "nothing"])
def test_a_table_without_records_makes_no_groups(tmp_path, text):
    path = tmp_path / "records.csv"
    path.write_text(text)
    said = dedupe(path, "--out", tmp_path / "groups.csv")
    assert said == "0 records, 0 works, 0 duplicates removed, 0 pairs to be looked at, 0 related pairs"
    assert rows_of(tmp_path / "groups.csv") == [["record_id", "cluster_id"]]


def test_an_id_that_stands_twice_is_refused_and_a_row_without_one_is_told(table, tmp_path):
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, lines[1]]), encoding="utf-8")
    with pytest.raises(CommandError, match="has the record_id r1 twice, again in line 8"):
        dedupe(table, "--out", tmp_path / "groups.csv")
    table.write_text("\n".join([*lines, lines[1].removeprefix("r1")]), encoding="utf-8")
    said, aside = dedupe_aloud(table, "--out", tmp_path / "groups.csv")
    assert said.startswith("6 records, 5 works")
    assert "1 stretch could not be read\n  lines 8 to 8: a row without a record_id" in aside


REFUSED = {
    "no result wished for": ([], "--out for the groups, --unique for the library"),
    "an unknown ending": (["--unique", "library.docx"], "its ending says the format, and known are .csv, .xlsx, .ris"),
    "no ending": (["--unique", "library"], "its ending says the format"),
    "a folder that is not there": (["--out", "nowhere/groups.csv"], "there is no folder"),
    "over what is read": (["--unique", "a.ris"], "one of the other files"),
    "two results in one file": (["--out", "x.csv", "--maybe", "x.csv"], "one of the other files"),
}


@pytest.mark.parametrize(("wishes", "words"), REFUSED.values(), ids=REFUSED)
def test_a_wish_that_cannot_be_met_is_refused_before_the_work(tmp_path, wishes, words):
    source = tmp_path / "a.ris"
    source.write_text(ris_entry("alpha"))
    with pytest.raises(CommandError, match=words):
        dedupe(source, *(each if each.startswith("--") else tmp_path / each for each in wishes))
    assert [path.name for path in tmp_path.iterdir()] == ["a.ris"] and source.read_text() == ris_entry("alpha")


def test_a_file_that_cannot_be_read_is_refused_in_words_and_nothing_is_written(tmp_path):
    good, letter = tmp_path / "a.ris", tmp_path / "letter.txt"
    good.write_text(ris_entry("alpha"))
    letter.write_text("Dear Bea,\nthe kites are up again.\n")
    for files, words in [
        ([tmp_path / "nowhere.csv"], "nowhere.csv can't be read: there is no such file"),
        ([good, tmp_path], "can't be read: it is a folder"),
        ([good, letter], "letter.txt can't be read: not understood"),
        ([good, good], "a.ris is named twice"),
    ]:
        with pytest.raises(CommandError, match=words):
            dedupe(*files, "--out", tmp_path / "groups.csv")
    assert not (tmp_path / "groups.csv").exists()


def test_what_was_read_and_what_was_not_is_told_beside_the_sums(tmp_path):
    source, empty = tmp_path / "a.ris", tmp_path / "b.ris"
    source.write_text(
        "".join(f"{ris_entry('alpha', TI=f'Kites, the {n}th year of them')}Stray words\n\n" for n in range(8))
    )
    empty.write_bytes(b"\xef\xbb\xbf")
    said, aside = dedupe_aloud(source, empty, "--out", tmp_path / "groups.csv")
    assert said.startswith("8 records, ")
    read, unread, first, *more = aside.replace(f"{tmp_path}/", "").splitlines()
    assert (read, unread) == ("a.ris: RIS, 8 records", "a.ris: 8 stretches could not be read")
    assert first == "  lines 13 to 13: text outside any entry"
    assert more[4:] == ["  and 3 more", "b.ris: 1 notice", "  the file is empty"]


def test_a_full_disk_is_said_in_words(table, tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Shelf, "put", full)
    with pytest.raises(CommandError, match="stopped: No space left on device"):
        dedupe(table, "--unique", tmp_path / "library.ris")


def test_files_are_read_in_a_process_of_their_own_where_imports_are(settings, tmp_path):
    settings.READ_IN_CHILD = True
    (tmp_path / "a.ris").write_text(ris_entry("alpha") + ris_entry("bravo"))
    (tmp_path / "b.ris").write_text(ris_entry("alpha", TI=SUBJECTS["alpha"].upper()))
    said = dedupe(tmp_path / "a.ris", tmp_path / "b.ris", "--unique", tmp_path / "library.csv")
    assert said.startswith("3 records, 2 works, 1 duplicate removed")


@pytest.mark.django_db
def test_an_import_of_the_same_records_gives_the_same_groups(table, tmp_path):
    dedupe(table, "--out", tmp_path / "groups.csv")
    _head, *rows = rows_of(tmp_path / "groups.csv")
    world = worlds.empty_world()
    entries = [
        ris_entry("alpha"), ris_entry("bravo"), ris_entry("alpha", title=SUBJECTS["alpha"].upper(), DO=""), ris_entry("charlie"),
        ris_entry("charlie", title="Erratum: " + SUBJECTS["charlie"], DO=""), ris_entry("bravo", SP="870", EP="879", DO=""),
    ]  # fmt: skip
    take(world, "".join(entries))
    works = list(Record.objects.order_by("position").values_list("work", flat=True))
    groups = [group for _record, group in rows]
    assert [works.index(work) for work in works] == [groups.index(group) for group in groups]
    world.library.refresh_from_db()
    assert (world.library.works, world.library.questions) == (5, 1)
