"""Agreement statistics beside other people's programs, on the same random tables: `make bench-agreement`.

    python -m bench.agreement --peer-python PYTHON [--irr-python PYTHON] [--count 2000] [--seed 1]

The first PYTHON has statsmodels, scikit-learn and krippendorff, the second irrCAC, which pins old packages and so has an
environment of its own. For each statistic: on how many tables both gave a number, and the largest difference; and how
often only one of the two gave one (where everybody chose one category, irrCAC divides rounding by rounding now and then).
Exits 1 where a difference is above the limit.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from typing import Any

from reviews import agreement as two
from reviews import agreement_several as several
from reviews.intervals import NO_ERROR

LIMIT = 1e-9
OF_ENDS = 1e-8  # irrCAC pins a scipy whose quantile of Student's t is good to nine digits only
SMALL = 1e-6  # a standard error below this is rounding in programs that subtract squares: both must be as small
# irrCAC 0.4.4 takes the wrong mean into the standard error of alpha where decisions are missing; not compared.

PEERS = """
import json, sys, warnings
import numpy as np
import krippendorff
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
warnings.simplefilter("ignore")
np.seterr(all="ignore")
def of(case):
    out, q = {}, case["q"]
    if table := case.get("table"):
        pairs = [(i, j) for i in range(q) for j in range(q) for _ in range(table[i][j])]
        one, other = [list(each) for each in zip(*pairs)]
        for name, weights in (("kappa", None), ("kappa linear", "linear"), ("kappa quadratic", "quadratic")):
            out["scikit-learn " + name] = cohen_kappa_score(one, other, labels=range(q), weights=weights)
            told = cohens_kappa(np.array(table), wt=weights)
            out["statsmodels " + name] = told.kappa
            out["statsmodels " + name + ", standard error"] = told.std_kappa
            out["statsmodels " + name + ", error at zero"] = told.std_kappa0
            if weights is None:
                out["statsmodels kappa, low"], out["statsmodels kappa, high"] = told.kappa_low, told.kappa_upp
    ratings = np.array([[np.nan if each is None else each for each in row] for row in case["ratings"]], dtype=float)
    counts = np.array([[np.sum(ratings[:, n] == k) for k in range(q)] for n in range(ratings.shape[1])])
    if not np.isnan(ratings).any():
        out["statsmodels Fleiss"] = fleiss_kappa(counts)
        out["statsmodels Brennan-Prediger"] = fleiss_kappa(counts, method="randolph")
    for level in ("nominal", "ordinal", "interval", "ratio"):
        try:
            out["krippendorff " + level] = krippendorff.alpha(
                reliability_data=ratings + 1, value_domain=range(1, q + 1), level_of_measurement=level)
        except ValueError:
            out["krippendorff " + level] = None
    return out
"""
IRR = """
import json, sys, warnings
import pandas as pd
from irrCAC.raw import CAC
warnings.simplefilter("ignore")
def of(case):
    out = {}
    table = pd.DataFrame(list(zip(*case["ratings"])))
    complete = not table.isna().any().any()
    table = table[table.notna().any(axis=1)]
    names = (("AC1", "gwet"), ("Fleiss", "fleiss"), ("Brennan-Prediger", "bp"), ("Conger", "conger"), ("alpha", "krippendorff"))
    for label, method in names:
        try:
            told = getattr(CAC(table.astype(float), categories=[float(k) for k in range(case["q"])], digits=14), method)()["est"]
        except (ZeroDivisionError, ValueError):
            continue
        out["irrCAC " + label] = told["coefficient_value"]
        if complete or method != "krippendorff":
            out["irrCAC " + label + ", standard error"] = told["se"]
            out["irrCAC " + label + ", low"] = told["confidence_interval"][0]
    return out
"""
LOOP = """
for line in sys.stdin:
    found = {name: float(value) if value is not None and value == value and abs(value) < 1e6 else None
             for name, value in of(json.loads(line)).items()}
    print(json.dumps(found))
