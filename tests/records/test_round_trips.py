"""There and back: what was read is written with every tag and value, what is written is read as the same fields."""

import importlib.util
import json
import unicodedata
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from records import clean, readers
from records.readers import Draft, Source, bibtex, csl_json, endnote_xml, nbib, ris
from records.writers import WRITERS, Entry
from records.writers.base import CONTROL
from records.writers.bibtex import balanced

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "samples"
WRITER = {writer.NAME: writer for writer in WRITERS.values()}


def drafts(reader: ModuleType, text: str | bytes) -> list[Draft]:
    return [each for each in reader.read(Source.of(text)) if isinstance(each, Draft)]


def written(name: str, entries: list[Entry], columns: tuple[str, ...] = ()) -> str:
    return "".join(WRITER[name].write(entries, columns))


def verbatim(reader: ModuleType, found: list[Draft]) -> str:
    """Entries written again, after a database had them."""
    stored = json.loads(json.dumps([draft.raw for draft in found]))
    return written(reader.NAME, [Entry(raw=raw, format=reader.NAME) for raw in stored])


def tags(draft: Draft) -> list[tuple[str, str]]:
    return [(tag, value) for tag, value, _line in draft.raw]


# The tool that checks real files, on files of our own

XML = """<?xml version="1.0"?><xml><records><record><ref-type name="Report">27</ref-type><contributors><authors>
<author><style face="bold">Ames, Ada</style></author><author>Cole, Bea</author></authors></contributors><titles><title>A
<style>title</style> &amp; more</title></titles><odd kind="x">kept</odd><odd/><dates><year>2020</year><pub-dates><date>May</date>
</pub-dates></dates></record><record><titles><title>Another</title></titles></record></records></xml>"""
FILES = {
    "odd.xml": ("endnote_xml", XML),
    "odd.json": (
        "csl_json",
        '[{"id": "a", "type": "book", "title": "A title", "issued": {"date-parts": [[2020]]}, "volume": 3, "odd": [true, null],'
        ' "kept": "[not a list"}, {"id": 7, "type": "book", "title": "Another", "issued": {"raw": "2020"}}]',
    ),
    "odd.ris": (
        "ris",
        "1.\nTY - JOUR\nAU  -Ames, Ada\nTI  - A title that\ngoes on\n\n  and on\nXQ  - kept;  word for word\nN1  - \n"
        "AB  - One. US - based.\nER\n\nTY  - CHAP\nT1  - 椅子：口述\nKW  - a\n      b\nU1  - x\nU1  - x\n",
    ),
    "odd.nbib": (
        "nbib",
        "PMID- 99000001\nOWN - NLM\nTI  - A title that\n      goes on.\nXZQ - unknown\nLID - 10.5555/a [doi]\nAB  - \n\n"
        "OWN - ERIC\nTI  - Another\nAU  - Cole, Bea\nAU  - Cole, Bea\nPMID- 99000002\nTI  - A third\n",
    ),
    "odd.bib": (
        "bibtex",
        '@string{jic = {Journal of Imagined Care}}\n@comment{nothing}\n@Article{ames2020,\n  title = {{A} "title" with \\"o},\n'
        "  journal = jic # { (Online)},\n  month = mar,\n  year = 2020,\n  odd-field = {kept,\n    over lines},\n"
        '  note = "quoted {"} too",\n}\nwords between\n@book(Cole 2019,7, author = {Cole, Bea and {Deaf Voices}}, '
        "title = {An @ and 50\\% of (a) book})\n@misc{,title={No key},title={No key}}\n",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("round_trips", ROOT / "tools/conformance_round_trips.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def laid_out(folder: Path) -> Path:
    for name, (kind, text) in FILES.items():
        (folder / name).write_text(text)
        (folder / f"{name}.expected.json").write_text(json.dumps({"format": kind}))
    return folder


def test_every_tag_and_value_of_odd_files_comes_out_again(tool, tmp_path, capsys) -> None:
    assert tool.main(laid_out(tmp_path)) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert [f"{name}: 1 of 1 files whole" in said for name in WRITER_READER] == [True] * 5


@pytest.mark.parametrize("name", FILES)
def test_the_tool_counts_every_entry_itself(tool, name: str) -> None:
    kind, text = FILES[name]
    assert len(list(tool.TOKENIZERS[kind](text))) == len(drafts(WRITER_READER[kind], text))


@pytest.mark.parametrize("name", FILES)
def test_a_value_that_is_lost_is_found(tool, name: str) -> None:
    kind, text = FILES[name]
    source = Source.of(text)
    whole, _drafts = tool.written(source, kind)
    before = list(tool.TOKENIZERS[kind](text))
    assert tool.compared(before, list(tool.TOKENIZERS[kind](whole)))[1] == []
    for said in (
        "kept",
        "unknown",
        "goes on",
        "Another",
        "椅子",
        "jic #",
        "mar",
        "ames2020",
        "Cole, Bea",
        "No key",
        "Ames",
    ):
        if said in whole:
            damaged = whole.replace(said, "", 1)
            assert tool.compared(before, list(tool.TOKENIZERS[kind](damaged)))[1], said


WRITER_READER = {"ris": ris, "nbib": nbib, "bibtex": bibtex, "endnote_xml": endnote_xml, "csl_json": csl_json}


# Word for word


def kept(name: str, draft: Draft) -> Counter[tuple[str, str]]:
    """Tags and values; those of JSON without its blanks, those of BibTeX with braces that match."""
    if name == "csl_json":
        return Counter((tag, "".join(value.split())) for tag, value in tags(draft))
    return Counter((tag, balanced(value) if name == "bibtex" else value) for tag, value in tags(draft))


@pytest.mark.parametrize("name", WRITER_READER)
def test_every_sample_is_written_tag_for_tag_and_read_as_the_same(name: str) -> None:
    reader = WRITER_READER[name]
    samples = [path for path in (ROOT / "tests/records/dumps" / name).glob("*") if ".expected" not in path.name]
    assert samples
    for path in samples:
        first = drafts(reader, path.read_bytes())
        second = drafts(reader, verbatim(reader, first))
        assert [kept(name, draft) for draft in second] == [kept(name, draft) for draft in first], path.name
        assert [clean.draft(each).title for each in second] == [clean.draft(each).title for each in first]


def test_what_names_of_texts_stand_for_is_said_before_the_entry_that_needs_it() -> None:
    one = '@string{jic = "Journal of Imagined Care"}\n@string(pre = {Proc. } # jic)\n@article{a, journal = jic, month = jun}'
    two = "@string{JIC = {Another Journal}}\n@article{b, journal = JIC, title = {jic}}"
    text = verbatim(bibtex, [*drafts(bibtex, one), *drafts(bibtex, two)])
    assert text.index("@string{jic = {Journal of Imagined Care}}") < text.index("@article{a,")
    assert text.index("@article{a,") < text.index("@string{jic = {Another Journal}}") < text.index("@article{b,")
    assert "journal = jic," in text and "month = jun," in text and "title = {jic}" in text
    assert [draft.fields["journal"] for draft in drafts(bibtex, text)] == [
        ["Journal of Imagined Care"],
        ["Another Journal"],
    ]


def test_a_brace_that_closes_nothing_ends_no_entry() -> None:
    assert balanced("a {b} c") == "a {b} c"
    assert balanced("a } b { c") == "{a } b { c}"
    broken = [Entry(raw=[["@type", "misc", 1], ["@key", "a", 1], ["title", "A } title { here", 1]], format="bibtex")]
    (draft, after) = drafts(bibtex, written("bibtex", broken * 2))
    assert ("title", "{A } title { here}") in tags(draft) and tags(draft) == tags(after)


def test_an_entry_without_its_first_tag_does_not_run_into_the_one_before() -> None:
    loose = Entry(raw=[["TI", "Without a number", 1], ["JT", "A journal", 2]], format="nbib")
    text = written("nbib", [loose, loose])
    assert [draft.fields["title"] for draft in drafts(nbib, text)] == [["Without a number"]] * 2
    assert text.startswith("TI  - Without a number")


@pytest.mark.parametrize("name", WRITER_READER)
def test_what_was_filled_later_and_what_people_said_come_on_top(name: str) -> None:
    reader = WRITER_READER[name]
    path = next(p for p in (ROOT / "tests/records/dumps" / name).glob("*") if ".expected" not in p.name)
    first = drafts(reader, path.read_bytes())[0]
    bare = [list(row) for row in first.raw if "abstract" not in row[0].casefold() and row[0] not in ("AB", "N2")]
    said = {"Ann": "Include", "Notes": "a } brace, 50 % & more"}
    entry = Entry({"abstract": "Known elsewhere."}, bare, name, ("abstract",), said)
    (again,) = drafts(reader, written(name, [entry], ("Ann", "Notes")))
    assert not Counter(tag for tag, *_ in bare) - Counter(tag for tag, _value in tags(again))
    assert "Known elsewhere." in again.fields["abstract"]
    text = " ".join(value for _tag, value in tags(again)).replace("\\", "").replace("textbraceright{}", "}")
    assert "Ann: Include" in text and "Notes: a } brace, 50 % & more" in text


def test_entries_out_of_an_archive_are_known_by_their_tags() -> None:
    raw = [["TY", "JOUR", 1], ["XQ", "kept", 2]]
    assert "XQ  - kept" in written("ris", [Entry({"title": "A"}, raw, "zip")])
    assert "XQ" not in written("bibtex", [Entry({"title": "A"}, raw, "zip")])
    table = [["PMID", "1", 2], ["Title", "A", 2]]
    assert "TI  - A" in written("nbib", [Entry({"title": "A", "pmid": "1"}, table, "zip")])


PIECES = st.lists(
    st.sampled_from(
        ["@article{k,", "@misc{", "@book(", "title = {A}", "title={B {c} d},", 'note = "x"', "month = jan,", "year = 2020", "}", ")",
         "{", "}", '"', ",", "\n", "\n", " # ", "jan", "a@b.org", "@string{jan = {J}}", "text", "é 人", "\\%", "=", "odd name = {"]
    ),
    max_size=24,
).map("".join)  # fmt: skip


@given(PIECES)
def test_whatever_is_read_of_bibtex_is_written_so_that_it_reads_the_same(text: str) -> None:
    first = drafts(bibtex, text)
    second = drafts(bibtex, verbatim(bibtex, first))
    assert len(second) == len(first)
    for one, other in zip(first, second, strict=True):
        fields = [(tag, balanced(value)) for tag, value in tags(one) if not tag.startswith("@")]
        assert [(tag, value) for tag, value in tags(other) if not tag.startswith("@")] == fields


# Any text

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=60),
    st.lists(
        st.sampled_from(
            ["ER  -", "ER  - ", "TY  - JOUR", "PMID- 1", "AB  - x", "@article{a,", "@", "}", "{", "%", "\\", "\\%", "--", "---", "''", "``",
             "$", "$x_1$", "~", "^", "_", "#", "&", "&amp;", "<", "]]>", "é", "ñ", "ß", "人", "ア", "😀", "\n", "\r\n", "\r", "\n\n", " ", "a", "B",
             "word", "1. ", '"', "'", ",", ";", " and ", "title = {x},", "[", "]", "\t", "\x0b", "\x00", "\x85", "\u2028"]
        ),
        max_size=14,
    ).map("".join),
)  # fmt: skip


def plain(text: Any) -> str:
    """A text as every format keeps it: characters composed, blanks and lines as single blanks, control characters off."""
    text = CONTROL.sub("", str(text).replace("\x0b", "").replace("\x0c", ""))
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.mark.parametrize("name", WRITER_READER)
@given(texts=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=3))
def test_any_text_comes_back(name: str, texts: list[tuple[str, str, str]]) -> None:
    fields = ("title", "journal", "abstract")
    entries = [Entry({"type": "journal article", **dict(zip(fields, each, strict=True))}) for each in texts]
    entries = [Entry({**each.fields, "title": f"T {each.fields['title']}"}) for each in entries]
    found = drafts(WRITER_READER[name], written(name, entries))
    assert len(found) == len(entries)
    for draft, entry in zip(found, entries, strict=True):
        for field in fields:
            assert plain(" ".join(map(str, draft.fields.get(field, ())[:1]))) == plain(entry.fields[field]), field


