"""Web of Science, tagged and tab-delimited: heads in the middle, marks that are missing, names, pages, every tag kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, sniff, wos, wos_tab

HEAD = "FN Clarivate Analytics Web of Science\nVR 1.0\n"


def everything(text, reader=wos):
    return list(reader.read(Source.of(text)))


def entry(*rows, kind="J"):
    """The one record of an entry made of these rows, cleaned."""
    (draft,) = everything("\n".join([f"{HEAD}PT {kind}", *rows, "ER", "", "EF"]))
    return clean.draft(draft)


@pytest.mark.parametrize(
    "head",
    [
        HEAD + "PT J\nTI Tea\nER\n\nEF",
        "\ufeff" + HEAD + "PT J\nTI Tea\nER",
        "PT J\nTI Tea\nER",
        "FN ISI Export Format\nVR 1.0\n \nPT K\nTI Tea",
        HEAD + "EF",
    ],
)
def test_it_is_known_by_its_head_or_by_its_first_entry(head):
    assert sniff(Source.of(head)) is wos


@pytest.mark.parametrize("text", ["PT Cruiser, a car\nTI x", "FN is a short word\nand so on", "VR 1.0\nTI Tea"])
def test_words_that_only_look_like_its_head_are_not_it(text):
    assert sniff(Source.of(text)) is not wos


def test_lines_go_on_behind_three_blanks():
    assert entry("TI A title", "   that goes on").title == "A title that goes on"
    assert entry("AU Ames, B", "   Cole, D").authors == ["Ames, B", "Cole, D"]


def test_where_the_blanks_are_lost_two_capitals_may_be_words():
    found = entry("IS 4", "AB We asked", "villagers in the", "UK and elsewhere. What", "IS a well?")
    assert found.abstract == "We asked villagers in the UK and elsewhere. What IS a well?"


AUTHORS = [
    (("AU Ames, B", "AF Ames, Beatrix"), ["Ames, Beatrix"]),
    (("AU Ames, B", "   Cole, D", "AF Ames, Beatrix"), ["Ames, B", "Cole, D"]),  # a full name is missing
    (("AU Ames, Beatrix (b.ames@wells.example) ",), ["Ames, Beatrix"]),
    (("AU YANG Y", "   LI W"), ["YANG, Y", "LI, W"]),
    (("AU Zhang Zhi-Ning",), ["Zhang Zhi-Ning"]),  # which part is the family name is not stated
    (("AU Ames, B", "CA Coastal Wells Study Grp"), ["Ames, B", "Coastal Wells Study Grp"]),
    (("BA Ames, B", "BF Ames, Beatrix"), ["Ames, Beatrix"]),
    (("GP Wells Press",), ["Wells Press"]),
    (("AU [Anonymous]",), []),
]


@pytest.mark.parametrize(("rows", "names"), AUTHORS)
def test_full_names_are_preferred_and_none_is_turned_round(rows, names):
    assert entry("TI Tea", *rows).authors == names


PAGES = [
    (("BP 11", "EP 19"), "11-19"),
    (("BP 11", "EP 11"), "11"),
    (("BP S4",), "S4"),
    (("AR e17",), "e17"),
    (("BP 1", "EP 9", "AR e17"), "1-9"),
    (("PS 221-230",), "221-230"),
    (("SP 467", "EP 472", "AR 467-72"), "467-472"),
    (("SP Wells Fdn; Springs Inc", "AR e17"), "e17"),  # sponsors of a conference
    (("PG 12",), ""),  # how many pages, not which
]


@pytest.mark.parametrize(("rows", "pages"), PAGES)
def test_pages_or_the_article_number(rows, pages):
    assert entry("TI Tea", *rows).pages == pages


YEARS = [
    (("PY 2019", "PD JAN 2018"), 2019),
    (("PD 04 2006",), 2006),
    (("EA MAR 2022",), 2022),
    (("DA 2020-01-11",), None),
]


@pytest.mark.parametrize(("rows", "year"), YEARS)
def test_the_year_is_that_of_publication_never_the_day_of_export(rows, year):
    assert entry("TI Tea", *rows).year == year


def test_a_book_is_not_its_own_journal():
    book = entry("TI A History of Wells", "SO A HISTORY OF WELLS", "D2 10.5555/wells", kind="B")
    assert (book.journal, book.doi, book.type) == ("", "10.5555/wells", "book")


def test_the_doi_of_a_book_is_not_that_of_its_chapter():
    chapter = entry("TI Buckets", "SO A HISTORY OF WELLS", "D2 10.5555/wells", "DT Article; Book Chapter", kind="B")
    assert (chapter.journal, chapter.doi) == ("A HISTORY OF WELLS", "")


def test_titles_and_abstracts_in_other_languages_stand_beside_or_in():
    found = entry("TI Tea", "Y1 El té", "Z1 Чай", "Y4 Bebimos té.")
    assert [each["title"] for each in found.alt_titles] == ["El té", "Чай"]
    assert found.abstract == "Bebimos té."
    assert entry("TI Tea", "AB We drank.", "Y4 Bebimos té.").abstract == "We drank."


def test_a_number_of_medline_is_a_pubmed_number():
    assert entry("TI Tea", "UT MEDLINE:90000032").pmid == "90000032"
    assert entry("TI Tea", "UT WOS:000000000000032").pmid == ""


@pytest.mark.parametrize("between", ["ER\n\n", "", "ER\n\nEF\n" + HEAD, "EF\n" + HEAD, HEAD, "ER\n"])
def test_two_entries_are_two_whatever_stands_between(between):
    found = everything(f"{HEAD}PT J\nTI One\n{between}PT J\nTI Two\nER")
    assert [draft.fields["title"] for draft in found] == [["One"], ["Two"]]


def test_an_entry_without_its_beginning_is_an_entry_and_says_so():
    first, second = everything(f"{HEAD}AU Ames, B\nTI One\nER\n\nPT J\nTI Two\nER")
    assert first.notices == ["the entry had no beginning (PT)"]
    assert second.notices == []


@pytest.mark.parametrize("end", ["", "EF\n", "\n\nEF", "ER\nEF"])
def test_a_head_without_entries_is_no_success(end):
    assert [type(each) for each in everything(HEAD + end)] == [Rejected]


def test_an_entry_that_says_nothing_is_rejected_with_its_lines():
    _one, nothing = everything(f"{HEAD}PT J\nTI One\nER\nPT J\nNR 0\nER\nEF")
    assert (type(nothing), nothing.lines) == (Rejected, (6, 8))


def test_remarks_above_are_a_notice_and_remarks_between_are_rejected():
    above, one, between, two = everything(f"my list\n{HEAD}PT J\nTI One\nER\nlost\nwords\nPT J\nTI Two\nER")
    assert (type(above), type(one), type(two)) == (Notice, Draft, Draft)
    assert (type(between), between.lines) == (Rejected, (7, 8))


ROW = st.tuples(
    st.sampled_from(["AU", "TI", "SO", "AB", "QX", "Q9", "CR"]),
    st.lists(st.from_regex(r"[a-z]([a-z ,;.]{0,30}[a-z])?", fullmatch=True), min_size=1, max_size=3).map("\n".join),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=4), st.booleans())
def test_every_tag_and_value_is_kept_word_for_word(entries, ends):
    entries = [[("TI", "Tea"), *rows] for rows in entries]
    rows = [
        f"PT J\n{''.join(f'{t} {v}'.replace(chr(10), chr(10) + '   ') + chr(10) for t, v in rows)}" for rows in entries
    ]
    found = everything(HEAD + ("ER\n\n" if ends else "").join(rows))
    assert [[(tag, value) for tag, value, _line in draft.raw] for draft in found] == [
        [("PT", "J"), *rows] for rows in entries
    ]


# Tab-delimited


def table(*rows, header="PT\tAU\tAF\tTI\tSO\tPY\tUT\t"):
    return everything("\n".join([header, *rows]), wos_tab)


def test_quotation_marks_in_a_table_are_text():
    (draft,) = table('J\tAmes, B\t\t"Wells" and 12" buckets\tWELLS\t2001\tWOS:1\t')
    assert clean.draft(draft).title == '"Wells" and 12" buckets'


def test_names_in_a_cell_are_parted_by_semicolons():
    (draft,) = table("J\tAmes, B; Cole, D\tAmes, Beatrix; Cole, David\tTea\tWELLS\t2001\tWOS:1\t")
    assert clean.draft(draft).authors == ["Ames, Beatrix", "Cole, David"]


def test_a_second_header_begins_the_next_export():
    one, two = table("J\tAmes, B\t\tOne\tWELLS\t2001\tWOS:1", "TI\tAU\tPY\tUT", "Two\tCole, D\t2002\tWOS:2")
    assert [draft.fields["title"] for draft in (one, two)] == [["One"], ["Two"]]


@pytest.mark.parametrize(("cells", "said"), [(3, True), (7, False), (8, False), (9, True)])
def test_a_line_with_too_few_or_too_many_cells_says_so(cells, said):
    (draft,) = table("\t".join(["J", "Ames, B", "", "Tea", "WELLS", "2001", "WOS:1", "", "more"][:cells]))
    assert bool(draft.notices) is said


@pytest.mark.parametrize("header", ["PT\tAU\tTI\tSO\tPY", "AU\tTI\tSO\tUT\t\t", "\ufeffPT\tAU\tTI\tUT"])
def test_a_table_is_known_by_its_header(header):
    assert sniff(Source.of(header + "\nx\ty\tz\tw")) is wos_tab


@pytest.mark.parametrize("header", ["id\tti\tau\tso\tpy", "TI\tAU", "PT,AU,TI,SO,UT"])
def test_other_tables_are_not_it(header):
    assert sniff(Source.of(header + "\nx\ty\tz\tw")) is not wos_tab
