"""Studies of several reports: which are suggested and why; to say so, to say no, and to take either back.

A suggestion rests on what the imports state and on what people said of pairs, never on decisions at full text: whether
a report has a study of its own already is not asked, since it tells that somebody included it there.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from records.engine import lock_library, lock_works
from records.history import remember
from records.models import Answer, Band, Kin, Match, Record
from records.works import IN_USE
from reviews import one_study as thought
from reviews import queries
from reviews.models import Member, NotOneStudy, Outcome, Report, Review, StageName, State, Study
from reviews.one_study import KIN, NUMBER, PERSON, Group, Part, Sides, Tie
from reviews.settling import to_study

MOST = 50  # suggestions on a page; those behind them come when these are answered


class TooFew(Exception):
    """A study of several reports needs two at least."""


class SaidApart(Exception):
    """A person said of two of these reports that they are not of one study; take that back first."""


class SaidOne(Exception):
    """A person put these reports into one study; take one out first."""


# --- what is suggested --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Shown:
    """Reports that are of one study already, or one alone; and the registration numbers that tie them to others."""

    reports: list[Report]
    numbers: list[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Parts that may be one study, and why, in words."""

    parts: list[Shown]
    why: list[str]


@dataclass(frozen=True, slots=True)
class Declined:
    """What one person once said not to be one study."""

    act: uuid.UUID
    by: Any
    at: datetime
    reports: list[Report]


@dataclass(frozen=True, slots=True)
class Studies:
    """All that the reports page shows of studies. `more`: suggestions that are left for later."""

    suggestions: list[Suggestion]
    more: int
    several: list[list[Report]]
    declined: list[Declined]

    @property
    def any(self) -> bool:
        """Whether there is something to show."""
        return bool(self.suggestions or self.several or self.declined)


def of_reports(*, review: Review, reports: list[Report]) -> Studies:
    """Suggestions, studies of several reports, and what was declined, among the reports shown; three queries."""
    if not reports:
        return Studies([], 0, [], [])
    by_pk = {report.pk: report for report in reports}
    parts = _parts(reports)
    rows = list(NotOneStudy.objects.filter(review=review).select_related("by").order_by("at", "act", "side", "report"))
    ties = [*_kinships(review, reports), *_registrations(review, reports)]
    found = thought.groups(parts, ties, _sides(rows))
    return Studies(
        suggestions=[_suggestion(group, by_pk) for group in found[:MOST]],
        more=max(0, len(found) - MOST),
        several=[[by_pk[pk] for pk in part] for part in parts if len(part) > 1],
        declined=_declined(rows, by_pk),
    )


def _parts(reports: Iterable[Report]) -> list[Part]:
    """Reports of one study together, a report without others alone; in the order given."""
    found: dict[tuple[str, int], list[int]] = {}
    for report in reports:
        key = ("study", report.study_id) if report.study_id else ("report", report.pk)
        found.setdefault(key, []).append(report.pk)
    return [tuple(part) for part in found.values()]


def _sides(rows: Iterable[NotOneStudy]) -> Sides:
    found: Sides = {}
    for row in rows:
        found.setdefault(row.report_id, {})[row.act] = row.side
    return found


def _works_of(review: Review) -> QuerySet:
    return queries.reports(review=review).order_by().values("work")


def _kinships(review: Review, reports: list[Report]) -> list[Tie]:
    """Pairs of works that people, or else the rules, hold for related; people's first."""
    said = Q(answer=Answer.RELATED) | Q(band=Band.RELATED, answer="")
    works = _works_of(review)
    rows = Match.objects.filter(
        said, library=review.pk, record_a__work__in=works, record_b__work__in=works, **IN_USE
    ).order_by("pk")
    of = {report.work_id: report.pk for report in reports}
    ties = []
    for answer, kin, *pair in rows.values_list("answer", "kin", "record_a__work", "record_b__work"):
        tied = tuple(of[work] for work in dict.fromkeys(pair) if work in of)
        if len(tied) > 1:
            ties.append(Tie(PERSON if answer else KIN, "" if answer else kin, tied))
    return sorted(ties, key=lambda tie: tie.why != PERSON)


def _registrations(review: Review, reports: list[Report]) -> list[Tie]:
    """Trial registration numbers that several works state, in any of their records."""
    rows = Record.objects.filter(library=review.pk, work__in=_works_of(review), search__taken_back_from=None).exclude(
        trial_registrations=[]
    )
    of = {report.work_id: report.pk for report in reports}
    stating: dict[str, dict[int, None]] = {}
    spelt: dict[str, str] = {}
    for work, numbers in rows.order_by("work__rank", "pk").values_list("work", "trial_registrations"):
        for number in numbers if work in of else ():
            key = thought.trial_key(str(number))
            if key:
                spelt.setdefault(key, str(number).strip())
                stating.setdefault(key, {})[of[work]] = None
    return [Tie(NUMBER, spelt[key], tuple(tied)) for key, tied in stating.items() if len(tied) > 1]


def _suggestion(group: Group, by_pk: dict[int, Report]) -> Suggestion:
    numbers = [(tie.said, set(tie.reports)) for tie in group.ties if tie.why == NUMBER]
    parts = [
        Shown([by_pk[pk] for pk in part], [said for said, tied in numbers if tied.intersection(part)])
        for part in group.parts
    ]
    return Suggestion(parts, list(_in_words(group.ties)))


