"""A copied page as numbered lines, and the labels that pages of all shapes share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONG_BLANK = re.compile(r"\s{5,}")
HAN = re.compile(r"[\u3400-\u9fff]")
# The site's own words after an abstract; nothing of them is content.
SITE_NOTICE = re.compile(r"^(?:特别声明|免责声明|版权声明|Disclaimer|Special statement)\s*[:：]?\s*$", re.I)


@dataclass(slots=True)
class Page:
    """The lines of one page: (number in the dump, text without outer blanks)."""

    lines: list[tuple[int, str]]

    @classmethod
    def of(cls, text: str, first: int = 1) -> "Page":
        """A page from text whose first line has this number in the dump."""
        return cls([(first + n, line.strip(" \t\u3000\xa0\ufeff")) for n, line in enumerate(text.split("\n"))])

    @property
    def span(self) -> tuple[int, int]:
        """First and last line that say anything; of a blank page its first line."""
        said = [number for number, line in self.lines if line] or [number for number, _line in self.lines[:1]] or [0]
        return said[0], said[-1]

    def said(self) -> list[tuple[int, str]]:
        """The lines that are not blank."""
        return [(number, line) for number, line in self.lines if line]


def chinese(text: str) -> bool:
    """Whether a line is mostly Chinese: more Han characters than Latin letters."""
    han = len(HAN.findall(text))
    return han > 1 and han > sum(c.isascii() and c.isalpha() for c in text)


def narrow(line: str) -> str:
    """A line without endless runs of blanks: patterns that look for a blank's neighbours would take their time."""
    return LONG_BLANK.sub("    ", line)


def joined(lines: Iterable[tuple[int, str]]) -> str:
    """The texts of numbered lines as one text."""
    return "\n".join(text for _number, text in lines)
