"""What the JSON readers share: entries taken one by one out of an array, out of a wrapper around an array, or line by line.

Nothing is loaded but the entry at hand, so a file may have any size. After damage the reading goes on at the next object
that begins as the entries before it did; what lies between is rejected with its lines. What a key means is each format's
own knowledge.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from json.decoder import scanstring
from typing import Any

from records.readers.base import EXCERPT, Draft, Notice, Rejected, Source, Yielded

# Keys that hold the list of entries (or, in the second row, an object that does) where a service wraps its answer.
LISTS = {"results", "data", "items", "message", "records", "works", "papers", "docs", "recommendedPapers", "references",
         "References"}  # fmt: skip
INNER = {"message", "data", "response", "results"}
NAMED = {"title", "titles", "DOI", "doi", "paperId", "display_name", "authorships", "attributes"}  # these name an entry
DEPTH = 4  # pages of answers may be gathered in arrays; deeper lists are no entries
MOST = 1 << 24  # characters of one value; no entry is longer
FIRST_LOOK = 1 << 16
LONGEST_START = 3000  # characters in which an entry shows how it begins
BEHIND = 80  # characters kept behind the place, to see how a line is indented
BLANK = re.compile(r"[ \t\r\n\ufeff\xa0\x1e]*")
UNSOUND = re.compile("[\x00\ud800-\udfff]")  # JSON can spell what no database takes
SPELT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
LONG = 18  # digits; a longer number stays text


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= LONG else text


DECODER = json.JSONDecoder(strict=False, parse_int=_whole, parse_float=str, parse_constant=str)


class Damage(ValueError):
    """The text stops being JSON here; `entry` is what had been read of the object by then."""

    def __init__(self, reason: str, entry: "Entry | None" = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.entry = entry


@dataclass(slots=True)
class Entry:
    """One object: its keys with their values, each key's text and line as they stand in the file, and its lines."""

    lines: tuple[int, int]
    value: dict[str, Any] = field(default_factory=dict)
    raw: list[tuple[str, str, int]] = field(default_factory=list)
    begins: tuple[str, ...] = ()
    indent: str | None = None  # the blanks before it, where it begins a line
    text: str = ""

    def draft(self) -> Draft:
        """A draft with all keys in `raw`, whose fields are still empty."""
        return Draft(raw=self.raw, lines=self.lines)


class Cursor:
    """A place in the text of a source. Text behind it is forgotten, text before it is fetched as it is needed."""

    def __init__(self, source: Source) -> None:
        self.pieces = source.pieces()
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def more(self, size: int = FIRST_LOOK) -> bool:
        """At least `size` further characters, or all that are left; False where nothing is left."""
        if self.ended:
            return False
        behind = min(self.at, BEHIND)
        got, length = [self.text[self.at - behind :]], 0
        while length < size:
            piece = next(self.pieces, None)
            if piece is None:
                self.ended = True
                break
            got.append(piece)
            length += len(piece)
        if length:
            self.text, self.at = "".join(got), behind
        return length > 0

    def go(self, to: int) -> None:
        """Move forward, counting lines."""
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def indent(self) -> str | None:
        """The blanks between the line's beginning and this place; None where something else stands there."""
        start = self.text.rfind("\n", 0, self.at) + 1
        before = self.text[start : self.at]
        return before if (start or self.line == 1) and not before.strip(" \t") else None

    def peek(self) -> str:
        """The next character that is not blank, the place moved to it; empty at the end."""
        while True:
            found = BLANK.match(self.text, self.at)
            self.go(found.end() if found else self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, character: str) -> bool:
        """Whether the next character is this one; the place is moved behind it."""
        if self.peek() != character:
            return False
        self.at += 1
        return True

    def value(self) -> tuple[Any, str]:
        """The value at this place and its text, the place moved behind it. Raises Damage."""
        if not self.peek():
            raise Damage("the file ends inside an entry")
        while True:
            try:
                value, end = self._decoded()
                if end < len(self.text) or not self.more():  # a number may go on in the next piece
                    break
                continue
            except RecursionError:
                raise Damage("the JSON is nested too deeply") from None
            except ValueError as fault:
                place = getattr(fault, "pos", 0)
                cut = "Unterminated" in str(fault) or place >= len(self.text) - 20
                size = len(self.text) - self.at
                if not cut or size > MOST or not self.more(size):
                    ended = cut and self.ended
                    raise Damage("the file ends inside an entry" if ended else "the JSON is damaged here") from None
        text = self.text[self.at : end]
        self.go(end)
        return (_sound(value) if SPELT.search(text) or UNSOUND.search(text) else value), text

    def _decoded(self) -> tuple[Any, int]:
        if self.text[self.at] == '"':
            return scanstring(self.text, self.at + 1, False)
        return DECODER.raw_decode(self.text, self.at)

    def skip_to(self, pattern: re.Pattern[str]) -> bool:
        """Move to where the pattern begins (its group 1, if it has one); to the end where it is not found."""
        while True:
            found = pattern.search(self.text, self.at)
            if found and (found.end() < len(self.text) or self.ended):
                self.go(found.start(1))
                return True
            keep = found.start() if found else max(self.at, len(self.text) - LONGEST_START)
            if self.ended:
                self.go(len(self.text))
                return False
            self.go(keep)
            self.more()


