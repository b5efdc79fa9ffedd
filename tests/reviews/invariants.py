"""What must hold of a review at any moment, whatever happened before: each promise is counted anew here, in another way than
the site counts it, and what does not hold is told in a sentence.

Used by the walks of tests/reviews/machine.py after each step.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from records import counters as found
from records.history import faults
from records.models import Event, JobState, Record, Work
from reviews import access, counters, flow, prisma, queries
from reviews import outcome as thought
from reviews.agreement import kappa
from reviews.agreement_data import agreement
from reviews.models import (
    Adjudication,
    Allocation,
    Assignment,
    BulkWork,
    Decision,
    ExclusionReason,
    Interest,
    Lease,
    Member,
    Outcome,
    Report,
    Retrieval,
    Review,
    Round,
    RoundWork,
    Stage,
    StageName,
    State,
)

OPEN = (State.PENDING, State.AWAITING)


@dataclass
class Seen:
    """What stood at the last look: these may grow and never fall."""

    numbers: Counter = field(default_factory=Counter)

    def look(self, review: Review) -> Iterator[str]:
        now = Counter(
            records=Record.objects.filter(library=review.pk).count(),
            decisions=Decision.objects.filter(review=review).count(),
            rulings=Adjudication.objects.filter(review=review).count(),
            events=Event.objects.filter(library=review.pk).count(),
        )
        for name, before in self.numbers.items():
            if now[name] < before:
                yield f"there were {before} {name}, now there are {now[name]}"
        self.numbers = now


class Moment:
    """A review read whole, once a look."""

    def __init__(self, review: Review):
        self.review = Review.objects.get(pk=review.pk)
        of = {"review": review.pk}
        self.stages = {each.name: each for each in Stage.objects.filter(**of)}
        self.works = {each.pk: each for each in Work.objects.filter(library=review.pk)}
        self.records = {each.pk: each for each in Record.objects.filter(library=review.pk)}
        self.outcomes = {(each.work_id, each.stage): each for each in Outcome.objects.filter(**of)}
        self.reasons = {each.pk: each for each in ExclusionReason.objects.filter(**of)}
        self.members = list(Member.objects.filter(**of).select_related("review", "user").order_by("pk"))
        self.decisions = list(Decision.objects.filter(**of).order_by("pk"))
        self.rulings = list(Adjudication.objects.filter(**of).order_by("pk"))
        self.reports = {each.work_id: each for each in Report.objects.filter(**of)}
        self.said: dict[tuple, list[Decision]] = defaultdict(list)
        for each in self.decisions:
            if each.current:
                self.said[each.work_id, each.stage].append(each)
        self.ruled = {(each.work_id, each.stage): each for each in self.rulings if each.current}
        self.bulk_works = list(BulkWork.objects.filter(**of).select_related("bulk").order_by("pk"))
        self.bulks = {(each.work_id, each.stage): each.bulk for each in self.bulk_works if each.current}
        self.rounds = {each.pk: each for each in Round.objects.filter(**of)}
        self.round_works: dict[int, set[int]] = defaultdict(set)
        for round_, work in RoundWork.objects.filter(**of).values_list("round", "work"):
            self.round_works[round_].add(work)
        self.given: dict[tuple, set[int]] = defaultdict(set)
        for member, stage, work in Assignment.objects.filter(**of).values_list("member", "stage", "work"):
            self.given[member, stage].add(work)
        self.barred: dict[int, set[int]] = defaultdict(set)
        for member, work in Interest.objects.filter(**of, lifted_at=None).values_list("member", "work"):
            self.barred[member].add(work)
        self.leases: dict[tuple, set[int]] = defaultdict(set)
        live = Lease.objects.filter(**of, until__gt=timezone.now())
        for work, stage, member in live.values_list("work", "stage", "member"):
            self.leases[work, stage].add(member)
        waiting = [JobState.WAITING, JobState.RUNNING]
        self.settled = not self.review.library.jobs.filter(state__in=waiting).exists()


def broken(review: Review, *, whole: bool = False) -> list[str]:
    """What does not hold now; `whole` asks the dear questions too."""
    now = Moment(review)
    promises = [records_in_one_work, decisions_follow_records, outcomes_are_the_rules, counted, queues]
    if whole:
        promises += [flows, history]
    return [sentence for promise in promises for sentence in promise(now)]


def records_in_one_work(now: Moment) -> Iterator[str]:
    """Each record is in one work of its own library, and a work knows its records."""
    homes = Counter(each.work_id for each in now.records.values())
    for pk, work in now.works.items():
        if work.records_count != homes[pk]:
            yield f"work {pk} says {work.records_count} records, there are {homes[pk]}"
        if work.empty == bool(homes[pk]):
            yield f"work {pk} is {'' if work.empty else 'not '}empty with {homes[pk]} records"
        if homes[pk] and now.records[work.lead_id].work_id != pk:
            yield f"work {pk} is led by a record of another work"
    for pk in set(homes) - set(now.works):
        yield f"a record stands in work {pk}, which is not of this library"


def decisions_follow_records(now: Moment) -> Iterator[str]:
    """Of each member, work and stage the newest decision that nobody took back counts, and no other."""
    newest: dict[tuple, Decision] = {}
    for each in now.decisions:
        if each.work_id != now.records[each.record_id].work_id:
            yield f"decision {each.pk} did not follow its record"
        if each.undone_at is None and not getattr(each, "ended", ""):
            place = (each.member_id, each.work_id, each.stage)
            known = newest.get(place)
            if known is None or known.imported_from_id or not each.imported_from_id:
                newest[place] = each
    right = {each.pk for each in newest.values()}
    for each in now.decisions:
        if each.current != (each.pk in right):
            yield f"decision {each.pk} {'counts' if each.current else 'does not count'} (verdict {each.verdict})"
    for each in now.rulings:
        if each.work_id != now.records[each.record_id].work_id:
            yield f"adjudication {each.pk} did not follow its record"
    last: dict[tuple, Adjudication] = {}
    for each in now.rulings:
        if each.undone_at is None:
            last[each.work_id, each.stage] = each
    if {each.pk for each in last.values()} != {each.pk for each in now.rulings if each.current}:
        yield "other adjudications count than the newest that stand"
    of_bulk: dict[tuple, BulkWork] = {}
    for each in now.bulk_works:
        if each.work_id != now.records[each.record_id].work_id:
            yield f"what an act on many works said of record {each.record_id} did not follow it"
        if each.bulk.undone_at and each.current:
            yield f"an act on many works was taken back, and counts for work {each.work_id}"
        if each.current and of_bulk.setdefault((each.work_id, each.stage), each) is not each:
            yield f"two acts on many works count for work {each.work_id}"


def outcomes_are_the_rules(now: Moment) -> Iterator[str]:
    """Every work in use has an outcome at title and abstract; each outcome is what the pure rule makes of the decisions."""
    for pk, work in now.works.items():
        if not work.empty and (pk, StageName.TITLE_ABSTRACT) not in now.outcomes:
            yield f"work {pk} has no outcome"
    if not now.settled:
        return  # a rule has changed, or somebody's decisions are voided, and the worker has not come yet
    experts = {each.pk for each in now.members if each.experience == "expert"}
    for (pk, stage), row in now.outcomes.items():
        work, said, ruled = now.works[pk], now.said[pk, stage], now.ruled.get((pk, stage))
        bulk = now.bulks.get((pk, stage))
        verdicts = [each.verdict for each in said]
        counting = [
            now.reasons[now.reasons[each.reason_id].merged_into_id or each.reason_id] for each in said if each.reason_id
        ]
        state = thought.outcome(
            verdicts, now.stages[stage].rule_in(now.review), adjudicated=ruled and ruled.verdict, bulk=bulk and bulk.verdict,
            expert=any(each.member_id in experts for each in said), reasons=[each.pk for each in counting],
        )  # fmt: skip
        if row.state != state:
            yield f"work {pk} at {stage} is {row.state}, by {verdicts}, {ruled and ruled.verdict}, {bulk and bulk.verdict} it is {state}"
        if row.decided != len(said) or row.only_member_id != (said[0].member_id if len(said) == 1 else None):
            yield f"work {pk} at {stage} says {row.decided} decided, the only one {row.only_member_id}"
        if by := ruled or (None if said else bulk):
            counting = [now.reasons[now.reasons[by.reason_id].merged_into_id or by.reason_id]] if by.reason_id else []
        reason = min(counting, key=lambda each: each.order).pk if counting and state == State.EXCLUDED else None
        if row.reason_id != reason:
            yield f"work {pk} at {stage} is excluded because of {row.reason_id}, it should be {reason}"
        report = now.reports.get(pk)
        unread = stage == StageName.FULL_TEXT and (report is None or report.retrieval != Retrieval.RETRIEVED)
        if row.aside != (work.aside or work.empty or unread):
            yield f"work {pk} at {stage} is {'' if row.aside else 'not '}set aside"
        if row.rank != work.rank:
            yield f"work {pk} at {stage} has another rank in the queue"


def counted(now: Moment) -> Iterator[str]:
    """Kept counters are what a recount finds, in the library and at the stages."""
    yield from found.differences(now.review.library)
    yield from counters.differences(now.review.pk)
    for stage in now.stages.values():
        kept = sum(getattr(stage, state) for state in State.values)
        here = sum(not each.aside for (_work, name), each in now.outcomes.items() if name == stage.name)
        if kept != here:
            yield f"the states of {stage.name} sum up to {kept}, there are {here} works"


def queues(now: Moment) -> Iterator[str]:
    """A member's queue holds each work that waits for the member, once, and nothing else; progress adds up."""
    for member in access.active_members(now.review).select_related("review", "user"):
        if "decide" in access.may(member):
            for stage in now.stages.values():
                yield from _queue(now, member, stage)


