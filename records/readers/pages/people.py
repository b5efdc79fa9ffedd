"""Lines that name people: "Ada Ames 1, Bea Cole 2 & Dee Fox", "Ames, A.; Cole, B.", "王小明1 李华2". What may be
something else (a journal, a subject, a place) is not taken for people.
"""

import re
from functools import lru_cache

from records import names
from records.readers.pages.page import narrow

ORCID = re.compile(
    r"\s*\(?(?:ORCID(?:\s*iD)?\s*(?:icon|logo|record for [^,;&]{0,60})?\s*[:：]?\s*)?(?:https?://)?(?:www\.)?orcid\.org/[\dX-]{8,25}\)?"
    r"|\s*\bORCID(?:\s*(?:iD|icon|logo|profile))*\b|\s*View ORCID Profile",
    re.I,
)
MAIL = re.compile(r"\s*\(?\S{1,60}@[\w.-]{3,60}\)?(?=\s|,|$)")
TAIL = re.compile(
    r"\s*(?:[-–—]?\s*\b(?:view all (?:authors|\d+ authors).*|show (?:more|all|fewer).*|show authors|hide authors|view author.*|"
    r"see all authors.*|author information.*|authors? info.*|affiliations?|\+\s*\d+ (?:more )?authors?.*)|[…+]\s*\d* more.*)$",
    re.I,
)
MORE = re.compile(
    r"[,;，；、]?\s*(?:\bet al\b\.?|\by cols?\b\.?|\bu\.\s?a\.|\[et al\.?\]|等(?=$|[.。]))\s*\.?$|\s*(?:…|\.\.\.)\s*$",
    re.I,
)
BY = re.compile(r"^(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or|[Vv]erfasst von|[Ww]ritten by)\s+(?=[^\W\d_a-z])")
# Footnote marks behind a name: "Ames1,2*", "Ames a b", "Ames [1, 2]", "Ames (1)", "Ames ¹".
MARKS = re.compile(
    r"(?:\s*[\[(]\s*(?:\d{1,2}|[a-z])(?:\s*[,，]\s*(?:\d{1,2}|[a-z]))*\s*[\])]|(?<=[^\W\d_.)])\d{1,2}(?!\d)|\s+\d{1,2}(?=\s|$|[*†‡§¶#])|"
    r"\s+[a-z](?=\s|$)|\s+na\d(?=\s|$)|\s*[*†‡§¶#✉🖂☯∗]|\s*[¹²³⁴⁵⁶⁷⁸⁹⁰ᵃᵇᶜᵈᵉᶠ]++|(?<=\.)\d{1,2}(?!\d)){1,20}\s*$"
)
ONLY_MARKS = re.compile(r"^(?:\d|[a-z]|[*†‡§¶#✉🖂∗]|[¹²³⁴⁵⁶⁷⁸⁹⁰]|\s)+$")
ROLE = re.compile(
    r"^(?:(?:senior|associate|assistant|adjunct|clinical|research|postdoctoral|emeritus|visiting|principal|honorary|full|doctoral|phd)\s+)*"
    r"(?:professor|lecturer|fellow|researcher|student|statistician|director|physician|nurse|reader|epidemiologist|consultant|scientist|"
    r"PhD|MD|MSc|MPH|RN|BSc|MA|MBBS|DrPH|FRCP|Ph\.D\.?|M\.D\.?|Dr\.?|Prof\.?)(?: of [\w ]{2,40})?\s*\d{0,2}$"
)
LONGEST = 6000  # characters of a line of people
WORD = re.compile(r"^[^\W\d_](?:[^\W\d_]|['’.‐-](?=[^\W\d_]|$))*$")
INITIALS = re.compile(r"^(?:[^\W\d_a-zß-ÿ]\.?[\s-]?){1,4}$")
HAN_NAME = re.compile(r"^[\u3400-\u9fff]{2,4}(?:·[\u3400-\u9fff]{1,6})?$")
SPLIT = re.compile(r"\s*,?\s+(?:and|&|und|et)\s+|\s*[,，、•|]\s*(?:(?:and|&|und|et)\s+)?|\s+·\s+|^(?:and|&)\s+")
LAST_TWO = re.compile(r"^(\S+(?: \S+)+) (?:y|e) (\S+(?: \S+)+)$")
# Words of journals, subjects, places and buttons; none of them is a usual family or given name.
NO_NAME = frozenset(
    "journal journals review reviews research article articles open access health public social mental medicine medical science sciences "
    "university universidad universidade université universität department departamento departement institute instituto institut "
    "international national european american british studies study volume issue pages download full text pdf search results abstract "
    "keywords introduction methods conclusion background objective discussion psychology psychiatry nursing education clinical care "
    "sociology economics biology chemistry physics engineering computer technology environmental ecology agriculture policy management "
    "quality systematic analysis analyses trial trials disease diseases cancer support supports intervention interventions program the of "
    "for with from and in on at to by an between among during about what how why is are was were its their our we this that "
    "revista zeitschrift revue cahiers archives annals bulletin acta letters proceedings press publishing publishers springer elsevier "
    "wiley sage hospital clinic school faculty facultad faculdade faculté fakultät college centre center centro society association "
    "group service services children patients adults people community communities family-based evidence practice theory methods data "
    "published received accepted copyright cite share figures tables references similar related more information privacy cookies terms "
    "cited citation citations corresponding author authors editor affiliations contact help login register sections home news".split()
)


