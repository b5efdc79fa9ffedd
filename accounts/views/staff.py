"""People, for the staff of the site: who has an account, letting one rest, a link to a new password. No review is read."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, links, queries
from accounts.access import staff_only
from accounts.models import User


@require_safe
@staff_only
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody who has an account, newest first; `q` looks in names and addresses."""
    words, before = request.GET.get("q", "")[:200].replace("\0", ""), request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    people, following = queries.people(words=words, before=number)
    context = {"people": people, "words": words, "following": following, "number": number}
    return render(request, "account/staff.html", context)


@require_POST
@staff_only
@never_cache
def reset_link(request: HttpRequest, person: UUID) -> HttpResponse:
    """A link for one person, shown once."""
    of = _person_or_404(person)
    try:
        link = actions.issue_reset_link(by=request.user, of=of)
    except actions.NotYours:
        messages.error(request, _("This account is deactivated. Reactivate it first."))
        return redirect("accounts:staff")
    return render(request, "account/reset_link.html", {"link": link, "person": of, "minutes": links.MINUTES})


@require_POST
@staff_only
def deactivate(request: HttpRequest, person: UUID) -> HttpResponse:
    """The person is signed out at once and cannot sign in; what they did stays."""
    return _set_active(request, person, False, _("%s is signed out and can no longer sign in. What they did stays."))


@require_POST
@staff_only
def reactivate(request: HttpRequest, person: UUID) -> HttpResponse:
    """The person may sign in again, with the password they had."""
    return _set_active(request, person, True, _("%s can sign in again."))


def _set_active(request: HttpRequest, public_id: UUID, active: bool, said: str) -> HttpResponse:
    of = _person_or_404(public_id)
    try:
        actions.set_active(by=request.user, of=of, active=active)
        messages.success(request, said % of)
    except actions.NotYours:
        messages.error(request, _("You cannot do this to your own account. Ask another member of staff."))
    return redirect("accounts:staff")


def _person_or_404(public_id: UUID) -> User:
    if found := queries.person(public_id):
        return found
    raise Http404
