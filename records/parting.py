"""Taking joins apart in one act: those of a work, or those that an import made. The pairs become questions again.

What was taken apart is never joined again without a person: its pairs carry a veto that says so. `take_back` sends
everything back; what the pairs said before stands in the act's events.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import combinations
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from records import actions, asking, engine, jobs, works
from records.dedup import Normal, judge
from records.dedup.compare import RULES
from records.engine import lock_library, lock_works
from records.history import remember
from records.models import Answer, Band, Dump, Event, Job, JobState, Joining, Library, Match, Record, Work
from records.works import TAKEN_APART, Nobody, Upstairs

PART, BACK = "part-import", "act-back"
LIVE = (JobState.WAITING, JobState.RUNNING)
AT_ONCE = 200  # works in one transaction
TURNED = ("band", "veto", "answer", "answered_by", "answered_at")  # of a pair that is taken apart
A_WORK, AN_IMPORT = "took a work apart", "took an import's joins apart"


class StillGoing(Exception):
    """A worker is still at the act that is to be taken back."""


@transaction.atomic
def take_apart(
    *,
    by: Any,
    library: Library,
    work: Work,
    revision: int | None = None,
    upstairs: Upstairs = Nobody(),  # noqa: B008
) -> uuid.UUID:
    """Give every record of a work but the one shown a work of its own. Returns the act, by which it can be taken back.
    `revision` is that of the work looked at. Raises `asking.Changed`."""
    lock_library(library.pk)
    records = asking.several(library, work, revision)
    act = works.new_act()
    told = _part(library, [[each] for each in records if each.pk != work.lead_id], by, act, upstairs)
    remember(library_id=library.pk, by=by, verb=A_WORK, subject=f"work {work.pk}", act=str(act), **told)
    return act


def _mixed(dump: Dump) -> QuerySet[Record]:
    """A dump's records that stand in one work with others'."""
    others = Record.objects.filter(library=dump.library_id, work=OuterRef("work")).exclude(dump=dump)
    return dump.records.filter(Exists(others))


def joined_by(dump: Dump) -> int:
    """How many works hold records of a dump and of others."""
    return _mixed(dump).values("work").distinct().count()


@transaction.atomic
def queue(*, by: Any, dump: Dump) -> None:
    """Have a worker take an import's joins apart; asked twice it is done once."""
    lock_library(dump.library_id)
    if not Job.objects.filter(library=dump.library_id, kind=PART, state__in=LIVE, checkpoint__dump=dump.pk).exists():
        checkpoint = {"dump": dump.pk, "name": dump.name, "act": str(works.new_act())}
        jobs.start(Job.objects.create(library_id=dump.library_id, kind=PART, by=by, checkpoint=checkpoint))


def do(job: Job, *, upstairs: Upstairs) -> None:
    """The job of `queue`, or its rest where an earlier try stopped."""
    dump = Dump.objects.select_related("library").get(pk=job.checkpoint["dump"])
    job.total = joined_by(dump)

    def going_on(count: int) -> None:
        jobs.beat(job, done=count)
        engine.give_way(lambda: True)

    act = uuid.UUID(job.checkpoint["act"])
    part_import(by=job.by, library=dump.library, dump=dump, act=act, upstairs=upstairs, going_on=going_on)


def part_import(
    *,
    by: Any,
    library: Library,
    dump: Dump,
    act: uuid.UUID,
    upstairs: Upstairs = Nobody(),  # noqa: B008
    going_on: Callable[[int], None] = lambda _count: None,
) -> None:
    """Give the records of a dump works of their own wherever they stand with others', in transactions of `AT_ONCE` works,
    each with its event; between them `going_on` hears how many works were looked at.

    What people said to be the same stays together. All of it is one act, by which it can be taken back.
    """
    after, count = 0, 0
    while some := _part_some(by, library, dump, act, after, upstairs):
        after, count = some[-1], count + len(some)
        going_on(count)


