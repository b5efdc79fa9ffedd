"""What counts of the decisions on one work: each member's word when a pair was complete. Pure thought.

A decision stands from when it was made until its member took it back or replaced it, or until it was ended for everybody
(sent back, or made in a calibration round that does not count). A pair is complete on a work when for the first time a
decision of each of the two stands; these two verdicts count, whatever is changed afterwards. One exception: what a member
replaced within two minutes was a slip of the finger and never the member's word. Nobody could see it meanwhile, since the
caller hands in only what was said before anything was unblinded.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any, NamedTuple

SLIP = timedelta(minutes=2)

Pair = tuple[int, int]
Pattern = tuple[int | None, ...]


class Said(NamedTuple):
    """One decision on a work."""

    member: int
    verdict: str
    at: datetime
    undone_at: datetime | None = None  # taken back or replaced by its member
    ended_at: datetime | None = None  # for everybody
    version: int | None = None  # of the criteria
    round: int | None = None  # of calibration


class Heard(NamedTuple):
    """What counts on one work: each pair's verdicts, everybody's when most had decided, on which day that was (in UTC, such as
    "2026-03-14"), and under which version of the criteria, None for several or none. `pairs` is None where they follow from
    `most`, as they do unless somebody changed a decision."""

    most: tuple[tuple[int, str], ...]
    pairs: tuple[tuple[Pair, tuple[str, str]], ...] | None = None
    day: str = ""
    version: int | None = None


def words(decisions: Iterable[Said]) -> list[Said]:
    """One work's decisions in the order of time, without slips, those that their member replaced within two minutes, and
    without second looks, since who is asked for one is told that there was a conflict."""
    said = sorted(decisions, key=lambda row: row.at)
    own: dict[int, list[int]] = {}
    for n, row in enumerate(said):
        own.setdefault(row.member, []).append(n)
    out = set()
    for places in own.values():
        out |= {n for n, _next in pairwise(places) if _slip(said[n])}
        ends = [end for n in places if (end := said[n].ended_at)]
        out |= {n for n in places if ends and said[n].at >= min(ends)}
    return [row for n, row in enumerate(said) if n not in out]


def _slip(row: Said) -> bool:
    return row.undone_at is not None and row.undone_at - row.at <= SLIP


def complete(decisions: Iterable[Said]) -> Heard:
    """One work's decisions in the order of time: each pair's verdicts when it was first complete, and everybody's when
    for the first time the most members had decided."""
    own: dict[int, list[Said]] = {}
    pairs: dict[Pair, tuple[str, str]] = {}
    most: dict[int, Said] = {}
    day = ""
    for row in decisions:
        own.setdefault(row.member, []).append(row)
        standing = dict(_standing(own, row.at))
        if row.member in standing:
            for other, theirs in standing.items():
                pair = (min(other, row.member), max(other, row.member))
                if other != row.member and pair not in pairs:
                    said = (theirs.verdict, standing[row.member].verdict)
                    pairs[pair] = said if pair[0] == other else said[::-1]
        if len(standing) > len(most):
            most, day = standing, row.at.date().isoformat()
    verdicts = tuple(sorted((member, row.verdict) for member, row in most.items()))
    return Heard(verdicts, tuple(sorted(pairs.items())), day, one_version(row.version for row in most.values()))


def one_version(versions: Iterable[int | None]) -> int | None:
    """The version of the criteria under which all was said; None where there was none, or several."""
    found = set(versions)
    return found.pop() if len(found) == 1 else None


def _standing(own: Mapping[int, list[Said]], at: datetime) -> Iterator[tuple[int, Said]]:
    """Each member's newest decision that stood at that time."""
    for member, rows in own.items():
        for row in reversed(rows):
            if all(end is None or end > at for end in (row.undone_at, row.ended_at)):
                yield member, row
                break


@dataclass
class Counted:
    """Works counted by what members said on them. `members` stand in the order of rows and columns."""

    members: list[Any] = field(default_factory=list)
    tables: dict[Pair, list[list[int]]] = field(default_factory=dict)  # places in `members`, first and second
    patterns: Counter[Pattern] = field(default_factory=Counter)  # a work by what each member said, None for nothing

    def begin(self, members: Sequence[Any], categories: int) -> None:
        """Empty tables, one for each pair."""
        size = range(categories)
        self.members = list(members)
        self.tables = {pair: [[0 for _b in size] for _a in size] for pair in combinations(range(len(members)), 2)}

    def add(self, heard: Heard, times: int, place: Mapping[int, int], category: Mapping[str, int]) -> None:
        """Count a work, or several of which the same was said. `place` is a member's, `category` a verdict's."""
        said = dict(heard.most)
        pairs = heard.pairs
        if pairs is None:
            pairs = tuple(((a, b), (said[a], said[b])) for a, b in combinations(said, 2))
        for (one, other), (first, second) in pairs:
            a, b = place[one], place[other]
            if a < b:
                self.tables[a, b][category[first]][category[second]] += times
            else:
                self.tables[b, a][category[second]][category[first]] += times
        pattern: list[int | None] = [None] * len(self.members)
        for member, verdict in heard.most:
            pattern[place[member]] = category[verdict]
        self.patterns[tuple(pattern)] += times

    @property
    def alone(self) -> int:
        """Works that one member only decided on."""
        return sum(times for pattern, times in self.patterns.items() if len(pattern) - pattern.count(None) == 1)

    @property
    def together(self) -> Counter[Pattern]:
        """Works that two or more decided on."""
        return Counter({p: times for p, times in self.patterns.items() if len(p) - p.count(None) > 1})
