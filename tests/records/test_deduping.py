"""Deduplication of exports without a review: any formats in, groups with ids and lines and one library out, nothing lost."""

import csv
import io
import zipfile

import pytest

from records import clean
from records.deduping import Refused, Wishes, run
from records.readers import Draft, Source, read
from records.writers import WRITERS

TITLE = "Lanterns on the ward: night walks with a volunteer"
ABSTRACT = (
    "Background: nights are long. Methods: we walked with 14 patients. Results: two themes. Conclusion: lanterns help."
)
RIS = f"""TY  - JOUR
TI  - {TITLE}
AU  - Amari, Sol
AU  - Quill, Edda
PY  - 2018
T2  - Journal of Imagined Care
VL  - 9
SP  - 31
EP  - 44
XQ  - a tag that nobody knows
N1  - kept for Bea
ER  -

TY  - JOUR
TI  - Kites over the harbour, and what came of them
AU  - Cole, Dee
PY  - 2016
ER  -
"""
NBIB = f"""PMID- 99000017
TI  - {TITLE}.
FAU - Amari, Sol
FAU - Quill, Edda
DP  - 2018 Mar
JT  - Journal of imagined care
VI  - 9
PG  - 31-44
LID - 10.5555/jic.31 [doi]
AB  - {ABSTRACT}
OT  - night walks
"""
CSV = f"""Title,Authors,Year,Source title,Volume,Page start,Page end,Funding
{TITLE},"Amari, S.; Quill, E.",2018,Journal of Imagined Care,9,31,44,Lantern Trust
Soup as an opening: talk at a kitchen table,"Dorn, P.",2020,Tea and Rest,2,5,9,
"""


@pytest.fixture
def exports(tmp_path):
    """One paper in three databases' exports, which hold two other papers; the RIS file begins with a byte order mark."""
    for name, text in [("a.ris", "\ufeff" + RIS), ("b.nbib", NBIB), ("c.csv", CSV)]:
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in ("a.ris", "b.nbib", "c.csv")]


