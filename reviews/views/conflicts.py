"""Conflicts: all decisions side by side, and the adjudicator's own. The decisions stay."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config import errors
from records import composing
from records.models import Work
from reviews import access, actions, discussing, disputes, marks
from reviews.conflict_forms import RulingForm, SendBackForm, WorkForm
from reviews.models import Adjudication, Member, SendingBack
from reviews.views import number, work_or_404

UNRULED = "unruled %s %s"  # rulings taken back that may be made again, kept with the session
MOST_UNRULED = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("adjudicate")
def conflicts(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """The next conflict (or the one asked for); settle it."""
    if request.method != "POST":
        asked = {name: number(request.GET.get(name, "")) for name in ("work", "at")}
        return _conflict(request, member, stage, **asked)
    form = RulingForm(request.POST, member=member)
    if not form.is_valid():
        return errors.bad_request(request)
    here = form.cleaned_data["work"]
    try:
        ruling = actions.adjudicate(member=member, stage=stage, **form.act)
    except Work.DoesNotExist:
        return errors.not_found(request)
    except (
        actions.ReasonMissing,
        actions.OwnConflict,
        actions.CardChanged,
        actions.NoConflict,
        actions.Barred,
    ) as fault:
        told, status = refusal(fault)
        return _conflict(request, member, stage, work=here, told=told, status=status, note=form.cleaned_data["note"])
    request.session.pop(UNRULED % (member.review_id, stage), None)
    return _settled(request, member, stage, ruling)


def refusal(fault: Exception) -> tuple[str, int]:
    """Why a ruling was not stored, in words, and the status."""
    if isinstance(fault, actions.ReasonMissing):
        return _("Choose the reason first."), 400
    if isinstance(fault, actions.OwnConflict):
        return _("You decided on this work yourself, and this review asks somebody else to settle it."), 409
    return _("This work changed, or somebody settled it meanwhile. Nothing was stored."), 409


def _settled(request: HttpRequest, member: Member, stage: str, ruling: Adjudication) -> HttpResponse:
    if not request.htmx:
        return redirect("reviews:conflicts", member.review_id, stage)
    words = ruling.get_verdict_display().lower()
    told = _("Settled as %s. Z undoes.") % (f"{words}: {ruling.reason}" if ruling.reason else words)
    return _conflict(request, member, stage, after=ruling.work.rank, told=told)


def _conflict(
    request: HttpRequest,
    member: Member,
    stage: str,
    *,
    work: int | None = None,
    at: int | None = None,
    after: int | None = None,
    told: str = "",
    status: int = 200,
    note: str = "",
) -> HttpResponse:
    """The conflict on one work, while it is open; else the one that comes next."""
    place = disputes.place(member, stage, work=work, at=at, after=after)
    row = place.row
    shown: dict[str, Any] = {"card": None}
    if row:
        sides = disputes.sides(member, row)
        own = any(each.own for each in sides)
        hidden = disputes.letters(member, row.work_id, stage, [each.decision.member_id for each in sides])
        shown = {
            "card": composing.card(row.work),
            "sides": sides,
            "own": own and not member.review.adjudicate_own,
            "thread": disputes.thread(member, row.work_id, stage, hidden),
            "note": note if row.work_id == work else "",
        }
    context = {
        "stage": stage,
        "place": place,
        "row": row,
        "reasons": member.review.reasons.filter(retired=False),
        "criteria": member.review.criteria.all(),
        "highlights": marks.highlights_of(member.review),
        "can_undo": member.adjudications.filter(stage=stage, current=True).exists(),
        "can_redo": bool(request.session.get(UNRULED % (member.review_id, stage))),
        "sent_back": disputes.sent_back(member, stage),
        "alike": disputes.alike(member, stage).count() if member.review.ask_differing_reasons else 0,
        "key": uuid4(),
        "most": discussing.MOST,
        "blinded": member.review.blinded(stage),
        "told": told,
        **shown,
    }
    template = "reviews/conflicts.html"
    return access.page(request, member, template, context, section="conflicts", part="card", status=status)


def back_to(request: HttpRequest, member: Member, stage: str, told: str, **at: Any) -> HttpResponse:
    """The conflict that stands there now; without the script the page of it."""
    if request.htmx:
        return _conflict(request, member, stage, told=told, **at)
    response = redirect("reviews:conflicts", member.review_id, stage)
    response["Location"] += f"?work={at['work']}" if at.get("work") else ""
    return response


@require_POST
@access.member("adjudicate")
def undo(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Take the own last adjudication back: the conflict is open again."""
    try:
        ruling = actions.take_ruling_back(member=member, stage=stage)
    except actions.NotDecided:
        return back_to(request, member, stage, _("There is nothing to take back."))
    except actions.CardChanged as fault:
        told, status = refusal(fault)
        return _conflict(request, member, stage, told=told, status=status)
    if ruling.batch:
        return back_to(request, member, stage, _("All that were settled at once are open again."), work=ruling.work_id)
    name = UNRULED % (member.review_id, stage)
    card = [ruling.pk, ruling.work_id, ruling.work.revision]
    request.session[name] = [*request.session.get(name, []), card][-MOST_UNRULED:]
    return back_to(request, member, stage, _("Taken back. The conflict is open again."), work=ruling.work_id)


