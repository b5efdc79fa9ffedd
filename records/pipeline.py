"""From a dump's bytes to records and works: sniff, read, clean, group, store. The only place that knows the order.

A dump is stored in chunks. Each chunk is one transaction that holds its records, its works, the counters and the job's
checkpoint, so a job that died at any point goes on at the first entry that is not stored, and nothing is stored twice.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction

from records import clean, engine, jobs, matching, works
from records.clean import Cleaned
from records.dedup import RULES, Judged, Normal
from records.engine import lock_library
from records.history import remember
from records.models import (
    Arm,
    Band,
    BlockKey,
    Dump,
    DumpState,
    Job,
    Library,
    Match,
    Record,
    RejectedStretch,
    Search,
    SourceKind,
    Work,
)
from records.readers import Draft, Notice, Rejected, Source, Yielded, read, sniff
from records.works import Nobody, Upstairs

CHUNK = 200  # entries a transaction
MOST_NOTICES = 200  # kept with the dump; the rest is counted
OWN_COLUMNS = (
    "title", "alt_titles", "authors", "authors_incomplete", "year", "journal", "volume", "issue", "pages", "doi", "pmid",
    "accession", "abstract", "abstract_truncated", "keywords", "language", "type", "urls", "trial_registrations", "notices",
)  # fmt: skip
EXTRA = ("page_count", "pmcid", "issn", "cited_by_count", "publisher", "editors", "affiliations")


@dataclass(slots=True)
class Chunk:
    """Entries as read, thought about before the transaction begins."""

    drafts: list[tuple[Draft, Cleaned, Normal]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    size: int = 0

    @classmethod
    def of(cls, entries: list[Yielded]) -> "Chunk":
        chunk = cls(size=len(entries))
        for each in entries:
            if isinstance(each, Draft):
                cleaned = clean.draft(each)
                chunk.drafts.append((each, cleaned, Normal.of(asdict(cleaned))))
            elif isinstance(each, Rejected):
                chunk.rejected.append(each)
            else:
                chunk.notices.append(each)
        return chunk


def take_in(job: Job, *, upstairs: Upstairs = Nobody()) -> None:  # noqa: B008
    """Read one dump into its library, or go on where an earlier try stopped. Raises jobs.Cancelled, jobs.TakenOver."""
    dump = Dump.objects.select_related("search").get(pk=job.dump_id)
    if dump.state in (DumpState.READ, DumpState.NOT_UNDERSTOOD):
        return  # all is stored; a worker died before it could say so
    try:
        with dump.file.open("rb") as file:
            source = Source(file, "utf-8" if dump.pasted else None)
            reader = sniff(source)
            Dump.objects.filter(pk=dump.pk).update(
                state=DumpState.READING, format=reader.NAME, format_label=reader.LABEL, encoding=source.encoding
            )
            for chunk in _chunks(source, job):
                _store(job, dump, chunk, upstairs)
                jobs.beat(job, done=min(file.tell(), dump.size))
        _finish(job, dump)
    except BaseException:
        if jobs.own(job).exists():
            Dump.objects.filter(pk=dump.pk, state=DumpState.READING).update(state=DumpState.FAILED)
        raise


def _chunks(source: Source, job: Job) -> Iterator[Chunk]:
    """The entries that are not stored yet. Readers are deterministic, so what is stored is skipped by its count."""
    entries = islice(read(source), job.checkpoint.get("entries", 0), None)
    while batch := list(islice(entries, CHUNK)):
        yield Chunk.of(batch)


@transaction.atomic
def _finish(job: Job, dump: Dump) -> None:
    """The dump is read to its end. One that brought nothing was not understood: there is no empty success."""
    lock_library(dump.library_id)
    _hold(job)
    dump.refresh_from_db()
    dump.state = DumpState.READ if dump.taken_in else DumpState.NOT_UNDERSTOOD
    dump.save(update_fields=["state"])
    there = dump.taken_in + dump.already_there
    Dump.objects.filter(same_as=dump).update(found=there, already_there=there)  # they may have come while this was read
    job.done = job.total
    counts = {name: getattr(dump, name) for name in ("found", "taken_in", "rejected", "joined", "related")}
    remember(library_id=dump.library_id, by=job.by, verb="read a dump", subject=f"dump {dump.pk}", **counts)


def _hold(job: Job) -> None:
    """Lock the job's row until the transaction ends, and be sure that nobody else went on with it."""
    stands = jobs.own(job).select_for_update(no_key=True).values_list("checkpoint", flat=True)
    if list(stands) != [job.checkpoint]:
        raise jobs.TakenOver


