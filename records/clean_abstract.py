"""An abstract apart from what its publisher or database hung on to it: rights statements, marks that it was cut off.

Markup and glued headings are `records.clean_text`'s work. Whatever is taken off the text is handed back beside it.
"""

import re
from typing import NamedTuple

from records.clean_text import heading_gaps, plain_text, unwrapped

MORE = re.compile(r"\s?(?:\[?(?:show|read|see)\s+more\]?)\s*$", re.I)
CUT_OFF = re.compile(
    r"\s*(?:\((?:abstract )?truncated[^()]{0,40}\)\.?|\[(?:abstract )?truncated[^\[\]]{0,40}\]\.?|"
    r"abstract truncated at \d+ words\.?)$",
    re.I,
)
SHORTEST_CUT = 60  # characters; a shorter text that ends in dots may end so on purpose
# Without one of these there is no statement of rights; looked for before any pattern.
HINTS = ("©", "opyright", "OPYRIGHT", "ights reserved", "ublished by", "BSTRACT FROM", "atabase Record", "(C) ", "(c) ",
         "Author(s)", "open access article", "open-access article")  # fmt: skip
TAIL, LONGEST = 1200, 420  # characters at the end in which a statement begins; how long one is
NEAR = 120  # characters before its hint in which a statement has begun
_YEAR = r"(?:19|20)\d\d"
# Where a statement of rights begins. A bare "(c)" may count items, so a year or the authors must follow.
# Every way begins with a plain character, which makes the search quick.
BEGINS = re.compile(
    rf"(?:Copyright|COPYRIGHT|Crown Copyright)(?=:? ?(?:©|\([cC]\)|{_YEAR}|The Authors?\b|by\b)|,? {_YEAR}| of [^.]{{3,150}} is the property of)"
    rf"|©(?=[\s\d(A-Z]|$)|\[copyright\] ?(?={_YEAR})|\([cC]\) ?(?=(?:Copyright|by|The Authors?\b|Authors?\b|{_YEAR}))"
    r"|This article is (?=protected by copyright|a U\.?S\.? Government work)|This (?:is|article is) an open[- ]access article"
    r"|\( ?(?:APA )?Psyc[A-Za-z]{4,10} Database Record|\[(?:APA )?Psyc[A-Za-z]{4,10} Database Record"
    r"|Psyc[A-Za-z]{4,10} Database Record|APA Psyc[A-Za-z]{4,10} Database Record"
    r"|\[ABSTRACT FROM (?:AUTHORS?|PUBLISHER)\b|\(ABSTRACT FROM (?:AUTHORS?|PUBLISHER)\b|ABSTRACT FROM (?:AUTHORS?|PUBLISHER)\b"
    r"|All rights reserved|Published (?:online )?by (?=[A-Z])"
    r"|(?:19\d\d|20\d\d) (?=Published by [A-Z]|[A-Z][^.]{2,80}(?:Ltd|Inc|LLC|GmbH|AG|B\.V)\b[^a-z]{0,9}All rights reserved)"
    rf"|The Authors?(?:\(s\))?,? (?={_YEAR}|under exclusive licen[cs]e)"
)
# What no statement of rights says: then the abstract goes on behind it, and all stays as it is.
GOES_ON = re.compile(
    r"\b(?:Background|BACKGROUND|Introduction|INTRODUCTION|Objectives?|OBJECTIVES?|Methods?|METHODS?|Results?|RESULTS?|"
    r"Conclusions?|CONCLUSIONS?|Key ?[Ww]ords?|KEY ?WORDS?|Trial [Rr]egistration|TRIAL REGISTRATION|We|we|our)\b"
)
# At the very beginning, where older exports put it: it ends with the reserved rights or with the name of a house.
AT_FIRST = re.compile(
    rf"(?:Copyright ?)?(?:©|\([cC]\)) ?{_YEAR}[^.]{{0,120}}?(?:\. ?All rights reserved\.|(?:Ltd|Inc|LLC|GmbH|AG|Press|"
    r"Publishers?|Publishing|Verlag|Authors?|Society|Association|University)\.(?: All rights reserved\.)?)\s+(?=[A-Z0-9])"
)
PLAIN = (
    "©",
    "[copyright]",
    "(Psyc",
    "( Psyc",
    "(APA Psyc",
    "[ABSTRACT",
)  # these begin nothing else, wherever they stand
BEFORE = frozenset('.!?)]"”’>;:\n*')  # what may stand before a statement of rights in words


class Abstract(NamedTuple):
    """An abstract's text, whether its source cut it off, and the statement of rights that stood with it."""

    text: str
    truncated: bool = False
    copyright: str = ""


def abstract(value: str) -> Abstract:
    """An abstract as plain text with its headings kept apart; marks of cutting and statements of rights set apart."""
    text, rights = without_rights(heading_gaps(plain_text(unwrapped(value))))
    end = text[-60:]
    if "runcated" in end or "RUNCATED" in end:
        bare = CUT_OFF.sub("", end)
        if len(bare) < len(end):
            return Abstract(text[:-60] + bare, True, rights)
    if "more" in end or "More" in end or "MORE" in end:
        found = MORE.search(end)
        bare = text[: len(text) - len(found.group(0))].rstrip() if found else text
    else:
        bare = text
    if len(bare) > SHORTEST_CUT and bare.endswith(("…", "...")):
        return Abstract(bare, True, rights)
    return Abstract(text, False, rights)


def without_rights(text: str) -> tuple[str, str]:
    """A text and the statement of rights at its end or beginning, apart; no letter of them is lost."""
    before = ""
    if text.startswith(("©", "C", "(")) and (found := AT_FIRST.match(text)):
        before, text = found.group(0).strip(), text[found.end() :]
    start, first = max(0, len(text) - TAIL), len(text)
    for hint in HINTS:
        if (at := text.find(hint, start, first)) >= 0:
            first = at
    at = _rights_at(text, max(start, first - NEAR)) if first < len(text) else -1
    if at < 0:
        return text, before
    return text[:at].rstrip(), " ".join(filter(None, [before, text[at:].strip()]))


def _rights_at(text: str, start: int) -> int:
    """Where the statement of rights at a text's end begins, looked for from `start`; -1 where there is none."""
    for found in BEGINS.finditer(text, start):
        at = found.start()
        rest = text[found.end() :]
        if not found.group(0).startswith(PLAIN) and text[:at].rstrip(" ")[-1:] not in BEFORE | {""}:
            continue
        longest = TAIL if "is the property of" in rest else LONGEST
        if len(rest) <= longest and not GOES_ON.search(rest):
            return at
    return -1
