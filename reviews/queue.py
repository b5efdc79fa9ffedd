"""In what order cards come to a member, and which come at all. Worded once, since every press asks.

At a stage where everybody takes the next work: works that lack only this member's decision, then works that nobody decided on,
both by rank, without those that others have before them just now. Of works given out beforehand: the member's own, by rank. While
a calibration round is on: its works in their order. What the member put off comes last (`reviews.queries.next_work`), and what
the member has an interest in does not come.
"""

from functools import cache
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Coalesce, Greatest, Least

from records.prepared import Given, GivenMany, Prepared
from reviews.models import (
    Adjudication,
    Assignment,
    BulkWork,
    DecidedOn,
    Decision,
    Experience,
    Interest,
    Later,
    Lease,
    Member,
    Outcome,
    RoundWork,
    Stage,
    State,
)  # fmt: skip

NOWHERE = 2**63 - 1  # a rank behind every work's
HERE = {"review": Given("review"), "stage": Given("stage")}
OWN = {**HERE, "member": Given("member")}


class Mode(NamedTuple):
    """By what a stage serves a member: the works of a round, or those given to the member, or all; of which one who is no expert
    is not asked for the place that is kept for an expert (`novice`). `many`: a work needs more than two decisions."""

    round: bool = False
    fixed: bool = False
    novice: bool = False
    many: bool = False


STAGE = Prepared(
    lambda: Stage.objects.filter(review=Given("review"), name=Given("stage")).select_related("calibrating")
)


def waiting(state: str) -> QuerySet[Outcome]:
    """The works of a stage in one state, as far as they are screened at all."""
    return Outcome.objects.filter(**HERE, aside=False, state=state)


def mine() -> QuerySet[Decision]:
    """The member's own decision on a work."""
    return Decision.objects.filter(**OWN, work=OuterRef("work"), current=True)


def barred() -> QuerySet[Interest]:
    """The member's interest in a work."""
    return of_interest().filter(work=OuterRef("work"))


def of_interest() -> QuerySet[Interest]:
    """All that the member has an interest in."""
    return Interest.objects.filter(review=Given("review"), member=Given("member"), lifted_at=None)


def open_to(mode: Mode) -> QuerySet[Outcome]:
    """All works that wait for the member, in no order."""
    works = Outcome.objects.filter(**HERE, aside=False)
    if mode.round:
        works = _undecided_of_round()
    else:
        # Worded so that SQLite looks each work up, and does not walk through all that are in these states.
        works = works.exclude(state__in=[State.CONFLICT, State.INCLUDED, State.EXCLUDED])
        if mode.fixed:
            works = works.filter(Exists(Assignment.objects.filter(**OWN, work=OuterRef("work"))))
        elif mode.novice:
            works = works.filter(_not_kept())
    return works.exclude(Exists(mine())).exclude(Exists(barred()))


def _not_kept() -> Q:
    """Of works: one of the decisions is an expert's, or there is room for one besides."""
    expert = Decision.objects.filter(**HERE, work=OuterRef("work"), current=True, member__experience=Experience.EXPERT)
    return Q(decided__lt=Given("needed", IntegerField()) - 1) | Q(Exists(expert))


def _of_round() -> QuerySet[Outcome]:
    works = RoundWork.objects.filter(review=Given("review"), round=Given("round"))
    return Outcome.objects.filter(**HERE, aside=False, work__in=works.values("work"))


def _undecided_of_round() -> QuerySet[Outcome]:
    """Whatever others said: everybody decides on every work, but for what is settled otherwise than by decisions."""
    here = {**HERE, "work": OuterRef("work"), "current": True}
    works = _of_round().exclude(Exists(Adjudication.objects.filter(**here)))
    return works.exclude(Q(Exists(BulkWork.objects.filter(**here)), decided=0))


def _not_read(works: QuerySet[Outcome]) -> QuerySet[Outcome]:
    """Without the works that as many others have before them as decisions are missing; who decided reads no more."""
    decided = Decision.objects.filter(**HERE, work=OuterRef("work"), member=OuterRef("member"), current=True)
    leases = Lease.objects.filter(**HERE, work=OuterRef("work"), until__gt=Given("now", DateTimeField()))
    readers = _number(leases.exclude(member=Given("member")).exclude(Exists(decided)))
    missing = Greatest(Given("needed", IntegerField()) - F("decided"), Value(1))
    return works.alias(readers=readers).filter(readers__lt=missing)


def _ends_of_half_done(mode: Mode) -> tuple[Least, Greatest]:
    """The ranks of the first and of the last work that others decided on: of those where one did, a look for each other member,
    and of those where several did. One look into an index each, however many the member decided on alone, between them or not.
    """
    half_done = waiting(State.AWAITING).exclude(work__among=GivenMany("without"))
    others = Member.objects.filter(review=Given("review")).exclude(pk=Given("member"))
    if mode.novice and not mode.many:
        others = others.filter(experience=Experience.EXPERT)
    several = half_done.filter(only_member=None).exclude(Exists(mine()))

    def end(sign: str, furthest: type[Min] | type[Max]) -> tuple[Subquery, Subquery]:
        of_one = half_done.filter(only_member=OuterRef("pk")).order_by(f"{sign}rank").values("rank")[:1]
        ends = others.annotate(end=Subquery(of_one)).order_by().values("review").annotate(furthest=furthest("end"))
        in_order = several.order_by(f"{sign}only_member_id", f"{sign}rank")  # as an index has them
        return Subquery(ends.values("furthest")), Subquery(in_order.values("rank")[:1])

    firsts, lasts = end("", Min), end("-", Max)
    return (
        Least(*(Coalesce(each, NOWHERE) for each in firsts)),
        Greatest(*(Coalesce(each, -NOWHERE) for each in lasts)),
    )


