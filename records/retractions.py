"""Retracted and corrected publications: which works they are, and what is said of them.

Whether a work is retracted is never stored: it is found by the keys that its records have anyway, at every look. So what
is imported after a list was uploaded, joined or split, is matched too. The lists are `records.notice_lists`' work.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet
from django.utils import timezone

from records.dedup.normalise import Normal
from records.models import BlockKey, Nature, Notice, NoticeList, Record
from records.notices import Said
from records.prepared import Among, Given, GivenMany, Prepared

STALE = timedelta(days=30)


class AmongKeys(Among):
    prepare_rhs = False  # the values come when the question is asked


BigIntegerField.register_lookup(AmongKeys)


def _by_key(name: str) -> QuerySet[Notice]:
    return Notice.objects.filter(library=Given("library"), **{f"{name}__among": GivenMany("keys")})


OF_RECORDS = Prepared(
    lambda: (
        Notice.objects.filter(library=Given("library"))
        .filter(
            Q(doi_key__among=GivenMany("keys"))
            | Q(pmid_key__among=GivenMany("keys"))
            | Q(record__among=GivenMany("records"))
        )
        .order_by("pk")
    )
)
BY_KEY = {name: Prepared(partial(_by_key, name)) for name in ("doi_key", "pmid_key")}


def row_of(library_id: int, each: Said, **whose: Any) -> Notice:
    doi_key, pmid_key = each.keys
    fields = {name: getattr(each, name) for name in Said.__slots__}
    return Notice(library_id=library_id, doi_key=doi_key, pmid_key=pmid_key, **fields, **whose)


def note_down(library_id: int, stated: Iterable[tuple[int, list[Said]]]) -> None:
    """Keep what new records say of themselves; called where they are stored, in the same transaction."""
    rows = [row_of(library_id, each, record_id=record) for record, said in stated for each in said]
    if rows:
        Notice.objects.bulk_create(rows, batch_size=500)


@dataclass(frozen=True, slots=True)
class Standing:
    """What all notices of one work come to; empty words where there is none of a kind."""

    notices: tuple[Notice, ...]

    @property
    def natures(self) -> list[str]:
        """Retracted or reinstated, whichever is the last said; then an expression of concern, a correction."""
        return natures((each.nature, each.date) for each in self.notices)

    @property
    def badges(self) -> list[tuple[str, str]]:
        """The same in words."""
        return in_words(self.natures)

    @property
    def retracted(self) -> bool:
        return Nature.RETRACTED in self.natures


def natures(said: Iterable[tuple[str, date | None]]) -> list[str]:
    """What holds of a publication by all that was said of it: a reinstatement ends the retractions up to its day."""
    last: dict[str, date] = {}
    for nature, at in said:
        last[nature] = max(last.get(nature, date.min), at or date.min)
    if Nature.REINSTATED in last and Nature.RETRACTED in last:
        last.pop(Nature.RETRACTED if last[Nature.REINSTATED] >= last[Nature.RETRACTED] else Nature.REINSTATED)
    return [nature for nature in Nature.values if nature in last]


def in_words(natures: Iterable[str]) -> list[tuple[str, str]]:
    """Each nature with its words."""
    return [(nature, str(Nature(nature).label)) for nature in natures]


def of_records(library_id: int, records: Iterable[Record]) -> dict[int, Standing]:
    """For each work of these records that has a notice, what its notices come to: one question."""
    homes: dict[int | None, set[int]] = defaultdict(set)  # by key
    for record in records:
        normal = Normal.of({"doi": record.doi, "pmid": record.pmid})  # as the record's own keys were made
        for key in Said("", normal.doi, normal.pmid).keys:
            if key is not None:
                homes[key].add(record.work_id)
    own = {record.pk: record.work_id for record in records}
    found: dict[int, dict[int, Notice]] = defaultdict(dict)
    for each in OF_RECORDS.all(library=library_id, keys=list(homes), records=list(own)):
        at = (
            {own[each.record_id]}
            if each.record_id
            else homes.get(each.doi_key, set()) | homes.get(each.pmid_key, set())
        )
        for work in at:
            found[work][each.pk] = each
    return {work: Standing(tuple(rows.values())) for work, rows in found.items()}


def of_library(library_id: int) -> dict[int, list[str]]:
    """Every work with a notice, and what holds of it; a few questions, however many notices and records there are."""
    said: dict[int, list[tuple[str, date | None]]] = defaultdict(list)
    rows = Notice.objects.filter(library=library_id)
    if not rows.exists():
        return {}
    for work, nature, at in rows.filter(record__isnull=False).values_list("record__work", "nature", "date"):
        said[work].append((nature, at))
    for name in ("doi_key", "pmid_key"):
        named = rows.filter(**{f"{name}__isnull": False})
        held = BlockKey.objects.filter(library=library_id, key__in=named.values(name))
        homes: dict[int, set[int]] = defaultdict(set)
        for key, work in held.values_list("key", "record__work"):
            homes[key].add(work)
        for each in BY_KEY[name].all(library=library_id, keys=sorted(homes)):
            for work in homes[getattr(each, name)]:
                said[work].append((each.nature, each.date))
    return {work: natures(each) for work, each in said.items()}


def works_with(library_id: int, nature: str) -> list[int]:
    """The works of which this holds; "any" for any notice."""
    return sorted(work for work, held in of_library(library_id).items() if nature == "any" or nature in held)


@dataclass(frozen=True, slots=True)
class Freshness:
    """When the newest list that counts was uploaded; `stale` is also said where there is none."""

    at: Any = None
    waiting: bool = False

    @property
    def stale(self) -> bool:
        return self.at is None or timezone.now() - self.at > STALE


def freshness(library_id: int) -> Freshness:
    """How old what is known of retractions is."""
    rows = NoticeList.objects.filter(library=library_id, undone_at=None).order_by("-at").values_list("state", "at")
    read = [at for state, at in rows if state == NoticeList.State.READ]
    return Freshness(read[0] if read else None, any(state == NoticeList.State.WAITING for state, _at in rows))
