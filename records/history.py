"""The history of a library: every act is one event, written in the act's own transaction, chained by hashes.

hash = sha256 of the canonical JSON of [number, time, person, verb, subject, detail, previous hash].
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from records.models import Event, HistoryHead
from records.prepared import Given, Prepared, PreparedUpdate, add

HEAD = Prepared(lambda: HistoryHead.objects.select_for_update(no_key=True).filter(pk=Given("library")))
MOVE_HEAD = PreparedUpdate(
    lambda: HistoryHead.objects.filter(pk=Given("library")), hash=Given("hash"), length=Given("length")
)


def digest(*, number: int, at: datetime, by: int | None, verb: str, subject: str, detail: Any, previous: str) -> str:
    """The hash of one event, as a hexadecimal string."""
    content = [number, at.isoformat(), by, verb, subject, detail, previous]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def remember(*, library_id: int, by: Any, verb: str, subject: str = "", **detail: Any) -> Event:
    """Append one event; call it last in a transaction, because it holds the head of the history until the end.

    `by` is a user, or None where the rules acted. Rows are locked in one order everywhere, so that no two transactions
    wait for each other: library, works, stage, head.
    """
    head = HEAD.first(library=library_id)
    if head is None:
        raise HistoryHead.DoesNotExist
    event = Event(
        library_id=library_id,
        number=head.length + 1,
        at=timezone.now(),
        by_id=by.pk if by else None,
        verb=verb,
        subject=subject,
        detail=json.loads(json.dumps(detail, default=str)),
        previous=head.hash,
    )
    event.hash = digest(
        number=event.number,
        at=event.at,
        by=event.by_id,
        verb=verb,
        subject=subject,
        detail=event.detail,
        previous=event.previous,
    )
    add(event)
    MOVE_HEAD(library=library_id, hash=event.hash, length=event.number)
    return event


def faults(library_id: int) -> Iterator[str]:
    """What is wrong with the chain of a library, in words; nothing if it holds."""
    previous, number = "", 0
    for event in Event.objects.filter(library=library_id).order_by("number").iterator():
        number += 1
        if event.number != number:
            yield f"event {number} is missing"
            number = event.number
        expected = digest(
            number=event.number,
            at=event.at,
            by=event.by_id,
            verb=event.verb,
            subject=event.subject,
            detail=event.detail,
            previous=previous,
        )
        if event.previous != previous or event.hash != expected:
            yield f"event {event.number} was changed"
        previous = event.hash
    head = HistoryHead.objects.filter(pk=library_id).values_list("hash", "length").first()
    if head is None:
        yield "the head of the history is missing"
    elif head != (previous, number):
        yield f"the history was cut: it should end with event {head[1]}"
