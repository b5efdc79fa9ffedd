"""Set-up of a review on one page: question, protocol, rules, reasons, criteria, a copy, unblinding."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, actions, copying, frames, protocol, reasons, rules, setup
from reviews.forms import CriteriaText, Reason, ReviewSettings
from reviews.models import CriteriaVersion, Decision, ExclusionReason, Member, StageName
from reviews.setup_forms import Amended, Copied, CriteriaInFrame, Registration
from reviews.views import marking, number

SETTINGS = (
    "title",
    "question",
    "owner_adjudicates",
    "adjudicate_own",
    "names_in_conflict",
    "ask_differing_reasons",
    "hide_people",
    "grouped_kin",
)
FREE = "free"  # the name of "no frame" in an address
SHOWN = 20  # versions of the criteria, newest first


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
    review = member.review
    rows = list(ExclusionReason.objects.filter(review=review).order_by("order"))
    criteria = list(review.criteria.values_list("element", "text"))
    taken = {each.key for each in rows}
    frame = _frame(request.GET.get("frame", review.frame))
    context = {
        "form": ReviewSettings(initial=_as_set(member)),
        "reasons": rows,
        "targets": [each for each in rows if each.merged_into_id is None],
        "presets": [(key, words) for key, (words, _rows) in reasons.PRESETS.items()],
        "offered": [offer for offer in setup.OFFERED if offer[0] not in taken],
        "stages": review.stages.order_by("pk"),
        "frame": frame,
        "frames": frames.FRAMES.values(),
        "criteria_form": _criteria_form(None, frame, criteria),
        "versions": _versions(member),
        "registration_form": Registration(initial={name: getattr(review, name) for name in protocol.REGISTRATION}),
        "amendments": review.amendments.select_related("by").order_by("on", "pk"),
        "amendment_form": Amended(),
        "copy_form": Copied(initial={"title": _("Copy of %s") % review.title[:400]}),
        **marking.sections(member),
        "at_work": rules.at_work(review.pk),
        **forms,
    }
    return access.page(request, member, "reviews/settings.html", context, section="settings")


def _frame(key: str) -> frames.Frame | None:
    return frames.FRAMES.get(key)


def _criteria_form(data: object, frame: frames.Frame | None, rows: list[frames.Row]) -> CriteriaInFrame | CriteriaText:
    if frame:
        return CriteriaInFrame(data, frame=frame, rows=rows)
    return CriteriaText(data, initial={"criteria": frames.as_lines(rows)})


def _versions(member: Member) -> list[dict]:
    """The newest versions with what each changed, and on how many works this member may see a decision made under it."""
    rows = list(
        CriteriaVersion.objects.filter(review=member.review).select_related("by").order_by("-number")[: SHOWN + 1]
    )
    made = access.decisions_shown_to(member).filter(work__empty=False, work__aside=False)
    made = made.filter(criteria_version__in=[each.number for each in rows]).values("criteria_version")
    works = {each["criteria_version"]: each["n"] for each in made.annotate(n=Count("work", distinct=True)).order_by()}
    found = []
    for each, before in zip(rows, [*rows[1:], None], strict=False):
        added, dropped = frames.difference(before.rows if before else [], each.rows)
        found.append({"version": each, "added": added, "dropped": dropped, "works": works.get(each.number, 0)})
    return found[:SHOWN]


@require_POST
@access.member("settings")
def reasons_page(request: HttpRequest, member: Member) -> HttpResponse:
    """Add a reason (its text, the key of an offered one, a preset), or change, move or merge the one whose id is posted."""
    offered = {key: text for key, text, _caution in setup.OFFERED}
    if request.POST.get("offered") in offered:
        setup.add_reason(member=member, key=request.POST["offered"], text=str(offered[request.POST["offered"]]))
        return _to_reasons(member)
    if request.POST.get("preset") in reasons.PRESETS:
        made = reasons.add_preset(member=member, preset=request.POST["preset"])
        messages.success(request, _("Added: %d.") % len(made))
        return _to_reasons(member)
    reason = None
    if request.POST.get("reason"):
        reason = get_object_or_404(ExclusionReason, review=member.review, pk=number(request.POST["reason"]))
        if _arranged(request, member, reason):
            return _to_reasons(member)
    form = Reason(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the reason in a few words."))
    elif reason:
        setup.change_reason(member=member, reason=reason, **form.cleaned_data)
    else:
        setup.add_reason(member=member, text=form.cleaned_data["text"])
    return _to_reasons(member)


def _to_reasons(member: Member) -> HttpResponse:
    return redirect("reviews:settings", member.review_id)


def _arranged(request: HttpRequest, member: Member, reason: ExclusionReason) -> bool:
    """Whether the press moved the reason, merged it or took a merging apart."""
    if (way := request.POST.get("move")) in ("up", "down"):
        reasons.move_reason(member=member, reason=reason, up=way == "up")
    elif "unmerge" in request.POST:
        reasons.unmerge_reason(member=member, reason=reason)
    elif into := request.POST.get("into"):
        other = get_object_or_404(ExclusionReason, review=member.review, pk=number(into))
        try:
            reasons.merge_reason(member=member, reason=reason, into=other)
        except reasons.NotMergeable:
            messages.error(request, _("A reason into which others were merged stays; take those apart first."))
    else:
        return False
    return True


@require_POST
@access.member("settings")
def criteria(request: HttpRequest, member: Member) -> HttpResponse:
    """Replace the criteria shown beside the abstract: written in a frame, or as free lines."""
    frame = _frame(request.POST.get("frame", ""))
    form = _criteria_form(request.POST, frame, [])
    if not form.is_valid():
        return _page(request, member, criteria_form=form, frame=frame)
    before = member.review.criteria_version
    now = setup.set_criteria(member=member, rows=form.rows(), frame=frame.key if frame else "")
    messages.success(request, _("Criteria saved.") if now == before else _("Criteria saved. Version %d.") % now)
    return redirect("reviews:settings", member.review_id)


@require_POST
@access.member("settings")
def protocol_page(request: HttpRequest, member: Member) -> HttpResponse:
    """Say where the protocol is registered, or add an amendment (a form with `what`)."""
    if "what" in request.POST:
        form = Amended(request.POST)
        if not form.is_valid():
            return _page(request, member, amendment_form=form)
        protocol.amend(member=member, **form.cleaned_data)
        messages.success(request, _("Amendment added."))
    else:
        form = Registration(request.POST)
        if not form.is_valid():
            return _page(request, member, registration_form=form)
        protocol.register(member=member, **form.cleaned_data)
        messages.success(request, _("Registration saved."))
    return redirect("reviews:settings", member.review_id)


@require_POST
@access.member("settings")
def copy(request: HttpRequest, member: Member) -> HttpResponse:
    """A new review of one's own with this one's set-up."""
    form = Copied(request.POST)
    if not form.is_valid():
        return _page(request, member, copy_form=form)
    new = copying.copy_review(member=member, title=form.cleaned_data["title"])
    messages.success(request, _("Copied: question, criteria, reasons and rules. Records and team are new."))
    return redirect("reviews:settings", new.pk)


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
