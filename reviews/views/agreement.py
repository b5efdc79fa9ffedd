"""How far members agree: each pair's tables and figures, and all of them as a file. It opens with the unblinding."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reviews import access, agreement_words
from reviews import agreement_data as data
from reviews.models import Member, StageName


@require_safe
@access.member("agreement")
def agreement(request: HttpRequest, member: Member) -> HttpResponse:
    """Each stage: the pairs of members, all together, and the same by rounds, over time, by versions of the criteria."""
    by = _by(request)
    found = data.agreement(member, by)
    stages = [_told(of) for of in found]
    kinds = {part.kind for of in found for part in of.periods}
    context = {
        "stages": stages,
        "any_open": any(not of.shut or of.rounds for of in found),
        "by": "month" if "month" in kinds else "week",
        "names": agreement_words.names(),
        "briefly": agreement_words.briefly(),
        "methods": agreement_words.methods([told for each in stages for told in each.get("groups", [])]),
    }
    return access.page(request, member, "reviews/agreement.html", context, section="agreement")


def _by(request: HttpRequest) -> str:
    by = request.GET.get("by", "")
    return by if by in ("week", "month") else ""


def _told(of: data.StageAgreement) -> dict[str, Any]:
    told: dict[str, Any] = {"name": StageName(of.stage).label, "of": of, "shut": agreement_words.shut(of)}
    parts = [(_("Calibration rounds"), "rounds", of.rounds)]
    if len(of.periods) > 1:
        parts.append((_("Over time"), "time", of.periods))
    if len(of.versions) > 1:
        parts.append((_("By version of the criteria"), "versions", of.versions))
    told["parts"] = [
        (title, kind, [agreement_words.brief(each) for each in some]) for title, kind, some in parts if some
    ]
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
@access.member("agreement")
def file(request: HttpRequest, member: Member) -> HttpResponse:
    """The same as CSV, with more digits."""
    text = agreement_words.table(data.agreement(member, _by(request)))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"winnow-{member.review_id}-agreement-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
