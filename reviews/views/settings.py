"""Set-up of a review: title, who adjudicates, reasons, criteria, unblinding."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, actions, setup
from reviews.forms import CriteriaText, Reason, ReviewSettings
from reviews.models import Decision, ExclusionReason, Member, StageName
from reviews.views import number

SETTINGS = ("title", "question", "owner_adjudicates", "adjudicate_own", "grouped_kin")


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("settings")
def settings(request: HttpRequest, member: Member) -> HttpResponse:
    """Title, question and rules of the review."""
    form = ReviewSettings(request.POST or None, initial=_as_set(member))
    if request.method == "POST" and form.is_valid():
        setup.change_settings(member=member, **form.cleaned_data)
        messages.success(request, _("Settings saved."))
        return redirect("reviews:settings", member.review_id)
    return _page(request, member, form=form)


def _as_set(member: Member) -> dict[str, object]:
    return {name: getattr(member.review, name) for name in SETTINGS}


def _page(request: HttpRequest, member: Member, **forms: object) -> HttpResponse:
    criteria = "\n".join(f"{c.element}: {c.text}" if c.element else c.text for c in member.review.criteria.all())
    taken = set(ExclusionReason.objects.filter(review=member.review).values_list("key", flat=True))
    context = {
        "reasons": member.review.reasons.all(),
        "offered": [offer for offer in setup.OFFERED if offer[0] not in taken],
        "stages": member.review.stages.order_by("pk"),
        "criteria_form": CriteriaText(initial={"criteria": criteria}),
        **forms,
    }
    return access.page(request, member, "reviews/settings.html", context, section="settings")


@require_POST
@access.member("settings")
def reasons(request: HttpRequest, member: Member) -> HttpResponse:
    """Add a reason (its text, or the key of an offered one), or change the one whose id is posted."""
    offered = {key: text for key, text, _caution in setup.OFFERED}
    if request.POST.get("offered") in offered:
        setup.add_reason(member=member, key=request.POST["offered"], text=str(offered[request.POST["offered"]]))
        return redirect("reviews:settings", member.review_id)
    form = Reason(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the reason in a few words."))
        return redirect("reviews:settings", member.review_id)
    if request.POST.get("reason"):
        reason = get_object_or_404(ExclusionReason, review=member.review, pk=number(request.POST["reason"]))
        setup.change_reason(member=member, reason=reason, **form.cleaned_data)
    else:
        setup.add_reason(member=member, text=form.cleaned_data["text"])
    return redirect("reviews:settings", member.review_id)


@require_POST
@access.member("settings")
def criteria(request: HttpRequest, member: Member) -> HttpResponse:
    """Replace the criteria shown beside the abstract."""
    form = CriteriaText(request.POST)
    if not form.is_valid():
        return _page(request, member, form=ReviewSettings(initial=_as_set(member)), criteria_form=form)
    setup.set_criteria(member=member, rows=form.rows())
    messages.success(request, _("Criteria saved."))
    return redirect("reviews:settings", member.review_id)


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("settings")
def unblind(request: HttpRequest, member: Member) -> HttpResponse:
    """Asks first, in numbers; then opens the decisions of a stage for good."""
    stage = request.POST.get("stage") or request.GET.get("stage") or StageName.TITLE_ABSTRACT
    if stage not in StageName.values:
        raise Http404
    if request.method == "POST":
        actions.unblind(member=member, stage=stage)
        messages.success(request, _("Unblinded. Members who screen now see each other's decisions at this stage."))
        return redirect("reviews:overview", member.review_id)
    context = {
        "stage": StageName(stage),
        "decisions": Decision.objects.filter(review=member.review, stage=stage, current=True).count(),
        "members": access.active_members(member.review).count(),
    }
    return access.page(request, member, "reviews/unblind.html", context, section="settings")