# Groups in other languages than English (names.CORPORATE has those).
GROUP = re.compile(
    r"\b(?:grupo|equipo|equipe|équipe|groupe|collectif|colectivo|coletivo|arbeitsgruppe|arbeitskreis|arbeitsgemeinschaft|verein|gesellschaft|"
    r"sociedad|sociedade|société|asociación|associação|comité|comitê|ministerio|ministério|ministère|instituto|institut|red|rede|réseau)\b|小组|协作组|课题组|编写组|委员会",
    re.I,
)


def group(text: str) -> bool:
    """Whether a text can be a group's name: a word for one, short, beginning with a capital."""
    found = names.CORPORATE.search(text) or GROUP.search(text)
    return bool(found) and 2 <= len(text.split()) <= 9 and text[0].isupper() and not re.search(r"\d|[.:?!]", text)


def person(text: str) -> bool:
    """Whether a text can be one person's name without a comma: two to six words, capitals, no word of a journal or a house."""
    words = text.split()
    if not 2 <= len(words) <= 6 or len(text) > 60 or names.CORPORATE.search(text) or GROUP.search(text):
        return False
    if any(word.casefold() in NO_NAME for word in words) or not all(map(WORD.match, words)):
        return False
    if not all(word[0].isupper() or word.casefold() in names.PARTICLES for word in words):
        return False
    return sum(word[0].isupper() for word in words) >= 2 and any(len(word.strip(".")) > 1 for word in words)


def value(name: str) -> str | dict[str, str]:
    """A name as a draft takes it: a group's name is marked as one, so that nobody turns it round."""
    return {"literal": name} if group(name) and not person(name) else name


def family_given(text: str) -> bool:
    """Whether a text can be "Family, Given" or "Family, G.": one comma, words of names on both sides."""
    family, comma, given = text.partition(",")
    words = [*family.split(), *given.split()]
    if not comma or not family.split() or not given.split() or len(words) > 8 or names.CORPORATE.search(text):
        return False
    if any(word.casefold() in NO_NAME for word in words):
        return False
    return all(WORD.match(word) for word in words) and given.split()[0][0].isupper()


def unmarked(text: str) -> str:
    """A name without footnote marks, identifiers and outer punctuation."""
    text = ORCID.sub("", text)
    for _ in range(3):
        bare = MARKS.sub("", text).strip(" ,;，；")
        if bare == text:
            break
        text = bare
    return text


def split(line: str, *, stated: bool = False) -> tuple[list[str], bool]:
    """The people that a line names, and whether it says that there are more; ([], False) where it may be something else.

    `stated` says that a label calls them authors: then a single name without any mark is believed too.
    """
    line = narrow(line)
    found, more = _split(line, stated) if len(line) <= LONGEST else ((), False)
    return list(found), more


