"""Long tasks as people see them: taken once, alive while they beat, queued again when dead, given up with a sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from records import actions, jobs
from records.models import Dump, Job
from tests import world as worlds
from tests.world import ris

pytestmark = pytest.mark.django_db


class Died(BaseException):
    """The process is gone."""


@pytest.fixture
def world(db):
    return worlds.empty_world()


@pytest.fixture
def job(world):
    """A dump that waits to be read."""
    search = actions.name_search(by=world.people["ann"], library=world.library, source="Fictional Index")
    return actions.receive(
        by=world.people["ann"], search=search, name="a.ris", content=ris("alpha", "bravo")
    ).jobs.get()


@pytest.fixture
def queued(monkeypatch):
    """The keys of the jobs that are put into the queue."""
    keys = []
    monkeypatch.setattr(type(jobs.run), "enqueue", lambda _task, key: keys.append(key))
    return keys


def aged(job, minutes, **fields):
    """The job as it would look if its last sign of life were some minutes old."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=minutes), **fields)


def fails_with(monkeypatch, fault):
    """The handler of imports raises this."""

    def handler(_job):
        raise fault

    monkeypatch.setitem(jobs.HANDLERS, "import", handler)


def test_a_job_that_is_done_says_so_and_how_far_it_came(job):
    jobs.run.call(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts, job.error) == ("done", job.total, 1, "")
    assert job.total == job.dump.size > 0
    assert job.finished_at and job.heartbeat_at


def test_a_job_is_queued_when_its_transaction_is_committed_and_not_before(
    world, queued, django_capture_on_commit_callbacks
):
    search = actions.name_search(by=world.people["ann"], library=world.library, source="Fictional Index")
    with django_capture_on_commit_callbacks(execute=True):
        dump = actions.receive(by=world.people["ann"], search=search, name="a.ris", content=ris("charlie"))
        assert queued == []
    assert queued == [dump.jobs.get().pk]


def test_a_second_entry_for_a_running_job_does_nothing(job, monkeypatch):
    aged(job, 0, state="running", attempts=1)
    fails_with(monkeypatch, AssertionError("taken twice"))
    jobs.run.call(job.pk)
    assert Job.objects.get(pk=job.pk).state == "running"


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_an_ended_job_is_not_begun_again(job, monkeypatch, state):
    aged(job, 60, state=state)
    fails_with(monkeypatch, AssertionError("begun again"))
    jobs.run.call(job.pk)
    assert jobs.take_up_stale() == 0
    assert Job.objects.get(pk=job.pk).state == state


def test_an_unknown_job_is_passed_over(job):
    jobs.run.call(job.pk + 1)


def test_a_fault_ends_the_job_and_the_dump_and_stores_nothing_half(job, monkeypatch, caplog):
    monkeypatch.setattr("records.storing._count", lambda *args, **kwargs: 1 / 0)
    jobs.run.call(job.pk)
    job.refresh_from_db()
    dump = Dump.objects.get(pk=job.dump_id)
    assert (job.state, job.error, dump.state) == ("failed", "ZeroDivisionError", "failed")
    assert (dump.found, dump.records.count(), job.checkpoint) == (0, 0, {})
    assert "Background" not in caplog.text  # no word of an abstract in the log


def test_a_beat_tells_how_far_the_job_is(job):
    jobs.beat(job, done=7, phase="reading")
    jobs.beat(job, phase="writing")
    fresh = Job.objects.get(pk=job.pk)
    assert (fresh.done, fresh.phase) == (7, "writing")
    assert timezone.now() - fresh.heartbeat_at < timedelta(seconds=5)


def test_a_beat_says_that_somebody_asked_to_stop(world, job):
    actions.cancel_job(by=world.people["ann"], job=job)
    with pytest.raises(jobs.Cancelled):
        jobs.beat(job)


def test_a_beat_of_a_worker_that_lost_its_job_changes_nothing(job):
    aged(job, 5, attempts=1, done=3)
    before = Job.objects.filter(pk=job.pk).values().get()
    with pytest.raises(jobs.TakenOver):
        jobs.beat(job, done=9)  # this one read the row before the other took it
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_a_job_without_a_sign_of_life_is_queued_again(job, queued):
    aged(job, 1, state="running", attempts=1)
    assert jobs.take_up_stale() == 1
    assert queued == [job.pk]
    assert Job.objects.get(pk=job.pk).state == "waiting"


def test_a_job_that_lives_is_left_alone(job, queued):
    aged(job, 0.2, state="running", attempts=1)
    assert jobs.take_up_stale() == 0
    assert queued == []
    assert Job.objects.get(pk=job.pk).state == "running"


def test_a_job_that_comes_to_life_in_the_last_moment_is_left_alone(job, queued, monkeypatch):
    aged(job, 1, state="running", attempts=1)
    jobs_seen = list(Job.objects.filter(pk=job.pk))
    aged(job, 0, state="done")
    monkeypatch.setattr(Job.objects, "filter", _first_then_real(Job.objects.filter, jobs_seen))
    assert jobs.take_up_stale() == 0
    assert queued == []
    assert Job.objects.get(pk=job.pk).state == "done"


def _first_then_real(real, answer):
    """The first question is answered by what was true a moment ago."""
    asked = []

    def question(*args, **kwargs):
        asked.append(1)
        return answer if len(asked) == 1 else real(*args, **kwargs)

    return question


def test_a_waiting_job_whose_queue_entry_is_gone_is_queued_again(job, queued):
    assert jobs.take_up_stale() == 0  # it has just come
    Job.objects.filter(pk=job.pk).update(at=timezone.now() - timedelta(minutes=11))
    assert jobs.take_up_stale() == 1
    assert jobs.take_up_stale() == 0  # once, not at every look
    assert queued == [job.pk]


def test_a_job_that_dies_three_times_is_given_up_with_a_plain_sentence(job, queued, monkeypatch):
    fails_with(monkeypatch, Died())
    for _attempt in (1, 2, 3):
        with pytest.raises(Died):
            jobs.run.call(job.pk)
        aged(job, 1)
        jobs.take_up_stale()
    job.refresh_from_db()
    assert queued == [job.pk, job.pk]
    assert (job.state, job.attempts) == ("failed", 3)
    assert job.error == "it stopped 3 times without saying why"
    assert job.finished_at
    assert Dump.objects.get(pk=job.dump_id).state == "failed"  # and it is not "being read" for ever


def test_one_poison_job_does_not_keep_the_others_from_being_taken_up(world, job, queued):
    search = job.dump.search
    other = actions.receive(by=world.people["ann"], search=search, name="b.ris", content=ris("charlie")).jobs.get()
    aged(job, 1, state="running", attempts=3)
    aged(other, 1, state="running", attempts=1)
    assert jobs.take_up_stale() == 1
    assert queued == [other.pk]


def test_a_stopped_job_that_still_waits_stores_no_more_than_one_chunk(world, job, monkeypatch):
    monkeypatch.setattr("records.pipeline.CHUNK", 1)
    actions.cancel_job(by=world.people["ann"], job=job)
    jobs.run.call(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert Dump.objects.get(pk=job.dump_id).taken_in == 1
