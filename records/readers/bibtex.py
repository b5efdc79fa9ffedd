"""BibTeX and BibLaTeX: JabRef, Zotero, Mendeley, Scopus, Web of Science, EBSCO, SciELO and what people write by hand.

Where entries begin and end is `bibtex_syntax`'s knowledge, LaTeX to plain text `latex`'s, the order of names `names`'s.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from records import earlier_decisions
from records.readers import latex
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.bibtex_entry import ENDLESS, Entry, define, entry
from records.readers.bibtex_names import one_group, people
from records.readers.bibtex_syntax import COMMAND, Stretch, stretches
from records.readers.bibtex_syntax import NAME as FIELD_NAME
from records.readers.tagged import flowing

NAME = "bibtex"
LABEL = "BibTeX"

# Field of ours: the fields that may hold it, the preferred one first. Names in lower case, "_" and blanks as "-".
TABLE = {
    "volume": ("volume",),
    "abstract": ("abstract",),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "pmcid": ("pmcid", "pmc"),
    "issn": ("issn", "eissn", "isbn"),
    "language": ("language", "languages", "langid"),
    "publisher": ("publisher", "institution", "school", "organization"),
    "urls": ("url", "link", "ee"),
    "accession": ("unique-id", "accession-number"),
    "cited_by_count": ("times-cited",),
    "page_count": ("pagetotal", "numpages"),
}
JOURNAL = ("journaltitle", "fjournal", "journal", "booktitle", "maintitle", "shortjournal", "journal-full")
# Of these only the first that says something is taken.
EITHER = {
    "authors": ("author", "authors", "director", "inventor"),
    "editors": ("editor", "editors"),
    "year": ("date", "year"),
    "pages": ("pages", "page", "eid", "article-number", "articleno", "art-number"),
}
KEYWORDS = ("keywords", "keyword", "author-keywords", "keywords-plus", "tags")
PROSE = ("volume", "abstract", "language", "publisher")  # these hold LaTeX; the others are identifiers and addresses
TYPES = {
    "article": "journal article", "inproceedings": "conference paper", "conference": "conference paper", "book": "book",
    "proceedings": "proceedings", "incollection": "book chapter", "inbook": "book chapter", "collection": "book",
    "mvbook": "book", "phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis", "techreport": "report",
    "report": "report", "unpublished": "unpublished", "online": "web page", "electronic": "web page", "www": "web page",
    "webpage": "web page", "dataset": "data set", "patent": "patent", "periodical": "journal", "misc": "",
}  # fmt: skip
# In these a number is the number of the thing itself (a report, a patent), not a journal's issue.
NUMBERED = {"techreport", "report", "patent", "dataset", "legislation", "jurisdiction", "legal", "standard", "manual",
            "book", "software", "misc", "online", "thesis", "phdthesis", "mastersthesis"}  # fmt: skip
BOOKS = {"book", "mvbook", "collection", "proceedings", "mvcollection", "thesis", "phdthesis", "mastersthesis"}
# What an entry takes from the one its crossref names; that one's title is its book title.
INHERITED = ("date", "year", "editor", "publisher", "volume", "number", "issue", "journal", "journaltitle", "series",
             "isbn", "issn", "school", "institution", "organization", "language", "booktitle")  # fmt: skip
PARTS = {"inproceedings", "conference", "incollection", "inbook"}
MOST_PARENTS = 20_000
# Babel's names of languages that are no English words for them.
BABEL = {"ngerman": "german", "naustrian": "german", "nswissgerman": "german", "austrian": "german",
         "american": "english", "british": "english", "usenglish": "english", "ukenglish": "english",
         "brazil": "portuguese", "brazilian": "portuguese", "francais": "french", "frenchb": "french", "mexican": "spanish"}  # fmt: skip
MONTHS = {
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "may": "May", "jun": "June", "jul": "July",
    "aug": "August", "sep": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
WHOLE_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.I)
DOI_URL = re.compile(r"doi\.org/(10\.\d{4,9}/[^\s?#&}]+)", re.I)
CITED = re.compile(r"cited by:? *(\d{1,6})\b", re.I)
NOTED_PMID = re.compile(r"PMID:? *(\d{1,8})\b", re.I)
LOOKS_LIKE_ENTRY = re.compile(r"@\w+\s*[{(]|^\s*[A-Za-z][\w-]*\s*=\s*[{\"]", re.M)
LISTS, SEMICOLON, COMMA = re.compile(r" ?; ?|, "), re.compile(r" ?; ?"), re.compile(r" ?, ?")
GROUP = re.compile(r"\{[^{}]*\}")
HIDDEN, SHOWN = str.maketrans(",;", "\ue000\ue001"), str.maketrans("\ue000\ue001", ",;")
DECLARED = re.compile(r"^%+ *(?:Encoding|Saved with string encoding):? *(.+)$", re.M | re.I)
KNOWN = re.compile(
    rf"^[ \t\xa0\ufeff]*@[ \t]*(?:(?:{'|'.join(TYPES)}|string|preamble|comment)[ \t]*[{{(]"
    rf"|[A-Za-z][\w.:+-]*[ \t]*[{{(]\s{{0,60}}[^{{}}()=\"\n]{{0,200}}?,\s{{0,60}}{FIELD_NAME}\s{{0,60}}=)",
    re.M | re.I,
)


def recognises(head: str) -> bool:
    """A line that begins an entry of a usual type, one of any type with a key and a field, or a command."""
    return bool(KNOWN.search(head))


def read(source: Source) -> Iterator[Yielded]:
    """Each entry of the file, each stretch that may be a lost one, and notices of words outside."""
    yield from _declared(source)
    parents = _parents(source)
    macros = dict(MONTHS)
    seen = False
    for stretch in stretches(source):
        if stretch.kind == "string":
            define(stretch, macros)
        elif not stretch.kind:
            yield from _outside(stretch, seen)
        elif stretch.kind not in COMMAND:
            seen = True
            yield _finish(stretch, macros, parents)
        if stretch.kind in COMMAND and not stretch.closed:
            yield _unclosed(stretch)
        if after := stretch.after.strip(" \t\n\xa0,;"):
            yield from _outside(Stretch(stretch.last, pieces=[after], last=stretch.last), seen)
    if source.nul_bytes:
        yield Notice(f"{source.nul_bytes} NUL bytes were dropped")


def _declared(source: Source) -> Iterator[Notice]:
    """Where a file in an old encoding names another one than was found, a person should look."""
    found = DECLARED.search(source.head)
    if found and source.encoding in ("cp1252", "latin-1"):
        said = found.group(1).strip()
        if re.sub(r"[\W_]", "", said).casefold() not in ("cp1252", "windows1252", "latin1", "iso88591"):
            yield Notice(f"the file calls its encoding {said[:40]}; it was read as {source.encoding}")


def _outside(stretch: Stretch, seen: bool) -> Iterator[Rejected | Notice]:
    """Words outside entries are comments in BibTeX; what looks like the rest of an entry is named as rejected."""
    text = "\n".join(
        row for row in stretch.text.split("\n") if not row.lstrip().startswith(("%", "@comment", "@Comment"))
    )
    if LOOKS_LIKE_ENTRY.search(text):
        yield Rejected((stretch.first, stretch.last), "text outside any entry", text.strip())
    elif words := " ".join(text.split()).strip(" {}(),;"):
        where = "outside any entry" if seen else "above the first entry"
        yield Notice(f"words {where}: {words[:200]}", stretch.first)


def _unclosed(command: Stretch) -> Rejected | Notice:
    """A command without its end may have swallowed an entry whose beginning is damaged."""
    reason = f"@{command.kind} is not closed"
    if LOOKS_LIKE_ENTRY.search(command.text, 1):
        return Rejected((command.first, command.last), reason, command.text)
    return Notice(reason, command.first)


def _parents(source: Source) -> dict[str, dict[str, list[str]]]:
    """The entries that others name in crossref, by key: they may stand anywhere in the file, so it is read before."""
    wanted: set[str] = set()
    for _number, line in source.lines() if _anywhere(source, "rossref", "ROSSREF") else ():
        if "crossref" in line or "CROSSREF" in line or "Crossref" in line or "CrossRef" in line:
            found = re.search(r"crossref\s*=\s*[{\"]\s*([^{}\"]+?)\s*[}\"]", line, re.I)
            if found and len(wanted) < MOST_PARENTS:
                wanted.add(found.group(1).lower())
    if not wanted:
        return {}
    found_parents, macros = {}, dict(MONTHS)
    for stretch in stretches(source):
        if stretch.kind == "string":
            define(stretch, macros)
        elif stretch.kind and stretch.kind not in COMMAND:
            parent = entry(stretch, macros)
            if parent.key.lower() in wanted:
                values = _values(parent)
                found_parents[parent.key.lower()] = {n: values[n] for n in (*INHERITED, "title") if n in values}
    return found_parents


def _anywhere(source: Source, *words: str) -> bool:
    """Whether one of these words, none longer than 20 characters, stands in the text at all."""
    before = ""
    for piece in source.pieces():
        if any(word in piece or word in before + piece[:20] for word in words):
            return True
        before = piece[-20:]
    return False


@lru_cache(maxsize=2000)
def _named(name: str) -> str:
    """The name of a field as the tables spell it."""
    return name.lower().replace("_", "-").replace(" ", "-")


def _values(taken: Entry) -> dict[str, list[str]]:
    """Each field's values by its name in lower case; empty ones are absence."""
    values: dict[str, list[str]] = {}
    for name, _verbatim, value, _line in taken.rows:
        if value := value.strip():
            values.setdefault(_named(name), []).append(value)
    return values


