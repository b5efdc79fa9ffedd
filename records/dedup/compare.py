"""Evidence about a pair of records: named points, their sum, vetoes, and the band that follows.

The points are log-odds of a logistic regression over yes/no evidence on labelled review sets; probability =
1 / (1 + e^-sum). They are shown to people line by line, exactly as they are added here.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from rapidfuzz import fuzz

from records.dedup.normalise import Normal

RULES = "2026-11"
INTERCEPT = -3.8
JOINED, LOOK, APART = "joined", "look", "apart"
JOIN_AT, JOIN_POOR_AT, LOOK_AT = 0.80, 0.97, 0.10
GENRES = {
    "editorial", "guest editorial", "book review", "book reviews", "introduction", "letter", "index", "preface", "foreword",
    "editorial introduction", "editors comments", "editorial notes", "letter to the editor", "in this issue", "news",
    "correspondence", "erratum", "announcements", "abstracts", "contents", "obituary", "commentary", "from the editor",
}  # fmt: skip

Id = TypeVar("Id", int, str)


@dataclass(slots=True)
class Judged:
    """One pair: points by name, their sum, probability, veto in words (or ""), band."""

    a: object
    b: object
    score: float
    probability: float
    band: str
    reasons: list[tuple[str, float]] = field(default_factory=list)
    veto: str = ""


def judge(
    normals: Mapping[Id, Normal], pairs: Iterable[tuple[Id, Id]], *, serial: Callable[[Normal], bool] | None = None,
    shared_doi: Callable[[str], bool] | None = None,
) -> list[Judged]:  # fmt: skip
    """Judge every pair of ids. `serial` says whether a title stands in the library with three or more places;
    `shared_doi` whether a DOI is borne by so many titles that it names an issue or a proceedings, which is no evidence."""
    out = []
    for a, b in pairs:
        one, two = normals[a], normals[b]
        several = serial is not None and (serial(one) or serial(two))
        of_issue = shared_doi is not None and any(shared_doi(doi) for doi in (one.doi, two.doi) if doi)
        out.append(_judge_pair(a, b, one, two, several, of_issue))
    return out


NOTHING_IN_COMMON = ("nothing in common but a block key", -8.0)


def _nothing_in_common(one: Normal, two: Normal) -> bool:
    """Whether two records share neither words of title or abstract, nor a person, page or identifier; most candidates do
    not, and all that `points` could still find would leave them far below any band."""
    if not one.title or not two.title or one.alts or two.alts:
        return False
    if any(a and a == b for a, b in ((one.first, two.first), (one.doi, two.doi), (one.pmid, two.pmid))):
        return False
    if not set(one.surnames).isdisjoint(two.surnames) or fuzz.ratio(one.compact, two.compact, score_cutoff=50):
        return False
    if fuzz.token_set_ratio(one.title, two.title, score_cutoff=65):
        return False
    return not (one.abstract and two.abstract and fuzz.ratio(one.abstract, two.abstract, score_cutoff=60))


def _judge_pair(a: Id, b: Id, one: Normal, two: Normal, serial: bool, doi_shared: bool) -> Judged:
    if _nothing_in_common(one, two):
        name, value = NOTHING_IN_COMMON
        return Judged(a, b, INTERCEPT + value, 0.0, APART, [("starting point", INTERCEPT), (name, value)])
    facts: Facts = Facts(one, two, doi_shared)
    reasons = [("starting point", INTERCEPT), *points(facts)]
    score = round(sum(value for _name, value in reasons), 3)
    probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    why = veto(facts, serial)
    band = _band(facts, probability, why)
    return Judged(a, b, score, round(probability, 4), band, reasons, why)


def _band(f: "Facts", probability: float, why: str) -> str:
    bar = JOIN_POOR_AT if f.poor else JOIN_AT
    if why:
        return LOOK if probability >= LOOK_AT and not f.hopeless else APART
    if probability >= bar and not f.bare:
        return JOINED
    return LOOK if probability >= LOOK_AT else APART


class Facts:
    """Similarities of a pair, worked out once."""

    def __init__(self, one: Normal, two: Normal, doi_shared: bool = False) -> None:
        self.one, self.two = one, two
        self.title = max(self._titles())
        self.token_set = fuzz.token_set_ratio(one.title, two.title) if one.title and two.title else 0.0
        self.exact = bool(one.compact) and one.compact == two.compact
        self.contained = self.token_set >= 97 and self.title < 93
        self.short = any(len(compact) < 25 and compact.isascii() for compact in (one.compact, two.compact))
        self.authors = self._authors()
        self.first_author = self._first_author()
        self.journal = journals(one.journal, two.journal)
        self.first = same(one.first, two.first)
        self.last = same(one.last, two.last)
        self.volume = same(one.volume, two.volume)
        self.issue = same(one.issue, two.issue)
        self.years = abs(one.year - two.year) if one.year and two.year else None
        self.doi = None if doi_shared else same(one.doi, two.doi)
        self.pmid = same(one.pmid, two.pmid)
        self.abstract = (
            fuzz.ratio(one.abstract, two.abstract) if min(len(one.abstract), len(two.abstract)) > 60 else None
        )
        self.place = self.first is True and self.volume is True
        # A field pattern that tells little gets a stricter bar.
        self.poor = (self.doi is None and self.first is None and self.pmid is None) or self.short
        self.bare = not ((one.surnames and two.surnames) or self.doi or self.pmid or self.place)
        self.all_agrees = self._all_agrees()
        self.one_doi = self._one_doi()
        self.hopeless = self.title < 60 and not self.contained and not self.doi and not self.place

    def _titles(self) -> list[float]:
        ones, twos = [self.one.title, *self.one.alts], [self.two.title, *self.two.alts]
        found = [0.0]
        for a in filter(None, ones):
            for b in filter(None, twos):
                found += [fuzz.ratio(a.replace(" ", ""), b.replace(" ", "")), fuzz.token_sort_ratio(a, b)]
        return found

    def _all_agrees(self) -> bool:
        """Entries that state little, but state the same: a list on a page names a paper twice, once without its year."""
        differs = False in (self.first, self.last, self.volume, self.issue, self.doi, self.pmid) or bool(self.years)
        placed = self.volume is True or self.years == 0
        long = len(self.one.compact) >= 40 or (len(self.one.compact) >= 15 and not self.one.compact.isascii())
        team = self.authors == 100 and len(self.one.surnames) > 1
        return self.exact and long and team and (self.journal or 0) >= 95 and placed and not differs

    def _one_doi(self) -> bool:
        """Entries with one DOI, one title and one team: the same, unless something that both state differs."""
        differs = False in (self.first, self.last, self.volume, self.issue, self.pmid) or bool(self.years)
        return self.doi is True and self.exact and self.authors == 100 and not differs

    def _authors(self) -> float | None:
        if not self.one.surnames or not self.two.surnames:
            return None
        return fuzz.token_sort_ratio(" ".join(sorted(self.one.surnames)), " ".join(sorted(self.two.surnames)))

    def _first_author(self) -> float | None:
        if not self.one.surnames or not self.two.surnames:
            return None
        return fuzz.ratio(self.one.surnames[0], self.two.surnames[0])


def same(a: str, b: str) -> bool | None:
    """Equal, different, or not to be said because one side is silent."""
    return a == b if a and b else None


SMALL = {"of", "and", "the", "for", "in", "on", "de", "der", "die", "la"}


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
    if len(short) == 1 and len(short[0]) > 1 and short[0] == "".join(word[0] for word in full):
        best = max(best, 92.0)
    return best


def _abbreviates(short: list[str], full: list[str]) -> bool:
    """Each word of the short form begins the next word of the full form."""
    rest = iter(full)
    return all(any(_begins(word, other) for other in rest) for word in short)


def _begins(word: str, other: str) -> bool:
    if other.startswith(word):
        return True
    letters = iter(other)
    return word[0] == other[0] and len(word) > 2 and all(c in letters for c in word)


def points(f: Facts) -> list[tuple[str, float]]:
    """Every line of evidence that applies, in words a person reads, with its points."""
    found: list[tuple[str, float]] = []

    def add(condition: object, name: str, value: float) -> None:
        if condition:
            found.append((name, value))

    for least, value in ((65, 0.4), (80, 0.5), (88, 0.7), (93, 0.7), (97, 0.4)):
        add(f.title >= least, f"titles at least {least} % alike", value)
    add(f.exact, "same title", 0.6)
    add(f.token_set >= 85, "titles share nearly all words", 1.1)
    add(f.contained, "one title contains the other", 0.8)
    add(f.short, "short title", -2.3)
    add(f.short and f.first is not True, "short title and first page not equal", -0.8)
    _people(f, add)
    _journal(f, add)
    _place(f, add)
    add(f.years == 1, "years differ by one", -1.3)
    add(f.years is not None and f.years > 1, "years differ by two or more", -2.0)
    add(f.one.numbers != f.two.numbers, "numbers in the titles differ", -0.9)
    _identifiers(f, add)
    if f.abstract is not None:
        for least, value in ((60, 0.2), (80, 0.3), (95, 0.3)):
            add(f.abstract >= least, f"abstracts at least {least} % alike", value)
        add(f.abstract < 60, "abstracts differ", -0.4)
    return found


Add = Callable[[object, str, float], None]


def _people(f: Facts, add: Add) -> None:
    if f.authors is None or f.first_author is None:
        return
    for least, value in ((60, 0.3), (80, 0.3), (95, 0.5)):
        add(f.authors >= least, f"authors at least {least} % alike", value)
    add(f.first_author >= 85, "first author alike", 0.6)
    add(f.first_author == 100, "same first author", 0.6)
    add(abs(len(f.one.surnames) - len(f.two.surnames)) >= 3, "numbers of authors differ by three or more", -0.8)


def _journal(f: Facts, add: Add) -> None:
    if f.journal is None:
        add(True, "journal missing in one of them", -0.1)
        return
    add(f.journal >= 95, "same journal", -0.7)
    add(80 <= f.journal < 95, "journals alike", -1.1)
    add(50 <= f.journal < 80, "journals little alike", -1.3)
    add(f.journal < 50, "journals differ", -1.9)
    add(f.first is False and f.years == 0 and f.journal >= 80, "first pages differ, but same year and journal", 0.5)
    add(f.first is False and f.journal < 50, "journals and first pages differ", -0.6)


def _place(f: Facts, add: Add) -> None:
    add(f.last is True, "same last page", 1.7)
    add(f.last is False, "last pages differ", -1.1)
    add(f.first is True, "same first page", 0.4)
    add(f.first is False, "first pages differ", -0.7)
    add(f.volume is True, "same volume", 0.3)
    add(f.volume is False, "volumes differ", -2.6)
    add(f.issue is False, "issues differ", -3.4)
    add(f.place, "same first page and volume", 0.5)
    add(f.first is False and f.volume is False, "first page and volume both differ", -0.8)
    alike = f.authors is not None and f.authors >= 80
    add(f.place and alike and f.years == 0, "same place, authors and year", 0.9)
    silent = any(not n.first and not n.volume for n in (f.one, f.two))
    add(silent, "neither pages nor volume in one of them", -0.6)
    add(f.title >= 93 and f.place, "titles and place agree", 0.4)
    add(f.title >= 97 and alike and f.years == 0, "titles, authors and year agree", 0.4)
    add(f.all_agrees, "long title, all authors and journal agree, and nothing that is stated differs", 1.2)


def _identifiers(f: Facts, add: Add) -> None:
    add(f.doi is True, "same DOI", 1.2)
    add(f.doi is True and (f.title >= 80 or f.contained), "same DOI and titles alike", 1.2)
    add(f.one_doi, "same DOI, title and authors, and nothing that is stated differs", 2.5)
    add(f.doi is False, "DOIs differ", -2.4)
    add(f.doi is False and (f.first is False or f.volume is False), "DOIs and places differ", -0.7)
    add(f.pmid is True, "same PubMed number", 3.0)
    add(f.pmid is False, "PubMed numbers differ", -3.0)


def veto(f: Facts, serial: bool) -> str:
    """Why this pair must not be joined without a person, in words; "" where nothing speaks against it."""
    genre = f.one.title in GENRES or f.two.title in GENRES
    place = f.place and (f.issue is not False)
    checks = [
        ((serial or genre) and not (place and f.last is not False), "this title stands for several pieces"),
        (f.one.numbers != f.two.numbers and f.title >= 65, "numbers in the titles differ"),
        (f.one.marker != f.two.marker, f"only one is marked “{f.one.marker or f.two.marker}”"),
        (
            bool(f.one.trials and f.two.trials and not set(f.one.trials) & set(f.two.trials)),
            "different trial registrations",
        ),
        (f.doi is False and (f.first is False or f.volume is False), "different DOIs and different places"),
        (f.doi is False and f.title < 97, "different DOIs"),
        (f.doi is True and f.title < 65 and not f.contained, "same DOI on different titles"),
        (f.pmid is False, "different PubMed numbers"),
        (_elsewhere(f), "same title and authors at another venue or in another year"),
    ]
    return next((words for holds, words in checks if holds), "")


def _elsewhere(f: Facts) -> bool:
    """Conference and journal versions: one title, another venue, or another year without a shared place."""
    if f.doi is True or f.pmid is True or f.place:
        return False
    other_year = f.years is not None and f.years >= 1 and f.first is not True
    other_venue = f.journal is not None and f.journal < 50 and f.first is not True
    return f.title >= 93 and (other_venue or (other_year and (f.years or 0) > 1))
