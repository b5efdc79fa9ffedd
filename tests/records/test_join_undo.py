"""Whatever people join, part and answer: taken back from the last to the first, everything stands as it stood before.

The acts are drawn by seeds, so that a failure can be run again by the seed that it names. `make sequences` runs ten
thousand; WINNOW_SEQUENCES says how many otherwise and WINNOW_SEED which is the first.
"""

import os
import random
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.db.models import Q

from records import actions
from records.models import Answer, Library, Match, Record, Work
from reviews import actions as screening
from reviews import flow, prisma
from reviews.models import Adjudication, Decision, Note, Outcome, Report, Retrieval, Stage, StageName, State
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import OF_WORK as SHOWN
from tests.records.state import faults_of, take
from tests.world import ris_entry

pytestmark = pytest.mark.django_db
ABSTRACT, FULL_TEXT = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
UP = {"upstairs": InReviews()}
SEQUENCES, FIRST = int(os.environ.get("WINNOW_SEQUENCES", "40")), int(os.environ.get("WINNOW_SEED", "0"))
TESTS = 4  # among which the sequences are shared out, so that two processes may run them
ONE_AFTER_ANOTHER = 10  # sequences on one state of the database, each of which must leave it as it found it
MOST = 4  # acts that stand at a time
OF_WORK = ("lead", *SHOWN)
BY_HAND = "asked by a person"
SHED = "A shed of one's own: bereavement and tools"


# --- the library ---------------------------------------------------------------------------------------------------
def rule(world: worlds.World, name: str, verdict: str) -> None:
    work = Work.objects.get(pk=world.works[name].pk)
    ruling = {"stage": ABSTRACT, "work_id": work.pk, "revision": work.revision, "key": uuid.uuid4(), "verdict": verdict}
    screening.adjudicate(member=world.members["cy"], **ruling)


def busy_world() -> worlds.World:
    """The screened world with more of everything that joins and splits move: see the rows of this function."""
    world = worlds.screened_world()
    shed = ris_entry("hotel", title=SHED, AU="Hut, A", DO="", SP="300", EP="309", AB="")
    take(world, shed, source="Third Index")
    take(world, shed.replace("SP  - 300", "SP  - 470").replace("EP  - 309", "EP  - 481"), source="Fourth Index")
    take(world, ris_entry("golf", DO="", JO="J Imagined Care"), source="Fifth Index", kind="website")
    take(world, ris_entry("echo", title=f"Erratum: {worlds.SUBJECTS['echo']}", DO="", AB=""), source="Sixth Index")
    for who, name, verdict, reason in (
        ("ann", "delta", "exclude", "population"), ("bo", "delta", "exclude", "design"), ("bo", "echo", "maybe", None),
        ("ann", "foxtrot", "include", None), ("bo", "foxtrot", "include", None), ("bo", "golf", "exclude", None),
        ("cy", "hotel", "include", None),
    ):  # fmt: skip
        world.decide(who, name, verdict, reason=reason and world.reason(reason))
    rule(world, "bravo", "include")
    for who, name in (("ann", "alpha"), ("bo", "alpha"), ("bo", "foxtrot"), ("ann", "charlie")):
        screening.note(member=world.members[who], work_id=world.works[name].pk, text=f"{who} on {name}")
    for stage in (ABSTRACT, FULL_TEXT):
        screening.unblind(member=world.members["ann"], stage=stage)
    for name, retrieval in (("alpha", "RETRIEVED"), ("foxtrot", "RETRIEVED"), ("bravo", "NOT_RETRIEVED")):
        report = Report.objects.get(work=world.works[name])
        screening.set_retrieval(member=world.members["ann"], report=report, retrieval=Retrieval[retrieval])
    for who, name, verdict, reason in (
        ("ann", "alpha", "include", None), ("bo", "alpha", "include", None),
        ("ann", "foxtrot", "exclude", "design"), ("bo", "foxtrot", "include", None),
    ):  # fmt: skip
        world.decide(who, name, verdict, stage=FULL_TEXT, reason=reason and world.reason(reason))
    return world


