"""Earlier decisions that a file carries: whose they are in this review, taking them over, and taking them back as a whole."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from records.models import Dump
from reviews import access, carried, imported
from reviews.models import Member
from reviews.views.preview import chosen


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("settings")
def decisions(request: HttpRequest, member: Member, dump_id: int) -> HttpResponse:
    """The names in the file with their counts; an owner says which member each name is."""
    dump = get_object_or_404(Dump.objects.select_related("search"), library=member.review_id, pk=dump_id)
    if request.method == "POST":
        _act(request, member, dump)
        return redirect("reviews:earlier-decisions", member.review_id, dump.pk)
    last = list(carried.jobs_of(dump).select_related("by")[:1])
    context = {
        "dump": dump,
        "names": carried.in_dump(dump),
        "members": access.active_members(member.review),
        "job": last[0] if last else None,
        "taken": bool(last) and last[0].kind == carried.TAKE,
    }
    return access.page(request, member, "reviews/decisions.html", context, section="import")


def _act(request: HttpRequest, member: Member, dump: Dump) -> None:
    try:
        if request.POST.get("act") == "back":
            imported.take_back(by=member, dump=dump)
            messages.success(request, _("They are being taken back."))
        else:
            imported.take_over(by=member, dump=dump, chosen=chosen(request.POST))
            messages.success(request, _("They are being taken over."))
    except imported.Busy:
        messages.info(request, _("Decisions of this file are being worked on already."))
    except imported.NoMember:
        messages.error(request, _("Say of at least one name which member it is."))
