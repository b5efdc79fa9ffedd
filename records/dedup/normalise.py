"""A record made comparable once: title, surnames, numbers, pages and identifiers in plain forms, safe for every script."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ABSTRACT_CHARACTERS = 400
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "ω": "omega", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "θ": "theta", "π": "pi",
}  # fmt: skip
NOT_WORD = re.compile(r"[^a-z0-9]+")
MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
ANNOTATION = re.compile(r"\.?\s*[\[(<](?:erratum appears|comment\b|see comments?|republished|retraction in|original|review|letter|"
                        r"reprint|meeting abstract|conference abstract|abstract)[^\])>]{0,200}[\])>]\.?\s*$", re.I)  # fmt: skip
ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8"}
ROMAN_AFTER = re.compile(r"\b(?:part|phase|type|stage|study|volume|chapter)\s+(i|v)\b")
MARKERS = re.compile(
    r"^\W*(erratum|corrigendum|correction|retraction|retracted|reply|response to|author'?s'? (?:reply|response)|"
    r"comment(?:ary)? on|letter|protocol|editorial|expression of concern|addendum|withdrawn)\b|"
    r"[\[(](erratum|corrigendum|correction|retraction|retracted article|reply|letter|protocol|editorial|withdrawn)[\])]",
    re.I,
)
PROTOCOL = re.compile(
    r"(?::|-|\bstudy)\s*(?:a |the )?(?:study |trial |review )?protocol\b(?:\s+(?:for|of)\b)?|\bprotocol for an?\b", re.I
)
NOTHING = {"", "unknown", "na", "n/a", "none", "null", "nan", "-", "t-8"}
PARTICLES = {
    "van",
    "von",
    "der",
    "den",
    "de",
    "del",
    "della",
    "di",
    "da",
    "dos",
    "du",
    "la",
    "le",
    "el",
    "al",
    "ter",
    "ten",
}
SUFFIXES = {"jr", "sr"}
NOBODY = {"et al", "others", "and others", "anonymous", "anon", "no author", "no author name available"}


@dataclass(slots=True)
class Normal:
    """What of a record is compared. Empty means: not stated."""

    title: str = ""  # words of one script, lower case, one space
    compact: str = ""  # the same without spaces
    alts: list[str] = field(default_factory=list)
    surnames: list[str] = field(default_factory=list)  # in order
    year: int = 0
    journal: str = ""
    volume: str = ""
    issue: str = ""
    first: str = ""
    last: str = ""
    doi: str = ""
    pmid: str = ""
    abstract: str = ""
    numbers: list[str] = field(default_factory=list)
    marker: str = ""
    trials: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Normal":
        """From a plain mapping with a record's fields; authors may be a list or one string."""
        raw_title = _said(record.get("title"))
        title = words(ANNOTATION.sub("", MARKUP.sub("", html.unescape(raw_title))))
        if title and title == words(_said(record.get("journal"))):
            title = ""
        first, last = pages(_said(record.get("pages")))
        return cls(
            title=title,
            compact=title.replace(" ", ""),
            alts=[t for t in (words(str(a.get("title", ""))) for a in record.get("alt_titles") or []) if t],
            surnames=surnames(record.get("authors") or ""),
            year=_year(record.get("year")),
            journal=words(_said(record.get("journal")).replace("&", " and ")),
            volume=_number(_said(record.get("volume"))),
            issue=_number(_said(record.get("issue"))),
            first=first,
            last=last,
            doi=doi(_said(record.get("doi"))),
            pmid=re.sub(r"\D", "", _said(record.get("pmid"))),
            abstract=words(_said(record.get("abstract"))[: 3 * ABSTRACT_CHARACTERS])[:ABSTRACT_CHARACTERS],
            numbers=numbers(raw_title),
            marker=marker(raw_title),
            trials=sorted(re.sub(r"\W", "", t).lower() for t in record.get("trial_registrations") or []),
        )

    def to_json(self) -> dict[str, Any]:
        """Only what is stated, for storing with the record."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Normal":
        return cls(**value)


def _said(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text.casefold() in NOTHING else text


def words(text: str) -> str:
    """Lower case, marks off, letters and digits only, one space. Where little Latin survives, the script's own letters."""
    if text.isascii():  # most text is; the way below costs ten times more
        return " ".join(NOT_WORD.sub(" ", text.lower()).split())
    folded = unicodedata.normalize("NFKD", text.casefold())
    for greek, name in GREEK.items():
        if greek in folded:
            folded = folded.replace(greek, name)
    bare = (
        "".join(c for c in folded if not unicodedata.combining(c))
        .replace("ß", "ss")
        .replace("ø", "o")
        .replace("ł", "l")
    )
    own = unicodedata.normalize("NFC", "".join(c if c.isalnum() else " " for c in bare))
    latin = "".join(c if c.isascii() else " " for c in own)
    letters = sum(c.isalnum() for c in own)
    if letters and sum(c.isalnum() for c in latin) < 0.4 * letters:
        return " ".join(own.split())
    return " ".join(latin.split())


