"""Tables: CSV and TSV exports of databases and tools, and tables people keep. One alias table names the columns."""

import csv
import re
from collections.abc import Iterator

from records.readers.base import Draft, Notice, Rejected, Source, Yielded

NAME = "csv"
LABEL = "table (CSV or TSV)"

csv.field_size_limit(64 * 1024 * 1024)
COUNTING = {"no", "no.", "num", "number"}  # the issue only in a table that has volumes; else they count its rows
HEADER_ROWS = 12  # captions may stand above the header
PREFIX = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'＝", "'＋", "'－", "'＠")  # as our own writer makes formulas harmless

ALIASES = {
    "title": ("title", "article title", "document title", "item title", "titel", "ti", "primary title", "publication title of article",
              "paper title", "titulo", "título", "titre", "题名", "标题", "title original", "ref_title"),
    "authors": ("author", "authors", "author(s)", "au", "author names", "autores", "auteurs", "作者", "author full names",
                "authors full name", "author/s", "item authors", "author name", "verfasser", "autor"),
    "year": ("year", "publication year", "py", "pub year", "date published", "publication date", "published", "ano", "año",
             "année", "jahr", "年份", "year published", "date", "pubyear", "create date", "yr", "published year"),
    "journal": ("journal", "source title", "publication title", "journal/book", "source", "journal name", "so", "journal title",
                "publication", "secondary title", "revista", "zeitschrift", "刊名", "periodical", "full journal", "journal full title",
                "source publication title", "container-title", "periodical name"),
    "volume": ("volume", "vol", "vol.", "vl", "volumen", "band", "卷"),
    "issue": ("issue", "no", "number", "is", "issue number", "num", "heft", "期", "no."),
    "pages": ("pages", "page", "page range", "pp", "pp.", "bp-ep", "seiten", "páginas", "页码"),
    "first_page": ("page start", "start page", "first page", "sp", "beginning page", "pages start", "bp"),
    "article_number": ("art. no.", "art no", "article number", "article no.", "article no", "ar", "article-number"),
    "last_page": ("page end", "end page", "last page", "ep", "ending page", "pages end"),
    "doi": ("doi", "di", "digital object identifier", "doi link", "item doi"),
    "pmid": ("pmid", "pubmed id", "pubmed_id", "medline pmid", "pubmed"),
    "pmcid": ("pmcid", "pmc id", "pmc"),
    "abstract": ("abstract", "ab", "abstract note", "abstract text", "resumen", "resumo", "résumé", "zusammenfassung", "摘要", "summary"),
    "keywords": ("keywords", "keyword", "author keywords", "index keywords", "manual tags", "automatic tags", "mesh terms",
                 "mesh", "palabras clave", "palavras-chave", "关键词", "tags", "de", "id", "emtree terms", "author_keywords"),
    "language": ("language", "la", "language of original document", "idioma", "sprache"),
    "type": ("document type", "publication type", "type", "item type", "dt", "pt", "type of publication"),
    "urls": ("url", "link", "urls", "ur", "doi url", "pdf link", "source url", "external urls"),
    "issn": ("issn", "isbn/issn", "isbn_issn", "sn"),
    "accession": ("accession number", "eid", "ut", "unique-id", "an", "lens id", "accession number (entry id)", "embase accession id"),
    "cited_by_count": ("cited by", "times cited", "citing works count", "citation count", "citations", "cited by count"),
    "publisher": ("publisher", "pu", "editorial"),
    "affiliations": ("affiliations", "affiliation", "c1", "author addresses"),
}  # fmt: skip
COLUMN = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
# Where a table has both, the first one here is taken and the other stays raw.
BETTER = {
    "authors": ("author full names", "authors full name"),
    "type": ("document type",),
    "journal": ("source title",),
}


def recognises(head: str) -> bool:
    """A header row among the first ones: a title column and two more that we know."""
    return _header(head) is not None


def _key(name: str) -> str:
    return re.sub(r"\s+", " ", name.strip().strip('"\ufeff').replace("_", " ").casefold()).strip()


def _known(cells: list[str]) -> set[str]:
    return {COLUMN[key] for key in map(_key, cells) if key in COLUMN}


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return [
            row for row, _n in zip(csv.reader(text.split("\n"), delimiter=delimiter), range(HEADER_ROWS), strict=False)
        ]
    except csv.Error:
        return []


