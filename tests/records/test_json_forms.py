"""JSON in every wrapping, damaged and whole: entries come one by one with their lines, and nothing makes a reader raise."""

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import (
    Draft,
    Notice,
    Rejected,
    Source,
    crossref_json,
    csl_json,
    datacite_json,
    json_forms,
    openalex_json,
    read,
    s2_json,
    sniff,
)

FORMS = (csl_json, crossref_json, datacite_json, openalex_json, s2_json)


def item(number, **more):
    """An item of CSL-JSON."""
    return {
        "id": f"t{number}",
        "type": "article-journal",
        "title": f"Tea {number}",
        "author": [{"family": "Ames"}],
    } | more


THREE = [item(1), item(2), item(3)]
WRAPPINGS = {
    "an array": json.dumps(THREE),
    "an array over many lines": json.dumps(THREE, indent=2),
    "a line each": "\n".join(map(json.dumps, THREE)),
    "a line each with commas": ",\n".join(map(json.dumps, THREE)),
    "objects over many lines": "\n".join(json.dumps(each, indent=1) for each in THREE),
    "a wrapper": json.dumps({"total": 3, "items": THREE, "next": None}),
    "a wrapper over many lines": json.dumps({"total": 3, "results": THREE}, indent=2),
    "two wrappers": json.dumps({"status": "ok", "message": {"total": 3, "items": THREE}}),
    "pages in an array": json.dumps([{"data": THREE[:1]}, {"data": THREE[1:]}]),
    "a page a line": "\n".join(json.dumps({"records": part}) for part in (THREE[:2], THREE[2:])),
    "arrays in an array": json.dumps([THREE[:1], THREE[1:]], indent=1),
}
wrapped = pytest.mark.parametrize("text", WRAPPINGS.values(), ids=WRAPPINGS)


def everything(text, reader=csl_json):
    return list(reader.read(Source.of(text)))


def drafts(text, reader=csl_json):
    return [each for each in everything(text, reader) if isinstance(each, Draft)]


def rejected(text, reader=csl_json):
    return [each for each in everything(text, reader) if isinstance(each, Rejected)]


def titles(text, reader=csl_json):
    return [each.fields["title"][0] for each in drafts(text, reader)]


def cleaned(entry, reader):
    """One entry, read and cleaned."""
    (draft,) = drafts(json.dumps([entry]), reader)
    return clean.draft(draft)


@wrapped
def test_the_entries_come_out_of_any_wrapping(text):
    assert sniff(Source.of(text)) is csl_json
    assert titles(text) == ["Tea 1", "Tea 2", "Tea 3"]
    assert not rejected(text)


@wrapped
def test_a_damaged_entry_costs_no_other_one(text):
    hurt = text.replace('"Tea 2"', '"Tea "2"')
    assert titles(hurt) == ["Tea 1", "Tea 3"]
    (stretch,) = rejected(hurt)
    assert "damaged" in stretch.reason
    assert '"t2"' in stretch.text


@wrapped
def test_a_file_cut_off_keeps_every_whole_entry(text):
    cut = text[: text.index('"Tea 3"') + 4]
    assert titles(cut) == ["Tea 1", "Tea 2"]
    assert ["the file ends" in each.reason for each in rejected(cut)] == [True]


@wrapped
def test_the_lines_of_an_entry_hold_it(text):
    rows = text.split("\n")
    for draft in drafts(text):
        first, last = draft.lines
        assert draft.fields["title"][0] in "\n".join(rows[first - 1 : last])
        for key, _value, line in draft.raw:
            assert f'"{key}"' in rows[line - 1]


def test_every_key_and_value_is_kept_word_for_word():
    (draft,) = drafts('[{"type": "book", "title": "Wells", "x": [1,  {"y": 2.50}], "n": null, "x": "again"}]')
    assert draft.raw == [
        ("type", "book", 1), ("title", "Wells", 1), ("x", '[1,  {"y": 2.50}]', 1), ("n", "null", 1), ("x", "again", 1),
    ]  # fmt: skip


def test_what_stands_beside_the_entries_is_said():
    found = [each.text for each in everything(json.dumps({"total": 50, "items": THREE})) if isinstance(each, Notice)]
    assert found == ["beside the entries stands: total: 50"]


def test_an_empty_place_in_a_list_is_no_lost_entry():
    found = everything(json.dumps([{"paperId": "1", "title": "Tea"}, None]), s2_json)
    assert [type(each) for each in found] == [Draft, Notice]


def test_a_list_in_an_entry_is_no_list_of_entries():
    paper = {"paperId": "1", "title": "Tea", "references": [{"paperId": "2", "title": "Older tea"}]}
    assert titles(json.dumps({"data": [paper]}), s2_json) == ["Tea"]