def everything(world: worlds.World) -> dict[str, object]:
    """All that joining and parting may move, as plain values. Rows that count nowhere are left out: outcomes that are set
    aside, reports of works that are not sought, studies of those that are not included, works without records."""
    library, here = world.library, {"review": world.review}
    outcomes = Outcome.objects.filter(aside=False, **here)
    sought = outcomes.filter(stage=ABSTRACT, state=State.INCLUDED).values("work")
    included = outcomes.filter(stage=FULL_TEXT, state=State.INCLUDED).values("work")
    reports, pairs = Report.objects.filter(work__in=sought, **here), Match.objects.filter(library=library)
    return {
        "records": set(Record.objects.filter(library=library).values_list("pk", "work")),
        "works": set(Work.objects.filter(library=library, empty=False).values_list("pk", *OF_WORK)),
        "outcomes": set(outcomes.values_list("work", "stage", "state", "decided", "reason", "only_member", "rank")),
        "decisions": set(Decision.objects.filter(**here).values_list("pk", "work", "current", "undone_at")),
        "rulings": set(Adjudication.objects.filter(**here).values_list("pk", "work", "current", "undone_at")),
        "notes": set(Note.objects.filter(**here).values_list("record__work", "member", "text")),
        "reports": set(reports.values_list("pk", "work", "record", "retrieval")),
        "studies": set(reports.filter(work__in=included).values_list("work", "study")),
        "answers": set(pairs.exclude(answer="").values_list("pk", "answer", "answered_by", "answered_at")),
        "pairs": set(pairs.exclude(rules=BY_HAND).values_list("pk", "band", "veto", "kin", "open")),
        "library": Library.objects.values_list("records", "works", "questions").get(pk=library.pk),
        "stages": list(Stage.objects.filter(**here).order_by("pk").values_list("name", *State.values)),
    }


def numbers(world: worlds.World) -> prisma.Flow:
    return flow.gather(world.members["ann"])


# --- acts ----------------------------------------------------------------------------------------------------------
NOTHING: tuple[str, Callable[[], object]] = ("", lambda: None)


@dataclass
class Act:
    """What was done, in words, how it is taken back, and what stood before."""

    words: str
    take_back: Callable[[], object]
    before: dict


@dataclass
class People:
    """People who join, part and answer as chance will have it."""

    world: worlds.World
    seed: int
    done: list[Act] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    told: set[int] = field(default_factory=set)  # pairs that were answered one by one
    lost: set[int] = field(default_factory=set)  # pairs of which a join spoke, and another act since

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.by = {"by": self.world.people[self.chance.choice(["ann", "bo", "lib"])], **UP}

    def run(self) -> None:
        """Acts, some of them taken back on the way, and all of them in the end."""
        for _n in range(self.chance.randint(2, 6)):
            if len(self.done) == MOST or (self.done and self.chance.random() < 0.35):
                self.take_back()
            else:
                self.act()
        while self.done:
            self.take_back()

    def take_back(self) -> None:
        act = self.done.pop()
        self.story.append(f"take back: {act.words}")
        act.take_back()
        now = everything(self.world)
        for name, value in act.before.items():
            if name == "answers":
                value, now[name] = (self.kept(said) for said in (value, now[name]))
            assert now[name] == value, f"{name} differ in sequence {self.seed} after\n" + "\n".join(self.story)

    def kept(self, answers: set[tuple]) -> set[tuple]:
        return {each for each in answers if each[0] not in self.lost}

    def act(self) -> None:
        before = everything(self.world)
        words, inverse = self.chance.choices([self.join, self.split, self.answer], weights=[4, 3, 3])[0]()
        if words:
            self.story.append(words)
            self.done.append(Act(words, inverse, before))

    def undo(self, act: uuid.UUID) -> Callable[[], object]:
        return lambda: actions.undo(library=self.world.library, act=act, **self.by)

    def spoken_over(self, one: int, others) -> bool:
        """Whether an act about these pairs would speak over what somebody said of one, which does not come back with it:
        of a pair one answer is kept. Over what only a join said it may speak; that goes unnoticed when both are gone."""
        pairs = Q(record_a=one, record_b__in=others) | Q(record_b=one, record_a__in=others)
        said = dict(Match.objects.filter(pairs).exclude(answer="").values_list("pk", "answer"))
        if self.told & set(said) or set(said.values()) - {Answer.SAME}:
            return True
        self.lost |= set(said)
        return False

    def join(self) -> tuple[str, Callable]:
        works = Work.objects.filter(library=self.world.library, empty=False)
        into, *others = self.chance.sample(list(works.order_by("lead")), self.chance.choice([2, 2, 3]))
        if self.spoken_over(into.lead_id, [each.lead_id for each in others]):
            return NOTHING
        act = actions.join(library=self.world.library, into=into, others=others, **self.by)
        return f"join {[each.lead_id for each in others]} into {into.lead_id}", self.undo(act)

    def split(self) -> tuple[str, Callable]:
        several = Record.objects.filter(library=self.world.library, work__records_count__gt=1).order_by("pk")
        if not several:
            return NOTHING
        record = self.chance.choice(list(several))
        if self.spoken_over(record.pk, record.work.records.exclude(pk=record.pk)):
            return NOTHING
        act = actions.split(library=self.world.library, record=record, **self.by)
        return f"split {record.pk}", self.undo(act)

    def answer(self) -> tuple[str, Callable]:
        asked = Match.objects.filter(library=self.world.library, answer="").exclude(rules=BY_HAND)
        if not asked:
            return NOTHING
        match, said = self.chance.choice(list(asked.order_by("pk"))), self.chance.choice(Answer.values)
        leaving = match.record_b
        parted = said != Answer.SAME and leaving.work == match.record_a.work
        if parted and self.spoken_over(leaving.pk, leaving.work.records.exclude(pk=leaving.pk)):
            return NOTHING
        actions.answer(match=match, answer=said, **self.by)
        self.told.add(match.pk)
        pair = f"{match.record_a_id} and {match.record_b_id}"
        return f"answer {said} of {pair}", lambda: actions.reopen(match=Match.objects.get(pk=match.pk), **self.by)


