"""Where a work stands for one member, and where it was lost: in words, with the reason. Never more than the member may see.

While a stage is blinded, a member's own decision is all there is to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from records.models import Search, Work
from reviews import access
from reviews.models import Decision, Member, Outcome, Report, Retrieval, StageName, State, Verdict

ABSTRACT, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a work stands: `state` is a class of badges; `reason` why it was excluded, where a reason counts."""

    work: Work
    state: str
    words: str
    reason: str = ""


def fates(member: Member, work_ids: Iterable[int]) -> dict[int, Fate]:
    """For each of these works of the member's review; as many queries for one as for many."""
    works = Work.objects.filter(library=member.review_id, pk__in=set(work_ids)).in_bulk()
    taken_back = set(
        Search.objects.filter(taken_back_from__isnull=False, all_records__work__in=works).values_list(
            "all_records__work", flat=True
        )
    )
    outcomes = {
        (row.work_id, row.stage): row
        for row in Outcome.objects.filter(
            review=member.review_id,
            work__in=works,
            stage__in=[s for s in StageName.values if access.sees_totals(member, s)],
        ).select_related("reason")
    }
    own = access.decisions_shown_to(member).filter(member=member, work__in=works).select_related("reason")
    mine = {(row.work_id, row.stage): row for row in own}
    reports: dict[int, str] = {}
    if access.sees_totals(member):
        rows = Report.objects.filter(review=member.review_id, work__in=works)
        reports = dict(rows.values_list("work", "retrieval"))
    return {
        pk: _fate(member, work, pk in taken_back, outcomes, mine, reports.get(pk, "")) for pk, work in works.items()
    }


def _fate(
    member: Member,
    work: Work,
    taken_back: bool,
    outcomes: dict[tuple[int, str], Outcome],
    mine: dict[tuple[int, str], Decision],
    retrieval: str,
) -> Fate:
    if work.aside:
        return Fate(work, "warn", _("taken back with its import") if taken_back else _("set aside with its search"))
    if not access.sees_totals(member, ABSTRACT):
        return _own(member, work, mine.get((work.pk, ABSTRACT)), _("on title and abstract"))
    fate = _of(work, outcomes.get((work.pk, ABSTRACT)), _("on title and abstract"))
    if fate.state != State.INCLUDED or not retrieval:
        return fate
    if retrieval != Retrieval.RETRIEVED:
        lost = retrieval == Retrieval.NOT_RETRIEVED
        words = (
            _("full text not retrieved") if lost else _("included on title and abstract, full text not yet retrieved")
        )
        return Fate(work, "warn" if lost else "pending", words)
    if not access.sees_totals(member, FULL):
        return _own(member, work, mine.get((work.pk, FULL)), _("on full text"))
    return _of(work, outcomes.get((work.pk, FULL)), _("on full text"))


def _of(work: Work, outcome: Outcome | None, where: str) -> Fate:
    """By everybody's decisions."""
    state = outcome.state if outcome else State.PENDING
    words = {
        State.INCLUDED: _("included %s"),
        State.EXCLUDED: _("excluded %s"),
        State.CONFLICT: _("in conflict %s"),
        State.AWAITING: _("awaiting a second decision %s"),
        State.PENDING: _("not yet decided %s"),
    }[State(state)]
    shape = "awaiting" if state == State.AWAITING else str(state)
    reason = outcome.reason.text if outcome and outcome.reason else ""
    return Fate(work, shape, words % where, reason)


def _own(member: Member, work: Work, decision: Decision | None, where: str) -> Fate:
    """By the member's own decision alone."""
    if "decide" not in access.may(member):
        return Fate(work, "pending", _("in screening; decisions are not shown while it is blinded"))
    if decision is None:
        return Fate(work, "pending", _("not yet decided by you %s") % where)
    words = {
        Verdict.INCLUDE: _("included by you %s"),
        Verdict.EXCLUDE: _("excluded by you %s"),
        Verdict.MAYBE: _("you said maybe %s"),
    }[Verdict(decision.verdict)]
    return Fate(work, decision.verdict, words % where, decision.reason.text if decision.reason else "")
