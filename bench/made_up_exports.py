"""Exports of nonsense in the shapes of real ones, for measuring readers: RIS, nbib, Web of Science, BibTeX, EndNote XML, Scopus CSV.

An entry is as long as one of the real exports that we have, in characters and lines (or closing tags, cells) of each format's
mean: RIS 1,800 and 30; nbib 3,700 and 80; Web of Science 2,200 and 54; BibTeX 900 to 1,900; EndNote XML 7,000 and 106 tags;
Scopus 11,900 in 30 to 45 columns.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

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
    """One invented entry."""

    number: int
    title: str
    people: list[tuple[str, str]]
    year: int
    journal: str
    abstract: str
    words: list[str]

    @property
    def doi(self) -> str:
        return f"10.5555/bench.{self.number}"

    @property
    def pages(self) -> tuple[int, int]:
        return self.number % 900 + 1, self.number % 900 + 11


def studies(count: int) -> Iterator[Study]:
    """Entries that are the same on every machine: seeded nonsense of about 200 words each."""
    chance = random.Random(7)

    def sentence(words: int) -> str:
        said = " ".join(chance.choice(SMALL if chance.random() < 0.3 else STEMS) for _ in range(words))
        return said.capitalize()

    for number in range(count):
        parts = [f"{kind} " + " ".join(f"{sentence(chance.randint(10, 20))}." for _ in range(3)) for kind in KINDS]
        abstract = " ".join(parts) + " (p < 0.05; 95% CI 1.1\u20131.9)"
        people = [(chance.choice(FAMILIES), f"{chance.choice(GIVEN)} {chance.choice('ABCDEFG')}.") for _ in range(4)]
        words = [f"{chance.choice(STEMS)} {chance.choice(STEMS)}" for _ in range(6)]
        yield Study(number, sentence(13), people, 1990 + number % 35, chance.choice(JOURNALS), abstract, words)


def ris(each: Study) -> str:
    rows = [("TY", "JOUR"), ("TI", each.title), *(("AU", f"{family}, {given}") for family, given in each.people)]
    rows += [("PY", each.year), ("T2", each.journal), ("VL", each.number % 40 + 1), ("IS", each.number % 12 + 1)]
    rows += [("SP", each.pages[0]), ("EP", each.pages[1]), ("DO", each.doi), ("UR", f"https://doi.org/{each.doi}")]
    rows += [("SN", "1234-5678"), ("LA", "English"), ("AB", each.abstract), *(("KW", word) for word in each.words)]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in rows) + "ER  - \r\n\r\n"


def wrapped(tag: str, value: str, pad: int, width: int = 80) -> str:
    """A value as PubMed and Web of Science wrap it."""
    lines, line = [], tag
    for word in value.split(" "):
        if len(line) + len(word) >= width:
            lines.append(line)
            line = " " * (pad - 1)
        line += " " + word if line != tag else word
    return "\n".join([*lines, line]) + "\n"


def nbib(each: Study) -> str:
    rows = [("PMID", str(each.number + 1)), ("OWN", "NLM"), ("STAT", "MEDLINE"), ("IS", "1234-5678 (Electronic)")]
    rows += [("VI", str(each.number % 40 + 1)), ("IP", str(each.number % 12 + 1)), ("DP", f"{each.year} Mar")]
    rows += [
        ("TI", each.title + "."),
        ("PG", "{}-{}".format(*each.pages)),
        ("LID", f"{each.doi} [doi]"),
        ("AB", each.abstract),
    ]
    for family, given in each.people:
        rows += [
            ("FAU", f"{family}, {given}"),
            ("AU", f"{family} {given[0]}"),
            (
                "AD",
                f"School of {each.words[0].title()}, Faculty of Applied and Social Sciences, Rowan University, 12 Harbour Road, Northby 4012, Norway. Electronic address: {given[0].lower()}.{family.lower()}@rowan.example.",
            ),
        ]
    rows += [
        ("LA", "eng"),
        ("PT", "Journal Article"),
        ("DEP", f"{each.year}0301"),
        ("TA", each.journal[:12]),
        ("JT", each.journal),
    ]
    rows += [("MH", f"{word.capitalize()}/*psychology") for word in (*each.words, *each.words[:5])]
    rows += [
        ("OTO", "NOTNLM"),
        ("COIS", "The authors declare that they have no conflict of interest."),
        ("GR", "12345/RWN_/Rowan Trust/Norway"),
    ]
    rows += [
        ("PHST", f"{each.year}/0{n}/01 00:00 [{what}]")
        for n, what in enumerate(("received", "revised", "accepted", "pubmed", "medline"), 1)
    ]
    rows += [
        ("AID", f"{each.doi} [doi]"),
        ("AID", f"S1234-5678({each.number}) [pii]"),
        ("PST", "ppublish"),
        ("JID", "9876543"),
        ("SB", "IM"),
    ]
    rows += [
        *(("OT", word) for word in each.words),
        ("CRDT", f"{each.year}/03/01 06:00"),
        ("MHDA", f"{each.year}/03/02 06:00"),
        ("EDAT", f"{each.year}/03/01 06:00"),
        ("SO", f"{each.journal[:12]}. {each.year} Mar. doi: {each.doi}."),
    ]
    return "".join(wrapped(f"{tag:4}- ", value, 6) for tag, value in rows) + "\n"


def wos(each: Study) -> str:
    people = [f"{family}, {given}" for family, given in each.people]
    rows = [
        ("PT", "J"),
        ("AU", "\n   ".join(f"{family}, {given[0]}" for family, given in each.people)),
        ("AF", "\n   ".join(people)),
    ]
    rows += [
        ("TI", each.title),
        ("SO", each.journal.upper()),
        ("LA", "English"),
        ("DT", "Article"),
        ("DE", "; ".join(each.words)),
    ]
    rows += [
        ("AB", each.abstract),
        ("C1", f"[{'; '.join(people)}] Rowan Univ, Sch Nursing, Northby, Norway."),
        ("NR", "31"),
        ("TC", "4"),
    ]
    rows += [
        ("SN", "1234-5678"),
        ("J9", each.journal.upper()),
        ("PD", "MAR"),
        ("PY", str(each.year)),
        ("VL", str(each.number % 40 + 1)),
    ]
    rows += [
        ("IS", "2"),
        ("BP", str(each.pages[0])),
        ("EP", str(each.pages[1])),
        ("DI", each.doi),
        ("UT", f"WOS:{each.number:015}"),
    ]
    said = "".join(f"{tag} {value}\n" if "\n" in value else wrapped(f"{tag} ", value, 3) for tag, value in rows)
    return said + "ER\n\n"


def bibtex(each: Study) -> str:
    people = (
        " and ".join(f"{family}, {given}" for family, given in each.people)
        .replace("é", "{\\'e}")
        .replace("ö", '{\\"o}')
    )
    fields = {
        "author": people,
        "title": "{" + each.title.split()[0] + "} " + " ".join(each.title.split()[1:]),
        "journal": each.journal,
    }
    fields |= {
        "year": each.year,
        "volume": each.number % 40 + 1,
        "number": 2,
        "pages": "{}--{}".format(*each.pages),
        "doi": each.doi,
    }
    fields |= {
        "abstract": each.abstract.replace("%", "\\%"),
        "keywords": ", ".join(each.words),
        "issn": "1234-5678",
        "language": "English",
    }
    said = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@article{{ames{each.number},\n{said}\n}}\n\n"


def _more(each: Study) -> Iterator[tuple[str, str]]:
    """What a library's records carry besides: addresses, notes, custom fields."""
    yield (
        "auth-address",
        "; ".join(
            f"{given} {family}, School of Nursing, Rowan University, Northby, Norway" for family, given in each.people
        ),
    )
    yield "notes", f"{each.abstract[:500]} Cited By: {each.number % 90}; Export Date: 1 March {each.year}"
    for n in range(1, 8):
        yield f"custom{n}", f"{each.words[n % 6]} {each.doi}"
    yield from (
        ("work-type", "Article"),
        ("remote-database-name", "Bench"),
        ("remote-database-provider", "Rowan"),
        ("accession-num", f"B{each.number}"),
    )
    yield from (
        ("research-notes", each.title),
        ("label", each.words[0]),
        ("call-num", f"QX {each.number}"),
        ("publisher", "Rowan Press"),
    )


