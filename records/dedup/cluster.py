"""From judged pairs to works: pairs by descending score, union-find, contradictions and people's answers respected."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from records.dedup.compare import APART, JOINED, LOOK, RELATED, Judged

CONTRADICTS, SURE = 0.02, 0.999


@dataclass(slots=True)
class Plan:
    """What follows: `group` names for every record one representative; `questions` are pairs for a person, `related` pairs
    of different reports that are akin."""

    group: dict[Hashable, Hashable]
    joined: list[Judged] = field(default_factory=list)
    questions: list[Judged] = field(default_factory=list)
    related: list[Judged] = field(default_factory=list)


def cluster(
    ids: Iterable[Hashable],
    judged: Iterable[Judged],
    *,
    same: Iterable[tuple[Hashable, Hashable]] = (),
    different: Iterable[tuple[Hashable, Hashable]] = (),
    doubtful: Iterable[tuple[Hashable, Hashable]] = (),
    decided: Mapping[Hashable, bool] | None = None,
    content: Callable[[Any], Any] = str,
) -> Plan:
    """Group records. `same` and `different` are people's answers (and links that stand already) and always hold;
    two groups that both hold a `decided` record are never joined by the rules but asked about, and so are two that hold the
    ends of a pair that is vetoed or akin: judged now, or before (`doubtful`). A record that says little may resemble both.
    The result does not depend on the order of the input, nor, with `content` (of an id what its record says, to be
    compared), on which of two records came first: where two pairs are equally strong, what they say decides."""
    ids, same = list(ids), list(same)
    groups = Groups(ids)
    for a, b in same:
        groups.unite(a, b)
    known, plainly = _told(judged, same)
    apart = _neighbours(different)
    vetoed = [(pair.a, pair.b) for pair in known.values() if (pair.veto or pair.kin) and pair.band != JOINED]
    parted, contradicted = _neighbours([*vetoed, *doubtful]), _neighbours(plainly)
    carrying = {each for each, carries in (decided or {}).items() if carries}

    plan = Plan({})
    said = {each: (content(each), *_order(each)) for pair in known.values() for each in (pair.a, pair.b)}
    strongest = sorted(known.values(), key=lambda p: (-p.score, *sorted((said[p.a], said[p.b]))))
    for pair in strongest:
        if pair.band not in (JOINED, LOOK):
            continue
        one, two = groups.find(pair.a), groups.find(pair.b)
        if one == two or groups.linked(apart, one, two):
            continue
        doubt = groups.linked(parted, one, two) or (pair.probability <= SURE and groups.linked(contradicted, one, two))
        if pair.band == JOINED and not doubt and not (groups.hold(one, carrying) and groups.hold(two, carrying)):
            groups.unite(one, two)
            plan.joined.append(pair)
        else:
            plan.questions.append(pair)
    asked = _one_a_pair_of_groups(plan.questions, groups)
    plan.questions = [p for p in asked if not groups.linked(apart, groups.find(p.a), groups.find(p.b))]
    plan.related = [p for p in strongest if p.band == RELATED and groups.find(p.a) != groups.find(p.b)]
    plan.group = {each: groups.find(each) for each in ids}
    return plan


class Groups:
    """Union-find: of each group the smallest id stands for it. Ids need not be named before."""

    def __init__(self, ids: Iterable[Hashable] = ()) -> None:
        self._above: dict[Hashable, Hashable] = {each: each for each in ids}
        self._members: dict[Hashable, set[Hashable]] = {each: {each} for each in self._above}

    def find(self, each: Hashable) -> Hashable:
        """Who stands for the group of an id."""
        above = self._above
        if each not in above:
            above[each], self._members[each] = each, {each}
        while above[each] != each:
            above[each] = above[above[each]]
            each = above[each]
        return each

    def unite(self, a: Hashable, b: Hashable) -> None:
        """Make the groups of two ids one."""
        keep, go = sorted((self.find(a), self.find(b)), key=_order)
        if keep != go:
            self._above[go] = keep
            self._members[keep] |= self._members.pop(go)

    def linked(self, links: Mapping[Hashable, set[Hashable]], one: Hashable, two: Hashable) -> bool:
        """Whether any of these links goes from one group, named by who stands for it, to the other."""
        few, many = sorted((self._members[one], self._members[two]), key=len)
        return any(not many.isdisjoint(links.get(each, ())) for each in few)

    def hold(self, one: Hashable, some: set[Hashable]) -> bool:
        """Whether a group holds any of some ids."""
        return not self._members[one].isdisjoint(some)


def _told(
    judged: Iterable[Judged], same: Iterable[tuple[Hashable, Hashable]]
) -> tuple[dict[frozenset, Judged], list[tuple[Hashable, Hashable]]]:
    """The pairs that say something, and the ends of those so plainly apart that no chain may join them; of these only what
    a chain could reach, for most candidates are such pairs."""
    known: dict[frozenset, Judged] = {}
    apart: list[tuple[Hashable, Hashable]] = []
    for pair in judged:
        if pair.band != APART or pair.veto or pair.kin:
            known[frozenset((pair.a, pair.b))] = pair
        if pair.probability < CONTRADICTS:
            apart.append((pair.a, pair.b))
    reached = {each for pair in known.values() if pair.band == JOINED for each in (pair.a, pair.b)}
    reached |= {each for both in same for each in both}
    return known, [(a, b) for a, b in apart if a in reached and b in reached]


def _one_a_pair_of_groups(questions: list[Judged], groups: Groups) -> list[Judged]:
    """Of several questions about the same two groups the strongest is asked."""
    asked: dict[frozenset, Judged] = {}
    for pair in questions:
        between = frozenset((groups.find(pair.a), groups.find(pair.b)))
        if len(between) == 2:
            asked.setdefault(between, pair)
    return list(asked.values())


def _neighbours(pairs: Iterable[tuple[Hashable, Hashable]]) -> dict[Hashable, set[Hashable]]:
    """For each end of these pairs the other ends."""
    found: dict[Hashable, set[Hashable]] = {}
    for a, b in pairs:
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found


def _order(each: Hashable) -> tuple:
    return (isinstance(each, str), each)
