"""5,000 new records into a library that holds 100,000: how long it takes, and how much memory more than an idle worker's.

`python -m bench.into_library` on SQLite in a temporary folder, or on DATABASE_URL's database (`python tests/with_postgres.py …`).
STORED and NEW set how many. The new ones come in a process of their own, as with a worker that has just begun; one in five of
them says again what an earlier one said. Limits: 10 seconds and 100 MB.
"""

import os
import resource
import subprocess
import sys
from itertools import islice
from pathlib import Path

from bench import setting_up

if len(sys.argv) < 2:
    setting_up.django_alone()
else:
    import django

    django.setup()

from bench.made_up import entries
from bench.storing import Clock, imported, say
from records import actions as found
from records import jobs
from records.models import Job, Library, Search

STORED, NEW = int(os.environ.get("STORED", "100000")), int(os.environ.get("NEW", "5000"))


def written(name: str, first: int, count: int) -> Path:
    """A file of made-up entries from one number on."""
    path = Path(os.environ["DATA_DIR"]) / name
    with path.open("w", encoding="utf-8") as file:
        file.writelines(islice(entries(first + count), first, None))
    return path


def second(path: Path, library_id: int) -> None:
    """Read the new records, and say how long it took and how much memory."""
    search = Search.objects.filter(library=library_id).select_related("library", "by").latest("pk")
    dump = found.receive(by=search.by, search=search, name=path.name, content=path.read_text(encoding="utf-8"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with Clock() as clock:
        for job in Job.objects.filter(library=library_id, state="waiting"):
            jobs.run.call(job.pk)
    dump.refresh_from_db()
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    say(f"{dump.taken_in:,} new records, {dump.joined:,} joined", clock, f"{more:,.0f} MB more (limit 100)")
    print(f"  {clock.seconds:.1f} s (limit 10)")


def main() -> None:
    setting_up.migrate()
    clock, library = imported(written("stored.ris", 0, STORED), STORED)
    say(f"{STORED:,} records stored", clock)
    path = written("new.ris", STORED, NEW)
    subprocess.run([sys.executable, "-m", "bench.into_library", str(path), str(library.pk)], check=True)
    print(f"  works {Library.objects.get(pk=library.pk).works:,}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        second(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main()
