"""Every labelled pair of some small tables, with the answer that it should have and the band that it was given.

    python tools/conformance_pairs.py TABLE…

A pair is two records of the same publication, or, in a table whose `source` names one question for two records, those two.
Wrong: two publications joined. Asked, related and apart are told, and never fail.
"""

import csv
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from records.dedup import Normal, judge
from records.dedup.headless import Habits


def pairs_of(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """The pairs that have an answer."""
    by_question: dict[str, list[str]] = defaultdict(list)
    by_work: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_question[row["source"]].append(row["record_id"])
        by_work[row["cluster_id"]].append(row["record_id"])
    questions = [each for each in by_question.values() if len(each) == 2]
    groups = questions if 2 * len(questions) == len(rows) else by_work.values()
    return [pair for group in groups for pair in combinations(sorted(group), 2)]


def main() -> None:
    csv.field_size_limit(1 << 30)
    wrong = 0
    for name in sys.argv[1:]:
        with Path(name).open(newline="", encoding="utf-8-sig") as file:
            rows = {row["record_id"]: row for row in csv.DictReader(file)}
        normals = {each: Normal.of(row) for each, row in rows.items()}
        habits = Habits(normals.values())
        told: Counter[tuple[str, str]] = Counter()
        for pair in judge(normals, pairs_of([*rows.values()]), serial=habits.serial, shared_doi=habits.shared_doi):
            a, b = rows[str(pair.a)], rows[str(pair.b)]
            expected = "same" if a["cluster_id"] == b["cluster_id"] else "different"
            told[expected, pair.band] += 1
            wrong += expected == "different" and pair.band == "joined"
            why = pair.veto or pair.kin
            print(f"  {expected:9} {pair.band:7} {pair.score:6.1f}  {pair.a} {pair.b}  {a['title'][:60]}{f'  ({why})' if why else ''}")
        print(f"{Path(name).stem}: " + ", ".join(f"{expected} → {band} {n}" for (expected, band), n in sorted(told.items())))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
