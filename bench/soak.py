"""`make soak`: a worker is killed as by kill -9 at every commit point of an import, again and again, until the import is through.

Points are right before and right after each commit. Each worker comes one point further than the one before: it goes on
from the checkpoint and dies before the next commit, the next one right after it. In the end every entry must be accounted
for exactly once, the counters must be the fresh ones, and nothing may lie around half done. RECORDS sets how many
(default 20,000). On SQLite in a temporary folder, or on DATABASE_URL's database.
"""

import os
import subprocess
import sys
import uuid

from bench import setting_up
from bench.made_up import entries

if len(sys.argv) < 2:
    setting_up.django_alone()
else:
    setting_up.django_in(sys.argv[2])

from accounts.models import User
from records import actions, counters, jobs
from records.history import faults
from records.models import BlockKey, Dump, Job, Library, Record
from reviews import setup
from reviews.models import Outcome, StageName

RECORDS = int(os.environ.get("RECORDS", "20000"))
TORN = "AU  - Nobody, N\nPY  - 1999\nER  - \n\n"  # an entry that cannot be read, after every hundredth


def text(count: int) -> tuple[str, int]:
    """RIS entries with duplicates and torn ones among them; the text, and how many are torn."""
    parts = list(entries(count))
    torn = range(99, count, 100)
    for n in torn:
        parts[n] += TORN
    return "".join(parts), len(torn)


def begun(count: int) -> tuple[Library, Dump, int]:
    """A library with one dump that waits to be read, and how many entries of it are torn."""
    by = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", "x" * 12, name="Soak")
    library = setup.new_review(by=by, title="Soak").library
    search = actions.name_search(by=by, library=library, source="Soak")
    content, torn = text(count)
    return library, actions.receive(by=by, search=search, name="soak.ris", content=content), torn


def killed_again_and_again(dump: Dump, folder: str) -> int:
    """Workers die at the first and at the second point they come to, in turn, until one comes to its end; how many died."""
    deaths = 0
    while True:
        env = os.environ | {"WINNOW_DIE_AT": str(1 + deaths % 2), "JOB_STALE_SECONDS": "0"}
        command = [sys.executable, "-m", "bench.soak", str(dump.jobs.get().pk), folder]
        code = subprocess.run(command, env=env, check=False).returncode
        if code == 0:
            return deaths
        if code != -9:
            raise SystemExit(f"the worker ended with {code}")
        deaths += 1
        Job.objects.filter(dump=dump).update(attempts=1)  # the third death would be the job's last


def wrong(library: Library, dump: Dump, count: int, torn: int) -> list[str]:
    """What is not accounted for, in words; nothing where all is well."""
    dump.refresh_from_db()
    library.refresh_from_db()
    records = Record.objects.filter(dump=dump)
    positions = list(records.order_by("position").values_list("position", flat=True))
    checks = {
        f"the dump is {dump.state}": dump.state == "read",
        f"{dump.taken_in} taken in of {count}": dump.taken_in == count == records.count(),
        f"{dump.rejected} rejected of {torn}": dump.rejected == torn == dump.rejected_stretches.count(),
        "a position is missing or there twice": positions == list(range(1, count + 1)),
        "an entry is there twice": records.values("first_line").distinct().count() == count,
        "a record has no keys": BlockKey.objects.filter(record__in=records).values("record").distinct().count()
        == count,
        "a work has no outcome, or two": Outcome.objects.filter(
            review=library.pk, stage=StageName.TITLE_ABSTRACT
        ).count()
        == library.all_works.filter(empty=False).count(),
        "the job is not done": list(dump.jobs.values_list("state", flat=True)) == ["done"],
    }
    found = [words for words, holds in checks.items() if not holds]
    return found + [str(each) for each in counters.differences(library)] + list(faults(library.pk))


def main() -> None:
    setting_up.migrate()
    library, dump, torn = begun(RECORDS)
    deaths = killed_again_and_again(dump, os.environ["DATA_DIR"])
    found = wrong(library, dump, RECORDS, torn)
    print(f"{RECORDS:,} records, {deaths} workers killed, {dump.taken_in:,} taken in, {dump.rejected:,} rejected: "
          + ("; ".join(found) or "everything accounted for"))  # fmt: skip
    sys.exit(bool(found))


def work(job_id: int) -> None:
    """A worker's life: take the job, which a dead one may still seem to hold, and do it."""
    jobs.run.call(job_id)
    sys.exit(0 if Job.objects.get(pk=job_id).state == "done" else 3)


if __name__ == "__main__":
    work(int(sys.argv[1])) if len(sys.argv) > 1 else main()
