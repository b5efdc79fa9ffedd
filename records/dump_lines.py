"""Lines of a dump as it came, a window at a time: a path, an encoding and line numbers in; text out, in bounded memory.

Lines are counted as readers count them (CRLF, CR and LF end a line, NUL bytes are dropped). Where a window begins is found
through marks: the count of line ends before every megabyte, made at the first look into a dump and kept, since the bytes of
a dump never change.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import BinaryIO

from records.readers.base import Source

STEP = 1 << 20  # bytes between two marks
WINDOW_BYTES = 1 << 20  # bytes looked through for one window
LONGEST_LINE = 2000  # characters of a line that are shown; a JSON export may be one line
LONGEST_STRETCH = 1 << 17  # bytes of a stretch that a person may edit in a form
LARGEST_WIDE = 64 << 20  # bytes; UTF-16 and UTF-32 are decoded from the start
WIDE = ("utf-16", "utf-32", "utf_16", "utf_32", "u16", "u32")  # encodings in which a line end is more than one byte
LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, its text, and how many characters more it has; -1: more than were looked at."""

    number: int
    text: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """Some lines in a row; `following` is the number of the next line, if there is one. `beyond`: too far to look for."""

    lines: list[Line] = field(default_factory=list)
    following: int | None = None
    beyond: bool = False


def window(path: str, encoding: str, first: int, count: int) -> Window:
    """At most `count` lines from line `first` on."""
    first = max(first, 1)
    with open(path, "rb") as file:
        if _wide(encoding):
            return _window_decoded(file, encoding, first, count)
        start = _start(file, path, first)
        if start is None:
            return Window()
        file.seek(start)
        data = file.read(WINDOW_BYTES)
        whole = len(data) < WINDOW_BYTES
    texts = _texts(data, encoding, at_start=start == 0)
    if (whole and not texts[-1]) or (not whole and len(texts) > 1):
        texts.pop()  # nothing after the last line end; or cut off by the end of what was looked at
    return _shown(texts, first, count, whole=whole)


def _shown(texts: list[str], first: int, count: int, *, whole: bool) -> Window:
    """The window over decoded lines; where not all was read, the one line that was not seen to its end says so."""
    cut_off = not whole and len(texts) == 1
    shown = []
    for n, text in enumerate(texts[:count]):
        left = len(text) - LONGEST_LINE
        shown.append(Line(first + n, text[:LONGEST_LINE], -1 if cut_off else max(left, 0)))
    more = len(texts) > count or not whole
    return Window(shown, first + len(shown) if more and shown else None)


def between(path: str, encoding: str, first: int, last: int) -> str | None:
    """The whole text of a stretch, lines `first` to `last`, joined by LF; None where it is too long to be edited."""
    with open(path, "rb") as file:
        if _wide(encoding):
            return _between_decoded(file, encoding, first, last)
        start = _start(file, path, first)
        if start is None:
            return ""
        file.seek(start)
        data = file.read(LONGEST_STRETCH + 1)
    texts = _texts(data, encoding, at_start=start == 0)
    wanted = last - first + 1
    if len(data) > LONGEST_STRETCH and len(texts) <= wanted:
        return None
    return "\n".join(texts[:wanted])


def _texts(data: bytes, encoding: str, *, at_start: bool) -> list[str]:
    """The lines of some bytes; the last one is what stands after the last line end, and may be empty."""
    text = data.decode(encoding, "replace").replace("\0", "")
    text = text.removeprefix("\ufeff") if at_start else text
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


# --- where a line begins -------------------------------------------------------------------------------------------
def _start(file: BinaryIO, path: str, number: int) -> int | None:
    """The place of a line's first byte; None where the file has fewer lines."""
    if number == 1:
        return 0
    offset, before = 0, 0
    for mark, ends in _marks(path):
        if ends > number - 2:  # the line end before the line that is wanted lies behind this mark
            break
        offset, before = mark, ends
    file.seek(offset)
    data = file.read(2 * STEP)
    for count, end in enumerate(LINE_END.finditer(data), before + 1):
        if count == number - 1:
            return offset + end.end()
    return None


@lru_cache(maxsize=64)
def _marks(path: str) -> tuple[tuple[int, int], ...]:
    """(place, line ends before it) about every megabyte; never between CR and LF."""
    marks, offset, ends = [], 0, 0
    with open(path, "rb") as file:
        while data := file.read(STEP):
            if data.endswith(b"\r"):
                data += file.read(1)
            marks.append((offset, ends))
            offset += len(data)
            ends += data.count(b"\n")
            if b"\r" in data:
                ends += data.count(b"\r") - data.count(b"\r\n")
    return tuple(marks)


# --- encodings of more than one byte a letter ----------------------------------------------------------------------
def _wide(encoding: str) -> bool:
    return encoding.lower().startswith(WIDE)


def _window_decoded(file: BinaryIO, encoding: str, first: int, count: int) -> Window:
    if file.seek(0, 2) > LARGEST_WIDE:
        return Window(beyond=True)
    lines = Source(file, encoding).lines()
    texts = [text for _number, text in islice(lines, first - 1, first + count)]
    return _shown(texts, first, count, whole=True)


def _between_decoded(file: BinaryIO, encoding: str, first: int, last: int) -> str | None:
    if file.seek(0, 2) > LARGEST_WIDE:
        return None
    lines = Source(file, encoding).lines()
    text = "\n".join(text for _number, text in islice(lines, first - 1, last))
    return None if len(text) > LONGEST_STRETCH else text