@require_POST
@access.member("adjudicate")
def redo(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Let the ruling that was taken back last stand after all, on the card that it was made on."""
    name = UNRULED % (member.review_id, stage)
    undone = request.session.get(name, [])
    last, work, revision = undone[-1] if undone else (None, None, None)
    taken = member.adjudications.filter(stage=stage, pk=last, current=False).select_related("reason").first()
    if taken is None:
        return back_to(request, member, stage, _("There is nothing to do again."))
    request.session[name] = undone[:-1]
    try:
        ruling = actions.adjudicate(
            member=member, stage=stage, work_id=work, revision=revision, key=uuid4(), verdict=taken.verdict,
            reason=taken.reason, note=taken.note, together=taken.together,
        )  # fmt: skip
    except (
        actions.ReasonMissing,
        actions.OwnConflict,
        actions.CardChanged,
        actions.NoConflict,
        actions.Barred,
    ) as fault:
        told, status = refusal(fault)
        return _conflict(request, member, stage, work=work, told=told, status=status)
    return _settled(request, member, stage, ruling)


@require_POST
@access.member("adjudicate")
def later(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Put a conflict off until the rest is settled."""
    form = WorkForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    work = work_or_404(member, form.cleaned_data["work"])
    row = disputes.asked_about(member, stage).filter(work=work).first()
    if row is None:
        told, status = refusal(actions.NoConflict())
        return _conflict(request, member, stage, told=told, status=status)
    actions.put_off(member=member, stage=stage, work_id=row.work_id)
    return back_to(request, member, stage, _("Put off. It comes again at the end."), after=row.rank)


@require_POST
@access.member("adjudicate")
def send_back(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Ask those who decided to look again; what they said is set aside and kept."""
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    act = {name: value for name, value in form.cleaned_data.items() if name != "work"}
    here = form.cleaned_data["work"]
    try:
        row = discussing.send_back(member=member, stage=stage, work_id=here, **act)
    except Work.DoesNotExist:
        return errors.not_found(request)
    except (actions.CardChanged, actions.NoConflict, actions.Barred) as fault:
        told, status = refusal(fault)
        return _conflict(request, member, stage, work=here, told=told, status=status)
    told = _("Sent back for a second look. You can call it back while it waits.")
    return back_to(request, member, stage, told, after=row.work.rank)


@require_POST
@access.member("adjudicate")
def call_back(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Undo an own sending back: what was said counts again."""
    sending = number(request.POST.get("sending", ""))
    if sending is None:
        return errors.bad_request(request)
    get_object_or_404(SendingBack, review=member.review_id, member=member, stage=stage, pk=sending)
    try:
        row = discussing.call_back(member=member, stage=stage, sending_id=sending)
    except discussing.Nothing:
        return _conflict(
            request, member, stage, told=_("There is nothing left to call back: it was decided anew."), status=409
        )
    return back_to(request, member, stage, _("Called back. What was said counts again."), work=row.work_id)
