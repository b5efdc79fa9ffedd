"""Sentences as offsets: what ends one and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themes.sentences import sentences


def cut(text):
    """The sentences of a text as words."""
    return [text[each.start : each.end] for each in sentences(text)]


WHOLE = [
    "Peers, e.g. former patients, were named.",
    "That is, i.e. They, were named.",
    "As Smith et al. (2011) and Jones et al. [3] wrote, nothing changed.",
    "See Fig. 3 and Tab. 2 for no. 4.",
    "The groups differed (p < .05; M = 3.5 vs. 2.1).",
    "Dr. Rae and Prof. Lee met J. R. Smith in St. Ives.",
    "Students in the U.S. army took part.",
    "“Why?” she asked.",
    "It cost 3.50 pounds.",
    "1. Being heard.",
    "二〇一一年，3.5%的人参加了访谈。",
    "A line that goes on\nin the next one.",
    "Nothing ends here",
]


@pytest.mark.parametrize("text", WHOLE)
def test_this_is_one_sentence(text):
    assert cut(text) == [text]


PARTS = [
    ("We asked. They told.", ["We asked.", "They told."]),
    ("It worked (n = 8). We left.", ["It worked (n = 8).", "We left."]),
    ("“I was heard.” “So was I.”", ["“I was heard.”", "“So was I.”"]),
    ("So wrote Smith et al. The others did not.", ["So wrote Smith et al.", "The others did not."]),
    ("They lived in the U.S. We did not.", ["They lived in the U.S.", "We did not."]),
    ("It was significant at p < .05. Then we stopped.", ["It was significant at p < .05.", "Then we stopped."]),
    ("Why? Because! Yes… No.", ["Why?", "Because!", "Yes…", "No."]),
    ("There were 12. We left.", ["There were 12.", "We left."]),
    ("Six themes were identified.Results were good.", ["Six themes were identified.", "Results were good."]),
    ("目的明确。方法：访谈！“很好？”他说。", ["目的明确。", "方法：", "访谈！", "“很好？”", "他说。"]),
    ("提炼出主题.方法如下.", ["提炼出主题.", "方法如下."]),
    ("😀 One smiles. 😀 Two smile.", ["😀 One smiles.", "😀 Two smile."]),
    ("First line ends\n\nnew paragraph", ["First line ends", "new paragraph"]),
    ("First line:\nsecond line", ["First line:", "second line"]),
]


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_these_are_several(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Methods: we asked.",
        "METHODS:\nWe asked.",
        "Materials and methods: We asked.",
        "方法：我们访谈。",
        "【方法】我们访谈。",
    ],
)
def test_a_heading_is_named_and_stands_alone(text):
    first, second = sentences(text)
    assert first.heading
    assert not second.heading


def test_a_word_with_a_colon_in_a_sentence_is_no_heading():
    assert [each.heading for each in sentences("Two methods: asking and listening.")] == [False]


def test_offsets_are_code_points():
    text = "😀😀 one. 界 two."
    assert [tuple(each)[:2] for each in sentences(text)] == [(0, 7), (8, 14)]


@given(st.text(alphabet=st.sampled_from('aBé .!?:\n\t…“”"()。！？：方法😀1\u2028\u0085'), max_size=80))
def test_sentences_and_the_space_between_join_up_to_the_text(text):
    at, joined = 0, ""
    for each in sentences(text):
        assert each.start >= at
        assert text[at : each.start].strip() == ""
        assert text[each.start : each.end] == text[each.start : each.end].strip() != ""
        joined += text[at : each.end]
        at = each.end
    assert text[at:].strip() == ""
    assert joined + text[at:] == text


@given(st.text(max_size=200))
def test_any_text_can_be_cut(text):
    sentences(text)


def test_a_long_text_is_cut_quickly():
    text = "Someone said something to somebody (n = 3). " * 2000
    assert len(sentences(text)) == 2000
