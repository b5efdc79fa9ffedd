"""Repairs single fields: names, years, pages, identifiers, markup, abstracts. Invents nothing.

A reader hands over a draft whose fields are lists of raw values; `draft` gives one `Cleaned`. Pure Python, no Django.
Markup is taken off by `records.clean_text`, names are put in order by `records.names`, abstracts freed of what hangs on
them by `records.clean_abstract`, registrations found by `records.registrations`, what a team decided before by
`records.earlier_decisions`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from records import earlier_decisions
from records.clean_abstract import abstract
from records.clean_text import one_line, plain_text
from records.names import PLAIN, SUFFIXES, split_names
from records.names import name as clean_name
from records.readers.base import Draft
from records.registrations import trials

# What a reader may fill; each name leads to the list of raw values found for it.
FIELDS = (
    *("title", "alt_titles", "authors", "editors", "year", "journal", "volume", "issue", "pages", "page_count"),
    *("doi", "pmid", "pmcid", "issn", "abstract", "keywords", "language", "type", "urls", "trial_registrations"),
    *("cited_by_count", "publisher", "accession", "abstract_truncated", "authors_incomplete", "affiliations"),
    *("copyright", "thesaurus", "decisions", "labels"),
)
# Whole values that mean "empty". Never applied to authors: Na is a family name.
NOTHING = {"na", "n/a", "n.a.", "null", "none", "nan", "unknown", "-", "--", "not available", "[not available]",
           "no abstract available", "no abstract available.", "[no abstract available]"}  # fmt: skip
LONGEST_NOTHING = max(map(len, NOTHING))
YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
DAY = re.compile(r"(1[5-9]\d\d|20\d\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
# Old DOIs hold a stretch in angle brackets: 10.1002/(SICI)…<23::AID-ABC4>3.0.CO;2-J; other brackets are markup.
DOI = re.compile(r"(?<!\d)10\.\d{4,9}/(?:[^\s\"<>]|<\d+:[^\s\"<>]*>(?=\d))+", re.I)
ISSN = re.compile(r"(?<![\d-])(\d{4})-?(\d{3}[\dXx])(?![\d-])")
EXCEL_DATE = re.compile(
    r"^(?:\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{1,2})$",
    re.I,
)
DASHES = re.compile(r" ?[-\u2010-\u2015\u2212]+ ?")
PAGE_WORD = re.compile(r"^(?:pp?\.?|pages?)\s*(?=[A-Za-z]{0,2}\d)", re.I)


@dataclass(slots=True)
class Cleaned:
    """One entry with every field as it will be stored. Empty means: the source does not state it."""

    title: str = ""
    alt_titles: list[dict[str, str]] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)  # "Family, Given"
    authors_incomplete: bool = False
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    page_count: int | None = None
    doi: str = ""  # bare, as given
    pmid: str = ""
    pmcid: str = ""
    issn: str = ""
    accession: str = ""
    abstract: str = ""
    abstract_truncated: bool = False
    copyright: str = ""  # the publisher's statement of rights that stood in the abstract
    keywords: list[str] = field(default_factory=list)
    thesaurus: list[str] = field(default_factory=list)  # those of the keywords that an indexer gave: MeSH, Emtree …
    language: str = ""
    type: str = ""
    urls: list[str] = field(default_factory=list)
    trial_registrations: list[str] = field(default_factory=list)
    cited_by_count: int | None = None
    publisher: str = ""
    editors: list[str] = field(default_factory=list)
    affiliations: list[str] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)  # see records.earlier_decisions
    labels: list[str] = field(default_factory=list)
    stated: dict[str, str] = field(default_factory=dict)  # the word for "empty" where it is all that a field states
    notices: list[str] = field(default_factory=list)


def draft(entry: Draft) -> Cleaned:
    """A draft's raw values, cleaned field by field. Takes any values and never raises."""
    given = entry.fields
    out = Cleaned(notices=list(entry.notices))
    for name, values in given.items():
        cleaner = CLEANERS.get(name)
        if cleaner is None or not values:
            continue
        if name not in WHOLE:
            stated = values
            for value in values:
                if not (value.__class__ is str and len(value) > LONGEST_NOTHING) and not said(value):
                    values = [value for value in values if said(value)]
                    break
            if not values:
                if word := one_line(stated[0]) if isinstance(stated[0], str) else "":
                    out.stated[name] = word
                continue
        cleaner(out, values)
    out.trial_registrations = trials([*given.get("trial_registrations", ()), out.title, out.abstract])
    return out


def said(value: Any) -> bool:
    """Whether a raw value says anything: not blank, not one of the words for "empty"."""
    if not isinstance(value, str):
        return value is not None
    bare = value.strip()
    return bool(bare) and (len(bare) > LONGEST_NOTHING or bare.casefold() not in NOTHING)


