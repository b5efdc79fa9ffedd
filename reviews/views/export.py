"""Export: any list with the decisions that this member may see, in any format that Winnow writes."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from records.writers import WRITERS
from reviews import access, exporting, filter_words, filters, lists
from reviews.models import Member

FILTERED = "filtered"  # the list that an address's filters make
MOST_QUERY = 8000  # characters


@require_safe
@access.member()
def export(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose a list and a format, then get the file; says whose decisions are in it. `?list=` chooses beforehand."""
    query = request.GET.get("query", "")
    chosen = _exportable(request.GET.get("list", ""), member, query)
    suffix = request.GET.get("format", "")
    if chosen and suffix in WRITERS:
        file = redirect("reviews:export-file", member.review_id, chosen.name, suffix)
        if chosen.name == FILTERED:
            file["Location"] += "?" + urlencode({"query": query})
        return file
    named = [lists.LISTS[name] for name in lists.EXPORTABLE]
    if chosen and chosen.name not in lists.EXPORTABLE:
        named.insert(0, chosen)
    context = {
        "offered": [(each, lists.rows_of(each, member).count()) for each in named],
        "chosen": chosen or named[0],
        "query": query,
        "writers": WRITERS,
        "all": access.sees_all(member),
    }
    return access.page(request, member, "reviews/export.html", context, section="export")


@require_safe
@access.member()
def download(request: HttpRequest, member: Member, list_name: str, file_format: str) -> HttpResponse:
    """The file itself, streamed."""
    each = _exportable(list_name, member, request.GET.get("query", ""))
    if each is None or file_format not in WRITERS:
        raise Http404
    pieces = exporting.export(member=member, named=each, suffix=file_format)
    response = StreamingHttpResponse(pieces, content_type=WRITERS[file_format].MEDIA_TYPE)
    name = f"winnow-{member.review_id}-{list_name}-{timezone.now():%Y-%m-%d}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _exportable(name: str, member: Member, query: str) -> lists.NamedList | None:
    """The list of this name, where it is made of records, works or reports; or the works that `query` filters."""
    if name == FILTERED:
        wanted = filters.wanted(member, query[:MOST_QUERY])
        words = _("Works with these filters: %s") % filter_words.words(member, wanted)
        return lists.filtered(FILTERED, words, lambda member: filters.chosen(member, wanted))
    each = lists.named(name, member)
    return None if each is None or each.of == "rejected" else each
