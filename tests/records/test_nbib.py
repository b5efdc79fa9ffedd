"""PubMed's nbib and ERIC's: entries with and without blank lines between them, and which tag wins where two say the same."""

import pytest

from records import clean
from records.readers import Draft, Rejected, Source, nbib, ris, sniff


def drafts(text):
    return [each for each in nbib.read(Source.of(text)) if isinstance(each, Draft)]


def entry(*rows):
    """The one record of an entry made of these rows, cleaned."""
    (draft,) = drafts("\n".join(["PMID- 90000001", *rows]))
    return clean.draft(draft)


def test_blank_lines_inside_an_entry_end_nothing():
    found = drafts("PMID- 90000001\nTI  - One\n\n\nAB  - Still one\n\nPMID- 90000002\nTI  - Two\n")
    assert [draft.lines for draft in found] == [(1, 5), (7, 8)]


def test_an_owner_above_the_number_opens_the_same_entry():
    found = drafts("OWN - NLM\nPMID- 90000001\nTI  - One\nOWN - NLM\nPMID- 90000002\nTI  - Two\n")
    assert [draft.fields["pmid"] for draft in found] == [["90000001"], ["90000002"]]


def test_a_value_goes_on_over_six_blanks():
    assert entry("TI  - Ten kettles", "      and a spoon").title == "Ten kettles and a spoon"


def test_a_page_range_at_the_beginning_of_a_wrapped_line_is_no_tag():
    assert entry("AB  - It rose to", "      AB - CD levels").abstract == "It rose to AB - CD levels"


AUTHORS = [
    (("FAU - Tolmie, Greer A", "AU  - Tolmie GA"), ["Tolmie, Greer A"]),
    (("AU  - Tolmie GA", "AU  - van der Plas J"), ["Tolmie, GA", "van der Plas, J"]),
    (("CN  - Hands Remember Study Group",), ["Hands Remember Study Group"]),
    (
        ("FAU - Tolmie, Greer", "CN  - Kettle Society of Port Ellery"),
        ["Tolmie, Greer", "Kettle Society of Port Ellery"],
    ),
]


@pytest.mark.parametrize(("rows", "authors"), AUTHORS)
def test_full_names_win_and_groups_stay_as_they_are(rows, authors):
    assert entry(*rows).authors == authors


def test_groups_stand_among_the_authors_in_the_order_of_the_entry():
    rows = (
        "FAU - Tolmie, Greer A",
        "AU  - Tolmie GA",
        "CN  - Kettle Group of the",
        "      Northern Wards",
        "FAU - Ames, Bea",
    )
    assert entry(*rows).authors == ["Tolmie, Greer A", "Kettle Group of the Northern Wards", "Ames, Bea"]
    assert entry("CN  -", "AU  - Ames B", "CN  - Friends of Tea").authors == ["Ames, B", "Friends of Tea"]


DOIS = [
    ("LID - 10.5555/a.1 [doi]", "10.5555/a.1"),
    ("AID - 10.5555/a.1 [doi]", "10.5555/a.1"),
    ("LID - https://doi.org/10.5555/a.1", "10.5555/a.1"),
    ("AID - S0000-1111(22)33333-4 [pii]", ""),
    ("SO  - Dense Lett. 2001;1(2):3. doi: 10.5555/a.1.", ""),
]


@pytest.mark.parametrize(("row", "doi"), DOIS)
def test_the_doi_stands_among_the_identifiers(row, doi):
    assert entry(row).doi == doi


def test_the_article_number_serves_where_no_pages_are_stated():
    assert entry("LID - e1017 [pii]").pages == "e1017"
    assert entry("PG  - 5-9", "LID - e1017 [pii]").pages == "5-9"


def test_a_date_gives_its_year_only():
    assert entry("DP  - 2017 Sep-Oct").year == 2017
    assert entry("DP  - Spring").year is None
    assert entry("DEP - 20180204").year == 2018


def test_the_title_in_its_own_language_is_another_title():
    both = entry("TI  - [Bread after stroke].", "TT  - Brot nach dem Schlaganfall.", "LA  - ger")
    assert both.alt_titles == [{"title": "Brot nach dem Schlaganfall.", "language": "de"}]
    assert entry("TT  - Brot nach dem Schlaganfall.").title == "Brot nach dem Schlaganfall"


def test_a_book_is_the_journal_of_its_chapter_only():
    chapter, book = entry("TI  - Wells", "BTI - Water and Trust"), entry("BTI - Water and Trust")
    assert (chapter.title, chapter.journal) == ("Wells", "Water and Trust")
    assert (book.title, book.journal) == ("Water and Trust", "")


def test_secondary_identifiers_name_the_trial():
    assert entry("SI  - ClinicalTrials.gov/NCT05550001", "SI  - Dryad/10.5555/d.1").trial_registrations == [
        "NCT05550001"
    ]


def test_an_entry_without_any_known_tag_is_rejected():
    found = list(nbib.read(Source.of("XX  - what\nYY  - ever\n\nPMID- 90000001\nTI  - One\n")))
    assert [type(each) for each in found] == [Rejected, Draft]
    assert found[0].lines == (1, 2)


def test_unknown_tags_are_kept_word_for_word():
    (draft,) = drafts("PMID- 90000001\nTI  - One\nQQQQ- nobody knows  this \n")
    assert ("QQQQ", "nobody knows  this ", 3) in draft.raw


def test_the_beginning_of_an_entry_may_be_missing():
    text = "STAT- MEDLINE\nTI  - A beheaded entry\nFAU - Ames, B\n"
    assert sniff(Source.of(text)) is nbib
    assert len(drafts(text)) == 1


def test_ris_is_not_taken_for_nbib():
    assert sniff(Source.of("TY  - JOUR\nPMID- 90000001\nTI  - One\nER  - \n")) is ris
    assert not nbib.recognises("TY  - JOUR\nAU  - Ames, B\nTI  - One\n")