def _waiting(now: Moment, member: Member, stage: Stage) -> tuple[set[int], set[int]]:
    """On which works the member decided, as far as they count for progress, and which wait for the member."""
    here = {pk: row for (pk, name), row in now.outcomes.items() if name == stage.name and not row.aside}
    deciders = {pk: {each.member_id for each in now.said[pk, stage.name]} for pk in now.works}
    own = {pk for pk, members in deciders.items() if member.pk in members}
    still = {pk for pk, row in here.items() if row.state in OPEN}
    if stage.calibrating_id:
        of_round = now.round_works[stage.calibrating_id]
        own &= of_round & set(here)
        ruled = {pk for pk in of_round if (pk, stage.name) in now.ruled}
        bulk = {pk for pk in of_round if (pk, stage.name) in now.bulks and not deciders[pk]}
        still = of_round & set(here) - ruled - bulk
    elif stage.allocation == Allocation.FIXED:
        still &= now.given[member.pk, stage.name]
    elif stage.rule.expert_with_novice and member.experience != "expert":
        experts = {each.pk for each in now.members if each.experience == "expert"}
        room = stage.rule.needed - 1
        still = {pk for pk in still if len(deciders[pk]) < room or deciders[pk] & experts}
    return own, still - own - now.barred[member.pk]


