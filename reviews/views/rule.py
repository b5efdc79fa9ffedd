"""The rule of a stage: shown, previewed in numbers, set."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reviews import access, rules
from reviews.models import Member, Stage, StageName, State
from reviews.setup_forms import StageRule


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("settings")
def rule(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """GET shows the rule, or what the settings in the address would change; POST sets them, or closes or opens the stage."""
    if request.method == "POST" and "closing" in request.POST:
        return _closing(request, member, stage)
    row = Stage.objects.get(review=member.review, name=stage)
    asked = request.POST if request.method == "POST" else request.GET
    form = StageRule(asked) if "needed" in asked else StageRule(initial={n: getattr(row, n) for n in rules.SETTINGS})
    if request.method == "POST" and form.is_valid():
        rules.change_rule(member=member, stage=stage, **form.cleaned_data)
        messages.success(request, _("The rule is set. What is decided already is worked out anew in the background."))
        return redirect("reviews:settings", member.review_id)
    seen = rules.preview(member=member, stage=stage, settings=form.cleaned_data) if form.is_valid() else None
    context = {"named": StageName(stage), "form": form, "row": row, "seen": seen, "moves": _moves(seen)}
    return access.page(request, member, "reviews/rule.html", context, section="settings")


def _closing(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    if request.POST["closing"] == "open":
        rules.open_stage(member=member, stage=stage)
        messages.success(request, _("The stage is open again."))
    else:
        rules.close_stage(member=member, stage=stage)
        messages.success(request, _("The stage is closed."))
    return redirect("reviews:rule", member.review_id, stage)


def _moves(seen: rules.Preview | None) -> list[tuple[object, object, int]]:
    """The changes in words, the most frequent first."""
    moves = sorted(((seen and seen.moves) or {}).items(), key=lambda move: (-move[1], move[0]))
    return [(State(before).label, State(after).label, n) for (before, after), n in moves]
