"""A worker may die at any commit: the next one goes on, and the library is the same as if nothing had happened."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from records import actions, full_text, jobs, pipeline, storing, works
from records.models import Dump, Event, Job, Record
from tests import world as worlds
from tests.records.state import everything, faults_of, take
from tests.world import ris, ris_entry

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TORN = "AU  - Nobody, N\nPY  - 1999\nER  - \n\n"
# Duplicates inside one chunk and across chunks, with the library before and with each other; stretches that are rejected.
TEXT = (
    TORN
    + ris("alpha", "bravo")
    + ris_entry("alpha", DO="", JO="J Imagined Care")
    + TORN
    + ris("charlie", "delta", "echo")
    + ris_entry("bravo", AB="")
    + ris_entry("charlie", DO="10.5555/another", VL="99")
    + "".join(f"TY  - JOUR\nTI  - Short {n}\nAU  - Ito, A\nPY  - 2001\nER  - \n\n" for n in (1, 2))
    + TORN
)


class Died(BaseException):
    """The process is gone: nothing after this line runs."""


@pytest.fixture(autouse=True)
def _small_chunks_and_an_idle_queue(monkeypatch):
    monkeypatch.setattr(pipeline, "CHUNK", 3)
    monkeypatch.setattr(type(jobs.run), "enqueue", lambda _task, _key: None)


def begun(name="ann"):
    """A review with some records, and one more dump that waits to be read."""
    world = worlds.empty_world(owner=name)
    world.people["ann"] = world.people[name]
    take(world, ris("alpha", "echo"), source="Before")
    search = actions.name_search(by=world.people[name], library=world.library, source="Fictional Index")
    dump = actions.receive(by=world.people[name], search=search, name="Fictional Index.ris", content=TEXT)
    return world, dump.jobs.get()


@pytest.fixture
def undisturbed(db):
    """What the library holds after a reading that nothing disturbed."""
    world, _job = begun("zoe")
    worlds.read_all(world.library)
    return everything(world.library)


def dies(job, where, name, number, *, after=False):
    """A worker takes the job and dies at the n-th call of a function: before it did anything, or after it did all."""
    real, calls = getattr(where, name), []

    def dying(*args, **kwargs):
        calls.append(name)
        if len(calls) == number and not after:
            raise Died
        answer = real(*args, **kwargs)
        if len(calls) == number:
            raise Died
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, dying)
        assert not worker_runs(job)


def worker_runs(job):
    """A worker takes the job; whether it came to an end."""
    try:
        jobs.run.call(job.pk)
    except Died:
        return False
    return True


def is_taken_up(job):
    """The heartbeat goes stale and the job is queued again."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert jobs.take_up_stale() == 1


COMMITS = [(pipeline, "_store", n) for n in (1, 2, 3, 4, 5)] + [(jobs, "beat", n) for n in (1, 2, 3, 4, 5)]
COMMITS += [(pipeline, "_finish", 1), (jobs, "_finish", 1)]
INSIDE = [
    (storing, "_place", 2), (storing, "_count", 3), (storing, "_store_matches", 1), (full_text, "index", 2),
    (pipeline, "remember", 1), (works, "recompose", 1), (works, "ask", 1),
]  # fmt: skip


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "name", "number"), COMMITS)
def test_a_worker_that_dies_at_a_commit_loses_and_doubles_nothing(undisturbed, where, name, number, after):
    world, job = begun()
    dies(job, where, name, number, after=after)
    assert faults_of(world.library) == []  # also while the job lies there half done
    if (name, after) == ("_finish", True) and where is jobs:
        return  # everything was done and said
    is_taken_up(job)
    assert worker_runs(job)
    assert everything(world.library) == undisturbed
    assert faults_of(world.library) == []
    assert Job.objects.get(pk=job.pk).state == "done"


@pytest.mark.parametrize(("where", "name", "number"), INSIDE)
def test_a_worker_that_dies_inside_a_transaction_leaves_nothing_of_it(undisturbed, where, name, number):
    world, job = begun()
    dies(job, where, name, number, after=True)
    assert faults_of(world.library) == []
    is_taken_up(job)
    assert worker_runs(job)
    assert everything(world.library) == undisturbed


def test_the_points_above_are_all_commits_of_a_reading(monkeypatch):
    _world, job = begun()
    store, calls = pipeline._store, []
    monkeypatch.setattr(pipeline, "_store", lambda *args: calls.append(1) or store(*args))
    assert worker_runs(job)
    assert len(calls) == 5


def test_words_are_found_once_after_a_crash():
    world, job = begun()
    dies(job, jobs, "beat", 2)
    is_taken_up(job)
    assert worker_runs(job)
    delta = Record.objects.get(library=world.library, title__startswith="Becoming a companion")
    assert list(full_text.search(world.library.pk, "companion stroke")) == [delta]


