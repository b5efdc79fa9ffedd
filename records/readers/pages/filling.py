"""From the sorted lines of a page to a draft, and how sure each field is.

A label, an identifier and a citation line are sure; the title and the authors by their place on the page are a guess.
What is not clearly stated stays empty.
"""

import re
from dataclasses import dataclass, field

from records.readers.base import Draft
from records.readers.pages import heads, people, source_line
from records.readers.pages.page import chinese
from records.readers.pages.references import DOI, PMCID, PMID, reference, trimmed
from records.readers.pages.sorting import Line, Sorted

NAMES = {"title": "the title", "authors": "the authors", "year": "the year", "journal": "the journal", "doi": "the DOI",
         "abstract": "the abstract"}  # fmt: skip
SOURCES = re.compile(r"\s*[(（](?:fuente|source|fonte|quelle)\s*:?[^()（）]*[)）]?\s*\.?\s*$", re.I)
# Words beside a DOI that is another paper's.
FOREIGN = re.compile(
    r"\b(?:erratum|corrigend\w+|correct(?:ion|ed)|retract\w*|comment (?:in|on)|update (?:in|of)|republished|reply|in reply|supplement(?:ary|al)|"
    r"data ?set|preprint|peer review|review history|dryad|figshare|zenodo|osf|referred to by|refers to|companion)\b",
    re.I,
)
ID_ONLY = re.compile(
    r"^(?:doi|digital object identifier)?\s*+[:：]?\s*+(?:https?://(?:dx\.)?doi\.org/|doi:)?\s*+(10\.\d{4,9}/\S+)\s*$",
    re.I,
)
DATED = re.compile(
    r"(?:^|[|•·/;,]\s*|\b(?:Accepted|Received|Revised)[^|]{4,30}[|,/]\s*)(?:article\s+)?(?P<word>first published(?: online)?|published(?: online)?|e-?published|available online|publicado(?: en línea| online)?|"
    r"publicação|veröffentlicht|online veröffentlicht|publié(?: en ligne)?|mis(?:e)? en ligne(?: sur [\w. ]{3,30})?|posted)(?:\s*[:：]\s*|\s+)(?P<date>[^|•;]{4,60})",
    re.I,
)
PUBLISHED_IN = re.compile(
    rf"^Published in (?P<journal>.{{3,120}}?),?\s+(?:\d{{1,2}}\s+)?(?:{source_line.MONTH}\s+)?{source_line.YEAR}$", re.I
)
PAGES = re.compile(r"^(?:pages?|páginas?|seiten?)\s*:?\s*(\d{1,6}\s?[-–]\s?\d{1,6})(?=\s*(?:\||$))", re.I)
IMPRINT = re.compile(r"(?:^|[,;\s])(?:\[?c?)(1[5-9]\d\d|20\d\d)\]?$")
TRUNCATED = re.compile(r"(?:…|\.\.\.)\s*(?:(?:show|read|see) more)?$", re.I)


@dataclass(slots=True)
class Filled:
    """A draft with what is sure and what is a guess in it, and whether the page was enough of a record."""

    draft: Draft
    sure: set[str] = field(default_factory=set)
    guessed: set[str] = field(default_factory=set)
    believed: bool = False

    def put(self, name: str, value: object, *, sure: bool = True) -> None:
        """A field's first value, with how sure it is; later ones are not taken."""
        if value and not self.draft.fields.get(name):
            self.draft.add(name, value)
            (self.sure if sure else self.guessed).add(name)

    @property
    def whole(self) -> bool:
        """Whether the page has a title of its own and an abstract or authors: more than a mention of a paper."""
        fields = self.draft.fields
        return (
            "title" in fields
            and bool({"abstract", "authors"} & fields.keys())
            and ("abstract" in fields or "doi" in fields)
        )

    def same_paper(self, other: "Filled") -> bool:
        """Whether two stretches name the same DOI or the same title."""
        mine, theirs = self.draft.fields, other.draft.fields
        if "doi" in mine and "doi" in theirs:
            return str(mine["doi"][0]).casefold() == str(theirs["doi"][0]).casefold()
        return heads.same(str(mine.get("title", [""])[0]), str(theirs.get("title", ["-"])[0]))

    def in_words(self) -> str:
        """How sure the record is, for a person."""
        parts = []
        for group, one, many in ((self.sure, "is sure", "are sure"), (self.guessed, "is a guess", "are a guess")):
            said = [words for name, words in NAMES.items() if name in group]
            plural = len(said) > 1 or said == ["the authors"]
            if said:
                parts.append(f"{_list(said)} {many if plural else one}")
        missing = [words for name, words in NAMES.items() if name not in self.draft.fields]
        if missing:
            parts.append(f"not found: {_list(missing)}")
        return "read from a page without a known layout: " + "; ".join(parts)


