"""Forms of highlight lists and labels. What a form does not name is ignored."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms import key_of_a_row
from reviews.marking import MOST_NAME, MOST_TERMS
from reviews.models import HighlightList, Style


class LabelForm(forms.Form):
    """A card, and the label that is put `on` it or taken `off`."""

    work = key_of_a_row()
    revision = forms.IntegerField(min_value=1)
    on = forms.CharField(required=False, max_length=MOST_NAME)
    off = forms.CharField(required=False, max_length=MOST_NAME)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("on")) == bool(data.get("off")):
            raise forms.ValidationError("one label at a time")
        return data


class ListForm(forms.Form):
    """A highlight list."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("These words"), choices=HighlightList.Kind.choices, initial="include")
    style = forms.TypedChoiceField(label=_("Line"), choices=Style.choices, coerce=int)
    terms = forms.CharField(
        label=_("Words"),
        max_length=MOST_TERMS,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "One word or phrase a line. A star at the end takes every ending: support* finds supporters too. Case and "
            "accents do not matter. Chinese and Japanese words are found anywhere in a text."
        ),
    )
    whole_words = forms.BooleanField(label=_("Whole words only"), required=False, initial=True)
    on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)


class LabelSettings(forms.Form):
    """A label's new name and style."""

    name = forms.CharField(max_length=MOST_NAME)
    style = forms.TypedChoiceField(choices=Style.choices, coerce=int)
    retired = forms.BooleanField(required=False)
