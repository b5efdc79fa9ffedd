"""The sentences of a text as offsets in code points. Pure: text in, offsets out.

What the rules do not know stays together: a sentence too long is a smaller harm than one cut inside "et al.".
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Sentence(NamedTuple):
    """`[start, end)` without the space around it; a heading ("Methods:") is named as one."""

    start: int
    end: int
    heading: bool = False


# A full stop after these never ends a sentence ...
NEVER = {
    "approx", "ca", "cf", "dept", "dr", "e.g", "ed", "eds", "eg", "i.e", "ie", "incl", "mr", "mrs", "ms", "prof",
    "resp", "sp", "spp", "st", "viz", "vs",
}  # fmt: skip
# ... after these not before a number ...
COUNTED = {"ch", "eq", "fig", "figs", "no", "nos", "nr", "pp", "p", "ref", "refs", "tab", "vol", "vols"}
# ... and after these only where the next word looks like a beginning, as after single letters and "U.S.".
SELDOM = {"al", "etc", "inc", "jr", "ltd", "sr", "co", "corp"}
DOTTED = re.compile(r"(?:[a-z]\.)*[a-z]")
BEGINS = re.compile(
    r"(?:A|All|Although|An|As|At|Both|But|By|Each|Eight|Five|For|Four|From|Further|Furthermore|He|How|However|If|In|It|Its|"
    r"Many|Most|Nine|No|Of|On|One|Other|Our|Participants|Seven|She|Six|Some|Ten|That|The|Their|Then|There|These|They|This|"
    r"Those|Three|Thus|To|Two|We|When|Where|Whereas|Whether|While|With|Women|Men|Patients)\b"
)
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
END = re.compile(
    rf"""(?:[。！？｡．]+ | (?<=[{HAN}])[.!?]+(?=[{HAN}])     # Chinese: no space needed
        | [.!?…]+(?=[\"'”’»)\]\s]|$) | (?<=[a-z)][a-z)%0-9])\.(?=[A-Z][a-z]) )  # the last: a space lost in copying
        [\"'”’»)\]」』）]*""",
    re.X,
)
LINE = re.compile(r"[^\n]+")
WORD_BEFORE = re.compile(r"[^\W_](?:[\w.]*[^\W_])?$")
HEADING = re.compile(
    r"\s*(?:background|introduction|context|rationale|aims?|objectives?|purpose|questions?|design|setting|participants|sample|"
    r"data (?:sources?|collection|analysis)|analysis|methods?|methodology|materials and methods|results?|findings|"
    r"discussion|conclusions?|implications|limitations|interpretation|funding|registration|keywords|"
    r"(?:aims?|background|results?|findings|discussion|conclusions?) (?:and|/|&) [a-z]+|"
    r"目的|背景|方法|资料与方法|结果|结论|讨论|【[^】\n]{1,12}】|\[(?:目的|背景|方法|结果|结论)\])\s*(?:[:：]|(?<=[】\]]))",
    re.I,
)


def sentences(text: str) -> list[Sentence]:
    """The sentences in order. Between them stands only space, so that they and the space join up to the text."""
    return [sentence for start, end in _stretches(text) for sentence in _in_stretch(text, start, end)]


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Lines, put together again where a line plainly goes on in the next."""
    start, end = None, 0
    for line in LINE.finditer(text):
        if start is not None and not _goes_on(text, end, line.start(), line.group()):
            yield start, end
            start = None
        start = line.start() if start is None else start
        end = line.end()
    if start is not None:
        yield start, end


def _goes_on(text: str, end: int, start: int, line: str) -> bool:
    """Whether the line at `start` continues the one that ended at `end`: one line break, no end, a small letter."""
    before = text[max(0, end - 40) : end].rstrip()[-1:]
    return start - end == 1 and before not in ".!?…。！？:：" and line.lstrip()[:1].islower()


def _in_stretch(text: str, start: int, end: int) -> Iterator[Sentence]:
    at = start
    while at < end:
        heading = HEADING.match(text, at, end)
        if heading:
            stop = heading.end()
        else:
            stop = next((m.end() for m in END.finditer(text, at, end) if _ends(text, at, m, end)), end)
        first, last = at, stop
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            yield Sentence(first, last, bool(heading))
        at = stop


def _ends(text: str, start: int, found: re.Match[str], end: int) -> bool:
    """Whether a sentence ends at this mark: what stands before and after decides."""
    after = text[found.end() : min(end, found.end() + 60)].lstrip()
    if not after or found.group()[0] in "。！？｡．":
        return True
    first = after.lstrip("\"'“‘«([")[:1]
    if first.islower() or not first:
        return False
    if found.group().rstrip("\"'”’»)]」』）") != ".":
        return True  # ! ? and dots
    near = max(start, found.start() - 30)
    word = WORD_BEFORE.search(text[near : found.start()])
    if word is None:
        return True
    token = word.group().casefold()
    if token.isdecimal() and not text[start : near + word.start()].strip():
        return False  # "1. Being heard"
    if token in NEVER or (token in COUNTED and first.isdecimal()):
        return False
    if token in SELDOM or DOTTED.fullmatch(token):
        return bool(BEGINS.match(after))
    return True
