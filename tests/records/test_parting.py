"""Joins taken apart in one act: every record has a work of its own, nothing rejoins them but a person, and undo is identity."""

import uuid

import pytest

from records import actions, asking, jobs, parting
from records.models import Answer, Event, Job, Joining, Match, Record, Work
from records.works import TAKEN_APART
from reviews import actions as screening
from reviews.models import Decision, Note, Outcome, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import faults_of, groups, standing, take
from tests.world import ris_entry

pytestmark = pytest.mark.django_db
UP = {"upstairs": InReviews()}
TITLE = StageName.TITLE_ABSTRACT


def matches(world):
    """Every pair with all that it says, to see whether it says the same again."""
    names = ("record_a", "record_b", "band", "veto", "kin", "answer", "answered_by", "answered_at", "open", "score")
    return set(Match.objects.filter(library=world.library).values_list(*names))


def apart(world, name="alpha", **more):
    return parting.take_apart(by=world.people["lib"], library=world.library, work=world.works[name], **more, **UP)


def back(world, act):
    parting.take_back(by=world.people["lib"], library=world.library, act=act, **UP)


def answer(world, match, said, who="lib"):
    return actions.answer(by=world.people[who], match=match, answer=said, **UP)


def join(world, into, *others):
    others = [world.works[name] for name in others]
    return actions.join(by=world.people["lib"], library=world.library, into=world.works[into], others=others, **UP)


def split(world, record):
    return actions.split(by=world.people["lib"], library=world.library, record=record, **UP)


def work_of(record):
    return Record.objects.get(pk=record.pk).work


def of(world, name):
    return list(Record.objects.filter(library=world.library, title=worlds.SUBJECTS[name]).order_by("pk"))


def again(name, note, **tags):
    return ris_entry(name, N1=note, **tags)


def verbs(world, *wanted):
    return Event.objects.filter(library=world.library, verb__in=wanted)


@pytest.fixture
def three(world):
    """Alpha in three records, all joined by the rules."""
    take(world, again("alpha", "third"), source="Third Index")
    world.works["alpha"].refresh_from_db()
    assert world.works["alpha"].records_count == 3
    return world


# --- a work --------------------------------------------------------------------------------------------------------
def test_every_record_gets_a_work_of_its_own_and_every_pair_is_a_question(three):
    act = apart(three)
    lead = Record.objects.get(pk=three.works["alpha"].lead_id)
    assert lead.work == three.works["alpha"] and len({each.work_id for each in of(three, "alpha")}) == 3
    pairs = Match.objects.filter(record_a__in=of(three, "alpha"), record_b__in=of(three, "alpha"))
    assert [(each.band, each.veto, each.answer, each.open) for each in pairs] == [("look", TAKEN_APART, "", True)] * 3
    event = verbs(three, "took a work apart").get()
    assert (event.by, event.subject, event.detail["act"]) == (
        three.people["lib"],
        f"work {three.works['alpha'].pk}",
        str(act),
    )
    assert faults_of(three.library) == []


def test_decisions_and_notes_go_with_the_record_on_which_they_were_made(world):
    world.decide("ann", "golf", "include")
    world.decide("ann", "hotel", "exclude")
    world.decide("bo", "hotel", "include")
    screening.note(member=world.members["bo"], work_id=world.works["hotel"].pk, text="of hotel")
    hotel = Record.objects.get(pk=world.works["hotel"].lead_id)
    join(world, "golf", "hotel")
    before = standing(world.library)
    leading = Work.objects.get(pk=world.works["golf"].pk).lead
    act = apart(world, "golf")
    assert leading.work_id == world.works["golf"].pk
    for record, said in ((leading, {"ann": "include"}), (hotel, {"ann": "exclude", "bo": "include"})):
        rows = Decision.objects.filter(work=work_of(record), stage=TITLE, current=True)
        assert {row.member.user.name.lower(): row.verdict for row in rows} == said
    assert Outcome.objects.get(work=work_of(hotel), stage=TITLE).state == "conflict"
    assert Note.objects.get(record__work=work_of(hotel)).text == "of hotel"
    back(world, act)
    assert standing(world.library) == before and faults_of(world.library) == []