def _in_words(ties: list[Tie]) -> dict[str, None]:
    """Each reason once: the registration numbers, then what people said, then what the rules hold for kin."""
    words: dict[str, None] = {}
    numbers = ", ".join(tie.said for tie in ties if tie.why == NUMBER)
    if numbers:
        words[_("they share %(numbers)s") % {"numbers": numbers}] = None
    for tie in ties:
        if tie.why == PERSON:
            words[_("marked as related by people")] = None
        elif tie.why == KIN:
            words[str(Kin(tie.said).label) if tie.said else _("related by Winnow's rules")] = None
    return words


def _declined(rows: list[NotOneStudy], by_pk: dict[int, Report]) -> list[Declined]:
    """Each act of which two reports are shown, the newest first."""
    acts: dict[uuid.UUID, list[NotOneStudy]] = {}
    for row in rows:
        if row.report_id in by_pk:
            acts.setdefault(row.act, []).append(row)
    found = [
        Declined(act, each[0].by, each[0].at, [by_pk[row.report_id] for row in each])
        for act, each in acts.items()
        if len({row.side for row in each}) > 1
    ]
    return found[::-1]


# --- what people say ----------------------------------------------------------------------------------------
@transaction.atomic
def put_together(*, member: Member, reports: list[Report]) -> None:
    """These reports, and those that share a study with one of them, describe one study. Said again, nothing changes.

    The first report's study stays, and what is left empty goes. Raises TooFew, SaidApart.
    """
    there = _locked(member, reports)
    parts = _parts(there)
    if thought.apart(parts, _said_apart(member)):
        raise SaidApart
    if len(parts) < 2:
        return
    first = there[0]
    study = first.study or Study.objects.create(review_id=member.review_id, label=first.work.title)
    left = {report.study_id for report in there} - {study.pk, None}
    Report.objects.filter(pk__in=[report.pk for report in there]).update(study=study)
    Study.objects.filter(review=member.review_id, pk__in=left, reports=None).delete()
    _remember(member, "put reports into one study", f"study {study.pk}", parts)


@transaction.atomic
def keep_apart(*, member: Member, reports: list[Report]) -> None:
    """These reports do not describe one study, so it isn't suggested again. Said again, nothing changes.

    Raises TooFew, and SaidOne where all are of one study.
    """
    parts = _parts(_locked(member, reports))
    if len(parts) < 2:
        raise SaidOne
    everything = Tie(PERSON, "", tuple(pk for part in parts for pk in part))
    if not thought.groups(parts, [everything], _said_apart(member)):
        return
    act = uuid.uuid4()
    NotOneStudy.objects.bulk_create(
        NotOneStudy(review_id=member.review_id, act=act, report_id=pk, side=side, by=member.user)
        for side, part in enumerate(parts)
        for pk in part
    )
    _remember(member, "said that reports are not one study", f"act {act}", parts)


@transaction.atomic
def take_out(*, member: Member, report: Report) -> None:
    """The report leaves a study that it shares with others, and has one of its own if it is included. Else nothing changes."""
    there = _locked(member, [report], least=1)
    one = next(each for each in there if each.pk == report.pk)
    if len(there) < 2:
        return
    left, one.study = one.study_id, None
    one.save(update_fields=["study"])
    included = {"stage": StageName.FULL_TEXT, "state": State.INCLUDED}
    if Outcome.objects.filter(review=member.review_id, work=one.work_id, **included).exists():
        to_study(member.review, one.work)
    _remember(member, "took a report out of its study", f"study {left}", [(one.pk,)])


@transaction.atomic
def suggest_again(*, member: Member, act: uuid.UUID) -> None:
    """Take back that reports are not one study; whoever said it. Taken back already, nothing changes."""
    lock_library(member.review_id)
    rows = list(NotOneStudy.objects.filter(review=member.review_id, act=act).order_by("side", "report"))
    if not rows:
        return
    NotOneStudy.objects.filter(pk__in=[row.pk for row in rows]).delete()
    sides: dict[int, list[int]] = {}
    for row in rows:
        sides.setdefault(row.side, []).append(row.report_id)
    _remember(member, "suggested reports as one study again", f"act {act}", [tuple(side) for side in sides.values()])


def _locked(member: Member, reports: list[Report], *, least: int = 2) -> list[Report]:
    """These reports of the member's review and all that share a study with one of them, in the queue's order.

    The library's row is locked, and the works': no other act on studies, and no decision, comes in between.
    """
    lock_library(member.review_id)
    own = Report.objects.filter(review=member.review_id)
    named = own.filter(pk__in=[report.pk for report in reports])
    if named.count() < least:
        raise TooFew
    shared = named.exclude(study=None).values("study")
    keys = list(own.filter(Q(pk__in=named.values("pk")) | Q(study__in=shared)).values_list("pk", "work"))
    lock_works(member.review_id, [work for _pk, work in keys])
    again = own.filter(pk__in=[pk for pk, _work in keys]).select_related("work", "study")
    return list(again.order_by("work__rank", "pk"))


def _said_apart(member: Member) -> Sides:
    return _sides(NotOneStudy.objects.filter(review=member.review_id))


def _remember(member: Member, verb: str, subject: str, parts: Iterable[Part]) -> None:
    """With the reports' ids; those that were of one study already stand together."""
    remember(library_id=member.review_id, by=member.user, verb=verb, subject=subject, reports=list(parts))
