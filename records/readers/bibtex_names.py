"""The names in BibTeX's author fields: apart, and each as "Family, Given", as stated, or as a group."""

import re

from records.names import CORPORATE
from records.readers import latex
from records.readers.tagged import flowing

SUFFIX = re.compile(r"(?:jr|sr)\.?|[ivx]{1,5}|\d(?:nd|rd|th)", re.I)
AND = re.compile(r"\s+and\s+", re.I)
AND_OR_BRACE = re.compile(r"[{}]|\s+and(?=\s)", re.I)
DOUBLE_BLANK = re.compile(r",[ \xa0]{2}(?=\S)")
NAME_PART = re.compile(r"\b(family|given|prefix|suffix)\s?=\s?([^,=]+)", re.I)
# Family, Given: there is nothing else to be read in it.
USUAL_NAME = re.compile(r"[^\W\d_]\w*+(?:[ .’-]\w++)*, \w++(?:[ .’-]\w++)*\.?")


def people(value: str) -> list[str | dict[str, str]]:
    """The names of an author field: "Family, Given" or as stated, groups in braces as {"literal": name}."""
    if not AND.search(value) and DOUBLE_BLANK.search(value):  # SciELO: Family, Given,  Family, Given
        value = DOUBLE_BLANK.sub(" and ", value)
    value = flowing(value).removesuffix(" and")
    if value.startswith("{") and value.endswith("}") and AND.search(value):
        inner = value[1:-1]  # a list wholly in a second pair of braces is still a list if every part has a comma
        if "{" not in inner and "}" not in inner and all("," in part for part in AND.split(inner)):
            value = inner
    return [name for part in _apart(value) if (name := _person(part))]


def _apart(value: str) -> list[str]:
    """The names of a list apart at each "and" outside braces."""
    if "{" not in value:
        return AND.split(value)
    parts, depth, start = [], 0, 0
    for found in AND_OR_BRACE.finditer(value):
        mark = found.group(0)
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif depth <= 0:
            parts.append(value[start : found.start()])
            start = found.end()
    return [*parts, value[start:]]


def _person(part: str) -> str | dict[str, str]:
    """One name. BibTeX's rules: braces hold words together, words in small letters begin the family name."""
    part = part.strip(" ,;")
    if USUAL_NAME.fullmatch(part):
        return part
    if one_group(part) and not latex.plain(part[:3]).startswith("\\"):
        return {"literal": latex.plain(part)}
    if part.endswith("}") and "," not in part and (family := _last_group(part)):  # Hans {van Halen Smith}
        return f"{latex.plain(family)}, {latex.plain(part[: -len(family)].strip())}"
    if "family=" in part.replace(" ", ""):
        return _by_parts(part)
    name = " ".join(latex.plain(part).split())
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) == 3 and SUFFIX.fullmatch(pieces[1]) and pieces[2]:
        return f"{pieces[0]}, {pieces[2]}, {pieces[1]}"  # Family, Jr, Given
    if AND.search(name):
        return {"literal": name}
    if len(pieces) > 1 or CORPORATE.search(name):
        return name
    words = re.sub(r" \d{4}$", "", name).split()  # DBLP numbers people of the same name
    small = next((at for at, word in enumerate(words[:-1]) if word[0].islower()), 0)
    return f"{' '.join(words[small:])}, {' '.join(words[:small])}" if small else " ".join(words)


def _by_parts(part: str) -> str:
    """BibLaTeX's extended format: given=Hans, prefix=van, family=Halen, suffix=Jr."""
    said = {name.lower(): latex.plain(value).strip(' "') for name, value in NAME_PART.findall(part)}
    family = " ".join(filter(None, (said.get("prefix"), said.get("family"))))
    return ", ".join(filter(None, (family, said.get("given"), said.get("suffix"))))


def _last_group(part: str) -> str:
    """The family name that stands in braces at the end of a name, or nothing where the braces hold anything else."""
    depth = 0
    for at in range(len(part) - 1, 0, -1):
        depth += (part[at] == "}") - (part[at] == "{")
        if depth == 0:
            family = part[at:]
            other = part[at - 1] != " " or family.startswith("{\\") or SUFFIX.fullmatch(family.strip("{}"))
            return "" if other else family
    return ""


def one_group(part: str) -> bool:
    """Whether a name stands wholly in one pair of braces: a group, or a name that is never turned round."""
    if not (part.startswith("{") and part.endswith("}")) or part.startswith("{\\"):
        return False
    depth = 0
    for at, character in enumerate(part):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return at == len(part) - 1
    return False
