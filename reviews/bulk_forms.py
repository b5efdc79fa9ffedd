"""The form of a decision on many works, and of its taking place."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import Bulk, ExclusionReason, Member, StageName


class BulkForm(forms.Form):
    """What to decide, and how the works were chosen."""

    stage = forms.ChoiceField(label=_("Stage"), choices=StageName.choices)
    verdict = forms.ChoiceField(label=_("Decision"), choices=[("exclude", _("Exclude")), ("include", _("Include"))])
    reason = forms.ModelChoiceField(
        ExclusionReason.objects.none(), label=_("Reason"), required=False, empty_label=_("no reason")
    )
    how = forms.ChoiceField(
        label=_("How were they chosen?"),
        choices=Bulk.How.choices,
        widget=forms.RadioSelect,
        help_text=_("The flow counts them by it, so say what is true."),
    )
    tool = forms.CharField(
        label=_("The tool’s name and version"), max_length=300, required=False, help_text=_("Where a tool chose them.")
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, prefix="bulk", **kwargs)
        self.fields["reason"].queryset = ExclusionReason.objects.filter(
            review=member.review_id, retired=False, merged_into=None
        )

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("verdict") == "include" and data.get("reason"):
            self.add_error("reason", _("Only an exclusion has a reason."))
        if data.get("verdict") == "exclude" and data.get("stage") == StageName.FULL_TEXT and not data.get("reason"):
            self.add_error("reason", _("At full text an exclusion needs one reason."))
        if data.get("how") == Bulk.How.TOOL and not (data.get("tool") or "").strip():
            self.add_error("tool", _("Say which tool and which version chose them."))
        return data
