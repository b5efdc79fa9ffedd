"""Speed and memory of the readers beside other people's: `make bench-import`. One core, the same file, the same run.

Ours is the whole way from bytes to mapped drafts: encoding, format, lines, fields. Every measurement is a process of its
own on one core, taken in turns, and the median counts; time is that process's CPU time, memory its high-water mark. The
files are nonsense in the shape of exports (`bench/made_up_exports.py`); LARGE times as many entries show that memory stays.

    python -m bench.import_speed            RECORDS=10000 RUNS=3 LARGE=8 in the environment change what is measured
"""

import csv
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from bench.made_up_exports import write  # noqa: E402

RECORDS, RUNS = int(os.environ.get("RECORDS", "10000")), int(os.environ.get("RUNS", "3"))
LARGE = int(os.environ.get("LARGE", "8"))
MOST_MEGABYTES = 150


# Who reads, as its documentation says. Each takes a path, has every field of every entry in its hands, and gives the number of
# entries. Libraries hold all entries at once, ours and the bare ones let each go.


def told(fields: Mapping[str, object]) -> bool:
    """Whether an entry says something; every value is looked at."""
    return sum(map(bool, fields.values())) > 0


def ours(path: str) -> int:
    from records.readers import Draft, Source, read

    with Path(path).open("rb") as file:
        return sum(told(each.fields) and bool(each.raw) for each in read(Source(file)) if isinstance(each, Draft))


def ours_cleaned(path: str) -> int:
    from records import clean
    from records.readers import Draft, Source, read

    with Path(path).open("rb") as file:
        return sum(1 for each in read(Source(file)) if isinstance(each, Draft) and clean.draft(each))


def with_rispy(path: str) -> int:
    import rispy

    with Path(path).open(encoding="utf-8") as file:
        return sum(map(told, rispy.load(file)))


def bare_lines(path: str) -> int:
    """What any line reader of RIS does at least: decode, part tag and value, keep an entry's values by tag up to ER."""
    count, entry, tag = 0, {}, ""
    tagged = re.compile(r"^([A-Z][A-Z0-9])  - ?(.*)$")
    with Path(path).open(encoding="utf-8-sig") as file:
        for line in file:
            found = tagged.match(line)
            if not found:
                if tag and line.strip():
                    entry[tag][-1] += "\n" + line.strip()
                continue
            tag, value = found.groups()
            if tag == "ER":
                count, entry, tag = count + 1, {}, ""
            else:
                entry.setdefault(tag, []).append(value.strip())
    return count


def with_nbib(path: str) -> int:
    import nbib as peer

    return sum(map(told, peer.read_file(path)))


def with_bibtexparser(path: str) -> int:
    import bibtexparser

    return sum(told(each.fields_dict) for each in bibtexparser.parse_string(Path(path).read_text("utf-8")).entries)


def with_wosfile(path: str) -> int:
    import wosfile

    return sum(map(told, list(wosfile.records_from(path))))


def bare_lxml(path: str) -> int:
    """Every element passed by, its name looked at, entries freed; no value is kept."""
    from lxml import etree

    count = 0
    for _event, element in etree.iterparse(path):
        if element.tag == "record":
            count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return count


def with_dictreader(path: str) -> int:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return sum(map(told, csv.DictReader(file)))


READ_BY: dict[str, Callable[[str], int]] = {
    "ours": ours,
    "ours, cleaned": ours_cleaned,
    "rispy": with_rispy,
    "bare line reader": bare_lines,
    "nbib": with_nbib,
    "bibtexparser": with_bibtexparser,
    "wosfile": with_wosfile,
    "bare lxml iteration": bare_lxml,
    "csv.DictReader": with_dictreader,
}
# Of each format: the peers, and how many times as fast as each ours is to be.
GOALS = {
    "ris": {"rispy": 2, "bare line reader": 0.6},
    "nbib": {"nbib": 5},
    "bibtex": {"bibtexparser": 2.5},
    "wos": {"wosfile": 4},
    "endnote": {"bare lxml iteration": 0.7},
    "csv": {"csv.DictReader": 0.6},
}


def child(who: str, path: str) -> None:
    """Read once, alone; say entries, seconds and the most memory ever held."""
    reader = READ_BY[who]
    warm = path + ".head"  # imports and patterns are ready before the clock starts
    reader(warm)
    start = time.process_time()
    count = reader(path)
    seconds = time.process_time() - start
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(json.dumps([count, seconds, peak]))


def measured(who: str, path: Path, expected: int) -> tuple[float, float]:
    """Seconds and megabytes of one reading in a process of its own."""
    said = subprocess.run(
        [sys.executable, __file__, "--child", who, str(path)], capture_output=True, text=True, check=True
    )
    count, seconds, peak = json.loads(said.stdout.splitlines()[-1])
    if count != expected:
        raise SystemExit(f"{who} found {count} of {expected} entries in {path.name}")
    return seconds, peak


def compare(name: str, folder: Path) -> bool:
    """One format's rows of the table; whether every goal is met."""
    path, large = folder / f"{name}.small", folder / f"{name}.large"
    for place, count in (
        (path, RECORDS),
        (large, RECORDS * LARGE),
        (folder / f"{path.name}.head", 20),
        (folder / f"{large.name}.head", 20),
    ):
        write(name, place, count)
    taken: dict[str, list[tuple[float, float]]] = {}
    for _run in range(RUNS):
        for who in ("ours", *GOALS[name], "ours, cleaned"):
            taken.setdefault(who, []).append(measured(who, path, RECORDS))
    seconds = {who: statistics.median(second for second, _peak in runs) for who, runs in taken.items()}
    size = path.stat().st_size / 1e6
    fine = True
    for who, second in seconds.items():
        goal = GOALS[name].get(who)
        verdict, ratio = "", ""
        if goal:
            times = second / seconds["ours"]
            fine = fine and times >= goal
            ratio, verdict = f"{times:.2f}x", f">= {goal}x  {'ok' if times >= goal else 'SHORT'}"
        peak = max(peak for _second, peak in taken[who])
        print(
            f"{name:9} {who:20} {RECORDS / second:>9,.0f} {size / second:>7.1f} {peak:>8.0f} {ratio:>8}  {verdict}",
            flush=True,
        )
    _seconds, peak = measured("ours", large, RECORDS * LARGE)
    size, fits = large.stat().st_size / 1e6, peak <= MOST_MEGABYTES
    print(
        f"{name:9} ours, {size:,.0f} MB file {'':26} {peak:>8.0f} {'':>8}  <= {MOST_MEGABYTES} MB {'ok' if fits else 'SHORT'}",
        flush=True,
    )
    for place in folder.iterdir():
        place.unlink()
    return fine and fits


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
        return 0
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    wanted = sys.argv[1:] or list(GOALS)
    print(
        f"{RECORDS:,} entries, median of {RUNS}, one core\n{'format':9} {'read by':20} {'records/s':>9} {'MB/s':>7} {'peak MB':>8} {'ours is':>8}  goal"
    )
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        met = [compare(name, Path(folder)) for name in wanted]  # all of them, whatever the first one says
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
