"""Names of people to "Family, Given", with particles; corporate names stay as they are. Pure text in and out."""

import re
from itertools import pairwise

PARTICLES = {
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "el", "al", "bin", "ibn",
    "ter", "ten", "te", "zu", "zur", "zum", "af", "av", "st", "st.", "'t", "op", "in", "vom", "d'", "y", "e", "mac", "ben",
}  # fmt: skip
JOINING = {"y", "e"}  # "Ortega y Gasset": the word before belongs to the family name too
SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}
CORPORATE = re.compile(
    r"\b(group|consortium|collaborat|committee|association|society|organi[sz]ation|university|institute|network|"
    r"investigators|team|council|department|ministry|centre|center|foundation|agency|board|trust|union|project|"
    r"stud(?:y|ies)|trialists|cohort|registry|commission|alliance|partnership|"
    r"initiative|task force|office|federation|academy|college|hospital|school|program(?:me)?)\b",
    re.I,
)
NOBODY = {"et al", "et al.", "and others", "others", "anonymous", "[anonymous]", "anon", "anon.", "[no author]", "none",
          "[no author name available]", "no author name available", "[no authors listed]", "no authors listed"}  # fmt: skip
INITIAL = re.compile(r"[A-Z](?:-[A-Z])?")
HAN = re.compile(r"^[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·\s]+$")
PLAIN = re.compile(r"[^\W\d_]{2,}(?:[ '’-][^\W\d_]+)*, [^\W\d_][\w.'’-]*(?: [\w.'’-]+)*")  # needs no repair


def split_names(value: str) -> list[str]:
    """Several names in one value, separated by semicolons, line ends, " and " or bars; commas alone never separate."""
    text = value.strip().strip(";")
    if "  " in text:
        text = re.sub(r"[^\S\n\r]+", " ", text)
    if PLAIN.fullmatch(text) and " and " not in text:
        return [text]
    if re.search(r"[;\n\r]", text):
        parts = re.split(r"\s*[;\n\r]+\s*", text)
    elif "|" in text:
        parts = text.split("|")
    elif re.search(r"\s+and\s+", text):
        parts = _at_ands(text)
    else:
        parts = [text]
    return [part.strip() for part in parts if part.strip()]


def _at_ands(text: str) -> list[str]:
    """Names joined by "and". A group's own "and" separates nothing: it stands in the parts without a comma, "Ames, Bea and
    Cole, Dee and Ministry of Health and Welfare"; without two names with commas beside it a group's name is whole."""
    parts = re.split(r"\s+and\s+", text)
    if not CORPORATE.search(text):
        return parts
    if sum("," in part for part in parts) < 2:
        return [text]
    whole = parts[:1]
    for before, part in pairwise(parts):
        if "," in before or "," in part:
            whole.append(part)
        else:
            whole[-1] += f" and {part}"
    return whole


def split_commas(value: str) -> list[str]:
    """A line of "Given Family" names separated by commas."""
    return [part.strip() for part in re.split(r"\s*[,，、]\s*|\s+and\s+|\s+&\s+", value) if part.strip()]


def name(value: str) -> str | None:
    """One name as "Family, Given"; a corporate name unchanged; "" for no author; None for "and others"."""
    if PLAIN.fullmatch(value) and value.rpartition(", ")[2].casefold() not in SUFFIXES:
        return value
    text = _unmarked(" ".join(value.split()))
    if text.casefold().rstrip(",") in NOBODY:
        return None if "other" in text.casefold() or "et al" in text.casefold() else ""
    if not text or not any(c.isalpha() for c in text):
        return ""
    if "," in text:
        return _with_comma(text)
    if HAN.match(text) or CORPORATE.search(text) or " " not in text:
        return text
    return inverted(text)


