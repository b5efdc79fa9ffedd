"""The frames in which a review's question is put: data, no code per frame; and what changed from one version to the next.

A frame names its elements; criteria are (element, text) pairs, so a frame can be chosen, changed or left at any time and
no criterion is lost: what fits no element stands under "other".
"""

from collections.abc import Sequence
from dataclasses import dataclass

Row = tuple[str, str]  # element, text


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: its key, its name, what it is for, and its elements with a hint each."""

    key: str
    name: str
    about: str
    elements: tuple[Row, ...]


FRAMES = {
    frame.key: frame
    for frame in (
        Frame("pico", "PICO", "effects of interventions", (
            ("Population", "Who is studied?"),
            ("Intervention", "What is done?"),
            ("Comparison", "Compared with what?"),
            ("Outcome", "What is measured?"),
        )),
        Frame("pico-qualitative", "PICo", "qualitative evidence", (
            ("Population", "Who speaks?"),
            ("Phenomenon of interest", "What is experienced?"),
            ("Context", "Where, and in which circumstances?"),
        )),
        Frame("pcc", "PCC", "scoping reviews", (
            ("Population", "Who, if anybody in particular?"),
            ("Concept", "What is mapped?"),
            ("Context", "Where, in which field or culture?"),
        )),
        Frame("spider", "SPIDER", "qualitative and mixed-methods evidence", (
            ("Sample", "Who takes part?"),
            ("Phenomenon of interest", "What is experienced?"),
            ("Design", "Interviews, focus groups, diaries …"),
            ("Evaluation", "Views, attitudes, experiences …"),
            ("Research type", "Qualitative, mixed …"),
        )),
        Frame("perspectif", "PerSPEcTiF", "complex interventions and their contexts", (
            ("Perspective", "From whose point of view?"),
            ("Setting", "In which setting?"),
            ("Phenomenon or problem", "What is it about?"),
            ("Environment", "Within which environment?"),
            ("Comparison", "Compared with what, if anything?"),
            ("Time", "When, and for how long?"),
            ("Findings", "Which kind of findings?"),
        )),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """An element of a frame as it is filled: its criteria, one a line."""

    element: str
    hint: str
    text: str


def filled(frame: Frame, rows: Sequence[Row]) -> tuple[list[Slot], str]:
    """The frame's elements with the criteria that stand under them, and the other criteria as lines."""
    slots, used = [], set()
    for element, hint in frame.elements:
        here = [n for n, row in enumerate(rows) if row[0].casefold() == element.casefold()]
        used.update(here)
        slots.append(Slot(element, hint, "\n".join(rows[n][1] for n in here)))
    return slots, as_lines([row for n, row in enumerate(rows) if n not in used])


def as_lines(rows: Sequence[Row]) -> str:
    """Criteria as people write them: `Element: text`, or the text alone."""
    return "\n".join(f"{element}: {text}" if element else text for element, text in rows)


def from_lines(text: str) -> list[Row]:
    """Each line a criterion; a line without a colon, or with nothing behind it, has no element."""
    rows = []
    for line in text.splitlines():
        element, colon, rest = line.strip().partition(":")
        if line.strip():
            rows.append((element.strip(), rest.strip()) if colon and rest.strip() else ("", line.strip()))
    return rows


def difference(before: Sequence[Row], after: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What a new version added and what it dropped; a mere change of order is neither."""
    old, new = [tuple(row) for row in before], [tuple(row) for row in after]
    return [row for row in new if row not in old], [row for row in old if row not in new]
