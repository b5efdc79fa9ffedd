"""All records of a library compared anew, and what would change; nothing is changed here.

In chunks, so that memory is bounded by the pairs that are not apart; people's answers, what they joined, confirmed or took
apart, and works with decisions stand as they are.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F

from records import jobs, matching
from records.dedup import Judged, Normal, Plan, cluster
from records.dedup.cluster import CONTRADICTS
from records.engine import lock_library
from records.models import (
    Answer,
    Band,
    Change,
    ChangeKind,
    Job,
    Joining,
    Library,
    Match,
    Proposal,
    ProposalState,
    Record,
    Work,
)  # fmt: skip
from records.works import IN_USE, TAKEN_APART, Upstairs

CHUNK = 400  # records
AT_ONCE = 500  # changes in one transaction
Pair = tuple[int, int]


def work_out(job: Job, *, upstairs: Upstairs) -> None:
    """The job of `proposing.compare_anew`; an earlier try that stopped is begun again."""
    proposal = Proposal.objects.select_related("library").get(pk=job.checkpoint["proposal"])
    if proposal.state != ProposalState.WORKING:
        return
    library = proposal.library
    work_of = dict(_in_use(library).values_list("pk", "work"))
    told = _judged(job, library, proposal.at_least, work_of)
    plan = _plan(library, told, work_of, upstairs)
    changes = [*_joins(plan, work_of), *_partings(library, plan, told, work_of), *_questions(library, plan, told)]
    for start in range(0, max(1, len(changes)), AT_ONCE):
        _store(job, proposal, changes[start : start + AT_ONCE], first=start == 0)
        jobs.beat(job)
    with transaction.atomic():
        lock_library(library.pk)
        # Which records were looked at: what came in later is not in this proposal.
        if not jobs.own(job).update(checkpoint=job.checkpoint | {"last": max(work_of, default=0)}):
            raise jobs.TakenOver
        ready = {"state": ProposalState.READY, "records": len(work_of)}
        Proposal.objects.filter(pk=proposal.pk, state=ProposalState.WORKING).update(**ready)


@transaction.atomic
def _store(job: Job, proposal: Proposal, changes: list[Change], *, first: bool) -> None:
    """Some of the changes; nobody sees them before the proposal is ready, so another writer may come between."""
    lock_library(proposal.library_id)
    if not jobs.own(job).exists():
        raise jobs.TakenOver
    if first:
        proposal.changes.all().delete()
    for each in changes:
        each.library_id, each.proposal = proposal.library_id, proposal
    Change.objects.bulk_create(changes)


def _in_use(library: Library):  # noqa: ANN202
    return Record.objects.filter(library=library, search__taken_back_from=None).order_by("pk")


# --- how the pairs are judged today --------------------------------------------------------------------------------
@dataclass(slots=True)
class Told:
    """Every pair that is not apart or is stored already, and the ends of those apart: there are many, and few matter."""

    pairs: dict[Pair, Judged] = field(default_factory=dict)
    vetoed: array = field(default_factory=lambda: array("q"))  # a, b, a, b … of pairs apart that no chain may join
    plainly: array = field(default_factory=lambda: array("q"))  # and of those that only a very strong pair may

    def take(self, pair: Judged, *, stored: bool) -> None:
        both = _ends(pair)
        if pair.band != Band.APART or stored:
            self.pairs[both] = pair
        elif pair.veto or pair.kin:
            self.vetoed.extend(both)
        if pair.band == Band.APART and pair.probability < CONTRADICTS:
            self.plainly.extend(both)


def _ends(pair: Judged) -> Pair:
    a, b = int(str(pair.a)), int(str(pair.b))
    return (a, b) if a < b else (b, a)


def _judged(job: Job, library: Library, join_at: float, here: Mapping[int, int]) -> Told:
    """All pairs that could be one publication, judged chunk by chunk, and those that are stored, judged again."""
    recent, ids, told = matching.Recent(), sorted(here), Told()
    job.total = len(ids)
    for start in range(0, len(ids), CHUNK):
        some = Record.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("pk").values_list("pk", "normal")
        chunk = {pk: Normal.from_json(normal) for pk, normal in some}
        known = Match.objects.filter(record_b__in=chunk).values_list("record_a", "record_b")
        stored = {(a, b) for a, b in known if a in here}
        for each in matching.anew(library.pk, chunk, here, stored, recent, join_at):
            told.take(each, stored=_ends(each) in stored)
        recent.keep(chunk.items())
        jobs.beat(job, done=start + len(chunk))
    return told


# --- how they would be grouped -------------------------------------------------------------------------------------
def _plan(library: Library, told: Told, work_of: dict[int, int], upstairs: Upstairs) -> Plan:
    """How the rules would group it all, people's word first."""
    said = Match.objects.filter(library=library).exclude(answer="").values_list("record_a", "record_b", "answer")
    answers = [(a, b, answer) for a, b, answer in said if a in work_of and b in work_of]
    standing = held(set(work_of.values()), upstairs)
    members: dict[int, list[int]] = defaultdict(list)
    for record, work in work_of.items():
        if work in standing:
            members[work].append(record)
    same = [(first, each) for first, *rest in members.values() for each in rest]
    parted = Match.objects.filter(library=library, veto=TAKEN_APART, answer="").values_list("record_a", "record_b")
    reached = {end for both, each in told.pairs.items() if each.band == Band.JOINED for end in both}
    reached |= {end for both in same for end in both}
    plainly = (Judged(a, b, -8.0, 0.0, Band.APART) for a, b in _within(told.plainly, reached))
    contents = _contents(told)
    return cluster(
        work_of,
        [*told.pairs.values(), *plainly],
        same=same,
        different=[(a, b) for a, b, answer in answers if answer != Answer.SAME],
        doubtful=[*_within(told.vetoed, reached), *((a, b) for a, b in parted if a in work_of and b in work_of)],
        decided={record: standing[work] for record, work in work_of.items() if work in standing},
        content=lambda each: contents.get(each, ()),
    )


