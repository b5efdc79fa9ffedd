"""What a press on a card sends, read by hand: Django's forms cost as much as the decision, and a press is waited for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from records.prepared import Given, Prepared
from reviews.models import ExclusionReason, Member, Verdict
from reviews.views import number

REASON = Prepared(
    lambda: ExclusionReason.objects.filter(review=Given("review"), pk=Given("reason"), retired=False).select_related(
        "merged_into"
    )
)


@dataclass(frozen=True, slots=True)
class Press:
    """A verdict on a card, as `reviews.forms.DecisionForm` would read it: a reason's button alone means exclude because of it."""

    work_id: int
    revision: int
    key: UUID
    verdict: str
    reason: ExclusionReason | None

    @property
    def act(self) -> dict[str, Any]:
        """Keyword arguments of `actions.decide`."""
        return {name: getattr(self, name) for name in self.__slots__}


def pressed(sent: QueryDict, member: Member) -> Press | None:
    """The press that a page sent; None where something is missing, is no number or key, or is another review's."""
    work, revision = number(sent.get("work", "")), number(sent.get("revision", ""))
    try:
        key = UUID(sent.get("key", ""))
    except ValueError:
        return None
    reason, named = None, sent.get("reason", "")
    if named:
        wanted = number(named)
        reason = wanted and REASON.first(review=member.review_id, reason=wanted)
        if not reason:
            return None
    verdict = Verdict.EXCLUDE if reason else sent.get("verdict", "")
    if not work or not revision or verdict not in Verdict.values:
        return None
    return Press(work, revision, key, str(verdict), reason or None)