def _sound(value: Any) -> Any:
    """A value whose strings hold neither NUL nor half characters. Raises Damage where it is nested too deeply."""
    try:
        return _clean(value)
    except RecursionError:
        raise Damage("the JSON is nested too deeply") from None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return UNSOUND.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {UNSOUND.sub("\ufffd", key): _clean(each) for key, each in value.items()}
    return value


def entries(source: Source) -> Iterator[Entry | Rejected | Notice]:
    """Every object that may be an entry, whatever stands around it; what is no JSON as rejected stretches."""
    cursor = Cursor(source)
    begins: list[Entry] = []  # the last good entry, at first a damaged one: the next one begins as it did
    while (character := cursor.peek()) != "":
        if character in "{[":
            yield from _inside(cursor, 0, begins)
        elif character in ",]}":
            cursor.at += 1
        else:
            yield _stretch(cursor, re.compile(r"\n[ \t]*([{\[])"), "text outside any entry", "")
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _inside(cursor: Cursor, depth: int, begins: list[Entry]) -> Iterator[Entry | Rejected | Notice]:
    """The entries of the array or object at this place. Damage is named, and the place moved behind it."""
    try:
        if cursor.text[cursor.at] == "[" and depth < DEPTH:
            yield from _array(cursor, depth, begins)
        elif cursor.text[cursor.at] == "{" and depth < DEPTH * 2:
            yield from _object(cursor, depth, begins)
        else:
            line = cursor.line
            _value, text = cursor.value()
            yield Rejected((line, cursor.line), "an entry was expected here", text)
    except Damage as damage:
        first, excerpt = (damage.entry.lines[0], damage.entry.text) if damage.entry else (0, "")
        if damage.entry and not begins:
            begins.append(damage.entry)
        yield _stretch(cursor, _next(begins[-1] if begins else None), damage.reason, excerpt, first)


def _next(like: Entry | None) -> re.Pattern[str]:
    """Where the next entry may begin: with the keys of the one before it, indented as that one was."""
    if like is None or not like.begins:
        return re.compile(r"\n[ \t]*(\{)")
    keys = [rf'"{re.escape(json.dumps(key, ensure_ascii=False)[1:-1])}"\s*:' for key in like.begins]
    if like.indent is not None:
        return re.compile(rf"\n{like.indent}(\{{)\s*{keys[0]}")
    return re.compile(r"(\{)\s*" + r"\s*(?:\"(?:[^\"\\]|\\.){0,2000}\"|[\w.+-]{1,40})\s*,\s*".join(keys))


def _stretch(cursor: Cursor, until: re.Pattern[str], reason: str, excerpt: str, first: int = 0) -> Rejected:
    """What lies between here and the next entry, rejected; the place is moved at least one character."""
    first = first or cursor.line
    excerpt = excerpt or cursor.text[cursor.at : cursor.at + EXCERPT]
    if first < cursor.line and cursor.indent() is not None:  # the next entry may begin right here
        cursor.at, cursor.line = cursor.text.rfind("\n", 0, cursor.at), cursor.line - 1
    cursor.at += cursor.at < len(cursor.text) and cursor.text[cursor.at] != "\n"
    found = cursor.skip_to(until)
    between = cursor.text[: cursor.at].rstrip(" \t")
    last = cursor.line - 1 if found and between.endswith("\n") else cursor.line
    if not found and cursor.text.endswith("\n") and cursor.at == len(cursor.text):
        last = cursor.line - 1
    return Rejected((first, max(first, last)), reason, excerpt)


def _array(cursor: Cursor, depth: int, begins: list[Entry]) -> Iterator[Entry | Rejected | Notice]:
    first = cursor.line
    cursor.take("[")
    while not cursor.take("]"):
        character = cursor.peek()
        if character == "":
            yield Notice("the file ends before its list of entries does", first)
            return
        if character in "{[":
            yield from _inside(cursor, depth + 1, begins)
        elif character == ",":
            cursor.at += 1
        else:
            line = cursor.line
            try:
                value, text = cursor.value()
                if value is None:  # how services answer for what they do not have
                    yield Notice("the list has an empty place here (null)", line)
                else:
                    yield Rejected((line, cursor.line), "an entry was expected here", text)
            except Damage as damage:
                yield _stretch(cursor, _next(begins[-1] if begins else None), damage.reason, "")


