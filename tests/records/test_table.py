"""Tables: every separator and quotation, headers anywhere near the top, columns in several languages, and people's own lists."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, read, sniff, table
from records.readers.citation import cited


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


HEADER = "Title,Authors,Year,Abstract,DOI\n"
SOUND = 'Three,"Dunn, E.",2003,"an abstract\nwith, commas\nand lines",10.5555/t.3\n'
DAMAGED = [
    '"Two, with a comma,Cole D,2002,x,10.5555/t.2\n',
    'Two,"Cole D,2002,x,10.5555/t.2\n',
    'Two,Cole D,2002,x,"10.5555/t.2\n',
    'Two,Cole D,2002,"x,10.5555/t.2\n',
]


@pytest.mark.parametrize("after", [SOUND, "Three,Dunn E,2003,x,10.5555/t.3\n"], ids=["over lines", "in one line"])
@pytest.mark.parametrize("damaged", DAMAGED)
def test_a_quotation_mark_that_is_never_closed_swallows_no_other_row(damaged, after):
    one, two, three = drafts(HEADER + "One,Ames B,2001,x,10.5555/t.1\n" + damaged + after)
    assert (one.fields["title"], three.fields["title"]) == (["One"], ["Three"])
    assert two.fields["title"][0].startswith("Two") and two.fields["doi"] == ["10.5555/t.2"]
    assert two.notices == ["a quotation mark is never closed here"] and not three.notices
    assert (two.lines, three.lines[0]) == ((3, 3), 4)


def test_lines_inside_sound_quotation_marks_are_never_taken_for_rows():
    text = HEADER + 'One,Ames B,2001,"a list:\na,b,c,d,e\nf,g,h,i,j",10.5555/t.1\n' + SOUND
    assert [draft.lines for draft in drafts(text)] == [(2, 4), (5, 7)]
    assert not any(draft.notices for draft in drafts(text))


def test_a_mark_opened_in_the_first_row_of_a_long_table_costs_one_row():
    rows = "".join(f"Row {n},Ames B,2001,x,10.5555/t.{n}\n" for n in range(30_000))
    assert len(drafts(HEADER + '"Open,Cole D,2002,x,10.5555/t.0\n' + rows)) == 30_001


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\n '), max_size=12), min_size=5, max_size=5), max_size=6))
def test_a_soundly_written_table_is_read_cell_by_cell(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([["Title", "Authors", "Year", "Abstract", "DOI"], *rows])
    kept = [[value for _tag, value, _line in each.raw] for each in drafts(out.getvalue())]
    assert kept == [
        [cell for cell in row if cell.strip()] for row in rows if row[0].strip() or row[3].strip()
    ]  # rows without title and abstract are rejected


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
    ("Department of Kettles, Port Ellery", ["Department of Kettles, Port Ellery"]),
    ("Ames, Bea, Cole, Dee", ["Ames, Bea", "Cole, Dee"]),
    ("Ames, B., & Cole, D.", ["Ames, B.", "Cole, D."]),
    ("Bea Ames, Jo van der Plas and Dee Cole", ["Ames, Bea", "van der Plas, Jo", "Cole, Dee"]),
]


@pytest.mark.parametrize(("cell", "authors"), AUTHORS)
def test_authors_come_apart_at_every_separator(cell, authors):
    assert row(authors=cell).authors == authors


def test_full_names_win_wherever_their_column_stands():
    header = "Title\tYear\tAuthors\tAuthor full names\nTea\t2001\tAmes B.\tAmes, Bea (57000000001)"
    other = "Title\tYear\tAuthor full names\tAuthors\nTea\t2001\tAmes, Bea (57000000001)\tAmes B."
    assert drafts(header)[0].fields["authors"] == drafts(other)[0].fields["authors"] == ["Ames, Bea"]


def house(header, *values):
    """The cleaned record of a table with a house's own header."""
    (draft,) = drafts("\t".join(header) + "\n" + "\t".join(values))
    return clean.draft(draft)


