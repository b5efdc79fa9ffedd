"""The own account: name, e-mail address, password and two-step sign-in, each changed on a page of its own."""

from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.access import signed_in
from accounts.forms import ChangeEmail, ChangeName


@require_safe
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """What Winnow knows of me, with a way to change each of it."""
    return render(request, "account/account.html", {"two_step": is_mfa_enabled(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def name(request: HttpRequest) -> HttpResponse:
    """Change what others call me."""
    form = ChangeName(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        actions.change_name(user=request.user, name=form.cleaned_data["name"])
        messages.success(request, _("Your name is changed."))
        return redirect("accounts:account")
    return render(request, "account/name.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@never_cache
@sensitive_post_parameters("password")
def email(request: HttpRequest) -> HttpResponse:
    """Change the address I sign in with."""
    if limited := ratelimit.consume_or_429(request, action="manage_email"):
        return limited
    form = ChangeEmail(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_email(user=request.user, email=form.cleaned_data["email"])
        except actions.EmailTaken:
            form.add_error("email", _("This address belongs to another account. Type a different one."))
        else:
            messages.success(request, _("Your e-mail address is changed. Sign in with it from now on."))
            return redirect("accounts:account")
    return render(request, "account/email.html", {"form": form})


def no_password(request: HttpRequest) -> HttpResponse:
    """An account without a password gets one by a link only."""
    return redirect("account_reset_password")
