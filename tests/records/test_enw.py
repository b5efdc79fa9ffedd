"""EndNote tagged, Refer, BibIX: what parts the entries, what the tags mean, and every tag and value kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, enw, sniff


def everything(text):
    return list(enw.read(Source.of(text)))


def entry(*rows):
    """The one record of an entry made of these rows, cleaned."""
    (draft,) = everything("\n".join(rows))
    return clean.draft(draft)


@pytest.mark.parametrize(
    "text", ["%0 Book\n%T Tea", "%A Ames, B.", "%E Ames, B.", "\ufeff%T Tea\n%D 2001", "a list\n\n%T Tea"]
)
def test_it_is_known_by_a_tag_with_a_value(text):
    assert sniff(Source.of(text)) is enw


@pytest.mark.parametrize(
    "text",
    [
        "% a remark\n@article{a, title={Tea}}",
        "%T in a remark\n@book{a, title={Tea}}",
        "%PDF-1.4",
        "%!PS",
        "100 %\n% of it",
        "%A",
    ],
)
def test_other_percent_signs_are_not_it(text):
    assert sniff(Source.of(text)) is not enw


ENTRIES = [
    ("%0 Book\n%T One\n\n%0 Book\n%T Two", 2),
    ("%0 Book\n%T One\n%0 Book\n%T Two", 2),  # no blank line
    ("%T One\n%0 Book\n%A Ames, B.\n%T Two\n%0 Book", 2),  # the title above the type
    ("%A Ames, B.\n%T One\n\n%A Cole, D.\n%T Two", 2),
    ("%T One\n%D 2001\n\n%T Two\n%D 2002", 2),
    ("%T One\n%D 2001\n\n%A Cole, D.\n%T Two", 2),
    ("%A Ames, B.\n\n%A Cole, D.", 2),
    ("%0 Book\n%T One\n\n%X An abstract below a gap", 1),
    ("%0 Book\n%A Ames, B.\n\n%T One", 1),
    ("%T One\n%X First paragraph\n\nsecond paragraph\n%U https://wells.example", 1),
    ("%T One\n\n\n%K wells\n\n%K sleep", 1),
]


@pytest.mark.parametrize(("text", "number"), ENTRIES)
def test_a_block_is_an_entry_unless_it_is_the_rest_of_one(text, number):
    assert [type(each) for each in everything(text)] == [Draft] * number


def test_two_titles_without_a_gap_are_noticed():
    (draft,) = everything("%A Ames, B.\n%T One\n%A Cole, D.\n%T Two")
    assert draft.notices


def test_the_paragraphs_of_an_abstract_are_kept():
    assert entry("%T Tea", "%X First.", "", "Second.").abstract == "First.\nSecond."


JOURNALS = [
    (("%0 Journal Article", "%J Wells", "%B Rain"), "Wells"),
    (("%0 Journal Article", "%B Wells"), "Wells"),
    (("%0 Book Section", "%B A History of Wells"), "A History of Wells"),
    (("%0 Book", "%B Series on Water"), ""),
    (("%0 Thesis", "%B Department of Wells"), ""),
    (("%B Wells",), "Wells"),
]


@pytest.mark.parametrize(("rows", "journal"), JOURNALS)
def test_the_journal_or_the_book_a_chapter_stands_in(rows, journal):
    assert entry("%T Tea", *rows).journal == journal


PAGES = [
    ("Journal Article", "11-19", "11-19", None),
    ("Book", "xii, 327 p.", "", 327),
    ("Book", "173 s.", "", 173),
    ("Book", "XX, 327 ", "", 327),
    ("Book", "11-19", "11-19", None),
    ("Journal Article", "173", "173", None),
]


@pytest.mark.parametrize(("kind", "value", "pages", "count"), PAGES)
def test_of_a_book_the_pages_say_how_many(kind, value, pages, count):
    found = entry(f"%0 {kind}", "%T Tea", f"%P {value}")
    assert (found.pages, found.page_count) == (pages, count)


def test_a_comma_behind_a_name_makes_it_a_group():
    assert entry("%T Tea", "%A Northmoor Wells,", "%A Beatrix Ames").authors == ["Northmoor Wells", "Ames, Beatrix"]


@pytest.mark.parametrize(
    ("row", "doi"),
    [
        ("%R 10.5555/a.1", "10.5555/a.1"),
        ("%R doi:10.5555/a.1", "10.5555/a.1"),
        ("%R URN:NBN:no-10.5555/a", ""),
        ("%U https://doi.org/10.5555/a.1", "10.5555/a.1"),
        ("%U https://wells.example/10.5555/a.1", ""),
    ],
)
def test_a_doi_counts_where_it_is_called_one(row, doi):
    assert entry("%T Tea", row).doi == doi


def test_keywords_stand_one_a_line_below_a_single_tag():
    assert entry("%T Tea", "%K wells", "sleep", "%K rain").keywords == ["wells", "sleep", "rain"]


def test_words_above_are_a_notice_and_an_entry_that_says_nothing_is_rejected():
    above, nothing, tea = everything("my list\n\n%0 Book\n%D 2001\n\n%0 Book\n%T Tea")
    assert (type(above), type(nothing), type(tea)) == (Notice, Rejected, Draft)
    assert nothing.lines == (3, 4)


ROW = st.tuples(
    st.sampled_from("AEKUZ9]>+~*"),
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=4))
def test_every_tag_and_value_is_kept_word_for_word(entries):
    text = "\n".join("%0 Book\n%T Tea\n" + "".join(f"%{tag} {value}\n" for tag, value in rows) for rows in entries)
    kept = [[(tag, value) for tag, value, _line in draft.raw] for draft in everything(text)]
    assert kept == [[("%0", "Book"), ("%T", "Tea"), *((f"%{tag}", value) for tag, value in rows)] for rows in entries]
