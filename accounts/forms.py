"""Forms of accounts: what a person types, in plain words, ready for password managers. Errors say what to do."""

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, ResetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCode
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import User

PASSWORD_HELP = _("At least 10 characters. Three or four words that do not belong together work well.")
BAD_EMAIL = {
    "required": _("Type an e-mail address."),
    "invalid": _("Type an e-mail address like name@example.org."),
}


def email_field(label: str = _("E-mail address"), autocomplete: str = "email", **more: object) -> forms.EmailField:
    """An address; capitals make no difference."""
    box = forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false", "autocapitalize": "none"})
    return forms.EmailField(label=label, max_length=254, widget=box, error_messages=BAD_EMAIL, **more)


def password_field(label: str, autocomplete: str, missing: str, **more: object) -> forms.CharField:
    """A password, exactly as typed: spaces count, pasting works."""
    box = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, widget=box, strip=False, max_length=500, error_messages={"required": missing}, **more
    )


def new_password(label: str = _("Password")) -> forms.CharField:
    """A password to be chosen."""
    return password_field(label, "new-password", _("Choose a password."), help_text=PASSWORD_HELP)


def current_password(label: str = _("Password")) -> forms.CharField:
    """The password a person has."""
    return password_field(label, "current-password", _("Type your password."))


def name_field(help_text: str) -> forms.CharField:
    """What others call a person."""
    return forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name.")},
    )


def code_field(label: str, help_text: str) -> forms.CharField:
    """A one-time code; phones offer it by themselves."""
    box = forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"})
    missing = {"required": _("Type the code.")}
    return forms.CharField(label=label, widget=box, max_length=20, help_text=help_text, error_messages=missing)


class SignIn(LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = email_field(autocomplete="username")
        self.fields["password"] = current_password()

    def clean_login(self) -> str:
        return self.cleaned_data["login"].lower()


class NewAccount(forms.Form):
    """What an account needs. With an invitation bound to an address, `fixed_email` is that address."""

    email = email_field(help_text=_("You sign in with it. Nothing is sent there unless you ask for it."))
    name = name_field(_("As your team knows you."))
    password = new_password()

    def __init__(self, *args: object, fixed_email: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if fixed_email:
            self.fields["email"].disabled = True  # what the browser sends instead is not looked at
            self.fields["email"].initial = fixed_email
            self.fields["email"].help_text = _("The invitation is for this address.")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        about = User(email=data.get("email", ""), name=data.get("name", ""))
        _check_new_password(self, "password", about)
        return data


class ChoosePassword(forms.Form):
    """A new password by a reset link."""

    password = new_password(_("New password"))

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, object]:
        _check_new_password(self, "password", self.user)
        return self.cleaned_data


class ChangePassword(ChangePasswordForm):
    """The current password and a new one."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["oldpassword"] = current_password(_("Current password"))
        self.fields["password1"] = new_password(_("New password"))

    def clean(self) -> dict[str, object]:
        data = super().clean()
        _check_new_password(self, "password1", self.user)
        return data


class ChangeName(forms.Form):
    """What others call you."""

    name = name_field(_("Your team sees it beside what you do."))


class ChangeEmail(ReauthenticateForm):
    """Another address to sign in with; asks for the password, because whoever has the address has the account."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"email": email_field(_("New e-mail address")), "password": current_password()}

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class Reauthenticate(ReauthenticateForm):
    """The password once more, before something that guards the account changes."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = current_password()


class AskForLink(ResetPasswordForm):
    """Where to send the link."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = email_field(autocomplete="username")

    def clean_email(self) -> str:
        return super().clean_email().lower()


class CodeToSignIn(AuthenticateForm):
    """The second step of signing in."""

    code = code_field(_("Code"), _("Six digits from your app, or one of your recovery codes."))


class CodeOnceMore(ReauthenticateByCode):
    """A code before something that guards the account changes."""

    code = code_field(_("Code"), _("Six digits from your app, or one of your recovery codes."))


class FirstCode(ActivateTOTPForm):
    """The first code proves that the app has the key."""

    code = code_field(_("Code from your app"), _("Six digits; the app shows new ones every 30 seconds."))


def _check_new_password(form: forms.Form, name: str, user: User | None) -> None:
    """Hold the password against the site's rules; what is wrong stands at its field."""
    if value := form.cleaned_data.get(name):
        try:
            validate_password(value, user)
        except forms.ValidationError as error:
            form.add_error(name, error)
