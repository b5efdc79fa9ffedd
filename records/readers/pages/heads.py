"""The head of a page: which of its lines is the title, which name the authors. Where two readings are possible, none is taken."""

import re
from typing import TYPE_CHECKING

from records.names import CORPORATE
from records.readers.pages import labels, people
from records.readers.pages.page import chinese
from records.readers.pages.sorting import Line, Sorted

if TYPE_CHECKING:
    from records.readers.pages.filling import Filled

LONGEST = 400
FIRST = 60  # lines of a head that are looked at
ORGANISATION = re.compile(
    r"\b(?:univ\w*|hospital\w*|h[oô]pital|hochschule|klinik\w*|clínica|department|dept|departa?mento|département|institut\w*|facult\w*|facultad|"
    r"faculdade|fakultät|school|escuela|escola|école|college|cent(?:er|re|ro)|laborato\w*|academy|ministry|ministerio|CNRS|INSERM)\b|大学|医院|学院|研究所|中心",
    re.I,
)
AFFILIATION = re.compile(r"^(?:\d{1,2}|[a-h*†‡§¹²³⁴⁵⁶⁷⁸⁹])[\s.)]*(?=[^\W\d_])|^\[\d{1,2}\]\s*|^\(?\d{1,2}\)\s+")
ADDRESS = re.compile(
    r"https?://|www\.|\S@\S|^[\d\s.,:;/()-]+$|\b10\.\d{4,9}/|\bISSN\b|\bISBN\b|\bPMID\b|\bORCID\b", re.I
)
NO_TITLE = re.compile(
    r"^(?:received|accepted|revised|published|first published|available online|submission|correspond\w+|"
    r"author to whom|edited by|reviewed by|volume|vol\.|issue|pages?\s+\d+|fait partie|cite this|this article|this is an open access|"
    r"to cite|how to cite|you are here|part of|from the|authors?:|in:|publicad|recibid|eingegangen|veröffentlicht|publié|reçu|"
    r"\(this article|article number|article id|version \d|e-mail|email|tel\.|search results|results? \d|page \d|showing \d|\d+ of \d+)\b",
    re.I,
)
JOURNAL = re.compile(
    r"\b(?:journal|revista|zeitschrift|revue|annals|annales|archives|bulletin|acta|cahiers|proceedings|transactions|quarterly|"
    r"lancet|bmj|plos|bmc|frontiers in|international|review of|reviews|magazine|letters)\b|(?:学报|杂志|学刊|通报)$",
    re.I,
)
NO_JOURNAL = re.compile(
    r"^(?:list of|all |sec\.|section|from|in this|table of|back to|browse|latest|impact factor|available|special|search|select|part of)",
    re.I,
)
COMMON = {
    "en": "the of and in a to for with on from is are was were by an",
    "es": "el los las del una y en con para por un como su entre la de",
    "pt": "o os as da do das dos uma e em com para por um na no nas nos à ao de",
    "de": "der die das und von mit zur zum für eine einer ein im bei auf des den",
    "fr": "le les des du une et en avec pour par un aux sur dans au la de",
}  # fmt: skip
STOPS = {code: frozenset(words.split()) for code, words in COMMON.items()}


def same(one: str, other: str) -> bool:
    """Whether two titles are the same but for case, blanks and punctuation."""
    return bool(one) and _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def place(title: str, line: str) -> int:
    """Where in a line a title ends; -1 where it does not stand there."""
    words = re.findall(r"\w+", title)
    if len("".join(words)) < 8 or len(words) > 80:
        return -1
    found = re.search(r"[\W_]{1,6}".join(map(re.escape, words)), line, re.I)
    return found.end() if found else -1


def is_heading(line: str) -> bool:
    """Whether a line is nothing but the heading of a part of an abstract."""
    return labels.heading(line)


def language(text: str) -> str:
    """The language of a title where its small words leave no doubt; "" otherwise."""
    if chinese(text):
        return "zh"
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = sorted(((sum(word in stops for word in words), code) for code, stops in STOPS.items()), reverse=True)
    return counts[0][1] if counts[0][0] >= 2 and counts[0][0] > counts[1][0] else ""


def journal_like(line: str) -> bool:
    """Whether the line above "Volume 12, Issue 3" can be the journal's name."""
    return bool(
        3 <= len(line) <= 90
        and len(line.split()) <= 10
        and (line[0].isupper() or line[0].isdigit() or chinese(line))
        and not re.search(r"[.:?!]$|[?!]", line)
        and not ADDRESS.search(line)
        and not NO_JOURNAL.match(line)
        and not labels.furniture(line)
        and not labels.TYPES.match(line)
        and not people.split(line)[0]
    )


def title_like(line: str) -> bool:
    """Whether a head line can be a title at all."""
    if len(line) > LONGEST or ADDRESS.search(line) or NO_TITLE.match(line) or labels.TYPES.match(line):
        return False
    if re.match(r"\d{1,2}\.(?:\d|\s)", line) or (
        AFFILIATION.match(line) and (ORGANISATION.search(line) or "," in line)
    ):
        return False
    if re.search(r"(?:\.{3,}|…)$", line) or people.split(line)[0] or not any(c.isalpha() for c in line):
        return False
    if len(line.split()) > 45 or len(re.findall(r"[.!?]\s+[A-Z]", line)) > 2 or ">" in line or "›" in line:
        return False
    return len(re.findall(r"[\u3400-\u9fff]", line)) >= 4 or len(line.split()) >= 2 or len(line) > 12