def test_taken_back_everything_stands_and_every_pair_says_what_it_said(three):
    before, pairs = standing(three.library), matches(three)
    back(three, apart(three))
    assert standing(three.library) == before and matches(three) == pairs
    assert faults_of(three.library) == []


def test_the_plain_undo_of_what_the_rules_joined_does_the_same(three):
    before, pairs = standing(three.library), matches(three)
    actions.undo(by=three.people["lib"], library=three.library, act=apart(three), **UP)
    assert standing(three.library) == before and matches(three) == pairs


def test_what_people_said_of_the_pairs_stands_again_with_its_person_and_time(three):
    a, b, c = of(three, "alpha")
    answer(three, Match.objects.get(record_a=a, record_b=b), Answer.SAME, "ann")
    asking.confirm(by=three.people["lib"], library=three.library, work=three.works["alpha"])
    before, pairs = standing(three.library), matches(three)
    act = apart(three)
    assert not Match.objects.filter(record_a__in=[a, b, c]).exclude(answer="").exists()
    back(three, act)
    assert standing(three.library) == before and matches(three) == pairs


def test_an_answer_given_since_hinders_the_way_back_or_stays(three):
    a, b, _c = of(three, "alpha")
    act = apart(three)
    answer(three, Match.objects.get(record_a=a, record_b=b), Answer.SAME)
    with pytest.raises(actions.NothingToUndo):
        back(three, act)
    assert work_of(a) == work_of(b)


def test_a_persons_no_is_never_forgotten(three):
    """A record that was split off before: its pairs with those that are taken apart now keep their answer."""
    a, b, c = of(three, "alpha")
    split(three, c)
    said = set(Match.objects.filter(answer="different").values_list("pk", "answered_by"))
    assert len(said) == 2
    act = apart(three)
    assert set(Match.objects.filter(answer="different").values_list("pk", "answered_by")) == said
    back(three, act)
    assert set(Match.objects.filter(answer="different").values_list("pk", "answered_by")) == said
    assert work_of(a) == work_of(b) != work_of(c)


def test_a_later_record_that_resembles_all_of_them_does_not_bring_them_together(three):
    apart(three)
    homes = {each.pk: each.work_id for each in of(three, "alpha")}
    take(three, again("alpha", "fourth"), source="Fourth Index")
    assert {pk: home for pk, home in homes.items() if Record.objects.get(pk=pk).work_id != home} == {}
    assert faults_of(three.library) == []


def test_nor_those_that_only_a_third_record_had_brought_together(three):
    """Two records that no rule ever compared: taken apart, they are a pair that says so, and taken back they are none again."""
    _a, b, c = of(three, "alpha")
    Match.objects.get(record_a=b, record_b=c).delete()
    before, pairs = standing(three.library), matches(three)
    act = apart(three)
    made = Match.objects.get(record_a=b, record_b=c)
    assert (made.band, made.veto, made.answer, made.open) == ("look", TAKEN_APART, "", True) and made.reasons
    back(three, act)
    assert standing(three.library) == before and matches(three) == pairs
    apart(three)
    take(three, again("alpha", "fourth"), source="Fourth Index")
    assert work_of(b) != work_of(c)


def test_works_joined_by_hand_that_are_plainly_apart_are_no_question_once_taken_apart(world):
    join(world, "golf", "hotel")
    golf, hotel = of(world, "golf")[0], of(world, "hotel")[0]
    apart(world, "golf")
    made = Match.objects.get(record_a=golf, record_b=hotel)
    assert (made.band, made.veto, made.open) == ("apart", TAKEN_APART, False)
    assert faults_of(world.library) == []


