"""The writers: a table that runs no formula and is read as it was, RIS that keeps what it does not know."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Source, ris, table
from records.writers import csv_table
from records.writers import ris as ris_writer

COLUMNS = ["Title", "Abstract", "Year", "DOI", "Notes"]
FORMULAS = [
    '=HYPERLINK("http://example.org","look")', "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1", "＝1+1", "＋1", "－1", "＠SUM(A1)",
    "=cmd|' /C calc'!A0", "-", "=",
]  # fmt: skip


def drafts(reader: object, text: str) -> list[Draft]:
    return [each for each in reader.read(Source.of(text.encode())) if isinstance(each, Draft)]  # type: ignore[attr-defined]


def cells(text: str) -> list[dict[str, str]]:
    """The rows of a written table as our own reader gives them, by column."""
    return [{tag: value for tag, value, _line in draft.raw} for draft in drafts(table, text)]


def written(*rows: dict) -> str:
    return "".join(csv_table.write(COLUMNS, rows))


# CSV


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_any_column_gets_an_apostrophe_and_comes_back_as_it_was(formula: str) -> None:
    text = written(dict.fromkeys(COLUMNS, formula))
    assert not [line for line in text.splitlines()[1:] if line.lstrip('"').startswith(csv_table.FORMULA)]
    for cell in csv_table.harmless(formula), csv_table.harmless([formula, "x"]):
        assert cell[0] == "'"
    (row,) = cells(text)
    assert row == dict.fromkeys(COLUMNS, formula)


@pytest.mark.parametrize("text", ["'-omics", "''=1+1", "'tis", "'", "''", "'\"=1"])
def test_an_apostrophe_of_the_text_itself_survives(text: str) -> None:
    (row,) = cells(written({"Title": text}))
    assert row == {"Title": text}


@pytest.mark.parametrize("lead", ["\r", "\n", "\r\n", "\0", "\0\r\n\0"])
def test_line_ends_and_nul_hide_no_formula(lead: str) -> None:
    assert csv_table.harmless(f"{lead}=1+1") == "'=1+1"
    assert csv_table.harmless(f"{lead}words") == "words"


def test_the_formulas_are_those_that_the_reader_undoes() -> None:
    assert {f"'{each}" for each in csv_table.FORMULA} <= set(table.PREFIX)


def test_the_header_is_harmless_too() -> None:
    assert "".join(csv_table.write(["=1+1", "Title"], [])).startswith("\ufeff'=1+1,Title")


def test_it_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    assert written().encode().startswith(b"\xef\xbb\xbfTitle,")
    assert written().count("\ufeff") == 1


def test_quotes_commas_and_lines_stay_in_their_cell() -> None:
    row = {"Title": 'He said "no", twice', "Abstract": "Background: one.\nMethods: two,\nthree.", "Year": "2020"}
    assert cells(written(row)) == [row]


def test_lists_are_joined_and_what_is_absent_is_empty() -> None:
    assert csv_table.harmless(["a", "b"]) == "a; b"
    assert csv_table.harmless(None) == ""
    assert csv_table.harmless(0) == "0"
    assert written({"Title": "x"}).splitlines()[1] == "x,,,,"


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t=+-@＝＋－＠,\"\n;'"), max_size=40)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_is_harmless_and_comes_back(texts: list[str]) -> None:
    kept = [text for text in texts if not text.startswith("\n")]
    rows = [{"Title": "A title", "Notes": text} for text in kept]
    found = [row.get("Notes", "") for row in cells(written(*rows))]
    assert found == [text if text.strip() else "" for text in kept]
    assert not any(csv_table.harmless(text).startswith((*csv_table.FORMULA, "\r", "\n", "\0")) for text in texts)


def test_a_table_is_written_in_pieces_before_all_rows_are_there() -> None:
    taken = []

    def rows() -> Iterator[dict]:
        for n in range(1_000):
            taken.append(n)
            yield {"Title": f"Title {n}"}

    pieces = csv_table.write(COLUMNS, rows())
    next(pieces)
    assert len(taken) < 500
    assert len("".join(pieces).splitlines()) > 500


# RIS

SOURCE = """TY  - JOUR
AU  - Doe, Jane
AU  - Roe, Richard
TI  - A title that
goes on below
T2  - Journal of Imagined Care
PY  - 2020/05//
U3  -  two blanks before this
XY  - an unknown tag, word for word;  with  blanks
X9  -
ZZZZ  - four letters
N1  - a remark of the database
AB  - Background: one.

After an empty line.
DO  - 10.5555/jic.1
ER  -

