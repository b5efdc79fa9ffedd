"""How screening went on over time, as far as a member may know: decisions by day, own pace, outcomes, what is left.

While a stage is blinded a member's days are the own ones only. A poll is answered from a few single rows: `mark` says
whether anything that is shown has changed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any

from django.db.models import Sum, Value

from records.models import HistoryHead
from reviews import events, queries
from reviews.access import may, sees_all, sees_totals
from reviews.models import DecidedOn, Member, Stage, StageName, State

BREAK = 600  # seconds without a decision that are a break, not reading
LAST = 200  # own decisions that the pace is worked out from
FEWEST = 5  # gaps below which there is no pace yet


@dataclass(frozen=True, slots=True)
class Pace:
    """A member's own pace: the median of seconds from one decision to the next, from so many gaps."""

    seconds: float
    gaps: int

    def minutes(self, left: int) -> int:
        """How long so many works take."""
        return ceil(self.seconds * left / 60)


@dataclass(frozen=True, slots=True)
class Standing:
    """The numbers of a stage that this member may see; None for those that are not."""

    stage: str
    own: queries.Progress | None = None
    states: dict[str, int] | None = None
    conflicts: int | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Days:
    """Decisions by name and day."""

    whose: str  # "all", "total", "own" or "none"
    named: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None


def shut(member: Member, stage: str) -> bool:
    """Whether nothing of a stage is shown: which works reach full texts tells what was decided before."""
    return stage == StageName.FULL_TEXT and not member.review.full_texts_open


def standing(member: Member, stage: str) -> Standing:
    """Where a stage stands, from its counters."""
    if shut(member, stage):
        return Standing(stage, mark="shut")
    acts, totals = may(member), sees_totals(member, stage)
    own = queries.progress(member=member, stage=stage) if "decide" in acts else None
    row = Stage.objects.get(review=member.review_id, name=stage)
    states = {state: getattr(row, state) for state in State.values} if totals else None
    conflicts = row.conflict if totals or "adjudicate" in acts else None
    if conflicts and not totals and row.calibrating_id:  # those of an open round are not shown yet
        conflicts = queries.conflicts(review=member.review, stage=stage).count()
    seen = [datetime.now(UTC).date().isoformat(), totals, own, conflicts, states and sorted(states.items())]
    if events.all_open(member):  # nothing is kept from this member, so every act may be heard of
        seen.append(HistoryHead.objects.values_list("length", flat=True).get(pk=member.review_id))
    return Standing(stage, own, states, conflicts, _mark(seen))


def _mark(seen: list) -> str:
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def days(member: Member, stage: str) -> Days:
    """Decisions made here that stand, by day: everybody's by name, everybody's together, or the own ones."""
    rows = DecidedOn.objects.filter(review=member.review_id, stage=stage, here=True).exclude(count=0)
    if shut(member, stage):
        return Days("none")
    if sees_all(member, stage):
        whose = "all"
    elif sees_totals(member, stage):
        whose = "total"
    elif "decide" in may(member):
        whose, rows = "own", rows.filter(member=member)
    else:
        return Days("none")
    counted: dict[int, dict[date, int]] = {}
    grouped: Any
    if whose == "total":
        grouped = rows.values_list(Value(0), "day").annotate(n=Sum("count")).order_by()
    else:
        grouped = rows.values_list("member", "day", "count")
    for name, day, count in grouped:
        counted.setdefault(name, {})[day] = count
    if not counted:
        return Days(whose)
    every = {day for each in counted.values() for day in each}
    today = datetime.now(UTC).date()
    named = {_name: dict(sorted(counted[key].items())) for key, _name in _names(member, list(counted)).items()}
    return Days(whose, named, min(every), max(*every, today))


def _names(member: Member, keys: list[int]) -> dict[int, str]:
    """Members' names, in the order in which they joined; two of one name are told apart by a number."""
    if keys == [member.pk]:
        return {member.pk: str(member)}
    rows = Member.objects.filter(review=member.review_id, pk__in=keys).select_related("user")
    found: dict[int, str] = {0: ""} if 0 in keys else {}
    for row in rows.order_by("joined_at", "pk"):
        name, n = str(row), 2
        while name in found.values():
            name, n = f"{row} ({n})", n + 1
        found[row.pk] = name
    return found


def pace(member: Member, stage: str) -> Pace | None:
    """The member's own pace at a stage, from the last decisions; None while there are too few."""
    rows = member.decisions.filter(review=member.review_id, stage=stage, imported_from=None)
    times = list(rows.order_by("-pk").values_list("at", flat=True)[:LAST])
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    read = [gap for gap in gaps if 0 <= gap < BREAK]
    return Pace(median(read), len(read)) if len(read) >= FEWEST else None
