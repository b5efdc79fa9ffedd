"""Calibration: rounds of a stage, how far one is, and what was said in a closed one, side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import errors
from records.models import Work
from reviews import access, agreement_data, agreement_words, calibration, filters, rounds
from reviews.calibration_forms import Choose, Counting, Draw
from reviews.models import Member, Round, StageName

MOST_HITS = 100  # works that a search offers
REFUSED = {
    calibration.RoundGoesOn: gettext_lazy("A round is open at this stage. Close it or call it off first."),
    calibration.NoRound: gettext_lazy("That is done already, or no longer possible. Nothing was changed."),
    calibration.NotBlind: gettext_lazy("This stage is unblinded, so a round would compare nothing independent."),
    calibration.StageClosed: gettext_lazy("This stage is closed. Open it again first."),
    calibration.NothingToRead: gettext_lazy("None of these works waits for a first decision, so there is nothing to calibrate on."),
    calibration.TooMany: gettext_lazy("A round has at most 500 works. Draw a sample, or choose fewer."),
}  # fmt: skip


@require_safe
@access.member("screened")
def calibration_page(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """The rounds of a stage; `q` finds works to choose."""
    return _page(request, member, stage)


def _page(request: HttpRequest, member: Member, stage: str, status: int = 200, **forms: Any) -> HttpResponse:
    listed = rounds.of_stage(member.review, stage)
    held = rounds.calibrating(member.review_id, stage)
    words = request.GET.get("q", "").strip()[:200]
    owner = "settings" in access.may(member)
    context = {
        "named": StageName(stage),
        "stages": StageName.choices,
        "rounds": listed,
        "held": held,
        "last": listed[0].round if listed else None,
        "shut": stage == StageName.FULL_TEXT and not member.review.full_texts_open,
        "blinded": member.review.blinded(stage),
        "at_work": calibration.at_work(member.review_id),
        **_going(member, held),
        "q": words,
        "found": _found(member, stage, words) if owner and words else [],
        "most_hits": MOST_HITS,
        "draw": Draw(),
        "choose": Choose(member=member),
        "chosen_counting": Counting(prefix="found"),
        **forms,
    }
    return access.page(request, member, "reviews/calibration.html", context, section="calibration", status=status)


def _going(member: Member, held: Round | None) -> dict[str, Any]:
    """Of an open round the member's own way; for the owner also how many are through. Of a closed one what was revised."""
    if held is None:
        return {}
    if held.closed_at:
        return {"revised": rounds.revised_since(held)}
    ways = rounds.ways(held)
    found: dict[str, Any] = {"own": ways.get(member.pk)}
    if "settings" in access.may(member):
        found |= {"through": sum(not way.left for way in ways.values()), "team": len(ways)}
        found["counting"] = Counting(initial={"counts": "yes" if held.counts else "no"})
    return found


def _found(member: Member, stage: str, words: str) -> list[Work]:
    """Works with these words that a round may be made of."""
    works = filters.chosen(member, {"q": words}).filter(pk__in=rounds.fresh(member.review, stage).values("work"))
    return list(works.select_related("lead")[:MOST_HITS])


