"""EPPI-Reviewer's JSON export: the review's code sets, then its references, each with the numbers of its codes.

Codes such as "EXCLUDE on title & abstract" are the team's decisions; all codes stay in `raw` by their numbers.
"""

import re
from collections.abc import Iterator
from typing import Any

from records import earlier_decisions
from records.names import family_first, given_written_out
from records.readers import json_forms
from records.readers.base import Draft, Source, Yielded
from records.readers.json_forms import Cursor, Damage, fill, objects, text

NAME = "eppi_json"
LABEL = "EPPI-Reviewer JSON"

# Field of ours: the keys that may hold it.
TABLE: dict[str, tuple[str, ...]] = {
    "title": ("Title",),
    "year": ("Year",),
    "journal": ("ParentTitle",),
    "volume": ("Volume",),
    "issue": ("Issue",),
    "pages": ("Pages",),
    "abstract": ("Abstract",),
    "doi": ("DOI",),
    "issn": ("StandardNumber",),
    "publisher": ("Publisher",),
    "urls": ("URL",),
    "keywords": ("Keywords",),
    "accession": ("OldItemId",),
}
TYPES = {"journal, article": "journal article", "book, whole": "book", "book, chapter": "book chapter", "report": "report",
         "dissertation": "thesis", "conference proceedings": "conference paper", "internet site": "web page"}  # fmt: skip
OWN = {
    "ItemId",
    "ItemStatus",
    "TypeName",
    "QuickCitation",
    "ParentTitle",
    "ShortTitle",
}  # of these a reference has three
SETS = re.compile(r"\s*\{\s*\"CodeSets\"\s*:")
DEPTH = 40  # codes within codes


def recognises(head: str) -> bool:
    """Code sets at the beginning, or a first object with keys that only this tool writes."""
    return bool(SETS.match(head.lstrip("\ufeff"))) or len(json_forms.first(head).keys() & OWN) >= 3


def read(source: Source) -> Iterator[Yielded]:
    """Each reference."""
    codes = _codes(source)
    return json_forms.read(source, lambda entry, draft: _map(entry, draft, codes))


def _codes(source: Source) -> dict[str, str]:
    """The name of each code by its number, from the code sets that stand above the references."""
    cursor, names = Cursor(source), {}
    try:
        going = cursor.take("{")
        while going and cursor.peek() == '"':
            key, _text = cursor.value()
            if not cursor.take(":") or key == "References":
                break
            value, _text = cursor.value()
            if key == "CodeSets":
                names = dict(_named(value, 0))
            going = cursor.take(",")
    except Damage:
        pass  # the reading of the references will name it
    return names


def _named(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """(number, name) of every code in a tree of them."""
    if depth > DEPTH:
        return
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            if number := text(each.get("AttributeId")):
                yield number, text(each.get("AttributeName"))
            for inner in each.values():
                if isinstance(inner, dict | list):
                    yield from _named(inner, depth + 1)


def _map(entry: dict[str, Any], draft: Draft, codes: dict[str, str]) -> None:
    fill(draft, entry, TABLE)
    for name, key in (("authors", "Authors"), ("editors", "ParentAuthors")):
        people = [each.strip() for each in re.split(r"[;\n]", text(entry.get(key))) if each.strip()]
        written_out = given_written_out(people)
        for each in people:
            draft.add(name, family_first(each, written_out=written_out))
    kind = text(entry.get("TypeName"))
    draft.add("type", TYPES.get(kind.casefold(), kind))
    if kind.casefold().startswith("book, whole"):
        draft.fields.pop("journal", None)
    for code in objects(entry.get("Codes")):
        name = codes.get(text(code.get("AttributeId")), "")
        draft.add("decisions", name if earlier_decisions.note(name) else "")
