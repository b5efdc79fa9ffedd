"""Import: name the search, drop files or paste, watch them being read, and the intake in words."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import errors
from records import actions
from records import queries as found
from records.models import Dump, Job, Search
from reviews import access
from reviews.forms import ImportForm
from reviews.models import Member
from reviews.settling import InReviews

SEARCH_FIELDS = ("source", "kind", "date", "platform", "strategy", "hits_reported")


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("import")
def page(request: HttpRequest, member: Member) -> HttpResponse:
    """The form, what is being read, and what was read so far."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if any(file.size > settings.MAX_DUMP_BYTES for file in request.FILES.getlist("files")):
            return errors.too_large(request)
        if form.is_valid():
            take(member, form)
            return redirect("reviews:import", member.review_id)
    return access.page(request, member, "reviews/import.html", {"form": form, **_state(member)}, section="import")


@transaction.atomic
def take(member: Member, form: ImportForm) -> None:
    """One search, and a dump for every file and for the pasted text."""
    data = form.cleaned_data
    named = {name: data[name] for name in SEARCH_FIELDS}
    search = actions.name_search(by=member.user, library=member.review.library, **named)
    aside = data.get("listed") == "aside"
    for file in data["files"]:
        actions.receive(by=member.user, search=search, name=file.name, content=file, listed_aside=aside)
    if data["text"].strip():
        name = _("Pasted text")
        actions.receive(by=member.user, search=search, name=name, content=data["text"], listed_aside=aside)


def _state(member: Member) -> dict:
    library = member.review.library
    jobs = [found.paced(job) for job in found.running(library)]
    return {
        "jobs": jobs,
        "searches": found.searches(library),
        "dumps": found.dumps(library)[:100],
        "intake": found.intake(library),
        "library": library,
    }


@require_safe
@access.member("import")
def progress(request: HttpRequest, member: Member) -> HttpResponse:
    """The part of the page that moves while dumps are read; asked for every second."""
    context = {"form": ImportForm(), **_state(member)}  # without script it is the whole page
    return access.page(request, member, "reviews/import.html", context, section="import", part="state")


@require_POST
@access.member("import")
def cancel(request: HttpRequest, member: Member, job_id: int) -> HttpResponse:
    """Stop reading a dump at the next chunk; what is stored stays and is accounted for."""
    actions.cancel_job(by=member.user, job=get_object_or_404(Job, library=member.review_id, pk=job_id))
    return redirect("reviews:import", member.review_id)


@require_POST
@access.member("import")
def aside(request: HttpRequest, member: Member, search_id: int) -> HttpResponse:
    """Set a search aside, or bring it back."""
    search = get_object_or_404(Search, library=member.review_id, pk=search_id)
    actions.set_aside(by=member.user, search=search, aside=not search.aside, upstairs=InReviews())
    return redirect("reviews:import", member.review_id)


@require_safe
@access.member("import")
def intake(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """What became of every entry of one dump."""
    dumps = Dump.objects.select_related("search", "same_as", "same_as__search", "by")
    dump = get_object_or_404(dumps, library=member.review_id, pk=dump_id)
    records = dump.records.select_related("work").order_by("position")
    context = {
        "dump": dump,
        "job": found.latest_job(dump),
        "rejected": dump.rejected_stretches.order_by("first_line")[:200],
        "records": Paginator(records, found.PAGE).get_page(request.GET.get("page")),
        "listed": Search.objects.filter(listed_by=dump.search_id).first(),
    }
    return access.page(request, member, "reviews/intake.html", context, section="import")


@require_safe
@access.member("import")
def download(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """The dump as it came, byte for byte; always as an attachment."""
    dump = get_object_or_404(Dump, library=member.review_id, pk=dump_id)
    dump = dump.same_as or dump
    response = FileResponse(dump.file.open("rb"), as_attachment=True, filename=dump.name or "dump")
    response["Content-Type"] = "application/octet-stream"
    return response
