"""Tables: CSV and TSV exports of databases and tools, and tables people keep. One alias table names the columns."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from records import earlier_decisions
from records.names import given_written_out
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.cell_names import names_in
from records.readers.citation import PARTS, cited
from records.readers.rows import Rows, delimiter_free

NAME = "csv"
LABEL = "table (CSV or TSV)"

COUNTING = {"no", "no.", "num", "number"}  # the issue only in a table that has volumes; else they count its rows
DELIMITERS = (",", "\t", ";", "|")
HEADER_ROWS = 12  # captions may stand above the header
# A cell that a spreadsheet might run has an apostrophe before it; one comes off again (see writers/csv_table.py).
PREFIX = ("'=", "'+", "'-", "'@", "'\t", "'\r", "'＝", "'＋", "'－", "'＠")

# Field of ours: the columns that may hold it, the preferred one first. Case, underscores and outer blanks do not count.
ALIASES = {
    "title": ("title", "article title", "document title", "item title", "titel", "ti", "primary title", "title primary",
              "publication title of article", "paper title", "titulo", "título", "titre", "题名", "标题", "study title",
              "display name", "ref title", "title original", "original title"),
    "authors": ("author full names", "authors full name", "author", "authors", "author(s)", "au", "author names", "autores",
                "auteurs", "作者", "author/s", "item authors", "author name", "verfasser", "autor", "authors, primary",
                "authors primary", "authorships.author.display name", "raw author name", "autor(es)"),
    "editors": ("editor", "editors", "book editors", "authors, secondary", "editor(s)"),
    "year": ("publication year", "year", "py", "pub year", "year published", "published year", "pubyear", "yr", "ano",
             "año", "année", "jahr", "年份", "date published", "publication date", "published", "pubdate", "date"),
    "journal": ("source title", "journal", "publication title", "journal/book", "journal name", "journal title", "full journal",
                "journal full title", "publication", "secondary title", "title secondary", "revista", "zeitschrift", "刊名",
                "periodical", "periodical full", "periodical name", "source publication title", "container-title", "pubtitle",
                "source title/anthology title", "primary location.source.display name", "so", "source",
                "periodical abbrev", "journal abbreviation", "abbreviated source title", "anthology title"),
    "volume": ("volume", "vol", "vol.", "vl", "volumen", "band", "卷", "journal volume", "volume number", "biblio.volume"),
    "issue": ("issue", "no", "number", "is", "issue number", "num", "heft", "期", "no.", "journal issue", "biblio.issue"),
    "pages": ("pages", "page", "page range", "pp", "pp.", "bp-ep", "seiten", "páginas", "页码", "pagination"),
    "first_page": ("page start", "start page", "first page", "sp", "beginning page", "pages start", "bp", "startpage",
                   "biblio.first page"),
    "article_number": ("art. no.", "art no", "article number", "article no.", "article no", "ar", "article-number"),
    "last_page": ("page end", "end page", "last page", "ep", "ending page", "pages end", "endpage", "other pages",
                  "biblio.last page"),
    "page_count": ("page count", "num pages", "number of pages"),
    "doi": ("doi", "di", "digital object identifier", "doi link", "item doi", "digitalobjectidentifier", "ids.doi"),
    "pmid": ("pmid", "pubmed id", "medline pmid", "pubmed", "ids.pmid"),
    "pmcid": ("pmcid", "pmc id", "pmc", "ids.pmcid"),
    "abstract": ("abstract", "ab", "abstract note", "abstract text", "resumen", "resumo", "résumé", "zusammenfassung", "摘要",
                 "summary", "original abstract"),
    "keywords": ("author keywords", "keywords", "keyword", "keyword(s)", "index keywords", "keywords plus", "manual tags",
                 "automatic tags", "mesh terms", "mesh", "palabras clave", "palavras-chave", "关键词", "tags", "de", "id",
                 "descriptor(s)", "emtree terms", "emtree drug index terms", "emtree medical index terms", "ieee terms",
                 "subjects", "subjectterms", "keywords.display name"),
    "language": ("language", "la", "language of original document", "idioma", "sprache", "language(s)"),
    "type": ("document type", "publication type", "type", "item type", "dt", "pt", "type of publication", "reference type",
             "content type", "doctype", "documenttype", "document identifier"),
    "urls": ("url", "link", "urls", "ur", "doi url", "pdf link", "source url", "external urls", "external url", "fulltext url",
             "articleurl", "documenturl", "primary location.landing page url", "plink", "source urls", "links"),
    "issn": ("issn", "issns", "isbn/issn", "issn/isbn", "isbn issn", "sn", "primary location.source.issn l", "isbn"),
    "accession": ("accession number", "eid", "ut", "ut (unique wos id)", "unique-id", "an", "lens id", "openalex id",
                  "accession number (entry id)", "embase accession id", "nct number"),
    "trial_registrations": ("nct number", "clinical trial numbers"),
    "cited_by_count": ("cited by", "times cited", "citing works count", "citation count", "citations", "cited by count",
                       "times cited, wos core", "cites", "article citation count"),
    "publisher": ("publisher", "pu", "editorial"),
    "affiliations": ("affiliations", "affiliation", "c1", "author addresses", "addresses", "author affiliations", "author/address",
                     "authorships.institutions.display name"),
    "citation": ("citation",),  # only for what no column of its own says
}  # fmt: skip
COLUMN = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
RANK = {alias: rank for aliases in ALIASES.values() for rank, alias in enumerate(aliases)}
LISTS = ("keywords", "urls", "affiliations", "issn")  # every column of these counts; of others the preferred one first
PEOPLE = ("authors", "editors")
# A spreadsheet or a script may have made 12.0 of the whole number 12 here.
NUMBERS = {"pmid", "year", "volume", "issue", "pages", "first_page", "last_page", "page_count", "cited_by_count"}
# Columns of keywords that an indexer gave, not the authors.
INDEXED = {"index keywords", "keywords plus", "mesh terms", "mesh", "id", "descriptor(s)", "emtree terms", "ieee terms",
           "emtree drug index terms", "emtree medical index terms"}  # fmt: skip
SEPARATED = {"keywords": re.compile(r"[;|\n\r；]"), "affiliations": re.compile(r"[;|\n]")}  # lists within one cell
SEPARATORS = {"keywords": "|\n\r；", "affiliations": "|\n"}  # those besides the semicolon
TREATED = {*NUMBERS, *PEOPLE, *SEPARATED, "article_number", "citation"}  # the rest is taken as it stands
SPECIAL = {"source", "nct number"}  # columns of which that is not true
# Houses that put family names first, without a comma.
FAMILY_FIRST = (
    {"pmid", "journal/book"},
    {"author names", "correspondence address"},
)  # PubMed and Embase: "Ames A, Cole B"


def recognises(head: str) -> bool:
    """A header row among the first ones: a title column and two more that we know."""
    return _header(head) is not None


def begins(head: str) -> bool:
    """Whether the first row is the header."""
    found = _header(head[:4000])
    return found is not None and found[0] == 0


@lru_cache(maxsize=2000)
def column_key(name: str) -> str:
    """A column's name as the alias table spells it: one space, small letters, no quotation marks."""
    return " ".join(name.strip().strip('"\ufeff').replace("_", " ").casefold().split())


