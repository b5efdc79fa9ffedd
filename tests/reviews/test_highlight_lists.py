"""Highlight lists: an owner keeps them, everybody who reads a work sees them, and they are words only."""

import re

import pytest

from reviews import marking
from reviews.models import HighlightList
from tests import world as worlds


@pytest.fixture
def owner(world):
    return world.members["ann"]


def settings_of(world):
    return f"/reviews/{world.review.pk}/settings/"


def place(world):
    return settings_of(world) + "highlights/"


def read(client, world, rest="screen/title-abstract/"):
    return client.get(f"/reviews/{world.review.pk}/{rest}").content.decode()


def lists(world):
    return list(HighlightList.objects.filter(review=world.review))


def verbs(world):
    return list(world.library.history.order_by("-number").values_list("verb", flat=True))


FIELDS = {
    "name": "Method",
    "kind": "include",
    "style": "5",
    "terms": "interview*\nfictional",
    "whole_words": "on",
    "on": "on",
}


# On the page


def test_words_are_marked_in_title_abstract_and_keywords(world, as_):
    worlds.import_text(
        world.review, world.people["ann"], worlds.ris_entry("golf", title="Interviewing owls", AU="O, A", DO="", KW="Owls and fiction", N1="", AB="Owls interviewed owls."), source="X"
    )  # fmt: skip
    work = world.library.all_works.get(title="Interviewing owls")
    marking.add_list(member=world.members["ann"], name="Method & more", style=5, terms="interview*")
    marking.add_list(member=world.members["ann"], name="Birds", style=2, terms="owls\nOWLS interviewed")
    page = read(as_(world, "bo"), world, f"screen/title-abstract/?work={work.pk}")
    m, b = '<mark class="hl s5" title="Method &amp; more">', '<mark class="hl s2" title="Birds">'
    assert f"<bdi>{m}Interviewing</mark> {b}owls</mark></bdi>" in page
    assert f"<p>{b}Owls </mark>{m}{b}interviewed</mark></mark> {b}owls</mark>.</p>" in page
    assert f"{b}Owls</mark> and fiction" in page
    assert re.search(r'class="hl s5">Method &amp; more</span> 2</li><li><span class="hl s2">Birds</span> 4</li>', page)


def test_where_they_are_shown_the_key_h_is_on_a_real_button(world, as_, owner):
    marking.add_list(member=owner, name="Method", terms="interviewed")
    for who, rest in [
        ("bo", "screen/title-abstract/"), ("cy", "conflicts/title-abstract/"), ("obs", f"works/{world.works['alpha'].pk}/"),
    ]:  # fmt: skip
        page = read(as_(world, who), world, rest)
        assert '<mark class="hl s1" title="Method">interviewed</mark>' in page
        assert re.search(r'<button type="button"[^>]* data-key="h" data-highlights aria-pressed="true"', page)
        assert "js/highlights.js" in page


def test_without_lists_there_is_neither_a_legend_nor_a_key(world, as_):
    page = read(as_(world, "bo"), world)
    assert "<mark" not in page and 'data-key="h"' not in page


def test_a_list_that_is_switched_off_marks_nothing(world, as_, owner):
    marking.add_list(member=owner, name="Method", terms="interviewed", on=False)
    assert "<mark" not in read(as_(world, "bo"), world)


def test_a_term_that_looks_like_a_tag_or_a_pattern_is_neither(world, as_, owner):
    marking.add_list(member=owner, name='<b>"', terms="<script>\n.+\n(we|i)nterviewed")
    page = read(as_(world, "bo"), world)
    assert "<mark" not in page and "<b>" not in page


# Keeping them


def test_an_owner_adds_changes_and_deletes_a_list_and_the_history_keeps_it(world, as_):
    ann = as_(world, "ann")
    assert ann.post(place(world), FIELDS)["Location"].endswith("settings/#highlights")
    [made] = lists(world)
    assert (made.name, made.kind, made.style, made.whole_words, made.on) == ("Method", "include", 5, True, True)
    assert "interview*\nfictional</textarea>" in ann.get(settings_of(world)).content.decode()
    ann.post(place(world), {**FIELDS, "list": made.pk, "name": "Methods", "whole_words": "", "on": ""})
    [changed] = lists(world)
    assert (changed.name, changed.whole_words, changed.on) == ("Methods", False, False)
    ann.post(place(world), {"list": made.pk, "act": "delete"})
    assert lists(world) == []
    assert verbs(world)[:3] == ["deleted a highlight list", "changed a highlight list", "added a highlight list"]
    deleted = world.library.history.get(verb="deleted a highlight list").detail
    assert deleted["terms"].splitlines() == ["interview*", "fictional"]


def test_lists_are_moved_up_and_down(world, as_, owner):
    made = [marking.add_list(member=owner, name=name, terms=name) for name in "abc"]
    ann = as_(world, "ann")
    ann.post(place(world), {"list": made[2].pk, "act": "up"})
    assert [each.name for each in lists(world)] == ["a", "c", "b"]
    ann.post(place(world), {"list": made[0].pk, "act": "down"})
    ann.post(place(world), {"list": made[2].pk, "act": "up"})  # is the first already
    assert [each.name for each in lists(world)] == ["c", "a", "b"]


def test_ready_made_lists_are_offered_and_none_is_there_before_somebody_asks(world, as_):
    ann = as_(world, "ann")
    page = ann.get(settings_of(world)).content.decode()
    assert lists(world) == []
    for key in marking.PRESETS:
        assert f'name="preset" value="{key}"' in page
    ann.post(place(world), {"preset": "trial"})
    [made] = lists(world)
    assert made.name == "Randomised trial" and "placebo" in made.terms.splitlines()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"terms": ""}, {"style": "9"}, {"terms": "x" * 5001}, {"kind": "x"}])
def test_a_list_without_a_name_or_words_is_not_stored_and_that_is_said(world, as_, wrong):
    answer = as_(world, "ann").post(place(world), FIELDS | wrong, follow=True)
    assert "Nothing was saved." in answer.content.decode() and lists(world) == []


def test_there_is_room_for_so_many_lists(world, as_, owner):
    for n in range(marking.MOST_LISTS):
        marking.add_list(member=owner, name=str(n), terms="x")
    answer = as_(world, "ann").post(place(world), FIELDS, follow=True)
    assert "no room for another one" in answer.content.decode() and len(lists(world)) == marking.MOST_LISTS
    assert "Ready-made" not in answer.content.decode()


def test_only_owners_keep_lists(world, as_):
    for who in ("bo", "cy", "lib", "obs"):
        assert as_(world, who).post(place(world), FIELDS).status_code == 403
    assert lists(world) == []


def test_another_reviews_list_is_not_there(world, foreign, as_):
    hers = HighlightList.objects.create(review=foreign.review, order=1, name="Hers", terms="x")
    assert as_(world, "ann").post(place(world), {"list": hers.pk, "act": "delete"}).status_code == 404
    assert as_(world, "ann").post(place(world), {"list": "nonsense", "act": "delete"}).status_code == 404
    assert lists(foreign) == [hers]


def test_a_ready_made_list_takes_a_line_that_no_other_has_and_is_offered_once(world, as_):
    ann = as_(world, "ann")
    for key in ("qualitative", "trial"):
        ann.post(place(world), {"preset": key})
    assert [each.style for each in lists(world)] == [1, 2]
    page = ann.get(settings_of(world)).content.decode()
    assert 'value="trial"' not in page and 'value="animals"' in page
