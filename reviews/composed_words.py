"""The fields of a composed work in words, as its page shows them: what, from where, and the other values."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from records.choosing import MOST, TYPED
from records.composing import Card, Part, Variant, provenance
from records.difference import FIELDS
from records.models import Choice, Record, Work

LABELS = {**dict(FIELDS), "keywords": _("Keywords")}


def words(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Other:
    """A value that is not shown, and the records that state it."""

    words: str
    records: list[Record]

    @classmethod
    def of(cls, variant: Variant) -> "Other":
        return cls(words(variant.value), variant.records)

    @property
    def record(self) -> Record:
        return self.records[0]


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a work as a row of its page."""

    name: str
    label: str
    words: str
    lines: str
    record: Record
    choice: Choice | None
    others: list[Other]

    @classmethod
    def of(cls, part: Part) -> "Row":
        lines = "\n".join(map(str, part.value)) if isinstance(part.value, list) else ""
        others = [Other.of(each) for each in part.others]
        return cls(part.name, str(LABELS[part.name]), words(part.value), lines, part.record, part.choice, others)

    @property
    def typed(self) -> bool:
        """Whether a person may write the value; an endless one is no text for a form."""
        return self.name in TYPED and len(self.words) <= MOST

    @property
    def several(self) -> bool:
        return self.name in ("authors", "keywords")


def rows(card: Card) -> list[Row]:
    """The fields of a card."""
    return [Row.of(part) for part in provenance(card)]


@dataclass(frozen=True, slots=True)
class Past:
    """A choice that somebody made, current or not."""

    label: str
    words: str
    by: str
    at: Any
    current: bool


def history(work: Work) -> list[Past]:
    """All choices about a work's fields, newest first."""
    made = Choice.objects.filter(record__work=work).select_related("record", "by").order_by("-pk")
    return [
        Past(
            str(LABELS.get(each.field, each.field)),
            words(getattr(each.record, each.field) if each.value is None else each.value),
            str(each.by),
            each.at,
            each.current,
        )
        for each in made[:50]
    ]
