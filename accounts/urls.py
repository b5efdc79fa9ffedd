"""The addresses of people: signing in, the own account, the first run, the staff's list.

The names without `accounts:` are those that allauth itself looks up; only what Winnow uses of it is wired here.
"""

from collections.abc import Callable

from allauth.account import views as allauth
from allauth.mfa.base import views as two_step
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views import account, first_run, sign_in, staff


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page with a form: it is looked at or sent, nothing else."""
    return require_http_methods(["GET", "HEAD", "POST"])(view)


of_allauth = [
    path("login/", page(sign_in.sign_in), name="account_login"),
    path("logout/", require_POST(allauth.logout), name="account_logout"),
    path("signup/", page(allauth.signup), name="account_signup"),
    path("inactive/", page(allauth.account_inactive), name="account_inactive"),
    path("password/", page(allauth.password_change), name="account_change_password"),
    path("password/none/", page(account.no_password), name="account_set_password"),
    path("password/reset/", page(sign_in.ask_for_link), name="account_reset_password"),
    path("password/reset/sent/", page(allauth.password_reset_done), name="account_reset_password_done"),
    path("again/", page(allauth.reauthenticate), name="account_reauthenticate"),
    path("two-step/", page(two_step.index), name="mfa_index"),
    path("two-step/code/", page(two_step.authenticate), name="mfa_authenticate"),
    path("two-step/again/", page(two_step.reauthenticate), name="mfa_reauthenticate"),
    path("two-step/on/", page(app.activate_totp), name="mfa_activate_totp"),
    path("two-step/off/", page(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("two-step/recovery-codes/", page(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("two-step/recovery-codes/new/", page(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("two-step/recovery-codes/file/", page(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
]
ours = [
    path("first-run/", first_run.first_run, name="first-run"),
    path("accounts/", account.account, name="account"),
    path("accounts/name/", account.name, name="name"),
    path("accounts/email/", account.email, name="email"),
    path("accounts/reset/<str:token>/", sign_in.reset, name="reset"),
    path("staff/", staff.staff, name="staff"),
    path("staff/people/<uuid:person>/reset-link/", staff.reset_link, name="reset-link"),
    path("staff/people/<uuid:person>/deactivate/", staff.deactivate, name="deactivate"),
    path("staff/people/<uuid:person>/reactivate/", staff.reactivate, name="reactivate"),
]
urlpatterns = [
    path("accounts/", include(of_allauth)),
    path("", include((ours, "accounts"))),
]
