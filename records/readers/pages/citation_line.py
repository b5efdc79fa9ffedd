"""Splits a citation line "JOURNAL, 2021, 30 (19-20) : 2924 - 2934" from the right, since journals contain commas."""

import re
from dataclasses import dataclass

WIDE = str.maketrans("，（）．：［］", ",().:[]")  # full-width punctuation is the same punctuation
PREFIX = re.compile(r"^\s*\[[A-Z/]{1,5}\]\s*\.?\s*")  # [J]. journal, [C]. conference, [M]. book
PAGES = r"[A-Za-z]{0,3}\d[\w.]*(?:\s*[-–—]\s*[A-Za-z]{0,3}\d[\w.]*)?"
VOLUME = r"[A-Za-z]{0,4}\.?\s?\d[\w./-]*(?:\s+(?:suppl|supplement|spec)\.?\s*\w*)?|suppl\.?\s*\w*|[IVXLC]{1,7}"


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation line states; an empty string where it does not."""

    journal: str = ""
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""


def split(line: str) -> Citation | None:
    """The parts of a citation line, or None where it does not look like one.

    A lone number at the end is the volume: ", 2019, 68" has no pages, and "Journal, 6" has no year.
    """
    text = PREFIX.sub("", line.translate(WIDE)).strip()
    if len(text) > 400:
        return None
    body, pages = _pages(text)
    body, issue = _issue(body)
    parts = [part.strip() for part in body.split(",")]
    volume = year = ""
    if len(parts) > 2 and _year(parts[-2]) and _volume(parts[-1]):  # a volume may look like a year: ", 2016, 1863"
        volume, year = parts.pop(), parts.pop()
    elif len(parts) > 1 and _year(parts[-1]):
        year = parts.pop()
    elif len(parts) > 1 and _volume(parts[-1]) and re.search(r"\d", parts[-1]):  # "Wang, Li" is no volume LI
        volume = parts.pop()
        if len(parts) > 1 and _year(parts[-1]):
            year = parts.pop()
    journal = ", ".join(part for part in parts if part).strip(" .")
    if not journal or not (year or volume or issue or pages):
        return None
    return Citation(journal, year, volume, re.sub(r"^0+(?=\w)", "", issue), re.sub(r"\s*[-–—]\s*", "-", pages))


def _pages(text: str) -> tuple[str, str]:
    found = re.search(rf"\s*[:：]\s*({PAGES})?\s*\.?$", text)
    if not found:
        return text, ""
    return re.sub(r"[\s:：]+$", "", text[: found.start()]), (found.group(1) or "").strip()


def _issue(text: str) -> tuple[str, str]:
    found = re.search(r"\s*\(([^()]{1,30})\)\s*$", text)
    if not found or not re.search(r"\d|suppl|spec|s$", found.group(1), re.I):
        return text, ""
    before = text[: found.start()].rsplit(",", 1)
    if len(before) < 2 or not (_volume(before[1].strip()) or _year(before[1].strip())):
        return text, ""
    return text[: found.start()], found.group(1).strip()


def _year(part: str) -> bool:
    return bool(re.fullmatch(r"(?:1[89]|20)\d\d", part))


def _volume(part: str) -> bool:
    return bool(re.fullmatch(rf"(?:{VOLUME})", part, re.I)) and len(part) < 25
