"""How a work is composed of its records: the lead record, title, arm; and moving records between works, remembered.

Called inside a transaction by `records.actions` and `records.pipeline`; decisions are the floors' above.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q
from django.utils import timezone

from records import engine
from records.composing import chosen
from records.entries import FILLED, fullness
from records.models import Answer, Arm, Band, Choice, Dump, Joining, Library, Match, Record, Work


class Upstairs(Protocol):
    """What the floors above want to know while works are made and moved; imports never go uphill."""

    def decided(self, work_ids: set[int]) -> set[int]:
        """Which of these works carry decisions: two such works are never joined silently."""

    def made(self, library_id: int, works: list[Work]) -> None:
        """New works came in; same transaction."""

    def moved(self, library_id: int, record_ids: list[int], work_ids: set[int]) -> None:
        """Records went from work to work, or works changed sides; same transaction."""

    def read(self, dump: Dump) -> None:
        """A dump has been read to its end; same transaction."""


class Nobody:
    """No floor above: headless use."""

    def decided(self, work_ids: set[int]) -> set[int]:
        return set()

    def made(self, library_id: int, works: list[Work]) -> None:
        """Nobody to tell."""

    def moved(self, library_id: int, record_ids: list[int], work_ids: set[int]) -> None:
        """Nobody to tell."""

    def read(self, dump: Dump) -> None:
        """Nobody to tell."""


@dataclass(slots=True)
class Shown:
    """What of a record decides on what its work shows. `fullness` as `records.entries.fullness` has it."""

    pk: int
    fullness: tuple
    title: str
    year: int | None
    arm: str
    aside: bool

    @property
    def worth(self) -> tuple:
        """Records in use come before those set aside, then fullness; the older one wins ties."""
        return (not self.aside, *self.fullness, -self.pk)


def worth(record: Record) -> tuple:
    """How good a stored record is as the one shown, among those in use."""
    values = {name: getattr(record, name) for name in DECIDING}
    return (*fullness(values, related=record.related), -record.pk)


def compose(work: Work, rows: list[Shown]) -> None:
    """Set what a work shows from its records; the caller saves. A work without records is empty."""
    work.records_count, work.empty = len(rows), not rows
    if not rows:
        work.lead_id = None
        return
    lead = rows[0] if len(rows) == 1 else max(rows, key=lambda row: row.worth)
    work.lead_id = lead.pk
    work.title = lead.title or next((r.title for r in rows if r.title), "")
    work.year = lead.year or next((r.year for r in rows if r.year), None)
    active = [r.arm for r in rows if not r.aside]
    work.aside = not active
    arms = active or [r.arm for r in rows]
    # One rule for a work found in both columns of the flow: the databases' column counts it; a previous review's
    # work that a new search finds again stays previous.
    work.arm = next(arm for arm in (Arm.PREVIOUS, Arm.DATABASES, Arm.OTHER) if arm in arms)


COUNTED = ("records_count", "revision")
COMPOSED = ("lead_id", "title", "year", "arm", "aside", "empty", *COUNTED)
DECIDING = (*FILLED, "doi", "abstract_truncated", "abstract")


def _stated(*names: str) -> str:
    """SQL: how many of these columns say something. The columns are ours; lists are JSON."""
    empty = {"authors": "'[]'", "keywords": "'[]'"}
    told = (f"{n} IS NOT NULL" if n == "year" else f"{n} <> {empty.get(n, repr(''))}" for n in names)
    return " + ".join(f"CASE WHEN r.{each} THEN 1 ELSE 0 END" for each in told)


SHOWN = (
    "SELECT r.work_id, r.id, r.title, r.year, s.arm, s.aside, r.abstract_truncated, r.related,"  # noqa: S608
    f" {_stated('abstract')}, {_stated('doi')}, {_stated(*FILLED)}"
    " FROM records_record r JOIN records_search s ON s.id = r.search_id WHERE +r.library_id = %s AND "  # the plus: by the other index
)


def shown(library_id: int, work_ids: set[int]) -> dict[int, list[Shown]]:
    """Of each work its records, oldest first, as far as they decide on what it shows; no long text is fetched."""
    one_of, ids = engine.among("r.work_id", work_ids)
    found: dict[int, list[Shown]] = {}
    for work, pk, title, year, arm, aside, truncated, related, abstract, doi, filled in engine.rows(
        f"{SHOWN} {one_of} ORDER BY r.id", [library_id, ids]
    ):
        full = (bool(abstract) and not truncated, bool(abstract), not related, bool(doi), filled)
        found.setdefault(work, []).append(Shown(pk, full, title, year, arm, bool(aside)))
    return found


def move(*, records: list[Record], to: Work, by: Any, act: uuid.UUID) -> set[int]:
    """Link records to another work and remember where they came from. Returns the ids of all works that changed."""
    moving = [record for record in records if record.work_id != to.pk]
    if not moving:
        return set()
    at = timezone.now()
    Joining.objects.bulk_create(
        Joining(library_id=to.library_id, record=r, from_work_id=r.work_id, to_work=to, act=act, by=by, at=at)
        for r in moving
    )
    changed = {record.work_id for record in moving} | {to.pk}
    Record.objects.filter(pk__in=[r.pk for r in moving]).update(work=to)
    return changed


def new_act() -> uuid.UUID:
    """The name of one act; all its rows carry it."""
    return uuid.uuid4()


def recompose(library_id: int, work_ids: set[int], *, cards_changed: bool = True) -> set[int]:
    """Compose works anew after their records moved; their cards have changed, so the revision moves.

    Returns the works that came into use or went out of it.
    """
    works = list(Work.objects.filter(library=library_id, pk__in=work_ids).order_by("pk"))
    rows, said = shown(library_id, work_ids), chosen(work_ids, ("title", "year"))
    turned: set[int] = set()
    same: list[Work] = []
    other: list[Work] = []
    for work in works:
        before = _seen(work)
        compose(work, rows.get(work.pk, []))
        _as_chosen(work, said.get(work.pk, {}), rows.get(work.pk, []))
        work.revision += cards_changed
        (same if _seen(work) == before else other).append(work)
        if before[-1] != (work.aside or work.empty):
            turned.add(work.pk)
    for columns, changed in ((COUNTED, same), (COMPOSED, other)):  # what stays is not written: it stands in indexes
        engine.update("records_work", columns, ((*(getattr(w, name) for name in columns), w.pk) for w in changed))
    return turned


def _as_chosen(work: Work, said: Mapping[str, Choice], rows: list[Shown]) -> None:
    """Title and year as a person chose them: another record's, or typed."""
    for name, choice in said.items():
        own = next((getattr(row, name) for row in rows if row.pk == choice.record_id), None)
        value = own if choice.value is None else choice.value
        if value:
            setattr(work, name, value)


