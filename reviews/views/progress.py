"""The progress page: how screening went on, drawn by the server; while it stands open its numbers follow by themselves."""

from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reviews import access, deadlines, plotting
from reviews import progress as seen
from reviews.models import Member, StageName, State

SOON = 90  # minutes that are still told in minutes


@require_safe
@access.member()
def progress(request: HttpRequest, member: Member) -> HttpResponse:
    """One stage's progress. A poll that names the mark it has gets an empty answer while nothing has changed."""
    stage = request.GET.get("stage", "")
    stage = stage if stage in StageName.values else StageName.TITLE_ABSTRACT
    standing = seen.standing(member, stage)
    polled = bool(request.htmx)  # type: ignore[attr-defined]
    if polled and request.GET.get("seen") == standing.mark:
        return HttpResponse(status=204)
    context = {
        "stage": stage,
        "stages": StageName.choices,
        "shut": seen.shut(member, stage),
        "standing": standing,
        "polled": polled,
        "due": deadlines.own(member, {stage: standing.own.left if standing.own else 0}),
        "how_far": deadlines.how_far(member) if member.review.progress_open and not polled else None,
        **_left(member, standing),
        **_drawn(member, stage),
        **_outcomes(standing),
    }
    return access.page(request, member, "reviews/progress.html", context, section="progress", part="update")


def _left(member: Member, standing: seen.Standing) -> dict[str, Any]:
    """The time that is left for this member, and how it was worked out."""
    if standing.own is None or not standing.own.left:
        return {}
    pace = seen.pace(member, standing.stage)
    if pace is None:
        return {"no_pace": seen.FEWEST}
    return {"pace": pace, "seconds": max(1, round(pace.seconds)), "time_left": _long(pace.minutes(standing.own.left))}


def _long(minutes: int) -> str:
    if minutes < SOON:
        return ngettext("about %s minute", "about %s minutes", minutes) % minutes
    hours = round(minutes / 60)
    return ngettext("about %s hour", "about %s hours", hours) % f"{hours:,}"


def _drawn(member: Member, stage: str) -> dict[str, Any]:
    """The two plots over days, and the same as tables."""
    days = seen.days(member, stage)
    if not days.first or not days.last:
        return {"days": days}
    named = plotting.fewer(days.named, _("all others"))
    named = {name or _("everybody together"): counts for name, counts in named.items()}
    all_days = plotting.together(named.values())
    spans = plotting.runs(days.first, days.last)
    sums = {name: _sums(counts, spans) for name, counts in named.items()}
    rows = [
        (_span(*span), [each[n] for each in sums.values()], sum(each[n] for each in sums.values()))
        for n, span in enumerate(spans)
    ]
    so_far = [list(accumulate(each)) for each in sums.values()]
    climbed = [(words, [each[n] for each in so_far]) for n, (words, _counts, total) in enumerate(rows) if total]
    return {
        "days": days,
        "per_day": plotting.per_day(all_days, days.first, days.last, _day),
        "climbing": plotting.climbing(named, days.first, days.last, _day),
        "rows": [(words, total) for words, _counts, total in rows if total],
        "climbed": climbed,
        "by_day": spans[0][0] == spans[0][1],
        "total": sum(all_days.values()),
        "first_day": _day(days.first),
        "last_day": _day(days.last),
    }


def _sums(counts: Any, spans: list[tuple[date, date]]) -> list[int]:
    """The counts of each run of days."""
    size = (spans[0][1] - spans[0][0]).days + 1
    found = [0] * len(spans)
    for day, count in counts.items():
        found[(day - spans[0][0]).days // size] += count
    return found


def _outcomes(standing: seen.Standing) -> dict[str, Any]:
    if not standing.states:
        return {}
    order = [State.INCLUDED, State.EXCLUDED, State.CONFLICT, State.AWAITING, State.PENDING]
    counts = {str(state): standing.states[state] for state in order}
    labelled = [(str(state), state.label, standing.states[state]) for state in order]
    return {"parts": plotting.parts(counts), "outcomes": labelled, "works": sum(counts.values())}


def _day(day: date) -> str:
    return date_format(day, "j M Y")


def _span(first: date, last: date) -> str:
    return _day(first) if last - first < timedelta(1) else f"{_day(first)} – {_day(last)}"
