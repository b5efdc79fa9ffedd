"""Tables: every separator and quotation, headers anywhere near the top, columns in several languages, and people's own lists."""

import pytest

from records import clean
from records.readers import Draft, Notice, Rejected, Source, read, sniff, table


def found(text):
    return list(table.read(Source.of(text)))


def drafts(text):
    return [each for each in found(text) if isinstance(each, Draft)]


def row(**columns):
    """The one record of a table with a title and these columns, cleaned."""
    text = "\t".join(["title", "doi", "year", *columns]) + "\n" + "\t".join(["Tea", "", "", *columns.values()])
    (draft,) = drafts(text)
    return clean.draft(draft)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_separator_is_found(separator):
    text = f"Title{separator}Year{separator}DOI\nTea{separator}2001{separator}10.5555/t.1\n"
    assert sniff(Source.of(text)) is table
    assert drafts(text)[0].fields == {"title": ["Tea"], "year": ["2001"], "doi": ["10.5555/t.1"]}


HEADERS = [
    "Title,Authors,Publication Year",
    '"Article Title","Author Full Names","Publication Year"',
    "Título,Autores,Año",
    "题名,作者,年份",
    "TI,AU,PY",
    "item_title,item_authors,year_published",
    " TITLE ,Author(s),Pub Year",
]


@pytest.mark.parametrize("header", HEADERS)
def test_headers_of_many_houses_are_known(header):
    assert drafts(f'{header}\nTea,"Ames, B.",2001\n')[0].fields == {
        "title": ["Tea"],
        "authors": ["Ames, B."],
        "year": ["2001"],
    }


@pytest.mark.parametrize("header", ["Name,Town,Age", "Title,Price", "Title", "a,b,c\nTitle: tea, year: 2001"])
def test_other_tables_are_not_taken_for_records(header):
    assert not table.recognises(header + "\nx,y,z\n")


CAPTIONS = ["Our list\n\n", "Our list,,\nof May,,\n,,\n", "a form\x0cfeed and a\u2028separator\n"]


@pytest.mark.parametrize("caption", CAPTIONS)
def test_captions_above_the_header_are_a_notice_and_lines_still_count(caption):
    everything = found(f"{caption}Title,Year,DOI\nTea,2001,\n")
    assert [each.fields["title"] for each in everything if isinstance(each, Draft)] == [["Tea"]]
    (draft,) = [each for each in everything if isinstance(each, Draft)]
    assert draft.lines == (caption.count("\n") + 2,) * 2
    assert any(isinstance(each, Notice) and each.line == 1 and "above the header" in each.text for each in everything)


def test_a_line_end_inside_quotes_is_text_and_the_range_tells_so():
    text = 'Title,Year,Abstract\nTea,2001,"one\ntwo ""three"""\nRest,2002,four\n'
    assert [draft.lines for draft in drafts(text)] == [(2, 3), (4, 4)]
    assert drafts(text)[0].fields["abstract"] == ['one\ntwo "three"']


def test_a_field_longer_than_the_usual_limit_is_read():
    assert len(drafts(f"Title,Year,Abstract\nTea,2001,{'long ' * 60_000}\n")[0].fields["abstract"][0]) > 200_000


def test_rows_that_say_nothing_are_skipped_and_rows_without_title_rejected():
    kinds = [type(each) for each in found("Title,Year,DOI\n,,\nTea,2001,\n,2002,10.5555/t.2\n")]
    assert kinds == [Draft, Rejected]
    assert [type(each) for each in found("Title,Year,Abstract\n,2002,An abstract alone\n")] == [Draft]


def test_missing_and_surplus_cells_lose_nothing():
    one, two = drafts("Title,Year,DOI\nTea,2001\nRest,2002,10.5555/t.2,surplus\n")
    assert "doi" not in one.fields
    assert ("column 4", "surplus", 3) in two.raw


def test_a_row_out_of_step_over_several_lines_is_noticed():
    (draft,) = drafts('Title,Year,DOI\n"Tea,2001,\nRest,2002,\n')
    assert draft.notices and draft.lines == (2, 3)


def test_unknown_columns_are_kept_and_named():
    everything = found("Title,Year,DOI,Remarks\nTea,2001,,see Bo\n")
    assert ("Remarks", "see Bo", 2) in everything[0].raw
    assert everything[1].text == "columns kept as they are: Remarks"


def test_two_columns_of_one_name_are_both_kept():
    (draft,) = drafts("Title,Year,Keywords,Keywords\nTea,2001,tea,rest\n")
    assert draft.fields["keywords"] == ["tea", "rest"]


AUTHORS = [
    ("Ames, B.; Cole, D.", ["Ames, B.", "Cole, D."]),
    ("Ames B., Cole D.", ["Ames, B.", "Cole, D."]),
    ("Ames, B., Cole, D.", ["Ames, B.", "Cole, D."]),
    ("Bea Ames, Dee Cole", ["Ames, Bea", "Cole, Dee"]),
    ("Ames, Bea and Cole, Dee", ["Ames, Bea", "Cole, Dee"]),
    ("Ames B|Cole D", ["Ames, B", "Cole, D"]),
    ("Ames, Bea", ["Ames, Bea"]),
    ("Ames, Bea (57000000001); Cole, Dee (57000000002)", ["Ames, Bea", "Cole, Dee"]),
    ("[No author name available]", []),
    ("Kettle Study Group", ["Kettle Study Group"]),
]


@pytest.mark.parametrize(("cell", "authors"), AUTHORS)
def test_authors_come_apart_at_every_separator(cell, authors):
    assert row(authors=cell).authors == authors


def test_full_names_win_wherever_their_column_stands():
    header = "Title\tYear\tAuthors\tAuthor full names\nTea\t2001\tAmes B.\tAmes, Bea (57000000001)"
    other = "Title\tYear\tAuthor full names\tAuthors\nTea\t2001\tAmes, Bea (57000000001)\tAmes B."
    assert drafts(header)[0].fields["authors"] == drafts(other)[0].fields["authors"] == ["Ames, Bea"]


PAGES = [
    ({"page start": "12", "page end": "19"}, "12-19"),
    ({"page start": "12"}, "12"),
    ({"pages": "12-19", "page start": "12"}, "12-19"),
    ({"Art. No.": "e7"}, "e7"),
    ({"Art. No.": "e7", "page start": "12"}, "12"),
]


@pytest.mark.parametrize(("columns", "pages"), PAGES)
def test_pages_stand_in_one_column_or_in_several(columns, pages):
    assert row(**columns).pages == pages


def test_a_column_that_counts_the_rows_is_no_issue():
    assert row(no="17").issue == ""
    assert row(volume="4", no="3").issue == "3"


def test_the_marks_that_make_formulas_harmless_come_off_again():
    (draft,) = drafts("Title,Year,Abstract\n'=1+1 equals two,2001,=SUM(A1)\n")
    assert draft.fields == {"title": ["=1+1 equals two"], "year": ["2001"], "abstract": ["=SUM(A1)"]}


def test_words_for_empty_are_empty():
    nothing = row(journal="NA", volume="n/a", abstract="[No abstract available]", keywords="null")
    assert (nothing.journal, nothing.volume, nothing.abstract, nothing.keywords) == ("", "", "", [])


def test_a_doi_is_taken_from_the_link_where_it_has_no_column_of_its_own():
    assert row(url="https://doi.org/10.5555/t.1").doi == "10.5555/t.1"
    assert row(url="https://example.org/10.5555/t.1").doi == ""


def test_a_header_alone_is_no_success():
    assert [type(each) for each in read(Source.of("Title,Year,DOI\n"))] == [Rejected]
