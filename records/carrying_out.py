"""A proposal done, change by change, and taken back again. Each change is a transaction; what no longer fits is left out.

Of a change that did something `was` holds what it changed of pairs: by key the values before, None where it stored the
pair; of an answer, when it was given.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from records import actions, engine, jobs, proposing, works
from records.comparing import held
from records.dedup import Normal, judge
from records.dedup.cluster import CONTRADICTS
from records.dedup.compare import RULES
from records.engine import lock_library, lock_works
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
    ProposalKind,
    ProposalState,
    Record,
    Work,
)  # fmt: skip
from records.works import TAKEN_APART, Upstairs

ORDER = (ChangeKind.PART, ChangeKind.JOIN, ChangeKind.ASK, ChangeKind.DROP)
BEAT = 20  # changes between two signs of life
MOST_PAIRS = 400  # of records of two works, judged before a likely question is answered for a person
TOLD = ("band", "score", "probability", "reasons", "veto", "kin", "rules", "open")  # what is stored of a pair
SAID = ("score", "probability", "reasons", "veto", "kin")  # and what a change brings of it
APART = (Answer.DIFFERENT, Answer.RELATED)


@dataclass(slots=True)
class Doing:
    """A worker at a proposal. `seen` is the newest record that was compared."""

    job: Job
    proposal: Proposal
    upstairs: Upstairs
    seen: int = 0

    @property
    def library(self) -> Library:
        return self.proposal.library


def carry_out(job: Job, *, upstairs: Upstairs) -> None:
    """The job of `proposing.carry_out`, or its rest where an earlier try stopped."""
    if (doing := _taken(job, ProposalState.APPLYING, upstairs)) is not None:
        _set_bar(doing)
        _each(doing, _do, done=False)
        _turn(doing, ProposalState.APPLIED)


def take_back(job: Job, *, upstairs: Upstairs) -> None:
    """The job of `proposing.take_back`: the last change first. What people moved or answered since stays as they left it."""
    if (doing := _taken(job, ProposalState.TAKING_BACK, upstairs)) is not None:
        _each(doing, _undo, done=True)
        _turn(doing, ProposalState.TAKEN_BACK)


# --- one after the other -------------------------------------------------------------------------------------------
def _taken(job: Job, state: str, upstairs: Upstairs) -> Doing | None:
    proposal = Proposal.objects.select_related("library").get(pk=job.checkpoint["proposal"])
    return Doing(job, proposal, upstairs, proposing.newest_seen(proposal)) if proposal.state == state else None


@transaction.atomic
def _set_bar(doing: Doing) -> None:
    """From here on imports join from this bar; once."""
    library = lock_library(doing.library.pk)
    _still(doing)
    fresh = Proposal.objects.filter(pk=doing.proposal.pk, kind=ProposalKind.RULES, before=None)
    if fresh.update(before=library.join_at):
        Library.objects.filter(pk=library.pk).update(join_at=doing.proposal.at_least)


def _each(doing: Doing, act: Callable[[Doing, Change], None], *, done: bool) -> None:
    """Go through the changes that are not done in their order, or through those that are done in the reverse."""
    rows = doing.proposal.changes.filter(done=done).values_list("kind", "score", "pk")
    order = sorted(((ORDER.index(ChangeKind(kind)), -score, pk) for kind, score, pk in rows), reverse=done)
    doing.job.total = len(order)
    for n, (*_place, pk) in enumerate(order, 1):
        _one(doing, act, pk, done)
        doing.job.done = n
        if n % BEAT == 0:
            jobs.beat(doing.job)
            engine.give_way(lambda: True)


@transaction.atomic
def _one(doing: Doing, act: Callable[[Doing, Change], None], pk: int, done: bool) -> None:
    lock_library(doing.library.pk)
    _still(doing)
    change = Change.objects.get(pk=pk)
    if change.done == done:  # else another worker did it before this one was told to stop
        act(doing, change)
        change.done = not done
        change.save(update_fields=["done", "act", "match", "was"])


def _still(doing: Doing) -> None:
    """Under the library's lock: this worker has the job, and the proposal goes the same way. Raises TakenOver."""
    same = Proposal.objects.filter(pk=doing.proposal.pk, state=doing.proposal.state)
    if not jobs.own(doing.job).exists() or not same.exists():
        raise jobs.TakenOver


