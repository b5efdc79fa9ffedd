"""What all writers share: one entry as they are given it, and the cutting of a file into pieces."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from records import names

PIECE = 1 << 16  # characters in one piece, about
# What neither XML nor any reader takes; tab and line ends stay.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LINE_END = re.compile(r"\r\n|\r|\n")
IN_ZIP = "zip"  # the format of a dump whose entries may be of any format
# Words of databases for kinds of publications: our word. Kinds that are not here go out as they came.
KINDS = {
    "article": "journal article", "article-journal": "journal article", "journal": "journal article",
    "journal-article": "journal article", "review": "journal article", "research article": "journal article",
    "research-article": "journal article", "review article": "journal article", "electronic article": "journal article",
    "conference proceedings": "conference paper", "conference": "conference paper", "proceedings paper": "conference paper",
    "conference-paper": "conference paper", "book section": "book chapter", "chapter": "book chapter",
    "book-chapter": "book chapter", "edited book": "book", "electronic book": "book", "dissertation": "thesis",
    "web": "web page", "webpage": "web page", "website": "web page", "dataset": "data set", "generic": "",
}  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One entry to be written.

    `fields` by the names of `records.clean.FIELDS`, and what else a table shows of it; `raw` the [tag, value, line] rows
    as they came, and `format` the NAME of the reader that read them; `filled` names the fields that `raw` does not state;
    `said` what people said of it, by column.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    raw: Sequence[Sequence[Any]] = ()
    format: str = ""
    filled: tuple[str, ...] = ()
    said: dict[str, str] = field(default_factory=dict)

    def came_as(self, name: str, *telling: str) -> bool:
        """Whether its raw tags are of this format: read by that reader, or out of an archive with these tags in it."""
        if self.format == IN_ZIP:
            return bool(telling) and {row[0] for row in self.raw}.issuperset(telling)
        return self.format == name and bool(self.raw)

    def texts(self, name: str) -> list[str]:
        """All that a field says; nothing for an absent one."""
        value = self.fields.get(name)
        values = value if isinstance(value, list | tuple) else [value]
        return [str(each) for each in values if each not in (None, "")]

    def text(self, name: str) -> str:
        """What a field says first."""
        return next(iter(self.texts(name)), "")

    def alt_titles(self) -> list[str]:
        """Titles in other languages."""
        return [each["title"] for each in self.fields.get("alt_titles") or () if each.get("title")]

    @property
    def kind(self) -> str:
        """The kind of publication in our words, as far as we have one."""
        kind = self.text("type")
        return KINDS.get(kind.casefold(), kind.casefold())

    def notes(self, columns: Iterable[str]) -> list[str]:
        """What people said as lines: "column: words"."""
        return [f"{column}: {' '.join(self.said[column].split())}" for column in columns if self.said.get(column)]

    def unsaid_trials(self) -> list[str]:
        """Trial registrations that stand in neither title nor abstract, where every reader would find them."""
        said = f"{self.text('title')} {self.text('abstract')}"
        return [each for each in self.texts("trial_registrations") if each not in said]


def lines(text: str) -> list[str]:
    """The lines of a text without outer blanks and control characters, empty ones off; at least one."""
    found = [CONTROL.sub("", row).strip() for row in LINE_END.split(text)]
    return [row for row in found if row] or [""]


def is_whole(name: str) -> bool:
    """Whether a name has to be marked as one that is never turned round: readers would take it for a person's."""
    return "," not in name and names.name(name) != name


def in_pieces(texts: Iterable[str]) -> Iterator[str]:
    """Small texts put together to pieces that are worth being sent."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= PIECE:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)