def test_the_work_of_one_record_or_a_changed_one_is_not_taken_apart(three):
    events, before = three.library.history.count(), standing(three.library)
    for name, revision in (("bravo", None), ("alpha", three.works["alpha"].revision + 1)):
        for act in (parting.take_apart, asking.confirm):
            with pytest.raises(asking.Changed):
                act(by=three.people["lib"], library=three.library, work=three.works[name], revision=revision)
    assert (three.library.history.count(), standing(three.library)) == (events, before)


# --- confirmed -----------------------------------------------------------------------------------------------------
def test_a_confirmed_work_is_one_by_a_persons_word_and_what_was_said_before_keeps_its_person(three):
    a, b, c = of(three, "alpha")
    earlier = answer(three, Match.objects.get(record_a=a, record_b=c), Answer.SAME, "ann")
    asking.confirm(by=three.people["lib"], library=three.library, work=three.works["alpha"])
    lead = three.works["alpha"].lead_id
    assert a.pk == lead
    assert set(Match.objects.filter(answer="same").values_list("record_b", "answered_by")) == {
        (b.pk, three.people["lib"].pk),
        (c.pk, three.people["ann"].pk),
    }
    assert Match.objects.get(pk=earlier.pk).answered_at == earlier.answered_at
    assert verbs(three, "confirmed a work").get().detail == {"records": 3}
    assert faults_of(three.library) == []


# --- an import -----------------------------------------------------------------------------------------------------
@pytest.fixture
def mixed(world):
    """A second export of five works: four are joined by the rules, hotel's twice; foxtrot's is a work of its own."""
    text = "".join(again(name, "second") for name in ("bravo", "delta", "golf", "hotel"))
    text += again("hotel", "third") + ris_entry(
        "foxtrot", title="Something else altogether, of ships", DO="10.5555/ships"
    )
    world.dump = take(world, text, source="Third Index")
    assert parting.joined_by(world.dump) == 4
    return world


def take_joins_apart(world):
    parting.queue(by=world.people["lib"], dump=world.dump)
    job = Job.objects.get(kind=parting.PART)
    jobs.run.call(job.pk)
    job.refresh_from_db()
    return job


def act_of(job):
    return uuid.UUID(job.checkpoint["act"])


def test_only_works_that_hold_others_records_too_are_parted_and_what_came_together_stays(mixed):
    before, questions = groups(mixed.library), Match.objects.filter(open=True).count()
    job = take_joins_apart(mixed)
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    new = groups(mixed.library) - before
    hotels = frozenset(("Third Index", n) for n in (4, 5))
    assert hotels in new and len(new) == 8
    assert frozenset({("Third Index", 6)}) in groups(mixed.library)
    alpha = {("Fictional Index", 1), ("Second Index", 1)}
    assert alpha in groups(mixed.library), "a join that this import had no part in"
    assert parting.joined_by(mixed.dump) == 0
    open_now = Match.objects.filter(library=mixed.library, open=True).values_list("record_a__work", "record_b__work")
    assert len(open_now) == len({frozenset(pair) for pair in open_now}) == questions + 4
    event = verbs(mixed, "took an import's joins apart").get()
    assert (event.subject, event.detail["act"], event.detail["works"]) == (f"dump {mixed.dump.pk}", str(act_of(job)), 4)
    assert faults_of(mixed.library) == []


def test_the_import_taken_apart_and_taken_back_is_as_it_was(mixed):
    before, pairs = standing(mixed.library), matches(mixed)
    job = take_joins_apart(mixed)
    assert standing(mixed.library) != before
    back(mixed, act_of(job))
    assert standing(mixed.library) == before and matches(mixed) == pairs
    assert faults_of(mixed.library) == []
    with pytest.raises(actions.NothingToUndo):
        back(mixed, act_of(job))


