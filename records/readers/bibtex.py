"""BibTeX and BibLaTeX: JabRef, Zotero, Mendeley, Scopus, Web of Science, EBSCO, SciELO and what people write by hand.

Where entries begin and end is `bibtex_syntax`'s knowledge, LaTeX to plain text `latex`'s, the order of names `names`'s.
"""

import re
from collections.abc import Iterator

from records import earlier_decisions
from records.names import CORPORATE
from records.readers import latex
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.bibtex_syntax import COMMAND, ENDLESS, Entry, Stretch, define, entry, stretches
from records.readers.bibtex_syntax import NAME as FIELD_NAME

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
SUFFIX = re.compile(r"(?:jr|sr)\.?|[ivx]{1,5}|\d(?:nd|rd|th)", re.I)
AND = re.compile(r"\s+and\s+", re.I)
AND_OR_BRACE = re.compile(r"[{}]|\s+and(?=\s)", re.I)
DOUBLE_BLANK = re.compile(r",[ \xa0]{2}(?=\S)")
WHOLE_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.I)
DOI_URL = re.compile(r"doi\.org/(10\.\d{4,9}/[^\s?#&}]+)", re.I)
CITED = re.compile(r"cited by:? *(\d{1,6})\b", re.I)
NOTED_PMID = re.compile(r"PMID:? *(\d{1,8})\b", re.I)
LOOKS_LIKE_ENTRY = re.compile(r"@\w+\s*[{(]|^\s*[A-Za-z][\w-]*\s*=\s*[{\"]", re.M)
GROUP = re.compile(r"\{[^{}]*\}")
HIDDEN, SHOWN = str.maketrans(",;", "\ue000\ue001"), str.maketrans("\ue000\ue001", ",;")
NAME_PART = re.compile(r"\b(family|given|prefix|suffix)\s?=\s?([^,=]+)", re.I)
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
    for stretch in stretches(source.lines()):
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
    for _number, line in source.lines():
        if "crossref" in line or "CROSSREF" in line or "Crossref" in line or "CrossRef" in line:
            found = re.search(r"crossref\s*=\s*[{\"]\s*([^{}\"]+?)\s*[}\"]", line, re.I)
            if found and len(wanted) < MOST_PARENTS:
                wanted.add(found.group(1).lower())
    if not wanted:
        return {}
    found_parents, macros = {}, dict(MONTHS)
    for stretch in stretches(source.lines()):
        if stretch.kind == "string":
            define(stretch, macros)
        elif stretch.kind and stretch.kind not in COMMAND:
            parent = entry(stretch, macros)
            if parent.key.lower() in wanted:
                values = _values(parent)
                found_parents[parent.key.lower()] = {n: values[n] for n in (*INHERITED, "title") if n in values}
    return found_parents


def _values(taken: Entry) -> dict[str, list[str]]:
    """Each field's values by its name in lower case; empty ones are absence."""
    values: dict[str, list[str]] = {}
    for name, _verbatim, value, _line in taken.rows:
        if value := value.strip():
            values.setdefault(name.lower().replace("_", "-").replace(" ", "-"), []).append(value)
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
    while _one_group(value):
        value = value[1:-1]
    if "{" in value:  # what stands in braces stays together
        value = GROUP.sub(lambda found: found.group(0).translate(HIDDEN), value)
    words = latex.plain(" ".join(value.split()))
    several = ";  " in value and "\n" not in value
    parts = re.split((r" ?; ?|, " if several else r" ?; ?") if ";" in words else r" ?, ?", words)
    return [part.translate(SHOWN) for part in parts]


def _titles(draft: Draft, kind: str, values: dict[str, list[str]]) -> None:
    """The title with its subtitle; the journal or book that the work stands in. A book's own title is no journal."""
    if kind == "inreference" and "lista" in values:  # biblatex-chicago: lista is the entry, title the work of reference
        values = values | {"title": values["lista"], "booktitle": values.get("title", [])}
    title, subtitle = (" ".join(values.get(name, [""])[0].split()) for name in ("title", "subtitle"))
    title = latex.plain(title)
    if subtitle and title:
        title = f"{title}{'' if title.endswith((':', '?', '!', '.')) else ':'} {latex.plain(subtitle)}"
    addon = latex.plain(" ".join(values.get("titleaddon", [""])[0].split()))
    draft.add("title", ". ".join(filter(None, (title or latex.plain(subtitle), addon))))
    for name in JOURNAL:
        for value in values.get(name, ()):
            said = latex.plain(" ".join(value.split()))
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


