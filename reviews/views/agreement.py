"""How far members agree: each pair's tables and figures, and all of them as a file. It opens with the unblinding."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, agreement_words
from reviews import agreement_data as data
from reviews.models import Member, StageName


@require_safe
@access.member("screened")
def agreement(request: HttpRequest, member: Member) -> HttpResponse:
    """Each stage: the pairs of members, then all together."""
    stages = [_told(of) for of in data.agreement(member)]
    context = {
        "stages": stages,
        "any_open": any(not each["shut"] for each in stages),
        "names": agreement_words.names(),
        "methods": agreement_words.methods([told for each in stages for told in each.get("groups", [])]),
    }
    return access.page(request, member, "reviews/agreement.html", context, section="agreement")


def _told(of: data.StageAgreement) -> dict[str, Any]:
    told: dict[str, Any] = {"name": StageName(of.stage).label, "of": of, "shut": agreement_words.shut(of)}
    if of.shut:
        return told
    pairs = list(agreement_words.pairs(of))
    overall = agreement_words.together(of)
    return told | {
        "maybe_rule": agreement_words.maybe_rule(of),
        "groups": [*pairs, *([overall] if overall else [])],
        "apart": agreement_words.apart(of),
    }


@require_safe
@access.member("screened")
def file(request: HttpRequest, member: Member) -> HttpResponse:
    """The same as CSV, with more digits."""
    text = agreement_words.table(data.agreement(member))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"winnow-{member.review_id}-agreement-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
