"""Who reads what at a stage, as owners set it: everybody takes the next work, or works are given out beforehand.

By shares, by source or by label; previewed in numbers a member, carried out by the job of `reviews.handing_out`, and taken
back to what was before. What is decided stays with who decided it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from records.history import remember
from reviews import access, dealing, handing_out, rules
from reviews.models import Allocation, Experience, Member, Stage

HOW = ("shared", "shares", "source", "label")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an owner asks for: one of HOW, each member's share and experience, who is named for which source or label."""

    how: str
    shares: dict[int, int] = field(default_factory=dict)
    experience: dict[int, str] = field(default_factory=dict)
    groups: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """How many works wait, how many each member would be given of them, and how many nobody could be found for."""

    works: int
    loads: list[tuple[Member, int]]
    short: int


def preview(*, member: Member, stage: str, wish: Wish) -> Preview:
    """What a deal under this wish would give to whom."""
    row = Stage.objects.get(review=member.review_id, name=stage)
    members = {each.pk: each for each in access.deciding(member.review_id).select_related("user").order_by("pk")}
    row.dealt_by = {**row.dealt_by, "n": row.dealt_by.get("n", 0) + 1}
    team = [
        dealing.Hand(pk, wish.shares.get(pk, each.share), wish.experience.get(pk, each.experience) == Experience.EXPERT)
        for pk, each in members.items()
    ]
    now = handing_out.standing(row)
    among = handing_out.groups(row, wish.how, wish.groups, member.pk)
    found = handing_out.changes(row, now, team, among, fresh=True)
    counts = handing_out.loads(now, found)
    needed = row.rule.needed
    short = sum(len(now.decided[work]) + len(found[work].add if work in found else ()) < needed for work in now.works)
    return Preview(len(now.works), [(each, counts.get(pk, 0)) for pk, each in members.items()], short)


def _as_it_is(row: Stage, members: list[Member]) -> dict[str, Any]:
    """All that an allocation consists of, to come back to."""
    kept = {name: row.dealt_by[name] for name in ("how", "groups", "by") if name in row.dealt_by}
    return {
        **kept,
        "allocation": row.allocation,
        "shares": {str(each.pk): each.share for each in members},
        "experience": {str(each.pk): each.experience for each in members},
    }


@transaction.atomic
def set_allocation(*, member: Member, stage: str, wish: Wish) -> Stage:
    """Deal a stage's undecided works anew, or let everybody take the next one."""
    row = Stage.objects.select_for_update(no_key=True).get(review=member.review_id, name=stage)
    members = list(Member.objects.filter(review=member.review_id).order_by("pk"))
    before = _as_it_is(row, members)
    row.allocation = Allocation.SHARED if wish.how == "shared" else Allocation.FIXED
    row.dealt_by = {
        "how": wish.how, "groups": wish.groups, "by": member.pk, "n": row.dealt_by.get("n", 0) + 1, "before": before,
    }  # fmt: skip
    _set(member, row, wish, members)
    remember(library_id=row.review_id, by=member.user, verb="gave works out", subject=stage, how=wish.how)
    return row


@transaction.atomic
def take_back(*, member: Member, stage: str) -> Stage | None:
    """Bring back the allocation before the last change; what is undecided is dealt as it was then. None where there is none."""
    row = Stage.objects.select_for_update(no_key=True).get(review=member.review_id, name=stage)
    former = row.dealt_by.get("before")
    if not former:
        return None
    members = list(Member.objects.filter(review=member.review_id).order_by("pk"))
    before = _as_it_is(row, members)
    row.allocation = former["allocation"]
    kept = {name: former[name] for name in ("how", "groups", "by") if name in former}
    row.dealt_by = {**kept, "n": row.dealt_by.get("n", 0) + 1, "before": before}
    wish = Wish(
        former.get("how", "shared"),
        {int(key): share for key, share in former["shares"].items()},
        {int(key): said for key, said in former["experience"].items()},
    )
    _set(member, row, wish, members)
    remember(library_id=row.review_id, by=member.user, verb="took a giving out back", subject=stage)
    return row


def _set(member: Member, row: Stage, wish: Wish, members: list[Member]) -> None:
    """Keep what was asked for, and have it carried out."""
    row.save(update_fields=["allocation", "dealt_by"])
    for each in members:
        share = wish.shares.get(each.pk, each.share)
        if share != each.share:
            Member.objects.filter(pk=each.pk).update(share=share)
        _set_experience(each, wish.experience.get(each.pk, each.experience), member)
    handing_out.queue(row.review_id, member.user_id, fresh=row.name)


def _set_experience(of: Member, experience: str, by: Member) -> None:
    if experience != of.experience:
        Member.objects.filter(pk=of.pk).update(experience=experience)
        rules.team_changed(of.review_id, by.user)


def as_set(row: Stage) -> Wish:
    """The allocation of a stage as it stands, to begin a form with."""
    fixed = row.allocation == Allocation.FIXED
    return Wish(row.dealt_by.get("how", "shares") if fixed else "shared", groups=row.dealt_by.get("groups", {}))
