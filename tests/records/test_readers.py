"""Every reader against its samples, and what no reader may ever do, whatever it is given.

Drop `<case>.txt` (or .ris, .nbib, .csv …) into dumps/<reader>/ and its expectation `<the same name>.expected.json` beside
it, and a test exists. WINNOW_REWRITE_EXPECTED=1 writes the expectations anew; read the difference before you keep it.
Keys that an expectation does not name are not compared; null and [] say that the value must be empty.
"""

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import clean
from records.readers import READERS, Draft, Notice, Rejected, Source, read, sniff
from records.readers.cli import describe, lines, record

DUMPS = Path(__file__).parent / "dumps"
SAMPLES = sorted(path for path in DUMPS.glob("*/*") if not path.name.endswith(".expected.json"))
NAMES = {reader.NAME.replace(" ", "_"): reader for reader in READERS}
REWRITE = os.environ.get("WINNOW_REWRITE_EXPECTED") == "1"
# Named in every expectation, empty or not: nothing may be invented here.
ALWAYS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "abstract", "keywords")
ABSTRACT_START = 120

BINARY = {"xlsx", "zip"}  # these have no characters of their own
TEXTS = [path for path in SAMPLES if path.parent.name not in BINARY]

each_text = pytest.mark.parametrize("sample", TEXTS, ids=lambda path: f"{path.parent.name}-{path.name}")
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.name}")


def everything(data, reader=None):
    """All that a reader yields for some bytes; without a reader the one that knows them."""
    source = Source.of(data)
    return list(reader.read(source) if reader else read(source))


def cleaned(data):
    """The records in some bytes, as plain values."""
    return [record(clean.draft(each), each) for each in everything(data) if isinstance(each, Draft)]


def summary(path):
    """What a sample's expectation speaks of."""
    found = describe(str(path))
    return {
        "format": found["format"],
        "records": [shown(each) for each in found["records"]],
        "rejected": [{"lines": [r["line_from"], r["line_to"]], "reason": r["reason"]} for r in found["rejected"]],
        "notices": [each["text"] for each in found["notices"]],
    }


def shown(values):
    """A record for the expectation: its lines as one value, of its abstract the beginning, no silent fields."""
    values = dict(values)
    start = (values.pop("abstract") or "")[:ABSTRACT_START]
    ends = [values.pop("line_from"), values.pop("line_to")]
    values |= {"abstract": start or None, "lines": ends}
    return {name: value for name, value in values.items() if name in ALWAYS or value not in (None, [], False)}


def written(found):
    """An expectation as a person reads it: a line a key."""

    def rows(values, indent):
        return ",\n".join(
            f'{indent}"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in values.items()
        )

    records = ",".join(f"\n  {{\n{rows(each, '   ')}\n  }}" for each in found.pop("records"))
    return f'{{\n{rows(found, " ")},\n "records": [{records}]\n}}\n'


@each_sample
def test_a_sample_reads_as_expected(sample):
    beside = sample.with_name(sample.name + ".expected.json")
    if REWRITE:
        beside.write_text(written(summary(sample)), encoding="utf-8")
    expected = json.loads(beside.read_text(encoding="utf-8"))
    found = summary(sample)
    assert len(found["records"]) == len(expected["records"])
    for is_, should in zip(found["records"], expected["records"], strict=True):
        assert {name: is_.get(name, [] if value == [] else None) for name, value in should.items()} == should
    for name in expected.keys() - {"records"}:
        assert found[name] == expected[name]


@each_sample
def test_a_sample_lies_in_the_folder_of_its_reader(sample):
    assert sniff(Source.of(sample.read_bytes())) is NAMES[sample.parent.name]


def test_every_reader_has_a_sample_and_no_expectation_is_left_over():
    assert {path.parent.name for path in SAMPLES} == set(NAMES)
    beside = {path.name.removesuffix(".expected.json") for path in DUMPS.glob("*/*.expected.json")}
    assert beside == {path.name for path in SAMPLES}


def test_every_reader_has_a_name_of_its_own_and_words_for_it():
    assert len({reader.NAME for reader in READERS}) == len({reader.LABEL for reader in READERS}) == len(READERS)


@each_sample
def test_the_format_is_found_without_the_name_of_the_file(sample, tmp_path):
    for name in ("export", "export.csv", "export.ris", "export.txt"):
        (tmp_path / name).write_bytes(sample.read_bytes())
    stated = [json.loads(line) for line in lines(map(str, sorted(tmp_path.iterdir())))]
    assert {each["format"] for each in stated} == {NAMES[sample.parent.name].NAME}


