"""What people did on the works of an import, as far as a member may know; shown before the import is taken back.

While a stage is blinded a member reads of own decisions only, and always the same sentence about others'.
"""

from collections.abc import Callable
from dataclasses import dataclass

from records.models import Dump, Record
from reviews import access
from reviews.models import Decision, Member, StageName

# What the floors above have to say, in sentences; filled by them when they are ready.
TOLD: list[Callable[[Member, Dump], list[str]]] = []


@dataclass(frozen=True, slots=True)
class Decided:
    """On how many works the member decided; on how many anybody did at the stages that are open, None where none is; and
    whether any stage is blinded."""

    own: int = 0
    anybody: int | None = None
    blinded: bool = True


def decided(member: Member, dump: Dump) -> Decided:
    """Works with a record of this dump and a current decision."""
    open_stages = [stage for stage in StageName.values if access.sees_totals(member, stage)]
    works = Record.objects.filter(dump=dump).values("work")
    rows = Decision.objects.filter(review=member.review_id, current=True, work__in=works)
    at_open = rows.filter(stage__in=open_stages).values("work").distinct()
    return Decided(
        own=rows.filter(member=member).values("work").distinct().count(),
        anybody=at_open.count() if open_stages else None,
        blinded=len(open_stages) < len(StageName.values),
    )


def told(member: Member, dump: Dump) -> list[str]:
    """Sentences of the floors above, such as how many excerpts stand on the works."""
    return [sentence for say in TOLD for sentence in say(member, dump)]
