"""The verbs of the ground floor: name a search, receive a dump, answer a pair, join, split, take back.

`by` is a user: this floor knows no member. Whoever may is asked before, in `reviews.access`. Each verb is one
transaction and writes its own event.
"""

import hashlib
import unicodedata
import uuid
from contextlib import suppress
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from records import fingerprint, previewing, works
from records.engine import lock_library, lock_works
from records.history import remember
from records.models import (
    Answer,
    Band,
    Dump,
    DumpState,
    HistoryHead,
    Job,
    Joining,
    Library,
    Match,
    Record,
    RejectedStretch,
    Search,
    SourceKind,
    TextVersion,
    Work,
)
from records.works import Nobody, Upstairs


class NothingToUndo(Exception):
    """The act was taken back already, or its records have moved on since."""


@transaction.atomic
def new_library() -> Library:
    """An empty library with an empty history."""
    library = Library.objects.create()
    HistoryHead.objects.create(library=library)
    return library


@transaction.atomic
def name_search(*, by: Any, library: Library, source: str, kind: str = SourceKind.DATABASE, **more: Any) -> Search:
    """Name one run of one strategy in one source. `more`: platform, date, strategy, hits_reported, round."""
    lock_library(library.pk)
    arm = more.pop("arm", "") or SourceKind(kind).arm
    search = Search.objects.create(library=library, by=by, source=source.strip(), kind=kind, arm=arm, **more)
    remember(library_id=library.pk, by=by, verb="named a search", subject=f"search {search.pk}", source=source)
    return search


@transaction.atomic
def receive(
    *,
    by: Any,
    search: Search,
    name: str,
    content: File | str,
    listed_aside: bool = False,
    preview: bool = False,
    mends: RejectedStretch | None = None,
) -> Dump:
    """Keep an upload or a pasted text byte for byte, and queue its reading. The same bytes again are named as known.

    `content` is an open file, or pasted text (stored as UTF-8). With `preview` the dump waits for a person's look
    (`records.previewing`) before it is read. `mends` is the stretch whose mended text this is (`records.mending`).
    """
    pasted = isinstance(content, str)
    file: File = ContentFile(content.encode("utf-8", "surrogatepass")) if isinstance(content, str) else content
    sha256 = fingerprint.of(file)
    lock_library(search.library_id)
    known = fingerprint.known(search.library_id, sha256)
    dump = Dump(
        library_id=search.library_id,
        search=search,
        name=name,
        pasted=pasted,
        size=file.size,
        sha256=sha256,
        by=by,
        listed_aside=listed_aside,
        mends=mends,
        state=DumpState.PREVIEW if preview else DumpState.WAITING,
    )
    if known:
        fingerprint.name_as_known(dump, known, by)
        if known.state == DumpState.PREVIEW and not preview:
            previewing.queue(by=by, dump=known)
    else:
        dump.file.save("dump", file, save=False)
        dump.save()
        if not preview:
            previewing.queue(by=by, dump=dump)
    remember(library_id=search.library_id, by=by, verb="received a dump", subject=f"dump {dump.pk}", name=name)
    return dump


@transaction.atomic
def cancel_job(*, by: Any, job: Job) -> None:
    """Ask a job to stop at its next chunk."""
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    remember(library_id=job.library_id, by=by, verb="stopped a job", subject=f"job {job.pk}")


@transaction.atomic
def join(*, by: Any, library: Library, into: Work, others: list[Work], upstairs: Upstairs = Nobody()) -> uuid.UUID:  # noqa: B008
    """Link all records of other works to one work. Returns the act, by which it can be taken back."""
    act = _join(by, library, into, others, upstairs)
    names = {"into": into.pk, "works": [w.pk for w in others], "act": str(act)}
    remember(library_id=library.pk, by=by, verb="joined works", subject=f"work {into.pk}", **names)
    return act


def _join(by: Any, library: Library, into: Work, others: list[Work], upstairs: Upstairs) -> uuid.UUID:
    lock_library(library.pk)
    lock_works(library.pk, [into.pk, *(w.pk for w in others)])
    act = works.new_act()
    moving = list(Record.objects.filter(library=library, work__in=[w.pk for w in others]))
    moved(library, works.move(records=moving, to=into, by=by, act=act), [r.pk for r in moving], upstairs)
    return act