# What no reader may do


def sound(data, reader=None):
    """Nothing raises, every entry has lines of the file, every raw value a line of its entry, every field is known."""
    inside = hasattr(reader or sniff(Source.of(data)), "INSIDE")  # lines of a member, which the bytes do not show
    last = 1 << 31 if inside else sum(1 for _line in Source.of(data).lines())
    before = 0
    for each in everything(data, reader):
        if isinstance(each, Notice):
            assert 0 <= each.line <= last and each.text
            continue
        first, end = each.lines
        assert 1 <= first <= end <= last or last == 0
        if isinstance(each, Rejected):
            assert each.reason
            continue
        assert inside or first >= before  # entries stand in the order of the file and share no more than a line
        before = end
        assert all(first <= line <= end for _tag, _value, line in each.raw)
        assert each.fields.keys() <= set(clean.FIELDS)
        assert each.role in ("primary", "related")
        clean.draft(each)


def no_empty_success(data):
    """Something came out: an entry, or a stretch that is named as not understood."""
    assert any(isinstance(each, Draft | Rejected) for each in everything(data))


@each_sample
def test_no_prefix_of_a_sample_makes_a_reader_raise(sample):
    data = sample.read_bytes()
    for end in range(0, len(data), max(1, len(data) // 120)):
        sound(data[:end])
        no_empty_success(data[:end])


@each_sample
def test_the_head_of_any_format_makes_no_other_reader_raise(sample):
    for reader in READERS:
        sound(sample.read_bytes()[:3000], reader)


LINES = sorted({line for path in SAMPLES for line in path.read_bytes().split(b"\n")})
few = settings(max_examples=120, deadline=None)


@few
@given(st.binary(max_size=400))
def test_random_bytes_are_read_or_named(data):
    sound(data)
    no_empty_success(data)
    for reader in READERS:
        sound(data, reader)


@few
@given(st.lists(st.sampled_from(LINES), max_size=40).map(b"\n".join))
def test_lines_of_all_formats_mixed_are_read_or_named(data):
    sound(data)
    no_empty_success(data)
    for reader in READERS:
        sound(data, reader)


@few
@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False))
def test_shuffled_lines_are_read_or_named(sample, chance):
    rows = sample.read_bytes().split(b"\n")
    chance.shuffle(rows)
    sound(b"\n".join(rows))
    no_empty_success(b"\n".join(rows))


@few
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=20))
def test_damaged_bytes_are_read_or_named(sample, damage):
    data = bytearray(sample.read_bytes())
    for place, byte in damage if data else ():
        data[int(place * (len(data) - 1))] = byte
    sound(bytes(data))
    no_empty_success(bytes(data))


def test_a_reader_that_yields_nothing_is_not_believed():
    found = everything("title,year,doi,remarks\n")
    assert [type(each) for each in found] == [Notice, Rejected]
    assert found[1].reason.startswith("not understood")


# The same file in other clothes

WIDE = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
CHINESE = (
    "wos_mirror_cn",
    "bilingual_portal",
    "several_pages_in_one_file",
)  # only such pages are guessed to be GB18030
CLOTHES = [(path, encoding) for path in TEXTS if path.stat().st_size for encoding in WIDE]
CLOTHES += [(path, "gb18030") for path in TEXTS if path.parent.name in CHINESE]


@pytest.mark.parametrize("newline", ["\r\n", "\r"], ids=["crlf", "cr"])
@each_text
def test_other_line_ends_give_the_same_records(sample, newline):
    text = sample.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    assert cleaned(text.replace("\n", newline).encode()) == cleaned(text.encode())


@pytest.mark.parametrize(("sample", "encoding"), CLOTHES, ids=[f"{path.name}-{encoding}" for path, encoding in CLOTHES])
def test_other_encodings_give_the_same_records(sample, encoding):
    text = sample.read_bytes().decode("utf-8-sig")
    data = text.encode(encoding)
    assert sniff(Source.of(data)) is NAMES[sample.parent.name]
    assert cleaned(data) == cleaned(text.encode())


def test_a_person_may_name_the_encoding():
    text = "TY  - JOUR\nTI  - Šálek čaje\nER  - \n"
    source = Source(io.BytesIO(text.encode("cp1250")), "cp1250")
    assert [each.fields["title"] for each in read(source)] == [["Šálek čaje"]]
