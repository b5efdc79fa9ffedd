"""The text of an XML dump as a parser may read it: decoded by the source, put inside an element of our own, so that no
document type and no entity can ever be declared, and, for the forgiving pass, mended where a sign stands bare.
"""

import codecs
import html
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from records.readers.base import Rejected, Source, detect_encoding

ROOM = 8_000_000  # characters between the ends of two entries; more is no bibliography

NAME = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.S)
SUBSET = re.compile(r"<!DOCTYPE[^>\[]*\[.*?\]\s*>", re.S | re.I)
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[)?", re.I)
DECLARED = re.compile(r"<\?xml\s[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")
# A declaration is believed only where the bytes are not Unicode, and only if it names one of these.
BELIEVED = re.compile(
    r"iso-8859-(?:[2-9]|1[0-6])|windows-125[013-8]|koi8-[ru]|macintosh|shift_jis|euc-(?:jp|kr)|gbk|gb2312|gb18030|big5"
)
UNSURE = ("cp1252", "latin-1", "gb18030")
# What stands at the head of a document: of the first one, and of those joined to it.
HEADINGS = re.compile(r"<\?xml\s[^>]{0,500}>|<!DOCTYPE[^>\[]{0,1000}>", re.I)
FORBIDDEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that XML knows no way to write
CONTROLS = bytes((*range(1, 9), 11, 12, *range(14, 32)))  # the single bytes among them
# For the forgiving pass: bare signs, names of characters that only HTML knows, numbers of forbidden characters.
MENDED = re.compile(
    r"<!\[CDATA\[(?:(?!\]\]>).){0,4000}\]\]>|<!--(?:(?!-->).){0,2000}-->|<(?![A-Za-z_/!?])|&(#?\w{1,40};)?", re.S
)
MARKUP = re.compile(
    r"<!--.*?-->|<(?!!\[CDATA\[)[^<>]*>|\A[\s\w:./-]{0,200}>|\A(?:\s*[\w:.-]+=\"[^\"<>]*\")+\s*[/?]?>", re.S
)
OWN = {"amp;", "lt;", "gt;", "quot;", "apos;"}

# Faults in plain words; the parser's own words follow where there are none.
WORDS = (
    (("depth", "recursion"), "elements are nested deeper than any bibliography needs"),
    (("huge", "too long", "limit", "memory"), "one value is larger than any bibliography needs"),
    (("mismatch", "premature", "not finished", "eof"), "an element is not closed"),
    (("entity", "entityref", "charref", "char value"), "a character is named in a way that XML does not know"),
)
TOO_LONG = "one entry, or none at all, in 8 million characters"
FATAL = {WORDS[0][1], WORDS[1][1], TOO_LONG}
ENTITIES = "the document declares entities of its own; such files are not opened, because they can do harm"
NO_ELEMENT = "no element stands within the first 64,000 characters"


class Fault(Exception):
    """What is wrong with a document, in words, and on which line."""

    def __init__(self, words: str, line: int) -> None:
        super().__init__(words)
        self.line = line


@dataclass(slots=True)
class Stream:
    """The dump as the parser may read it: UTF-8 inside an element of our own, without what XML forbids."""

    source: Source
    mend: bool = False
    dropped: int = 0
    line: int = 1  # of the last character that was handed out
    ended: bool = False
    room: int = ROOM
    stray: str = ""  # the first text that stands between two entries
    parsed: Any = None
    runs: re.Pattern[bytes] | None = None  # elements of which the strict pass sees only the text
    sections: bool = False  # whether a section of bare text has begun anywhere
    done: int = 0  # the last line that an entry accounts for
    passed: deque[tuple[int, str]] = field(default_factory=deque)  # in the forgiving pass, the lines behind that
    _given: Iterator[bytes] | None = field(default=None, repr=False)

    def read(self, _size: int = -1) -> bytes:
        """The next piece; nothing at the end. After a fault the parser would take a further piece for a new document."""
        if not self.mend:
            stop_at_fault(self)
        if self._given is None:
            self._given = self._pieces()
        return next(
            filter(None, self._given), b""
        )  # of a piece that is all heading nothing is left, and that is no end

    def _pieces(self) -> Iterator[bytes]:
        yield b"<dump>"
        held, begun, last = "", False, ""
        for piece in self.source.pieces():
            held += piece
            if not begun:
                start = held.find("<")
                if start < 0:
                    continue
                held, begun = "\n" * held.count("\n", 0, start) + held[start:], True
            cut = self._whole(held)
            ready, held = held[:cut], held[cut:]
            if ready:
                last = ready[-1]
                yield self._clean(ready)
        if held and begun:
            last = held[-1]
            yield self._clean(held)
        self.line -= last == "\n"
        self.ended = True
        if not self.mend:
            yield b"</dump>"

    def _whole(self, held: str) -> int:
        """Where to cut, so that no tag, heading or name of a character is cut in two."""
        cut = len(held)
        opened = held.rfind("<")
        if opened > held.rfind(">") and cut - opened < 4000:
            cut = opened
        named = held.rfind("&", 0, cut)
        return named if named >= 0 and cut - named < 50 and ";" not in held[named:cut] else cut

    def _clean(self, piece: str) -> bytes:
        self.room -= len(piece)
        if self.room < 0:
            raise Fault(TOO_LONG, self.line)
        signs = "!" in piece or "?" in piece  # which are rare, and looked for ten times as fast as what begins with "<"
        if signs and ("<?xml" in piece or "<!" in piece):
            piece = HEADINGS.sub(lambda found: "\n" * found.group(0).count("\n"), piece)
        data = piece.encode("utf-8", "replace")
        if len(data.translate(None, CONTROLS)) < len(data) or "\ufffe" in piece or "\uffff" in piece:
            piece, dropped = FORBIDDEN.subn("", piece)
            self.dropped += dropped
            data = piece.encode("utf-8", "replace")
        if self.mend:
            self._keep(piece)
            data = MENDED.sub(_mended, piece).encode("utf-8", "replace")
        elif self.runs and not self.sections:
            self.sections = signs and "<![" in piece  # there a tag is text, and that may go on in the next piece
            data = data if self.sections else b"".join(self.runs.split(data))
        self.line += piece.count("\n")
        return data

    def _keep(self, piece: str) -> None:
        """Remember the lines that no entry accounts for yet."""
        for number, row in enumerate(piece.split("\n"), self.line):
            if self.passed and self.passed[-1][0] == number:
                row = self.passed.pop()[1] + row
            if number > self.done:
                self.passed.append((number, row))

    def outside(self, first: int, last: int) -> Iterator[Rejected]:
        """The text that stands before an entry of these lines and in no other one, as rejected."""
        rows = []
        while self.passed and self.passed[0][0] < first:
            rows.append(self.passed.popleft())
        while self.passed and self.passed[0][0] <= last:
            self.passed.popleft()
        self.done = max(self.done, last)
        text = "\n".join(row for _number, row in rows)
        bare = MARKUP.sub(lambda found: "\n" * found.group(0).count("\n"), text).split("\n")
        said = [at for at, row in enumerate(bare) if row.strip(" \t\xa0\ufeff\x1a")]
        if said:
            words = "\n".join(row for _number, row in rows[said[0] : said[-1] + 1])
            yield Rejected((rows[said[0]][0], rows[said[-1]][0]), "text outside any entry", words.strip())


