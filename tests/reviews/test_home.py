"""The first pages: my reviews, a new one, and the overview, which tells every role what to do next."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from records import actions as found
from records.models import Match, Search
from reviews import actions, team
from reviews.models import Member, Report, Review, StageName
from reviews.settling import InReviews
from tests import world as worlds

pytestmark = pytest.mark.django_db
TITLE = StageName.TITLE_ABSTRACT


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def overview(client, world):
    return client.get(f"/reviews/{world.review.pk}/")


def numbers(answer):
    """What the numbers on the overview say, and which list each opens."""
    page = answer.content.decode()
    doors = re.findall(
        r'<a class="stat" href="([^"]+)"><span class="stat-number">([\d,]+)</span> <span class="stat-label">([^<]+)<',
        page,
    )
    plain = re.findall(
        r'<div class="stat"><span class="stat-number">([\d,]+)</span> <span class="stat-label">([^<]+)<', page
    )
    return {label: (number, "") for number, label in plain} | {label: (number, url) for url, number, label in doors}


def counts(answer):
    return {label: int(number) for label, (number, _url) in numbers(answer).items()}


# My reviews


def test_before_there_is_anybody_the_way_leads_to_the_first_account():
    assert Client().get("/")["Location"] == reverse("accounts:first-run")


def test_whoever_is_not_signed_in_goes_to_sign_in_and_finds_back(client):
    worlds.person("ann")
    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert client.get("/reviews/new/")["Location"] == "/accounts/login/?next=/reviews/new/"


def test_without_a_review_the_page_teaches_the_first_step(client):
    client.force_login(worlds.person("ann"))
    text = words(client.get("/"))
    assert "No review yet" in text and "A title is enough to begin." in text
    assert 'href="/reviews/new/"' in client.get("/").content.decode()


def test_my_reviews_are_those_i_am_in_with_my_role(world, foreign, as_):
    text = words(as_(world, "lib").get("/"))
    assert "Peer support You are librarian. 8 works" in text
    assert "Somebody else" not in text
    assert "No review yet" in words(as_(world, "sam").get("/"))


def test_a_review_i_left_is_not_mine(world, as_):
    team.remove(member=world.members["ann"], of=world.members["bo"])
    assert "No review yet" in words(as_(world, "bo").get("/"))


# A new one


def test_a_title_is_enough_and_the_next_page_is_the_import(client):
    client.force_login(worlds.person("ann"))
    answer = client.post("/reviews/new/", {"title": "Peer support"})
    review = Review.objects.get()
    assert answer["Location"] == f"/reviews/{review.pk}/import/"
    assert Member.objects.get(review=review).role == "owner"


@pytest.mark.parametrize("title", ["", "   ", "x" * 501])
def test_without_a_title_there_is_no_review(client, title):
    client.force_login(worlds.person("ann"))
    answer = client.post("/reviews/new/", {"title": title, "question": "kept"})
    assert (answer.status_code, Review.objects.count()) == (200, 0)
    assert "kept" in words(answer)


# The overview


def test_an_empty_review_says_who_does_what_first(as_):
    world = worlds.empty_world()
    world.people["bo"] = worlds.person("bo")
    world.members["bo"] = worlds.join_team(world.review, world.members["ann"], world.people["bo"], "reviewer")
    page = overview(as_(world, "ann"), world)
    assert "Nothing here yet" in words(page)
    assert f'href="/reviews/{world.review.pk}/import/">Import records</a>' in page.content.decode()
    assert "The owner or librarian has not imported any records yet." in words(overview(as_(world, "bo"), world))


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("ann", "5 works wait for your decision. Screen titles and abstracts 1 conflict"),
        ("bo", "6 works wait for your decision. Screen titles and abstracts"),
        ("cy", "6 works wait for your decision. Screen titles and abstracts 1 conflict"),
        ("lib", "You have nothing to do here right now. See the flow"),
        ("obs", "You have nothing to do here right now. See the flow"),
    ],
)
def test_the_next_step_of_every_role(world, as_, who, said):
    text = words(overview(as_(world, who), world))
    assert f"Next step {said} Where the review stands" in text


def test_when_all_is_decided_the_next_step_is_the_conflict_and_then_the_pairs(world, as_):
    for work in ("delta", "echo", "foxtrot", "golf", "hotel"):
        world.decide("ann", work, "exclude")
    assert "1 work is in conflict. Settle conflicts" in words(overview(as_(world, "ann"), world))
    world.decide("bo", "bravo", "include")
    a, b = Match.objects.first().record_a, world.works["golf"].lead
    Match.objects.create(
        library=world.library, record_a=a, record_b=b, score=0, probability=0.5, band="look", open=True
    )
    found.recount_questions(world.library)
    assert "1 pair may be a duplicate. Look at the pairs" in words(overview(as_(world, "ann"), world))


def test_full_texts_that_wait_are_a_next_step_for_who_decides_and_their_conflicts_for_who_settles(world, as_):
    actions.unblind(member=world.members["ann"], stage=TITLE)
    report = Report.objects.get(review=world.review, work=world.works["alpha"])
    actions.set_retrieval(member=world.members["ann"], report=report, retrieval="retrieved")
    place, step = f"/reviews/{world.review.pk}/", "full-text/"
    page = overview(as_(world, "bo"), world)
    assert f'href="{place}screen/{step}">1 full text<' in page.content.decode()
    for work in ("charlie", "delta", "echo", "foxtrot", "golf", "hotel"):
        world.decide("bo", work, "include")
    assert "Next step 1 full text waits for your decision. Screen full texts" in words(
        overview(as_(world, "bo"), world)
    )
    world.decide("bo", "alpha", "include", stage=StageName.FULL_TEXT)
    assert "You have nothing to do here right now." in words(overview(as_(world, "bo"), world))
    world.decide("ann", "alpha", "maybe", stage=StageName.FULL_TEXT)
    assert (
        f'href="{place}conflicts/{step}">1 conflict on full texts<'
        in overview(as_(world, "cy"), world).content.decode()
    )
    assert "full text" not in words(overview(as_(world, "obs"), world))


def test_a_blinded_member_sees_imports_and_own_numbers_only(world, as_):
    for who, mine in {"ann": (3, 5), "bo": (2, 6), "cy": (0, 6)}.items():
        page = overview(as_(world, who), world)
        assert counts(page) == {
            "records identified": 9, "works after joining duplicates": 8, "decided by you": mine[0], "left for you": mine[1],
        }  # fmt: skip
        assert "This review is blinded" in words(page)
    assert set(counts(overview(as_(world, "obs"), world))) == {"records identified", "works after joining duplicates"}


def test_stretches_that_were_not_read_are_counted(world, as_):
    worlds.import_text(
        world.review, world.people["ann"], worlds.ris("alpha") + "stray words\n" + worlds.ris("bravo"), source="Odd"
    )
    assert counts(overview(as_(world, "ann"), world))["stretches not read"] == 1


def test_after_unblinding_everybody_sees_how_works_came_out(world, as_):
    actions.unblind(member=world.members["ann"], stage=TITLE)
    for who in ("ann", "lib", "obs"):
        page = overview(as_(world, who), world)
        seen = counts(page)
        assert {name: seen[name] for name in ("included", "excluded", "in conflict", "awaiting second", "pending")} == {
            "included": 1, "excluded": 0, "in conflict": 1, "awaiting second": 1, "pending": 5,
        }  # fmt: skip
        assert "This review is blinded" not in words(page)


def test_every_number_that_is_a_door_is_the_length_of_its_list(world, as_):
    """Also with works of other methods and of a previous review, and with a search set aside."""
    ann = world.people["ann"]
    for source, kind in (("Websites", "website"), ("The review of 2015", "previous"), ("Aside", "database")):
        extra = worlds.ris_entry(
            "hotel", title=f"{source}: gardens, bees, bread {kind}", DO=f"10.5555/{kind}", AB="", VL="", SP="", EP=""
        )
        dump = worlds.import_text(world.review, ann, extra, source=source, kind=kind)
        world.works[source] = dump.records.get().work
    for work in ("Websites", "The review of 2015"):
        for who in ("ann", "bo"):
            world.decide(who, work, "include")
    aside = Search.objects.get(library=world.library, source="Aside")
    found.set_aside(by=ann, search=aside, aside=True, upstairs=InReviews())
    for stage in ((), (TITLE,)):
        for each in stage:
            actions.unblind(member=world.members["ann"], stage=each)
        client = as_(world, "ann")
        doors = {label: (number, url) for label, (number, url) in numbers(overview(client, world)).items() if url}
        assert len(doors) >= 2
        for label, (number, url) in doors.items():
            assert client.get(url).context["total"] == int(number), label


def test_the_team_stands_there_and_owners_may_invite(world, as_):
    text = words(overview(as_(world, "bo"), world))
    assert "Ann owner Bo reviewer Cy adjudicator Lib librarian Obs observer" in text
    assert "Invite somebody" not in text
    assert "Invite somebody" in words(overview(as_(world, "ann"), world))