def unique(values: Iterable[str]) -> list[str]:
    """The non-empty values in their order, each once."""
    return list(dict.fromkeys(filter(None, values)))


def _title(out: Cleaned, values: list) -> None:
    text = next((text for value in values if (text := one_line(value))), "")
    only_end = text.endswith(".") and text.count(".") == 1
    out.title = text[:-1] if only_end else text


def _alt_titles(out: Cleaned, values: list) -> None:
    for value in values:
        stated = value if isinstance(value, dict) else {"title": value, "language": ""}
        if title := one_line(stated.get("title")):
            out.alt_titles.append({"title": title, "language": language(stated.get("language"))})


def _authors(out: Cleaned, values: list) -> None:
    out.authors, more = people(values)
    out.authors_incomplete = out.authors_incomplete or more


def people(values: Iterable[Any]) -> tuple[list[str], bool]:
    """Names as "Family, Given", and whether the list says that there are more ("et al.")."""
    found: list[str] = []
    more = False
    for value in values:
        if isinstance(value, dict):  # {"literal": name}: a group's name that is never turned round
            found += filter(None, [one_line(value.get("literal"))])
            continue
        text = str(value)
        if PLAIN.fullmatch(text) and " and " not in text and text.rpartition(" ")[2].casefold() not in SUFFIXES:
            found.append(text)  # most names: nothing to repair
            continue
        if "<" in text or "&" in text or not text.isprintable():
            text = plain_text(text)
        for each in split_names(text):
            cleaned = clean_name(each)
            if cleaned:
                found.append(cleaned)
            more = more or cleaned is None
    return found, more


def _year(out: Cleaned, values: list) -> None:
    out.year = next((found for found in map(year, values) if found), None)


def year(value: Any) -> int | None:
    """The first four-digit year in a value ("2019/05/01/", "20190501", "Spring 2019"); none is guessed."""
    text = str(value).strip()
    found = YEAR.search(text) or DAY.fullmatch(text)
    return int(found.group(1)) if found else None


def _journal(out: Cleaned, values: list) -> None:
    out.journal = next((text for value in values if (text := one_line(value).rstrip(" .,;"))), "")


def number(value: Any) -> int | None:
    """A whole number, thousands separators allowed."""
    text = re.sub(r"[,\s]", "", str(value))
    return int(text) if text.isdecimal() and len(text) < 10 else None


def digits(value: Any) -> str:
    """The digits of an identifier such as a PMID, or an empty string."""
    found = re.search(r"(?<![\w.])\d{1,9}(?![\w.])", str(value))
    return found.group(0) if found else ""


def issue(value: Any) -> str:
    """An issue number without leading zeros: "03" is 3."""
    text = one_line(value)
    return text.lstrip("0") or text if text.isdecimal() else text


def _doi(out: Cleaned, values: list) -> None:
    out.doi = next((found for found in map(doi, values) if found), "")


def doi(value: Any) -> str:
    """The bare DOI in a value (URL, "doi:" and percent-encoding off), or an empty string."""
    text = str(value)
    text = unquote(text) if "%" in text else text
    found = DOI.search(text.replace("&lt;", "<").replace("&gt;", ">"))
    if not found:
        return ""
    bare = found.group(0).partition("&amp;")[0].removesuffix("[doi]").rstrip(".,;:'\"]}>")
    if bare.endswith(")") and bare.count("(") < bare.count(")"):
        bare = bare.rstrip(")")
    return bare.rstrip(".,;:")


def issn(value: Any) -> str:
    """The first ISSN in a value as 1234-567X, else the value as given (an ISBN)."""
    text = one_line(value)
    found = ISSN.search(text)
    return f"{found.group(1)}-{found.group(2).upper()}" if found else text


def _pages(out: Cleaned, values: list) -> None:
    out.pages = pages(values, out.notices)


def pages(values: list, notices: list[str]) -> str:
    """First and last page with a plain hyphen; a page that a spreadsheet made a date of is kept and noticed."""
    given = [one_line(value) for value in values]
    text = "-".join(given[:2]) if len(given) > 1 and given[0] != given[1] and "-" not in given[0] else given[0]
    if EXCEL_DATE.match(text):
        notices.append(f"the pages read {text}: a spreadsheet may have made a date of them")
        return text
    text = PAGE_WORD.sub("", text)
    text = re.sub(r"\s?/\s?", "-", text) if re.fullmatch(r"\w+\s?/\s?\w+", text) else text
    return DASHES.sub("-", text).strip("-;., ")


def _abstract(out: Cleaned, values: list) -> None:
    text = values[0] if len(values) == 1 and isinstance(values[0], str) else "\n".join(unique(map(str, values)))
    out.abstract, cut, rights = abstract(text)
    out.abstract_truncated = out.abstract_truncated or cut
    if rights and rights not in out.copyright:
        out.copyright = f"{out.copyright} {rights}".strip()


