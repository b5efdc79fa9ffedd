"""The citation of Ovid's entries (SO, BT) taken apart: journal, volume, issue, pages, date; a book's editors.

Each database of Ovid writes it in its own way; each way is a pattern here with an example. Nothing fits: nothing is stated.
"""

import re

# Volume 12, S2, 12A, 2013; with what belongs to it: "12 Suppl 1".
VOLUME = r"(?P<volume>[A-Za-z]{0,3}\d[\w/-]*(?: (?:Suppl|Supplement|Pt|Part)\.?(?: \w+)?)?)"
ISSUE = r"\((?P<issue>(?:[^()]|\([^()]*\))*)\)"
BODY = rf"{VOLUME}?(?: ?{ISSUE})?"
PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # Embase: Journal of Wells. Conference: A Meeting. Town. 12 (Suppl. 3) (pp 101-109), 2018. Date of Publication: …
        rf"(?P<journal>.+?)\. (?:Conference: .*?\. )?{BODY}(?:^|(?<=[ \w)]))\s?\((?:pp (?P<pages>[^()]+)|no pagination)\), "
        rf"(?P<year>[^.]*?\d{{4}})\b.*?(?:Article Number: (?P<number>[\w.-]*\w).*)?$",
        # PsycINFO: Journal of Wells. Vol.43(5), Sep 2015, pp. 623-634.
        rf"(?P<journal>.+?)\. Vol\.? ?{BODY},\s?(?P<year>[^,]*?\d{{4}})(?:, (?:pp?\. (?P<pages>.+)|ArtID:? (?P<number>\S+)))?$",
        # Journal of Wells June 2019;1(6):123-456
        rf"(?P<journal>.+?)\.? (?P<year>(?:[A-Z][a-z]+\.? )?\d{{4}}(?: [A-Z][a-z]+)?(?: \d{{1,2}})?);\s?{BODY}"
        r"(?::\s?(?P<pages>[\w-]+))?$",
        # MEDLINE, BIOSIS: Journal of Wells. 201(2-3):327-34, 2004 Nov 15.
        rf"(?P<journal>.+?)\. (?=[\dA-Z(]){BODY}(?: ?: ?(?P<pages>[^,]+))?, (?P<year>.*\d{{4}}.*)$",
        # Political science: Journal of Wells 12(3), Winter 2007: 7-14.
        rf"(?P<journal>.+?),? {VOLUME}(?:{ISSUE})?(?:, (?P<year>[^:]*\d{{4}}))?: (?P<pages>[\w-]+)$",
        # Ahead of print: Journal of Wells. 2019 Jan 05.
        r"(?P<journal>.+?)\. (?P<year>\d{4}(?: [A-Z][a-z]{2}\w*| \d{2})?(?: \d{1,2})?)$",
        # Journal of Wells.
        r"(?P<journal>[^\d\[\]]{3,150})$",
    )
)
EDITED = r"(?P<editors>[^\[\]]+\[Ed[^\[\]]*\](?:[,;]? [^\[\]]+\[Ed[^\[\]]*\])*)"
BOOKS = tuple(
    re.compile(pattern)
    for pattern in (
        # PsycINFO: Ames, B. [Ed]; Cole, D. [Ed]. (2012). A book of wells. (pp. 11-31). xvii, 254 pp. Town: House.
        rf"{EDITED}\. \((?P<year>\d{{4}})\)\. (?P<journal>.+?)\. \(pp?\.? (?P<pages>[^()]+)\)",
        # BIOSIS: Ames, B. [Editor], Cole, D. [Editor]. A book of wells.:371-397, 2004.
        rf"{EDITED}\. (?P<journal>.+?)\.? ?:(?P<pages>[\w-]+), (?P<year>.*\d{{4}})$",
        # Zoological Record: Ames, B. [Ed.]. A book of wells. House, Town. 2002: 1-234. Chapter pagination: 214-218.
        rf"{EDITED}\. (?P<journal>\[.+?\]|.+?)\.? .*?\b(?P<year>\d{{4}}): [\w-]+\. "
        r"Chapter pagination: (?P<pages>[\w-]+)",
        # A whole book: Ames, B. (2012). A book of wells. xvii, 254 pp.
        r"[^()\d]+\((?P<year>\d{4})\)\. ",
    )
)


def split_source(value: str) -> dict[str, str]:
    """What a citation states, under the names of our fields; `year` may be a whole date. Empty where nothing fits."""
    return _fitting(value, (*BOOKS, *PATTERNS))


def split_book(value: str) -> dict[str, str]:
    """What the book of a chapter (BT) states; a value that has no such parts is the book's title."""
    return _fitting(value, BOOKS) or {"journal": value}


def _fitting(value: str, patterns: tuple[re.Pattern[str], ...]) -> dict[str, str]:
    text = " ".join(value.split())[:1000].rstrip(" .")
    for pattern in patterns:
        if found := pattern.match(text):
            stated = {name: part.strip(" ;,") for name, part in found.groupdict().items() if part}
            if number := stated.pop("number", ""):
                stated.setdefault("pages", number)
            return stated
    return {}


def names_in(value: str) -> list[str]:
    """The names before each "[Ed]"."""
    return [name for part in re.split(r"\[[^\[\]]*\]", value) if (name := part.strip(" ;,"))]
