"""Known items: references that the searches must find. Kept as pasted; whether they were found is worked out at every look.

Found means: the same DOI or PubMed number, or what the rules of deduplication would join, or the same long title without
a contradiction. What is only alike is said to be alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from records import lookup
from records.dedup import Normal
from records.dedup.normalise import words
from records.engine import lock_library
from records.history import remember
from records.models import Band, KnownItem, Library, Record, RejectedStretch, StretchState
from records.references import Reference, references

MOST = 500  # known items of one library: all are matched at one look
LONG_TITLE = 25  # letters of a title that names one publication together with a year
BEGINNING = 40  # letters of a title by which it is looked for in a stretch that was not read
MOST_STRETCHES = 500


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a pasted list: how many are new, how many were there already, how many are too many."""

    new: int = 0
    there: int = 0
    over: int = 0

    @property
    def any(self) -> bool:
        return bool(self.new or self.there or self.over)


@transaction.atomic
def add(*, by: Any, library: Library, text: str) -> Added:
    """Keep the references of a pasted text as known items; one that is known already is not kept twice."""
    lock_library(library.pk)
    there = {_same(each) for each in KnownItem.objects.filter(library=library)}
    room = MOST - len(there)
    fresh: dict[tuple, Reference] = {}
    told = references(text)
    for each in told:
        fresh.setdefault(_same(each), each)
    again = len(told) - len(fresh) + sum(key in there for key in fresh)
    new = [each for key, each in fresh.items() if key not in there]
    KnownItem.objects.bulk_create(
        KnownItem(
            library=library, by=by, text=r.text, title=r.title, authors=r.authors, year=r.year, doi=r.doi, pmid=r.pmid
        )
        for r in new[:room]
    )
    added = Added(len(new[:room]), again, len(new[room:]))
    if added.new:
        remember(library_id=library.pk, by=by, verb="added known items", count=added.new)
    return added


def _same(each: Reference | KnownItem) -> tuple:
    """By what two known items are one."""
    return (each.doi.lower(), each.pmid) if each.doi or each.pmid else (words(each.title), each.year)


@transaction.atomic
def remove(*, by: Any, items: Sequence[KnownItem]) -> None:
    """Take known items off the list, all of one library; what they said stays in the history."""
    if not items:
        return
    library_id = items[0].library_id
    lock_library(library_id)
    said = [item.text for item in items]
    KnownItem.objects.filter(library=library_id, pk__in=[item.pk for item in items]).delete()
    remember(library_id=library_id, by=by, verb="removed known items", items=said)


@dataclass(slots=True)
class Matched:
    """A known item with the works that it is, or else the works that it may be, and the stretches that may hold it."""

    item: KnownItem
    works: list[int] = field(default_factory=list)
    perhaps: list[int] = field(default_factory=list)
    stretches: list[RejectedStretch] = field(default_factory=list)
    searches: set[int] = field(default_factory=set)  # whose records, in use or not, it is


def matched(library: Library) -> list[Matched]:
    """Every known item of a library, in their order, with what was found; a constant number of queries."""
    items = list(KnownItem.objects.filter(library=library).order_by("pk"))
    normals = [_normal(item) for item in items]
    rows = [Matched(item) for item in items]
    for row, normal, near in zip(rows, normals, lookup.candidates(library.pk, normals), strict=True):
        sure = [each.work for each in near if _is(normal, each)]
        row.works = list(dict.fromkeys(sure))
        row.perhaps = [] if sure else list(dict.fromkeys(each.work for each in near if _may_be(normal, each)))[:3]
    _searches(library, rows)
    _stretches(library, rows)
    return rows


def _normal(item: KnownItem) -> Normal:
    return Normal.of({name: getattr(item, name) for name in ("title", "authors", "year", "doi", "pmid")})


def _is(normal: Normal, each: lookup.Candidate) -> bool:
    """Whether a stored record is the known item."""
    other = each.normal
    if normal.doi and other.doi:
        return normal.doi == other.doi
    if normal.pmid and other.pmid:
        return normal.pmid == other.pmid
    if each.judged.band == Band.JOINED:
        return True
    long = len(normal.compact) >= LONG_TITLE or (len(normal.compact) >= LONG_TITLE / 2 and not normal.compact.isascii())
    years = not (normal.year and other.year) or abs(normal.year - other.year) <= 1
    people = not (normal.surnames and other.surnames) or bool(set(normal.surnames) & set(other.surnames))
    return long and normal.compact == other.compact and years and people and normal.marker == other.marker


def _may_be(normal: Normal, each: lookup.Candidate) -> bool:
    """Whether a person should look: much of the title is the same, though the rest does not show it."""
    return bool(each.said & {"titles at least 90 % alike", "one title contains the other", "same DOI"})


def _searches(library: Library, rows: list[Matched]) -> None:
    wanted = {work for row in rows for work in row.works}
    found: dict[int, set[int]] = {}
    pairs = Record.objects.filter(library=library, work__in=wanted).values_list("work", "search").distinct()
    for work, search in pairs.order_by():
        found.setdefault(work, set()).add(search)
    for row in rows:
        row.searches = set().union(*(found.get(work, set()) for work in row.works))


def _stretches(library: Library, rows: list[Matched]) -> None:
    """Of what was not found: the stretches that nobody could read and that name its DOI or begin of its title."""
    open_ones = RejectedStretch.objects.filter(library=library, state=StretchState.OPEN, dump__undone_at=None)
    stretches = list(open_ones.select_related("dump").order_by("pk")[:MOST_STRETCHES])
    texts = [(each, each.text.lower(), words(each.text).replace(" ", "")) for each in stretches]
    for row in rows:
        if row.works:
            continue
        doi, title = row.item.doi.lower(), words(row.item.title).replace(" ", "")[:BEGINNING]
        row.stretches = [
            each
            for each, text, compact in texts
            if (doi and doi in text) or (len(title) >= LONG_TITLE and title in compact)
        ][:3]
