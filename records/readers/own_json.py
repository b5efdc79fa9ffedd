"""JSON that people and small tools write: a list of objects with a title, keys named as columns of a table would be."""

from collections.abc import Iterator
from typing import Any

from records import earlier_decisions
from records.readers import json_forms
from records.readers.base import Draft, Source, Yielded
from records.readers.json_forms import text
from records.readers.table import COLUMN, Columns, authors, column_key

NAME = "json"
LABEL = "JSON (own)"
PEOPLE = ("authors", "editors")
PLAIN = Columns(["title", "authors"])


def recognises(head: str) -> bool:
    """The first object has a title in words; asked after all readers that know whose JSON it is."""
    return any(_name(key) == "title" and isinstance(value, str) for key, value in json_forms.first(head).items())


def read(source: Source) -> Iterator[Yielded]:
    """Each object with a title or an abstract."""
    return json_forms.read(source, _map)


def _name(key: str) -> str:
    """The field of ours that a key means, by the alias table of tables."""
    return COLUMN.get(column_key(key), "")


def _map(entry: dict[str, Any], draft: Draft) -> None:
    for key, value in entry.items():
        name = _name(key)
        if name in PEOPLE:
            for each in value if isinstance(value, list) else [value]:
                _person(draft, name, each, alone=not isinstance(value, list))
        elif name in ("first_page", "last_page"):
            continue
        elif not name and (key == "decisions" or earlier_decisions.column(key)):
            for each in value if isinstance(value, list) else [value]:
                draft.add(
                    "decisions",
                    each if isinstance(each, dict) else (key, str(each) if isinstance(each, bool) else text(each)),
                )
        elif name and column_key(key) != "id":
            for each in value if isinstance(value, list) else [value]:
                draft.add(name, text(each))
    pages = {_name(key): text(value) for key, value in entry.items() if _name(key) in ("first_page", "last_page")}
    if "pages" not in draft.fields:
        for part in ("first_page", "last_page"):
            draft.add("pages", pages.get(part, ""))


def _person(draft: Draft, name: str, value: Any, *, alone: bool) -> None:
    """A name as text, as parts, or several names in one text."""
    if isinstance(value, dict):
        parts = {key.casefold(): text(said) for key, said in value.items()}
        family = parts.get("family") or parts.get("last") or parts.get("lastname") or parts.get("surname") or ""
        given = parts.get("given") or parts.get("first") or parts.get("firstname") or ""
        draft.add(name, f"{family}, {given}" if family and given else family or parts.get("name", ""))
    elif alone and text(value):
        for each in authors(text(value), PLAIN):
            draft.add(name, each)
    else:
        draft.add(name, text(value))
