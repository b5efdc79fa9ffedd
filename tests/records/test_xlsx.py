"""Excel files: rows as the table reader reads them, cells of every kind, and no workbook that raises or swells."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, read, sniff, xlsx, zipped

HEADER = ["Title", "Authors", "Year", "DOI", "Pages", "Issue", "Abstract"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD_CELLS = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)


def workbook(**sheets):
    """The bytes of a workbook with these sheets, each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_hand(cells, **parts):
    """A workbook whose sheet has a header row and one row of these cells, as some programs write it: without styles."""
    members = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets><sheet name="S" sheetId="1"/></sheets></workbook>',
        "xl/worksheets/sheet0.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row>{HEAD_CELLS}</row><row>{cells}</row>'
        "</sheetData></worksheet>",
    } | {name.replace("__", "/").replace("_xml", ".xml"): text for name, text in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for name, text in members.items():
            files.writestr(name, text)
    return out.getvalue()


def everything(data):
    return list(read(Source.of(data)))


def drafts(data):
    return [each for each in everything(data) if isinstance(each, Draft)]


def notices(data):
    return [each.text for each in everything(data) if isinstance(each, Notice)]


def reasons(data):
    return [each.reason for each in everything(data) if isinstance(each, Rejected)]


def one(*row, header=HEADER):
    """The one record of a sheet with this row, cleaned."""
    (draft,) = drafts(workbook(S=[header, row]))
    return clean.draft(draft)


def test_a_workbook_is_known_by_its_bytes():
    assert sniff(Source.of(workbook(S=[HEADER]))) is xlsx


YEARS = [
    (2019, 2019),
    (2019.0, 2019),
    ("2019", 2019),
    (datetime(2019, 5, 1), 2019),
    (True, None),
    (None, None),
    (0.5, None),
]


@pytest.mark.parametrize(("cell", "year"), YEARS)
def test_a_year_may_be_a_number_a_text_or_a_date(cell, year):
    assert one("Tea", "Ames, B.", cell).year == year


def test_a_long_number_keeps_its_digits():
    (draft,) = drafts(workbook(S=[["Title", "Year", "PMID"], ["Tea", 2019, 12345678]]))
    assert clean.draft(draft).pmid == "12345678"


def test_pages_that_became_a_date_are_kept_as_excel_shows_them_and_noticed():
    record = one("Tea", "Ames, B.", 2019, None, datetime(2024, 4, 21), datetime(2024, 8, 8))
    assert (record.pages, record.issue) == ("21-Apr", "8-Aug")
    assert len(record.notices) == 2


def test_characters_that_excel_escapes_are_opened():
    assert one("Tea", "Ames, B.", 2019, None, None, None, "One_x000D_\nTwo_x0041_ _x005F_x").abstract == "One\nTwoA _x"


def test_formulas_are_never_evaluated_and_their_kept_value_is_taken():
    data = by_hand('<c t="str"><f>1+1</f><v>Tea</v></c><c/><c><f>2000+19</f><v>2019</v></c><c t="str"><f>X()</f></c>')
    (draft,) = drafts(data)
    assert draft.fields == {"title": ["Tea"], "year": ["2019"]}


def test_an_error_in_a_cell_says_nothing():
    (draft,) = drafts(by_hand('<c t="inlineStr"><is><t>Tea</t></is></c><c t="e"><v>#REF!</v></c>'))
    assert draft.fields == {"title": ["Tea"]}


def test_a_text_in_several_styles_is_one_text():
    runs = "<r><t>Tea </t></r><r><rPr/><t>and rest</t></r><rPh><t>reading aid</t></rPh>"
    (draft,) = drafts(by_hand(f'<c t="inlineStr"><is>{runs}</is></c>'))
    assert draft.fields["title"] == ["Tea and rest"]


def test_a_cell_stands_in_the_column_it_names():
    (draft,) = drafts(by_hand('<c r="A2" t="inlineStr"><is><t>Tea</t></is></c><c r="C2"><v>2019</v></c>'))
    assert draft.fields == {"title": ["Tea"], "year": ["2019"]}


def test_rows_above_the_header_are_a_notice_and_lines_are_rows():
    data = workbook(S=[["Our export"], [], HEADER, ["Tea", "Ames, B.", 2019], [], ["Rest", "Cole, D.", 2020]])
    assert [each.lines for each in drafts(data)] == [(4, 4), (6, 6)]
    assert notices(data) == ["sheet S: above the header stands: Our export"]


def test_every_sheet_with_a_header_is_read_and_every_other_is_named():
    data = workbook(One=[HEADER, ["Tea"]], Two=[HEADER, ["Rest"]], Legend=[["a", "b"], ["c"]], Empty=[])
    assert [each.raw[0] for each in drafts(data)] == [("sheet", "One", 2), ("sheet", "Two", 2)]
    assert notices(data) == ["sheet Legend has no header row with a title column: 2 rows are left out"]


def test_a_row_without_title_and_abstract_is_rejected():
    assert reasons(workbook(S=[HEADER, [None, "Ames, B.", 2019]])) == ["in sheet S: a row without title and abstract"]


def test_a_workbook_without_any_header_is_no_empty_success():
    assert len(reasons(workbook(S=[["a", "b"], [1, 2]]))) == 1


def test_a_date_counts_from_1904_where_the_workbook_says_so():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEADER)
    book.active.append(["Tea", "Ames, B.", datetime(2019, 5, 1)])
    out = io.BytesIO()
    book.save(out)
    assert drafts(out.getvalue())[0].fields["year"] == ["2019-05-01"]