@transaction.atomic
def split(*, by: Any, library: Library, record: Record, upstairs: Upstairs = Nobody()) -> uuid.UUID:  # noqa: B008
    """Give a record a work of its own again, and remember that it differs from those it stood with."""
    act = _split(by, library, record, upstairs)
    remember(library_id=library.pk, by=by, verb="split a record off", subject=f"record {record.pk}", act=str(act))
    return act


def _split(by: Any, library: Library, record: Record, upstairs: Upstairs) -> uuid.UUID:
    lock_library(library.pk)
    lock_works(library.pk, [record.work_id])
    record = Record.objects.select_related("work").get(library=library, pk=record.pk)
    stayed = list(Record.objects.filter(work=record.work_id).exclude(pk=record.pk))
    act = works.new_act()
    if stayed:
        home = _home(record)
        moved(library, works.move(records=[record], to=home, by=by, act=act), [record.pk], upstairs)
        for other in stayed:
            answered(library, record, other, by, Answer.DIFFERENT, act)
        works.ask(library.pk, {record.work_id, stayed[0].work_id})
        recount_questions(library)
    return act


def _home(record: Record) -> Work:
    """An empty work for a record that leaves: the one it came from if that stands empty, else a new one."""
    came = record.joinings.filter(from_work__empty=True, undone_at=None).order_by("-pk").first()
    if came:
        return came.from_work
    library = Library.objects.get(pk=record.library_id)
    library.last_rank += 1
    library.save(update_fields=["last_rank"])
    return Work.objects.create(library=library, rank=library.last_rank, empty=True)


def answered(library: Library, one: Record, other: Record, by: Any, answer: str, act: uuid.UUID | None) -> Match:
    """Store a person's answer about a pair; a pair that the rules never saw gets a row of its own.

    An answer that moved records carries the time of its act, by which `reopen` finds what to send back.
    """
    first, second = sorted((one, other), key=lambda r: r.pk)
    match, _ = Match.objects.get_or_create(
        library=library,
        record_a=first,
        record_b=second,
        defaults={"score": 0, "probability": 0, "band": Band.APART, "rules": "asked by a person"},
    )
    moved = Joining.objects.filter(act=act).first()
    match.answer, match.answered_by, match.open = answer, by, False
    match.answered_at = moved.at if moved else timezone.now()
    match.save()
    return match


@transaction.atomic
def answer(*, by: Any, match: Match, answer: str, upstairs: Upstairs = Nobody()) -> Match:  # noqa: B008
    """A person says of a pair: same, different or related. Same joins their works; the others part them if joined."""
    library = lock_library(match.library_id)
    a, b = Record.objects.select_related("work").filter(pk__in=[match.record_a_id, match.record_b_id]).order_by("pk")
    lock_works(library.pk, [a.work_id, b.work_id])
    act = None
    if answer == Answer.SAME and a.work_id != b.work_id:
        first, second = sorted((a.work, b.work), key=lambda w: w.rank)
        act = _join(by, library, first, [second], upstairs)
    if answer != Answer.SAME and a.work_id == b.work_id:
        act = _split(by, library, b, upstairs)
    match = answered(library, a, b, by, answer, act)
    works.ask(library.pk, set(Record.objects.filter(pk__in=[a.pk, b.pk]).values_list("work", flat=True)))
    recount_questions(library)
    remember(library_id=library.pk, by=by, verb="answered a pair", subject=f"match {match.pk}", answer=answer)
    return match


@transaction.atomic
def reopen(*, by: Any, match: Match, upstairs: Upstairs = Nobody()) -> Match:  # noqa: B008
    """Take an answer back: the pair is a question again, and what the answer joined or parted stands as before it.

    Where the records have moved on since, only the answer goes. Raises NothingToUndo where there is none.
    """
    library = lock_library(match.library_id)
    a, b = Record.objects.select_related("work").filter(pk__in=[match.record_a_id, match.record_b_id]).order_by("pk")
    lock_works(library.pk, [a.work_id, b.work_id])
    if not match.answer:
        raise NothingToUndo
    moved = Joining.objects.filter(record__in=[a, b], by=match.answered_by, at=match.answered_at).first()
    if moved:
        with suppress(NothingToUndo):
            _send_back(library, moved.act, upstairs)
    match.answer, match.answered_by, match.answered_at = "", None, None
    match.save(update_fields=["answer", "answered_by", "answered_at"])
    works.ask(library.pk, set(Record.objects.filter(pk__in=[a.pk, b.pk]).values_list("work", flat=True)))
    recount_questions(library)
    match.refresh_from_db()
    remember(library_id=library.pk, by=by, verb="took an answer back", subject=f"match {match.pk}")
    return match


