"""Import: name the search, drop files or paste, look, watch them being read; the intake in words is `views/intake.py`."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import errors
from records import actions, uploads
from records import queries as found
from records.models import Dump, DumpState, Job, Search
from reviews import access, carried
from reviews.forms import ImportForm
from reviews.models import Member
from reviews.settling import InReviews

SEARCH_FIELDS = ("source", "kind", "date", "platform", "strategy", "hits_reported")


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("import")
def page(request: HttpRequest, member: Member) -> HttpResponse:
    """The form, what is being read, and what was read so far."""
    whole = uploads.whole(member.user, member.review.library) if request.method == "POST" else None
    form = ImportForm(request.POST or None, request.FILES or None, uploads=whole)
    if request.method == "POST":
        if any(file.size > settings.MAX_DUMP_BYTES for file in request.FILES.getlist("files")):
            return errors.too_large(request)
        if form.is_valid():
            dumps = take(member, form)
            waiting = [dump for dump in dumps if dump.state == DumpState.PREVIEW]
            if len(waiting) == 1:
                return redirect("reviews:preview", member.review_id, waiting[0].pk)
            return redirect("reviews:import", member.review_id)
    return access.page(request, member, "reviews/import.html", {"form": form, **_state(member)}, section="import")


@transaction.atomic
def take(member: Member, form: ImportForm) -> list[Dump]:
    """One search, and a dump for every file and for the pasted text."""
    data = form.cleaned_data
    named = {name: data[name] for name in SEARCH_FIELDS}
    search = actions.name_search(by=member.user, library=member.review.library, **named)
    contents = [(file.name, file) for file in data["files"]]
    contents += [(upload.name, file) for upload in data["uploads"] if (file := uploads.claim(upload))]
    if data["text"].strip():
        contents.append((_("Pasted text"), data["text"]))
    how = {"listed_aside": data.get("listed") == "aside", "preview": data["preview"]}
    return [
        actions.receive(by=member.user, search=search, name=name, content=content, **how) for name, content in contents
    ]


def _state(member: Member) -> dict:
    library = member.review.library
    jobs = [found.paced(job) for job in found.running(library)]
    dumps = list(found.dumps(library)[:100])
    for dump in dumps if "settings" in access.may(member) else ():
        dump.carries = len(carried.in_dump(dump))  # names of people whose decisions an owner may take over
    return {
        "jobs": jobs,
        "searches": found.searches(library),
        "dumps": dumps,
        "unread": sum(dump.state == DumpState.NOT_UNDERSTOOD for dump in dumps),
        "waiting": sum(dump.state == DumpState.PREVIEW for dump in dumps),
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
    search = get_object_or_404(Search, library=member.review_id, pk=search_id, taken_back_from=None)
    actions.set_aside(by=member.user, search=search, aside=not search.aside, upstairs=InReviews())
    return redirect("reviews:import", member.review_id)
