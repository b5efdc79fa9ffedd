"""What an import costs from upload to stored, deduplicated, searchable works, against its parts measured alone.

`python -m bench.storing` on SQLite in a temporary folder, or on DATABASE_URL's database (`python tests/with_postgres.py …`).
RECORDS sets how many (default 100,000), of which one in five is a duplicate in other words. Alone means: the rows of the same import copied
into empty tables of the same columns (bulk load), the same indexes built over them (index), and the same records grouped
in memory by `records.dedup` (dedup). The limit is 1.3 times their sum.
"""

import os
import resource
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from bench import setting_up
from bench.made_up import entries

setting_up.django_alone()

from django.core.files.base import File  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from accounts.models import User  # noqa: E402
from records import actions as found  # noqa: E402
from records import collecting, engine, full_text, jobs  # noqa: E402
from records.dedup.headless import dedupe  # noqa: E402
from records.dedup.normalise import COMPARED  # noqa: E402
from records.models import Dump, Job, Library, Record  # noqa: E402
from reviews import setup  # noqa: E402

RECORDS = int(os.environ.get("RECORDS", "100000"))
TABLES = ("records_record", "records_work", "records_blockkey", "records_match", "reviews_outcome")


class Clock:
    """Adds up seconds, and seconds of this process's CPU, of what runs inside its `with`."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def __enter__(self) -> "Clock":
        self._start = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.seconds += time.perf_counter() - self._start[0]
        self.cpu += time.process_time() - self._start[1]


def imported(path: Path, count: int) -> tuple[Clock, Library]:
    """How long one import takes, and the library that it made."""
    by = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", "x" * 12, name="Bench")
    review = setup.new_review(by=by, title="Bench")
    search = found.name_search(by=by, library=review.library, source="Bench")
    with Clock() as clock, path.open("rb") as file:
        dump = found.receive(by=by, search=search, name="bench.ris", content=File(file, "bench.ris"))
        for job in Job.objects.filter(library=review.pk, state="waiting"):
            jobs.run.call(job.pk)
    dump = Dump.objects.get(pk=dump.pk)
    if dump.taken_in != count:
        raise SystemExit(f"{dump.taken_in} records came in")
    return clock, Library.objects.get(pk=review.pk)


def alone_load() -> Clock:
    """How long it takes to copy the rows of the tables that an import fills into empty ones."""
    clock = Clock()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table}")
            rows = cursor.fetchall()
            names = [column[0] for column in cursor.description]
            cursor.execute(f"CREATE TABLE alone_{table} AS SELECT * FROM {table} WHERE 1 = 0")
            plain = [tuple(map(engine.plain, row)) for row in rows]
            with clock, transaction.atomic():
                engine.insert(f"alone_{table}", names, plain)
    return clock


def alone_index() -> Clock:
    """How long it takes to build the indexes that those tables carry, over the copied rows, and the full-text index."""
    with Clock() as clock, connection.cursor() as cursor:
        for n, (table, columns) in enumerate(_indexes(cursor)):
            cursor.execute(f"CREATE INDEX alone_{n} ON alone_{table} ({columns})")
        for statement in full_text.alone("alone_records_record"):
            cursor.execute(statement)
    return clock


def _indexes(cursor: object) -> Iterator[tuple[str, str]]:
    for table in TABLES:
        for each in connection.introspection.get_constraints(cursor, table).values():
            if each["columns"] and all(each["columns"]) and (each["index"] or each["unique"] or each["primary_key"]):
                yield table, ", ".join(each["columns"])


def alone_dedup(library: Library) -> Clock:
    """How long it takes to group the same records in memory: normalise, keys, judge, cluster."""
    rows = {str(row["pk"]): row for row in Record.objects.filter(library=library.pk).values("pk", *COMPARED)}
    with collecting.seldom(), Clock() as clock:  # as the import has it
        dedupe(rows)
    return clock


def main() -> None:
    setting_up.migrate()
    path = Path(os.environ["DATA_DIR"]) / "bench.ris"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(entries(RECORDS))
    print(f"{connection.vendor}, {RECORDS:,} records, {path.stat().st_size / 1e6:,.0f} MB", flush=True)
    clock, library = imported(path, RECORDS)
    say("import: stored, deduplicated, searchable", clock, f"{RECORDS / clock.seconds:,.0f} records/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  works {library.works:,}, pairs to look at {library.questions:,}, memory of the worker {peak:,.0f} MB")
    parts = {"bulk load alone": alone_load(), "index alone": alone_index(), "dedup alone": alone_dedup(library)}
    for name, alone in parts.items():
        say(f"  {name}", alone)
    total = sum(alone.seconds for alone in parts.values())
    print(f"  sum {total:.1f} s, ratio {clock.seconds / total:.2f} (limit 1.3)")


def say(name: str, clock: Clock, more: str = "") -> None:
    print(f"{name:42} {clock.seconds:7.1f} s   {clock.cpu:7.1f} s of CPU   {more}", flush=True)


if __name__ == "__main__":
    main()
