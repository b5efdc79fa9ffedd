"""Worked examples of agreement from papers, manuals and other programs, each figure with what it should be and what is given.

    python tools/conformance_agreement.py FOLDER

FOLDER holds gold_stats.json and agreement_vectors.json. A computed value must be met within 1e-8, a standard error within
1e-6, a printed one to its printed digits. What is known to be wrong in the source (its own `check` says so, or another
program's standard error of alpha) is told and not counted. Exits 1 on any miss.
"""

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reviews import agreement as two
from reviews import agreement_several as several
from reviews.intervals import Figure, student
from themes import unitizing

Given = dict[str, Any]
PRINTED = 0.0005  # agreement_vectors.json, unless an example says otherwise


def ends(figure: Figure) -> list[float | None]:
    return [figure.low, figure.high]


def of_table(table: list[list[int]], weights: list[list[float]] | None = None) -> Given:
    """Every figure of two members' table, under the names of the files."""
    q, n = len(table), two.works(table)
    kappa, ac1, po = two.kappa(table), two.ac1(table), two.percent(table)
    conger = several.conger(Counter({(i, j): t for i, row in enumerate(table) for j, t in enumerate(row) if t}), q)
    given = {
        "n": n, "po": po.value, "percent": po.value, "pe": two.expected(table).value,
        "kappa": kappa.value, "kappa_se": kappa.se, "kappa_ci95": ends(kappa), "kappa_ci": ends(kappa),
        "kappa_se0": two.error_at_zero(table), "kappa_se_irrCAC_t_interval": conger.se, "kappa_ci95_irrCAC": ends(conger),
        "scott_pi": two.scott(table).value, "ac1": ac1.value, "ac1_se_irrCAC": ac1.se, "ac1_ci95_irrCAC": ends(ac1),
        "brennan_prediger": two.brennan_prediger(table).value,
        "krippendorff_alpha_nominal": two.alpha(table).value, "alpha_nominal": two.alpha(table).value,
        "max_kappa": two.largest_kappa(table).value,
    }  # fmt: skip
    for name, figure in (
        ("kappa_linear", two.kappa(table, two.linear(q))),
        ("kappa_quadratic", two.kappa(table, two.quadratic(q))),
        ("weighted_kappa", two.kappa(table, weights) if weights else Figure(None)),
    ):
        given |= {name: figure.value, f"{name}_se": figure.se}
    if q == 2:
        given |= {
            "pabak": two.brennan_prediger(table).value, "prevalence_index": two.prevalence(table).value,
            "bias_index": two.bias(table).value, "p_pos": two.specific(table, 0).value, "p_neg": two.specific(table, 1).value,
        }  # fmt: skip
    if kappa.se and n > 1:  # by the table functions of R: variance with n, interval by Student's t
        given["_by_tables"] = {
            "kappa_se_irrCAC_t_interval": kappa.se,
            "kappa_ci95_irrCAC": [(kappa.value or 0) + sign * student(n - 1) * kappa.se for sign in (-1, 1)],
            "ac1_se_irrCAC": (ac1.se or 0) * math.sqrt((n - 1) / n),
            "ac1_ci95_irrCAC": [
                (ac1.value or 0) + sign * student(n - 1) * (ac1.se or 0) * math.sqrt((n - 1) / n) for sign in (-1, 1)
            ],
        }
    return given


def of_counts(units: Counter[tuple[int, ...]]) -> Given:
    """Every figure of several members' counts."""
    fleiss, ac1, bp, alpha = (
        several.fleiss(units),
        several.ac1(units),
        several.brennan_prediger(units),
        several.alpha(units),
    )
    pe = sum(share**2 for share in several._mean_shares(units))
    return {
        "po": several.percent(units).value, "pe": pe,
        "fleiss_kappa": fleiss.value, "fleiss": fleiss.value, "fleiss_se": fleiss.se, "fleiss_ci95": ends(fleiss),
        "per_category": [several.fleiss(several.only(units, k)).value for k in range(len(next(iter(units))))],
        "ac1": ac1.value, "gwet_ac1": ac1.value, "gwet": ac1.value, "ac1_se": ac1.se, "gwet_se": ac1.se,
        "ac1_ci95": ends(ac1), "gwet_ci95": ends(ac1),
        "brennan_prediger": bp.value, "bp": bp.value, "randolph": bp.value, "bp_se": bp.se, "bp_ci95": ends(bp),
        "krippendorff_alpha_nominal": alpha.value, "alpha_nominal": alpha.value, "krippendorff": alpha.value,
        "krippendorff_se": alpha.se, "krippendorff_ci95": ends(alpha),
    }  # fmt: skip