def _finish(stretch: Stretch, macros: dict[str, str], parents: dict[str, dict[str, list[str]]]) -> Draft | Rejected:
    """An entry as a draft; one without any field is rejected."""
    taken = entry(stretch, macros)
    if not taken.rows:
        return Rejected((stretch.first, stretch.last), f"an entry (@{stretch.kind}) without any field", stretch.text)
    if ENDLESS in macros and any(ENDLESS in value for _name, _verbatim, value, _line in taken.rows):
        reason = "its text is made of texts (@string) that grow without end; such entries are not read"
        return Rejected((stretch.first, stretch.last), reason, stretch.text)
    draft = Draft(lines=(stretch.first, stretch.last))
    draft.raw = [("@type", stretch.kind, stretch.first), ("@key", taken.key, stretch.first)]
    if taken.bare:  # so that they are written again as they stand here
        draft.raw.append(("@bare", ", ".join(taken.bare), stretch.first))
        draft.raw += [("@string", said, stretch.first) for said in taken.named(macros, MONTHS)]
    draft.raw += [(name, verbatim, line) for name, verbatim, _value, line in taken.rows]
    if not stretch.closed:
        draft.notices.append("the entry was not closed; its last field may be incomplete")
    elif taken.damaged:
        draft.notices.append("braces or quotation marks of the entry do not match; a field may be wrong")
    values = _values(taken)
    if "crossref" in values:
        _inherit(draft, stretch.kind, values, parents)
    _map(draft, stretch.kind, values)
    return draft


