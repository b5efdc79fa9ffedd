"""Deduplication of records without a database, by the same rules as an import: candidates, habits of a library, groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from records.dedup.cluster import Plan, cluster
from records.dedup.compare import Id, Judged, judging
from records.dedup.keys import keys
from records.dedup.normalise import Normal

HOT, NEIGHBOURS = 60, 7
SHARED_DOI, SERIAL = 6, 3


def candidates(normals: Mapping[Id, Normal]) -> set[tuple[Id, Id]]:
    """Pairs of ids that share a block key."""
    buckets: dict[int, list[Id]] = defaultdict(list)
    for each, normal in normals.items():
        for key in keys(normal):
            buckets[key].append(each)
    return pairs_in(buckets.values(), normals)


def pairs_in(buckets: Iterable[list[Id]], normals: Mapping[Id, Normal], hot: int = HOT) -> set[tuple[Id, Id]]:
    """Pairs within buckets, the smaller id first. In a bucket of more than `hot` each is compared with its next 7 by title."""
    pairs: set[tuple[Id, Id]] = set()
    for bucket in buckets:
        if len(bucket) < 2:
            continue
        row = sorted(bucket) if len(bucket) <= hot else sorted(bucket, key=lambda each: (normals[each].compact, each))
        reach = len(row) if len(bucket) <= hot else NEIGHBOURS + 1
        for n, a in enumerate(row):
            for b in row[n + 1 : n + reach]:
                pairs.add((a, b) if a < b else (b, a))
    return pairs


class Habits:
    """What a whole library tells about its titles and DOIs: serial titles, and DOIs that name an issue."""

    def __init__(self, normals: Iterable[Normal]) -> None:
        places: dict[str, set[tuple]] = defaultdict(set)
        titles: dict[str, set[str]] = defaultdict(set)
        for normal in normals:
            if normal.compact and (normal.volume or normal.first):
                places[normal.compact].add((normal.volume, normal.issue, normal.first))
            if normal.doi:
                titles[normal.doi].add(normal.compact)
        self.serial_titles = {t for t, p in places.items() if len(t) < 60 and _apart(p) >= SERIAL}
        self.shared_dois = {d for d, t in titles.items() if len(t) > SHARED_DOI}

    def serial(self, normal: Normal) -> bool:
        return normal.compact in self.serial_titles

    def shared_doi(self, doi: str) -> bool:
        return doi in self.shared_dois


def _apart(places: set[tuple]) -> int:
    """How many of these places surely differ: by volume, or by first page within a volume."""
    return max(len({p[0] for p in places if p[0]}), len({p[2] for p in places if p[2]}))


def dedupe(records: Mapping[str, Mapping[str, Any]], join: Collection[str] = ()) -> tuple[Plan, list[Judged]]:
    """Group records (id to plain fields) and name the pairs that a person should look at. `join`: kin that counts as one."""
    plan = grouped({each: Normal.of(fields) for each, fields in records.items()}, join)
    return plan, plan.questions


def grouped(normals: Mapping[str, Normal], join: Collection[str] = ()) -> Plan:
    """The same for what is compared of them."""
    habits = Habits(normals.values())
    pairs = sorted(candidates(normals))
    judged = judging(normals, pairs, serial=habits.serial, shared_doi=habits.shared_doi, join=join)
    return cluster(normals, judged, content=lambda each: normals[each].content)