def _known(cells: list[str]) -> set[str]:
    return {COLUMN[key] for key in map(column_key, cells) if key in COLUMN}


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return [
            row for row, _n in zip(csv.reader(text.split("\n"), delimiter=delimiter), range(HEADER_ROWS), strict=False)
        ]
    except csv.Error:
        return []


def _header(head: str, mapped: dict[str, str] | None = None) -> tuple[int, str] | None:
    """Which row is the header, and the delimiter; None where no row looks like one. `mapped` names a person's columns."""
    lines = "\n".join(re.split(r"\r\n|\r|\n", head)[: HEADER_ROWS * 3])
    best: tuple[int, int, str] | None = None
    for delimiter in DELIMITERS:
        rows = list(_first_rows(lines, delimiter))
        for number, row in enumerate(rows):
            if mapped and is_mapped(row, mapped):
                return number, delimiter
            known = _known(row)
            enough = len(known) >= 3 or _small(row, known, rows[number + 1 : number + 2])
            if "title" in known and enough and max(map(len, row)) < 200 and (best is None or len(known) > best[0]):
                best = (len(known), number, delimiter)
    return (best[1], best[2]) if best else None


def is_mapped(row: list[str], mapped: dict[str, str]) -> bool:
    """Whether a row is a header whose columns a person mapped (of several sheets, all may stand in one mapping)."""
    names = {name for name in map(shown, row) if name.strip()}
    return len(names) > 1 and names <= set(mapped)