@require_POST
@access.member("settings")
def change(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Open a round (`draw`, `choose`, `found`), say whether it counts, call it off, bring it back, let the queue go on or wait."""
    acts = {
        "draw": _draw,
        "choose": _choose,
        "found": _choose_found,
        "counts": _let_count,
        "call-off": lambda *_request: calibration.call_off(member=member, stage=stage),
        "bring-back": lambda *_request: calibration.bring_back(member=member, stage=stage),
        "release": lambda *_request: calibration.release(member=member, stage=stage),
        "hold": lambda *_request: calibration.hold(member=member, stage=stage),
    }
    act = request.POST.get("act", "")
    if act not in acts:
        return errors.bad_request(request)
    try:
        answer = acts[act](request, member, stage)
    except tuple(REFUSED) as refused:
        messages.error(request, REFUSED[type(refused)])
        return redirect("reviews:calibration", member.review_id, stage)
    if isinstance(answer, HttpResponse):
        return answer
    messages.success(request, _told(act, answer))
    return redirect("reviews:calibration", member.review_id, stage)


def _told(act: str, made: Round) -> str:
    if act in ("draw", "choose", "found"):
        n = made.works.count()
        words = ngettext("Round %(round)d is open with %(n)d work.", "Round %(round)d is open with %(n)d works.", n)
        return words % {"round": made.number, "n": n}
    return {
        "counts": _("Saved."),
        "call-off": _("The round is called off. Nobody saw what others said in it."),
        "bring-back": _("The round goes on."),
        "release": _("The main queue is open."),
        "hold": _("The queue waits again."),
    }[act]


def _draw(request: HttpRequest, member: Member, stage: str) -> Round | HttpResponse:
    form = Draw(request.POST)
    if not form.is_valid():
        return _page(request, member, stage, status=400, draw=form)
    return calibration.open_round(member=member, stage=stage, **form.cleaned_data)


def _choose(request: HttpRequest, member: Member, stage: str) -> Round | HttpResponse:
    form = Choose(request.POST, member=member)
    if not form.is_valid():
        return _page(request, member, stage, status=400, choose=form)
    chosen, view = form.cleaned_data["works"], form.cleaned_data["view"]
    if view and not chosen:
        works = filters.chosen(member, view.query)
        works = works.filter(pk__in=rounds.fresh(member.review, stage).values("work"))
        chosen = list(works.values_list("pk", flat=True)[: calibration.MOST + 1])
    return calibration.open_round(member=member, stage=stage, chosen=chosen, counts=form.cleaned_data["counts"])


def _choose_found(request: HttpRequest, member: Member, stage: str) -> Round | HttpResponse:
    form = Counting(request.POST, prefix="found")
    ticked = [each for each in request.POST.getlist("work")[: calibration.MOST + 1] if each.isdecimal()]
    if not form.is_valid() or any(len(each) > 18 for each in ticked):
        return errors.bad_request(request)
    chosen = [int(each) for each in ticked]
    return calibration.open_round(member=member, stage=stage, chosen=chosen, counts=form.cleaned_data["counts"])


def _let_count(request: HttpRequest, member: Member, stage: str) -> Round | HttpResponse:
    form = Counting(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    return calibration.let_count(member=member, stage=stage, counts=form.cleaned_data["counts"])


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("settings")
def close(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """Asks first, in numbers; then opens what was said in the round to those who screen, for good."""
    if request.method == "POST":
        try:
            closed = calibration.close_round(member=member, stage=stage)
        except calibration.NoRound as refused:
            messages.error(request, REFUSED[type(refused)])
            return redirect("reviews:calibration", member.review_id, stage)
        messages.success(request, _("Round %d is closed.") % closed.number)
        return redirect("reviews:round", member.review_id, closed.pk)
    held = rounds.calibrating(member.review_id, stage)
    context: dict[str, Any] = {"named": StageName(stage), "round": held if held and held.open else None}
    if context["round"]:
        context |= rounds.said_so_far(held)
    return access.page(request, member, "reviews/calibration_close.html", context, section="calibration")


@require_safe
@access.member("screened")
def round_page(request: HttpRequest, member: Member, round_id: int) -> HttpResponse:
    """One round: while it is open the member's own decisions; once it is closed everybody's, where they differ first."""
    one = get_object_or_404(Round.objects.select_related("by", "review"), review=member.review_id, pk=round_id)
    context: dict[str, Any] = {"round": one, "named": StageName(one.stage), "closed": access.sees_round(member, one)}
    rows = rounds.compared(member, one)
    if context["closed"]:
        part = agreement_data.of_round(one)
        told = list(agreement_words.pairs(part))
        together = agreement_words.together(part)
        context |= {
            "criteria": rounds.criteria_of(one),
            "differ": [each for each in rows if each.differ],
            "agree": [each for each in rows if each.said and not each.differ],
            "unread": [each for each in rows if not each.said],
            "groups": [*([together] if together else []), *told],
            "apart": agreement_words.apart(part),
            "names": agreement_words.names(),
        }
    else:
        context["rows"] = [(each, each.said.get(member.pk)) for each in rows]
    return access.page(request, member, "reviews/calibration_round.html", context, section="calibration")
