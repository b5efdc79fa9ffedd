"""Why a pair is never joined without a person, however many points it has; and what kin two different reports are.

A veto sends a pair to a person's eyes, or, where the kin is plain, among the related works. Nothing vetoed vanishes.
"""

import re

from records.dedup.facts import Facts
from records.dedup.normalise import Normal

GENRES = {
    "editorial", "guest editorial", "book review", "book reviews", "introduction", "letter", "index", "preface", "foreword",
    "editorial introduction", "editors comments", "editorial notes", "letter to the editor", "in this issue", "news",
    "correspondence", "erratum", "announcements", "abstracts", "contents", "obituary", "commentary", "from the editor",
}  # fmt: skip
SERIES = "this title stands for several pieces"
PART = re.compile(r"\b(?:part|phase|volume|chapter|section|study|paper|report) (?:[ivx]+|\d+)\b")
# What stands in front of an issue or a meeting bears the same title every time.
FRONT = re.compile(
    r"(?:guest )?(?:editorial|editors?|introduction to|preface|foreword|welcome|message from|from the|report (?:of|on|from) the|program|"
    r"proceedings|abstracts? (?:of|from)|minutes of|in this issue|news|announcements?|book reviews?|call for papers)\b"
)
# What kin two reports of one piece of work are.
NOTICE, COMMENT, PROTOCOL, ABSTRACT, PREPRINT, UPDATE, THESIS, REGISTRATION, VERSION = KINDS = (
    "notice", "comment", "protocol", "abstract", "preprint", "update", "thesis", "registration", "version"
)  # fmt: skip
NOTICES = {"erratum", "corrigendum", "correction", "retraction", "retracted", "retracted article", "expression of concern",
           "addendum", "withdrawn"}  # fmt: skip
AKIN_TITLE, SAME_TITLE, AKIN_PEOPLE = 90, 97, 60
COCHRANE = re.compile(r"10\.1002/14651858\.(cd\d+)")


def veto(f: Facts, serial: bool) -> str:
    """Why this pair must not be joined without a person, in words; "" where nothing speaks against it."""
    one, two = f.one, f.two
    genre = any(n.title in GENRES or FRONT.match(n.title) for n in (one, two))
    piece = f.place and f.issue is not False and f.last is not False
    checks = [
        ((serial or genre) and not piece, SERIES),
        (_parts_differ(f), "parts or numbers in the titles differ"),
        (one.marker != two.marker, f"only one is marked “{one.marker or two.marker}”"),
        (bool(one.trials and two.trials and not set(one.trials) & set(two.trials)), "different trial registrations"),
        (f.doi is False and (f.first is False or f.volume is False), "different DOIs and different places"),
        (f.doi is False and f.title < 97, "different DOIs"),
        (f.doi is True and f.title < 65 and not f.contained, "same DOI on different titles"),
        (f.pmid is False, "different PubMed numbers"),
        (_elsewhere(f), "same title and authors at another venue or in another year"),
    ]
    return next((words for holds, words in checks if holds), "")


def _parts_differ(f: Facts) -> bool:
    """Numbers tell parts and years apart; where both fill the same pages, one number too many is a slip of the pen."""
    if f.one.numbers == f.two.numbers or f.title < 65:
        return False
    if not f.range or set(PART.findall(f.one.title)) != set(PART.findall(f.two.title)):
        return True
    few, many = sorted((set(f.one.numbers), set(f.two.numbers)), key=len)
    return not few <= many


def _elsewhere(f: Facts) -> bool:
    """Conference and journal versions: one title, another venue, or another year without a shared place."""
    if f.doi is True or f.pmid is True or f.place or f.title < 93:
        return False
    inside = f.volume is True and f.issue is True  # a journal of two names
    other_venue = f.journal is not None and f.journal < 50 and f.first is not True and not (inside and not f.years)
    years = f.years or 0
    if years == 1 and f.first is not True:
        return other_venue or f.differs
    return other_venue or (years > 1 and f.first is not True)


def kin(f: Facts) -> str:
    """What kin two different reports are, one of `KINDS`, or "" where they are none: another title, or another team."""
    alike = f.title >= AKIN_TITLE or (f.token_set >= AKIN_TITLE and not f.short)
    team = f.authors is None or f.authors >= AKIN_PEOPLE or (f.first_author or 0) >= AKIN_TITLE
    if not alike or not team or f.short:
        return ""
    one, two = f.one, f.two
    if one.marker != two.marker:
        said = {one.marker, two.marker}
        if said & NOTICES:
            return NOTICE
        return PROTOCOL if PROTOCOL in said else COMMENT
    if one.kind != two.kind:
        return next(kind for kind in (REGISTRATION, THESIS, PREPRINT, ABSTRACT) if kind in (one.kind, two.kind))
    if (number := _review(one)) and number == _review(two):
        return UPDATE
    return VERSION if f.title >= SAME_TITLE and _elsewhere(f) and f.authors is not None else ""


def _review(n: Normal) -> str:
    """The number of a Cochrane review, which all its versions share."""
    found = COCHRANE.match(n.doi)
    return found.group(1) if found else n.first if n.first.startswith("cd") and "cochrane" in n.journal else ""
