"""Choosing what a work shows of a field: another record's value, or one's own; and back to the rules.

No record changes. A choice hangs on a record, so it goes with it when works are joined or split, and all of them are kept.
"""

import re
from typing import Any

from django.db import transaction

from records import clean, works
from records.actions import NothingToUndo
from records.clean import Cleaned
from records.composing import COMPOSED, chosen
from records.engine import lock_library, lock_works
from records.entries import storable
from records.history import remember
from records.models import Choice, Library, Record, Work
from records.readers import Draft

TYPED = tuple(name for name in COMPOSED if name != "abstract")  # the abstract is an immutable text: chosen, never typed
MOST = 20_000  # characters of a value that a person types


class NotAValue(Exception):
    """What was typed is none for this field: a year without four digits, or nothing at all; or there is no record to speak."""


@transaction.atomic
def choose(*, by: Any, library: Library, record: Record, name: str) -> Choice:
    """Let a work show what one of its records states of a field. Raises NotAValue where that record states nothing."""
    lock_library(library.pk)
    record = Record.objects.get(library=library, pk=record.pk)  # in the work where it stands now
    if name not in COMPOSED or not getattr(record, name):
        raise NotAValue
    return _choose(by, library, record, name, None)


@transaction.atomic
def type_in(*, by: Any, library: Library, work: Work, name: str, text: str) -> Choice:
    """Let a work show what a person types for a field, cleaned as an import would. Raises NotAValue."""
    value = _value(name, storable(text[:MOST]))
    lock_library(library.pk)
    lead = Record.objects.filter(library=library, pk__in=Work.objects.filter(pk=work.pk).values("lead")).first()
    if lead is None:
        raise NotAValue
    return _choose(by, library, lead, name, value)


def _value(name: str, text: str) -> Any:
    if name not in TYPED or not text.strip():
        raise NotAValue
    if name in ("authors", "keywords"):
        pieces = [" ".join(each.split()) for each in re.split(r"[;\n]", text)]
        found: Any = [each for each in pieces if each]
    elif name == "year":
        found = int(text) if re.fullmatch(r"\s*(1[5-9]|20)\d\d\s*", text, re.ASCII) else None
    elif name in ("doi", "pmid"):
        cleaned: Cleaned = clean.draft(Draft(fields={name: [text]}))
        found = getattr(cleaned, name)
    else:
        found = " ".join(text.split())
    if not found:
        raise NotAValue
    return found


def _choose(by: Any, library: Library, record: Record, name: str, value: Any) -> Choice:
    lock_works(library.pk, [record.work_id])
    before = chosen([record.work_id], [name]).get(record.work_id, {}).get(name)
    Choice.objects.filter(record__work=record.work_id, field=name, current=True).update(current=False)
    made = Choice.objects.create(library=library, record=record, field=name, value=value, by=by)
    works.recompose(library.pk, {record.work_id})
    said = {"field": name, "record": record.pk, "value": value, "before": before.pk if before else None}
    remember(library_id=library.pk, by=by, verb="chose a value", subject=f"work {record.work_id}", **said)
    return made


@transaction.atomic
def take_back(*, by: Any, library: Library, work: Work, name: str) -> None:
    """Let the rules say again what a work shows of a field. Raises NothingToUndo where nobody chose it."""
    lock_library(library.pk)
    lock_works(library.pk, [work.pk])
    if not Choice.objects.filter(record__work=work, field=name, current=True).update(current=False):
        raise NothingToUndo
    works.recompose(library.pk, {work.pk})
    remember(library_id=library.pk, by=by, verb="took a choice back", subject=f"work {work.pk}", field=name)