def _queue(now: Moment, member: Member, stage: Stage) -> Iterator[str]:
    shut = stage.name == StageName.FULL_TEXT and not now.review.full_texts_open
    round_ = now.rounds.get(stage.calibrating_id)
    closed = stage.closed_at is not None or bool(round_ and not round_.open)
    shut = shut or closed
    own, waiting = _waiting(now, member, stage)
    put_off = set(member.laters.filter(stage=stage.name).values_list("work", flat=True))
    ahead = [work.pk for work in queries.ahead(member=member, stage=stage.name, count=99, without=set())]
    who = f"{member.user.name} at {stage.name}"
    if len(ahead) != len(set(ahead)):
        yield f"the queue of {who} holds a work twice: {ahead}"
    due = set() if shut else waiting - put_off
    if not stage.calibrating_id:  # what others have before them comes when nothing else is left
        due = {pk for pk in due if not _read(now, member, stage, pk)[0]} or due
    if set(ahead) != due:
        yield f"the queue of {who} holds {sorted(ahead)}, {sorted(due)} are due"
    if not stage.calibrating_id:
        ranks = [(_read(now, member, stage, pk), now.works[pk].rank) for pk in ahead]
        if ranks != sorted(ranks):
            yield f"the queue of {who} is not in order: {ahead}"
    first = queries.next_work(member=member, stage=stage.name)
    if (first is None) != (shut or not waiting) or (first and ahead and first.pk != ahead[0]):
        yield f"the next card of {who} is {first and first.pk}, {sorted(waiting)} wait"
    far = queries.progress(member=member, stage=stage.name)
    if now.settled and (far.decided, far.left) != (len(own), 0 if closed else len(waiting)):
        yield f"{who} reads {far.decided} decided and {far.left} left, there are {len(own)} and {len(waiting)}"


