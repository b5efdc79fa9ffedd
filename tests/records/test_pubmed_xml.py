"""PubMed XML: labelled sections, inline markup, collectives, dates in words, books and chapters."""

import pytest

from records import clean
from records.readers import Draft, Rejected, Source, pubmed_xml

TITLE = "<ArticleTitle>Tea.</ArticleTitle>"


def drafts(text):
    return [each for each in pubmed_xml.read(Source.of(text)) if isinstance(each, Draft)]


def article(inside=TITLE, *, beside="", data=""):
    """The one record of a set with these elements in its article, beside it, and in PubMed's own data."""
    text = f"<PubmedArticle><MedlineCitation><PMID>90000061</PMID><Article>{inside}</Article>{beside}</MedlineCitation>"
    (draft,) = drafts(f"<PubmedArticleSet>{text}<PubmedData>{data}</PubmedData></PubmedArticle></PubmedArticleSet>")
    return clean.draft(draft)


def book(inside):
    (draft,) = drafts(
        f"<PubmedBookArticle><BookDocument><PMID>90000062</PMID>{inside}</BookDocument></PubmedBookArticle>"
    )
    return clean.draft(draft)


def issue(date, *, rest=""):
    return f"{TITLE}<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal>{rest}"


SECTIONS = [
    ("<AbstractText>Tea helped.</AbstractText>", "Tea helped."),
    (
        '<AbstractText Label="AIM">To rest.</AbstractText><AbstractText Label="RESULTS">Tea helped.</AbstractText>',
        "AIM: To rest.\nRESULTS: Tea helped.",
    ),
    (
        '<AbstractText NlmCategory="METHODS">To rest.</AbstractText><AbstractText Label="UNLABELLED">So.</AbstractText>',
        "To rest.\nSo.",
    ),
    ('<AbstractText Label="AIM"/><AbstractText>Tea.</AbstractText>', "Tea."),
    ("<AbstractText>H<sub>2</sub>O at 10<sup>3</sup>, <i>p</i> &lt; 0.05</AbstractText>", "H2O at 103, p < 0.05"),
    ("<AbstractText>Tea.</AbstractText><CopyrightInformation>The Authors.</CopyrightInformation>", "Tea."),
]


@pytest.mark.parametrize(("sections", "abstract"), SECTIONS)
def test_sections_keep_their_headings_and_lose_their_markup(sections, abstract):
    assert article(f"{TITLE}<Abstract>{sections}</Abstract>").abstract == abstract


def test_an_abstract_in_another_place_stands_in_for_a_missing_one_only():
    other = "<OtherAbstract><AbstractText>Other.</AbstractText></OtherAbstract>"
    assert article(beside=other).abstract == "Other."
    own = "<Abstract><AbstractText>Own.</AbstractText></Abstract>"
    assert article(TITLE + own, beside=other).abstract == "Own."


def test_markup_in_a_title_leaves_its_letters():
    assert article("<ArticleTitle>Rest on <i>Salix <b>lacustris</b></i> (CO<sub>2</sub>).</ArticleTitle>").title == (
        "Rest on Salix lacustris (CO2)"
    )


TITLES = [
    ("<ArticleTitle>[Tea].</ArticleTitle><VernacularTitle>Tee.</VernacularTitle>", "[Tea]", ["Tee."]),
    ("<ArticleTitle/><VernacularTitle>Tee.</VernacularTitle>", "Tee", []),
    ("<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Tee.</VernacularTitle>", "Tee", []),
]


@pytest.mark.parametrize(("titles", "title", "others"), TITLES)
def test_the_title_of_the_original_is_another_one_or_the_only_one(titles, title, others):
    found = article(titles)
    assert found.title == title
    assert [each["title"] for each in found.alt_titles] == others


YEARS = [
    ("<Year>2021</Year><Month>Mar</Month>", 2021),
    ("<Year>2021</Year><Season>Spring</Season>", 2021),
    ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998),
    ("<MedlineDate>Spring 2004</MedlineDate>", 2004),
    ("<MedlineDate>Winter</MedlineDate>", None),
]


@pytest.mark.parametrize(("date", "year"), YEARS)
def test_the_year_is_that_of_the_issue_in_figures_or_in_words(date, year):
    assert article(issue(date)).year == year


def test_the_electronic_date_counts_only_where_the_issue_has_none():
    electronic = "<ArticleDate><Year>2020</Year></ArticleDate>"
    assert article(issue("<Year>2021</Year>", rest=electronic)).year == 2021
    assert article(issue("", rest=electronic)).year == 2020


def test_dates_of_pubmeds_own_work_are_no_year():
    revised = "<DateRevised><Year>2024</Year></DateRevised>"
    assert (
        article(beside=revised, data="<History><PubMedPubDate><Year>2023</Year></PubMedPubDate></History>").year is None
    )


AUTHORS = [
    ("<LastName>Ames</LastName><ForeName>Bo T</ForeName><Initials>BT</Initials>", ["Ames, Bo T"]),
    ("<LastName>van Dorn</LastName><Initials>C</Initials>", ["van Dorn, C"]),
    ("<LastName>Ames</LastName><ForeName>Bo</ForeName><Suffix>Jr</Suffix>", ["Ames, Bo, Jr"]),
    ("<LastName>de la Mora</LastName>", ["de la Mora"]),
    ("<CollectiveName>Tea and Rest Group, Harbourton</CollectiveName>", ["Tea and Rest Group, Harbourton"]),
    ("<ForeName>Bo</ForeName>", ["Bo"]),
    ("", []),
]


