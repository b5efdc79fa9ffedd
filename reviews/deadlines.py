"""Until when a stage is to be done: each member's own pace for it, and how far everybody is where the review opens that."""

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from records.history import remember
from reviews import access
from reviews.models import DecidedOn, Member, Review, Stage, StageName


@dataclass(frozen=True, slots=True)
class Due:
    """What is left for a member until a stage's last day. `days` counts today and that day; 0 once it is over."""

    stage: str
    on: date
    left: int
    days: int

    @property
    def a_day(self) -> int:
        """How many works a day bring the member there."""
        return ceil(self.left / self.days) if self.days else self.left


def own(member: Member, lefts: dict[str, int]) -> list[Due]:
    """The deadlines of the stages at which so many works are left for the member."""
    if not any(lefts.values()):
        return []
    today = timezone.localdate()
    rows = Stage.objects.filter(review=member.review_id, name__in=lefts).exclude(due=None).order_by("pk")
    found = [Due(row.name, row.due, lefts[row.name], max(0, (row.due - today).days + 1)) for row in rows if row.due]
    return [each for each in found if each.left]


@transaction.atomic
def set_deadlines(*, member: Member, due: dict[str, date | None], progress_open: bool) -> None:
    """The last day of each stage, and whether everybody sees how many works each has decided on."""
    review = Review.objects.select_for_update(no_key=True).get(pk=member.review_id)
    rows = {row.name: row for row in Stage.objects.select_for_update(no_key=True).filter(review=review)}
    changed = {name: day for name, day in due.items() if rows[name].due != day}
    for name, day in changed.items():
        Stage.objects.filter(pk=rows[name].pk).update(due=day)
    if changed:
        told = {str(StageName(name).label): day.isoformat() if day else "–" for name, day in changed.items()}
        remember(library_id=review.pk, by=member.user, verb="set deadlines", after=told)
    if review.progress_open != progress_open:
        review.progress_open = progress_open
        review.save(update_fields=["progress_open"])
        verb = "opened how far each is" if progress_open else "closed how far each is"
        remember(library_id=review.pk, by=member.user, verb=verb)


def how_far(member: Member) -> list[tuple[Member, dict[str, int]]]:
    """How many works each member has decided on at each stage that this member may know it of; never what was said.

    Open where the review says so, and after the unblinding; of full texts only once they are read at all.
    """
    review = member.review
    stages = [stage for stage in StageName.values if review.progress_open or access.sees_totals(member, stage)]
    stages = [stage for stage in stages if stage != StageName.FULL_TEXT or review.full_texts_open]
    if not stages:
        return []
    rows = DecidedOn.objects.filter(review=review, stage__in=stages, here=True).exclude(count=0)
    counts: dict[int, dict[str, int]] = {}
    for whose, stage, n in rows.values_list("member", "stage").annotate(n=Sum("count")).order_by():
        counts.setdefault(whose, {})[stage] = n
    members: Any = access.active_members(review)
    return [
        (each, {stage: counts.get(each.pk, {}).get(stage, 0) for stage in stages})
        for each in members
        if "decide" in access.ACTS[each.role] or each.pk in counts
    ]