def test_two_workers_may_die_and_the_third_reads_the_dump_to_its_end(undisturbed):
    world, job = begun()
    for number in (2, 1):
        dies(job, jobs, "beat", number)
        is_taken_up(job)
    assert worker_runs(job)
    assert everything(world.library) == undisturbed
    assert Job.objects.get(pk=job.pk).attempts == 3


# --- two workers ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("where", "name", "number"),
    [(pipeline, "_store", 1), (pipeline, "_store", 3), (jobs, "beat", 1), (jobs, "beat", 3), (pipeline, "_finish", 1)],
)
def test_a_slow_worker_whose_job_was_taken_over_stops_without_a_trace(undisturbed, monkeypatch, where, name, number):
    world, job = begun()
    real, calls = getattr(where, name), []
    seen = {}

    def slow(*args, **kwargs):
        calls.append(name)
        if len(calls) == number:  # it hangs here for so long that another worker does all the rest
            Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
            jobs.run.call(job.pk)
            seen.update(everything(world.library), job=Job.objects.filter(pk=job.pk).values().get())
        return real(*args, **kwargs)

    monkeypatch.setattr(where, name, slow)
    assert worker_runs(job)
    assert seen.pop("job") == Job.objects.filter(pk=job.pk).values().get()
    assert everything(world.library) == seen == undisturbed
    assert faults_of(world.library) == []


def test_a_slow_worker_does_not_set_the_checkpoint_of_the_one_that_took_over_back(undisturbed, monkeypatch):
    world, job = begun()
    beat, steps = jobs.beat, []

    def slow(own_job, **more):
        steps.append(own_job.attempts)
        if len(steps) == 1:  # the first worker hangs after its first chunk …
            Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=1))
            jobs.run.call(job.pk)
        elif len(steps) == 3:  # … and comes to life while the second is at work
            first = Job.objects.get(pk=job.pk)
            first.attempts, first.checkpoint = 1, {"entries": 3}
            with pytest.raises(jobs.TakenOver):
                beat(first, done=1)
        beat(own_job, **more)

    monkeypatch.setattr(jobs, "beat", slow)
    assert worker_runs(job)
    assert everything(world.library) == undisturbed
    assert set(steps) == {1, 2}


# --- stopping ------------------------------------------------------------------------------------------------------
def stopped(monkeypatch, at=2):
    """A review in which ann stopped the reading at its n-th chunk."""
    world, job = begun()
    beat, calls = jobs.beat, []

    def asked_to_stop(own_job, **more):
        calls.append(1)
        if len(calls) == at:
            actions.cancel_job(by=world.people["ann"], job=own_job)
        beat(own_job, **more)

    monkeypatch.setattr(jobs, "beat", asked_to_stop)
    assert worker_runs(job)
    monkeypatch.setattr(jobs, "beat", beat)
    job.refresh_from_db()
    return world, job


def test_a_reading_that_was_stopped_keeps_what_is_stored_and_accounts_for_it(monkeypatch):
    world, job = stopped(monkeypatch)
    dump = Dump.objects.get(pk=job.dump_id)
    assert (job.state, dump.state) == ("cancelled", "failed")
    assert dump.found == dump.taken_in + dump.rejected == 6
    assert dump.taken_in == Record.objects.filter(dump=dump).count() > 0
    assert faults_of(world.library) == []
    jobs.run.call(job.pk)  # a leftover queue entry does nothing
    assert Dump.objects.get(pk=dump.pk).found == 6


def test_a_stopped_dump_that_comes_again_is_read_to_its_end(undisturbed, monkeypatch):
    world, job = stopped(monkeypatch)
    first = Dump.objects.get(pk=job.dump_id)
    again = actions.receive(by=world.people["ann"], search=first.search, name="again", content=TEXT)
    assert (again.state, again.same_as) == ("known", first)
    worlds.read_all(world.library)
    again.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, again.already_there) == ("read", first.taken_in)
    after = everything(world.library)
    for part in set(after) - {"dumps", "history"}:
        assert after[part] == undisturbed[part], part
    assert after["dumps"][:2] == undisturbed["dumps"]
    assert Event.objects.filter(library=world.library, verb="read a dump", subject=f"dump {first.pk}").count() == 1


def test_the_worker_of_the_stopped_reading_cannot_go_on_beside_the_new_one(undisturbed, monkeypatch):
    world, job = stopped(monkeypatch)
    actions.receive(by=world.people["ann"], search=job.dump.search, name="again", content=TEXT)
    with pytest.raises(jobs.TakenOver):
        pipeline.take_in(job)
    worlds.read_all(world.library)
    assert everything(world.library)["records"] == undisturbed["records"]
