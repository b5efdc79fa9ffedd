"""The living page of parts, for the staff of the site: every part in every state, light and dark. Design happens there."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from reviews import access
from reviews.models import State, Verdict


class Sample(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("A short text"), help_text=_("With a word of help."))
    text = forms.CharField(label=_("A long text"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    choice = forms.ChoiceField(label=_("A choice"), choices=[("a", _("One")), ("b", _("Another"))])
    tick = forms.BooleanField(label=_("Yes or no"), required=False, help_text=_("What yes means."))


@require_safe
@access.staff
def parts(request: HttpRequest) -> HttpResponse:
    """All parts with sample contents; holds nothing of any review."""
    context = {
        "form": Sample(),
        "bad_form": Sample({"text": "…", "choice": "a"}),
        "verdicts": Verdict.choices,
        "states": State.choices,
    }
    return render(request, "reviews/parts.html", context)
