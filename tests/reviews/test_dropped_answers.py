"""Answers that never arrive: the site has stored a press, the line breaks, and the browser posts the same press again with its key,
at once or much later, while others decide and the person takes decisions back. Nothing is lost and nothing is there twice.

A slice runs here; `make soak-review` drops WINNOW_DROPPED=1000 answers.
"""

import os
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field

import pytest
from django.test import Client

from records.models import Event, Work
from reviews import counters, queries
from reviews.models import Adjudication, Decision, Outcome, Role, StageName, State
from tests import world as worlds
from tests.reviews.invariants import broken
from tests.reviews.machine import none
from tests.reviews.test_races import pair_of_members

DROPPED = int(os.environ.get("WINNOW_DROPPED", "60"))
TITLE = StageName.TITLE_ABSTRACT
HTMX = {"hx-request": "true"}


@dataclass
class Team:
    """Three members with their browsers; of each what waits there until an answer has come."""

    world: worlds.World
    chance: random.Random
    waiting: list[tuple[str, str, dict]] = field(default_factory=list)  # who, place, what was posted
    stored: dict[str, str] = field(default_factory=dict)  # a key, and the verdict that was first stored with it
    dropped: int = 0

    def __post_init__(self) -> None:
        self.clients = {}
        for who in self.world.members:
            self.clients[who] = Client()
            self.clients[who].force_login(self.world.people[who])

    def place(self, page: str) -> str:
        return f"/reviews/{self.world.review.pk}/{page}/{TITLE}/"

    def post(self, who: str, page: str, data: dict, rest: str = "") -> int:
        return self.clients[who].post(self.place(page) + rest, data, headers=HTMX).status_code

    def press(self, who: str) -> None:
        """A card is decided on, or a conflict settled; the answer is lost."""
        page, work = self.card(who)
        if work is None:
            return
        verdict = self.chance.choice(["include", "exclude", "maybe"] if page == "screen" else ["include", "exclude"])
        data = {"work": work.pk, "revision": work.revision, "key": str(uuid.UUID(int=self.chance.getrandbits(128)))}
        data["verdict"] = verdict
        if self.post(who, page, data) == 200:
            self.stored[data["key"]] = verdict
            self.waiting.append((who, page, data))
            self.dropped += 1

    def card(self, who: str) -> tuple[str, Work | None]:
        member = self.world.members[who]
        conflicts = Outcome.objects.filter(review=self.world.review, stage=TITLE, state=State.CONFLICT)
        if who == "cy" and self.chance.random() < 0.5 and (row := conflicts.select_related("work").first()):
            return "conflicts", row.work
        return "screen", queries.next_work(member=member, stage=TITLE)

    def again(self) -> None:
        """One of the presses that wait goes out again, once or twice; another verdict with its key changes nothing."""
        who, page, data = self.waiting.pop(self.chance.randrange(len(self.waiting)))
        for _time in range(self.chance.choice([1, 1, 2])):
            before = self.held()
            assert self.post(who, page, data) == 200
            assert self.post(who, page, {**data, "verdict": "exclude"}) == 200
            assert self.held() == before, "a press that was stored already changed something"

    def held(self) -> tuple:
        rows = Decision.objects.filter(review=self.world.review).order_by("pk").values_list("pk", "current", "verdict")
        rulings = Adjudication.objects.filter(review=self.world.review).order_by("pk").values_list("pk", "current")
        return list(rows), list(rulings), Event.objects.filter(library=self.world.review.pk).count()


@pytest.mark.django_db
def test_dropped_answers_lose_nothing_and_double_nothing():
    world, _works = pair_of_members(60 if DROPPED < 100 else 500)
    world.people["cy"] = worlds.person("cy")
    world.members["cy"] = worlds.join_team(world.review, world.members["ann"], world.people["cy"], Role.ADJUDICATOR)
    team = Team(world, random.Random(int(os.environ.get("WINNOW_SEED", "1"))))
    for _step in range(20 * DROPPED):
        if team.dropped >= DROPPED:
            break
        who = team.chance.choice(["ann", "bo", "cy"])
        act = team.chance.random()
        if act < 0.55:
            team.press(who)
        elif act < 0.7:
            team.post(who, "screen", {}, "undo/")
        elif act < 0.75 and who == "cy":
            team.post(who, "conflicts", {}, "undo/")
        elif team.waiting:
            team.again()
    while team.waiting:
        team.again()
    assert team.dropped == DROPPED
    decisions = Decision.objects.filter(review=world.review).values_list("key", "verdict")
    rulings = Adjudication.objects.filter(review=world.review).values_list("key", "verdict")
    there = Counter((str(key), verdict) for key, verdict in [*decisions, *rulings])
    assert there == Counter(team.stored.items())  # each key once, with the verdict that came first: 0 lost, 0 doubled
    none(broken(world.review, whole=True))
    assert list(counters.differences(world.review.pk)) == []
