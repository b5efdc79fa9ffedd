"""The shape of BibTeX files: where an entry begins and ends, its fields and their values, and what damage does to them.

Entries are cut out line by line, so a file of any size takes little memory; what a field means is `bibtex`'s knowledge.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# An entry begins at a line's start, or right after the brace that closes the one before.
START = re.compile(r"[ \t\xa0\ufeff,;]*@[ \t]*([A-Za-z][\w.:+-]*)[ \t]*([{(])")
# Inside an open entry only what cannot be prose begins another one: "@word{key," and the three commands.
ANEW = re.compile(
    r"[ \t\xa0\ufeff]*@[ \t]*(?:[A-Za-z][\w.:+-]*[ \t]*\{[^{}\"=]*(?:,|$)|(?:string|preamble|comment)[ \t]*[{(])", re.I
)
NAME = r"[^\s=,{}\"#%()'\\@][^=,{}\"#\n\\@]{0,60}?"
FIELD = re.compile(rf"[\s,;]*({NAME})\s{{0,60}}=\s*")
FIELD_LINE = re.compile(rf"[ \t,]*{NAME}\s{{0,60}}=\s*(?:[{{\"]|\w+\s*(?:[,#}}]|$))")
NEXT_FIELD = re.compile(rf"\n[ \t,]*(?={NAME}[ \t]{{0,60}}=[ \t]*(?:[{{\"]|\w+[ \t]*(?:[,#}}\n]|$)))")
KEY = re.compile(rf"\s*([^={{}}\"\n]{{0,500}}?)[ \t]{{0,60}},(?=\s*(?:{NAME}\s{{0,60}}=|[}})]|$)|[ \t]*\n)")
ANY_KEY = re.compile(r"\s*([^,\n]*),?")
ENDS_QUOTE = re.compile(rf"\s*(?:#|,?\s*(?:$|[}})]|{NAME}\s{{0,60}}=\s*(?:[{{\"]|\w)))")
SIMPLE = re.compile(r"\{([^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+)\}")
BARE = re.compile(r"[^\s,{}\"#][^,{}\"#\n]*")
MACRO = re.compile(r"[A-Za-z][\w:.+-]*")
QUOTED = re.compile(r'"[^"]*"|\{[^{}]*\}')
BRACES = re.compile(r"[{}]")
MARKS = re.compile(r"[{}\"()]")
QUOTE_MARKS = re.compile(r"[{}\"]")
COMMAND = {"string", "preamble", "comment"}
LONGEST_MACRO = 10_000
ENDLESS = "\ue002"  # stands for a text that grew longer, and for what is made of it
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


def stretches(numbered: Iterable[tuple[int, str]]) -> Iterator[Stretch]:
    """The entries of a file in order, and the text between them. Every line with words is in one of them."""
    return _Cutting(numbered).run()


class _Cutting:
    """Cuts numbered lines into stretches."""

    def __init__(self, numbered: Iterable[tuple[int, str]]) -> None:
        self.lines = iter(numbered)
        self.again: deque[tuple[int, str]] = deque()
        self.now: Stretch | None = None
        self.comments_close = True

    def run(self) -> Iterator[Stretch]:
        """Go through the lines; an entry's end is believed once the next line does not go on with its fields."""
        while True:
            for number, line in self._rows():
                yield from self._line(number, line)
            if self.now and not self.now.closed and (before := self._reopen(self.now)):
                yield before
                continue
            if self.now:
                yield self.now
            return

    def _rows(self) -> Iterator[tuple[int, str]]:
        while True:
            if self.again:
                yield self.again.popleft()
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


Row = tuple[str, str, str, int]  # name, value word for word, value with macros put in, line


@dataclass(slots=True)
class Entry:
    """One entry taken apart: its key, its fields in order, and whether its braces or quotation marks were damaged."""

    key: str
    rows: list[Row]
    damaged: bool = False
    bare: list[str] = field(default_factory=list)  # fields whose value stands in neither braces nor quotation marks

    def named(self, macros: dict[str, str], months: dict[str, str]) -> list[str]:
        """What the file's own names for texts that the entry uses stand for, as @string would say it."""
        verbatim = " # ".join(said for name, said, _value, _line in self.rows if name in self.bare)
        words = dict.fromkeys(word.lower() for word in MACRO.findall(QUOTED.sub(" ", verbatim)))
        return [f"{word} = {{{macros[word]}}}" for word in words if word in macros and macros[word] != months.get(word)]


def entry(stretch: Stretch, macros: dict[str, str]) -> Entry:
    """Take an entry apart. Whatever the damage, each field ends at the latest where a line begins the next one."""
    return _Apart(stretch, macros).entry()


def define(stretch: Stretch, macros: dict[str, str]) -> None:
    """A @string: a name for a text. Texts made of texts may not grow without end; one that does marks all made of it."""
    for name, _verbatim, value, _line in entry(stretch, macros).rows:
        endless = len(value) > LONGEST_MACRO or (ENDLESS in macros and ENDLESS in value)
        macros[name.strip().lower()] = ENDLESS if endless else value
        if endless:
            macros[ENDLESS] = ENDLESS