@pytest.mark.parametrize(
    "names", [["AAA", "and"], ["and", "AAA"], ["Ames, and", "Cole, D"], ["and, Bea", "Cole, D"], ["And"]]
)
def test_a_person_called_and_parts_no_names(names):
    text = written("bibtex", [Entry({"title": "A title", "type": "journal article", "authors": names})])
    (draft,) = drafts(WRITER_READER["bibtex"], text)
    assert clean.draft(draft).authors == names


NAMES = st.text(st.characters(categories=["Lu", "Ll", "Lo"]) | st.sampled_from("-'’. "), min_size=2, max_size=14)
GIVEN = st.one_of(st.none(), NAMES)


@pytest.mark.parametrize("name", WRITER_READER)
@given(people=st.lists(st.tuples(NAMES, GIVEN), min_size=1, max_size=4))
def test_cleaned_names_come_back(name: str, people: list[tuple[str, str | None]]) -> None:
    given_names = [family if given is None else f"{family}, {given}" for family, given in people]
    names = clean.people(given_names)[0]
    # Only names that an import would leave like this.
    assume(clean.people(names)[0] == names and all(len(each) > 2 and each == plain(each) for each in names))
    text = written(name, [Entry({"title": "A title", "type": "journal article", "authors": names})])
    (draft,) = drafts(WRITER_READER[name], text)
    assert clean.draft(draft).authors == names


