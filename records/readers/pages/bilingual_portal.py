"""A portal's abstract page: English title, Chinese title, a counter, labelled lines where given, the abstract, notices."""

import re
from collections.abc import Iterator
from itertools import pairwise

from records import names
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages.page import SITE_NOTICE, Page, chinese, joined

NAME = "bilingual_portal"
LABEL = "bilingual abstract page"

COUNTER = re.compile(r"^(?:阅读|浏览|点击|阅读量|浏览量|Views?|Reads?)\s*[:：]\s*[\d,]*$", re.I)
ABSTRACT = re.compile(r"^(?:Abstract|Summary|摘要)\s*[:：]?$", re.I)
LABELS = {
    "作者": "authors", "authors": "authors", "author": "authors", "期刊": "journal", "journal": "journal", "来源": "journal",
    "时间": "year", "发表时间": "year", "日期": "year", "date": "year", "year": "year", "出版时间": "year", "doi": "doi",
    "影响因子": "metric", "impact factor": "metric", "关键词": "keywords", "keywords": "keywords", "pmid": "pmid",
    "起止号": "citation", "卷期": "citation", "期卷": "citation", "卷": "volume", "期": "issue", "页码": "pages", "volume": "volume",
    "issue": "issue", "pages": "pages", "链接": "urls", "原文链接": "urls", "研究方向": "metric", "机构": "affiliations",
    "单位": "affiliations", "文章类型": "type", "分区": "metric", "中科院分区": "metric", "收录": "metric",
}  # fmt: skip
LINE = re.compile(r"^([A-Za-z\u3400-\u9fff][A-Za-z \u3400-\u9fff]{0,18}?)\s*[:：]\s*(.*)$")
TOGETHER = re.compile(r"(?<=\S)\s{2,}(?=(?:作者|期刊|时间|发表时间|影响因子|起止号|关键词|doi|DOI|来源)\s*[:：])")
CITATION = re.compile(
    r"^(?P<year>\d{4})?[\s;,]*(?:\w{3,9}[\s;]*)?(?P<volume>\d+)\s*\((?P<issue>[^()]+)\)\s*[:：]\s*(?P<pages>[\w.-]+)"
)


def recognises(head: str) -> bool:
    """A counter line, or the site's notice, beside an abstract; a Chinese title next to another."""
    lines = [line.strip() for line in head.split("\n") if line.strip()][:120]
    counter = any(COUNTER.match(line) for line in lines[:30])
    notice = any(SITE_NOTICE.match(line) for line in lines)
    abstract = any(ABSTRACT.match(line) for line in lines)
    both = any(chinese(b) and not chinese(a) for a, b in pairwise(lines[:4]))
    return (counter + notice + abstract + both) >= 2 and (counter or notice) and (abstract or both)


def read(source: Source) -> Iterator[Yielded]:
    yield from read_page(Page.of(source.text()))


def read_page(page: Page) -> Iterator[Yielded]:
    """One page of this shape: one record. The site's notices are furniture and are kept raw."""
    lines = _apart(page.said())
    end = next((n for n, (_number, line) in enumerate(lines) if SITE_NOTICE.match(line)), len(lines))
    body, notices = lines[:end], lines[end:]
    at = next((n for n, (_number, line) in enumerate(body) if ABSTRACT.match(line)), None)
    if at is None:
        at = next((n for n, (_number, line) in enumerate(body) if COUNTER.match(line)), len(body))
    head, abstract = body[:at], body[at + 1 :]
    draft = Draft(lines=page.span)
    draft.raw = [("head", line, n) for n, line in head] + [("abstract", line, n) for n, line in body[at:]]
    draft.raw += [("site notice", line, n) for n, line in notices]
    titles = _head(draft, head)
    abstract = _labelled_after(draft, abstract)
    _titles(draft, titles)
    draft.add("abstract", joined(abstract))
    if not draft.fields.get("title"):
        yield Rejected(page.span, "a page without a title", joined(lines))
        return
    yield draft
    if len(titles) > 2:
        yield Notice("more than two lines stand above the abstract; the first two were taken for titles", titles[2][0])


def _apart(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Labels that stand together on one line, apart."""
    return [(number, part) for number, line in lines for part in TOGETHER.split(line)]


def _head(draft: Draft, head: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Labelled lines go into their fields; what is left are titles."""
    left, waiting = [], ""
    for number, line in head:
        found = LINE.match(line)
        kind = LABELS.get(found.group(1).strip().casefold(), "") if found else ""
        if COUNTER.match(line):
            continue
        if kind and found:
            waiting = "" if found.group(2).strip() else kind
            _put(draft, kind, found.group(2).strip())
        elif waiting:
            _put(draft, waiting, line)
            waiting = ""
        else:
            left.append((number, line))
    return left


def _labelled_after(draft: Draft, lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Keyword lines after the abstract are keywords; everything else stays abstract."""
    kept = []
    for number, line in lines:
        found = LINE.match(line)
        kind = LABELS.get(found.group(1).strip().casefold(), "") if found else ""
        if found and kind in ("keywords", "doi", "pmid") and len(line) < 600:
            _put(draft, kind, found.group(2).strip())
        elif not COUNTER.match(line):
            kept.append((number, line))
    return kept


def _put(draft: Draft, kind: str, value: str) -> None:
    if not value or kind == "metric":
        return
    if kind == "authors":
        separated = re.split(r"\s*[;；]\s*", value) if re.search(r"[;；]", value) else names.split_commas(value)
        for author in separated:
            more = author.strip(" .").casefold() in ("et al", "等")
            draft.add("authors_incomplete" if more else "authors", True if more else _name(author))
    elif kind == "citation":
        found = CITATION.match(value)
        for name in ("volume", "issue", "pages"):
            draft.add(name, found.group(name) if found else "")
    elif kind == "keywords":
        draft.add("keywords", re.sub(r"[；，,]", ";", value))
    else:
        draft.add(kind, value)


def _name(author: str) -> str:
    text = re.sub(r"[\d,*]+$", "", author).strip()
    return names.inverted(text) if " " in text and "," not in text and not names.CORPORATE.search(text) else text


def _titles(draft: Draft, titles: list[tuple[int, str]]) -> None:
    given = [line for _number, line in titles[:2]]
    western = [line for line in given if not chinese(line)]
    for title in (western or given)[:1]:
        draft.add("title", title)
    for title in given:
        if western and chinese(title):
            draft.add("alt_titles", {"title": title, "language": "zh"})
