"""A record made comparable once: title, surnames, numbers, pages and identifiers in plain forms, safe for every script."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# The fields of a record that are compared.
COMPARED = ("title", "alt_titles", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract",
            "trial_registrations", "type")  # fmt: skip
ABSTRACT_CHARACTERS = 400
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "ω": "omega", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "θ": "theta", "π": "pi",
}  # fmt: skip
# Letters that no accent explains, as sources without them write them.
PLAIN = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n",
                       "ŧ": "t", "ə": "a"})  # fmt: skip
LATIN_PREVAILS = 0.9  # of the letters; then the rest is a stray sign, or a translation in brackets
NOT_WORD = re.compile(r"[^a-z0-9]+")
MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
LABEL = re.compile(
    r"erratum|errata|corrigend|comment|see comment|republished|retraction in|original|reviews?\b|letters?\b|reprint|"
    r"(?:meeting |conference )?abstract|\d+ ref(?:s|erences)?\b",
    re.I,
)
NUMBERED = re.compile(r"\d|\b(?:[ivx]+|part|phase)\b", re.I)
CLOSES = {"]": "[", ")": "(", ">": "<"}
LONGEST_LABEL, LEAST_LEFT = 300, 12  # characters; a title may be nothing but a bracket
TRAILING = " \t.\"'\u201d-"
THOUSANDS = re.compile(r"(?<=\d)[ ,.\u00a0\u2009\u202f](?=\d{3}(?!\d))")
DATED = re.compile(r"\d+-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
HEADLESS = re.compile(r"[a-z]{1,6}-(\d{1,4})")
PAGE = re.compile(r"([a-z]{0,5}\.?)(\d+)([a-z]?)")
PARTLY = "~"
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
REGISTRY = re.compile(r"clinicaltrials?\.gov|trial regist|clinical trials registry|\bictrp\b|isrctn|trialsearch")
PREPRINTS = re.compile(
    r"preprint|\b(?:med|bio|chem|psy|soc|eng|ed|ar)a?r?xiv\b|research square|\bssrn\b|"
    r"10\.(?:1101/(?:19|20)|21203/rs|48550/|2139/ssrn|31234/|31219/|20944/|26434/|31235/)"
)
ABSTRACTS = re.compile(r"(?:meeting|conference|congress) abstract|[\[(]abstract\b[^\])]*[\])]")
OF_SUPPLEMENT = re.compile(r"[asp]\d{1,4}(?:\s*-\s*[asp]?\d{1,4})?")
VENUE_TAIL = re.compile(r"\[[^\[\]]{0,80}\]|\([^()]{0,80}\)")
VENUE_NOISE = re.compile(
    r"^(?:the|proceedings(?: of)?(?: the)?) |\b(?:19|20)\d\d\b|\b\d{1,3}(?:st|nd|rd|th)\b|\b(?:annual|proceedings of the|proceedings)\b|"
    r"\b(?:(?:twenty|thirty|forty|fifty) )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
)
NOTHING = {"", "unknown", "na", "n/a", "none", "null", "nan", "-", "t-8", "no pagination"}
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
    given: list[str] = field(default_factory=list)  # words of all given names but initials, sorted
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
    kind: str = ""  # preprint, thesis, abstract, registration; "" for an ordinary report
    trials: list[str] = field(default_factory=list)

    @property
    def content(self) -> tuple[str, ...]:
        """What tells two records apart, as words that can be ordered; records that say the same have the same."""
        names = (*self.surnames, "|", *self.alts, "|", *self.trials)
        place = (self.journal, str(self.year), self.volume, self.issue, self.first, self.last)
        return (self.title, *place, self.doi, self.pmid, self.marker, self.kind, self.abstract, *names)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Normal":
        """From a plain mapping with a record's fields; authors may be a list or one string."""
        raw_title = _said(record.get("title"))
        plain_title = THOUSANDS.sub("", unlabelled(MARKUP.sub("", html.unescape(raw_title))))
        title = words(plain_title)
        if title and title == words(_said(record.get("journal"))):
            title = ""
        first, last = pages(_said(record.get("pages")))
        year = _year(record.get("year"))
        family, given = people(record.get("authors") or "")
        return cls(
            title=title,
            compact=title.replace(" ", ""),
            alts=[t for t in (words(str(a.get("title", ""))) for a in record.get("alt_titles") or []) if t],
            surnames=family,
            given=given,
            year=year,
            journal=venue(_said(record.get("journal"))),
            volume=_volume(_said(record.get("volume")), year),
            issue=_number(_said(record.get("issue"))),
            first=first,
            last=last,
            doi=doi(_said(record.get("doi"))),
            pmid=re.sub(r"\D", "", _said(record.get("pmid"))),
            abstract=words(_said(record.get("abstract"))[: 3 * ABSTRACT_CHARACTERS])[:ABSTRACT_CHARACTERS],
            numbers=numbers(plain_title),
            marker=marker(raw_title),
            kind=kind(record),
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
    """Lower case, marks off, letters and digits only, one space. Other scripts keep their own letters, unless Latin prevails."""
    if text.isascii():  # most text is; the way below costs ten times more
        return " ".join(NOT_WORD.sub(" ", text.lower()).split())
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold()  # again, for what "™" and the like are made of
    for greek, name in GREEK.items():
        if greek in folded:
            folded = folded.replace(greek, name)
    bare = "".join(c for c in folded if not unicodedata.combining(c)).translate(PLAIN)
    own = unicodedata.normalize("NFC", "".join(c if c.isalnum() else " " for c in bare))
    latin = "".join(c if c.isascii() else " " for c in own)
    letters = sum(c.isalnum() for c in own)
    if letters and sum(c.isalnum() for c in latin) < LATIN_PREVAILS * letters:
        return " ".join(own.split())
    return " ".join(latin.split())


def kind(record: Mapping[str, Any]) -> str:
    """What kind of report a record says it is, where that is not a paper or a book: by its type, source, DOI, title and pages."""
    stated = f"{_said(record.get('type'))} {_said(record.get('journal'))}".casefold()
    if REGISTRY.search(stated):
        return "registration"
    if "thesis" in stated or "dissertation" in stated:
        return "thesis"
    if PREPRINTS.search(f"{stated} {_said(record.get('doi')).casefold()}"):
        return "preprint"
    paged = _said(record.get("pages")).casefold()
    if ABSTRACTS.search(f"{stated} {_said(record.get('title')).casefold()}") or OF_SUPPLEMENT.fullmatch(paged):
        return "abstract"
    return ""


def unlabelled(title: str, *, any_words: bool = True) -> str:
    """A title without what indexers hang on to its end: "[Review] [57 refs]", "[Erratum appears in …]", "[careers]".

    Without `any_words` only known labels go, not every short one in square brackets.
    """
    for _each in range(4):
        text = title.rstrip(TRAILING)
        start = _opening(text) if text[-1:] in CLOSES else text.rfind("[")
        if start < LEAST_LEFT or len(text) - start > LONGEST_LABEL:
            return title
        inner = text[start + 1 :].rstrip("])>").strip()
        closed = text[-1:] in CLOSES
        short = any_words and text[start] == "[" and closed and 3 < len(inner) <= 30 and not NUMBERED.search(inner)
        if not (LABEL.match(inner) and (closed or text.rfind("]") < start)) and not short:
            return title
        title = text[:start].rstrip(TRAILING)
    return title


def _opening(text: str) -> int:
    """Where the bracket opens that the last character closes, or -1."""
    close, depth = text[-1], 0
    for at in range(len(text) - 1, max(-1, len(text) - LONGEST_LABEL - 2), -1):
        depth += (text[at] == close) - (text[at] == CLOSES[close])
        if not depth:
            return at
    return -1


def surnames(value: str | Iterable[str]) -> list[str]:
    """Family names in order, plain letters; particles fold away."""
    return people(value)[0]


def people(value: str | Iterable[str]) -> tuple[list[str], list[str]]:
    """Family names in order, and the sorted words of given names: a source that takes one for the other shows in them."""
    names = split_authors(value) if isinstance(value, str) else [str(each) for each in value]
    family: list[str] = []
    given: set[str] = set()
    for name in names:
        plain = words(name)
        if plain in NOBODY:
            continue
        if found := _surname(name):
            family.append(found)
        given.update(word for word in plain.split() if len(word) > 1 and word != found)
    return family, sorted(given)


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


def _volume(text: str, year: int) -> str:
    """The first number of a volume; one that only says the year is none."""
    found = _number(text)
    return "" if year and found == str(year) else found


def venue(text: str) -> str:
    """A journal's or meeting's name in plain words, without what only some sources state: a country or carrier in brackets,
    the year, the count of a meeting."""
    bare = VENUE_TAIL.sub(" ", text)
    plain = words((bare if len(bare) > 2 else text).replace("&", " and "))
    kept = " ".join(VENUE_NOISE.sub(" ", plain).split())
    return kept or plain


def _number(text: str) -> str:
    found = re.search(r"\d+", text)
    return found.group(0).lstrip("0") or "0" if found else ""


def pages(text: str) -> tuple[str, str]:
    """First and last page; prefixes stay with the first, leading zeros go, "221-8" ends at 228, "S15-S25" at 25.

    What a spreadsheet or a bad conversion left of them is marked with `PARTLY`: of a date ("23-Jul") only its likeness to
    another tells anything, of "Suppl-25" or "t-71" only how the last page ends.
    """
    text = text.casefold()
    if found := DATED.search(text):
        return PARTLY + found.group(0), ""
    if found := HEADLESS.fullmatch(text.strip()):
        return "", PARTLY + found.group(1)
    parts = PAGE.findall(text.replace(" ", ""))
    if not parts:
        return "", ""
    prefix, first, tail = parts[0]
    last = (parts[1][1].lstrip("0") or "0") + parts[1][2] if len(parts) > 1 else ""
    first = first.lstrip("0") or "0"
    if last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return prefix.replace(".", "") + first + tail, last


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
    title = unlabelled(title, any_words=False)
    found = MARKERS.search(title)
    if found:
        return re.sub(r"\W+", " ", (found.group(1) or found.group(2)).lower()).strip()
    return "protocol" if PROTOCOL.search(title) else ""