def _header(head: str) -> tuple[int, str] | None:
    """Which row is the header, and the delimiter; None where no row looks like one."""
    lines = "\n".join(re.split(r"\r\n|\r|\n", head)[: HEADER_ROWS * 3])
    best: tuple[int, int, str] | None = None
    for delimiter in (",", "\t", ";", "|"):
        for number, row in enumerate(_rows(lines, delimiter)):
            known = _known(row)
            if (
                "title" in known
                and len(known) >= 3
                and max(map(len, row)) < 200
                and (best is None or len(known) > best[0])
            ):
                best = (len(known), number, delimiter)
    return (best[1], best[2]) if best else None


class _Lines:
    """Feeds csv.reader and knows the physical line it is at."""

    def __init__(self, source: Source) -> None:
        self.lines = source.lines()
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        self.number, line = next(self.lines)
        return line + "\n"


def read(source: Source) -> Iterator[Yielded]:
    """Each row with a title or an abstract is an entry; a row with neither is rejected."""
    found = _header(source.head)
    if found is None:
        return
    header_row, delimiter = found
    lines = _Lines(source)
    rows = csv.reader(lines, delimiter=delimiter)
    columns: list[str] = []
    at = header_line = 0
    while True:
        first = lines.number + 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as fault:
            yield Rejected((first, lines.number), f"the table is damaged here: {fault}")
            continue
        if not columns:
            if at == header_row:
                columns, header_line = row, first
            elif any(cell.strip() for cell in row):
                yield Notice(f"above the header stands: {delimiter_free(row)}", first)
            at += 1
        elif any(cell.strip() for cell in row):
            entry = _entry(columns, row, (first, lines.number))
            if isinstance(entry, Draft) and lines.number > first and len(row) != len(columns):
                entry.notices.append(
                    f"{len(row)} cells stand here for {len(columns)} columns: a quotation mark may be missing"
                )
            yield entry
    if columns:
        unknown = [c.strip() for c in columns if c.strip() and _key(c) not in COLUMN]
        if unknown:
            yield Notice("columns kept as they are: " + ", ".join(unknown[:30]), header_line)


def _entry(columns: list[str], row: list[str], lines: tuple[int, int]) -> Draft | Rejected:
    draft = Draft(lines=lines)
    pages: dict[str, str] = {}
    for number, cell in enumerate(row):
        column = columns[number] if number < len(columns) else f"column {number + 1}"
        value = cell[1:] if cell.startswith(PREFIX) else cell
        if not value.strip():
            continue
        draft.raw.append((column.strip("\ufeff"), value, lines[0]))
        name = COLUMN.get(_key(column), "")
        if name == "issue" and _key(column) in COUNTING and "volume" not in _known(columns):
            continue
        if name in ("first_page", "last_page", "article_number"):
            pages[name] = value
        elif name == "authors":
            _authors(draft, column, value)
        elif name:
            draft.add(name, value)
    if pages and not draft.fields.get("pages"):
        stated = [pages[part] for part in ("first_page", "last_page") if part in pages]
        draft.fields["pages"] = stated or [pages["article_number"]]
    for url in draft.fields.get("urls", []) if not draft.fields.get("doi") else []:
        if "doi.org/" in url:
            draft.add("doi", url)
    if not draft.fields.get("title") and not draft.fields.get("abstract"):
        return Rejected(lines, "a row without title and abstract", delimiter_free(row))
    return draft


def delimiter_free(row: list[str]) -> str:
    """A row's cells for a person to read."""
    return " | ".join(cell for cell in row if cell.strip())


def _authors(draft: Draft, column: str, value: str) -> None:
    """Full names replace short ones; commas separate only where every part looks like a name without a comma."""
    if draft.fields.get("authors") and _key(column) not in BETTER["authors"]:
        return
    draft.fields.pop("authors", None)
    text = re.sub(r"\s*\(\d{6,}\)", "", value)  # Scopus puts the author's number behind the name
    if ";" not in text and "\n" not in text and "|" not in text and " and " not in text and text.count(",") >= 1:
        parts = [part.strip() for part in text.split(",")]
        if all(" " in part for part in parts if part) or len(parts) > 2:
            parts = _pairs(parts)
        else:
            parts = [text]
        for part in parts:
            draft.add("authors", part)
        return
    draft.add("authors", text)


def _pairs(parts: list[str]) -> list[str]:
    """ "Family, G., Family, G." comes in pairs; "Family G, Family G" and "Given Family, Given Family" do not."""
    initials = [bool(re.fullmatch(r"(?:[A-Z]\.?[\s-]?){1,4}", part)) for part in parts]
    if len(parts) % 2 == 0 and all(initials[1::2]):
        return [f"{parts[n]}, {parts[n + 1]}" for n in range(0, len(parts), 2)]
    return [part for part in parts if part]