class _Apart:
    """Goes through the text of one entry from its opening brace to its end."""

    def __init__(self, stretch: Stretch, macros: dict[str, str]) -> None:
        self.stretch = stretch
        self.macros = macros
        self.text = stretch.text
        self.stop = len(self.text) - 1 if stretch.closed else len(self.text)
        self.damaged = not stretch.closed or stretch.repaired
        self.partners: dict[int, int] | None = None
        self.quotes_end = True

    def entry(self) -> Entry:
        """Key and fields; what stands between two fields is passed over."""
        text, stop = self.text, self.stop
        opened = START.match(text)
        at = opened.end() if opened else 0
        key = ""
        if first := FIELD.match(text, at, stop):  # no key, or one without a comma behind it
            key = first.group(1).rpartition(" ")[0]
            at = first.start(1) + len(key)
        else:
            found = KEY.match(text, at, stop) or ANY_KEY.match(text, at, stop)
            key, at = (found.group(1).strip(), found.end()) if found else ("", at)
        rows: list[Row] = []
        bare: list[str] = []
        line, counted = self.stretch.first, 0
        while True:
            found = FIELD.match(text, at, stop)
            if not found:
                following = NEXT_FIELD.search(text, at, stop) if at < stop else None
                if not following:
                    return Entry(key, rows, self.damaged, bare)
                at = following.end()
                continue
            line += text.count("\n", counted, found.start(1))
            counted = found.start(1)
            verbatim, value, at = self._value(found.end())
            rows.append((found.group(1), verbatim, value, line))
            if not verbatim.isdecimal() and verbatim == text[found.end() : at].strip():
                bare.append(found.group(1))

    def _value(self, at: int) -> tuple[str, str, int]:
        """A value that begins at `at`: word for word, with macros put in, and where it ends."""
        text, stop = self.text, self.stop
        start, pieces, verbatim = at, [], ""
        while True:
            mark = text[at] if at < stop else ""
            if mark == "{":
                verbatim, at = self._braced(at)
                pieces.append(verbatim)
            elif mark == '"':
                verbatim, at = self._quoted(at)
                pieces.append(verbatim)
            elif found := BARE.match(text, at, stop):
                verbatim, at = found.group(0).strip(), found.end()
                pieces.append(self.macros.get(verbatim.lower(), verbatim))
            after = self._over_blanks(at)
            if after >= stop or text[after] != "#":
                break
            at = self._over_blanks(after + 1)
        if len(pieces) > 1:
            verbatim = text[start:at].strip()
        return verbatim, "".join(pieces), at

    def _over_blanks(self, at: int) -> int:
        while at < self.stop and self.text[at] in " \t\n":
            at += 1
        return at

    def _goes_on(self, at: int) -> bool:
        """Whether what stands behind a value is neither the next field nor the end: the value was closed too early."""
        after = self._over_blanks(at)
        return after < self.stop and self.text[after] not in ",;#}%" and not FIELD.match(self.text, at, self.stop)

    def _braced(self, at: int) -> tuple[str, int]:
        """A value in braces: its inside, and the place behind it."""
        found = SIMPLE.match(self.text, at, self.stop)
        if found:
            value, end = found.group(1), found.end()
        else:
            end = self._partner(at) + 1
            if not end:
                return self._up_to_next(at)
            value = self.text[at + 1 : end - 1]
        swallowed = not self.stretch.closed and "=" in value and NEXT_FIELD.search(value)
        if swallowed or self._goes_on(end):
            return self._up_to_next(at)
        return value, end

    def _partner(self, at: int) -> int:
        """Where the brace closes that opens at `at`, or -1. All braces are paired at once, in one pass."""
        if self.partners is None:
            self.partners, opened = {}, []
            for brace in BRACES.finditer(self.text, at, self.stop):
                if brace.group(0) == "{":
                    opened.append(brace.start())
                elif opened:
                    self.partners[opened.pop()] = brace.start()
        return self.partners.get(at, -1)

    def _quoted(self, at: int) -> tuple[str, int]:
        """A value in quotation marks; one inside it that stands before more words does not end it."""
        stop = self.stop
        if not self.quotes_end and (following := NEXT_FIELD.search(self.text, at, stop)):
            stop = following.start()
        depth = 0
        for found in QUOTE_MARKS.finditer(self.text, at + 1, stop):
            mark = found.group(0)
            if mark != '"':
                depth += 1 if mark == "{" else -1
            elif depth <= 0 and ENDS_QUOTE.match(self.text, found.end(), self.stop):
                return self.text[at + 1 : found.start()], found.end()
        self.quotes_end = False  # later ones are not looked for beyond the next field
        return self._up_to_next(at)

    def _up_to_next(self, at: int) -> tuple[str, int]:
        """A value whose end cannot be told: it goes to where a line begins the next field."""
        self.damaged = True
        following = NEXT_FIELD.search(self.text, at, self.stop)
        end = following.start() if following else self.stop
        closing = "}" if self.text[at] == "{" else '"'
        return self.text[at + 1 : end].rstrip(" \t\n,").removesuffix(closing), end
