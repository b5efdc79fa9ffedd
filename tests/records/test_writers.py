"""The writers: tables that run no formula and are read as they were, RIS that keeps what it does not know."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from records import clean
from records.readers import Draft, Source, ris, sniff, table
from records.readers import xlsx as xlsx_reader
from records.writers import WRITERS, Entry, csv_table, xlsx
from records.writers import ris as ris_writer

NOTES = "Notes"
NAMES = ("title", "abstract", "journal", "doi")  # fields whose cells the tests fill
CELLS = [*(csv_table.COLUMNS[name] for name in NAMES), NOTES]
FORMULAS = [
    '=HYPERLINK("http://example.org","look")', "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1", "＝1+1", "＋1", "－1", "＠SUM(A1)",
    "=cmd|' /C calc'!A0", "-", "=",
]  # fmt: skip


def drafts(reader: object, text: str) -> list[Draft]:
    return [each for each in reader.read(Source.of(text.encode())) if isinstance(each, Draft)]  # type: ignore[attr-defined]


def cells(text: str) -> list[dict[str, str]]:
    """The rows of a written table as our own reader gives them, by column."""
    return [{tag: value for tag, value, _line in draft.raw} for draft in drafts(table, text)]


def entry(*, notes: str = "", raw: Draft | None = None, filled: tuple[str, ...] = (), **fields: object) -> Entry:
    """An entry to be written; with `raw` one that came from RIS."""
    said = {NOTES: notes} if notes else {}
    if raw:
        return Entry(fields, [list(row) for row in raw.raw], "ris", filled, said)
    return Entry(fields, said=said)


def written(*entries: Entry) -> str:
    return "".join(csv_table.write(entries, [NOTES]))


def filled_with(text: str) -> Entry:
    """An entry whose cells of `CELLS` all hold this text."""
    return entry(notes=text, **dict.fromkeys(NAMES, text))


# All of them


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_writer_keeps_to_the_interface(suffix: str) -> None:
    writer = WRITERS[suffix]
    assert suffix == writer.SUFFIX and writer.NAME and writer.LABEL and writer.PURPOSE.endswith(".")
    assert "/" in writer.MEDIA_TYPE


@pytest.mark.parametrize("suffix", WRITERS)
def test_what_is_written_is_known_again_by_its_content(suffix: str) -> None:
    some = [
        entry(title=f"A title {n}", year=2020, journal="Journal of Imagined Care", doi=f"10.5555/{n}") for n in "ab"
    ]
    assert sniff(Source.of(whole(suffix, some))).NAME == WRITERS[suffix].NAME


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_list_of_nothing_is_a_file(suffix: str) -> None:
    assert isinstance(whole(suffix, []), bytes)


@pytest.mark.parametrize("suffix", WRITERS)
def test_pieces_come_before_all_entries_are_there(suffix: str) -> None:
    taken = []

    def many() -> Iterator[Entry]:
        for n in range(4_000):
            taken.append(n)
            yield entry(title=f"Title {n} {n * 7919}", abstract=f"{n * 104729:x} " * 20)

    pieces = WRITERS[suffix].write(many(), [])
    next(pieces)
    assert len(taken) < 1_000
    assert len(list(pieces)) > 2


def whole(suffix: str, entries: list[Entry], columns: tuple[str, ...] = ()) -> bytes:
    pieces = WRITERS[suffix].write(entries, columns)
    return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)


# CSV


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_any_column_gets_an_apostrophe_and_comes_back_as_it_was(formula: str) -> None:
    text = written(filled_with(formula))
    assert not [line for line in text.splitlines()[1:] if line.lstrip('"').startswith(csv_table.FORMULA)]
    for cell in csv_table.harmless(formula), csv_table.harmless([formula, "x"]):
        assert cell[0] == "'"
    (row,) = cells(text)
    assert row == dict.fromkeys(CELLS, formula)


@pytest.mark.parametrize("text", ["'-omics", "''=1+1", "'tis", "'", "''", "'\"=1"])
def test_an_apostrophe_of_the_text_itself_survives(text: str) -> None:
    (row,) = cells(written(entry(title=text)))
    assert row == {"Title": text}


@pytest.mark.parametrize("lead", ["\r", "\n", "\r\n", "\0", "\0\r\n\0"])
def test_line_ends_and_nul_hide_no_formula(lead: str) -> None:
    assert csv_table.harmless(f"{lead}=1+1") == "'=1+1"
    assert csv_table.harmless(f"{lead}words") == "words"


def test_the_formulas_are_those_that_the_reader_undoes() -> None:
    assert {f"'{each}" for each in csv_table.FORMULA} <= set(table.PREFIX)


def test_the_header_is_harmless_too() -> None:
    assert "".join(csv_table.write([], ["=1+1", "Notes"])).endswith(",'=1+1,Notes\r\n")


def test_it_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    assert written().encode().startswith(b"\xef\xbb\xbfTitle,")
    assert written().count("\ufeff") == 1


def test_quotes_commas_and_lines_stay_in_their_cell() -> None:
    said = {"title": 'He said "no", twice', "abstract": "Background: one.\nMethods: two,\nthree.", "journal": "A, B"}
    assert cells(written(entry(**said))) == [{csv_table.COLUMNS[name]: text for name, text in said.items()}]


def test_lists_are_joined_and_what_is_absent_is_empty() -> None:
    assert csv_table.harmless(["a", "b"]) == "a; b"
    assert csv_table.harmless(None) == ""
    assert csv_table.harmless(0) == "0"
    assert written(entry(title="x")).splitlines()[1] == "x" + "," * len(csv_table.HEADER)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t=+-@＝＋－＠,\"\n;'"), max_size=40)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_is_harmless_and_comes_back(texts: list[str]) -> None:
    kept = [text for text in texts if not text.startswith("\n")]
    found = [row.get("Notes", "") for row in cells(written(*(entry(title="A title", notes=text) for text in kept)))]
    assert found == [text if text.strip() else "" for text in kept]
    assert not any(csv_table.harmless(text).startswith((*csv_table.FORMULA, "\r", "\n", "\0")) for text in texts)


def test_asreview_finds_its_columns() -> None:
    header = written().splitlines()[0].removeprefix("\ufeff").casefold().split(",")
    assert {"title", "abstract", "included", "authors", "doi", "keywords"} <= set(header)
    row = written(entry(title="A", included=0)).splitlines()[1].split(",")
    assert row[header.index("included")] == "0"


# XLSX


def opened(data: bytes) -> list[list[object]]:
    """The rows of all sheets as another library reads them."""
    book = load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]


def workbook(*entries: Entry) -> bytes:
    return whole("xlsx", list(entries), (NOTES,))


def test_another_library_reads_the_workbook_cell_for_cell() -> None:
    said = {
        "title": 'Voices & "choices" <b>',
        "abstract": "Background: one.\nMethods: two.",
        "journal": "_x0041_ 人 é 😀",
    }
    header, row = opened(workbook(entry(year=2020, authors=["Doe, Jane", "Roe, R."], **said)))
    found = dict(zip(header, row, strict=False))
    assert header == [*csv_table.HEADER.values(), NOTES, xlsx.CONTINUED]
    assert (found["Title"], found["Abstract"]) == (said["title"], said["abstract"])
    assert (found["Year"], found["Authors"], found["DOI"]) == (2020, "Doe, Jane; Roe, R.", None)
    (draft,) = [each for each in xlsx_reader.read(Source.of(workbook(entry(**said)))) if isinstance(each, Draft)]
    assert clean.draft(draft).journal == said["journal"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(formula: str) -> None:
    data = workbook(filled_with(formula))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert sheet.findall(".//{*}f") == []
    assert [cell for cell in sheet.itertext() if cell.startswith(csv_table.FORMULA)] == []
    (draft,) = [each for each in xlsx_reader.read(Source.of(data)) if isinstance(each, Draft)]
    assert {tag: value for tag, value, _line in draft.raw if tag in CELLS} == dict.fromkeys(CELLS, formula)


@pytest.mark.parametrize("letter", ["a", "😀", "人"])
def test_a_text_too_long_for_a_cell_goes_on_behind_the_last_column(letter: str) -> None:
    text = "".join(f"{letter}{n:05}" for n in range(12_000))
    header, row = opened(workbook(entry(title="Long", abstract=text)))
    assert max(len(str(cell).encode("utf-16-le")) // 2 for cell in row) <= xlsx.LONGEST
    parts = [row[header.index("Abstract")], *row[header.index(xlsx.CONTINUED) :]]
    assert "".join(str(part).removesuffix(xlsx.GOES_ON) for part in parts) == text
    assert all(str(part).endswith(xlsx.GOES_ON) for part in parts[:-1])


def test_more_rows_than_a_sheet_holds_go_on_in_the_next_sheet(monkeypatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    rows = opened(workbook(*(entry(title=f"Title {n}") for n in range(7))))
    assert [row[0] for row in rows if row[0] != "Title"] == [f"Title {n}" for n in range(7)]
    assert [row[0] for row in rows].count("Title") == 3


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(st.lists(ANYTHING, min_size=1, max_size=4))
def test_any_text_makes_a_workbook_that_can_be_opened(texts: list[str]) -> None:
    rows = opened(workbook(*(entry(title="A title", abstract=text, notes=text) for text in texts)))
    assert len(rows) == len(texts) + 1


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
    return "".join(ris_writer.write([entry(raw=draft, **more)], [NOTES]))


def test_what_was_read_is_written_tag_for_tag() -> None:
    first = drafts(ris, SOURCE)
    text = "".join(ris_writer.write(entry(raw=draft) for draft in first))
    second = drafts(ris, text)
    assert [tags(draft) for draft in second] == [tags(draft) for draft in first]
    assert [clean.draft(draft) for draft in second] == [
        clean.draft(Draft(draft.raw, draft.fields, draft.lines)) for draft in first
    ]
    assert "XY  - an unknown tag, word for word;  with  blanks\r\n" in text


def test_judgements_are_n1_lines_at_the_end_each_on_one_line() -> None:
    (first, _second) = drafts(ris, SOURCE)
    said = Entry({}, [list(row) for row in first.raw], "ris", (), {"Notes": "two\nlines\nER  - ", "Ann": "Include"})
    (again,) = drafts(ris, "".join(ris_writer.write([said], ["Ann", "Bo", "Notes"])))
    assert tags(again)[:-2] == tags(first)
    assert tags(again)[-2:] == [("N1", "Ann: Include"), ("N1", "Notes: two lines ER -")]


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
    (draft,) = drafts(ris, "".join(ris_writer.write([Entry(FIELDS)])))
    found = clean.draft(draft)
    assert {name: getattr(found, name) for name in FIELDS} == FIELDS


@pytest.mark.parametrize("kind", ["book", "book chapter", "conference paper", "thesis", "report", "", "something else"])
def test_every_type_is_a_type_of_ris(kind: str) -> None:
    (draft,) = drafts(ris, "".join(ris_writer.write([entry(type=kind, title="A title", journal="A book")])))
    found = clean.draft(draft)
    assert found.title == "A title"
    assert found.type == ("journal article" if kind == "something else" else kind)  # it stands in a journal
    assert kind != "something else" or ("M3", kind) in tags(draft)


@pytest.mark.parametrize("trap", ["ER  - ", "TY  - JOUR", "AB - x", "  ER", "TI  - another", "\r\nER  -\r\nTY  - JOUR"])
def test_no_line_of_a_text_is_taken_for_a_tag(trap: str) -> None:
    said = {**FIELDS, "abstract": f"One.\n{trap}\nTwo.", "title": f"A title\n{trap}"}
    (draft,) = drafts(ris, "".join(ris_writer.write([entry(notes=f"x\n{trap}", **said)], [NOTES])))
    assert [tag for tag, _value in tags(draft)].count("AB") == 1
    assert clean.draft(draft).abstract.endswith("Two.")


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys(("title", "abstract", "journal", "pages", "doi"), WORDS)), max_size=4)
)
def test_any_fields_give_as_many_entries_as_were_written(entries: list[dict]) -> None:
    assert len(drafts(ris, "".join(ris_writer.write(map(Entry, entries))))) == len(entries)


LINES = st.lists(
    st.sampled_from(
        ["TY  - JOUR", "ER  - ", "TI  - A", "XX  - b ", "N1  -  c", "more words", "", " ", "AU  -", "ER", "a - b"]
    ),
    max_size=14,
)


@given(LINES)
def test_whatever_the_reader_reads_is_written_so_that_it_reads_the_same(lines: list[str]) -> None:
    first = drafts(ris, "\n".join(["TY  - JOUR", *lines]))
    second = drafts(ris, "".join(ris_writer.write(entry(raw=draft) for draft in first)))
    assert [tags(draft) for draft in second] == [tags(draft) for draft in first]


@pytest.mark.parametrize("name", ["Deaf Voices Collaborative", "Doe, Jane", "World Health Organization", "Plato"])
def test_a_group_stays_a_group(name: str) -> None:
    (draft,) = drafts(ris, "".join(ris_writer.write([entry(title="A title", authors=[name])])))
    assert clean.draft(draft).authors == [name]
