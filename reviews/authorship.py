"""Whether a name on a title page may be a member's: pure thought, no database.

Names are compared in the normal form of `records.names` ("Family, Given"): the same family name, whatever its accents,
hyphens and particles, and given names that do not contradict each other ("Otte, I." may be Ina Otte). Where two spellings
may be one person they match: a work that is barred by mistake is lifted by one press, one that is not is never noticed.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from records.names import CORPORATE, HAN, PARTICLES, SUFFIXES, name

# Letters that no accent explains; umlauts are also written out, and both spellings are known.
PLAIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
WORD = re.compile(r"[^\W\d_]+")
MOST_INITIALS = 3  # in one word without points: "AB", "A.B."
LONGEST = 300  # characters of a name that are looked at


def folded(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(each for each in apart if not unicodedata.combining(each))


@dataclass(frozen=True, slots=True)
class Person:
    """A name made comparable: the forms its family name may have, and the ways its given names may be read."""

    families: frozenset[str]
    given: tuple[tuple[str, ...], ...] = field(default=())

    @classmethod
    def of(cls, text: str) -> "list[Person]":
        """A name as it may be read; one of two words without a comma has either of them as the family name."""
        text = " ".join(text.split())[:LONGEST]
        plain = name(text) or ""
        if not plain or CORPORATE.search(plain):
            return []
        found = [_person(plain)]
        words = text.split()
        if (
            "," not in text
            and len(words) == 2
            and all(len(word) > MOST_INITIALS or not word.isupper() for word in words)
        ):
            found.append(_person(f"{words[0]}, {words[1]}"))
        return [each for each in found if each.families]


def _person(text: str) -> Person:
    if HAN.match(text):  # no word boundaries, and family and given name stand together
        return Person(frozenset({re.sub(r"[\s·]", "", text)}))
    family, _comma, given = text.partition(",")
    family, given = family.strip(), given.partition(",")[0].strip()
    words = given.split()
    while len(words) > 1 and words[-1].casefold() in PARTICLES and not words[-1].isupper():
        family = f"{words.pop()} {family}"  # "Dijk, Anna van"
    return Person(_families(family), _readings(" ".join(words)))


def _families(text: str) -> frozenset[str]:
    """The family name as one word: without accents and with umlauts written out, with and without its particles."""
    words = [word for word in text.split() if word.casefold() not in SUFFIXES]
    core = [word for word in words if word.casefold().removesuffix(".") not in PARTICLES] or words
    forms = (" ".join(words), " ".join(core))
    spelled = {letters for form in forms for letters in (folded(form), folded(form.casefold().translate(WRITTEN_OUT)))}
    return frozenset("".join(WORD.findall(each)) for each in spelled) - {""}


def _readings(given: str) -> tuple[tuple[str, ...], ...]:
    """Given names as lists of words; a short word in capitals may be a name or initials."""
    if not given:
        return ()
    plain = tuple(WORD.findall(folded(given)))
    ways = [plain]
    if any(_capitals(word) for word in WORD.findall(given)):
        ways.append(
            tuple(
                part for word in WORD.findall(given) for part in (folded(word) if _capitals(word) else [folded(word)])
            )
        )
    return tuple(dict.fromkeys(way for way in ways if way))


def _capitals(word: str) -> bool:
    return 1 < len(word) <= MOST_INITIALS and word.isupper()


def may_be(one: Person, other: Person) -> bool:
    """Whether two names may be one person's. A family name alone matches only another that stands alone."""
    if not one.families & other.families:
        return False
    if not one.given or not other.given:
        return not one.given and not other.given
    return any(_agree(a, b) for a in one.given for b in other.given)


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Given names that do not contradict each other, word by word; what only one of them has contradicts nothing."""
    if "".join(one) == "".join(other):  # "Xiao-Ming" and "Xiaoming"
        return True
    return all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in zip(one, other, strict=False))


class Names:
    """The names of several members, made ready to be looked for in many lists of authors."""

    def __init__(self, names: Iterable[tuple[int, Iterable[str]]]) -> None:
        self.people = [(key, each) for key, spellings in names for text in spellings for each in Person.of(text)]
        self.hints = {form for _key, each in self.people for form in each.families}

    def __bool__(self) -> bool:
        return bool(self.people)

    def among(self, authors: Iterable[str]) -> set[int]:
        """The keys of those whose name may stand in this list of authors."""
        found: set[int] = set()
        for text in authors:
            letters = (
                "".join(WORD.findall(folded(text[:LONGEST])))
                + " "
                + "".join(WORD.findall(folded(text[:LONGEST].casefold().translate(WRITTEN_OUT))))
            )
            if not any(hint in letters for hint in self.hints):
                continue
            for here in Person.of(text):
                found |= {key for key, each in self.people if key not in found and may_be(each, here)}
        return found
