"""The lines of one page, sorted: what stands under which label, what belongs to the abstract, what is the site's own.

In: numbered lines of a page. Out: a `Sorted`. Nothing is interpreted here beyond labels, sections and the end of an abstract.
"""

import re
from dataclasses import dataclass, field

from records.readers.pages import labels, source_line
from records.readers.pages.page import Page, narrow

Line = tuple[int, str]

ENDS = (".", "!", "?", "。", "”", '"', ")", "]", "；", "！", "？", "…", "’")
SHORT = 60  # a line without an end of sentence and no longer than this may be a heading or a button
LONGEST = 9000  # characters; a longer "abstract" is the paper itself
ONE_LINE = {"title", "alt_title", "journal", "year", "date", "volume", "issue", "pages", "doi", "pmid", "pmcid", "issn", "language",
            "type", "publisher", "citation", "history"}  # fmt: skip
SKIPPED = 3  # lines that may belong to a label we know but do not want
ALONE = re.compile(r"^(?:doi\s*:?\s*)?(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+$", re.I)
MARKUP = re.compile(r"\*\*|__|^#{1,6}\s+")


@dataclass(slots=True)
class Sorted:
    """A page's lines by what they are; `raw` holds every line that says anything, with its tag."""

    raw: list[tuple[str, str, int]] = field(default_factory=list)
    head: list[Line] = field(default_factory=list)  # no label, before the abstract
    late: set[int] = field(default_factory=set)  # numbers of head lines below a heading such as "Related articles"
    stated: dict[str, list[Line]] = field(default_factory=dict)  # kind of label -> values
    abstracts: list[list[Line]] = field(default_factory=list)
    keywords: list[list[Line]] = field(default_factory=list)
    about: list[Line] = field(default_factory=list)  # behind "About this article"
    over: list[Line] = field(default_factory=list)  # headings of lists of other papers


def sort(page: Page) -> Sorted:
    """The lines of a page, sorted."""
    sorter = _Sorter()
    blank = True
    said = [(number, narrow(MARKUP.sub("", line).strip())) for number, line in page.lines]
    after = ""
    below = []  # of each line the next one that says anything
    for _number, line in reversed(said):
        below.append(after)
        after = line or after
    for (number, line), after in zip(said, reversed(below)):
        if line:
            sorter.below = after
            sorter.take(number, line, blank)
        blank = not line
    sorter.out.abstracts = [each for each in sorter.out.abstracts if each]
    sorter.out.keywords = [each for each in sorter.out.keywords if each]
    return sorter.out


