"""The forms of calibration: a sample drawn at random, works chosen by their numbers, and whether a round counts."""

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.calibration import LARGEST_SEED, MOST
from reviews.models import Member, SavedView

USUAL = 50  # works of a round, until somebody says otherwise
NUMBER = re.compile(r"(?:/works/|^)(\d{1,18})(?=/|$)")
COUNTS = [
    ("yes", _("They are the members’ decisions on these works, which nobody screens again.")),
    ("no", _("They are for practice: when the round is closed they end, and its works are screened again with all others.")),
]  # fmt: skip


class Counting(forms.Form):
    """Whether a round's decisions are the members' own."""

    counts = forms.ChoiceField(
        label=_("What becomes of the decisions"), choices=COUNTS, initial="yes", widget=forms.RadioSelect
    )

    def clean_counts(self) -> bool:
        """As the verb takes it."""
        return self.cleaned_data["counts"] == "yes"


class Draw(Counting):
    """A sample drawn at random."""

    field_order = ["size", "seed", "counts"]
    prefix = "draw"
    size = forms.IntegerField(label=_("Works"), min_value=1, max_value=MOST, initial=USUAL)
    seed = forms.IntegerField(
        label=_("Seed of the draw"),
        required=False,
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=_(
            "Empty: Winnow takes one. It is kept and shown; the same seed draws the same works from this library."
        ),
    )


class Choose(Counting):
    """Works that somebody chose."""

    field_order = ["works", "view", "counts"]
    prefix = "choose"
    works = forms.CharField(
        label=_("Numbers or addresses of works"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line, in the order in which they are read. The number stands at the end of a work’s address."
        ),
    )

    view = forms.ChoiceField(
        label=_("Or all works of a kept view"),
        required=False,
        help_text=_("As far as nobody has decided on them."),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = SavedView.objects.filter(Q(shared=True) | Q(member=member), review=member.review_id).order_by(
            "name", "pk"
        )
        self.views = {str(each.pk): each for each in kept}
        choices: list[tuple[str, Any]] = [("", _("none")), *((key, each.name) for key, each in self.views.items())]
        self.fields["view"].choices = choices  # type: ignore[attr-defined]

    def clean_view(self) -> SavedView | None:
        """The view itself."""
        return self.views.get(self.cleaned_data["view"])

    def clean_works(self) -> list[int]:
        """The numbers, each once, in their order."""
        found: dict[int, None] = {}
        for word in self.cleaned_data["works"].replace(",", " ").split():
            match = NUMBER.search(word)
            if match is None:
                raise forms.ValidationError(
                    _("“%(word)s” is no number or address of a work."), params={"word": word[:80]}
                )
            found[int(match[1])] = None
        return list(found)
