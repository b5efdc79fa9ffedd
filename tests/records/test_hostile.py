"""Files that mean harm, or are merely odd: read, or refused in plain words, in little time and memory; never an exception."""

import io
import resource
import time
import zipfile

import pytest

from records import clean
from records.readers import Draft, Rejected, Source, read, sniff
from records.references import references

MOST_SECONDS = 5  # far more than any of these takes; it is growth without end that must not pass
RECORD = "TY  - JOUR\nTI  - {}\nAU  - Ames, Bea\nAB  - {}\nER  - \n"
GOOD = RECORD.format("Tea on night wards", "Tea helps.")


def outcome(data):
    """Titles of what came in, cleaned, and the reasons of what did not; within time."""
    start = time.process_time()
    found = list(read(Source.of(data)))
    titles = [clean.draft(each).title for each in found if isinstance(each, Draft)]
    assert time.process_time() - start < MOST_SECONDS
    return titles, [each.reason for each in found if isinstance(each, Rejected)]


def packed(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def bombs():
    """@string texts each made of ten of the one before: 10^11 characters, if anybody wrote them out."""
    rows = ['@string{s0 = "teateateat"}'] + [
        f"@string{{s{n} = {' # '.join([f's{n - 1}'] * 10)}}}" for n in range(1, 11)
    ]
    return "\n".join([*rows, "@article{a, title = s10, year = 2000}"])


ENTITIES = "<!DOCTYPE x [<!ENTITY a 'tea'>" + "".join(f"<!ENTITY a{n} '{'&a;' * 9}'>" for n in range(9)) + "]>"
ARTICLE = "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"

REFUSED = {
    "nothing": b"",
    "blanks": b" \r\n\t\r\n" * 200,
    "one letter": b"T",
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 300,
    "a program": b"\x7fELF" + bytes(range(256)) * 4,
    "at signs": "@" * 200_000,
    "brackets": "[" * 100_000 + "]" * 100_000,
    "objects in objects": '{"a":' * 60_000 + "1" + "}" * 60_000,
    "elements in elements": "<a>" * 60_000 + "</a>" * 60_000,
    "entities": f'<?xml version="1.0"?>{ENTITIES}<PubmedArticleSet>{ARTICLE.format("&a8;")}</PubmedArticleSet>',
    "entities in UTF-16": f'<?xml version="1.0"?>{ENTITIES}<PubmedArticleSet>{ARTICLE.format("&a8;")}</PubmedArticleSet>'.encode("utf-16"),
    "texts of texts": bombs(),
    "many columns": ",".join(f"c{n}" for n in range(10_000)) + "\n" + ",".join("x" * 10_000) + "\n",
    "zeros": packed([(f"{n}.ris", b"\0" * (16 << 20)) for n in range(4)]),
    "archives in archives": packed([("a.zip", packed([("b.zip", packed([("c.ris", GOOD)]))]))]),
    "many members": packed([(f"{n}.ris", b"") for n in range(12_000)], zipfile.ZIP_STORED),
    "half an archive": packed([("a.ris", GOOD)])[:-30],
    "no archive": b"PK\x03\x04 nope",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words(name):
    titles, reasons = outcome(REFUSED[name])
    assert titles == [] and reasons and all(reasons)


TAKEN = {
    "a long line": RECORD.format("Tea", "x" * 3_000_000),
    "a run of blanks": RECORD.format("Tea", "a" + " " * 300_000 + "b"),
    "a run of brackets": RECORD.format("Tea", "<" * 300_000),
    "a run of signs": RECORD.format("Tea", "&" * 300_000),
    "a run of numbers like a DOI": RECORD.format("Tea", "10.5555/" * 30_000),
    "a run of addresses": RECORD.format("Tea", "http://" * 30_000),
    "a run of accents": RECORD.format("Te" + "\u0301" * 20_000 + "a", "Tea"),
    "many authors": RECORD.format("Tea", "Tea").replace("AU  - Ames, Bea\n", "".join(f"AU  - Ames{n}, B\n" for n in range(20_000))),
    "commas for an author": RECORD.format("Tea", "Tea").replace("Ames, Bea", "," * 50_000),
    "braces": "@article{a, title = {" + "{" * 50_000 + "Tea" + "}" * 50_000 + "}}",
    "an order to TeX": "@article{a, title = {\\input{/etc/hostname} Tea}}",
    "a wide object": '[{"title": "Tea", ' + ", ".join(f'"k{n}": {n}' for n in range(30_000)) + "}]",
    "a number of 5,000 digits": '[{"title": "Tea", "year": ' + "9" * 5000 + "}]",
    "a long cell": 'title,abstract,year\nTea,"' + "a" * 300_000 + '",2000\n',
    "a document type of its own": f'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet SYSTEM "http://127.0.0.1:9/x.dtd"><PubmedArticleSet>{ARTICLE.format("Tea")}</PubmedArticleSet>',
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken_in_without_much_ado(name):
    titles, _reasons = outcome(TAKEN[name])
    assert len(titles) == 1


PAGE = (
    "Bread and bees: a cohort of bakers\n\nAmes, Bea; Cole, Dee\n{}\n\nAbstract\n"
    + "Bakers met bees every morning for a year. " * 6
)

RUNS = {
    "blanks below the names of a page": PAGE.format("x" + " " * 5000 + "10.5555/a b"),
    "blanks before a DOI": PAGE.format(" " * 3000 + "doi" + " " * 3000 + "10.5555/a"),
    "a line of hyphens and letters": PAGE.format("a-" * 1500),
    "a reference of hyphens and letters": "1. "
    + "a-" * 900
    + "\n2. Ames B, Cole D. Bread and bees. Tea. 2001;4:1-9.\n",
}


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_one_sign_is_not_searched_for_ever(name):
    outcome(RUNS[name])
    assert references(RUNS[name])


@pytest.mark.parametrize(
    "lie", [b"", b"\0", b"\x00" * 500, b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe4\xb8", bytes(range(1, 9))]
)
def test_a_byte_that_no_text_has_costs_no_entry(lie):
    first, second = RECORD.format("Tea__Cups", "Tea."), RECORD.format("Spoons", "Tea.")
    titles, _reasons = outcome((first + second).encode().replace(b"__", lie))
    assert len(titles) == 2 and titles[1] == "Spoons"
    assert "\0" not in titles[0]


def test_an_entry_of_texts_without_end_is_refused_and_its_neighbour_read():
    titles, reasons = outcome(bombs() + "\n@article{b, title = {Cups}}\n")
    assert titles == ["Cups"]
    assert reasons == ["its text is made of texts (@string) that grow without end; such entries are not read"]


def test_a_bad_line_among_good_ones_is_named():
    found = list(read(Source.of('{"title": "Tea"}\n{"title": "Lost"\n{"title": "Cups"}\n')))
    assert [each.lines for each in found if isinstance(each, Draft)] == [(1, 1), (3, 3)]
    assert [each.lines for each in found if isinstance(each, Rejected)] == [(2, 2)]


def test_a_path_that_climbs_is_named_and_its_neighbour_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    titles, reasons = outcome(packed([("../../climbed.ris", GOOD), ("ok.ris", GOOD)]))
    assert "Tea on night wards" in titles
    assert list(tmp_path.iterdir()) == [] and not (tmp_path.parent.parent / "climbed.ris").exists()


def test_a_zip_of_zeros_is_refused_before_it_fills_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome(REFUSED["zeros"])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 * 1024


def test_a_formula_that_looks_like_a_reference_does_not_make_a_table_bibtex():
    text = "title,abstract,authors\n=1+1,=1+1,A\n@SUM(1+1),@SUM(1+1),A\n\t=2+2,=2+2,A\n"
    assert sniff(Source.of(text.encode())).NAME == "csv"
