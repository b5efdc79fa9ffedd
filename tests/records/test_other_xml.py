"""Crossref's XML, MODS and RDF: what stands in what, who did what, and which of several dates counts."""

import pytest

from records import clean
from records.readers import Draft, Rejected, Source, crossref_xml, mods, zotero_rdf


def one(reader, text):
    (draft,) = reader.read(Source.of(text))
    return clean.draft(draft)


def crossref(inside):
    return one(crossref_xml, f"<doi_records><doi_record><crossref>{inside}</crossref></doi_record></doi_records>")


def journal(article, *, issue="", metadata="<full_title>Annals of Tea</full_title>"):
    head = f"<journal_metadata>{metadata}</journal_metadata><journal_issue>{issue}</journal_issue>"
    return crossref(f"<journal>{head}<journal_article>{article}</journal_article></journal>")


def catalogue(inside):
    return one(mods, f'<mods xmlns="http://www.loc.gov/mods/v3">{inside}</mods>')


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:bib="http://purl.org/net/biblio#" xmlns:z="http://www.zotero.org/namespaces/export#"'
    ' xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">'
)


def described(text):
    return list(zotero_rdf.read(Source.of(f"{RDF}{text}</rdf:RDF>")))


def rdf(inside, beside=""):
    (draft,) = described(f"<bib:Article>{inside}</bib:Article>{beside}")
    return clean.draft(draft)


# Crossref

TITLE = "<titles><title>Tea</title></titles>"
CROSSREF_TITLES = [
    ("<titles><title>Tea</title><subtitle>a trial</subtitle></titles>", "Tea: a trial"),
    ("<titles><title>Tea:</title><subtitle>a trial</subtitle></titles>", "Tea: a trial"),
    ("<titles><title>Why tea?</title><subtitle>A trial</subtitle></titles>", "Why tea? A trial"),
    ("<titles><title>Tea: a trial</title><subtitle>A trial</subtitle></titles>", "Tea: a trial"),
    ("<titles><title>Tea of <i>Salix</i>, CO<sub>2</sub></title></titles>", "Tea of Salix, CO2"),
]


@pytest.mark.parametrize(("titles", "title"), CROSSREF_TITLES)
def test_crossref_a_title_and_its_subtitle_are_one(titles, title):
    assert journal(titles).title == title


def test_crossref_the_printed_year_goes_before_that_of_the_web():
    dates = '<publication_date media_type="online"><year>2012</year></publication_date>'
    printed = '<publication_date media_type="print"><year>2013</year></publication_date>'
    assert journal(TITLE + dates + printed).year == 2013
    assert journal(TITLE + dates).year == 2012
    assert journal(TITLE, issue=printed).year == 2013


PEOPLE = [
    (
        '<person_name contributor_role="author"><surname>Ames</surname><given_name>Bo</given_name></person_name>',
        "Ames, Bo",
    ),
    ('<person_name contributor_role="author"><surname>Ames</surname></person_name>', "Ames"),
    ('<organization contributor_role="author">Tea and Rest Group</organization>', "Tea and Rest Group"),
    ('<person_name contributor_role="translator"><surname>Luz</surname></person_name>', None),
    ('<anonymous contributor_role="author"/>', None),
]


@pytest.mark.parametrize(("person", "name"), PEOPLE)
def test_crossref_people_count_by_their_role(person, name):
    assert journal(f"{TITLE}<contributors>{person}</contributors>").authors == ([name] if name else [])


def test_crossref_the_doi_is_that_of_the_article_not_of_its_journal_or_references():
    metadata = "<full_title>Annals</full_title><doi_data><doi>10.5555/journal</doi></doi_data>"
    cited = "<citation_list><citation><doi>10.5555/cited</doi></citation></citation_list>"
    assert journal(TITLE + cited, metadata=metadata).doi == ""
    assert journal(f"{TITLE}{cited}<doi_data><doi>10.5555/own</doi></doi_data>", metadata=metadata).doi == "10.5555/own"


