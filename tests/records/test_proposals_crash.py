"""Proposals whose worker dies, hangs, fails or is stopped: nothing is lost or doubled, and no proposal is stuck."""

import pytest

from records import actions, carrying_out, comparing, jobs, proposing
from records.models import Job
from tests import world as worlds
from tests.records.shelf import (
    back,
    compared,
    dies,
    done,
    everything_but_history,
    fresh,
    in_small_pieces,
    likely,
    numbers,
)
from tests.records.state import faults_of
from tests.records.test_crash import is_taken_up

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    in_small_pieces(monkeypatch)


@pytest.fixture
def shelf(db):
    return fresh()


@pytest.fixture
def idle(monkeypatch):
    """Nobody takes a job from the queue by itself."""
    monkeypatch.setattr(type(jobs.run), "enqueue", lambda _task, _key: None)


POINTS = [
    (carrying_out, "_set_bar", 1), (carrying_out, "_one", 1), (carrying_out, "_one", 3), (jobs, "beat", 1),
    (jobs, "beat", 2), (carrying_out, "_turn", 1), (actions, "moved", 2), (carrying_out, "_ask", 1),
]  # fmt: skip
POINTS_BACK = [
    (carrying_out, "_one", 1), (carrying_out, "_one", 5), (jobs, "beat", 1), (carrying_out, "_restore", 2),
    (actions, "_send_back", 2), (carrying_out, "_turn", 1),
]  # fmt: skip


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "name", "number"), POINTS)
def test_a_worker_that_dies_while_it_is_done_loses_and_doubles_nothing(shelf, idle, where, name, number, after):
    before = everything_but_history(shelf)
    proposal = compared(shelf, 0.99)
    proposing.carry_out(by=shelf.people["ann"], proposal=proposal)
    job = dies(proposal, where, name, number, after)
    assert faults_of(shelf.library) == []
    is_taken_up(job)
    jobs.run.call(job.pk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.before) == ("applied", 0.90)
    assert proposing.left_out(proposal) == 0
    shelf.library.refresh_from_db()
    assert (shelf.library.join_at, shelf.library.works, shelf.library.questions) == (0.99, 11, 5)
    assert faults_of(shelf.library) == []
    back(shelf, proposal)
    assert everything_but_history(shelf) == before


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "name", "number"), POINTS_BACK)
def test_a_worker_that_dies_while_it_is_taken_back_loses_and_doubles_nothing(shelf, idle, where, name, number, after):
    before = everything_but_history(shelf)
    proposal = done(shelf, compared(shelf, 0.99))
    proposing.take_back(by=shelf.people["ann"], proposal=proposal)
    job = dies(proposal, where, name, number, after)
    assert faults_of(shelf.library) == []
    is_taken_up(job)
    jobs.run.call(job.pk)
    proposal.refresh_from_db()
    assert proposal.state == "taken-back"
    assert everything_but_history(shelf) == before
    assert faults_of(shelf.library) == []


@pytest.mark.parametrize(("where", "name", "number"), [(comparing, "_store", 2), (jobs, "beat", 3), (jobs, "beat", 5)])
def test_a_worker_that_dies_while_it_compares_begins_again(shelf, idle, where, name, number):
    proposal = proposing.compare_anew(by=shelf.people["ann"], library=shelf.library, join_at=0.99)
    job = dies(proposal, where, name, number, after=True)
    is_taken_up(job)
    jobs.run.call(job.pk)
    proposal.refresh_from_db()
    assert (proposal.state, numbers(proposal)) == ("ready", (0, 3, 3, 0))


def test_a_slow_worker_whose_job_was_taken_over_doubles_nothing(shelf, idle, monkeypatch):
    before = everything_but_history(shelf)
    proposal = compared(shelf, 0.99)
    proposing.carry_out(by=shelf.people["ann"], proposal=proposal)
    job, one, calls = proposing.job_of(proposal), carrying_out._one, []

    def slow(*args):
        calls.append(1)
        if len(calls) == 2:  # it hangs here for so long that another worker does all the rest
            Job.objects.filter(pk=job.pk).update(heartbeat_at=proposal.at - 2 * jobs.STALE)
            jobs.run.call(job.pk)
        return one(*args)

    monkeypatch.setattr(carrying_out, "_one", slow)
    jobs.run.call(job.pk)
    proposal.refresh_from_db()
    assert proposal.state == "applied"
    assert not proposal.changes.filter(kind="part", act=None).exists()
    back(shelf, proposal)
    assert everything_but_history(shelf) == before


