"""Which reports may describe one study: ties between reports in, groups out. Pure thought, no database.

A tie says why some reports belong together. Reports that are of one study already are one part; parts are gathered to
groups by their ties. What a person said to be different studies is brought together by no chain of other ties.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from records.registrations import normal

Part = tuple[int, ...]
# Of a report: each act that parted it from others, and on which side it stood then.
Sides = dict[int, dict[Hashable, int]]

PERSON, KIN, NUMBER = "person", "kin", "number"  # why a tie holds, the strongest first


@dataclass(frozen=True, slots=True)
class Tie:
    """Reports that one reason ties: a person's word, a kinship of the rules, a registration number; `said` says which."""

    why: str
    said: str
    reports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that may be one study, and the ties that run between them."""

    parts: list[Part]
    ties: list[Tie]


def trial_key(stated: str) -> str:
    """A trial's registration number for comparison: letters and digits only; of an EU trial the number without its country."""
    key = re.sub(r"[\W_]+", "", normal(stated.upper()))
    european = re.fullmatch(r"(?:EUCTR|EUDRACT)?(\d{12})(?:[A-Z]{2})?", key)
    return european.group(1) if european else key


def apart(parts: Iterable[Part], sides: Sides) -> bool:
    """Whether a person said of any two of these parts that they are different studies."""
    together: dict[Hashable, set[int]] = {}
    for part in parts:
        one = _stances(part, sides)
        if _clash(one, together):
            return True
        _add(one, together)
    return False


def groups(parts: list[Part], ties: list[Tie], sides: Sides) -> list[Group]:
    """Groups of two or more parts, both in the order of `parts`; where not all can stand together the first ties win."""
    of = {report: n for n, part in enumerate(parts) for report in part}
    heaps = _Heaps([_stances(part, sides) for part in parts])
    between = [(tie, list(dict.fromkeys(of[report] for report in tie.reports if report in of))) for tie in ties]
    for _tie, tied in between:
        heaps.tie(tied)
    found: dict[int, list[int]] = {}
    for n in range(len(parts)):
        found.setdefault(heaps.root(n), []).append(n)
    why: dict[int, list[Tie]] = {}
    for tie, tied in between:
        for root, many in Counter(heaps.root(n) for n in tied).items():
            if many > 1:
                why.setdefault(root, []).append(tie)
    return [Group([parts[n] for n in ns], why[root]) for root, ns in found.items() if len(ns) > 1]


class _Heaps:
    """Parts on heaps; two heaps that a person parted stay two."""

    def __init__(self, stances: list[dict[Hashable, set[int]]]) -> None:
        self.above = list(range(len(stances)))
        self.stances = stances

    def root(self, n: int) -> int:
        while self.above[n] != n:
            self.above[n] = self.above[self.above[n]]
            n = self.above[n]
        return n

    def tie(self, tied: list[int]) -> None:
        """Put these on one heap, or on as few as their partings allow."""
        met: list[int] = []  # heaps, each parted from each
        for n in tied:
            heap = self.root(n)
            if heap in met:
                continue
            onto = next((each for each in met if not _clash(self.stances[heap], self.stances[each])), None)
            if onto is None:
                met.append(heap)
            else:
                self.above[heap] = onto
                _add(self.stances[heap], self.stances[onto])


def _stances(part: Part, sides: Sides) -> dict[Hashable, set[int]]:
    """Where a part stood in each act that parted one of its reports."""
    found: dict[Hashable, set[int]] = {}
    for report in part:
        for act, side in sides.get(report, {}).items():
            found.setdefault(act, set()).add(side)
    return found


def _clash(one: dict[Hashable, set[int]], other: dict[Hashable, set[int]]) -> bool:
    if len(one) > len(other):
        one, other = other, one
    return any(act in other and (len(said) > 1 or other[act] != said) for act, said in one.items())


def _add(one: dict[Hashable, set[int]], to: dict[Hashable, set[int]]) -> None:
    for act, said in one.items():
        to[act] = to.get(act, set()) | said