def _cards(works: QuerySet[Any], count: int, order: str = "rank") -> QuerySet[Any]:
    put_off = Later.objects.filter(**OWN, work=OuterRef("work"))
    works = works.exclude(Exists(barred())).exclude(Exists(put_off)).exclude(work__among=GivenMany("without"))
    return works.order_by(order).select_related("work")[:count]


@cache
def half_done(count: int, mode: Mode, read: bool) -> Prepared[Outcome]:
    """So many works that others decided on and this member did not; `read`: also those that others have before them."""

    def works() -> QuerySet[Outcome]:
        first, last = _ends_of_half_done(mode)
        found = waiting(State.AWAITING).filter(rank__gte=first, rank__lte=last)
        found = found.exclude(only_member=Given("member")).exclude(Exists(mine()))
        if mode.novice:
            found = found.filter(_not_kept())
        return _cards(found if read else _not_read(found), count)

    return Prepared(works)


@cache
def untouched(count: int, read: bool) -> Prepared[Outcome]:
    """So many works that nobody decided on; free of any anti-join, because a decided work is no longer pending."""

    def works() -> QuerySet[Outcome]:
        found = waiting(State.PENDING).filter(rank__gt=-NOWHERE)  # so that every SQLite goes by the index in order
        return _cards(found if read else _not_read(found), count)

    return Prepared(works)


@cache
def given(count: int) -> Prepared[Assignment]:
    """So many of the works that were given to the member and wait."""
    open_ = Outcome.objects.filter(
        **HERE, work=OuterRef("work"), aside=False, state__in=[State.PENDING, State.AWAITING]
    )
    rows = Assignment.objects.filter(**OWN, open=True)
    return Prepared(lambda: _cards(rows.filter(Exists(open_)).exclude(Exists(mine())), count))


@cache
def of_round(count: int) -> Prepared[Outcome]:
    """So many works of the round, in its order."""
    places = RoundWork.objects.filter(review=Given("review"), round=Given("round"), work=OuterRef("work"))
    place = Subquery(places.order_by("order").values("order")[:1])
    works = open_to(Mode(round=True)).alias(place=place)
    return Prepared(lambda: _cards(works, count, order="place"))


@cache
def open_among(mode: Mode) -> Prepared[Outcome]:
    """Which of some works wait for the member."""
    works = open_to(mode).filter(work__among=GivenMany("works")).order_by("rank")
    return Prepared(lambda: works.select_related("work"))


@cache
def open_keys(mode: Mode) -> Prepared[Outcome]:
    """The same by number only."""
    return Prepared(lambda: open_to(mode).filter(work__among=GivenMany("works")).values_list("work"))


def _number(rows: QuerySet, what: str = "pk", by: str = "review") -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count(what, distinct=what != "pk"))
    return Coalesce(Subquery(counted.values("n")), Value(0))


@cache
def numbers(mode: Mode) -> Prepared[Stage]:
    """On how many works the member decided, and how many wait for the member: the stage's counters less the works that wait for
    somebody else, a look into one index."""
    stage = Stage.objects.filter(review=Given("review"), name=Given("stage"))
    if mode.round:
        decided, left = _number(_of_round().filter(Exists(mine()))), _number(open_to(mode))
    else:
        days = DecidedOn.objects.filter(**OWN).order_by().values("review").annotate(n=Sum("count"))
        decided = Coalesce(Subquery(days.values("n")), Value(0))
        left = _left_given() if mode.fixed else _left(mode)
    return Prepared(lambda: stage.annotate(own=decided, left=left).values_list("own", "left"))


def _left_given() -> Any:
    rows = Assignment.objects.filter(member=Given("member"), stage=Given("stage"), open=True)  # all in the index
    barring = of_interest().filter(Exists(rows.filter(work=OuterRef("work"))))
    return _number(rows, by="member") - _number(barring, "work")


def _left(mode: Mode) -> Any:
    awaiting, open_ = waiting(State.AWAITING), Outcome.objects.filter(**HERE, aside=False, work=OuterRef("work"))
    open_ = open_.filter(state__in=[State.PENDING, State.AWAITING])
    barring = of_interest().exclude(Exists(mine()))
    if not mode.novice:
        own = Decision.objects.filter(**OWN, current=True)
        many = own.filter(Exists(awaiting.filter(work=OuterRef("work"))))
        decided = many if mode.many else awaiting.filter(only_member=Given("member"))
        left = F("pending") + F("awaiting_second") - _number(decided)
        return left - _number(barring.filter(Exists(open_)), "work")
    if mode.many:
        half_done = awaiting.filter(_not_kept()).exclude(Exists(mine()))
    else:
        experts = Member.objects.filter(review=Given("review"), experience=Experience.EXPERT)
        half_done = awaiting.filter(only_member__in=experts.values("pk"))
    pending = Case(When(needed__gt=1, then=F("pending")), default=Value(0))
    return pending + _number(half_done) - _number(barring.filter(Exists(open_.filter(_not_kept()))), "work")
