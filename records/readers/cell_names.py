"""The names in one cell of a table, apart as the houses that write such tables join them."""

import re
from typing import Any

from records.names import CORPORATE, family_first
from records.readers.ris import _bodies
from records.readers.tagged import flowing

# Houses that join names in a way of their own, known by these columns together.
GLUED = {"item title", "item doi", "content type"}  # Springer: "Ada AmesBea Cole"
PAIRED = {"author(s)", "language(s)", "journal"}  # SciELO: "Ames, Ada, Cole, Bea"
AND, LAST_AND = re.compile(r" (?:and|&) "), re.compile(r", (?:&|and) ")
INITIALS = re.compile(r"(?:[A-Z]\.?[\s-]?){1,4}")
NUMBERED = re.compile(r" ?\(\d{6,}\)")
# Beginnings of a family name that a capital may follow; of these the first are no names themselves: McDonald, but Li and Le.
NO_NAMES = ("Mc", "Mac", "Fitz")
BEGINNINGS = (*NO_NAMES, "De", "Di", "Du", "La", "Le", "Van")


def names_in(value: str, keys: set[str], *, first: bool, written_out: bool) -> list[Any]:
    """The names in a cell of a table that has these columns; `first` where its house puts family names first without a comma.

    Commas separate only where every part looks like a name without a comma, or like half of one.
    """
    text = NUMBERED.sub("", value) if "(" in value else value  # Scopus puts the author's number there
    if keys >= GLUED and not re.search(r"[,;|\n]", text):
        return _unglued(text)
    if first and " and " not in text and "|" not in text:
        names = [each.strip() for each in re.split(r"[,;]", text.removesuffix(".") if "pmid" in keys else text)]
        return [family_first(each, written_out=written_out) for each in names if each]
    if "," in text and ";" in text and not ("\n" in text or "|" in text or " and " in text):
        names = [each.strip() for each in text.split(";") if each.strip()]
        _bodies(names, "")  # where the others have their commas, a name without one may be a group
        return names
    if "," not in text or ";" in text or "\n" in text or "|" in text:
        return [text]
    text = flowing(text)
    if "&" in text or " and " in text:
        text = LAST_AND.sub(", ", text)
    *others, last = AND.split(text)
    if others and not (
        "," not in last and len(others) == 1 and all(" " in part.strip() for part in others[0].split(","))
    ):
        return [text]  # "Ames, Bea and Cole, Dee": split_names knows what to do
    parts = [part.strip() for each in [*others, last] for part in each.split(",") if part.strip()]
    if keys >= PAIRED and len(parts) % 2 == 0:
        return [f"{parts[n]}, {parts[n + 1]}" for n in range(0, len(parts), 2)]
    if len(parts) < 3 and CORPORATE.search(text):  # "Department of Health, London"
        return [text]
    return _pairs(parts) if all(" " in part for part in parts) or len(parts) > 2 else [text]


def _pairs(parts: list[str]) -> list[str]:
    """ "Family, G., Family, G." and "Family, Given, Family, Given" come in pairs; "Family G, Family G" does not."""
    if len(parts) % 2 == 0 and (all(" " not in part for part in parts) or all(map(INITIALS.fullmatch, parts[1::2]))):
        return [f"{parts[n]}, {parts[n + 1]}" for n in range(0, len(parts), 2)]
    return parts


def _unglued(text: str) -> list[str]:
    """ "Ada AmesBea M. Cole" as two names: a name has two words or more, so a word holds at most one seam."""
    words = text.split()
    names: list[list[str]] = [[]]
    for place, word in enumerate(words):
        cut = _seam(word) if names[-1] and place < len(words) - 1 else 0
        if cut:
            names[-1].append(word[:cut])
            names.append([])
        names[-1].append(word[cut:])
    return [" ".join(name) for name in names]


def _seam(word: str) -> int:
    """Where in "AmesBea" the next name begins: at a capital behind a small letter, "McAmesBea" at the second; 0 for nowhere."""
    seams = [n for n in range(1, len(word)) if word[n - 1].islower() and word[n].isupper()]
    if not seams:
        return 0
    beginning = re.split(r"['’-]", word[: seams[0]])[-1]
    if beginning in BEGINNINGS and len(seams) > 1:
        return seams[1]
    return 0 if beginning in NO_NAMES else seams[0]
