"""The matrix of themes and studies, and the quotes behind each of its numbers."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from reviews import access
from reviews.models import Member
from reviews.views import work_or_404
from themes import queries
from themes.models import Code, Theme


@require_safe
@access.member("code")
def matrix(request: HttpRequest, member: Member) -> HttpResponse:
    """Theme by study, each number a door to its quotes."""
    context = {"matrix": queries.matrix(member), "others_shown": queries.open_to(member)}
    return access.page(request, member, "themes/matrix.html", context, section="themes")


@require_safe
@access.member("code")
def quotes(request: HttpRequest, member: Member) -> HttpResponse:
    """The quotes of a theme, a study, a code, or of two of them together; the filter stands in the address."""
    asked = request.GET
    theme = _row(Theme, member, asked.get("theme", ""))
    code = _row(Code, member, asked.get("code", ""))
    work, start = _number(asked.get("work", "")), _number(asked.get("from", "")) or 0
    study = work_or_404(member, work) if work is not None else None
    found = queries.quotes(member, theme, study, code, start=start)
    here = {"theme": theme and theme.pk, "work": study and study.pk, "code": code and code.pk}
    context = {
        "quotes": found,
        "theme": theme,
        "code": code,
        "study": queries.label(study) if study else "",
        "filter": {name: value for name, value in here.items() if value},
        "start": start,
        "next": start + queries.PAGE if found.total > start + queries.PAGE else None,
        "others_shown": queries.open_to(member),
    }
    return access.page(request, member, "themes/quotes.html", context, section="themes")


def _row(model: Any, member: Member, asked: str) -> Any:
    """A theme or a code of the member's review by its id in the address; no id, no row."""
    if not asked:
        return None
    try:
        return get_object_or_404(model, review=member.review_id, pk=UUID(asked))
    except ValueError:
        raise Http404 from None


def _number(asked: str) -> int | None:
    if not asked:
        return None
    if not asked.isdecimal() or len(asked) > 9:
        raise Http404
    return int(asked)