KINDS = [
    ("<posted_content>{}</posted_content>", "preprint"),
    ("<dissertation>{}</dissertation>", "dissertation"),
    ("<conference><conference_paper>{}</conference_paper></conference>", "conference paper"),
    ("<report-paper><report-paper_metadata>{}</report-paper_metadata></report-paper>", "report"),
    ("<book><book_metadata>{}</book_metadata></book>", "book"),
    ("<peer_review>{}</peer_review>", "peer review"),
    ("<database><dataset>{}</dataset></database>", "dataset"),
]


@pytest.mark.parametrize(("kind", "word"), KINDS)
def test_crossref_every_kind_of_content_is_read(kind, word):
    found = crossref(kind.format(TITLE))
    assert (found.title, found.type) == ("Tea", word)


def test_crossref_an_answer_that_nothing_was_found_is_rejected():
    text = "<doi_records><doi_record><crossref><error>not found</error></crossref></doi_record></doi_records>"
    assert [type(each) for each in crossref_xml.read(Source.of(text))] == [Rejected]


# MODS

MODS_TITLES = [
    ("<titleInfo><title>Tea</title></titleInfo>", "Tea"),
    ("<titleInfo><nonSort>The </nonSort><title>well</title><subTitle>a survey</subTitle></titleInfo>", "The well: a survey"),
    ("<titleInfo><nonSort>L'</nonSort><title>eau</title></titleInfo>", "L'eau"),
    ("<titleInfo><title>Wells</title><partNumber>Part 2</partNumber><partName>Water</partName></titleInfo>", "Wells. Part 2, Water"),
    ('<titleInfo type="alternative"><title>T</title></titleInfo><titleInfo><title>Tea</title></titleInfo>', "Tea"),
    ('<titleInfo type="uniform"><title>Tea</title></titleInfo>', "Tea"),
]  # fmt: skip


@pytest.mark.parametrize(("titles", "title"), MODS_TITLES)
def test_mods_the_title_is_put_together(titles, title):
    assert catalogue(titles).title == title


def named(parts, role="", kind="personal"):
    roles = f"<role><roleTerm>{role}</roleTerm></role>" if role else ""
    return catalogue(f'<titleInfo><title>T</title></titleInfo><name type="{kind}">{parts}{roles}</name>')


PARTS = [
    ('<namePart type="given">Bo</namePart><namePart type="family">Ames</namePart>', "personal", "Ames, Bo"),
    ("<namePart>Ames, Bo, 1848-1914</namePart>", "personal", "Ames, Bo"),
    ("<namePart>Ames, Bo [1848-1914]</namePart>", "personal", "Ames, Bo"),
    ("<namePart>Ames, Bonnie.</namePart>", "personal", "Ames, Bonnie"),
    ("<namePart>Ames, B.</namePart>", "personal", "Ames, B."),
    ("<namePart>Tea and Rest Library</namePart><namePart>Cups</namePart>", "corporate", "Tea and Rest Library: Cups"),
    ("<displayForm>Ames, Bo</displayForm>", "personal", "Ames, Bo"),
]


@pytest.mark.parametrize(("parts", "kind", "name"), PARTS)
def test_mods_a_name_is_put_together_without_years_of_life(parts, kind, name):
    assert named(parts, kind=kind).authors == [name]


@pytest.mark.parametrize("role", ["", "aut", "Author", "cre", "creator", "Verfasser"])
def test_mods_who_made_the_work_is_its_author(role):
    assert named("<namePart>Ames, Bo</namePart>", role).authors == ["Ames, Bo"]


@pytest.mark.parametrize("role", ["pbl", "publisher", "rcp", "trl", "edt"])
def test_mods_other_roles_are_no_authors(role):
    found = named("<namePart>Ames, Bo</namePart>", role)
    assert found.authors == []
    assert found.editors == (["Ames, Bo"] if role == "edt" else [])


