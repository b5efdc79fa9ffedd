"""One batch of entries into the database: already there, records, works, keys, pairs, counters. Called by `records.pipeline`.

Rows of all tables are made in memory under keys that are taken first, and go in by one bulk statement a table: the time of
an import is the database's, not the mapper's.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from records import engine, filling, full_text, matching, retractions, works
from records.dedup import RULES, Judged, Normal
from records.dedup.normalise import words
from records.entries import COLUMNS, Batch, Entry
from records.models import (
    AlreadyThere,
    Arm,
    Band,
    Dump,
    Library,
    Match,
    Record,
    RejectedStretch,
    Search,
    SourceKind,
    Work,
)
from records.works import Shown, Upstairs

OF_RECORD = (*COLUMNS, "filled", "id", "library_id", "dump_id", "search_id", "work_id", "position")
OF_WORK = ("id", "library_id", "rank", *works.COMPOSED)
OF_MATCH = ("library_id", "record_a_id", "record_b_id", "score", "probability", "band", "reasons", "veto", "kin",
            "rules", "answer", "open")  # fmt: skip
BAND = OF_MATCH.index("band")


@dataclass(slots=True)
class Stored:
    """What became of a batch."""

    taken_in: int = 0
    already_there: int = 0
    filled: int = 0
    joined: int = 0
    related: int = 0
    normals: list[tuple[int, Normal]] = field(default_factory=list)  # of the new records


@dataclass(slots=True)
class Placed:
    """A new record under its key, in its search, and then in its work."""

    pk: int
    entry: Entry
    search: Search
    work: Work | None = None

    @property
    def shown(self) -> Shown:
        cells = self.entry.cells
        return Shown(self.pk, self.entry.fullness, cells["title"], cells["year"], self.search.arm, self.search.aside)


@dataclass(slots=True)
class Homes:
    """Where the records of a batch went: works made for them, works that were there, records that moved between those."""

    fresh: list[Work] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    moved: list[int] = field(default_factory=list)
    founded: int = 0  # works made for new records


def store(library: Library, dump: Dump, batch: Batch, upstairs: Upstairs, recent: matching.Recent) -> Stored:
    """Store a batch under the library's lock, inside the transaction that also moves the checkpoint."""
    keys = engine.next_ids(Record, len(batch.entries))
    there = _already_there(library, dump, batch.entries, keys)
    new = [(key, entry) for n, (key, entry) in enumerate(zip(keys, batch.entries, strict=True)) if n not in there]
    done = Stored(taken_in=len(new), already_there=len(there), related=sum(each.cells["related"] for _key, each in new))
    done.normals = [(key, entry.normal) for key, entry in new]
    done.filled = sum(bool(row.filled) for row in there.values())
    if new:
        done.joined = _store_new(library, dump, new, upstairs, recent)
    RejectedStretch.objects.bulk_create(
        RejectedStretch(
            library=library, dump=dump, first_line=r.lines[0], last_line=r.lines[1], reason=r.reason, text=r.text
        )
        for r in batch.rejected
    )
    return done


# --- what adds no record -------------------------------------------------------------------------------------------
def _already_there(library: Library, dump: Dump, entries: list[Entry], keys: list[int]) -> dict[int, AlreadyThere]:
    """Entries, by their place in the batch, that add no record: known by their accession number, or filling a gap.

    `keys` are those under which the entries will be stored if they are new.
    """
    known = _known(dump, entries)
    there: dict[int, AlreadyThere] = {}
    for n, entry in enumerate(entries):
        if entry.accession and not entry.cells["related"]:
            pk, title = known.setdefault(entry.accession, (keys[n], entry.title))
            if pk != keys[n] and _alike(title, entry):
                there[n] = _row(library, dump, entry, pk)
            elif pk != keys[n]:
                _doubt(entry)
    AlreadyThere.objects.bulk_create(there.values(), batch_size=500)
    pages = [(n, (*entry.page, entry.normal)) for n, entry in enumerate(entries) if entry.page and n not in there]
    if pages:
        filled = filling.fill_chunk(library, dump, [page for _n, page in pages])
        there |= {pages[place][0]: row for place, row in filled.items()}
    return there


def _known(dump: Dump, entries: list[Entry]) -> dict[str, tuple[int, str]]:
    """Of each accession number that this search has brought already: the record and its title."""
    wanted = {entry.accession for entry in entries if entry.accession}
    rows = Record.objects.filter(search=dump.search_id, accession__in=wanted) if wanted else Record.objects.none()
    return {
        accession: (pk, title) for pk, accession, title in rows.order_by("-pk").values_list("pk", "accession", "title")
    }


