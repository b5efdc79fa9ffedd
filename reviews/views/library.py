"""The library as lists behind numbers, with a search, and one work with its records, texts and links."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from records import composing, full_text
from records import queries as found
from records.models import Record, Work
from reviews import (
    access,
    bulk,
    composed_words,
    discussing,
    disputes,
    filter_words,
    filters,
    finding,
    interests,
    lists,
    marks,
    noticed,
    saved,
)
from reviews.models import Member
from reviews.views import number, work_or_404


@require_safe
@access.member()
def library(request: HttpRequest, member: Member) -> HttpResponse:
    """A named list, its filters in words and in the address. Works have all filters; records and stretches a search at most."""
    each = lists.named(request.GET.get("list", "works"), member)
    if each is None:
        raise Http404
    if each.of == "works":
        context = _works(request, member, each)
    else:
        context = _rows(request, member, each)
    return access.page(request, member, "reviews/library.html", {"named": each, **context}, section="library")


def _works(request: HttpRequest, member: Member, each: lists.NamedList) -> dict[str, Any]:
    """A page of works: what the filters choose, and what can be chosen."""
    wanted = filters.wanted(member, request.GET)
    page = number(request.GET.get("page", "")) or 1
    here = finding.page(member, wanted, page)
    offered = filter_words.choices(member)
    return {
        "rows": finding.lines(member, here.works),
        "total": here.total,
        "more_than": here.more_than,
        "page": page,
        "before": page - 1,
        "next": None if here.last else page + 1,
        "q": (wanted.of("q") or ("",))[0],
        "wanted": wanted,
        "query": wanted.query,
        "fields": filter_words.fields(member, wanted, offered),
        "chips": filter_words.chips(wanted, offered),
        "orders": filter_words.ORDERED,
        "saved": [(view, saved.may_delete(member, view)) for view in saved.views_of(member)],
        "may_share": saved.may_share(member),
        "name": request.GET.get("name", "")[: saved.MOST_NAME],
    }


def _rows(request: HttpRequest, member: Member, each: lists.NamedList) -> dict[str, Any]:
    """A page of records or of stretches that were not read, by key; `q` searches records."""
    words = request.GET.get("q", "").strip()[:200]
    rows = lists.rows_of(each, member)
    total, capped = rows.count(), False
    if words and each.of == "records":
        hits = full_text.search(member.review_id, words)
        capped = hits.count() >= full_text.MOST_HITS
        rows = rows.filter(pk__in=hits.values("pk"))
    after = number(request.GET.get("after", ""))
    rows = rows.filter(pk__gt=after) if after is not None else rows
    page = list(rows.select_related("dump")[: found.PAGE + 1])
    return {
        "rows": page[: found.PAGE],
        "next": page[found.PAGE - 1].pk if len(page) > found.PAGE else None,
        "total": total,
        "q": words,
        "capped": capped,
        "after": after,
    }


@require_safe
@access.member()
def work(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """One work: the composed view, each record with its raw lines, and the works related to it."""
    one = work_or_404(member, work_id)
    if one.empty:
        gone = get_object_or_404(Record.objects.filter(joinings__from_work=one).distinct()[:1])
        one = Work.objects.get(pk=gone.work_id)
    card = composing.card(one)
    noticed.on_cards(member, [card])
    context = {
        "card": card,
        "parts": composed_words.rows(card),
        "choices": composed_words.history(one),
        "decisions": access.decisions_shown_to(member)
        .filter(work=one)
        .select_related("member__user", "reason", "imported_from"),
        "related": found.related_works(one, [each.pk for each in card.records]),
        "stages": member.review.stages.order_by("pk"),
        "highlights": marks.highlights_of(member.review),
        "labels": marks.put_on(member, [one.pk]).get(one.pk, []),
        "many": bulk.of_work(member, one),
        "talks": disputes.talks(member, one),
        "interest": interests.of_work(member, one) if "decide" in access.may(member) else None,
        "reasons": member.review.reasons.filter(retired=False),
        "key": uuid4(),
        "most": discussing.MOST,
    }
    return access.page(request, member, "reviews/work.html", context, section="library")
