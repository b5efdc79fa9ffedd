"""What every answer of a signed-in person carries: it is private and is not kept by the browser.

A blinded review must not be readable from the back button of a shared computer.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def private_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `Cache-Control: no-store` for signed-in people; `Vary: HX-Request`, since a view may answer a part."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        return response

    return respond
