"""The settings page: what an owner may change at any time, reasons and criteria, and the one-way door of unblinding."""

import re

import pytest

from reviews import actions
from reviews.models import ExclusionReason, Review, StageName
from tests import world as worlds


@pytest.fixture
def alone(db):
    return worlds.empty_world()


@pytest.fixture
def ann(alone, as_):
    return as_(alone, "ann")


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/settings/{rest}"


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def texts(world):
    return list(ExclusionReason.objects.filter(review=world.review).values_list("text", flat=True))


def now(world):
    return Review.objects.get(pk=world.review.pk)


# The review


def test_the_page_shows_what_is_set(ann, alone):
    page, text = ann.get(place(alone)).content.decode(), words(ann.get(place(alone)))
    assert 'value="Peer support"' in page
    assert "title and abstract 2 include hidden · Unblind… Change…" in text
    assert "full text 2 unresolved hidden · Unblind… Change…" in text
    assert "That somebody decided at all may show in which works are left and in what order" in text


def test_title_question_and_rules_are_saved_and_remembered(ann, alone):
    data = {"title": " New title ", "question": "What helps?", "adjudicate_own": "on"}
    answer = ann.post(place(alone), data, follow=True)
    assert "Settings saved." in words(answer)
    review = now(alone)
    assert (review.title, review.question) == ("New title", "What helps?")
    assert (review.owner_adjudicates, review.adjudicate_own) == (False, True)
    event = alone.library.history.order_by("-number").first()
    assert (event.verb, event.by) == ("changed settings", alone.people["ann"])


@pytest.mark.parametrize("title", ["", "  ", "x" * 501])
def test_a_review_keeps_its_title(ann, alone, title):
    answer = ann.post(place(alone), {"title": title, "question": "kept"})
    assert answer.status_code == 200
    assert "Something is missing or not right" in words(answer) and "kept" in words(answer)
    assert now(alone).title == "Peer support"


def test_what_the_form_does_not_name_is_ignored(ann, alone):
    ann.post(place(alone), {"title": "Peer support", "blinded_abstracts": "", "by": "2", "library": "7"})
    assert now(alone).blinded_abstracts


# Reasons


def test_a_reason_is_added_at_the_end(ann, alone):
    assert ann.post(place(alone, "reasons/"), {"text": "Not peer led"})["Location"] == place(alone)
    assert texts(alone)[-1] == "Not peer led"


def test_an_offered_reason_is_added_once_and_then_no_longer_offered(ann, alone):
    assert "Add “Language”" in words(ann.get(place(alone)))
    ann.post(place(alone, "reasons/"), {"offered": "language"})
    assert alone.reason("language").text == "Language"
    assert "Add “Language”" not in words(ann.get(place(alone)))


def test_a_reason_is_renamed_retired_and_brought_back(ann, alone):
    reason = alone.reason("design")
    ann.post(place(alone, "reasons/"), {"reason": reason.pk, "text": "Not qualitative", "retired": "on"})
    reason.refresh_from_db()
    assert (reason.text, reason.retired, reason.order) == ("Not qualitative", True, 3)
    assert "Bring back" in words(ann.get(place(alone)))
    ann.post(place(alone, "reasons/"), {"reason": reason.pk, "text": "Not qualitative"})
    reason.refresh_from_db()
    assert not reason.retired


def test_a_retired_reason_is_not_offered_at_screening(world, as_):
    client, reason = as_(world, "ann"), world.reason("design")
    screen = f"/reviews/{world.review.pk}/screen/title-abstract/"
    assert reason.text in words(as_(world, "bo").get(screen))
    client.post(place(world, "reasons/"), {"reason": reason.pk, "text": reason.text, "retired": "on"})
    assert reason.text not in words(as_(world, "bo").get(screen))


def test_an_empty_reason_is_refused_in_words(ann, alone):
    for data in ({}, {"text": " "}, {"text": "x" * 301}, {"reason": alone.reason("design").pk, "text": ""}):
        before = texts(alone)
        assert "Write the reason in a few words." in words(ann.post(place(alone, "reasons/"), data, follow=True))
        assert texts(alone) == before


def test_a_strange_or_foreign_reason_is_not_there(ann, alone, foreign):
    theirs = foreign.review.reasons.first()
    for number in ("x", "²", "9" * 30, "9" * 5000, theirs.pk):
        assert ann.post(place(alone, "reasons/"), {"reason": number, "text": "forged"}).status_code == 404, number
    assert "forged" not in texts(alone) + texts(foreign)


# Criteria


def test_criteria_are_lines_with_or_without_an_element_and_stand_beside_the_abstract(world, as_):
    text = "Sample: adults: with lived experience\n\n  any language \nTime:\r\nDesign: interviews"
    answer = as_(world, "ann").post(place(world, "criteria/"), {"criteria": text}, follow=True)
    assert "Criteria saved." in words(answer)
    rows = list(world.review.criteria.values_list("element", "text"))
    assert rows == [
        ("Sample", "adults: with lived experience"),
        ("", "any language"),
        ("", "Time:"),
        ("Design", "interviews"),
    ]
    assert "Sample: adults: with lived experience\nany language\nTime:\nDesign: interviews" in answer.content.decode()
    screen = words(as_(world, "bo").get(f"/reviews/{world.review.pk}/screen/title-abstract/"))
    assert "Criteria Sample adults: with lived experience" in screen


def test_criteria_that_are_too_long_are_refused_in_words_and_not_lost(ann, alone):
    answer = ann.post(place(alone, "criteria/"), {"criteria": "Sample: adults\n" + "x" * 20_000})
    assert answer.status_code == 200
    assert "Ensure this value has at most 20000 characters" in words(answer)
    assert "Sample: adults" in answer.content.decode()
    assert not alone.review.criteria.exists()


# Unblinding


@pytest.mark.parametrize("stage", StageName.values)
def test_unblinding_asks_first_and_opens_one_stage_for_good(world, as_, stage):
    client = as_(world, "ann")
    question = words(client.get(place(world, "unblind/"), {"stage": stage}))
    assert f"Unblind {StageName(stage).label}" in question and "It cannot be taken back" in question
    assert now(world).blinded(stage)
    answer = client.post(place(world, "unblind/"), {"stage": stage}, follow=True)
    assert "Unblinded." in words(answer)
    other = next(each for each in StageName.values if each != stage)
    assert (now(world).blinded(stage), now(world).blinded(other)) == (False, True)
    assert "open to those who screen" in words(client.get(place(world)))
    assert world.library.history.filter(verb="unblinded a stage", subject=stage).count() == 1


def test_unblinding_twice_is_once(world):
    for _ in range(2):
        actions.unblind(member=world.members["ann"], stage=StageName.FULL_TEXT)
    assert world.library.history.filter(verb="unblinded a stage").count() == 1


def test_another_stage_is_not_there(ann, alone):
    for data in ({"stage": "nonsense"}, {"stage": "\0"}):
        assert ann.get(place(alone, "unblind/"), data).status_code == 404
        assert ann.post(place(alone, "unblind/"), data).status_code == 404
    assert now(alone).blinded_abstracts and now(alone).blinded_full_texts


def test_hostile_words_stay_words(ann, alone):
    evil = '"><script>alert(1)</script>'
    ann.post(place(alone), {"title": evil, "question": evil})
    ann.post(place(alone, "reasons/"), {"text": evil})
    ann.post(place(alone, "criteria/"), {"criteria": f"{evil}: {evil}"})
    for rest in (place(alone), place(alone, "unblind/"), "/", f"/reviews/{alone.review.pk}/"):
        page = ann.get(rest).content.decode()
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page, rest
