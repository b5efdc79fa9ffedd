"""The shape of BibTeX files: where an entry begins and ends, and what damage does to that.

An entry as programs write it is taken apart at once; all others are cut out line by line, so a file of any size takes little
memory, and `bibtex_entry` takes them apart. What a field means is `bibtex`'s knowledge.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from records.readers.base import Source
from records.readers.tagged import given, mark_below

# An entry begins at a line's start, or right after the brace that closes the one before.
START = re.compile(r"[ \t\xa0\ufeff,;]*@[ \t]*([A-Za-z][\w.:+-]*)[ \t]*([{(])")
# Inside an open entry only what cannot be prose begins another one: "@word{key," and the three commands.
ANEW = re.compile(
    r"[ \t\xa0\ufeff]*@[ \t]*(?:[A-Za-z][\w.:+-]*[ \t]*\{[^{}\"=]*(?:,|$)|(?:string|preamble|comment)[ \t]*[{(])", re.I
)
NAME = r"[^\s=,{}\"#%()'\\@][^=,{}\"#\n\\@]{0,60}?"
FIELD_LINE = re.compile(rf"[ \t,]*{NAME}\s{{0,60}}=\s*(?:[{{\"]|\w+\s*(?:[,#}}]|$))")
BRACES = re.compile(r"[{}]")
MARKS = re.compile(r"[{}\"()]")
# An entry as programs write it: at a line's start, with a key, each value in braces or one word, the last brace alone.
OPENING = re.compile(r"@([A-Za-z]+)\{([^\s={}\"#%,\\@]+),")
BRACED = "[^{}]*+"
for _depth in range(3):
    BRACED = rf"[^{{}}]*+(?:\{{{BRACED}\}}[^{{}}]*+)*+"
USUAL = re.compile(rf"[ \t\n]*([A-Za-z_][\w-]{{0,50}})[ \t]*=[ \t]*(?:\{{({BRACED})\}}|(\w++))[ \t\n]*(?:,|$)")
ANYWHERE = re.compile(r"\n[ \t\xa0\ufeff]*@")
COMMAND = {"string", "preamble", "comment"}
LONGEST = 4_000_000  # characters; an entry that is longer was never closed


@dataclass(slots=True)
class Stretch:
    """Lines of the file that belong together: an entry with its opening word, or text outside any entry."""

    first: int
    kind: str = ""  # the word behind the @ in lower case, or nothing: outside any entry
    parenthesis: bool = False
    closed: bool = False
    repaired: bool = False  # a brace too many was passed over
    last: int = 0
    pieces: list[str] = field(default_factory=list)
    depth: int = 0
    size: int = 0
    quoted: bool = False
    properly: bool = False  # closed by a brace that stands alone in its line
    after: str = ""  # what else stands in its last line
    key: str = ""  # and the fields, of an entry that was taken apart already: name, value, line, whether it stands bare
    fields: list[tuple[str, str, int, bool]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The lines of the stretch as one text."""
        return "".join(self.pieces)

    def add(self, number: int, line: str, start: int = 0) -> int:
        """Take a line from `start` on; gives the place behind the entry's end in it, or -1 while the entry goes on."""
        end = self._end_of_parenthesis(line, start) if self.parenthesis else self._end(line, start)
        taken = line[start:] if end < 0 else line[start:end]
        self.pieces.append(taken if start or not self.pieces else "\n" + taken)
        self.last = number
        self.size += len(taken) + 1
        self.closed = end >= 0
        self.properly = self.closed and len(taken.strip()) == 1
        return end

    def outside(self, number: int, text: str) -> None:
        """Take a line that belongs to no entry."""
        self.pieces.append("\n" + text if self.pieces else text)
        self.last = number
        self.size += len(text) + 1

    def go_on(self) -> None:
        """The brace that seemed to end the entry was one too many: what stood behind it belongs to the entry."""
        self.pieces.append(self.after)
        self.after = ""
        self.repaired, self.depth, self.closed = True, 1, False

    def _end(self, line: str, start: int) -> int:
        """Where in a line the braces close the entry."""
        if not start:  # most lines are taken whole
            down = line.count("}")
            if self.depth > down or not down:
                self.depth += line.count("{") - down
                return -1
        for found in BRACES.finditer(line, start):
            self.depth += 1 if found.group(0) == "{" else -1
            if self.depth <= 0:
                return found.end()
        return -1

    def _end_of_parenthesis(self, line: str, start: int) -> int:
        for found in MARKS.finditer(line, start):
            mark = found.group(0)
            if mark == '"':
                self.quoted ^= self.depth == 1
            elif mark == "{" or (mark == "(" and self.depth == 0):
                self.depth += 1
            elif mark == "}" and self.depth > 1:
                self.depth -= 1
            elif mark == ")" and self.depth == 1 and not self.quoted:
                self.depth = 0
                return found.end()
        return -1


