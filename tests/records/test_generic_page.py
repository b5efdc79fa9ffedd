"""Copied pages of no known layout, lists of references and of search results: what is taken, and above all what is not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.readers import Draft, Notice, Rejected, Source, plain, pubmed_text, read, sniff
from records.readers.pages import generic, labels, people, reference_list, references, result_list, source_line
from tests.records.test_readers import DUMPS, LINES, TEXTS, cleaned, sound

OURS = (generic, reference_list, result_list, pubmed_text)
THEIRS = [path for path in TEXTS if path.parent.name not in {reader.NAME for reader in OURS}]

TITLE = "Tea on the ward: what is said while it is poured"
ABSTRACT = "We listened to forty rounds of tea and wrote down what was said in 2017."


def page(*rows, title=TITLE, by="Ada Marsh1, Ilse Fonteyn2", abstract=ABSTRACT):
    """The one record of a page made of a title, authors, rows of the test and an abstract."""
    (found,) = cleaned("\n".join([title, by, *rows, "Abstract", abstract]))
    return found


# Nothing is invented


@pytest.mark.parametrize(
    "row",
    [
        "© 2019 The Authors. All rights reserved",
        "Received: 3 May 2018",
        "Accepted: 4 June 2018 | Revised: 1 July 2018",
        "https://doi.org/10.5555/tea.2019.7",
        "Registered on 4 March 2016",
        "Copyright 2020",
        "Last updated: 2 May 2021",
    ],
)
def test_a_year_that_is_not_the_publications_is_no_year(row):
    assert page("DOI: 10.5555/tea.7" if "doi" not in row else "", row)["year"] is None


@pytest.mark.parametrize(
    ("row", "year"),
    [
        ("Published: 12 March 2019", 2019),
        ("First published online March 12, 2019", 2019),
        ("Publicado en línea: 12 de marzo de 2019", 2019),
        ("Veröffentlicht am 12. März 2019", 2019),
        ("发布时间：2019-03-12", 2019),
        ("Received 1 May 2017, Accepted 2 Feb 2018, Published online: 12 Mar 2019", 2019),
        ("Posted March 12, 2019.", 2019),
        ("Jahr: 2019", 2019),
        ("J Tea. 2019 Mar;12(3):45-56. doi: 10.5555/tea.7. Epub 2018 Dec 1.", 2019),
    ],
)
def test_a_date_that_is_called_the_publications_gives_the_year(row, year):
    assert page(row, "DOI: 10.5555/tea.7")["year"] == year


@pytest.mark.parametrize(
    "row",
    [
        "Social Work",
        "Health Expectations",
        "School of Nursing, University of Old Town",
        "London, England",
        "1 Department of Tea, Old Town",
        "Edited by:",
        "Medicine, Psychology",
        "Original Research",
    ],
)
def test_what_may_be_something_else_is_no_author(row):
    assert page("DOI: 10.5555/tea.7", by=row)["authors"] == []


def test_an_editor_below_its_label_is_no_author():
    found = page("DOI: 10.5555/tea.7", "Edited by", "Zoe Yarrow, Piet Klaver", by="")
    assert found["authors"] == []


def test_two_identifiers_of_equal_standing_are_none():
    found = page("https://doi.org/10.5555/tea.7", "https://doi.org/10.5555/tea.8")
    assert found["doi"] is None


def test_the_doi_of_a_correction_is_not_the_papers():
    found = page("https://doi.org/10.5555/tea.7", "Erratum in: J Tea. 2020;1:2. doi: 10.5555/tea.9")
    assert found["doi"] == "10.5555/tea.7"


def test_other_papers_of_the_page_are_no_records_and_lend_nothing():
    below = ["Similar articles", "Another tea paper", "Nobody A, Somebody B.", "J Cup. 2001;1(1):1-2. doi: 10.5555/cup.1", "PMID: 39990099"]  # fmt: skip
    (found,) = cleaned("\n".join([TITLE, "Ada Marsh1, Ilse Fonteyn2", "Abstract", ABSTRACT, *below]))
    assert (found["title"], found["doi"], found["pmid"], found["journal"]) == (TITLE, None, None, None)
    assert any("Similar articles" in each for each in found["notices"])


def test_an_empty_label_does_not_take_the_next_one_for_its_value():
    (found,) = cleaned(f"Title: {TITLE}\nAuthors:\nJournal:\nKeywords:\nDOI: 10.5555/tea.7\nAbstract: {ABSTRACT}")
    assert (found["authors"], found["journal"], found["keywords"]) == ([], None, [])
    assert found["doi"] == "10.5555/tea.7"


def test_the_abstract_ends_where_the_paper_begins():
    (found,) = cleaned("\n".join([TITLE, "DOI: 10.5555/tea.7", "Abstract", ABSTRACT, "1. Introduction", "Tea is old."]))
    assert found["abstract"] == ABSTRACT


def test_the_record_says_how_sure_it_is():
    said = page("DOI: 10.5555/tea.7")["notices"][-1]
    assert said.startswith("read from a page without a known layout: ")
    assert "the DOI" in said and "the authors are a guess" in said and "not found: the year and the journal" in said


@pytest.mark.parametrize(
    "text",
    [
        "Dear Bea,\nplease find my abstract below.\nAbstract: to follow.\nRegards, Ada",
        "Ada Marsh\nProfessor of Tea\nPublications\n2019: Tea.\n2020: Kettles.",
        "# kettle\n\nA small library.\n\n## Citation\n\nMarsh A (2020). kettle. Version 1.2.",
        "Contents\n1. Introduction ..... 3\n2. Methods ..... 9\nReferences ..... 40",
        "The doi of the paper is 10.5555/tea.7, and it was published in 2019. We liked it.",
        "Title: none",
        "Abstract",
        "Keywords: tea; kettles\nPublished: 2019",
        "Milk\nEggs\nTea",
    ],
)
def test_prose_lists_and_letters_are_no_page(text):
    assert sniff(Source.of(text)) is plain


@pytest.mark.parametrize("sample", THEIRS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_no_sample_of_another_format_is_taken(sample):
    assert sniff(Source.of(sample.read_bytes())) not in OURS


# Labels, people and citation lines


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("Palabras clave: té; sala", "keywords", "té; sala"),
        ("Mots-clés : thé", "keywords", "thé"),
        ("Schlüsselwörter", "keywords", ""),
        ("【摘要】目的 了解", "abstract", "目的 了解"),
        ("摘 要：目的", "abstract", "目的"),
        ("ABSTRACT Tea was drunk.", "abstract", "Tea was drunk."),
        ("Resumo. Tomou-se chá.", "abstract", "Tomou-se chá."),
        ("Abstract thinking in wards", "", ""),
        ("Summary of tea: a trial", "", ""),
        ("In tea we trust", "", ""),
    ],
)
def test_labels_of_six_languages(line, kind, value):
    assert labels.label(line) == (kind, value)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada Marsh 1, Bea Cole 2 3, Dee Fox 1", ["Ada Marsh", "Bea Cole", "Dee Fox"]),
        ("by Ada Marsh 1,*, Bea Cole 2 and Dee Fox 1,†", ["Ada Marsh", "Bea Cole", "Dee Fox"]),
        ("Ada Marsh, professor1, Bea Cole, lecturer2", ["Ada Marsh", "Bea Cole"]),
        ("Marsh A, Cole B, van der Fox DE", ["Marsh A", "Cole B", "van der Fox DE"]),
        ("Marsh, A., Cole, B. & Fox, D.", ["Marsh, A.", "Cole, B.", "Fox, D."]),
        ("Ada Marsh ORCID: orcid.org/0000-0001-0000-0000, Bea Cole", ["Ada Marsh", "Bea Cole"]),
        ("王小明1 李华2 张伟1", ["王小明", "李华", "张伟"]),
        ("Ana Ruiz y Luis Gil", ["Ana Ruiz", "Luis Gil"]),
        ("Ada Marsh, Bea Cole; Tea Study Group", ["Ada Marsh, Bea Cole", "Tea Study Group"]),
        ("Tea, kettles and wards", []),
        ("Public Health, Social Work", []),
        ("A trial of tea", []),
    ],
)
def test_people_in_a_line(line, names):
    found = people.split(line)[0]
    assert found == names or (";" in line and found[-1] == "Tea Study Group")


CITATIONS = {
    "J Tea. 2020 Mar 12;12(3):45-56. doi: 10.5555/x. Epub 2019 Jan 3.": ("J Tea", "2020", "12", "3", "45-56"),
    "BMJ 2020;369:m1234": ("BMJ", "2020", "369", "", "m1234"),
    "Tea volume 12, Article number: 33 (2020)": ("Tea", "2020", "12", "", "33"),
    "Tea J 12, 45–56 (2020). https://doi.org/10.5555/x": ("Tea J", "2020", "12", "", "45-56"),
    "Teas 2020, 9(3), 123; https://doi.org/10.5555/x": ("Teas", "2020", "9", "3", "123"),
    "PLoS TEA 15(3): e0230000": ("PLoS TEA", "", "15", "3", "e0230000"),
    "Revista del té, vol. 12, núm. 3, 2020, pp. 45-56": ("Revista del té", "2020", "12", "3", "45-56"),
    "Rev. Chá, v. 12, n. 3, p. 45-56, jul./set. 2020": ("Rev. Chá", "2020", "12", "3", "45-56"),
    "Zeitschrift für Tee, 12 (2020), Heft 3, S. 45-56": ("Zeitschrift für Tee", "2020", "12", "3", "45-56"),
    "Dans Revue du thé 2020/3 (Vol. 61), pages 45 à 66": ("Revue du thé", "2020", "61", "3", "45-66"),
    "Revue du thé, 2015, 12 (3), pp.45-56": ("Revue du thé", "2015", "12", "3", "45-56"),
    "茶学杂志 . 2020 ,35 (03)": ("茶学杂志", "2020", "35", "3", ""),
    "茶学杂志, 2020, 35(3): 45-56": ("茶学杂志", "2020", "35", "3", "45-56"),
}


@pytest.mark.parametrize(("line", "parts"), CITATIONS.items())
def test_citation_lines_of_six_languages(line, parts):
    found = source_line.parse(line)
    assert tuple(found.get(name, "") for name in source_line.PARTS) == parts


@pytest.mark.parametrize(
    "line", ["We met in 2020; 12 people came.", "In 2020, 12 people", "Tea 2020", "Chapter 3, page 4", ""]
)
def test_a_sentence_is_no_citation_line(line):
    assert source_line.parse(line) == {}


# References and results


@pytest.mark.parametrize(
    "line",
    [
        "Marsh A. The tea book. Old Town: Kettle Press; 2019.",
        "Town Hall. Report on benches, with an annex.",
        "We met on Tuesday. Then we had tea. 2020;12.",
    ],
)
def test_what_cannot_be_told_apart_safely_stays_empty(line):
    assert references.reference(line) == {}


def test_a_reference_with_a_doi_alone_keeps_the_doi_and_says_so():
    text = (DUMPS / "reference_list" / "numbered_with_dois.txt").read_text()
    alone = next(each for each in cleaned(text) if each["title"] is None)
    assert alone["doi"] == "10.5555/report.5" and "only the identifier" in alone["notices"][0]


def test_a_journal_that_is_cut_off_is_left_empty():
    text = (DUMPS / "result_list" / "scholar_results.txt").read_text()
    cut = cleaned(text)[1]
    assert (cut["journal"], cut["authors_incomplete"]) == (None, True)


# Several pages


@pytest.mark.parametrize("between", ["\n==========\n", "\n\n\n\n", "\n"])
def test_pages_in_a_row_come_apart(between):
    one = f"J Tea. 2019;1(1):1-9. doi: 10.5555/tea.1\n{TITLE}\nAda Marsh 1, Bea Cole 2\nPMID: 39990001\nAbstract\n{ABSTRACT}\nKeywords: tea; wards"
    two = one.replace("Tea", "Cup").replace("tea.1", "tea.2").replace("39990001", "39990002").replace("2019;", "2021;")
    found = cleaned(one + between + two)
    assert [(each["doi"], each["pmid"], each["year"]) for each in found] == [
        ("10.5555/tea.1", "39990001", 2019),
        ("10.5555/tea.2", "39990002", 2021),
    ]


def test_two_abstracts_of_one_page_are_one_record():
    (found,) = cleaned((DUMPS / "copied_page" / "scielo_dos_idiomas.txt").read_text())
    assert found["abstract"].startswith("Objetivo") and "Objective" not in found["abstract"]


# Whatever it is given


def accounted(data):
    """Every line that says anything lies in an entry, a rejected stretch or beside a notice."""
    source = Source.of(data)
    reader = sniff(source)
    if reader not in (generic, reference_list, plain):
        return
    found = list(read(source))
    covered = [each.lines for each in found if isinstance(each, Draft | Rejected)]
    noticed = {each.line for each in found if isinstance(each, Notice)}
    for number, line in Source.of(data).lines():
        if re.search(r"\w", line):
            assert any(first <= number <= last for first, last in covered) or number in noticed, line


WORDS = ["Abstract", "Keywords: a; b", "Authors", "Ada Marsh 1, Bea Cole 2", "DOI: 10.5555/tea.1", "=====", "", "", TITLE, ABSTRACT,
         "J Tea. 2019;1(1):1-9. doi: 10.5555/tea.2", "References", "1. Marsh A. Tea at work. J Tea. 2019;1(1):1-9.", "摘要：目的", "作者", "Title:",
         "2. Cole B. Cups at work. J Tea. 2018;1(1):1-9.", "PMID: 39990001", "Introduction", "About this article", "3"]  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("\n".join))
def test_any_mixture_of_a_pages_lines_is_accounted_for(text):
    accounted(text)
    for reader in OURS:
        sound(text.encode(), reader)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=60), st.sampled_from(LINES).map(lambda line: line.decode("utf-8", "replace"))),
        max_size=25,
    )
)
def test_any_text_is_accounted_for(rows):
    text = "\n".join(rows)
    accounted(text)
    for reader in OURS:
        reader.recognises(text)
        sound(text.encode("utf-8", "replace"), reader)


@pytest.mark.parametrize(
    "unit",
    [
        "Ames, ",
        "A. ",
        "1 ",
        "(",
        "[",
        ". ",
        "and ",
        "Ames A; ",
        "王小明 ",
        "10.5555/a ",
        "Abstract\n",
        "a\n\n\n",
        "tea\n=====\n",
    ],
)
def test_long_repetitions_come_to_an_end(unit):
    sound((unit * 4000).encode())