def endnote(each: Study) -> str:
    def styled(value: object) -> str:
        return f'<style face="normal" font="default" size="100%">{escape(str(value))}</style>'

    people = "".join(f"<author>{styled(f'{family}, {given}')}</author>" for family, given in each.people)
    words = "".join(f"<keyword>{styled(word)}</keyword>" for word in (*each.words, *each.words))
    more = "".join(f"<{tag}>{styled(value)}</{tag}>" for tag, value in _more(each))
    return (
        f'<record><database name="bench.enl">bench.enl</database><source-app name="EndNote" version="20.6">EndNote</source-app><rec-number>{each.number}</rec-number>'
        f'<ref-type name="Journal Article">17</ref-type><contributors><authors>{people}</authors></contributors>'
        f"<titles><title>{styled(each.title)}</title><secondary-title>{styled(each.journal)}</secondary-title></titles>"
        f"<periodical><full-title>{styled(each.journal)}</full-title></periodical><pages>{styled('{}-{}'.format(*each.pages))}</pages>"
        f"<volume>{styled(each.number % 40 + 1)}</volume><number>{styled(2)}</number><keywords>{words}</keywords>"
        f"<dates><year>{styled(each.year)}</year></dates><isbn>{styled('1234-5678')}</isbn><abstract>{styled(each.abstract)}</abstract>"
        f"<urls></urls><electronic-resource-num>{styled(each.doi)}</electronic-resource-num><language>{styled('English')}</language>{more}</record>"
    )