def held(works: set[int], upstairs: Upstairs) -> dict[int, bool]:
    """Of some works those that stay as they are: what people joined or confirmed, and what carries decisions (True)."""
    by_hand = Joining.objects.filter(by__isnull=False, undone_at=None)
    same = Match.objects.filter(answer=Answer.SAME, record_a__work=F("record_b__work"))
    found: dict[int, bool] = {}
    for some in _some(sorted(works)):
        found |= dict.fromkeys(by_hand.filter(to_work__in=some).values_list("to_work", flat=True), False)
        found |= dict.fromkeys(same.filter(record_a__work__in=some).values_list("record_a__work", flat=True), False)
        found |= dict.fromkeys(upstairs.decided(set(some)), True)
    return found


def _some(ids: list[int]) -> Iterator[list[int]]:
    """As many as go into one statement."""
    for start in range(0, len(ids), 5000):
        yield ids[start : start + 5000]


def _within(ends: array, reached: set[int]) -> Iterator[Pair]:
    return ((a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if a in reached and b in reached)


def _contents(told: Told) -> dict[int, Any]:
    """What records say, as far as it decides which of two equally strong pairs comes first: where a record has several."""
    pairs = [both for both, each in told.pairs.items() if each.band in (Band.JOINED, Band.LOOK)]
    degree = Counter(end for both in pairs for end in both)
    wanted = sorted({end for a, b in pairs if degree[a] > 1 or degree[b] > 1 for end in (a, b)})
    rows = (Record.objects.filter(pk__in=some).values_list("pk", "normal") for some in _some(wanted))
    return {pk: Normal.from_json(normal).content for some in rows for pk, normal in some.iterator()}


# --- what would change ---------------------------------------------------------------------------------------------
def _change(kind: str, both: Pair, pair: Judged | None) -> Change:
    """A change with what the rules say of its pair today; None where they never met it."""
    pair = pair or Judged(*both, 0.0, 0.0, Band.APART)
    return Change(
        kind=kind, record_a_id=both[0], record_b_id=both[1], score=pair.score, probability=pair.probability,
        reasons=pair.reasons, veto=pair.veto, kin=pair.kin,
    )  # fmt: skip


def _joins(plan: Plan, work_of: dict[int, int]) -> Iterable[Change]:
    """Pairs that would bring two works together, or what is left of them: as many as there are works fewer."""
    above: dict[tuple, tuple] = {}

    def first(piece: tuple) -> tuple:
        while (up := above.get(piece, piece)) != piece:
            above[piece] = piece = above.get(up, up)
        return piece

    for pair in plan.joined:  # the strongest first
        a, b = _ends(pair)
        one, two = (first((plan.group[each], work_of[each])) for each in (a, b))
        if one != two:
            above[two] = one
            yield _change(ChangeKind.JOIN, (a, b), pair)


def _partings(library: Library, plan: Plan, told: Told, work_of: dict[int, int]) -> Iterable[Change]:
    """Works whose records no longer hang together: what leaves the one that is shown, with the pair that says why."""
    of_work: dict[int, dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))
    for record, work in work_of.items():
        of_work[work][plan.group[record]].append(record)
    torn = {work: groups for work, groups in of_work.items() if len(groups) > 1}
    leads = {pk: lead for some in _some(sorted(torn)) for pk, lead in _leads(some)}
    across = _across(library, plan, told, torn.keys())
    for work, groups in torn.items():
        lead = leads[work] if leads[work] in work_of else min(min(each) for each in groups.values())
        shown = plan.group[lead]
        for root, leaving in groups.items():
            if root == shown:
                continue
            own = across[work, root]
            met = [(shown in (plan.group[a], plan.group[b]), told.pairs[a, b]) for _pk, a, b in own]
            why = max(met, key=lambda each: (each[0], each[1].score), default=(False, None))[1]
            both = _ends(why) if why else (min(lead, leaving[0]), max(lead, leaving[0]))
            change = _change(ChangeKind.PART, both, why)
            bands = [(pk, told.pairs[a, b].band) for pk, a, b in own]
            # What the rules would join but must not is to be looked at, as after an import.
            pairs = [[pk, str(Band.LOOK if band == Band.JOINED else band)] for pk, band in bands]
            change.leaving = {"records": sorted(leaving), "pairs": pairs}
            yield change


