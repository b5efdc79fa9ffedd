"""What a press on the screening page costs: `python -m bench.screen` (RECORDS, default 100,000; SECONDS a load, default 20).

On SQLite in a temporary folder, or on DATABASE_URL's database (`python tests/with_postgres.py …`). The yardstick is a constant
page that goes through all middleware for a signed-in person, and the bare SQL of a decision, in the same run. The load comes
from this process, from the same cores as the server (`manage.py serve`), which is the one that people run.
"""

import io
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench import setting_up
from bench.made_up import entries

setting_up.django_alone()

from django.conf import settings  # noqa: E402
from django.contrib import auth  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.files.base import File  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from records import actions as found  # noqa: E402
from records import engine, jobs  # noqa: E402
from records.models import Job, Work  # noqa: E402
from reviews import counters, queries, setup  # noqa: E402
from reviews.models import Decision, Member, Outcome, Review, Role, StageName, State  # noqa: E402

RECORDS, SECONDS = int(os.environ.get("RECORDS", "100000")), float(os.environ.get("SECONDS", "20"))
MEMBERS, AT_ONCE = 50, 32
MOST, FEWEST = 26, 12  # cards that a page holds: it asks for more when it has fewer than so many (static/js/screen.js)
DOZEN = MOST - FEWEST
STAGE, PORT, TOKEN = StageName.TITLE_ABSTRACT, 8765, "t" * 32
SQLITE = connection.vendor == "sqlite"
OF_CONSTANT, P50, P95 = (0.30, 4, 10) if SQLITE else (0.22, 8, 18)
SAID = {True: "", False: "  MISSED"}


@dataclass
class Person:
    """A signed-in reviewer with works of their own to decide on, and the bytes that their browser would send."""

    member: Member
    works: list[Work]
    session: str
    held: int = MOST
    place: str = field(init=False)

    def __post_init__(self) -> None:
        self.place = f"/reviews/{self.member.review_id}/screen/{STAGE}/"

    @property
    def cookies(self) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"

    def form(self) -> bytes:
        """The next press, as the page's script sends it."""
        self.held = MOST - 1 if self.held < FEWEST else self.held - 1  # what it asked for has come
        work = self.works.pop(0)
        ahead = self.had(self.held)
        act = {"work": work.pk, "revision": work.revision, "key": uuid.uuid4(), "verdict": "exclude", "ahead": ahead}
        return urlencode(act).encode()

    def had(self, count: int) -> str:
        return ",".join(str(each.pk) for each in self.works[:count])

    @property
    def more(self) -> tuple[str, str]:
        """Where the page asks for more cards, when it has few."""
        return f"{self.place}ahead/", f"had={quote(self.had(FEWEST))}"

    def request(self, place: str = "", form: bytes | None = None) -> bytes:
        """A request over the wire."""
        head = [f"{'GET' if form is None else 'POST'} {place or self.place} HTTP/1.1", f"Host: 127.0.0.1:{PORT}"]
        head += [f"Cookie: {self.cookies}", f"X-CSRFToken: {TOKEN}", "HX-Request: true"]
        if form is not None:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
        return "\r\n".join([*head, "", ""]).encode() + (form or b"")

    def here(self, place: str = "", query: str = "", *, form: bytes | None = None) -> None:
        """The same request inside this process, through everything but the web server."""
        environ = {
            "REQUEST_METHOD": "GET" if form is None else "POST", "PATH_INFO": place or self.place, "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": str(PORT), "HTTP_HOST": "127.0.0.1", "HTTP_COOKIE": self.cookies,
            "HTTP_X_CSRFTOKEN": TOKEN, "HTTP_HX_REQUEST": "true", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(form or b""),
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(form or b"")), "wsgi.errors": sys.stderr,
        }  # fmt: skip
        from config.wsgi import application  # after the static files are there

        told: list[str] = []
        answer = application(environ, lambda status, headers, fault=None: told.append(status))
        b"".join(answer)
        answer.close()
        if not told[0].startswith("200"):
            raise SystemExit(f"{place or self.place} was answered with {told[0]}")


class Line:
    """One connection that stays open."""

    def __init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> bool:
        """Send a request and read the answer; whether it was a 200."""
        self.socket.sendall(request)
        read = b""
        while b"\r\n\r\n" not in read:
            read += self._more()
        head, _, body = read.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return head.split(b" ", 2)[1] == b"200"

    def _more(self) -> bytes:
        if not (read := self.socket.recv(65536)):
            raise ConnectionError("the server hung up")
        return read