@transaction.atomic
def _store(job: Job, dump: Dump, chunk: Chunk, upstairs: Upstairs) -> None:
    """One chunk, all or nothing, with the checkpoint behind it."""
    library = lock_library(dump.library_id)
    _hold(job)
    dump = Dump.objects.select_related("search").get(pk=dump.pk)
    joined = _store_drafts(library, dump, chunk, upstairs)
    RejectedStretch.objects.bulk_create(
        RejectedStretch(
            library=library, dump=dump, first_line=r.lines[0], last_line=r.lines[1], reason=r.reason, text=r.text
        )
        for r in chunk.rejected
    )
    dump.taken_in += len(chunk.drafts)
    dump.rejected += len(chunk.rejected)
    dump.found = dump.taken_in + dump.already_there + dump.rejected
    dump.joined += joined
    dump.related += sum(draft.role == "related" for draft, _cleaned, _normal in chunk.drafts)
    dump.notices = (dump.notices + [{"line": n.line, "text": n.text} for n in chunk.notices])[:MOST_NOTICES]
    dump.save(update_fields=["taken_in", "rejected", "found", "joined", "related", "notices"])
    job.checkpoint = {"entries": job.checkpoint.get("entries", 0) + chunk.size}
    job.save(update_fields=["checkpoint"])


def _store_drafts(library: Library, dump: Dump, chunk: Chunk, upstairs: Upstairs) -> int:
    """Records, works, keys and matches of a chunk; returns how many records joined a work that another record founded."""
    if not chunk.drafts:
        return 0
    grouping = matching.group(library.pk, [normal for _draft, _cleaned, normal in chunk.drafts], upstairs)
    listed = _listed_search(library, dump) if any(d.role == "related" for d, _c, _n in chunk.drafts) else dump.search
    records = [
        _record(library, dump, listed if draft.role == "related" else dump.search, n, draft, cleaned, normal)
        for n, (draft, cleaned, normal) in enumerate(chunk.drafts, dump.taken_in + 1)
    ]
    placed = _place(library, grouping, records)
    leads = _compose_fresh(placed, records)
    Work.objects.bulk_create(placed.fresh, batch_size=500)
    for record in records:
        record.work_id = record.work.pk
    Record.objects.bulk_create(records, batch_size=500)
    BlockKey.objects.bulk_create(
        (BlockKey(library=library, key=key, record=r) for r in records for key in matching.keys(r.thought)),
        batch_size=2000,
    )
    engine.index(records)
    _store_matches(library, grouping, records)
    engine.set_leads([(work.pk, leads[id(work)].pk) for work in placed.fresh])
    if placed.touched:
        works.recompose(library.pk, placed.touched)
    upstairs.made(library.pk, placed.fresh)
    if placed.touched:
        upstairs.moved(library.pk, placed.moved, placed.touched)
    works.ask(library.pk, placed.touched | {work.pk for work in placed.fresh})
    _count(library, records, placed)
    return len(records) - len(placed.fresh)


def _record(
    library: Library, dump: Dump, search: Search, position: int, draft: Draft, cleaned: Cleaned, normal: Normal
) -> Record:
    record = Record(
        library=library,
        dump=dump,
        search=search,
        position=position,
        related=draft.role == "related",
        first_line=draft.lines[0],
        last_line=draft.lines[1],
        raw=draft.raw,
        normal=normal.to_json(),
        extra={name: value for name in EXTRA if (value := getattr(cleaned, name))},
        **{name: getattr(cleaned, name) for name in OWN_COLUMNS},
    )
    record.thought = normal  # type: ignore[attr-defined]
    return record


