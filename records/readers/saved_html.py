"""A page saved from a browser: first what its head says to machines, then its visible text, read as a copied page is."""

import re
from collections.abc import Iterator

from records.readers import bibtex, html_meta, nbib, ris
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.html_text import Document, document
from records.readers.pages import (
    bilingual_portal,
    citation_statements,
    filling,
    generic,
    heads,
    reference_list,
    result_list,
    sorting,
    wos_mirror_cn,
)
from records.readers.pages.page import Page
from records.readers.xml_text import BELIEVED, UNSURE

NAME = "saved_html"
LABEL = "page saved from a browser (HTML)"

BEGINS = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html\b|<html[\s>])", re.I | re.S)
PIECE = re.compile(
    r"^\s*(?:<!--.*?-->\s*)*<(?:head|meta|title|body|div|article|main|section|h1|p|span|link|table)[\s>/]", re.I | re.S
)
TAGS = re.compile(r"<(?:meta|body|div|p|span|a|h[1-4])[\s>]", re.I)
CHARSET = re.compile(r"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.I)
SHAPES = (wos_mirror_cn, citation_statements, bilingual_portal)
INSIDE_TEXT = (bibtex, ris, nbib)  # exports that a page may show as preformatted text
SITES_TITLE = re.compile(r"\s+(?:[|–—-])\s+[^|–—-]{2,60}$")


def recognises(head: str) -> bool:
    """HTML's own beginning, or a piece of a page with several of its tags."""
    start = head[:4000]
    return bool(BEGINS.match(start)) or (bool(PIECE.match(start)) and len(TAGS.findall(head[:20_000])) >= 3)


def read(source: Source) -> Iterator[Yielded]:
    """The page's record, or the records of a page of results."""
    _believe(source)
    text = source.text()
    last = max(1, text.count("\n") + (not text.endswith("\n")))
    page = document(text)
    if page.fault:
        yield Rejected((1, last), page.fault, text.strip())
        return
    shown = _Shown(page, last)
    found = list(_stated(page, last, shown)) or list(_embedded(page, last)) or list(shown.read())
    drafts = [each for each in found if isinstance(each, Draft)]
    if not drafts:
        said = "\n".join(line for _number, line in page.lines if line)
        yield Rejected((1, last), "this is a web page, and no record was found on it", said or page.title[1])
        return
    yield from found


def _believe(source: Source) -> None:
    """Take the declared character set where the bytes are not Unicode and fit it; else the source knows better."""
    if source.encoding not in UNSURE or not (found := CHARSET.search(source.head[:8000])):
        return
    declared = found.group(1).casefold()
    if not BELIEVED.fullmatch(declared):
        return
    source.file.seek(0)
    try:
        source.file.read().decode(declared)
    except (UnicodeDecodeError, LookupError):
        return
    source.encoding, source._head = declared, None


def _stated(page: Document, last: int, shown: "_Shown") -> Iterator[Yielded]:
    """Records that the page states to machines: one of its tags, else one of each article or COinS span."""
    tags = html_meta.of_tags(page)
    linked = html_meta.of_linked_data(page)
    if tags:
        for _line, statement in linked:
            if heads.same(statement["title"][0], tags["title"][0]):
                for name, values in statement.items():
                    tags.setdefault(name, values)
        yield _main(page, tags, "tags in the page's head", last, shown)
    elif len(linked) == 1:
        yield _main(page, linked[0][1], "the page's linked data", last, shown)
    else:
        several = _apart(linked or html_meta.of_coins(page))
        if len(several) == 1:
            yield _main(page, several[0][1], "data in the page", last, shown)
            return
        for line, statement in several:
            yield _draft(statement, (line, line), "data in the page")


def _apart(found: list[tuple[int, html_meta.Statement]]) -> list[tuple[int, html_meta.Statement]]:
    """Each paper once: the same title and DOI again is the same."""
    seen: set[tuple[str, str]] = set()
    out = []
    for line, statement in found:
        key = (statement["title"][0].casefold(), str(statement.get("doi", [""])[0]).casefold())
        if key not in seen:
            seen.add(key)
            out.append((line, statement))
    return out


def _draft(statement: html_meta.Statement, lines: tuple[int, int], where: str) -> Draft:
    draft = Draft(lines=lines)
    for name, values in statement.items():
        for value in values:
            said = value.get("literal", "") if isinstance(value, dict) else str(value)
            draft.raw.append((name, said, lines[0]))
            draft.add(name, {"title": value, "language": ""} if name == "alt_titles" else value)
    draft.notices.append(f"read from {where}")
    return draft


def _main(page: Document, statement: html_meta.Statement, where: str, last: int, visible: "_Shown") -> Draft:
    """The paper that the page is about; abstract and keywords from its visible text where the tags lack them."""
    draft = _draft(statement, (1, last), where)
    draft.raw = [(name, content, line) for name, content, line in page.meta]
    draft.raw += [("linked data", text, line) for line, text in page.linked] + [
        ("COinS", text, line) for line, text in page.coins
    ]
    draft.raw += [("text", line, number) for number, line in page.lines if line]
    draft.raw = [(name, value, min(line, last)) for name, value, line in draft.raw]
    shown = filling.fill(sorting.sort(visible.whole))
    given = str(draft.fields.get("abstract", [""])[0])
    if (stated := shown.draft.fields.get("abstract")) and (len(stated[0]) > len(given) or _cut(given)):
        draft.fields["abstract"] = stated
        draft.notices.append("the abstract was read from the page's visible text")
    elif _cut(given):
        draft.add("abstract_truncated", True)
    if "keywords" not in draft.fields and "keywords" in shown.draft.fields:
        draft.fields["keywords"] = shown.draft.fields["keywords"]
    return draft


def _cut(text: str) -> bool:
    return text.rstrip().endswith(("…", "..."))


def _embedded(page: Document, last: int) -> Iterator[Yielded]:
    """An export that the page shows as preformatted text, by its own reader."""
    for line, text in page.kept:
        reader = next((each for each in INSIDE_TEXT if each.recognises(text)), None)
        if reader is None:
            continue
        for each in reader.read(Source.of(text)):
            if isinstance(each, Notice):
                yield Notice(each.text, min(last, each.line + line - 1) if each.line else 0)
                continue
            each.lines = (min(last, each.lines[0] + line - 1), min(last, each.lines[1] + line - 1))
            if isinstance(each, Draft):
                each.raw = [(tag, value, min(last, number + line - 1)) for tag, value, number in each.raw]
            yield each


class _Shown:
    """The visible text as a copied page. Many of its lines may share a line of the file, so they are counted anew."""

    def __init__(self, page: Document, last: int) -> None:
        self.page = page
        self.last = last
        self.numbers = [page.heading[0], *(number for number, _line in page.lines)]
        self.whole = Page(list(enumerate((line for _number, line in page.lines), 1)))

    def read(self) -> Iterator[Yielded]:
        """What the readers of copied pages find, with lines of the file."""
        for each in self._found() if self.whole.said() else ():
            if isinstance(each, Notice):
                yield Notice(each.text, self._line(each.line) if each.line else 0)
                continue
            each.lines = (self._line(each.lines[0]), self._line(each.lines[1]))
            if isinstance(each, Draft):
                each.raw = [(tag, value, self._line(number)) for tag, value, number in each.raw]
            yield each

    def _line(self, number: int) -> int:
        return min(self.last, self.numbers[min(number, len(self.numbers) - 1)])

    def _found(self) -> Iterator[Yielded]:
        text = "\n".join(line for _number, line in self.page.lines)
        for shape in SHAPES:
            if shape.recognises(text):
                yield from shape.read_page(self.whole)
                return
        for lists in (result_list, reference_list):
            if lists.recognises(text):
                yield from lists.read_lines(self.whole)
                return
        draft = generic.read_one(self.whole)
        if draft is None and (title := _fallback_title(self.page)):
            draft = generic.read_one(Page([(1, f"Title: {title}"), *self.whole.lines]))
        if draft is not None:
            yield _with_fallback(draft, self.page)


def _fallback_title(page: Document) -> str:
    """The first heading, or og:title without the site's name."""
    stated = next(
        (content for name, content, _line in page.meta if name.casefold() in ("og:title", "twitter:title")), ""
    )
    return page.heading[1] or SITES_TITLE.sub("", stated).strip()


def _with_fallback(draft: Draft, page: Document) -> Draft:
    """An abstract from the page's description, where the page calls itself an article and shows none."""
    if "abstract" not in draft.fields:
        given = {name.casefold(): content for name, content, _line in page.meta}
        stated = given.get("og:description", "")
        if len(stated) >= 200 and given.get("og:type", "").casefold() == "article":
            draft.add("abstract", stated)
            draft.add("abstract_truncated", _cut(stated))
            draft.notices.append("the abstract was read from the page's description and may be cut off")
    return draft