WORDS = st.text(
    st.characters(categories=["Lu", "Ll", "Lo", "Nd"]) | st.sampled_from("-,/()& "), min_size=1, max_size=12
)


@pytest.mark.parametrize("name", WRITER_READER)
@given(words=st.lists(WORDS.map(lambda word: f"k{plain(word)}k"), min_size=1, max_size=5, unique=True))
def test_keywords_come_back(name: str, words: list[str]) -> None:
    (draft,) = drafts(WRITER_READER[name], written(name, [Entry({"title": "A title", "keywords": words})]))
    assert clean.draft(draft).keywords == clean.keywords([*words, "…"])[:-1]


# One library in all formats

FIELDS = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "abstract",
    "keywords",
    "type",
)
# What has no place in a format, or comes back otherwise: how many of the samples' 115 records, at most.
# MEDLINE's abstracts have no lines; RIS, BibTeX, EndNote and CSL know few kinds of publications.
OTHERWISE = {
    "csv": {}, "xlsx": {}, "nbib": {"abstract": 1},
    "ris": {"type": 30}, "bib": {"type": 30}, "xml": {"type": 31}, "json": {"type": 30},
}  # fmt: skip


@pytest.fixture(scope="module")
def library() -> list[dict[str, Any]]:
    """All records of the samples as an import cleans them."""
    paths = [path for path in sorted(SAMPLES.iterdir()) if path.name not in ("README.md", "unreadable.txt")]
    read = (each for path in paths for each in readers.read(Source.of(path.read_bytes())))
    return [asdict(clean.draft(each)) for each in read if isinstance(each, Draft)]


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_library_in_every_format_has_the_same_fields(library, suffix: str) -> None:
    pieces = WRITERS[suffix].write(map(Entry, library))
    data = b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    found = [asdict(clean.draft(each)) for each in readers.read(Source.of(data)) if isinstance(each, Draft)]
    assert len(library) > 100 and len(found) == len(library)
    differ: Counter[str] = Counter()
    for one, other in zip(library, found, strict=True):
        for field in FIELDS:
            same = one[field] == other[field] or str(one[field]).casefold() == str(other[field]).casefold()
            differ[field] += not same
    assert all(count <= OTHERWISE[suffix].get(field, 0) for field, count in differ.items()), differ