def _read(now: Moment, member: Member, stage: Stage, pk: int) -> tuple[bool, bool]:
    """Where a work stands for the queue: others have it before them; nobody decided on it yet."""
    if stage.allocation == Allocation.FIXED:
        return False, False
    row, said = now.outcomes[pk, stage.name], {each.member_id for each in now.said[pk, stage.name]}
    readers = len(now.leases[pk, stage.name] - said - {member.pk})
    return readers >= max(stage.rule.needed - row.decided, 1), row.state == State.PENDING


def flows(now: Moment) -> Iterator[str]:
    """The flow's identities hold for each kind of eyes: who sees all, and who sees own decisions only."""
    if not now.settled:
        return
    shown = {member.role: member for member in now.members if member.removed_at is None}
    for member in shown.values():
        for each in prisma.identities(flow.gather(member), _):
            if each.holds is False and not each.notice:
                yield f"{each.name} fails for a member who is {member.role}: {each.sentence}"


def history(now: Moment) -> Iterator[str]:
    """The chain of the history is whole."""
    yield from faults(now.review.pk)


# --- agreement, by brute force ------------------------------------------------------------------------------------
def agreement_differs(review: Review) -> Iterator[str]:
    """The tables of agreement and kappa beside an oracle that replays time; where kappa is not defined it says so."""
    now = Moment(review)
    reader = next(m for m in now.members if m.removed_at is None and m.role == "owner")
    voided = {each.pk for each in now.members if each.voided_at}
    ends: dict[tuple, Any] = {}  # of a work, when all saw all on it
    for round_ in now.rounds.values():
        for work in now.round_works[round_.pk] if round_.closed_at else ():
            ends[round_.stage, work] = min(round_.closed_at, ends.get((round_.stage, work), round_.closed_at))
    for of in agreement(reader):
        if of.shut:
            continue
        rows = [
            d
            for d in now.decisions
            if d.stage == of.stage and d.imported_from_id is None and d.ended != "voided" and d.member_id not in voided
            and d.at < min(of.unblinded_at, ends.get((d.stage, d.work_id), of.unblinded_at))
            and (d.round_id is None or now.rounds[d.round_id].counts)
        ]  # fmt: skip
        for (a, b), table in of.tables.items():
            right = _table(rows, of.members[a].pk, of.members[b].pk)
            if table != right:
                yield f"members {a} and {b} at {of.stage} have {table}, by the oracle {right}"
            figure, value = kappa(table), _kappa(right)
            if (figure.value is None) != (value is None) or (value is not None and abs(figure.value - value) > 1e-9):
                yield f"kappa of {table} is {figure.value}, by the oracle {value}"


ORDER = ("include", "maybe", "exclude")


def _table(rows: list[Decision], one: int, other: int) -> list[list[int]]:
    """What the two had said on each work at the first moment at which a decision of each stood, slips left out."""
    table = [[0] * 3 for _row in ORDER]
    for work in {each.work_id for each in rows}:
        here = sorted((each for each in rows if each.work_id == work), key=lambda each: (each.at, each.pk))
        words = [
            d for n, d in enumerate(here) if not (_slip(d) and d.member_id in [e.member_id for e in here[n + 1 :]])
        ]
        for moment in [each.at for each in words]:
            stood: list[str] = []
            for member in (one, other):
                own = [d for d in words if d.member_id == member and d.at <= moment]
                stood += [
                    d.verdict for d in own if all(end is None or end > moment for end in (d.undone_at, d.ended_at))
                ][-1:]
            if len(stood) == 2:
                table[ORDER.index(stood[0])][ORDER.index(stood[1])] += 1
                break
    return table


def _slip(row: Decision) -> bool:
    return row.undone_at is not None and (row.undone_at - row.at).total_seconds() <= 120


def _kappa(table: list[list[int]]) -> float | None:
    n = sum(map(sum, table))
    if not n:
        return None
    down = [sum(row[k] for row in table) for k in range(3)]
    seen = Fraction(sum(table[k][k] for k in range(3)), n)
    chance = sum(Fraction(sum(table[k]) * down[k], n * n) for k in range(3))
    return None if chance == 1 else float((seen - chance) / (1 - chance))
