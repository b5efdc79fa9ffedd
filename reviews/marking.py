"""The verbs of what helps a reader: highlight lists, labels, and putting a label on a work. None of them decides anything.

As in `reviews.actions`: the acting member is in the signature, each verb is one transaction and writes its own event.
"""

import unicodedata
import zlib
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from records.history import remember
from records.models import Work
from reviews.actions import CardChanged, locked, on_card
from reviews.models import HighlightList, Label, Labelling, Member, Review

MOST_LISTS = 12
MOST_TERMS = 5000  # characters of a list
MOST_LABELS = 200
MOST_NAME = 60  # characters of a label
STYLES = 6
FIELDS = ("name", "kind", "style", "terms", "whole_words", "on")

# Offered, never filled in: words that nobody asked for are clutter. The terms are English, as most abstracts are.
PRESETS: dict[str, tuple[Any, str, int, tuple[str, ...]]] = {
    "qualitative": (_("Qualitative"), "include", 1, (
        "qualitative", "interview*", "focus group*", "thematic analysis", "grounded theory", "ethnograph*", "phenomenolog*",
        "narrative*", "lived experience*", "perceptions", "views")),
    "trial": (_("Randomised trial"), "include", 1, (
        "randomised", "randomized", "randomly", "RCT*", "controlled trial*", "placebo", "double blind", "double-blind",
        "intervention group*", "control group*")),
    "mixed": (_("Mixed methods"), "include", 4, ("mixed method*", "mixed-method*", "process evaluation*", "convergent design")),
    "secondary": (_("Reviews and protocols"), "exclude", 2, (
        "systematic review*", "scoping review*", "literature review*", "meta-analys*", "protocol*", "editorial", "commentary")),
    "animals": (_("Animals and cells"), "exclude", 2, (
        "mice", "mouse", "rat", "rats", "rodent*", "animal model*", "in vitro", "cell line*")),
}  # fmt: skip


class TooMany(Exception):
    """A review has room for so many lists or labels; nothing was stored."""


class NameMissing(Exception):
    """A list or a label needs a name."""


def _review(member: Member) -> Review:
    """The review's row under lock: places in an order and names are handed out one by one."""
    return Review.objects.select_for_update(no_key=True).get(pk=member.review_id)


def _remember(member: Member, verb: str, subject: str = "", **detail: Any) -> None:
    remember(library_id=member.review_id, by=member.user, verb=verb, subject=subject, **detail)


# Highlight lists


@transaction.atomic
def add_list(*, member: Member, **fields: Any) -> HighlightList:
    """A new list at the end of the order. Raises TooMany."""
    review = _review(member)
    orders = list(review.highlight_lists.values_list("order", flat=True))
    if len(orders) >= MOST_LISTS:
        raise TooMany
    new = HighlightList.objects.create(review=review, order=max(orders, default=0) + 1, **fields)
    _remember(member, "added a highlight list", f"highlight list {new.pk}", **_said(new))
    return new


def add_preset(*, member: Member, key: str) -> HighlightList:
    """One of the lists that are offered. Raises KeyError, TooMany."""
    name, kind, style, terms = PRESETS[key]
    style = free_style(HighlightList.objects.filter(review=member.review_id).values_list("style", flat=True), style)
    return add_list(member=member, name=str(name), kind=kind, style=style, terms="\n".join(terms))


def free_style(taken: Iterable[int], first: int = 1) -> int:
    """A style that no list has yet, `first` if it can be; when all are taken they begin anew."""
    had = set(taken)
    return next((style for style in (first, *range(1, STYLES + 1)) if style not in had), first)


@transaction.atomic
def change_list(*, member: Member, each: HighlightList, **fields: Any) -> HighlightList:
    """Change a list's name, kind, style, terms, or switch it off."""
    before = _said(each)
    for name, value in fields.items():
        setattr(each, name, value)
    each.save(update_fields=list(fields))
    _remember(member, "changed a highlight list", f"highlight list {each.pk}", before=before, **_said(each))
    return each


@transaction.atomic
def move_list(*, member: Member, each: HighlightList, by: int) -> None:
    """Move a list up (-1) or down (1) in the order."""
    rows = list(_review(member).highlight_lists.all())
    at = next(n for n, row in enumerate(rows) if row.pk == each.pk)
    rows.insert(min(max(at + by, 0), len(rows) - 1), rows.pop(at))
    for n, row in enumerate(rows, 1):
        row.order = n
    HighlightList.objects.bulk_update(rows, ["order"])
    _remember(
        member, "moved a highlight list", f"highlight list {each.pk}", name=each.name, order=[row.pk for row in rows]
    )