# The shapes that other programs expect


def test_csl_has_only_keys_and_types_of_its_schema() -> None:
    kinds = ["journal article", "book", "book chapter", "thesis", "data set", "letter", "nonsense", ""]
    full = {
        "title": "A title", "authors": ["Doe, Jane, Jr", "Deaf Voices Collaborative", "van Dijk, Ada"], "editors": ["Roe, R."],
        "year": 2020, "journal": "J", "volume": "1", "issue": "2", "pages": "3-9", "doi": "10.5555/a", "pmid": "1", "pmcid": "PMC1",
        "issn": "1234-5678", "abstract": "A.", "keywords": ["one, two"], "language": "en", "publisher": "P", "accession": "ACC",
        "urls": ["https://example.org/1", "https://example.org/2"], "alt_titles": [{"title": "T", "language": "zh"}],
        "trial_registrations": ["NCT01234567"],
    }  # fmt: skip
    items = json.loads(written("csl_json", [Entry({**full, "type": kind}) for kind in kinds]))
    allowed = {
        "id", "type", "title", "author", "editor", "issued", "container-title", "volume", "issue", "page", "DOI", "PMID", "PMCID",
        "ISSN", "ISBN", "abstract", "keyword", "language", "publisher", "URL", "original-title", "genre", "note",
    }  # fmt: skip
    assert {key for item in items for key in item} <= allowed
    assert {item["type"] for item in items} <= set(csl_json.TYPES)
    assert all(
        isinstance(item[key], str) for item in items for key in allowed - {"author", "editor", "issued"} if key in item
    )
    assert items[0]["issued"] == {"date-parts": [[2020]]}
    assert items[0]["author"] == [
        {"family": "Doe", "given": "Jane", "suffix": "Jr"},
        {"literal": "Deaf Voices Collaborative"},
        {"family": "van Dijk", "given": "Ada"},
    ]
    assert len({item["id"] for item in items}) == len(items)


