"""Ovid: numbered entries with tags or words, citations taken apart, names without marks, and every value kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, ovid, sniff
from records.readers.ovid_source import split_book, split_source


def everything(text):
    return list(ovid.read(Source.of(text)))


def entry(*rows):
    """The one record of an entry made of these rows, cleaned."""
    (draft,) = everything("\n".join(["<1. >", "VN  - Ovid Technologies", *rows]))
    return clean.draft(draft)


@pytest.mark.parametrize(
    "text",
    [
        "<1. >\nVN  - Ovid Technologies\nTI  - Tea",
        " <12. >\n VN - Ovid Technologies",
        "<3>\nTitle\n  Tea",
        "Database: a\n\n<1>\n\nUI  - 1",
        "VN  - Ovid Technologies\nTI  - Tea",
    ],
)
def test_it_is_known_by_its_numbers_or_its_own_line(text):
    assert sniff(Source.of(text)) is ovid


@pytest.mark.parametrize(
    "text", ["<1>\nTY  - JOUR\nTI  - Tea", "<html>\n<1>\nwords", "<1>\nPMID- 1", "1. Tea\nTI  - Tea"]
)
def test_other_numbers_are_not_it(text):
    assert sniff(Source.of(text)) is not ovid


SOURCES = [
    ("Wells. 14(3):11-9, 2021 Mar.", ("Wells", "14", "3", "11-9", 2021)),
    ("J. Appl. Wells. 14(3):11-9, 2021 Mar.", ("J. Appl. Wells", "14", "3", "11-9", 2021)),
    ("Wells. 340:c123, 2010.", ("Wells", "340", "", "c123", 2010)),
    ("Wells. (3):CD009999, 2012.", ("Wells", "", "3", "CD009999", 2012)),
    ("Wells. 12(3 Suppl):S1-9, 2001.", ("Wells", "12", "3 Suppl", "S1-9", 2001)),
    ("Wells. 12 Suppl 1:S3-9, 2010.", ("Wells", "12 Suppl 1", "", "S3-9", 2010)),
    ("Gazette of Wells. 1288(3), Nov. 16, 2004.", ("Gazette of Wells", "1288", "3", "", 2004)),
    ("Wells.   8(6):1048-1064, September 2015.", ("Wells", "8", "6", "1048-1064", 2015)),
    ("Wells. 12 (3) (pp 101-109), 2018. Date of Publication: 01 Mar 2018.", ("Wells", "12", "3", "101-109", 2018)),
    ("Wells. 12 (no pagination), 2019. Article Number: e17.", ("Wells", "12", "", "e17", 2019)),
    ("Wells. Conference: A Meeting. Spain. 12 (Suppl. 3) (pp S12), 2018.", ("Wells", "12", "Suppl. 3", "S12", 2018)),
    ("Wells. Vol.43(5), Sep 2015, pp. 623-634. ", ("Wells", "43", "5", "623-634", 2015)),
    ("Wells. Vol.75(2-A(E)),2014, pp. No Pagination Specified.", ("Wells", "75", "2-A(E)", "", 2014)),
    ("Wells. Vol.12, 2014, ArtID 123.", ("Wells", "12", "", "123", 2014)),
    ("Wells 12, Winter 2007: 7-14.", ("Wells", "12", "", "7-14", 2007)),
    ("Wells: With a Subtitle June 2019;1(6):123-456", ("Wells: With a Subtitle", "1", "6", "123-456", 2019)),
    ("Wells. 2019 Jan 05.", ("Wells", "", "", "", 2019)),
    ("Wells. ", ("Wells", "", "", "", None)),
]


@pytest.mark.parametrize(("value", "parts"), SOURCES)
def test_a_citation_is_taken_apart(value, parts):
    found = entry("TI  - Tea", f"SO  - {value}")
    assert (found.journal, found.volume, found.issue, found.pages, found.year) == parts


def test_tags_of_their_own_go_before_the_citation():
    found = entry(
        "SO  - Wells. 14(3):11-9, 2021 Mar.", "JN  - Wells and Springs", "VO  - 15", "PG  - 1-2", "YR  - 2020"
    )
    assert (found.journal, found.volume, found.issue, found.pages) == ("Wells and Springs", "15", "3", "1-2")
    assert found.year == 2020


def test_a_citation_that_fits_nothing_states_nothing():
    assert split_source("12345: see [there], and more 67") == {}


def test_a_chapter_stands_in_a_book_with_editors():
    found = entry(
        "TI  - Tea", "SO  - Ames, B. [Ed]; Cole, D. [Ed]. (2012). A book of wells. (pp. 11-31). xvii, 254 pp."
    )
    assert (found.journal, found.pages, found.year) == ("A book of wells", "11-31", 2012)
    assert found.editors == ["Ames, B.", "Cole, D."]
    assert split_book("A book of wells") == {"journal": "A book of wells"}


TITLES = [
    ("Tea.", "Tea"),
    ("Tea. [References].", "Tea"),
    ("Tea. [Review] [25 refs]", "Tea"),
    ("Tea.[Miscellaneous]", "Tea"),
    ("[Tee]. [German]", "[Tee]"),
    ("[Tee am Brunnen.]", "[Tee am Brunnen.]"),
    ("Does tea [Camellia] help?", "Does tea [Camellia] help?"),
]


@pytest.mark.parametrize(("value", "title"), TITLES)
def test_remarks_behind_a_title_are_none_of_it(value, title):
    assert entry(f"TI  - {value}").title == title


NAMES = [
    ("Ames B", ["Ames, B"]),
    ("van der Cole D.E.", ["van der Cole, D.E."]),
    ("Ames, Beatrix [Author, Reprint Author; E-mail: b@wells.example]", ["Ames, Beatrix"]),
    ("AMES, Beatrix.", ["AMES, Beatrix"]),
    ("Ames, Beatrix 1;  Cole, David MD, PhD 1,2;  Dunn, Ella *", ["Ames, Beatrix", "Cole, David", "Dunn, Ella"]),
    ("Ames, Beatrix RN; PhD; FAAN 1", ["Ames, Beatrix"]),
    ("Ames, MD", ["Ames, MD"]),  # initials, not a degree
    ("Ames, B. Jr.", ["Ames, B. Jr."]),
    ("Anonymous.", []),
]


@pytest.mark.parametrize(("value", "names"), NAMES)
def test_names_lose_marks_roles_and_degrees(value, names):
    assert entry("TI  - Tea", f"AU  - {value}").authors == names


def test_names_below_each_other_are_several():
    assert entry("TI  - Tea", "AU  - Ames B", "      Cole D").authors == ["Ames, B", "Cole, D"]


def test_a_number_is_pubmed_s_only_in_medline():
    assert entry("TI  - Tea", "DB  - Ovid MEDLINE(R)", "UI  - 90000011").pmid == "90000011"
    assert entry("TI  - Tea", "DB  - Embase", "UI  - 690000011").pmid == ""


def test_the_day_of_entry_is_no_editor():
    assert entry("TI  - Tea", "ED  - 20210401").editors == []


def test_words_before_a_dash_are_no_tag_where_tags_have_two_blanks():
    assert (
        entry("AB  - People from the", "US - most of them - agreed.").abstract
        == "People from the\nUS - most of them - agreed."
    )


@pytest.mark.parametrize("between", ["\n", "", "\n\n\n"])
@pytest.mark.parametrize("number", ["<2. >", "<2>", " <2. >"])
def test_a_number_begins_an_entry(number, between):
    found = everything(f"<1. >\nTI  - One\n{between}{number}\nTI  - Two")
    assert [draft.fields["title"] for draft in found] == [["One"], ["Two"]]


def test_without_numbers_ovid_s_own_line_begins_an_entry():
    found = everything("VN  - Ovid Technologies\nTI  - One\n\nVN  - Ovid Technologies\nTI  - Two")
    assert [draft.fields["title"] for draft in found] == [["One"], ["Two"]]


def test_words_above_are_a_notice_and_an_entry_that_says_nothing_is_rejected():
    found = everything("1 exp Wells/\n\n<1. >\nXX  - nothing\n\n<2. >\nTI  - Tea")
    assert [type(each) for each in found] == [Notice, Rejected, Draft]
    assert found[1].lines == (3, 4)


ROW = st.tuples(
    st.sampled_from(["AU", "MH", "XX", "IN", "Q7"]),
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=4))
def test_every_tag_and_value_is_kept_word_for_word(entries):
    text = "".join("<1. >\nTI  - Tea\n" + "".join(f"{t}  - {v}\n" for t, v in rows) + "\n" for rows in entries)
    kept = [[(tag, value) for tag, value, _line in draft.raw] for draft in everything(text)]
    assert kept == [[("", "<1. >"), ("TI", "Tea"), *rows] for rows in entries]
