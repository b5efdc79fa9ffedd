"""A scholar site's page: an author line, JSON that nests JSON in a string, and the same once more as text: one record."""

import json
import re
from collections.abc import Iterator
from typing import Any

from records import names
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages.page import Page, chinese, joined

NAME = "scholar_json_nested"
LABEL = "scholar page with nested JSON"

KEYS = ("title", "authors", "doi", "abstract", "journal", "resultStr", "PeriodicalName", "publicationDate", "DOIUrl")
BLURB = re.compile(r"^(?:期刊介绍|About the journal|Journal introduction)\s*[:：]?", re.I)
PLAIN = re.compile(r'"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"')
SITE = (
    "PeriodicalId",
    "RegionNum",
    "PeriodicalIF",
    "Score",
    "Total",
    "RegionCategory",
    "JCR",
    "JCRName",
    "FirstCategoryId",
)


def recognises(head: str) -> bool:
    """A line of JSON among the first ones that has a title and a result inside a string, or the site's own keys."""
    for line in head.split("\n")[:40]:
        text = line.strip()
        if text.startswith("{") and '"title"' in text and sum(f'"{key}"' in text for key in KEYS) >= 4:
            return '"resultStr"' in text or '"PeriodicalName"' in text or '"DOIUrl"' in text
    return False


def read(source: Source) -> Iterator[Yielded]:
    yield from read_page(Page.of(source.text()))


def read_page(page: Page) -> Iterator[Yielded]:
    """One page of this shape. Several JSON lines with different titles are several records."""
    lines = page.said()
    starts = [n for n, (_number, line) in enumerate(lines) if line.startswith("{") and '"title"' in line]
    if not starts:
        yield Rejected(page.span, "a scholar page without its JSON", joined(lines))
        return
    firsts = [_first_line(lines, start, starts[k - 1] if k else -1) for k, start in enumerate(starts)]
    for k, start in enumerate(starts):
        stop = firsts[k + 1] if k + 1 < len(starts) else len(lines)
        yield from _record(lines[firsts[k] : start], lines[start], lines[start + 1 : stop])


def _first_line(lines: list[tuple[int, str]], start: int, before: int) -> int:
    """An author line may stand right above the JSON."""
    above = start - 1
    if before < 0:
        return 0
    return above if above > before + 1 and lines[above][1].count(",") >= 1 and len(lines[above][1]) < 2000 else start


def _record(
    above: list[tuple[int, str]], json_line: tuple[int, str], below: list[tuple[int, str]]
) -> Iterator[Yielded]:
    number, text = json_line
    outer, broken = _parse(text)
    inner, _broken = _parse(outer.get("resultStr") or "") if isinstance(outer.get("resultStr"), str) else ({}, False)
    plain, blurb = _below(below)
    span = (above[0][0] if above else number, (plain or blurb or [json_line])[-1][0])
    if blurb:
        span = (span[0], blurb[-1][0])
    draft = Draft(lines=span)
    draft.raw = [("authors line", line, n) for n, line in above] + [("JSON", text, number)]
    draft.raw += [("text", line, n) for n, line in plain] + [("about the journal", line, n) for n, line in blurb]
    _titles(draft, [_text(inner.get("title")), plain[0][1] if plain else "", _text(outer.get("title"))])
    _authors(draft, inner.get("authors") or outer.get("authors"), above)
    for form in (inner, outer):
        _fields(draft, form)
    if not draft.fields.get("abstract") and len(plain) > 1:
        draft.add("abstract", joined(plain[1:]))
    if broken:
        yield Notice("the JSON of the page is damaged; its fields were read one by one", number)
    if not draft.fields.get("title"):
        yield Rejected(span, "a scholar page without a title", text)
        return
    yield draft


def _parse(text: str) -> tuple[dict[str, Any], bool]:
    """A JSON object, or the plain string fields that can be saved from a damaged one; and whether it was damaged."""
    try:
        value = json.loads(text)
        return (value, False) if isinstance(value, dict) else ({}, bool(text))
    except (ValueError, RecursionError):
        saved: dict[str, Any] = {}
        for key, value in PLAIN.findall(text[:2_000_000]):
            try:
                saved.setdefault(key, json.loads(f'"{value}"'))
            except ValueError:
                saved.setdefault(key, value)
        if "name" in saved:
            saved["journal"] = {"name": saved["name"], "volume": saved.get("volume"), "pages": saved.get("pages")}
        return saved, bool(text)


def _below(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """The text form of the record, and the journal's blurb after it."""
    at = next((n for n, (_number, line) in enumerate(lines) if BLURB.match(line)), len(lines))
    return lines[:at], lines[at:]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _titles(draft: Draft, titles: list[str]) -> None:
    """The title is the one that is not Chinese; a Chinese one becomes an alternate title."""
    given = list(dict.fromkeys(title for title in titles if title))
    western = [title for title in given if not chinese(title)]
    for title in (western or given)[:1]:
        draft.add("title", title)
    for title in given:
        if western and chinese(title):
            draft.add("alt_titles", {"title": title, "language": "zh"})


def _authors(draft: Draft, value: Any, above: list[tuple[int, str]]) -> None:
    """Authors come as one line "Given Family, Given Family", or as a list of names."""
    if isinstance(value, list):
        given = [_text(each.get("name") if isinstance(each, dict) else each) for each in value]
    else:
        given = names.split_commas(_text(value) or joined(above[-1:]))
    for author in given:
        if author:
            draft.add(
                "authors",
                names.inverted(author)
                if " " in author and "," not in author and not names.CORPORATE.search(author)
                else author,
            )


def _fields(draft: Draft, form: dict[str, Any]) -> None:
    """What one form of the record states; empty strings are absence, what a better form gave stays."""
    journal = form.get("journal") if isinstance(form.get("journal"), dict) else {}
    journal = journal or {}
    volume, issue = _volume(_text(journal.get("volume")))
    values = {
        "doi": _text(form.get("doi")) or (url if "doi.org/10." in (url := _text(form.get("DOIUrl"))) else ""),
        "journal": _text(journal.get("name")) or _text(form.get("journal")) or _text(form.get("PeriodicalName")),
        "volume": volume,
        "issue": issue or _text(journal.get("issue")),
        "pages": _text(journal.get("pages")),
        "year": _text(form.get("publicationDate"))[:4],
        "abstract": _text(form.get("abstract")),
        "type": _text(form.get("publicationTypes")),
        "cited_by_count": _text(str(form.get("citationCount") if form.get("citationCount") is not None else "")),
        "pmcid": _text(form.get("PMCID")),
    }
    for name, value in values.items():
        if value and not draft.fields.get(name):
            draft.add(name, value)
    for name in ("openAccessPdf", "url", "DOIUrl", "ListUrlMain"):
        value = _text(form.get(name))
        if value and value not in draft.fields.get("urls", []):
            draft.add("urls", value)


def _volume(text: str) -> tuple[str, str]:
    """ "27 6" is volume 27, issue 6; "12(3)" likewise."""
    found = re.fullmatch(r"(\S+?)(?:\s+|\s*\()([\w./ -]+?)\)?", text)
    return (found.group(1), found.group(2)) if found else (text, "")
