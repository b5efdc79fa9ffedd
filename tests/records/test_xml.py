"""XML without danger: nothing is expanded, fetched or trusted, and what is not well formed is read as well as can be."""

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import (
    Draft,
    Notice,
    Rejected,
    Source,
    crossref_xml,
    endnote_xml,
    mods,
    pubmed_xml,
    read,
    xml,
    zotero_rdf,
)

XML_READERS = [endnote_xml, pubmed_xml, crossref_xml, mods, zotero_rdf]
HEAD = "<xml><records>\n"
TAIL = "</records></xml>\n"


def record(title, rest=""):
    return f'<record><ref-type name="Journal Article">17</ref-type><titles><title>{title}</title></titles>{rest}</record>\n'


def everything(data, encoding=None):
    return list(endnote_xml.read(Source.of(data, encoding)))


def titles(data):
    return [clean.draft(each).title for each in everything(data) if isinstance(each, Draft)]


def rejected(data):
    return [each for each in everything(data) if isinstance(each, Rejected)]


# What may do harm

LAUGHS = '<!DOCTYPE xml [\n<!ENTITY a0 "ha">\n' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">\n' for n in range(1, 12)
)
BLOW_UP = f'<!DOCTYPE xml [<!ENTITY a "{"ha" * 50_000}">]>{HEAD}{record("&a;" * 50_000)}{TAIL}'
HARMFUL = {
    "a bomb of entities": f"{LAUGHS}]>\n{HEAD}{record('&a11;')}{TAIL}",
    "one long entity many times": BLOW_UP,
    "a file of the server": f'<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/hostname">]>{HEAD}{record("&f;")}{TAIL}',
    "an address in the network": f'<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://example.org/p">%p;]>{HEAD}{record("x")}{TAIL}',
    "a declaration behind a comment": f'<?xml version="1.0"?><!-- c --><!DOCTYPE xml [<!ENTITY f "x">]>{HEAD}{TAIL}',
}


@pytest.mark.parametrize("data", HARMFUL.values(), ids=HARMFUL)
def test_a_document_with_entities_of_its_own_is_refused_at_once_and_in_words(data):
    began = time.perf_counter()
    (found,) = everything(data)
    assert isinstance(found, Rejected)
    assert "entities" in found.reason
    assert found.lines == (1, len(data.splitlines()))
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("data", HARMFUL.values(), ids=HARMFUL)
def test_a_refused_document_is_still_known_for_what_it_is(data):
    assert endnote_xml.recognises(data)


@pytest.mark.parametrize("inside", ["", "<record>", "<record><titles>"])
def test_elements_nested_a_hundred_thousand_deep_end_as_rejected_within_a_second(inside):
    data = HEAD + record("Tea") + inside + "<a>" * 100_000
    began = time.perf_counter()
    found = everything(data)
    assert [each.fields["title"] for each in found if isinstance(each, Draft)][:1] == [["Tea"]]
    assert "nested deeper" in found[-1].reason
    assert time.perf_counter() - began < 1


def test_a_second_document_may_not_declare_entities_either():
    data = HEAD + record("Tea") + TAIL + '<!DOCTYPE xml [<!ENTITY a "boom">]>\n' + HEAD + record("&a;") + TAIL
    assert titles(data)[0] == "Tea"
    assert "boom" not in "".join(titles(data))


def test_an_external_document_type_is_not_fetched_and_does_no_harm():
    data = f'<!DOCTYPE xml PUBLIC "-//X//EN" "http://example.org/x.dtd">\n{HEAD}{record("Tea")}{TAIL}'
    assert titles(data) == ["Tea"]
    assert not rejected(data)


def test_an_entry_without_end_does_not_fill_the_memory():
    data = HEAD + record("Tea") + "<record><titles><title>" + "tea " * 3_000_000
    found = everything(data)
    assert isinstance(found[0], Draft)
    assert isinstance(found[-1], Rejected)


def test_elements_as_deep_as_a_parser_may_go_make_nothing_raise():
    data = HEAD + "<record><titles><title>Tea</title></titles>" + "<a>" * 240 + "x" + "</a>" * 240 + "</record>" + TAIL
    assert titles(data) == ["Tea"]


