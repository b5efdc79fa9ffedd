"""In what order cards come to a member: works that lack only this member's decision, then works that nobody decided on.

Both by rank; what the member put off comes last (`reviews.queries.next_work`). Worded once, since every press asks.
"""

from functools import cache

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Least

from records.prepared import Given, GivenMany, Prepared
from reviews.models import Decision, Later, Member, Outcome, Stage, State

NOWHERE = 2**63 - 1  # a rank behind every work's


def waiting(state: str) -> QuerySet[Outcome]:
    """The works of a stage in one state, as far as they are screened at all."""
    return Outcome.objects.filter(review=Given("review"), stage=Given("stage"), aside=False, state=state)


def mine() -> QuerySet[Decision]:
    """The member's own decision on a work."""
    return Decision.objects.filter(
        review=Given("review"), member=Given("member"), work=OuterRef("work"), stage=Given("stage"), current=True
    )


def _first_half_done() -> Least:
    """The rank of the first work that others decided on: of those where one did, a look for each other member, and of those
    where several did. One look into an index each, however many the member decided on alone."""
    half_done = waiting(State.AWAITING).order_by("rank")
    of_one = half_done.filter(only_member=OuterRef("pk")).values("rank")[:1]
    others = Member.objects.filter(review=Given("review")).exclude(pk=Given("member")).annotate(first=Subquery(of_one))
    first = others.order_by().values("review").annotate(lowest=Min("first")).values("lowest")
    of_several = half_done.filter(only_member=None).exclude(Exists(mine())).values("rank")[:1]
    return Least(Coalesce(Subquery(first), NOWHERE), Coalesce(Subquery(of_several), NOWHERE))


def _cards(works: QuerySet[Outcome], count: int) -> QuerySet[Outcome]:
    put_off = Later.objects.filter(
        review=Given("review"), member=Given("member"), work=OuterRef("work"), stage=Given("stage")
    )
    works = works.exclude(Exists(put_off)).exclude(work__among=GivenMany("without"))
    return works.order_by("rank").select_related("work")[:count]


@cache
def half_done(count: int) -> Prepared[Outcome]:
    """So many works that others decided on and this member did not."""
    works = waiting(State.AWAITING)
    return Prepared(
        lambda: _cards(
            works.filter(rank__gte=_first_half_done()).exclude(only_member=Given("member")).exclude(Exists(mine())),
            count,
        )
    )


@cache
def untouched(count: int) -> Prepared[Outcome]:
    """So many works that nobody decided on; free of any anti-join, because a decided work is no longer pending."""
    works = waiting(State.PENDING).filter(
        rank__gt=-NOWHERE
    )  # so that every SQLite goes by the index that has them in order
    return Prepared(lambda: _cards(works, count))


OPEN = Prepared(
    lambda: (
        Outcome.objects.filter(
            review=Given("review"), stage=Given("stage"), aside=False, work__among=GivenMany("works")
        )
        .filter(state__in=[State.PENDING, State.AWAITING])
        .exclude(Exists(mine()))
        .values_list("work")
    )
)


def _number(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("review").annotate(n=Count("pk")).values("n")), Value(0))


FAR = Prepared(
    lambda: Stage.objects.filter(review=Given("review"), name=Given("stage")).annotate(
        decided=_number(
            Decision.objects.filter(review=Given("review"), member=Given("member"), stage=Given("stage"), current=True)
        ),
        for_others=_number(waiting(State.AWAITING).filter(only_member=Given("member"))),
    )
)
