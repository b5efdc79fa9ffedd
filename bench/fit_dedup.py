"""Points for the evidence of `records.dedup`, from labelled tables, and what they are worth on a table left out.

    python -m bench.fit_dedup FOLDER [--sets NAME,…] [--strength 1.0]

FOLDER holds tables (record_id, cluster_id, title, authors, …; the same cluster_id = the same publication). For each set the
points are fitted on all others and judged on it: wrong joins, missed ones, questions a thousand records. Then they are fitted on
all and printed; `records/dedup/evidence.py` is written by a person, who sees what moved and why.

The fit is a logistic regression over yes/no evidence (MAP: a normal prior around the present points, `strength` its precision;
each set weighs the same, pairs that are not the same twice; Genkin, Lewis and Madigan 2007, without their Laplace prior). No
line of evidence may change its sign. Cyclic coordinate Newton steps over distinct patterns of evidence.
"""

import argparse
import csv
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from records.dedup import Normal, cluster, evidence
from records.dedup.compare import verdict
from records.dedup.facts import Facts
from records.dedup.headless import Habits, candidates

SAID = [evidence.START, *evidence.LINES]
PRIOR = [evidence.INTERCEPT, *(points for points, _holds in evidence.LINES.values())]
AGAINST = 2.0  # weight of a pair that is not the same
SWEEPS = 40


@dataclass(slots=True)
class Pair:
    """Two records of a set: what holds of them, and the truth."""

    a: str
    b: str
    facts: Facts
    holds: tuple[int, ...]  # places in PRIOR, 0 for the starting point
    serial: bool
    same: bool


@dataclass(slots=True)
class Table:
    """A labelled set."""

    name: str
    truth: dict[str, str]
    pairs: list[Pair]

    @classmethod
    def of(cls, path: Path) -> "Table":
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = {row["record_id"]: row for row in csv.DictReader(file)}
        normals = {each: Normal.of(row) for each, row in rows.items()}
        habits = Habits(normals.values())
        truth = {each: row["cluster_id"] for each, row in rows.items()}
        pairs = []
        for a, b in sorted(candidates(normals)):
            one, two = normals[a], normals[b]
            facts = Facts(one, two, any(habits.shared_doi(doi) for doi in (one.doi, two.doi) if doi))
            holds = (0, *(n for n, (_p, said) in enumerate(evidence.LINES.values(), 1) if said(facts)))
            pairs.append(Pair(a, b, facts, holds, habits.serial(one) or habits.serial(two), truth[a] == truth[b]))
        return cls(path.stem, truth, pairs)


def fitted(tables: Sequence[Table], strength: float) -> list[float]:
    """Points for START and each line of evidence, rounded to a tenth."""
    weights: Counter[tuple[tuple[int, ...], int]] = Counter()
    for table in tables:
        true = sum(pair.same for pair in table.pairs) * len(tables)
        for pair in table.pairs:
            weights[pair.holds, 1 if pair.same else -1] += (1.0 if pair.same else AGAINST) / true  # type: ignore[assignment]
    rows = [(holds, sign, weight) for (holds, sign), weight in weights.items()]
    having: dict[int, list[int]] = defaultdict(list)
    for n, (holds, _sign, _weight) in enumerate(rows):
        for place in holds:
            having[place].append(n)
    points = list(PRIOR)
    sums = [sum(points[place] for place in holds) for holds, _sign, _weight in rows]
    for _sweep in range(SWEEPS):
        for place, prior in enumerate(PRIOR):
            precision = strength / (1 + abs(prior))
            slope, bend = precision * (points[place] - prior), precision
            for n in having[place]:
                _holds, sign, weight = rows[n]
                wrong = 1 / (1 + math.exp(max(-30.0, min(30.0, sign * sums[n]))))
                slope -= weight * sign * wrong
                bend += weight * wrong * (1 - wrong)
            step = max(-0.5, min(0.5, -slope / bend))
            moved = points[place] + step
            if place and moved * prior < 0:
                moved = 0.0
            step, points[place] = moved - points[place], moved
            for n in having[place]:
                sums[n] += step
    return [round(each, 1) for each in points]


def judged(table: Table, points: Sequence[float], join: Sequence[str] = ()) -> tuple[int, int, float, float]:
    """Wrong joins, missed ones (records removed), questions a thousand records, sensitivity if all are answered rightly."""
    out = []
    for pair in table.pairs:
        reasons = [(SAID[place], points[place]) for place in pair.holds]
        out.append(verdict(pair.a, pair.b, pair.facts, reasons, pair.serial, join))
    plan = cluster(table.truth, out)
    duplicates = len(table.truth) - len(set(table.truth.values()))
    wrong, found = _counted(table.truth, {str(each): str(group) for each, group in plan.group.items()})
    answered = {str(each): str(group) for each, group in plan.group.items()}
    for question in plan.questions:
        a, b = answered[str(question.a)], answered[str(question.b)]
        if table.truth[str(question.a)] == table.truth[str(question.b)] and a != b:
            answered = {each: a if group == b else group for each, group in answered.items()}
    _wrong, reached = _counted(table.truth, answered)
    return wrong, duplicates - found, 1000 * len(plan.questions) / len(table.truth), reached / duplicates


def _counted(truth: Mapping[str, str], group: Mapping[str, str]) -> tuple[int, int]:
    """Records removed wrongly and rightly: of each group one record a publication is kept."""
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for each, root in group.items():
        members[root][truth[each]] += 1
    return sum(len(each) - 1 for each in members.values()), sum(
        sum(each.values()) - len(each) for each in members.values()
    )


def say(what: str, told: tuple[int, int, float, float]) -> None:
    print(
        f"  {what:30} wrong {told[0]:3}  missed {told[1]:4}  questions {told[2]:5.1f} a 1,000  answered {told[3]:.4f}"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--sets", default="copper,cytology_screening,respiratory,digital_work")
    asked.add_argument("--strength", type=float, default=1.0)
    asked.add_argument(
        "--most-wrong", type=int, help="fail where more records are joined wrongly, over all sets left out"
    )
    given = asked.parse_args()
    csv.field_size_limit(1 << 30)
    tables = [Table.of(given.folder / f"{name}.csv") for name in given.sets.split(",")]
    print("as shipped")
    for table in tables:
        say(table.name, judged(table, PRIOR))
    print("fitted on all others, judged on the one left out")
    wrong = 0
    for table in tables:
        told = judged(table, fitted([each for each in tables if each is not table], given.strength))
        say(table.name, told)
        wrong += told[0]
    print("fitted on all")
    points = fitted(tables, given.strength)
    for table in tables:
        say(table.name, judged(table, points))
    for name, before, after in zip(SAID, PRIOR, points, strict=True):
        print(f"  {after:+.1f}  {name}" + (f"  (is {before:+.1f})" if before != after else ""))
    if given.most_wrong is not None and wrong > given.most_wrong:
        raise SystemExit(f"{wrong} records were joined wrongly")


if __name__ == "__main__":
    main()
