"""Signing in, and the two ways to a new password: a link by mail, where mail works, and a link somebody hands over."""

from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions, links
from accounts.forms import ChoosePassword
from accounts.queries import nobody_yet


def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password; before there is anybody, the way to the first account."""
    return redirect("accounts:first-run") if nobody_yet() else allauth.login(request)


def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; without mail the page says whom to ask."""
    if settings.MAIL_WORKS:
        return allauth.password_reset(request)
    return render(request, "account/password_reset.html", {"by_mail": False})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password by a link; the link works once and for an hour. Two-step sign-in stays on."""
    if limited := ratelimit.consume_or_429(request, action="reset_password_from_key"):
        return limited
    person = links.person_behind(token)
    if person is None:
        return render(request, "account/reset_spent.html", status=404)
    form = ChoosePassword(request.POST or None, user=person)
    if request.method == "POST" and form.is_valid():
        actions.set_password(user=person, password=form.cleaned_data["password"])
        get_adapter()._delete_login_attempts_cached_email(request, email=person.email)
        logout(request)
        messages.success(request, _("Your new password is set. Sign in with it."))
        return redirect("account_login")
    return render(request, "account/reset.html", {"form": form, "person": person})
