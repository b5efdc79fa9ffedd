"""The lists behind the numbers: every box of the flow and every count names one of these, and its list has that length.

A list is a name, words for it, and a queryset of works, records, dumps' rejected stretches or reports.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from records.intake import open_stretches
from records.models import Answer, Arm, Band, Match, Record, RejectedStretch, SourceKind, StretchState, Work
from reviews import access, noticed, removals
from reviews.models import Member, Outcome, Report, Retrieval, StageName, State


@dataclass(frozen=True, slots=True)
class NamedList:
    """What a number counts: `of` is "records", "works", "rejected" or "reports"."""

    name: str
    words: object
    of: str
    rows: Callable[[Member], QuerySet]


def _records(**conditions: object) -> Callable[[Member], QuerySet]:
    def rows(member: Member) -> QuerySet:
        return Record.objects.filter(library=member.review_id, search__aside=False, **conditions)

    return rows


def _stretches(state: str) -> Callable[[Member], QuerySet]:
    """Stretches that were mended, or removed, of imports that stand."""

    def rows(member: Member) -> QuerySet:
        return RejectedStretch.objects.filter(library=member.review_id, state=state, dump__undone_at=None)

    return rows


def _unread(arm: str) -> Callable[[Member], QuerySet]:
    """What one column's searches brought and nobody could read yet."""
    return lambda member: open_stretches(member.review_id).filter(dump__search__arm=arm)


def _left(member: Member) -> QuerySet:
    return Record.objects.filter(library=member.review_id, search__aside=False, search__arm=Arm.DATABASES)


def _held_by_previous() -> Exists:
    """Of a record: a previous review already held its work."""
    return Exists(Record.objects.filter(work=OuterRef("work"), search__arm=Arm.PREVIOUS, search__aside=False))


def _previous_again(member: Member) -> QuerySet:
    """Records of the databases' column whose work a previous review already held."""
    return _left(member).filter(_held_by_previous())


def _duplicates(member: Member) -> QuerySet:
    """Records that are not the one counted for their work: of each work the oldest record of the column counts."""
    older = _left(member).filter(work=OuterRef("work"), pk__lt=OuterRef("pk"))
    return _left(member).filter(Exists(older), ~_held_by_previous())


def _said_by_person() -> Q:
    """Of a record: it stands in its work because a person said so."""
    said = Match.objects.filter(
        Q(record_a=OuterRef("pk")) | Q(record_b=OuterRef("pk")), answer=Answer.SAME, record_a__work=F("record_b__work")
    ).exclude(band=Band.JOINED)
    moved = Record.objects.filter(joinings__undone_at=None, joinings__by__isnull=False)
    return Q(Exists(said)) | Q(pk__in=moved.values("pk"))


def _by_person(member: Member) -> QuerySet:
    return _duplicates(member).filter(_said_by_person())


def _by_rules(member: Member) -> QuerySet:
    return _duplicates(member).exclude(_said_by_person())


def _other_duplicates(member: Member) -> QuerySet:
    """Records of other methods that their work does not count in the right column: found again, or in both columns."""
    right = Record.objects.filter(library=member.review_id, search__aside=False, search__arm=Arm.OTHER)
    older = right.filter(work=OuterRef("work"), pk__lt=OuterRef("pk"))
    return right.filter(~Q(work__arm=Arm.OTHER) | Exists(older))


def _works(arm: str, stage: str = "", *states: str) -> Callable[[Member], QuerySet]:
    """Works of one column (or of all), optionally those in some states. A blinded member's states are the own decisions."""

    def rows(member: Member) -> QuerySet:
        works = Work.objects.filter(library=member.review_id, empty=False, aside=False)
        works = works.filter(arm=arm) if arm else works
        if not stage:
            return works
        if access.sees_totals(member, stage):
            found = Outcome.objects.filter(review=member.review_id, stage=stage, state__in=states, work=OuterRef("pk"))
            return works.filter(Exists(found))
        return _own(works, member, stage, states)

    return rows


# What a member's own verdict would amount to alone; a maybe goes on at title and abstract.
AS_STATE = {"include": State.INCLUDED, "exclude": State.EXCLUDED, "maybe": State.INCLUDED}