NOT_ENTRIES = ["[1, 2]", '["a", "b"]', '[{"a": 1}]', "{}", "[[[[[[1]]]]]]", '{"results": []}']


@pytest.mark.parametrize("text", NOT_ENTRIES)
def test_json_without_records_is_never_an_empty_success(text):
    assert any(isinstance(each, Rejected) for each in read(Source.of(text)))


NASTY = {
    "deep arrays": "[" * 200_000,
    "deep objects": '{"a":' * 100_000,
    "deep values": '[{"type": "book", "title": "T", "x": ' + "[" * 100_000,
    "a huge number": '[{"type": "book", "title": "T", "volume": ' + "9" * 50_000 + "}]",
    "half characters": '[{"type": "book", "title": "T \\ud800", "\\udc00": "\\ud83d\\ude00 \\udfff"}]',
    "NUL": '[{"type": "book", "title": "T\\u0000"}]',
    "no number": '[{"type": "book", "title": "T", "volume": NaN, "issue": -Infinity, "page": 1e999}]',
    "a string without end": '[{"type": "book", "title": "' + "x" * 500_000,
    "escapes without end": '[{"type": "book", "title": "' + "\\" * 100_001,
    "only closing": "]}" * 50_000,
    "only opening": "[{" * 50_000,
    "quotation marks": '"' * 100_001,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nasty_json_is_read_or_named(text):
    found = list(read(Source.of(text)))
    assert any(isinstance(each, Draft | Rejected) for each in found)
    for reader in FORMS:
        for each in reader.read(Source.of(text)):
            if isinstance(each, Draft):
                json.dumps([each.raw, each.fields], ensure_ascii=False).encode()


def test_line_ends_inside_a_string_are_forgiven():
    assert titles('[{"type": "book", "title": "Tea\nand rest"}]') == ["Tea\nand rest"]


def test_a_long_array_on_one_line_is_read_in_constant_memory():
    text = "[" + ",".join(json.dumps(item(n, abstract="Tea. " * 400)) for n in range(4000)) + "]"
    source = Source.of(text)
    tracemalloc.start()
    try:
        assert sum(isinstance(each, Draft) for each in csl_json.read(source)) == 4000
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "many lines"])
def test_entries_that_lie_across_the_pieces_of_a_file_are_whole(indent):
    entries = [item(n, abstract="Tea and réšt. " * (n % 97), x={"y": [n] * (n % 13)}) for n in range(900)]
    text = json.dumps({"meta": {}, "results": entries}, indent=indent, ensure_ascii=False)
    rows = text.split("\n")
    found = drafts(text)
    assert [each.fields["title"][0] for each in found] == [f"Tea {n}" for n in range(900)]
    for draft, entry in zip(found, entries, strict=True):
        held = "\n".join(rows[draft.lines[0] - 1 : draft.lines[1]])
        kept = {
            key: value if key in ("id", "type", "title", "abstract") else json.loads(value)
            for key, value, _n in draft.raw
        }
        assert kept == entry
        assert indent is None or json.loads(held.strip().rstrip(",")) == entry


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
KEYS = st.sampled_from(
    "title titles type author authors authorships creators issued DOI doi id ids abstract abstract_inverted_index keyword "
    "keywords journal biblio primary_location externalIds attributes container relatedItems descriptions subjects sizes "
    "container-title page note published contributors types editor citingPaper is-referenced-by-count paperId".split()
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=4), st.sampled_from([None, 1]))
def test_any_value_under_any_key_is_taken_with_care(entries, indent):
    text = json.dumps(entries, indent=indent)
    for reader in FORMS:
        found = everything(text, reader)
        assert sum(isinstance(each, Draft | Rejected) for each in found) == len(entries)
        for each in found:
            if isinstance(each, Draft):
                assert each.fields.keys() <= set(clean.FIELDS)
                clean.draft(each)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(WRAPPINGS.values())), st.data())
def test_damage_anywhere_is_named(text, data):
    at = data.draw(st.integers(0, len(text)))
    hurt = text[:at] + data.draw(st.text(st.sampled_from('{}[]",:\\x1 \n'), max_size=3)) + text[at + 2 :]
    last = hurt.count("\n") + 1
    before = 0
    for each in everything(hurt):
        if not isinstance(each, Notice):
            assert before <= each.lines[0] <= each.lines[1] <= last
            before = each.lines[1]


# What the keys of each form mean

NAMES = [
    ({"family": "Berg", "given": "Ada", "non-dropping-particle": "van den"}, "van den Berg, Ada"),
    ({"family": "Goethe", "given": "J. W.", "dropping-particle": "von"}, "Goethe, J. W. von"),
    ({"family": "Costa", "given": "Rui", "suffix": "Jr."}, "Costa, Rui, Jr."),
    ({"literal": "Snow, Ice and Water Board"}, "Snow, Ice and Water Board"),
    ({"family": "Plato"}, "Plato"),
    ({"family": "Two Words"}, "Two Words"),
    ({"name": "Calm Consortium"}, "Calm Consortium"),
]


