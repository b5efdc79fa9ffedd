"""Works handed out to members at stages of fixed allocation: what each work misses, and the job that gives it.

The job may run at any time and as often as it is asked for: it hands works of those who left, ended or may not read them
to others, gives back what was theirs to those who are there again, deals what is new, and leaves what is decided alone.
How works are dealt is thought out in `reviews.dealing`; an owner sets it through `reviews.allocation`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from records import engine, jobs
from records.models import Job, JobState, Record
from reviews import access, dealing, giving
from reviews.models import (
    Allocation,
    Assignment,
    Decision,
    Experience,
    Interest,
    Labelling,
    Member,
    Outcome,
    Review,
    Stage,
)

DEAL = "deal"  # kind of the job
AT_ONCE = 200  # works in one transaction


@dataclass(slots=True)
class Held:
    """A row that says who has a work which is not decided by that member."""

    row: int
    member: int
    instead_of: int | None


@dataclass(slots=True)
class Standing:
    """What is known of the works that wait for decisions at a stage."""

    works: list[int]
    decided: dict[int, set[int]]
    held: dict[int, list[Held]]
    barred: dict[int, set[int]]


@dataclass(slots=True)
class Change:
    """What becomes of one work's rows: who is added, which go to others (row, member, instead of whom), which are dropped."""

    add: list[int] = field(default_factory=list)
    move: list[tuple[int, int, int | None]] = field(default_factory=list)
    drop: list[int] = field(default_factory=list)


def wanted(review_id: int, by_id: int | None = None) -> None:
    """Something changed that works handed out depend on; inside the act's transaction. Nothing where none are handed out."""
    if Stage.objects.filter(review=review_id, allocation=Allocation.FIXED).exists():
        queue(review_id, by_id)


def queue(review_id: int, by_id: int | None, fresh: str = "") -> None:
    """Have the job done; `fresh` names a stage whose works are dealt anew."""
    waiting = Job.objects.filter(library=review_id, kind=DEAL, state=JobState.WAITING, checkpoint__fresh=fresh)
    if not waiting.exists():
        by_id = by_id or Review.objects.values_list("by", flat=True).get(pk=review_id)
        jobs.start(Job.objects.create(library_id=review_id, kind=DEAL, by_id=by_id, checkpoint={"fresh": fresh}))


def at_work(review_id: int) -> bool:
    """Whether works are being handed out."""
    going = Job.objects.filter(library=review_id, kind=DEAL, state__in=[JobState.WAITING, JobState.RUNNING])
    return going.exists()


def astray(review_id: int) -> int:
    """How many works are given to members who may not decide on them now, and wait for them."""
    rows = Assignment.objects.filter(review=review_id, open=True)
    barred = Interest.objects.filter(review=review_id, member=OuterRef("member"), work=OuterRef("work"), lifted_at=None)
    there = access.deciding(review_id).values("pk")
    fixed = Stage.objects.filter(review=review_id, allocation=Allocation.FIXED).values("name")
    return rows.filter(stage__in=fixed).filter(~Q(member__in=there) | Exists(barred)).count()


def hands(review_id: int) -> list[dealing.Hand]:
    """Those who may be given works now."""
    rows = access.deciding(review_id).order_by("pk")
    return [dealing.Hand(row.pk, row.share, row.experience == Experience.EXPERT) for row in rows]


def standing(stage: Stage) -> Standing:
    """The open works of a stage, who decided on them, who has them, and who may not read them: four questions."""
    here: dict[str, Any] = {"review": stage.review_id, "stage": stage.name}
    rows = Outcome.objects.filter(**here, aside=False, state__in=giving.OPEN).order_by("rank")
    works = list(rows.values_list("work", flat=True))
    still, decided, barred = set(works), defaultdict(set), defaultdict(set)
    for work, member in Decision.objects.filter(**here, current=True).values_list("work", "member").iterator():
        if work in still:
            decided[work].add(member)
    barring = Interest.objects.filter(review=stage.review_id, lifted_at=None)
    for work, member in barring.values_list("work", "member").iterator():
        barred[work].add(member)
    held: dict[int, list[Held]] = defaultdict(list)
    given = Assignment.objects.filter(**here).order_by("pk").values_list("work", "pk", "member", "instead_of")
    for work, row, member, instead_of in given.iterator():
        if work in still and member not in decided[work]:
            held[work].append(Held(row, member, instead_of))
    return Standing(works, decided, held, barred)


def groups(stage: Stage, how: str, named: dict[str, list[int]], by: int | None) -> dict[int, frozenset[int]]:
    """For each work whose source or label has members named for it, those members; of several the first one counts.

    Of labels those count that the member `by` may see.
    """
    wanted_keys = {int(key): frozenset(members) for key, members in named.items() if members}
    pairs: Iterable[tuple[int, int]] = ()
    if how == "source" and wanted_keys:
        rows = Record.objects.filter(library=stage.review_id, search__in=wanted_keys)
        pairs = rows.order_by("-search").values_list("work", "search").iterator()
    elif how == "label" and wanted_keys:
        member = Member.objects.select_related("review").filter(review=stage.review_id, pk=by).first()
        seen = access.labellings_shown_to(member) if member else Labelling.objects.none()
        seen = seen.filter(label__in=wanted_keys)
        pairs = seen.order_by("-label").values_list("record__work", "label").iterator()
    return {work: wanted_keys[key] for work, key in pairs}


