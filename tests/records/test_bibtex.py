"""BibTeX: entries in every shape, values in braces, quotation marks and pieces, names, damage, every field kept."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, bibtex


def everything(text, encoding=None):
    return list(bibtex.read(Source.of(text.encode(encoding), None) if encoding else Source.of(text)))


def drafts(text):
    return [each for each in everything(text) if isinstance(each, Draft)]


def entry(*fields, kind="article"):
    """The one record of an entry made of these fields, cleaned."""
    (draft,) = drafts(f"@{kind}{{key,\n" + "".join(f"  {field},\n" for field in fields) + "}\n")
    return clean.draft(draft)


SHAPES = [
    "@article{k, title = {Tea}, year = 2001}",
    '@ARTICLE(k, title = "Tea", year = 2001)',
    "@Article {k ,\n title = {Tea},\n year = 2001\n}",
    "@article{k\n, title = {Tea}\n, year = {2001}\n}",
    "@article{k, title = {Tea} year = 2001}",
    "@article{, title = {Tea}, year = 2001,}",
    "@article{title = {Tea}, year = 2001}",
    "@article{k title = {Tea}, year = 2001}",
    "@article{two words, title = {Tea}, year = 2001}",
    "@article{Ng20213,17,\n title = {Tea},\n year = 2001}",
    "@article{Núñez2018,title={Tea},year={2001}}",
    "@article{k,\nTitle = {{Tea}},\nYear = {{2001}},\nUsage Count (2013) = {{0}},\n}",
    '@article{k, title = "T" # {ea}, year = 20 # 01}',
    "@string{t = {Tea}}\n@article{k, title = t, year = 2001}",
    '@STRING(t = "Tea")\n@article{k, title = T, year = "2001"}',
    "@comment{@article{x, title={Not}}}\n@article{k, title = {Tea}, year = 2001}",
    "@comment{jabref-meta: never closed\n@article{k, title = {Tea}, year = 2001}",
    '@preamble{"\\def\\x{y} "}\n@article{k, title = {Tea}, year = 2001}',
    "\ufeffCoastline export\n@article{k, title = {Tea}, year = 2001}",
    "@article{k, title = {Tea}, year = 2001, abstract = {Write to\n@tea.example or\n@ng (Eve) soon}}",
]


@pytest.mark.parametrize("text", SHAPES)
def test_an_entry_is_an_entry_in_every_shape(text):
    (draft,) = drafts(text)
    record = clean.draft(draft)
    assert (record.title, record.year) == ("Tea", 2001)
    assert not draft.notices


AUTHORS = [
    ("Bea Ames and Cole, David", ["Ames, Bea", "Cole, David"]),
    ("Ludwig van der Kolk AND de la Cruz, Ana", ["van der Kolk, Ludwig", "de la Cruz, Ana"]),
    ("Cole, Jr., David", ["Cole, David, Jr."]),
    ("Milton {Ambleside} and Hans {van Halen Smith}", ["Ambleside, Milton", "van Halen Smith, Hans"]),
    ("{Tea and Rest Group} and Ng, Eve", ["Tea and Rest Group", "Ng, Eve"]),
    ("{{World Tea Office}}", ["World Tea Office"]),
    ("{Ames, Bea and Cole, David}", ["Ames, Bea", "Cole, David"]),
    ("{Ames}, B. and {\\'E}. Moreau", ["Ames, B.", "Moreau, É."]),
    ("Ministry of Rest", ["Ministry of Rest"]),
    ("Silva, Rui de,  Lima, Ana", ["Silva, Rui de", "Lima, Ana"]),
    ("Dana Wu 0002", ["Wu, Dana"]),
    ("Ames, Bea and\n     Cole, David and", ["Ames, Bea", "Cole, David"]),
    ("E Durand", ["Durand, E"]),
    ("A. {García L{\\'o}pez} and Martin King {Jr.}", ["García López, A.", "King Jr., Martin"]),
    ("given=Hans, prefix=van, family=Halen and family=Ng, given=Eve", ["van Halen, Hans", "Ng, Eve"]),
    ("Radim {\\v R}eh{\\r u}{\\v r}ek", ["Řehůřek, Radim"]),
]


@pytest.mark.parametrize(("written", "names"), AUTHORS)
def test_names_follow_the_rules_of_bibtex(written, names):
    assert entry(f"author = {{{written}}}").authors == names


def test_and_others_means_that_there_are_more():
    record = entry("author = {Ames, Bea and others}")
    assert (record.authors, record.authors_incomplete) == (["Ames, Bea"], True)


FIELDS = [
    (("journal = {Short}", "journaltitle = {Long}"), "journal", "Long"),
    (("booktitle = {Meeting on Tea}",), "journal", "Meeting on Tea"),
    (("date = {2018-05/2019-01}", "year = {2001}"), "year", 2018),
    (("date = {forthcoming}", "year = {2001}"), "year", 2001),
    (("urldate = {2020-01-02}",), "year", None),
    (("volume = 7", "number = {03}"), "issue", "3"),
    (("volume = 7", "issue = {2}"), "issue", "2"),
    (("pages = {101--118}",), "pages", "101-118"),
    (("eid = {e117}",), "pages", "e117"),
    (("pages = {}", "art_number = {12}"), "pages", "12"),
    (("doi = {https://doi.org/10.5555/a\\_b}",), "doi", "10.5555/a_b"),
    (("url = {http://dx.doi.org/10.5555/x.1}",), "doi", "10.5555/x.1"),
    (("url = {http://tea.example/10.5555/x.1/pdf}",), "doi", ""),
    (("crossref = {10.5555/x.1}",), "doi", "10.5555/x.1"),
    (("note = {{PMID:} 90000417}",), "pmid", "90000417"),
    (("eprint = {90000417}", "eprinttype = {pubmed}"), "pmid", "90000417"),
    (("eprint = {2101.00001}", "archivePrefix = {arXiv}"), "accession", "arXiv:2101.00001"),
    (("note = {Cited by: 12}",), "cited_by_count", 12),
    (("keywords = {tea, rest}",), "keywords", ["tea", "rest"]),
    (("keywords = {Tea, Green; Rest}",), "keywords", ["Tea, Green", "Rest"]),
    (("keywords = {Adult;  Nursing, Sleep;  Wards}",), "keywords", ["Adult", "Nursing", "Sleep", "Wards"]),
    (("keywords = {tea, {rest, at work}, ward}",), "keywords", ["tea", "rest, at work", "ward"]),
    (("Keywords-Plus = {{NIGHT WORK; SHIFT\n   SLEEP}}",), "keywords", ["NIGHT WORK", "SHIFT SLEEP"]),
    (("langid = {ngerman}",), "language", "de"),
    (("title = {Tea}", "subtitle = {A survey}"), "title", "Tea: A survey"),
    (("title = {Whose tea?}", "subtitle = {A survey}"), "title", "Whose tea? A survey"),
    (("abstract = {One\n   line.\n\n   Two.}",), "abstract", "One line.\nTwo."),
    (("month = jan",), "title", ""),
]


@pytest.mark.parametrize(("rows", "name", "value"), FIELDS)
def test_a_field_is_found_under_its_names(rows, name, value):
    assert getattr(entry(*rows), name) == value


def test_the_number_of_a_report_is_no_issue():
    assert entry("number = {14}", kind="techreport").issue == ""


def test_a_books_own_title_is_no_journal():
    assert entry("title = {Wells}", "booktitle = {Wells}", kind="book").journal == ""


def test_a_part_takes_from_the_entry_it_refers_to_wherever_that_stands():
    whole = "@proceedings{P1, title = {Second Meeting}, year = 2020, editor = {Eve Ng}}\n"
    part = "@inproceedings{a, title = {Tea}, crossref = {p1}, pages = 3}\n"
    for text in (whole + part, part + whole):
        record = clean.draft(next(d for d in drafts(text) if d.raw[0][1] == "inproceedings"))
        assert (record.title, record.journal, record.year) == ("Tea", "Second Meeting", 2020)
        assert record.editors == ["Ng, Eve"] and record.notices


def test_nothing_is_taken_from_an_entry_that_is_not_there():
    assert entry("title = {Tea}", "crossref = {gone}").year is None


DAMAGE = [
    # an open brace ends where the next entry begins
    ("@article{a,\n title = {Open,\n year = 2001\n}\n@article{b,\n title = {Next}\n}", ["Open", "Next"]),
    ("@article{a,\n title = {Tea},\n year = 2001\n@article{b,\n title = {Next}\n}", ["Tea", "Next"]),
    # a brace too many does not end the entry
    (
        "@article{a,\n title = {One} too many},\n year = 2001\n}\n@article{b,\n title = {Next}\n}",
        ["One too many", "Next"],
    ),
    # quotation marks inside quotation marks
    (
        '@article{a,\n title = "The "quiet" hour", \n year = 2001\n}\n@article{b,title="Next"}',
        ['The "quiet" hour', "Next"],
    ),
    ("@article{a,\n year = 2001,\n title = {Cut o", ["Cut o"]),
]


@pytest.mark.parametrize(("text", "titles"), DAMAGE)
def test_damage_stays_where_it_is(text, titles):
    found = [clean.draft(draft) for draft in drafts(text)]
    assert [record.title for record in found] == titles
    assert found[0].year == 2001


def test_a_damaged_entry_says_so():
    assert all(drafts(text)[0].notices for text, _titles in DAMAGE if '"' not in text)


def test_fields_below_a_closed_entry_are_not_its_own():
    found = everything("@article{a,\n title = {Tea}\n}\n\n volume = {3},\n@article{b, title = {Next}}")
    assert [type(each) for each in found] == [Draft, Rejected, Draft]
    assert found[1].lines == (5, 5) and "volume" not in found[0].fields


def test_an_entry_without_any_field_is_rejected_with_its_line():
    (found,) = [each for each in everything("\n@misc{nothing}\n") if isinstance(each, Rejected)]
    assert found.lines == (2, 2) and "@misc" in found.reason


def test_entries_may_share_a_line():
    found = drafts("@article{a, title={One}} @article{b, title={Two}}, @article{c, title={Three}}")
    assert [draft.fields["title"] for draft in found] == [["One"], ["Two"], ["Three"]]


def test_the_same_key_and_the_same_field_may_come_twice():
    found = drafts("@misc{a, title={One}, title={Uno}}\n@misc{a, title={Two}}")
    assert [clean.draft(draft).title for draft in found] == ["One", "Two"]
    assert ("title", "Uno", 1) in found[0].raw


def test_words_outside_entries_are_a_notice_and_comments_are_nothing():
    found = everything("% a comment\nExported today\n\n@misc{a, title={One}}\n% another\n@misc{b, title={Two}}\n")
    assert [type(each) for each in found] == [Notice, Draft, Draft]


def test_a_file_that_lies_about_its_encoding_is_named():
    text = "% Encoding: windows-1250\n@misc{a, title = {Šálek}}\n"
    assert any("windows-1250" in each.text for each in everything(text, "cp1250") if isinstance(each, Notice))


@pytest.mark.parametrize(
    "text", ["@font-face {\n color: red }", "ada@example.org {x}", "@app.route(a, b)", "TY  - JOUR"]
)
def test_what_is_no_bibtex_is_not_recognised(text):
    assert not bibtex.recognises(text)


def test_texts_made_of_texts_do_not_grow_without_end():
    rows = "".join("@string{a = a # a # a}\n" for _ in range(200))
    [refused] = everything("@string{a = {xxxxxxxx}}\n" + rows + "@misc{k, title = a}")
    assert "grow without end" in refused.reason


SLOW = ["x = {\n", 'x = "{\n', '"a ', "@comment{\n", "@article{a}", ",x=1}", "a,", "\n", "{a and ", " ;", "@article{\n"]


@pytest.mark.parametrize("piece", SLOW)
def test_no_file_takes_long(piece):
    begun = time.perf_counter()
    everything("@article{a,\n" + piece * 10_000)
    assert time.perf_counter() - begun < 3


VALUE = st.text(st.characters(exclude_characters='\r\n\0{}"', exclude_categories=["Cs"]), max_size=30)
ROW = st.tuples(st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True), VALUE)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(ROW, min_size=1, max_size=6), min_size=1, max_size=4))
def test_every_field_and_value_is_kept_word_for_word(entries):
    text = "".join(
        "@misc{key,\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in rows) + "}\n\n" for rows in entries
    )
    found = drafts(text)
    assert [[(name, value) for name, value, _line in draft.raw[2:]] for draft in found] == entries
    lines = dict(Source.of(text).lines())
    places = [place for draft in found for place in draft.raw[2:]]
    assert all(lines[line] == f"  {name} = {{{value}}}," for name, value, line in places)


PIECES = [
    "@article{a,",
    "@misc(b,",
    "@string{s=",
    "@comment{",
    "title={",
    '"',
    "}",
    "{",
    ")",
    ",",
    "\n",
    " = ",
    "#",
    "x",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_pile_of_pieces_is_read_or_named(text):
    last = sum(1 for _line in Source.of(text).lines())
    before = 0
    for each in everything(text):
        if isinstance(each, Draft):
            assert before <= each.lines[0] <= each.lines[1] <= last
            assert all(each.lines[0] <= line <= each.lines[1] for _name, _value, line in each.raw)
            before = each.lines[1]
            clean.draft(each)
