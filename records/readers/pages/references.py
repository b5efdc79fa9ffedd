"""Takes one reference apart: authors, title, where it stands. Only what the usual styles separate safely; the rest stays empty.

In: the text of one reference in one line. Out: fields and whether the parts are sure.
"""

import re
from collections.abc import Iterator

from records.readers.pages import people, source_line

DOI = re.compile(r"(?<!\d)10\.\d{4,9}/(?:[^\s\"<>，。；）⟩|\\{}]|<\d+:[^\s\"<>]*>(?=\d))+", re.I)
NUMBER = re.compile(r"^\s*(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.)、]|\d{1,4}\t|[•●▪*-])\s*")
PMID = re.compile(r"\bPMID\s*[:：]?\s*(\d{5,9})", re.I)
PMCID = re.compile(r"\b(PMC\d{4,9})\b")
SITE = re.compile(
    r"\s*(?:\[(?:CrossRef|PubMed|Google Scholar|DOI|PMC free article|Link|Web of Science)\]\s*)+.*$|(?:\s+(?:CrossRef|PubMed|Google Scholar|Medline))+\s*$",
    re.I,
)
# One author of a list, "Ames, A. B.", and what stands before the next one.
AUTHOR = re.compile(r"[^\W\d_][^\W\d_]*(?:['’ -][^\W\d_]+){0,3}, (?:[^\W\d_a-zß-ÿ]\.[ -]?){1,4}")
BETWEEN = re.compile(r"\s*(?:[,;]\s*(?:and |& |… ?)?|and |& )")
OTHERS = re.compile(r"[,;]?\s*et al\.?\s*")
# "Ames A, Cole B. Title": the first full stop ends the authors, who have none.
VANCOUVER = re.compile(r"^(?P<authors>[^.:?!()]{3,1500}?(?:, et al)?)[.:]\s*(?P<rest>\D.+)$")
APA = re.compile(
    r"^(?P<authors>[^()]{3,1500}?),?\s*\((?P<year>1[5-9]\d\d|20\d\d)[a-z]?(?:,[^()]{1,25})?\)[.,:]?\s*(?P<rest>.+)$"
)
HAN = re.compile(
    r"^(?P<authors>[\u3400-\u9fff·]{2,8}(?:[,，、; ]+[\u3400-\u9fff·]{2,8})*(?:[,，]?\s*等)?)\s*[.．。]\s*(?P<rest>.+)$"
)
# "Title[J]. Journal, ..." ; "'Title', Journal, ..." ; "Title. Journal ..."
GB = re.compile(r"^(?P<title>.+?)\s*\[[JCMDNRPA](?:/OL)?\]\s*[.．。]?\s*(?P<source>.*)$")
QUOTED = re.compile(r"^[‘“\"'](?P<title>.{5,400}?)[,.]?[’”\"'][,.]?\s+(?P<source>.+)$")
BREAK = re.compile(r"(?<=[^\s.][.?!。])\s+(?=[^\W_])|(?<=[\u3400-\u9fff])[.．。]\s*(?=[\u3400-\u9fff])")


def bare(text: str) -> str:
    """A reference without its number, the site's buttons and double blanks."""
    return SITE.sub("", NUMBER.sub("", " ".join(text.split()), count=1)).strip()


def doi(text: str) -> str:
    """The only DOI of a text; "" where there is none or where there are several."""
    found = list(dict.fromkeys(trimmed(each).casefold() for each in DOI.findall(text)))
    first = DOI.search(text)
    return trimmed(first.group(0)) if first and len(found) == 1 else ""


def trimmed(text: str) -> str:
    """A DOI without the punctuation of the sentence round it."""
    text = text.rstrip(".,;:'\"]}>’”")
    while text.endswith(")") and text.count("(") < text.count(")"):
        text = text[:-1].rstrip(".,;:")
    return text


def reference(text: str) -> dict[str, object]:
    """What one reference states: "authors" (a list), "more", "title", "year", "journal", "volume", "issue", "pages", "doi", "pmid"."""
    line = bare(text)
    out: dict[str, object] = {}
    if stated := doi(line):
        out["doi"] = stated
    if found := PMID.search(line):
        out["pmid"] = found.group(1)
    if found := PMCID.search(line):
        out["pmcid"] = found.group(1)
    if len(line) <= 2500:
        out |= _parts(line)
    return out


def _parts(line: str) -> dict[str, object]:
    for authors, year, rest in _begun(line):
        given, more = people.split(authors, stated=True)
        title, source = _title(rest) if given else ("", {})
        if not title:
            continue
        out: dict[str, object] = {"authors": given, "more": more, "title": title}
        out |= source
        if year:
            out["year"] = year
        if len(source) > 1 or (year and doi(line)):
            return out
    return {}


def _begun(line: str) -> Iterator[tuple[str, str, str]]:
    """The ways in which a reference may begin: (authors, year, what follows)."""
    if found := APA.match(line):
        yield found.group("authors").strip(" ,"), found.group("year"), found.group("rest")
    if found := HAN.match(line):
        yield found.group("authors"), "", found.group("rest")
    place = end = 0
    while found := AUTHOR.match(line, place):
        end = found.end()
        between = BETWEEN.match(line, end)
        place = between.end() if between else end
        if not between:
            break
    if end:
        others = OTHERS.match(line, end)
        rest = line[others.end() if others else end :].strip()
        if rest and not rest[0].islower():
            yield line[: others.end() if others else end].strip(), "", rest
    if found := VANCOUVER.match(line):
        yield found.group("authors"), "", found.group("rest")


def _title(rest: str) -> tuple[str, dict[str, str]]:
    """The title and where it stands; ("", {}) where they cannot be told apart."""
    for shape in (GB, QUOTED):
        if found := shape.match(rest):
            source = found.group("source")
            return found.group("title").strip(" .,"), source_line.parse(source) or source_line.parts(source)
    places = [found.start() for found in BREAK.finditer(rest)][:40]
    for place in places:  # the first break behind which a citation stands
        if stated := source_line.parse(rest[place:].lstrip(" .．。")):
            title = rest[:place].strip(" .．。")
            return (title, stated) if _is_title(title) else ("", {})
    return "", {}


def _is_title(text: str) -> bool:
    return 8 <= len(text) <= 400 and (len(text.split()) >= 2 or bool(re.search(r"[\u3400-\u9fff]{4}", text)))