def _own(works: QuerySet, member: Member, stage: str, states: tuple[str, ...]) -> QuerySet:
    mine = access.decisions_shown_to(member).filter(stage=stage, work=OuterRef("pk"), member=member)
    wanted = [verdict for verdict, state in AS_STATE.items() if state in states]
    condition = Q(Exists(mine.filter(verdict__in=wanted)))
    if State.PENDING in states:
        condition |= Q(~Exists(mine))
    return works.filter(condition)


def _screened(arm: str, *at: str) -> Callable[[Member], QuerySet]:
    """The same without those that were removed before screening."""
    return lambda member: removals.left(member, _works(arm, *at)(member))


def _removed(arm: str, name: str) -> Callable[[Member], QuerySet]:
    """Those that were, by the line of the flow that `removals.LISTS` names."""
    return lambda member: removals.removed(name.removeprefix("removed-"))(member, _works(arm)(member))


def _without_abstract(member: Member) -> QuerySet:
    """Works of which no record in use states an abstract."""
    stating = Record.objects.filter(work=OuterRef("pk"), search__aside=False).exclude(abstract="")
    return _works("")(member).filter(~Exists(stating))


DECIDED = (State.INCLUDED, State.EXCLUDED, State.CONFLICT, State.AWAITING)


def _title_alone(member: Member) -> QuerySet:
    """Works without an abstract that were decided on; a blinded member's are those of own decisions."""
    decided = _works("", StageName.TITLE_ABSTRACT, *DECIDED)(member)
    return _without_abstract(member).filter(pk__in=decided.values("pk"))


def _title_to_decide(member: Member) -> QuerySet:
    return _without_abstract(member).exclude(pk__in=_title_alone(member).values("pk"))


def _reports(arm: str, *retrievals: str) -> Callable[[Member], QuerySet]:
    """Reports of works included at title and abstract, by retrieval; a blinded member's are those of own inclusions."""

    def rows(member: Member) -> QuerySet:
        sought = _works(arm, StageName.TITLE_ABSTRACT, State.INCLUDED)(member)
        if not access.sees_totals(member):
            return sought if Retrieval.AWAITED in retrievals else sought.none()
        reports = Report.objects.filter(review=member.review_id, work=OuterRef("pk"), retrieval__in=retrievals)
        return sought.filter(Exists(reports))

    return rows


def _assessed(arm: str, *states: str, reason: int | None = None) -> Callable[[Member], QuerySet]:
    """Works whose report was retrieved, by outcome at full text and by the reason that counts."""

    def rows(member: Member) -> QuerySet:
        assessed = _reports(arm, Retrieval.RETRIEVED)(member)
        if not access.sees_totals(member, StageName.FULL_TEXT):
            return _own_assessed(assessed, member, states, reason)
        found = Outcome.objects.filter(review=member.review_id, stage=StageName.FULL_TEXT, work=OuterRef("pk"))
        if reason is not None:
            found = found.filter(reason=reason or None)
        if State.PENDING in states:
            none = ~Exists(found)
            return assessed.filter(none | Exists(found.filter(state__in=states)))
        return assessed.filter(Exists(found.filter(state__in=states)))

    return rows


def _own_assessed(works: QuerySet, member: Member, states: tuple[str, ...], reason: int | None) -> QuerySet:
    mine = access.decisions_shown_to(member).filter(stage=StageName.FULL_TEXT, work=OuterRef("pk"), member=member)
    if reason is not None:
        counting = (
            Q(reason=reason, reason__merged_into=None) | Q(reason__merged_into=reason) if reason else Q(reason=None)
        )
        return works.filter(Exists(mine.filter(counting, verdict="exclude")))
    if State.PENDING in states:  # at full text a maybe is not yet an answer
        return works.exclude(Exists(mine.filter(verdict__in=["include", "exclude"])))
    wanted = "include" if State.INCLUDED in states else "exclude"
    return works.filter(Exists(mine.filter(verdict=wanted)))


def _included(member: Member) -> QuerySet:
    """Included reports of both columns."""
    both = [_assessed(arm, State.INCLUDED)(member).values("pk") for arm in ARMS]
    return Work.objects.filter(Q(pk__in=both[0]) | Q(pk__in=both[1]))


