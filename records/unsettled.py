"""Works that new records put in doubt: they are grouped anew together with these, as if all had come at once.

So the order of imports does not decide what is joined. Where nothing speaks against a group there is nothing to open: all
of it is one. Works that people joined, confirmed or decided on stay as they are; about those a question is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from records import engine
from records.dedup import Judged
from records.dedup.cluster import Groups
from records.dedup.compare import APART, JOINED
from records.models import Answer, Joining, Match, Work

MOST = 400  # records of works opened at once; beyond that they stay as they are
REFUSED = (  # pairs that the rules would have joined, but for something else in one of the two works
    "SELECT record_a_id, record_b_id FROM records_match WHERE library_id = %s AND answer = '' AND veto = '' AND kin = ''"
    " AND probability >= %s AND band = 'look' AND "
)


def doubted(
    work_of: Mapping[int, int], judged: Sequence[Judged], doubtful: Iterable[tuple[int, int]], decided: set[int]
) -> set[int]:
    """Works that a new record would join and against which something speaks: a pair within what would be one group that
    is vetoed, akin or plainly apart, or a second work, of whose pairs with the first nothing is known."""
    groups = Groups()
    for record, work in work_of.items():
        groups.unite(record, -work)
    for pair in judged:
        if pair.band == JOINED:
            groups.unite(int(str(pair.a)), int(str(pair.b)))
    held: dict[object, set[int]] = defaultdict(set)
    for work in set(work_of.values()):
        held[groups.find(-work)].add(work)
    new = {groups.find(int(str(end))) for pair in judged if pair.band == JOINED for end in (pair.a, pair.b)}
    against = [
        (int(str(p.a)), int(str(p.b))) for p in judged if p.band != JOINED and (p.band == APART or p.veto or p.kin)
    ]
    torn = {groups.find(a) for a, b in (*against, *doubtful) if groups.find(a) == groups.find(b)}
    open_to = {root for root in new if len(held[root]) > 1 or root in torn}
    return {work for root in open_to for work in held[root]} - decided


def opened(library_id: int, works: set[int], join_at: float, upstairs: Any) -> dict[int, int]:
    """The records of these works and of those which only the doubt kept from joining them, each with its work; nothing
    where that is too much, and never a work that people joined, confirmed or decided on."""
    found: dict[int, int] = {}
    wanted = works
    while wanted:
        free = _free(library_id, wanted, upstairs)
        one_of, params = engine.among("work_id", free)
        sql = f"SELECT id, work_id FROM records_record WHERE +library_id = %s AND {one_of}"  # noqa: S608
        rows = dict(engine.rows(sql, [library_id, params])) if free else {}
        if len(found) + len(rows) > MOST:
            return {}
        found |= rows
        wanted = _beside(library_id, set(rows), join_at) - set(found.values()) - wanted
    return found


def _free(library_id: int, works: set[int], upstairs: Any) -> set[int]:
    """Of some works those that only the rules have made."""
    by_hand = Joining.objects.filter(library=library_id, to_work__in=works, by__isnull=False, undone_at=None)
    said = Match.objects.filter(library=library_id, answer=Answer.SAME, record_a__work__in=works)
    held = {*by_hand.values_list("to_work", flat=True), *said.values_list("record_a__work", flat=True)}
    return works - held - upstairs.decided(works)


def _beside(library_id: int, records: set[int], join_at: float) -> set[int]:
    """Works with a record that the rules would have joined to one of these."""
    if not records:
        return set()
    ends: set[int] = set()
    for column in ("record_a_id", "record_b_id"):
        one_of, params = engine.among(column, records)
        ends |= {end for both in engine.rows(REFUSED + one_of, [library_id, join_at, params]) for end in both}
    return set(Work.objects.filter(records__in=ends - records).values_list("pk", flat=True))
