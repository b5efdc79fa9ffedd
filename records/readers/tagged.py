"""What the line-oriented readers share: an entry being collected from tagged lines, and text outside any entry.

Which line carries which tag, and what a tag means, is each format's own knowledge.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from records.names import order_shows
from records.readers.base import EXCERPT, Draft, Rejected


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


Plan = list[tuple[str, list[str]]]
PLANS: dict[tuple, tuple[dict, Plan]] = {}  # by table and tags: the entries of a file mostly have the same ones
MOST_PLANS = 2000


def take(draft: Draft, values: dict[str, list[str]], table: dict[str, tuple[str, ...]]) -> None:
    """Fill fields by a table "field: its tags, the preferred first"; all values are kept, in that order."""
    key = (id(table), *values)
    kept = PLANS.get(key)
    if kept is None:
        if len(PLANS) >= MOST_PLANS:
            PLANS.clear()
        there = [(name, [tag for tag in tags if tag in values]) for name, tags in table.items()]
        kept = PLANS[key] = (table, [each for each in there if each[1]])  # the table is kept: its id stays its own
    fields = draft.fields
    for name, tags in kept[1]:
        said = values[tags[0]] if len(tags) == 1 else [value for tag in tags for value in values[tag]]
        fields[name] = fields[name] + said if name in fields else said


def groups(people: list) -> None:
    """EndNote's way to say that a name is a group's: several words and a comma behind them. It is never turned round."""
    for place, each in enumerate(people):
        if isinstance(each, str) and each.endswith(",") and "," not in each[:-1] and not order_shows(each[:-1]):
            people[place] = {"literal": each[:-1].rstrip()}
