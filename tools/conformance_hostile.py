"""Uploads every hostile file to the running site, as a person would, and looks at what became of it and of the site.

    .venv/bin/python tools/conformance_hostile.py DATA [--full] [--only PART-OF-A-NAME]

DATA holds `trust/make_hostile.py`, which writes the files and a manifest of what must become of each. The site is
`manage.py serve` with its worker on a data folder and port of its own. Asked of every file: the outcome and the number of
records that the manifest states, time and memory; no answer of 500 and no traceback in a page; the same worker alive
afterwards; no connection opened and nothing written outside the data folder (both reported by the processes themselves,
through Python's audit hooks; sockets of the worker are looked for besides); the bytes kept with their sha256; and of what
the manifest says in words all that `hostile_wording.py` can check. At last a good file comes in as if nothing had been.
Exit status 1 when anything is missed.
"""

import argparse
import collections
import fnmatch
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from hostile_site import ENDED, ROOT, Site, Watch
from hostile_wording import Case, tell

SLACK = 1.5  # seconds between upload and the worker's taking it up, and between its end and our looking
LARGEST_PAGE = 1_000_000  # bytes; a browser on a telephone has to show it


def judged(entry: dict[str, Any], case: Case) -> list[str]:
    """Whether outcome and number of records are those of the manifest."""
    dump, wanted = case.dump, entry["outcome"]
    taken = len(case.records) + (dump["already_there"] if dump else 0)
    state = dump["state"] if dump else "refused"
    low, high = entry["records"] if isinstance(entry["records"], list) else (entry["records"],) * 2
    missed = []
    if state not in (*ENDED, "refused"):
        missed.append(f"still {state}")
    if dump and dump["found"] != dump["taken_in"] + dump["already_there"] + dump["rejected"]:
        missed.append("found is not taken in + already there + rejected")
    if wanted == "reject" and (taken or state == "read"):
        missed.append(f"should be rejected, but {taken} records came in")
    if wanted in ("accept", "partial") and state != "read":
        missed.append(f"should come in, but is {state}")
    if low is not None and (taken or wanted in ("accept", "partial")) and not low <= taken <= high:
        missed.append(f"{taken} records, should be {entry['records']}")
    return missed


def tried(site: Site, folder: Path, entry: dict[str, Any]) -> tuple[list[str], int, float, float]:
    """One file, uploaded into a review of its own: what was missed, checks made of words, seconds, megabytes."""
    data = (folder / entry["file"]).read_bytes()
    review = site.new_review(entry["file"])
    if any(words.startswith("after control/good.ris") for words in entry["must"]):
        site.upload(review, "good.ris", (folder / "control/good.ris").read_bytes())
    site.bad.clear()
    workers, reported = site.workers()[:1], site.log.stat().st_size
    watch = Watch(site)
    watch()
    dump, answer, seconds = site.upload(review, entry["upload_name"], data, watch, most=max(60.0, 2 * entry["max_s"]))
    extra = watch.extra()
    case = Case(entry, site, review, dump, answer)
    missed, checks = judged(entry, case), 0
    if seconds > entry["max_s"] + SLACK:
        missed.append(f"{seconds:.1f} s, should be {entry['max_s']}")
    if extra > entry["max_mb"]:
        missed.append(f"{extra:.0f} MB more, should be {entry['max_mb']}")
    if dump:
        kept = site.get(f"/reviews/{review}/dumps/{dump['id']}/file/").body
        if kept != data or dump["sha256"] != hashlib.sha256(data).hexdigest():
            missed.append("the bytes or their sha256 are not those that came")
    missed += [f"{place} is a page of {size:,} bytes" for place, size in case.sizes() if size > LARGEST_PAGE]
    for words in [*entry["must"], *entry["must_not"]]:
        check = tell(words)
        checks += check is not None
        try:
            wrong = check(case) if check else ""
        except (LookupError, ValueError) as fault:
            wrong = f"could not be looked at: {fault!r}"
        if wrong:
            missed.append(f"{words[:90]!r}: {wrong}")
    missed += site.bad
    if watch.connections:
        missed.append(f"the worker holds connections: {sorted(watch.connections)[:3]}")
    with site.log.open() as log:
        log.seek(reported)
        missed += [f"a process did: {line.strip()[:150]}" for line in list(log)[:3]]
    if site.workers()[:1] != workers:
        missed.append("the worker is not the same process any more")
    return missed, checks, seconds, extra


