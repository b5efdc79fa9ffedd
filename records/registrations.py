"""Trial registration numbers in text, in the one form in which their registry writes them. Pure text in and out.

A PROSPERO number (CRD…) registers a review, not a trial, and is none of these.
"""

import re
from collections.abc import Iterable
from typing import Any

_GAP = r"[ :#-]{0,2}"
# Each registry's number; what joins letters and digits comes off, what belongs to the number (ChiCTR-TRC-…, CTRI/…) stays.
NUMBER = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:NCT|Nct|nct){_GAP}\d{{8}}|ISRCTN{_GAP}\d{{4}} ?\d{{4}}|ACTRN{_GAP}\d{{14}}|DRKS{_GAP}\d{{8}}|"
    rf"NTR{_GAP}\d{{3,5}}|NL-OMON ?\d{{4,6}}|(?:JPRN-)?UMIN{_GAP}\d{{9}}|(?:JPRN-)?jRCTs?{_GAP}\d{{9,10}}|JapicCTI{_GAP}\d{{6}}|"
    rf"PACTR{_GAP}\d{{15,16}}|IRCT{_GAP}\d{{8,}}(?:N\d+)?|KCT{_GAP}\d{{7}}|TCTR{_GAP}\d{{11}}|LBCTR{_GAP}\d{{10}}|"
    rf"RPCEC{_GAP}\d{{8}}|ITMCTR{_GAP}\d{{10}}|SLCTR ?/ ?\d{{4}} ?/ ?\d{{3}}|CTRI ?/ ?\d{{4}} ?/ ?\d{{2,3}} ?/ ?\d{{6}}|"
    r"ChiCTR(?:-[A-Z]{2,5})?[ -]?\d{8,10}|RBR-[0-9a-z]{5,8}(?![A-Za-z])|EUCTR\d{4}-\d{6}-\d{2}(?:-[A-Z]{2})?)(?!\d)"
)
EUDRACT = re.compile(r"EudraCT[^\d]{0,30}(\d{4}-\d{6}-\d{2})(?!\d)", re.I)
CTIS = re.compile(r"\bEU ?CT[^\d]{0,30}(\d{4}-\d{6}-\d{2}-\d{2})(?!\d)")
# The Dutch registry's later numbers are so short that they count only where the text speaks of a register.
DUTCH = re.compile(r"[Rr]egist(?:er|ry|ration|ered)[^.;]{0,60}?\b(NL ?\d{3,5})(?!\d)")
SPELT = {"nct": "NCT", "Nct": "NCT"}


def trials(values: Iterable[Any]) -> list[str]:
    """Trial registration numbers of the known registries, in order, each once, as the registry writes them."""
    found: dict[str, None] = {}
    for value in values:
        text = value if isinstance(value, str) else str(value)
        if _may_hold_one(text):
            for number in _numbers(text):
                found[number] = None
    return list(found)


def _may_hold_one(text: str) -> bool:
    """One of these stands in every number: a look that spares most texts the search. Written out, since it is quicker so."""
    if "CT" in text or "NL" in text or "NTR" in text or "UMIN" in text or "DRKS" in text or "RBR-" in text:
        return True
    return "nct" in text or "Nct" in text or "RPCEC" in text or "udra" in text


def _numbers(text: str) -> list[str]:
    found = [(each.start(), normal(each.group(0))) for each in NUMBER.finditer(text)]
    if "EU" in text or "udra" in text:
        for pattern in (EUDRACT, CTIS):
            found += [(each.start(1), each.group(1)) for each in pattern.finditer(text)]
    if "NL" in text:
        found += [(each.start(1), each.group(1).replace(" ", "")) for each in DUTCH.finditer(text)]
    return [number for _place, number in sorted(found)]


def normal(stated: str) -> str:
    """A number as its registry writes it: "ISRCTN 1234 5678" is ISRCTN12345678, "JPRN-UMIN…" is UMIN…"""
    text = re.sub(r"[ :#]", "", stated).removeprefix("JPRN-")
    text = SPELT.get(text[:3], text[:3]) + text[3:]
    found = re.fullmatch(r"([A-Za-z]+)-(\d[\dN]*)", text)
    return f"{found.group(1)}{found.group(2)}" if found and found.group(1) != "RBR" else text