def _inherit(draft: Draft, kind: str, values: dict[str, list[str]], parents: dict[str, dict[str, list[str]]]) -> None:
    """What the entry leaves to the one it names in crossref. SciELO writes the DOI there instead of a key."""
    named = values["crossref"][0]
    if found := WHOLE_DOI.fullmatch(named):
        values.setdefault("doi", [found.group(1)])
    parent = parents.get(named.lower())
    if not parent:
        return
    given = {name: said for name, said in parent.items() if name in INHERITED and name not in values}
    if kind in PARTS and "title" in parent and "booktitle" not in values:
        given["booktitle"] = parent["title"]
    if "date" in values or "year" in values:
        given.pop("date", None)
    values.update(given)
    if given:
        draft.notices.append(f"{', '.join(sorted(given))}: from the entry {named} that it refers to")


def _map(draft: Draft, kind: str, values: dict[str, list[str]]) -> None:
    for name, tags in TABLE.items():
        read_as = latex.plain if name in PROSE else latex.verbatim
        for tag in tags:
            for value in values.get(tag, ()):
                said = read_as(_paragraphs(value))
                draft.add(name, BABEL.get(said.casefold(), said) if name == "language" else said)
    for name, tags in EITHER.items():
        given = next((values[tag] for tag in tags if tag in values), [])
        for value in given:
            if name in ("authors", "editors"):
                draft.fields.setdefault(name, []).extend(people(value))
            else:
                draft.add(name, latex.plain(value))
        if name == "year" and given:  # date may say less than year: "forthcoming", an empty range
            for value in values.get("year", ()):
                draft.add("year", latex.plain(value))
    _titles(draft, kind, values)
    if kind not in NUMBERED or "journal" in values:
        for tag in ("number", "issue"):
            for value in values.get(tag, ()):
                draft.add("issue", latex.plain(value))
    for tag in KEYWORDS:
        for value in values.get(tag, ()):
            draft.fields.setdefault("keywords", []).extend(words := keywords(value))
            if tag == "keywords-plus":
                draft.add("thesaurus", "; ".join(words))
    draft.add("type", TYPES.get(kind, kind))
    _identifiers(draft, values)