def test_names_of_elements_that_are_no_names_make_nothing_raise():
    data = '<xml xmlns="urn:x"><records>\n<record><titles><title>Tea</title></titles><a:b:c>1</a:b:c><d:>2</d:></record>\n</records></xml>'
    assert titles(data) == ["Tea"]
    assert titles(data.replace('xmlns="urn:x"', 'xmlns:a="urn:x"')) == ["Tea"]


# What is not well formed

MENDABLE = [
    ("Tea & rest", "Tea & rest"),
    ("R&D", "R&D"),
    ("p < 5 and n <3", "p < 5 and n <3"),
    ("Caf&eacute;&nbsp;notes", "Café notes"),
    ("&unheardof; tea", "&unheardof; tea"),
    ("Tea &#x1F; rest", "Tea rest"),
]


@pytest.mark.parametrize(("written", "meant"), MENDABLE)
def test_a_bare_sign_or_a_foreign_name_is_read_as_it_was_meant(written, meant):
    data = HEAD + record("One") + record(written) + record("Three") + TAIL
    assert titles(data) == ["One", meant, "Three"]
    (notice,) = [each for each in everything(data) if isinstance(each, Notice)]
    assert notice.line == 3


def test_a_well_formed_file_has_no_notice():
    assert all(isinstance(each, Draft) for each in everything(HEAD + record("Tea &amp; rest") + TAIL))


def test_control_characters_are_dropped_and_counted():
    found = everything(HEAD + record("Te\x0ba \x1fand rest\x00") + TAIL)
    assert [type(each) for each in found] == [Draft, Notice]
    assert found[0].fields["title"] == ["Tea and rest"]
    assert found[1].text.startswith("3 control characters")


@pytest.mark.parametrize("end", ["", "</title>", "</title></titles>", "</title></titles></record>"])
def test_a_file_cut_off_keeps_its_complete_entries_and_what_there_is_of_the_last(end):
    found = everything(HEAD + record("One") + record("Two").partition("</title>")[0] + end)
    drafts = [each for each in found if isinstance(each, Draft)]
    assert [each.fields["title"] for each in drafts] == [["One"], ["Two"]]
    assert bool(drafts[1].notices) == (not end.endswith("</record>"))


def test_an_entry_whose_end_is_missing_ends_where_the_next_begins():
    data = HEAD + record("One").replace("</record>", "") + record("Two", "<year>2001</year>") + record("Three") + TAIL
    drafts = [each for each in everything(data) if isinstance(each, Draft)]
    assert [each.fields["title"] for each in drafts] == [["One"], ["Two"], ["Three"]]
    assert [each.lines for each in drafts] == [(2, 2), (3, 3), (4, 4)]
    assert "year" not in drafts[0].fields


def test_exports_joined_in_one_file_are_all_read():
    whole = '<?xml version="1.0" encoding="UTF-8"?>\n' + HEAD + record("One") + TAIL
    assert titles(whole + whole) == ["One", "One"]
    assert not [each for each in everything(whole + "\n" + whole) if not isinstance(each, Draft)]


def test_text_between_entries_is_named():
    found = everything(HEAD + record("One") + "lost words" + record("Two") + TAIL)
    assert [each.text for each in found if isinstance(each, Notice)] == [
        "text between two entries was left out: lost words"
    ]


def test_damaged_lines_behind_an_entry_are_named_from_the_first_of_them():
    damaged = 'out a key)="first" role="x" />\n</a>\nout a key)="second" role="x" />\n'
    found = everything(HEAD + record("One") + "\n<a>\n" + damaged)
    (said,) = [each for each in found if isinstance(each, Rejected)]
    assert said.text.startswith("out a key") and '="second"' in said.text


def test_blank_lines_and_words_above_the_declaration_do_no_harm():
    data = '\n\nexport of today\n<?xml version="1.0"?>\n' + HEAD + record("One") + TAIL
    (draft,) = everything(data)
    assert draft.lines == (6, 6)


# Encodings and lines

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]


