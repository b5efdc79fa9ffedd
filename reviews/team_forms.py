"""The forms of the team: invitations, one member, deadlines, who reads what, own names, an interest in a work."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Search
from reviews.allocation import Wish
from reviews.forms import day, long_text
from reviews.models import Experience, Label, Member, Role, Stage

MOST_ADDRESSES = 20  # at once
MOST_SHARE = 1000
PAST = _("This day is over.")


class Addresses(forms.CharField):
    """E-mail addresses, one a line or with commas or spaces between; none twice."""

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        text = super().clean(value)
        found = list(dict.fromkeys(each.casefold() for each in re.split(r"[\s,;]+", text) if each))
        for each in found:
            validate_email(each)
        if len(found) > MOST_ADDRESSES:
            raise forms.ValidationError(_("At most %d addresses at once.") % MOST_ADDRESSES)
        return found


class Invite(forms.Form):
    """A link for one person, or one each for several."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REVIEWER)
    email = Addresses(
        label=_("E-mail addresses"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Optional; one a line. A link made for an address works for this address only."),
    )
    until = day(_("Guest until"))
    succeeds = forms.ModelChoiceField(
        Member.objects.none(),
        label=_("Takes the place of"),
        required=False,
        help_text=_(
            "Gets that member's share and the works given to them that are not decided on; that member then leaves."
        ),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Member.objects.filter(review=member.review_id, successors=None).select_related("user")
        self.fields["succeeds"].queryset = rows.order_by("joined_at", "pk")  # type: ignore[attr-defined]
        self.fields["until"].help_text = _("Optional. The link then gives access to the end of this day.")

    def clean_until(self) -> Any:
        return _not_over(self.cleaned_data["until"])

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("succeeds") and len(data.get("email") or []) > 1:
            self.add_error("succeeds", _("Only one person can take a member's place."))
        return data


def _not_over(until: Any) -> Any:
    if until is not None and until < timezone.localdate():
        raise forms.ValidationError(PAST)
    return until


class ChangeMember(forms.Form):
    """One act on a member: another role, removal, coming back, a guest's last day, a successor, handing over."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, required=False)
    remove = forms.BooleanField(required=False)
    back = forms.BooleanField(required=False)
    guest = forms.BooleanField(required=False)
    until = day(_("Guest until"))
    by = forms.ModelChoiceField(Member.objects.none(), required=False)
    to = forms.ModelChoiceField(Member.objects.none(), required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Member.objects.filter(review=member.review_id, removed_at=None).select_related("user")
        for name in ("by", "to"):
            self.fields[name].queryset = others  # type: ignore[attr-defined]

    def clean_until(self) -> Any:
        return _not_over(self.cleaned_data["until"])


class Deadlines(forms.Form):
    """The last day of each stage, and who may know how far everybody is."""

    progress_open = forms.BooleanField(
        label=_("Everybody sees on how many works each member has decided"),
        required=False,
        help_text=_(
            "Numbers only, never what was decided. While a stage is blinded this tells how far each is, and from one look to the "
            "next that somebody decided. Otherwise everybody sees the own numbers only, until the unblinding."
        ),
    )

    def __init__(self, *args: Any, stages: Iterable[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stage in stages:
            label = _("Last day of %(stage)s") % {"stage": stage.get_name_display()}
            self.fields[f"due_{stage.name}"] = day(label)
            self.initial[f"due_{stage.name}"] = stage.due
        self.order_fields([*(name for name in self.fields if name != "progress_open"), "progress_open"])

    @property
    def due(self) -> dict[str, Any]:
        return {name.removeprefix("due_"): v for name, v in self.cleaned_data.items() if name.startswith("due_")}


class Allocating(forms.Form):
    """Who reads what at a stage: how it is given out, each member's share and experience, who is named for what."""

    how = forms.ChoiceField(
        label=_("Who reads what"),
        choices=[
            ("shared", _("Everybody takes the next work")),
            ("shares", _("Works are given out by shares")),
            ("source", _("Works are given out by source")),
            ("label", _("Works are given out by label")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        members: list[Member],
        searches: list[Search],
        labels: list[tuple[Label, str]],
        wish: Wish,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.members, self.searches, self.labels = members, searches, labels
        self.initial["how"] = wish.how
        for each in members:
            said = {"name": str(each)}
            share = forms.IntegerField(min_value=0, max_value=MOST_SHARE, initial=each.share, required=False)
            share.widget.attrs["aria-label"] = _("Share of %(name)s") % said
            kind = forms.ChoiceField(choices=Experience.choices, initial=each.experience, required=False)
            kind.widget.attrs["aria-label"] = _("Experience of %(name)s") % said
            self.fields[f"share_{each.pk}"], self.fields[f"experience_{each.pk}"] = share, kind
        who = [(str(each.pk), str(each)) for each in members]
        for how, rows in (("source", [row.pk for row in searches]), ("label", [label.pk for label, _name in labels])):
            for pk in rows:
                named = [str(key) for key in wish.groups.get(str(pk), [])] if wish.how == how else []
                self.fields[f"{how}_{pk}"] = forms.MultipleChoiceField(
                    choices=who, required=False, initial=named, widget=forms.CheckboxSelectMultiple
                )

    def people(self) -> list[tuple[Member, Any, Any]]:
        """Each member with the two fields."""
        return [(each, self[f"share_{each.pk}"], self[f"experience_{each.pk}"]) for each in self.members]

    def by_source(self) -> list[tuple[Search, Any]]:
        return [(each, self[f"source_{each.pk}"]) for each in self.searches]

    def by_label(self) -> list[tuple[str, Any]]:
        return [(name, self[f"label_{each.pk}"]) for each, name in self.labels]

    def clean(self) -> dict:
        data = super().clean() or {}
        shares = [data.get(f"share_{each.pk}") for each in self.members]
        if data.get("how", "shared") != "shared" and self.members and not any(share != 0 for share in shares):
            raise forms.ValidationError(_("Somebody needs a share that is more than 0."))
        return data

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        how = data["how"]
        shares = {each.pk: data[f"share_{each.pk}"] for each in self.members}
        return Wish(
            how,
            {key: share for key, share in shares.items() if share is not None},
            {each.pk: data[f"experience_{each.pk}"] for each in self.members},
            {
                name.removeprefix(f"{how}_"): sorted(int(key) for key in chosen)
                for name, chosen in data.items()
                if name.startswith(f"{how}_") and chosen
            },
        )


class OwnNames(forms.Form):
    """The names under which a member publishes."""

    names = long_text(
        _("Names under which you publish"),
        3,
        _(
            "One a line, family name first: “Otte, Ina”. Initials and accents are seen to; add other spellings, earlier names and other "
            "scripts, for example “王伟”."
        ),
        4000,
    )


class DeclareInterest(forms.Form):
    """Why a member should not decide on a work."""

    why = forms.CharField(label=_("Why"), required=False, max_length=1000)