@pytest.mark.parametrize(("author", "names"), AUTHORS)
def test_a_person_is_family_and_given_and_a_collective_stays_as_it_is(author, names):
    assert article(f"{TITLE}<AuthorList><Author>{author}</Author></AuthorList>").authors == names


def test_an_author_who_is_declared_invalid_is_none_and_an_open_list_says_so():
    names = '<Author ValidYN="N"><LastName>Wrong</LastName></Author><Author><LastName>Ames</LastName></Author>'
    found = article(f'{TITLE}<AuthorList CompleteYN="N">{names}</AuthorList>')
    assert (found.authors, found.authors_incomplete) == (["Ames"], True)


def test_investigators_and_the_persons_an_article_is_about_are_no_authors():
    beside = "<PersonalNameSubjectList><PersonalNameSubject><LastName>Kohl</LastName></PersonalNameSubject></PersonalNameSubjectList>"
    beside += "<InvestigatorList><Investigator><LastName>Luz</LastName></Investigator></InvestigatorList>"
    assert article(beside=beside).authors == []


DOIS = [
    ('<ELocationID EIdType="doi" ValidYN="Y">10.5555/tea.1</ELocationID>', "", "10.5555/tea.1"),
    ('<ELocationID EIdType="doi" ValidYN="N">10.5555/wrong</ELocationID>', "", ""),
    ("", '<ArticleIdList><ArticleId IdType="doi">10.5555/tea.1</ArticleId></ArticleIdList>', "10.5555/tea.1"),
    (
        "",
        '<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.5555/cited</ArticleId></ArticleIdList>'
        "</Reference></ReferenceList>",
        "",
    ),
]


@pytest.mark.parametrize(("inside", "data", "doi"), DOIS)
def test_the_doi_is_the_articles_own_and_never_that_of_a_reference(inside, data, doi):
    assert article(TITLE + inside, data=data).doi == doi


PAGES = [
    ("<Pagination><MedlinePgn>101-9</MedlinePgn></Pagination>", "101-9"),
    ("<Pagination><StartPage>101</StartPage><EndPage>109</EndPage></Pagination>", "101-109"),
    ("<Pagination><StartPage>101</StartPage></Pagination>", "101"),
    ('<ELocationID EIdType="pii">e17</ELocationID>', "e17"),
    ('<Pagination><MedlinePgn>3</MedlinePgn></Pagination><ELocationID EIdType="pii">e17</ELocationID>', "3"),
]


@pytest.mark.parametrize(("place", "pages"), PAGES)
def test_pages_or_else_the_number_of_the_article(place, pages):
    assert article(TITLE + place).pages == pages


BOOK = "<Book><BookTitle>Wells</BookTitle><PubDate><Year>2009</Year></PubDate><CollectionTitle>Lanterns</CollectionTitle>{}</Book>"
WRITERS = '<AuthorList Type="authors"><Author><LastName>Ames</LastName></Author></AuthorList>'
MAKERS = '<AuthorList Type="editors"><Author><LastName>Luz</LastName></Author></AuthorList>'


def test_a_book_has_its_title_and_no_journal():
    found = book(BOOK.format(WRITERS + MAKERS))
    assert (found.title, found.journal, found.year) == ("Wells", "", 2009)
    assert (found.authors, found.editors) == (["Ames"], ["Luz"])


def test_a_chapter_stands_in_its_book_and_has_authors_of_its_own():
    own = '<AuthorList Type="authors"><Author><LastName>Cole</LastName></Author></AuthorList>'
    found = book(BOOK.format(WRITERS + MAKERS) + "<ArticleTitle>The Old Well</ArticleTitle>" + own)
    assert (found.title, found.journal) == ("The Old Well", "Wells")
    assert (found.authors, found.editors) == (["Cole"], ["Luz"])


def test_a_journal_without_an_issn_is_a_journal():
    found = article(f"{TITLE}<Journal><Title>Annals of tea</Title></Journal>")
    assert (found.journal, found.issn) == ("Annals of tea", "")


def test_registrations_come_from_the_data_banks_too():
    bank = "<DataBankList><DataBank><AccessionNumberList><AccessionNumber>NCT00000061</AccessionNumber></AccessionNumberList>"
    assert article(f"{TITLE}{bank}</DataBank></DataBankList>").trial_registrations == ["NCT00000061"]


def test_bare_citations_of_medline_are_read_as_well():
    text = f"<MedlineCitationSet><MedlineCitation><PMID>90000063</PMID><Article>{TITLE}</Article></MedlineCitation>"
    (draft,) = drafts(text + "</MedlineCitationSet>")
    assert draft.fields["pmid"] == ["90000063"]


def test_an_article_that_says_nothing_is_rejected():
    text = "<PubmedArticleSet><PubmedArticle><MedlineCitation/></PubmedArticle></PubmedArticleSet>"
    assert [type(each) for each in pubmed_xml.read(Source.of(text))] == [Rejected]
