"""Which decisions agreement is worked out from: what each pair of members had said when both had decided, and no later.

A decision counts from when it was made until it was taken back or replaced. A pair is complete on a work when for the
first time a decision of each of the two stands; these two verdicts count, whatever is changed afterwards. What came
after the stage was unblinded is not independent and does not count, nor do adjudications and decisions taken over from
other programs. After a join all decisions on the records of a work are of that work, so that a pair counts once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Q

from records.models import Event
from reviews.access import sees_all
from reviews.models import Decision, Member, Stage, StageName, Verdict
from reviews.outcome import Rule

CATEGORIES = (Verdict.INCLUDE, Verdict.MAYBE, Verdict.EXCLUDE)  # declared, in their order
PLACE = {str(verdict): n for n, verdict in enumerate(CATEGORIES)}

Pair = tuple[int, int]
Pattern = tuple[int | None, ...]


class Said(NamedTuple):
    """One row of the decisions, as it is fetched."""

    stage: str
    work: int
    member: int
    verdict: str
    at: datetime
    undone_at: datetime | None


@dataclass
class StageAgreement:
    """What members said at one stage. `shut` is "", "blinded", "selected" (one include is enough) or "unknown" (since when
    the stage is open)."""

    stage: str
    shut: str = ""
    rule: Rule | None = None
    unblinded_at: datetime | None = None
    members: list[Member] = field(default_factory=list)  # who decided, in the order of joining
    tables: dict[Pair, list[list[int]]] = field(default_factory=dict)  # places in `members`, first and second
    patterns: Counter[Pattern] = field(default_factory=Counter)  # a work by what each member said, None for nothing

    @property
    def alone(self) -> int:
        """Works that one member only decided on."""
        return sum(times for pattern, times in self.patterns.items() if len(pattern) - pattern.count(None) == 1)

    @property
    def together(self) -> Counter[Pattern]:
        """Works that two or more decided on."""
        return Counter({p: times for p, times in self.patterns.items() if len(p) - p.count(None) > 1})


def agreement(member: Member) -> list[StageAgreement]:
    """Each stage, as far as others' decisions at it are open to this member. While all are blinded nothing is fetched."""
    found = {name: StageAgreement(name, shut="blinded") for name in StageName.values}
    open_stages = [name for name in found if sees_all(member, name)]
    if open_stages:
        since = _unblinded(member.review_id)
        for stage in Stage.objects.filter(review=member.review_id, name__in=open_stages):
            of = found[stage.name]
            of.rule, of.unblinded_at = stage.rule, since.get(stage.name)
            of.shut = "selected" if of.rule.one_include_is_enough else "" if of.unblinded_at else "unknown"
        _fill(member.review_id, [of for of in found.values() if not of.shut])
    return list(found.values())


def _unblinded(review_id: int) -> dict[str, datetime]:
    """When each stage was opened, from the history; a stage is opened once."""
    events = Event.objects.filter(library=review_id, verb="unblinded a stage")
    return dict(events.values_list("subject", "at"))


def _fill(review_id: int, stages: list[StageAgreement]) -> None:
    """Fetch the decisions that were made while blinded, and count."""
    if not stages:
        return
    team = list(Member.objects.filter(review=review_id).select_related("user").order_by("joined_at", "pk"))
    while_blinded = Q(pk__in=[])
    for of in stages:
        while_blinded |= Q(stage=of.stage, at__lt=of.unblinded_at)
    rows = Decision.objects.filter(while_blinded, review=review_id, imported_from=None)
    fetched = rows.order_by("stage", "work", "at", "pk").values_list(*Said._fields)
    by_stage = {stage: list(each) for stage, each in groupby(fetched, key=itemgetter(0))}
    for of in stages:
        said = by_stage.get(of.stage, [])
        deciding = {row[2] for row in said}
        of.members = [each for each in team if each.pk in deciding]
        _count(of, [Said(*row) for row in said])


def _count(of: StageAgreement, rows: list[Said]) -> None:
    place = {member.pk: n for n, member in enumerate(of.members)}
    size = range(len(CATEGORIES))
    of.tables = {pair: [[0 for _b in size] for _a in size] for pair in combinations(range(len(of.members)), 2)}
    for _work, decisions in groupby(rows, key=itemgetter(1)):
        pairs, most = complete(decisions)
        for (one, other), (said, answered) in pairs.items():
            a, b = place[one], place[other]
            if a < b:
                of.tables[a, b][PLACE[said]][PLACE[answered]] += 1
            else:
                of.tables[b, a][PLACE[answered]][PLACE[said]] += 1
        of.patterns[tuple(PLACE.get(most.get(member.pk, "")) for member in of.members)] += 1


def complete(decisions: Iterable[Said]) -> tuple[dict[Pair, tuple[str, str]], dict[int, str]]:
    """One work's decisions in the order of time: each pair's verdicts when it was first complete, and everybody's when
    for the first time the most members had decided."""
    own: dict[int, list[Said]] = {}
    pairs: dict[Pair, tuple[str, str]] = {}
    most: dict[int, str] = {}
    for row in decisions:
        own.setdefault(row.member, []).append(row)
        standing = dict(_standing(own, row.at))
        if row.member in standing:
            for other, verdict in standing.items():
                pair = (min(other, row.member), max(other, row.member))
                if other != row.member and pair not in pairs:
                    said = (verdict, standing[row.member])
                    pairs[pair] = said if pair[0] == other else said[::-1]
        if len(standing) > len(most):
            most = standing
    return pairs, most


def _standing(own: Mapping[int, list[Said]], at: datetime) -> Iterator[tuple[int, str]]:
    """Each member's newest decision that was not taken back by then."""
    for member, rows in own.items():
        for row in reversed(rows):
            if row.undone_at is None or row.undone_at > at:
                yield member, row.verdict
                break
