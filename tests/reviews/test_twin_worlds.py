"""Random histories, each lived twice: in both worlds the same people do the same things at the same time, and only what ann, flo
and jo SAY differs (verdicts, reasons, notes, labels, rulings). Whatever a blinded member may open is the same bytes in both.

What is declared and so kept out: *that* somebody decided may show in which works are left and in what order, and under "one
include is enough" the verdict itself shows there. So the stage's rule asks for two or three decisions, and a conflict arises in
both worlds or in neither where a ruling follows. Addresses come from the table of tests/test_doors.py, so a new page is looked
at as soon as it has its row. A slice runs here; `make soak-review` lives WINNOW_TWINS=50 histories and opens every page.
"""

import os
import random
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from records import actions as found
from records import known
from records.models import Dump, Search, Work
from reviews import access, actions, bulk, calibration, discussing, lists, marking, queries, rules, setup
from reviews.models import Report, Retrieval, Role, StageName
from reviews.settling import InReviews
from tests import test_doors
from tests import world as worlds
from tests.reviews.test_blinding import PLACES, whole

HISTORIES = int(os.environ.get("WINNOW_TWINS", "6"))
FIRST = int(os.environ.get("WINNOW_SEED", "0"))
LOOKS = None if "WINNOW_TWINS" in os.environ else 9  # pages a member opens of each world; None: every one
ACTS = 24
TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT
HTMX = {"hx-request": "true"}
UP = {"upstairs": InReviews()}
VERDICTS = ("include", "exclude", "maybe")
SAYING = ("ann", "flo")  # who says other things in the other world
# Who looks, and which sections are not theirs to be blind in: an adjudicator sees conflicts.
LOOKING = {"bo": (), "di": (), "lib": (), "obs": (), "cy": ("reviews:conflicts",)}


def team() -> worlds.World:
    """The screened world with flo, who reviews, jo, who settles conflicts, and di, an owner who does not."""
    world = worlds.screened_world()
    world.review.owner_adjudicates = False
    world.review.save()
    for name, role in (("flo", Role.REVIEWER), ("jo", Role.ADJUDICATOR), ("di", Role.OWNER)):
        world.people[name] = worlds.person(name)
        world.members[name] = worlds.join_team(world.review, world.members["ann"], world.people[name], role)
    known.add(by=world.people["ann"], library=world.library, text="10.5555/jic.delta\n10.5555/jic.golf")
    marking.add_label(member=world.members["ann"], name="For the protocol")
    world.decide("bo", "golf", "exclude", reason=world.reason("setting"))
    return world


def full_texts_blinded(world: worlds.World) -> None:
    """Titles and abstracts are done and open; full texts are read blinded."""
    for work in ("bravo", "charlie", "delta", "echo", "foxtrot"):
        for who in ("ann", "bo", "flo"):
            world.decide(who, work, "include")
    actions.unblind(member=world.members["ann"], stage=TITLE)
    for report in Report.objects.filter(review=world.review):
        if report.work_id != world.works["echo"].pk:
            actions.set_retrieval(member=world.members["lib"], report=report, retrieval=Retrieval.RETRIEVED)


