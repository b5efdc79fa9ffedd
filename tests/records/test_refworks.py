"""RefWorks tagged: entries from RT to RT, legends, names and pages, and every tag and value kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, refworks, sniff


def everything(text):
    return list(refworks.read(Source.of(text)))


def entry(*rows, kind="Journal Article"):
    """The one record of an entry made of these rows, cleaned."""
    (draft,) = everything("\n".join([f"RT {kind}", "SR Electronic(1)", *rows]))
    return clean.draft(draft)


@pytest.mark.parametrize(
    "text", ["RT Journal Article\nSR Print(0)\nT1 Tea", "a legend\n\nRT Book, Whole\nID 3", "\ufeffRT Generic\nT1 Tea"]
)
def test_it_is_known_by_a_type_with_another_tag_below(text):
    assert sniff(Source.of(text)) is refworks


@pytest.mark.parametrize("text", ["RT @somebody: tea\nand so on", "RT 12\nSR 13", "SR Print(0)\nT1 Tea"])
def test_other_letters_are_not_it(text):
    assert sniff(Source.of(text)) is not refworks


@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
def test_an_entry_ends_where_the_next_begins(between):
    found = everything(f"RT Generic\nT1 One\n{between}RT Generic\nT1 Two")
    assert [draft.fields["title"] for draft in found] == [["One"], ["Two"]]


def test_names_have_no_blank_behind_the_comma_or_stand_in_one_line():
    assert entry("A1 Ames,Beatrix", "A1 van Dale,C. J.").authors == ["Ames, Beatrix", "van Dale, C. J."]
    assert entry("A1 王一;李二").authors == ["王一", "李二"]


PAGES = [
    ("Journal Article", ("SP 11", "OP 19"), "11-19", None),
    ("Journal Article", ("SP 11",), "11", None),
    ("Journal Article", ("OP 11-19",), "11-19", None),
    ("Book, Whole", ("SP 327",), "", 327),
    ("Book, Section", ("SP 31", "OP 40"), "31-40", None),
]


@pytest.mark.parametrize(("kind", "rows", "pages", "count"), PAGES)
def test_first_and_other_pages_or_how_many_a_book_has(kind, rows, pages, count):
    found = entry("T1 Tea", *rows, kind=kind)
    assert (found.pages, found.page_count) == (pages, count)


JOURNALS = [
    ("Journal Article", ("JO W", "JF Wells"), "Wells"),
    ("Journal Article", ("T2 Wells",), "Wells"),
    ("Book, Section", ("T2 A History of Wells", "JF Other"), "A History of Wells"),
    ("Book, Whole", ("T2 Series on Water",), ""),
    ("Dissertation/Thesis", ("T2 Department of Wells",), ""),
]


@pytest.mark.parametrize(("kind", "rows", "journal"), JOURNALS)
def test_the_journal_or_the_book_a_chapter_stands_in(kind, rows, journal):
    assert entry("T1 Tea", *rows, kind=kind).journal == journal


def test_a_doi_in_an_address_counts_where_there_is_no_other():
    assert entry("T1 Tea", "LK https://doi.org/10.5555/a.1").doi == "10.5555/a.1"
    assert entry("T1 Tea", "LK https://doi.org/10.5555/a.1", "DO 10.5555/b.2").doi == "10.5555/b.2"


def test_what_an_entry_says_once_is_text_the_second_time():
    found = entry("IS 3", "AB We asked villagers.", "IS a well deep?", "K1 wells")
    assert (found.issue, found.abstract) == ("3", "We asked villagers.\nIS a well deep?")


def test_capitals_that_are_no_tag_go_on_with_the_text():
    assert (
        entry("AB We asked villagers in the", "UK and elsewhere.").abstract
        == "We asked villagers in the\nUK and elsewhere."
    )


def test_a_legend_and_words_above_are_notices_and_no_records():
    found = everything("my list\n\nRT Reference Type\nSR Source Type\nT1 Primary Title\n\nRT Generic\nT1 Tea")
    assert [type(each) for each in found] == [Notice, Notice, Draft]


def test_tags_above_the_first_type_may_be_a_lost_entry_and_are_rejected():
    found = everything("A1 Ames,B\nT1 Beheaded\n\nRT Generic\nT1 Tea")
    assert [type(each) for each in found] == [Rejected, Draft]
    assert found[0].lines == (1, 2)


def test_an_entry_that_says_nothing_is_rejected():
    (nothing,) = everything("RT Generic\nSR Print(0)\nID 2")
    assert (type(nothing), nothing.lines) == (Rejected, (1, 3))


ROW = st.tuples(
    st.sampled_from(["A1", "K1", "NO", "U5", "CL", "AD", "PMID"]),
    st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=4))
def test_every_tag_and_value_is_kept_word_for_word(entries):
    text = "".join("RT Generic\nT1 Tea\n" + "".join(f"{t} {v}\n" for t, v in rows) + "\n" for rows in entries)
    kept = [[(tag, value) for tag, value, _line in draft.raw] for draft in everything(text)]
    assert kept == [[("RT", "Generic"), ("T1", "Tea"), *rows] for rows in entries]
