"""Voiding a member's decisions: asked first in numbers, then done by a job, and undone as a whole."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, team, voiding
from reviews.models import Member, State


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("team")
def void(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    """GET says what would stop counting; POST voids, or (with `back`) lets the decisions count again."""
    of = get_object_or_404(Member.objects.select_related("user", "review"), review=member.review, pk=member_id)
    if request.method == "POST":
        _do(request, member, of)
        return redirect("reviews:member", member.review_id, of.pk)
    too = request.GET.get("rulings") == "on"
    rows = [] if of.voided_at else voiding.preview(member=member, of=of, rulings_too=too)
    context = {
        "of": of,
        "rulings_too": too,
        "rulings": voiding.rulings(member, of),
        "rows": [(each, _moves(each.moves)) for each in rows],
        "decisions": sum(each.decisions for each in rows),
        "busy": voiding.busy(of),
    }
    return access.page(request, member, "reviews/void.html", context, section="team")


def _moves(moves: dict[tuple[str, str], int] | None) -> list[tuple[Any, Any, int]]:
    """The changes in words, the most frequent first."""
    found = sorted((moves or {}).items(), key=lambda move: (-move[1], move[0]))
    return [(State(before).label, State(after).label, n) for (before, after), n in found]


def _do(request: HttpRequest, member: Member, of: Member) -> None:
    try:
        if "back" in request.POST:
            voiding.restore(member=member, of=of)
            messages.success(request, _("The decisions of %s count again in a moment.") % of)
        else:
            voiding.void(member=member, of=of, rulings_too="rulings" in request.POST)
            messages.success(
                request, _("The decisions of %s no longer count. Works are worked out anew in the background.") % of
            )
    except voiding.NotNow:
        messages.error(request, _("Nothing to do: own decisions cannot be voided, and voided ones not again."))
    except voiding.Busy:
        messages.error(request, _("The decisions of this member are being worked on just now. Try again in a moment."))
    except team.LastOwner:
        messages.error(request, _("A review needs an owner. Make somebody else owner first."))
