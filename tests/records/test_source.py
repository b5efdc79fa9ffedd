"""The ladder of encodings, numbered lines, and the characters that a dump loses with or without a word."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.readers import Notice, Source, read
from records.readers.base import CHUNK, HEAD_CHARACTERS, Draft, Rejected, detect_encoding

ENGLISH = "TY  - JOUR\nTI  - Ten kettles\nER  - \n"
FRENCH = "TY  - JOUR\nTI  - Thé, café – l’été à l’hôpital\nER  - \n"
CHINESE = "雪天与哮喘:学校停课作为自然实验\n摘要\n学校因下雪而停课,吸入器的使用减少了。\n"
GERMAN_SHARP = "Größe, Übung, Äpfel\n"

LADDER = [
    (ENGLISH, "ascii", "utf-8"),
    (FRENCH, "utf-8", "utf-8"),
    (FRENCH, "utf-8-sig", "utf-8"),
    (FRENCH, "utf-16", "utf-16"),
    (FRENCH, "utf-16-le", "utf-16-le"),
    (FRENCH, "utf-16-be", "utf-16-be"),
    (FRENCH, "utf-32", "utf-32"),
    (FRENCH, "cp1252", "cp1252"),
    (GERMAN_SHARP, "latin-1", "cp1252"),
    (CHINESE, "utf-8", "utf-8"),
    (CHINESE, "gb18030", "gb18030"),
    (CHINESE, "gbk", "gb18030"),
]


def texts(data):
    """The lines of some bytes, without their numbers."""
    return [line for _number, line in Source.of(data).lines()]


@pytest.mark.parametrize(("text", "encoding", "found"), LADDER)
def test_the_encoding_is_found(text, encoding, found):
    data = text.encode(encoding)
    assert detect_encoding(io.BytesIO(data)) == found
    assert Source.of(data).text() == text


def test_bytes_that_no_code_page_knows_are_latin():
    assert detect_encoding(io.BytesIO(b"caf\xe9 \x81\x8d")) == "latin-1"


def test_a_character_cut_off_at_the_end_of_the_file_is_still_utf8():
    assert detect_encoding(io.BytesIO("Zusammenhänge é".encode()[:-1])) == "utf-8"


def test_accents_of_the_west_are_not_taken_for_chinese():
    text = "Señor Peña y Muñoz, año 2001: corazón, niñez, también, después.\n" * 20
    assert Source.of(text.encode("cp1252")).text() == text


def test_accents_far_down_the_file_are_found_too():
    data = b"plain words\n" * CHUNK + "naïve\n".encode("cp1252")
    assert detect_encoding(io.BytesIO(data)) == "cp1252"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_three_ends_of_line_count_alike(end):
    source = Source.of(end.join(["one", "", "three", ""]).encode())
    assert list(source.lines()) == [(1, "one"), (2, ""), (3, "three")]


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_other_characters_end_no_line(character):
    assert texts(f"one{character}still one\ntwo".encode()) == [f"one{character}still one", "two"]


def test_mixed_ends_count_as_an_editor_counts_them():
    assert texts(b"a\r\nb\rc\n\r\nd") == ["a", "b", "c", "", "d"]


def test_an_end_of_line_cut_in_two_by_the_reading_is_one_end():
    data = b"x" * (CHUNK - 1) + b"\r\nnext\r"
    assert list(Source.of(data).lines()) == [(1, "x" * (CHUNK - 1)), (2, "next")]


def test_a_character_cut_in_two_by_the_reading_is_one_character():
    text = "x" * (CHUNK - 1) + "é\nnext"
    assert texts(text.encode()) == text.split("\n")


def test_a_line_longer_than_many_pieces_is_one_line():
    text = "y" * (3 * CHUNK + 5) + "\nshort\n"
    assert list(Source.of(text.encode()).lines()) == [(1, "y" * (3 * CHUNK + 5)), (2, "short")]


def test_the_byte_order_mark_is_no_part_of_the_first_line():
    assert texts("\ufeffTY  - JOUR".encode()) == ["TY  - JOUR"]
    assert Source.of("\ufeffTY  - JOUR").head == "TY  - JOUR"


@pytest.mark.parametrize("data", [ENGLISH, "PMID- 90000001\nTI  - Ten kettles\n"])
def test_nul_bytes_are_dropped_with_a_notice(data):
    with_nul = data.replace("Ten", "\0T\0en").replace("TI", "T\0I").encode()
    found = list(read(Source.of(with_nul)))
    drafts = [each for each in found if isinstance(each, Draft)]
    assert [draft.fields["title"] for draft in drafts] == [["Ten kettles"]]
    assert [each.text for each in found if isinstance(each, Notice)] == ["3 NUL bytes were dropped"]


def test_nul_bytes_are_counted_once_however_often_the_source_is_read():
    source = Source.of(b"a\0b\0")
    assert source.head == "ab"
    assert source.text() == source.text() == "ab"
    assert source.nul_bytes == 2


def test_the_head_is_the_beginning_and_no_more():
    source = Source.of(b"line\r\n" * HEAD_CHARACTERS)
    assert source.head == ("line\n" * HEAD_CHARACTERS)[:HEAD_CHARACTERS]


def test_pasted_text_is_read_like_a_file():
    assert texts(FRENCH) == texts(FRENCH.encode())
    assert texts("half a pair \ud83d") == ["half a pair ?"]


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])))
def test_no_character_of_a_text_is_lost(text):
    flat = text.replace("\r\n", "\n").replace("\r", "\n")
    assert Source.of(text).text() == flat
    assert texts(text) == (flat.removesuffix("\n").split("\n") if flat else [])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_have_an_encoding_that_reads_them(data):
    source = Source.of(data)
    assert "\0" not in source.text()
    numbers = [number for number, _line in source.lines()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_rejected_stretch_shows_its_beginning_only():
    assert len(Rejected((1, 9), "not understood", "z" * 1000).text) == 200