SCOPUS = ("Authors", "Author full names", "Title", "Year", "Source title", "Volume", "Issue", "Art. No.", "Page start", "Page end", "Cited by", "DOI", "Link", "Affiliations", "Abstract",
          "Author Keywords", "Index Keywords", "ISSN", "Language of Original Document", "Document Type", "Publication Stage", "Source", "EID", "References", "Correspondence Address", "Publisher", "Abbreviated Source Title", "Funding Details", "Authors with affiliations", "Open Access", "CODEN", "PubMed ID")  # fmt: skip


def _references(each: Study) -> str:
    """Eighty works that it cites, as Scopus writes them into one cell."""
    cited = (f"{family} {given[0]}., {each.title[n:]} {each.journal}, {n % 40 + 1}, 2, pp. {n * 7}-{n * 7 + 9}, ({1980 + n})"
             for n in range(80) for family, given in each.people[n % 4 : n % 4 + 1])  # fmt: skip
    return "; ".join(cited)


def scopus(each: Study) -> list[object]:
    short = "; ".join(f"{family} {given[0]}." for family, given in each.people)
    full = "; ".join(f"{family}, {given} ({57190000000 + n})" for n, (family, given) in enumerate(each.people))
    words = "; ".join(each.words)
    return [short, full, each.title, each.year, each.journal, each.number % 40 + 1, 2, "", *each.pages, 4, each.doi, f"https://example.org/record?eid=2-s2.0-{each.number}",
            "School of Nursing, Rowan University, Northby, Norway", each.abstract, words, "", "12345678", "English", "Article", "Final", "Scopus", f"2-s2.0-{each.number:011}", _references(each),
            "B. Ames; School of Nursing, Rowan University, Northby, Norway; email: ames@rowan.example", "Rowan Press", each.journal[:14], "Rowan Trust, RT: 1234",
            "; ".join(f"{family} {given[0]}., School of Nursing, Rowan University, Northby, Norway" for family, given in each.people), "All Open Access", "", each.number]  # fmt: skip


def write(name: str, path: Path, count: int) -> None:
    """A file of so many entries in one format."""
    if name == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            sheet = csv.writer(file, quoting=csv.QUOTE_ALL)
            sheet.writerow(SCOPUS)
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
