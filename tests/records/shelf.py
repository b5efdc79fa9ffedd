"""A fresh library whose records are alike to different degrees, and what is done with proposals about it."""

import pytest

from records import actions, carrying_out, comparing, jobs, proposing
from records.models import Library, Match, Proposal, Record
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import everything, faults_of, homes, standing, take
from tests.records.test_crash import Died
from tests.world import ris, ris_entry

UP = {"upstairs": InReviews()}
POOR = {"DO": "", "AB": "", "SP": "", "EP": "", "VL": ""}  # joined at .989: below a bar of .99
BARE = POOR | {"PY": ""}  # a question at .69
NEARLY = {"DO": "", "SP": "470", "EP": "481", "AB": ""}  # a question at .57
KINDS = ("join", "part", "ask", "drop")


def fresh():
    """Six works, three records that the rules joined to them at .989, two questions."""
    world = worlds.empty_world()
    take(world, ris("charlie", "echo", "foxtrot", "golf", "hotel", "delta"))
    take(world, "".join(ris_entry(name, **POOR) for name in ("golf", "hotel", "echo")), source="Second Index")
    take(world, ris_entry("foxtrot", **BARE) + ris_entry("delta", **NEARLY), source="Third Index")
    return world


def in_small_pieces(monkeypatch):
    """So that a handful of records has several chunks."""
    monkeypatch.setattr(comparing, "CHUNK", 3)
    monkeypatch.setattr(comparing, "AT_ONCE", 2)
    monkeypatch.setattr(carrying_out, "BEAT", 2)


def compared(world, join_at=0.90):
    """All records compared anew; the proposal."""
    made = proposing.compare_anew(by=world.people["ann"], library=world.library, join_at=join_at)
    worlds.read_all(world.library)
    made.refresh_from_db()
    assert made.state == "ready"
    return made


def numbers(proposal):
    """How many changes of each kind: joins, partings, questions, questions no more."""
    return tuple(proposing.counts(proposal).get(kind, 0) for kind in KINDS)


def done(world, proposal):
    proposing.carry_out(by=world.people["ann"], proposal=proposal)
    worlds.read_all(world.library)
    proposal.refresh_from_db()
    assert proposal.state == "applied"
    assert faults_of(world.library) == []
    return proposal


def back(world, proposal):
    proposing.take_back(by=world.people["ann"], proposal=proposal)
    worlds.read_all(world.library)
    proposal.refresh_from_db()
    assert proposal.state == "taken-back"
    assert faults_of(world.library) == []


def everything_but_history(world):
    """The whole library, pairs with their points included; what no act takes back left out."""
    kept = everything(world.library)
    works = [row for row in kept["works"] if not row[5]]  # a work that was made stays, empty
    used = {row[0] for row in works}
    return {
        "records": kept["records"],
        "works": works,
        "matches": kept["matches"],
        "outcomes": [row for row in kept["outcomes"] if row[0] in used],
        "numbers": kept["library"][:3],
        "stages": kept["stages"],
        "standing": standing(world.library),
        "join_at": Library.objects.get(pk=world.library.pk).join_at,
        "reasons": sorted(Match.objects.values_list("record_a", "record_b", "probability", "reasons", "kin", "rules")),
    }


def record(world, source, position=1):
    return Record.objects.get(library=world.library, search__source=source, position=position)


def pair(world, title, source="Second Index"):
    """The pair of a subject's first record and the one that came with another source."""
    rows = Match.objects.filter(library=world.library, record_a__title=worlds.SUBJECTS[title])
    return rows.get(record_a__search__source="Fictional Index", record_b__search__source=source)


def open_pairs(world):
    rows = Match.objects.filter(library=world.library, open=True)
    return set(rows.values_list("record_a__title", "record_b__search__source"))


def titles(proposal, kind):
    return {each.record_a.title for each in proposal.changes.filter(kind=kind)}


def stays(world, bar, untouched):
    """Done with this bar, and taken back, the records of these two keep standing as they stand."""
    a, b = untouched
    together = homes(world.library)[a] == homes(world.library)[b]
    before = everything_but_history(world)
    proposal = done(world, compared(world, bar))
    assert (homes(world.library)[a] == homes(world.library)[b]) is together
    assert numbers(compared(world, bar)) == (0, 0, 0, 0)
    Proposal.objects.filter(state="ready").update(state="dropped")
    back(world, proposal)
    assert everything_but_history(world) == before


def ends(match):
    return match.record_a_id, match.record_b_id


def answer(world, match, said):
    return actions.answer(by=world.people["ann"], match=match, answer=said, **UP)


def screened(world, *records):
    world.review.refresh_from_db()
    for each in records:
        worlds.decide(world.members["ann"], Record.objects.get(pk=each).work, "include")


def dies(proposal, where, name, number, after):
    """A worker takes the proposal's job and dies at the n-th call of a function."""
    real, calls = getattr(where, name), []

    def dying(*args, **kwargs):
        calls.append(name)
        if len(calls) == number and not after:
            raise Died
        answer = real(*args, **kwargs)
        if len(calls) == number:
            raise Died
        return answer

    job = proposing.job_of(proposal)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, dying)
        with pytest.raises(Died):
            jobs.run.call(job.pk)
    return job


def likely(world, at_least):
    """All questions of such a probability proposed to be the same."""
    return proposing.answer_many(by=world.people["ann"], library=world.library, at_least=at_least, **UP)