class History:
    """One history in one of its worlds: chance says who does what, `twin` what ann and flo say by it."""

    def __init__(self, world: worlds.World, seed: int, twin: int):
        self.world, self.stage = world, FULL if seed % 3 == 2 else TITLE
        self.chance = random.Random(seed)  # the same in both worlds
        self.saying = random.Random(f"{seed} {twin}")  # another one in each
        self.keys = random.Random(f"keys {seed}")
        self.answers: list[tuple] = []  # what bo and di were told
        self.ruled: set[int] = set()
        self.refused: list[bool] = []
        self.clients = {who: Client() for who in LOOKING}
        for who, client in self.clients.items():
            client.force_login(world.people[who])

    def live(self) -> None:
        verbs = (
            [self.says] * 6
            + [self.presses] * 3
            + [self.takes_back, self.notes, self.settles, self.settles, self.asks_more]
        )
        verbs += [self.joins, self.imports, self.criteria, self.aside, self.puts_off, self.labels]
        verbs += [self.sends_back, self.decides_on_many, self.calibrates]
        for _n in range(ACTS):
            self.chance.choice(verbs)()

    def key(self) -> uuid.UUID:
        return uuid.UUID(int=self.keys.getrandbits(128))

    def works(self) -> list[Work]:
        rows = Work.objects.filter(library=self.world.library, empty=False, aside=False)
        if self.stage == FULL:
            rows = rows.filter(reports__retrieval=Retrieval.RETRIEVED)
        return list(rows.order_by("pk"))

    def work(self) -> Work:
        return self.chance.choice([each for each in self.works() if each.pk not in self.ruled] or self.works())

    def reason(self, chance: random.Random) -> Any:
        rows = list(self.world.review.reasons.filter(retired=False).order_by("order"))
        return chance.choice(rows if self.stage == FULL else [None, *rows])

    def decide(self, who: str, work: Work, verdict: str) -> None:
        reason = self.reason(self.saying) if verdict == "exclude" else None
        card = {"stage": self.stage, "work_id": work.pk, "revision": work.revision, "key": self.key()}
        try:
            actions.decide(member=self.member(who), verdict=verdict, reason=reason, **card)
            self.refused.append(False)
        except actions.CardChanged:  # outside a round, or settled by an act on many works: in both worlds or in neither
            self.refused.append(True)

    def member(self, who: str) -> Any:
        self.world.members[who].refresh_from_db()
        return self.world.members[who]

    # What ann and flo do: the same acts, other words
    def says(self) -> None:
        who, work = self.chance.choice(SAYING), self.work()
        if work.pk not in self.ruled:
            self.decide(who, work, self.saying.choice(VERDICTS))

    def takes_back(self) -> None:
        who = self.chance.choice(SAYING)
        try:
            actions.undo(member=self.member(who), stage=self.stage)
        except (actions.NotDecided, actions.CardChanged):
            pass

    def notes(self) -> None:
        who, work = self.chance.choice(SAYING), self.work()
        actions.note(member=self.member(who), work_id=work.pk, text=f"canary {self.saying.random()}")
        name = f"canary {self.saying.choice('abc')}"
        marking.put_label(member=self.member(who), work_id=work.pk, revision=work.revision, name=name)

    def settles(self) -> None:
        """Ann and flo disagree, one way or the other, and jo rules, one way or the other."""
        work = self.work()
        if work.pk in self.ruled:
            return
        said = self.saying.choice([("include", "exclude"), ("exclude", "include")])
        for who, verdict in zip(SAYING, said, strict=True):
            self.decide(who, work, verdict)
        verdict = self.saying.choice(["include", "exclude"])
        reason = self.reason(self.saying) if verdict == "exclude" else None
        card = {"stage": self.stage, "work_id": work.pk, "revision": work.revision, "key": self.key()}
        try:
            actions.adjudicate(member=self.member("jo"), verdict=verdict, reason=reason, note="canary", **card)
            self.ruled.add(work.pk)
        except (actions.NoConflict, actions.CardChanged):  # three were asked for, or the work is closed
            pass
        if self.chance.random() < 0.3 and self.ruled:
            self.ruled.discard(actions.take_ruling_back(member=self.member("jo"), stage=self.stage).work_id)

    def sends_back(self) -> None:
        """Ann and flo disagree, one way or the other, and jo asks for a second look."""
        work = self.work()
        if work.pk in self.ruled:
            return
        said = self.saying.choice([("include", "exclude"), ("exclude", "include")])
        for who, verdict in zip(SAYING, said, strict=True):
            self.decide(who, work, verdict)
        card = {"stage": self.stage, "work_id": work.pk, "revision": work.revision, "key": self.key()}
        try:
            discussing.send_back(member=self.member("jo"), why="Look at the setting", **card)
        except (actions.NoConflict, actions.CardChanged):  # three were asked for, or the work is closed
            pass

    def decides_on_many(self) -> None:
        """Ann decides on all that nobody decided on, as far as she sees two of them."""
        works = Work.objects.filter(pk__in=[each.pk for each in self.chance.sample(self.works(), 2)])
        verdict = self.saying.choice(["include", "exclude"])
        reason = self.reason(self.saying) if verdict == "exclude" else None
        how = self.saying.choice(["read", "filtered", "tool"])
        act = {
            "stage": self.stage,
            "verdict": verdict,
            "reason": reason,
            "how": how,
            "tool": "Canary 1",
            "key": self.key(),
        }
        try:
            bulk.act(member=self.member("ann"), works=works, **act)
        except bulk.NothingLeft:
            pass

    def calibrates(self) -> None:
        """Di opens a round, or calls it off; closed, it would open what was said in it."""
        try:
            calibration.open_round(member=self.member("di"), stage=self.stage, size=2, seed=self.chance.randrange(99))
        except calibration.RoundGoesOn:
            calibration.call_off(member=self.member("di"), stage=self.stage)
        except calibration.NothingToRead:
            pass

    # What those do who look: the same in both worlds, and so is what they are told
    def post(self, who: str, rest: str, data: dict) -> None:
        place = f"/reviews/{self.world.review.pk}/screen/{self.stage}/{rest}"
        answer = self.clients[who].post(place, data, headers=HTMX)
        self.answers.append((place, data, whole(answer)))

    def presses(self) -> None:
        who = self.chance.choice(["bo", "di"])
        work = queries.next_work(member=self.member(who), stage=self.stage)
        verdict = self.chance.choice(VERDICTS)
        if work is None or (self.stage == FULL and verdict == "exclude"):
            return
        data = {"work": work.pk, "revision": work.revision, "key": str(self.key()), "verdict": verdict}
        self.post(who, "", data | ({"ahead": str(work.pk)} if self.chance.random() < 0.5 else {}))
        if self.chance.random() < 0.4:
            self.post(who, "undo/", {})
            if self.chance.random() < 0.5:
                self.post(who, "redo/", {})

    def puts_off(self) -> None:
        work = self.work()
        self.post("bo", "later/", {"work": work.pk, "revision": work.revision})

    def labels(self) -> None:
        work, name = self.work(), self.chance.choice(["own idea", "canary a", "For the protocol"])
        self.post(self.chance.choice(["bo", "di"]), "label/", {"work": work.pk, "revision": work.revision, "on": name})

    def asks_more(self) -> None:
        needed, ask = self.chance.choice([2, 3]), self.chance.choice(["include", "conflict"])
        rules.change_rule(member=self.member("di"), stage=self.stage, needed=needed, maybe_with_maybe=ask)
        worlds.read_all(self.world.library)

    def joins(self) -> None:
        works = self.works()
        if self.stage == TITLE and len(works) > 4:
            into, other = self.chance.sample([each for each in works if each.pk not in self.ruled], 2)
            act = found.join(by=self.world.people["lib"], library=self.world.library, into=into, others=[other], **UP)
            if self.chance.random() < 0.5:
                found.undo(by=self.world.people["lib"], library=self.world.library, act=act, **UP)

    def imports(self) -> None:
        names = self.chance.sample(worlds.NAMES, 2)
        source = f"Index {self.chance.randrange(3)}"
        worlds.import_text(self.world.review, self.world.people["ann"], worlds.ris(*names), source=source)

    def criteria(self) -> None:
        setup.set_criteria(member=self.member("di"), rows=[("Sample", f"adults {self.chance.random()}")])

    def aside(self) -> None:
        search = self.chance.choice(
            list(Search.objects.filter(library=self.world.library, source__startswith="Index")) or [None]
        )
        if search:
            found.set_aside(by=self.world.people["lib"], search=search, aside=not search.aside, **UP)

    # What may be opened afterwards
    def seen(self, chance: random.Random) -> dict[tuple[str, str], bytes]:
        pages = {}
        for who, apart in LOOKING.items():
            places = sorted(set(self.places(who, apart)))
            for place in places if LOOKS is None else chance.sample(places, LOOKS):
                pages[who, place] = whole(self.clients[who].get(place))
        return pages

    def places(self, who: str, apart: tuple[str, ...]) -> Iterator[str]:
        world, review, acts = self.world, f"/reviews/{self.world.review.pk}/", access.may(self.member(who))
        for name, row in test_doors.TABLE.items():
            if row.get and name not in apart and row.act in acts:
                yield test_doors.address(name, row, world.review, self.world.children)
                if row.fixed == test_doors.TA:
                    yield test_doors.address(
                        name, test_doors.Row(row.act, fixed={"stage": "full-text"}), world.review, {}
                    )
        yield from (place.format(r=review) for place in PLACES)
        for name in sorted(lists.LISTS):
            yield f"{review}library/?list={name}"
            yield f"{review}export/{name}.csv"
        for work in Work.objects.filter(library=world.library, empty=False):
            yield f"{review}works/{work.pk}/"
            yield f"{review}history/?about=work+{work.pk}"
            for stage in (TITLE, FULL):
                yield f"{review}screen/{stage}/?work={work.pk}"
            yield f"{review}themes/works/{work.pk}/"
            yield f"{review}duplicates/works/{work.pk}/"
        for dump in Dump.objects.filter(library=world.library):
            for rest in ("", "?list=joined", "source/", "undo/", "decisions/"):
                yield f"{review}dumps/{dump.pk}/{rest}"