def shown(name: str) -> str:
    """A column's name as it is shown and kept."""
    return _unguarded(name.strip("\ufeff"))


def perhaps(head: str) -> list[list[str]]:
    """The first rows of what may be a table though no header is known: several rows of one width; else nothing."""
    lines = "\n".join(head.split("\n")[: HEADER_ROWS * 3])
    best: list[list[str]] = []
    for delimiter in DELIMITERS:
        rows = [row for row in _first_rows(lines, delimiter) if any(map(str.strip, row))]
        width = max(map(len, rows), default=0)
        rows = rows[next((n for n, row in enumerate(rows) if len(row) == width), 0) :]
        if len(rows) > 1 and width > max(1, len(best[0]) if best else 0) and {len(row) for row in rows[:-1]} == {width}:
            best = rows
    return best


def _small(row: list[str], known: set[str], below: list[list[str]]) -> bool:
    """A header of two known names: at most one name more, and a row below that has as many cells."""
    return len(known) == 2 and len(row) <= 3 and bool(below) and len(below[0]) == len(row)


def _unguarded(cell: str) -> str:
    """A cell without the one apostrophe that keeps a spreadsheet from running it; other apostrophes are text."""
    return cell[1:] if ("'" + cell.lstrip("'")).startswith(PREFIX) and cell.startswith("'") else cell


@dataclass
class Columns:
    """A table's columns: their names, and (place, field, key) of those we know, the preferred ones first.

    What a person `mapped` comes before what the alias table says; a key is "" where the two differ.
    """

    names: list[str]
    mapped: dict[str, str] | None = None
    keys: set[str] = field(default_factory=set)
    plan: list[tuple[int, str, str]] = field(default_factory=list)
    judged: list[tuple[int, str]] = field(default_factory=list)  # columns that may state earlier decisions or labels
    written_out: bool = False  # "Ames Bea" rather than "Ames B", where the family name comes first

    def __post_init__(self) -> None:
        keys = [column_key(name) for name in self.names]
        self.names = [shown(name) for name in self.names]
        self.keys = set(keys)
        has_volume = "volume" in _known(keys)
        for place, key in enumerate(keys):
            name = COLUMN.get(key, "")
            if key == "id" and "ti" not in self.keys:  # Web of Science's ID are keywords; elsewhere it is a number
                name = "accession"
            if key in COUNTING and not has_volume:
                name = ""
            said = (self.mapped or {}).get(self.names[place], name)
            labels = key == "tags" and "covidence #" in self.keys  # a team's labels there, nobody's keywords
            if labels or (not said and earlier_decisions.column(key)):
                self.judged.append((place, self.names[place]))
                continue
            if said:
                self.plan.append((place, said, key if said == name else ""))
        self.plan.sort(key=lambda each: 0 if each[1] in LISTS else RANK.get(each[2], -1))

    @property
    def kept(self) -> list[str]:
        """Names of the columns that are none of the fields."""
        used = {place for place, _name, _key in self.plan}
        names = [(place, name.strip()) for place, name in enumerate(self.names)]
        if self.mapped:
            return [name for place, name in names if name and place not in used]
        return [name for _place, name in names if name and column_key(name) not in COLUMN]

    @cached_property
    def source_is_journal(self) -> bool:
        """Whether a column "source" can only be the journal; beside a journal's column it often names the database."""
        return [key for _place, name, key in self.plan if name == "journal"] == ["source"]

    @cached_property
    def family_first(self) -> bool:
        """Whether the table's house puts family names first without a comma."""
        return any(house <= self.keys for house in FAMILY_FIRST)


