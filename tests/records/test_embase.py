"""Embase's export with a field a row: where an entry begins, what a cell holds, and damage that stays where it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import Draft, Notice, Rejected, Source, embase, sniff, table


def found(text):
    return list(embase.read(Source.of(text)))


def drafts(text):
    return [each for each in found(text) if isinstance(each, Draft)]


def entry(*rows):
    """The one record of an entry made of these rows, cleaned."""
    (draft,) = drafts("\n".join(['"TITLE","Tea"', *rows]))
    return clean.draft(draft)


HEADS = [
    '"TITLE","Tea"\n"AUTHOR NAMES","Ames B."\n"SOURCE","J Tea (2001) 1:2 (3-4)"\n',
    "TITLE,Tea\nAUTHOR NAMES,Ames B.\nDOI,10.5555/t.1\n",
    '"EMBASE"\n\n"TITLE","Tea"\n"ABSTRACT","Long."\n"DOI","10.5555/t.1"\n',
    '"Title","Tea"\n"Author names","Ames B."\n"Abstract","Long."\n',
]


@pytest.mark.parametrize("text", HEADS)
def test_a_field_a_row_is_recognised(text):
    assert sniff(Source.of(text)) is embase
    assert [draft.fields["title"] for draft in drafts(text)] == [["Tea"]]


def test_a_record_a_row_under_the_same_names_is_an_ordinary_table():
    text = "Title,Original Title,Author Names,Correspondence Address,Source,Abstract\n"
    text += 'Tea,,"Ames B., Garcia Lopez M.A.",x,J Tea (2001) 1:2 (3-4). Date of Publication: 2001,Long.\n'
    assert sniff(Source.of(text)) is table
    (draft,) = [each for each in table.read(Source.of(text)) if isinstance(each, Draft)]
    read = clean.draft(draft)
    assert read.authors == ["Ames, B.", "Garcia Lopez, M.A."]
    assert (read.journal, read.year, read.volume, read.issue, read.pages) == ("J Tea", 2001, "1", "2", "3-4")


def test_an_entry_begins_at_each_title():
    one, two = drafts('"TITLE","One"\n"DOI","10.5555/t.1"\n\n"TITLE","Two"\n"DOI","10.5555/t.2"\n')
    assert (one.lines, two.lines) == ((1, 2), (4, 5))


def test_every_row_is_kept_with_its_line_known_or_not():
    (draft,) = drafts('"TITLE","Tea"\n"AUTHOR NAMES","Ames B.","Cole D."\n"KETTLE NUMBER","7"\n"COPYRIGHT",""\n')
    assert draft.raw == [
        ("TITLE", "Tea", 1),
        ("AUTHOR NAMES", "Ames B.", 2),
        ("AUTHOR NAMES", "Cole D.", 2),
        ("KETTLE NUMBER", "7", 3),
        ("COPYRIGHT", "", 4),
    ]


AUTHORS = [
    ('"AUTHOR NAMES","Ames B.","van der Plas J.A."', ["Ames, B.", "van der Plas, J.A."]),
    ('"AUTHOR NAMES","Garcia Lopez M."', ["Garcia Lopez, M."]),
    ('"AUTHOR NAMES","Ames Bea","Cole Dee L."', ["Ames, Bea", "Cole, Dee L."]),
    ('"AUTHOR NAMES","Ames B., Cole D."', ["Ames, B.", "Cole, D."]),
    ('"AUTHOR NAMES","Ames, Bea"', ["Ames, Bea"]),
    ('"AUTHOR NAMES","Kettle Study Group"', ["Kettle Study Group"]),
]


@pytest.mark.parametrize(("row", "authors"), AUTHORS)
def test_the_family_name_comes_first(row, authors):
    assert entry(row).authors == authors


def test_rows_of_their_own_are_believed_before_the_citation_string():
    read = entry(
        '"SOURCE","J Tea (2001) 1:2 (3-4)"', '"SOURCE TITLE","Journal of Tea"', '"FIRST PAGE","5"', '"LAST PAGE","9"'
    )
    assert (read.journal, read.year, read.volume, read.pages) == ("Journal of Tea", 2001, "1", "5-9")


def test_an_empty_citation_string_says_nothing():
    read = entry('"SOURCE"," () : ()"')
    assert (read.journal, read.year, read.volume, read.issue, read.pages) == ("", None, "", "", "")


def test_index_terms_come_apart_and_lose_their_mark():
    read = entry(
        '"EMTREE DRUG INDEX TERMS","caffeine (adverse reaction, therapy), tannin"',
        '"AUTHOR KEYWORDS","cups","tea (major focus)"',
    )
    assert read.keywords == ["cups", "tea", "caffeine (adverse reaction, therapy)", "tannin"]


def test_the_title_in_its_own_language_is_another_title():
    assert entry('"ORIGINAL TITLE","Tee"').alt_titles == [{"title": "Tee", "language": ""}]


def test_a_quotation_mark_that_is_never_closed_ends_at_the_next_label():
    one, two = drafts('"TITLE","One\n"ABSTRACT","goes\non\n"DOI","10.5555/t.1"\n"TITLE","Two"\n"DOI","10.5555/t.2"\n')
    assert one.fields == {"title": ["One"], "abstract": ["goes\non"], "doi": ["10.5555/t.1"]}
    assert one.notices and not two.notices


def test_a_page_of_headings_is_not_embases():
    assert not embase.recognises("Title\nTea\n\nAbstract\nLong.\n\nDOI\n10.5555/t.1\n")


def test_rows_above_the_first_title_are_named():
    first, second, _draft = found('"EMBASE","Results"\n"DOI","10.5555/t.0"\n"TITLE","One"\n')
    assert isinstance(first, Notice) and first.line == 1
    assert isinstance(second, Rejected) and second.lines == (2, 2)


ROWS = st.sampled_from(
    ['"TITLE","Tea"', '"ABSTRACT","open', 'text, with "marks"', '"', "", '"DOI","10.5555/t.1"', "TITLE", "EMBASE"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ROWS, max_size=30))
def test_every_title_is_an_entry_and_lines_never_overlap(rows):
    before = 0
    for each in found("\n".join(rows)):
        if not isinstance(each, Notice):
            assert before < each.lines[0] <= each.lines[1] <= len(rows)
            before = each.lines[1]
    assert len([d for d in found("\n".join(rows)) if isinstance(d, Draft)]) >= rows.count('"TITLE","Tea"') - rows.count(
        '"'
    )


def test_a_cell_of_blanks_without_end_holds_nobody_up():
    blanks = " " * 100_000
    assert entry(f'"AUTHOR KEYWORDS","a{blanks}b"', f'"AUTHOR NAMES","Ames{blanks}B."').authors == ["Ames, B."]