def people(value: str) -> list[str | dict[str, str]]:
    """The names of an author field: "Family, Given" or as stated, groups in braces as {"literal": name}."""
    if not AND.search(value) and DOUBLE_BLANK.search(value):  # SciELO: Family, Given,  Family, Given
        value = DOUBLE_BLANK.sub(" and ", value)
    value = " ".join(value.split()).removesuffix(" and")
    if value.startswith("{") and value.endswith("}") and AND.search(value):
        inner = value[1:-1]  # a list wholly in a second pair of braces is still a list if every part has a comma
        if "{" not in inner and "}" not in inner and all("," in part for part in AND.split(inner)):
            value = inner
    return [name for part in _apart(value) if (name := _person(part))]


def _apart(value: str) -> list[str]:
    """The names of a list apart at each "and" outside braces."""
    if "{" not in value:
        return AND.split(value)
    parts, depth, start = [], 0, 0
    for found in AND_OR_BRACE.finditer(value):
        mark = found.group(0)
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif depth <= 0:
            parts.append(value[start : found.start()])
            start = found.end()
    return [*parts, value[start:]]


def _person(part: str) -> str | dict[str, str]:
    """One name. BibTeX's rules: braces hold words together, words in small letters begin the family name."""
    part = part.strip(" ,;")
    if _one_group(part) and not latex.plain(part[:3]).startswith("\\"):
        return {"literal": latex.plain(part)}
    if part.endswith("}") and "," not in part and (family := _last_group(part)):  # Hans {van Halen Smith}
        return f"{latex.plain(family)}, {latex.plain(part[: -len(family)].strip())}"
    if "family=" in part.replace(" ", ""):
        return _by_parts(part)
    name = " ".join(latex.plain(part).split())
    pieces = [piece.strip() for piece in name.split(",")]
    if len(pieces) == 3 and SUFFIX.fullmatch(pieces[1]) and pieces[2]:
        return f"{pieces[0]}, {pieces[2]}, {pieces[1]}"  # Family, Jr, Given
    if AND.search(name):
        return {"literal": name}
    if len(pieces) > 1 or CORPORATE.search(name):
        return name
    words = re.sub(r" \d{4}$", "", name).split()  # DBLP numbers people of the same name
    small = next((at for at, word in enumerate(words[:-1]) if word[0].islower()), 0)
    return f"{' '.join(words[small:])}, {' '.join(words[:small])}" if small else " ".join(words)


def _by_parts(part: str) -> str:
    """BibLaTeX's extended format: given=Hans, prefix=van, family=Halen, suffix=Jr."""
    said = {name.lower(): latex.plain(value).strip(' "') for name, value in NAME_PART.findall(part)}
    family = " ".join(filter(None, (said.get("prefix"), said.get("family"))))
    return ", ".join(filter(None, (family, said.get("given"), said.get("suffix"))))


def _last_group(part: str) -> str:
    """The family name that stands in braces at the end of a name, or nothing where the braces hold anything else."""
    depth = 0
    for at in range(len(part) - 1, 0, -1):
        depth += (part[at] == "}") - (part[at] == "{")
        if depth == 0:
            family = part[at:]
            other = part[at - 1] != " " or family.startswith("{\\") or SUFFIX.fullmatch(family.strip("{}"))
            return "" if other else family
    return ""


def _one_group(part: str) -> bool:
    """Whether a name stands wholly in one pair of braces: a group, or a name that is never turned round."""
    if not (part.startswith("{") and part.endswith("}")) or part.startswith("{\\"):
        return False
    depth = 0
    for at, character in enumerate(part):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return at == len(part) - 1
    return False
