"""A pasted list of references, numbered or one a paragraph: one record each, with the parts that can be told apart safely."""

import re
from collections.abc import Callable, Iterator

from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages import labels, people
from records.readers.pages.page import Page, joined
from records.readers.pages.references import NUMBER, reference

NAME = "reference_list"
LABEL = "pasted list of references"

Line = tuple[int, str]
NUMBERED = re.compile(r"^(?:\[(\d{1,4})\]|\((\d{1,4})\)|(\d{1,4})[.)、]|(\d{1,4})\t)\s*(?=\S)")
LEAST = 0.6  # share of entries that must be understood
SHORTEST, LONGEST = 30, 3000  # characters of a reference
LOOKED_AT = 60  # entries of the head
NOT_A_LIST = re.compile(r"^\s*[<{]")


def recognises(head: str) -> bool:
    """Most entries are references: authors, title and where it stands, or at least a DOI behind a year."""
    if NOT_A_LIST.match(head) or not head.strip():
        return False
    items, _above = _items(Page.of(head))
    return items is not None


def read(source: Source) -> Iterator[Yielded]:
    """A record for each reference; one of which nothing is sure is rejected."""
    yield from read_lines(Page.of(source.text()))


def read_lines(page: Page) -> Iterator[Yielded]:
    """The same for lines that are known already."""
    items, above = _items(page)
    for number, line in above:
        yield Notice(f"beside the references stands: {line[:200]}", number)
    for item in items or []:
        yield _entry(item)


def _items(page: Page) -> tuple[list[list[Line]] | None, list[Line]]:
    """The references of a text, each as its lines, and the words above them; None where it is no list."""
    ways: tuple[Callable[[Page], list[list[Line]]], ...] = (_numbered, _paragraphs, _single_lines)
    for way in ways:
        items = way(page)
        while len(items) > 1 and _heading(items[0]):
            items.pop(0)
        if _is_list(items):
            taken = {number for item in items for number, _line in item}
            return items, [row for row in page.said() if row[0] not in taken]
    return None, []


def _heading(item: list[Line]) -> bool:
    return (
        len(item) == 1
        and len(item[0][1]) < 60
        and (labels.section(item[0][1]) == "over" or not NUMBER.match(item[0][1]))
    )


def _numbered(page: Page) -> list[list[Line]]:
    """From one number to the next; numbers go up by one."""
    items: list[list[Line]] = []
    expected = 0
    for number, line in page.said():
        found = NUMBERED.match(line)
        counted = int(next(filter(None, found.groups()))) if found else -1
        if found and (not items or counted in (expected, 1)):  # a second list may begin anew
            items.append([(number, line)])
            expected = counted + 1
        elif items and _heading([(number, line)]) and labels.section(line):
            continue
        elif items:
            items[-1].append((number, line))
    return items if len(items) >= 2 else []


def _paragraphs(page: Page) -> list[list[Line]]:
    items: list[list[Line]] = []
    open_ = False
    for number, line in page.lines:
        if line and open_:
            items[-1].append((number, line))
        elif line:
            items.append([(number, line)])
        open_ = bool(line)
    return items


def _single_lines(page: Page) -> list[list[Line]]:
    return [[row] for row in page.said()]


def _is_list(items: list[list[Line]]) -> bool:
    """Whether most of the items are references; a lone one must be understood wholly."""
    if not items:
        return False
    good = 0
    for item in items[:LOOKED_AT]:
        text = joined(item)
        if SHORTEST <= len(text) <= LONGEST and not _labelled(item) and (stated := reference(text)):
            good += "title" in stated or ("doi" in stated and _begins_with_people(text))
    seen = min(len(items), LOOKED_AT)
    if seen == 1:
        text = joined(items[0])
        return {"authors", "title", "journal", "year"} <= reference(text).keys() and len(items[0]) <= 4
    return good >= max(2, LEAST * seen)


def _labelled(item: list[Line]) -> bool:
    """Whether a line has a page's label: then it is no reference."""
    return any(labels.label(line)[0] in ("abstract", "keywords", "authors", "title") for _number, line in item)


def _begins_with_people(text: str) -> bool:
    start = NUMBER.sub("", " ".join(text.split()), count=1)[:300]
    ends = [found.start() for found in re.finditer(r"\.\s|\s\(|:\s", start)][:6]
    return any(people.split(start[:end], stated=True)[0] for end in ends)


def _entry(item: list[Line]) -> Draft | Rejected:
    """One reference as a draft; rejected where neither a title nor an identifier is sure."""
    span = (item[0][0], item[-1][0])
    text = joined(item)
    stated = reference(text) if len(text) <= LONGEST else {}
    draft = Draft(raw=[("reference", line, number) for number, line in item], lines=span)
    for name in ("title", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid"):
        draft.add(name, stated.get(name))
    given = stated.get("authors")
    for each in given if isinstance(given, list) else []:
        draft.add("authors", people.value(each))
    if stated.get("more"):
        draft.add("authors_incomplete", True)
    if not {"title", "doi", "pmid"} & draft.fields.keys():
        return Rejected(span, "a reference whose parts cannot be told apart", text)
    if "title" not in draft.fields:
        draft.notices.append("a reference whose title and authors cannot be told apart: only the identifier was taken")
    else:
        draft.notices.append("taken apart from the text of a reference")
    return draft
