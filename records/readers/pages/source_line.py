"""Lines that say where a paper stands: "J Tea. 2020 Mar;12(3):45-56", "Tea 2020, 9(3), 123", "Revista del té, vol. 12, núm. 3",
"Zeitschrift für Tee, 12 (2020), Heft 3, S. 45-56", "茶学. 2020,35(03):12-15". Text in, its parts out; nothing is guessed.
"""

import re
from functools import lru_cache

DASH = r"\s*[-–—‐‑]\s*"
PAGE = r"(?:[A-Za-z]{0,4}\d[\w.]{0,11})"
PAGES = rf"(?P<pages>{PAGE}(?:{DASH}{PAGE})?)"
LOOSE = rf"(?P<pages>{PAGE}(?:(?:{DASH}|\s+(?:à|a|to|bis)\s+){PAGE})?)"
YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
VOLUME = r"(?P<volume>\d{1,5}[A-Za-z]?(?:(?:\s|-)?(?:Suppl|Spec)\.?(?:\s?\d{1,3})?)?)"
ISSUE = r"\((?P<issue>[^()（）]{1,25})\)"
MONTH = (
    r"(?:jan(?:uary|eiro|uar|vier)?|ene(?:ro)?|feb(?:ruary|rero|ruar)?|fev(?:ereiro)?|février|févr?|mar(?:ch|zo|ço|s)?|märz|apr(?:il)?|"
    r"abr(?:il)?|avr(?:il)?|may(?:o)?|mai(?:o)?|june?|jun(?:io|ho|i)?|juin|july?|jul(?:io|ho|i)?|juillet|juil|aug(?:ust)?|ago(?:sto)?|août|"
    r"sept?(?:ember|iembre|embre)?|set(?:embro|iembre)?|oct(?:ober|ubre|obre)?|out(?:ubro)?|okt(?:ober)?|nov(?:ember|iembre|embro|embre)?|"
    r"dec(?:ember)?|dez(?:embro|ember)?|dic(?:iembre)?|déc(?:embre)?|spring|summer|autumn|fall|winter)\.?"
)
WHEN = rf"(?:\s+{MONTH}(?:\s*[-–/]\s*{MONTH})?(?:\s+\d{{1,2}})?)?"
JOURNAL = r"(?P<journal>[^;；]{2,160}?)"
DATE = re.compile(
    rf"^(?:(?:el|em|le|am|on|the)\s+)?(?:\d{{1,2}}(?:\.|st|nd|rd|th|er|º)?\s*(?:de\s+)?)?(?:{MONTH}(?:\s*[-–/]\s*{MONTH})?\s*(?:de\s+|\d{{1,2}},?\s*|,\s*)?)?{YEAR}"
    r"(?:\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|[-/.]\d{1,2}(?:[-/.]\d{1,2})?)?(?=$|[\s,;.|/)（(])"
    r"|^\d{1,2}[./-]\d{1,2}[./-](?P<other>1[5-9]\d\d|20\d\d)(?!\d)",
    re.I,
)