def _studies(member: Member) -> QuerySet:
    """Of each included study the first report; a report without a study is one of its own.

    Which reports belong together is said of everybody's inclusions, so a blinded member's are all studies of their own.
    """
    included = _included(member)
    if not access.sees_totals(member, StageName.FULL_TEXT):
        return included
    reports = Report.objects.filter(review=member.review_id, study__isnull=False)
    of_included = reports.filter(work__in=included.values("pk"))
    first = of_included.order_by().values("study").annotate(first=Min("work__rank")).values("first")
    return included.filter(Q(rank__in=first) | ~Q(pk__in=reports.values("work")))


def list_of_kind(arm: str, kind: str) -> str:
    """The name of the list with the records of one kind of source in one column."""
    usual = {(Arm.DATABASES, SourceKind.DATABASE): "databases", (Arm.DATABASES, SourceKind.REGISTER): "registers"}
    return usual.get((Arm(arm), SourceKind(kind)), f"kind-{arm}-{kind}")


def _under_criteria(version: int) -> Callable[[Member], QuerySet]:
    """Works with a decision made under one version of the criteria; a blinded member's are those of own decisions."""

    def rows(member: Member) -> QuerySet:
        made = access.decisions_shown_to(member).filter(criteria_version=version, work=OuterRef("pk"))
        return _works("")(member).filter(Exists(made))

    return rows


OPEN = (State.PENDING, State.AWAITING)
ARMS = {Arm.DATABASES: _("databases and registers"), Arm.OTHER: _("other methods")}


STATES = {
    State.INCLUDED: _("Included on title and abstract"),
    State.EXCLUDED: _("Excluded on title and abstract"),
    State.CONFLICT: _("In conflict on title and abstract"),
    State.AWAITING: _("Awaiting a second decision on title and abstract"),
    State.PENDING: _("Pending on title and abstract"),
}


def _by_state() -> list[NamedList]:
    """Behind the numbers of the overview, which knows no columns: the states of all works."""
    rows = ((state, words, _works("", StageName.TITLE_ABSTRACT, state)) for state, words in STATES.items())
    return [NamedList(f"abstract-{state}", words, "works", works) for state, words, works in rows]


def _both_columns() -> list[NamedList]:
    return [
        NamedList(f"{name}-{arm}", told % words, "works", rows)
        for arm, words in ARMS.items()
        for name, told, rows in _of_column(arm)
    ]


def _of_column(arm: str) -> list[tuple[str, Any, Callable[[Member], QuerySet]]]:
    """The lists behind one column's numbers: name without the column, words that take it, rows."""
    abstract = StageName.TITLE_ABSTRACT
    return [
        ("screened", _("Works to screen: %s"), _screened(arm)),
        ("excluded", _("Excluded on title and abstract: %s"), _screened(arm, abstract, State.EXCLUDED)),
        *((name, told, _removed(arm, name)) for name, told in removals.LISTS.items()),
        ("pending", _("Not yet decided on title and abstract: %s"), _works(arm, abstract, *OPEN)),
        ("conflicts", _("In conflict on title and abstract: %s"), _works(arm, abstract, State.CONFLICT)),
        ("sought", _("Reports sought for retrieval: %s"), _works(arm, abstract, State.INCLUDED)),
        ("awaited", _("Reports not yet retrieved: %s"), _reports(arm, Retrieval.AWAITED)),
        ("not-retrieved", _("Reports not retrieved: %s"), _reports(arm, Retrieval.NOT_RETRIEVED)),
        ("assessed", _("Reports assessed for eligibility: %s"), _reports(arm, Retrieval.RETRIEVED)),
        ("assessing", _("Reports not yet decided on: %s"), _assessed(arm, *OPEN, State.CONFLICT)),
        ("reports-excluded", _("Reports excluded: %s"), _assessed(arm, State.EXCLUDED)),
        ("included", _("Reports included: %s"), _assessed(arm, State.INCLUDED)),
    ]


