"""Conflicts that differ in reason only: none unless the review asks; listed, previewed, settled and taken back as a whole."""

import re
import uuid

import pytest

from records.models import Job
from reviews import counters, rules, setup
from reviews.models import Adjudication, Member, StageName
from tests import world as worlds

TITLE = StageName.TITLE_ABSTRACT


@pytest.fixture
def alike(world):
    """Delta and echo are excluded by ann and bo, each for another reason; foxtrot by both for one."""
    for work, hers, his in (
        ("delta", "design", "population"),
        ("echo", "setting", "design"),
        ("foxtrot", "design", "design"),
    ):
        world.decide("ann", work, "exclude", reason=world.reason(hers))
        world.decide("bo", work, "exclude", reason=world.reason(his))
    return world


def ask(world, asked=True):
    """As the settings page does; the job that brings the outcomes into line is done."""
    owner = Member.objects.select_related("review", "user").get(pk=world.members["ann"].pk)
    setup.change_settings(member=owner, ask_differing_reasons=asked)
    worlds.read_all(world.library)
    world.review.refresh_from_db()


def place(world):
    return f"/reviews/{world.review.pk}/conflicts/{TITLE}/reasons/"


def marks(page):
    return re.findall(r'name="mark" value="([^"]+)"', page)


def states(world):
    return {work: world.outcome(work) for work in ("delta", "echo", "foxtrot")}


def reasons(world):
    rows = Adjudication.objects.filter(review=world.review, current=True)
    return {row.work.title: row.reason.key for row in rows}


def test_they_are_no_conflicts_unless_the_review_asks(alike, as_):
    assert states(alike) == {"delta": "excluded", "echo": "excluded", "foxtrot": "excluded"}
    assert "These are no conflicts here" in as_(alike, "cy").get(place(alike)).content.decode()
    ask(alike)
    assert states(alike) == {"delta": "conflict", "echo": "conflict", "foxtrot": "excluded"}
    page = as_(alike, "cy").get(place(alike)).content.decode()
    assert len(marks(page)) == 2 and worlds.SUBJECTS["bravo"] not in page  # bravo differs in verdict
    assert "Proposed: <strong>Wrong sample or population</strong>" in page
    ask(alike, False)
    assert states(alike) == {"delta": "excluded", "echo": "excluded", "foxtrot": "excluded"}


def test_previewed_in_numbers_settled_at_once_and_taken_back_as_a_whole(alike, as_):
    ask(alike)
    client = as_(alike, "cy")
    chosen = marks(client.get(place(alike)).content.decode())
    preview = client.post(place(alike), {"mark": chosen, "key": uuid.uuid4()}).content.decode()
    assert "2 works will be excluded" in preview and marks(preview) == chosen
    assert states(alike)["delta"] == "conflict", "nothing was stored yet"
    key = uuid.uuid4()
    for _press in range(2):
        answer = client.post(place(alike), {"mark": chosen, "key": key, "sure": "1"}, follow=True)
    assert "2 works are excluded, each by its first reason." in answer.content.decode()
    assert states(alike) == dict.fromkeys(("delta", "echo", "foxtrot"), "excluded")
    assert reasons(alike) == {worlds.SUBJECTS["delta"]: "population", worlds.SUBJECTS["echo"]: "design"}
    client.post(place(alike), {"back": "1"})
    assert states(alike) == {"delta": "conflict", "echo": "conflict", "foxtrot": "excluded"}
    assert client.post(place(alike), {"back": "1"}).status_code == 409
    assert list(counters.differences(alike.review.pk)) == []


def test_one_by_one(alike, as_):
    ask(alike)
    client = as_(alike, "cy")
    one, *_rest = marks(client.get(place(alike)).content.decode())
    client.post(place(alike), {"one": one, "mark": [one, *_rest], "key": uuid.uuid4()})
    assert sorted(states(alike).values()) == ["conflict", "excluded", "excluded"]
    assert Adjudication.objects.filter(review=alike.review).count() == 1


def test_one_that_changed_meanwhile_is_left(alike, as_):
    ask(alike)
    client = as_(alike, "cy")
    chosen = marks(client.get(place(alike)).content.decode())
    alike.decide("bo", "delta", "include")
    answer = client.post(place(alike), {"mark": chosen, "key": uuid.uuid4(), "sure": "1"}, follow=True).content.decode()
    assert "1 changed meanwhile and is left." in answer
    assert states(alike) == {"delta": "conflict", "echo": "excluded", "foxtrot": "excluded"}


def test_z_on_the_page_of_conflicts_takes_the_whole_back_too(alike, as_):
    ask(alike)
    client = as_(alike, "cy")
    chosen = marks(client.get(place(alike)).content.decode())
    client.post(place(alike), {"mark": chosen, "key": uuid.uuid4(), "sure": "1"})
    answer = client.post(f"/reviews/{alike.review.pk}/conflicts/{TITLE}/undo/", headers={"hx-request": "true"})
    assert "All that were settled at once are open again." in answer.content.decode()
    assert states(alike) == {"delta": "conflict", "echo": "conflict", "foxtrot": "excluded"}


@pytest.mark.parametrize("mark", ["x", "1-2", "1-1-1-1", "9" * 30 + "-1-1"])
def test_what_makes_no_sense_is_refused(alike, as_, mark):
    ask(alike)
    assert as_(alike, "cy").post(place(alike), {"mark": [mark], "key": uuid.uuid4()}).status_code == 400


def test_foreign_works_are_left_and_ones_own_are_not_listed(alike, foreign, as_):
    ask(alike)
    golf = foreign.works["golf"]
    sent = {"mark": [f"{golf.pk}-{golf.revision}-{alike.reason('design').pk}"], "key": uuid.uuid4(), "sure": "1"}
    as_(alike, "cy").post(place(alike), sent)
    assert not Adjudication.objects.exists()
    assert marks(as_(alike, "ann").get(place(alike)).content.decode()) == []  # she decided on both
    assert as_(alike, "bo").get(place(alike)).status_code == 403


def test_nothing_is_queued_where_the_setting_stays(world):
    before = Job.objects.count()
    setup.change_settings(member=world.members["ann"], title="Another title")
    assert Job.objects.count() == before and not rules.at_work(world.review.pk)
