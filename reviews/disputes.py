"""Questions about works in conflict: which a member is asked about, who said what there, what is talked of them, and which
cards a member is asked to look at again. What may not be seen is never fetched."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from records.models import Work
from reviews import access, queries
from reviews.models import (
    Adjudication,
    Decision,
    Ended,
    ExclusionReason,
    Interest,
    Later,
    Member,
    Message,
    Note,
    Outcome,
    SendingBack,
    StageName,
    State,
    Verdict,
)
from reviews.outcome import counting_reason

BEFORE, BEHIND = 8, 24  # conflicts listed round the one on the page
MOST_ALIKE = 100  # conflicts that differ in reason only, on one page


def asked_about(member: Member, stage: str) -> QuerySet[Outcome]:
    """The conflicts that this member is asked about, in queue order: none in which the member has an interest."""
    barred = Interest.objects.filter(member=member, work=OuterRef("work"), lifted_at=None)
    return queries.conflicts(review=member.review, stage=stage).exclude(Exists(barred))


def _own(member: Member, stage: str) -> Exists:
    return Exists(Decision.objects.filter(member=member, work=OuterRef("work"), stage=stage, current=True))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member stands in the queue of conflicts: the one on the page, and those round it."""

    left: int
    row: Outcome | None
    position: int
    before: list[Outcome]
    behind: list[Outcome]

    @property
    def earlier(self) -> Outcome | None:
        return self.before[-1] if self.before else None

    @property
    def next(self) -> Outcome | None:
        return self.behind[0] if self.behind else None


def place(
    member: Member, stage: str, *, work: int | None = None, at: int | None = None, after: int | None = None
) -> Place:
    """The conflict on a `work`, or the one at a place in the queue, or the one that comes `after` a rank; else the first.

    What the member may settle comes first, what the member put off comes last.
    """
    rows = asked_about(member, stage)
    left, row = rows.count(), None
    if work is not None:
        row = rows.filter(work=work).first()
    elif at is not None and at > 0:
        row = rows[at - 1 : at].first() if at <= left else None
    row = row or (_first(member, stage, rows, after) if left else None)
    if row is None:
        return Place(left, None, 0, [], [])
    earlier = rows.filter(rank__lt=row.rank)
    before = list(reversed(earlier.order_by("-rank")[:BEFORE]))
    return Place(left, row, earlier.count() + 1, before, list(rows.filter(rank__gt=row.rank)[:BEHIND]))


def _first(member: Member, stage: str, rows: QuerySet[Outcome], after: int | None) -> Outcome | None:
    later = Later.objects.filter(review=member.review_id, member=member, work=OuterRef("work"), stage=stage)
    not_mine = Value(0) if member.review.adjudicate_own else Case(When(_own(member, stage), then=1), default=0)
    put_off = Subquery(later.values("at")[:1], output_field=DateTimeField())
    passed = Value(0) if after is None else Case(When(rank__gt=after, then=0), default=1)
    order = (F("put_off").asc(nulls_first=True), "passed", "rank")
    return rows.annotate(put_off=put_off, not_mine=not_mine, passed=passed).order_by("not_mine", *order).first()


@dataclass(frozen=True, slots=True)
class Side:
    """One decision on a work in conflict, as it is shown: `who` is a letter where names are hidden."""

    decision: Decision
    who: str
    own: bool
    hidden: bool
    note: str


def sides(member: Member, row: Outcome) -> list[Side]:
    """Every current decision on a work in conflict, with the note its member wrote; for who is `asked_about` it."""
    decisions = list(queries.decisions_in_conflict(outcome=row))
    written = Note.objects.filter(
        review=row.review_id, record__work=row.work_id, member__in=[d.member_id for d in decisions]
    )
    notes = dict(written.order_by("pk").values_list("member", "text"))
    hidden = letters(member, row.work_id, row.stage, [each.member_id for each in decisions])
    found = [
        Side(
            each,
            hidden.get(each.member_id) or str(each.member),
            each.member_id == member.pk,
            each.member_id in hidden,
            notes.get(each.member_id, ""),
        )
        for each in decisions
    ]
    return sorted(found, key=lambda side: side.who) if hidden else found


def letters(member: Member, work_id: int, stage: str, members: Iterable[int]) -> dict[int, str]:
    """Members as "Reviewer A" and so on where the review hides names in conflicts: the same on one work, in an order that hangs
    on the site's secret, so that it tells nothing. The member's own decision needs no letter."""
    if member.review.names_in_conflict:
        return {}

    def place(pk: int) -> str:
        return salted_hmac("reviews.disputes", f"{work_id} {stage} {pk}").hexdigest()

    others = sorted({pk for pk in members if pk != member.pk}, key=place)
    marks = [*ascii_uppercase, *(first + second for first in ascii_uppercase for second in ascii_uppercase)]
    return {pk: _("Reviewer %s") % mark for pk, mark in zip(others, marks, strict=False)}


# What is talked of a work


