"""Deduplication without a database: a table of our own in, groups and questions out; and how candidates are found."""

import csv

import pytest

from records.dedup.headless import HOT, Habits, candidates, dedupe
from records.dedup.normalise import Normal
from records.deduping import Wishes, run

COLUMNS = ["record_id", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi"]
TITLE = "Letters between strangers: a postal friendship trial"
ROWS = [
    [
        "r1",
        TITLE,
        "Castellanos, R.; Quill, E.",
        "2019",
        "Journal of Slow Communication",
        "46",
        "3",
        "450-463",
        "10.5555/jsc.450",
    ],
    ["r2", TITLE.upper(), "Castellanos, Rocío and Quill, Edgar", "2019", "J Slow Commun", "46", "3", "450-63", ""],
    [
        "r3",
        TITLE,
        "Castellanos, R.; Quill, E.",
        "2019",
        "Journal of Slow Communication",
        "46",
        "3",
        "612-625",
        "",
    ],
    ["r4", "Kites over the harbour, and what came of them", "Amari, S.", "2016", "Air and Rest", "4", "1", "1-9", ""],
    ["r5", "", "", "", "", "", "", "", ""],
]


@pytest.fixture
def table(tmp_path):
    """A table as a spreadsheet writes it, with its byte order mark."""
    path = tmp_path / "records.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([COLUMNS, *ROWS])
    return path


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_every_record_gets_a_group_and_every_question_is_written_down(table, tmp_path):
    out, maybe = tmp_path / "groups.csv", tmp_path / "maybe.csv"
    assert run([table], Wishes(groups=out, maybe=maybe)) == (5, 4, 1, 0)
    assert rows_of(out) == [
        ["record_id", "cluster_id"],
        ["r1", "r1"],
        ["r2", "r1"],
        ["r3", "r3"],
        ["r4", "r4"],
        ["r5", "r5"],
    ]
    header, question = rows_of(maybe)
    assert header[:2] == ["record_id_1", "record_id_2"]
    assert question[:2] in (["r1", "r3"], ["r2", "r3"])


def test_the_questions_need_not_be_written(table, tmp_path):
    run([table], Wishes(groups=tmp_path / "groups.csv"))
    assert {path.name for path in tmp_path.iterdir()} == {"records.csv", "groups.csv"}


def test_the_order_of_the_rows_changes_no_group():
    records = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in ROWS}
    plan, questions = dedupe(records)
    turned, again = dedupe(dict(reversed(records.items())))
    assert turned.group == plan.group
    assert [(q.a, q.b) for q in again] == [(q.a, q.b) for q in questions]


def test_only_records_that_share_a_key_are_compared():
    normals = {row[0]: Normal.of(dict(zip(COLUMNS, row, strict=True))) for row in ROWS}
    assert candidates(normals) == {("r1", "r2"), ("r1", "r3"), ("r2", "r3")}


def test_a_crowded_key_compares_neighbours_only():
    normals = {f"r{n:03}": Normal.of({"title": "Editorial of the season", "year": 1900 + n}) for n in range(HOT + 40)}
    pairs = candidates(normals)
    assert 0 < len(pairs) <= 7 * len(normals)


def test_a_title_in_three_places_is_serial_and_is_not_joined():
    records = {
        f"r{n}": {
            "title": "Notes from the tea room",
            "authors": "Ames, B.",
            "year": 2016,
            "journal": "Tea",
            "volume": str(n),
            "pages": "1",
        }
        for n in range(1, 4)
    }
    habits = Habits(map(Normal.of, records.values()))
    assert habits.serial(Normal.of(records["r1"]))
    records["r4"] = {"title": "Notes from the tea room", "authors": "Ames, B.", "year": 2016, "journal": "Tea"}
    plan, _questions = dedupe(records)
    assert len(set(plan.group.values())) == 4


def test_a_doi_of_seven_titles_names_an_issue():
    words = ["kettles", "spoons", "saucers", "lemons", "sugar", "milk", "biscuits"]
    records = {word: {"title": f"A long afternoon with {word}", "doi": "10.5555/issue.9"} for word in words}
    assert Habits(map(Normal.of, records.values())).shared_doi("10.5555/issue.9")
    plan, _questions = dedupe(records)
    assert len(set(plan.group.values())) == 7


def test_no_records_make_no_groups(tmp_path):
    (tmp_path / "empty.csv").write_text(",".join(COLUMNS) + "\n")
    assert run([tmp_path / "empty.csv"], Wishes(groups=tmp_path / "out.csv")) == (0, 0, 0, 0)
    assert rows_of(tmp_path / "out.csv") == [["record_id", "cluster_id"]]
