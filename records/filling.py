"""Giving a record what it lacks, with where it came from: an abstract pasted by a person, or fields of a page's text.

What a dump states is never altered; only a field that no record of the work states is filled, `Record.filled` says from
where, and it can be taken back. The work's card changes, so its revision moves, and search and comparison follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from records import clean, full_text, lookup, works
from records.actions import NothingToUndo, text_shown
from records.clean import Cleaned
from records.dedup import Normal, keys
from records.dedup.normalise import COMPARED
from records.engine import lock_library, lock_works
from records.entries import storable
from records.history import remember
from records.models import AlreadyThere, Band, BlockKey, Dump, Library, Record, TextVersion, Work
from records.readers import Draft

FIELDS = ("abstract", "keywords", "doi", "pmid", "volume", "issue", "pages", "journal", "year", "authors")
EMPTY: dict[str, Any] = {"keywords": [], "authors": [], "year": None}  # every other field is "" when empty
CHANGED = [*FIELDS, "abstract_truncated", "filled", "normal"]
LONG_TITLE = 40  # letters of a title that names one publication

Page = tuple[Draft, Cleaned, Normal]  # an entry of a page as read, cleaned and made comparable


class NothingToFill(Exception):
    """The work has what is given already, or what is given says nothing."""


@transaction.atomic
def give_abstract(*, by: Any, library: Library, work: Work, text: str) -> Record:
    """Give a work without an abstract one that a person pasted. Raises NothingToFill where it has one, or `text` is none."""
    lock_library(library.pk)
    lock_works(library.pk, [work.pk])
    cleaned = clean.draft(Draft(fields={"abstract": [storable(text)]}))
    held = _held(library.pk, [work.pk]).get(work.pk)
    if not cleaned.abstract or held is None or held.has("abstract"):
        raise NothingToFill
    record = held.target
    before = full_text.searched(record)
    record.abstract, record.abstract_truncated = cleaned.abstract, cleaned.abstract_truncated
    record.filled["abstract"] = {"by": by.pk, "name": str(by), "at": timezone.now().isoformat(), "origin": "pasted"}
    _store(library.pk, [(record, before)])
    _keep_text(record, _("pasted by %s") % by)
    remember(library_id=library.pk, by=by, verb="gave an abstract", subject=f"work {work.pk}", record=record.pk)
    return record


@transaction.atomic
def take_back(*, by: Any, record: Record, name: str) -> None:
    """Empty a field that was filled; the dump's own words are untouched. Raises NothingToUndo where it was not filled."""
    lock_library(record.library_id)
    lock_works(record.library_id, [record.work_id])
    record = Record.objects.get(pk=record.pk)
    if name not in record.filled:
        raise NothingToUndo
    was = record.filled[name]
    before = full_text.searched(record)
    _empty(record, name)
    _store(record.library_id, [(record, before)])
    detail = {"record": record.pk, "field": name, "was": was}
    remember(
        library_id=record.library_id, by=by, verb="took a filling back", subject=f"work {record.work_id}", **detail
    )


def take_back_of(dump: Dump) -> int:
    """Empty all that a dump filled, where its import is taken back; returns how many fields. The caller holds the library's
    lock and writes the event."""
    given_to = AlreadyThere.objects.filter(library=dump.library_id, dump=dump).exclude(filled=[])
    records = list(Record.objects.filter(pk__in=given_to.values("record")).order_by("pk"))
    lock_works(dump.library_id, sorted({record.work_id for record in records}))
    changed, count = [], 0
    for record in records:
        names = [name for name, source in record.filled.items() if source.get("dump") == dump.pk]
        if names:
            before = full_text.searched(record)
            for name in names:
                _empty(record, name)
            changed.append((record, before))
            count += len(names)
    _store(dump.library_id, changed)
    return count


