"""Export: any list with the decisions that this member may see, in any format that Winnow writes."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from records.writers import WRITERS
from reviews import access, exporting, lists
from reviews.models import Member


@require_safe
@access.member()
def export(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose a list and a format, then get the file; says whose decisions are in it. `?list=` chooses beforehand."""
    chosen = _exportable(request.GET.get("list", ""), member)
    suffix = request.GET.get("format", "")
    if chosen and suffix in WRITERS:
        return redirect("reviews:export-file", member.review_id, chosen.name, suffix)
    named = [lists.LISTS[name] for name in lists.EXPORTABLE]
    if chosen and chosen.name not in lists.EXPORTABLE:
        named.insert(0, chosen)
    context = {
        "offered": [(each, lists.rows_of(each, member).count()) for each in named],
        "chosen": chosen or named[0],
        "writers": WRITERS,
        "all": access.sees_all(member),
    }
    return access.page(request, member, "reviews/export.html", context, section="export")


@require_safe
@access.member()
def download(request: HttpRequest, member: Member, list_name: str, file_format: str) -> HttpResponse:
    """The file itself, streamed."""
    each = _exportable(list_name, member)
    if each is None or file_format not in WRITERS:
        raise Http404
    pieces = exporting.export(member=member, named=each, suffix=file_format)
    response = StreamingHttpResponse(pieces, content_type=WRITERS[file_format].MEDIA_TYPE)
    name = f"winnow-{member.review_id}-{list_name}-{timezone.now():%Y-%m-%d}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _exportable(name: str, member: Member) -> lists.NamedList | None:
    """The list of this name, where it is made of records, works or reports."""
    each = lists.named(name, member)
    return None if each is None or each.of == "rejected" else each