def runs(tag: str, usual: str) -> re.Pattern[bytes]:
    """What finds elements of this name that hold nothing but text, written so plainly that no fault can hide in them.
    `usual` are the attributes that most of them have."""
    return re.compile(rf'<{tag}(?:{usual}|(?: [a-z]+="[^"<>&\n]*+")*+)>([^<]*+)</{tag}>'.encode())


def _mended(found: re.Match[str]) -> str:
    """What the writer of a bare sign or a foreign name must have meant."""
    sign, named = found.group(0), found.group(1)
    if sign == "<":
        return "&lt;"
    if sign[0] != "&" or named in OWN:
        return sign
    if named is None:
        return "&amp;"
    meant = html.unescape(sign)
    if meant == sign:
        return "&amp;" + named
    return html.escape(FORBIDDEN.sub("", meant)) if meant not in ("\r", "\n") else sign


def stop_at_fault(stream: Stream) -> None:
    """Raise the first fault that the parser has found, if it has."""
    for each in stream.parsed.error_log if stream.parsed is not None else ():
        if each.level == etree.ErrorLevels.FATAL:
            raise Fault(in_words(each.message), min(max(each.line, 1), stream.line))


def in_words(words: str) -> str:
    """A parser's message in plain words, where there are such."""
    low = words.casefold()
    return next((plain for keys, plain in WORDS if any(key in low for key in keys)), words)


def believe(source: Source) -> None:
    """Take the declared encoding where the bytes are not Unicode and fit it; else the source knows better."""
    if source.encoding not in UNSURE or not (found := DECLARED.search(source.head[:2000])):
        return
    declared = found.group(1).casefold()
    if not BELIEVED.fullmatch(declared) or detect_encoding(source.file) != source.encoding:
        return
    decoder = codecs.getincrementaldecoder(declared)(errors="strict")
    source.file.seek(0)
    try:
        while data := source.file.read(1 << 16):
            decoder.decode(data)
    except UnicodeDecodeError:
        return
    source.encoding, source._head = declared, None


def refused(head: str) -> str:
    """Why a document must not be opened at all, or nothing."""
    start = PROLOG.match(head.lstrip("\ufeff"))
    place = start.end() if start else 0
    found = DOCTYPE.match(head, place)
    if found and found.group(1):
        return ENTITIES
    return "" if NAME.search(head) else NO_ELEMENT


def last_line(source: Source) -> int:
    """The number of the dump's last line, without keeping any."""
    number, last = 1, "\n"
    for piece in source.pieces():
        number += piece.count("\n")
        last = piece[-1:] or last
    return max(1, number - (last == "\n"))


def names(head: str, most: int) -> list[str]:
    """The names of a document's first elements, without their prefixes; none where the text is not XML."""
    if not head[:2000].lstrip(" \t\r\n\ufeff").startswith("<"):
        return []
    start = PROLOG.match(head)
    inside = SUBSET.match(head, start.end() if start else 0)
    begun = NAME.finditer(head, inside.end() if inside else 0)
    return [found.group(1) for found, _n in zip(begun, range(most), strict=False)]
