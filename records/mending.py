"""Verbs for what went wrong with an import: have a rejected stretch read again in words that a person mended, remove one for
a reason, take an import back as a whole, bring it back. Nothing is deleted.

`by` is a user. Each verb is one transaction and writes its own event. An import that was taken back keeps its dump, records
and decisions; its records stand in a search of their own that is set aside, so they are neither screened nor counted, and
its bytes may come again.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from records import actions, filling, intake, jobs, works
from records.engine import lock_library
from records.history import remember
from records.models import (
    Band,
    Dump,
    DumpState,
    Event,
    Job,
    JobState,
    Library,
    Match,
    Record,
    RejectedStretch,
    Search,
    StretchState,
    Work,
)
from records.works import Nobody, Upstairs

AT_ONCE = 2000  # works in one statement
LARGE = 10_000  # records; taking back more is the worker's, since a person would wait for more than a second
UNDO, REDO = "undo-import", "redo-import"  # kinds of its jobs
TOOK_BACK = "took an import back"


class NotOpen(Exception):
    """The stretch is mended or removed already, or its import was taken back."""


class NoReason(Exception):
    """A stretch is removed for a reason that is written down."""


class StillRead(Exception):
    """The dump is being read; whoever wants to take it back stops the reading first."""


class NothingToTakeBack(Exception):
    """The import added nothing of its own, or it was taken back already."""


class CameAgain(Exception):
    """The same bytes were imported again since; both at once would count everything twice."""


# --- stretches -----------------------------------------------------------------------------------------------------
@transaction.atomic
def mend(*, by: Any, stretch: RejectedStretch, text: str) -> Dump:
    """Have the mended text of a stretch read, as a dump of its own in the same search. Raises NotOpen."""
    lock_library(stretch.library_id)
    stretch = _open(stretch)
    name = f"{stretch.dump.name} ({stretch.first_line}–{stretch.last_line})"
    dump = actions.receive(by=by, search=stretch.dump.search, name=name, content=text, mends=stretch)
    if columns := stretch.dump.options.get("columns"):
        Dump.objects.filter(pk=dump.pk).update(options={"columns": columns})
    if dump.state == DumpState.KNOWN:
        settle_mended(dump)
    return dump


def _open(stretch: RejectedStretch) -> RejectedStretch:
    stretch = RejectedStretch.objects.select_related("dump__search").get(pk=stretch.pk)
    if stretch.state != StretchState.OPEN or stretch.dump.undone_at:
        raise NotOpen
    return stretch


def settle_mended(dump: Dump) -> None:
    """Whether the stretch that this dump mends is mended now, or is no longer; nothing for a dump that mends none.

    Called in the transaction that finishes, mends or takes back a dump, with the library locked, before that act's own event.
    """
    if dump.mends_id is None:
        return
    stretch = RejectedStretch.objects.select_related("dump").get(pk=dump.mends_id)
    whole = next((each for each in intake.mendings(stretch).filter(undone_at=None) if _whole(each)), None)
    wanted = StretchState.MENDED if whole else StretchState.OPEN
    if stretch.state in (StretchState.REMOVED, wanted):
        return
    stretch.state = wanted
    stretch.by, stretch.at = (whole.by, timezone.now()) if whole else (None, None)
    stretch.save(update_fields=["state", "by", "at"])
    settle_mended(stretch.dump)  # which may be the mended text of another stretch itself
    verb = "mended a stretch" if whole else "a stretch is open again"
    detail = {"dump": stretch.dump_id, "lines": [stretch.first_line, stretch.last_line], "mended_by": dump.pk}
    remember(library_id=stretch.library_id, by=dump.by, verb=verb, subject=f"stretch {stretch.pk}", **detail)


def _whole(dump: Dump) -> bool:
    """Whether a mended text was read with at least one entry and nothing left open."""
    read = dump.same_as or dump
    entries = read.taken_in + read.already_there
    return bool(read.state == DumpState.READ and entries) and not _unread(read)


def _unread(dump: Dump) -> bool:
    return dump.rejected_stretches.filter(state=StretchState.OPEN).exists()


@transaction.atomic
def remove(*, by: Any, dump: Dump, stretches: Iterable[int] | None, reason: str) -> int:
    """Remove open stretches of a dump, by their keys or all (None), for a stated reason; returns how many. Raises NoReason."""
    reason = reason.strip()
    if not reason:
        raise NoReason
    lock_library(dump.library_id)
    rows = RejectedStretch.objects.filter(dump=dump, dump__undone_at=None, state=StretchState.OPEN)
    rows = rows if stretches is None else rows.filter(pk__in=list(stretches))
    found = list(rows.order_by("pk").values_list("pk", "first_line", "last_line"))
    if not found:
        return 0
    now = {"state": StretchState.REMOVED, "removed_for": reason, "by": by, "at": timezone.now()}
    for some in _some([pk for pk, *_lines in found]):
        RejectedStretch.objects.filter(pk__in=some).update(**now)
    settle_mended(dump)
    detail = {"reason": reason, "stretches": found}
    remember(library_id=dump.library_id, by=by, verb="removed stretches", subject=f"dump {dump.pk}", **detail)
    return len(found)


@transaction.atomic
def take_removal_back(*, by: Any, stretch: RejectedStretch) -> None:
    """A removed stretch is open again. Raises NotOpen where it was not removed."""
    lock_library(stretch.library_id)
    stretch = RejectedStretch.objects.select_related("dump").get(pk=stretch.pk)
    if stretch.state != StretchState.REMOVED:
        raise NotOpen
    was = stretch.removed_for
    stretch.state, stretch.removed_for, stretch.by, stretch.at = StretchState.OPEN, "", None, None
    stretch.save(update_fields=["state", "removed_for", "by", "at"])
    for mending in intake.mendings(stretch)[:1]:  # it may have been mended before it was removed
        settle_mended(mending)
    settle_mended(stretch.dump)
    detail = {"dump": stretch.dump_id, "lines": [stretch.first_line, stretch.last_line], "reason": was}
    remember(
        library_id=stretch.library_id, by=by, verb="took a removal back", subject=f"stretch {stretch.pk}", **detail
    )


# --- an import as a whole ------------------------------------------------------------------------------------------
@transaction.atomic
def undo_import(*, by: Any, dump: Dump, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """Take an import back: its records leave screening and the flow, what it filled is emptied. Raises StillRead,
    NothingToTakeBack."""
    library = lock_library(dump.library_id)
    dump = Dump.objects.get(pk=dump.pk)
    if dump.undone_at or dump.same_as_id or dump.state == DumpState.PREVIEW:
        raise NothingToTakeBack
    if intake.still_read(dump):
        raise StillRead
    given = filling.given_by(dump)  # kept in the history, from where it is given again
    filling.take_back_of(dump)
    dump.state, dump.undone_at, dump.undone_by = DumpState.UNDONE, timezone.now(), by
    dump.save(update_fields=["state", "undone_at", "undone_by"])
    moves = [(search, _aside_of(search, by)) for search in _searches(dump)]
    _change_sides(library, dump, moves, upstairs)
    settle_mended(dump)
    detail = {"records": dump.taken_in, "filled": given}
    remember(library_id=library.pk, by=by, verb=TOOK_BACK, subject=f"dump {dump.pk}", **detail)


@transaction.atomic
def redo_import(*, by: Any, dump: Dump, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """Bring an import back that was taken back. Raises NothingToTakeBack where it was not, CameAgain."""
    library = lock_library(dump.library_id)
    dump = Dump.objects.get(pk=dump.pk)
    if not dump.undone_at:
        raise NothingToTakeBack
    if Dump.objects.filter(library=library, sha256=dump.sha256, same_as=None, undone_at=None).exists():
        raise CameAgain
    dump.state, dump.undone_at, dump.undone_by = _state_before(dump), None, None
    dump.save(update_fields=["state", "undone_at", "undone_by"])
    filling.give_again(dump, _filled_before(dump))
    moves = [(search, search.taken_back_from) for search in _searches(dump) if search.taken_back_from]
    _change_sides(library, dump, moves, upstairs)
    settle_mended(dump)
    detail = {"records": dump.taken_in}
    remember(library_id=library.pk, by=by, verb="brought an import back", subject=f"dump {dump.pk}", **detail)


@transaction.atomic
def later(*, by: Any, dump: Dump, kind: str) -> None:
    """Have a large import taken back or brought back by the worker. The dump's own jobs are those that read it, so this
    job names it in its checkpoint. Whoever presses twice asks once."""
    lock_library(dump.library_id)
    if not moving(dump):
        checkpoint = {"dump": dump.pk, "name": dump.name}
        jobs.start(Job.objects.create(library_id=dump.library_id, kind=kind, by=by, checkpoint=checkpoint))


def moving(dump: Dump) -> bool:
    """Whether a worker takes the dump back or brings it back, or will."""
    waiting = Job.objects.filter(library=dump.library_id, state__in=[JobState.WAITING, JobState.RUNNING])
    return waiting.filter(kind__in=[UNDO, REDO], checkpoint__dump=dump.pk).exists()


def do(job: Job, *, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """The worker's side of `later`; what is done already, or cannot be done any more, is left as it is."""
    act = {UNDO: undo_import, REDO: redo_import}[job.kind]
    dump = Dump.objects.get(library=job.library_id, pk=job.checkpoint["dump"])
    with suppress(NothingToTakeBack, StillRead, CameAgain):
        act(by=job.by, dump=dump, upstairs=upstairs)


