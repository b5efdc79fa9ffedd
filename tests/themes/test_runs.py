"""Overlapping spans become disjoint runs; nothing of the text is lost or doubled."""

from hypothesis import given
from hypothesis import strategies as st

from themes.marked import LINES, stretches
from themes.runs import Run, Span, layers, runs

LETTERS = st.text(alphabet=st.sampled_from("ab .\n“”。😀界é"), max_size=60)


@st.composite
def marked_texts(draw):
    text = draw(LETTERS)
    edge = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(edge, edge), max_size=12))
    return text, [Span(n, min(a, b), max(a, b)) for n, (a, b) in enumerate(pairs)]


def test_without_spans_the_text_is_one_run():
    assert runs(5, []) == [Run(0, 5, ())]


def test_an_empty_text_has_no_run():
    assert runs(0, [Span("a", 0, 0)]) == []


def test_spans_that_overlap_are_cut_where_they_do():
    spans = [Span("a", 0, 4), Span("b", 2, 6)]
    assert runs(8, spans) == [Run(0, 2, ("a",)), Run(2, 4, ("a", "b")), Run(4, 6, ("b",)), Run(6, 8, ())]


def test_spans_that_touch_do_not_lie_on_one_run():
    assert runs(4, [Span("a", 0, 2), Span("b", 2, 4)]) == [Run(0, 2, ("a",)), Run(2, 4, ("b",))]


def test_the_same_span_twice_is_one_run_with_both():
    assert runs(2, [Span("a", 0, 2), Span("b", 0, 2)]) == [Run(0, 2, ("a", "b"))]


def test_a_cut_ends_a_run_and_changes_no_mark():
    assert runs(4, [Span("a", 0, 4)], cuts=[2]) == [Run(0, 2, ("a",)), Run(2, 4, ("a",))]


def test_spans_beyond_the_text_are_clipped():
    assert runs(3, [Span("a", 2, 9)]) == [Run(0, 2, ()), Run(2, 3, ("a",))]


@given(marked_texts(), st.lists(st.integers(-3, 70), max_size=5))
def test_runs_join_up_to_the_text(drawn, cuts):
    text, spans = drawn
    found = runs(len(text), spans, cuts)
    assert "".join(text[run.start : run.end] for run in found) == text
    assert all(run.start < run.end for run in found)


@given(marked_texts())
def test_each_span_is_the_union_of_its_runs(drawn):
    text, spans = drawn
    found = runs(len(text), spans)
    for span in spans:
        places = [place for run in found if span.id in run.ids for place in range(run.start, run.end)]
        assert places == list(range(span.start, span.end))


@given(marked_texts())
def test_there_are_at_most_twice_as_many_runs_as_spans_and_one(drawn):
    text, spans = drawn
    assert len(runs(len(text), spans)) <= 2 * len(spans) + 1


@given(marked_texts())
def test_spans_that_overlap_have_different_lines(drawn):
    text, spans = drawn
    lines = layers(spans)
    for run in runs(len(text), spans):
        assert len({lines[id_] for id_ in run.ids}) == len(run.ids)


@given(marked_texts())
def test_every_character_stands_in_one_piece_of_the_page(drawn):
    text, spans = drawn
    found = stretches(text, spans, {span.id: (f"code {span.id}", 1) for span in spans})
    pieces = [piece for stretch in found for piece in stretch.pieces]
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.start for piece in pieces] == [sum(len(p.text) for p in pieces[:n]) for n in range(len(pieces))]
    numbers = [stretch.number for stretch in found if stretch.number]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_fifth_mark_on_the_same_words_is_counted_not_drawn():
    spans = [Span(n, 0, 4) for n in range(6)]
    (stretch,) = stretches("abcd", spans, {n: (f"code {n}", n) for n in range(6)})
    (piece,) = stretch.pieces
    assert len(piece.drawn) == LINES
    assert piece.more == 2
    assert piece.names.count("code") == 6
