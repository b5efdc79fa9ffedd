"""What the XML readers share: entries out of a stream of elements, in constant memory and without any danger.

The text is decoded by the source, not by the parser; what stands before it is put inside an element of our own, so no
document type and no entity can ever be declared. A first pass is strict; what is not well formed is read by a second,
forgiving one, with a notice. What the elements of a format mean is that format's own knowledge.
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from records.readers import xml_text
from records.readers.base import EXCERPT, Draft, Notice, Rejected, Source, Yielded
from records.readers.xml_text import FATAL, ROOM, Fault, Stream, believe, in_words, last_line, refused, stop_at_fault

Element = Any  # lxml's own class is not meant to be named
DEEPEST = 100  # levels of elements inside an entry that keep a path of their own
FIRST_ELEMENTS = 40
FAR_DOWN = 65_535  # the parser counts lines exactly up to the one before
ODD = re.compile(r"[^A-Za-z0-9_.-]")
TELLING = ("title", "authors", "abstract", "doi", "pmid", "alt_titles")
CUT = "the file ends, or is damaged, in the middle of this entry"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a format tells the reading of XML: the names of its entries (none: every child of `within`), inline elements
    whose text belongs to the element around them (`runs` finds those that the parser need not even see), and what fills a
    draft's fields. Of the children of `within`, those in `passed` are no entries."""

    entries: frozenset[str]
    fill: Callable[[Draft, Element], None]
    inline: frozenset[str] = frozenset()
    runs: re.Pattern[bytes] | None = None
    within: str = ""
    passed: frozenset[str] = frozenset()

    def tags(self) -> list[str]:
        """The names of the entries in any namespace, as the parser wants them."""
        return [f"{{*}}{each}" for each in self.entries]


def names(head: str) -> list[str]:
    """The names of a document's first elements, without their prefixes; none where the text is not XML."""
    return xml_text.names(head, FIRST_ELEMENTS)


def name(element: Element) -> str:
    """An element's name without its namespace; nothing for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text(element: Element | None) -> str:
    """All the text inside an element in one line; "" where there is no element."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def texts(element: Element, path: str) -> list[str]:
    """The texts of the elements at a path, empty ones off."""
    return [said for found in element.iterfind(path) if (said := text(found))]


def read(source: Source, shape: Shape) -> Iterator[Yielded]:
    """Every entry of a dump; a strict pass first, from the first fault on a forgiving one."""
    believe(source)
    if reason := refused(source.head):
        yield Rejected((1, last_line(source)), reason, source.head.strip())
        return
    done, fault, line = 0, "", 0
    for mend in (False, True):
        stream = Stream(source, mend, done=line, runs=shape.runs)
        try:
            for number, (element, cut) in enumerate(_entries(stream, shape, mend)):
                if number >= done:
                    entry = _entry(element, shape, stream, cut)
                    yield from stream.outside(*entry.lines)
                    done, line = done + 1, entry.lines[1]
                    yield entry
            yield from stream.outside(stream.line + 1, stream.line)
            fault = ""
        except Fault as raised:
            fault, at = str(raised), raised.line
        if not fault:
            break
        if mend:
            yield Rejected((min(line + 1, stream.line), last_line(source)), f"not read from here on: {fault}")
        elif fault not in FATAL:
            yield Notice(f"not well formed from line {at} on ({fault}): read as well as could be", at)
            continue
        else:
            yield Rejected((min(line + 1, at), last_line(source)), f"not read from here on: {fault}")
        break
    if stream.stray:
        yield Notice(f"text between two entries was left out: {stream.stray[:EXCERPT]}")
    if source.nul_bytes or stream.dropped:
        yield Notice(f"{source.nul_bytes + stream.dropped} control characters that XML forbids were dropped")


def _entries(stream: Stream, shape: Shape, mend: bool) -> Iterator[tuple[Element, int]]:
    """Each entry's element, and 0, or the line on which it broke off. An entry that begins inside another one ends that."""
    stream.parsed = parsed = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=shape.tags() or None,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=mend,
    )
    try:
        yield from _begun_and_ended(parsed, stream, shape, mend)
    except etree.LxmlError as raised:
        stop_at_fault(stream)
        raise Fault(in_words(str(raised)), stream.line) from raised
    if fatal := next((said for each in parsed.error_log if (said := in_words(each.message)) in FATAL), ""):
        raise Fault(fatal, stream.line)