@transaction.atomic
def _turn(doing: Doing, state: str) -> None:
    library = lock_library(doing.library.pk)
    _still(doing)
    before = Proposal.objects.values_list("before", flat=True).get(pk=doing.proposal.pk)
    if state == ProposalState.TAKEN_BACK and before is not None:
        Library.objects.filter(pk=library.pk).update(join_at=before)
    Proposal.objects.filter(pk=doing.proposal.pk).update(state=state)


# --- doing ---------------------------------------------------------------------------------------------------------
class Before(dict[str, Any]):
    """By key the pairs that a change touched, as they were; None where it stored the pair."""

    def retell(self, match: Match, **said: Any) -> None:
        self.setdefault(str(match.pk), {name: getattr(match, name) for name in TOLD})
        still = match.open and said["band"] == Band.LOOK
        Match.objects.filter(pk=match.pk).update(**said, open=still)

    def tell(self, doing: Doing, change: Change, band: str) -> None:
        """Store the pair of a change as the rules see it now."""
        said = {name: getattr(change, name) for name in SAID} | {"band": band, "rules": RULES}
        pair = {"library": doing.library, "record_a_id": change.record_a_id, "record_b_id": change.record_b_id}
        change.match = Match.objects.filter(**pair).first()
        if change.match:
            self.retell(change.match, **said)
        else:
            change.match = Match.objects.create(**pair, **said)
            self[str(change.match.pk)] = None


def _do(doing: Doing, change: Change) -> None:
    """One change, if it still fits: nobody has answered since, and the works are those that were looked at."""
    before = Before()
    if change.kind == ChangeKind.PART:
        _part(doing, change, before)
    elif (ends := _ends(doing, change)) is None:
        return
    elif doing.proposal.kind == ProposalKind.ANSWERS:
        _answer(doing, change, ends)
        return
    elif change.kind == ChangeKind.JOIN:
        _join(doing, change, ends, before)
    elif change.kind == ChangeKind.ASK:
        _ask(doing, change, ends, before)
    else:
        _drop(doing, change, ends, before)
    change.was = json.dumps(before) if before or change.act else ""
    actions.recount_questions(doing.library)


def _ends(doing: Doing, change: Change) -> tuple[Work, Work] | None:
    """The two works of a change, locked; None where they are one now, an import was taken back, or somebody answered."""
    ends = Record.objects.filter(pk__in=[change.record_a_id, change.record_b_id], search__taken_back_from=None)
    homes = sorted(set(ends.values_list("work", flat=True)))
    pair = Match.objects.filter(library=doing.library, record_a=change.record_a_id, record_b=change.record_b_id)
    if len(homes) != 2 or pair.exclude(answer="").exists():
        return None
    one, other = sorted(lock_works(doing.library.pk, homes), key=lambda work: work.rank)
    return one, other


def _between(one: Iterable[int], other: Iterable[int]) -> QuerySet[Match]:
    """Stored pairs with one end in each of two sets of records; naming the library too would have SQLite read all of it."""
    here, there = list(one), list(other)
    return Match.objects.filter(Q(record_a__in=here, record_b__in=there) | Q(record_a__in=there, record_b__in=here))


def _across(ends: tuple[Work, Work]) -> QuerySet[Match]:
    return _between(*(_records(work) for work in ends))


def _records(work: Work) -> QuerySet:
    return Record.objects.filter(work=work).values_list("pk", flat=True)


def _answer(doing: Doing, change: Change, ends: tuple[Work, Work]) -> None:
    """A likely question answered with "the same", unless something in the two works speaks against it."""
    match = Match.objects.filter(pk=change.match_id, open=True, answer="").first()
    against = _across(ends).filter(~Q(veto="") | ~Q(kin=""), answer="").exclude(band=Band.JOINED)
    if match is None or against.exists() or _both_decided(doing, ends) or _contradicted(ends):
        return
    said = actions.answer(by=doing.job.by, match=match, answer=Answer.SAME, upstairs=doing.upstairs)
    change.was = _given(said)


