"""How a work is composed of its records: the lead record, title, arm; and moving records between works, remembered.

Called inside a transaction by `records.actions` and `records.pipeline`; decisions are the floors' above.
"""

import uuid
from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import Q
from django.utils import timezone

from records.models import Answer, Arm, Band, Joining, Library, Match, Record, Work


class Upstairs(Protocol):
    """What the floors above want to know while works are made and moved; imports never go uphill."""

    def decided(self, work_ids: set[int]) -> set[int]:
        """Which of these works carry decisions: two such works are never joined silently."""

    def made(self, library_id: int, works: list[Work]) -> None:
        """New works came in; same transaction."""

    def moved(self, library_id: int, record_ids: list[int], work_ids: set[int]) -> None:
        """Records went from work to work, or works changed sides; same transaction."""


class Nobody:
    """No floor above: headless use."""

    def decided(self, work_ids: set[int]) -> set[int]:
        return set()

    def made(self, library_id: int, works: list[Work]) -> None:
        """Nobody to tell."""

    def moved(self, library_id: int, record_ids: list[int], work_ids: set[int]) -> None:
        """Nobody to tell."""


def worth(record: Record) -> tuple:
    """How good a record is as the one shown: abstract first, then identifiers, then fullness; the older one wins ties."""
    filled = sum(bool(getattr(record, name)) for name in ("authors", "year", "journal", "volume", "pages", "keywords"))
    return (
        bool(record.abstract) and not record.abstract_truncated,
        bool(record.abstract),
        not record.related,
        bool(record.doi),
        filled,
        -record.position if record.pk is None else -record.pk,
    )


def compose(work: Work, records: Iterable[Record] | None = None) -> Record | None:
    """Set what a work shows from its records, and return the lead; the caller saves. A work without records is empty."""
    rows = list(records if records is not None else work.records.select_related("search"))
    work.records_count, work.empty = len(rows), not rows
    if not rows:
        work.lead = None
        return None
    lead = max(rows, key=worth)
    work.lead = lead
    work.title = lead.title or next((r.title for r in rows if r.title), "")
    work.year = lead.year or next((r.year for r in rows if r.year), None)
    active = [r.search.arm for r in rows if not r.search.aside]
    work.aside = not active
    arms = active or [r.search.arm for r in rows]
    # One rule for a work found in both columns of the flow: the databases' column counts it; a previous review's
    # work that a new search finds again stays previous.
    work.arm = next(arm for arm in (Arm.PREVIOUS, Arm.DATABASES, Arm.OTHER) if arm in arms)
    return lead


COMPOSED = ["lead", "title", "year", "arm", "aside", "empty", "records_count", "revision"]


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


def recompose(library_id: int, work_ids: set[int], *, cards_changed: bool = True) -> list[Work]:
    """Compose works anew after their records moved; their cards have changed, so the revision moves."""
    works = list(Work.objects.filter(library=library_id, pk__in=work_ids).order_by("pk"))
    rows: dict[int, list[Record]] = {}
    for record in Record.objects.filter(library=library_id, work__in=work_ids).select_related("search"):
        rows.setdefault(record.work_id, []).append(record)
    for work in works:
        compose(work, rows.get(work.pk, []))
        work.revision += cards_changed
    Work.objects.bulk_update(works, COMPOSED, batch_size=500)
    return works


def ask(library_id: int, work_ids: set[int]) -> None:
    """Of the unanswered pairs between two works the strongest is a question, unless a person said that the works differ.

    Pairs whose records stand in one work are none. Called when works were made or their records moved.
    """
    records = list(Record.objects.filter(library=library_id, work__in=work_ids).values_list("pk", flat=True))
    pairs = Match.objects.filter(library=library_id).filter(Q(record_a__in=records) | Q(record_b__in=records))
    said = pairs.filter(answer__in=[Answer.DIFFERENT, Answer.RELATED]).values_list("record_a__work", "record_b__work")
    asked = {frozenset(works) for works in said}
    opening: list[int] = []
    closing: list[int] = []
    unanswered = pairs.filter(band=Band.LOOK, answer="").order_by("-score", "record_a", "record_b")
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