# Behind a citation: identifiers, addresses, dates of the online edition. Cut off before it is taken apart.
BEHIND = re.compile(
    r"[\s,;.(⟨<\[]*(?:\b(?:doi|DOI|PMID|PMCID|Epub|eCollection|Online ahead|Available (?:from|at|online)|Accessed|Retrieved)\b|https?://|www\.|⟨|\b10\.\d{4,9}/).*$",
    re.S,
)
SHAPES = [
    re.compile(shape, re.I)
    for shape in (
        # PubMed, Vancouver, BMJ: "J Tea. 2020 Mar 12;12(3):45-56"
        rf"^{JOURNAL}[.,]?\s+{YEAR}{WHEN}\s*[;；]\s*{VOLUME}?\s*(?:{ISSUE})?(?:\s*[:：]\s*{PAGES})?$",
        # Springer, Nature: "Tea 12, 45–56 (2020)", "Tea volume 12, Article number: 33 (2020)"
        rf"^{JOURNAL},?\s+(?:volume\s+)?{VOLUME}(?:\s*{ISSUE})?\s*,\s*(?:pages?\s*|pp?\.\s*|article(?: number)?\s*:?\s*)?{PAGES},?\s*\({YEAR}\)$",
        # MDPI: "Tea 2020, 9(3), 123"; mirrors and Chinese houses: "茶学, 2020, 35 (3): 45-56", "茶学. 2020,35(03)"
        rf"^{JOURNAL}\s*[.,，。]?\s*{YEAR}\s*[,，]\s*{VOLUME}\s*(?:{ISSUE})?(?:\s*[:：,，]\s*{PAGES})?$",
        rf"^{JOURNAL}\s*[.,，。]\s*{YEAR}\s*\((?P<issue>\d{{1,3}})\)(?:\s*[:：]\s*{PAGES})?$",
        # HAL: "Revue du thé, 2015, 12 (3), pp.45-56"
        rf"^{JOURNAL},\s*{YEAR},\s*{VOLUME}\s*(?:{ISSUE})?,\s*p(?:p|ages?)?\.?\s*{LOOSE}$",
        # PLOS: "PLoS Tea 15(3): e0230000"; APA: "Tea, 12(3), 45–56"
        rf"^{JOURNAL}\s*,?\s*{VOLUME}\s*{ISSUE}\s*[:：,]\s*(?:pp?\.\s*)?(?:article\s*)?{PAGES}(?:,?\s*\(?{YEAR}\)?)?$",
        # Chinese houses: "茶学 2020年第3期", "2020,35(3)"; Persée: "Revue du thé Année 1998 39-2 pp. 245-267"
        rf"^《?(?P<journal>[^;；,，]{{2,60}}?)》?\s*[,，.]?\s*{YEAR}\s*年\s*,?\s*第?\s*(?P<issue>\d{{1,2}})\s*期(?:\s*[:：,，]?\s*{PAGES}\s*页?)?$",
        rf"^(?P<journal>){YEAR}\s*[,，]\s*{VOLUME}\s*(?:{ISSUE})(?:\s*[:：,，]\s*{PAGES})?$",
        rf"^{JOURNAL}\s+Année\s+{YEAR},?\s+(?P<volume>\d{{1,4}})-(?P<issue>\d{{1,3}})(?:,?\s+pp?\.\s*{LOOSE})?$",
        # Cairn: "Revue du thé 2020/3 (Vol. 61), pages 45 à 66"
        rf"^(?:Dans\s+)?{JOURNAL},?\s+{YEAR}/(?P<issue>\d{{1,2}}(?:-\d{{1,2}})?)\s*(?:\((?:n°\s*(?:\d+),?\s*)?(?:vol(?:ume|\.)?\s*(?P<volume>\w{{1,6}}))?[^()]*\))?(?:,?\s*p(?:p|ages?)?\.?\s*{LOOSE})?$",
        # German libraries: "Zeitschrift für Tee, 12 (2020), Heft 3, S. 45-56", "12. Jg. (2020)"
        rf"^(?:In\s*:?\s+)?{JOURNAL}[,.:]?\s+(?:Bd\.\s*|Band\s+)?{VOLUME}(?:\.\s*Jg\.)?\s*\({YEAR}\)\s*(?:,?\s*(?:Heft|H\.|Nr\.|No\.)?\s*(?P<issue>\d{{1,3}}(?:[/-]\d{{1,3}})?))?(?:,?\s*S\.\s*{LOOSE})?$",
    )
]
SHORTEST = re.compile(rf"^{JOURNAL},?\s+{VOLUME}:\s*{PAGES}$")
# PubMed, before the issue is out: "J Tea. 2021 Feb 3. doi: ..." or "J Tea. 2021 Feb 3:S0002-9378(20)30001-2. doi: ..."
AHEAD = re.compile(rf"^{JOURNAL}\.\s+{YEAR}\s+{MONTH}(?:\s+\d{{1,2}})?(?:[:;]\S{{1,40}})?\.\s+doi:", re.I)
# Where words say what is what: "Volume 12, Issue 3, March 2020, Pages 45-56", "v. 12, n. 3, p. 45-56, jul. 2020".
VOLUME_WORD = re.compile(
    r"(?<![\w.])(?:volume|volumen|vol\.?|v\.|band|bd\.|tome|t\.)\s*:?\s*(?P<value>\d{1,5}|[IVXLC]{1,7}\b)|第?(?P<zh>\d{1,4})卷",
    re.I,
)
ISSUE_WORD = re.compile(
    r"(?<![\w.])(?:issue|iss\.|(?<!article )number|no\.?|num\.|núm\.|número|numéro|n\s?[.º°]|nº\.?|heft|h\.|nr\.|suppl\.?|supplement)\s*:?\s*(?P<value>\d{1,4}(?:\s?[-–/]\s?\d{1,4})?(?:\s?(?:suppl?|supl|spe)\.?\s?\d?)?)"
    r"|第?(?P<zh>\d{1,3})期",
    re.I,
)
PAGES_WORD = re.compile(
    rf"(?<![\w.])(?:pages?|pp?\.|páginas?|págs?\.|p\.|seiten?|s\.|article(?: number)?:?)\s*{LOOSE}", re.I
)
PAGES_BEHIND = re.compile(rf"[:：]\s*{PAGES}\s*$|\b(?P<zh>\d{{1,5}}[-–]\d{{1,5}})页")
YEAR_WORD = re.compile(rf"(?<![\d/-]){YEAR}(?![\d/])年?")
LEAD = re.compile(
    r"^(?:(?:published|publicado|erschienen|paru|publié) in\s+|(?:dans|in|em|en)\s*[:：]\s*|dans\s+)", re.I
)
PARTS = ("journal", "year", "volume", "issue", "pages")
LONGEST = 300


def parse(line: str) -> dict[str, str]:
    """The parts of a citation line; {} where it is not clearly one. Needs a journal and two more parts."""
    return dict(_parse(line)) if len(line) <= 4 * LONGEST else {}