class _Sorter:
    """Goes down a page line by line and remembers what it stands in."""

    def __init__(self) -> None:
        self.out = Sorted()
        self.section = "head"
        self.waiting = ""  # the label whose value the next lines give
        self.left = 0  # how many lines it may still have
        self.structured = 0  # headings seen in this abstract
        self.size = 0
        self.below = ""  # the next line that says anything
        self.heading: Line | None = None  # of other papers; nothing stands below it yet
        self.overs = False  # below a heading of other papers, no abstract yet

    def take(self, number: int, line: str, blank: bool) -> None:
        """One line; `blank` says that a blank one stands above it."""
        kind, value = labels.label(line)
        if self.section == "abstract" and self._abstract_goes_on(number, line, kind, blank):
            return
        opened = "" if kind and value else labels.section(line)
        if self._closed(kind, value, opened):
            self._keep("section", number, line)
            if self.section == "over" and self.heading:
                self.out.over.append(self.heading)
                self.heading = None
            if self.section == "text" and ALONE.match(line):
                self.out.about.append((number, line))
        elif kind:
            self._label(number, kind, value)
        elif opened:
            self._open(number, line, opened)
        elif labels.furniture(line) or labels.COPYRIGHT.match(line):
            self._keep("site", number, line)
            self.waiting = "" if labels.COPYRIGHT.match(line) else self.waiting
        elif self.waiting and self._value(number, line, blank):
            pass
        else:
            self._loose(number, line)

    def _keep(self, tag: str, number: int, line: str) -> None:
        self.out.raw.append((tag, line, number))

    @property
    def seen(self) -> bool:
        return any(self.out.abstracts)

    def _closed(self, kind: str, value: str, opened: str) -> bool:
        """Whether the line stands among other papers or in the paper's own text, where labels mean nothing."""
        if self.section not in ("over", "text") or opened == "about" or (kind == "citation" and not value):
            return False
        if kind == "abstract" or (kind and not self.seen and self.section == "text"):
            return self.seen
        return self.seen or kind != ""

    def _open(self, number: int, line: str, opened: str) -> None:
        self._keep("section", number, line)
        self.section, self.waiting = opened, ""
        if opened == "over":
            self.heading = (number, line)
            self.overs = any(len(said.split()) >= 4 for _number, said in self.out.head)  # else it is a menu's

    def _label(self, number: int, kind: str, value: str) -> None:
        self._keep(kind, number, value or kind)
        self.waiting, self.left = "", 0
        if kind == "abstract":
            self.section, self.structured, self.size, self.overs = "abstract", 0, 0, False
            self.out.abstracts.append([])
            if value:
                self._abstract(number, value)
            return
        if self.section in ("abstract", "text", "over"):
            self.section = "after" if self.seen else "head"
        if kind == "keywords":
            self.out.keywords.append([(number, value)] if value else [])
        elif value:
            self.out.stated.setdefault(kind, []).append((number, value))
        if kind == "aside":
            return
        if not value or (kind == "keywords" and value.endswith((";", ",", "；", "、"))):
            self.waiting = kind
            self.left = 1 if kind in ONE_LINE else SKIPPED if kind == "others" else 60

    def _value(self, number: int, line: str, blank: bool) -> bool:
        """A line below a label; False where it cannot be its value."""
        kind = self.waiting
        taken = self.out.keywords[-1] if kind == "keywords" else self.out.stated.get(kind, [])
        self.left -= 1
        begun = bool(taken) and kind not in ONE_LINE and taken[-1][0] < number
        if self.left <= 0:
            self.waiting = ""
        if kind in ("history", "others"):
            if blank or len(line) >= 2 * SHORT or (kind == "history" and not source_line.year_of_date(line)):
                self.waiting = ""
                return False
            self._keep(kind, number, line)
            return True
        if blank and begun:
            self.waiting = ""
            return False
        if kind == "keywords" and not _keyword_line(line, taken):
            self.waiting = ""
            return False
        self._keep(kind, number, line)
        if kind == "keywords":
            taken.append((number, line))
        else:
            self.out.stated.setdefault(kind, []).append((number, line))
        return True

    def _loose(self, number: int, line: str) -> None:
        self.waiting = ""
        if self.section == "about":
            self._keep("about", number, line)
            self.out.about.append((number, line))
        elif not self.seen:
            self._keep("head", number, line)
            self.out.head.append((number, line))
            if self.overs:
                self.out.late.add(number)
        else:
            self._keep("other", number, line)
            if self.section == "after":
                self.out.about.append((number, line))

    # The abstract

    def _abstract(self, number: int, line: str) -> None:
        self.out.abstracts[-1].append((number, line))
        self.size += len(line)

    def _abstract_goes_on(self, number: int, line: str, kind: str, blank: bool) -> bool:
        """Whether a line belongs to the abstract; if not, the abstract is over."""
        taken = self.out.abstracts[-1]
        before = line.split(":", 1)[0].split("：", 1)[0]
        part = labels.heading(line) or (labels.plain(before) in labels.HEADINGS and before != line)
        if not taken and not kind and labels.furniture(line):
            self._keep("site", number, line)
            return True
        if self._ends(line, kind, part, bool(taken)):
            self.section = "after" if taken else self.section if kind or labels.section(line) else "head"
            return False
        if not taken or part:
            self.structured += part
        elif (taken[-1][1].endswith(ENDS) or blank) and (  # a new paragraph begins, or something else
            self.size > LONGEST or (len(line) < SHORT and not self._may_stay(line, taken))
        ):
            self.section = "after"
            return False
        self._abstract(number, line)
        self._keep("abstract", number, line)
        return True

    def _may_stay(self, line: str, taken: list[Line]) -> bool:
        """Whether a short line may be abstract: a sentence, text below a heading, or an unusual heading among usual ones."""
        if line.endswith(ENDS) or labels.heading(taken[-1][1]):
            return True
        return (
            self.structured >= 2 and len(self.below) > SHORT and self.below.endswith(ENDS) and not labels.section(line)
        )

    def _ends(self, line: str, kind: str, part: bool, begun: bool) -> bool:
        if kind and not part:
            return not (
                kind == "aside"
                and self.structured >= 2
                and labels.plain(line.partition(":")[0]) == "funding"
                and ":" in line
            )
        opened = labels.section(line)
        if opened and not (part and (not begun or labels.plain(line) not in labels.SECTION)):
            return True
        return labels.furniture(line) or bool(labels.COPYRIGHT.match(line))


def _keyword_line(line: str, taken: list[Line]) -> bool:
    """Whether a line can hold keywords: a list, or one of several short lines."""
    if len(line) > 600 or (line.endswith((".", "。")) and " " in line and not re.search(r"[;,；，]", line)):
        return False
    if re.search(r"[;；·•|]", line) or (not taken and len(re.findall(r"[,，、]", line)) >= 1):
        return True
    return len(line) < SHORT and (
        not taken or not re.search(r"[;；]", taken[0][1]) or taken[-1][1].endswith((";", "；", ","))
    )
