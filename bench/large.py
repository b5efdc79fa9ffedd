"""A very large file comes in while people screen: `python -m bench.large` (MEGABYTES, default 1000).

A worker of its own reads the file; meanwhile this process opens the screening page again and again, as before with an idle
worker. Printed: records a second, the most memory that worker and reading child took, the page's median and 95th percentile idle
and meanwhile (limit: twice the idle one), the same for a decision.
"""

import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import setting_up
from bench.made_up import entries

if len(sys.argv) < 2:
    setting_up.django_alone()
else:
    setting_up.django_in(sys.argv[2])

from django.core.files.base import File
from django.db import connection
from django.test import Client

from accounts.models import User
from records import actions, jobs
from records.models import Dump, Job, Work
from reviews import setup
from reviews.models import Review

MEGABYTES = int(os.environ.get("MEGABYTES", "1000"))
IDLE, PAUSE = 300, 0.1


def written(path: Path, megabytes: int) -> None:
    """A RIS file of so many megabytes."""
    size = 0
    with path.open("w", encoding="utf-8") as file:
        for entry in entries(1 << 40):
            file.write(entry)
            size += len(entry)
            if size >= megabytes * 1_000_000:
                return


def begun(by: User, review: Review, path: Path, name: str) -> Dump:
    search = actions.name_search(by=by, library=review.library, source=name)
    with path.open("rb") as file:
        return actions.receive(by=by, search=search, name=name, content=File(file, name))


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def family(pid: int) -> Iterator[int]:
    """A process and its children."""
    yield pid
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"\nPPid:\t{pid}\n" in (folder / "status").read_text():
                yield from family(int(folder.name))
        except OSError:
            continue


def peak(pid: int) -> dict[int, int]:
    """Of each process of a family the most memory that it has taken, without what it maps from files, in MB."""
    found = {}
    for each in family(pid):
        try:
            status = Path(f"/proc/{each}/status").read_text()
            found[each] = int(status.split("RssAnon:")[1].split()[0]) // 1024
        except (OSError, IndexError):
            continue
    return found


class Person:
    """A signed-in reviewer at the screening page."""

    def __init__(self, by: User, review: Review) -> None:
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(by)
        self.place = f"/reviews/{review.pk}/screen/title-abstract/"
        self.works = list(Work.objects.filter(library=review.pk).order_by("-rank")[:2000])

    def look(self) -> None:
        if self.client.get(self.place).status_code != 200:
            raise SystemExit("the screening page did not come")

    def decide(self) -> None:
        work = self.works.pop()
        data = {"work": work.pk, "revision": work.revision, "key": uuid.uuid4(), "verdict": "exclude"}
        self.client.post(self.place, data, headers={"hx-request": "true"})


def described(name: str, idle: list[float], meanwhile: list[float]) -> str:
    def of(times: list[float]) -> tuple[float, float]:
        return statistics.median(times), statistics.quantiles(times, n=20)[-1]

    (median, p95), (median2, p95_2) = of(idle), of(meanwhile)
    return (f"{name}: idle {median:.0f} ms, p95 {p95:.0f}; during the import {median2:.0f} ms, p95 {p95_2:.0f}; "
            f"ratio of p95 {p95_2 / p95:.2f}")  # fmt: skip


def main() -> None:
    setting_up.migrate()
    folder = Path(os.environ["DATA_DIR"])
    by = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", "x" * 12, name="Bench")
    review = setup.new_review(by=by, title="Bench")
    written(folder / "first.ris", 4)
    begun(by, review, folder / "first.ris", "first.ris")
    subprocess.run([sys.executable, "-m", "bench.large", str(review.pk), str(folder)], check=True)
    person = Person(by, review)
    looks, presses = [timed(person.look) for _ in range(IDLE)], [timed(person.decide) for _ in range(IDLE)]
    written(folder / "large.ris", MEGABYTES)
    print(f"{connection.vendor}, {(folder / 'large.ris').stat().st_size / 1e6:,.0f} MB", flush=True)
    received = time.perf_counter()
    dump = begun(by, review, folder / "large.ris", "large.ris")
    print(f"received in {time.perf_counter() - received:.1f} s", flush=True)
    start = time.perf_counter()
    worker = subprocess.Popen([sys.executable, "-m", "bench.large", str(review.pk), str(folder)])
    looks_2, presses_2, memory, told = [], [], {}, 0.0
    while worker.poll() is None:
        looks_2.append(timed(person.look))
        if len(person.works) > 50 and len(looks_2) % 3 == 0:
            presses_2.append(timed(person.decide))
        memory |= {each: max(mb, memory.get(each, 0)) for each, mb in peak(worker.pid).items()}
        if time.perf_counter() - told > 30:
            told = time.perf_counter()
            dump.refresh_from_db()
            print(
                f"  {told - start:5.0f} s: {dump.taken_in:,} records, memory {sorted(memory.values())} MB", flush=True
            )
        time.sleep(PAUSE)
    dump.refresh_from_db()
    seconds = time.perf_counter() - start
    print(f"{dump.state}: {dump.taken_in:,} records in {seconds:.0f} s, {dump.taken_in / seconds:,.0f} a second")
    print(f"most memory of worker and child: {sorted(memory.values(), reverse=True)[:2]} MB")
    print(described("screening page", looks, looks_2) + " (limit 2)")
    print(described("decision", presses, presses_2))


def work(review_id: str) -> None:
    """Do a review's waiting jobs, as the worker does."""
    os.nice(10)
    for job in Job.objects.filter(library=int(review_id), state="waiting").order_by("pk"):
        jobs.run.call(job.pk)


if __name__ == "__main__":
    work(sys.argv[1]) if len(sys.argv) > 1 else main()