@transaction.atomic
def undo(*, by: Any, library: Library, act: uuid.UUID, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """Send the records of one act back to the works they came from. Raises NothingToUndo."""
    _send_back(library, act, upstairs)
    remember(library_id=library.pk, by=by, verb="took a join back", subject=f"act {act}")


def _send_back(library: Library, act: uuid.UUID, upstairs: Upstairs) -> None:
    lock_library(library.pk)
    rows = list(Joining.objects.filter(library=library, act=act, undone_at=None).select_related("record", "from_work"))
    if not rows or any(row.record.work_id != row.to_work_id for row in rows):
        raise NothingToUndo
    lock_works(library.pk, sorted({work for row in rows for work in (row.from_work_id, row.to_work_id)}))
    sent = [row.record_id for row in rows]
    together = _together(library, sent)
    changed: set[int] = set()
    for row in rows:
        Record.objects.filter(pk=row.record_id).update(work=row.from_work)
        changed |= {row.from_work_id, row.to_work_id}
    Joining.objects.filter(pk__in=[row.pk for row in rows]).update(undone_at=timezone.now())
    _forget(before=together, now=_together(library, sent))
    moved(library, changed, sent, upstairs)


def _together(library: Library, record_ids: list[int]) -> set[int]:
    """The pairs of these records that stand in one work."""
    pairs = Match.objects.filter(library=library, record_a__work=F("record_b__work"))
    return set(pairs.filter(Q(record_a__in=record_ids) | Q(record_b__in=record_ids)).values_list("pk", flat=True))


def _forget(*, before: set[int], now: set[int]) -> None:
    """Answers go with the act that is taken back: of the pairs that it parts or brings together those that say otherwise."""
    parted, met = Match.objects.filter(pk__in=before - now), Match.objects.filter(pk__in=now - before)
    nothing = {"answer": "", "answered_by": None, "answered_at": None}
    parted.filter(answer=Answer.SAME).update(**nothing)
    met.filter(answer__in=[Answer.DIFFERENT, Answer.RELATED]).update(**nothing)
    met.filter(veto=works.TAKEN_APART).update(band=Band.JOINED, veto="", open=False)


def moved(library: Library, changed: set[int], record_ids: list[int], upstairs: Upstairs) -> None:
    """After records moved: works are composed anew, the floors above told, counters set."""
    works.recompose(library.pk, changed)
    upstairs.moved(library.pk, record_ids, changed)
    works.count_works(library)
    works.ask(library.pk, changed)
    recount_questions(library)


def recount_questions(library: Library) -> None:
    """The number of pairs that wait for a person."""
    Library.objects.filter(pk=library.pk).update(questions=Match.objects.filter(library=library, open=True).count())


@transaction.atomic
def set_aside(*, by: Any, search: Search, aside: bool, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """Take a search's records out of screening and the flow, or bring them back; nothing is deleted."""
    library = lock_library(search.library_id)
    search.aside = aside
    search.save(update_fields=["aside"])
    touched = set(search.all_records.values_list("work", flat=True))
    lock_works(library.pk, sorted(touched))
    works.recompose(library.pk, touched, cards_changed=False)
    upstairs.moved(library.pk, [], touched)
    verb = "set a search aside" if aside else "brought a search back"
    remember(library_id=library.pk, by=by, verb=verb, subject=f"search {search.pk}")


def text_shown(record: Record) -> TextVersion:
    """The abstract of a record as a text version (NFC, LF), stored or not yet; looking at it writes nothing.

    Its key follows from the library, the record and the words, so that what a page shows can be named before it is stored.
    """
    body = unicodedata.normalize("NFC", record.abstract).replace("\r\n", "\n").replace("\r", "\n")
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    key = uuid.uuid5(record.library.public_id, f"{record.pk} abstract {sha256}")
    fields = {"library_id": record.library_id, "record": record, "kind": "abstract", "language": record.language}
    return TextVersion(pk=key, sha256=sha256, body=body, **fields)


def text_of(record: Record) -> TextVersion:
    """The same, stored: made when words of it are first used, and never changed."""
    shown = text_shown(record)
    names = ("library_id", "record", "kind", "language", "body", "sha256")
    version, _made = TextVersion.objects.get_or_create(
        pk=shown.pk, defaults={name: getattr(shown, name) for name in names}
    )
    return version