SPRINGER = ("Item Title", "Item DOI", "Content Type", "Authors")
GLUED = [
    ("Andy KettleTom Spoon", ["Kettle, Andy", "Spoon, Tom"]),
    ("Andy McKettleTom B. DeSpoonJo van der Plas", ["McKettle, Andy", "DeSpoon, Tom B.", "van der Plas, Jo"]),
    ("Máté ÁrvaiJo O'Hara-Smith", ["Árvai, Máté", "O'Hara-Smith, Jo"]),
    ("Wei LiAnna LeJo McSpoon", ["Li, Wei", "Le, Anna", "McSpoon, Jo"]),
    ("Jo McSpoon TeaBea Ames", ["Tea, Jo McSpoon", "Ames, Bea"]),
    ("Andy KettleSpoon", ["KettleSpoon, Andy"]),  # half of it would be no name
    ("Andy Kettle", ["Kettle, Andy"]),
]


@pytest.mark.parametrize(("cell", "authors"), GLUED)
def test_names_glued_together_come_apart_in_springers_table_only(cell, authors):
    assert house(SPRINGER, "Tea", "", "Article", cell).authors == authors
    assert len(row(authors=cell).authors) == 1


PUBMED = ("PMID", "Title", "Authors", "Citation", "Journal/Book", "Publication Year")
PUBMED_NAMES = [
    ("Tolmie GA, van der Plas J, Garcia Lopez M.", ["Tolmie, GA", "van der Plas, J", "Garcia Lopez, M"]),
    ("Tolmie Greer A., Palmer van Dijk Bea.", ["Tolmie, Greer A.", "Palmer van Dijk, Bea"]),
    ("Dunn E; Kettle Study Group.", ["Dunn, E", "Kettle Study Group"]),
    ("Dunn E Jr.", ["Dunn, E, Jr"]),
]


@pytest.mark.parametrize(("cell", "authors"), PUBMED_NAMES)
def test_pubmed_puts_the_family_name_first(cell, authors):
    assert house(PUBMED, "90000001", "Tea", cell, "", "J Tea", "2001").authors == authors


def test_scielos_names_come_in_pairs():
    header = ("Title", "Author(s)", "Journal", "Language(s)")
    assert house(header, "Tea", "Soto Vidal, Ana María, Plas, Jo", "Tea", "es").authors == [
        "Soto Vidal, Ana María",
        "Plas, Jo",
    ]


CITATIONS = [
    ("J Tea. 2021 Dec 21;12(3):41-8. doi: 10.5555/t.1.", {"journal": "J Tea", "year": "2021", "volume": "12", "issue": "3", "pages": "41-8"}),
    ("J Tea. 2019;7 Suppl 1:S4.", {"journal": "J Tea", "year": "2019", "volume": "7", "issue": "Suppl 1", "pages": "S4"}),
    ("Tea (Port Ellery) (2014) 3:3 (152-160). Date of Publication: 2014",
     {"journal": "Tea (Port Ellery)", "year": "2014", "volume": "3", "issue": "3", "pages": "152-160"}),
    ("Tea (2019) 54 (83-86).", {"journal": "Tea", "year": "2019", "volume": "54", "pages": "83-86"}),
    ("Tea (2009)", {"journal": "Tea", "year": "2009"}),
    ("Rev Té;139(2): 179-184, 2021 07. ", {"journal": "Rev Té", "year": "2021", "volume": "139", "issue": "2", "pages": "179-184"}),
    ("Salas, Camas y Té; 8(1); 132-145", {"journal": "Salas, Camas y Té", "volume": "8", "issue": "1", "pages": "132-145"}),
    ("Té; 49(); -", {"journal": "Té", "volume": "49"}),
    (" (2021) : ()", {"year": "2021"}),
    ("Journal of Tea", {}),
    ("x" * 5000 + ";1(2); 3-4", {}),
]  # fmt: skip


@pytest.mark.parametrize(("value", "parts"), CITATIONS)
def test_a_citation_string_is_taken_apart(value, parts):
    assert cited(value) == parts


