"""Evidence about a pair, line by line: what each line says, whether it holds, and the points that it is worth.

The points are log-odds: round numbers of judgement, held against labelled review sets by `python -m bench.fit_dedup`, which shows
what a logistic regression would have of them (docs/dedup.md tells what that gave). A line that speaks for the same publication can
only ever add, one that speaks against it only take away. Probability = 1 / (1 + e^-sum).
"""

from collections.abc import Callable, Iterator

from records.dedup.facts import Facts

START = "starting point"
INTERCEPT = -5.1

# what it says -> (points, whether it holds)
LINES: dict[str, tuple[float, Callable[[Facts], object]]] = {
    "titles at least 70 % alike": (0.5, lambda f: f.title >= 70),
    "titles at least 80 % alike": (0.6, lambda f: f.title >= 80),
    "titles at least 90 % alike": (0.8, lambda f: f.title >= 90),
    "titles at least 95 % alike": (0.6, lambda f: f.title >= 95),
    "same title": (0.6, lambda f: f.exact),
    "titles share nearly all words": (0.8, lambda f: f.token_set >= 85),
    "one title contains the other": (0.8, lambda f: f.contained),
    "short title": (-2.0, lambda f: f.short),
    "numbers in the titles differ": (-1.0, lambda f: f.one.numbers != f.two.numbers),
    "authors at least 60 % alike": (0.4, lambda f: f.authors is not None and f.authors >= 60),
    "authors at least 80 % alike": (0.4, lambda f: f.authors is not None and f.authors >= 80),
    "authors at least 95 % alike": (0.6, lambda f: f.authors is not None and f.authors >= 95),
    "authors differ": (-1.2, lambda f: f.authors is not None and f.authors < 50),
    "same first author": (0.6, lambda f: f.first_author is not None and f.first_author >= 90),
    "numbers of authors differ by three or more": (-0.5, lambda f: f.authors is not None and abs(len(f.one.surnames) - len(f.two.surnames)) >= 3),
    "same year": (0.5, lambda f: f.years == 0),
    "years differ by one": (-1.0, lambda f: f.years == 1),
    "years differ by two or more": (-2.0, lambda f: f.years is not None and f.years > 1),
    "same journal": (0.5, lambda f: f.journal is not None and f.journal >= 80),
    "journals differ": (-1.0, lambda f: f.journal is not None and f.journal < 50),
    "same first page": (1.0, lambda f: f.first is True),
    "first pages differ": (-1.0, lambda f: f.first is False),
    "same last page": (1.0, lambda f: f.last is True),
    "last pages differ": (-1.0, lambda f: f.last is False),
    "same volume": (0.5, lambda f: f.volume is True),
    "volumes differ": (-1.5, lambda f: f.volume is False),
    "same issue": (0.3, lambda f: f.issue is True),
    "issues differ": (-1.5, lambda f: f.issue is False),
    "same first page, volume, authors and year": (0.8, lambda f: f.place and f.years == 0 and (f.authors or 0) >= 80),
    "titles at least 95 % alike or one in the other, in the same place": (0.8, lambda f: f.place and (f.title >= 95 or f.contained)),
    "same pages in the same place": (2.0, lambda f: f.range),
    "neither pages nor volume in one of them": (-0.5, lambda f: any(not n.first and not n.volume for n in (f.one, f.two))),
    "same DOI": (2.2, lambda f: f.doi is True),
    "same DOI and titles alike": (2.0, lambda f: f.doi is True and (f.title >= 80 or f.contained)),
    "DOIs differ": (-2.5, lambda f: f.doi is False),
    "same PubMed number": (3.0, lambda f: f.pmid is True),
    "PubMed numbers differ": (-3.0, lambda f: f.pmid is False),
    "abstracts at least 60 % alike": (0.3, lambda f: f.abstract is not None and f.abstract >= 60),
    "abstracts at least 90 % alike": (0.6, lambda f: f.abstract is not None and f.abstract >= 90),
    "abstracts differ": (-0.6, lambda f: f.abstract is not None and f.abstract < 60),
    "title, authors, journal and year agree, and nothing that is stated differs": (3.2, lambda f: f.agrees),
}  # fmt: skip


def lines(f: Facts) -> Iterator[tuple[str, float]]:
    """Every line that holds, with its points."""
    for name, (points, holds) in LINES.items():
        if holds(f):
            yield name, points
