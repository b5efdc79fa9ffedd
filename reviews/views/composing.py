"""What a work shows of its records, field by field: another record's value, one's own, or back to the rules."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config import errors
from records import choosing
from records.actions import NothingToUndo
from records.composing import COMPOSED
from records.models import Record
from reviews import access
from reviews.models import Member
from reviews.views import number, work_or_404


@require_POST
@access.member("dedup")
def choose(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """Let the work show a record's value of a field (`record`), or what was typed (`text`)."""
    work = work_or_404(member, work_id)
    name, named = request.POST.get("field", ""), number(request.POST.get("record", ""))
    if name not in COMPOSED or (named is None and "text" not in request.POST):
        return errors.bad_request(request)
    library = member.review.library
    try:
        if named is not None:
            record = get_object_or_404(Record, library=library, work=work, pk=named)
            choosing.choose(by=member.user, library=library, record=record, name=name)
        else:
            choosing.type_in(by=member.user, library=library, work=work, name=name, text=request.POST["text"])
    except choosing.NotAValue:
        messages.error(request, _("That is no value for this field. Nothing was changed."))
    else:
        messages.success(request, _("The work shows it now. Its records stay as they came."))
    return _back(member, work_id)


@require_POST
@access.member("dedup")
def take_back(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """Let Winnow say again what the work shows of a field."""
    work = work_or_404(member, work_id)
    name = request.POST.get("field", "")
    if name not in COMPOSED:
        return errors.bad_request(request)
    try:
        choosing.take_back(by=member.user, library=member.review.library, work=work, name=name)
    except NothingToUndo:
        messages.error(request, _("Nobody chose that field; there is nothing to take back."))
    else:
        messages.success(request, _("Taken back. The fullest record speaks for this field again."))
    return _back(member, work_id)


def _back(member: Member, work_id: int) -> HttpResponse:
    response = redirect("reviews:work", member.review_id, work_id)
    response["Location"] += "#shown"
    return response
