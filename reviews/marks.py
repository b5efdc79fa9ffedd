"""Questions about highlight lists and labels; of others' labels nothing is fetched while a stage is blinded."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from records.prepared import Given, GivenMany, Prepared
from reviews import access
from reviews.highlights import TermList, terms_of
from reviews.marking import folded
from reviews.models import HighlightList, Label, Labelling, Member, Review

HIGHLIGHTS = Prepared(
    lambda: HighlightList.objects.filter(review=Given("review"), on=True).values_list(
        "name", "style", "terms", "whole_words"
    )
)


def highlights_of(review: Review) -> tuple[TermList, ...]:
    """The lists that are switched on, in order; one query."""
    return tuple(_list(*row) for row in HIGHLIGHTS.rows(review=review.pk))


@lru_cache(maxsize=256)
def _list(name: str, style: int, terms: str, whole_words: bool) -> TermList:
    """A list as it is stored: the same one each time, since a press asks for it and a list may have hundreds of terms."""
    return TermList(name, style, terms_of(terms), bool(whole_words))


def labels_shown_to(member: Member) -> QuerySet[Label]:
    """The labels whose existence is open: those of the settings and those the member used; all in use once unblinded.

    `own` is how the member wrote it, None where the member did not use it.
    """
    return _labels(member.review_id, member.pk, access.sees_everything(member))


def _labels(review: Any, member: Any, everything: bool) -> QuerySet[Label]:
    used = Labelling.objects.filter(label=OuterRef("pk"))
    own = used.filter(member=member)
    labels = Label.objects.filter(Q(shared=True) | Q(Exists(used if everything else own)), review=review)
    return labels.annotate(own=Subquery(own.order_by("-pk").values("spelling")[:1]))


LABELS = {each: Prepared(partial(_labels, Given("review"), Given("member"), each)) for each in (True, False)}
PUT_ON = Prepared(
    lambda: Labelling.objects.filter(
        review=Given("review"), member=Given("member"), record__work__among=GivenMany("works")
    ).values_list("record__work", "label")
)


def name_for(member: Member, label: Label) -> str:
    """What a label is called to this member: one made in the dark is called as the member wrote it."""
    own: str | None = getattr(label, "own", None)
    return label.name if label.shared or access.sees_everything(member) or own is None else own


def label_named(member: Member, name: str) -> Label | None:
    """The label of a name, if the member sees that there is one."""
    return labels_shown_to(member).filter(folded=folded(name)).first()


@dataclass(frozen=True, slots=True)
class Tag:
    """A label as a page shows it; `on` where the member put it on the work."""

    name: str
    style: int
    retired: bool = False
    on: bool = False


def tags(member: Member) -> list[tuple[int, Tag]]:
    """The labels that the member may use or sees, by their key; one query."""
    rows = LABELS[access.sees_everything(member)].all(review=member.review_id, member=member.pk)
    return [(each.pk, Tag(name_for(member, each), each.style, each.retired)) for each in rows]


def tags_on(member: Member, works: Iterable[int]) -> dict[int, list[Tag]]:
    """For the cards of some works: every label on offer, and whether this member put it there; two queries."""
    known, works = tags(member), list(works)
    on = set(PUT_ON.rows(review=member.review_id, member=member.pk, works=works))
    return {
        work: [
            Tag(tag.name, tag.style, tag.retired, (work, pk) in on)
            for pk, tag in known
            if not tag.retired or (work, pk) in on
        ]
        for work in works
    }


@dataclass(frozen=True, slots=True)
class Put:
    """A label on a work, and who put it there (nobody is named while a stage is blinded)."""

    name: str
    style: int
    by: list[str]


def put_on(member: Member, works: Sequence[int]) -> dict[int, list[Put]]:
    """The labels on some works that the member may see; one query."""
    everything = access.sees_everything(member)
    rows = access.labellings_shown_to(member).filter(record__work__in=works)
    found: dict[int, dict[int, Put]] = defaultdict(dict)
    for row in rows.select_related("label", "record", "member__user").order_by("label__folded", "pk"):
        name = row.label.name if row.label.shared or everything else row.spelling
        put = found[row.record.work_id].setdefault(row.label_id, Put(name, row.label.style, []))
        who = str(row.member)
        if everything and who not in put.by:
            put.by.append(who)
    return {work: list(puts.values()) for work, puts in found.items()}
