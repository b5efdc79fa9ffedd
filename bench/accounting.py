"""Whether everything in a dump is accounted for: what "nothing is lost" means for each family of formats, line by line.

A line counts as accounted for where it is blank, lies between the first and last line of a draft or of a rejected stretch,
or is named by a notice. A notice names its own line; one that says what stands outside the entries (OUTSIDE) names the
whole stretch that begins there, up to the next thing named. What else may stand in a file without being an entry:

- tagged files (RIS, nbib, Web of Science, Ovid, RefWorks, EndNote): the heads and end marks of exports, an end mark
  without an entry, and the number of the next entry;
- BibTeX: lines of comment, closed commands (@string, @comment, @preamble) and punctuation between entries;
- tables: the header, rows without anything in a cell, and a spreadsheet's `sep=`;
- XML that is well formed: what is in no element that the format calls an entry is its wrapper. From the first fault on,
  which a notice names, all text outside entries counts, and only lines of markup may stand there;
- JSON: punctuation, and the wrapper round the entries: all of it as long as the whole is sound JSON; in a damaged one short
  values, where a notice says what stands beside the entries;
- pages (text copied from a site): everything but the papers they list, since most of a page is the site's own: a line that
  begins an entry of a numbered list must be within one;
- archives and workbooks: their lines are those of their members, so only that something comes out is asked.
"""

import json
import re
from collections.abc import Iterable

from records.readers import READERS, Draft, Notice, Rejected, Source, Yielded, bibtex_syntax, is_page, table, wos_tab

FURNITURE = " \t\xa0\ufeff" + "".join(map(chr, range(32)))  # control characters say nothing
OUTSIDE = (
    "the file begins with", "words outside any entry", "words above the first entry", "above the first entry stands", "outside any entry stands",
    "above the header", "columns kept as they are", "beside the entries stands", "@comment is not", "@string is not", "@preamble is not",
)  # fmt: skip
TABLES = {"csv", "embase_csv", "wos_tab"}
XML = {"endnote_xml", "pubmed_xml", "crossref_xml", "mods", "rdf"}
JSON = {each.NAME for each in READERS if each.NAME.endswith("json")}
PAGES = {each.NAME for each in READERS if is_page(each)}
NUMBERED = {"wos_mirror_cn", "several_pages_in_one_file"}  # their lists bear numbers; elsewhere affiliations may
ARCHIVES = {"xlsx", "zip"}
CHROME = {
    "ris": re.compile(r"ER[\W_]*|EF|<?\d{1,7}\.?>?"),
    "wos": re.compile(r"(?:FN|VR|EF|ER)(?:[ \t\xa0].*)?"),
}
PUNCTUATION = re.compile(r"[\W_]*")
COMMENT = re.compile(r"\s*%|\s*@comment", re.I)
MARKUP = re.compile(
    r"<!--.*?-->|<!\[CDATA\[|\]\]>|<[^<>]*>|<[^<>]*\Z|\A[^<>]*>|<[?!/]?[\w:.-]*(?=<)|<![A-Z][^<>\n]*$", re.S | re.M
)
TORN = re.compile(
    r"<\?xml.*|\s*<[\w:]+\s*$|[^<>\n]{0,40}>|[\w:.\s-]*(?:\s*[\w:]+=\"[^\"]*\")+\s*[/?]?>?"
)  # what is left of a damaged tag
SHORT = re.compile(r'\s*"[^"]{1,40}"\s*:\s*(?:[\d.]+|"[^"]{0,60}"|true|false|null|[{\[]*)\s*,?\s*')
LISTED = re.compile(r"\s*\[\d+\]\s*\S")


def unaccounted(name: str, data: bytes, found: Iterable[Yielded]) -> list[tuple[int, str]]:
    """The lines of a dump, read by the reader of that name, which nothing that came out speaks of."""
    found = list(found)
    if name in ARCHIVES:
        return []
    lines = dict(Source.of(data).lines())
    left = {number: line for number, line in lines.items() if line.strip(FURNITURE).strip()}
    notices = [each for each in found if isinstance(each, Notice)]
    ranges = sorted(each.lines for each in found if isinstance(each, Draft | Rejected))
    ends = sorted({first for first, _last in ranges} | {each.line for each in notices} | {max(lines, default=0) + 1})
    named = [(each.line, each.line) for each in notices]
    named += [(each.line, _before(ends, each.line)) for each in notices if each.text.startswith(OUTSIDE)]
    _take_off(left, [*ranges, *named, *_wrapper(name, data, ranges, notices)])
    if name in XML:  # a tag may have several lines
        bare = MARKUP.sub(lambda mark: "\n" * mark.group(0).count("\n"), "\n".join(lines.values())).split("\n")
        left = {
            number: line
            for number, line in left.items()
            if PUNCTUATION.sub("", TORN.sub("", bare[number - 1])).strip(FURNITURE).strip()
        }
    if name in JSON and any("beside the entries" in each.text for each in notices):
        left = {number: line for number, line in left.items() if not SHORT.fullmatch(line)}
    marks = 0  # quotation marks of the header so far; an odd number means that it goes on
    for number, line in sorted(left.items()):
        if _chrome(name, line):
            del left[number]
        elif (not marks and _header(name, line)) or marks % 2:
            del left[number]
            marks += line.count('"') + 2 * (not marks)
    if name in JSON and left and _sound("\n".join(lines.values())):
        return []
    return sorted(left.items())


def _take_off(left: dict[int, str], ranges: list[tuple[int, int]]) -> None:
    """Drop the lines that lie in any of these ranges."""
    ranges = sorted(ranges)
    place, reach = 0, 0
    for number in sorted(left):
        while place < len(ranges) and ranges[place][0] <= number:
            reach = max(reach, ranges[place][1])
            place += 1
        if number <= reach:
            del left[number]


def _before(ends: list[int], line: int) -> int:
    """The last line of a stretch that begins at this one: the line before the next thing named."""
    return next((end for end in ends if end > line), line + 1) - 1


def _wrapper(name: str, data: bytes, ranges: list[tuple[int, int]], notices: list[Notice]) -> list[tuple[int, int]]:
    """Stretches of lines that belong to the file as a whole."""
    if name == "bibtex":
        commands = (each for each in bibtex_syntax.stretches(Source.of(data)) if each.kind in bibtex_syntax.COMMAND)
        return [(each.first, each.last) for each in commands if each.closed]
    if name in XML:
        fault = next((each.line for each in notices if each.text.startswith("not well formed")), 0)
        done = max((last for _first, last in ranges if last <= fault), default=0)
        return [(1, done if fault else 1 << 30)]
    return []


def _header(name: str, line: str) -> bool:
    """Whether a line of a table names its columns; only the first such line may."""
    cells = [cell for mark in ",;\t|" for cell in line.split(mark)]
    return name == "csv" and len(table._known(cells)) >= 2


def _chrome(name: str, line: str) -> bool:
    """Whether a line may stand outside every entry of this format without being named."""
    bare = line.strip(FURNITURE).strip()
    if name in CHROME:
        return bool(CHROME[name].fullmatch(bare))
    if name in TABLES:
        return not PUNCTUATION.sub("", line) or bare.startswith("sep=") or bool(wos_tab._header(line))
    if name == "bibtex":
        return bool(COMMENT.match(line)) or not PUNCTUATION.sub("", line)
    if name in JSON:
        return not PUNCTUATION.sub("", line)
    return name in PAGES and not (name in NUMBERED and LISTED.match(line))


def _sound(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