def stretches(source: Source) -> Iterator[Stretch]:
    """The entries of a file in order, and the text between them. Every line with words is in one of them."""
    return _Cutting(source).run()


def _ends(text: str, at: int, _last: bool) -> int:
    """The end of the first line that is nothing but a brace."""
    end = mark_below(text, at, "\n}\n", "\n@")
    return end + 2 if end > 0 else end


def _usual(number: int, last: int, block: str) -> Stretch | None:
    """An entry as programs write it, taken apart at once; None where anything in it is written otherwise."""
    opened = OPENING.match(block)
    if not opened or (kind := opened.group(1).lower()) in COMMAND or ("@" in block[1:] and ANYWHERE.search(block, 1)):
        return None
    fields: list[tuple[str, str, int, bool]] = []
    line, counted, at, stop = number, 0, opened.end(), len(block) - 2
    while found := USUAL.match(block, at, stop):
        name, braced, word = found.groups()
        start = found.start(1)
        line += block.count("\n", counted, start)
        counted, at = start, found.end()
        fields.append((name, word if braced is None else braced, line, braced is None))
    if block[at:stop].strip(" \t\n"):
        return None
    return Stretch(
        number, kind, closed=True, properly=True, last=last, pieces=[block], key=opened.group(2), fields=fields
    )


class _Cutting:
    """Cuts lines into stretches."""

    def __init__(self, source: Source) -> None:
        self.lines = given(source, ("@",), _ends, self._whole)
        self.again: deque[tuple[int, str]] = deque()
        self.now: Stretch | None = None
        self.comments_close = True

    def run(self) -> Iterator[Stretch]:
        """Go through the lines; an entry's end is believed once the next line does not go on with its fields."""
        while True:
            for number, line, whole in self._rows():
                if whole:
                    if self.now:
                        yield self.now
                    self.now = whole
                else:
                    yield from self._line(number, line)
            if self.now and not self.now.closed and (before := self._reopen(self.now)):
                yield before
                continue
            if self.now:
                yield self.now
            return

    def _whole(self, number: int, last: int, block: str) -> Stretch | None:
        """A usual entry, unless it stands in a comment that is still open."""
        now = self.now
        if now and now.kind == "comment" and not now.closed and self.comments_close:
            return None
        return _usual(number, last, block)

    def _rows(self) -> Iterator[tuple[int, str, Stretch | None]]:
        while True:
            if self.again:
                yield (*self.again.popleft(), None)
            else:
                row = next(self.lines, None)
                if row is None:
                    return
                yield row

    def _line(self, number: int, line: str) -> Iterator[Stretch]:
        now = self.now
        if now and now.closed:
            if not line.strip():
                now.after += "\n" + line
                return
            if now.kind not in COMMAND and not now.properly and FIELD_LINE.match(line):
                now.go_on()
            else:
                yield now
                now = self.now = None
        if now and now.kind and not self._anew(now, line):
            yield from self._go_on(now, number, line)
            return
        found = START.match(line) if "@" in line else None
        if found:
            if now:
                yield now
            self.now = Stretch(number, found.group(1).lower(), found.group(2) == "(")
            yield from self._go_on(self.now, number, line)
        elif line.strip(" \t\xa0\ufeff\x1a"):
            if now and now.size > LONGEST:
                yield now
                now = None
            self.now = now or Stretch(number)
            self.now.outside(number, line)

    def _anew(self, now: Stretch, line: str) -> bool:
        """Whether a line begins another entry though this one is still open."""
        if "@" not in line or (now.kind == "comment" and self.comments_close):
            return False
        return bool(ANEW.match(line))

    def _go_on(self, now: Stretch, number: int, line: str) -> Iterator[Stretch]:
        end = now.add(number, line)
        while end >= 0:
            if found := START.match(line, end):
                yield now
                now = self.now = Stretch(number, found.group(1).lower(), found.group(2) == "(")
                end = now.add(number, line, end)
            elif now.kind not in COMMAND and FIELD_LINE.match(line, end):
                now.go_on()
                end = now.add(number, line, end)
            else:
                now.after = line[end:]
                break
        if now.size > LONGEST and not now.closed:
            before = self._reopen(now)
            yield before or now
            self.now = None

    def _reopen(self, comment: Stretch) -> Stretch | None:
        """A comment that never ends was meant to be shorter: read again from the first entry that stands in it. Gives
        what stands above that entry; None where there is none, or where this is no comment."""
        if comment.kind != "comment":
            return None
        self.comments_close = False
        rows = comment.text.split("\n")
        for at, row in enumerate(rows):
            if at and ANEW.match(row):
                self.again.extendleft(reversed(list(enumerate(rows[at:], comment.first + at))))
                self.now = None
                return Stretch(comment.first, "comment", last=comment.first + at - 1, pieces=["\n".join(rows[:at])])
        return None
