"""Saved views of the library: kept, renamed, shared, deleted. They are opened by their address."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from reviews import access, saved
from reviews.models import Member

SAID = {
    saved.NameMissing: gettext_lazy("A view needs a name. Nothing was kept."),
    saved.NameTaken: gettext_lazy("You have a view of this name already. Nothing was changed."),
    saved.NothingToKeep: gettext_lazy("Choose a filter or a search first; there is nothing to keep yet."),
    saved.TooMany: gettext_lazy("You have as many views as there is room for. Delete one first."),
}


def _library(member: Member, query: str, **more: str) -> HttpResponse:
    address = reverse("reviews:library", args=[member.review_id])
    asked = "&".join(part for part in (query, urlencode(more)) if part)
    return HttpResponseRedirect(f"{address}?{asked}" if asked else address)


@require_POST
@access.member()
def keep(request: HttpRequest, member: Member) -> HttpResponse:
    """Keep the filters of an address (`query`) under a name."""
    name, query = request.POST.get("name", ""), request.POST.get("query", "")[:4000]
    try:
        view = saved.keep(member=member, name=name, query=query, shared="shared" in request.POST)
    except tuple(SAID) as fault:
        messages.warning(request, SAID[type(fault)])
        return _library(member, query)
    messages.success(request, _("These filters are kept as “%s”.") % view.name)
    return _library(member, view.query)


@require_POST
@access.member()
def change(request: HttpRequest, member: Member, view_id: int) -> HttpResponse:
    """Rename a view, share it or no longer, or delete it; what was deleted is still applied, to be kept again."""
    view = get_object_or_404(saved.views_of(member), pk=view_id)
    query = view.query
    try:
        if request.POST.get("act") == "delete":
            name = view.name
            saved.delete(member=member, view=view)
            messages.success(
                request, _("“%s” was deleted. Its filters are still applied: keep them to have it back.") % name
            )
            return _library(member, query, name=name)
        saved.change(member=member, view=view, name=request.POST.get("name", ""), shared="shared" in request.POST)
    except saved.NotYours:
        raise PermissionDenied from None
    except tuple(SAID) as fault:
        messages.warning(request, SAID[type(fault)])
    return _library(member, query)
