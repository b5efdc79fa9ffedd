"""Known items: references that the searches must find; which were found, by which searches, and where they were lost."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from records import known
from records.models import KnownItem, Search
from reviews import access, fates
from reviews.forms import KnownItemsForm
from reviews.models import Member


@dataclass(frozen=True, slots=True)
class Row:
    """One known item with the searches that found it and where its works stand."""

    matched: known.Matched
    searches: list[Search]
    fates: list[fates.Fate]
    perhaps: list[fates.Fate]


@dataclass(frozen=True, slots=True)
class Recall:
    """How many of the known items one search found."""

    search: Search
    found: int
    percent: int


@require_safe
@access.member()
def known_items(request: HttpRequest, member: Member) -> HttpResponse:
    """The list with what was found, and the relative recall of every search."""
    return _show(request, member, KnownItemsForm())


def _show(request: HttpRequest, member: Member, form: KnownItemsForm, status: int = 200) -> HttpResponse:
    rows = known.matched(member.review.library)
    wanted = {work for row in rows for work in (*row.works, *row.perhaps)}
    where = fates.fates(member, wanted)
    searches = Search.objects.filter(library=member.review_id).order_by("pk").in_bulk()
    shown = [
        Row(
            row,
            [searches[pk] for pk in sorted(row.searches)],
            [where[pk] for pk in row.works if pk in where],
            [where[pk] for pk in row.perhaps if pk in where],
        )
        for row in rows
    ]
    found = [row for row in rows if row.works]
    used = [search for search in searches.values() if not search.aside]
    counts = [(search, sum(search.pk in row.searches for row in rows)) for search in used]
    context = {
        "form": form,
        "rows": sorted(shown, key=lambda row: bool(row.matched.works)),  # what was lost first
        "found": len(found),
        "percent": _percent(len(found), len(rows)),
        "recalls": [Recall(search, n, _percent(n, len(rows))) for search, n in counts],
        "most": known.MOST,
        "own_only": not access.sees_totals(member),
    }
    return access.page(request, member, "reviews/known_items.html", context, section="searches", status=status)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


@require_POST
@access.member("import")
def add(request: HttpRequest, member: Member) -> HttpResponse:
    """Take pasted references as known items."""
    form = KnownItemsForm(request.POST)
    if not form.is_valid():
        return _show(request, member, form, status=400)
    added = known.add(by=member.user, library=member.review.library, text=form.cleaned_data["text"])
    if not added.any:
        form.add_error("text", _("No reference was found in this text. Paste titles, DOIs or PubMed numbers."))
        return _show(request, member, form, status=400)
    told = ngettext("%d known item added.", "%d known items added.", added.new) % added.new
    if added.there:
        told += " " + ngettext("%d was there already.", "%d were there already.", added.there) % added.there
    if added.over:
        told += " " + _("%(over)d were left out: a review has at most %(most)d.") % {
            "over": added.over, "most": known.MOST,
        }  # fmt: skip
    messages.success(request, told)
    return redirect("reviews:known-items", member.review_id)


@require_POST
@access.member("import")
def remove(request: HttpRequest, member: Member, item_id: int) -> HttpResponse:
    """Take one known item off the list."""
    item = get_object_or_404(KnownItem, library=member.review_id, pk=item_id)
    known.remove(by=member.user, items=[item])
    messages.success(request, _("Taken off the list."))
    return redirect("reviews:known-items", member.review_id)
