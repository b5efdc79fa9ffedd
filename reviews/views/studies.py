"""Studies of several reports: answers to suggestions, and how they are taken back. The reports page shows them."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config import errors
from reviews import access, queries
from reviews import studies as acts
from reviews.models import Member, NotOneStudy
from reviews.views import number

SAYS = {"one": acts.put_together, "apart": acts.keep_apart}


@require_POST
@access.member("retrieve")
def study(request: HttpRequest, member: Member) -> HttpResponse:
    """Whether some reports describe one study; closed, as their list is, while title and abstract is blinded."""
    named = {number(text) for text in request.POST.getlist("report")}
    answer = request.POST.get("answer")
    if answer not in SAYS or None in named:
        return errors.bad_request(request)
    reports = list(queries.reports(review=member.review).filter(pk__in=named))
    if len(reports) < len(named):
        raise Http404
    try:
        SAYS[answer](member=member, reports=reports)
    except acts.TooFew:
        messages.error(request, _("Choose two reports at least. Nothing was changed."))
    except acts.SaidApart:
        messages.error(request, _("Somebody said that two of these are not the same study. Nothing was changed."))
    except acts.SaidOne:
        messages.error(request, _("Somebody put these into one study. Take a report out first. Nothing was changed."))
    else:
        told = {"one": _("Put together: one study."), "apart": _("Kept apart; this isn't suggested again.")}
        messages.success(request, told[answer])
    return redirect("reviews:reports", member.review_id)


@require_POST
@access.member("retrieve")
def take_out(request: HttpRequest, member: Member, report_id: int) -> HttpResponse:
    """Take one report out of a study of several."""
    report = get_object_or_404(queries.reports(review=member.review), pk=report_id)
    acts.take_out(member=member, report=report)
    messages.success(request, _("Taken out of the study."))
    return redirect("reviews:reports", member.review_id)


@require_POST
@access.member("retrieve")
def suggest_again(request: HttpRequest, member: Member, act: uuid.UUID) -> HttpResponse:
    """Take back that some reports are not the same study."""
    rows = NotOneStudy.objects.filter(review=member.review_id, act=act)
    if not queries.reports(review=member.review).filter(pk__in=rows.values("report")).exists():
        raise Http404
    acts.suggest_again(member=member, act=act)
    messages.success(request, _("Taken back. It is suggested again as long as something speaks for it."))
    return redirect("reviews:reports", member.review_id)