def may_discuss(member: Member, work: Work, stage: str) -> bool:
    """Whether the thread about a work at a stage is open: to who sees its decisions, and to nobody else."""
    if access.sees_all(member, stage):
        return True
    return "adjudicate" in access.may(member) and asked_about(member, stage).filter(work=work).exists()


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is shown."""

    message: Message
    who: str
    own: bool


def thread(member: Member, work_id: int, stage: str, hidden: dict[int, str] | None = None) -> list[Said]:
    """What was said of a work at a stage, oldest first; for who `may_discuss` it. `hidden` members go by their letter."""
    rows = Message.objects.filter(review=member.review_id, work=work_id, stage=stage).select_related("member__user")
    names = hidden or {}
    return [Said(row, names.get(row.member_id) or str(row.member), row.member_id == member.pk) for row in rows]


@dataclass(frozen=True, slots=True)
class Talk:
    """A stage's part of a work's page, once others' decisions are open: rulings, the thread, and whether the member may settle
    the conflict together with those who decided."""

    stage: str
    said: list[Said]
    rulings: list[tuple[Adjudication, list[Member]]]
    together: list[Member]


def talks(member: Member, work: Work) -> list[Talk]:
    """What was ruled and said of a work, by stage; nothing of a stage whose decisions are not open to the member."""
    names = [stage for stage in StageName.values if access.sees_all(member, stage)]
    if not names:
        return []
    here = {"review": member.review_id, "work": work, "stage__in": names}
    said = [
        (row, Said(row, str(row.member), row.member_id == member.pk))
        for row in Message.objects.filter(**here).select_related("member__user")
    ]
    made = Adjudication.objects.filter(**here, current=True).select_related("member__user", "reason")
    team = {each.pk: each for each in Member.objects.filter(review=member.review_id).select_related("user")}
    rulings = [(row, [team[pk] for pk in row.together if pk in team]) for row in made]
    in_conflict = Outcome.objects.filter(
        review=member.review_id, work=work, stage=OuterRef("stage"), state=State.CONFLICT, aside=False
    )
    deciders = Decision.objects.filter(Exists(in_conflict), **here, current=True).order_by("pk")
    decided = list(deciders.values_list("stage", "member"))
    return [
        Talk(
            name,
            [each for row, each in said if row.stage == name],
            [each for each in rulings if each[0].stage == name],
            _together(member, [team[pk] for stage, pk in decided if stage == name]),
        )
        for name in names
    ]


def _together(member: Member, deciders: list[Member]) -> list[Member]:
    """Those who may be named as having agreed, where this member may say so."""
    allowed = member in deciders or "adjudicate" in access.may(member)
    return deciders if allowed and member.review.adjudicate_own and len(deciders) > 1 else []


# Second looks


def sent_back(member: Member, stage: str) -> list[SendingBack]:
    """What this member sent back at a stage and can still call back, newest first."""
    if not member.review.sent_back:
        return []
    waiting = Outcome.objects.filter(
        review=member.review_id, work=OuterRef("work"), stage=stage, state__in=[State.PENDING, State.AWAITING]
    )
    rows = SendingBack.objects.filter(Exists(waiting), review=member.review_id, member=member, stage=stage)
    return list(rows.filter(undone_at=None).select_related("work").order_by("-pk")[:20])


def look_again(member: Member, stage: str, works: Collection[int]) -> dict[int, str]:
    """Of some works those that the member decided on and that were sent back, with what those who decided are told.

    No question is asked in a review in which nothing was ever sent back.
    """
    if not member.review.sent_back:
        return {}
    mine = Decision.objects.filter(
        review=member.review_id, member=member, stage=stage, work__in=works, ended=Ended.SENT_BACK, current=False
    )
    keys = {str(key) for key in mine.values_list("key", flat=True)}
    if not keys:
        return {}
    rows = SendingBack.objects.filter(review=member.review_id, stage=stage, work__in=works, undone_at=None)
    return {row.work_id: row.why for row in rows.order_by("pk") if keys.intersection(row.decisions)}


# Conflicts that differ in reason only


@dataclass(frozen=True, slots=True)
class Alike:
    """A work that everybody excluded, each for another reason; the first in the protocol's order is proposed."""

    work: Work
    given: list[tuple[str, ExclusionReason | None]]
    proposed: ExclusionReason

    @property
    def mark(self) -> str:
        """What a form sends back of it: by this a change meanwhile is noticed."""
        return f"{self.work.pk}-{self.work.revision}-{self.proposed.pk}"


def alike(member: Member, stage: str) -> QuerySet[Outcome]:
    """The conflicts that differ in reason only and that this member may settle; none unless the review asks about them."""
    said = Decision.objects.filter(review=member.review_id, work=OuterRef("work"), stage=stage, current=True)
    rows = asked_about(member, stage).exclude(Exists(said.exclude(verdict=Verdict.EXCLUDE))).filter(Exists(said))
    if not member.review.ask_differing_reasons:
        return rows.none()
    return rows if member.review.adjudicate_own else rows.exclude(_own(member, stage))


def alike_in_detail(member: Member, rows: QuerySet[Outcome]) -> list[Alike]:
    """The first of them, with who gave which reason."""
    outcomes = list(rows[:MOST_ALIKE])
    said: dict[int, list[Decision]] = {row.work_id: [] for row in outcomes}
    decisions = Decision.objects.filter(Q(current=True), review=member.review_id, work__in=said)
    for each in decisions.select_related("member__user", "reason__merged_into").order_by("pk"):
        if each.stage == outcomes[0].stage:
            said[each.work_id].append(each)
    found = []
    for row in outcomes:
        here = said[row.work_id]
        hidden = letters(member, row.work_id, row.stage, [each.member_id for each in here])
        given = [(hidden.get(each.member_id) or str(each.member), each.reason) for each in here]
        proposed = counting_reason([each.reason and each.reason.counting for each in here])
        if proposed:
            found.append(Alike(row.work, sorted(given, key=lambda g: g[0]) if hidden else given, proposed))
    return found