LISTS: dict[str, NamedList] = {
    each.name: each
    for each in [
        NamedList("records", _("All records"), "records", _records()),
        NamedList(
            "databases",
            _("Records from databases"),
            "records",
            _records(search__arm=Arm.DATABASES, search__kind=SourceKind.DATABASE),
        ),
        NamedList(
            "registers",
            _("Records from registers"),
            "records",
            _records(search__arm=Arm.DATABASES, search__kind=SourceKind.REGISTER),
        ),
        NamedList(
            "identified-databases",
            _("Records from databases and registers"),
            "records",
            _records(search__arm=Arm.DATABASES),
        ),
        NamedList("identified-other", _("Records from other methods"), "records", _records(search__arm=Arm.OTHER)),
        NamedList(
            "identified-previous", _("Records of a previous review"), "records", _records(search__arm=Arm.PREVIOUS)
        ),
        NamedList("included", _("Reports of included studies"), "works", _included),
        NamedList("studies", _("Included studies, each by its first report"), "works", _studies),
        NamedList("duplicates", _("Duplicate records"), "records", _duplicates),
        NamedList("duplicates-rules", _("Duplicate records, joined by Winnow"), "records", _by_rules),
        NamedList("duplicates-person", _("Duplicate records, joined by a person"), "records", _by_person),
        NamedList("duplicates-other", _("Records of other methods found already"), "records", _other_duplicates),
        NamedList("found-again", _("Records that a previous review already held"), "records", _previous_again),
        NamedList(
            "rejected",
            _("Stretches not yet read"),
            "rejected",
            lambda member: open_stretches(member.review_id),
        ),
        NamedList("mended", _("Stretches that were mended and read"), "rejected", _stretches(StretchState.MENDED)),
        NamedList(
            "removed-stretches", _("Stretches removed for a reason"), "rejected", _stretches(StretchState.REMOVED)
        ),
        *(
            NamedList(f"rejected-{arm}", _("Stretches not yet read: %s") % words, "rejected", _unread(arm))
            for arm, words in ARMS.items()
        ),
        NamedList(
            "works",
            _("All works"),
            "works",
            lambda member: Work.objects.filter(library=member.review_id, empty=False, aside=False),
        ),
        NamedList("no-abstract", _("Works without an abstract"), "works", _without_abstract),
        NamedList("no-abstract-open", _("Without an abstract, not yet decided"), "works", _title_to_decide),
        NamedList("no-abstract-decided", _("Decided on the title alone"), "works", _title_alone),
        *(NamedList(str(name), words, "works", noticed.works_with(name)) for name, words in noticed.LISTS.items()),
        NamedList("retracted-included", _("Included and retracted"), "works", noticed.retracted_and_included),
        *_by_state(),
        *_both_columns(),
    ]
}


def named(name: str, member: Member) -> NamedList | None:
    """A list by its name in an address; `search-7`, `reason-databases-3`, `kind-other-website` are made on the spot."""
    if name in LISTS:
        return LISTS[name]
    kind, _dash, number = name.rpartition("-")  # a kind's value stands where the others have a number
    numbered = number.isdecimal() and len(number) < 19
    if kind == "search" and numbered:
        return NamedList(name, _("Records of one search"), "records", _records(search=int(number)))
    if kind == "act" and numbered:
        return NamedList(name, _("Works of one act on many"), "works", removals.of_act(int(number)))
    if kind == "criteria" and numbered:
        words = _("Decided on under version %s of the criteria") % number
        return NamedList(name, words, "works", _under_criteria(int(number)))
    for arm in ARMS:
        if kind == f"reason-{arm}" and numbered:
            rows = _assessed(arm, State.EXCLUDED, reason=int(number))
            return NamedList(name, _("Reports excluded for one reason"), "works", rows)
        if kind == f"kind-{arm}" and number in SourceKind.values:
            words = _("Records of one kind of source: %s") % SourceKind(number).label
            return NamedList(name, words, "records", _records(search__arm=arm, search__kind=number))
    return None


def filtered(name: str, words: object, rows: Callable[[Member], QuerySet]) -> NamedList:
    """Works that filters of the library choose, as a list of the moment."""
    return NamedList(name, words, "works", rows)


def rows_of(each: NamedList, member: Member) -> QuerySet:
    """The rows of a list as this member may see them, in a stable order."""
    rows = each.rows(member)
    return rows.order_by("rank") if each.of == "works" else rows.order_by("pk")


EXPORTABLE = ("works", "records", "screened-databases", "sought-databases", "excluded-databases", "sought-other")
