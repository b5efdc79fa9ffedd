"""Criteria in a frame or as free lines, in versions; every decision keeps the one in force; frames as data."""

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from reviews import actions, frames, lists, setup
from reviews.models import CriteriaVersion, StageName
from tests import world as worlds

FIRST = [("Sample", "adults"), ("Design", "interviews")]
SECOND = [("Sample", "adults with lived experience"), ("Design", "interviews")]


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/settings/{rest}"


def now_in_force(world, rows):
    number = setup.set_criteria(member=world.members["ann"], rows=rows)
    for member in world.members.values():
        member.review.refresh_from_db()
    return number


# Frames, no database


@pytest.mark.parametrize("key", list(frames.FRAMES))
def test_every_frame_names_each_element_once_with_a_hint(key):
    frame = frames.FRAMES[key]
    names = [element.casefold() for element, _hint in frame.elements]
    assert len(names) == len(set(names)) >= 3
    assert frame.name and frame.about and all(hint for _element, hint in frame.elements)


lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9).filter(
    lambda text: ":" not in text
)
criteria = st.lists(st.tuples(st.sampled_from(["", "Sample", "SETTING", "Design", "Time"]), lines), max_size=8)


@given(criteria, st.sampled_from(list(frames.FRAMES.values())))
def test_in_no_frame_a_criterion_is_lost(rows, frame):
    slots, other = frames.filled(frame, rows)
    shown = [line for slot in slots for line in slot.text.splitlines()] + [
        text for _e, text in frames.from_lines(other)
    ]
    assert sorted(shown) == sorted(text for _element, text in rows)


@given(criteria)
def test_lines_are_read_as_they_are_written(rows):
    assert frames.from_lines(frames.as_lines(rows)) == rows


@given(criteria, criteria)
def test_a_difference_leads_from_one_version_to_the_other(before, after):
    added, dropped = frames.difference(before, after)
    assert set(after) == (set(before) - set(dropped)) | set(added)
    assert frames.difference(after, before) == (dropped, added) and frames.difference(before, before) == ([], [])


# Choosing a frame