def fails(monkeypatch, proposal, name, number):
    """The worker stops over the n-th call, and the job has failed."""
    real, calls = getattr(carrying_out, name), []

    def failing(*args, **kwargs):
        calls.append(1)
        return 1 / 0 if len(calls) == number else real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, name, failing)
        jobs.run.call(proposing.job_of(proposal).pk)
    assert proposing.job_of(proposal).state == "failed"
    proposal.refresh_from_db()


def test_where_the_worker_stopped_over_it_the_rest_can_be_done_or_what_was_done_taken_back(shelf, idle, monkeypatch):
    before = everything_but_history(shelf)
    for rest in (True, False):
        proposal = compared(shelf, 0.99)
        proposing.carry_out(by=shelf.people["ann"], proposal=proposal)
        with pytest.raises(proposing.NotNow):  # it is being done
            proposing.carry_out(by=shelf.people["ann"], proposal=proposal)
        with pytest.raises(proposing.NotNow):
            proposing.take_back(by=shelf.people["ann"], proposal=proposal)
        fails(monkeypatch, proposal, "_one", 3)
        assert proposal.state == "applying" and proposal.changes.filter(done=True).count() == 2
        with pytest.raises(proposing.Busy):
            compared(shelf)
        if rest:
            done(shelf, proposal)
            proposing.take_back(by=shelf.people["ann"], proposal=proposal)
            fails(monkeypatch, proposal, "_one", 3)
            assert proposal.state == "taking-back"
        back(shelf, proposal)
        assert everything_but_history(shelf) == before


def test_a_proposal_that_was_not_worked_out_can_be_dropped(shelf, idle, monkeypatch):
    proposal = proposing.compare_anew(by=shelf.people["ann"], library=shelf.library, join_at=0.99)
    with monkeypatch.context() as patch:
        patch.setattr(comparing, "_plan", lambda *_args: 1 / 0)
        worlds.read_all(shelf.library)
    assert proposing.job_of(proposal).state == "failed"
    proposing.drop(by=shelf.people["ann"], proposal=proposal)
    assert numbers(compared(shelf)) == (0, 0, 0, 0)


def test_somebody_may_stop_the_worker_and_have_the_rest_done_later(shelf, idle):
    proposal = compared(shelf, 0.99)
    proposing.carry_out(by=shelf.people["ann"], proposal=proposal)
    actions.cancel_job(by=shelf.people["ann"], job=proposing.job_of(proposal))
    worlds.read_all(shelf.library)
    proposal.refresh_from_db()
    assert (proposal.state, proposing.job_of(proposal).state) == ("applying", "cancelled")
    assert proposal.changes.filter(done=True).count() == 2  # it looks up after two
    done(shelf, proposal)
    assert numbers(compared(shelf, 0.99)) == (0, 0, 0, 0)


@pytest.mark.parametrize("number", [1, 2])
def test_a_worker_that_dies_over_the_answers_doubles_nothing(shelf, idle, number):
    before = everything_but_history(shelf)
    proposal = likely(shelf, 0.4)
    proposing.carry_out(by=shelf.people["ann"], proposal=proposal)
    job = dies(proposal, actions, "answer", number, after=True)
    is_taken_up(job)
    jobs.run.call(job.pk)
    proposal.refresh_from_db()
    assert proposal.state == "applied"
    assert shelf.library.history.filter(verb="answered a pair").count() == 2
    proposing.take_back(by=shelf.people["ann"], proposal=proposal)
    job = dies(proposal, actions, "reopen", number, after=True)
    is_taken_up(job)
    jobs.run.call(job.pk)
    assert everything_but_history(shelf) == before