def listing() -> set[str]:
    """Places where a path that climbs out would arrive."""
    places = [Path("/tmp/zipslip.ris"), Path("/abs.ris"), Path("/etc/cron.d/x.ris"), Path("/etc/passwd.ris")]
    return (
        {str(path) for path in places if path.exists()}
        | {str(path) for path in ROOT.glob("*.ris")}
        | {str(path) for path in ROOT.glob("pwn*")}
    )


def run(data: Path, full: bool, only: str) -> int:
    """Write the files, serve, upload each, and print what was missed."""
    with tempfile.TemporaryDirectory(prefix="winnow-hostile-") as place:
        folder = Path(place) / "files"
        subprocess.run(
            [sys.executable, str(data / "trust/make_hostile.py"), str(folder), *([] if full else ["--small"])],
            check=True,
        )
        entries = json.loads((folder / "MANIFEST.json").read_text())["files"]
        entries = [each for each in entries if each["format"] != "terms" and fnmatch.fnmatch(each["file"], f"*{only}*")]
        before, site = listing(), Site(Path(place))
        try:
            return report(site, folder, entries, before)
        finally:
            site.stop()


def report(site: Site, folder: Path, entries: list[dict[str, Any]], before: set[str]) -> int:
    """All files and a good one at last: a row a class, and every miss."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with suppress(OSError):
            if site.get("/healthz/").status == 200 and site.workers():
                break
        time.sleep(0.3)
    site.post("/accounts/login/", {"login": "robin@demo.example", "password": "a demo for two"})
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    misses, words, slowest, largest = 0, 0, (0.0, ""), (0.0, "")
    for entry in entries:
        missed, checks, seconds, extra = tried(site, folder, entry)
        row = table[entry["cls"]]
        row["files"] += 1
        row["fine"] += not missed
        row["said"] += len(entry["must"]) + len(entry["must_not"])
        row["checked"] += checks
        misses += len(missed)
        words += checks
        slowest, largest = max(slowest, (seconds, entry["file"])), max(largest, (extra, entry["file"]))
        for each in missed:
            print(f"  MISSED {entry['file']}: {each}", flush=True)
    good = {
        "file": "control/good.ris",
        "upload_name": "good.ris",
        "outcome": "accept",
        "records": 25,
        "max_s": 5,
        "max_mb": 256,
        "must": [],
        "must_not": [],
    }
    missed, *_rest = tried(site, folder, good)
    missed += [f"written outside: {path}" for path in sorted(listing() - before)]
    for each in missed:
        print(f"  MISSED at last, a good file: {each}")
    print(f"{'class':12} {'files':>6} {'fine':>6} {'words said':>11} {'checked':>8}")
    for name, row in sorted(table.items()):
        print(f"{name:12} {row['files']:>6} {row['fine']:>6} {row['said']:>11} {row['checked']:>8}")
    total = sum((row for row in table.values()), collections.Counter())
    print(f"{'all':12} {total['files']:>6} {total['fine']:>6} {total['said']:>11} {words:>8}")
    print(
        f"slowest {slowest[1]} {slowest[0]:.1f} s; most memory {largest[1]} {largest[0]:.0f} MB; {misses + len(missed)} misses"
    )
    return int(bool(misses or missed))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("--full", action="store_true", help="the large files, not a fifth of them")
    asked.add_argument("--only", default="", help="only files with this in their name")
    given = asked.parse_args()
    return run(given.data.resolve(), given.full, given.only)


if __name__ == "__main__":
    sys.exit(main())