def _given(match: Match) -> str:
    """By what an answer is known again: another one, even of the same person, is not the proposal's to take back."""
    return json.dumps([match.answer, match.answered_by_id, match.answered_at.isoformat() if match.answered_at else ""])


def _contradicted(ends: tuple[Work, Work]) -> bool:
    """Whether records of two works are plainly apart, though those that were asked about are alike; or too many to say."""
    here, there = ({pk: Normal.from_json(normal) for pk, normal in _normals(work)} for work in ends)
    pairs = [(a, b) for a in here for b in there]
    if len(pairs) == 1:
        return False
    return len(pairs) > MOST_PAIRS or any(each.probability < CONTRADICTS for each in judge(here | there, pairs))


def _normals(work: Work) -> QuerySet:
    return Record.objects.filter(work=work, search__taken_back_from=None).values_list("pk", "normal")


def _both_decided(doing: Doing, ends: tuple[Work, Work]) -> bool:
    return len(doing.upstairs.decided({work.pk for work in ends})) == 2


def _part(doing: Doing, change: Change, before: Before) -> None:
    """What leaves a work gets one of its own, the one that it came from if that stands empty."""
    keys = change.leaving["records"]
    leaving = list(Record.objects.filter(pk__in=keys, search__taken_back_from=None).order_by("pk"))
    homes = {each.work_id for each in leaving}
    if len(homes) != 1 or len(leaving) != len(keys):
        return
    work = lock_works(doing.library.pk, list(homes))[0]
    staying = Record.objects.filter(work=work, search__taken_back_from=None).exclude(pk__in=keys)
    if not staying.exists() or _grown(doing, [work]) or held(homes, doing.upstairs):
        return
    home = actions._home(leaving[0])
    change.act = works.new_act()
    changed = works.move(records=leaving, to=home, by=None, act=change.act)
    bands = dict(change.leaving["pairs"])
    for match in Match.objects.filter(pk__in=bands, answer="").exclude(veto=TAKEN_APART):
        before.retell(match, band=bands[match.pk])
    actions.moved(doing.library, changed, [each.pk for each in leaving], doing.upstairs)


def _grown(doing: Doing, ends: Iterable[Work]) -> bool:
    """Whether records came into these works since they were compared: by an import, or moved by somebody else."""
    some, asked = [work.pk for work in ends], doing.proposal.at
    there = list(Record.objects.filter(work__in=some).values_list("pk", flat=True))
    if max(there) > doing.seen:
        return True
    came = Q(to_work__in=some, at__gte=asked) | Q(from_work__in=some, undone_at__gte=asked)
    acts = set(Joining.objects.filter(came).values_list("act", flat=True))
    own = Change.objects.filter(Q(record_a__in=there) | Q(record_b__in=there), proposal=doing.proposal.pk)
    return bool(acts) and bool(acts.difference(own.values_list("act", flat=True)))


def _join(doing: Doing, change: Change, ends: tuple[Work, Work], before: Before) -> None:
    across = _across(ends)
    if across.filter(Q(answer__in=APART) | Q(answer="", veto=TAKEN_APART)).exists() or _kept_whole(doing, ends):
        return
    if _grown(doing, ends) or _both_decided(doing, ends):  # not what was shown: a person is asked instead
        _ask(doing, change, ends, before)
        return
    before.tell(doing, change, Band.JOINED)
    home, leaving = ends
    moving = list(Record.objects.filter(work=leaving))
    change.act = works.new_act()
    changed = works.move(records=moving, to=home, by=None, act=change.act)
    actions.moved(doing.library, changed, [each.pk for each in moving], doing.upstairs)


def _kept_whole(doing: Doing, ends: tuple[Work, Work]) -> bool:
    """Whether one of the works was to be parted first and was not: more would come together than was shown."""
    there = [pk for work in ends for pk in _records(work)]
    parts = Change.objects.filter(kind=ChangeKind.PART, done=True, was="")
    of = parts.filter(Q(record_a__in=there) | Q(record_b__in=there)).values_list("proposal", flat=True)
    return doing.proposal.pk in set(of)


