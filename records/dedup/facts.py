"""What two records have in common, worked out once a pair: similarities from 0 to 100, and what is equal, different, or unsaid."""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from records.dedup.normalise import PARTLY, Normal

SHORT, LONG, LONGER = 25, 30, 40  # letters of a title; other scripts say as much with a third of them
DENSE = 3
SPELLING = (("isation", "ization"), ("ised", "ized"), ("ising", "izing"), ("yse", "yze"), ("our", "or"), ("ae", "e"), ("oe", "e"),
            ("centre", "center"), ("fibre", "fiber"), ("litre", "liter"), ("logue", "log"), ("programme", "program"), ("ll", "l"))  # fmt: skip


class Facts:
    """Similarities of a pair. Where one side is silent, a comparison is None."""

    def __init__(self, one: Normal, two: Normal, doi_shared: bool = False) -> None:
        self.one, self.two = one, two
        self.title = max(self._titles())
        self.token_set = fuzz.token_set_ratio(one.title, two.title) if one.title and two.title else 0.0
        self.exact = bool(one.compact) and spelled(one.compact) == spelled(two.compact)
        self.contained = self.token_set >= 97 and self.title < 93
        self.letters = min(_letters(one.compact), _letters(two.compact))
        self.short = self.letters < SHORT
        self.authors = self._authors()
        self.first_author = self._first_author()
        self.journal = journals(one.journal, two.journal)
        self.volume = same(one.volume, two.volume)
        self.first, self.last = pages(one, two)
        self.issue = same(one.issue, two.issue)
        self.years = abs(one.year - two.year) if one.year and two.year else None
        self.doi = None if doi_shared else same(one.doi, two.doi)
        self.pmid = same(one.pmid, two.pmid)
        self.abstract = (
            fuzz.ratio(one.abstract, two.abstract) if min(len(one.abstract), len(two.abstract)) > 60 else None
        )
        self.place = self._place()
        self.range = self._range()
        self.differs = self._differs()
        self.agrees = self._agrees()

    def _titles(self) -> list[float]:
        ones, twos = [self.one.title, *self.one.alts], [self.two.title, *self.two.alts]
        found = [0.0]
        for a in filter(None, ones):
            for b in filter(None, twos):
                found += [fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")), fuzz.token_sort_ratio(a, b)]
        return found

    def _authors(self) -> float | None:
        one, two = self.one, self.two
        if not one.surnames or not two.surnames:
            return None
        found = fuzz.token_sort_ratio(" ".join(sorted(one.surnames)), " ".join(sorted(two.surnames)))
        if found < 95 and (_swapped(one, two) or _swapped(two, one)):
            return 95.0
        return found

    def _first_author(self) -> float | None:
        if not self.one.surnames or not self.two.surnames:
            return None
        return fuzz.ratio(self.one.surnames[0], self.two.surnames[0])

    def _place(self) -> bool:
        """One first page in one volume; or, of a book or proceedings without volumes, in one year of one venue."""
        if self.first is not True or self.volume is not None:
            return self.first is True and self.volume is True
        return self.years == 0 and self.journal is not None and self.journal >= 80 and self.one.first != "1"

    def _range(self) -> bool:
        """One stretch of pages in one place: two papers cannot both fill it, though two letters may share a page."""
        one = self.one
        return self.place and self.last is True and one.first != one.last and not self.years and self.issue is not False

    def _differs(self) -> bool:
        """Whether anything that both state is not the same, titles, people, journals and years apart."""
        return False in (self.first, self.last, self.volume, self.issue, self.doi, self.pmid)

    def _agrees(self) -> bool:
        """Records that state little, but state the same: one long title, one team, one venue, one year."""
        if not self.exact or self.differs or self.one.numbers != self.two.numbers or (self.authors or 0) < 80:
            return False
        journal = self.journal or 0.0
        meeting = any(word in MEETING for name in (self.one.journal, self.two.journal) for word in name.split())
        venue = journal >= 80 or (self.volume is True and self.issue is True)  # a journal may have two names
        # one year; or one volume, where a year is not stated or is that of the paper online; or a meeting and its proceedings
        when = self.years == 0 or (self.volume is True and not (self.years or 0) > 1)
        when = when or (self.years == 1 and journal >= 80 and meeting)
        team = min(len(self.one.surnames), len(self.two.surnames)) > 1
        return venue and when and self.letters >= (LONG if team else LONGER)


@lru_cache(maxsize=1 << 14)
def spelled(compact: str) -> str:
    """A title as it is compared: British and American spelling are one."""
    for british, american in SPELLING:
        if british in compact:
            compact = compact.replace(british, american)
    return compact


def same(a: str, b: str) -> bool | None:
    """Equal, different, or not to be said because one side is silent."""
    return a == b if a and b else None


LOCATOR = re.compile(r"[a-z]{1,5}\d{4,}|\d{5,}")
NEAR = 10  # pages; where sources count a discussion or a blank page to a paper or do not


def pages(one: Normal, two: Normal) -> tuple[bool | None, bool | None]:
    """Whether the first and the last pages are the same; None also where two ways of stating them cannot be compared:
    pages and an article's number, pages of the volume and those of the paper alone (from 1), what a spreadsheet left."""
    a, b = one.first, two.first
    last = _last(one.last, two.last)
    if not a or not b:
        return None, last
    if a == b or (_number(a) == _number(b) and (a.isdigit() or b.isdigit())):  # a lost prefix: "viii108" and "108"
        return True, None if last is False and _near(one.last, two.last) else last
    if a.startswith(PARTLY) or b.startswith(PARTLY) or bool(LOCATOR.fullmatch(a)) != bool(LOCATOR.fullmatch(b)):
        return None, None
    if any(n.first == "1" and n.last and not n.volume for n in (one, two)):
        return None, None
    if (not one.last and a == two.last) or (not two.last and b == one.last):
        return None, True
    return False, last


def _last(a: str, b: str) -> bool | None:
    if a and b and a != b and PARTLY in a + b:
        part, whole = (a, b) if a.startswith(PARTLY) else (b, a)
        return True if whole.endswith(part.lstrip(PARTLY)) else None
    return same(a, b)


def _near(a: str, b: str) -> bool:
    return a.isdigit() and b.isdigit() and abs(int(a) - int(b)) <= NEAR


def _number(page: str) -> str:
    return page.lstrip("abcdefghijklmnopqrstuvwxyz")


def _letters(compact: str) -> int:
    return len(compact) if compact.isascii() else DENSE * len(compact)


def _swapped(one: Normal, two: Normal) -> bool:
    """Whether all that one takes for family names are names of the other too, family or given: sources turn names round."""
    several = len(one.surnames) > 1 and len(one.surnames) == len(two.surnames)
    return several and set(one.surnames) <= {*two.surnames, *two.given}


SMALL = {"of", "and", "the", "for", "in", "on", "de", "der", "die", "la", "el", "et", "und", "y", "e", "to", "a", "an"}
MEETING = {"conference", "symposium", "workshop", "congress", "meeting"}


@lru_cache(maxsize=1 << 16)  # a library's journals are few
def journals(a: str, b: str) -> float | None:
    """How alike two journal names are, 0 to 100; abbreviations count word by word, by initials and as subsequences."""
    if not a or not b:
        return None
    best = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))
    short, long = (a.split(), b.split()) if len(a) <= len(b) else (b.split(), a.split())
    short, full = [w for w in short if w not in SMALL], [w for w in long if w not in SMALL]
    if short and len(short) <= len(full) and _abbreviates(short, full):
        best = max(best, 96.0 if len(short) == len(full) else 88.0)
    if _initials(short, full) or _initials(full, short):
        best = max(best, 92.0)
    return best


def _initials(few: Iterable[str], many: list[str]) -> bool:
    """Whether one name has the initials of the other as a word: "ICIS" for International Conference on Information Systems."""
    initials = "".join(word[0] for word in many)
    return len(initials) > 2 and any(word == initials for word in few)


def _abbreviates(short: list[str], full: list[str]) -> bool:
    """Each word of the short form begins the next word of the full form."""
    rest = iter(full)
    return all(any(_begins(word, other) for other in rest) for word in short)


def _begins(word: str, other: str) -> bool:
    if other.startswith(word):
        return True
    letters = iter(other)
    return word[0] == other[0] and len(word) > 2 and all(c in letters for c in word)
