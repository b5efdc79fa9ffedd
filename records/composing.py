"""What a work shows of its records: the fullest one leads, what it lacks comes from the others, and a person may choose otherwise."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from records.clean_text import parts
from records.models import Choice, Record, Work
from records.prepared import GivenMany, Prepared

COMPOSED = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "keywords")
MOST_KEYWORDS = 100
MOST_SHOWN = 50_000  # characters of an abstract on a page; the longest honest ones have a tenth of it


@dataclass(slots=True)
class Card:
    """What a work shows: the lead record, and for each field it lacks the value of another record with its source.

    `chosen` holds what people chose instead; a choice without a value shows its record's own.
    """

    work: Work
    record: Record
    records: list[Record]
    filled: dict[str, Record]
    chosen: dict[str, Choice] = field(default_factory=dict)
    noticed: Any = (
        None  # `records.retractions.Standing` of a work that was retracted or corrected, where it was asked for
    )

    def value(self, name: str) -> Any:
        """What is shown of a field."""
        choice = self.chosen.get(name)
        if choice is not None and choice.value is not None:
            return choice.value
        return getattr(self.filled.get(name, self.record), name)

    @property
    def paragraphs(self) -> list[tuple[str, str]]:
        """The abstract as (heading, text) pairs; of an endless one the beginning."""
        return parts(self.value("abstract")[:MOST_SHOWN])

    @property
    def keywords_shown(self) -> str:
        """The keywords in one line; of very many the first."""
        return " · ".join(self.value("keywords")[:MOST_KEYWORDS])[:MOST_SHOWN]

    @property
    def endless(self) -> bool:
        """Whether only the beginning of the abstract is shown."""
        return len(self.value("abstract")) > MOST_SHOWN

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.value(name)


UNREAD = (
    "raw",
    "normal",
    "extra",
    "notices",
    "filled",
    "urls",
    "trial_registrations",
)  # fields that nobody reads on a card
OF_WORKS = Prepared(
    lambda: Record.objects.filter(work__among=GivenMany("works")).select_related("search", "dump").order_by("pk")
)
TO_READ = Prepared(lambda: Record.objects.filter(work__among=GivenMany("works")).defer(*UNREAD).order_by("pk"))


def records_of(work: Work) -> list[Record]:
    """A work's records, the lead first."""
    rows = list(Record.objects.filter(work=work).select_related("search", "dump").order_by("pk"))
    return sorted(rows, key=lambda r: r.pk != work.lead_id)


def card(work: Work) -> Card:
    """The composed view of a work; two queries."""
    return composed(work, records_of(work), chosen([work.pk]).get(work.pk, {}))


def cards(works: list[Work], *, to_read: bool = False) -> list[Card]:
    """The composed views of many works that are not empty, in their order; two queries for all of them.

    `to_read`: only what is read on a card is fetched.
    """
    rows: dict[int, list[Record]] = {}
    for record in (TO_READ if to_read else OF_WORKS).all(works=[work.pk for work in works]):
        rows.setdefault(record.work_id, []).append(record)
    said = chosen(work.pk for work in works)
    held = [work for work in works if work.pk in rows]
    return [
        composed(work, sorted(rows[work.pk], key=lambda r: r.pk != work.lead_id), said.get(work.pk, {}))
        for work in held
    ]


def composed(work: Work, records: list[Record], chosen: dict[str, Choice] | None = None) -> Card:
    """A work's records, the lead first, as one card."""
    lead = records[0]
    chosen = {name: each for name, each in (chosen or {}).items() if _says(each, records)}
    filled = {}
    for name in COMPOSED:
        other: Record | None = None
        if name in chosen:
            other = next((r for r in records[1:] if r.pk == chosen[name].record_id), None)
        elif not getattr(lead, name):
            other = next((r for r in records[1:] if getattr(r, name)), None)
        if other:
            filled[name] = other
    return Card(work, lead, records, filled, chosen)


def _says(choice: Choice, records: list[Record]) -> bool:
    """Whether there is a value to show: what a record was given, and stated when it was chosen, may be gone again."""
    return choice.value is not None or any(r.pk == choice.record_id and getattr(r, choice.field) for r in records)


def chosen(works: Iterable[int], names: Collection[str] = COMPOSED) -> dict[int, dict[str, Choice]]:
    """Of each work the choices that count, by field. Where two that were joined both have one, the later counts."""
    found: dict[int, dict[str, Choice]] = {}
    for each in CHOSEN.all(works=works):
        if each.field in names:
            found.setdefault(each.record.work_id, {})[each.field] = each
    return found


OF_CHOICE = ("library", "field", "value", "at", "by__name", "by__email", "record__work")
CHOSEN = Prepared(
    lambda: (
        Choice.objects.filter(record__work__among=GivenMany("works"), current=True)
        .select_related("record", "by")
        .only(*OF_CHOICE)
        .order_by("at", "pk")
    )
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One value of a field among a work's records, and which of them state it (with those shown first)."""

    value: Any
    records: list[Record]


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a work: what is shown, whose value it is or whose choice, and what the other records state."""

    name: str
    value: Any
    record: Record
    choice: Choice | None
    others: list[Variant]


def provenance(card: Card) -> list[Part]:
    """Every field, with where its value comes from and its other variants; one that no record states is empty."""
    found = []
    for name in COMPOSED:
        shown = card.value(name)
        others: list[Variant] = []
        for record in card.records:
            value = getattr(record, name)
            if not value or value == shown:
                continue
            same = next((each for each in others if each.value == value), None)
            if same:
                same.records.append(record)
            else:
                others.append(Variant(value, [record]))
        found.append(Part(name, shown, card.filled.get(name, card.record), card.chosen.get(name), others))
    return found
