"""Two records side by side, field by field, with the words that differ marked. Plain values out; templates draw."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from records.models import Record

WORDS = re.compile(r"\s+|[\w'’-]+|[^\w\s]")
LONG = 6000  # characters beyond which words are not compared one by one
FIELDS = [
    ("title", _("Title")),
    ("authors", _("Authors")),
    ("year", _("Year")),
    ("journal", _("Journal")),
    ("volume", _("Volume")),
    ("issue", _("Issue")),
    ("pages", _("Pages")),
    ("doi", _("DOI")),
    ("pmid", _("PMID")),
    ("abstract", _("Abstract")),
]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that both sides share, or that only this side has."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field of both records; `same` also where both are empty."""

    label: str
    left: list[Run]
    right: list[Run]
    same: bool


def fields(left: Record, right: Record) -> list[Field]:
    """Every field that at least one side has, in reading order."""
    rows = []
    for name, label in FIELDS:
        a, b = _text(left, name), _text(right, name)
        if a or b:
            rows.append(Field(str(label), *runs(a, b), same=a == b))
    return rows


@dataclass(frozen=True, slots=True)
class Row:
    """One field of several records, a cell each; `same` where all say the same."""

    label: str
    cells: list[list[Run]]
    same: bool


def table(records: Sequence[Record]) -> list[Row]:
    """Every field that at least one of the records has; what differs from the first one's is marked."""
    rows = []
    for name, label in FIELDS:
        first, *others = texts = [_text(each, name) for each in records]
        if any(texts):
            cells = [runs(first, other)[1] for other in others]
            rows.append(Row(str(label), [[Run(first, False)] if first else [], *cells], len(set(texts)) == 1))
    return rows


def _text(record: Record, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)


def runs(a: str, b: str) -> tuple[list[Run], list[Run]]:
    """Word-level differences of two texts, as runs for each side; the runs of a side join to its text."""
    if not a or not b or len(a) + len(b) > LONG:
        return [Run(a, a != b)] if a else [], [Run(b, a != b)] if b else []
    left, right = WORDS.findall(a), WORDS.findall(b)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    one: list[Run] = []
    two: list[Run] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if i < j:
            one.append(Run("".join(left[i:j]), kind != "equal"))
        if k < m:
            two.append(Run("".join(right[k:m]), kind != "equal"))
    return one, two
