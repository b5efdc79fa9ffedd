"""Reports: the documents of included works, sought, retrieved or not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from config import errors
from reviews import access, actions, queries, studies
from reviews.forms import RetrievalForm
from reviews.models import Member, StageName

UNSEEN = tuple(f"work__lead__{name}" for name in ("raw", "normal", "extra", "notices"))  # long, and no list shows them


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("retrieve")
def reports(request: HttpRequest, member: Member) -> HttpResponse:
    """The list of reports that are sought; a POST says what became of one. Closed while title and abstract is blinded."""
    if request.method == "POST":
        form = RetrievalForm(request.POST)
        if not form.is_valid():
            return errors.bad_request(request)
        report = get_object_or_404(queries.reports(review=member.review), pk=form.cleaned_data["report"])
        actions.set_retrieval(member=member, report=report, retrieval=form.cleaned_data["retrieval"])
        return redirect("reviews:reports", member.review_id)
    found = list(queries.reports(review=member.review).select_related("work__lead__search").defer(*UNSEEN))
    told = studies.of_reports(review=member.review, reports=found)
    context = {"reports": found, "studies": told, "stage": StageName.FULL_TEXT}
    return access.page(request, member, "reviews/reports.html", context, section="reports")
