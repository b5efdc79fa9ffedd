"""Missing abstracts: which works lack one, where to look for it, pasting it, and what was decided on the title alone."""

import re

import pytest

from records.models import Record, Work
from reviews import actions, lists
from reviews.models import Decision, StageName
from tests import world as worlds
from tests.records.state import take
from tests.world import SUBJECTS, ris_entry

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}
TEXT = "Background Ferries are slow. Methods We asked nine sailors."


@pytest.fixture
def world(db):
    world = worlds.screened_world()
    bare = {"AB": "", "VL": "", "SP": "", "EP": ""}
    entries = [
        ("alpha", "Peer workers at sea, a survey of ferries"),
        ("bravo", "Lighthouses and those who keep each other company"),
    ]
    text = "".join(
        ris_entry(name, title=title, DO=f"10.5555/bare.{name}", PY="2020", **bare) for name, title in entries
    )
    take(world, text, source="Titles only")
    for name, title in zip(("ferries", "lights"), (title for _name, title in entries), strict=True):
        world.works[name] = Work.objects.get(title=title)
    return world


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/missing-abstracts/{rest}"


def paste(client, world, work, text=TEXT, **headers):
    return client.post(
        f"/reviews/{world.review.pk}/works/{world.works[work].pk}/abstract/", {"text": text}, headers=headers
    )


def listed(world, who, name):
    return {work.title for work in lists.rows_of(lists.LISTS[name], world.members[who])}


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_only_works_without_any_abstract_are_listed(world, as_):
    page = words(as_(world, "bo").get(place(world)))
    assert "Peer workers at sea" in page and "Lighthouses" in page
    assert not any(title in page for title in SUBJECTS.values())


def test_it_says_where_the_abstract_may_stand(world, as_, settings):
    settings.LINK_RESOLVER = "https://resolver.example.org/openurl?id=7"
    Record.objects.filter(work=world.works["lights"]).update(doi="", pmid="31234567")
    body = as_(world, "bo").get(place(world)).content.decode()
    assert "https://doi.org/10.5555/bare.alpha" in body
    assert "https://pubmed.ncbi.nlm.nih.gov/31234567/" in body
    assert "https://pubmed.ncbi.nlm.nih.gov/?term=Peer+workers+at+sea" in body
    assert "https://resolver.example.org/openurl?id=7&amp;url_ver=Z39.88-2004" in body
    assert "rft.atitle=Lighthouses+and+those" in body


def test_no_link_to_a_library_that_nobody_named(world, as_):
    assert "Your library" not in words(as_(world, "bo").get(place(world)))


def test_pasted_it_leaves_the_list_and_is_shown_on_the_card(world, as_):
    client = as_(world, "bo")
    answer = paste(client, world, "ferries")
    assert answer["Location"].endswith(f"/works/{world.works['ferries'].pk}/")
    page = words(client.get(answer["Location"]))
    assert "We asked nine sailors." in page and "Abstract pasted by Bo" in page
    assert "Peer workers at sea" not in words(client.get(place(world)))


def test_pasted_without_leaving_the_page(world, as_):
    client = as_(world, "bo")
    answer = paste(client, world, "ferries", **HTMX)
    assert answer.status_code == 200 and b"<html" not in answer.content
    assert f'id="given-{world.works["ferries"].pk}"' in answer.content.decode()
    record = Record.objects.get(work=world.works["ferries"])
    assert f"/records/{record.pk}/take-back/" in answer.content.decode()


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_pasted_changes_nothing(world, as_, text):
    assert paste(as_(world, "bo"), world, "ferries", text, **HTMX).status_code == 400
    assert Record.objects.get(work=world.works["ferries"]).abstract == ""


def test_a_work_that_has_one_keeps_it(world, as_):
    before = Record.objects.get(work=world.works["bravo"]).abstract
    answer = paste(as_(world, "bo"), world, "bravo", **HTMX)
    assert answer.status_code == 400
    assert Record.objects.get(work=world.works["bravo"]).abstract == before
    assert TEXT in answer.content.decode()  # what was pasted is not lost


def test_markup_in_a_pasted_text_is_text(world, as_):
    client = as_(world, "bo")
    paste(client, world, "ferries", "We <script>alert(1)</script> asked & <b>listened</b>, p < 0.05.")
    assert (
        "<script>alert"
        not in client.get(f"/reviews/{world.review.pk}/works/{world.works['ferries'].pk}/").content.decode()
    )


def test_taken_back_it_is_missing_again(world, as_):
    client = as_(world, "bo")
    paste(client, world, "ferries")
    record = Record.objects.get(work=world.works["ferries"])
    client.post(f"/reviews/{world.review.pk}/records/{record.pk}/take-back/", {"field": "abstract"})
    assert "Peer workers at sea" in words(client.get(place(world)))
    assert "Taken back." not in words(client.get(place(world)))


def test_a_card_that_was_open_meanwhile_must_be_read_again(world, as_):
    stale = world.works["ferries"].revision
    paste(as_(world, "lib"), world, "ferries")
    import uuid

    with pytest.raises(actions.CardChanged):
        actions.decide(
            member=world.members["bo"], stage=StageName.TITLE_ABSTRACT, work_id=world.works["ferries"].pk,
            revision=stale, key=uuid.uuid4(), verdict="include",
        )  # fmt: skip
    assert not Decision.objects.filter(work=world.works["ferries"]).exists()


def test_decided_on_the_title_alone_is_a_part_of_its_own_and_while_blinded_the_own(world, as_):
    world.decide("ann", "ferries", "include")
    ferries = world.works["ferries"].title
    assert listed(world, "ann", "no-abstract-decided") == {ferries}
    assert listed(world, "bo", "no-abstract-decided") == set()
    assert listed(world, "bo", "no-abstract-open") == listed(world, "bo", "no-abstract")
    page = words(as_(world, "ann").get(place(world, "?part=decided")))
    assert "Peer workers at sea" in page and "Lighthouses" not in page


def test_after_the_unblinding_everybodys_decisions_count(world):
    world.decide("ann", "ferries", "include")
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    world.review.refresh_from_db()
    world.members["bo"].review = world.review
    assert listed(world, "bo", "no-abstract-decided") == {world.works["ferries"].title}


def test_an_abstract_that_stands_only_in_a_record_set_aside_is_missing(world):
    from records import actions as found
    from records.models import Search
    from reviews.settling import InReviews

    take(
        world,
        ris_entry("alpha", title=world.works["ferries"].title, DO="10.5555/bare.alpha", PY="2020", VL="", SP="", EP=""),
        source="Fuller",
    )
    assert world.works["ferries"].title not in listed(world, "bo", "no-abstract")
    found.set_aside(
        by=world.people["ann"], search=Search.objects.get(source="Fuller"), aside=True, upstairs=InReviews()
    )
    assert world.works["ferries"].title in listed(world, "bo", "no-abstract")
