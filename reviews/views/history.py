"""The history page: everything that happened, newest first, as far as the member may know; and whether its chain holds."""

from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from records.history import faults
from records.models import HistoryHead
from reviews import access, events
from reviews.history_words import KINDS
from reviews.models import Member
from reviews.views import number

MOST_FAULTS = 20


@require_safe
@access.member()
def history(request: HttpRequest, member: Member) -> HttpResponse:
    """One page of the history; the address carries the filter."""
    wanted = _wanted(request.GET)
    found, more = events.page(member, wanted)
    named = events.told_name(member, wanted.about) if wanted.about else ""
    context = {
        "acts": events.told(member, found),
        "next": _address(replace(wanted, before=found[-1].at)) if more else "",
        "wanted": wanted,
        "named": named,
        "kept": _address(replace(wanted, about="", before=None)),
        "filtered": wanted != events.Wanted(before=wanted.before),
        "first": _address(replace(wanted, before=None)),
        "people": events.people(member),
        "kinds": KINDS.items(),
        "everything": events.all_open(member),
        "blinded": member.review.blinded_abstracts or member.review.blinded_full_texts,
    }
    return access.page(request, member, "reviews/history.html", context, section="history")


@require_POST
@access.member("settings")
def check(request: HttpRequest, member: Member) -> HttpResponse:
    """Read the chain from its first link to its last. How many there are would tell what was decided while a stage is blinded."""
    found = list(faults(member.review_id))
    if found and events.all_open(member):
        some = "; ".join(found[:MOST_FAULTS]) + (" …" if len(found) > MOST_FAULTS else "")
        messages.error(request, _("The chain does not hold: %s.") % some)
    elif found:
        messages.error(request, _("The chain does not hold: the history was changed from outside."))
    elif events.all_open(member):
        length = HistoryHead.objects.values_list("length", flat=True).get(pk=member.review_id)
        told = ngettext("The chain holds: %s event, checked.", "The chain holds: %s events, checked.", length)
        messages.success(request, told % f"{length:,}")
    else:
        messages.success(request, _("The chain holds: every event was checked."))
    return redirect("reviews:history", member.review_id)


def _wanted(asked: QueryDict) -> events.Wanted:
    """The filter of an address; what cannot be one is left out."""
    by, kind = asked.get("by", ""), asked.get("kind", "")
    about = " ".join(asked.get("about", "").lower().split())
    name, _space, key = about.partition(" ")
    return events.Wanted(
        by=by if by == events.NOBODY or number(by) is not None else "",
        kind=kind if kind in KINDS else "",
        about=about if name in events.ABOUT and number(key) is not None else "",
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        before=_moment(asked.get("before", "")),
    )


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:  # such as 31 February
        return None
    return found if found and 1 < found.year < 9999 else None


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
        return found if found is None or timezone.is_aware(found) else None
    except (ValueError, OverflowError):
        return None


def _address(wanted: events.Wanted) -> str:
    """The part of an address behind the question mark."""
    fields = {
        "by": wanted.by,
        "kind": wanted.kind,
        "about": wanted.about,
        "since": wanted.since and wanted.since.isoformat(),
        "until": wanted.until and wanted.until.isoformat(),
        "before": wanted.before and wanted.before.isoformat(),
    }
    return urlencode({name: value for name, value in fields.items() if value})