def library() -> list[Person]:
    """A review of made-up works with its team, everybody signed in, the works shared out among them."""
    owner = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", "x" * 12, name="Bench")
    review = setup.new_review(by=owner, title="Bench")
    setup.set_criteria(member=Member.objects.get(review=review), rows=[("Sample", "adults"), ("Design", "interviews")])
    path = Path(os.environ["DATA_DIR"]) / "bench.ris"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(entries(RECORDS, again=0))
    search = found.name_search(by=owner, library=review.library, source="Bench")
    with path.open("rb") as bytes_:
        found.receive(by=owner, search=search, name="bench.ris", content=File(bytes_, "bench.ris"))
    for job in Job.objects.filter(library=review.pk, state="waiting"):
        jobs.run.call(job.pk)
    works = list(Work.objects.filter(library=review.pk, empty=False).order_by("rank"))
    alone, shared = works[: RECORDS // 8], works[RECORDS // 8 :]  # the last one's are for measuring inside this process
    parts = [*(shared[n :: MEMBERS - 1] for n in range(MEMBERS - 1)), alone]
    return [_signed_in(review, n, part) for n, part in enumerate(parts)]


def _signed_in(review: Review, number: int, works: list[Work]) -> Person:
    user = User.objects.create_user(f"{uuid.uuid4().hex}@example.org", name=f"Reviewer {number}")
    member = Member.objects.create(review=review, user=user, role=Role.REVIEWER)
    session = SessionStore()
    session[auth.SESSION_KEY], session[auth.HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return Person(member, works, str(session.session_key))


def cpu(act: Callable[[], object], times: int = 100) -> float:
    """Milliseconds of this process's CPU that an act takes: the median, since others use the machine too."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        act()
        spent.append(1000 * (time.process_time() - start))
    return statistics.median(spent)


def bare(person: Person) -> None:
    """The statements that a decision cannot do without, by hand: lock, store, settle, count, remember, and the next work."""
    review, work, now = person.member.review_id, person.works.pop(0), engine.moment(timezone.now())
    key = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT revision, lead_id FROM records_work WHERE id = %s{'' if SQLITE else ' FOR UPDATE'}",
            [work.pk],
        )
        cursor.execute(
            "INSERT INTO reviews_decision (review_id, work_id, record_id, member_id, stage, verdict, current, ended, key, at)"
            " VALUES (%s, %s, %s, %s, %s, 'exclude', %s, '', %s, %s)",
            [review, work.pk, work.lead_id, person.member.pk, STAGE, True, key.hex, now],
        )
        cursor.execute(
            "UPDATE reviews_outcome SET state = 'awaiting_second', decided = 1, only_member_id = %s"
            " WHERE review_id = %s AND work_id = %s AND stage = %s",
            [person.member.pk, review, work.pk, STAGE],
        )
        cursor.execute(
            "UPDATE reviews_stage SET pending = pending - 1, awaiting_second = awaiting_second + 1"
            " WHERE review_id = %s AND name = %s",
            [review, STAGE],
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT work_id FROM reviews_outcome WHERE review_id = %s AND stage = %s AND state = 'pending' AND NOT aside"
            " ORDER BY rank LIMIT 1",
            [review, STAGE],
        )
        cursor.execute("SELECT title, abstract FROM records_record WHERE work_id = %s", [cursor.fetchone()[0]])
        cursor.fetchall()


class Served:
    """The shipped server, with everything that it complains of."""

    def __enter__(self) -> "Served":
        self.log = Path(os.environ["DATA_DIR"]) / "served.txt"
        with self.log.open("wb") as log:
            command = [sys.executable, "manage.py", "serve", "--web-only", "--port", str(PORT)]
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        for _ in range(1200):
            time.sleep(0.1)
            try:
                Line()
            except OSError:
                continue
            return self
        raise SystemExit(f"the server did not come up: {self.log.read_text()}")

    def __exit__(self, *_fault: object) -> None:
        self.process.terminate()
        self.process.wait()

    def locked(self) -> int:
        """How often the database was locked."""
        return self.log.read_text().count("database is locked")


@dataclass
class Load:
    """What many people at once were answered."""

    counted: bytes = b"POST"  # with what a request begins that counts; the others are sent in between
    times: list[float] = field(default_factory=list)
    failed: int = 0

    def run(
        self, people: list[Person], requests: Callable[[Person], Iterator[bytes]], seconds: float, pause: float = 0
    ) -> "Load":
        """Everybody sends requests one after the other; with a pause, one at a time that is so long after the last was sent."""
        until = time.perf_counter() + seconds

        def one(n: int, person: Person) -> None:
            line, due = Line(), time.perf_counter() + pause * n / len(people)
            for request in requests(person):
                counts = request.startswith(self.counted)
                time.sleep(max(0.0, due - time.perf_counter()) if counts else 0)
                start = time.perf_counter()
                if start > until:
                    return
                try:
                    self.failed += not line.ask(request)
                except (OSError, IndexError):
                    self.failed, line = self.failed + 1, Line()
                if counts:
                    self.times.append(1000 * (time.perf_counter() - start))
                    due = start + pause

        threads = [threading.Thread(target=one, args=each) for each in enumerate(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def quantile(self, percent: int) -> float:
        return statistics.quantiles(self.times, n=100)[percent - 1]


def constant(person: Person) -> Iterator[bytes]:
    while True:
        yield person.request("/healthz/")


def presses(person: Person) -> Iterator[bytes]:
    while person.works:
        yield person.request(form=person.form())
        if person.held < FEWEST:
            yield person.request("?".join(person.more))


def say(name: str, figure: str, good: bool, limit: str) -> None:
    print(f"{name:58} {figure:>22}   limit {limit}{SAID[good]}", flush=True)


def in_process(person: Person) -> None:
    """The CPU of a press and its next card."""
    for _ in range(20):  # templates and wordings are made once
        person.here("/healthz/")
        person.here(form=person.form())
        bare(person)
    page, sql = cpu(lambda: person.here("/healthz/")), cpu(lambda: bare(person))
    # A press names what its page holds; its share of the cards that the page asks for is added.
    press, more = cpu(lambda: person.here(form=person.form()), DOZEN * 7), cpu(lambda: person.here(*person.more), 30)
    counters.mend(person.member.review_id)
    parts = f"({press:.2f} + {more:.2f} / {DOZEN}) / ({page:.2f} + {sql:.2f}) ms"
    ratio = (press + more / DOZEN) / (page + sql)
    say("CPU of decide and next card / (constant page + bare SQL)", f"{ratio:.2f}", ratio <= 2.5, f"2.5   {parts}")


def under_load(people: list[Person]) -> None:
    with Served() as server:
        Load().run(people[:AT_ONCE], presses, 2)  # both processes are warm then
        still = Load(b"GET").run(people[:AT_ONCE], constant, SECONDS / 2)
        busy = Load().run(people[:AT_ONCE], presses, SECONDS)
        share = (len(busy.times) / SECONDS) / (len(still.times) / (SECONDS / 2))
        rates = f"{len(busy.times) / SECONDS:,.0f} / {len(still.times) / (SECONDS / 2):,.0f} a second"
        say(
            f"decisions a second at {AT_ONCE} / constant pages",
            f"{share:.0%}",
            share >= OF_CONSTANT,
            f"{OF_CONSTANT:.0%}   {rates}",
        )
        calm = Load().run(people, presses, SECONDS, pause=1)
        for _again in range(2):  # the best of three, since others use the machine too
            if calm.quantile(50) <= P50 and calm.quantile(95) <= P95:
                break
            calm = min(calm, Load().run(people, presses, SECONDS, pause=1), key=lambda each: each.quantile(95))
        for percent, limit in ((50, P50), (95, P95)):
            took = calm.quantile(percent)
            say(
                f"{MEMBERS} reviewers, a decision a second each: p{percent}",
                f"{took:.1f} ms",
                took <= limit,
                f"{limit} ms",
            )
        failed = busy.failed + calm.failed + still.failed
        say("requests not answered with 200", str(failed), not failed, f"0   of {len(busy.times) + len(calm.times):,}")
        say("database is locked", str(server.locked()), not server.locked(), "0")


def with_half_decided(person: Person) -> None:
    """The next card of a member who decided on half of the library, beside one who decided on nothing yet."""
    member, review = person.member, person.member.review_id
    rows = Outcome.objects.filter(review=review, stage=STAGE)
    Decision.objects.filter(review=review).delete()
    rows.update(state=State.PENDING, decided=0, only_member=None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def ask() -> Work | None:
        return queries.next_work(member=member, stage=STAGE)

    none, page_none = cpu(ask), cpu(person.here, 50)
    half = list(Work.objects.filter(library=review).order_by("rank")[: RECORDS // 2])
    Decision.objects.bulk_create(
        [
            Decision(
                review_id=review, work=work, record_id=work.lead_id, member=member, stage=STAGE, verdict="exclude",
                key=uuid.uuid4(),
            )
            for work in half
        ],
        batch_size=2000,
    )  # fmt: skip
    rows.filter(work__rank__lte=half[-1].rank).update(state=State.AWAITING, decided=1, only_member=member)
    counters.mend(review)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    many, page_many = cpu(ask), cpu(person.here, 50)
    ratio = many / none
    say(
        f"next card with {len(half):,} decided / with none",
        f"{ratio:.2f}",
        ratio <= 1.2,
        f"1.2   {many:.2f} / {none:.2f} ms",
    )
    print(f"{'  its whole page':58} {page_many / page_none:>22.2f}   {page_many:.2f} / {page_none:.2f} ms", flush=True)
    progress_page(person)


def progress_page(person: Person) -> None:
    """What the progress page asks the database, once all decisions are open, beside a fresh count."""
    review, spent = person.member.review_id, []
    Review.objects.filter(pk=review).update(blinded_abstracts=False)

    def timed(execute: Callable, *asked: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            spent[-1] += 1000 * (time.perf_counter() - start)

    for _ in range(20):
        spent.append(0.0)
        with connection.execute_wrapper(timed):
            person.here(f"/reviews/{review}/progress/")
    took, wrong = statistics.median(spent), list(counters.differences(review))
    say("SQL of the progress page", f"{took:.1f} ms", took <= 5, "5 ms")
    say("counters that differ from a fresh count", str(len(wrong)), not wrong, "0")


def main() -> None:
    setting_up.migrate()
    start = time.perf_counter()
    people = library()
    print(f"{connection.vendor}, {RECORDS:,} works, made in {time.perf_counter() - start:.0f} s; "
          f"others use the machine: {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    in_process(people[-1])
    connection.close()
    under_load(people)
    with_half_decided(people[0])


if __name__ == "__main__":
    main()