def _filled_before(dump: Dump) -> dict:
    """What the dump had filled when it was taken back."""
    events = Event.objects.filter(library=dump.library_id, verb=TOOK_BACK, subject=f"dump {dump.pk}")
    last = events.order_by("-number").first()
    return last.detail["filled"] if last else {}


def _state_before(dump: Dump) -> DumpState:
    """What a dump was before it was taken back; one that nobody ever wanted read waits for a look again."""
    last = Job.objects.filter(dump=dump, kind="import").order_by("-pk").first()
    if last is None:
        return DumpState.PREVIEW
    if last.state != JobState.DONE:
        return DumpState.FAILED
    return DumpState.READ if dump.taken_in + dump.already_there else DumpState.NOT_UNDERSTOOD


def _searches(dump: Dump) -> list[Search]:
    """The searches in which a dump's records stand: its own, and the group of papers that its pages merely list."""
    keys = dump.records.order_by().values("search").distinct()
    return list(Search.objects.filter(pk__in=keys).select_related("taken_back_from").order_by("pk"))


def _aside_of(search: Search, by: Any) -> Search:
    """The place for what was taken back from a search."""
    same = {name: getattr(search, name) for name in ("source", "kind", "arm", "platform", "date", "round")}
    place, _made = Search.objects.get_or_create(
        library_id=search.library_id, taken_back_from=search, defaults={**same, "aside": True, "by": by}
    )
    return place


