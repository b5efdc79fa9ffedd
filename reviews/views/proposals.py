"""What would change before it changes: another bar for joining, or many questions answered at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config import errors
from records import proposing
from records import queries as found
from records.models import Change, ChangeKind, Proposal, ProposalState
from reviews import access
from reviews.models import Member
from reviews.settling import InReviews
from reviews.views import number

DO = {"carry-out": proposing.carry_out, "drop": proposing.drop, "take-back": proposing.take_back}


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("dedup")
def proposals(request: HttpRequest, member: Member) -> HttpResponse:
    """The ways to change many pairs at once, and what was done so far."""
    if request.method == "POST":
        return _ask(request, member)
    library = member.review.library
    context = {
        "shown": "proposals",
        "library": library,
        "live": proposing.live(library),
        "bars": [(bar, bar == library.join_at) for bar in proposing.BARS],
        "likely": proposing.bars(library),
        "experience": proposing.experience(library),
        "rows": Proposal.objects.filter(library=library).select_related("by").order_by("-pk")[:20],
    }
    return access.page(request, member, "reviews/proposals.html", context, section="duplicates")


def _ask(request: HttpRequest, member: Member) -> HttpResponse:
    library, kind = member.review.library, request.POST.get("kind")
    try:
        bar = float(request.POST.get("at_least", ""))
        if kind == "rules":
            made = proposing.compare_anew(by=member.user, library=library, join_at=bar)
        elif kind == "answers":
            made = proposing.answer_many(by=member.user, library=library, at_least=bar, upstairs=InReviews())
        else:
            return errors.bad_request(request)
    except ValueError:
        return errors.bad_request(request)
    except proposing.Busy:
        messages.error(request, _("Another proposal waits for its answer. Do it or drop it first."))
        return redirect("reviews:proposals", member.review_id)
    except proposing.NothingToAsk:
        messages.info(request, _("No open question is that likely."))
        return redirect("reviews:proposals", member.review_id)
    return redirect("reviews:proposal", member.review_id, made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("dedup")
def proposal(request: HttpRequest, member: Member, proposal_id: int) -> HttpResponse:
    """One proposal with its changes, the least certain first; have it done, drop it, take it back."""
    one = get_object_or_404(Proposal.objects.select_related("by", "library"), library=member.review_id, pk=proposal_id)
    if request.method == "POST":
        return _act(request, member, one)
    job, counts = proposing.job_of(one), proposing.counts(one)
    shown = request.GET.get("kind", "")
    kind = shown if shown in counts else next((each for each in ChangeKind.values if each in counts), "")
    start = number(request.GET.get("from", "")) or 0
    rows = Change.objects.filter(proposal=one, kind=kind).order_by("probability", "pk")
    stopped = proposing.is_stopped(one.state, job)
    moving = one.state in proposing.MOVING and not stopped
    applied = one.state == ProposalState.APPLIED
    context = {
        "shown": "proposals",
        "library": one.library,
        "proposal": one,
        "counts": [(each, ChangeKind(each).label, counts.get(each, 0)) for each in ChangeKind.values],
        "kind": kind,
        "rows": rows.select_related("record_a__search", "record_b__search")[start : start + found.PAGE],
        "start": start,
        "next": start + found.PAGE if start + found.PAGE < counts.get(kind, 0) else None,
        "job": job,
        "moving": moving,
        "stopped": stopped,
        "left_out": proposing.left_out(one) if applied else 0,
        "later": applied and proposing.later(one),
    }
    return access.page(request, member, "reviews/proposal.html", context, section="duplicates", part="state")


def _act(request: HttpRequest, member: Member, one: Proposal) -> HttpResponse:
    do = DO.get(request.POST.get("do", ""))
    if do is None:
        return errors.bad_request(request)
    try:
        do(by=member.user, proposal=one)
    except proposing.NotNow:
        messages.error(request, _("That cannot be done now. Look at its state again."))
    except proposing.Busy:
        messages.error(request, _("Another proposal waits for its answer. Do it or drop it first."))
    except proposing.LaterFirst:
        messages.error(request, _("All records were compared anew since. Take that back first."))
    return redirect("reviews:proposal", member.review_id, one.pk)