def _listed_search(library: Library, dump: Dump) -> Search:
    """The group of its own that papers merely listed on a page make: citation searching, under other methods."""
    search, _made = Search.objects.get_or_create(
        library=library,
        listed_by=dump.search,
        defaults={
            "source": f"{dump.search.source}: papers listed on its pages",
            "kind": SourceKind.CITATION,
            "arm": Arm.OTHER,
            "date": dump.search.date,
            "round": dump.search.round,
            "aside": dump.listed_aside,
            "by": dump.by,
        },
    )
    return search


@dataclass(slots=True)
class Placed:
    """Where the records of a chunk went: works made for them, works that were there, records that moved between those."""

    fresh: list[Work] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    moved: list[int] = field(default_factory=list)


def _place(library: Library, grouping: matching.Grouping, records: list[Record]) -> Placed:
    """Give every new record its work. A new record may show that two works are one: the later one's records move."""
    placed, homes = Placed(), {}
    groups = grouping.groups()
    wanted = {grouping.work_of[each] for members in groups for each in members if each in grouping.work_of}
    standing = {work.pk: work for work in engine.lock_works(library.pk, sorted(wanted))}
    for members in groups:
        there = sorted(
            {grouping.work_of[e] for e in members if e in grouping.work_of}, key=lambda pk: standing[pk].rank
        )
        if there:
            home = standing[there[0]]
            placed.touched |= set(there)
            if there[1:]:
                placed.moved += _bring_together(home, there[1:])
        else:
            library.last_rank += 1
            home = Work(library=library, rank=library.last_rank)
            placed.fresh.append(home)
        homes.update(dict.fromkeys(members, home))
    for n, record in enumerate(records):
        record.work = homes[matching.NEW + n]
    return placed


def _bring_together(home: Work, others: list[int]) -> list[int]:
    moving = list(Record.objects.filter(work__in=others))
    works.move(records=moving, to=home, by=None, act=works.new_act())
    return [record.pk for record in moving]


def _store_matches(library: Library, grouping: matching.Grouping, records: list[Record]) -> None:
    """Pairs that were joined or are to be looked at, with score and reasons; pairs apart are not kept."""
    group = grouping.plan.group
    rows = [
        _match(library, pair, records, together=group[pair.a] == group[pair.b])
        for pair in grouping.judged
        if pair.band != Band.APART
    ]
    Match.objects.bulk_create(rows, batch_size=500)


def _match(library: Library, pair: Judged, records: list[Record], *, together: bool) -> Match:
    """A row about a pair; what the rules would join but must not (decisions on both sides, a doubt) is to be looked at."""
    first, second = (_stored_id(each, records) for each in (pair.a, pair.b))
    return Match(
        library=library,
        record_a_id=min(first, second),
        record_b_id=max(first, second),
        score=pair.score,
        probability=pair.probability,
        band=pair.band if together else Band.LOOK,
        reasons=pair.reasons,
        veto=pair.veto,
        rules=RULES,
    )


def _stored_id(each: Any, records: list[Record]) -> int:
    return records[each - matching.NEW].pk if each >= matching.NEW else each


def _compose_fresh(placed: Placed, records: list[Record]) -> dict[int, Record]:
    """What each new work shows, set before it is stored; returns the lead record by the work's identity (neither has a key yet)."""
    own: dict[int, list[Record]] = {}
    for record in records:
        own.setdefault(id(record.work), []).append(record)
    leads: dict[int, Record] = {}
    for work in placed.fresh:
        lead = works.compose(work, own[id(work)])
        if lead:
            leads[id(work)] = lead
        work.lead = None
    return leads


def _count(library: Library, records: list[Record], placed: Placed) -> None:
    """The counters of library and searches, in the transaction that changes them."""
    library.records += len(records)
    library.works += len(placed.fresh)
    if placed.moved:  # works were emptied
        library.works = Work.objects.filter(library=library, empty=False).count()
    library.questions = Match.objects.filter(library=library, open=True).count()
    library.save(update_fields=["records", "works", "questions", "last_rank"])
    by_search: dict[int, int] = {}
    for record in records:
        by_search[record.search_id] = by_search.get(record.search_id, 0) + 1
    for search in Search.objects.filter(pk__in=by_search):
        Search.objects.filter(pk=search.pk).update(records=search.records + by_search[search.pk])