def _unmarked(text: str) -> str:
    """A name without the footnote marks behind it: "[1, 2]", "*", "†"."""
    if text.endswith("]"):
        start = text.rfind("[")
        if start >= 0 and re.fullmatch(r"[\d\s,]+", text[start + 1 : -1]):
            text = text[:start]
    return text.strip(" ,;").rstrip("*†‡§¶").strip(" ,;")


def _with_comma(text: str) -> str:
    family, given = (part.strip() for part in text.split(",", 1))
    if given.casefold() in SUFFIXES:
        return inverted(family) + ", " + given
    return f"{family}, {given}" if given else family


def inverted(text: str) -> str:
    """A name without comma: "Ada B. van Dijk" and "van Dijk AB" alike become "van Dijk, Ada B." / "van Dijk, AB"."""
    words = text.split()
    last = words[-1]
    if len(words) < 2 or not any(c.isalpha() for c in last):  # "Author 1" has no family name to turn round
        return text
    suffix = last.casefold() in SUFFIXES
    if suffix and len(words) > 2 and _initials(words[-2]) and not _initials(words[0]):
        return f"{' '.join(words[:-2])}, {words[-2]}, {last}"  # "Family AB Jr"
    if _initials(last) and not _initials(words[0]):
        return f"{' '.join(words[:-1])}, {last}"  # MEDLINE's order: Family AB
    if suffix and len(words) == 2:
        return text
    cut = len(words) - 1
    if words[cut].casefold() in SUFFIXES and cut > 1:
        cut -= 1
    while cut > 1 and words[cut - 1].casefold() in PARTICLES and not INITIAL.fullmatch(words[cut - 1]):
        cut -= 2 if words[cut - 1] in JOINING and cut > 2 else 1
    bare = next((n for n, word in enumerate(words) if not INITIAL.fullmatch(word)), 0)
    if bare >= 2:  # "M A A Mohd Azlan": what follows bare initials is the family name
        cut = bare
    if cut == 1 and words[0].casefold() in PARTICLES and not INITIAL.fullmatch(words[0]):
        return text
    return f"{' '.join(words[cut:])}, {' '.join(words[:cut])}"


def _initials(word: str) -> bool:
    letters = re.sub(r"[.\-]", "", word)
    return 0 < len(letters) <= 3 and letters.isupper() and letters.isalpha() and not HAN.match(letters)


def order_shows(value: str) -> bool:
    """Whether initials show the order of a name without a comma ("A. B. Ames", "Ames AB"), or it is a list of names."""
    words = value.split()
    initials = any(_initials(word) and len(word) < 5 for word in (words[0], words[-1])) if words else False
    return initials or bool(re.search(r"[;|\n]| and ", value))


def given_written_out(names: list[str]) -> bool:
    """Whether a list of names without commas writes given names out ("Ames Bea L.") rather than as initials ("Ames BL")."""
    last = [words[-1] for each in names if len(words := each.split()) > 1 and not CORPORATE.search(each)]
    return sum(not _initials(word) for word in last) * 4 > len(last)


def family_first(value: str, *, written_out: bool) -> str:
    """A name of a list that puts the family name first without a comma, as PubMed and Embase do, with its comma.

    Initials end a family name of any length ("van der Plas J"); where given names are written out, the family name
    is the first word with its particles. Names with a comma and groups stay as they are.
    """
    words = value.split()
    if "," in value or len(words) < 2 or CORPORATE.search(value) or HAN.match(value) or value.casefold() in NOBODY:
        return value
    suffix = words.pop() if len(words) > 2 and words[-1].casefold() in SUFFIXES else ""
    cut = 1 if written_out else len(words) - 1
    while cut < len(words) - 1 and (_particle(words[cut - 1]) or (written_out and words[cut] in PARTICLES)):
        cut += 1
    given = " ".join(words[cut:])
    return f"{' '.join(words[:cut])}, {given}, {suffix}" if suffix else f"{' '.join(words[:cut])}, {given}"


def _particle(word: str) -> bool:
    return word.casefold() in PARTICLES and not _initials(word)
