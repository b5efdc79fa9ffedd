"""Single fields repaired: years, pages, identifiers, markup, abstracts and their headings. Nothing invented, nothing lost."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.clean_text import HEADINGS, heading_gaps, one_line, plain_text, unwrapped
from records.readers import Draft


def cleaned(**fields):
    """A draft of these raw values, cleaned."""
    return clean.draft(
        Draft(fields={name: value if isinstance(value, list) else [value] for name, value in fields.items()})
    )


YEARS = [
    ("2019", 2019), ("2019/05/01/", 2019), ("20190501", 2019), ("Spring 2019", 2019), ("2019 Sep-Oct", 2019), ("[c1897]", 1897),
    (2019, 2019), ("2019.0", 2019), ("n.d.", None), ("19", None), ("20195", None), ("in press", None), ("3019", None), (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "year"), YEARS)
def test_a_year_has_four_digits_or_is_not_stated(value, year):
    assert cleaned(year=value).year == year


SICI = "10.5555/(SICI)1097-0000(1999)85:1<23::AID-TEA4>3.0.CO;2-J"
DOIS = [
    ("10.5555/Tea.1", "10.5555/Tea.1"),
    ("doi:10.5555/tea.1.", "10.5555/tea.1"),
    ("DOI 10.5555/tea.1;", "10.5555/tea.1"),
    ("https://doi.org/10.5555/tea.1", "10.5555/tea.1"),
    ("http://dx.doi.org/10.5555%2Ftea%281%29", "10.5555/tea(1)"),
    ("(10.5555/tea.1)", "10.5555/tea.1"),
    ("10.5555/tea(1)", "10.5555/tea(1)"),
    ("10.5555/tea.1 [doi]", "10.5555/tea.1"),
    ("10.5555/tea.1[doi]", "10.5555/tea.1"),
    ("see 10.5555/tea.1, and more", "10.5555/tea.1"),
    ('<a href="https://doi.org/10.5555/tea.1">tea</a>', "10.5555/tea.1"),
    ("<b>10.5555/tea.1</b>", "10.5555/tea.1"),
    ("https://example.org/?doi=10.5555/tea.1&amp;view=1", "10.5555/tea.1"),
    (SICI, SICI),
    (SICI.replace("<", "&lt;").replace(">", "&gt;"), SICI),
    (SICI.replace("<", "%3C").replace(">", "%3E"), SICI),
    ("10.5555/", ""),
    ("10.12/tea", ""),
    ("1010.5555/tea", ""),
    ("DOI", ""),
    ("NA", ""),
]


@pytest.mark.parametrize(("value", "doi"), DOIS)
def test_a_doi_is_bare_wherever_it_hides(value, doi):
    assert cleaned(doi=value).doi == doi


def test_two_papers_of_one_old_issue_have_two_dois():
    assert clean.doi(SICI) != clean.doi(SICI.replace("<23::", "<31::"))


PAGES = [
    (["12-19"], "12-19"), (["12", "19"], "12-19"), (["12", "12"], "12"), (["12 – 19"], "12-19"), (["12—19;"], "12-19"),
    (["S12", "S19"], "S12-S19"), (["pp. 12-19"], "12-19"), (["p. 5"], "5"), (["269 / 282"], "269-282"), (["e1017"], "e1017"),
    (["12-19", "19"], "12-19"), (["12-19, 25"], "12-19, 25"), (["-"], ""), (["NA", "19"], "19"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "pages"), PAGES)
def test_pages_have_a_plain_hyphen(values, pages):
    assert cleaned(pages=values).pages == pages


@pytest.mark.parametrize("value", ["21-Apr", "08-Aug", "Apr-21", "1-jan"])
def test_pages_that_a_spreadsheet_made_a_date_of_are_kept_and_noticed(value):
    found = cleaned(pages=value)
    assert found.pages == value
    assert [value in notice and "spreadsheet" in notice for notice in found.notices] == [True]


def test_leading_zeros_of_an_issue_go():
    assert [clean.issue(value) for value in ("03", "0", "19-20", "Suppl 1", "00")] == [
        "3",
        "0",
        "19-20",
        "Suppl 1",
        "00",
    ]


NOTHING = ["NA", "n/a", "null", "None", "-", "UNKNOWN", "nan", "", "  ", "not available", "[No abstract available]"]


@pytest.mark.parametrize("value", NOTHING)
def test_words_for_empty_are_empty_in_every_field_but_names(value):
    found = cleaned(
        **dict.fromkeys(("title", "journal", "volume", "issue", "pages", "doi", "abstract", "keywords", "year"), value)
    )
    assert replace(found, stated={}) == clean.Cleaned()
    assert set(found.stated.values()) <= {value}


def test_the_word_for_empty_is_kept_beside_where_it_is_all_that_is_stated():
    assert cleaned(abstract="NA", volume=["-", "3"]).stated == {"abstract": "NA"}
    assert cleaned(abstract=["n/a", "A text."]).stated == {}
    assert cleaned(abstract=" ", authors="NA").stated == {}


def test_a_longer_value_with_such_a_word_in_it_stays():
    assert cleaned(title="Unknown causes").title == "Unknown causes"
    assert cleaned(keywords="None of these; NA").keywords == ["None of these"]


TRIALS = [
    ("see NCT 05550001.", ["NCT05550001"]),
    ("ISRCTN55501234 and ISRCTN 55501234", ["ISRCTN55501234"]),
    ("ACTRN12605000123456", ["ACTRN12605000123456"]),
    ("EudraCT number: 2015-001234-12", ["2015-001234-12"]),
    ("ChiCTR-IOR-15001234", ["ChiCTR-IOR-15001234"]),
    ("UMIN000012345; DRKS00001234", ["UMIN000012345", "DRKS00001234"]),
    ("NCT0555000", []),
    ("XNCT05550001", []),
    ("NCT055500012", []),
    ("written in 2015-001234-12", []),
]


@pytest.mark.parametrize(("text", "numbers"), TRIALS)
def test_trial_registrations_are_found_in_the_text(text, numbers):
    assert cleaned(abstract=text).trial_registrations == numbers


def test_a_registration_named_twice_counts_once():
    found = cleaned(
        title="Tea (NCT05550001)",
        abstract="NCT05550001, NCT05550002",
        trial_registrations="ClinicalTrials.gov/NCT05550001",
    )
    assert found.trial_registrations == ["NCT05550001", "NCT05550002"]


MARKUP = [
    ("<p>a</p><p>b</p>", "a\nb"),
    ("H<sub>2</sub>O, m<sup>2</sup>, 5<sup>th</sup>", "H2O, m², 5th"),
    (
        "10<sup>\u22123</sup> m, x<sup>(n)</sup>, 10<sup>6.5</sup> cells, see<sup>a</sup>",
        "10⁻³ m, x⁽ⁿ⁾, 10^6.5 cells, seea",
    ),
    ("&lt;p&gt;a &amp;amp; b&lt;/p&gt;", "a & b"),
    ("<jats:title>Aim</jats:title><jats:p>Tea</jats:p>", "Aim Tea"),
    ("<h3>Methods</h3><p>We drank.</p>", "Methods We drank."),
    ("caf&eacute; &#233;", "café é"),
    ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
    ("a <n and m> b", "a <n and m> b"),
    ("<i>Camellia</i> x<br/>y", "Camellia x\ny"),
    ("<script>alert(1)</script>tea<!-- note -->", "tea"),
    ("tea\x00\u200b\u00ad time", "tea time"),
    ("a\u00a0 \t b", "a b"),
]


@pytest.mark.parametrize(("value", "text"), MARKUP)
def test_markup_becomes_text_and_text_stays(value, text):
    assert plain_text(value) == text
    assert one_line(value) == text.replace("\n", " ")


GAPS = [
    ("BackgroundPeer work helps.", "Background Peer work helps."),
    ("It helps.MethodsThis was read.", "It helps. Methods This was read."),
    ("It helps.Methods This was read.", "It helps. Methods This was read."),
    ("It helps.Conclusions:Tea works.", "It helps. Conclusions: Tea works."),
    ("(n = 9).Trial registrationISRCTN55501234", "(n = 9). Trial registration ISRCTN55501234"),
    ("Objectives We asked. Methods We read.", "Objectives We asked. Methods We read."),
    ("The Methods Group met. Methodologies differ.", "The Methods Group met. Methodologies differ."),
    ("in vitro.Resultant forces", "in vitro.Resultant forces"),
    ("unglued aims and methods stay", "unglued aims and methods stay"),
    ("BACKGROUND:Tea is old.", "BACKGROUND: Tea is old."),
    ("It helps. RESULTSForty drank.", "It helps. RESULTS Forty drank."),
    ("It helps.RESULTS:42 drank.", "It helps. RESULTS: 42 drank."),
    ("It helps.CONCLUSIONSTea works.", "It helps. CONCLUSIONS Tea works."),
    ("It helps.CONCLUSIONSome tea works.", "It helps. CONCLUSION Some tea works."),
    ("It helps. METHODS: We drank.", "It helps. METHODS: We drank."),
    ("A SETTINGS file and AIMSweb stay", "A SETTINGS file and AIMSweb stay"),
]


@pytest.mark.parametrize(("glued", "text"), GAPS)
def test_headings_come_unglued(glued, text):
    assert heading_gaps(glued) == text


PIECES = st.one_of(
    st.sampled_from(HEADINGS), st.sampled_from([".", "! ", ":", " ", "\n", "We ", "n=3", "“", "’"]), st.text(max_size=5)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join))
def test_ungluing_loses_no_letter(text):
    spread = heading_gaps(text)
    assert "".join(spread.split()) == "".join(text.split())
    assert heading_gaps(spread) == heading_gaps(heading_gaps(spread))


TRUNCATED = [
    ("x" * 70 + "… Show more", "x" * 70 + "…", True),
    ("x" * 70 + "...", "x" * 70 + "...", True),
    ("A text. (ABSTRACT TRUNCATED AT 250 WORDS)", "A text.", True),
    ("A text. [abstract truncated at 400 words]", "A text.", True),
    ("A text that speaks of truncated data.", "A text that speaks of truncated data.", False),
    ("Short…", "Short…", False),
    ("They wanted to show more", "They wanted to show more", False),
    ("A whole text.", "A whole text.", False),
]


@pytest.mark.parametrize(("value", "text", "cut"), TRUNCATED)
def test_an_abstract_that_its_source_cut_off_says_so(value, text, cut):
    assert clean.abstract(value) == (text, cut, "")


def test_lines_that_an_exporter_wrapped_flow_again():
    row = "the words of this line are many and it was broken by a machine here"
    assert unwrapped(f"{row}\n{row}\nto end.") == f"{row} {row} to end."
    assert unwrapped("Aim: tea\nMethod: tea") == "Aim: tea\nMethod: tea"


KEYWORDS = [
    (["tea; rest;; ; tea"], ["tea", "rest"]),
    (["tea", "rest, long"], ["tea", "rest, long"]),
    (["*Tea", "Rest/*methods"], ["Tea", "Rest/*methods"]),
    (["茶；休息"], ["茶", "休息"]),
    (["tea|rest\nkettle"], ["tea", "rest", "kettle"]),
    (["tea, rest"], ["tea, rest"]),
    (["NA"], []),
]


@pytest.mark.parametrize(("values", "keywords"), KEYWORDS)
def test_keywords_come_apart_and_once(values, keywords):
    assert cleaned(keywords=values).keywords == keywords


SINGLES = [
    ({"title": "A title."}, "title", "A title"),
    ({"title": "A title. With two."}, "title", "A title. With two."),
    ({"title": ["", "<i>Second</i> value"]}, "title", "Second value"),
    ({"journal": "Tea Lett.,"}, "journal", "Tea Lett"),
    ({"pmid": "PMID: 90000001"}, "pmid", "90000001"),
    ({"issn": "20493630 (online)"}, "issn", "2049-3630"),
    ({"issn": "9780000000019"}, "issn", "9780000000019"),
    ({"language": "eng"}, "language", "en"),
    ({"language": "en-GB"}, "language", "en"),
    ({"language": "Klingon"}, "language", "Klingon"),
    ({"cited_by_count": "1,035"}, "cited_by_count", 1035),
    ({"cited_by_count": "many"}, "cited_by_count", None),
    ({"page_count": 14}, "page_count", 14),
    (
        {"urls": "https://example.org/1;http://example.org/2 nowhere"},
        "urls",
        ["https://example.org/1", "http://example.org/2"],
    ),
    ({"alt_titles": {"title": "Le thé", "language": "fre"}}, "alt_titles", [{"title": "Le thé", "language": "fr"}]),
    ({"alt_titles": "Der Tee"}, "alt_titles", [{"title": "Der Tee", "language": ""}]),
    ({"authors_incomplete": True}, "authors_incomplete", True),
    ({"abstract_truncated": True, "abstract": "Whole."}, "abstract_truncated", True),
]


@pytest.mark.parametrize(("fields", "name", "value"), SINGLES)
def test_other_fields_have_one_form(fields, name, value):
    assert getattr(cleaned(**fields), name) == value


def test_what_is_not_stated_stays_empty():
    assert clean.draft(Draft()) == clean.Cleaned()
    assert cleaned(doi="10.5555/tea.2019.4", abstract="In 2001 we drank tea, vol. 3, pages 5-9.").year is None


HARSH = st.text(
    st.characters(exclude_categories=[]), max_size=60
)  # with lone halves of characters, which a database refuses
ANYTHING = st.one_of(
    HARSH, st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.sampled_from(["title", "language", "literal"]), st.one_of(st.text(max_size=9), st.integers(), st.none())),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*clean.FIELDS, "no field"]), st.lists(ANYTHING, max_size=4)))
def test_no_value_makes_cleaning_raise(fields):
    found = clean.draft(Draft(fields=fields))
    assert found.year is None or 1500 <= found.year < 2100
    assert all(
        isinstance(getattr(found, name), str) for name in ("title", "journal", "volume", "pages", "doi", "abstract")
    )
    written = [
        found.title,
        found.abstract,
        found.journal,
        *found.authors,
        *found.keywords,
        *(t["title"] for t in found.alt_titles),
    ]
    assert all("\0" not in text and text.encode() is not None for text in written)
