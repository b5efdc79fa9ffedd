"""What the line-oriented readers share: an entry being collected from tagged lines, and text outside any entry.

Which line carries which tag, and what a tag means, is each format's own knowledge.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from records.names import order_shows
from records.readers.base import EXCERPT, Draft, Rejected, Source


@dataclass(slots=True)
class Entry:
    """The lines of one entry so far: (tag, value, line) in order, word for word.

    Lines without a tag belong to the field above; they are joined with LF, and with an empty line where one stood.
    """

    first: int
    last: int
    rows: list[tuple[str, str, int]] = field(default_factory=list)
    more: list[str] = field(default_factory=list)

    def add(self, tag: str, value: str, line: int) -> None:
        """A line with a tag."""
        if self.more:
            self._close()
        self.rows.append((tag, value, line))
        self.last = line

    def go_on(self, text: str, line: int, *, gap: bool = False) -> None:
        """A line without a tag; `gap` where a blank line stands above it."""
        if gap:
            self.more.append("")
        self.more.append(text)
        self.last = line

    def _close(self) -> None:
        tag, value, line = self.rows.pop() if self.rows else ("", "", self.first)
        self.rows.append((tag, "\n".join([value, *self.more]), line))
        self.more.clear()

    def values(self) -> dict[str, list[str]]:
        """Each tag's values in order, outer blanks and empty ones off."""
        if self.more:
            self._close()
        found: dict[str, list[str]] = {}
        for tag, value, _line in self.rows:
            if value := value.strip():
                if tag in found:
                    found[tag].append(value)
                else:
                    found[tag] = [value]
        return found

    def draft(self) -> Draft:
        """The entry as a draft whose raw tags are complete and whose fields are still empty."""
        if self.more:
            self._close()
        return Draft(raw=self.rows, lines=(self.first, self.last))


@dataclass(slots=True)
class Outside:
    """A stretch of text that belongs to no entry: where it stands and how it begins."""

    first: int = 0
    last: int = 0
    text: str = ""
    tagged: int = 0

    def add(self, line: int, text: str, *, tagged: bool) -> None:
        """One line of the stretch; lines with a tag are what is left of an entry."""
        self.first = self.first or line
        self.last = line
        self.tagged += tagged
        if len(self.text) < EXCERPT:
            self.text = f"{self.text}\n{text.strip()}" if self.text else text.strip()

    def end(self, reason: str) -> Iterator[Rejected]:
        """The stretch as rejected, where there is one; a new one may begin."""
        if self.first:
            yield Rejected((self.first, self.last), reason, self.text)
        self.first = self.last = self.tagged = 0
        self.text = ""


Made = TypeVar("Made")
# Where the entry ends that begins at a place of a text, for the text, the place, and whether nothing follows the text: the
# place of the line end behind its last line; UNKNOWN while that may come with the next piece; UNUSUAL where lines must tell.
Ends = Callable[[str, int, bool], int]
# It looks no further than to where the next entry may begin: else a file of beginnings alone would take for ever.
UNKNOWN, UNUSUAL = -1, 0
LONGEST = 100_000  # characters of an entry that is taken at once


def given(
    source: Source, starts: tuple[str, ...], ends: Ends, plain: Callable[[int, int, str], Made | None]
) -> Iterator[tuple[int, str, Made | None]]:
    """Each line with its number. Where an entry is written as it should be, which most are, all of it at once instead, and no
    blank lines behind it: going through it line by line would take up to twice as long.

    `plain` makes something of the numbers of an entry's first and last line and of its text, or None where lines must tell.
    """
    held: list[str] = []
    number = 1
    for piece in chain(source.pieces(), ("",)):
        held.append(piece)
        if piece and "\n" not in piece:  # a line may be very long
            continue
        text, at = "".join(held), 0
        if not piece and text and text[-1] != "\n":
            text += "\n"
        while (stop := text.find("\n", at)) >= 0:
            if text.startswith(starts, at):
                end = ends(text, at, not piece)
                if end == UNKNOWN and piece and len(text) - at < LONGEST:
                    break
                last = number + text.count("\n", at, end) if end > 0 else 0
                if last and (made := plain(number, last, text[at:end])):
                    yield number, "", made
                    number, at = last + 1, end + 1
                    while text.startswith("\n", at):
                        number, at = number + 1, at + 1
                    continue
            yield number, text[at:stop], None
            number, at = number + 1, stop + 1
        held = [text[at:]]


def mark_below(text: str, at: int, mark: str, start: str) -> int:
    """The place of a mark behind `at`, if no other entry begins above it; UNUSUAL if one does, UNKNOWN if neither is there."""
    following = text.find(start, at + 1)
    place = text.find(mark, at, following + 1 if following >= 0 else len(text))
    return place if place >= 0 or following < 0 else UNUSUAL


def flowing(text: str) -> str:
    """A text in one line, a single blank between words. Most come so; taking all words apart would cost the most time."""
    return " ".join(text.split()) if "  " in text or not text.isprintable() else text.strip()


def take(draft: Draft, values: dict[str, list[str]], table: dict[str, tuple[str, ...]]) -> None:
    """Fill fields by a table "field: its tags, the preferred first"; all values are kept, in that order."""
    fields = draft.fields
    for name, tags in table.items():
        for tag in tags:
            if tag in values:
                fields[name] = fields[name] + values[tag] if name in fields else values[tag]


def groups(people: list) -> None:
    """EndNote's way to say that a name is a group's: several words and a comma behind them. It is never turned round."""
    for place, each in enumerate(people):
        if isinstance(each, str) and each.endswith(",") and "," not in each[:-1] and not order_shows(each[:-1]):
            people[place] = {"literal": each[:-1].rstrip()}
