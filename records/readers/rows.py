"""The rows of a delimited table with their lines, where a quotation mark that is never closed swallows no other row."""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice

csv.field_size_limit(64 * 1024 * 1024)
FEWEST = 3  # columns; in a narrower table a line of text looks like a row too easily
RAGGED = 6  # columns; a row with too few cells but sound quotation is doubted only in a table as wide as this
AHEAD = 40  # lines looked at beyond the doubted ones
LONGEST_LINES, LONGEST = 20_000, 16 * 1024 * 1024  # lines and characters no honest value has


class _Given:
    """Feeds csv.reader line by line, holds the lines of the row being read, and takes lines back."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self.lines = lines
        self.back: deque[str] = deque()
        self.held: list[str] = []
        self.size = 0
        self.number = 0  # of the line given last

    def __iter__(self) -> "_Given":
        return self

    def __next__(self) -> str:
        if self.held and (len(self.held) >= LONGEST_LINES or self.size > LONGEST):
            raise StopIteration  # the reader hands over what it has
        if self.back:
            line = self.back.popleft()
        else:
            line = next(self.lines)[1] + "\n"
        self.number += 1
        self.held.append(line)
        self.size += len(line)
        return line

    def take_back(self, keep: int) -> None:
        """All held lines but the first ones are to be read again."""
        self.back.extendleft(reversed(self.held[keep:]))
        self.number -= len(self.held) - keep
        del self.held[keep:]

    def ahead(self, count: int) -> list[str]:
        """The next lines, which will still be given."""
        while len(self.back) < count and (line := next(self.lines, None)):
            self.back.append(line[1] + "\n")
        return list(islice(self.back, count))


class Rows:
    """Iterates over (cells, first line, last line, what is wrong or ""); a faulty row has no cells.

    `width` is the number of columns, set by the caller once the header is known; 0 means not yet.
    """

    def __init__(self, lines: Iterator[tuple[int, str]], delimiter: str) -> None:
        self.delimiter = delimiter
        self.width = 0
        self.given = _Given(lines)

    def __iter__(self) -> Iterator[tuple[list[str], int, int, str]]:
        given = self.given
        reader = csv.reader(given, delimiter=self.delimiter)
        while True:
            given.held.clear()
            given.size = 0
            try:
                row = next(reader, None)
            except csv.Error as fault:
                yield [], given.number - len(given.held) + 1, given.number, f"the table is damaged here: {fault}"
                reader = csv.reader(given, delimiter=self.delimiter)
                continue
            if row is None and not given.held:
                return
            wrong = ""
            if len(given.held) > 1 and self.width >= FEWEST:
                keep = self._end(row or [])
                if keep < len(given.held):
                    given.take_back(keep)
                    row, wrong = self._mended(), "a quotation mark is never closed here"
                    reader = csv.reader(given, delimiter=self.delimiter)
            first = given.number - len(given.held) + 1
            yield row or [], first, given.number, wrong
            if len(given.held) >= LONGEST_LINES or given.size > LONGEST:
                reader = csv.reader(given, delimiter=self.delimiter)

    def _end(self, row: list[str]) -> int:
        """How many of the held lines belong to the row: all of them, unless one further down is a row of its own.

        A row is doubted where a quotation mark is out of place in it, or where it has not as many cells as the table
        has columns.
        """
        held = self.given.held
        if (len(row) == self.width or self.width < RAGGED) and self._strictly(held) == row:
            return len(held)
        lines = held + self.given.ahead(AHEAD)
        for number in range(1, len(held)):
            if self.delimiter in held[number] and self._sound(lines[number : number + AHEAD]):
                return number
        return len(held)

    def _sound(self, lines: list[str]) -> bool:
        """Whether these lines begin with a row as wide as the table, every quotation mark in its place."""
        try:
            return len(next(csv.reader(lines, delimiter=self.delimiter, strict=True))) == self.width
        except csv.Error:
            return False

    def _strictly(self, lines: list[str]) -> list[str] | None:
        """The cells of exactly one row over these lines; None where a quotation mark is out of place."""
        try:
            rows = list(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None

    def _mended(self) -> list[str]:
        """The cells of the held lines, a quotation mark that is never closed taken for a slip."""
        row = next(csv.reader(self.given.held, delimiter=self.delimiter), [])
        row[-1:] = [cell.removesuffix("\n") for cell in row[-1:]]
        lacking = self.width - len(row)
        if row and lacking > 0 and self.delimiter in row[-1]:
            row[-1:] = row[-1].rsplit(self.delimiter, lacking)
        return row


def delimiter_free(row: list[str]) -> str:
    """A row's cells for a person to read."""
    return " | ".join(cell for cell in row if cell.strip())
