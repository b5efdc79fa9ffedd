"""A copied list of search results: entries of a title, a line of authors and where it stands, buttons. One record each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from records.readers.base import Draft, Notice, Source, Yielded
from records.readers.pages import labels, people, source_line
from records.readers.pages.page import Page
from records.readers.pages.references import PMCID, PMID, doi

NAME = "result_list"
LABEL = "copied list of search results"

Line = tuple[int, str]
# "A Ames, B Cole… - Journal of Tea, 2020 - publisher.example"
BELOW_TITLE = re.compile(
    r"^(?P<authors>[^\d]{3,250}?)\s+[-–]\s+(?:(?P<journal>\S.{1,140}?),\s+)?(?P<year>1[5-9]\d\d|20\d\d)(?:\s+[-–]\s+(?P<site>\S.{1,60}))?$"
)
AUTHOR = re.compile(r"^(?:[^\W\d_a-zß-ÿ]{1,3}\s+)+[^\W\d_][\w'’ -]{1,40}$")
BUTTONS = re.compile(
    r"(?:Cited by|被引用次数|Citado por|Cité|Zitiert von)\s*[:：]?\s*(?P<count>[\d,.]+)|Related articles|相关文章|Artículos relacionados|"
    r"Artigos relacionados|Autres articles|Ähnliche Artikel|All \d+ versions|所有 \d+ 个版本",
    re.I,
)
KIND = re.compile(r"^(?:\[(?:HTML|PDF|BOOK|CITATION|DOC|B|C|LIBRO|LIVRE|BUCH|ZITATION|引用|图书)\]\s*)+", re.I)
BESIDE = re.compile(r"^\[(?:PDF|HTML|DOC)\]\s+[\w.-]+\.\w{2,12}(?:\s.{0,40})?$", re.I)
CUT = ("…", "...")


@dataclass(slots=True)
class Entry:
    """Where an entry's title stands among the lines, and what the lines below it state."""

    title: int
    stated: dict[str, str]
    authors: list[str]
    more: bool


def recognises(head: str) -> bool:
    """Two such entries, or one with the site's buttons below it."""
    if head.lstrip()[:1] in ("<", "{"):
        return False
    lines = Page.of(head).said()
    entries = _entries(lines)
    return len(entries) >= 2 or (
        len(entries) == 1 and len(lines) < 30 and any(BUTTONS.search(line) for _number, line in lines)
    )


def read(source: Source) -> Iterator[Yielded]:
    """Each entry, from its title to the next one."""
    yield from read_lines(Page.of(source.text()))


def read_lines(page: Page) -> Iterator[Yielded]:
    """The same for lines that are known already."""
    lines = page.said()
    entries = _entries(lines)
    starts = [_start(lines, entry.title) for entry in entries]
    if starts and starts[0] > 0:
        yield Notice(f"above the results stands: {lines[0][1][:200]}", lines[0][0])
    for entry, start, end in zip(entries, starts, [*starts[1:], len(lines)]):
        yield _draft(entry, lines, start, end)


def _start(lines: list[Line], title: int) -> int:
    """An entry begins at its number or at the name of the site that has its file, if such stands above the title."""
    while title and (
        BESIDE.match(lines[title - 1][1]) or re.fullmatch(r"\d{1,4}[.)]?|Cite|Share|Select.{0,20}", lines[title - 1][1])
    ):
        title -= 1
    return title


def _entries(lines: list[Line]) -> list[Entry]:
    found: list[Entry] = []
    for n in range(1, len(lines)):
        entry = _scholar(lines, n) or _pubmed(lines, n)
        if entry and (not found or entry.title > found[-1].title + 1):
            found.append(entry)
    abstracts = sum(labels.label(line)[0] == "abstract" for _number, line in lines)
    return [] if abstracts > len(found) // 2 else found


def _scholar(lines: list[Line], n: int) -> Entry | None:
    """Authors, journal, year and site on one line below the title."""
    found = BELOW_TITLE.match(lines[n][1].replace("\xa0", " "))
    if not found or not _title_at(lines, n - 1):
        return None
    given = found.group("authors")
    more = given.rstrip().endswith(CUT)
    authors = [each.strip() for each in given.rstrip(" ….").split(",")]
    if not authors or not all(map(AUTHOR.match, authors)):
        return None
    journal = found.group("journal") or ""
    stated = {"year": found.group("year"), "journal": "" if any(cut in journal for cut in CUT) else journal}
    return Entry(n - 1, stated, authors, more)


def _pubmed(lines: list[Line], n: int) -> Entry | None:
    """Authors on the line below the title, where it stands on the next, a PMID with it or below."""
    if n < 2 or not (stated := source_line.parse(lines[n][1])) or not _title_at(lines, n - 2):
        return None
    authors, more = people.split(lines[n - 1][1].rstrip("."), stated=True)
    near = " ".join(line for _number, line in lines[n : n + 2])
    if not authors or not (PMID.search(near) or doi(lines[n][1])):
        return None
    stated |= {"doi": doi(lines[n][1])}
    for name, shape in (("pmid", PMID), ("pmcid", PMCID)):
        if found := shape.search(near):
            stated[name] = found.group(1)
    return Entry(n - 2, stated, authors, more)


def _title_at(lines: list[Line], n: int) -> bool:
    text = lines[n][1]
    return len(text) > 12 and not labels.furniture(text) and not BESIDE.match(text) and not BUTTONS.search(text)


def _draft(entry: Entry, lines: list[Line], start: int, end: int) -> Draft:
    rows = lines[start:end]
    draft = Draft(raw=[("result", line, number) for number, line in rows], lines=(rows[0][0], rows[-1][0]))
    title = KIND.sub("", lines[entry.title][1]).strip()
    draft.add("title", title)
    for each in entry.authors:
        draft.add("authors", people.value(each))
    if entry.more:
        draft.add("authors_incomplete", True)
    for name, value in entry.stated.items():
        draft.add(name, value)
    for _number, line in lines[entry.title + 1 : end]:
        if (found := BUTTONS.search(line)) and found.group("count"):
            draft.add("cited_by_count", found.group("count"))
    cut = " The title is cut off." if title.endswith(CUT) else ""
    draft.notices.append(f"read from a list of search results: it has no abstract.{cut}")
    return draft