@transaction.atomic
def _part_some(by: Any, library: Library, dump: Dump, act: uuid.UUID, after: int, upstairs: Upstairs) -> list[int]:
    lock_library(library.pk)
    mixed = _mixed(dump).filter(work__gt=after)
    some = list(mixed.order_by("work").values_list("work", flat=True).distinct()[:AT_ONCE])
    if not some:
        return []
    lock_works(library.pk, some)
    held = _held_by_people(library, dump, some)
    groups: dict[int, list[Record]] = defaultdict(list)
    for record in Record.objects.filter(dump=dump, work__in=some).order_by("pk"):
        if record.pk not in held:
            groups[record.work_id].append(record)
    if groups:
        told = _part(library, list(groups.values()), by, act, upstairs)
        remember(
            library_id=library.pk,
            by=by,
            verb=AN_IMPORT,
            subject=f"dump {dump.pk}",
            act=str(act),
            works=len(groups),
            **told,
        )
    return some


def _held_by_people(library: Library, dump: Dump, work_ids: list[int]) -> set[int]:
    """Records in these works that a person said to be the same as another import's, or as one that is held so."""
    together = Match.objects.filter(library=library, answer=Answer.SAME, record_a__work=F("record_b__work"))
    pairs = list(together.filter(record_a__work__in=work_ids).values_list("record_a", "record_b"))
    own = set(Record.objects.filter(dump=dump, work__in=work_ids).values_list("pk", flat=True))
    held: set[int] = set()
    more = {each for pair in pairs for each in pair} - own
    while more - held:
        held |= more
        more = {each for pair in pairs if not held.isdisjoint(pair) for each in pair}
    return held


def _part(
    library: Library,
    groups: list[list[Record]],
    by: Any,
    act: uuid.UUID,
    upstairs: Upstairs,
) -> dict[str, Any]:
    """Give each group a work of its own; the pairs that stood across are questions that only a person answers. Returns what
    `_restore` needs."""
    library.refresh_from_db()
    ranks = range(library.last_rank + 1, library.last_rank + 1 + len(groups))
    homes = Work.objects.bulk_create(Work(library=library, rank=rank, empty=True) for rank in ranks)
    library.last_rank = ranks[-1]
    library.save(update_fields=["last_rank"])
    to = {each.pk: home.pk for group, home in zip(groups, homes, strict=True) for each in group}
    across = _across(library, {each.work_id for group in groups for each in group}, to)
    at, changed, rows = timezone.now(), set(), []
    for group, home in zip(groups, homes, strict=True):
        for each in group:
            changed |= {each.work_id, home.pk}
            rows.append(
                Joining(library=library, record=each, from_work_id=each.work_id, to_work=home, act=act, by=by, at=at)
            )
        Record.objects.filter(pk__in=[each.pk for each in group]).update(work=home)
    Joining.objects.bulk_create(rows)
    told = _doubt(library, across)
    actions.moved(library, changed, list(to), upstairs)
    return told


def _across(library: Library, leaving: set[int], to: dict[int, int]) -> set[tuple[int, int]]:
    """The pairs of records that stand in one of these works and will not: `to` names the new works of those that go."""
    stood: dict[int, list[int]] = defaultdict(list)
    rows = Record.objects.filter(library=library, work__in=leaving).order_by("pk")
    for pk, work in rows.values_list("pk", "work"):
        stood[work].append(pk)
    return {(a, b) for some in stood.values() for a, b in combinations(some, 2) if to.get(a) != to.get(b)}


def _doubt(library: Library, across: set[tuple[int, int]]) -> dict[str, Any]:
    """Let no rule join these pairs again, nor a record that resembles both; what a person parted or linked stays as it is.

    Returns what is not simply a pair that the rules joined: `was`, by key, how it stood, and `made`, the keys of new ones.
    """
    ends = {each for pair in across for each in pair}
    was: dict[int, list] = {}
    there: set[tuple[int, int]] = set()
    turned: list[Match] = []
    for match in Match.objects.filter(library=library, record_a__in=ends, record_b__in=ends):
        pair = (match.record_a_id, match.record_b_id)
        there.add(pair)
        asked = match.answer == Answer.SAME or (match.band == Band.JOINED and not match.answer)
        kept = match.answer in (Answer.DIFFERENT, Answer.RELATED) or (match.band == Band.RELATED and not match.answer)
        if pair not in across or kept:
            continue
        if match.answer or match.veto or match.band != Band.JOINED:
            said_at = match.answered_at.isoformat() if match.answered_at else None
            was[match.pk] = [match.band, match.veto, match.answer, match.answered_by_id, said_at]
        match.band = str(Band.LOOK) if asked else match.band
        match.veto, match.answer, match.answered_by, match.answered_at = TAKEN_APART, "", None, None
        turned.append(match)
    Match.objects.bulk_update(turned, TURNED, batch_size=200)
    return {"was": was, "made": _never_met(library, sorted(across - there))}


