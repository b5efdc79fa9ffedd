"""One BibTeX entry taken apart: its key, its fields and their values, and what damage does to them."""

import re
from dataclasses import dataclass, field

from records.readers.bibtex_syntax import BRACES, NAME, START, Stretch

FIELD = re.compile(rf"[\s,;]*({NAME})\s{{0,60}}=\s*")
NEXT_FIELD = re.compile(rf"\n[ \t,]*(?={NAME}[ \t]{{0,60}}=[ \t]*(?:[{{\"]|\w+[ \t]*(?:[,#}}\n]|$)))")
KEY = re.compile(rf"\s*([^={{}}\"\n]{{0,500}}?)[ \t]{{0,60}},(?=\s*(?:{NAME}\s{{0,60}}=|[}})]|$)|[ \t]*\n)")
ANY_KEY = re.compile(r"\s*([^,\n]*),?")
ENDS_QUOTE = re.compile(rf"\s*(?:#|,?\s*(?:$|[}})]|{NAME}\s{{0,60}}=\s*(?:[{{\"]|\w)))")
SIMPLE = re.compile(r"\{([^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+)\}")
BARE = re.compile(r"[^\s,{}\"#][^,{}\"#\n]*")
MACRO = re.compile(r"[A-Za-z][\w:.+-]*")
QUOTED = re.compile(r'"[^"]*"|\{[^{}]*\}')
QUOTE_MARKS = re.compile(r"[{}\"]")
LONGEST_MACRO = 10_000
ENDLESS = "\ue002"  # stands for a text that grew longer, and for what is made of it

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
    if stretch.fields:
        rows = [
            (name, said, macros.get(said.lower(), said) if bare else said, line)
            for name, said, line, bare in stretch.fields
        ]
        bare = [name for name, said, _line, bare in stretch.fields if bare and not said.isdecimal()]
        return Entry(stretch.key, rows, bare=bare)
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
