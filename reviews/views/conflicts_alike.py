"""Conflicts that differ in reason only: each with the reason that counts by the protocol's order, settled one by one or at once."""

from collections import Counter
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from config import errors
from reviews import access, actions, disputes, ruling
from reviews.conflict_forms import AlikeForm
from reviews.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("adjudicate")
def alike(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """List them; a press first says in numbers what it would settle, then does so, and can be taken back as a whole."""
    if request.method != "POST":
        return _list(request, member, stage)
    if "back" in request.POST:
        return _take_back(request, member, stage)
    form = AlikeForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    chosen = form.cleaned_data["marks"]
    if not chosen:
        return _list(request, member, stage, told=_("Tick at least one."), status=400)
    if not form.cleaned_data["sure"]:
        return _preview(request, member, stage, chosen)
    done = ruling.settle_alike(member=member, stage=stage, marks=chosen, key=form.cleaned_data["key"])
    if done.settled:
        words = ngettext(
            "%s work is excluded by the first reason.", "%s works are excluded, each by its first reason.", done.settled
        )
        messages.success(request, words % done.settled)
    if done.left:
        words = ngettext("%s changed meanwhile and is left.", "%s changed meanwhile and are left.", done.left)
        messages.warning(request, words % done.left)
    return redirect("reviews:conflicts-alike", member.review_id, stage)


def _list(request: HttpRequest, member: Member, stage: str, *, told: str = "", status: int = 200) -> HttpResponse:
    rows = disputes.alike(member, stage)
    context = {
        "stage": stage,
        "left": rows.count(),
        "rows": disputes.alike_in_detail(member, rows),
        "can_undo": ruling.last_batch(member, stage) is not None,
        "key": uuid4(),
        "told": told,
    }
    return access.page(request, member, "reviews/conflicts_alike.html", context, section="conflicts", status=status)


def _preview(request: HttpRequest, member: Member, stage: str, chosen: list[str]) -> HttpResponse:
    works = [int(mark.partition("-")[0]) for mark in chosen]
    rows = disputes.alike_in_detail(member, disputes.alike(member, stage).filter(work__in=works))
    still = [each for each in rows if each.mark in chosen]
    counts = Counter(each.proposed for each in still)
    context = {
        "stage": stage,
        "chosen": still,
        "changed": len(chosen) - len(still),
        "counts": sorted(counts.items(), key=lambda row: row[0].order),
        "key": uuid4(),
    }
    return access.page(request, member, "reviews/conflicts_alike.html", context, section="conflicts")


def _take_back(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    last = ruling.last_batch(member, stage)
    if last is None:
        return _list(request, member, stage, told=_("There is nothing to take back."), status=409)
    actions.take_ruling_back(member=member, stage=stage, pk=last.pk)
    messages.success(request, _("All that were settled at once are open again."))
    return redirect("reviews:conflicts-alike", member.review_id, stage)
