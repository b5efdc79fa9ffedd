"""Who is given which work: pure thought, no database. The same question with the same seed has the same answer.

Every place gets as many different members as it misses, as far as there are any who are not barred from it. Loads are in
proportion to the members' shares: exact to one work where nobody is barred, and brought as near as moving single works
goes where somebody is.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Hand:
    """A member who may be given works."""

    key: int
    share: int = 1
    expert: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A work that misses so many members. `never` are those who are barred, decided on it or have it already.

    `among` are those who are asked first (the others only where these are too few); empty: everybody alike.
    """

    work: int
    missing: int
    never: frozenset[int] = frozenset()
    among: frozenset[int] = frozenset()
    has_expert: bool = False


def deal(
    places: Sequence[Place], hands: Sequence[Hand], *, seed: str, expert_with_novice: bool = False
) -> dict[int, list[int]]:
    """The members that each work is given to; a work that can be given to nobody is left out.

    With `expert_with_novice` each work has one expert where there is any for it, and others beside.
    """
    given: dict[int, list[int]] = defaultdict(list)
    groups: dict[frozenset[int], list[Place]] = defaultdict(list)
    for place in places:
        groups[place.among].append(place)
    by_key = {hand.key: hand for hand in hands}
    experts = {hand.key for hand in hands if hand.expert and hand.share}
    for n, among in enumerate(sorted(groups, key=sorted)):
        here = groups[among]
        first = {key for key in among if key in by_key} or set(by_key)
        rounds: list[tuple[set[int], bool]] = [(first, False), (set(by_key), False)]
        if expert_with_novice and experts:
            one = [(first & experts, True), (experts, True)]
            rounds = [*one, (first - experts, False), (set(by_key) - experts, False), *rounds]
        for turn, (keys, for_expert) in enumerate(rounds):
            _give(
                given,
                here,
                [by_key[key] for key in sorted(keys)],
                f"{seed}/{n}/{turn}",
                experts if for_expert else None,
            )
    return {work: members for work, members in given.items() if members}


def _give(
    given: dict[int, list[int]], places: list[Place], hands: list[Hand], seed: str, experts: set[int] | None
) -> None:
    """One round: what the places still miss goes to these members; with `experts` one each, where none has it yet."""
    wanted: dict[int, int] = {}
    may: dict[int, list[int]] = {}
    keys = [hand.key for hand in hands if hand.share]
    for place in places:
        have = given[place.work]
        missing = place.missing - len(have)
        if experts is not None:
            missing = min(missing, 0 if place.has_expert or experts.intersection(have) else 1)
        allowed = [key for key in keys if key not in place.never and key not in have] if missing > 0 else []
        if allowed:
            wanted[place.work], may[place.work] = min(missing, len(allowed)), allowed
    if wanted:
        for work, members in _spread(wanted, may, {hand.key: hand.share for hand in hands}, seed).items():
            given[work].extend(members)


def _spread(
    wanted: Mapping[int, int], may: Mapping[int, list[int]], shares: Mapping[int, int], seed: str
) -> dict[int, list[int]]:
    """Members for each work: always those who lack most of their portion, chance deciding between equals."""
    chance = random.Random(seed)  # noqa: S311 - lots are drawn, nothing is kept secret
    most: dict[int, int] = defaultdict(int)
    for members in may.values():
        for key in members:
            most[key] += 1
    left = portions(sum(wanted.values()), {key: shares[key] for key in sorted(most)}, most, chance)
    order = sorted(wanted)
    chance.shuffle(order)
    order.sort(key=lambda work: len(may[work]) - wanted[work])  # where there is least choice first
    spread: dict[int, list[int]] = {}
    for work in order:
        drawn = sorted(may[work], key=lambda key: (-left[key], chance.random()))[: wanted[work]]
        for key in drawn:
            left[key] -= 1
        spread[work] = drawn
    _even_out(spread, may, left)
    return spread


def portions(
    slots: int, shares: Mapping[int, int], most: Mapping[int, int], chance: random.Random | None = None
) -> dict[int, int]:
    """So many slots in proportion to the shares, by largest remainder; nobody gets more than `most` allows."""
    chance = chance or random.Random(0)  # noqa: S311
    found: dict[int, int] = {}
    rest = dict(shares)
    while rest:
        total = sum(rest.values())
        full = [key for key in rest if total and slots * rest[key] >= most[key] * total]
        for key in full:
            found[key] = most[key]
            del rest[key]
        slots -= sum(found[key] for key in full)
        if not full:
            break
    total = sum(rest.values())
    exact = {key: slots * share / total for key, share in rest.items()} if total else {}
    found.update({key: floor(value) for key, value in exact.items()})
    by_rest = sorted(exact, key=lambda key: (floor(exact[key]) - exact[key], chance.random()))
    for key in by_rest[: max(0, slots - sum(floor(value) for value in exact.values()))]:
        found[key] += 1
    return found


def _even_out(spread: dict[int, list[int]], may: Mapping[int, list[int]], left: dict[int, int]) -> None:
    """Move works from who has more than the portion to who has less, where nothing bars it."""
    over = {key for key in left if left[key] < 0}
    if not over:
        return
    for work in sorted(spread):
        members = spread[work]
        for n, key in enumerate(members):
            if left[key] >= 0:
                continue
            short = [other for other in may[work] if left[other] > 0 and other not in members]
            if short:
                other = max(short, key=lambda each: (left[each], -each))
                members[n] = other
                left[key] += 1
                left[other] -= 1


def loads(given: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """How many works each member has."""
    found: dict[int, int] = defaultdict(int)
    for members in given.values():
        for key in members:
            found[key] += 1
    return dict(found)
