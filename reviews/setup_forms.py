"""The forms of setting up: the rule of a stage, criteria in a frame, the protocol, a review as a template."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms import day
from reviews.frames import Frame, Row, filled, from_lines

MOST_DECISIONS = 20  # a work
GOES_ON = [("include", _("the work goes on, as included")), ("conflict", _("a conflict, for somebody to settle"))]
BESIDE_EXCLUDE = [GOES_ON[1], ("include", _("the work goes on, as included"))]


class StageRule(forms.Form):
    """How decisions at a stage become an outcome."""

    needed = forms.IntegerField(label=_("Decisions a work needs"), min_value=1, max_value=MOST_DECISIONS)
    one_until_joined = forms.BooleanField(
        label=_("One decision is enough until a second person joins"),
        required=False,
        help_text=_(
            "Works decided once go on at once. When a second member may decide, they go back to awaiting a second decision."
        ),
    )
    maybe_counts_as = forms.ChoiceField(label=_("Include and maybe"), choices=GOES_ON)
    maybe_with_maybe = forms.ChoiceField(label=_("Nothing but maybe"), choices=GOES_ON)
    maybe_with_exclude = forms.ChoiceField(
        label=_("Exclude and maybe"),
        choices=BESIDE_EXCLUDE,
        help_text=_("An include beside an exclude is always a conflict, and a maybe never excludes a work."),
    )
    one_include_is_enough = forms.BooleanField(
        label=_("One include is enough; an exclusion needs all decisions"),
        required=False,
        help_text=_(
            "Liberal accelerated screening. Mind the blinding: a work that still waits for a decision was then excluded "
            "by whoever saw it first, so the queue itself tells. Say so in your methods text."
        ),
    )
    expert_with_novice = forms.BooleanField(
        label=_("One of a work's decisions comes from an expert"),
        required=False,
        help_text=_(
            "Who is an expert stands on the team page. A work waits until an expert decided on it, and its last open place is kept "
            "for one: with one decision a work, only experts are asked."
        ),
    )


class CriteriaInFrame(forms.Form):
    """The elements of a frame as rows to fill, one criterion a line; what fits none of them stands under `other`."""

    def __init__(self, *args: Any, frame: Frame, rows: Sequence[Row] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.frame = frame
        slots, other = filled(frame, rows)
        for n, slot in enumerate(slots):
            self.fields[f"element-{n}"] = _lines(slot.element, slot.hint, slot.text)
        self.fields["other"] = _lines(_("Other criteria"), _("One a line, for example “Language: any”."), other)

    def rows(self) -> list[Row]:
        """The criteria as (element, text), in the frame's order."""
        said = self.cleaned_data
        rows = [
            (element, line.strip())
            for n, (element, _hint) in enumerate(self.frame.elements)
            for line in said[f"element-{n}"].splitlines()
            if line.strip()
        ]
        return [*rows, *from_lines(said["other"])]


def _lines(label: Any, hint: Any, text: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": max(2, text.count("\n") + 1)})
    return forms.CharField(label=label, help_text=hint, initial=text, required=False, max_length=20_000, widget=area)


class Registration(forms.Form):
    """Where the protocol stands."""

    registered_in = forms.CharField(
        label=_("Register"), required=False, max_length=200, help_text=_("For example PROSPERO, OSF, or a journal.")
    )
    registered_as = forms.CharField(label=_("Registration number"), required=False, max_length=200)
    registered_link = forms.URLField(label=_("Link"), required=False, max_length=2000, assume_scheme="https")
    registered_on = day(_("Registered on"))


class Amended(forms.Form):
    """One dated change of the protocol."""

    on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    what = forms.CharField(label=_("What changed"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    why = forms.CharField(label=_("Why"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))


class Copied(forms.Form):
    """The title of a review that begins with this one's set-up."""

    title = forms.CharField(label=_("Title of the new review"), max_length=500)