def of_raters(rows: list[list[Any]]) -> Given:
    """Every figure of ratings, a row a member, null where a member has none."""
    values = sorted({each for row in rows for each in row if each is not None})
    place = {value: n for n, value in enumerate(values)}
    patterns = Counter(
        tuple(None if each is None else place[each] for each in unit) for unit in zip(*rows, strict=True)
    )
    units = several.counted(patterns, len(values))
    conger = several.conger(patterns, len(values))
    given = of_counts(units) | {"conger": conger.value, "conger_se": conger.se, "conger_ci95": ends(conger)}
    if len(rows) == 2 and all(each is not None for row in rows for each in row):
        table = [[patterns[i, j] for j in range(len(values))] for i in range(len(values))]
        given = of_table(table) | given
        given["percent"] = given["po"]
    if all(isinstance(value, int) for value in values):
        ratio = lambda a, b, _often: ((values[a] - values[b]) / (values[a] + values[b])) ** 2  # noqa: E731
        square = lambda a, b, _often: float((values[a] - values[b]) ** 2)  # noqa: E731
        given |= {
            "alpha_ordinal": several.alpha(units, "ordinal").value,
            "alpha_interval": several.alpha(units, scale=square).value,
            "alpha_ratio": several.alpha(units, scale=ratio).value,
        }
    return given


def given_for(example: dict[str, Any]) -> Given:
    """What we say of an example of gold_stats.json."""
    told, kind = example["input"], example["kind"]
    if kind == "two_rater_table":
        return of_table(told["table_rows_rater1"], told.get("weights"))
    if kind == "po_pe_only":
        return {"kappa": two.corrected(told["po"], told["pe"])}
    if kind == "n_rater_counts":
        return of_counts(Counter(map(tuple, told["counts"])))
    return of_raters(
        told.get("ratings_by_rater") or [list(each) for each in zip(*told["ratings_by_unit"], strict=True)]
    )


def met(expected: Any, given: Any, near: float) -> bool:
    if isinstance(expected, list):
        return (
            isinstance(given, list)
            and len(given) == len(expected)
            and all(map(lambda e, g: met(e, g, near), expected, given))
        )
    if expected is None or given is None:
        return expected is given
    return math.isfinite(given) and abs(expected - given) <= near * (1 + 1e-6)


def digits(printed: Any) -> float:
    """Half of the last printed digit of a number, or of the most exact one of several."""
    numbers = printed if isinstance(printed, list) else [printed]
    places = max(len(repr(each).partition(".")[2]) for each in numbers)
    return 0.5 * 10.0**-places + 1e-12


class Tally:
    """Counts what was met, tells each figure, and remembers what was missed."""

    def __init__(self) -> None:
        self.met, self.missed, self.known = 0, 0, 0

    def say(self, name: str, what: str, expected: Any, given: Any, near: float, excuse: str = "") -> bool:
        good = met(expected, given, near)
        word = "  " if good else ("~ " if excuse else "! ")
        print(
            f"  {word}{name:30} {what:34} expected {short(expected):32} given {short(given)}{'' if good or not excuse else f'  ({excuse})'}"
        )
        self.met += good
        self.known += not good and bool(excuse)
        self.missed += not good and not excuse
        return good or bool(excuse)


def short(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(short, value)) + "]"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


WRONG_ERROR = (
    "another program's standard error of alpha where decisions are missing, known to be wrong; the printed one is met"
)


def gold(tally: Tally, examples: list[dict[str, Any]]) -> int:
    """How many examples are met in every figure."""
    good = 0
    for example in examples:
        given, fine = given_for(example), True
        for what, expected in example["computed"].items():
            near = 1e-6 if "_se" in what else 1e-8
            gaps = example["kind"] == "n_rater_missing"
            excuse = WRONG_ERROR if gaps and what in ("krippendorff_se", "krippendorff_ci95") else ""
            fine &= tally.say(example["id"], what, expected, given[what], near, excuse)
        for what, expected in example["published"].items():
            said = example["check"].get(what, "match")
            value, excuse = given[what], ""
            if said != "match":
                value, excuse = given.get("_by_tables", {}).get(what, value), said
            fine &= tally.say(example["id"], f"{what}, printed", expected, value, digits(expected), excuse)
        good += fine
    return good


