"""Cards that are no longer so: whatever happened to a work while somebody read it × whatever that person then does.

Every refusal is 409, 403 where the role is gone and 404 where the person is no member any more; it is the same bytes whatever
others said, and nothing is written. What rightly succeeds stands in RIGHTLY, each with its reason.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from records import actions as found
from records.models import Search, Work
from reviews import actions, team
from reviews.models import Bulk, BulkWork, Interest, Role, Stage, StageName
from reviews.settling import InReviews, settle
from tests import world as worlds
from tests.reviews.test_blinding import masked

pytestmark = pytest.mark.django_db
TITLE = StageName.TITLE_ABSTRACT
UP = {"upstairs": InReviews()}
HTMX = {"hx-request": "true"}
NOT_AUDITED = {"reviews.Lease"}  # a hint to the queue, which a look renews and which is no part of the history
TWINS = (("include", "exclude"), ("exclude", "include"))  # what ann and di say of delta; either way a conflict


@pytest.fixture
def world(db):
    """Delta is in conflict by ann and di; bo said include. Cy adjudicates. Golf's record has joined hotel's work."""
    world = worlds.screened_world()
    world.people["di"] = worlds.person("di")
    world.members["di"] = worlds.join_team(world.review, world.members["ann"], world.people["di"], Role.REVIEWER)
    lib = world.people["lib"]
    works = [Work.objects.get(pk=world.works[name].pk) for name in ("delta", "hotel")]
    found.join(by=lib, library=world.library, into=works[0], others=[works[1]], **UP)  # so that it can be split
    return world


def delta(world) -> Work:
    return Work.objects.get(pk=world.works["delta"].pk)


# --- what happens to a card ------------------------------------------------------------------------------------------
def joined(world, _twin):
    others = [Work.objects.get(pk=world.works["golf"].pk)]
    found.join(by=world.people["lib"], library=world.library, into=delta(world), others=others, **UP)


def joined_away(world, _twin):
    into = Work.objects.get(pk=world.works["golf"].pk)
    found.join(by=world.people["lib"], library=world.library, into=into, others=[delta(world)], **UP)


def split(world, _twin):
    record = delta(world).records.exclude(pk=delta(world).lead_id).get()
    found.split(by=world.people["lib"], library=world.library, record=record, **UP)


def edited(world, _twin):
    """Found again with more in it: the card is composed anew."""
    worlds.import_text(world.review, world.people["ann"], worlds.ris("delta"), source="Found again")


def adjudicated(world, twin):
    act = {"stage": TITLE, "work_id": delta(world).pk, "revision": delta(world).revision, "key": uuid.uuid4()}
    actions.adjudicate(member=world.members["cy"], verdict=TWINS[twin][0], **act)


def closed(world, _twin):
    Stage.objects.filter(review=world.review, name=TITLE).update(closed_at=timezone.now())


def role_lost(world, _twin):
    for who in ("bo", "cy"):
        team.change_role(member=world.members["ann"], of=world.members[who], role=Role.OBSERVER)


def removed(world, _twin):
    for who in ("bo", "cy"):
        team.remove(member=world.members["ann"], of=world.members[who])


def set_aside(world, _twin):
    for search in Search.objects.filter(library=world.library):
        found.set_aside(by=world.people["lib"], search=search, aside=True, **UP)


def barred(world, _twin):
    """It turns out that both wrote it."""
    for who in ("bo", "cy"):
        here = {"work": delta(world), "record_id": delta(world).lead_id, "origin": Interest.Origin.DECLARED}
        Interest.objects.create(review=world.review, member=world.members[who], **here)


def bulk_decided(world, _twin):
    """Somebody decided on many works at once; it counts where nobody decided, so nobody did (see ALONE)."""
    act = {"review": world.review, "stage": TITLE}
    bulk = Bulk.objects.create(verdict="exclude", how="filtered", key=KEYS[1], by=world.people["ann"], **act)
    BulkWork.objects.create(bulk=bulk, work=delta(world), record_id=delta(world).lead_id, **act)
    settle(review=world.review, work=delta(world), stage=TITLE)


CHANGES: dict[str, Callable] = {
    each.__name__: each
    for each in (
        joined, joined_away, split, edited, adjudicated, closed, role_lost, removed, set_aside, barred, bulk_decided
    )
}  # fmt: skip
ALONE = {"bulk_decided"}  # changes of a work on which nobody decided but bo, who took it back


# --- what the person then does -----------------------------------------------------------------------------------------
def place(world, rest="", page="screen"):
    return f"/reviews/{world.review.pk}/{page}/{TITLE}/{rest}"


def card(world, key) -> dict:
    return {"work": delta(world).pk, "revision": delta(world).revision, "key": key}


KEYS = [uuid.UUID(int=n) for n in range(1, 9)]
ACTS: dict[str, tuple[str, str, str, dict]] = {  # who, page, rest of the address, what is posted beside the card
    "decide": ("bo", "screen", "", {"verdict": "include"}),
    "exclude": ("bo", "screen", "", {"verdict": "exclude"}),
    "undo": ("bo", "screen", "undo/", {}),
    "redo": ("bo", "screen", "redo/", {}),
    "later": ("bo", "screen", "later/", {}),
    "note": ("bo", "screen", "note/", {"text": "I doubt it"}),
    "label": ("bo", "screen", "label/", {"on": "Doubt"}),
    "label off": ("bo", "screen", "label/", {"off": "own idea"}),
    "adjudicate": ("cy", "conflicts", "", {"verdict": "include"}),
    "send back": ("cy", "conflicts", "send-back/", {"why": "look again"}),
    "put off": ("cy", "conflicts", "later/", {}),
    "unrule": ("cy", "conflicts", "undo/", {}),
}
FIRST = {
    "redo": ("bo", "screen", "undo/", {}),
    "unrule": ("cy", "conflicts", "", {"verdict": "exclude"}),
}  # before the change
NEVER = {("adjudicated", "unrule"), ("bulk_decided", "unrule")}  # one cannot rule first
HINT = "it is in conflict still, and putting it off moves it in cy's own order only"
OWN = "a decision follows its record, and its member may take it back wherever it is"
RIGHTLY = {
    ("joined", "undo"): OWN,
    ("joined_away", "undo"): OWN,
    ("split", "undo"): OWN,
    ("edited", "undo"): OWN,
    ("joined", "put off"): HINT,
    ("split", "put off"): HINT,
    ("edited", "put off"): HINT,
    ("closed", "put off"): HINT,
    ("joined", "unrule"): OWN,
    ("joined_away", "unrule"): OWN,
    ("split", "unrule"): OWN,
    ("edited", "unrule"): OWN,
    ("set_aside", "unrule"): OWN,
    ("barred", "unrule"): OWN,
    ("bulk_decided", "undo"): "it takes back what bo said of charlie, which nothing happened to",
}
STATUS = {"role_lost": 403, "removed": 404}


@contextmanager
def nothing_stays():
    """All that is done in here is taken back by the database."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def audited() -> dict[str, str]:
    """A hash of every table of the review."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label in ("records", "reviews", "themes") and model._meta.label not in NOT_AUDITED:
                cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")
                found[model._meta.label] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return found


def answers(world, twin: int, change: str) -> dict[str, tuple[int, bytes, list[str]]]:
    """Of each act after a change: status and bytes of the answer, and which tables it changed."""
    given = {}
    with nothing_stays():
        world.decide("bo", "charlie", "include")
        for who, verdict in (("ann", TWINS[twin][0]), ("di", TWINS[twin][1]), ("bo", "include")):
            if who == "bo" or change not in ALONE:
                world.decide(who, "delta", verdict)
        world.label("bo", "delta", "own idea")
        clients = {}
        for who in ("bo", "cy"):
            clients[who] = Client()
            clients[who].force_login(world.people[who])
        shown = card(world, KEYS[0])
        for first in ("", *FIRST):
            if (change, first) in NEVER:
                continue
            with nothing_stays():
                for act in {first, "redo" if change in ALONE else ""} - {""}:
                    who, page, rest, data = FIRST[act]
                    answer = clients[who].post(place(world, rest, page), {**shown, **data}, headers=HTMX)
                    assert answer.status_code == 200
                if change:
                    CHANGES[change](world, twin)
                before = audited()
                for act in [first] if first else ACTS.keys() - FIRST.keys():
                    with nothing_stays():
                        who, page, rest, data = ACTS[act]
                        answer = clients[who].post(place(world, rest, page), {**shown, **data}, headers=HTMX)
                        after = audited()
                        moved = [name for name in before if before[name] != after[name]]
                        given[act] = answer.status_code, masked(answer.content), moved
    return given


def test_on_a_card_that_is_still_so_every_act_is_taken(world):
    """So that the table below can fail."""
    for act, (status, _body, moved) in answers(world, 0, "").items():
        assert (status, bool(moved)) == (200, True), act


@pytest.mark.parametrize("change", CHANGES)
def test_a_stale_card_is_refused_in_words_that_tell_nothing_and_nothing_is_written(world, change):
    one, other = (answers(world, twin, change) for twin in (0, 1))
    for act, (status, body, moved) in one.items():
        cell = f"{change} × {act}"
        if (change, act) in RIGHTLY:
            assert status == 200, cell
        else:
            assert (status, moved) == (STATUS.get(change, 409), []), cell
        if ACTS[act][0] == "bo":  # who is blinded
            assert (status, body) == other[act][:2], f"{cell} tells what others said"
            told = re.search(rb'<div hx-swap-oob="innerHTML:#told">([^<]*)</div>', body)
            assert status in (403, 404) or told[1].strip(), f"{cell} says nothing"
            assert not re.search(rb"Ann|Cy\b|Di\b|Lib\b|conflict|adjudicat", told[1] if told else body), cell
