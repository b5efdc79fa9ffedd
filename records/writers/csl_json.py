"""CSL-JSON, as citation processors, pandoc and reference managers read it. What came from it keeps all its keys."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from records.names import SUFFIXES
from records.readers.csl_json import TYPES
from records.writers.base import CONTROL, Entry, in_pieces

NAME = "csl_json"
LABEL = "CSL-JSON"
SUFFIX = "json"
MEDIA_TYPE = "application/vnd.citationstyles.csl+json; charset=utf-8"
PURPOSE = "For pandoc, Zotero and everything that formats reference lists by citation styles."

# Field of ours: its key, where the value is the text itself.
FIELDS = {
    "title": "title", "journal": "container-title", "volume": "volume", "issue": "issue", "pages": "page", "doi": "DOI",
    "pmid": "PMID", "pmcid": "PMCID", "abstract": "abstract", "language": "language", "publisher": "publisher", "urls": "URL",
}  # fmt: skip
TYPE = {words: kind for kind, words in reversed(TYPES.items()) if words} | {"": "document"}
OTHER = "document"
SHAPED = {"object", "array"}


def write(entries: Iterable[Entry], columns: Sequence[str] = ()) -> Iterator[str]:
    """A list of items; what people said of one stands in its note."""
    return in_pieces(_list(entries, columns))


def _list(entries: Iterable[Entry], columns: Sequence[str]) -> Iterator[str]:
    between = "[\n"
    for number, entry in enumerate(entries, 1):
        yield between + json.dumps(_item(entry, number, columns), ensure_ascii=False)
        between = ",\n"
    yield "\n]\n" if between != "[\n" else "[]\n"


def _item(entry: Entry, number: int, columns: Sequence[str]) -> dict[str, Any]:
    notes = entry.notes(columns)
    if entry.came_as(NAME, "type", "issued"):
        item = {key: _as_it_came(value) for key, value, *_line in entry.raw}
        item |= {key: value for key, value in _fields(entry, entry.filled).items() if not item.get(key)}
    else:
        item = {"id": f"winnow-{number}", "type": _kind(entry), **_fields(entry, None)}
        notes = [*(f"Trial registration: {each}" for each in entry.unsaid_trials()), *notes]
        if entry.kind not in TYPE:
            item["genre"] = entry.text("type")
        notes = [
            *(f"Accession number: {each}" for each in entry.texts("accession")),
            *(f"Also at {each}" for each in entry.texts("urls")[1:]),
            *notes,
        ]
    if notes:
        item["note"] = "\n".join(filter(None, [str(item.get("note") or ""), *notes]))
    return item


def _kind(entry: Entry) -> str:
    """The type; what CSL has no type for is an article where it stands in a journal."""
    return TYPE.get(entry.kind) or ("article-journal" if entry.texts("journal") else OTHER)


def _as_it_came(value: str) -> Any:
    """The value of a key: text, or what stands in JSON where it is a list, an object or a number."""
    if value[:1] in "[{-0123456789tfn":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _fields(entry: Entry, only: tuple[str, ...] | None) -> dict[str, Any]:
    """Keys and values of an entry's fields; of those in `only` where it is given."""

    def wanted(name: str) -> bool:
        return (only is None or name in only) and bool(entry.texts(name))

    item: dict[str, Any] = {key: CONTROL.sub("", entry.text(name)) for name, key in FIELDS.items() if wanted(name)}
    for name, key in (("authors", "author"), ("editors", "editor")):
        if wanted(name):
            item[key] = [person(each) for each in entry.texts(name)]
    if wanted("year"):
        item["issued"] = {"date-parts": [[int(entry.text("year"))]]}
    if wanted("issn"):
        said = entry.text("issn")
        item["ISBN" if len(re.sub(r"\W", "", said)) > 8 else "ISSN"] = said
    if wanted("keywords"):
        words = entry.texts("keywords")
        listed = "; ".join(words) if any("," in word for word in words) else ", ".join(words)
        item["keyword"] = f"{listed};" if len(words) == 1 and "," in listed else listed
    if only is None and (titles := entry.alt_titles()):
        item["original-title"] = titles[0]
    return item


def person(name: str) -> dict[str, str]:
    """ "Family, Given, Jr" in its parts; a name without a comma in one piece."""
    family, _comma, given = (part.strip() for part in CONTROL.sub("", name).partition(","))
    if not family or not given:
        return {"literal": family or given}
    given, _comma, last = (part.strip() for part in given.rpartition(","))
    if last.casefold() in SUFFIXES and given:
        return {"family": family, "given": given, "suffix": last}
    return {"family": family, "given": f"{given}, {last}" if given else last}