@pytest.mark.parametrize("declared", ["UTF-8", "utf-16", "ISO-8859-1", "no-such-thing"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_declared_encoding_that_lies_is_not_believed(encoding, declared):
    data = f'<?xml version="1.0" encoding="{declared}"?>\n{HEAD}{record("Café à la “Brücke”")}{TAIL}'.encode(encoding)
    assert titles(data) == ["Café à la “Brücke”"]


def test_a_declared_encoding_is_believed_where_the_bytes_are_not_unicode_and_fit_it():
    data = f'<?xml version="1.0" encoding="windows-1250"?>\n{HEAD}{record("Šálek čaje")}{TAIL}'.encode("cp1250")
    source = Source.of(data)
    (draft,) = endnote_xml.read(source)
    assert draft.fields["title"] == ["Šálek čaje"]
    assert source.encoding == "windows-1250"


def test_a_person_who_names_the_encoding_is_believed():
    data = f"{HEAD}{record('Šálek čaje')}{TAIL}".encode("cp1250")
    (draft,) = endnote_xml.read(Source(io.BytesIO(data), "cp1250"))
    assert draft.fields["title"] == ["Šálek čaje"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_file_far_down_too(newline):
    rows = [
        HEAD.strip(),
        *[""] * 70_000,
        "<record>",
        "<titles>",
        "<title>Tea",
        "and rest</title>",
        "</titles>",
        "</record>",
    ]
    (draft,) = everything(newline.join([*rows, TAIL]).encode())
    assert draft.lines == (70_002, 70_007)
    assert draft.raw == [("titles/title", "Tea\nand rest", 70_004)]


def test_every_leaf_and_attribute_is_kept_with_its_path():
    (draft,) = everything(
        HEAD + record("<style face='i'>Te</style>a", '<odd mark="7"><inner>x</inner> y</odd><!-- c -->') + TAIL
    )
    kept = [(path, value) for path, value, _line in draft.raw]
    assert kept == [
        ("ref-type@name", "Journal Article"),
        ("ref-type", "17"),
        ("titles/title", "Tea"),
        ("odd@mark", "7"),
        ("odd", " y"),
        ("odd/inner", "x"),
    ]


def test_an_entry_that_says_nothing_is_rejected_with_its_lines():
    (found,) = rejected(HEAD + record("One") + "<record>\n<rec-number>7</rec-number>\n</record>" + TAIL)
    assert found.lines == (3, 5)
    assert found.text == "7"


def test_other_xml_and_pages_are_not_taken_for_a_bibliography():
    for head in (
        "<html><body><p>record</p></body></html>",
        "<feed><entry/></feed>",
        "TI <xml><records><record>",
        "<",
        "",
    ):
        assert not any(reader.recognises(head) for reader in XML_READERS)


def test_a_large_file_is_read_piece_by_piece():
    class Counting(io.BytesIO):
        given = 0

        def read(self, size=-1):
            piece = super().read(size)
            self.given += len(piece)
            return piece

    file = Counting((HEAD + record("Tea") * 40_000 + TAIL).encode())
    source = Source(file, "utf-8")
    found = endnote_xml.read(source)
    next(found)
    assert file.given < 600_000


PIECES = st.sampled_from(
    ["<xml>", "<records>", "<record>", "</record>", "<titles><title>", "</title></titles>", "Tea", "&", "&amp;", "<", ">", "\n",
     "<!DOCTYPE xml>", "<!DOCTYPE xml [", "<![CDATA[", "]]>", "<!--", "-->", "<?xml ", "?>", "&#xD;", "&nbsp;", "\x00", "\x0c",
     "<PubmedArticle>", "<mods>", "<doi_record>", "<rdf:RDF>", "</", "/>", "<a b='", "\udcff", "é", "</records></xml>"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_mixture_of_marks_makes_any_of_these_readers_raise(text):
    last = max(1, sum(1 for _line in Source.of(text).lines()))
    for reader in XML_READERS:
        for each in reader.read(Source.of(text)):
            if not isinstance(each, Notice):
                assert 1 <= each.lines[0] <= each.lines[1] <= last
            if isinstance(each, Draft):
                clean.draft(each)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30), min_size=1, max_size=8)
)
def test_every_entry_comes_out_as_a_draft_or_rejected(words):
    data = HEAD + "".join(record(word) for word in words) + TAIL
    assert len([each for each in read(Source.of(data)) if not isinstance(each, Notice)]) >= len(
        [word for word in words if xml.names(f"<{word}>") == []]
    )
