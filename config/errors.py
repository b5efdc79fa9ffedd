"""Errors in plain words: what happened, and what to do now. No detail of the machine is shown."""

import logging
import uuid
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFilesSent
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

logger = logging.getLogger("winnow")


def page(request: HttpRequest, status: int, title: str, text: str, **more: object) -> HttpResponse:
    """An error as a page, or as a part where htmx asked (htmx swaps every answer, so it must be a proper fragment)."""
    context = {"title": title, "text": text, "status": status, "back": _back(request, status), **more}
    part = "#part" if getattr(request, "htmx", False) else ""
    return render(request, "error.html" + part, context, status=status)


def _back(request: HttpRequest, status: int) -> str:
    """Where the one next step leads: to the page of ours the person came from; home when that is closed or not there."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    path = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    ours = came_from.netloc == request.META.get("HTTP_HOST") and url_has_allowed_host_and_scheme(
        path, allowed_hosts=None
    )
    return path if ours and status not in (403, 404) else "/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where the browser sent more than the site takes in one form."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(
            request, _("That is more text than one form takes. Save it as a file and drop the file instead.")
        )
    if isinstance(exception, TooManyFilesSent):
        return too_large(request, _("Those are more files than one form takes. Drop at most a hundred at a time."))
    if isinstance(exception, DisallowedHost):
        name = _("Winnow does not answer to the name in this address. Its operator can add the name to ALLOWED_HOSTS.")
        return page(request, 400, _("Not under this name"), name)
    return page(request, 400, _("That did not make sense to us"), _("Something in the form was missing or not valid."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("Your role in this review does not include this. The review's owner can change roles on the team page.")
    return page(request, 403, _("Not for your role"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = _("There is no such page, or you are not a member of the review it belongs to.")
    return page(request, 404, _("Nothing here"), text)


def changed(request: HttpRequest, text: str = "") -> HttpResponse:
    """409: what the person looked at is no longer what is stored."""
    text = text or _("Somebody changed this meanwhile. Nothing was stored; look again and repeat if needed.")
    return page(request, 409, _("This changed while you looked at it"), text)


def too_large(request: HttpRequest, text: str = "") -> HttpResponse:
    text = text or _("The upload is larger than this site allows. Split the file, or ask the site's operator.")
    return page(request, 413, _("Too large"), text)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: allauth's rate limits call this one."""
    text = _("That was too often in a short time. Wait a few minutes and try again; nothing is lost.")
    return page(request, 429, _("Too many tries"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("This page was open for too long, or you signed in again elsewhere. Reload it and repeat the last step.")
    return page(request, 403, _("The page has expired"), text, back=_back(request, 400))


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with a number that stands in the log too; the page uses neither session nor database."""
    number = uuid.uuid4().hex[:8]
    logger.error("error %s on %s", number, request.path)
    text = _("The fault is ours. What you had saved is safe. Tell the site's operator this number: %s") % number
    page = render_to_string("error_plain.html", {"title": _("Something broke"), "text": text, "status": 500})
    return HttpResponse(page, status=500)


def healthz(request: HttpRequest) -> HttpResponse:
    """For health checks: the web server answers and the database too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
