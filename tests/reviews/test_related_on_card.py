"""Related works on the screening card, and kinds of them that a review screens one after the other."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from records import actions as found
from records.models import Kin, Match, Search, Work
from reviews import actions, queries, setup
from reviews.models import Review, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.reviews.test_blinding import TWINS, WORKS, decide_on, in_the_world_where, received

HTMX = {"hx-request": "true"}
TITLE = StageName.TITLE_ABSTRACT
NOTICE = {
    "title": "Erratum: " + worlds.SUBJECTS["golf"],
    "DO": "10.5555/jic.golf.e",
    "SP": "900",
    "EP": "900",
    "AB": "",
}


@pytest.fixture
def akin(world):
    """Golf with its erratum, which the rules hold for akin; and foxtrot with delta, of which a person said so."""
    worlds.import_text(world.review, world.people["ann"], worlds.ris_entry("golf", **NOTICE), source="Third Index")
    world.works["notice"] = Work.objects.get(title=NOTICE["title"])
    said = link(world, "delta", "foxtrot")
    found.answer(by=world.people["lib"], match=said, answer="related", upstairs=InReviews())
    return world


def link(world, one, other, **more):
    ends = sorted(world.works[name].lead_id for name in (one, other))
    values = {"score": 0, "probability": 0.5, "band": "look", "rules": "r"} | more
    return Match.objects.create(library=world.library, record_a_id=ends[0], record_b_id=ends[1], **values)


def together(world, *kinds):
    """Let the owner say which kinds are screened together."""
    names = {name: getattr(world.review, name) for name in ("title", "question", "owner_adjudicates", "adjudicate_own")}
    setup.change_settings(member=world.members["ann"], **names, grouped_kin=list(kinds))
    for member in world.members.values():
        member.review.refresh_from_db()


def place(world, name=None, rest=""):
    return f"/reviews/{world.review.pk}/screen/title-abstract/{rest}" + (
        f"?work={world.works[name].pk}" if name else ""
    )


def related(response):
    """The related works on the card, in words."""
    rows = html.fromstring(response.content.decode()).xpath("//section[@class='related'][not(ancestor::template)]//li")
    return [re.sub(r"\s+", " ", row.text_content()).strip() for row in rows]


def card_of(world, response):
    """The name of the work on the card."""
    shown = re.search(r'name="work" value="(\d+)"', response.content.decode())
    return next((name for name, work in world.works.items() if shown and work.pk == int(shown[1])), None)


def press(client, world, name, htmx=True):
    """Include on the card of a work, as the page would send it."""
    page = client.get(place(world, name)).content.decode()
    fields = {each: re.search(rf'name="{each}" value="([^"]+)"', page)[1] for each in ("work", "revision", "key")}
    headers = HTMX if htmx else {}
    return client.post(place(world), {**fields, "verdict": "include"}, headers=headers, follow=not htmx)


# --- on the card ---------------------------------------------------------------------------------------------------
def test_the_card_names_related_works_and_what_kin_they_are(akin, as_):
    client = as_(akin, "bo")
    for headers in ({}, HTMX):
        (row,) = related(client.get(place(akin, "golf"), headers=headers))
        assert row.startswith("A correction or retraction, and its paper ") and NOTICE["title"] in row
        assert "No abstract in its fullest record." in row and "screened together" not in row
    (row,) = related(client.get(place(akin, "notice")))
    assert worlds.SUBJECTS["golf"] in row and "Background: golf is a fictional study" in row
    (row,) = related(client.get(place(akin, "delta")))
    assert row.startswith("Said to be related ")
    assert related(client.get(place(akin, "echo"))) == []


def test_the_related_work_opens_from_the_card(akin, as_):
    client = as_(akin, "bo")
    page = html.fromstring(client.get(place(akin, "golf")).content.decode())
    screen, records = page.xpath("//section[@class='related'][not(ancestor::template)]//a/@href")
    assert card_of(akin, client.get(screen)) == "notice"
    assert client.get(records).context["card"].work == akin.works["notice"]


def test_of_very_many_related_works_the_first_ten_are_shown(akin, as_):
    worlds.import_text(
        akin.review, akin.people["ann"],
        "".join(worlds.ris_entry("alpha", title=f"ship {n * 7919:x} q{n}z", AU=f"N{n}, A", DO=f"10.5555/{n}", AB="") for n in range(11)),
        source="Fourth Index",
    )  # fmt: skip
    for n, work in enumerate(Work.objects.filter(records__search__source="Fourth Index")):
        akin.works[f"ship{n}"] = work
        link(akin, "echo", f"ship{n}", band="related", kin=Kin.VERSION)
    client = as_(akin, "bo")
    with CaptureQueriesContext(connection) as few:
        client.get(place(akin, "golf"))
    with CaptureQueriesContext(connection) as many:
        response = client.get(place(akin, "echo"))
    assert len(few) == len(many)
    assert "Related, and other works (11)" in response.content.decode() and len(related(response)) == 10


def test_a_title_that_tries_to_be_markup_is_text(akin, as_):
    evil = '<script>alert("here")</script>" onmouseover="x'
    Work.objects.filter(pk=akin.works["notice"].pk).update(title=evil)
    akin.works["notice"].records.update(abstract=evil, journal=evil)
    page = as_(akin, "bo").get(place(akin, "golf")).content.decode()
    tree = html.fromstring(page)
    assert "&lt;script&gt;alert" in page and not tree.xpath("//script[not(@src)] | //*[@onmouseover]")


# --- one after the other -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_of_a_kind_that_is_screened_together_the_others_come_next(akin, as_, htmx):
    client = as_(akin, "bo")
    assert card_of(akin, press(client, akin, "notice", htmx)) == "charlie", "not switched on"
    client.post(place(akin, rest="undo/"))
    together(akin, Kin.NOTICE)
    assert "screened together" in related(client.get(place(akin, "golf")))[0]
    response = press(client, akin, "notice", htmx)
    assert card_of(akin, response) == "golf"
    if htmx:
        assert "Included. Saved. Z undoes." in response.content.decode()
    else:
        assert response.redirect_chain == [(place(akin, "golf"), 302)]
    assert card_of(akin, press(client, akin, "golf", htmx)) == "charlie", "then the queue goes on"


def test_only_the_kinds_that_were_switched_on_come_next(akin, as_):
    client = as_(akin, "bo")
    together(akin, Kin.PREPRINT, Kin.PROTOCOL)
    assert card_of(akin, press(client, akin, "golf")) == "charlie"
    together(akin, "people")
    assert card_of(akin, press(client, akin, "foxtrot")) == "delta"


def test_what_the_member_has_decided_or_what_is_settled_does_not_come_again(akin, as_):
    together(akin, Kin.NOTICE)
    client = as_(akin, "bo")
    akin.decide("bo", "notice", "exclude", reason=akin.reason("design"))
    assert card_of(akin, press(client, akin, "golf")) == "charlie"
    cy = as_(akin, "cy")
    akin.decide("ann", "notice", "exclude", reason=akin.reason("design"))
    assert card_of(akin, press(cy, akin, "golf")) == "delta", "charlie is before bo, and lacks one decision"


def test_a_related_work_that_was_set_aside_or_answered_does_not_come(akin, as_):
    together(akin, Kin.NOTICE)
    aside = Search.objects.get(source="Third Index")
    found.set_aside(by=akin.people["lib"], search=aside, aside=True, upstairs=InReviews())
    assert card_of(akin, press(as_(akin, "bo"), akin, "golf")) == "charlie"
    found.set_aside(by=akin.people["lib"], search=aside, aside=False, upstairs=InReviews())
    match = Match.objects.get(library=akin.library, kin=Kin.NOTICE)
    found.answer(by=akin.people["lib"], match=match, answer="different", upstairs=InReviews())
    assert card_of(akin, press(as_(akin, "ann"), akin, "golf")) == "delta"


def test_of_several_the_first_in_the_queue_comes(akin):
    together(akin, Kin.VERSION)
    for other in ("hotel", "delta", "foxtrot"):
        link(akin, "echo", other, band="related", kin=Kin.VERSION)
    next_one = queries.next_together(member=akin.members["bo"], stage=TITLE, work=akin.works["echo"])
    assert next_one == akin.works["delta"]


def test_at_full_text_nothing_comes_before_it_opens(akin):
    together(akin, Kin.NOTICE)
    asked = {"member": akin.members["bo"], "stage": StageName.FULL_TEXT, "work": akin.works["golf"]}
    assert queries.next_together(**asked) is None
    actions.unblind(member=akin.members["ann"], stage=TITLE)
    akin.members["bo"].review.refresh_from_db()
    assert queries.next_together(**asked) is None, "no report of it was retrieved"


def test_the_settings_page_offers_the_kinds_and_keeps_the_choice(akin, as_):
    client, url = as_(akin, "ann"), f"/reviews/{akin.review.pk}/settings/"
    data = {"title": "Peer support", "question": "", "owner_adjudicates": "on", "grouped_kin": ["notice", "people"]}
    assert "Settings saved." in client.post(url, data, follow=True).content.decode()
    assert Review.objects.get(pk=akin.review.pk).grouped_kin == ["notice", "people"]
    page = html.fromstring(client.get(url).content.decode())
    boxes = page.xpath("//input[@name='grouped_kin']")
    assert {each.get("value") for each in boxes} == {*Kin.values, "people"}
    assert [each.get("value") for each in boxes if each.get("checked") is not None] == ["notice", "people"]
    assert all(page.xpath(f"//label[@for='{each.get('id')}']") for each in boxes)
    assert client.post(url, data | {"grouped_kin": ["nonsense"]}).status_code == 200
    assert Review.objects.get(pk=akin.review.pk).grouped_kin == ["notice", "people"]
    del data["grouped_kin"]
    client.post(url, data)
    assert Review.objects.get(pk=akin.review.pk).grouped_kin == []


# --- blinded -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("data", [{"verdict": "include"}, {"verdict": "exclude"}])
def test_a_blinded_members_card_and_what_comes_next_are_the_same_bytes_whatever_ann_says(akin, as_, data):
    """Every work that ann decides on is akin to one that bo does."""
    assert WORKS == ("charlie", "delta", "echo", "foxtrot")
    for n, name in enumerate(WORKS):
        if name not in ("delta", "foxtrot"):
            link(akin, ("hotel", "x", "golf")[n], name, band="related", kin=Kin.VERSION)
    together(akin, Kin.VERSION, Kin.NOTICE, "people")
    client = as_(akin, "bo")

    def a_way():
        cards = [received(client, akin, place(akin, name)) for name in akin.works]
        works = [received(client, akin, f"/reviews/{akin.review.pk}/works/{each.pk}/") for each in akin.works.values()]
        answers = [decide_on(client, akin, place(akin, name), **data) for name in ("hotel", "golf", "notice", "delta")]
        return [*cards, *works, *answers]

    ways = [in_the_world_where(akin, twin, a_way) for twin in TWINS]
    assert all(body.startswith(b"200") for body in ways[0])
    for way in ways[1:]:
        assert [n for n, body in enumerate(way) if body != ways[0][n]] == []
    assert b"canary" not in b"".join(ways[0])
