"""Citation strings: "Journal. 2021 Dec;1(2):10-11." and its sisters, taken apart into journal, year, volume, issue and pages.

Where a table has columns for these, the columns are believed and the string is not looked at.
"""

import re

LONGEST = 600  # a longer value is no citation
YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
ISSUE = r"(?:\((?P<issue>[^()]{0,40})\))?"
SHAPES = (
    # PubMed: "Nature. 2021 Dec 21;1(2):10-11. doi: …"
    re.compile(rf"(?P<journal>[^;]+?)\. ?{YEAR}\b[^;:]{{0,30}};(?P<volume>[^;:()]*){ISSUE}(?::(?P<pages>[^.;:]*))?"),
    # Embase: "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014"
    re.compile(
        rf"(?P<journal>.*?) ?\({YEAR}\)(?: |$)(?P<volume>[^:()]*)(?::(?P<issue>[^():]*))?(?:\((?P<pages>[^()]*)\))?"
    ),
    # BVS and LILACS: "Rev Med Chil;139(2): 179-184, 2021 07."
    re.compile(rf"(?P<journal>[^;]+);(?P<volume>[^;:()]*){ISSUE}: ?(?P<pages>[^,;:]*), {YEAR}\b"),
    # SciELO: "Interdisciplinaria; 40(1); 63-80"
    re.compile(rf"(?P<journal>.+);(?P<volume>[^;:()]*){ISSUE};(?P<pages>[^;:]*)$"),
)
SUPPLEMENT = re.compile(r"(?P<volume>\S+) (?P<issue>suppl\b.*)", re.I)  # "12 Suppl 1" is volume 12 and its supplement 1
PARTS = ("journal", "year", "volume", "issue", "pages")


def cited(value: str) -> dict[str, str]:
    """What a citation string says of these parts; nothing where it has none of the known shapes."""
    text = " ".join(value[: LONGEST + 1].split())
    found = next((found for shape in SHAPES if (found := shape.match(text))), None) if len(text) <= LONGEST else None
    if not found:
        return {}
    stated = {name: (part or "").strip(" ,;:-\u2013") for name, part in found.groupdict().items()}
    supplement = SUPPLEMENT.fullmatch(stated["volume"])
    if supplement and not stated.get("issue"):
        stated |= supplement.groupdict()
    return {name: part for name, part in stated.items() if part}
