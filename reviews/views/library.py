"""The library as lists behind numbers, with a search, and one work with its records, texts and links."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from records import composing, engine
from records import queries as found
from records.models import Record, Work
from reviews import access, composed_words, lists, marks
from reviews.models import Member
from reviews.views import number, work_or_404


@require_safe
@access.member()
def library(request: HttpRequest, member: Member) -> HttpResponse:
    """A named list, its filter in words and in the address; `q` searches titles, abstracts and authors."""
    name, words = request.GET.get("list", "works"), request.GET.get("q", "").strip()[:200]
    each = lists.named(name, member)
    if each is None:
        raise Http404
    rows = lists.rows_of(each, member)
    total = rows.count()
    capped = False
    if words and each.of != "rejected":
        hits = engine.search(member.review_id, words)
        capped = hits.count() >= engine.MOST_HITS
        rows = rows.filter(pk__in=hits.values("pk") if each.of == "records" else hits.values("work"))
    after = number(request.GET.get("after", ""))
    order = "rank" if each.of == "works" else "pk"
    if after is not None:
        rows = rows.filter(**{f"{order}__gt": after})
    rows = rows.select_related("lead") if each.of == "works" else rows.select_related("dump")
    page = list(rows[: found.PAGE + 1])
    context = {
        "named": each,
        "rows": page[: found.PAGE],
        "next": getattr(page[found.PAGE - 1], order) if len(page) > found.PAGE else None,
        "total": total,
        "q": words,
        "capped": capped,
        "after": after,
    }
    return access.page(request, member, "reviews/library.html", context, section="library")


@require_safe
@access.member()
def work(request: HttpRequest, member: Member, work_id: int) -> HttpResponse:
    """One work: the composed view, each record with its raw lines, and the works related to it."""
    one = work_or_404(member, work_id)
    if one.empty:
        gone = get_object_or_404(Record.objects.filter(joinings__from_work=one).distinct()[:1])
        one = Work.objects.get(pk=gone.work_id)
    card = composing.card(one)
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
    }
    return access.page(request, member, "reviews/work.html", context, section="library")
