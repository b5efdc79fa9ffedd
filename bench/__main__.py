"""Speed of the screening path and of import, on a database of its own (SQLite in a temporary folder, or DATABASE_URL's)."""

import os
import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="winnow-bench-")
os.environ.setdefault("SECRET_KEY", "only-for-measuring")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.models import User  # noqa: E402
from records import actions as found  # noqa: E402
from records import jobs  # noqa: E402
from records.models import Dump, Job, Record, Work  # noqa: E402
from reviews import actions, queries, setup, team  # noqa: E402
from reviews.models import Member, Review, StageName  # noqa: E402

STAGE = StageName.TITLE_ABSTRACT
RECORDS, DECIDED = int(os.environ.get("RECORDS", "10000")), int(os.environ.get("DECIDED", "3000"))
CHANCE = random.Random(7)
WORDS = [uuid.UUID(int=CHANCE.getrandbits(128)).hex[: CHANCE.randint(4, 9)] for _ in range(4000)]


def entries(count: int) -> Iterator[str]:
    """RIS entries of nonsense that have nothing in common, about 1,700 characters each."""
    for n in range(count):
        rows = {
            "TI": " ".join(CHANCE.choices(WORDS, k=12)).capitalize(), "AU": f"{CHANCE.choice(WORDS).title()}, A.",
            "A2": "", "PY": str(2000 + n % 20), "JO": f"Journal of {CHANCE.choice(WORDS)}", "VL": str(n % 40 + 1),
            "SP": str(n * 3 % 900 + 1), "DO": f"10.5555/bench.{n}", "AB": " ".join(CHANCE.choices(WORDS, k=220)),
        }  # fmt: skip
        yield "TY  - JOUR\n" + "".join(f"{tag}  - {value}\n" for tag, value in rows.items() if value) + "ER  - \n\n"


def cpu(act: Callable[[], object], times: int) -> float:
    """Milliseconds of this process's CPU for one call, the mean of many."""
    act()
    start = time.process_time()
    for _ in range(times):
        act()
    return 1000 * (time.process_time() - start) / times


def say(name: str, value: str, limit: str = "") -> None:
    print(f"{name:62} {value:>16}   {limit}", flush=True)


def measure_import(review: Review, by: User) -> None:
    """Records a second, read and stored, against the same rows put into the same table by plain statements."""
    search = found.name_search(by=by, library=review.library, source="Bench")
    dump = found.receive(by=by, search=search, name="bench.ris", content="".join(entries(RECORDS)))
    start = time.perf_counter()
    for job in Job.objects.filter(library=review.pk, state="waiting"):
        jobs.run.call(job.pk)
    ours = time.perf_counter() - start
    dump = Dump.objects.get(pk=dump.pk)
    if dump.taken_in != RECORDS:
        raise SystemExit(f"{dump.taken_in} of {RECORDS} records came in")
    rows = list(Record.objects.filter(library=review.pk).values_list("title", "abstract", "raw", "normal"))
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench (title text, abstract text, raw text, normal text)")
        cursor.executemany("INSERT INTO bench VALUES (%s, %s, %s, %s)", [tuple(map(str, row)) for row in rows])
    raw = time.perf_counter() - start
    say(
        "import, records a second",
        f"{RECORDS / ours:,.0f}",
        f"plain statements alone: {RECORDS / raw:,.0f}; ratio {ours / raw:.1f}",
    )


def measure_deciding(review: Review, owner: Member, reviewer: Member) -> None:
    """A press, from session to next card, against the smallest page; and the next card with much decided against none."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(owner.user)
    works = list(Work.objects.filter(library=review.pk).order_by("rank")[: DECIDED + 400])
    place = f"/reviews/{review.pk}/screen/{STAGE}/"

    def press() -> None:
        work = works.pop()
        data = {"work": work.pk, "revision": work.revision, "key": uuid.uuid4(), "verdict": "include"}
        answer = client.post(place, data, headers={"hx-request": "true"})
        if answer.status_code != 200:
            raise SystemExit(f"a decision was answered with {answer.status_code}")

    hello = cpu(lambda: client.get("/healthz/"), 200)
    pressed = cpu(press, 150)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        press()
    say("decide and next card, CPU ms", f"{pressed:.1f}", f"smallest page: {hello:.1f} ms; ratio {pressed / hello:.1f}")
    say("decide and next card, statements", str(len(caught)))
    first = cpu(lambda: queries.next_work(member=reviewer, stage=STAGE), 100)
    for n, work in enumerate(works[:DECIDED]):
        actions.decide(
            member=reviewer,
            stage=STAGE,
            work_id=work.pk,
            revision=work.revision,
            key=uuid.uuid4(),
            verdict=("include", "exclude")[n % 2],
        )
    later = cpu(lambda: queries.next_work(member=reviewer, stage=STAGE), 100)
    say(
        f"next card with {DECIDED:,} decided, CPU ms",
        f"{later:.2f}",
        f"with few: {first:.2f} ms; ratio {later / first:.2f} (limit 1.2)",
    )
    counted = cpu(lambda: queries.progress(member=reviewer, stage=STAGE), 100)
    say("own progress from counters, CPU ms", f"{counted:.2f}", "limit 5")


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    by = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", "x" * 12, name="Bench")
    other = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", "x" * 12, name="Bench 2")
    review = setup.new_review(by=by, title="Bench")
    owner = Member.objects.get(review=review)
    _invitation, token = team.invite(member=owner, role="reviewer")
    reviewer = team.accept(user=other, token=token)
    print(f"{connection.vendor}, {RECORDS:,} records")
    measure_import(review, by)
    measure_deciding(review, owner, reviewer)


main()