MODS_DATES = [
    ("<originInfo><dateIssued>c2003</dateIssued></originInfo>", 2003),
    ("<originInfo><dateCreated>2001</dateCreated><dateIssued>2003</dateIssued></originInfo>", 2003),
    ("<originInfo><dateIssued>[199-?]</dateIssued><dateIssued encoding='marc'>1994</dateIssued></originInfo>", 1994),
    (
        "<originInfo><dateIssued point='end'>1988</dateIssued><dateIssued point='start'>1985</dateIssued></originInfo>",
        1985,
    ),
    ("<originInfo><dateCaptured>2002</dateCaptured></originInfo>", None),
    ("<recordInfo><recordCreationDate>1999</recordCreationDate></recordInfo>", None),
    ("<relatedItem type='host'><originInfo><dateIssued>1994</dateIssued></originInfo></relatedItem>", 1994),
    ("<relatedItem type='series'><originInfo><dateIssued>1994</dateIssued></originInfo></relatedItem>", None),
]


@pytest.mark.parametrize(("dates", "year"), MODS_DATES)
def test_mods_the_year_is_that_of_the_issue(dates, year):
    assert catalogue(f"<titleInfo><title>T</title></titleInfo>{dates}").year == year


def test_mods_the_doi_of_what_a_work_stands_in_is_not_its_own():
    host = '<relatedItem type="host"><identifier type="doi">10.5555/host</identifier></relatedItem>'
    assert catalogue(f"<titleInfo><title>T</title></titleInfo>{host}").doi == ""


# RDF

PERSON = "<foaf:Person>{}<foaf:surname>Ames</foaf:surname><foaf:givenName>Bo</foaf:givenName></foaf:Person>"


def test_rdf_people_and_journals_may_stand_anywhere_in_the_file():
    inside = '<dc:title>Tea</dc:title><dc:creator rdf:nodeID="n1"/><dcterms:isPartOf rdf:resource="urn:issn:1"/>'
    beside = PERSON.format("").replace("<foaf:Person>", '<foaf:Person rdf:nodeID="n1">')
    beside += (
        '<bib:Journal rdf:about="urn:issn:1"><dc:title>Annals</dc:title><prism:volume>4</prism:volume></bib:Journal>'
    )
    found = rdf(inside, beside)
    assert (found.authors, found.journal, found.volume) == (["Ames, Bo"], "Annals", "4")


def test_rdf_a_reference_to_nobody_names_nobody():
    found = rdf('<dc:title>Tea</dc:title><dc:creator rdf:nodeID="n9"/><dcterms:isPartOf rdf:resource="urn:issn:9"/>')
    assert (found.authors, found.journal) == ([], "")


IDENTIFIERS = [
    ("DOI 10.5555/tea.1", "10.5555/tea.1"),
    ("https://doi.org/10.5555/tea.1", "10.5555/tea.1"),
    ("ISBN 10.5", ""),
]


@pytest.mark.parametrize(("written", "doi"), IDENTIFIERS)
def test_rdf_a_doi_is_called_one(written, doi):
    assert rdf(f"<dc:title>Tea</dc:title><dc:identifier>{written}</dc:identifier>").doi == doi


def test_rdf_notes_attachments_folders_and_journals_are_no_entries():
    others = ["bib:Memo", "z:Attachment", "z:Collection", "bib:Journal", "foaf:Person", "z:UserItem"]
    text = "".join(f"<{name}><dc:title>no entry</dc:title></{name}>" for name in others)
    assert not described(text)
    assert [type(each) for each in described(text + "<bib:Book><dc:title>Wells</dc:title></bib:Book>")] == [Draft]


def test_rdf_an_entry_without_words_is_rejected():
    assert [type(each) for each in described("<bib:Book><z:itemType>book</z:itemType></bib:Book>")] == [Rejected]


def test_rdf_that_is_no_bibliography_is_left_alone():
    assert not zotero_rdf.recognises(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a:B/></rdf:RDF>'
    )