@transaction.atomic
def delete_list(*, member: Member, each: HighlightList) -> None:
    """Take a list away; the history keeps what stood in it."""
    said, subject = _said(each), f"highlight list {each.pk}"
    each.delete()
    _remember(member, "deleted a highlight list", subject, **said)


def _said(each: HighlightList) -> dict[str, Any]:
    return {name: getattr(each, name) for name in FIELDS}


# Labels


def tidy(name: str) -> str:
    """A label's name with single spaces, cut to its length."""
    return " ".join(name.split())[:MOST_NAME].strip()


def folded(name: str) -> str:
    """What makes a label's name the same as another one."""
    return unicodedata.normalize("NFKC", tidy(name)).casefold()


def style_of(name: str) -> int:
    """A style by the name alone: one by count would tell how many labels others made."""
    return zlib.crc32(folded(name).encode()) % STYLES + 1


def _named(member: Member, name: str, *, shared: bool) -> Label:
    """The label of a name, made where there is none. Raises NameMissing, TooMany."""
    name, key = tidy(name), folded(name)
    if not key:
        raise NameMissing
    review = _review(member)
    if there := review.labels.filter(folded=key).first():
        return there
    # What others made in the dark does not count against this member: the refusal would tell of it.
    if review.labels.filter(shared=True).count() >= MOST_LABELS or _own_kinds(member) >= MOST_LABELS:
        raise TooMany
    return Label.objects.create(review=review, name=name, folded=key, style=style_of(name), shared=shared)


def _own_kinds(member: Member) -> int:
    return Labelling.objects.filter(member=member).order_by().values("label").distinct().count()


@transaction.atomic
def add_label(*, member: Member, name: str) -> Label:
    """A label for everybody, made in the settings. Raises NameMissing, TooMany."""
    label = _named(member, name, shared=True)
    label.name, label.shared, label.retired = tidy(name), True, False
    label.save(update_fields=["name", "shared", "retired"])
    _remember(member, "added a label", name=label.name)
    return label


@transaction.atomic
def change_label(*, member: Member, label: Label, name: str, style: int, retired: bool) -> Label:
    """Rename, restyle, retire or bring back. A name that another label has makes the two one. From now on all see it."""
    review = _review(member)
    name = tidy(name) or label.name
    other = review.labels.filter(folded=folded(name)).exclude(pk=label.pk).first()
    before = label.name if label.shared else ""  # how somebody else wrote it in the dark is told to nobody
    joined = bool(other and other.shared)
    if other:
        _merge(label, other)
        label = other
    label.name, label.folded, label.style, label.retired, label.shared = name, folded(name), style, retired, True
    label.save(update_fields=["name", "folded", "style", "retired", "shared"])
    detail: dict[str, Any] = {"before": before, "style": style, "retired": retired, "joined": joined}
    _remember(member, "changed a label", name=label.name, **detail)
    return label


def _merge(gone: Label, kept: Label) -> None:
    """Whatever carries the one label carries the other."""
    rows = Labelling.objects.filter(label=gone)
    there = set(Labelling.objects.filter(label=kept).values_list("record", "member"))
    twice = [row.pk for row in rows if (row.record_id, row.member_id) in there]
    rows.filter(pk__in=twice).delete()
    rows.update(label=kept)
    gone.delete()


def _as_shown(member: Member, work_id: int, revision: int, stage: str) -> Work:
    if stage:
        return on_card(member, stage, work_id, revision)
    work = locked(member, work_id)
    if work.revision != revision:
        raise CardChanged
    return work


@transaction.atomic
def put_label(*, member: Member, work_id: int, revision: int, name: str, stage: str = "") -> Label:
    """Put a label on a work; a name nobody used makes one. Raises Work.DoesNotExist, CardChanged, NameMissing, TooMany.

    With the `stage` of a card it is refused as a decision there would be.
    """
    label = _named(member, name, shared=False)
    work = _as_shown(member, work_id, revision, stage)
    own = Labelling.objects.filter(review=member.review_id, member=member, label=label)
    if not own.filter(record__work=work).exists():
        Labelling.objects.create(
            review_id=member.review_id, label=label, record_id=work.lead_id, member=member, spelling=tidy(name)
        )
        _remember(member, "put a label on a work", f"work {work.pk}", label=label.pk)
    return label


@transaction.atomic
def take_label_off(*, member: Member, work_id: int, revision: int, name: str, stage: str = "") -> None:
    """Take the member's own label off a work, whichever of its records carries it. Raises as `put_label`."""
    work = _as_shown(member, work_id, revision, stage)
    own = Labelling.objects.filter(review=member.review_id, member=member, record__work=work)
    gone = list(own.filter(label__folded=folded(name)))
    if gone:
        Labelling.objects.filter(pk__in=[row.pk for row in gone]).delete()
        _remember(member, "took a label off a work", f"work {work.pk}", label=gone[0].label_id)
