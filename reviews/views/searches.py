"""Searches: all of a review, one with what it brought and what is said of it, and the appendix written from them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from records import received, searching
from records.models import Event, Search
from reviews import access, appendix, appendix_files
from reviews.forms import NothingFound, SearchForm
from reviews.models import Member
from reviews.settling import InReviews

FILES = {"md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8"}
MOST_CHANGES = 100


@require_safe
@access.member()
def searches(request: HttpRequest, member: Member) -> HttpResponse:
    """Every search of the review with its numbers, and a form for one that found nothing."""
    return _show_all(request, member, NothingFound())


def _show_all(request: HttpRequest, member: Member, form: NothingFound, status: int = 200) -> HttpResponse:
    came = received.received(member.review.library)
    rows = Search.objects.filter(library=member.review_id).order_by("arm", "pk")
    listed = [(each, came[each.pk], appendix.reconciled(came[each.pk])) for each in rows]
    context = {"searches": listed, "form": form}
    return access.page(request, member, "reviews/searches.html", context, section="searches", status=status)


@require_POST
@access.member("import")
def nothing(request: HttpRequest, member: Member) -> HttpResponse:
    """Name a search that found nothing."""
    form = NothingFound(request.POST)
    if not form.is_valid():
        return _show_all(request, member, form, status=400)
    search = searching.found_nothing(by=member.user, library=member.review.library, **form.said())
    messages.success(request, _("Named. It counts with 0 records."))
    return redirect("reviews:search", member.review_id, search.pk)


def _search_or_404(member: Member, search_id: int) -> Search:
    rows = Search.objects.select_related("by", "listed_by", "taken_back_from")
    return get_object_or_404(rows, library=member.review_id, pk=search_id)


@require_safe
@access.member()
def search(request: HttpRequest, member: Member, search_id: int) -> HttpResponse:
    """One search: what is said of it, what it brought, and every change."""
    one = _search_or_404(member, search_id)
    return _show(request, member, one, SearchForm(search=one))


def _show(request: HttpRequest, member: Member, one: Search, form: SearchForm, status: int = 200) -> HttpResponse:
    came = received.received(member.review.library)[one.pk]
    context = {
        "search": one,
        "came": came,
        "reconciled": appendix.reconciled(came),
        "form": form,
        "strategy_rows": min(24, max(3, one.strategy.count("\n") + 2)),
        "dumps": one.dumps.order_by("pk"),
        "changes": [_told(event) for event in received.changes(one)[:MOST_CHANGES]],
    }
    return access.page(request, member, "reviews/search.html", context, section="searches", status=status)


def _told(event: Event) -> dict[str, Any]:
    """An event of a search with what changed in words: (name, before, after)."""
    labels = {name: field.label for name, field in SearchForm.base_fields.items()}
    changed = event.detail.get("changes", {})
    return {"event": event, "changes": [(labels.get(name, name), *pair) for name, pair in changed.items()]}


@require_POST
@access.member("import")
def change(request: HttpRequest, member: Member, search_id: int) -> HttpResponse:
    """Change what is said of a search."""
    one = _search_or_404(member, search_id)
    form = SearchForm(request.POST, search=one)
    if not form.is_valid():
        return _show(request, member, one, form, status=400)
    changed = searching.change(by=member.user, search=one, upstairs=InReviews(), **form.said())
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return redirect("reviews:search", member.review_id, one.pk)


@require_POST
@access.member("import")
def nothing_here(request: HttpRequest, member: Member, search_id: int) -> HttpResponse:
    """Say of a search that was named that it found nothing."""
    one = _search_or_404(member, search_id)
    searching.change(by=member.user, search=one, hits_reported=0)
    messages.success(request, _("Noted: nothing found."))
    return redirect("reviews:search", member.review_id, one.pk)


@require_safe
@access.member()
def appendix_page(request: HttpRequest, member: Member) -> HttpResponse:
    """The search appendix in the items of PRISMA-S, to be read, printed or downloaded."""
    context = {"items": appendix.written(appendix.gather(member))}
    return access.page(request, member, "reviews/appendix.html", context, section="searches")


@require_safe
@access.member()
def appendix_file(request: HttpRequest, member: Member, file_format: str) -> HttpResponse:
    """The same as a file."""
    if file_format not in FILES:
        raise Http404
    items = appendix.written(appendix.gather(member))
    if file_format == "md":
        today = date_format(timezone.localdate(), "j F Y")
        heading = _("Search appendix, in the items of PRISMA-S (Rethlefsen et al. 2021). Written on %s.") % today
        text = appendix_files.markdown(member.review.title, heading, items)
    else:
        text = appendix_files.table(items)
    response = HttpResponse(text, content_type=FILES[file_format])
    name = f"winnow-{member.review_id}-searches-{timezone.localdate():%Y-%m-%d}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