def keywords(value: str) -> list[str]:
    """The words of a keyword field, apart at semicolons, or at commas where there is none.

    Scopus wrote up to three lists into one field: words apart by a semicolon and two blanks, lists by a comma.
    """
    while one_group(value):
        value = value[1:-1]
    grouped = "{" in value  # what stands in braces stays together
    if grouped:
        value = GROUP.sub(lambda found: found.group(0).translate(HIDDEN), value)
    words = latex.plain(flowing(value))
    several = ";  " in value and "\n" not in value
    parts = ((LISTS if several else SEMICOLON) if ";" in words else COMMA).split(words)
    return [part.translate(SHOWN) for part in parts] if grouped else parts


def _titles(draft: Draft, kind: str, values: dict[str, list[str]]) -> None:
    """The title with its subtitle; the journal or book that the work stands in. A book's own title is no journal."""
    if kind == "inreference" and "lista" in values:  # biblatex-chicago: lista is the entry, title the work of reference
        values = values | {"title": values["lista"], "booktitle": values.get("title", [])}
    title, subtitle = (flowing(values.get(name, [""])[0]) for name in ("title", "subtitle"))
    title = latex.plain(title)
    if subtitle and title:
        title = f"{title}{'' if title.endswith((':', '?', '!', '.')) else ':'} {latex.plain(subtitle)}"
    addon = latex.plain(" ".join(values.get("titleaddon", [""])[0].split()))
    draft.add("title", ". ".join(filter(None, (title or latex.plain(subtitle), addon))))
    for name in JOURNAL:
        for value in values.get(name, ()):
            said = latex.plain(flowing(value))
            if name != "booktitle" or kind not in BOOKS or said.casefold() != title.casefold():
                draft.add("journal", said)


def _identifiers(draft: Draft, values: dict[str, list[str]]) -> None:
    """Identifiers where they are stated in other fields than their own."""
    kind = " ".join(values.get("eprinttype", values.get("archiveprefix", [""]))).strip("{} ").casefold()
    for eprint in map(latex.verbatim, values.get("eprint", ())):
        if kind in ("pubmed", "pmid"):
            draft.add("pmid", eprint)
        elif kind in ("pmc", "pmcid"):
            draft.add("pmcid", eprint)
        elif kind == "arxiv":
            draft.add("accession", f"arXiv:{eprint.removeprefix('arXiv:')}")
    if "doi" not in draft.fields:
        for url in draft.fields.get("urls", ()):
            if found := DOI_URL.search(url):
                draft.add("doi", found.group(1))
    for note in map(latex.verbatim, (*values.get("note", ()), *values.get("annote", ()))):
        draft.add("decisions", note if earlier_decisions.note(note) else "")
        if "pmid" not in draft.fields and (found := NOTED_PMID.search(note)):
            draft.add("pmid", found.group(1))
        if found := CITED.match(note):
            draft.add("cited_by_count", found.group(1))
    for value in values.get("howpublished", ()):
        if "://" in value and "url" not in values:
            draft.add("urls", latex.verbatim(value))
    for value in [*values.get("affiliations", ()), *values.get("affiliation", ())]:
        rows = "\n".join(" ".join(row.split()) for row in latex.plain(value).split("\n"))
        draft.fields.setdefault("affiliations", []).extend(re.split(r" ?; ?|(?<=\.)\n", rows))


def _paragraphs(value: str) -> str:
    """Lines of a value are one line, as TeX has it; an empty line begins a paragraph."""
    if "\n" not in value:
        return value
    return "\n".join(" ".join(block.split()) for block in re.split(r"\n[ \t]*\n", value))