def test_what_people_said_to_be_the_same_stays_together(mixed):
    """Golf's was said to be the same; of hotel's one was, and the other was said to be the same as that one."""
    golf, (hotel, second, third) = of(mixed, "golf"), of(mixed, "hotel")
    answer(mixed, Match.objects.get(record_a=golf[0], record_b=golf[1]), Answer.SAME)
    answer(mixed, Match.objects.get(record_a=hotel, record_b=second), Answer.SAME)
    answer(mixed, Match.objects.get(record_a=second, record_b=third), Answer.SAME)
    take_joins_apart(mixed)
    assert work_of(golf[0]) == work_of(golf[1])
    assert len({work_of(each) for each in (hotel, second, third)}) == 1
    assert parting.joined_by(mixed.dump) == 2


def test_what_people_said_of_two_records_of_the_import_does_not_hold_them_with_the_others(mixed):
    hotel, second, third = of(mixed, "hotel")
    said = answer(mixed, Match.objects.get(record_a=second, record_b=third), Answer.SAME)
    take_joins_apart(mixed)
    assert work_of(hotel) != work_of(second) == work_of(third)
    assert Match.objects.get(pk=said.pk).answer == "same"


def test_a_later_import_joins_nothing_again(mixed):
    take_joins_apart(mixed)
    stood = dict(Record.objects.filter(library=mixed.library).values_list("pk", "work"))
    take(mixed, "".join(again(name, "later") for name in ("bravo", "golf", "hotel")), source="Fifth Index")
    assert {pk for pk, work in stood.items() if Record.objects.get(pk=pk).work_id != work} == set()


def test_asked_twice_it_is_done_once(mixed):
    for _n in "ab":
        parting.queue(by=mixed.people["lib"], dump=mixed.dump)
    assert Job.objects.filter(kind=parting.PART).count() == 1
    worlds.read_all(mixed.library)
    parting.queue(by=mixed.people["lib"], dump=mixed.dump)
    worlds.read_all(mixed.library)
    assert Joining.objects.filter(by=mixed.people["lib"]).values("act").distinct().count() == 1


def test_after_a_crash_between_two_chunks_the_next_try_does_the_rest_in_the_same_act(mixed, monkeypatch):
    before, pairs = standing(mixed.library), matches(mixed)
    monkeypatch.setattr(parting, "AT_ONCE", 1)
    beat, beats = jobs.beat, []

    def fails_once(job, **more):
        beats.append(more)
        if len(beats) == 2:
            raise OSError("the power is gone")
        beat(job, **more)

    monkeypatch.setattr(jobs, "beat", fails_once)
    job = take_joins_apart(mixed)
    assert (job.state, parting.joined_by(mixed.dump)) == ("failed", 2)
    assert faults_of(mixed.library) == []
    Job.objects.filter(pk=job.pk).update(state="waiting")
    jobs.run.call(job.pk)
    assert (Job.objects.get(pk=job.pk).state, parting.joined_by(mixed.dump)) == ("done", 0)
    assert Joining.objects.filter(by=mixed.people["lib"]).values("act").distinct().count() == 1
    assert verbs(mixed, "took an import's joins apart").count() == 4
    assert faults_of(mixed.library) == []
    back(mixed, act_of(job))
    assert standing(mixed.library) == before and matches(mixed) == pairs


def test_stopped_by_a_person_what_was_done_can_be_taken_back(mixed, monkeypatch):
    before = standing(mixed.library)
    monkeypatch.setattr(parting, "AT_ONCE", 1)
    parting.queue(by=mixed.people["lib"], dump=mixed.dump)
    job = Job.objects.get(kind=parting.PART)
    with pytest.raises(parting.StillGoing):
        back(mixed, act_of(job))
    actions.cancel_job(by=mixed.people["ann"], job=job)
    jobs.run.call(job.pk)
    assert (Job.objects.get(pk=job.pk).state, parting.joined_by(mixed.dump)) == ("cancelled", 3)
    back(mixed, act_of(job))
    assert standing(mixed.library) == before
