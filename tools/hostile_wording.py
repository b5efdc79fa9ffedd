"""What the manifest of hostile files says must and must not be, as checks: a pattern of its words, and a function.

A check takes a `Case` (what came of one file) and gives "" or what is wrong. Words without a check are counted as such by
`conformance_hostile.py`: they speak of pages and features that an upload alone does not show.
"""

import ast
import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
RUNNING = re.compile(r"(?:on\w+|hx-\w+.*|data-hx-.*)", re.I)
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Text in these turns nothing around it: by their nature, or by a rule of static/css/base.css.
ISOLATING = {"bdi", "title", "textarea", "option", "pre", "a", "strong", "cite", "td", "dd"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
Row = dict[str, Any]


class Case:
    """What came of one file: the dump's row, its records, and ways to look at pages."""

    def __init__(self, entry: Row, site: Any, review: int, dump: Row | None, answer: str) -> None:
        self.entry, self.site, self.review, self.dump, self.answer = entry, site, review, dump, answer
        self.records: list[Row] = site.rows("records_record", dump_id=dump["id"]) if dump else []
        self.sent: dict[str, str] = {}  # pages, by their places
        self.rejected: list[Row] = site.rows("records_rejectedstretch", dump_id=dump["id"]) if dump else []

    def count(self, table: str) -> int:
        """How many rows of a table belong to the review."""
        return len(self.site.rows(table, library_id=self.review))

    def works(self) -> int:
        """Works that hold a record."""
        return len({record["work_id"] for record in self.site.rows("records_record", library_id=self.review)})

    def page(self, place: str) -> str:
        """A page of the review, as it is sent."""
        return self.site.get(f"/reviews/{self.review}/{place}").text

    def intake(self) -> str:
        """The page that says what became of the file; the answer to the upload where there is no dump."""
        return self.page(f"dumps/{self.dump['id']}/") if self.dump else self.answer

    def places(self) -> list[str]:
        """The pages on which the first few records show."""
        works = list(dict.fromkeys(record["work_id"] for record in self.records))[:12]
        source = [f"dumps/{self.dump['id']}/source/?record={record['id']}" for record in self.records[:2] if self.dump]
        stretches = [f"stretches/{each['id']}/" for each in self.rejected[:2]]
        always = ["library/", "library/?list=records", "import/", "duplicates/", "screen/title-abstract/"]
        return [*always, *source, *stretches, *(f"works/{work}/" for work in works)]

    def pages(self) -> list[str]:
        """Those pages as they are sent, and the intake page first; asked for once."""
        if not self.sent:
            self.sent = {"intake": self.intake(), **{place: self.page(place) for place in self.places()}}
        return list(self.sent.values())

    def sizes(self) -> list[tuple[str, int]]:
        """Each of those pages with its bytes."""
        self.pages()
        return [(place, len(page.encode())) for place, page in self.sent.items()]

    def says(self, *words: str) -> str:
        """Whether the intake page, or the answer to the upload, says one of these words."""
        page = self.intake().casefold()
        return "" if any(word.casefold() in page for word in words) else f"the page does not say {' or '.join(words)}"

    def notices(self) -> list[str]:
        """What the dump and its records say in notices."""
        said = [each["text"] for each in json.loads(self.dump["notices"])] if self.dump else []
        return said + [each for record in self.records for each in json.loads(record["notices"])]

    def apart(self) -> str:
        """Whether no two records were joined."""
        wrong = len(self.records) - self.works()
        return f"{wrong} of {len(self.records)} records were joined" if wrong else ""


class Markup(HTMLParser):
    """Collects what would run, or lead elsewhere, in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if RUNNING.fullmatch(name) and re.search(r"alert|logout|/delete/|js:", value):
                self.found.append(f"{tag} {name}={value[:60]}")
            if name in ("href", "src", "action") and re.search(
                r"evil\.invalid|^\s*(?:javascript|data|vbscript|file):", value, re.I
            ):
                self.found.append(f"{tag} {name}={value[:60]}")
        if tag in ("base", "iframe", "object", "embed") or (
            tag == "script" and "src" not in given and "type" not in given
        ):
            self.found.append(tag)
        if tag == "a":
            self.links.append((given.get("href", ""), given))


def running(case: Case) -> str:
    """Whether anything in the file would run in a page."""
    for page in case.pages():
        looked = Markup()
        looked.feed(page)
        if looked.found:
            return f"in a page: {looked.found[0]}"
    return ""


def links(case: Case) -> str:
    """Whether only http and https lead out, without telling where from."""
    for page in case.pages():
        looked = Markup()
        looked.feed(page)
        for href, given in looked.links:
            if re.match(r"\w+:", href) and not href.startswith(("http://", "https://", "mailto:")):
                return f"a link leads to {href[:60]}"
            if href.startswith("http") and "127.0.0.1" not in href and "noopener" not in given.get("rel", ""):
                return f"a link out says no rel=noopener: {href[:60]}"
    return ""


def title(case: Case, wanted: str) -> str:
    """Whether the first record has this title."""
    said = case.records[0]["title"] if case.records else None
    return "" if said == wanted else f"the title reads {said!r}"


def dois(case: Case) -> str:
    said = [record["doi"].casefold() for record in case.records]
    return "" if len(set(said[:4])) == 1 and said[0] else f"the first four are {said[:4]}"


def no_dois(case: Case) -> str:
    stated = {raw[1]: record["doi"] for record in case.records for raw in json.loads(record["raw"]) if raw[0] == "DO"}
    wrong = [value for value in ("N/A", "null", "-") if stated.get(value)]
    return f"a DOI was made of {wrong}" if wrong else ""


def doi_links(case: Case) -> str:
    for page in case.pages():
        looked = Markup()
        looked.feed(page)
        wrong = [
            href for href, _given in looked.links if "10.1" in href and not href.startswith(("https://doi.org/", "/"))
        ]
        if wrong:
            return f"a DOI leads to {wrong[0][:60]}"
    return ""


def years(case: Case) -> str:
    """Odd years are empty, what can be read is read, and the value stands in raw."""
    for record in case.records:
        stated = " ".join(value for tag, value, _line in json.loads(record["raw"]) if tag == "PY")
        if record["year"] and not 1500 <= record["year"] <= 2100:
            return f"{stated!r} became {record['year']}"
        if (
            stated in ("99999999999", "-1", "0", "two thousand", "20l9", "1e400", "NaN", "0000-00-00")
            and record["year"]
        ):
            return f"{stated!r} became {record['year']}"
    return ""


def control(case: Case) -> str:
    """Both records are there, without the byte, and something is said about it."""
    if len(case.records) != 2:
        return f"{len(case.records)} records"
    return f"a control character in {case.records[0]['title']!r}" if CONTROL.search(case.records[0]["title"]) else ""


def replaced(case: Case) -> str:
    """No replacement character stands in a title without a word about it."""
    if any("\ufffd" in record["title"] for record in case.records) and not case.notices():
        return "U+FFFD in a title, and nothing is said about it"
    return ""


def encoded(case: Case, wanted: str) -> str:
    """The title is right, or the page names the encoding it was read in."""
    if case.records and case.records[0]["title"].rstrip(".") == wanted.rstrip("."):
        return ""
    return case.says(f"({case.dump['encoding']})") if case.dump else "no dump"


def one_group(case: Case) -> str:
    return "" if case.works() == 1 or case.count("records_match") else "neither joined nor asked about"


def unknown_tags(case: Case) -> str:
    raw = {tag for tag, _value, _line in json.loads(case.records[0]["raw"])} if case.records else set()
    if not raw >= {"ZZ", "Q9"}:
        return "not in raw"
    said = case.page("export/works.ris")
    return "" if re.search(r"^ZZ  - x", said, re.M) and re.search(r"^Q9  - y", said, re.M) else "not in an export"


def cells(case: Case) -> str:
    """No cell of an exported table begins as a formula does."""
    for cell in (cell for row in csv.reader(io.StringIO(case.page("export/works.csv"))) for cell in row):
        if (
            cell.lstrip(" \xa0\u200b\ufeff")[:1] in ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
            and cell != "-"
        ):
            return f"a cell is {cell[:40]!r}"
    return ""


def round_trip(case: Case) -> str:
    """What was exported and imported again has the same titles."""
    review = case.site.new_review("round trip")
    dump, _answer, _seconds = case.site.upload(review, "again.csv", case.page("export/works.csv").encode())
    again = case.site.rows("records_record", library_id=review) if dump else []
    before = sorted({r["title"] for r in {record["work_id"]: record for record in reversed(case.records)}.values()})
    after = sorted({record["title"] for record in again})
    return "" if before == after else f"{sorted(set(before) ^ set(after))[:4]}"


class Turning(HTMLParser):
    """Collects the elements that hold a character which turns the direction of what stands behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if BIDI.search(data) and not {*self.inside} & ISOLATING:
            self.found.append(f"{self.inside[-1]}: {data.strip()[:60]!a}")


def isolated(case: Case) -> str:
    """Whether whatever turns the direction of writing stands in a place of its own."""
    for page in case.pages():
        looked = Turning()
        looked.feed(page)
        if looked.found:
            return f"not isolated, in {looked.found[0]}"
    return ""


def stored(case: Case) -> str:
    if not case.dump:
        return ""
    return "" if re.fullmatch(r"dumps/\d+/[0-9a-f]{32}", case.dump["file"]) else f"stored at {case.dump['file']}"


def downloaded(case: Case) -> str:
    if not case.dump:
        return ""
    said = case.site.get(f"/reviews/{case.review}/dumps/{case.dump['id']}/file/")
    if "x=1" in said.headers.get("Set-Cookie", "") or said.headers.get("Content-Type", "").startswith("text/html"):
        return "a header of the name's own, or HTML"
    wanted = (
        said.headers.get("Content-Disposition", "").startswith("attachment")
        and said.headers.get("X-Content-Type-Options") == "nosniff"
    )
    return "" if wanted else f"served with {dict(said.headers)}"


def secret(case: Case) -> str:
    said = " ".join([*case.pages(), *(json.dumps(record) for record in case.records)])
    return "'root:' stands there" if re.search(r"root:[x*]?:", said) else ""


def small(case: Case) -> str:
    largest = max(len(page.encode()) for page in case.pages())
    return f"a page of {largest:,} bytes" if largest > 1_000_000 else ""


def displayed(case: Case, wanted: str) -> str:
    """Whether a record's title is this, or goes on after it: what stands behind a line break is not thrown away."""
    said = [record["title"] for record in case.records]
    return (
        ""
        if any(each == wanted or each.startswith(f"{wanted} ") for each in said)
        else f"no title is {wanted!r}: {said}"
    )


def truncated(case: Case) -> str:
    last = max(case.records, key=lambda record: record["position"], default=None)
    return "" if case.rejected or (last and json.loads(last["notices"])) else "nothing is said of the last entry"


def ends_apart(case: Case) -> str:
    first, last = case.records[0], case.records[-1]
    return "first and last are one work" if first["work_id"] == last["work_id"] else ""


def assigned(case: Case) -> str:
    decided = case.site.rows("reviews_decision", review_id=case.review)
    return "a decision was taken from the file" if decided else ""


def fine(_case: Case) -> str:
    """What the run itself asserts of every file: no 500, no traceback, worker alive, time, memory, connections, bytes."""
    return ""


def tell(words: str) -> Callable[[Case], str] | None:
    """The check for some words of the manifest; None where there is none."""
    if found := re.fullmatch(r"title (?:reads|equals) (['\"])(.*)\1(?: or a visible .*)", words):
        return lambda case: encoded(case, found[2])
    if found := re.fullmatch(r".+ displays as ((['\"]).*\2)", words, re.S):
        return lambda case: displayed(case, ast.literal_eval(found[1]))
    if found := re.fullmatch(r"title (?:reads )?'(.*?)'(?: \(or .*)?", words):
        return lambda case: (
            ""
            if case.records and case.records[0]["title"].replace("$\\alpha$", "α") == found[1]
            else title(case, found[1])
        )
    return next((check for pattern, check in CHECKS if re.search(pattern, words)), None)


CHECKS: list[tuple[str, Callable[[Case], str]]] = [
    (r"first record's TY is read", lambda case: "" if case.records and case.records[0]["type"] else "no type"),
    (r"^after control/good.ris: 0 new works", lambda case: "" if case.works() == 25 else f"{case.works()} works"),
    (r"U\+FFFD in a stored title", replaced),
    (r"both records imported", control),
    (r"NUL byte in the database|u0000|NaN stored", lambda case: "" if "\0" not in json.dumps(case.records).replace("\\u0000", "\0") else "NUL"),
    (r"rendering isolates direction", isolated),
    (r"dedup key ignores zero-width", lambda case: ("\u200b" in case.records[0]["normal"] and "zero width is in the key") or ""),
    (r"merged as one duplicate group", one_group),
    (r"title not cut at U\+2028", lambda case: "" if len(case.records) == 1 and "ff" in case.records[0]["title"] and "nel" in case.records[0]["title"] else "cut"),
    (r"always send charset=utf-8", lambda case: "" if "charset=utf-8" in case.site.get("/").headers.get("Content-Type", "") else "no charset"),
    (r"file is empty", lambda case: case.says("empty")),
    (r"last incomplete record is imported with a warning", truncated),
    (r"^0 or 25 records", lambda case: "" if len(case.records) == 25 or (not case.records and case.rejected) else f"{len(case.records)} records"),
    (r"unknown tags kept", unknown_tags),
    (r"flagged 'no title'", lambda case: case.says("no title", "without a title")),
    (r"page showing it stays < 1 MB", small),
    (r"list view shows 'et al", small),
    (r"is a web page", lambda case: case.says("web page")),
    (r"unreadable years become empty", years),
    (r"first four share one normalised DOI", dois),
    (r"are no DOI", no_dois),
    (r"DOI link's href", doi_links),
    (r"only http/https become links", links),
    (r"payload visible as text|alert dialog|script runs|scripts gone|json_script-escaped|<h3>/<p> structure", running),
    (r"no cell begins", cells),
    (r"import\(export\(x\)\)", round_trip),
    (r"quote was never closed", lambda case: case.says("never closed", "quotation mark", "not understood")),
    (r"asked to map columns", lambda case: case.says("column", "not understood", "did not understand")),
    (r"bad line number 2", lambda case: "" if any(r["first_line"] <= 2 <= r["last_line"] for r in case.rejected) else "line 2 is not named"),
    (r"mass assignment", assigned),
    (r"record b is found", lambda case: "" if any(r["title"] == "Good" for r in case.records) or any(r["first_line"] == 1 for r in case.rejected) else "neither"),
    (r"both entries kept", lambda case: "" if len(case.records) == 2 else f"{len(case.records)} records"),
    (r"'root:'", secret),
    (r"password protected", lambda case: case.says("password")),
    (r"old \.xls or password", lambda case: case.says(".xls", "password")),
    (r"Content-Disposition, nosniff|text/html|new header lines in a download", downloaded),
    (r"not merged into one record|different titles not auto-merged|none auto-merged|never match each other", Case.apart),
    (r"closure does not swallow", ends_apart),
    (r"stored path is server-made", stored),
    (r"format found from content", lambda case: "" if case.dump and case.dump["format"] == "bibtex" else "not BibTeX"),
    (r"path outside media root|file written outside|outgoing connection|fetched over the network|fetches any|-> 500|segfault", fine),
    (r"RecursionError|UnicodeEncodeError|aborted|bounded in time|before unpacking|declared size|dimension|not materialised|n\^2", fine),
    (r"complete articles imported|accepted: real PubMed|field_size_limit|fixed depth|capped", fine),
    (r"%PDF must be at offset 0|formula evaluated", fine),
]  # fmt: skip
