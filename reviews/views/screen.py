"""The screening page: one card, one key press, the next card. GET shows, POST acts and then shows."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import errors
from records.models import Work
from reviews import access, actions, cards, leases, marking, marks, queries
from reviews.forms import CardForm
from reviews.marking_forms import LabelForm
from reviews.models import Decision, Member, Outcome, Verdict
from reviews.pressed import pressed
from reviews.views import number, work_or_404

SAID = {
    Verdict.INCLUDE: gettext_lazy("Included."),
    Verdict.EXCLUDE: gettext_lazy("Excluded."),
    Verdict.MAYBE: gettext_lazy("Maybe."),
}
MOST_AHEAD = 26  # cards that a page may hold: what one reads without a line on a train
SHORT = 3  # cards below which the answer to a press brings the next ones along
MOST_UNDONE, UNDONE = 50, "undone %s %s"  # decisions taken back that may be done again, kept with the session


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("decide")
def screen(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Show the next work (or the one asked for); take the verdict on the last one."""
    if request.method != "POST":
        return _card(request, member, stage, work=_asked_for(request, member, stage))
    press = pressed(request.POST, member)
    if press is None:
        return errors.bad_request(request)
    try:
        had = _numbers(request.POST.get("ahead", ""))
        decision = actions.decide(member=member, stage=stage, reading=had, **press.act)
    except Work.DoesNotExist:
        return errors.not_found(request)
    except actions.ReasonMissing:
        work = work_or_404(member, press.work_id)
        return _card(request, member, stage, work=work, told=_("Choose the reason first."), status=400)
    except actions.CardChanged:
        return _changed(request, member, stage, work_or_404(member, press.work_id))
    request.session.pop(
        _undone(member, stage), None
    )  # what was taken back before is not done again after a new decision
    if "ahead" in request.POST:
        return _ahead(request, member, stage, told=say(decision), had=had)
    together = queries.next_together(member=member, stage=stage, work=decision.work)
    if not request.htmx:
        return _back_to(member, stage, together)
    return _card(request, member, stage, work=together, told=say(decision))


def _numbers(text: str) -> list[int]:
    """The keys of works that a page names, as many as it may hold."""
    found = (number(each) for each in text.split(",")[:MOST_AHEAD])
    return [each for each in found if each is not None]


