"""The forms of the middle floor. A form looks every id up inside the member's own review; what it does not name is ignored."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from records.models import Arm, Kin, Search, SourceKind, Upload
from records.queries import PEOPLE
from reviews.frames import from_lines
from reviews.models import ExclusionReason, Member, Retrieval, Verdict

PASTE_CHARACTERS = 10_000_000
LARGEST_KEY = 2**63 - 1


def key_of_a_row() -> forms.IntegerField:
    """A number that can name a row; a larger one would be an error of the database."""
    return forms.IntegerField(min_value=1, max_value=LARGEST_KEY)


class NewReview(forms.Form):
    """The first two minutes: a title; the question may wait."""

    title = forms.CharField(label=_("Title of the review"), max_length=500)
    question = forms.CharField(
        label=_("Review question"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Optional; you can write it later."),
    )


class ReviewSettings(forms.Form):
    """What an owner may change at any time."""

    title = forms.CharField(label=_("Title of the review"), max_length=500)
    question = forms.CharField(
        label=_("Review question"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    owner_adjudicates = forms.BooleanField(
        label=_("Owners settle conflicts"),
        required=False,
        help_text=_("Owners then see both decisions of every work in conflict."),
    )
    adjudicate_own = forms.BooleanField(
        label=_("Who decided on a work may settle its conflict"),
        required=False,
        help_text=_("For small teams; say so in your methods text."),
    )
    names_in_conflict = forms.BooleanField(
        label=_("Who settles conflicts sees who said what"),
        required=False,
        help_text=_("Otherwise the decisions stand there as Reviewer A, Reviewer B and so on."),
    )
    ask_differing_reasons = forms.BooleanField(
        label=_("Exclusions for different reasons are a conflict"),
        required=False,
        help_text=_("Otherwise the reason that comes first in the protocol's order counts, and nobody is asked."),
    )
    hide_people = forms.BooleanField(
        label=_("Hide authors and journal while a stage is blinded"),
        required=False,
        help_text=_("On the cards of screening and of conflicts; a work's own page names them."),
    )
    grouped_kin = forms.MultipleChoiceField(
        label=_("Related works screened together"),
        required=False,
        choices=[*Kin.choices, (PEOPLE, _("works that people marked as related"))],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Once you decided on one, the others come next. Each keeps its own decision; none counts as a duplicate."
        ),
    )


class Reason(forms.Form):
    """A new exclusion reason, or a change of one."""

    text = forms.CharField(label=_("Reason"), max_length=300)
    retired = forms.BooleanField(label=_("No longer offered"), required=False)


class CriteriaText(forms.Form):
    """Criteria as lines `Element: text`; a line without a colon goes on with no element."""

    criteria = forms.CharField(
        label=_("Eligibility criteria"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line, for example “Sample: adults with lived experience”. Shown beside every abstract."),
    )

    def rows(self) -> list[tuple[str, str]]:
        """The lines as (element, text)."""
        return from_lines(self.cleaned_data["criteria"])


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; each is checked as one."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list:
        one = super().clean
        return [one(each, initial) for each in data] if isinstance(data, list | tuple) and data else []


class ImportForm(forms.Form):
    """Name the search, then drop files or paste text."""

    source = forms.CharField(
        label=_("Where did you search?"),
        max_length=300,
        help_text=_("For example “MEDLINE via Ovid”, “Scopus”, or “Reference lists of included studies”."),
    )
    kind = forms.ChoiceField(label=_("Kind of source"), choices=SourceKind.choices, initial=SourceKind.DATABASE)
    date = forms.DateField(
        label=_("Date of the search"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    platform = forms.CharField(label=_("Platform"), required=False, max_length=300)
    strategy = forms.CharField(
        label=_("Search strategy, word for word"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    hits_reported = forms.IntegerField(
        label=_("Hits that the source reported"), required=False, min_value=0, max_value=100_000_000
    )
    files = FilesField(label=_("Files"), required=False, allow_empty_file=True)
    uploads = forms.ModelMultipleChoiceField(
        Upload.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": _("One of the uploaded files is no longer there; choose it again."),
            "invalid_pk_value": _("One of the uploaded files is no longer there; choose it again."),
        },
    )
    text = forms.CharField(
        label=_("Or paste what you copied"),
        required=False,
        max_length=PASTE_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    listed = forms.ChoiceField(
        label=_("Papers that a page merely lists as related"),
        choices=[("take", _("Take them in as a group of their own")), ("aside", _("Keep them aside for now"))],
        initial="take",
        help_text=_("They count under other methods. You can change this later."),
        required=False,
    )
    preview = forms.BooleanField(
        label=_("Look at it before it is stored"),
        required=False,
        help_text=_("You see the first records, the encoding and the columns, and can change how it is read."),
    )

    def __init__(self, *args: Any, uploads: QuerySet | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].queryset = Upload.objects.none() if uploads is None else uploads

    @property
    def came(self) -> list[Upload]:
        """Large files that came in pieces and are named in this form; they are still there when the form is shown again."""
        named = self.data.getlist("uploads") if hasattr(self.data, "getlist") else []
        return [upload for upload in self.fields["uploads"].queryset if str(upload.pk) in named]

    def clean(self) -> dict:
        data = super().clean() or {}
        given = data.get("files") or data.get("uploads") or (data.get("text") or "").strip()
        if not given and "source" in data and "uploads" in data:
            raise forms.ValidationError(_("Choose at least one file, or paste some text."))
        return data


class DecisionForm(forms.Form):
    """One press on the screening page. A reason's button alone means: exclude because of it."""

    work = key_of_a_row()
    revision = forms.IntegerField(min_value=1)
    key = forms.UUIDField()
    verdict = forms.ChoiceField(choices=Verdict.choices, required=False)
    reason = forms.ModelChoiceField(ExclusionReason.objects.none(), required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = ExclusionReason.objects.filter(review=member.review_id, retired=False)

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("reason"):
            data["verdict"] = Verdict.EXCLUDE
        if not data.get("verdict"):
            raise forms.ValidationError("verdict")
        return data

    @property
    def act(self) -> dict:
        """Keyword arguments of `actions.decide` and `actions.adjudicate`."""
        data = {k: v for k, v in self.cleaned_data.items() if k != "work"}
        return {**data, "work_id": self.cleaned_data["work"]}


class CardForm(forms.Form):
    """Which card: for later and note."""

    work = key_of_a_row()
    revision = forms.IntegerField(min_value=1)
    text = forms.CharField(required=False, max_length=20_000)


class RetrievalForm(forms.Form):
    """What became of the search for a report."""

    report = key_of_a_row()
    retrieval = forms.ChoiceField(choices=Retrieval.choices)


PRESS = _(
    "Translation of the research question:\nBoolean and proximity operators:\nSubject headings:\n"
    "Text words:\nSpelling, syntax and line numbers:\nLimits and filters:"
)


def lines_as_sent(text: str) -> str:
    """Text word for word, with the line ends that every browser makes of its own taken back to LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def long_text(label: Any, rows: int, help_text: Any = "", most: int = 20_000) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=most, strip=False, widget=area, help_text=help_text)


class NothingFound(forms.Form):
    """A search that was run and brought nothing: it is named all the same."""

    source = forms.CharField(label=_("Where did you search?"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind of source"), choices=SourceKind.choices, initial=SourceKind.DATABASE)
    platform = forms.CharField(label=_("Platform"), required=False, max_length=300)
    date = day(_("Date of the search"))
    strategy = long_text(_("Search strategy, word for word"), 4, most=200_000)
    limits = long_text(
        _("Limits, one a line"),
        3,
        _(
            "Dates, languages, kinds of publication; “none” where there were none. Begin a line with “Filter:” for a "
            "published search filter, with “Adapted from:” for a strategy taken over from another review."
        ),
    )

    def said(self) -> dict[str, Any]:
        """What the verbs of `records.searching` take."""
        return {name: lines_as_sent(v) if isinstance(v, str) else v for name, v in self.cleaned_data.items()}


class SearchForm(NothingFound):
    """All that is said of a search."""

    arm = forms.ChoiceField(
        label=_("Column of the flow"), choices=[("", _("as the kind says")), *Arm.choices], required=False
    )
    round = forms.IntegerField(
        label=_("Round"), min_value=1, max_value=1000, initial=1, help_text=_("2 for the first update, and so on.")
    )
    hits_reported = forms.IntegerField(
        label=_("Hits that the source reported"), required=False, min_value=0, max_value=100_000_000
    )
    explained = long_text(_("Why other than that many records came"), 2)
    press_by = forms.CharField(label=_("Strategy peer-reviewed by"), required=False, max_length=300)
    press_on = day(_("Peer-reviewed on"))
    press_note = long_text(
        _("What the peer review said"), 7, _("By the six elements of PRESS 2015 (McGowan et al. 2016).")
    )

    def __init__(self, *args: Any, search: Search, **kwargs: Any) -> None:
        initial = {name: getattr(search, name) for name in self.base_fields}
        initial["arm"] = "" if search.arm == SourceKind(search.kind).arm else search.arm
        initial["press_note"] = search.press_note or str(PRESS)
        super().__init__(*args, initial=initial, **kwargs)
        self.search = search

    def said(self) -> dict[str, Any]:
        """As above; the checklist of PRESS left as it was offered says nothing, and other line ends are no change."""
        said = super().said()
        if said["press_note"].strip() == str(PRESS):
            said["press_note"] = ""
        for name, value in said.items():
            before = getattr(self.search, name)
            if isinstance(value, str) and isinstance(before, str) and value == lines_as_sent(before):
                said[name] = before
        return said


class KnownItemsForm(forms.Form):
    """References that the searches must find."""

    text = forms.CharField(
        label=_("References that must be found"),
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "One a line: a DOI, a PubMed number, a title or a whole reference. An export (RIS, BibTeX, …) can be pasted too."
        ),
    )


class AbstractForm(forms.Form):
    """An abstract that somebody found elsewhere."""

    text = forms.CharField(
        label=_("Abstract"), max_length=50_000, strip=False, widget=forms.Textarea(attrs={"rows": 5})
    )


class NoticesForm(forms.Form):
    """A list of retractions and corrections."""

    file = forms.FileField(
        label=_("List of retractions"),
        help_text=_(
            "A CSV file such as Retraction Watch’s, any table with a column “DOI” or “PMID”, or references (RIS, nbib) of notices or of retracted papers."
        ),
    )