def surnames(value: str | Iterable[str]) -> list[str]:
    """Family names in order, plain letters; particles fold away."""
    people = split_authors(value) if isinstance(value, str) else [str(each) for each in value]
    found = [_surname(person) for person in people if words(person) not in NOBODY]
    return [name for name in found if name]


def split_authors(text: str) -> list[str]:
    """One string of names apart: ";", " and ", line ends, glued ends ("Adeli K.Lewis G. F."), or commas."""
    if ";" in text or "\n" in text:
        return re.split(r"\s*[;\n]+\s*", text)
    if re.search(r"\s(?:and|&)\s", text):
        return re.split(r",?\s+(?:and|&)\s+", text)
    if re.search(r"[A-Z]\.[A-Z][a-z]", text):
        return re.split(r"(?<=[A-Z]\.)(?=[A-Z][^\W\d_.]+)", text)
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 2 or (len(parts) == 2 and all(" " in part for part in parts)):
        initials = [bool(re.fullmatch(r"(?:[A-Z]\.?[\s-]?){1,4}", part)) for part in parts]
        if len(parts) % 2 == 0 and all(initials[1::2]):
            return [f"{parts[n]}, {parts[n + 1]}" for n in range(0, len(parts), 2)]
        return parts
    return [text]


def _surname(person: str) -> str:
    text = re.sub(r"\s+", " ", person.strip(" ,;"))
    if "," in text:
        family = text.split(",", 1)[0]
    else:
        parts = [part for part in text.split(" ") if part.strip(".").casefold() not in SUFFIXES] or [text]
        glued = re.fullmatch(r"([^\W\d_][\w'’ -]+?)((?:[A-Z]\.)+)", text.replace(" ", ""))
        initials = [bool(re.fullmatch(r"(?:[A-Z]\.?-?){1,3}", part)) for part in parts]
        if len(parts) > 1 and initials[-1] and not initials[0]:
            family = " ".join(part for part, short in zip(parts, initials, strict=True) if not short)
        elif len(parts) == 1 and glued:
            family = glued.group(1)
        else:
            family = parts[-1]
    plain = [word for word in words(family).split() if word not in PARTICLES | SUFFIXES] or words(family).split()
    return "".join(plain)


def _year(value: Any) -> int:
    found = re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", str(value or ""))
    return int(found.group(1)) if found else 0


def _number(text: str) -> str:
    found = re.search(r"\d+", text)
    return found.group(0).lstrip("0") or "0" if found else ""


def pages(text: str) -> tuple[str, str]:
    """First and last page; prefixes stay, leading zeros go, "221-8" ends at 228. A spreadsheet's date is no page."""
    if re.search(r"-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", text, re.I):
        return "", ""
    found = re.findall(r"[a-z]{0,4}\.?\d+[a-z]?", text.replace(" ", "").lower())
    if not found:
        return "", ""
    first, last = (
        re.sub(r"(?<![\d])0+(?=\d)", "", each.replace(".", ""))
        for each in (found[0], found[1] if len(found) > 1 else "")
    )
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


def doi(text: str) -> str:
    """Bare and lower case; a truncated one ("10.17705/1cais.") is none."""
    found = re.search(r"10\.\d{4,9}/\S+", text.lower().replace("%28", "(").replace("%29", ")").replace("%2f", "/"))
    if not found or found.group(0).endswith("."):
        return "" if not found or re.search(r"/[\w]{1,8}\.$", found.group(0)) else found.group(0).rstrip(".")
    return (
        found.group(0).rstrip(",;)]}>\"'")
        if found.group(0).count("(") < found.group(0).count(")")
        else found.group(0).rstrip(",;]}>\"'")
    )


def numbers(title: str) -> list[str]:
    """Numbers that stand in a title, roman ones included, sorted."""
    text = words(title)
    found = [n.lstrip("0") or "0" for n in re.findall(r"\d+", text)]
    found += [ROMAN[word] for word in text.split() if word in ROMAN]
    found += [{"i": "1", "v": "5"}[m] for m in ROMAN_AFTER.findall(text)]
    return sorted(found)


def marker(title: str) -> str:
    """What kind of notice a title announces at its start or in a bracketed label; "" for an ordinary one."""
    if ANNOTATION.search(title):
        title = ANNOTATION.sub("", title)
    found = MARKERS.search(title)
    if found:
        return re.sub(r"\W+", " ", (found.group(1) or found.group(2)).lower()).strip()
    return "protocol" if PROTOCOL.search(title) else ""