def _ask(doing: Doing, change: Change, ends: tuple[Work, Work], before: Before) -> None:
    before.tell(doing, change, Band.LOOK)
    works.ask(doing.library.pk, {work.pk for work in ends})


def _drop(doing: Doing, change: Change, ends: tuple[Work, Work], before: Before) -> None:
    """Ask no longer about two works: neither this pair nor another one that was compared."""
    asked = _across(ends).filter(answer="", band=Band.LOOK, asked_by=None, record_b__lte=doing.seen)
    for match in asked.exclude(veto=TAKEN_APART):
        if match.pk == change.match_id:
            before.tell(doing, change, Band.RELATED if change.kin else Band.APART)
        else:
            before.retell(match, band=Band.APART)
    works.ask(doing.library.pk, {work.pk for work in ends})


# --- undoing -------------------------------------------------------------------------------------------------------
def _undo(doing: Doing, change: Change) -> None:
    """One change taken back, unless people's own acts or words stand upon it by now."""
    if not change.was:
        return
    if doing.proposal.kind == ProposalKind.ANSWERS:
        match = Match.objects.filter(pk=change.match_id).exclude(answer="").first()
        if match and _given(match) == change.was and not _confirmed(doing, match):
            actions.reopen(by=doing.job.by, match=match, upstairs=doing.upstairs)
    elif not change.act or _sent_back(doing, change):
        _restore(doing, change)


def _restore(doing: Doing, change: Change) -> None:
    """Pairs as they were, but for those about which people have said something since."""
    was = json.loads(change.was)
    ends: set[int] = set()
    for match in Match.objects.filter(pk__in=[int(pk) for pk in was], answer="").exclude(veto=TAKEN_APART):
        ends |= {match.record_a_id, match.record_b_id}
        before = was[str(match.pk)]
        if before is not None:
            Match.objects.filter(pk=match.pk).update(**before)
        elif match.asked_by_id is None:
            change.match = None
            match.delete()
    works.ask(doing.library.pk, set(Record.objects.filter(pk__in=ends).values_list("work", flat=True)))
    actions.recount_questions(doing.library)


def _confirmed(doing: Doing, match: Match) -> bool:
    """Whether people said since that what this answer joined is the same; taking it back would take that back too."""
    ends, by = [match.record_a_id, match.record_b_id], match.answered_by_id
    joined = Joining.objects.filter(record__in=ends, by=by, at=match.answered_at).first()
    if joined is None:
        return False
    moved = Joining.objects.filter(to_work=joined.to_work_id, act=joined.act)
    sent = set(moved.values_list("record", flat=True))
    rest = set(Record.objects.filter(work=joined.to_work_id).values_list("pk", flat=True)) - sent
    said = list(_between(sent, rest).filter(answer=Answer.SAME))
    own = dict(doing.proposal.changes.filter(done=True, match__in=said).values_list("match", "was"))
    return any(own.get(each.pk) != _given(each) for each in said)


def _sent_back(doing: Doing, change: Change) -> bool:
    """Send the records of a join or a parting back, if they still stand there and nobody has said the contrary since."""
    moved = Joining.objects.filter(record__in=[change.record_a_id, change.record_b_id], act=change.act)
    came_to = moved.values_list("to_work", flat=True).first()
    rows = list(Joining.objects.filter(to_work=came_to, act=change.act, undone_at=None).select_related("record"))
    if not rows or any(row.record.work_id != row.to_work_id for row in rows):
        return False
    left, came = rows[0].from_work_id, rows[0].to_work_id
    lock_works(doing.library.pk, sorted({left, came}))
    parting = change.kind == ChangeKind.PART
    sent = {row.record_id for row in rows}
    beside = Record.objects.filter(work=left if parting else came).exclude(pk__in=sent).values_list("pk", flat=True)
    contrary = APART if parting else (Answer.SAME,)
    if _between(sent, beside).filter(answer__in=contrary).exists():
        return False
    if parting and len(doing.upstairs.decided({left, came})) == 2:
        return False  # both were decided on since: only a person joins them
    actions._send_back(doing.library, rows[0].act, doing.upstairs)
    return True
