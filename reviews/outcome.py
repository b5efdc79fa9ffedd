"""What the decisions on one work amount to: pure thought, no database.

The default rule follows the field's practice: an include with a maybe goes on, an exclude with a maybe is a conflict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

PENDING, AWAITING, CONFLICT, INCLUDED, EXCLUDED = "pending", "awaiting_second", "conflict", "included", "excluded"


@dataclass(frozen=True, slots=True)
class Rule:
    """A stage's settings. `maybe_counts_as` is "include", or "conflict" where a maybe stays unresolved (full text)."""

    needed: int = 2
    maybe_counts_as: str = "include"
    one_include_is_enough: bool = False


def outcome(verdicts: Sequence[str], rule: Rule, adjudicated: str | None = None) -> str:
    """The outcome of current verdicts ("include", "exclude", "maybe"; any order) and of a ruling, if there is one.

    Returns "pending", "awaiting_second", "conflict", "included" or "excluded". A ruling decides whatever was said.
    """
    if adjudicated:
        return INCLUDED if adjudicated == "include" else EXCLUDED
    said = {rule.maybe_counts_as if verdict == "maybe" else verdict for verdict in verdicts}
    if rule.one_include_is_enough and said == {"include"}:
        return INCLUDED
    if len(verdicts) < rule.needed:
        return AWAITING if verdicts else PENDING
    if said == {"include"}:
        return INCLUDED
    return EXCLUDED if said == {"exclude"} else CONFLICT


class Ordered(Protocol):
    """Anything with a place in the protocol's order."""

    order: int


Reason = TypeVar("Reason", bound=Ordered)


def counting_reason(reasons: Sequence[Reason | None]) -> Reason | None:
    """Of several exclusion reasons the first in the protocol's order counts; None where nobody gave one."""
    given = [reason for reason in reasons if reason is not None]
    return min(given, key=lambda reason: reason.order) if given else None