def _never_met(library: Library, pairs: list[tuple[int, int]]) -> list[int]:
    """Pairs that a third record brought together, judged now; the keys of their rows."""
    ends = {each for pair in pairs for each in pair}
    rows = Record.objects.filter(library=library, pk__in=ends).values_list("pk", "normal")
    normals = {pk: Normal.from_json(normal) for pk, normal in rows}
    fresh = []
    for each in judge(normals, pairs):
        band = str(Band.LOOK) if each.band == Band.JOINED else each.band
        match = Match(library=library, record_a_id=each.a, record_b_id=each.b, band=band, rules=RULES, kin=each.kin)
        match.score, match.probability, match.reasons = each.score, each.probability, each.reasons
        match.veto = each.veto if each.band == Band.RELATED else TAKEN_APART
        fresh.append(match)
    return [match.pk for match in Match.objects.bulk_create(fresh, batch_size=200)]


def take_back_or_queue(*, by: Any, library: Library, act: uuid.UUID, upstairs: Upstairs = Nobody()) -> bool:  # noqa: B008
    """`take_back` at once where few records moved (True), by a worker where many did."""
    if Joining.objects.filter(library=library, act=act).count() <= AT_ONCE:
        take_back(by=by, library=library, act=act, upstairs=upstairs)
        return True
    with transaction.atomic():
        lock_library(library.pk)
        if Job.objects.filter(
            library=library, kind__in=[PART, BACK], state__in=LIVE, checkpoint__act=str(act)
        ).exists():
            raise StillGoing
        checkpoint = {
            "act": str(act),
            "name": str(Record.objects.filter(joinings__act=act).order_by("pk").first() or ""),
        }
        jobs.start(Job.objects.create(library=library, kind=BACK, by=by, checkpoint=checkpoint))
    return False


def do_back(job: Job, *, upstairs: Upstairs) -> None:
    """The job of `take_back_or_queue`; one transaction, so a try that died left nothing."""
    with suppress(actions.NothingToUndo):
        take_back(by=job.by, library=job.library, act=uuid.UUID(job.checkpoint["act"]), upstairs=upstairs)


@transaction.atomic
def take_back(*, by: Any, library: Library, act: uuid.UUID, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """`actions.undo` for any act, and where it took something apart, the pairs say again what they said before. Raises
    StillGoing, `actions.NothingToUndo`."""
    lock_library(library.pk)
    if Job.objects.filter(library=library, kind=PART, state__in=LIVE, checkpoint__act=str(act)).exists():
        raise StillGoing
    actions.undo(by=by, library=library, act=act, upstairs=upstairs)
    told = list(Event.objects.filter(library=library, verb__in=[A_WORK, AN_IMPORT], detail__act=str(act)))
    if told:
        _restore(library, act, [each.detail for each in told])


def _restore(library: Library, act: uuid.UUID, told: list[dict[str, Any]]) -> None:
    """Undo `_doubt`: where a person has answered since, the answer stays."""
    made = [pk for detail in told for pk in detail["made"]]
    Match.objects.filter(library=library, pk__in=made, answer="").delete()
    was = {int(pk): said for detail in told for pk, said in detail["was"].items()}
    rows = list(Match.objects.filter(library=library, pk__in=was, answer=""))
    for match in rows:
        match.band, match.veto, match.answer, match.answered_by_id, said_at = was[match.pk]
        match.answered_at = datetime.fromisoformat(said_at) if said_at else None
    Match.objects.bulk_update(rows, TURNED, batch_size=200)
    moved = list(Joining.objects.filter(act=act).values_list("record", flat=True))
    plain = Match.objects.filter(Q(record_a__in=moved) | Q(record_b__in=moved), veto=TAKEN_APART, answer="")
    plain = plain.filter(library=library, record_a__work=F("record_b__work")).exclude(pk__in=was)
    Match.objects.filter(pk__in=list(plain.values_list("pk", flat=True))).update(band=Band.JOINED, veto="")
