"""The counts of the flow for one member: every number is the length of its list in `reviews.lists`, all in one query.

One statement sees one moment: while others import and decide, numbers counted one after the other would not add up.
"""

from collections.abc import Iterable

from django.db.models import F, Func, IntegerField, Subquery

from records.models import Arm, Library, Search
from reviews import access, lists
from reviews.models import ExclusionReason, Member, StageName
from reviews.prisma import Counts, Flow, Kind, Named

COLUMNS = 800  # numbers in one statement; SQLite takes 2,000

# Field of Counts: the list that it counts, the column's name left out.
OF_COLUMN = {
    "screened": "screened", "excluded": "excluded", "pending": "pending", "conflicts": "conflicts", "sought": "sought",
    "not_retrieved": "not-retrieved", "awaited": "awaited", "assessed": "assessed", "assessing": "assessing",
    "reports_excluded": "reports-excluded", "included": "included", "unread": "rejected",
}  # fmt: skip
REMOVED = {
    "duplicates": "duplicates", "duplicates_rules": "duplicates-rules", "duplicates_person": "duplicates-person",
    "found_again": "found-again", "automation": "removed-automation-databases",
    "other_reasons": "removed-other-databases",
}  # fmt: skip
REMOVED_OTHER = {
    "duplicates": "duplicates-other", "automation": "removed-automation-other", "other_reasons": "removed-other-other",
}  # fmt: skip
OF_FLOW = {"records": "records", "previous": "identified-previous", "reports": "included", "studies": "studies",
           "unread": "rejected"}  # fmt: skip


def lengths(member: Member, names: Iterable[str]) -> dict[str, int]:
    """How long each named list is for this member, counted in one statement."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), COLUMNS):
        some = wanted[start : start + COLUMNS]
        columns = {f"n{n}": _length(name, member) for n, name in enumerate(some)}
        row = Library.objects.filter(pk=member.review_id).values_list(*columns.values())[0]
        found |= {name: number or 0 for name, number in zip(some, row, strict=True)}
    return found


def _length(name: str, member: Member) -> Subquery:
    each = lists.named(name, member)
    if each is None:
        raise LookupError(name)
    counted = each.rows(member).order_by().annotate(n=Func(F("pk"), function="COUNT", output_field=IntegerField()))
    return Subquery(counted.values("n"))


def gather(member: Member) -> Flow:
    """The flow as this member may see it: while blinded, made of the imports and of own decisions."""
    searches = list(_searches(member))
    reasons = list(ExclusionReason.objects.filter(review=member.review_id).order_by("order"))
    names = {*OF_FLOW.values(), *REMOVED.values(), *REMOVED_OTHER.values()}
    names |= {f"search-{each.pk}" for each in searches}
    names |= {lists.list_of_kind(each.arm, each.kind) for each in searches}
    for arm in lists.ARMS:
        names |= {f"identified-{arm}", *(f"{name}-{arm}" for name in OF_COLUMN.values())}
        names |= {_reason(arm, pk) for pk in (0, *(each.pk for each in reasons))}
    count = lengths(member, sorted(names))
    return Flow(
        databases=_column(Arm.DATABASES, count, searches, reasons),
        other=_column(Arm.OTHER, count, searches, reasons),
        own_only=not all(access.sees_totals(member, stage) for stage in StageName.values),
        **{field: count[name] for field, name in OF_FLOW.items()},
    )


def _searches(member: Member) -> Iterable[Search]:
    """The searches of both columns in the order of their making; one without hits is named too, with none."""
    return Search.objects.filter(library=member.review_id, aside=False, arm__in=lists.ARMS).order_by("pk")


def _reason(arm: str, pk: int) -> str:
    return f"reason-{arm}-{pk}"


def _column(arm: str, count: dict[str, int], searches: list[Search], reasons: list[ExclusionReason]) -> Counts:
    given = [Named(each.text, count[_reason(arm, each.pk)], _reason(arm, each.pk)) for each in reasons]
    given.append(Named("", count[_reason(arm, 0)], _reason(arm, 0)))
    return Counts(
        arm=str(arm),
        identified=count[f"identified-{arm}"],
        kinds=_kinds(arm, count, searches),
        reasons=tuple(each for each in given if each.number),
        **{field: count[name] for field, name in (REMOVED if arm == Arm.DATABASES else REMOVED_OTHER).items()},
        **{field: count[f"{name}-{arm}"] for field, name in OF_COLUMN.items()},
    )


def _kinds(arm: str, count: dict[str, int], searches: list[Search]) -> tuple[Kind, ...]:
    """Kinds of source in PRISMA's order, those that were searched; databases and registers are always named."""
    kinds = []
    always = ("database", "register") if arm == Arm.DATABASES else ()
    for kind in lists.SourceKind.values:
        here = [each for each in searches if each.arm == arm and each.kind == kind]
        if here or kind in always:
            name = lists.list_of_kind(arm, kind)
            sources = tuple(Named(each.source, count[f"search-{each.pk}"], f"search-{each.pk}") for each in here)
            kinds.append(Kind(kind, count.get(name, 0), name, sources))
    return tuple(kinds)