def _alike(title: str, entry: Entry) -> bool:
    """A number alone is not believed: some exports give one number to several entries."""
    return not title or not entry.title or words(title) == words(entry.title)


def _doubt(entry: Entry) -> None:
    note = f"accession number {entry.accession} stands on another title of this search too; both are kept"
    entry.cells["notices"] = json.dumps([*json.loads(entry.cells["notices"]), note], ensure_ascii=False)


def _row(library: Library, dump: Dump, entry: Entry, record_id: int) -> AlreadyThere:
    lines = {"first_line": entry.cells["first_line"], "last_line": entry.cells["last_line"]}
    return AlreadyThere(
        library=library, dump=dump, record_id=record_id, title=entry.title, accession=entry.accession, **lines
    )


# --- what does -----------------------------------------------------------------------------------------------------
def _store_new(
    library: Library, dump: Dump, new: list[tuple[int, Entry]], upstairs: Upstairs, recent: matching.Recent
) -> int:
    """Records, works, keys and pairs of a batch; returns how many records joined a work that another record founded."""
    entries = [entry for _key, entry in new]
    grouping = matching.group(
        library.pk, [(each.normal, each.keys) for each in entries], upstairs, recent, library.join_at
    )
    listed = _listed_search(library, dump) if any(each.cells["related"] for each in entries) else dump.search
    records = [Placed(key, each, listed if each.cells["related"] else dump.search) for key, each in new]
    homes = _place(library, grouping, records)
    _compose_fresh(homes, records)
    engine.insert("records_work", OF_WORK, [tuple(getattr(work, name) for name in OF_WORK) for work in homes.fresh])
    rows = (_record(library, dump, n, each) for n, each in enumerate(records, dump.taken_in + 1))
    engine.insert("records_record", OF_RECORD, rows)
    keys = ((library.pk, key, each.pk) for each in records for key in each.entry.keys)
    engine.insert("records_blockkey", ("library_id", "key", "record_id"), keys)
    full_text.index((each.pk, each.entry.cells) for each in records)
    retractions.note_down(library.pk, ((each.pk, each.entry.said) for each in records if each.entry.said))
    doubtful = _store_matches(library, grouping, records)
    turned = works.recompose(library.pk, homes.touched) if homes.touched else set()
    upstairs.made(library.pk, homes.fresh)
    if homes.moved or turned:
        upstairs.moved(library.pk, homes.moved, homes.touched)
    asked = doubtful | (homes.touched if homes.moved else set())
    if asked:
        works.ask(library.pk, asked)
    _count(library, records, homes, asked=bool(asked))
    return len(records) - homes.founded


def _record(library: Library, dump: Dump, position: int, each: Placed) -> tuple:
    cells = each.entry.cells
    assert each.work is not None
    own = (each.pk, library.pk, dump.pk, each.search.pk, each.work.pk, position)
    return (*(cells[name] for name in COLUMNS), "{}", *own)


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


def _place(library: Library, grouping: matching.Grouping, records: list[Placed]) -> Homes:
    """Give every record of a group its work. A new record may show that two works are one, or that one is two: the works
    of a group are those whose first record is in it, the earliest is its home, and records that stand elsewhere move."""
    placed, homes = Homes(), {}
    groups = grouping.groups()
    work_of, first = grouping.work_of, grouping.works_by_first(groups)
    standing = {work.pk: work for work in engine.lock_works(library.pk, sorted(set(first.values())))} if first else {}
    keys = iter(engine.next_ids(Work, len(groups)))
    moving: dict[int, Work] = {}
    for members in groups:
        there = sorted((first[each] for each in members if each in first), key=lambda pk: standing[pk].rank)
        if there:
            home = standing[there[0]]
        else:
            library.last_rank += 1
            home = Work(pk=next(keys), library_id=library.pk, rank=library.last_rank)
            placed.fresh.append(home)
            placed.founded += members[-1] >= matching.NEW
        leaving = [each for each in members if each in work_of and work_of[each] != home.pk]
        moving |= dict.fromkeys(leaving, home)
        if leaving or (there and members[-1] >= matching.NEW):
            placed.touched |= {home.pk, *(work_of[each] for each in leaving)}
        homes.update(dict.fromkeys(members, home))
    placed.moved = _bring(moving)
    for n, each in enumerate(records):
        each.work = homes[matching.NEW + n]
    return placed