def given_by(dump: Dump) -> dict[str, dict[str, list]]:
    """All that a dump filled, as {record: {field: [value, source]}}, to be kept where its import is taken back."""
    given_to = AlreadyThere.objects.filter(library=dump.library_id, dump=dump).exclude(filled=[]).values("record")
    return {
        str(record.pk): {n: [getattr(record, n), of] for n, of in record.filled.items() if of.get("dump") == dump.pk}
        for record in Record.objects.filter(pk__in=given_to).order_by("pk")
    }


def give_again(dump: Dump, kept: dict[str, dict[str, list]]) -> int:
    """Fill again what an import had filled that is brought back (`given_by`), where it is still empty; returns how many
    fields. The caller holds the library's lock and writes the event."""
    records = list(Record.objects.filter(library=dump.library_id, pk__in=[int(pk) for pk in kept]).order_by("pk"))
    lock_works(dump.library_id, sorted({record.work_id for record in records}))
    changed, count = [], 0
    for record in records:
        given = {name: each for name, each in kept[str(record.pk)].items() if not getattr(record, name)}
        if given:
            before = full_text.searched(record)
            for name, (value, source) in given.items():
                setattr(record, name, value)
                record.filled[name] = source
            changed.append((record, before))
            count += len(given)
    _store(dump.library_id, changed)
    return count


def _empty(record: Record, name: str) -> None:
    del record.filled[name]
    setattr(record, name, EMPTY[name].copy() if isinstance(EMPTY.get(name), list) else EMPTY.get(name, ""))
    if name == "abstract":
        record.abstract_truncated = False


def fill(library: Library, dump: Dump, draft: Draft, cleaned: Cleaned, normal: Normal) -> AlreadyThere | None:
    """`fill_chunk` for one entry."""
    return fill_chunk(library, dump, [(draft, cleaned, normal)]).get(0)


def fill_chunk(library: Library, dump: Dump, entries: Sequence[Page]) -> dict[int, AlreadyThere]:
    """Let a page's text fill what works lack, instead of adding a record's twin. For each entry, by its place, that filled
    something: the stored row that says which record it was and names what was filled.

    An entry fills only where it is surely one active work, is what its page is about, and gives at least one field that
    the work lacks. All others are left out: they are ordinary records. Called for pages (not for exports: the same paper
    from two databases stays two records) inside the batch's transaction, before anything of it is stored, with the
    library locked. No event here: the head of the history is locked last, so the event of the dump that was read says it.
    """
    asked = {n: page for n, page in enumerate(entries) if page[0].role == "primary"}
    found = lookup.candidates(library.pk, [normal for _draft, _cleaned, normal in asked.values()])
    rows = zip(asked.items(), found, strict=True)
    surely = {n: work for (n, page), row in rows if (work := _surely(page[2], row))}
    if not surely:
        return {}
    locked = lock_works(library.pk, sorted(set(surely.values())))
    held = _held(library.pk, [work.pk for work in locked if not (work.aside or work.empty)])
    before = {pk: full_text.searched(each.target) for pk, each in held.items()}
    given: dict[int, AlreadyThere] = {}
    for n, pk in sorted(surely.items()):
        if pk in held and (names := _give(held[pk], dump, asked[n])):
            given[n] = _row(library, dump, held[pk].target, asked[n], names)
    filled = {row.record_id for row in given.values()}
    _store(library.pk, [(each.target, before[pk]) for pk, each in held.items() if each.target.pk in filled])
    _keep_texts([row.record for row in given.values() if "abstract" in row.filled], _("from “%s”") % dump.name)
    AlreadyThere.objects.bulk_create(given.values())
    return given


def _row(library: Library, dump: Dump, record: Record, page: Page, names: list[str]) -> AlreadyThere:
    (first, last), title = page[0].lines, page[1].title
    return AlreadyThere(
        library=library, dump=dump, record=record, first_line=first, last_line=last, title=title, filled=names
    )


