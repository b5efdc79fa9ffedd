"""What the decisions on one work amount to: pure thought, no database.

The default rule follows the field's practice: an include with a maybe goes on, an exclude with a maybe is a conflict.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

PENDING, AWAITING, CONFLICT, INCLUDED, EXCLUDED = "pending", "awaiting_second", "conflict", "included", "excluded"


@dataclass(frozen=True, slots=True)
class Rule:
    """A stage's settings: how many decisions a work needs, and what a maybe means beside an include (`maybe_counts_as`),
    beside an exclude, and beside nothing but maybes: "include" goes on, "conflict" asks a person. Never does a maybe exclude.

    `expert_with_novice`: one of the decisions comes from an expert. `ask_differing_reasons`: exclusions for other reasons are a
    conflict.
    """

    needed: int = 2
    maybe_counts_as: str = "include"
    maybe_with_exclude: str = "conflict"
    maybe_with_maybe: str = "include"
    one_include_is_enough: bool = False
    expert_with_novice: bool = False
    ask_differing_reasons: bool = False


def outcome(
    verdicts: Sequence[str],
    rule: Rule,
    adjudicated: str | None = None,
    *,
    bulk: str | None = None,
    expert: bool = True,
    reasons: Collection[Hashable] = (),
) -> str:
    """The outcome of current verdicts ("include", "exclude", "maybe"; any order) and of a ruling, if there is one.

    Returns "pending", "awaiting_second", "conflict", "included" or "excluded". A ruling decides whatever was said; an act on
    many works at once (`bulk`) decides where nobody said anything. `expert`: whether an expert is among those who said it;
    `reasons`: those that their exclusions count as.
    """
    if adjudicated or (bulk and not verdicts):
        return INCLUDED if (adjudicated or bulk) == "include" else EXCLUDED
    said = frozenset(verdicts)
    together = _together(said, rule)
    complete = expert or not rule.expert_with_novice
    if rule.one_include_is_enough and together == INCLUDED and "exclude" not in said and complete:
        return INCLUDED
    if len(verdicts) < rule.needed or not complete:
        return AWAITING if verdicts else PENDING
    if together == EXCLUDED and rule.ask_differing_reasons and len(set(reasons)) > 1:
        return CONFLICT
    return together


def _together(said: frozenset[str], rule: Rule) -> str:
    """What the verdicts say together, however many there are."""
    if said == {"exclude"}:
        return EXCLUDED
    means = {
        frozenset({"include"}): "include",
        frozenset({"include", "maybe"}): rule.maybe_counts_as,
        frozenset({"exclude", "maybe"}): rule.maybe_with_exclude,
        frozenset({"maybe"}): rule.maybe_with_maybe,
    }
    return INCLUDED if means.get(said) == "include" else CONFLICT


class Ordered(Protocol):
    """Anything with a place in the protocol's order."""

    order: int


Reason = TypeVar("Reason", bound=Ordered)


def counting_reason(reasons: Sequence[Reason | None]) -> Reason | None:
    """Of several exclusion reasons the first in the protocol's order counts; None where nobody gave one."""
    given = [reason for reason in reasons if reason is not None]
    return min(given, key=lambda reason: reason.order) if given else None