def _list(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def fill(page: Sorted) -> Filled:
    """A page's draft. Not `believed` where too little speaks for a record."""
    filled = Filled(Draft(raw=page.raw))
    _identifiers(filled, page)
    _labelled(filled, page)
    cited = _citation_lines(filled, page)
    heads.titles(filled, page, cited)
    heads.authors(filled, page)
    _citations(filled, page)
    _dates(filled, page)
    _abstract(filled, page)
    _keywords(filled, page)
    if page.over:
        words = ", ".join(dict.fromkeys(line for _number, line in page.over[:4]))
        filled.draft.notices.append(f"papers that the page lists below “{words}” were not taken")
    filled.believed = _believed(filled, page)
    return filled


def _believed(filled: Filled, page: Sorted) -> bool:
    """A title, and two of these beside it: an abstract, an identifier, a citation line; or one of them and two weaker signs."""
    fields = filled.draft.fields
    if "title" not in fields:
        return "doi" in fields and "abstract" in fields
    strong = (
        ("abstract" in fields)
        + bool({"doi", "pmid"} & fields.keys())
        + ("volume" in fields or ("journal" in fields and "year" in fields))
    )
    weak = (
        ("keywords" in fields)
        + ("authors" in fields)
        + ("journal" in fields)
        + ("year" in fields)
        + bool({"title", "authors"} <= page.stated.keys())
    )
    if "abstract" in fields and "authors" in fields and len(str(fields["abstract"][0])) >= 60:
        strong += bool(filled.sure & {"title"}) and bool(weak)
    enough = strong >= 2 or (strong == 1 and weak >= 2) or (weak >= 4)
    if not enough and "abstract" in fields and len(page.head) <= 4:  # a title and, below the word, a whole abstract
        labelled = any(tag == "abstract" and said == "abstract" for tag, said, _line in page.raw)
        return labelled and len(str(fields["abstract"][0])) >= 200
    return enough and ("abstract" in fields or not _references(page))


def _references(page: Sorted) -> bool:
    """Whether the head is a list of references rather than the head of one paper."""
    long = [line for _number, line in page.head[:40] if len(line) > 60]
    return sum("title" in reference(line) for line in long) >= 2


def _identifiers(filled: Filled, page: Sorted) -> None:
    """DOI, PMID and PMCID of this paper: labelled or alone on a line first; two different ones of equal standing are none."""
    weights: dict[str, int] = {}
    spelled: dict[str, str] = {}
    lines = [*page.head, *page.about]
    for rank, rows in ((3, page.stated.get("doi", [])), (2, [*page.stated.get("citation", [])]), (1, lines)):
        for number, line in rows:
            alone = ID_ONLY.match(line)
            for each in DOI.findall(line) if not FOREIGN.search(line) and number not in page.late else []:
                bare = trimmed(each)
                spelled.setdefault(bare.casefold(), bare)
                weight = 3 if alone or rank == 3 or re.match(r"^.{0,40}\bdoi\b", line, re.I) else rank
                weights[bare.casefold()] = max(weights.get(bare.casefold(), 0), weight)
    best = [doi for doi, weight in weights.items() if weight == max(weights.values())]
    if len(best) == 1:
        filled.put("doi", spelled[best[0]])
    for name, shape, kind in (("pmid", PMID, "pmid"), ("pmcid", PMCID, "pmcid")):
        given = [value for _number, value in page.stated.get(kind, [])]
        found = {
            each
            for line in given
            for each in re.findall(r"PMC\d+|\b\d{5,9}\b", line)[:1]
            if name == "pmcid" or each.isdecimal()
        }
        found = found or {
            each
            for number, line in [*lines, *page.stated.get("pmid", [])]
            if number not in page.late
            for each in shape.findall(line)
        }
        if len(found) == 1:
            filled.put(name, found.pop())


def _labelled(filled: Filled, page: Sorted) -> None:
    """What stands under a label of its own."""
    stated = page.stated
    titles = [value for _number, value in stated.get("title", [])]
    for value in titles[:1]:
        filled.put("title", value)
    for value in [*titles[1:], *(value for _number, value in stated.get("alt_title", []))]:
        if not heads.same(value, titles[0] if titles else ""):
            filled.draft.add("alt_titles", {"title": value, "language": "zh" if chinese(value) else ""})
    _people(filled, stated.get("authors", []))
    for _number, value in stated.get("journal", []):
        found = source_line.parse(value)
        for name, part in found.items():
            filled.put(name, part)
        if not found and len(value) < 160 and not re.fullmatch(r"[\d\W]+", value):
            filled.put("journal", value.strip("《》 ,;"))
    for name, shape in (
        ("volume", r"\w[\w .-]{0,20}"),
        ("issue", r"\w[\w .()/-]{0,25}"),
        ("pages", r"[\w.]{1,14}(?:\s*[-–—+,/]\s*[\w.]{1,14})*"),
    ):
        for _number, value in stated.get(name, []):
            both = source_line.parts(f"Volume {value}") if name == "volume" and not value.isalnum() else {}
            if re.fullmatch(shape, value) and re.search(r"\d|[IVXLC]", value) and not both.get("issue"):
                filled.put(name, value)
            for part, said in both.items() if both.get("issue") else ():
                filled.put(part, said)
    for _number, value in stated.get("year", []):
        if year := re.match(r"^\D{0,3}(1[5-9]\d\d|20\d\d)(?!\d)", value):
            filled.put("year", year.group(1))
    for name in ("language", "type", "issn", "publisher"):
        for _number, value in stated.get(name, [])[:1]:
            if len(value) < 100:
                filled.draft.add(name, value)
    for _number, value in stated.get("affiliations", []):
        filled.draft.add("affiliations", value)


def _people(filled: Filled, rows: list[Line]) -> None:
    for _number, value in rows:
        found, more = people.split(value, stated=True)
        for each in found:
            filled.draft.add("authors", people.value(each))
        if more:
            filled.draft.add("authors_incomplete", True)
        if not found and filled.draft.fields.get("authors"):
            break
    if filled.draft.fields.get("authors"):
        filled.sure.add("authors")


def _citation_lines(filled: Filled, page: Sorted) -> set[int]:
    """The numbers of head lines that say where the paper stands; their parts go into the draft."""
    used: set[int] = set()
    whole: dict[str, str] = {}
    partial: dict[str, str] = {}
    names: list[Line] = []  # lines above a volume that may be the journal's name
    rows = [row for row in page.head if row[0] not in page.late]
    for place, (number, line) in enumerate(rows):
        if found := PUBLISHED_IN.match(line):
            parsed = {"journal": found.group("journal"), "year": found.group("year")}
        else:
            parsed = source_line.parse(line) if len(line) <= 600 and not FOREIGN.search(line) else {}
        if parsed:
            used.add(number)
            whole = whole or parsed
        elif len(line) <= 120 and (parts := source_line.parts(line)) and ("volume" in parts or "issue" in parts):
            used.add(number)
            partial = partial or parts
            above = rows[place - 1] if place else (0, "")
            if above[0] and heads.journal_like(above[1]):
                names.append(above)
    said = [line.casefold() for _number, line in rows]
    if len({line.casefold() for _number, line in names}) > 1:  # a menu's line, perhaps: the journal stands there twice
        names = [row for row in names if said.count(row[1].casefold()) > 1]
    if partial and len({line.casefold() for _number, line in names}) == 1:
        partial = {"journal": names[0][1].strip(" ,;")} | partial
        used |= {number for number, line in rows if line.casefold() == names[0][1].casefold()}
    _consistent(filled, whole, partial)
    for _number, line in rows if "volume" in filled.draft.fields else ():
        if found := PAGES.match(line):
            filled.put("pages", found.group(1))
    for _number, value in page.stated.get("citation", []):
        parsed = source_line.parse(value) or (source_line.parts(value) if len(value) < 60 else {})
        _consistent(filled, parsed, {})
    return used


def _consistent(filled: Filled, whole: dict[str, str], partial: dict[str, str]) -> None:
    """The parts of one citation, and of a second one that contradicts it nowhere."""
    if any(whole.get(name, value) != value for name, value in partial.items() if name != "journal"):
        partial = {}
    for name, value in [*whole.items(), *partial.items()]:
        filled.put(name, value)


def _citations(filled: Filled, page: Sorted) -> None:
    """Whole references of this very paper ("Cite this article"): they end with where it stands."""
    title = str(filled.draft.fields.get("title", [""])[0])
    own = str(filled.draft.fields.get("doi", [""])[0]).casefold()
    for _number, line in [*page.stated.get("citation", []), *page.about, *page.head]:
        if not 30 <= len(line) <= 2500 or FOREIGN.search(line[:60]):
            continue
        at = heads.place(title, line) if title else -1
        if at >= 0:
            behind = line[at:].lstrip(" .,;:”\"’'?!")
            behind = re.sub(r"^\[[A-Z/]{1,4}\]\s*[.．]?\s*", "", behind)
            for name, value in source_line.behind_a_title(behind).items():
                filled.put(name, value)
            found = re.search(
                r"\((1[5-9]\d\d|20\d\d)[a-z]?(?:,[^()]{1,25})?\)\W*$", line[: max(0, at - len(title))].rstrip() + ""
            )
            if found and source_line.behind_a_title(behind):
                filled.put("year", found.group(1))
        elif not title or (own and own in line.casefold()):
            found_in = reference(line)
            if "title" in found_in and (not title or not page.head):
                for name in ("title", "year", "journal", "volume", "issue", "pages"):
                    filled.put(name, found_in.get(name))
                title = str(filled.draft.fields.get("title", [""])[0])


def _dates(filled: Filled, page: Sorted) -> None:
    """The year from a date that is called the publication's; from no other date."""
    if filled.draft.fields.get("year"):
        return
    dates: list[tuple[bool, str]] = []
    for _number, value in page.stated.get("date", []):
        year = source_line.year_of_date(value)
        imprint = IMPRINT.search(value) if not year and len(value) < 120 and ":" in value else None
        dates.append((False, year or (imprint.group(1) if imprint else "")))
    for number, line in [*page.head, *page.about]:
        if number not in page.late and len(line) < 400:
            for found in DATED.finditer(line):
                online = "online" in found.group("word").casefold()
                dates.append((online, source_line.year_of_date(found.group("date"))))
    for tag, line, _number in page.raw:
        if tag == "history" and (later := DATED.search(line)):
            dates.append((True, source_line.year_of_date(later.group("date"))))
    for _online, year in sorted((date for date in dates if date[1]), key=lambda date: date[0])[:1]:
        filled.put("year", year)


def _abstract(filled: Filled, page: Sorted) -> None:
    """The first abstract; a second one, in another language, stays among the raw lines."""
    if not page.abstracts:
        return
    rows = page.abstracts[0]
    text = ""
    for _number, line in rows:
        joint = " " if text and heads.is_heading(text.rsplit("\n", 1)[-1]) else "\n" if text else ""
        text += joint + line
    if len(text) < 40 and not chinese(text):
        return
    filled.put("abstract", text)
    if TRUNCATED.search(text[-30:]):
        filled.draft.add("abstract_truncated", True)
    if len(page.abstracts) > 1:
        filled.draft.notices.append(
            "the page has more than one abstract; the first was taken, the others are kept as text"
        )


def _keywords(filled: Filled, page: Sorted) -> None:
    found: list[str] = []
    for rows in page.keywords:
        for _number, value in rows:
            text = SOURCES.sub("", value).strip(" .。")
            marks = r"[;；|•·]" if re.search(r"[;；|•·]", text) else r"[,，、]" if len(rows) == 1 else r"[;；]"
            found += [each.strip(" .,;。") for each in re.split(marks, text)]
    for each in dict.fromkeys(filter(None, found)):
        if len(each) <= 120:
            filled.put("keywords", each) if "keywords" not in filled.draft.fields else filled.draft.add(
                "keywords", each
            )
