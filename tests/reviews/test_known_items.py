"""The known-item check: which references the searches found, by which, and where they were lost; never more than one may see."""

import re

import pytest

from records import actions as found
from records import known
from records.models import KnownItem, Search
from reviews import actions, fates
from reviews.models import Report, Retrieval, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.records.state import take
from tests.world import SUBJECTS, ris

pytestmark = pytest.mark.django_db
TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


@pytest.fixture
def world(db):
    return worlds.screened_world()


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/known-items/{rest}"


def add(world, *names):
    known.add(by=world.people["ann"], library=world.library, text="\n".join(f"10.5555/jic.{name}" for name in names))


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def fate(world, who, work):
    return fates.fates(world.members[who], [world.works[work].pk])[world.works[work].pk]


def unblind(world):
    for stage in StageName.values:
        actions.unblind(member=world.members["ann"], stage=stage)
    for member in world.members.values():
        member.refresh_from_db()
        member.review = world.review
    world.review.refresh_from_db()


def test_pasted_references_are_said_to_be_found_or_not(world, as_):
    client = as_(world, "lib")
    text = f"10.5555/jic.alpha\n{SUBJECTS['delta']}\n10.5555/nowhere"
    assert client.post(place(world, "add/"), {"text": text}).status_code == 302
    page = words(client.get(place(world)))
    assert "3 known items added." in page
    page = words(client.get(place(world)))
    assert "2 of 3 known items were found." in page
    assert "No search found it." in page


def test_each_search_has_its_relative_recall(world, as_):
    add(world, "alpha", "bravo", "nowhere", "elsewhere")
    context = as_(world, "obs").get(place(world)).context
    assert [(each.search.source, each.found, each.percent) for each in context["recalls"]] == [
        ("Fictional Index", 2, 50), ("Second Index", 1, 25),
    ]  # fmt: skip
    assert (context["found"], context["percent"]) == (2, 50)


def test_a_text_without_any_reference_is_said_to_hold_none(world, as_):
    answer = as_(world, "lib").post(place(world, "add/"), {"text": "***\n--"})
    assert answer.status_code == 400
    assert "No reference was found in this text" in words(answer)


def test_one_is_taken_off_the_list(world, as_):
    add(world, "alpha")
    as_(world, "lib").post(place(world, f"{KnownItem.objects.get().pk}/remove/"))
    assert not KnownItem.objects.exists()


def test_what_came_in_but_was_not_read_is_shown_with_its_lines(world, as_):
    take(world, ris("alpha") + "Night trains 10.5555/torn\n" + ris("bravo"), source="Torn")
    known.add(by=world.people["ann"], library=world.library, text="10.5555/torn")
    assert "It came in, but could not be read" in words(as_(world, "lib").get(place(world)))


# Where it was lost


def test_while_blinded_only_the_own_decision_is_told(world):
    assert fate(world, "bo", "charlie").words == "not yet decided by you on title and abstract"  # ann decided
    told = fate(world, "bo", "bravo")
    assert (told.words, told.reason) == ("excluded by you on title and abstract", world.reason("population").text)
    assert fate(world, "ann", "bravo").words == "included by you on title and abstract"
    assert "not shown while it is blinded" in fate(world, "lib", "bravo").words


def test_after_the_unblinding_the_outcome_is_told_with_its_reason(world):
    world.decide("ann", "golf", "exclude", reason=world.reason("setting"))
    world.decide("bo", "golf", "exclude", reason=world.reason("setting"))
    unblind(world)
    told = fate(world, "obs", "golf")
    assert (told.words, told.reason) == ("excluded on title and abstract", world.reason("setting").text)
    assert fate(world, "obs", "bravo").words == "in conflict on title and abstract"
    assert fate(world, "obs", "charlie").words == "awaiting a second decision on title and abstract"
    assert fate(world, "obs", "delta").words == "not yet decided on title and abstract"


def test_an_included_works_full_text_is_followed_to_the_end(world):
    unblind(world)
    assert "not yet retrieved" in fate(world, "obs", "alpha").words
    Report.objects.filter(work=world.works["alpha"]).update(retrieval=Retrieval.NOT_RETRIEVED)
    assert fate(world, "obs", "alpha").words == "full text not retrieved"
    Report.objects.filter(work=world.works["alpha"]).update(retrieval=Retrieval.RETRIEVED)
    assert fate(world, "obs", "alpha").words == "not yet decided on full text"


def test_full_texts_that_are_blinded_show_the_own_decision_only(world):
    Report.objects.filter(work=world.works["alpha"]).update(retrieval=Retrieval.RETRIEVED)
    actions.unblind(member=world.members["ann"], stage=TITLE)
    world.review.refresh_from_db()
    for member in world.members.values():
        member.review = world.review
    assert fate(world, "bo", "alpha").words == "not yet decided by you on full text"
    assert "not shown while it is blinded" in fate(world, "obs", "alpha").words


def test_a_search_set_aside_lost_it(world, as_):
    first = Search.objects.get(source="Fictional Index")
    found.set_aside(by=world.people["ann"], search=first, aside=True, upstairs=InReviews())
    add(world, "delta", "alpha")
    assert fate(world, "obs", "delta").words == "set aside with its search"
    assert fate(world, "ann", "alpha").words == "included by you on title and abstract"  # the other search found it too
    page = words(as_(world, "obs").get(place(world)))
    assert "Fictional Index (set aside)" in page
