"""What a person types into a search box, understood. Pure thought: text in, terms out; nothing that is typed is an error.

`word` · `begin*` · `"a phrase"` · `-without` · `title:word`, `author:"van den Berg"`, `year:2010-2015`, `doi:10.5555/x` …
What hangs together without a space, such as COVID-19, is a phrase. Case and accents do not matter. Chinese and Japanese are
written without spaces, so their texts are kept as pairs of neighbouring characters and found anywhere in a sentence.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

MOST_TERMS = 20  # of one search; more are cut off
LONGEST_WORD = 100  # characters of a word that are looked for; PostgreSQL refuses a very long one
MOST_TYPED = 10_000  # characters that are looked at
SHORTEST_BEGINNING = 3  # letters before a star

PAIRED = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
LETTERS = ("øØłŁđĐðÐıħĦ", "oOlLdDdDihH")  # letters that Unicode takes for no accented ones, though readers do
_RUN = re.compile(f"[{PAIRED}]+")
_PIECE = re.compile(f"[{PAIRED}]+|[^\\W_{PAIRED}]+")
_AS_PLAIN = str.maketrans(*LETTERS)
_ACCENTS = re.compile("[\u0300-\u036f]")

# What a person may write before a colon: the column of the index, or a fact of the work (in capitals).
FIELDS = {
    "title": "title", "ti": "title", "author": "authors", "authors": "authors", "au": "authors",
    "abstract": "abstract", "ab": "abstract", "journal": "journal", "jo": "journal", "in": "journal",
    "keyword": "keywords", "keywords": "keywords", "kw": "keywords",
    "doi": "ids", "pmid": "ids", "id": "ids", "accession": "ids",
    "year": "YEAR", "py": "YEAR", "source": "SOURCE", "database": "SOURCE", "language": "LANGUAGE", "lang": "LANGUAGE", "type": "TYPE",
}  # fmt: skip
FACTS = {"YEAR", "SOURCE", "LANGUAGE", "TYPE"}
COLUMNS = ("title", "abstract", "authors", "journal", "keywords", "ids")

_TERM = re.compile(
    r"""(?P<minus>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)(?:"|\Z)(?P<begins>\*?)|(?P<word>[^\s"]+))"""
)
_QUOTES = str.maketrans("“”„«»＂", '""""""')
_YEARS = re.compile(r"(\d{4})?\s*(-|–|\.\.)?\s*(\d{4})?\Z")


@dataclass(frozen=True, slots=True)
class Needle:
    """Words that stand one after the other; the last may be a beginning. `column` "": anywhere."""

    words: tuple[str, ...]
    begins: bool = False
    column: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is said of a work and stands in no text: `kind` of FACTS, `value` as typed, years as (first, last)."""

    kind: str
    value: str = ""
    years: tuple[int | None, int | None] = (None, None)
    without: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: each of `wanted` must stand in the texts, and of each group in `unwanted` not all."""

    wanted: tuple[Needle, ...] = ()
    unwanted: tuple[tuple[Needle, ...], ...] = ()
    facts: tuple[Fact, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted or self.facts)

    def without_wanted(self) -> "Asked":
        """Only what must not stand in the texts."""
        return Asked(unwanted=self.unwanted)

    def with_beginning(self) -> "Asked | None":
        """The same with its last word as a beginning, where that is another search: for when nothing holds the whole word."""
        if not self.wanted or self.wanted[-1].begins or _RUN.match(self.wanted[-1].words[-1]):
            return None
        return replace(self, wanted=(*self.wanted[:-1], replace(self.wanted[-1], begins=True)))


def plain(text: str) -> str:
    """A text as the index takes it: letters without what readers do not miss, unspaced scripts in pairs."""
    if text.isascii():
        return text
    text = text.translate(_AS_PLAIN)
    return _RUN.sub(_paired, text) if _RUN.search(text) else text


def _paired(run: re.Match) -> str:
    return f" {' '.join(_pairs(run[0]))} {run[0][-1]} "


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)]


def bare(text: str) -> str:
    """A text without case and accents."""
    apart = unicodedata.normalize("NFD", text.translate(_AS_PLAIN))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).casefold()


def needles(text: str, *, begins: bool = False, column: str = "") -> list[Needle]:
    """What must stand in a text so that it holds these words in this order."""
    found: list[Needle] = []
    words: list[str] = []
    for piece in _PIECE.findall(bare(text)):
        if not _RUN.match(piece):
            words.append(piece[:LONGEST_WORD])
            continue
        if words:
            found.append(Needle(tuple(words), column=column))
            words = []
        pairs = _pairs(piece[:LONGEST_WORD])
        found += [Needle((pair,), column=column) for pair in pairs] or [Needle((piece,), True, column)]
    if words:
        begins = (begins and len(words[-1]) >= SHORTEST_BEGINNING) or len(words[-1]) == LONGEST_WORD
        found.append(Needle(tuple(words), begins, column))
    return found


def stands(needle: Needle, text: str) -> bool:
    """Whether a text that is `plain` holds this, as the index would say."""
    words = f" {' '.join(_PIECE.findall(text.lower() if text.isascii() else bare(text)))} "
    sought = " ".join(needle.words)
    return f" {sought}" in words if needle.begins else f" {sought} " in words


def read(text: str, column: str = "") -> Asked:
    """A search as typed. `column`: where it is looked for unless a word names another place."""
    wanted: list[Needle] = []
    unwanted: list[tuple[Needle, ...]] = []
    facts: list[Fact] = []
    for term, field, typed, begins in _terms(text):
        without = term["minus"] is not None
        if field in FACTS:
            facts += _fact(field, typed, without)
            continue
        group = needles(typed, begins=begins, column=field or column)
        if without and group:
            unwanted.append(tuple(group))
        elif group:
            wanted += group
    return Asked(tuple(dict.fromkeys(wanted))[: MOST_TERMS * 2], tuple(dict.fromkeys(unwanted)), tuple(facts))


def _terms(text: str) -> Iterator[tuple[re.Match, str, str, bool]]:
    """Each term with its field ("" for none), what was typed, and whether it is a beginning."""
    typed = text[:MOST_TYPED].translate(_QUOTES)
    for count, term in enumerate(_TERM.finditer(typed)):
        if count >= MOST_TERMS:
            return
        named = (term["field"] or "").lower()
        field = FIELDS.get(named, "")
        said = term["phrase"] if term["word"] is None else term["word"]
        if named and not field:  # a colon in a title
            said = f"{named} {said}"
        begins = bool(term["begins"]) if term["word"] is None else said.endswith("*")
        yield term, field, said, begins


def _fact(kind: str, typed: str, without: bool) -> list[Fact]:
    if kind != "YEAR":
        return [Fact(kind, typed.strip("*"), without=without)] if typed.strip("*") else []
    years = _YEARS.match(typed)
    if not years or not (years[1] or years[3]):
        return []
    first, last = (int(each) if each else None for each in (years[1], years[3]))
    return [Fact(kind, typed, (first, last if years[2] else first), without)]


def any_of(terms: list[str]) -> list[Asked]:
    """A search for each of some written terms, such as those of a highlight list: one of them is enough."""
    found = [Asked(tuple(needles(each, begins=each.rstrip().endswith("*")))) for each in terms]
    return [asked for asked in dict.fromkeys(found) if asked.wanted]
