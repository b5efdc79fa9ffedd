"""Retracted and corrected publications: upload a list, see which works it is about, take it back."""

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config import errors
from records import notice_lists, retractions
from records.models import Nature, NoticeList
from reviews import access, noticed
from reviews.forms import NoticesForm
from reviews.models import Member

SHOWN = 200  # works on the page; the list of all is in the library


@require_safe
@access.member()
def retractions_page(request: HttpRequest, member: Member) -> HttpResponse:
    """The works with a notice, and the lists."""
    return _show(request, member, NoticesForm(), 200)


@require_POST
@access.member("import")
def add(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a list in."""
    form = NoticesForm(request.POST, request.FILES)
    if any(file.size > notice_lists.MOST_BYTES for file in request.FILES.values()):
        return errors.too_large(request)
    if not form.is_valid():
        return _show(request, member, form, 400)
    file = form.cleaned_data["file"]
    try:
        notice_lists.receive(by=member.user, library=member.review.library, name=file.name, content=file)
    except notice_lists.Known:
        form.add_error("file", _("This list is here already."))
        return _show(request, member, form, 400)
    messages.success(request, _("The list is being read. Every work is looked up in it, also those that come later."))
    return redirect("reviews:retractions", member.review_id)


def _show(request: HttpRequest, member: Member, form: NoticesForm, status: int) -> HttpResponse:
    found = retractions.of_library(member.review_id)
    rows = noticed.works_with("noticed")(member).select_related("lead").order_by("rank")
    works = list(rows[: SHOWN + 1])
    context = {
        "form": form,
        "lists": list(NoticeList.objects.filter(library=member.review_id).select_related("by").order_by("-at")),
        "works": [(work, retractions.in_words(found[work.pk])) for work in works[:SHOWN]],
        "more": len(works) > SHOWN,
        "state": noticed.beside_flow(member),
        "counts": _counts(found, member),
    }
    return access.page(request, member, "reviews/retractions.html", context, section="searches", status=status)


def _counts(found: dict[int, list[str]], member: Member) -> list[tuple[str, str, int]]:
    """For each kind of notice the name of its list, its words and its length."""
    there = set(noticed.works_with("noticed")(member).values_list("pk", flat=True))
    held = Counter(nature for work, natures in found.items() if work in there for nature in natures)
    return [(nature, words, held[nature]) for nature, words in retractions.in_words(Nature.values)]


@require_POST
@access.member("import")
def take_back(request: HttpRequest, member: Member, list_id: int) -> HttpResponse:
    """Take a list back with all its notices."""
    listed = get_object_or_404(NoticeList, library=member.review_id, pk=list_id)
    try:
        notice_lists.take_back(by=member.user, listed=listed)
        messages.success(request, _("The list is taken back. Upload it again to have it count again."))
    except notice_lists.NotRead:
        messages.warning(request, _("This list is being read, or was taken back already."))
    return redirect("reviews:retractions", member.review_id)
