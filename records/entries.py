"""A dump's entries made ready for storing: read, cleaned, normalised and keyed, in batches. Pure: what the reading child does.

What costs time per record and needs no database happens here, so that it runs beside the storing on another core.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from records import clean, notices
from records.clean import Cleaned
from records.dedup.keys import keys
from records.dedup.normalise import Normal
from records.notices import Said
from records.readers import Draft, Notice, Rejected, Source, Yielded, is_page, read, sniff

TEXTS = ("title", "journal", "volume", "issue", "pages", "doi", "pmid", "accession", "abstract", "language", "type")
LISTS = ("alt_titles", "authors", "keywords", "urls", "trial_registrations", "notices")
PLAIN = ("authors_incomplete", "year", "abstract_truncated")
EXTRA = (
    *("page_count", "pmcid", "issn", "cited_by_count", "publisher", "editors", "affiliations"),
    *("copyright", "thesaurus", "decisions", "labels", "stated"),
)
COLUMNS = (*TEXTS, *LISTS, *PLAIN, "raw", "extra", "normal", "first_line", "last_line", "related")


@dataclass(slots=True)
class Entry:
    """One draft ready for storing.

    `cells` are the values of `COLUMNS` as the database takes them (JSON as text); `fullness` is what a record is
    worth as the one shown, without its age.
    """

    cells: dict[str, Any]
    normal: Normal
    keys: list[int]
    fullness: tuple
    page: tuple[Draft, Cleaned] | None = None  # of an entry of a page that a person copied or saved
    said: list[Said] = field(default_factory=list)  # that it was retracted or corrected

    @property
    def accession(self) -> str:
        return self.cells["accession"]

    @property
    def title(self) -> str:
        return self.cells["title"]


@dataclass(slots=True)
class Batch:
    """Some entries of a dump in their order, with what was rejected among them."""

    entries: list[Entry] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    size: int = 0  # of all three together: how far to skip when reading goes on here
    position: int = 0  # bytes of the dump read so far


def batches(source: Source, *, skip: int, size: int) -> Iterator[Batch]:
    """A source's entries, `size` of them at a time, the first `skip` left out (readers are deterministic)."""
    page = is_page(sniff(source))
    each = islice(read(source), skip, None)
    while some := list(islice(each, size)):
        batch = prepared(some, page=page)
        batch.position = source.file.tell()
        yield batch


def prepared(some: list[Yielded], *, page: bool = False) -> Batch:
    """What a reader yielded, sorted and made ready."""
    batch = Batch(size=len(some))
    for each in some:
        if isinstance(each, Draft):
            batch.entries.append(entry(each, clean.draft(each), page=page))
        elif isinstance(each, Rejected):
            each.text, each.reason = storable(each.text), storable(each.reason)
            batch.rejected.append(each)
        else:
            each.text = storable(each.text)
            batch.notices.append(each)
    return batch


def entry(draft: Draft, cleaned: Cleaned, *, page: bool = False) -> Entry:
    """One draft and what cleaning made of it, ready for storing."""
    plain = asdict_shallow(cleaned)
    normal = Normal.of(plain)
    cells: dict[str, Any] = {name: storable(plain[name]) for name in TEXTS}
    cells["accession"] = cells["accession"] or cells["pmid"]  # PubMed's accession number is its own
    cells |= {name: as_json(plain[name]) for name in LISTS}
    cells |= {name: plain[name] for name in PLAIN}
    cells["raw"] = as_json(draft.raw)
    cells["extra"] = as_json({name: value for name in EXTRA if (value := plain.get(name))})
    cells["normal"] = as_json(normal.to_json())
    cells["first_line"], cells["last_line"] = draft.lines
    cells["related"] = draft.role == "related"
    full = fullness(cells, related=cells["related"])
    said = notices.of_itself(cells["title"], draft.raw)
    return Entry(cells, normal, keys(normal), full, (draft, cleaned) if page else None, said)


def asdict_shallow(cleaned: Cleaned) -> dict[str, Any]:
    """A cleaned entry's fields by name; `dataclasses.asdict` copies every list deeply and costs ten times more."""
    return {name: getattr(cleaned, name) for name in cleaned.__slots__}


def fullness(values: dict[str, Any], *, related: bool) -> tuple:
    """How good a record is as the one shown: abstract first, then identifiers, then how many fields say something."""
    filled = sum(bool(values[name]) and values[name] != "[]" for name in FILLED)
    abstract = bool(values["abstract"])
    return (abstract and not values["abstract_truncated"], abstract, not related, bool(values["doi"]), filled)


FILLED = ("authors", "year", "journal", "volume", "pages", "keywords")


def storable(text: str) -> str:
    """Text that both databases take: no NUL, no half of a surrogate pair."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text


def as_json(value: Any) -> str:
    """JSON that both databases take."""
    if value == []:
        return "[]"
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" in text:
        text = json.dumps(_without_nul(value), ensure_ascii=False, separators=(",", ":"))
    return storable(text)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(each) for each in value]
    return value
