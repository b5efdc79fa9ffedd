"""The first pages: my reviews, a new review, and a review's overview with its next step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import nobody_yet
from records import queries as found
from reviews import access, deadlines, disputes, flow, queries, setup
from reviews.forms import NewReview
from reviews.models import Member, StageName


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My reviews; before there is anybody, the way to the first account."""
    if not request.user.is_authenticated and nobody_yet():
        return redirect("accounts:first-run")
    return _home(request)


@access.signed_in
def _home(request: HttpRequest) -> HttpResponse:
    rows = Member.objects.filter(user=request.user, removed_at=None).select_related("review__library")
    members = [each for each in rows.order_by("-review__at") if not access.ended(each)]
    return render(request, "reviews/home.html", {"members": members})


@require_http_methods(["GET", "HEAD", "POST"])
@access.signed_in
def new(request: HttpRequest) -> HttpResponse:
    """A new review needs a title only."""
    form = NewReview(request.POST or None)
    if request.method == "POST" and form.is_valid():
        review = setup.new_review(by=request.user, **form.cleaned_data)
        return redirect("reviews:import", review.pk)
    return render(request, "reviews/new.html", {"form": form})


@require_safe
@access.member()
def overview(request: HttpRequest, member: Member) -> HttpResponse:
    """Where the review stands, as far as this member may know, and what to do next."""
    review, may = member.review, access.may(member)
    decides, settles = "decide" in may, "adjudicate" in may
    context = {
        "library": review.library,
        "counted": flow.lengths(member, ("records", "works", "rejected")),  # what is set aside is in no list
        "intake": found.intake(review.library),
        "progress": queries.progress(member=member, stage=StageName.TITLE_ABSTRACT) if decides else None,
        "states": queries.states(review, StageName.TITLE_ABSTRACT) if access.sees_totals(member) else None,
        "conflicts": disputes.asked_about(member, StageName.TITLE_ABSTRACT).count() if settles else None,
        "members": access.active_members(review),
    }
    if review.full_texts_open:
        full = StageName.FULL_TEXT
        context["full_texts"] = queries.progress(member=member, stage=full) if decides else None
        context["full_text_conflicts"] = disputes.asked_about(member, full).count() if settles else None
    here = {StageName.TITLE_ABSTRACT: context["progress"], StageName.FULL_TEXT: context.get("full_texts")}
    context["due"] = deadlines.own(member, {str(stage): far.left for stage, far in here.items() if far})
    return access.page(request, member, "reviews/overview.html", context, section="overview")
