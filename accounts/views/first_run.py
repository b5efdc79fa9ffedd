"""The first run: the first account is made on a page, as long as there is none."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.forms import NewAccount
from accounts.queries import nobody_yet


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the account that manages this site; once there is one, this page is gone."""
    if not nobody_yet():
        raise Http404
    form = NewAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.first_account(**form.cleaned_data)
        except actions.NotTheFirst as error:
            raise Http404 from error
        login(request, user)
        messages.success(request, _("Your account is ready. Set up your first review now."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "account/first_run.html", {"form": form})
