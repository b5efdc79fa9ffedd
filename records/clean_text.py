"""Markup to plain text, and the headings of structured abstracts un-glued from the words after and before them.

Only known tags are markup: "p <n and m> 3" is text. Every rule runs in linear time; no letter of the text is lost.
"""

import html
import re
from typing import Any

BLOCKS = frozenset(
    "p div br li ul ol tr table h1 h2 h3 h4 h5 h6 sec section title abstract abstracttext list list-item".split()
)
INLINE = (
    "a b i u s em strong span font small big sub sup inf tt code cite q abbr mark del ins style bold italic underline "
    "sc monospace td th tbody thead label ext-link xref named-content inline-formula alternatives tex-math formula math "
    "mrow mi mn mo mtext msub msup msubsup mfrac msqrt mover munder mstyle mspace semantics annotation html body head"
).split()
_NAMES = "|".join(sorted({*BLOCKS, *INLINE}, key=len, reverse=True))
TAG = re.compile(rf"<(/?)(?:[a-z]\w*:)?({_NAMES})(?:\s[^<>=]*=[^<>]*|\s*/)?\s*>", re.I)
SCRIPT = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1\s*>", re.I)
COMMENT = re.compile(r"<!--[^<>]*-->|<!\[CDATA\[|\]\]>|<\?xml[^<>]*>|<!DOCTYPE[^<>]*>", re.I)
RAISED = re.compile(r"<((?:[a-z]\w*:)?)(sup|sub|inf)\b[^<>]*>([^<>]{0,12})</\1\2\s*>", re.I)
SUPERSCRIPT = str.maketrans("0123456789+-\u2212\u2013=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
POWER = re.compile(r"[-+\u2212]?\d+[.,/]\d+")
# What a database refuses or a screen cannot show: control characters (JSON can spell NUL), invisible joints, lone surrogates.
UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
HEADINGS = (
    "Background", "Introduction", "Objectives", "Objective", "Aims", "Aim", "Purpose", "Rationale", "Context",
    "Methods", "Method", "Design", "Setting", "Participants", "Materials and Methods", "Methods and Results",
    "Results", "Findings", "Discussion", "Conclusions", "Conclusion", "Implications", "Interpretation", "Limitations",
    "Trial registration", "Trial Registration", "Registration", "Funding", "Keywords", "Significance",
    "Patient or Public Contribution", "Clinical trial registration", "Main outcome measures", "Interventions",
    "Data sources", "Study selection", "Practice implications", "Relevance to clinical practice",
)  # fmt: skip
_HEADING_LINES = {form for name in HEADINGS for form in (name, name.upper(), name.capitalize())}
_ANY = "|".join(sorted(map(re.escape, HEADINGS), key=len, reverse=True))
_CAPITALS = "|".join(sorted({re.escape(name.upper()) for name in HEADINGS}, key=len, reverse=True))
# "effect.MethodsThis was": a heading glued between a sentence's end and the next sentence's capital. In capitals
# ("RESULTSForty were") only a word with small letters, a digit behind a colon or a bracket can follow.
GLUED = re.compile(
    rf"(?:(?<=[.!?)”’\"'\]])|^)(\s?)"
    rf"(?:({_ANY})(:?)(?=[A-Z\u4e00-\u9fff“‘\"'(])|({_CAPITALS})(?:(:)(?=[\w“‘\"'(])|(?=[A-Z][a-z]|[\u4e00-\u9fff“‘(])))"
)
GLUED_BEFORE = re.compile(rf"(?<=[a-z0-9)][.!?])({_ANY}|{_CAPITALS})(?=[\s:])")
# What every glued place has: a capital right behind a small letter, a mark or four capitals. Spares most texts the search.
TOUCHING = re.compile(
    r"[A-Z(“‘\u4e00-\u9fff](?:(?<=[a-z:.!?)\]”’\"'][A-Z(“‘\u4e00-\u9fff])|(?<=[A-Z]{4})(?=[a-z])|(?<=[A-Z]{3}[(“‘\u4e00-\u9fff])|"
    r"(?<=[A-Z]):(?=\w))"
)
BOTH_FORMS = (*HEADINGS, *dict.fromkeys(name.upper() for name in HEADINGS))
WRAPPED = 100  # columns within which text was wrapped by hand or by an exporter


def plain_text(value: str, *, lines: bool = True) -> str:
    """Text without markup and entities, white space evened out; `lines=False` makes it one line.

    Doubly escaped markup (`&lt;p&gt;`) is opened too, at most twice.
    """
    if value.isprintable():  # then it has neither line ends nor anything unsound
        text = value
        if "<" not in text and "&" not in text:
            return text.strip() if "  " not in text else " ".join(text.split())
    else:
        text = UNSOUND.sub("", value)
    if "<" in text or "&" in text:
        text = _opened(text)
    if not lines:
        return " ".join(text.split())
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split())
    return _paragraphs([" ".join(row.split()) for row in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")])


def _opened(text: str) -> str:
    """Tags off and entities resolved, twice where the first time brings more to light."""
    for _ in range(2):
        before = text
        if "<" in text:
            text = COMMENT.sub("", SCRIPT.sub("", text))
            text = TAG.sub(_tag, RAISED.sub(_raised, text))
        if "&" in text:
            text = _unescaped(text)
        if text == before:
            break
    return TAG.sub(_tag, RAISED.sub(_raised, text)) if "<" in text else text


def _unescaped(text: str) -> str:
    try:
        return UNSOUND.sub("", html.unescape(text))
    except ValueError:  # a character number of thousands of digits
        return text


def _tag(found: re.Match[str]) -> str:
    return "\n" if found.group(2).lower() in BLOCKS else ""


def _raised(found: re.Match[str]) -> str:
    """What stands low as it is: "H2O" is what people look for. What stands high as its own characters where all of them
    exist; but ten to the power of 6.5 must not become 106.5, so a number that stands high keeps a mark before it.
    """
    inner = found.group(3)
    if found.group(2).lower() != "sup":
        return inner
    raised = inner.translate(SUPERSCRIPT)
    if all(ord(c) > 127 for c in raised.strip()):
        return raised
    behind_a_number = found.string[found.start() - 1 : found.start()].isdigit()
    return f"^{inner}" if POWER.fullmatch(inner) and behind_a_number else inner


def _paragraphs(rows: list[str]) -> str:
    """Lines joined to paragraphs: a heading alone on its line stands before its paragraph."""
    out: list[str] = []
    for row in rows:
        if not row:
            continue
        if out and out[-1].rstrip(":") in _HEADING_LINES:
            out[-1] = f"{out[-1]} {row}"
        else:
            out.append(row)
    return "\n".join(out)


def unwrapped(text: str) -> str:
    """Lines that an exporter wrapped are one paragraph again; lines longer than a screen's width were never wrapped."""
    if "\n" not in text:
        return text
    blocks = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        rows = block.split("\n")
        wrapped = len(rows) > 1 and max(map(len, rows)) <= WRAPPED and min(map(len, rows[:-1])) > WRAPPED // 2
        blocks.append(" ".join(map(str.strip, rows)) if wrapped else block)
    return "\n".join(blocks)


def one_line(value: Any) -> str:
    """A short field: markup off, one line."""
    if value.__class__ is str and value.isprintable() and "<" not in value and "&" not in value and "  " not in value:
        return value.strip()
    return "" if value is None else plain_text(str(value), lines=False)


def heading_gaps(text: str) -> str:
    """Structured-abstract headings un-glued: "effect.MethodsThis" becomes "effect. Methods This"; no letter is lost."""
    if not TOUCHING.search(text) or not _may_be_glued(text):
        return text
    text = GLUED.sub(_apart, text)
    return GLUED_BEFORE.sub(r" \1", text)


def _apart(found: re.Match[str]) -> str:
    """A glued heading with a blank before it, unless it begins the text, and one behind it."""
    heading, colon = found.group(2) or found.group(4), found.group(3) or found.group(5) or ""
    return f"{found.group(1) or (' ' if found.start() else '')}{heading}{colon} "


def _may_be_glued(text: str) -> bool:
    """Whether any heading touches what follows or precedes it: a second, closer look before the search."""
    for name in BOTH_FORMS:
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            after = text[end : end + 2].lstrip(":")[:1]
            if (after and not after.isspace() and (not after.islower() or text[end] == ":")) or text[
                max(0, at - 1) : at
            ] in (".", "!", "?"):
                return True
            at = text.find(name, end)
    return False


# Where a part of a structured abstract begins: a known heading with a colon, at the start, on a new line or after a sentence ...
_PART = re.compile(rf"(?:^|(?<=\n)|(?<=[.!?)\]”\"'’] ))((?:{_ANY})(?: (?:and|&) \w+)?)\s*[:：]\s*", re.I)
# ... or, where the source dropped the colon, one of the usual names before a word that begins a sentence.
_BARE = re.compile(
    r"(?:^|(?<=\n)|(?<=[.!?)\]”\"'’] ))(Background|Introduction|Objectives?|Aims?|Methods?|Results|Findings|Discussion|Conclusions?)"
    r" (?=(?:We|The|This|These|To|A|An|In|Of|Our|There|It|Both|Between|From|For|Three|Four|Two|Five|Six) )"
)


def parts(text: str) -> list[tuple[str, str]]:
    """A structured abstract as (heading, text) pairs in reading order; a plain one as its paragraphs with empty headings."""
    found = sorted([*_PART.finditer(text), *_BARE.finditer(text)], key=lambda each: each.start())
    rows: list[tuple[str, str]] = []
    heading, at = "", 0
    for each in [*found, None]:
        stretch = text[at : each.start() if each else len(text)]
        paragraphs = [line.strip() for line in stretch.split("\n") if line.strip()]
        for n, paragraph in enumerate(paragraphs or ([""] if heading else [])):
            rows.append((heading if n == 0 else "", paragraph))
        if each:
            heading, at = each.group(1), each.end()
    return rows