@pytest.mark.django_db
def test_choosing_a_frame_offers_its_elements_as_rows_and_keeps_what_is_written(world, as_):
    now_in_force(world, [*FIRST, ("", "any language")])
    page = as_(world, "ann").get(place(world), {"frame": "spider"})
    text = words(page)
    for element in ("Sample", "Phenomenon of interest", "Design", "Evaluation", "Research type", "Other criteria"):
        assert element in text
    fields = dict(re.findall(r'<textarea name="(element-\d|other)"[^>]*>\s*([^<]*)</textarea>', page.content.decode()))
    assert (fields["element-0"], fields["element-2"], fields["other"]) == ("adults", "interviews", "any language")
    as_(world, "ann").post(
        place(world, "criteria/"), {**fields, "element-1": "peer support\n\nmutual aid ", "frame": "spider"}
    )
    world.review.refresh_from_db()
    assert world.review.frame == "spider"
    assert list(world.review.criteria.values_list("element", "text")) == [
        ("Sample", "adults"),
        ("Phenomenon of interest", "peer support"),
        ("Phenomenon of interest", "mutual aid"),
        ("Design", "interviews"),
        ("", "any language"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("frame", ["free", "nonsense", "", "\0"])
def test_another_frame_is_free_text(world, as_, frame):
    page = as_(world, "ann").get(place(world), {"frame": frame})
    assert page.status_code == 200 and 'name="criteria"' in page.content.decode()


@pytest.mark.django_db
def test_what_is_too_long_in_a_frame_is_refused_and_not_lost(world, as_):
    data = {"frame": "pico", "element-0": "x" * 20_001, "element-1": "walking groups"}
    answer = as_(world, "ann").post(place(world, "criteria/"), data)
    assert "at most 20000 characters" in words(answer) and "walking groups" in answer.content.decode()
    assert not world.review.criteria.exists()


# Versions


@pytest.mark.django_db
def test_each_change_is_a_version_and_the_same_again_is_none(world):
    assert [now_in_force(world, rows) for rows in (FIRST, FIRST, SECOND, [], FIRST)] == [1, 1, 2, 3, 4]
    kept = list(CriteriaVersion.objects.filter(review=world.review).order_by("number").values_list("number", "rows"))
    assert kept == [
        (1, [list(r) for r in FIRST]),
        (2, [list(r) for r in SECOND]),
        (3, []),
        (4, [list(r) for r in FIRST]),
    ]
    assert world.library.history.filter(verb="changed the criteria").count() == 4


@pytest.mark.django_db
def test_every_decision_keeps_the_version_in_force(world):
    assert world.decide("bo", "charlie", "include").criteria_version == 0
    now_in_force(world, FIRST)
    first = world.decide("bo", "delta", "include")
    now_in_force(world, SECOND)
    again = world.decide("bo", "delta", "exclude")
    first.refresh_from_db()
    assert (first.criteria_version, again.criteria_version) == (1, 2)


@pytest.mark.django_db
def test_the_settings_list_the_versions_with_their_differences_and_the_works_decided_under_each(world, as_):
    now_in_force(world, FIRST)
    world.decide("ann", "delta", "include")
    world.decide("ann", "echo", "maybe")
    now_in_force(world, SECOND)
    page = as_(world, "ann").get(place(world))
    text = words(page)
    assert "Version 2 in force" in text and "no work decided on under it" in text
    assert "2 works decided on under it" in text
    assert "<del>Sample: adults</del>" in page.content.decode()
    assert "<ins>Sample: adults with lived experience</ins>" in page.content.decode()
    shown = words(as_(world, "ann").get(f"/reviews/{world.review.pk}/library/", {"list": "criteria-1"}))
    assert worlds.SUBJECTS["delta"] in shown and worlds.SUBJECTS["echo"] in shown
    assert worlds.SUBJECTS["alpha"] not in shown


@pytest.mark.django_db
def test_while_blinded_the_list_is_made_of_own_decisions_and_afterwards_of_all(world):
    now_in_force(world, FIRST)
    world.decide("ann", "delta", "include")
    world.decide("bo", "echo", "exclude")
    bo = world.members["bo"]
    named = lists.named("criteria-1", bo)
    assert set(named.rows(bo)) == {world.works["echo"]}
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    bo.review.refresh_from_db()
    assert set(named.rows(bo)) == {world.works["delta"], world.works["echo"]}


@pytest.mark.django_db
def test_a_blinded_owners_settings_are_the_same_bytes_whatever_others_decided(world):
    now_in_force(world, FIRST)
    client, seen = Client(), set()
    client.force_login(world.people["ann"])
    for verdict in ("include", "exclude", "maybe"):
        world.decide("bo", "delta", verdict)
        page = client.get(place(world)).content.decode()
        seen.add(re.sub(r'csrfmiddlewaretoken" value="[^"]+"|x-csrftoken": "[^"]+"', "", page))
    assert len(seen) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["criteria-", "criteria-x", "criteria-" + "9" * 30, "criteria--1"])
def test_a_version_that_is_no_number_is_no_list(world, as_, name):
    assert lists.named(name, world.members["ann"]) is None


@pytest.mark.django_db
def test_a_version_that_never_was_is_an_empty_list(world, as_):
    for number in ("77", "9" * 18):
        assert as_(world, "ann").get(f"/reviews/{world.review.pk}/library/?list=criteria-{number}").status_code == 200


# Authors and journal


@pytest.mark.django_db
def test_authors_and_journal_stay_off_the_cards_while_the_stage_is_blinded(world, as_):
    def cards():
        for who, page in (("bo", "screen"), ("cy", "conflicts")):
            answer = as_(world, who).get(f"/reviews/{world.review.pk}/{page}/title-abstract/")
            assert 'class="work-title"' in answer.content.decode()
            yield "son, Rae" in words(answer) or "Journal of Imagined Care" in words(answer)

    assert list(cards()) == [True, True]
    as_(world, "ann").post(place(world), {"title": "Peer support", "hide_people": "on"})
    assert list(cards()) == [False, False]
    work = as_(world, "bo").get(f"/reviews/{world.review.pk}/works/{world.works['alpha'].pk}/")
    assert "Journal of Imagined Care" in words(work)
    actions.unblind(member=world.members["ann"], stage=StageName.TITLE_ABSTRACT)
    assert list(cards()) == [True, True]
