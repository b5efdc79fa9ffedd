"""The forms of conflicts: a ruling with its note, what is said, and what is sent back."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.discussing import MOST
from reviews.disputes import MOST_ALIKE
from reviews.forms import DecisionForm, key_of_a_row
from reviews.models import ExclusionReason, Verdict

MARK = re.compile(r"[0-9]{1,18}-[0-9]{1,9}-[0-9]{1,18}", re.ASCII)


class RulingForm(DecisionForm):
    """A press on a conflict: no maybe, and a note that stands beside the ruling."""

    note = forms.CharField(required=False, max_length=20_000)

    def clean(self) -> dict:
        data = super().clean()
        if data.get("verdict") == Verdict.MAYBE:
            raise forms.ValidationError("verdict")
        return data


class TogetherForm(RulingForm):
    """The same by those who decided, who are named. `because` counts where they exclude."""

    agreed = forms.TypedMultipleChoiceField(coerce=int, required=True)
    because = forms.ModelChoiceField(ExclusionReason.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].queryset = self.fields["reason"].queryset
        members = self.data.getlist("agreed") if hasattr(self.data, "getlist") else []
        self.fields["agreed"].choices = [(each, each) for each in members if each.isdecimal() and len(each) <= 18]

    @property
    def act(self) -> dict:
        data = super().act
        because = data.pop("because")
        return {**data, "reason": because if data["verdict"] == Verdict.EXCLUDE else None}


class WorkForm(forms.Form):
    """Which conflict: put off."""

    work = key_of_a_row()


class SendBackForm(forms.Form):
    """Which conflict is looked at again, and why."""

    work = key_of_a_row()
    revision = forms.IntegerField(min_value=1)
    key = forms.UUIDField()
    why = forms.CharField(required=False, max_length=MOST)


class MessageForm(forms.Form):
    """Something said of a work."""

    key = forms.UUIDField()
    text = forms.CharField(label=_("Message"), max_length=MOST)


class AlikeForm(forms.Form):
    """Conflicts that are settled at once, by their marks; `one` is the button behind one of them."""

    key = forms.UUIDField()
    sure = forms.BooleanField(required=False)

    def clean(self) -> dict:
        data = super().clean() or {}
        one = self.data.get("one")
        marks = [one] if one else list(dict.fromkeys(self.data.getlist("mark")))
        if len(marks) > MOST_ALIKE or not all(MARK.fullmatch(mark) for mark in marks):
            raise forms.ValidationError("mark")
        return {**data, "marks": marks, "sure": bool(data.get("sure") or one)}