"""


def cases(count: int, seed: int) -> list[dict[str, Any]]:
    """Random ratings, by turns two members with a table, and two to five with gaps; categories are often rare, some never chosen."""
    chance, found = random.Random(seed), []
    for number in range(count):
        q, n = chance.randint(2, 5), chance.randint(3, 60)
        members = 2 if number % 2 else chance.randint(2, 5)
        weights = [chance.random() ** 3 + (0 if chance.random() < 0.1 else 0.02) for _k in range(q)]
        follow, gap = chance.random(), 0 if number % 2 else chance.choice((0, 0.1, 0.4))
        truth = chance.choices(range(q), weights, k=n)
        ratings: list[list[int | None]] = [
            [
                None
                if chance.random() < gap
                else t
                if chance.random() < follow
                else chance.choices(range(q), weights)[0]
                for t in truth
            ]
            for _member in range(members)
        ]
        case: dict[str, Any] = {"q": q, "ratings": ratings}
        if number % 2:
            table = [[0] * q for _k in range(q)]
            for one, other in zip(*ratings, strict=True):
                table[one or 0][other or 0] += 1
            case["table"] = table
        found.append(case)
    return found


def ours(case: dict[str, Any]) -> dict[str, Any]:
    """The same figures, by the names of the peers."""
    q, out = case["q"], {}
    patterns = Counter(zip(*case["ratings"], strict=True))
    units = several.counted(patterns, q)
    if table := case.get("table"):
        for name, weights in (("kappa", None), ("kappa linear", two.linear(q)), ("kappa quadratic", two.quadratic(q))):
            figure = two.kappa(table, weights)
            out[f"scikit-learn {name}"] = out[f"statsmodels {name}"] = figure
            out[f"statsmodels {name}, error at zero"] = two.error_at_zero(table, weights)
    for name, figure in (
        ("AC1", several.ac1(units)), ("Fleiss", several.fleiss(units)), ("Conger", several.conger(patterns, q)),
        ("Brennan-Prediger", several.brennan_prediger(units)), ("alpha", several.alpha(units)),
    ):  # fmt: skip
        out[f"irrCAC {name}"] = out[f"statsmodels {name}"] = figure
    for level in ("nominal", "ordinal", "interval", "ratio"):
        out[f"krippendorff {level}"] = several.alpha(units, level)
    return out


def part(found: dict[str, Any], name: str) -> float | None:
    """A figure, its standard error or the lower or upper end, as a number or None."""
    if name in found and not hasattr(found[name], "value"):
        return found[name]
    base, _comma, what = name.partition(", ")
    figure = found[base]
    return {"": figure.value, "standard error": figure.se, "low": figure.low, "high": figure.high}[what]


def beside(python: str, program: str, given: list[dict[str, Any]]) -> int:
    """Print each statistic's largest difference; how many statistics are off."""
    lines = "".join(json.dumps(case) + "\n" for case in given)
    start = time.perf_counter()
    done = subprocess.run([python, "-c", program + LOOP], input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    theirs, took = [json.loads(line) for line in done.stdout.splitlines()], time.perf_counter() - start
    worst: dict[str, float] = defaultdict(float)
    compared: Counter[str] = Counter()
    lonely: Counter[str] = Counter()
    start = time.perf_counter()
    told = [ours(case) for case in given]
    print(f"{len(given)} tables: ours {time.perf_counter() - start:.1f} s, theirs {took:.1f} s with start-up")
    for mine, peer in zip(told, theirs, strict=True):
        for name, value in peer.items():
            own, base = part(mine, name), mine[name.partition(", ")[0]]
            if name.endswith((", low", ", high")) and (base.why == NO_ERROR or own in (-1.0, 1.0)):
                continue  # we print no interval of width 0, and end at -1 and 1
            if name.endswith(("error", "at zero")) and own is not None:
                own, value = (0.0 if each is None or each < SMALL else each for each in (own, value))
            if own is None or value is None or getattr(base, "value", 0) is None:
                lonely[name] += own is not None or bool(value)
                continue
            compared[name] += 1
            worst[name] = max(worst[name], abs(own - value))
    off = 0
    for name, count in compared.items():
        good = worst[name] <= (OF_ENDS if name.endswith((", low", ", high")) else LIMIT)
        alone = f", defined on one side only {lonely[name]}" if lonely[name] else ""
        print(f"  {name:46} {count:5} compared, largest difference {worst[name]:.1e}{alone}{'' if good else '  OFF'}")
        off += not good
    return off


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--peer-python", required=True)
    asked.add_argument("--irr-python")
    asked.add_argument("--count", type=int, default=2000)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    given = cases(told.count, told.seed)
    off = beside(told.peer_python, PEERS, given)
    if told.irr_python:
        off += beside(told.irr_python, IRR, given)
    sys.exit(bool(off))


if __name__ == "__main__":
    main()