def sequences() -> Callable[[], None]:
    """How far the counters of keys are; called, they are set back, so that both worlds give their rows the same keys."""
    if connection.vendor == "sqlite":
        return lambda: None  # they are rolled back with the rest
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname || '.' || quote_ident(sequencename), last_value FROM pg_sequences")
        at = [(name, value) for name, value in cursor.fetchall() if value is not None]

    def back() -> None:
        with connection.cursor() as cursor:
            for name, value in at:
                cursor.execute("SELECT setval(%s, %s)", [name, value])

    return back


@pytest.fixture
def world(db):
    world = team()
    world.children = test_doors.children_of(world)
    world.children["proposal_id"] = 0  # made up for the doors; nothing was worked out
    return world


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FIRST, FIRST + HISTORIES))
def test_in_twin_worlds_a_blinded_member_receives_the_same_bytes(world, seed):
    if seed % 3 == 2:
        full_texts_blinded(world)
    back, lived = sequences(), []
    for twin in (0, 1):
        point = transaction.savepoint()
        history = History(world, seed, twin)
        history.live()
        lived.append(([*history.answers, *history.refused], history.seen(random.Random(seed))))
        transaction.savepoint_rollback(point)
        back()
    (told, seen), (other_told, other_seen) = lived
    assert [one for one, other in zip(told, other_told, strict=True) if one != other] == []
    assert sorted(seen) == sorted(other_seen)
    assert [place for place in sorted(seen) if seen[place] != other_seen[place]] == []
    assert sum(page.startswith(b"200") for page in seen.values()) > len(seen) / 2