def rows_of(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def drafts(path):
    """What our own readers find in a written file."""
    with path.open("rb") as file:
        return [each for each in read(Source(file)) if isinstance(each, Draft)]


def test_exports_of_several_formats_are_grouped_and_each_record_says_where_it_stands(exports, tmp_path):
    told = run(exports, Wishes(groups=tmp_path / "groups.csv"))
    assert (told.records, told.works) == (5, 3)
    rows = rows_of(tmp_path / "groups.csv")
    assert [row["record_id"] for row in rows] == ["a.ris:1", "a.ris:2", "b.nbib:1", "c.csv:1", "c.csv:2"]
    group = {row["record_id"]: row["cluster_id"] for row in rows}
    assert group["a.ris:1"] == group["b.nbib:1"] == group["c.csv:1"]
    assert len({group["a.ris:1"], group["a.ris:2"], group["c.csv:2"]}) == 3
    assert [(row["first_line"], row["last_line"]) for row in rows[:2]] == [("1", "12"), ("14", "18")]
    assert rows[0]["title"] == TITLE


def test_the_order_of_the_files_changes_no_group(exports, tmp_path):
    grouped = []
    for n, files in enumerate([exports, exports[::-1]]):
        run(files, Wishes(groups=tmp_path / f"{n}.csv"))
        grouped.append({row["record_id"]: row["cluster_id"] for row in rows_of(tmp_path / f"{n}.csv")})
    assert grouped[0] == grouped[1]


def test_the_library_has_one_entry_a_group_led_by_the_fullest_and_names_all_its_records(exports, tmp_path):
    run(exports, Wishes(unique=tmp_path / "library.csv"))
    rows = rows_of(tmp_path / "library.csv")
    assert [row["Title"] for row in rows] == [
        TITLE,
        "Kites over the harbour, and what came of them",
        "Soup as an opening: talk at a kitchen table",
    ]
    assert rows[0]["Source records"] == "b.nbib:1; a.ris:1; c.csv:1"
    assert rows[0]["Found in"] == "b.nbib; a.ris; c.csv"
    assert (rows[0]["PMID"], rows[0]["DOI"], rows[0]["Abstract"]) == ("99000017", "10.5555/jic.31", ABSTRACT)
    assert (rows[1]["Source records"], rows[1]["Found in"]) == ("a.ris:2", "a.ris")


def test_what_the_fullest_record_lacks_comes_from_the_others_and_so_do_columns_of_their_own(exports, tmp_path):
    text = NBIB.replace("VI  - 9\n", "").replace("DP  - 2018 Mar\n", "")
    exports[1].write_text(text)
    run(exports, Wishes(unique=tmp_path / "library.csv"))
    first = rows_of(tmp_path / "library.csv")[0]
    assert (first["Year"], first["Volume"], first["Funding"]) == ("2018", "9", "Lantern Trust")


def test_an_accession_number_is_not_lent_since_it_names_a_record_of_one_database(tmp_path):
    (tmp_path / "a.ris").write_text(RIS.replace("N1  - kept", f"AB  - {ABSTRACT}\nN1  - kept"))
    (tmp_path / "b.ris").write_text(RIS.partition("TY  - JOUR\nTI  - Kites")[0].replace("XQ  - ", "AN  - 7700\nXQ  - "))
    run([tmp_path / "a.ris", tmp_path / "b.ris"], Wishes(unique=tmp_path / "library.csv"))
    first = rows_of(tmp_path / "library.csv")[0]
    assert (first["Source records"], first["Accession number"]) == ("a.ris:1; b.ris:1", "")


def test_a_library_in_the_format_of_its_records_keeps_every_tag_and_reads_back(exports, tmp_path):
    exports[1].write_text(NBIB.replace(f"AB  - {ABSTRACT}\n", "").replace("OT  - night walks\n", ""))
    exports[0].write_text(RIS.replace("N1  - kept", f"AB  - {ABSTRACT}\nN1  - kept"))
    run(exports, Wishes(unique=tmp_path / "library.ris"))
    first, second, third = drafts(tmp_path / "library.ris")
    tags = [(tag, value) for tag, value, _line in first.raw]
    original = [(tag, value) for tag, value, _line in drafts(exports[0])[0].raw]
    assert [each for each in tags if each in original] == original  # ("XQ", "a tag that nobody knows") too
    assert ("DO", "10.5555/jic.31") in tags and ("UR", "https://pubmed.ncbi.nlm.nih.gov/99000017/") in tags
    assert ("N1", "Source records: a.ris:1; b.nbib:1; c.csv:1") in tags and ("N1", "Funding: Lantern Trust") in tags
    assert [clean.draft(each).title for each in (second, third)] == [
        "Kites over the harbour, and what came of them",
        "Soup as an opening: talk at a kitchen table",
    ]


@pytest.mark.parametrize("suffix", [*WRITERS, "RIS"])
def test_a_library_in_any_format_reads_back_and_has_no_duplicate_left(exports, tmp_path, suffix):
    library = tmp_path / f"library.{suffix}"
    run(exports, Wishes(unique=library))
    assert sorted(clean.draft(each).title for each in drafts(library)) == [
        "Kites over the harbour, and what came of them",
        TITLE,
        "Soup as an opening: talk at a kitchen table",
    ]
    told = run([library], Wishes(groups=tmp_path / "groups.csv"))
    assert (told.records, told.works) == (3, 3)


def test_a_library_that_is_united_again_still_names_its_first_records(exports, tmp_path):
    run(exports, Wishes(unique=tmp_path / "first.csv"))
    run([tmp_path / "first.csv"], Wishes(unique=tmp_path / "second.csv"))
    first = rows_of(tmp_path / "second.csv")[0]
    assert first["Source records"] == "first.csv:1; b.nbib:1; a.ris:1; c.csv:1"


def test_a_column_that_a_written_table_has_for_its_own_use_keeps_its_values_beside_it(tmp_path):
    (tmp_path / "a.csv").write_text("Title,Authors,Year,included\nKites over the harbour,Cole D,2016,1\n")
    (tmp_path / "b.csv").write_text("record_id,title,included\nr1,Soup as an opening,0\n")
    run([tmp_path / "a.csv", tmp_path / "b.csv"], Wishes(unique=tmp_path / "library.csv"))
    rows = rows_of(tmp_path / "library.csv")
    assert [(row["included"], row["included (before)"]) for row in rows] == [("", "1"), ("", "0")]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    files = []
    for folder in ("spring", "autumn"):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "export.ris")
        files[-1].write_text(RIS)
    run(files, Wishes(groups=tmp_path / "groups.csv"))
    ids = [row["record_id"] for row in rows_of(tmp_path / "groups.csv")]
    assert ids == [f"{file}:{n}" for file in files for n in (1, 2)]


