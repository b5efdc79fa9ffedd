"""Large files in pieces: a script makes an upload, sends its pieces, and asks how far it is after a broken line.

Answers are short lines of text; the number stands in the header Upload-Offset, the new upload's address in Location.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from records import uploads
from records.models import Upload
from reviews import access
from reviews.models import Member
from reviews.views import number

OFFSET = "Upload-Offset"


def _said(text: str, status: int, **headers: object) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)


@require_POST
@access.member("import")
def begin(request: HttpRequest, member: Member) -> HttpResponse:
    """Room for a file of this name and size."""
    size = number(request.POST.get("size", ""))
    name = request.POST.get("name", "").replace("\\", "/").rpartition("/")[2].replace("\0", "")[:300]
    if not size or not name:
        return _said(_("A file has a name and a size."), 400)
    try:
        upload = uploads.begin(by=member.user, library=member.review.library, name=name, size=size)
    except uploads.TooLarge:
        most = filesizeformat(settings.MAX_DUMP_BYTES)
        return _said(_("%(name)s is larger than this site takes (%(most)s).") % {"name": name, "most": most}, 413)
    except uploads.TooMany:
        return _said(_("You have too many uploads under way. Import those that are ready first."), 429)
    place = reverse("reviews:upload", args=[member.review_id, upload.pk])
    return _said(str(upload.pk), 201, Location=place, **{OFFSET: "0"})


@require_http_methods(["GET", "HEAD", "POST"])
@access.member("import")
def piece(request: HttpRequest, member: Member, upload_id: UUID) -> HttpResponse:
    """How far an upload is, or the next piece of it. Nobody but who began it sees it."""
    upload = get_object_or_404(Upload, library=member.review_id, by=member.user, pk=upload_id)
    if request.method != "POST":
        return _said("", 200, **{OFFSET: str(upload.received), "Upload-Length": str(upload.size)})
    offset = number(request.headers.get(OFFSET, ""))
    if offset is None:
        return _said(_("A piece says where it belongs."), 400)
    try:
        received = uploads.append(upload, offset, request.read(uploads.PIECE_BYTES + 1))
    except uploads.WrongOffset as fault:
        return _said(_("This piece does not come next."), 409, **{OFFSET: str(fault.received)})
    except uploads.TooLarge:
        return _said(_("The piece is larger than it may be."), 413)
    except FileNotFoundError:
        upload.delete()
        return _said(_("This upload is no longer there."), 404)
    return _said("", 200, **{OFFSET: str(received)})