def _give(held: "Held", dump: Dump, page: Page) -> list[str]:
    """Fill the target's empty fields from one entry; returns their names."""
    draft, cleaned, _normal = page
    names = [name for name in FIELDS if getattr(cleaned, name) and not held.has(name)]
    for name in names:
        value = getattr(cleaned, name)
        setattr(held.target, name, storable(value) if isinstance(value, str) else value)
        held.target.filled[name] = {
            "dump": dump.pk, "name": dump.name, "lines": list(draft.lines), "by": dump.by_id,
            "at": timezone.now().isoformat(),
        }  # fmt: skip
        if name == "abstract":
            held.target.abstract_truncated = cleaned.abstract_truncated
    return names


def _surely(normal: Normal, row: list[lookup.Candidate]) -> int | None:
    """The one work that an entry surely is; None where there is none, or more than one."""
    sure = {each.work for each in row if each.judged.band == Band.JOINED and _names_it(normal, each)}
    return sure.pop() if len(sure) == 1 else None


def _names_it(normal: Normal, each: lookup.Candidate) -> bool:
    """Same DOI and titles alike; or, where one side states no DOI, one long title and no contradiction in year and author."""
    other = each.normal
    if normal.doi and other.doi:
        return "same DOI and titles alike" in each.said
    long = len(normal.compact) >= LONG_TITLE or (len(normal.compact) >= LONG_TITLE / 2 and not normal.compact.isascii())
    years = not (normal.year and other.year) or normal.year == other.year
    first = not (normal.surnames and other.surnames) or normal.surnames[0] == other.surnames[0]
    return long and normal.compact == other.compact and years and first


@dataclass(slots=True)
class Held:
    """The records of a work that count, the one shown first: what the work lacks is given to that one."""

    records: list[Record] = field(default_factory=list)

    @property
    def target(self) -> Record:
        return self.records[0]

    def has(self, name: str) -> bool:
        """Whether any of them states a field."""
        return any(getattr(record, name) for record in self.records)


def _held(library_id: int, work_ids: Sequence[int]) -> dict[int, Held]:
    """For each work its active records; a work without any is left out. One query."""
    found: dict[int, Held] = {}
    rows = Record.objects.filter(library=library_id, work__in=work_ids, search__aside=False)
    for record in rows.select_related("library", "work").order_by("pk"):
        found.setdefault(record.work_id, Held()).records.append(record)
    for held in found.values():
        held.records.sort(key=lambda record: (record.pk != record.work.lead_id, record.pk))
    return found


def _store(library_id: int, changed: list[tuple[Record, full_text.Searched]]) -> None:
    """Store filled or emptied records, with all that follows from their words: comparison, keys, search, the works' cards."""
    if not changed:
        return
    records = [record for record, _before in changed]
    added: list[BlockKey] = []
    anew: list[Record] = []
    for record in records:
        old = set(keys(Normal.from_json(record.normal)))
        normal = Normal.of({name: getattr(record, name) for name in COMPARED})
        record.normal = normal.to_json()
        new = set(keys(normal))
        if old - new:
            anew.append(record)
        wanted = new if old - new else new - old
        added += [BlockKey(library_id=library_id, key=key, record=record) for key in sorted(wanted)]
    Record.objects.bulk_update(records, CHANGED, batch_size=200)
    if anew:
        BlockKey.objects.filter(record__in=anew).delete()
    BlockKey.objects.bulk_create(added, batch_size=2000)
    full_text.reindex(changed)
    works.recompose(library_id, {record.work_id for record in records})


def _keep_text(record: Record, origin: str) -> None:
    _keep_texts([record], origin)


def _keep_texts(records: list[Record], origin: str) -> None:
    """Keep given abstracts as text versions that say where they came from; their keys follow from the words."""
    versions = [text_shown(record) for record in records]
    for version in versions:
        version.origin = origin
    TextVersion.objects.bulk_create(versions, ignore_conflicts=True)
