"""Which stored records may be these publications: found by block key, judged one by one. Nothing is written here.

For questions about a few publications (known items, a page that fills what a work lacks), never about a whole library:
three queries for some thousand keys, however large the library is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from records.dedup import Judged, Normal, judge, keys
from records.dedup.headless import Habits
from records.models import BlockKey, Record

HOT = 40  # records that share a key; a key of more tells nothing about one publication
AT_ONCE = 10_000  # keys in one question
ASKED = 10**15  # ids of the publications asked about: above every stored record's


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored record that shares a key with what was asked about, and what the rules make of the two."""

    record: int
    work: int
    normal: Normal
    judged: Judged

    @property
    def said(self) -> set[str]:
        """The names of the evidence."""
        return {name for name, _points in self.judged.reasons}


def candidates(library_id: int, asked: Sequence[Normal]) -> list[list[Candidate]]:
    """For each publication the stored records that may be it, the likeliest first."""
    by_key: dict[int, list[int]] = defaultdict(list)
    for n, normal in enumerate(asked):
        for key in keys(normal):
            by_key[key].append(n)
    pairs = _sharing(library_id, by_key)
    rows = Record.objects.filter(library=library_id, pk__in={record for record, _n in pairs})
    works: dict[int, int] = {}
    normals: dict[int, Normal] = {ASKED + n: normal for n, normal in enumerate(asked)}
    for pk, work, normal in rows.values_list("pk", "work", "normal"):
        works[pk], normals[pk] = work, Normal.from_json(normal)
    habits = Habits(normals[pk] for pk in works)
    found: list[list[Candidate]] = [[] for _each in asked]
    ids = sorted((record, ASKED + n) for record, n in pairs if record in works)
    for each in judge(normals, ids, serial=habits.serial, shared_doi=habits.shared_doi):
        record, n = int(str(each.a)), int(str(each.b)) - ASKED
        found[n].append(Candidate(record, works[record], normals[record], each))
    return [sorted(row, key=lambda c: (-c.judged.score, c.record)) for row in found]


def _sharing(library_id: int, by_key: dict[int, list[int]]) -> set[tuple[int, int]]:
    """(record, publication) for every stored record that shares a key which few records have."""
    pairs: set[tuple[int, int]] = set()
    wanted = sorted(by_key)
    for start in range(0, len(wanted), AT_ONCE):
        rows = BlockKey.objects.filter(library=library_id, key__in=wanted[start : start + AT_ONCE])
        counts = rows.values("key").annotate(n=Count("pk")).filter(n__lte=HOT).order_by()
        few = list(counts.values_list("key", flat=True))
        rare = BlockKey.objects.filter(library=library_id, key__in=few)
        pairs |= {(record, n) for key, record in rare.values_list("key", "record") for n in by_key[key]}
    return pairs
