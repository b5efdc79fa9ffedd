"""Export: any list with the decisions that this member may see, as CSV or RIS."""

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reviews import access, exporting, lists
from reviews.models import Member


@require_safe
@access.member()
def export(request: HttpRequest, member: Member) -> HttpResponse:
    """What can be exported, and in which formats; says whose decisions are in it."""
    offered = [(lists.LISTS[name], lists.rows_of(lists.LISTS[name], member).count()) for name in lists.EXPORTABLE]
    context = {"offered": offered, "formats": exporting.FORMATS, "all": access.sees_all(member)}
    return access.page(request, member, "reviews/export.html", context, section="export")


@require_safe
@access.member()
def download(request: HttpRequest, member: Member, list_name: str, file_format: str) -> HttpResponse:
    """The file itself, streamed."""
    each = lists.named(list_name, member)
    if each is None or each.of == "rejected" or file_format not in exporting.FORMATS:
        raise Http404
    chunks = exporting.export(member=member, named=each, file_format=file_format)
    response = StreamingHttpResponse(chunks, content_type=exporting.FORMATS[file_format].content_type)
    name = f"winnow-{member.review_id}-{list_name}-{timezone.now():%Y-%m-%d}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