def _seen(work: Work) -> tuple:
    return (work.lead_id, work.title, work.year, work.arm, work.aside, work.empty, work.aside or work.empty)


# Why a pair that a person took apart, with its work or its import, is not joined again; in `Match.veto`.
TAKEN_APART = "a person took this join apart"
# Of pairs: neither record came with an import that was taken back.
IN_USE = {"record_a__search__taken_back_from": None, "record_b__search__taken_back_from": None}


def ask(library_id: int, work_ids: set[int]) -> None:
    """Of the unanswered pairs between two works that the rules or a person ask about the strongest is a question, unless a person said that the works differ.

    Pairs whose records stand in one work are none, nor those of an import that was taken back. Called when works were made or their records moved.
    """
    records = list(Record.objects.filter(library=library_id, work__in=work_ids).values_list("pk", flat=True))
    # By their records, which are this library's; SQLite would take the library's index and read all of its pairs.
    pairs = Match.objects.filter(Q(record_a__in=records) | Q(record_b__in=records))
    said = pairs.filter(answer__in=[Answer.DIFFERENT, Answer.RELATED]).values_list("record_a__work", "record_b__work")
    asked = {frozenset(works) for works in said}
    opening: list[int] = []
    closing: list[int] = []
    wanted = Q(band=Band.LOOK) | Q(asked_by__isnull=False)
    unanswered = pairs.filter(wanted, answer="", **IN_USE).order_by("-score", "record_a", "record_b")
    for pk, is_open, *works in unanswered.values_list("pk", "open", "record_a__work", "record_b__work"):
        between = frozenset(works)
        question = len(between) == 2 and between not in asked
        asked.add(between)
        if question != is_open:
            (opening if question else closing).append(pk)
    Match.objects.filter(pk__in=opening).update(open=True)
    Match.objects.filter(pk__in=closing).update(open=False)


def count_works(library: Library) -> None:
    """Counters of the library's works, after works appeared or emptied; the library's row is locked."""
    library.works = Work.objects.filter(library=library, empty=False).count()
    library.save(update_fields=["works"])
