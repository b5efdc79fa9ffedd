"""A citation index's mirror page with Chinese labels: one paper, and a list of related ones (both variants)."""

import re
from collections.abc import Iterator

from records import names
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages import citation_line
from records.readers.pages.page import Page, joined

NAME = "wos_mirror_cn"
LABEL = "citation-index page with Chinese labels"

# Label on the page -> what follows it. A label may be empty; the next label never becomes its value.
LABELS = {
    "作者": "authors", "机构": "affiliations", "基金": "funder", "关键词": "keywords", "DOI": "doi",
    "中图分类号": "classification", "学科分类号": "subject", "摘要": "abstract", "引用": "furniture", "收藏": "furniture",
    "页码": "pages", "页数": "page_count", "相关论文": "related", "被引": "cited_by", "来源": "journal", "期刊": "journal",
    "出版年": "year", "年份": "year", "卷": "volume", "期": "issue", "语种": "language", "文献类型": "type", "通讯作者": "corresponding",
    "会议名称": "conference", "会议": "conference", "出版商": "publisher", "ISSN": "issn", "入藏号": "accession", "出版社": "publisher",
}  # fmt: skip
INLINE = {
    "cited_by",
    "pages",
    "page_count",
    "doi",
    "year",
    "volume",
    "issue",
    "issn",
    "language",
    "type",
    "accession",
    "journal",
    "keywords",
    "publisher",
}
TEXTS = {"authors", "affiliations", "funder", "keywords", "abstract"}  # their lines may begin with a number in brackets
LABEL_LINE = re.compile(r"^(D\s*O\s*I|I\s*S\s*S\s*N|[\u3400-\u9fff]{1,5})\s*(?:[:：]\s*(.*))?$", re.I)
ITEM = re.compile(r"^(?:[•·●▪◦*-]\s*)?[\[［【](\d+)[\]］】]\s*(.*)$")
TOTAL = re.compile(r"^共\s*([\d,]+)\s*条")
MARKER = re.compile(r"\s*[\[［(（]\s*\d+(?:\s*[,，;；]\s*\d+)*\s*[\]］)）]\s*$")
NOT_AUTHOR = re.compile(r"^[\[［]\s*\d")


def recognises(head: str) -> bool:
    """At least three of the page's labels on lines of their own, among them authors, abstract or the list.

    Other Chinese pages put the value behind each label ("摘要：…"); on this one the lists stand below theirs.
    """
    found = [label for line in head.split("\n")[:400] if (label := _label(line.strip()))[0]]
    labels = {LABELS[name] for name, _value in found}
    alone = {LABELS[name] for name, value in found if not value}
    return (
        len(labels) >= 3
        and bool(alone & {"authors", "affiliations", "abstract", "related"})
        and bool(labels & {"authors", "related", "cited_by"})
        and bool(labels & {"abstract", "related"})
        and bool(labels & {"authors", "keywords", "doi", "related"})
    )


def _label(line: str) -> tuple[str, str]:
    """The label a line carries, in its plain form, and the value behind its colon."""
    match = LABEL_LINE.match(line)
    if not match:
        return "", ""
    name = re.sub(r"\s+", "", match.group(1)).upper()
    return (name, (match.group(2) or "").strip()) if name in LABELS else ("", "")


def read(source: Source) -> Iterator[Yielded]:
    """The paper of the page, then the listed ones."""
    yield from read_page(Page.of(source.text()))


def read_page(page: Page) -> Iterator[Yielded]:
    """One page of this shape: the primary draft, related drafts, rejected stretches, notices."""
    lines = page.said()
    start = _list_start(lines)
    yield from _primary(lines[:start])
    yield from _related(lines[start:])


def _list_start(lines: list[tuple[int, str]]) -> int:
    """Where the list begins: at its label, or at a first item; "[1] Univ Leeds" among affiliations is no item."""
    labels = [LABELS.get(_label(line)[0], "") for _number, line in lines]
    if "related" in labels:
        return labels.index("related")
    section = "title"
    for n, (_number, line) in enumerate(lines):
        section = labels[n] or section
        if ITEM.match(line) and (section not in TEXTS or not line.startswith(("[", "［"))):
            return n
    return len(lines)


def _primary(lines: list[tuple[int, str]]) -> Iterator[Yielded]:
    if not lines:
        return
    draft = Draft(lines=(lines[0][0], lines[-1][0]))
    section, title = "title", []
    rest: dict[str, list[tuple[int, str]]] = {}
    for number, line in lines:
        name, value = _label(line)
        kind = LABELS.get(name, "")
        if name and not (kind in ("furniture",) and section == "abstract" and value):
            draft.raw.append((name, value, number))
            section = kind
            if value:
                rest.setdefault(kind, []).append((number, value))
        elif line != "|":
            draft.raw.append((section, line, number))
            if section == "title":
                title.append(line)
            elif section in ("furniture", "cited_by", "page_count", "pages") or _inline_done(section, rest):
                rest.setdefault("other", []).append((number, line))
            else:
                rest.setdefault(section, []).append((number, line))
    draft.add("title", " ".join(title))
    _fill(draft, rest)
    if not draft.fields.get("title"):
        yield Rejected(draft.lines, "a page without a title", joined(lines))
        return
    yield draft


