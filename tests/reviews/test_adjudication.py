"""Rulings: they stand beside the decisions, which stay; whose conflict may be settled by whom; and the way back."""

import uuid

import pytest

from records import actions as found
from records.models import Work
from reviews import actions, counters
from reviews.models import Adjudication, Decision, Outcome, Report, StageName
from reviews.settling import InReviews
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


def rule(world, who="cy", work="bravo", verdict="include", **more):
    """A ruling on the card as it stands now."""
    one = Work.objects.get(pk=world.works[work].pk)
    given = {"stage": TITLE, "work_id": one.pk, "revision": one.revision, "key": uuid.uuid4(), "verdict": verdict}
    return actions.adjudicate(member=world.members[who], **{**given, **more})


def decisions(world):
    return list(Decision.objects.filter(review=world.review).order_by("pk").values())


def outcome(world, work="bravo", stage=TITLE):
    return Outcome.objects.get(review=world.review, work=world.works[work], stage=stage)


@pytest.mark.parametrize(("verdict", "state"), [("include", "included"), ("exclude", "excluded")])
def test_a_ruling_settles_the_conflict_and_the_decisions_stay_as_they_were(world, verdict, state):
    before = decisions(world)
    made = rule(world, verdict=verdict, note="see the protocol")
    assert world.outcome("bravo") == state
    assert decisions(world) == before
    assert (made.member, made.record_id, made.note) == (world.members["cy"], made.work.lead_id, "see the protocol")
    assert list(counters.differences(world.review.pk)) == []


def test_a_ruling_is_in_the_history(world):
    made = rule(world)
    event = world.library.history.order_by("-number").first()
    assert (event.by, event.verb, event.subject) == (world.people["cy"], "settled a conflict", f"work {made.work_id}")


def test_a_ruling_to_include_has_the_report_sought(world):
    assert not Report.objects.filter(review=world.review, work=world.works["bravo"]).exists()
    rule(world)
    assert Report.objects.get(review=world.review, work=world.works["bravo"]).retrieval == "awaited"


@pytest.mark.parametrize("work", ["alpha", "charlie", "delta"])  # included, awaiting second, pending
def test_where_there_is_no_conflict_there_is_nothing_to_settle(world, work):
    with pytest.raises(actions.NoConflict):
        rule(world, work=work)
    assert not Adjudication.objects.filter(review=world.review).exists()


def test_a_settled_conflict_is_none_any_more(world):
    rule(world)
    with pytest.raises(actions.NoConflict):
        rule(world, who="cy", verdict="exclude")


def test_nobody_settles_a_conflict_of_their_own(world):
    with pytest.raises(actions.OwnConflict):
        rule(world, who="ann")
    assert world.outcome("bravo") == "conflict"


def test_unless_the_review_allows_it(world):
    world.review.adjudicate_own = True
    world.review.save()
    world.members["ann"].refresh_from_db()
    assert rule(world, who="ann").member == world.members["ann"]
    assert world.outcome("bravo") == "included"


def test_the_same_press_sent_twice_is_one_ruling(world):
    key = uuid.uuid4()
    first = rule(world, key=key)
    assert rule(world, key=key, verdict="exclude") == first
    assert Adjudication.objects.get(review=world.review).verdict == "include"


def test_a_card_that_has_changed_since_is_refused(world):
    with pytest.raises(actions.CardChanged):
        rule(world, revision=99)
    assert world.outcome("bravo") == "conflict"


def test_a_foreign_work_is_not_there(world, foreign):
    with pytest.raises(Work.DoesNotExist):
        rule(world, work_id=foreign.works["golf"].pk)


def test_the_rulings_reason_counts_not_the_decisions(world):
    rule(world, verdict="exclude", reason=world.reason("setting"))
    assert outcome(world).reason == world.reason("setting")  # bo had said "population", the first in order


def test_a_ruling_to_exclude_without_a_reason_counts_none(world):
    rule(world, verdict="exclude")
    assert outcome(world).reason is None


def test_at_full_text_an_excluding_ruling_needs_its_reason(world):
    ann = world.members["ann"]
    actions.unblind(member=ann, stage=TITLE)
    report = Report.objects.get(review=world.review, work=world.works["alpha"])
    actions.set_retrieval(member=ann, report=report, retrieval="retrieved")
    world.decide("ann", "alpha", "include", stage=FULL)
    world.decide("bo", "alpha", "maybe", stage=FULL)
    with pytest.raises(actions.ReasonMissing):
        rule(world, work="alpha", stage=FULL, verdict="exclude")
    rule(world, work="alpha", stage=FULL, verdict="exclude", reason=world.reason("design"))
    assert outcome(world, "alpha", FULL).reason == world.reason("design")


# Afterwards


def test_a_changed_decision_after_a_ruling_is_refused_and_nothing_is_stored(world):
    rule(world, verdict="exclude")
    before = decisions(world)
    with pytest.raises(actions.CardChanged):
        world.decide("bo", "bravo", "include")
    with pytest.raises(actions.CardChanged):
        actions.undo(member=world.members["bo"], stage=TITLE)
    assert decisions(world) == before
    assert world.outcome("bravo") == "excluded"


def test_taken_back_the_conflict_is_open_again_and_members_may_change_their_minds(world):
    made = rule(world, verdict="exclude")
    assert actions.take_ruling_back(member=world.members["cy"], stage=TITLE) == made
    made.refresh_from_db()
    assert (made.current, made.undone_at is None, made.verdict) == (False, False, "exclude")
    assert (world.outcome("bravo"), outcome(world).reason) == ("conflict", None)
    world.decide("bo", "bravo", "include")
    assert world.outcome("bravo") == "included"
    assert list(counters.differences(world.review.pk)) == []


def test_rulings_are_taken_back_one_after_the_other_and_only_the_own_ones(world):
    world.decide("bo", "charlie", "exclude")
    rule(world, work="bravo")
    rule(world, work="charlie")
    with pytest.raises(actions.NotDecided):
        actions.take_ruling_back(member=world.members["ann"], stage=TITLE)
    taken = [actions.take_ruling_back(member=world.members["cy"], stage=TITLE).work_id for _ in range(2)]
    assert taken == [world.works["charlie"].pk, world.works["bravo"].pk]
    with pytest.raises(actions.NotDecided):
        actions.take_ruling_back(member=world.members["cy"], stage=TITLE)


def test_a_ruling_follows_its_record_into_a_join_and_out_again(world):
    made = rule(world, verdict="exclude")
    record = made.record
    into = Work.objects.get(pk=world.works["delta"].pk)
    found.join(by=world.people["ann"], library=world.library, into=into, others=[made.work], upstairs=InReviews())
    assert world.outcome("delta") == "excluded"
    found.split(by=world.people["ann"], library=world.library, record=record, upstairs=InReviews())
    record.refresh_from_db()
    assert Outcome.objects.get(work=record.work_id, stage=TITLE).state == "excluded"
    assert world.outcome("delta") == "pending"
    assert list(counters.differences(world.review.pk)) == []


def test_a_leavers_conflict_can_be_settled(world):
    world.members["bo"].removed_at = world.review.at
    world.members["bo"].save()
    assert rule(world).current
    assert world.outcome("bravo") == "included"


def test_the_owner_settles_only_where_the_review_says_so(world):
    from reviews.access import may

    assert "adjudicate" in may(world.members["ann"])
    world.members["ann"].review.owner_adjudicates = False
    assert "adjudicate" not in may(world.members["ann"])
    assert "adjudicate" in may(world.members["cy"])
    assert worlds.Member.objects.filter(review=world.review, role="owner").count() == 1
