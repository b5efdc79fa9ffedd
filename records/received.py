"""Hits reported against what was received: for every search of a library how many entries came in and what became of them.

received = records + entries that another search had brought already + stretches that nobody could read yet. An entry
that came twice within one search is one hit. What was taken back is not received.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum

from records.models import AlreadyThere, Dump, Event, Library, RejectedStretch, Search, StretchState


@dataclass(frozen=True, slots=True)
class Received:
    """What one search brought, in parts, and the hits that its source reported (None: not stated)."""

    records: int = 0
    elsewhere: int = 0  # known before from another search
    unread: int = 0
    reported: int | None = None

    @property
    def total(self) -> int:
        return self.records + self.elsewhere + self.unread

    @property
    def missing(self) -> int:
        """Hits reported that did not come; below zero: more came than were reported. 0 where nothing was reported."""
        return 0 if self.reported is None else self.reported - self.total

    @property
    def more(self) -> int:
        """How many more came than were reported."""
        return max(0, -self.missing)

    @property
    def agrees(self) -> bool:
        """Whether as many were reported as came."""
        return self.reported is not None and not self.missing


def received(library: Library) -> dict[int, Received]:
    """For every search of a library, by its key; four queries."""
    unread = _counted(RejectedStretch.objects.filter(library=library, state=StretchState.OPEN, dump__undone_at=None))
    elsewhere = _counted(
        AlreadyThere.objects.filter(library=library, dump__undone_at=None).exclude(record__search=F("dump__search"))
    )
    known = Dump.objects.filter(library=library, same_as__isnull=False, undone_at=None).exclude(
        same_as__search=F("search")
    )
    sums = known.order_by().values("search").annotate(n=Sum("same_as__taken_in"))
    for search, n in sums.values_list("search", "n"):
        elsewhere[search] += n or 0
    rows = Search.objects.filter(library=library).values_list("pk", "records", "hits_reported")
    return {pk: Received(records, elsewhere[pk], unread[pk], hits) for pk, records, hits in rows}


def _counted(rows: QuerySet) -> Counter[int]:
    counts = rows.order_by().values("dump__search").annotate(n=Count("pk"))
    return Counter(dict(counts.values_list("dump__search", "n")))


def changes(search: Search) -> QuerySet[Event]:
    """What was said of a search, and changed, newest first."""
    return (
        Event.objects.filter(library=search.library_id, subject=f"search {search.pk}")
        .select_related("by")
        .order_by("-number")
    )
