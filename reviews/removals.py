"""Works that acts on many works took out before screening: the lines of the flow for them, and what is screened without them."""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from records.models import Work
from reviews import access
from reviews.models import Adjudication, Bulk, BulkWork, Decision, Member, StageName

SCREENED = StageName.TITLE_ABSTRACT
LISTS = {
    f"removed-{Bulk.Removal.AUTOMATION}": _("Marked as ineligible by automation tools: %s"),
    f"removed-{Bulk.Removal.OTHER}": _("Removed for other reasons: %s"),
}


def counting(stage: str, **conditions: Any) -> Q:
    """Of a work: an act on many works decides on it, since nobody else said anything."""
    at = {"work": OuterRef("pk"), "stage": stage, "current": True}
    said = Q(Exists(Decision.objects.filter(**at))) | Q(Exists(Adjudication.objects.filter(**at)))
    return Q(Exists(BulkWork.objects.filter(**at, **conditions))) & ~said


def removed(of: str) -> Callable[[Member, QuerySet[Work]], QuerySet[Work]]:
    """Those of some works that stand in one line of the flow; a blinded member's flow knows no such acts."""

    def rows(member: Member, works: QuerySet[Work]) -> QuerySet[Work]:
        if not access.sees_totals(member, SCREENED):
            return works.none()
        return works.filter(counting(SCREENED, bulk__removal=of))

    return rows


def left(member: Member, works: QuerySet[Work]) -> QuerySet[Work]:
    """Those of some works that were not removed before screening."""
    if not access.sees_totals(member, SCREENED):
        return works
    return works.filter(~counting(SCREENED, bulk__removal__in=Bulk.Removal.values))


def of_act(number: int) -> Callable[[Member], QuerySet[Work]]:
    """The works of one act that it decides on or did, where the member may read of it."""

    def rows(member: Member) -> QuerySet[Work]:
        stages = [stage for stage in StageName.values if access.sees_totals(member, stage)]
        open_to = Q(bulk__by=member.user_id) | Q(bulk__stage__in=stages)
        held = BulkWork.objects.filter(open_to, review=member.review_id, bulk=number, current=True, work=OuterRef("pk"))
        return Work.objects.filter(Exists(held), library=member.review_id, empty=False)

    return rows
