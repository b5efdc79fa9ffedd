"""The protocol: its registration and dated amendments; and a review as the template of another."""

import re

import pytest

from records.models import Record
from reviews import copying, reasons, rules, setup
from reviews.models import Decision, HighlightList, Label, Member, Review, Stage, StageName

pytestmark = pytest.mark.django_db
REGISTERED = {
    "registered_in": "PROSPERO",
    "registered_as": "CRD42026000001",
    "registered_link": "https://example.org/CRD42026000001",
    "registered_on": "2026-02-03",
}


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def post(world, as_, rest, **data):
    return as_(world, "ann").post(f"/reviews/{world.review.pk}/settings/{rest}/", data, follow=True)


def verbs(world):
    return list(world.library.history.order_by("number").values_list("verb", flat=True))


def test_the_registration_stands_in_the_settings_and_in_the_history_once(world, as_):
    for _ in range(2):
        text = words(post(world, as_, "protocol", **REGISTERED))
    assert "Registered: PROSPERO CRD42026000001 · 3 February 2026" in text
    assert verbs(world).count("said where the protocol is registered") == 1


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "no link"])
def test_a_link_that_is_none_is_refused_and_the_rest_not_lost(world, as_, link):
    page = post(world, as_, "protocol", **{**REGISTERED, "registered_link": link}).content.decode()
    assert 'value="CRD42026000001"' in page
    world.review.refresh_from_db()
    assert world.review.registered_link == ""


def test_amendments_are_listed_by_date_with_what_and_why_and_by_whom(world, as_):
    post(world, as_, "protocol", on="2026-05-02", what="Adults only", why="Too few studies of children")
    text = words(post(world, as_, "protocol", on="2026-03-01", what="Also diaries", why="Asked by a peer"))
    first, second = text.index("1 March 2026 · Also diaries"), text.index("2 May 2026 · Adults only")
    assert first < second and "Why: Too few studies of children · Ann" in text
    assert verbs(world).count("amended the protocol") == 2


@pytest.mark.parametrize("lacking", ["on", "what", "why"])
def test_an_amendment_says_when_what_and_why(world, as_, lacking):
    data = {"on": "2026-05-02", "what": "Adults only", "why": "Few studies", lacking: ""}
    assert "This field is required" in words(post(world, as_, "protocol", **{"what": "", **data}))
    assert not world.review.amendments.exists()


# A review as a template


@pytest.fixture
def rich(world):
    """A review with everything that can be set up."""
    ann = world.members["ann"]
    setup.change_settings(member=ann, question="What helps?", hide_people=True, adjudicate_own=True)
    setup.set_criteria(member=ann, rows=[("Sample", "adults")], frame="spider")
    setup.add_reason(member=ann, text="Not peer led", key="peer")
    reasons.move_reason(member=ann, reason=world.reason("peer"), up=True)
    reasons.merge_reason(member=ann, reason=world.reason("setting"), into=world.reason("population"))
    rules.change_rule(member=ann, stage=StageName.TITLE_ABSTRACT, needed=3, maybe_with_maybe="conflict")
    HighlightList.objects.create(review=world.review, order=1, name="peer words", terms="peer*\nmutual")
    Label.objects.create(review=world.review, name="background", folded="background", shared=True)
    Label.objects.create(review=world.review, name="coined", folded="coined")
    return world


def test_a_copy_has_the_set_up_and_nothing_that_was_found_or_said(rich, as_):
    answer = post(rich, as_, "copy", title="The update")
    new = Review.objects.get(title="The update")
    assert answer.redirect_chain[-1][0] == f"/reviews/{new.pk}/settings/"
    assert (new.question, new.hide_people, new.adjudicate_own, new.frame) == ("What helps?", True, True, "spider")
    assert list(new.criteria.values_list("element", "text")) == [("Sample", "adults")]
    assert list(new.reasons.values_list("key", flat=True)) == ["population", "phenomenon", "design", "peer"]
    rule = Stage.objects.get(review=new, name=StageName.TITLE_ABSTRACT)
    assert (rule.needed, rule.maybe_with_maybe, rule.pending) == (3, "conflict", 0)
    assert list(new.highlight_lists.values_list("name", "terms")) == [("peer words", "peer*\nmutual")]
    assert list(new.labels.values_list("name", flat=True)) == ["background"]
    assert [member.user for member in Member.objects.filter(review=new)] == [rich.people["ann"]]
    assert not Record.objects.filter(library=new.pk).exists() and not Decision.objects.filter(review=new).exists()
    assert new.blinded_abstracts and new.blinded_full_texts and new.criteria_version == 1


def test_the_template_stays_as_it_was_and_remembers_the_copy(rich):
    before = list(rich.review.reasons.values()), list(rich.review.stages.values()), rich.review.labels.count()
    new = copying.copy_review(member=rich.members["ann"], title="The update")
    assert (list(rich.review.reasons.values()), list(rich.review.stages.values()), rich.review.labels.count()) == before
    assert verbs(rich)[-1] == "copied the review as a template"
    assert new.library.history.order_by("-number").first().verb == "copied the set-up of another review"


def test_a_copy_needs_a_title(rich, as_):
    assert "This field is required" in words(post(rich, as_, "copy", title=" "))
    assert Review.objects.count() == 1
