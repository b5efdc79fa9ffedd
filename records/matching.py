"""How new records find their works: candidates by block key, judged by `records.dedup`, grouped with what stands already.

Database in, plan out; nothing is written here. Called by `records.pipeline` under the library's lock, a chunk at a time,
so that memory is bounded by the chunk and its candidates, whatever the library's size.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from records import engine, unsettled
from records.dedup import Judged, Normal, Plan, cluster, judge, keys
from records.dedup.headless import Habits, candidates, pairs_in
from records.models import Answer, Band
from records.works import Upstairs

NEW = 10**15  # ids of records not yet stored: above every stored one, so that the older record comes first in a pair
HOT = 40  # records of a library looked at for one key
ENOUGH = 6  # other keys of a record that make its hot ones needless; it has about twelve
AT_ONCE = 5000  # keys in one question


class Recent(dict[int, Normal]):
    """What an import remembers from chunk to chunk: Normals of the records that it stored last, by record (what comes next
    resembles them), and the keys found to be hot (`HOT`), which stay so."""

    MOST = 5000

    def __init__(self) -> None:
        super().__init__()
        self.hot: set[int] = set()

    def keep(self, normals: Iterable[tuple[int, Normal]]) -> None:
        """Remember some, and forget the oldest beyond `MOST`; once their transaction is committed."""
        self.update(normals)
        for record in list(islice(self, max(0, len(self) - self.MOST))):
            del self[record]


@dataclass(slots=True)
class Grouping:
    """What becomes of a chunk: `plan.group` over ids (`NEW` + n for the n-th new record), the works of stored ones, and
    which of these were grouped anew."""

    plan: Plan
    judged: list[Judged]
    work_of: dict[int, int] = field(default_factory=dict)
    free: set[int] = field(default_factory=set)

    def groups(self) -> list[list[int]]:
        """Members of each group that holds a new record or one that was grouped anew, those with new ones in the order of
        the first."""
        members: dict[object, list[int]] = defaultdict(list)
        for each, root in self.plan.group.items():
            members[root].append(int(str(each)))
        fresh = [sorted(group) for group in members.values() if max(group) >= NEW or not self.free.isdisjoint(group)]
        return sorted(fresh, key=lambda group: min((each for each in group if each >= NEW), default=NEW * 2 + group[0]))

    def works_by_first(self, groups: list[list[int]]) -> dict[int, int]:
        """Of the works in these groups, each known whole: its first record, and the work."""
        first: dict[int, int] = {}
        for each in sorted(each for members in groups for each in members if each in self.work_of):
            first.setdefault(self.work_of[each], each)
        return {record: work for work, record in first.items()}


def group(
    library_id: int, new: list[tuple[Normal, list[int]]], upstairs: Upstairs, recent: Recent, join_at: float
) -> Grouping:
    """Group new records, each with its block keys, with each other and with the stored ones that share a key. `join_at`:
    the probability from which this library lets the rules join."""
    fresh = {NEW + n: normal for n, (normal, _keys) in enumerate(new)}
    keys_of = {NEW + n: own for n, (_normal, own) in enumerate(new)}
    cool, hot = _buckets(library_id, keys_of, recent)
    stored = {each for bucket in (*cool, *hot) for each in bucket if each < NEW}
    normals, work_of = _stored(library_id, stored, recent)
    everybody: dict[int, Normal] = {**normals, **fresh}
    pairs = {pair for pair in pairs_in(cool, everybody) | pairs_in(hot, everybody, hot=0) if pair[1] >= NEW}
    habits = Habits(everybody.values())
    judged = judge(everybody, sorted(pairs), serial=habits.serial, shared_doi=habits.shared_doi, join_at=join_at)
    said_apart, doubtful = _parted(library_id, work_of)
    decided = upstairs.decided(set(work_of.values()))
    doubted = unsettled.doubted(work_of, judged, doubtful, decided) | _habitual(normals, work_of, habits) - decided
    free = unsettled.opened(library_id, doubted, join_at, upstairs) if doubted else {}
    if free:
        work_of |= free
        judged += _among_stored(library_id, free, everybody, recent, habits, join_at)
        said_apart, doubtful = _parted(library_id, work_of)
    plan = cluster(
        [*work_of, *fresh],
        judged,
        same=_standing({each: work for each, work in work_of.items() if each not in free}),
        different=said_apart,
        doubtful=doubtful,
        decided={each: work in decided for each, work in work_of.items()},
        content=lambda each: everybody[each].content,
    )
    return Grouping(plan, judged, work_of, set(free))


def _habitual(normals: Mapping[int, Normal], work_of: Mapping[int, int], habits: Habits) -> set[int]:
    """Works of several records under a title or a DOI of which the library knows now that it stands for several pieces."""
    sizes = Counter(work_of.values())
    return {
        work_of[each]
        for each, normal in normals.items()
        if sizes[work_of[each]] > 1 and (habits.serial(normal) or habits.shared_doi(normal.doi))
    }


def _among_stored(
    library_id: int,
    free: Mapping[int, int],
    everybody: dict[int, Normal],
    recent: Recent,
    habits: Habits,
    join_at: float,
) -> list[Judged]:
    """Judge the records of works that are grouped anew with each other, and with the new ones that share a key with them."""
    everybody |= _stored(library_id, free.keys() - everybody.keys(), recent)[0]
    some = {each: normal for each, normal in everybody.items() if each in free}
    pairs = sorted(candidates(some))
    return judge(everybody, pairs, serial=habits.serial, shared_doi=habits.shared_doi, join_at=join_at)


def anew(
    library_id: int,
    chunk: Mapping[int, Normal],
    here: Container[int],
    told: Iterable[tuple[int, int]],
    recent: Recent,
    join_at: float,
) -> list[Judged]:
    """Judge stored records again, as their import would today: of the records `here` every pair that shares a key and whose
    newer record is in the chunk, and the pairs of which something was `told` before. Chunks come oldest first."""
    # Each meets those of its chunk and older ones only, so that a key is no hotter than it was when they came in.
    cool, hot = _buckets(library_id, {each: keys(normal) for each, normal in chunk.items()}, recent, before=min(chunk))
    cool, hot = ([[each for each in sorted(set(row)) if each in here] for row in rows] for rows in (cool, hot))
    others = {each for row in (*cool, *hot, *told) for each in row} - chunk.keys()
    everybody = {**_stored(library_id, others, recent)[0], **chunk}
    pairs = {pair for pair in pairs_in(cool, everybody) | pairs_in(hot, everybody, hot=0) if pair[1] in chunk}
    habits = Habits(everybody.values())
    return judge(
        everybody, sorted(pairs.union(told)), serial=habits.serial, shared_doi=habits.shared_doi, join_at=join_at
    )


def _buckets(
    library_id: int, keys_of: Mapping[int, list[int]], recent: Recent, *, before: int = NEW
) -> tuple[list[list[int]], list[list[int]]]:
    """For each key of the new records who has it, stored ones too: the buckets of usual keys, and those of hot ones.

    A hot key tells little and its bucket is long, so it is looked at only for records with few other keys, and there only
    the newest `HOT`. `before`: only records stored before this one.
    """
    having: dict[int, list[int]] = defaultdict(list)
    for each, own in keys_of.items():
        for key in own:
            having[key].append(each)
    found = _stored_under(library_id, _worth_asking(having, keys_of, recent), recent, before)
    needy = _needy(keys_of, recent)
    cool, hot = [], []
    for key, new in having.items():
        if key not in recent.hot:
            cool.append(new + found.get(key, []))
        elif wanting := [each for each in new if each in needy]:
            hot.append(wanting + found.get(key, []))
    return cool, hot


def _needy(keys_of: Mapping[int, list[int]], recent: Recent) -> set[int]:
    return {each for each, own in keys_of.items() if sum(key not in recent.hot for key in own) < ENOUGH}


def _worth_asking(having: Mapping[int, list[int]], keys_of: Mapping[int, list[int]], recent: Recent) -> list[int]:
    needy = _needy(keys_of, recent)
    return sorted(key for key, new in having.items() if key not in recent.hot or not needy.isdisjoint(new))


def _stored_under(library_id: int, keys: list[int], recent: Recent, before: int) -> dict[int, list[int]]:
    """For each key the stored records that have it, the newest `HOT` at most; keys with more are remembered as hot."""
    found: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(keys), AT_ONCE):
        one_of, some = engine.among("key", keys[start : start + AT_ONCE])
        sql = (
            "SELECT key, record_id, place FROM (SELECT key, record_id, row_number() OVER"  # noqa: S608
            " (PARTITION BY key ORDER BY record_id DESC) AS place FROM records_blockkey"
            f" WHERE library_id = %s AND +record_id < %s AND {one_of}) AS found WHERE place <= %s"
        )
        for key, record, place in engine.rows(sql, [library_id, before, some, HOT + 1]):
            if place > HOT:
                recent.hot.add(key)
            else:
                found[key].append(record)
    return found


def _stored(
    library_id: int, candidates: set[int], recent: Mapping[int, Normal]
) -> tuple[dict[int, Normal], dict[int, int]]:
    """Normals of the candidates, and for every record of their works the work it stands in."""
    if not candidates:
        return {}, {}
    normals = {each: recent[each] for each in candidates if each in recent}
    one_of, ids = engine.among("id", candidates - normals.keys())
    sql = f"SELECT id, normal FROM records_record WHERE +library_id = %s AND {one_of}"  # noqa: S608
    for pk, normal in engine.rows(sql, [library_id, ids]):
        normals[pk] = Normal.from_json(json.loads(normal) if isinstance(normal, str) else normal)
    one_of, ids = engine.among("id", candidates)
    works = f"SELECT work_id FROM records_record WHERE +library_id = %s AND {one_of}"  # noqa: S608
    sql = f"SELECT id, work_id FROM records_record WHERE work_id IN ({works})"  # noqa: S608
    return normals, dict(engine.rows(sql, [library_id, ids]))


def _standing(work_of: Mapping[int, int]) -> list[tuple[int, int]]:
    """Pairs that stand in one work already; they stay together."""
    first: dict[int, int] = {}
    return [(first.setdefault(work, each), each) for each, work in sorted(work_of.items())]


def _parted(library_id: int, ids: Iterable[int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pairs of which a person said that they are not the same; unanswered ones that the rules vetoed or hold for akin."""
    one_of, params = engine.among("record_a_id", ids)
    sql = (
        f"SELECT record_a_id, record_b_id, answer FROM records_match WHERE library_id = %s AND {one_of}"  # noqa: S608
        " AND (answer IN (%s, %s) OR (answer = '' AND band <> %s AND (veto <> '' OR kin <> '')))"
    )
    said: list[tuple[int, int]] = []
    doubtful: list[tuple[int, int]] = []
    for a, b, answer in engine.rows(
        sql, [library_id, params, Answer.DIFFERENT.value, Answer.RELATED.value, Band.JOINED.value]
    ):
        (said if answer else doubtful).append((a, b))
    return said, doubtful