def degenerate(tally: Tally, examples: list[dict[str, Any]]) -> int:
    """How many of the awkward tables say what they should; what is told in words only is looked at by name."""
    good = 0
    for example in examples:
        if "table" not in example:
            table = [[4, 1, 0], [1, 2, 0], [0, 1, 5]]
            fine = tally.say(example["id"], "maybe as include", [[8, 0], [1, 5]], two.merged(table, 0, 1), 0)
            good += fine
            continue
        table = example["table"]
        given, kappa, po = of_table(table), two.kappa(table), two.percent(table)
        fine = all(
            [tally.say(example["id"], what, e, given[what], 1e-8) for what, e in example.get("computed", {}).items()]
        )
        if not two.works(table):
            figures = (po, kappa, two.ac1(table), two.alpha(table), two.brennan_prediger(table), two.specific(table, 0))
            fine &= tally.say(
                example["id"], "no number, in words", True, all(f.value is None and f.why for f in figures), 0
            )
        if example.get("computed", {}).get("kappa", 0) is None:
            fine &= tally.say(
                example["id"], "kappa, in words", True, kappa.value is None and "one category" in kappa.why, 0
            )
        if two.works(table) == 1:
            fine &= tally.say(example["id"], "no interval", [None, None], ends(po), 0)
        if alpha := re.search(r"alpha (-?[.\d]+)", example["expect"]):
            fine &= tally.say(example["id"], "alpha", float(alpha[1]), given["alpha_nominal"], 1e-8)
        good += fine
    return good


def rows_of(example: dict[str, Any]) -> Given:
    """What we say of an example of agreement_vectors.json."""
    if "table" in example:
        return of_table(example["table"])
    if "counts" in example:
        return of_counts(Counter(map(tuple, example["counts"])))
    rows = example.get("data") or [list(each) for each in zip(*example["ratings_by_unit"], strict=True)]
    if isinstance(rows[0], str):
        rows = [row.split() if " " in row else list(row) for row in rows]
    return of_raters(rows)


def vectors(tally: Tally, examples: list[dict[str, Any]]) -> int:
    good = 0
    for example in examples:
        given = rows_of(example)
        checks = [
            tally.say(example["id"], f"{what}, {where}", expected, given[what], max(PRINTED, digits(expected)))
            for where in ("want", "got")
            for what, expected in example[where].items()
        ]
        good += all(checks)
    return good


def spans(tally: Tally, examples: list[dict[str, Any]]) -> int:
    good = 0
    for example in examples:
        if "units" not in example:
            good += all(
                [
                    tally.say(example["id"], what, expected, given, 0)
                    for what, expected, given in distances(example["want"])
                ]
            )
            continue
        continuum = tuple(example["continuum"])
        codes = {code: [[tuple(u) for u in coder] for coder in coders] for code, coders in example["units"].items()}
        given: Given = {"alpha_u": unitizing.alpha_u(continuum, codes)}
        for code, coders in codes.items():
            told = unitizing.disagreement(continuum, coders)
            given |= {code: unitizing.alpha_u(continuum, {code: coders})}
            for suffix in (f"_{code}", "") if len(codes) == 1 else (f"_{code}",):
                given |= {f"Do{suffix}": told.observed, f"De{suffix}": told.expected}
        checks = [
            tally.say(
                example["id"], f"{what}, {where}", expected, float(given[what]), PRINTED if where == "want" else 5e-6
            )
            for where in ("want", "got")
            for what, expected in example[where].items()
        ]
        good += all(checks)
    return good


def distances(text: str) -> Iterator[tuple[str, int, int]]:
    """Squared distances written as "(5,6)v(4,2)=26" and "gap(400,50)v unit(400,20)=400"."""
    for gap, a, b, c, d, expected in re.findall(r"(gap)?\((\d+),(\d+)\)v ?(?:unit)?\((\d+),(\d+)\)=(\d+)", text):
        one, other = unitizing.Segment(int(a), int(b), not gap), unitizing.Segment(int(c), int(d), True)
        yield (
            f"{one.start},{one.length} and {other.start},{other.length}",
            int(expected),
            unitizing.distance(one, other),
        )


def sets(tally: Tally, examples: list[dict[str, Any]]) -> int:
    read: Callable[[str], list[str]] = lambda text: text.strip("{}").split(",")  # noqa: E731
    good = 0
    for example in examples:
        checks = []
        for what, expected in example["want"].items():
            a, _bar, b = what.partition("|") if "|" in what else ("{1,2}", "", "{2,1}")
            checks.append(tally.say(example["id"], what, expected, float(unitizing.masi(read(a), read(b))), PRINTED))
        good += all(checks)
    return good


def main() -> None:
    folder, tally = Path(sys.argv[1]), Tally()
    stats = json.loads((folder / "gold_stats.json").read_text())
    more = json.loads((folder / "agreement_vectors.json").read_text())
    parts: list[tuple[str, Callable[[Tally, list[Any]], int], list[Any]]] = [
        ("worked examples", gold, stats["agreement"]),
        ("degenerate cases", degenerate, stats["degenerate"]),
        ("vectors", vectors, more["nominal_and_ordinal"]),
        ("spans", spans, more["unitizing_alpha_u"]),
        ("sets", sets, more["set_valued"]),
    ]
    told = [f"{name} {part(tally, examples)} of {len(examples)}" for name, part, examples in parts]
    print(f"{', '.join(told)}; figures met {tally.met}, known differences {tally.known}, missed {tally.missed}")
    sys.exit(bool(tally.missed))


if __name__ == "__main__":
    main()
