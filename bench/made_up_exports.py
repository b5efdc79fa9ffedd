"""Exports of nonsense in the shapes of real ones, for measuring readers: RIS, nbib, Web of Science, BibTeX, EndNote XML, Scopus CSV.

The mean entry made up is to be the mean entry of the real exports at hand, or readers that stumble over what is real look fast.
Real / made up, counted by the entry:

                 characters       lines or values  authors    keywords   and
    RIS          1,760 / 1,630    30 / 31 lines    6.7 / 7.2  6.5 / 6.9  4.7 / 4.3 lines that go on, mostly keywords
    nbib         3,710 / 3,630    82 / 83 lines    6.8 / 7.2  4.4 / 4.7  6.8 / 7.2 affiliations of 125 characters, 27 / 25 lines that go on
    WoS          2,750 / 2,840    65 / 63 lines    2.1 / 2.0  1.9 / 2.6  1,680 / 1,740 characters of cited references
    BibTeX       914 / 1,660      13 / 15 lines    4.2 / 4.0  1.9 / 6.0  0.2 / 1 abstracts: as databases write it (1,840), not as libraries do (450)
    EndNote XML  7,040 / 6,980    57 / 57 values   5.0 / 5.0  24 / 24    2,050 / 2,030 characters of abstract; every value in a <style>
    Scopus CSV   11,870 / 12,850  24 / 25 cells    9.3 / 9.1  36 / 35    41 columns, 7,900 / 8,200 characters of references

Which tags an entry has differs from one to the next by as much as in the real ones, but independently of each other.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from zlib import crc32

STEMS = """peer support care nurse ward trial home group recovery hope role team work voice health school sleep pain risk
diet exercise stroke asthma rural urban infant adult older women men family carer cohort survey interview focus theme
model effect outcome quality access service clinic hospital online training programme barrier facilitator experience
""".split()  # fmt: skip
SMALL = "and of in the with among for to a by from between within after".split()
FAMILIES = "Ames Bauer Çelik Dahl Eriksson Fontaine García Holt Ito Jönsson Kovač Lund Moreau Novak Okafor Peña Quist Rossi".split()
GIVEN = "Ada Bea Carl Dora Emil Fay Gil Hana Ivo Jo Kai Lea Max Nia Ole Pia".split()
JOURNALS = [f"{a} of {b} {c}" for a in ("Journal", "Annals", "Archives") for b in ("Rural", "Social", "Public") for c in ("Health", "Care", "Nursing")]  # fmt: skip
KINDS = ("Background:", "Methods:", "Results:", "Conclusions:")


@dataclass
class Study:
    """One invented entry: everything any format says of it, and more of it than each of them does."""

    number: int
    title: str
    everybody: list[tuple[str, str]]
    year: int
    journal: str
    sentences: list[str]
    words: list[str]

    @property
    def doi(self) -> str:
        return f"10.5555/bench.{self.number}"

    @property
    def pages(self) -> str:
        return f"{self.number % 900 + 1}-{self.number % 900 + 11}"

    @property
    def volume(self) -> str:
        return str(self.number % 40 + 1)

    def about(self, mean: int, what: str) -> int:
        """A number from half to one and a half times the mean, the same whenever it is asked."""
        half = mean // 2
        return mean - half + crc32(f"{what}{self.number}".encode()) % (2 * half + 1)

    def sometimes(self, share: int, what: str) -> bool:
        """True for so many of a hundred entries."""
        return crc32(f"{self.number}{what}".encode()) % 100 < share

    def people(self, mean: int) -> list[tuple[str, str]]:
        return self.everybody[: self.about(mean, "people")]

    def abstract(self, mean: int) -> str:
        most, said = self.about(mean, "abstract"), ""
        for sentence in self.sentences:
            if said and len(said) + len(sentence) // 2 > most:
                break
            said += sentence
        return said.strip()


def studies(count: int) -> Iterator[Study]:
    """Entries that are the same on every machine: seeded nonsense."""
    chance = random.Random(7)

    def sentence(words: int) -> str:
        said = " ".join(chance.choice(SMALL if chance.random() < 0.3 else STEMS) for _ in range(words))
        return said.capitalize()

    for number in range(count):
        sentences = [f"{sentence(chance.randint(10, 20))}. " for _ in range(30)]
        for place, kind in enumerate(KINDS):
            sentences[place * 3] = f"{kind} {sentences[place * 3]}"
        sentences[1] = sentences[1].rstrip(". ") + " (p < 0.05; 95% CI 1.1\u20131.9). "
        people = [(chance.choice(FAMILIES), f"{chance.choice(GIVEN)} {chance.choice('ABCDEFG')}.") for _ in range(15)]
        words = [f"{chance.choice(STEMS)} {chance.choice(STEMS)}" for _ in range(40)]
        yield Study(number, sentence(14), people, 1990 + number % 35, chance.choice(JOURNALS), sentences, words)


def _address(each: Study, family: str) -> str:
    return f"School of {each.words[0].title()}, Faculty of Applied and Social Sciences, Rowan University, 12 Harbour Road, {family}sby 4012, Norway."


def ris(each: Study) -> str:
    """As the exports of databases and of EndNote have it; keywords one a tag, or one a line below one tag."""
    optional = [
        (87, "SN", "1234-5678"), (85, "VL", each.volume), (82, "SP", each.pages), (74, "ID", str(each.number)), (67, "IS", str(each.number % 12 + 1)),
        (66, "ST", each.title), (46, "AN", f"WOS:{each.number:013}"), (44, "DA", f"{each.year}/03/"), (41, "DO", each.doi), (40, "LA", "English"),
        (39, "N1", f"{each.sentences[-1]}Cited By :{each.number % 90}; Export Date: 1 March {each.year}; {each.sentences[-2]}{each.sentences[-3]}"),
        (37, "UR", f"https://example.org/record/{each.number}?source=bench&full=https://doi.org/{each.doi}"),
        (36, "AD", "\r\n".join(_address(each, family) for family, _given in each.people(3))),
        (34, "L2", f"https://example.org/pdf/{each.number}"), (33, "J2", each.journal[:14]), (31, "M3", "Article"), (19, "EP", each.pages[-2:]),
        (12, "PB", "Rowan Press"), (10, "DB", "Bench"), (9, "Y2", f"{each.year}/04/01/"), (8, "CY", "Northby"), (7, "C7", "e12"),
    ]  # fmt: skip
    rows = [("TY", "JOUR"), *(("AU", f"{family}, {given}") for family, given in each.people(7)), ("TI", each.title)]
    rows += [
        ("PY", str(each.year)),
        ("T2", each.journal),
        *((tag, value) for share, tag, value in optional if each.sometimes(share, tag)),
    ]
    if each.sometimes(97, "AB"):
        rows.append(("AB", each.abstract(800)))
    words = each.words[: each.about(7, "words")]
    rows += [("KW", "\r\n".join(words))] if each.sometimes(66, "KW") else [("KW", word) for word in words]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in rows) + "ER  - \r\n\r\n"


def wrapped(tag: str, value: str, pad: int, width: int = 88) -> str:
    """A value as PubMed and Web of Science wrap it."""
    lines, line = [], tag
    for word in value.split(" "):
        if len(line) + len(word) >= width:
            lines.append(line)
            line = " " * (pad - 1)
        line += " " + word if line != tag else word
    return "\n".join([*lines, line]) + "\n"


def nbib(each: Study) -> str:
    rows = [("PMID", str(each.number + 1)), ("OWN", "NLM"), ("STAT", "Publisher"), ("DA", f"{each.year}0301"), ("IS", "1234-5678 (Electronic)"), ("IS", "1234-567X (Linking)")]  # fmt: skip
    if each.sometimes(69, "VI"):
        rows += [("VI", each.volume), ("IP", str(each.number % 12 + 1)), ("PG", each.pages)]
    rows += [("DP", f"{each.year} Mar 1"), ("TI", each.title + "."), ("LID", f"{each.doi} [doi]")]
    rows += [("LID", f"S1234-5678({each.number}) [pii]")] if each.sometimes(3, "LID") else []
    rows += [("AB", each.abstract(1500))]
    rows += (
        [("CI", f"Copyright (c) {each.year}. Published by the Rowan Press, all rights reserved.")]
        if each.sometimes(49, "CI")
        else []
    )
    for family, given in each.people(7):
        rows += [("FAU", f"{family}, {given}"), ("AU", f"{family} {given[0]}"), ("AD", _address(each, family))]
    rows += [("LA", "eng"), ("PT", "Journal Article"), ("DEP", f"{each.year}0301"), ("PL", "Norway"), ("TA", each.journal[:15]), ("JT", f"{each.journal} and Society"), ("JID", "9876543"), ("SB", "IM")]  # fmt: skip
    rows += [
        ("MH", f"{word.capitalize()}/*psychology") for word in (each.words[:6] if each.sometimes(10, "MH") else [])
    ]
    rows += [("OTO", "NOTNLM"), *(("OT", word) for word in each.words[: each.about(4, "words")]), ("EDAT", f"{each.year}/03/01 06:00"), ("MHDA", f"{each.year}/03/01 06:00"), ("CRDT", f"{each.year}/03/01 06:00")]  # fmt: skip
    rows += [("PHST", f"{each.year}/03/01 [{what}]") for what in ("received", "accepted")]
    rows += [("AID", f"{each.doi} [doi]"), ("AID", f"S1234-5678({each.number}) [pii]"), ("PST", "aheadofprint"), ("SO", f"{each.journal[:15]}. {each.year} Mar 1. pii: S1234-5678({each.number}). doi: {each.doi}.")]  # fmt: skip
    return "".join(wrapped(f"{tag:4}- ", value, 6) for tag, value in rows) + "\n"


def wos(each: Study) -> str:
    people = each.people(2)
    cited = [f"{family} {given[0]}, {1980 + n}, {each.journal.upper()[:18]}, V{n}, P{n * 7}, DOI 10.5555/{each.words[n].replace(' ', '.')}.{n}"
             for n in range(each.about(24, "cited")) for family, given in [each.everybody[n % 15]]]  # fmt: skip
    rows = [("PT", "J"), ("AU", "\n   ".join(f"{family}, {given[0]}" for family, given in people)), ("AF", "\n   ".join(f"{family}, {given}" for family, given in people))]  # fmt: skip
    rows += [("TI", each.title), ("SO", each.journal.upper()), ("LA", "English"), ("DT", "Article")]
    rows += [("DE", "; ".join(each.words[:6]))] if each.sometimes(12, "DE") else []
    rows += [("ID", "; ".join(each.words[6:12]).upper())] if each.sometimes(31, "ID") else []
    rows += [("AB", each.abstract(840))] if each.sometimes(33, "AB") else []
    rows += [
        (
            "C1",
            "\n   ".join(
                f"[{family}, {given}] Rowan Univ, Sch Nursing, N-4012 {family}sby, Norway." for family, given in people
            ),
        )
    ]
    rows += (
        [
            (
                "RP",
                f"{people[0][0]}, {people[0][1][0]} (corresponding author), Rowan Univ, Sch Nursing, 12 Harbour Rd, N-4012 Northby, Norway.",
            )
        ]
        if each.sometimes(47, "RP")
        else []
    )
    rows += [("EM", "ames@rowan.example")] if each.sometimes(19, "EM") else []
    rows += [("CR", "\n   ".join(cited)), ("NR", str(len(cited))), ("TC", "4"), ("Z9", "4"), ("PU", "ROWAN PRESS AND SONS"), ("PI", "NORTHBY"), ("PA", "12 HARBOUR RD, N-4012 NORTHBY, NORWAY"), ("SN", "1234-5678")]  # fmt: skip
    rows += [
        ("J9", each.journal.upper()[:14]),
        ("JI", each.journal[:20]),
        ("PD", "MAR"),
        ("PY", str(each.year)),
        ("VL", each.volume),
        ("IS", "2"),
    ]
    rows += [("BP", each.pages.partition("-")[0]), ("EP", each.pages.partition("-")[2])]
    rows += [("DI", each.doi)] if each.sometimes(53, "DI") else []
    rows += [
        ("PG", "11"),
        ("WC", "Nursing; Social Work"),
        ("SC", "Nursing"),
        ("GA", f"{each.number:05}"),
        ("UT", f"WOS:{each.number:015}"),
    ]
    said = "".join(f"{tag} {value}\n" if "\n" in value else wrapped(f"{tag} ", value, 3) for tag, value in rows)
    return said + "ER\n\n"


def bibtex(each: Study) -> str:
    people = " and ".join(f"{family}, {given}" for family, given in each.people(4)).replace("é", "{\\'e}").replace("ö", '{\\"o}')  # fmt: skip
    first, rest = each.title.split(" ", 1)
    fields = {"author": people, "title": f"{{{first}}} {rest}", "journal": each.journal, "year": each.year, "volume": each.volume, "number": 2}  # fmt: skip
    fields |= {
        "pages": each.pages.replace("-", "--"),
        "doi": each.doi,
        "abstract": each.abstract(1150).replace("%", "\\%"),
    }
    fields |= {"keywords": ", ".join(each.words[:6]), "issn": "1234-5678", "language": "English"}
    said = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@article{{ames{each.number},\n{said}\n}}\n\n"


def endnote(each: Study) -> str:
    def styled(tag: str, value: object) -> str:
        return f'<{tag}><style face="normal" font="default" size="100%">{escape(str(value))}</style></{tag}>'

    people = "".join(styled("author", f"{family}, {given}") for family, given in each.people(5))
    words = "".join(styled("keyword", word) for word in each.words[: each.about(24, "words")])
    said = [
        '<record><database name="A library of the bench with a long name.enl" path="/home/ames/Documents/reviews/peer support/A library of the bench with a long name.enl">A library of the bench with a long name.enl</database>',
        f'<source-app name="EndNote" version="20.6">EndNote</source-app><rec-number>{each.number}</rec-number>',
        f'<foreign-keys><key app="EN" db-id="rowan5rw9afsw0exxd1prwrtsvrsp5v9xz0f">{each.number}</key></foreign-keys>',
        f'<ref-type name="Journal Article">17</ref-type><contributors><authors>{people}</authors></contributors>',
        f"<titles>{styled('title', each.title)}{styled('secondary-title', each.journal)}</titles><periodical>{styled('full-title', each.journal)}</periodical>",
        styled("pages", each.pages), styled("volume", each.volume), styled("number", 2), f"<keywords>{words}</keywords>", f"<dates>{styled('year', each.year)}</dates>",
        styled("isbn", "1234-5678"), styled("abstract", each.abstract(2000)), styled("notes", f"{each.sentences[-1]}Export Date: 1 March {each.year}"),
        f"<urls><related-urls>{styled('url', f'https://example.org/record/{each.number}?full=https://doi.org/{each.doi}')}</related-urls></urls>",
        styled("language", "English"), styled("auth-address", _address(each, "North")), styled("electronic-resource-num", each.doi), styled("work-type", "Article"), styled("remote-database-name", "Bench"),
    ]  # fmt: skip
    return "".join([*said, "</record>"])


SCOPUS = """Authors|Title|Year|Source title|Volume|Issue|Art. No.|Page start|Page end|Page count|Cited by|DOI|Link|Affiliations|Authors with affiliations|Abstract
Author Keywords|Index Keywords|Molecular Sequence Numbers|Chemicals/CAS|Tradenames|Manufacturers|Funding Details|References|Correspondence Address|Editors|Sponsors|Publisher
Conference name|Conference date|Conference location|Conference code|ISSN|ISBN|CODEN|PubMed ID|Language of Original Document|Abbreviated Source Title|Document Type|Source|EID"""  # fmt: skip


def scopus(each: Study) -> dict[str, object]:
    """One row: the columns that say something."""
    people = each.people(9)
    first, last = each.pages.split("-")
    cited = (f"{family}, {given[0]}., {each.title[n % 30:]}, ({1980 + n % 40}) {each.journal}, {n % 40 + 1} (2), pp. {n * 7}-{n * 7 + 9}"
             for n in range(each.about(76, "cited")) for family, given in [each.everybody[n % 15]])  # fmt: skip
    addresses = [_address(each, family) for family, _given in people]
    row: dict[str, object] = {
        "Authors": ", ".join(f"{family}, {given[0]}." for family, given in people), "Title": each.title, "Year": each.year, "Source title": each.journal,
        "Volume": each.volume, "Issue": 2, "Page start": first, "Page end": last, "Cited by": each.number % 90, "DOI": each.doi,
        "Link": f"https://example.org/inward/record.url?eid=2-s2.0-{each.number}&partnerID=40&md5=0123456789abcdef0123456789abcdef", "Affiliations": "; ".join(addresses[:4]),
        "Authors with affiliations": "; ".join(f"{family}, {given[0]}., {address}" for (family, given), address in zip(people, addresses, strict=True)),
        "Abstract": each.abstract(1250), "Index Keywords": "; ".join(each.words[: each.about(36, "words")]), "References": "; ".join(cited) if each.sometimes(80, "References") else "",
        "Correspondence Address": f"{people[0][0]}, {people[0][1][0]}.; {addresses[0]}; email: ames@rowan.example", "ISSN": "12345678", "CODEN": "ROWAB", "PubMed ID": each.number,
        "Language of Original Document": "English", "Abbreviated Source Title": each.journal[:14], "Document Type": "Article", "Source": "Scopus", "EID": f"2-s2.0-{each.number:011}",
    }  # fmt: skip
    if each.sometimes(25, "Author Keywords"):
        row["Author Keywords"] = "; ".join(each.words[-6:])
    return row


def write(name: str, path: Path, count: int) -> None:
    """A file of so many entries in one format."""
    if name == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            sheet = csv.DictWriter(file, SCOPUS.replace("\n", "|").split("|"), quoting=csv.QUOTE_ALL)
            sheet.writeheader()
            sheet.writerows(map(scopus, studies(count)))
        return
    head, one, foot = {
        "ris": ("", ris, ""),
        "nbib": ("", nbib, ""),
        "wos": ("FN Clarivate Analytics Web of Science\nVR 1.0\n", wos, "EF\n"),
        "bibtex": ("", bibtex, ""),
        "endnote": ('<?xml version="1.0" encoding="UTF-8" ?><xml><records>', endnote, "</records></xml>\n"),
    }[name]
    with path.open("w", encoding="utf-8-sig" if name == "wos" else "utf-8", newline="") as file:
        file.write(head)
        file.writelines(map(one, studies(count)))
        file.write(foot)