def _object(cursor: Cursor, depth: int, begins: list[Entry]) -> Iterator[Entry | Rejected | Notice]:
    """An entry, or the wrapper of a list of entries."""
    entry = Entry((cursor.line, cursor.line), indent=cursor.indent())
    entry.text = cursor.text[cursor.at : cursor.at + EXCERPT]
    wrapper, before = False, 0
    cursor.take("{")
    try:
        while not cursor.take("}"):
            if cursor.take(","):
                continue
            if wrapper and not cursor.peek():
                break
            if cursor.peek() != '"':
                raise Damage("the JSON is damaged here" if cursor.peek() else "the file ends inside an entry")
            line = cursor.line
            key, _text = cursor.value()
            if not cursor.take(":"):
                raise Damage("the JSON is damaged here" if cursor.peek() else "the file ends inside an entry")
            if _wraps(cursor, key, entry, wrapper):
                wrapper, before = True, before or len(entry.raw)
                yield from _inside(cursor, depth + 1, begins)
                continue
            value, text = cursor.value()
            entry.value[key] = value
            entry.raw.append((key, value if isinstance(value, str) else text, line))
            if len(entry.value) == 1 or (
                len(entry.value) == 2 and not isinstance(entry.value[entry.begins[0]], dict | list)
            ):
                entry.begins = (*entry.begins, key)
    except Damage as damage:
        if wrapper:
            yield from _beside(entry.raw[:before], entry.raw[before:])
            raise
        raise Damage(damage.reason, damage.entry or entry) from None
    entry.lines = (entry.lines[0], cursor.line)
    if wrapper:
        yield from _beside(entry.raw[:before], entry.raw[before:])
        return
    if entry.value.keys() & NAMED:
        begins[:] = [entry]
    yield entry


def _beside(*stretches: list[tuple[str, str, int]]) -> Iterator[Notice]:
    """What a wrapper says besides its list of entries, before and behind it."""
    for rows in filter(None, stretches):
        said = "; ".join(f"{key}: {value}" for key, value, _line in rows)
        yield Notice(f"beside the entries stands: {said[:EXCERPT]}", rows[0][2])


def _wraps(cursor: Cursor, key: str, entry: Entry, already: bool) -> bool:
    """Whether the value at this place is the list of entries, or an object around it. An entry that names itself wraps none."""
    character = cursor.peek()
    if entry.value.keys() & NAMED and not already:
        return False
    if character == "{" and key in INNER:
        return True
    if character != "[" or key not in LISTS:
        return False
    while (found := BLANK.match(cursor.text, cursor.at + 1)) and found.end() >= len(cursor.text):
        if not cursor.more():
            return False
    return bool(found) and cursor.text[found.end()] == "{"


@lru_cache(maxsize=8)
def first(head: str) -> dict[str, Any]:
    """The first object of a text that begins like JSON, or what can be read of it; empty where it is none."""
    if head.lstrip("\ufeff \t\r\n\x1e")[:1] not in ("{", "["):
        return {}
    cursor = Cursor(Source.of(head))
    cursor.peek()
    begins: list[Entry] = []
    for each in _inside(cursor, 0, begins):
        if isinstance(each, Entry) and each.value:
            return each.value
        if isinstance(each, Rejected):
            break
    return begins[0].value if begins else {}


def read(source: Source, maps: Callable[[dict[str, Any], Draft], None]) -> Iterator[Yielded]:
    """Each entry as a draft whose fields `maps` filled; an object without any field of its own is rejected."""
    for each in entries(source):
        if not isinstance(each, Entry):
            yield each
            continue
        draft = each.draft()
        maps(each.value, draft)
        if any(draft.fields.get(name) for name in ("title", "abstract", "doi")):
            yield draft
        else:
            yield Rejected(each.lines, "an object without title, abstract and DOI", each.text)


# Values of any shape, taken with care: a key may hold anything


def text(value: Any) -> str:
    """A string or number as text; nothing else is."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def listed(value: Any) -> list[Any]:
    """A list as it is, a lone value as a list of one, nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list, or the lone one."""
    return [each for each in listed(value) if isinstance(each, dict)]


def under(value: Any, *keys: str) -> Any:
    """What stands under these keys one after the other, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def fill(draft: Draft, entry: dict[str, Any], table: dict[str, tuple[str, ...]]) -> None:
    """Fields by a table "field: its keys, the preferred first"; every text under them is kept, in that order."""
    for name, keys in table.items():
        for key in keys:
            for value in listed(entry.get(key)):
                draft.add(name, text(value))