def _leads(works: list[int]):  # noqa: ANN202
    return Work.objects.filter(pk__in=works).values_list("pk", "lead")


def _across(
    library: Library, plan: Plan, told: Told, torn: Iterable[int]
) -> dict[tuple[int, object], list[tuple[int, int, int]]]:
    """Of works that would be torn and each piece of them the unanswered pairs (key, records) that would lie across."""
    torn, found = set(torn), defaultdict(list)
    stored = Match.objects.filter(library=library, answer="", band__in=[Band.JOINED, Band.LOOK], **IN_USE)
    inside = stored.filter(record_a__work=F("record_b__work")).exclude(veto=TAKEN_APART).order_by("pk")
    for pk, a, b, work in inside.values_list("pk", "record_a", "record_b", "record_a__work") if torn else ():
        if work in torn and (a, b) in told.pairs and plan.group[a] != plan.group[b]:  # else it came in meanwhile
            for root in (plan.group[a], plan.group[b]):
                found[work, root].append((pk, a, b))
    return found


def _questions(library: Library, plan: Plan, told: Told) -> Iterable[Change]:
    """Pairs that would be asked about and are not, and questions that nobody would ask any more."""
    asked: dict[frozenset, list[Match]] = defaultdict(list)
    for match in Match.objects.filter(library=library, open=True, **IN_USE).order_by("pk"):
        if match.record_a_id in plan.group and match.record_b_id in plan.group:  # else it came in meanwhile
            asked[frozenset((plan.group[match.record_a_id], plan.group[match.record_b_id]))].append(match)
    wanted = {frozenset((plan.group[pair.a], plan.group[pair.b])): _ends(pair) for pair in plan.questions}
    for groups, both in wanted.items():
        if groups not in asked:
            yield _change(ChangeKind.ASK, both, told.pairs[both])
    for groups, matches in asked.items():
        for match in matches if len(groups) == 2 and groups not in wanted else ():
            if match.asked_by_id is None and match.veto != TAKEN_APART:  # else it is a person's
                both = match.record_a_id, match.record_b_id
                change = _change(ChangeKind.DROP, both, told.pairs.get(both))
                change.match = match
                yield change
