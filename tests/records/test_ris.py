"""RIS: tags in every spacing, entries without beginning or end, and every tag and value kept word for word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, ris


def drafts(text):
    return [each for each in ris.read(Source.of(text)) if isinstance(each, Draft)]


def entry(*rows, kind="JOUR"):
    """The one record of an entry made of these rows, cleaned."""
    (draft,) = drafts("\n".join([f"TY  - {kind}", *rows, "ER  - "]))
    return clean.draft(draft)


SPACINGS = [
    "TI  - Tea",
    "TI - Tea",
    "TI- Tea",
    "TI   - Tea",
    " TI  - Tea",
    "\tTI  - Tea",
    "TI\xa0\xa0-\xa0Tea",
    "TI  -\tTea",
]


@pytest.mark.parametrize("row", SPACINGS)
def test_a_tag_is_a_tag_in_every_spacing(row):
    assert entry(row).title == "Tea"


@pytest.mark.parametrize("end", ["ER  - ", "ER  -", "ER -", "ER-", "ER", " ER  - ", "ER\xa0\xa0-\xa0"])
def test_every_end_mark_ends_an_entry(end):
    found = drafts(f"TY  - JOUR\nTI  - One\n{end}\nTY  - JOUR\nTI  - Two\n{end}\n")
    assert [draft.fields["title"] for draft in found] == [["One"], ["Two"]]
    assert not any(draft.notices for draft in found)


@pytest.mark.parametrize("row", ["US - based nurses agreed", "pre - post", "COVID - a year later", "A - B"])
def test_words_before_a_dash_are_no_tag(row):
    assert entry("AB  - An abstract broken", row).abstract == f"An abstract broken\n{row}"


ISSUES = [
    (("VL  - 4", "IS  - 03"), "3"),
    (("VL  - 4", "CP  - 2"), "2"),
    (("VL  - 4", "M1  - 7"), "7"),
    (("M1  - 7",), ""),  # a number without a volume may be anything
    (("VL  - 4", "M1  - Art. 31"), ""),
    (("VL  - 4", "M1  - 7", "IS  - Suppl 1"), "Suppl 1"),
]


@pytest.mark.parametrize(("rows", "issue"), ISSUES)
def test_the_issue_is_taken_only_where_it_is_one(rows, issue):
    assert entry(*rows).issue == issue


PAGES = [
    (("SP  - 12", "EP  - 19"), "12-19"),
    (("SP  - 269-282",), "269-282"),
    (("SP  - 269-282", "EP  - 282"), "269-282"),
    (("SP  - 12", "EP  - 12"), "12"),
    (("EP  - S9",), "S9"),
    (("C7  - e1017",), "e1017"),
    (("SP  - e12-3", "C7  - 99"), "e12-3"),
]


@pytest.mark.parametrize(("rows", "pages"), PAGES)
def test_pages_stand_in_two_tags_or_in_one(rows, pages):
    assert entry(*rows).pages == pages


YEARS = [
    ("PY  - 2019/05/01/", 2019),
    ("Y1  - 2011///", 2011),
    ("DA  - 20190501", 2019),
    ("PY  - in press", None),
    ("PY  - n.d.", None),
]


@pytest.mark.parametrize(("row", "year"), YEARS)
def test_the_year_comes_from_any_date(row, year):
    assert entry(row).year == year


JOURNALS = [
    (("JF  - Long Name", "JA  - Lg Nm"), "Long Name"),
    (("T2  - Second Title", "J2  - Sec Tit"), "Second Title"),
    (("JA  - Lg Nm",), "Lg Nm"),
    (("JO  - NA", "J1  - Own"), "Own"),
]


@pytest.mark.parametrize(("rows", "journal"), JOURNALS)
def test_the_fullest_name_of_the_journal_is_taken(rows, journal):
    assert entry(*rows).journal == journal


def test_the_series_of_a_book_is_no_journal():
    book = entry("TI  - Wells", "T2  - Series on Water", kind="BOOK")
    assert (book.title, book.journal) == ("Wells", "")


def test_a_book_whose_own_title_stands_in_bt_has_no_journal():
    book = entry("BT  - Wells", kind="BOOK")
    assert (book.title, book.journal) == ("Wells", "")


def test_the_authors_come_once_though_two_tags_name_them():
    assert entry("AU  - Ames, B.", "A1  - Ames, B.").authors == ["Ames, B."]
    assert entry("AU  - Ames, B.", "A2  - Cole, D.").editors == ["Cole, D."]


def test_two_names_in_one_line_with_commas_stay_one_value():
    assert len(entry("AU  - Ames, B., Cole, D.").authors) == 1


BODIES = [
    ("RPRT", ("Kettle Bank",), ["Kettle Bank"]),
    ("JOUR", ("Greer Tolmie",), ["Tolmie, Greer"]),
    ("RPRT", ("Greer Tolmie", "Bea Ames"), ["Tolmie, Greer", "Ames, Bea"]),
    ("JOUR", ("Ames, B.", "Friends of Tea"), ["Ames, B.", "Friends of Tea"]),
    ("JOUR", ("Ames, B.", "Cole DE", "F. G. Dunn"), ["Ames, B.", "Cole, DE", "Dunn, F. G."]),
    ("BOOK", ("G. Tolmie",), ["Tolmie, G."]),
    ("JOUR", ("Ames, B.", "et al."), ["Ames, B."]),
    ("RPRT", ("Anonymous",), []),
]


@pytest.mark.parametrize(("kind", "names", "authors"), BODIES)
def test_a_name_without_comma_is_turned_round_only_where_it_cannot_be_a_body(kind, names, authors):
    assert entry(*(f"AU  - {name}" for name in names), kind=kind).authors == authors


def test_procite_states_the_volume_in_a_note_and_the_edition_in_its_place():
    chapter = entry("VL  - 2nd edition", "N1  - Volume ID: 3", "N1  - Issue ID: 1", kind="CHAP")
    assert (chapter.volume, chapter.issue) == ("3", "1")
    assert entry("VL  - 4", "N1  - The Volume ID: 3 is wrong").volume == "4"


def test_the_proceedings_stand_in_for_the_journal_of_a_conference_paper():
    assert entry("N1  - Proceedings Title: Spoons 98", kind="CONF").journal == "Spoons 98"
    assert entry("C3  - Spoons 98", kind="CPAPER").journal == "Spoons 98"
    assert entry("C3  - Custom three").journal == ""


def test_a_pubmed_number_is_an_accession_of_medline_only():
    assert entry("AN  - 90000018", "DB  - MEDLINE").pmid == "90000018"
    assert entry("AN  - 90000018", "DB  - Coastline").pmid == ""


def test_a_doi_in_a_note_counts_only_where_it_is_called_one():
    assert entry("N1  - see doi: 10.5555/a.1").doi == "10.5555/a.1"
    assert entry("N1  - a reply to 10.5555/a.1 and others").doi == ""


def test_text_between_entries_is_rejected_with_its_lines():
    found = list(
        ris.read(Source.of("TY  - JOUR\nTI  - One\nER  - \nlost words\n\nmore\nTY  - JOUR\nTI  - Two\nER  - "))
    )
    assert [each.lines for each in found if isinstance(each, Rejected)] == [(4, 6)]


def test_words_of_the_provider_above_the_first_entry_are_a_notice():
    found = list(ris.read(Source.of("Provider: Coastline\n\nTY  - JOUR\nTI  - One\nER  - ")))
    assert [type(each) for each in found] == [Notice, Draft]


def test_tags_above_the_first_entry_may_be_a_lost_one_and_are_rejected():
    found = list(ris.read(Source.of("AU  - Ames, B.\nTI  - Beheaded\nER  - \nTY  - JOUR\nTI  - One\nER  - ")))
    assert [each.lines for each in found if isinstance(each, Rejected)] == [(1, 2)]


def test_the_mark_at_the_end_of_old_files_is_nothing():
    found = list(ris.read(Source.of("TY  - JOUR\nTI  - One\nER  - \n\x1a")))
    assert [type(each) for each in found] == [Draft]


def test_a_line_separator_inside_a_title_ends_nothing():
    assert entry("TI  - Tea\u2028and rest").title == "Tea and rest"


ROW = st.tuples(
    st.from_regex(r"[A-DF-SU-Z][A-Z0-9]", fullmatch=True),  # neither TY nor ER
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=4))
def test_every_tag_and_value_is_kept_word_for_word(entries):
    text = "".join(
        "TY  - JOUR\n" + "".join(f"{tag}  - {value}\n" for tag, value in rows) + "ER  - \n\n" for rows in entries
    )
    kept = [[(tag, value) for tag, value, _line in draft.raw] for draft in drafts(text)]
    assert kept == [[("TY", "JOUR"), *rows] for rows in entries]
    places = [(tag, value, line) for draft in drafts(text) for tag, value, line in draft.raw]
    rows = dict(Source.of(text).lines())
    assert all(rows[line] == f"{tag}  - {value}" for tag, value, line in places)