def _bring(moving: dict[int, Work]) -> list[int]:
    """Move stored records to other works, each home in an act of its own."""
    homes: dict[int, tuple[Work, list[Record]]] = {}
    for record in Record.objects.filter(pk__in=moving).only("pk", "work").order_by("pk") if moving else ():
        homes.setdefault(moving[record.pk].pk, (moving[record.pk], []))[1].append(record)
    for home, some in homes.values():
        works.move(records=some, to=home, by=None, act=works.new_act())
    return sorted(moving)


def _compose_fresh(homes: Homes, records: list[Placed]) -> None:
    """What each new work shows, set before it is stored."""
    own: dict[int, list[Shown]] = {}
    for each in records:
        own.setdefault(id(each.work), []).append(each.shown)
    for work in homes.fresh:
        works.compose(work, own.get(id(work), []))


def _store_matches(library: Library, grouping: matching.Grouping, records: list[Placed]) -> set[int]:
    """Pairs that were joined, are to be looked at or related, with score and reasons; pairs apart are not kept.

    Returns the works about which there may be a question now.
    """
    group = grouping.plan.group
    pairs = [pair for pair in grouping.judged if pair.band != Band.APART]
    anew = [pair for pair in pairs if pair.b < matching.NEW]  # type: ignore[operator]
    there = _told_again(library, anew, group) if anew else set()
    rows = [
        _match(library, pair, records, together=group[pair.a] == group[pair.b])
        for pair in pairs
        if (pair.a, pair.b) not in there
    ]
    engine.insert("records_match", OF_MATCH, rows)
    work_of = grouping.work_of | {each.pk: each.work.pk for each in records if each.work}
    return {work_of[each] for row in rows if row[BAND] == Band.LOOK for each in row[1:3]}


def _told_again(library: Library, pairs: list[Judged], group: dict) -> set[tuple]:
    """Of stored records that were grouped anew the pairs that are stored already: joined, or to be looked at, as they stand
    now. What a person answered or took apart stays. Returns these pairs."""
    said = {(pair.a, pair.b): pair for pair in pairs}
    ends = {each for both in said for each in both}
    there: set[tuple] = set()
    for match in Match.objects.filter(library=library, record_a__in=ends, record_b__in=ends):
        pair = said.get((match.record_a_id, match.record_b_id))
        if pair is None:
            continue
        there.add((pair.a, pair.b))
        if not match.answer and match.veto != works.TAKEN_APART:
            together = group[pair.a] == group[pair.b]
            match.band = pair.band if together or pair.band == Band.RELATED else Band.LOOK
            match.score, match.probability, match.reasons = pair.score, pair.probability, pair.reasons
            match.veto, match.kin, match.rules = pair.veto, pair.kin, RULES
            match.save(update_fields=["band", "score", "probability", "reasons", "veto", "kin", "rules"])
    return there


def _match(library: Library, pair: Judged, records: list[Placed], *, together: bool) -> tuple:
    """A row about a pair; what the rules would join but must not (decisions on both sides, a doubt) is to be looked at."""
    first, second = sorted(_stored_id(each, records) for each in (pair.a, pair.b))
    band = pair.band if together or pair.band == Band.RELATED else Band.LOOK.value
    reasons = json.dumps(pair.reasons, ensure_ascii=False)
    return (
        library.pk,
        first,
        second,
        pair.score,
        pair.probability,
        str(band),
        reasons,
        pair.veto,
        pair.kin,
        RULES,
        "",
        False,
    )


def _stored_id(each: Any, records: list[Placed]) -> int:
    return records[each - matching.NEW].pk if each >= matching.NEW else each


def _count(library: Library, records: list[Placed], homes: Homes, *, asked: bool) -> None:
    """The counters of library and searches, in the transaction that changes them."""
    library.records += len(records)
    library.works += len(homes.fresh)
    if homes.moved:  # works were emptied
        library.works = Work.objects.filter(library=library, empty=False).count()
    if asked:
        library.questions = Match.objects.filter(library=library, open=True).count()
    library.save(update_fields=["records", "works", "questions", "last_rank"])
    by_search: dict[int, int] = {}
    for each in records:
        by_search[each.search.pk] = by_search.get(each.search.pk, 0) + 1
    for search in Search.objects.filter(pk__in=by_search):
        Search.objects.filter(pk=search.pk).update(records=search.records + by_search[search.pk])