def test_endnote_xml_has_endnotes_elements() -> None:
    entry = Entry(
        {"type": "book chapter", "title": "A <b> & \x0btitle", "authors": ["Doe, Jane"], "abstract": "One.\nTwo."}
    )
    text = written("endnote_xml", [entry])
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n<record>')
    assert '<ref-type name="Book Section">5</ref-type>' in text
    assert "<contributors><authors><author>Doe, Jane</author></authors></contributors>" in text
    assert "<titles><title>A &lt;b&gt; &amp; title</title></titles>" in text
    assert "<abstract>One.&#xD;Two.</abstract>" in text


def test_bibtex_is_what_latex_prints() -> None:
    entry = Entry(
        {"type": "conference paper", "title": r"50% of {A} & B_c #1 \ $2 ~^", "journal": "Proc. X", "pages": "S1-S9",
         "authors": ["Doe, Jane, Jr", "Deaf Voices Collaborative", "van Dijk, Ada"], "year": 2020, "doi": "10.5555/a_b"}
    )  # fmt: skip
    text = written("bibtex", [entry])
    assert text.startswith("@inproceedings{doe2020-1,\n")
    assert r"title = {50\% of \textbraceleft{}A\textbraceright{} \& B\_c \#1 \textbackslash{} \$2" in text
    assert "author = {Doe, Jr, Jane and {Deaf Voices Collaborative} and van Dijk, Ada}" in text
    assert "booktitle = {Proc. X}" in text and "pages = {S1--S9}" in text and "doi = {10.5555/a_b}" in text