@require_safe
@access.member("decide")
def ahead(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """The cards after those that the page holds already (`had`)."""
    return _ahead(request, member, stage, had=_numbers(request.GET.get("had", "")), most=MOST_AHEAD)


def _ahead(
    request: HttpRequest, member: Member, stage: str, *, told: str = "", had: list[int], most: int = 0
) -> HttpResponse:
    """What a page keeps that shows the next card by itself: cards after those it had, which of those are closed now, and how
    far the member is. A page that runs short gets some; else it asks for a dozen at once when it wants them (`ahead`)."""
    how = queries.serving(member=member, stage=stage)
    still = queries.still_open(member=member, stage=stage, works=set(had), how=how)
    room = min(most or (2 if len(still) < SHORT else 0), MOST_AHEAD - len(still))
    works = queries.ahead(member=member, stage=stage, count=room, without=set(had), how=how)
    works = queries.with_kin(member=member, stage=stage, works=works, without=set(had), how=how)
    context = _around(member, stage, how, cards_too=bool(works)) | {
        "ahead": cards.shown(member, stage, works, waiting=True),
        "gone": [each for each in had if each not in still],
        "told": told,
    }
    if works:
        response = access.page(request, member, "reviews/screen.html#ahead", context, section="screen")
    else:  # most presses: nothing of it hangs on the request
        response = HttpResponse(render_to_string("reviews/screen.html#ahead", context | {"review": member.review}))
    response["X-Saved"] = "yes"  # by which the page knows this answer from a sign-in page
    return response


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


def _changed(request: HttpRequest, member: Member, stage: str, work: Work, typed: str = "") -> HttpResponse:
    """409 in one sentence for whatever became of the card, which so tells nothing of others; and the card as it is now, with
    the note that was `typed`, or the next card where this one is closed."""
    told = _("This work changed while you read it, or is closed. Nothing was stored; please look again.")
    still = work if queries.can_be_decided(member=member, stage=stage, work=work) else None
    return _card(request, member, stage, work=still, told=told, status=409, typed=typed if still else "")


def _card(
    request: HttpRequest,
    member: Member,
    stage: str,
    *,
    work: Work | None = None,
    told: str = "",
    status: int = 200,
    typed: str = "",
) -> HttpResponse:
    how = queries.serving(member=member, stage=stage)
    work = work or queries.next_work(member=member, stage=stage, how=how)
    more = 0 if request.htmx or work is None else 2
    works = (
        [work, *queries.ahead(member=member, stage=stage, count=more, without={work.pk}, how=how, read=False)]
        if work
        else []
    )
    if more:
        works = queries.with_kin(member=member, stage=stage, works=works, without=set(), how=how)
    if works and how.shared:
        leases.renew(member=member, stage=stage, works=[each.pk for each in works])
    now, *later = cards.shown(member, stage, works) or [None]
    context = _around(member, stage, how) | {
        "card": now and now.card,
        "related": now.related if now else [],
        "own": now and now.own,
        "again": now and now.again,
        "note": typed or (now.note if now else ""),
        "labels": now.labels if now else [],
        "key": now.key if now else "",
        "can_undo": member.decisions.filter(stage=stage, current=True).exists(),
        "can_redo": bool(request.session.get(_undone(member, stage))),
        "ahead": later,
        "told": told,
    }
    return access.page(request, member, "reviews/screen.html", context, section="screen", part="card", status=status)


def _around(member: Member, stage: str, how: queries.How, *, cards_too: bool = True) -> dict[str, Any]:
    """What stands around every card, or over it only."""
    around = {
        "stage": stage,
        "progress": queries.progress(member=member, stage=stage, how=how),
        "waits": how.none,
        "in_round": how.mode.round,
    }
    if cards_too:
        around |= {
            "grouped": member.review.grouped_kin,
            "highlights": marks.highlights_of(member.review),
            "reasons": cards.REASONS.all(review=member.review_id),
            "criteria": cards.CRITERIA.all(review=member.review_id),
        }
    return around


@require_POST
@access.member("decide")
def undo(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Take the own last decision back and open its card again."""
    try:
        decision = actions.undo(member=member, stage=stage)
        work, told = decision.work, _("Taken back. Decide again.")
        name = _undone(member, stage)
        card = [decision.pk, decision.work_id, decision.work.revision]  # done again on this card only
        request.session[name] = [*request.session.get(name, []), card][-MOST_UNDONE:]
    except actions.NotDecided:
        work, told = None, _("There is nothing to take back.")
    except actions.CardChanged:
        return _card(request, member, stage, told=_("That work changed or is closed; it stays as it is."), status=409)
    if not request.htmx:
        return _back_to(member, stage, work)
    return _card(request, member, stage, work=work, told=told)


@require_POST
@access.member("decide")
def redo(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Let the decision that was taken back last stand after all; several steps, until something else is decided."""
    name = _undone(member, stage)
    undone = request.session.get(name, [])
    last, work_id, revision = undone[-1] if undone else (None, None, None)
    taken = member.decisions.filter(stage=stage, pk=last).select_related("reason").first()
    if taken is None:
        return _answer(request, member, stage, None, _("There is nothing to do again."))
    request.session[name] = undone[:-1]
    if member.decisions.filter(work=taken.work_id, stage=stage, current=True).exists():
        return _card(request, member, stage, told=_("You decided on it again since; that stands."), status=409)
    try:
        decision = actions.decide(
            member=member, stage=stage, work_id=work_id, revision=revision, key=uuid4(),
            verdict=taken.verdict, reason=taken.reason,
        )  # fmt: skip
    except (actions.CardChanged, actions.ReasonMissing):
        return _card(request, member, stage, told=_("That work changed or is closed; it stays as it is."), status=409)
    return _answer(request, member, stage, None, say(decision))


def _undone(member: Member, stage: str) -> str:
    """Under which name the session keeps what was taken back in this review at this stage."""
    return UNDONE % (member.review_id, stage)


def _answer(request: HttpRequest, member: Member, stage: str, work: Work | None, told: str) -> HttpResponse:
    return _card(request, member, stage, work=work, told=told) if request.htmx else _back_to(member, stage, work)


@require_POST
@access.member("decide")
def later(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Put a card off until the rest is done."""
    form = CardForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    work = work_or_404(member, form.cleaned_data["work"])
    try:
        actions.put_off(member=member, stage=stage, work_id=work.pk, revision=form.cleaned_data["revision"])
    except actions.CardChanged:
        return _changed(request, member, stage, work)
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
    card = {"work_id": work.pk, "revision": form.cleaned_data["revision"], "stage": stage}
    try:
        actions.note(member=member, text=form.cleaned_data["text"], **card)
    except actions.CardChanged:
        return _changed(request, member, stage, work, typed=form.cleaned_data["text"])
    if not request.htmx:
        return _back_to(member, stage, work)
    return _card(request, member, stage, work=work, told=_("Note saved."))


@require_POST
@access.member("decide")
def label(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Put a label on a work (`on`; a new name makes one) or take the own one off (`off`)."""
    form = LabelForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    work = work_or_404(member, form.cleaned_data["work"])
    card = {"work_id": work.pk, "revision": form.cleaned_data["revision"], "stage": stage}
    try:
        if form.cleaned_data["on"]:
            marking.put_label(member=member, name=form.cleaned_data["on"], **card)
        else:
            marking.take_label_off(member=member, name=form.cleaned_data["off"], **card)
        told, status = _("Label saved."), 200
    except actions.CardChanged:
        return _changed(request, member, stage, work)
    except marking.TooMany:
        told, status = _("There is no room for another label. Use one that is there."), 400
    if not request.htmx and status == 200:
        return _back_to(member, stage, work)
    return _card(request, member, stage, work=_if_open(work, member, stage), told=told, status=status)


def _back_to(member: Member, stage: str, work: Work | None) -> HttpResponse:
    response = redirect("reviews:screen", member.review_id, stage)
    if work:
        response["Location"] += f"?work={work.pk}"
    return response
