"""The verbs about a search that was named: change what is said of it, name one that found nothing.

Each is one transaction and writes its own event; a change keeps what was said before it and after it.
"""

import datetime
from typing import Any

from django.db import transaction

from records import works
from records.actions import name_search
from records.engine import lock_library, lock_works
from records.history import remember
from records.models import Library, Search, SourceKind
from records.works import Nobody, Upstairs

SAID = ("source", "kind", "arm", "platform", "date", "strategy", "limits", "hits_reported", "explained", "round",
        "press_by", "press_on", "press_note")  # fmt: skip


@transaction.atomic
def change(*, by: Any, search: Search, upstairs: Upstairs = Nobody(), **said: Any) -> list[str]:  # noqa: B008
    """Change what is said of a search; `said` holds any of SAID. An empty arm follows from the kind.

    Where the arm changes, the works it found are composed anew, for they may count in the other column of the flow.
    Returns the names of what changed; nothing changed writes nothing.
    """
    library = lock_library(search.library_id)
    search = Search.objects.get(library=library, pk=search.pk)
    if unknown := said.keys() - set(SAID):
        raise TypeError(f"nothing of a search: {sorted(unknown)}")
    if "arm" in said:
        said["arm"] = said["arm"] or SourceKind(said.get("kind", search.kind)).arm
    changes = {name: [getattr(search, name), value] for name, value in said.items() if getattr(search, name) != value}
    if not changes:
        return []
    for name, (_before, after) in changes.items():
        setattr(search, name, after)
    search.save(update_fields=list(changes))
    if "arm" in changes:
        _recompose(library, search, upstairs)
    written = {name: [_plain(before), _plain(after)] for name, (before, after) in changes.items()}
    remember(library_id=library.pk, by=by, verb="changed a search", subject=f"search {search.pk}", changes=written)
    return list(changes)


def _recompose(library: Library, search: Search, upstairs: Upstairs) -> None:
    touched = set(search.all_records.values_list("work", flat=True))
    lock_works(library.pk, sorted(touched))
    works.recompose(library.pk, touched, cards_changed=False)
    upstairs.moved(library.pk, [], touched)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


@transaction.atomic
def found_nothing(*, by: Any, library: Library, **said: Any) -> Search:
    """Name a search that was run and brought no hit: it has no dump, and the flow and the appendix name it with 0."""
    return name_search(by=by, library=library, **{**said, "hits_reported": 0})
