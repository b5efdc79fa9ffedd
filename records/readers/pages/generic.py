"""Any other page of a record that people copy: a publisher's, a catalogue's, a portal's, in six languages. It goes by labels
("Abstract", "Palabras clave", "作者"), identifiers and citation lines, says how sure it is, and leaves empty what it does not find.
"""

import re
from collections.abc import Iterator

from records.readers.base import Draft, Rejected, Source, Yielded
from records.readers.pages import cuts, filling, sorting
from records.readers.pages.page import Page, joined

NAME = "copied_page"
LABEL = "copied page without a known layout"

NOT_A_PAGE = re.compile(
    r"^\s*[<{\[](?![A-Za-z\u3400-\u9fff]{1,20}\])"
)  # XML, HTML and JSON are others' work; "[HTML] Tea" is text
LOOKED_AT = 24_000  # characters of the head


def recognises(head: str) -> bool:
    """A title with an abstract, identifiers, a citation line or labels beside it; prose and lists of anything else are not."""
    if not head.strip() or NOT_A_PAGE.match(head) or "\x00" in head:
        return False
    return any(record_like(page) for page in cuts.pages(head[:LOOKED_AT], record_like))


def record_like(page: Page) -> filling.Filled | None:
    """What a page says, if that is enough to be a record."""
    filled = filling.fill(sorting.sort(page))
    return filled if filled.believed else None


def read_one(page: Page) -> Draft | None:
    """The record of one page, or None where there is too little evidence that it is one."""
    filled = record_like(page)
    if filled is None:
        return None
    draft = filled.draft
    draft.lines = page.span
    draft.notices.append(filled.in_words())
    return draft


def read(source: Source) -> Iterator[Yielded]:
    """Each page of the text as one record; a stretch that is none is rejected."""
    for page in cuts.pages(source.text(), record_like):
        yield from read_page(page)


def read_page(page: Page) -> Iterator[Yielded]:
    """One page: its record, or a rejected stretch."""
    if not page.said():
        return
    draft = read_one(page)
    yield draft if draft else Rejected(page.span, "no record was found in this text", joined(page.said()))