@contextmanager
def nothing_stays():
    """All that is done in here is taken back by the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("part", range(TESTS))
def test_all_that_people_did_taken_back_leaves_everything_as_it_was(part):
    world = busy_world()
    before, flowed = everything(world), numbers(world)
    seeds = range(FIRST + part, FIRST + SEQUENCES, TESTS)
    for start in range(0, len(seeds), ONE_AFTER_ANOTHER):
        with nothing_stays():
            for seed in seeds[start : start + ONE_AFTER_ANOTHER]:
                People(world, seed).run()
                assert everything(world) == before, f"sequence {seed} left something behind"
            assert numbers(world) == flowed, f"the flow counts otherwise by sequence {seed}"
            assert faults_of(world.library) == []


# --- what chance once brought to light -----------------------------------------------------------------------------
@pytest.fixture
def busy():
    return busy_world()


def works_of(world, *names):
    return [Work.objects.get(pk=world.works[name].pk) for name in names]


def join(world, into, *others):
    into, *others = works_of(world, into, *others)
    return actions.join(by=world.people["lib"], library=world.library, into=into, others=others, **UP)


def split(world, name):
    record = world.works[name].lead
    return actions.split(by=world.people["lib"], library=world.library, record=record, **UP)


def undo(world, act):
    actions.undo(by=world.people["lib"], library=world.library, act=act, **UP)


def report_of(world, name):
    return Report.objects.get(work=world.works[name])


def test_what_was_said_of_two_records_stands_when_another_act_about_them_is_taken_back(busy):
    """The two stand together, since their works were joined for the sake of others; that act is not the one taken back."""
    match = Match.objects.get(library=busy.library, open=True)
    busy.works |= {"one": match.record_a.work, "two": match.record_b.work}
    actions.answer(by=busy.people["lib"], match=match, answer=Answer.DIFFERENT, **UP)
    join(busy, "delta", "one")
    join(busy, "delta", "two")
    undo(busy, join(busy, "hotel", "delta"))
    match.refresh_from_db()
    assert match.answer == Answer.DIFFERENT


def test_a_report_that_came_is_read_at_full_text_in_the_work_that_its_record_joins(busy):
    before = numbers(busy)
    act = join(busy, "charlie", "alpha")
    outcome = Outcome.objects.get(work=busy.works["charlie"], stage=FULL_TEXT)
    assert (outcome.aside, outcome.state, outcome.decided) == (False, State.INCLUDED, 2)
    assert numbers(busy).reports == before.reports
    undo(busy, act)
    assert numbers(busy) == before


@pytest.mark.parametrize("names", [("alpha", "bravo"), ("bravo", "alpha")])
def test_of_two_reports_that_come_together_the_one_that_came_is_shown(busy, names):
    study = report_of(busy, "alpha").study
    act = join(busy, *names)
    shown = report_of(busy, names[0])
    assert (shown.retrieval, shown.study) == (Retrieval.RETRIEVED, study)
    undo(busy, act)
    assert [report_of(busy, name).retrieval for name in ("alpha", "bravo")] == ["retrieved", "not_retrieved"]


def test_a_report_comes_back_with_the_record_that_was_split_off_and_sent_back(busy):
    """While it was away its work was sought again, on the strength of the others' decisions."""
    join(busy, "alpha", "bravo")
    before = everything(busy)
    undo(busy, split(busy, "alpha"))
    assert everything(busy) | {"answers": None} == before | {"answers": None}


def test_a_report_that_waits_for_its_record_stands_at_no_work_in_use(busy):
    """It waited at a work that its record was split off to for a while, and that then filled again."""
    join(busy, "alpha", "foxtrot")
    before = everything(busy)
    act = join(busy, "hotel", "alpha")
    undo(busy, split(busy, "foxtrot"))
    undo(busy, act)
    assert everything(busy) | {"answers": None} == before | {"answers": None}