@lru_cache(maxsize=4096)
def _split(line: str, stated: bool) -> tuple[tuple[str, ...], bool]:
    text = TAIL.sub("", ORCID.sub("", MAIL.sub("", line))).strip()
    text = re.sub(r"(?<=[\d*†])\s{2,}(?=[^\W\d_])", ", ", text)  # "Ames1*  Cole2"
    by = BY.match(text)
    text = BY.sub("", text)
    bare = re.sub(r"[,;]?\s+(?:&|and|und|et)$", "", MORE.sub("", text))
    more, text = MORE.search(text) is not None, bare.strip(" ,;，；、")
    if not text or len(text) > LONGEST:
        return (), False
    marked = MARKS.search(text) is not None or ORCID.search(line) is not None or bool(by)
    found = _han(text) or _by_semicolons(text) or _by_commas(text)
    if len(found) == 1 and not (stated or marked or more or _shows_initials(found[0])):
        return (), False
    return (tuple(found), more) if found else ((), False)


def _shows_initials(name: str) -> bool:
    return any(len(word.rstrip(".")) == 1 and word[0].isupper() for word in name.split()[:-1])


def _han(text: str) -> list[str]:
    """Chinese names apart by commas, semicolons or blanks; footnote numbers off."""
    if not re.search(r"[\u3400-\u9fff]", text):
        return []
    parts = [
        re.sub(r"[\d*†#△▲①-⑨¹²³⁴⁵⁶⁷⁸⁹]+$", "", part)
        for part in re.split(r"[\s,，、;；]+", re.sub(r"[\[(（]\s*\d[\d,，\s]*[\])）]", " ", text))
    ]
    parts = [part for part in parts if part and not re.fullmatch(r"[\d*†#△▲]+", part)]
    return parts if parts and all(map(HAN_NAME.match, parts)) else []


def _by_semicolons(text: str) -> list[str]:
    if not re.search(r"[;；]", text):
        bare = unmarked(text)
        both = [unmarked(part) for part in bare.split(",")]
        if len(both) == 2 and all(map(person, both)):  # "Ames A, Cole B" are two
            return []
        return [bare] if family_given(bare) and not INITIALS.match(text.partition(",")[0]) else []
    parts = [unmarked(part) for part in re.split(r"\s*[;；]\s*(?:and\s+|&\s+)?", text)]
    parts = [part for part in parts if part and not ONLY_MARKS.match(part)]
    parts = [
        each
        for part in parts
        for each in (_by_commas(part) if "," in part and not family_given(part) else []) or _pair(part)
    ]
    return (
        parts
        if parts and all(person(part) or family_given(part) or _single(part) or group(part) for part in parts)
        else []
    )


def _pair(part: str) -> list[str]:
    """ "Ames A, Cole B" between two semicolons are two names."""
    both = [each.strip() for each in part.split(",")]
    return (
        both if len(both) == 2 and all(person(each) and INITIALS.match(each.split()[-1]) for each in both) else [part]
    )


def _single(text: str) -> bool:
    return bool(WORD.match(text)) and text[0].isupper() and len(text) > 1 and text.casefold() not in NO_NAME


def _by_commas(text: str) -> list[str]:
    parts = [part for part in SPLIT.split(text) if part and part.strip()]
    if parts and (two := LAST_TWO.match(parts[-1])) and all(person(unmarked(each)) for each in two.groups()):
        parts[-1:] = two.groups()
    parts = [unmarked(part) for part in parts if not ONLY_MARKS.match(part.strip())]
    parts = [part for part in parts if part and not ONLY_MARKS.match(part) and not ROLE.match(part)]
    if not parts:
        return []
    if (
        len(parts) % 2 == 0
        and all(INITIALS.match(part) for part in parts[1::2])
        and not any(map(INITIALS.match, parts[::2]))
    ):
        pairs = [f"{parts[n]}, {parts[n + 1]}" for n in range(0, len(parts), 2)]
        return pairs if all(map(family_given, pairs)) else []
    return parts if any(map(person, parts)) and all(person(part) or group(part) for part in parts) else []