def test_a_table_of_our_own_beside_an_export_keeps_its_ids_behind_its_name(exports, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(
        f"record_id,title,authors,year,journal,volume,pages,shelf\nr7,{TITLE},Amari S; Quill E,2018,Journal of Imagined Care,9,31-44,top\n"
    )
    told = run([exports[0], table], Wishes(groups=tmp_path / "groups.csv", unique=tmp_path / "library.csv"))
    assert (told.records, told.works) == (3, 2)
    last = rows_of(tmp_path / "groups.csv")[-1]
    assert (last["record_id"], last["first_line"], last["last_line"]) == ("mine.csv:r7", "2", "2")
    first = rows_of(tmp_path / "library.csv")[0]
    assert (first["Source records"], first["shelf"]) == ("a.ris:1; mine.csv:r7", "top")


def test_a_table_of_our_own_alone_gives_a_library_too(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(
        "record_id,title,authors,year,journal,volume,pages,note\n"
        f'r1,{TITLE},"Amari, Sol; Quill, Edda",2018,Tea and Rest,9,31-44,\n'
        f'r2,{TITLE.upper()},"Amari, Sol; Quill, Edda",2018,Tea and Rest,9,31-44,read twice\nr3,,,,,,,no title\n'
    )
    told = run([table], Wishes(groups=tmp_path / "groups.csv", unique=tmp_path / "library.csv"))
    assert (told.records, told.works) == (3, 2)
    assert list(rows_of(tmp_path / "groups.csv")[0]) == ["record_id", "cluster_id"]
    rows = rows_of(tmp_path / "library.csv")
    assert [(row["Source records"], row["Authors"], row["note"]) for row in rows] == [
        ("r1; r2", "Amari, Sol; Quill, Edda", "read twice"),
        ("r3", "", "no title"),
    ]


def test_a_table_in_another_encoding_is_read(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("record_id,title\nr1,Über Laternen auf der Station\nr2,Thé et repos\n", encoding="cp1252")
    run([table], Wishes(groups=tmp_path / "groups.csv", unique=tmp_path / "library.csv"))
    assert [row["Title"] for row in rows_of(tmp_path / "library.csv")] == [
        "Über Laternen auf der Station",
        "Thé et repos",
    ]


def test_a_record_out_of_an_archive_says_out_of_which_file(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("one.ris", RIS)
        files.writestr("two.nbib", NBIB)
    (tmp_path / "all.zip").write_bytes(packed.getvalue())
    told = run([tmp_path / "all.zip"], Wishes(groups=tmp_path / "groups.csv"))
    assert (told.records, told.works) == (3, 2)
    last = rows_of(tmp_path / "groups.csv")[-1]
    assert (last["record_id"], last["notices"]) == ("all.zip:3", "from two.nbib in the archive")


def test_a_title_that_a_spreadsheet_would_run_is_made_harmless(tmp_path):
    (tmp_path / "a.ris").write_text("TY  - JOUR\nTI  - =HYPERLINK(kites)\nER  - \n")
    run([tmp_path / "a.ris"], Wishes(groups=tmp_path / "groups.csv"))
    assert rows_of(tmp_path / "groups.csv")[0]["title"] == "'=HYPERLINK(kites)"


def test_what_waits_on_disk_is_gone_afterwards(exports, tmp_path):
    run(exports, Wishes(unique=tmp_path / "library.ris"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ris", "b.nbib", "c.csv", "library.ris"]


def test_a_file_without_any_record_stops_the_whole(exports, tmp_path):
    (tmp_path / "page.txt").write_text("Cookies? Yes please.\n")
    with pytest.raises(Refused, match="page.txt can't be read: not understood"):
        run([*exports, tmp_path / "page.txt"], Wishes(groups=tmp_path / "groups.csv"))
    assert not (tmp_path / "groups.csv").exists()
