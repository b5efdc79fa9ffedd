"""How new records find their works: candidates by block key, judged by `records.dedup`, grouped with what stands already.

Database in, plan out; nothing is written here. Called by `records.pipeline` under the library's lock, a chunk at a time,
so that memory is bounded by the chunk and its candidates, whatever the library's size.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q

from records.dedup import Judged, Normal, Plan, cluster, judge, keys
from records.dedup.headless import Habits, pairs_in
from records.models import Answer, BlockKey, Match, Record
from records.works import Upstairs

NEW = 10**15  # ids of records not yet stored: above every stored one, so that the older record comes first in a pair
HOT = 40  # records of a library looked at for one key
AT_ONCE = 5000  # keys in one question


@dataclass(slots=True)
class Grouping:
    """What becomes of a chunk: `plan.group` over ids (`NEW` + n for the n-th new record), and the works of stored ones."""

    plan: Plan
    judged: list[Judged]
    work_of: dict[int, int] = field(default_factory=dict)
    capped: int = 0

    def groups(self) -> list[list[int]]:
        """Members of each group that holds a new record, in the order of the first new one."""
        members: dict[object, list[int]] = defaultdict(list)
        for each, root in self.plan.group.items():
            members[root].append(int(str(each)))
        fresh = [sorted(group) for group in members.values() if max(group) >= NEW]
        return sorted(fresh, key=lambda group: min(each for each in group if each >= NEW))


def group(library_id: int, new: list[Normal], upstairs: Upstairs) -> Grouping:
    """Group new records with each other and with the stored ones that share a block key."""
    fresh = {NEW + n: normal for n, normal in enumerate(new)}
    keys_of = {each: keys(normal) for each, normal in fresh.items()}
    buckets, capped = _buckets(library_id, keys_of)
    stored = {each for bucket in buckets.values() for each in bucket if each < NEW}
    normals, work_of = _stored(library_id, stored)
    everybody: dict[int, Normal] = {**normals, **fresh}
    pairs = {pair for pair in pairs_in(buckets.values(), everybody) if pair[1] >= NEW}
    habits = Habits(everybody.values())
    judged = judge(everybody, sorted(pairs), serial=habits.serial, shared_doi=habits.shared_doi)
    decided = upstairs.decided(set(work_of.values()))
    plan = cluster(
        [*work_of, *fresh],
        judged,
        same=_standing(work_of),
        different=_said_apart(library_id, work_of),
        decided={each: work in decided for each, work in work_of.items()},
    )
    return Grouping(plan, judged, work_of, capped)


def _buckets(library_id: int, keys_of: Mapping[int, list[int]]) -> tuple[dict[int, list[int]], int]:
    """For each key of the new records: who has it, stored ones up to a cap. Returns the buckets and how many were capped."""
    buckets: dict[int, list[int]] = defaultdict(list)
    for each, own in keys_of.items():
        for key in own:
            buckets[key].append(each)
    wanted, capped = sorted(buckets), 0
    for start in range(0, len(wanted), AT_ONCE):
        rows = BlockKey.objects.filter(library=library_id, key__in=wanted[start : start + AT_ONCE])
        counts = rows.values("key").annotate(n=Count("pk")).filter(n__gt=HOT).order_by()
        hot = set(counts.values_list("key", flat=True))
        for key, record in rows.exclude(key__in=hot).values_list("key", "record"):
            buckets[key].append(record)
        for key in hot:
            newest = BlockKey.objects.filter(library=library_id, key=key).order_by("-record")
            buckets[key] += newest.values_list("record", flat=True)[:HOT]
        capped += len(hot)
    return buckets, capped


def _stored(library_id: int, candidates: set[int]) -> tuple[dict[int, Normal], dict[int, int]]:
    """Normals of the candidates, and for every record of their works the work it stands in."""
    rows = Record.objects.filter(library=library_id, pk__in=candidates).values_list("pk", "work", "normal")
    normals, work_ids = {}, set()
    for pk, work, normal in rows:
        normals[pk] = Normal.from_json(normal)
        work_ids.add(work)
    members = Record.objects.filter(library=library_id, work__in=work_ids).values_list("pk", "work")
    return normals, dict(members)


def _standing(work_of: Mapping[int, int]) -> list[tuple[int, int]]:
    """Pairs that stand in one work already; they stay together."""
    first: dict[int, int] = {}
    return [(first.setdefault(work, each), each) for each, work in sorted(work_of.items())]


def _said_apart(library_id: int, ids: Iterable[int]) -> list[tuple[int, int]]:
    """Pairs of which a person said that they are not the same."""
    said = Match.objects.filter(library=library_id, answer__in=[Answer.DIFFERENT, Answer.RELATED])
    either = said.filter(Q(record_a__in=list(ids)))
    return list(either.values_list("record_a", "record_b"))
