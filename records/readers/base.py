"""What all readers share: a source of decoded, numbered lines, and the three things a reader may yield.

A reader is a module with `NAME` (a short format name), `LABEL` (the name in words), `recognises(head)` and
`read(source)`. It knows one format; repairing single fields is `records.clean`'s work. No Django here.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

HEAD_CHARACTERS = 64_000
CHUNK = 1 << 16
PIECE = 1 << 14  # bytes decoded at once; larger ones leave the processor's cache
EXCERPT = 200


@dataclass(slots=True)
class Draft:
    """One entry as read, not yet stored.

    `raw` keeps every tag and value word for word with its line; `fields` maps names of `records.clean.FIELDS`
    to the list of raw values the reader found for them; `lines` are the first and last line of the entry.
    `role` is "primary", or "related" for a paper that a page merely lists.
    """

    raw: list[tuple[str, str, int]] = field(default_factory=list)
    fields: dict[str, list] = field(default_factory=dict)
    lines: tuple[int, int] = (0, 0)
    notices: list[str] = field(default_factory=list)
    role: str = "primary"

    def add(self, name: str, value: object) -> None:
        """Append one raw value to a field; empty strings are absence."""
        if value not in ("", None):
            self.fields.setdefault(name, []).append(value)


@dataclass(slots=True)
class Rejected:
    """A stretch of the dump that could not be read: its lines, the reason in words, its first characters."""

    lines: tuple[int, int]
    reason: str
    text: str = ""

    def __post_init__(self) -> None:
        self.text = self.text[:EXCERPT]


@dataclass(slots=True)
class Notice:
    """What the reader wants a person to know about the dump as a whole; `line` 0 means no particular line."""

    text: str
    line: int = 0


Yielded = Draft | Rejected | Notice


class Source:
    """A dump opened for reading: bytes in, decoded text and numbered lines out, in constant memory.

    `encoding` is found by the ladder of `detect_encoding`, or given by a person. Lines end at CRLF, CR and LF only
    (not at U+2028 and its like, as `str.splitlines` would have it); NUL bytes are dropped and counted in `nul_bytes`.

    `columns` says what a person takes a table's columns for: header -> name of a field, "" for none of them. `table` is
    what a reader of tables saw of one: its header, and where it knew no header also the rows below.
    """

    columns: dict[str, str] | None = None
    table: list[list[str]] | None = None

    def __init__(self, file: BinaryIO, encoding: str | None = None) -> None:
        self.file = file
        self.encoding = encoding or detect_encoding(file)
        self.nul_bytes = 0
        self._head: str | None = None

    @classmethod
    def of(cls, data: bytes | str, encoding: str | None = None) -> "Source":
        """A source over bytes in memory, or over text that was pasted."""
        if isinstance(data, str):
            return cls(io.BytesIO(data.encode("utf-8", "replace")), "utf-8")
        return cls(io.BytesIO(data), encoding)

    @property
    def head(self) -> str:
        """The first characters with line ends made LF: enough to recognise a format."""
        if self._head is None:
            pieces, size = [], 0
            for piece in self.pieces():
                pieces.append(piece)
                size += len(piece)
                if size >= HEAD_CHARACTERS:
                    break
            self._head = "".join(pieces)[:HEAD_CHARACTERS]
        return self._head

    def pieces(self) -> Iterator[str]:
        """The decoded text in pieces, every line end made LF, without byte order mark and NUL."""
        self.file.seek(0)
        decoder = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(self.encoding)(errors="replace"), translate=True
        )
        first, nul = True, 0
        while True:
            data = self.file.read(PIECE)
            piece = decoder.decode(data, final=not data)
            if first and piece:
                piece, first = piece.removeprefix("\ufeff"), False
            if b"\0" in data and "\0" in piece:
                nul += piece.count("\0")
                piece = piece.replace("\0", "")
            if piece:
                yield piece
            if not data:
                self.nul_bytes = nul
                return

    def text(self) -> str:
        """The whole text, with line ends made LF. For page readers; a page is short."""
        return "".join(self.pieces())

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each physical line with its number, counted from 1, without its end."""
        for number, rows in self.batches():
            yield from enumerate(rows, number)

    def batches(self) -> Iterator[tuple[int, list[str]]]:
        """The same lines, many at once, with the number of the first."""
        number = 1
        begun: list[str] = []  # the pieces of a line that goes on beyond this piece; a JSON line may be the whole file
        for piece in self.pieces():
            rows = piece.split("\n")
            begun.append(rows[0])
            if len(rows) == 1:
                continue
            rows[0] = "".join(begun)
            begun = [rows.pop()]
            yield number, rows
            number += len(rows)
        if rest := "".join(begun):
            yield number, [rest]


def detect_encoding(file: BinaryIO) -> str:
    """The encoding of a file's bytes, by this ladder: byte order mark, strict UTF-8, UTF-16 without a mark,
    GB18030 where most characters are common Han, cp1252, latin-1. A declared encoding is not believed: real files lie.
    """
    file.seek(0)
    start = file.read(CHUNK)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return name
    if wide := _utf16_without_mark(start):
        return wide
    if _decodes(file, "utf-8"):
        return "utf-8"
    if _looks_chinese(start) and _decodes(file, "gb18030"):
        return "gb18030"
    return "cp1252" if _decodes(file, "cp1252") else "latin-1"


def _utf16_without_mark(start: bytes) -> str:
    even, odd = start[0:4000:2], start[1:4000:2]
    if len(odd) > 8 and odd.count(0) > 0.4 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(odd) > 8 and even.count(0) > 0.4 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _decodes(file: BinaryIO, encoding: str) -> bool:
    """Whether all bytes are valid. A character cut off by the end of the file does not count: truncated files exist."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    file.seek(0)
    try:
        while data := file.read(PIECE):
            if not data.isascii() or decoder.getstate()[0]:  # plain ASCII is valid anyway, unless a character is begun
                decoder.decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(start: bytes) -> bool:
    """Whether most multi-byte characters of a GB18030 reading are common Han (GB 2312 level 1: lead bytes B0-D7)."""
    text = start.decode("gb18030", "ignore")
    wide = [c for c in text if ord(c) > 0x7F]
    common = 0
    for c in wide:
        code = c.encode("gb2312", "ignore")
        common += len(code) == 2 and (0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3))
    return len(wide) >= 2 and common > 0.7 * len(wide)
