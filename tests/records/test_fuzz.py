"""A slice of `make fuzz` for every reader, and what it has found: each bug stands here as the smallest file that showed it."""

import time
from pathlib import Path

import pytest

from bench import fuzz
from bench.accounting import unaccounted
from records.readers import READERS, Draft, Notice, Rejected, Source, embase, read, sniff

EACH = 200  # damaged files a reader
SAMPLES = Path(__file__).parent / "dumps"
NAMES = [reader.NAME for reader in READERS]


def read_all(text):
    """The reader's name, and all it yields."""
    data = text if isinstance(text, bytes) else text.encode()
    return sniff(Source.of(data)).NAME, list(read(Source.of(data)))


def accounted(text):
    """Everything that comes of a text in which no line is lost."""
    name, found = read_all(text)
    assert unaccounted(name, text if isinstance(text, bytes) else text.encode(), found) == []
    return found


def kinds(found):
    return [type(each) for each in found]


@pytest.fixture(scope="module")
def watched():
    fuzz.watched()


@pytest.mark.parametrize("name", NAMES)
def test_damaged_samples_are_read_whole_or_named(name, watched, monkeypatch):
    everything = fuzz.samples()
    own = [
        path.read_bytes()
        for path in sorted((SAMPLES / name.replace(" ", "_")).glob("*"))
        if not path.name.endswith(".expected.json")
    ]
    monkeypatch.setattr(fuzz, "EVERYTHING", everything)
    bad = []
    for number in range(EACH):
        data = fuzz.damaged(number, 7, [sample for sample in own if len(sample) <= fuzz.LARGEST_SEED] or everything)
        outcome = fuzz.tried(number, data)
        if outcome.fault:
            bad.append((outcome.number, outcome.reader, outcome.fault[-600:]))
    assert bad == []


def test_a_number_and_a_seed_make_the_same_damage_again():
    everything = fuzz.samples()
    made = [fuzz.damaged(number, 3, everything) for number in range(40)]
    assert made == [fuzz.damaged(number, 3, everything) for number in range(40)]
    assert made != [fuzz.damaged(number, 4, everything) for number in range(40)]
    assert len({*made} - {*everything}) > 30


# That the fuzzer can fail


def test_a_lost_line_is_found():
    data = b"TY  - JOUR\nTI  - Tea\nER  - \nTY  - JOUR\nTI  - Coffee\nER  - \n"
    found = list(read(Source.of(data)))
    assert unaccounted("ris", data, found) == []
    assert [line for line, _text in unaccounted("ris", data, found[:1])] == [4, 5]


def test_an_exception_and_a_hang_are_found(watched, monkeypatch):
    data = b"TY  - JOUR\nTI  - Tea\nER  - \n"

    def raising(_source):
        raise KeyError("lost")
        yield

    def hanging(_source):
        while True:
            time.monotonic()
        yield

    for wrong, words in ((raising, "KeyError"), (hanging, "a hang"), (lambda _source: iter([]), "nothing came out")):
        monkeypatch.setattr(fuzz, "read", wrong)
        assert words in fuzz.tried(1, data).fault


# What it found


def test_blanks_without_end_before_a_comma_take_no_time():
    start = time.process_time()
    assert not embase.recognises(" " * 60_000 + ",\n" + " " * 60_000)
    assert time.process_time() - start < 2


def test_what_stands_above_the_entry_in_an_open_comment_is_named():
    text = (
        "@article{a, title = {Tea}}\n@comment{jabref-meta: x\n  abstract = {A lost one},\n@article{b, title = {Cups}}\n"
    )
    found = accounted(text)
    assert kinds(found) == [Draft, Rejected, Draft]
    assert (found[1].lines, found[1].reason) == ((2, 3), "@comment is not closed")


def test_an_open_command_that_swallowed_fields_is_rejected():
    found = accounted(
        "@article{a, title = {Tea}}\n@preamble{words without end\n  author = {Ames, B.},\n  title = {Cups},\n"
    )
    assert kinds(found) == [Draft, Rejected]
    assert found[1].lines == (2, 4)


def test_an_open_command_without_fields_is_a_notice():
    found = accounted("@article{a, title = {Tea}}\n@preamble{words without end\n")
    assert kinds(found) == [Draft, Notice]


def test_a_value_behind_an_end_mark_outside_any_entry_is_not_lost():
    found = accounted("TY  - JOUR\nTI  - Tea\nER  - \nER  - A title that lost its tag\n")
    assert kinds(found) == [Draft, Rejected]
    assert found[1].lines == (4, 4)


def test_text_in_a_damaged_element_between_two_entries_is_rejected():
    record = "<record>\n<titles><title>{}</title></titles>\n</record>\n"
    text = (
        "<xml><records>\n"
        + record.format("Tea")
        + record.format("Lost").replace("<record>", "<rec>")
        + record.format("Cups")
    )
    found = accounted(text + "</records></xml>\n")
    assert [each.fields["title"] for each in found if isinstance(each, Draft)] == [["Tea"], ["Cups"]]
    assert [each.lines for each in found if isinstance(each, Rejected)] == [(6, 6)]


def test_another_format_behind_a_broken_document_is_rejected():
    record = "<record>\n<titles><title>Tea</title></titles>\n</record>\n"
    found = accounted(f"<xml><records>\n{record}</records>\nTY  - JOUR\nTI  - Cups\nER  - \n")
    assert [each.lines for each in found if isinstance(each, Rejected)] == [(6, 8)]


def test_what_a_wrapper_says_is_named_though_its_list_is_damaged():
    text = '{"status": "ok",\n "message": {"total": 2,\n "items": [\n{"DOI": "10.5555/a", "title": ["Tea"]},\n{"DOI": 10.5555/b,\n'
    found = accounted(text)
    assert any(isinstance(each, Notice) and "status: ok" in each.text for each in found)
