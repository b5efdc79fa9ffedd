"""Works that members have an interest in: own names, what was found by them, what was declared; lifted and brought back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from reviews import access, interests
from reviews.models import Interest, Member
from reviews.team_forms import DeclareInterest, OwnNames
from reviews.views import number, work_or_404

SHOWN = 500  # rows


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("decide")
def own(request: HttpRequest, member: Member) -> HttpResponse:
    """Own names and interests, for an owner those of all; a POST sets the names, or lifts (`lift`) or brings back (`again`)."""
    form = OwnNames(request.POST if "names" in request.POST else None, initial={"names": "\n".join(member.names)})
    if request.method == "POST":
        if "names" not in request.POST:
            return _turn(request, member)
        if form.is_valid():
            interests.set_names(member=member, names=form.cleaned_data["names"].splitlines())
            messages.success(request, _("Saved. Works by these names are looked for in the background."))
            return redirect("reviews:interests", member.review_id)
    if work := number(request.GET.get("work", "")):  # from a card: it is declared on the work's own page
        return redirect(reverse("reviews:work", args=[member.review_id, work]) + "#interest")
    everybody = "team" in access.may(member)
    rows = list(interests.listed(member, everybody=everybody)[: SHOWN + 1])
    context = {
        "form": form,
        "rows": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "everybody": everybody,
        "sums": interests.sums(member.review_id) if everybody else None,
        "at_work": interests.at_work(member),
    }
    return access.page(request, member, "reviews/interests.html", context, section="interests")


def _turn(request: HttpRequest, member: Member) -> HttpResponse:
    """Lift an interest, or bring it back."""
    again = "again" in request.POST
    key = number(request.POST.get("again" if again else "lift", ""))
    row = get_object_or_404(Interest.objects.select_related("member__user"), review=member.review, pk=key)
    try:
        interests.lift(member=member, interest=row, again=again)
    except interests.NotYours as fault:
        raise PermissionDenied from fault
    messages.success(
        request, _("The work is not shown for decision.") if again else _("The work may be decided on again.")
    )
    if "here" in request.POST:
        return redirect("reviews:work", member.review_id, row.work_id)
    return redirect("reviews:interests", member.review_id)


@require_POST
@access.member("decide")
def declare(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """Say that one has an interest in this work."""
    work = work_or_404(member, work_id)
    form = DeclareInterest(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say it in fewer words."))
    elif work.empty:
        messages.error(request, _("This work was joined into another."))
    else:
        interests.declare(member=member, work_id=work.pk, why=form.cleaned_data["why"])
        messages.success(request, _("Noted. You are not asked about this work; a decision that you made before stays."))
    return redirect("reviews:work", member.review_id, work.pk)