def read(source: Source) -> Iterator[Yielded]:
    """Each row with a title or an abstract is an entry; a row with neither is rejected."""
    found = _header(source.head, source.columns)
    if found is None:
        return
    header_row, delimiter = found
    rows = Rows(source.lines(), delimiter)
    columns: Columns | None = None
    at = header_line = 0
    for row, first, last, wrong in rows:
        filled = any(map(str.strip, row))
        if not row and wrong:
            yield Rejected((first, last), wrong)
        elif columns is None:
            if at == header_row:
                columns, header_line = Columns(row, source.columns), first
                source.table = [columns.names]
                rows.width = len(row)
                columns.written_out = columns.family_first and _written_out(columns, source.head, delimiter)
            elif filled:
                yield Notice(f"above the header stands: {delimiter_free(row)}", first)
            at += 1
        elif filled:
            entry = _entry(columns, row, (first, last))
            if isinstance(entry, Draft) and wrong:
                entry.notices.append(wrong)
            elif isinstance(entry, Draft) and last > first and len(row) != len(columns.names):
                counted = f"{len(row)} cells stand here for {len(columns.names)} columns"
                entry.notices.append(f"{counted}: a quotation mark may be missing")
            yield entry
    unknown = columns.kept if columns else []
    if unknown:
        yield Notice("columns kept as they are: " + ", ".join(unknown[:30]), header_line)
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _written_out(columns: Columns, head: str, delimiter: str) -> bool:
    """Whether the first rows of the table write given names out."""
    place = next((place for place, name, _alias in columns.plan if name == "authors"), 0)
    names: list[str] = []
    try:
        for row in csv.reader(head.split("\n"), delimiter=delimiter):
            if len(row) == len(columns.names) and column_key(row[place]) not in columns.keys:
                names += [each.strip(" .") for each in row[place].split(",")]
    except csv.Error:
        pass
    return given_written_out(names)


def _entry(columns: Columns, row: list[str], lines: tuple[int, int]) -> Draft | Rejected:
    line = lines[0]
    if "'" in {cell[:1] for cell in row}:
        row = [_unguarded(cell) if cell.startswith("'") else cell for cell in row]
    names = columns.names
    if len(row) > len(names):
        names = names + [f"column {number + 1}" for number in range(len(names), len(row))]
    raw = [(name, value, line) for name, value in zip(names, row, strict=False) if value and not value.isspace()]
    draft = Draft(raw=raw, lines=lines)
    fields, width = draft.fields, len(row)
    apart: dict[str, str] = {}  # what is put together with other columns
    for place, name, key in columns.plan:
        value = row[place] if place < width else ""
        if not value or value.isspace():
            continue
        if name not in TREATED and key not in SPECIAL:
            if name in fields:
                fields[name].append(value)
            else:
                fields[name] = [value]
            continue
        if name in NUMBERS and value.endswith(".0") and value[:-2].isdecimal():
            value = value[:-2]
        if name in ("first_page", "last_page", "article_number"):
            apart.setdefault(name, value)
        elif name == "citation" or key == "source":
            apart["citation"] = value
        elif name in PEOPLE:
            if name not in draft.fields:
                draft.fields[name] = authors(value, columns)
        elif name in SEPARATED:
            words = _words(name, value)
            fields.setdefault(name, []).extend(words)
            if key in INDEXED:
                fields.setdefault("thesaurus", []).extend(words)
        else:
            draft.fields.setdefault(name, []).append(value)
            if key == "nct number":
                draft.add("trial_registrations", value)
    for place, heading in columns.judged:
        draft.add("decisions", (heading, row[place]) if place < len(row) and row[place].strip() else None)
    _place(draft, apart, is_source=columns.source_is_journal)
    for url in draft.fields.get("urls", ()) if "doi" not in draft.fields else ():
        if "doi.org/" in url:
            draft.add("doi", url)
    if "title" not in draft.fields and "abstract" not in draft.fields:
        return Rejected(lines, "a row without title and abstract", delimiter_free(row))
    return draft


def _words(name: str, value: str) -> list[str]:
    """The words of a list within one cell. Most lists have semicolons only, which are found many times as fast alone."""
    several = any(sign in value for sign in SEPARATORS[name])
    return [word for word in map(str.strip, SEPARATED[name].split(value) if several else value.split(";")) if word]


def _place(draft: Draft, apart: dict[str, str], *, is_source: bool) -> None:
    """Pages from two columns or the article number; what is still missing from a citation string."""
    if "pages" not in draft.fields:
        stated = [apart[part] for part in ("first_page", "last_page") if part in apart]
        stated = stated or [apart[part] for part in ("article_number",) if part in apart]
        if stated:
            draft.fields["pages"] = stated
    if citation := apart.get("citation"):
        said = cited(citation) or ({"journal": citation} if is_source else {})
        for name in PARTS:
            if name not in draft.fields:
                draft.add(name, said.get(name))


def authors(value: str, columns: Columns) -> list[Any]:
    """The names in a cell of this table."""
    return names_in(value, columns.keys, first=columns.family_first, written_out=columns.written_out)