def _inline_done(section: str, rest: dict[str, list]) -> bool:
    return section in INLINE - {"keywords"} and bool(rest.get(section))


def _fill(draft: Draft, rest: dict[str, list[tuple[int, str]]]) -> None:
    for _number, line in rest.get("authors", []):
        for author in re.split(r"\s*[;；]\s*", line) if not NOT_AUTHOR.match(line) else []:
            draft.add("authors", MARKER.sub("", author).strip())
    for _number, line in rest.get("affiliations", []):
        draft.add("affiliations", re.sub(r"^[\[［]\s*\d+\s*[\]］]\s*", "", line))
    draft.add("keywords", ";".join(text for _n, text in rest.get("keywords", [])))
    draft.add("abstract", joined(rest.get("abstract", [])))
    for name in ("doi", "year", "journal", "volume", "issue", "language", "type", "issn", "accession", "publisher"):
        for _number, value in rest.get(name, []):
            draft.add(name, value)
    for _number, value in rest.get("pages", []):
        draft.add("pages", re.sub(r"\s*/\s*", "-", value))
    for name, target in (("page_count", "page_count"), ("cited_by", "cited_by_count")):
        for _number, value in rest.get(name, []):
            draft.add(target, value)


def _related(lines: list[tuple[int, str]]) -> Iterator[Yielded]:
    """The listed papers: number and title, an author a line, a citation line."""
    total = 0
    listed: list[Draft | Rejected] = []
    item: list[tuple[int, str]] = []
    stray: list[tuple[int, str]] = []
    for number, line in lines:
        if found := TOTAL.match(line):
            total = int(found.group(1).replace(",", ""))
        elif ITEM.match(line):
            if item:
                listed.append(_listed(item))
            item = [(number, line)]
        elif item:
            item.append((number, line))
        elif _label(line)[0] != "相关论文" and line != "|":
            stray.append((number, line))
    if item:
        listed.append(_listed(item))
    _learn_from_twins([each for each in listed if isinstance(each, Draft)])
    yield from listed
    if stray:
        yield Rejected(
            (stray[0][0], stray[-1][0]), "text between the paper and its list of related papers", joined(stray)
        )
    if total:
        yield Notice(f"{len(listed)} of {total} related papers are listed on the page", lines[0][0])


def _listed(item: list[tuple[int, str]]) -> Draft | Rejected:
    found = ITEM.match(item[0][1])
    title = found.group(2).strip() if found else item[0][1]
    body = item[1:]
    draft = Draft(lines=(item[0][0], item[-1][0]), role="related")
    draft.raw.append(("title", item[0][1], item[0][0]))
    citation = None
    at = len(body)
    for n in range(len(body) - 1, -1, -1):
        text = body[n][1]
        marked = bool(citation_line.PREFIX.match(text.translate(citation_line.WIDE)))
        citation = citation_line.split(text)
        if citation or marked:
            at = n
            break
    authors = body[:at] if citation or at < len(body) else body
    if not title and authors:
        title, authors = authors[0][1], authors[1:]
    draft.add("title", title)
    for author in entry_authors([text for _n, text in authors]):
        draft.add("authors", author)
    draft.raw += [("author", text, number) for number, text in authors]
    draft.raw += [("citation", text, number) for number, text in body[at : at + 1]]
    draft.raw += [("other", text, number) for number, text in body[at + 1 :]]
    if citation:
        for name in ("journal", "year", "volume", "issue", "pages"):
            draft.add(name, getattr(citation, name))
    elif at < len(body):
        draft.add("journal", citation_line.PREFIX.sub("", body[at][1].translate(citation_line.WIDE)))
    if not title:
        return Rejected(draft.lines, "a listed paper without a title", joined(item))
    return draft


def entry_authors(lines: list[str]) -> list[str]:
    """The authors of one listed paper as "Family, Given": an entry gives all of them in one order or in the other."""
    turned = not any("," in line for line in lines)
    return [
        names.inverted(line) if turned and " " in line and not names.CORPORATE.search(line) else line for line in lines
    ]


def _learn_from_twins(drafts: list[Draft]) -> None:
    """A list often names a paper twice, once as "Family, Given", once as "Given Family": the first says what is family."""
    stated = {}
    for draft in drafts:
        title = draft.fields.get("title", [""])[0].casefold()
        authors = draft.fields.get("authors", [])
        turned = any("," not in value for tag, value, _line in draft.raw if tag == "author")
        if authors and not turned:
            stated[title] = {_words(author): author for author in authors}
    for draft in drafts:  # the twin may stand below
        title = draft.fields.get("title", [""])[0].casefold()
        if title in stated and draft.fields.get("authors"):
            draft.fields["authors"] = [stated[title].get(_words(a), a) for a in draft.fields["authors"]]


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\s,]+", name.casefold()))