TY  - CHAP
T1  - A chapter
BT  - A book
C7  - e12
M3  - 10.5555/book
UR  - https://example.org/a?b=c
"""


def tags(draft: Draft) -> list[tuple[str, str]]:
    return [(tag, value) for tag, value, _line in draft.raw]


def rewritten(draft: Draft, **more: object) -> str:
    return "".join(ris_writer.write([{"raw": [list(row) for row in draft.raw], **more}]))


def test_what_was_read_is_written_tag_for_tag() -> None:
    first = drafts(ris, SOURCE)
    text = "".join(ris_writer.write({"raw": draft.raw} for draft in first))
    second = drafts(ris, text)
    assert [tags(draft) for draft in second] == [tags(draft) for draft in first]
    assert [clean.draft(draft) for draft in second] == [
        clean.draft(Draft(draft.raw, draft.fields, draft.lines)) for draft in first
    ]
    assert "XY  - an unknown tag, word for word;  with  blanks\r\n" in text


def test_judgements_are_n1_lines_at_the_end_each_on_one_line() -> None:
    (first, _second) = drafts(ris, SOURCE)
    text = rewritten(first, notes=["Title and abstract: Ann: Include", "Notes: two\nlines\nER  - "])
    (again,) = drafts(ris, text)
    assert tags(again)[:-2] == tags(first)
    assert tags(again)[-2:] == [("N1", "Title and abstract: Ann: Include"), ("N1", "Notes: two lines ER -")]


def test_a_field_that_another_record_knows_is_added_to_the_raw_tags() -> None:
    (_first, second) = drafts(ris, SOURCE)
    text = rewritten(second, filled=("abstract", "year"), abstract="Known elsewhere.", year=2001, title="not added")
    (again,) = drafts(ris, text)
    assert tags(again) == [*tags(second), ("PY", "2001"), ("AB", "Known elsewhere.")]


FIELDS = {
    "type": "journal article", "title": "A title", "authors": ["Doe, Jane", "Roe, R."], "year": 2020, "volume": "3",
    "journal": "Journal of Imagined Care", "issue": "2", "pages": "10-19", "doi": "10.5555/jic.1", "pmid": "12345",
    "pmcid": "PMC77", "issn": "1234-5678", "publisher": "Nobody Press", "accession": "ACC-1", "language": "en",
    "keywords": ["care", "peer support"], "abstract": "Background: one.\nMethods: two.",
}  # fmt: skip


def test_other_entries_are_written_from_their_fields_and_read_the_same() -> None:
    (draft,) = drafts(ris, "".join(ris_writer.write([FIELDS])))
    found = clean.draft(draft)
    assert {name: getattr(found, name) for name in FIELDS} == FIELDS


@pytest.mark.parametrize("kind", ["book", "book chapter", "conference paper", "thesis", "report", "", "something else"])
def test_every_type_is_a_type_of_ris(kind: str) -> None:
    (draft,) = drafts(ris, "".join(ris_writer.write([{"type": kind, "title": "A title", "journal": "A book"}])))
    found = clean.draft(draft)
    assert found.title == "A title"
    assert found.type == ("" if kind == "something else" else kind)


@pytest.mark.parametrize("trap", ["ER  - ", "TY  - JOUR", "AB - x", "  ER", "TI  - another", "\r\nER  -\r\nTY  - JOUR"])
def test_no_line_of_a_text_is_taken_for_a_tag(trap: str) -> None:
    entry = {**FIELDS, "abstract": f"One.\n{trap}\nTwo.", "title": f"A title\n{trap}", "notes": [f"x\n{trap}"]}
    (draft,) = drafts(ris, "".join(ris_writer.write([entry])))
    assert [tag for tag, _value in tags(draft)].count("AB") == 1
    assert clean.draft(draft).abstract.endswith("Two.")


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys(("title", "abstract", "journal", "pages", "doi"), WORDS)), max_size=4)
)
def test_any_fields_give_as_many_entries_as_were_written(entries: list[dict]) -> None:
    assert len(drafts(ris, "".join(ris_writer.write(entries)))) == len(entries)


LINES = st.lists(
    st.sampled_from(
        ["TY  - JOUR", "ER  - ", "TI  - A", "XX  - b ", "N1  -  c", "more words", "", " ", "AU  -", "ER", "a - b"]
    ),
    max_size=14,
)


@given(LINES)
def test_whatever_the_reader_reads_is_written_so_that_it_reads_the_same(lines: list[str]) -> None:
    first = drafts(ris, "\n".join(["TY  - JOUR", *lines]))
    second = drafts(ris, "".join(ris_writer.write({"raw": draft.raw} for draft in first)))
    assert [tags(draft) for draft in second] == [tags(draft) for draft in first]


def test_ris_is_written_in_pieces() -> None:
    pieces = list(ris_writer.write({"title": f"Title {n}"} for n in range(250)))
    assert len(pieces) == 3
    assert "".join(pieces).count("ER  - ") == 250
