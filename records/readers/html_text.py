"""A saved page as numbered lines of visible text, and what its head says to machines. No script runs, nothing is fetched.

In: the text of an HTML document. Out: a `Document`. Scripts, styles, menus, forms and footers are not visible text.
"""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

LARGEST = 20_000_000  # characters; a larger page is not opened
DEEPEST = 400  # levels of elements that are looked into
HIDDEN = frozenset(
    "script style noscript template svg head nav footer form button select option iframe object canvas audio video".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body br caption dd details dialog div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header hgroup "
    "hr html legend li main ol p pre section summary table tbody td tfoot th thead title tr ul".split()
)
APART = frozenset("h1 h2 h3 h4 p div section article ul ol table dl".split())  # a blank line stands between these
KEPT = frozenset(("pre", "textarea"))  # their line ends count

Line = tuple[int, str]


@dataclass(slots=True)
class Document:
    """What a saved page says: `meta` as (name, content, line), scripts of linked data, COinS, preformatted texts, lines."""

    meta: list[tuple[str, str, int]] = field(default_factory=list)
    linked: list[Line] = field(default_factory=list)
    coins: list[Line] = field(default_factory=list)
    kept: list[Line] = field(default_factory=list)
    title: Line = (1, "")
    heading: Line = (1, "")  # the first h1
    lines: list[Line] = field(default_factory=list)  # blank lines between blocks included
    fault: str = ""


def document(text: str) -> Document:
    """The document in a text; never raises."""
    out = Document()
    if len(text) > LARGEST:
        out.fault = "the page is larger than any page of a record"
        return out
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError) as raised:
        out.fault = f"the page could not be opened: {' '.join(str(raised).split())[:120]}"
        return out
    if root is None:
        out.fault = "the page is empty"
        return out
    _Walk(out).through(root)
    return out


class _Walk:
    """Goes through the elements in the order of the page and writes lines down."""

    def __init__(self, out: Document) -> None:
        self.out = out
        self.line = 1  # of the page's source
        self.begun: list[str] = []
        self.first = 1
        self.hiding: list[int] = []  # depths of the elements that hide what is in them
        self.depth = 0
        self.kept = 0

    def through(self, root: Any) -> None:
        """Every element, without recursion."""
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                self.depth += 1
                self.line = max(self.line, element.sourceline or 1)
                self._open(tag, element)
                self._text(element.text or "")
            else:
                if self.hiding and self.hiding[-1] == self.depth:
                    self.hiding.pop()
                self.depth -= 1
                self._close(tag)
                self._text(element.tail or "")
        self._end()

    @property
    def hidden(self) -> bool:
        return bool(self.hiding)

    def _open(self, tag: str, element: Any) -> None:
        if (
            tag in HIDDEN
            or self.depth > DEEPEST
            or "display:none" in (element.get("style") or "").replace(" ", "").lower()
        ):
            self.hiding.append(self.depth)
        if tag == "meta":
            name = element.get("name") or element.get("property") or element.get("itemprop") or ""
            if name and element.get("content"):
                self.out.meta.append((name.strip(), element.get("content"), self.line))
        elif tag == "link" and (element.get("rel") or "").casefold() == "canonical" and element.get("href"):
            self.out.meta.append(("canonical", element.get("href"), self.line))
        elif tag == "script" and "ld+json" in (element.get("type") or "").casefold():
            self.out.linked.append((self.line, element.text or ""))
        elif tag == "title" and not self.out.title[1]:
            self.out.title = (self.line, " ".join("".join(element.itertext()).split()))
        elif tag == "h1" and not self.out.heading[1]:
            self.out.heading = (self.line, " ".join("".join(element.itertext()).split()))
        elif tag in KEPT and not self.hidden and not self.kept:
            self.out.kept.append((self.line, "".join(element.itertext())))
        if tag == "span" and "Z3988" in (element.get("class") or "").split() and element.get("title"):
            self.out.coins.append((self.line, element.get("title")))
        if tag in KEPT:
            self.kept += 1
        if tag in BLOCKS:
            self._end()
            self._gap(tag)
        elif tag in ("sup", "sub") and self.begun and not self.hidden:
            self.begun.append(" " if tag == "sup" else "")

    def _close(self, tag: str) -> None:
        if tag in KEPT:
            self.kept -= 1
        if tag in BLOCKS:
            self._end()
            self._gap(tag)

    def _gap(self, tag: str) -> None:
        if tag in APART and not self.hidden and self.out.lines and self.out.lines[-1][1]:
            self.out.lines.append((max(self.line, self.out.lines[-1][0]), ""))

    def _text(self, text: str) -> None:
        """Some text at the current line; moves the line on."""
        if text and not self.hidden:
            rows = text.split("\n") if self.kept else [text]
            for n, row in enumerate(rows):
                if n:
                    self._end()
                if not any(map(str.strip, self.begun)):
                    ahead = row[: len(row) - len(row.lstrip())].count("\n")
                    self.first = self.line + n + ahead
                self.begun.append(row)
        self.line += text.count("\n")

    def _end(self) -> None:
        said = " ".join("".join(self.begun).split())
        if said:
            before = self.out.lines[-1][0] if self.out.lines else 1
            self.out.lines.append((max(self.first, before), said))
        self.begun = []