def _copyright(out: Cleaned, values: list) -> None:
    for text in unique(map(one_line, values)):
        if text not in out.copyright:
            out.copyright = f"{out.copyright} {text}".strip()


def _keywords(out: Cleaned, values: list) -> None:
    out.keywords = keywords(values)


def _thesaurus(out: Cleaned, values: list) -> None:
    out.thesaurus = keywords(values)


def keywords(values: list) -> list[str]:
    """Keywords apart, MeSH stars and empty ones off. A lone value is a list by semicolons, bars or lines."""
    parts: Iterable[Any] = values
    if len(values) == 1:
        parts = re.split(r"[;\n\r|；]", str(values[0]))
    words = [one_line(part).strip(" *.,;") for part in parts]
    return unique([word for word in words if len(word) > LONGEST_NOTHING or word.casefold() not in NOTHING])


LANGUAGES = {
    "eng": "en", "english": "en", "chi": "zh", "zho": "zh", "chinese": "zh", "spa": "es", "spanish": "es", "ger": "de",
    "deu": "de", "german": "de", "fre": "fr", "fra": "fr", "french": "fr", "por": "pt", "portuguese": "pt", "ita": "it",
    "italian": "it", "jpn": "ja", "japanese": "ja", "kor": "ko", "korean": "ko", "rus": "ru", "russian": "ru",
    "dut": "nl", "nld": "nl", "dutch": "nl", "tur": "tr", "turkish": "tr", "pol": "pl", "polish": "pl",
    "inglés": "en", "inglês": "en", "español": "es", "espanhol": "es", "portugués": "pt", "português": "pt",
    "francés": "fr", "francês": "fr", "alemán": "de", "alemão": "de", "deutsch": "de", "français": "fr",
    "英语": "en", "英文": "en", "中文": "zh", "汉语": "zh",
}  # fmt: skip


def language(value: Any) -> str:
    """A two-letter code where the language is known, else the word as given."""
    text = one_line(value).split(";")[0].strip()
    return LANGUAGES.get(text.casefold(), text[:2].lower() if re.fullmatch(r"[a-zA-Z]{2}([-_]\w+)?", text) else text)


def _urls(out: Cleaned, values: list) -> None:
    parts = (part for value in values for part in one_line(value).replace(";http", " http").split())
    out.urls = unique(part for part in parts if "://" in part or part.startswith("www."))


Cleaner = Callable[[Cleaned, list], None]


def _listed(name: str) -> Cleaner:
    def cleaner(out: Cleaned, values: list) -> None:
        setattr(out, name, unique(map(one_line, values)))

    return cleaner


def _single(name: str, function: Callable[[Any], Any]) -> Cleaner:
    def cleaner(out: Cleaned, values: list) -> None:
        for value in values:
            if (found := function(value)) not in ("", None):  # a 0 is said: "cited 0 times"
                setattr(out, name, found)
                return

    return cleaner


def _flag(name: str) -> Cleaner:
    def cleaner(out: Cleaned, values: list) -> None:
        setattr(out, name, getattr(out, name) or any(values))

    return cleaner


def _editors(out: Cleaned, values: list) -> None:
    out.editors = people(values)[0]


def _decisions(out: Cleaned, values: list) -> None:
    out.decisions, labels = earlier_decisions.read(values)
    out.labels = unique([*out.labels, *labels])


def _labels(out: Cleaned, values: list) -> None:
    out.labels = unique([*out.labels, *map(one_line, values)])


CLEANERS = {
    "title": _title, "alt_titles": _alt_titles, "authors": _authors, "editors": _editors, "year": _year,
    "journal": _journal, "doi": _doi, "pages": _pages, "abstract": _abstract, "keywords": _keywords, "urls": _urls,
    "affiliations": _listed("affiliations"), "issue": _single("issue", issue), "volume": _single("volume", one_line),
    "pmid": _single("pmid", digits), "pmcid": _single("pmcid", one_line), "issn": _single("issn", issn),
    "accession": _single("accession", one_line), "publisher": _single("publisher", one_line),
    "language": _single("language", language), "type": _single("type", one_line),
    "page_count": _single("page_count", number), "cited_by_count": _single("cited_by_count", number),
    "abstract_truncated": _flag("abstract_truncated"), "authors_incomplete": _flag("authors_incomplete"),
    "copyright": _copyright, "thesaurus": _thesaurus, "decisions": _decisions, "labels": _labels,
}  # fmt: skip
# Fields whose cleaners look for words for "empty" themselves, or must not: Na is a family name.
WHOLE = frozenset({"authors", "editors", "decisions", "keywords", "thesaurus"})
