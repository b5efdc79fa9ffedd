"""Deduplication without a database, beside bib-dedupe and against its own growth: `make bench-dedup`.

    python -m bench.dedup [FOLDER] [--peer-python PYTHON]

CPU and memory of a process of its own for each reading: made-up records (10,000 to 100,000: growth exponent), awkward ones
(20,000 equal titles, a title of 200,000 characters, empty titles, a DOI shared by a proceedings), and, where FOLDER holds tables
(record_id, title, authors …) and PYTHON can import bib_dedupe, both tools on the same tables, in the same run.
"""

import argparse
import csv
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.made_up import entries

SIZES = (10_000, 30_000, 100_000)
TABLES = ("digital_work", "copper", "cytology_screening", "respiratory")
FIELDS = ("record_id", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract")
TAGS = {"TI": "title", "PY": "year", "JO": "journal", "VL": "volume", "IS": "issue", "DO": "doi", "AB": "abstract"}

OURS = """
import json, resource, sys, time
from pathlib import Path
from records.deduping import Wishes, run
start = time.perf_counter()
told = run([Path(sys.argv[1])], Wishes(groups=Path(sys.argv[2])))
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"wall": time.perf_counter() - start, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024, "told": told}))
"""
PEER = """
import json, resource, sys, time
start = time.perf_counter()
import pandas as pd
from bib_dedupe.bib_dedupe import block, match, prep
table = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False).rename(
    columns={"record_id": "ID", "authors": "author", "issue": "number", "isbn_issn": "isbn"})
table["ENTRYTYPE"] = "article"
matched = match(block(prep(table, verbosity_level=0, cpu=1), verbosity_level=0, cpu=1), verbosity_level=0, cpu=1)
own, children = (resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
cpu = sum(each.ru_utime + each.ru_stime for each in (own, children))
print(json.dumps({"wall": time.perf_counter() - start, "cpu": cpu, "mb": own.ru_maxrss / 1024, "told": len(matched)}))
"""


def made_up(count: int) -> Iterator[dict[str, str]]:
    """Rows of nonsense, one in five of which says again what an earlier one said."""
    for n, entry in enumerate(entries(count)):
        row = {"record_id": f"r{n}"}
        people, pages = [], []
        for line in entry.split("\n"):
            tag, value = line[:2], line[6:]
            if tag == "AU":
                people.append(value)
            elif tag in ("SP", "EP"):
                pages.append(value)
            elif tag in TAGS:
                row[TAGS[tag]] = value
        yield row | {"authors": "; ".join(people), "pages": "-".join(pages)}


def awkward() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Tables that are slow or dangerous where keys are shared by very many."""
    same = {"title": "Editorial", "authors": "Ames, B.", "journal": "Tea"}
    yield (
        "20,000 equal titles",
        [
            same | {"volume": str(n // 12 + 1), "issue": str(n % 12 + 1), "pages": str(n % 90 + 1)}
            for n in range(20_000)
        ],
    )
    yield "20,000 equal titles, nothing else", [{"title": "Tea on night wards, a long look"} for _n in range(20_000)]
    long = "tea and nurses " * 13_400
    yield "titles of 200,000 characters", [{"title": f"{long}{n}", "year": str(1990 + n)} for n in range(20)]
    yield "20,000 empty titles", [{"title": "", "year": "2001", "authors": f"Ames{n}, B."} for n in range(20_000)]
    yield "one DOI for 5,000 papers", [
        {"title": f"Paper {n} of a proceedings on {'tea' * (n % 7)} and {n * 7919}", "doi": "10.5555/proc.1", "year": "2001",
         "authors": f"Ames{n}, B."} for n in range(5_000)
    ]  # fmt: skip


def write(path: Path, rows: Iterator[dict[str, str]] | list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows({"record_id": f"r{n}"} | row for n, row in enumerate(rows))


def run(python: str, program: str, *arguments: Path) -> dict:
    done = subprocess.run([python, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return json.loads(done.stdout.strip().split("\n")[-1])


def growth(folder: Path) -> None:
    """How CPU grows with the number of records: the exponent between the smallest and the largest."""
    told = []
    for size in SIZES:
        write(folder / "in.csv", made_up(size))
        told.append(run(sys.executable, OURS, folder / "in.csv", folder / "out.csv"))
        each = told[-1]
        print(
            f"{size:>9,} records: wall {each['wall']:6.1f} s, CPU {each['cpu']:6.1f} s, {each['mb']:5.0f} MB, {each['told'][1]:,} works",
            flush=True,
        )
    exponent = math.log(told[-1]["cpu"] / told[0]["cpu"]) / math.log(SIZES[-1] / SIZES[0])
    print(f"growth exponent {exponent:.2f} (limit 1.15); 100,000: limits 60 s and 1,024 MB")


def beside(folder: Path, tables: Path, peer: str) -> None:
    for name in TABLES:
        table = tables / f"{name}.csv"
        ours = run(sys.executable, OURS, table, folder / "out.csv")
        theirs = run(peer, PEER, table)
        print(
            f"{name:20} CPU: ours {ours['cpu']:5.1f} s, bib-dedupe {theirs['cpu']:6.1f} s, ratio {theirs['cpu'] / ours['cpu']:.1f}",
            flush=True,
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("tables", type=Path, nargs="?")
    asked.add_argument("--peer-python")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as name:
        folder = Path(name)
        growth(folder)
        for what, rows in awkward():
            write(folder / "in.csv", rows)
            each = run(sys.executable, OURS, folder / "in.csv", folder / "out.csv")
            joined = each["told"][0] - each["told"][1]
            print(
                f"{what}: CPU {each['cpu']:.1f} s, {each['mb']:.0f} MB, {joined} joined, {each['told'][2]:,} questions (limit 120 s)",
                flush=True,
            )
        if given.tables and given.peer_python:
            beside(folder, given.tables, given.peer_python)


if __name__ == "__main__":
    main()
