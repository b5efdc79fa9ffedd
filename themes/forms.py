"""The forms of the top floor: shapes only. Views look every id up inside the member's own review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from themes.models import Theme

NAME = 200
LEVELS = Theme._meta.get_field("level").choices or []


class SpanForm(forms.Form):
    """Chosen words and the code given to them: one there is, or the name of a new one."""

    text = forms.UUIDField()
    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)
    quote = forms.CharField(strip=False, max_length=200_000)
    code = forms.UUIDField(required=False)
    name = forms.CharField(required=False, max_length=NAME)


class ChosenForm(forms.Form):
    """The words chosen in an address: `?start=12&end=40`."""

    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=1)


class CodeForm(forms.Form):
    """A code's name and what it means."""

    name = forms.CharField(label=_("Name of the code"), max_length=NAME)
    definition = forms.CharField(label=_("What it means"), required=False, max_length=5000)


class ThemeForm(forms.Form):
    """A theme: a short name, a sentence, a level."""

    name = forms.CharField(label=_("Name of the theme"), max_length=NAME)
    statement = forms.CharField(label=_("The theme in a sentence"), required=False, max_length=5000)
    level = forms.ChoiceField(
        label=_("Level"),
        choices=LEVELS,
        required=False,
        initial="descriptive",
        help_text=_("Descriptive: close to what the texts say. Analytical: what it amounts to."),
    )

    def clean_level(self) -> str:
        return self.cleaned_data["level"] or "descriptive"


class PutForm(forms.Form):
    """Codes to put into a theme (`code`, any number), or one to take out of it (`take`)."""

    take = forms.UUIDField(required=False)
    rationale = forms.CharField(required=False, max_length=5000)

    def clean(self) -> dict:
        data: dict[str, Any] = super().clean() or {}
        sent = self.data.getlist("code")  # type: ignore[attr-defined]
        data["codes"] = {forms.UUIDField().clean(each) for each in sent}
        return data