def test_a_document_type_is_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    (reason,) = reasons(by_hand('<c t="s"><v>0</v></c>', xl__sharedStrings_xml=bomb))
    assert "document type" in reason


def test_a_workbook_that_would_swell_is_refused():
    data = by_hand("<c/>", xl__sharedStrings_xml="<sst>" + " " * 30_000_000 + "</sst>")
    (reason,) = reasons(data)
    assert "swell" in reason


BROKEN = {
    "no strings": by_hand('<c t="s"><v>7</v></c><c t="s"><v>x</v></c>'),
    "comments": by_hand("<!-- a --><c><!-- b --><v>1</v></c><?pi x?>"),
    "odd numbers": by_hand("<c><v>nan</v></c><c><v>1e999</v></c><c s='9'><v>-1</v></c><c s='x'><v>.</v></c>"),
    "odd places": by_hand('<c r="ZZZ1"><v>1</v></c><c r="1"><v>2</v></c><c r=""><v>3</v></c>'),
    "damaged styles": by_hand(
        "<c s='0'><v>1</v></c>", xl__styles_xml="<styleSheet><cellXfs><xf/><!-- --><xf numFmtId='q'/>"
    ),
    "damaged workbook": by_hand("<c/>", xl__workbook_xml="<workbook><sheets><sheet"),
    "no workbook at all": by_hand("<c/>", xl__workbook_xml=""),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_workbook_is_read_or_named(data):
    assert any(isinstance(each, Draft | Rejected) for each in everything(data))


SAMPLE = workbook(S=[HEADER, ["Tea", "Ames, B.", 2019, "10.5555/a", datetime(2024, 4, 21)], ["Rest"]])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_damaged_bytes_never_raise(damage):
    data = bytearray(SAMPLE)
    for place, byte in damage:
        data[place] = byte
    for reader in (xlsx, zipped):
        for each in reader.read(Source.of(bytes(data))):
            if isinstance(each, Draft):
                clean.draft(each)
    assert any(isinstance(each, Draft | Rejected) for each in everything(bytes(data)))


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("<>/ctrvsi=\"' 0123456789&;AZ_x"), max_size=80))
def test_any_cells_are_read_or_named(cells):
    assert any(isinstance(each, Draft | Rejected) for each in everything(by_hand(cells)))
