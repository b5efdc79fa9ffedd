"""Who reads what at a stage: everybody takes the next work, or works are given out beforehand; previewed, set, taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from records.models import Search
from reviews import access, allocation, handing_out, marks
from reviews.models import Member, Stage, StageName
from reviews.team_forms import Allocating


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("team")
def allocate(request: HttpRequest, member: Member, stage: str) -> HttpResponse:
    """GET shows how works are given out, or what the wish in the address would give to whom; POST sets it, or takes it back."""
    if request.method == "POST" and "back" in request.POST:
        if allocation.take_back(member=member, stage=stage):
            messages.success(request, _("It is as it was before; what is not decided is given out in the background."))
        return redirect("reviews:allocation", member.review_id, stage)
    row = Stage.objects.get(review=member.review, name=stage)
    asked = request.POST if request.method == "POST" else request.GET
    form = _form(asked if "how" in asked else None, member, row)
    if request.method == "POST" and form.is_valid():
        allocation.set_allocation(member=member, stage=stage, wish=form.wish)
        messages.success(request, _("Set. What is not decided yet is given out in the background."))
        return redirect("reviews:allocation", member.review_id, stage)
    shut = stage == StageName.FULL_TEXT and not member.review.full_texts_open
    context = {
        "named": StageName(stage),
        "row": row,
        "form": form,
        "shut": shut,
        "seen": None if shut or not form.is_valid() else allocation.preview(member=member, stage=stage, wish=form.wish),
        "at_work": handing_out.at_work(member.review_id),
    }
    return access.page(request, member, "reviews/allocation.html", context, section="team")


def _form(data: object, member: Member, row: Stage) -> Allocating:
    labels = [(label, marks.name_for(member, label)) for label in marks.labels_shown_to(member) if not label.retired]
    return Allocating(
        data,
        members=list(access.deciding(member.review_id).select_related("user").order_by("joined_at", "pk")),
        searches=list(Search.objects.filter(library=member.review_id).order_by("pk")),
        labels=labels,
        wish=allocation.as_set(row),
    )