def titles(filled: "Filled", page: Sorted, cited: set[int]) -> None:
    """The title by its place, where no label names it; a second one in another language right below is an alternate title."""
    rows = [row for row in page.head if row[0] not in cited][:FIRST]
    rows = [row for row in rows if row[0] not in page.late] or rows
    if filled.draft.fields.get("title"):
        return
    candidates = [row for row in rows if title_like(row[1])]
    chosen, sure = _chosen(candidates, rows, page)
    if chosen is None:
        return
    text = chosen[1]
    filled.put("title", _unprefixed(text), sure=sure)
    after = rows[rows.index(chosen) + 1 : rows.index(chosen) + 2]
    for row in after:
        one, two = language(text), language(row[1])
        if row in candidates and (chinese(row[1]) != chinese(text) or (one and two and one != two)):
            filled.draft.add("alt_titles", {"title": row[1], "language": two})


def _unprefixed(text: str) -> str:
    return re.sub(r"^(?:\[(?:HTML|PDF|BOOK|CITATION|B|C)\]\s*)+", "", text).strip()


def _chosen(candidates: list[Line], rows: list[Line], page: Sorted) -> tuple[Line | None, bool]:
    """The line that is the title, and whether something beside its place says so."""
    long = [
        row
        for row in candidates
        if len(row[1].split()) >= 4 or len(row[1]) >= 25 or len(re.findall(r"[\u3400-\u9fff]", row[1])) >= 6
    ]
    references = [line for _number, line in [*page.stated.get("citation", []), *page.about] if len(line) > 40]
    for row in long:
        if any(place(row[1], line) >= 0 for line in references):
            return row, True
    spelled = [_letters(row[1]) for row in long]
    twice = [row for row in long if spelled.count(_letters(row[1])) > 1 and not JOURNAL.search(row[1])]
    above = _above_people(candidates, rows)
    if above is not None:
        return above, True
    if twice:
        return max(twice, key=lambda row: len(row[1])), True
    if not long:  # a short title, if nothing else can be one
        short = [row for row in candidates if len(row[1].split()) >= 3 and not JOURNAL.search(row[1])]
        return (short[0], False) if len(short) == 1 else (None, False)
    if len(long) == 1:
        return long[0], True
    best = max(
        long[:8],
        key=lambda row: (
            not JOURNAL.search(row[1]) or len(row[1]) > 60,
            row is long[0] and len(row[1]) > 50,
            len(row[1]),
        ),
    )
    return best, False


def _above_people(candidates: list[Line], rows: list[Line]) -> Line | None:
    """The candidate right above the first line of people; of two in different languages the first."""
    for place_, (_number, line) in enumerate(rows):
        if not people.split(line)[0]:
            continue
        near = [row for row in rows[max(0, place_ - 3) : place_] if row in candidates]
        if not near:
            continue
        last = near[-1]
        if len(near) > 1 and rows.index(near[-2]) == rows.index(last) - 1:
            one, two = language(near[-2][1]), language(last[1])
            if (one and two and one != two) or chinese(near[-2][1]) != chinese(last[1]):
                return near[-2]
        return last
    return None


def authors(filled: "Filled", page: Sorted) -> None:
    """The authors from the lines below the title, where no label names them; a guess."""
    if filled.draft.fields.get("authors") or not filled.draft.fields.get("title"):
        return
    title = str(filled.draft.fields["title"][0])
    rows = [row for row in page.head if row[0] not in page.late][:FIRST]
    start = next((n for n in range(len(rows) - 1, -1, -1) if same(_unprefixed(rows[n][1]), title)), -1)
    below = rows[start + 1 : start + 12]
    found, more, singles = _run(below)
    if not found and start < 0 and page.stated.get("title"):
        return
    if found and (len(found) > 1 or not singles or any(people.split(line)[0] for _number, line in below[:4])):
        for each in found:
            filled.draft.add("authors", people.value(each))
        filled.guessed.add("authors")
        if more:
            filled.draft.add("authors_incomplete", True)
    _affiliations(filled, below)


def _run(rows: list[Line]) -> tuple[list[str], bool, bool]:
    """The people that lines in a row name, whether there are more, and whether each line had only one."""
    found: list[str] = []
    more, singles, plain, goes_on = False, True, 0, False
    for at, (_number, line) in enumerate(rows):
        names, cut = people.split(line)
        if not names and people.person(line) and (found or at == 0):
            names, plain = [line], plain + 1
        if not names and goes_on and people.group(line):
            names = [line]
        goes_on = line.rstrip().endswith((",", "&", " and", ";"))
        if names:
            found += names
            more = more or cut
            singles = singles and len(names) == 1
        elif found and not (people.ONLY_MARKS.match(line) or people.ORCID.fullmatch(line.strip())):
            break
    if plain and (plain == 1 or plain != len(found)):  # one name without a mark may be a journal or a subject
        found = [] if plain == len(found) else found
        found = [each for each in found if not any(each == line for _number, line in rows)] if found else found
    return list(dict.fromkeys(found)), more, singles


def _affiliations(filled: "Filled", rows: list[Line]) -> None:
    if filled.draft.fields.get("affiliations"):
        return
    for _number, line in rows:
        if (
            AFFILIATION.match(line)
            and (ORGANISATION.search(line) or CORPORATE.search(line))
            and not people.split(line)[0]
        ):
            filled.draft.add("affiliations", AFFILIATION.sub("", line))