def _change_sides(library: Library, dump: Dump, moves: list[tuple[Search, Search]], upstairs: Upstairs) -> None:
    """Move a dump's records between searches; their works, the floors above and the questions follow."""
    works_of_dump = Work.objects.select_for_update(no_key=True).filter(pk__in=dump.records.values("work"))
    touched = list(works_of_dump.order_by("pk").values_list("pk", flat=True))  # locked
    for source, target in moves:
        count = Record.objects.filter(dump=dump, search=source).update(search=target)
        Search.objects.filter(pk=source.pk).update(records=F("records") - count)
        Search.objects.filter(pk=target.pk).update(records=F("records") + count)
    _compose(library, dump, [target for _source, target in moves])
    for some in _some(touched):
        upstairs.moved(library.pk, [], set(some))
    _ask_anew(library, dump)


def _compose(library: Library, dump: Dump, targets: list[Search]) -> None:
    """Works of one record merely change sides; the others are composed anew."""
    works_of_dump = Work.objects.filter(library=library, pk__in=dump.records.values("work"))
    for target in targets:
        alone = works_of_dump.filter(records_count=1, records__search=target)
        alone.update(aside=target.aside)
    mixed = list(works_of_dump.filter(records_count__gt=1).values_list("pk", flat=True))
    for some in _some(mixed):
        works.recompose(library.pk, set(some), cards_changed=False)


def _ask_anew(library: Library, dump: Dump) -> None:
    """Pairs of this dump's records are questions as their works stand now; a work that was taken back is not asked about."""
    pairs = Match.objects.filter(Q(record_a__dump=dump) | Q(record_b__dump=dump), library=library, band=Band.LOOK)
    asked = {work for both in pairs.filter(answer="").values_list("record_a__work", "record_b__work") for work in both}
    for some in _some(sorted(asked)):
        works.ask(library.pk, set(some))
    gone = Q(record_a__work__aside=True, record_a__search__taken_back_from__isnull=False)
    gone |= Q(record_b__work__aside=True, record_b__search__taken_back_from__isnull=False)
    Match.objects.filter(gone, library=library, open=True).update(open=False)
    actions.recount_questions(library)


def _some(keys: list[int]) -> Iterator[list[int]]:
    """Many keys in lists that fit into a statement."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