def _begun_and_ended(parsed: Any, stream: Stream, shape: Shape, mend: bool) -> Iterator[tuple[Element, int]]:
    begun: list[Element | None] = []
    for event, element in parsed:
        if shape.within and not _counts(element, event, shape):
            continue
        if event == "start":
            if begun and begun[-1] is not None:
                yield begun[-1], max(1, (element.sourceline or 1) - 1)
                begun[-1] = None
            begun.append(element)
            continue
        if begun and begun.pop() is not None:
            yield element, stream.line if mend and stream.ended else 0  # the forgiving parser closes all at the end
        stream.room = ROOM
        stream.stray = stream.stray or _forget(element)
    if begun and begun[-1] is not None:
        yield begun[-1], stream.line


def _counts(element: Element, event: str, shape: Shape) -> bool:
    """Whether a child of the element that holds the entries is one; what is none is freed."""
    around = element.getparent()
    if around is None or name(around) != shape.within:
        return False
    if name(element) in shape.passed:
        if event == "end":
            element.clear()
        return False
    return True


def _forget(element: Element) -> str:
    """Free an entry that has been read, and all that stands before it; text that stood between two entries."""
    stray = ""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        stray = stray or " ".join((before.tail or "").split())
        parent.remove(before)
    return stray


def _entry(element: Element, shape: Shape, stream: Stream, cut: int) -> Draft | Rejected:
    """An element as a draft, or as rejected where nothing in it says what it is about."""
    if cut and shape.entries and next(element.iterdescendants(*shape.tags()), None) is not None:
        element = _alone(element, shape.entries)  # what is whole has no other entry in it
    first = min(_line(element), stream.line)
    last = first if first == stream.line else max(first, min(_end(element), cut or stream.line))
    draft = Draft(lines=(first, last))
    _bare(element)
    _rows(element, "", shape, draft, 0)
    shape.fill(draft, element)
    if cut:
        draft.notices.append(CUT)
    if not any(draft.fields.get(key) for key in TELLING):
        said = " | ".join(" ".join(value.split()) for _path, value, _line in draft.raw)
        return Rejected(draft.lines, "an entry without title, authors, abstract and identifier", said)
    return draft


def _alone(element: Element, entries: frozenset[str]) -> Element:
    """A copy of an entry without the entries that begin inside it."""
    copied = copy.deepcopy(element)
    for each in [each for each in copied.iterdescendants() if name(each) in entries]:
        if each.getparent() is not None:
            each.getparent().remove(each)
    return copied


def _line(element: Element) -> int:
    """The line of an element's start tag. Beyond 65,534 the parser knows only where the text behind the tag ends."""
    line = element.sourceline or 1
    if line < FAR_DOWN:
        return line
    while not element.text and len(element):
        element = element[0]
    return max(FAR_DOWN, line - (element.text or element.tail or "").count("\n"))


def _end(element: Element) -> int:
    """The line on which an element ends: where its last child ends, and the line ends behind that."""
    line = 0
    while len(element):
        element = element[-1]
        line += (element.tail or "").count("\n")
    return line + _line(element) + (element.text or "").count("\n")


def _rows(element: Element, path: str, shape: Shape, draft: Draft, depth: int) -> None:
    """Keep what an element holds, by its path: attributes, its own text, then its children. Namespaces go."""
    first, last = draft.lines
    line = first if first == last else min(max(_line(element), first), last)
    keep = draft.raw.append
    for key, value in element.items():
        if value and not value.isspace():
            keep((f"{path}@{key.rpartition('}')[2]}", value, line))
    value, blocks = element.text or "", list[tuple[str, Element]]()
    if children := element[:]:
        blocks = _blocks(children, shape.inline) if depth < DEEPEST else []
        value = "".join([value, *[each.tail or "" for each in children]] if blocks else element.itertext())
    if value and not value.isspace():
        keep((path, value, line))
    above = f"{path}/" if path else ""
    for tag, each in blocks:
        own = above + tag
        if first == last and not len(each) and not each.keys():  # a mere value, and no line to look up: most elements
            if (value := each.text) and not value.isspace():
                keep((own, value, line))
        else:
            _rows(each, own, shape, draft, depth + 1)


def _blocks(children: list[Element], inline: frozenset[str]) -> list[tuple[str, Element]]:
    """Those of an element's children that are no mere runs of its text, each with its name."""
    found = []
    for each in children:
        tag = each.tag
        if isinstance(tag, str) and tag.startswith("{") and _bare(each):
            tag = each.tag
        if isinstance(tag, str) and tag not in inline:
            found.append((tag, each))
    return found


def _bare(element: Element) -> bool:
    """Take the namespace off an element's name; whether it is an element at all."""
    tag = element.tag
    if not isinstance(tag, str):
        return False
    if tag.startswith("{"):
        own = tag.rpartition("}")[2]
        try:
            element.tag = own
        except ValueError:  # a colon too many: the forgiving pass lets it through
            element.tag = "_" + ODD.sub("_", own)
    return True
