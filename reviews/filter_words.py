"""The library's filters in words: the fields of their form with what can be chosen, and what is chosen as removable chips.

What one member may choose tells nothing of what others said: labels and outcomes go by `access`, as the filters do.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import engine
from records.models import Dump, Nature, Search
from reviews import access, marks
from reviews.filters import Params, Wanted, wanted
from reviews.models import ExclusionReason, HighlightList, Member, StageName, State, Verdict

Choices = list[tuple[str, str]]
OPENED_FIRST = ("search", "since", "until", "own", "label", "abstract")  # the rest stands below them

NAMES = {
    "q": gettext_lazy("words"),
    "title": gettext_lazy("title"),
    "author": gettext_lazy("author"),
    "in_abstract": gettext_lazy("in the abstract"),
    "journal": gettext_lazy("journal"),
    "keyword": gettext_lazy("keyword"),
    "search": gettext_lazy("search"),
    "database": gettext_lazy("source"),
    "dump": gettext_lazy("dump"),
    "since": gettext_lazy("from year"),
    "until": gettext_lazy("to year"),
    "language": gettext_lazy("language"),
    "type": gettext_lazy("publication type"),
    "outcome": gettext_lazy("outcome"),
    "own": gettext_lazy("my answer on title and abstract"),
    "own_full": gettext_lazy("my answer on the full text"),
    "reason": gettext_lazy("exclusion reason"),
    "criteria": gettext_lazy("decided under criteria version"),
    "note": gettext_lazy("my note"),
    "label": gettext_lazy("label"),
    "highlight": gettext_lazy("words of the highlight list"),
    "abstract": gettext_lazy("abstract"),
    "ids": gettext_lazy("identifiers"),
    "joined": gettext_lazy("joined from several records"),
    "related": gettext_lazy("has related works"),
    "noticed": gettext_lazy("retracted or corrected"),
}
NONE = gettext_lazy("none stated")
ORDERED = {
    "rank": gettext_lazy("as in the queue"),
    "year": gettext_lazy("newest year first"),
    "oldest": gettext_lazy("oldest year first"),
    "title": gettext_lazy("by title"),
    "newest": gettext_lazy("last come in first"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One filter in the form. `kind`: "text", "year", "one" (any or one of the choices), or "several" (boxes)."""

    name: str
    kind: str
    choices: Choices = field(default_factory=list)
    values: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its name."""
        return str(NAMES[self.name])

    @property
    def value(self) -> str:
        """The first value; "" for none."""
        return self.values[0] if self.values else ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A value of a filter in words, and the address of the list without it."""

    words: str
    without: str


YES_NO = [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
OWN = [(v.value, v.label) for v in Verdict] + [
    ("none", gettext_lazy("not yet decided")),
    ("later", gettext_lazy("put off")),
]
ABSTRACT = [("none", gettext_lazy("none")), ("truncated", gettext_lazy("cut off")), ("some", gettext_lazy("some"))]
IDS = [("doi", gettext_lazy("has a DOI")), ("no-doi", gettext_lazy("no DOI")), ("pmid", gettext_lazy("has a PubMed number")),
       ("no-pmid", gettext_lazy("no PubMed number")), ("none", gettext_lazy("neither"))]  # fmt: skip


def choices(member: Member) -> dict[str, Choices]:
    """What can be chosen in each filter that has choices; as many questions however large the library is."""
    review = member.review_id
    searches = list(
        Search.objects.filter(library=review, taken_back_from=None).order_by("pk").values_list("pk", "source", "date")
    )
    versions = range(1, member.review.criteria_version + 1)
    found: dict[str, list] = {
        "search": [(pk, f"{source}, {date}" if date else source) for pk, source, date in searches],
        "database": [(source, source) for source in dict.fromkeys(source for _pk, source, _date in searches)],
        "dump": list(
            Dump.objects.filter(library=review, undone_at=None, same_as=None).order_by("pk").values_list("pk", "name")
        ),
        "language": [(each or "none", each or NONE) for each in engine.distinct("records_record", "language", review)],
        "type": [(each or "none", each or NONE) for each in engine.distinct("records_record", "type", review)],
        "outcome": [
            (f"{stage.value}:{state.value}", f"{stage.label}: {state.label}")
            for stage in StageName
            if access.sees_totals(member, stage)
            for state in State
        ],
        "own": OWN,
        "own_full": OWN,
        "reason": [
            *ExclusionReason.objects.filter(review=review, merged_into=None)
            .order_by("order")
            .values_list("pk", "text"),
            ("none", _("no reason given")),
        ],
        "criteria": [(number, number) for number in versions],
        "note": YES_NO,
        "label": [*((pk, tag.name) for pk, tag in marks.tags(member)), ("none", _("without any label"))],
        "highlight": list(HighlightList.objects.filter(review=review).values_list("pk", "name")),
        "abstract": ABSTRACT,
        "ids": IDS,
        "joined": YES_NO,
        "related": YES_NO,
        "noticed": [("noticed", _("any notice")), *((each.value, each.label) for each in Nature)],
    }
    return {name: [(str(value), str(words)) for value, words in rows] for name, rows in found.items()}


ONE = ("joined", "related", "note", "abstract")


def fields(member: Member, asked: Wanted, offered: dict[str, Choices]) -> list[Field]:
    """The form's fields in order; what has nothing to choose from is not there. Only who decides has answers of their own."""
    rows = []
    decides = "screened" in access.may(member)
    for name in NAMES:
        if name == "q" or (name in ("own", "own_full", "note", "reason", "criteria") and not decides):
            continue
        kind = (
            "year"
            if name in ("since", "until")
            else "text"
            if name not in offered
            else "one"
            if name in ONE
            else "several"
        )
        if kind in ("text", "year") or offered[name]:
            rows.append(Field(name, kind, offered.get(name, []), asked.of(name)))
    return rows


def chips(asked: Wanted, offered: dict[str, Choices]) -> list[Chip]:
    """What is chosen, value by value."""
    return [
        Chip(_chip(name, value, offered), asked.without(name, value))
        for name, values in asked.values
        for value in values
    ]


def _chip(name: str, value: str, offered: dict[str, Choices]) -> str:
    """A value without words, such as a label that the member does not see, is shown as it stands in the address."""
    said = dict(offered.get(name, [])).get(value, value)
    return f"{NAMES[name]}: {said}"


def words(member: Member, params: Params | Wanted) -> str:
    """The filters of an address as one line of words."""
    asked = params if isinstance(params, Wanted) else wanted(member, params)
    return "; ".join(chip.words for chip in chips(asked, choices(member)))
