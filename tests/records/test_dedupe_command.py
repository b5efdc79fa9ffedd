"""`manage.py dedupe`: a table in, groups and questions out, by the same rules as an import."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from records.models import Record
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
    out = io.StringIO()
    call_command("dedupe", *map(str, arguments), stdout=out)
    return out.getvalue().strip()


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_it_says_records_works_and_questions(table, tmp_path):
    said = dedupe(table, "--out", tmp_path / "groups.csv", "--maybe", tmp_path / "pairs.csv")
    assert said == "6 records, 5 works, 1 pairs to be looked at"


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
    head, (a, b, _probability, _veto, kin, why) = rows_of(tmp_path / "pairs.csv")
    assert head[:2] == ["record_id_1", "record_id_2"]
    assert (a, b, kin) == ("r2", "r6", "")
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
    assert said == "6 records, 4 works, 1 pairs to be looked at"
    with pytest.raises(CommandError, match="known are notice"):
        dedupe(table, "--out", tmp_path / "joined.csv", "--join-related", "cousin")


def test_the_same_table_gives_the_same_files(table, tmp_path):
    dedupe(table, "--out", tmp_path / "a.csv")
    dedupe(table, "--out", tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize(
    "text", ["title,authors\nTea,Ames\n", "\n", ""], ids=["no record_id", "a blank line", "an empty file"]
)
def test_a_table_without_record_ids_is_refused_in_words(tmp_path, text):
    path = tmp_path / "records.csv"
    path.write_text(text)
    if not text.strip():
        assert dedupe(path, "--out", tmp_path / "groups.csv") == "0 records, 0 works, 0 pairs to be looked at"
        return
    with pytest.raises(CommandError, match="record_id"):
        dedupe(path, "--out", tmp_path / "groups.csv")
    assert not (tmp_path / "groups.csv").exists()


def test_a_table_that_is_not_there_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match="can't be read"):
        dedupe(tmp_path / "nowhere.csv", "--out", tmp_path / "groups.csv")


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
