"""Conflicts: both decisions side by side, and the adjudicator's own. The decisions stay."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config import errors
from records import composing
from records.models import Work
from reviews import access, actions, marks, queries
from reviews.forms import DecisionForm
from reviews.models import Member, Outcome, Verdict
from reviews.views import number


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("adjudicate")
def conflicts(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """The next conflict (or the one asked for); settle it."""
    if request.method != "POST":
        return _conflict(request, member, stage, work=number(request.GET.get("work", "")))
    form = DecisionForm(request.POST, member=member)
    if not form.is_valid() or form.cleaned_data["verdict"] == Verdict.MAYBE:
        return errors.bad_request(request)
    here = form.cleaned_data["work"]
    try:
        ruling = actions.adjudicate(member=member, stage=stage, **form.act)
    except Work.DoesNotExist:
        return errors.not_found(request)
    except actions.ReasonMissing:
        return _conflict(request, member, stage, work=here, told=_("Choose the reason first."), status=400)
    except actions.OwnConflict:
        told = _("You decided on this work yourself, and this review asks somebody else to settle it.")
        return _conflict(request, member, stage, work=here, told=told, status=409)
    except (actions.CardChanged, actions.NoConflict):
        told = _("This work changed, or somebody settled it meanwhile. Nothing was stored.")
        return _conflict(request, member, stage, work=here, told=told, status=409)
    if not request.htmx:
        return redirect(request.path)
    told = _("Settled as %s. Z undoes.") % ruling.get_verdict_display().lower()
    return _conflict(request, member, stage, told=told)


def _conflict(
    request: HttpRequest, member: Member, stage: str, *, work: int | None = None, told: str = "", status: int = 200
) -> HttpResponse:
    """The conflict on one work, while it is open; else the first in the queue."""
    rows = queries.conflicts(review=member.review, stage=stage)
    row: Outcome | None = rows.filter(work=work).first() if work is not None else None
    row = row or rows.first()
    decisions = list(queries.decisions_in_conflict(outcome=row)) if row else []
    context = {
        "stage": stage,
        "left": rows.count(),
        "rows": rows[:50],
        "row": row,
        "card": composing.card(row.work) if row else None,
        "decisions": decisions,
        "own": any(d.member_id == member.pk for d in decisions) and not member.review.adjudicate_own,
        "reasons": member.review.reasons.filter(retired=False),
        "criteria": member.review.criteria.all(),
        "highlights": marks.highlights_of(member.review),
        "can_undo": member.adjudications.filter(stage=stage, current=True).exists(),
        "key": uuid4(),
        "told": told,
    }
    template = "reviews/conflicts.html"
    return access.page(request, member, template, context, section="conflicts", part="card", status=status)


@require_POST
@access.member("adjudicate")
def undo(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Take the own last adjudication back: the conflict is open again."""
    work = None
    try:
        work = actions.take_ruling_back(member=member, stage=stage).work_id
        told = _("Taken back. The conflict is open again.")
    except actions.NotDecided:
        told = _("There is nothing to take back.")
    if not request.htmx:
        response = redirect("reviews:conflicts", member.review_id, stage)
        response["Location"] += f"?work={work}" if work else ""
        return response
    return _conflict(request, member, stage, work=work, told=told)