def test_columns_of_their_own_are_believed_before_the_citation_string():
    stated = row(source="J Tea;12(3): 41-48, 2001.", volume="9")
    assert (stated.journal, stated.volume, stated.issue, stated.pages) == ("J Tea", "9", "3", "41-48")
    assert row(source="Journal of Tea").journal == "Journal of Tea"
    assert row(source="J Tea;12(3): 41-48, 2001.", journal="Journal of Tea").journal == "Journal of Tea"
    assert row(citation="a remark").journal == ""


def test_a_source_beside_a_journal_may_be_the_database_and_is_no_journal():
    assert row(source="embase", journal="").journal == ""


def test_whole_numbers_that_a_spreadsheet_gave_a_decimal_are_whole():
    read = row(pmid="90000001.0", volume="12.0", issue="3.0", pages="41.0", abstract="Version 2.0")
    assert (read.pmid, read.volume, read.issue, read.pages, read.abstract) == (
        "90000001",
        "12",
        "3",
        "41",
        "Version 2.0",
    )


def test_editors_come_apart_like_authors():
    assert row(editors="Ames B., Cole D.").editors == ["Ames, B.", "Cole, D."]


def test_the_fuller_column_of_two_is_taken():
    assert row(**{"Periodical Abbrev": "J Tea", "Periodical Full": "Journal of Tea"}).journal == "Journal of Tea"
    assert row(date="2001-05-04", **{"Publication Year": "2002"}).year == 2002


def test_the_day_a_database_took_an_entry_in_is_not_its_year():
    assert house((*PUBMED, "Create Date"), "90000001", "Tea", "", "", "J Tea", "", "2022/01/05").year is None


def test_a_column_called_id_holds_keywords_in_web_of_sciences_codes_only():
    assert house(("TI", "PY", "SO", "ID"), "Tea", "2001", "J Tea", "cups; spoons").keywords == ["cups", "spoons"]
    assert house(("Title", "Year", "Journal", "ID"), "Tea", "2001", "J Tea", "x-17").keywords == []


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


def test_one_apostrophe_comes_off_and_only_where_it_guards():
    (draft,) = drafts("Title,Year,Abstract\n''-omics of tea,2001,'tis only text\n")
    assert (draft.fields["title"], draft.fields["abstract"]) == (["'-omics of tea"], ["'tis only text"])


def test_words_for_empty_are_empty():
    nothing = row(journal="NA", volume="n/a", abstract="[No abstract available]", keywords="null")
    assert (nothing.journal, nothing.volume, nothing.abstract, nothing.keywords) == ("", "", "", [])


def test_a_doi_is_taken_from_the_link_where_it_has_no_column_of_its_own():
    assert row(url="https://doi.org/10.5555/t.1").doi == "10.5555/t.1"
    assert row(url="https://example.org/10.5555/t.1").doi == ""


def test_a_header_alone_is_no_success():
    assert [type(each) for each in read(Source.of("Title,Year,DOI\n"))] == [Rejected]


def test_a_cell_of_blanks_without_end_holds_nobody_up():
    blanks = " " * 100_000
    assert row(authors=f"Ames B., Cole{blanks}D.").authors == ["Ames, B.", "Cole, D."]


@pytest.mark.parametrize(
    "text",
    [
        "title,abstract\nA walk,We walked.\n",
        "sep=;\ntitle;year\nA walk;2001\n",
        "Title\tYear\nA walk\t2001\n",
        "title,abstract,notes\nA walk,We walked.,mine\n",
    ],
)
def test_a_small_table_of_ones_own_is_a_table(text):
    (draft,) = [each for each in read(Source.of(text)) if isinstance(each, Draft)]
    assert draft.fields["title"] == ["A walk"]


@pytest.mark.parametrize(
    "text", ["title, abstract\n", "We gave the title, year\nand nothing more was said about it.\n"]
)
def test_two_words_in_a_text_make_no_table(text):
    assert not any(isinstance(each, Draft) for each in read(Source.of(text)))