def changes(
    stage: Stage,
    now: Standing,
    team: list[dealing.Hand],
    among: dict[int, frozenset[int]],
    *,
    fresh: bool = False,
) -> dict[int, Change]:
    """What the job would do. With `fresh` all that is not decided is dealt anew."""
    there = {hand.key for hand in team}
    experts = {hand.key for hand in team if hand.expert}
    said_by_experts = experts | set(
        Member.objects.filter(review=stage.review_id, experience=Experience.EXPERT).values_list("pk", flat=True)
    )
    found: dict[int, Change] = {}
    left: dict[int, list[Held]] = {}
    places = []
    for work in now.works:
        may = there - now.barred[work] - now.decided[work]
        change, kept, gone = _kept(now.held[work], set() if fresh else may, may)
        have = now.decided[work] | kept
        expert_there = bool(experts & kept or said_by_experts & now.decided[work])
        missing = stage.rule.needed - len(have)
        if stage.expert_with_novice and not expert_there and experts:
            missing = max(missing, 1)
        if missing > 0:
            never = frozenset(have | now.barred[work])
            places.append(dealing.Place(work, missing, never, among.get(work, frozenset()), expert_there))
        found[work], left[work] = change, gone
    seed = f"{stage.review_id}/{stage.name}/{stage.dealt_by.get('n', 0)}"
    dealt = dealing.deal(places, team, seed=seed, expert_with_novice=stage.expert_with_novice)
    for work, change in found.items():
        change.add = list(dealt.get(work, []))
        for held in left[work]:
            if fresh or not change.add:
                change.drop.append(held.row)
            else:
                change.move.append((held.row, change.add.pop(0), held.member))
    return {work: change for work, change in found.items() if change.add or change.move or change.drop}


def _kept(held: list[Held], keep: set[int], may: set[int]) -> tuple[Change, set[int], list[Held]]:
    """Of a work's rows: those that go back to who had them, the members who keep theirs, and the rows that are free."""
    change, kept, gone = Change(), {each.member for each in held if each.member in keep}, []
    for each in held:
        back = each.instead_of
        if keep and back in may and back not in kept:
            change.move.append((each.row, back, None))
            kept.discard(each.member)
            kept.add(back)
        elif each.member not in keep:
            gone.append(each)
    return change, kept, gone


def loads(now: Standing, found: dict[int, Change]) -> dict[int, int]:
    """How many works that wait each member would have after these changes."""
    count: Counter[int] = Counter()
    for work in now.works:
        change = found.get(work, Change())
        moved = {row for row, *_rest in change.move}
        count.update(each.member for each in now.held[work] if each.row not in moved and each.row not in change.drop)
        count.update(member for _row, member, _before in change.move)
        count.update(change.add)
    return dict(count)


def handing_out(job: Job) -> None:
    """The job: bring what is handed out into line, stage by stage, some works at a time. It may be called again."""
    fresh = job.checkpoint.get("fresh", "")
    for stage in Stage.objects.filter(review=job.library_id).order_by("pk"):
        if stage.allocation == Allocation.FIXED:
            now = standing(stage)
            how = stage.dealt_by
            among = groups(stage, how.get("how", ""), how.get("groups", {}), how.get("by"))
            found = changes(stage, now, hands(job.library_id), among, fresh=stage.name == fresh)
            _carry_out(job, stage, found)
        elif stage.name == fresh:
            _take_all_back(job, stage)


def _carry_out(job: Job, stage: Stage, found: dict[int, Change]) -> None:
    works, before = sorted(found), job.done
    job.total = before + len(works)
    for start in range(0, len(works), AT_ONCE):
        some = works[start : start + AT_ONCE]
        _write(stage, {work: found[work] for work in some})
        jobs.beat(job, done=before + start + len(some))
        engine.give_way(lambda: True)


@transaction.atomic
def _write(stage: Stage, found: dict[int, Change]) -> None:
    """The changes of some works, under their locks."""
    engine.lock_works(stage.review_id, list(found))
    dropped = [row for change in found.values() for row in change.drop]
    Assignment.objects.filter(pk__in=dropped).delete()
    for work, change in found.items():
        for row, member, before in change.move:
            taken = Assignment.objects.filter(review=stage.review_id, work=work, stage=stage.name, member=member)
            if taken.exists():  # a row of a decision made since, or taken back
                Assignment.objects.filter(pk=row).delete()
            else:
                Assignment.objects.filter(pk=row).update(member=member, instead_of=before)
    new = [
        Assignment(review_id=stage.review_id, work_id=work, stage=stage.name, member_id=member)
        for work, change in found.items()
        for member in change.add
    ]
    Assignment.objects.bulk_create(new, ignore_conflicts=True)
    giving.placed(review_id=stage.review_id, stage=stage.name, works=set(found))


def _take_all_back(job: Job, stage: Stage) -> None:
    """Everybody takes the next of all works again: nothing is handed out."""
    rows = Assignment.objects.filter(review=stage.review_id, stage=stage.name).order_by("pk")
    while keys := list(rows.values_list("pk", flat=True)[: AT_ONCE * 10]):
        Assignment.objects.filter(pk__in=keys).delete()
        jobs.beat(job, done=job.done + len(keys))
        engine.give_way(lambda: True)


def transfer(*, review_id: int, before: Member, to: Member) -> None:
    """What a member has and has not decided on goes to another, who may not read all of it: the job sees to the rest."""
    rows = Assignment.objects.filter(review=review_id, member=before, open=True)
    theirs = Assignment.objects.filter(review=review_id, member=to).values_list("work", "stage")
    has = set(theirs)
    free = [pk for pk, *place in rows.values_list("pk", "work", "stage") if tuple(place) not in has]
    for start in range(0, len(free), 5000):
        some = Assignment.objects.filter(pk__in=free[start : start + 5000])
        some.update(member=to, instead_of=before)
    for stage in {stage for _pk, _work, stage in rows.values_list("pk", "work", "stage")}:
        giving.placed(review_id=review_id, stage=stage)
