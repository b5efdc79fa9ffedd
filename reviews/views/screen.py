"""The screening page: one card, one key press, the next card. GET shows, POST acts and then shows."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from config import errors
from records import composing
from records import queries as found
from records.models import Work
from reviews import access, actions, queries
from reviews.forms import CardForm, DecisionForm
from reviews.models import Decision, Member, Outcome, Verdict
from reviews.views import number, work_or_404

SAID = {
    Verdict.INCLUDE: gettext_lazy("Included."),
    Verdict.EXCLUDE: gettext_lazy("Excluded."),
    Verdict.MAYBE: gettext_lazy("Maybe."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("decide")
def screen(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Show the next work (or the one asked for); take the verdict on the last one."""
    if request.method != "POST":
        return _card(request, member, stage, work=_asked_for(request, member, stage))
    form = DecisionForm(request.POST, member=member)
    if not form.is_valid():
        return errors.bad_request(request)
    try:
        decision = actions.decide(member=member, stage=stage, **form.act)
    except Work.DoesNotExist:
        return errors.not_found(request)
    except actions.ReasonMissing:
        work = work_or_404(member, form.cleaned_data["work"])
        return _card(request, member, stage, work=work, told=_("Choose the reason first."), status=400)
    except actions.CardChanged:
        told = _("This work changed while you read it. Nothing was stored; please look again.")
        work = work_or_404(member, form.cleaned_data["work"])
        return _card(request, member, stage, work=_if_open(work, member, stage), told=told, status=409)
    together = queries.next_together(member=member, stage=stage, work=decision.work)
    if not request.htmx:
        return _back_to(member, stage, together)
    return _card(request, member, stage, work=together, told=say(decision))


def say(decision: Decision) -> str:
    """The outcome of a press in words, for the status line."""
    words = SAID[decision.verdict]
    if decision.reason:
        words = _("Excluded: %s.") % decision.reason.text
    return _("%s Saved. Z undoes.") % words


def _asked_for(request: HttpRequest, member: Member, stage: str) -> Work | None:
    asked = number(request.GET.get("work", ""))
    return _if_open(work_or_404(member, asked), member, stage) if asked is not None else None


def _if_open(work: Work, member: Member, stage: str) -> Work | None:
    rows = Outcome.objects.filter(review=member.review_id, work=work, stage=stage, aside=False)
    return work if rows.exists() else None


def _card(
    request: HttpRequest, member: Member, stage: str, *, work: Work | None = None, told: str = "", status: int = 200
) -> HttpResponse:
    work = work or queries.next_work(member=member, stage=stage)
    own = (
        work
        and access.decisions_shown_to(member)
        .filter(work=work, stage=stage, member=member)
        .select_related("imported_from")
        .first()
    )
    card = composing.card(work) if work else None
    context = {
        "stage": stage,
        "card": card,
        "related": found.related_works(card.work, [each.pk for each in card.records]) if card else [],
        "grouped": member.review.grouped_kin,
        "reasons": member.review.reasons.filter(retired=False),
        "criteria": member.review.criteria.all(),
        "progress": queries.progress(member=member, stage=stage),
        "note": queries.own_note(member=member, work=work) if work else "",
        "own": own,
        "can_undo": member.decisions.filter(stage=stage, current=True).exists(),
        "key": uuid4(),
        "told": told,
    }
    return access.page(request, member, "reviews/screen.html", context, section="screen", part="card", status=status)


@require_POST
@access.member("decide")
def undo(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Take the own last decision back and open its card again."""
    try:
        work, told = actions.undo(member=member, stage=stage).work, _("Taken back. Decide again.")
    except actions.NotDecided:
        work, told = None, _("There is nothing to take back.")
    except actions.CardChanged:
        return _card(request, member, stage, told=_("That work was settled meanwhile; it stays."), status=409)
    if not request.htmx:
        return _back_to(member, stage, work)
    return _card(request, member, stage, work=work, told=told)


@require_POST
@access.member("decide")
def later(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Put a card off until the rest is done."""
    form = CardForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    work = work_or_404(member, form.cleaned_data["work"])
    actions.put_off(member=member, stage=stage, work_id=work.pk)
    if not request.htmx:
        return _back_to(member, stage, None)
    return _card(request, member, stage, told=_("Put off. It comes again at the end."))


@require_POST
@access.member("decide")
def note(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Set or take away the own note on a work."""
    form = CardForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    work = work_or_404(member, form.cleaned_data["work"])
    actions.note(member=member, work_id=work.pk, text=form.cleaned_data["text"])
    if not request.htmx:
        return _back_to(member, stage, work)
    return _card(request, member, stage, work=work, told=_("Note saved."))


def _back_to(member: Member, stage: str, work: Work | None) -> HttpResponse:
    response = redirect("reviews:screen", member.review_id, stage)
    if work:
        response["Location"] += f"?work={work.pk}"
    return response