@lru_cache(maxsize=4096)
def _parse(line: str) -> dict[str, str]:
    found = parts(line)
    if not found and (ahead := AHEAD.match(line[:LONGEST])):
        return _even({"journal": ahead.group("journal"), "year": ahead.group("year")})
    numbers = [name for name in ("year", "volume", "issue", "pages") if name in found]
    clear = {"issue", "pages"} & found.keys() or ";" in line or VOLUME_WORD.search(line)
    return found if clear and "journal" in found and len(numbers) >= 2 and _is_journal(found["journal"]) else {}


def behind_a_title(text: str) -> dict[str, str]:
    """What follows the title in a citation of its own paper: also "Tea 11:33", which anywhere else may be a time of day."""
    found = SHORTEST.match(BEHIND.sub("", " ".join(text.split())[:LONGEST]).strip(" ,;."))
    return parse(text) or (_even(found.groupdict()) if found and _is_journal(found.group("journal")) else {})


def parts(line: str) -> dict[str, str]:
    """What a line states of journal, year, volume, issue and pages, the journal perhaps missing; {} where it is no citation."""
    return dict(_parts(line)) if len(line) <= 4 * LONGEST else {}


@lru_cache(maxsize=4096)
def _parts(line: str) -> dict[str, str]:
    if not any(c.isdigit() for c in line):
        return {}
    text = BEHIND.sub("", " ".join(line.split())[: LONGEST * 3]).strip(" ,;.")
    text = LEAD.sub("", text)
    if not 6 <= len(text) <= LONGEST:
        return {}
    found = next((match for shape in SHAPES if (match := shape.match(text))), None)
    if found and not re.search(r"\b(?:vol|volume|no|issue|núm|num|pp)\b\.?", found.group("journal"), re.I):
        return _even({name: value for name, value in found.groupdict().items() if value})
    return _even(_by_words(text))


def _by_words(text: str) -> dict[str, str]:
    """Volume, issue and pages where a word names them; the journal stands before the first of them."""
    found: dict[str, str] = {}
    starts = []
    for name, shape in (("volume", VOLUME_WORD), ("issue", ISSUE_WORD), ("pages", PAGES_WORD)):
        if match := shape.search(text):
            found[name] = next(value for value in match.groups() if value)
            starts.append(match.start())
    if "volume" in found and "pages" not in found and (match := PAGES_BEHIND.search(text)):
        found["pages"] = match.group("pages") or match.group("zh")
    if "volume" not in found and not ("issue" in found and len(found) > 1):
        return {}
    years = list(YEAR_WORD.finditer(PAGES_WORD.sub(lambda each: " " * len(each.group(0)), text)))
    if len({each.group("year") for each in years}) == 1:
        found["year"] = years[0].group("year")
        starts.append(years[0].start())
    last = re.search(r",\s*(\d{4,7})$", text)  # ScienceDirect: "Volume 12, March 2020, 101234"
    if last and "volume" in found and "pages" not in found and last.group(1) != found.get("year"):
        found["pages"] = last.group(1)
    journal = re.sub(
        rf"[\s,.(]*(?:{MONTH}(?:\s*[-–/]\s*{MONTH})?)?[\s,.(]*(?:année\s*)?$", "", text[: min(starts)], flags=re.I
    )
    journal = journal.strip(" ,;:.-–—•|《》")
    if re.match(r"[\s,]*v\. \d", text[len(journal) :]):  # Brazil's style puts the city behind the journal
        journal = re.sub(r"(?<=\w),(?: [^\W\d_a-z][^\W\d_]*){1,3}$", "", journal)
    if journal and _is_journal(journal):
        found["journal"] = journal
    elif journal:
        return {}
    return {name: value for name, value in found.items() if value}


def _even(found: dict[str, str]) -> dict[str, str]:
    """Blanks off, a plain hyphen in pages, no zeros before an issue."""
    out = {name: value.strip(" ,.;:《》") for name, value in found.items() if name in PARTS}
    if "pages" in out:
        out["pages"] = re.sub(rf"{DASH}|\s+(?:à|a|to|bis)\s+", "-", out["pages"])
    if "issue" in out:
        out["issue"] = re.sub(r"^(?:issue|no\.?|iss\.?)\s*", "", re.sub(r"^0+(?=\w)", "", out["issue"]), flags=re.I)
    return {name: value for name, value in out.items() if value}


def _is_journal(text: str) -> bool:
    """Whether words can be a journal's name: short, beginning with a capital or in Chinese, no sentence."""
    first = text.lstrip("‘“\"'(")[:1]
    if not first or not (first.isupper() or first.isdigit() or "\u3400" <= first <= "\u9fff"):
        return False
    return (
        len(text) <= 140
        and len(text.split()) <= 16
        and not re.search(r"[?!]|\.\s+[A-Z]\w{4,}.*\.\s", text)
        and any(c.isalpha() for c in text)
    )


def year_of_date(value: str) -> str:
    """The year of a value that is a date and nothing else before it; "" for other values."""
    found = DATE.match(" ".join(value.split()))
    return (found.group("year") or found.group("other")) if found else ""