@pytest.mark.parametrize(("person", "name"), NAMES)
def test_names_of_persons_and_groups(person, name):
    assert cleaned(item(1, author=[person]), csl_json).authors == [name]


DATES = [
    ({"date-parts": [[2018, 5]]}, 2018),
    ({"date-parts": [["2018", "5", "1"]]}, 2018),
    ({"date-parts": [[None]]}, None),
    ({"date-parts": []}, None),
    ({"raw": "Spring 2009"}, 2009),
    ({"literal": "n.d."}, None),
    ("2011-03", 2011),
]


@pytest.mark.parametrize(("date", "year"), DATES)
def test_the_year_is_what_the_date_states(date, year):
    assert cleaned(item(1, issued=date), csl_json).year == year


def test_days_of_deposit_and_indexing_are_no_year():
    work = {
        "DOI": "10.5555/a",
        "title": ["Tea"],
        "created": {"date-parts": [[2020]]},
        "indexed": {"date-parts": [[2021]]},
    }
    assert cleaned(work, crossref_json).year is None
    assert cleaned(work | {"published-print": {"date-parts": [[2019]]}}, crossref_json).year == 2019


def test_crossref_keeps_title_and_subtitle_together():
    assert (
        cleaned({"DOI": "10.5555/a", "title": ["Tea"], "subtitle": ["A trial"]}, crossref_json).title == "Tea: A trial"
    )
    assert (
        cleaned({"DOI": "10.5555/a", "title": ["Tea: a trial"], "subtitle": ["A trial"]}, crossref_json).title
        == "Tea: a trial"
    )


ABSTRACTS = [
    ({"We": [0, 3], "asked": [1], "keepers;": [2], "walked.": [4]}, "We asked keepers; We walked."),
    ({"IndexLength": 2, "InvertedIndex": {"rest.": [1], "Tea": [0]}}, "Tea rest."),
    ({"a": ["x", None], "b": 1}, "b"),
    ({}, ""),
    (None, ""),
    ("text", ""),
]


@pytest.mark.parametrize(("index", "text"), ABSTRACTS)
def test_an_abstract_is_put_together_again(index, text):
    assert openalex_json.whole(index) == text


def test_a_repository_is_no_journal():
    location = {"source": {"display_name": "Fog Archive", "type": "repository"}}
    work = {"id": "https://openalex.org/W900000001", "title": "Fog", "primary_location": location}
    assert cleaned(work, openalex_json).journal == ""


VOLUMES = [
    ("27 6", ("27", "6")),
    ("12(3)", ("12", "3")),
    ("31", ("31", "")),
    ("", ("", "")),
    ("abs 12", ("abs 12", "")),
]


@pytest.mark.parametrize(("said", "parts"), VOLUMES)
def test_volume_and_issue_in_one_value_are_taken_apart(said, parts):
    paper = cleaned({"paperId": "1", "title": "Tea", "journal": {"volume": said}}, s2_json)
    assert (paper.volume, paper.issue) == parts


PLACES = [
    ({"container": {"title": "Hail", "firstPage": "9", "lastPage": "17"}}, "9-17"),
    ({"container": {"title": "Hail", "firstPage": "e12"}}, "e12"),
    ({"container": {"title": "Hail", "firstPage": "Vol. 2 No. 1 (2018)"}}, ""),
    ({"container": {"title": "Hail"}, "sizes": ["42-79 pages"]}, "42-79"),
    ({"sizes": ["12 pages", "1.2 MB"]}, ""),
]


@pytest.mark.parametrize(("stated", "pages"), PLACES)
def test_pages_are_pages_only_where_they_look_like_it(stated, pages):
    assert cleaned({"doi": "10.5555/a", "titles": [{"title": "Hail"}]} | stated, datacite_json).pages == pages


def test_the_abstract_in_the_works_own_language_is_taken():
    told = [
        {"description": text, "descriptionType": "Abstract", "lang": lang}
        for text, lang in (("One", "en"), ("Ett", "sv"))
    ]
    work = {"doi": "10.5555/a", "titles": [{"title": "Hail"}], "descriptions": told}
    assert cleaned(work | {"language": "sv"}, datacite_json).abstract == "Ett"
    assert cleaned(work, datacite_json).abstract == "One"


def test_the_first_object_is_enough_to_know_a_form_even_cut_off():
    head = json.dumps([item(1, abstract="x" * 100_000)])[: 1 << 15]
    assert json_forms.first(head)["title"] == "Tea 1"
    assert csl_json.recognises(head)
