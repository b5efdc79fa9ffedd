"""The drawing: every text inside its box, no box upon another, arrows that end at boxes."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from reviews.drawing import BOLD, PAD, SIZE, Drawing, Placed, draw, width_of, wrapped
from reviews.prisma import DATABASES, OTHER, Named, boxes
from tests.reviews.test_prisma import LEFT, ONE, RIGHT, TWO

HEADINGS = {DATABASES: "Via databases and registers", OTHER: "Via other methods"}
STAGES = ("Identification", "Screening", "Included")
LONG = "Web of Science Core Collection (SCI-EXPANDED, SSCI, A&HCI, CPCI-S, CPCI-SSH, ESCI), all years, via Clarivate"
CHINESE = "中国知网学术期刊全文数据库与万方数据知识服务平台以及维普中文期刊服务平台联合检索结果汇总"
ONE_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2


def named(*names: str) -> tuple[Named, ...]:
    return tuple(Named(name, 12_345, f"search-{n}") for n, name in enumerate(names))


HARD = replace(
    TWO,
    databases=replace(LEFT, kinds=(replace(LEFT.kinds[0], sources=named(LONG, CHINESE, ONE_WORD, "x")),), pending=7),
    other=replace(RIGHT, reasons=named(LONG, CHINESE, "", ONE_WORD)),
)


def drawn(flow: object, **more: object) -> Drawing:
    return draw(boxes(flow), headings=HEADINGS, stages=STAGES, **more)  # type: ignore[arg-type]


def overlap(a: Placed, b: Placed) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


@pytest.mark.parametrize("flow", [ONE, TWO, HARD], ids=["one", "two", "hard"])
def test_every_text_stays_in_its_box(flow: object) -> None:
    for box in drawn(flow).boxes:
        for text in box.texts:
            line = f"{text.words} {text.number}".strip()
            assert box.x + PAD <= text.x
            assert text.x + width_of(line, bold="title" in text.kind) <= box.right - PAD + 0.01, line
            assert box.y + SIZE * 0.9 <= text.y <= box.bottom - SIZE * 0.4


@pytest.mark.parametrize("flow", [ONE, TWO, HARD], ids=["one", "two", "hard"])
def test_no_box_lies_upon_another_and_all_lie_in_the_picture(flow: object) -> None:
    drawing = drawn(flow)
    placed = [*drawing.boxes, *drawing.stages]
    assert not [(a.name, b.name) for n, a in enumerate(placed) for b in placed[:n] if overlap(a, b)]
    assert all(each.x >= 0 and each.right <= drawing.width for each in placed)
    assert all(each.y >= 0 and each.bottom <= drawing.height for each in placed)


def test_no_word_of_a_long_name_is_lost() -> None:
    texts = [text.words for box in drawn(HARD).boxes for text in box.texts]
    assert "".join("".join(texts).split()).count("".join(LONG.split())) == 2
    assert "".join(texts).count(CHINESE) == 2
    assert "".join(texts).count(ONE_WORD) == 2


def test_each_number_ends_its_line_and_names_its_list() -> None:
    texts = [text for box in drawn(TWO).boxes for text in box.texts if text.number]
    assert ("Records screened", "(n = 78)", "screened-databases") in [(t.words, t.number, t.opens) for t in texts]
    assert all(text.opens and text.about for text in texts)


def test_what_is_open_is_drawn_only_while_it_is() -> None:
    kinds = {text.kind for box in drawn(TWO).boxes for text in box.texts}
    assert "box-line pending" not in kinds
    open_flow = replace(TWO, databases=replace(LEFT, pending=7))
    pending = [text for box in drawn(open_flow).boxes for text in box.texts if "pending" in text.kind and text.number]
    assert [(text.opens, text.number) for text in pending] == [("pending-databases", "(n = 7)")]


def test_boxes_have_their_classes_and_the_failing_one_is_marked() -> None:
    kinds = {box.name: box.kind for box in drawn(TWO, fails=["screened-other"]).boxes if box.name}
    assert kinds["screened-databases"] == "box"
    assert kinds["excluded-databases"] == "box out"
    assert kinds["included"] == "box end"
    assert kinds["screened-other"] == "box fails"


def test_arrows_lead_down_aside_and_into_the_included_studies() -> None:
    assert len(drawn(ONE).arrows) == 3 + 4 + 1
    assert len(drawn(TWO).arrows) == 2 * (3 + 4 + 1)
    end = next(box for box in drawn(TWO).boxes if box.name == "included")
    assert drawn(TWO).arrows[-1].head.startswith(f"{end.right:g},{end.middle:g} ")


def test_every_arrow_ends_at_the_edge_of_a_box() -> None:
    drawing = drawn(HARD)
    for arrow in drawing.arrows:
        x, y = map(float, arrow.head.split()[0].split(","))
        touched = [b for b in drawing.boxes if b.x - 0.1 <= x <= b.right + 0.1 and b.y - 0.1 <= y <= b.bottom + 0.1]
        assert len(touched) == 1


def test_the_stages_stand_beside_their_rows() -> None:
    drawing = drawn(TWO)
    first, second, third = drawing.stages
    by_name = {box.name: box for box in drawing.boxes}
    assert first.y <= by_name["identified-databases"].y and first.bottom >= by_name["identified-databases"].bottom
    assert second.y <= by_name["screened-databases"].y and second.bottom >= by_name["assessed-databases"].bottom
    assert third.y <= by_name["included"].y and third.bottom >= by_name["included"].bottom
    assert all(width_of(bar.texts[0].words) * BOLD <= bar.height for bar in drawing.stages)


@given(st.text(max_size=300), st.sampled_from([60, 120, 220]), st.booleans())
def test_any_text_is_wrapped_within_its_width(text: str, width: int, bold: bool) -> None:
    lines = wrapped(text, width, "(n = 1)", bold=bold)
    assert lines
    assert all(width_of(line, bold=bold) <= width for line in lines)


def test_control_characters_do_not_reach_the_file() -> None:
    assert wrapped("a\x01b\ud800c\ufffe", 200) == ["abc"]
    assert wrapped("a\x0bb\x0cc", 200) == ["a b c"]


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("flow", [ONE, TWO, HARD], ids=["one", "two", "hard"])
def test_the_file_is_sound_xml_with_title_and_description_and_no_style(flow: object) -> None:
    context = {"drawing": drawn(flow), "alone": True, "title": "a < b & c", "description": "d", "two": True}
    text = render_to_string("reviews/_flow.svg", context)
    root = ElementTree.fromstring(text)
    assert root.find(SVG + "title").text == "a < b & c"
    assert root.find(SVG + "desc").text == "d"
    assert "<style" not in text and " style=" not in text
    assert not root.findall(f".//{SVG}a")
    for kind in ("rect", "polyline", "polygon"):
        assert all(each.get("fill") for each in root.iter(SVG + kind))
    assert len(root.findall(f".//{SVG}tspan")) == sum(bool(t.number) for b in drawn(flow).boxes for t in b.texts)
