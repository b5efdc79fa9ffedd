"""EndNote XML: runs of style, several journals, kinds without a number, and DOIs wherever people put them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Rejected, Source, endnote_xml


def entry(*elements, kind="Journal Article", number="17"):
    """The one record of an export with these elements in its entry, cleaned."""
    head = f'<xml><records><record><ref-type name="{kind}">{number}</ref-type>'
    text = head + "".join(elements) + "</record></records></xml>"
    (draft,) = endnote_xml.read(Source.of(text))
    return clean.draft(draft)


def title(text="Tea", *more):
    return f"<titles><title>{text}</title>{''.join(more)}</titles>"


STYLES = [
    ("<style face='normal'>Tea and rest</style>", "Tea and rest"),
    ("<style>Tea of </style><style face='italic'>Salix</style><style>, warm</style>", "Tea of Salix, warm"),
    ("CO<style face='subscript'>2</style> in tea", "CO2 in tea"),
    ("<style><style>Tea</style> twice</style>", "Tea twice"),
    ("\n   <style>Tea\n      and rest\n</style>\n", "Tea and rest"),
    ("Tea &amp; rest &lt;warm&gt;", "Tea & rest <warm>"),
]


@pytest.mark.parametrize(("written", "read"), STYLES)
def test_runs_of_style_are_one_value(written, read):
    assert entry(title(written)).title == read


JOURNALS = [
    (("<periodical><full-title>Annals of Tea</full-title><abbr-1>Ann Tea</abbr-1></periodical>",), "Annals of Tea"),
    (("<titles><secondary-title>Annals of Tea</secondary-title></titles>",), "Annals of Tea"),
    (("<titles><alt-title>Ann Tea</alt-title></titles>",), "Ann Tea"),
    (("<periodical><abbr-1>Ann Tea</abbr-1></periodical>",), "Ann Tea"),
    (("<periodical/>", "<alt-periodical><full-title>Teas</full-title></alt-periodical>"), "Teas"),
    (("<periodical/>",), ""),
]


@pytest.mark.parametrize(("elements", "journal"), JOURNALS)
def test_the_fullest_name_of_the_journal_is_taken(elements, journal):
    assert entry(*elements, "<abstract>Tea.</abstract>").journal == journal


@pytest.mark.parametrize("number", ["0", "17", "3", ""])
def test_the_kind_is_a_word_whatever_number_a_program_gives_it(number):
    assert entry(title(), number=number).type == "Journal Article"


def test_the_series_of_a_book_is_no_journal_but_the_book_of_a_chapter_stands_for_one():
    series = "<secondary-title>Lantern Series</secondary-title>"
    assert entry(title("Wells", series), kind="Book").journal == ""
    assert entry(title("Wells", series), kind="Book Section").journal == "Lantern Series"


def test_second_authors_are_editors_only_where_the_kind_says_so():
    second = "<contributors><secondary-authors><author>Cole, D.</author></secondary-authors></contributors>"
    assert entry(title(), second, kind="Book Section").editors == ["Cole, D."]
    assert entry(title(), second, kind="Newspaper Article").editors == []


DOIS = [
    ("<electronic-resource-num>10.5555/tea.1</electronic-resource-num>", "10.5555/tea.1"),
    ("<electronic-resource-num>https://doi.org/10.5555/tea.1</electronic-resource-num>", "10.5555/tea.1"),
    ("<electronic-resource-num>doi:10.5555/tea.1&#xD;PII S1</electronic-resource-num>", "10.5555/tea.1"),
    ("<urls><related-urls><url>http://dx.doi.org/10.5555/tea.1</url></related-urls></urls>", "10.5555/tea.1"),
    ("<urls><web-urls><url>https://doi.org/10.5555/tea.1</url></web-urls></urls>", "10.5555/tea.1"),
    ("<custom3>DOI: 10.5555/tea.1</custom3>", "10.5555/tea.1"),
    ("<notes>10.5555/tea.1</notes>", "10.5555/tea.1"),
    ("<notes>a reply to 10.5555/tea.1 and others</notes>", ""),
    ("<urls><related-urls><url>https://example.org/10.5555/tea.1</url></related-urls></urls>", ""),
    ("<electronic-resource-num>PII S0000</electronic-resource-num>", ""),
]


@pytest.mark.parametrize(("element", "doi"), DOIS)
def test_a_doi_counts_wherever_it_is_called_one(element, doi):
    assert entry(title(), element).doi == doi


def test_paragraphs_of_an_abstract_stay_apart_and_wrapped_lines_do_not():
    written = "<abstract><style>Background: little\n   is known.&#xD;&#xD;Results: tea helped.&#xD;</style></abstract>"
    assert entry(title(), written).abstract == "Background: little is known.\nResults: tea helped."


def test_a_number_of_pubmed_is_one_only_where_the_database_says_so():
    number = "<accession-num>90000051</accession-num>"
    assert entry(title(), number, "<remote-database-name>MEDLINE</remote-database-name>").pmid == "90000051"
    assert entry(title(), number).pmid == ""
    assert entry(title(), number).accession == "90000051"


PAGES = [
    ("<pages>101-9</pages>", "101-9"),
    ("<pages>e17</pages><article-number>99</article-number>", "e17"),
    ("<article-number>e99</article-number>", "e99"),
    ("", ""),
]


@pytest.mark.parametrize(("elements", "pages"), PAGES)
def test_pages_or_else_the_number_of_the_article(elements, pages):
    assert entry(title(), elements).pages == pages


def test_names_with_commas_and_bodies_stay_one_author_each():
    names = "<author>Ames, B. T.</author><author>Tidewater Study Group</author><author>van Dorn, Cleo</author>"
    found = entry(title(), f"<contributors><authors>{names}</authors></contributors>")
    assert found.authors == ["Ames, B. T.", "Tidewater Study Group", "van Dorn, Cleo"]


def test_several_names_or_words_in_one_element_are_told_apart_by_their_paragraphs():
    names = "<contributors><authors><author>Ames, Bo&#xD;Cole, Dana&#xD;</author></authors></contributors>"
    found = entry(title(), names, "<keywords><keyword>tea&#xD;rest, long</keyword><keyword>cups</keyword></keywords>")
    assert found.authors == ["Ames, Bo", "Cole, Dana"]
    assert found.keywords == ["tea", "rest, long", "cups"]


RECOGNISED = [
    ("<?xml version='1.0'?><xml><records><record>", True),
    ("\ufeff<xml>\n <records>", True),
    ("<records><record><source-app name='EndNote'>", True),
    ("<records><record><leader>00000</leader>", False),
    ("<xml><items><item>", False),
    ("an <xml><records><record> in words", False),
]


@pytest.mark.parametrize(("head", "known"), RECOGNISED)
def test_only_endnotes_own_elements_are_recognised(head, known):
    assert endnote_xml.recognises(head) is known


WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.sampled_from(["title", "odd", "volume"]), WORD), max_size=5), min_size=1, max_size=5)
)
def test_every_entry_comes_out_and_every_value_is_kept(entries):
    rows = ["".join(f"<{tag}>{value}</{tag}>" for tag, value in each) for each in entries]
    text = "<xml><records>" + "".join(f"<record><titles>{row}</titles></record>" for row in rows) + "</records></xml>"
    found = list(endnote_xml.read(Source.of(text)))
    assert [type(each) for each in found] == [Draft if "<title>" in row else Rejected for row in rows]
    for each, given_rows in zip(found, entries, strict=True):
        if isinstance(each, Draft):
            assert [(path.removeprefix("titles/"), value) for path, value, _line in each.raw] == given_rows
