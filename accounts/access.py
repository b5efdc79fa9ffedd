"""Who may enter at all: people who are signed in, and the staff of the site. Roles in a review are `reviews.access`'."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Decorator: only people who are signed in. In mid-screening the answer is a part that says so, not a page in a card."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if getattr(request, "htmx", False):
            return render(request, "expired.html", {"next": request.htmx.current_url_abs_path or "/"}, status=401)
        return redirect_to_login(request.get_full_path())

    return guarded


def staff_only(view: View) -> View:
    """Decorator: people who manage the site; others see nothing there."""

    @signed_in
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
