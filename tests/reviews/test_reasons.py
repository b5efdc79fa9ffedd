"""Exclusion reasons in order: moved by buttons, merged and taken apart, added as presets; decisions keep what was given."""

import re

import pytest

from reviews import actions, flow, reasons, setup
from reviews.models import ExclusionReason, Outcome, Report, StageName
from tests import world as worlds

pytestmark = pytest.mark.django_db
TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


def order(world):
    return list(ExclusionReason.objects.filter(review=world.review).order_by("order").values_list("key", flat=True))


def place(world):
    return f"/reviews/{world.review.pk}/settings/reasons/"


def excluded(world, work, *keys, stage=TITLE):
    """Two members exclude a work for these reasons."""
    for who, key in zip(("ann", "bo"), keys, strict=True):
        world.decide(who, work, "exclude", stage=stage, reason=world.reason(key))


def counting(world, work, stage=TITLE):
    row = Outcome.objects.select_related("reason").get(review=world.review, work=world.works[work], stage=stage)
    return row.reason and row.reason.key


def press(world, as_, **data):
    answer = as_(world, "ann").post(place(world), data, follow=True)
    worlds.read_all(world.library)
    return answer


def test_a_reason_is_moved_by_buttons_and_not_beyond_the_ends(world, as_):
    press(world, as_, reason=world.reason("design").pk, text="as it was", move="up")
    assert order(world) == ["population", "design", "phenomenon", "setting"]
    press(world, as_, reason=world.reason("design").pk, text="", move="down")
    press(world, as_, reason=world.reason("population").pk, move="up")
    press(world, as_, reason=world.reason("setting").pk, move="down")
    assert order(world) == ["population", "phenomenon", "design", "setting"]
    assert world.reason("design").text == "Wrong study design"
    assert world.library.history.filter(verb="moved a reason").count() == 2


def test_another_order_makes_another_reason_count(world):
    excluded(world, "delta", "design", "setting")
    assert counting(world, "delta") == "design"
    reasons.move_reason(member=world.members["ann"], reason=world.reason("setting"), up=True)
    worlds.read_all(world.library)
    assert counting(world, "delta") == "setting"


def test_a_merged_reason_counts_as_its_target_and_decisions_keep_their_row(world, as_):
    excluded(world, "delta", "setting", "setting")
    press(world, as_, reason=world.reason("setting").pk, into=world.reason("population").pk)
    assert counting(world, "delta") == "population"
    given = world.works["delta"].decisions.values_list("reason__key", flat=True)
    assert set(given) == {"setting"}
    excluded(world, "echo", "setting", "design")  # decided afterwards, with a card shown before
    assert counting(world, "echo") == "population"


def test_a_merging_is_taken_apart_and_everything_is_as_before(world, as_):
    excluded(world, "delta", "setting", "setting")
    reason = world.reason("setting")
    press(world, as_, reason=reason.pk, into=world.reason("population").pk)
    press(world, as_, reason=reason.pk, unmerge="on")
    assert counting(world, "delta") == "setting"
    reason.refresh_from_db()
    assert (reason.merged_into, reason.retired) == (None, False)
    verbs = set(world.library.history.values_list("verb", flat=True))
    assert {"merged a reason into another", "took a merging of reasons apart"} <= verbs


def test_a_merged_reason_is_not_offered_and_not_brought_back_by_renaming(world, as_):
    reason = world.reason("setting")
    press(world, as_, reason=reason.pk, into=world.reason("population").pk)
    screen = as_(world, "bo").get(f"/reviews/{world.review.pk}/screen/title-abstract/").content.decode()
    assert reason.text not in screen
    press(world, as_, reason=reason.pk, text="Another setting")
    reason.refresh_from_db()
    assert (reason.text, reason.retired) == ("Another setting", True)


def test_reasons_are_merged_in_one_step_only(world, as_):
    one, two, three = (world.reason(key) for key in ("setting", "design", "population"))
    ann = world.members["ann"]
    reasons.merge_reason(member=ann, reason=one, into=two)
    for reason, into in ((two, three), (one, three), (three, one), (two, two)):
        with pytest.raises(reasons.NotMergeable):
            reasons.merge_reason(member=ann, reason=reason, into=into)
    assert "take those apart first" in press(world, as_, reason=two.pk, into=three.pk).content.decode()


def test_the_ruling_of_an_adjudicator_counts_as_the_target_too(world):
    actions.adjudicate(
        member=world.members["cy"], stage=TITLE, work_id=world.works["bravo"].pk, revision=1,
        key="6f9619ff-8b86-d011-b42d-00c04fc964ff", verdict="exclude", reason=world.reason("setting"),
    )  # fmt: skip
    reasons.merge_reason(member=world.members["ann"], reason=world.reason("setting"), into=world.reason("design"))
    worlds.read_all(world.library)
    assert counting(world, "bravo") == "design"


@pytest.mark.parametrize("blinded", [True, False])
def test_the_flow_counts_merged_reasons_as_one_for_blinded_members_too(world, blinded):
    actions.unblind(member=world.members["ann"], stage=TITLE)
    if not blinded:
        actions.unblind(member=world.members["ann"], stage=FULL)
    for name in ("alpha", "charlie"):
        world.decide("bo", name, "include")
        report = Report.objects.get(work=world.works[name])
        actions.set_retrieval(member=world.members["lib"], report=report, retrieval="retrieved")
    excluded(world, "alpha", "setting", "setting", stage=FULL)
    excluded(world, "charlie", "design", "design", stage=FULL)
    reasons.merge_reason(member=world.members["ann"], reason=world.reason("setting"), into=world.reason("design"))
    worlds.read_all(world.library)
    world.members["bo"].review.refresh_from_db()
    given = flow.gather(world.members["bo"]).databases.reasons
    assert [(each.name, each.number) for each in given] == [("Wrong study design", 2)]


def test_a_preset_adds_what_is_missing_at_the_end(world, as_):
    press(world, as_, preset="intervention")
    press(world, as_, preset="intervention")
    assert order(world) == ["population", "phenomenon", "design", "setting", "intervention", "comparison"]
    assert world.library.history.filter(verb="added a preset of reasons").count() == 1


@pytest.mark.parametrize("preset", list(reasons.PRESETS))
def test_every_preset_names_each_reason_once(preset):
    keys = [key for key, _text in reasons.PRESETS[preset][1]]
    assert len(keys) == len(set(keys)) > 2


@pytest.mark.parametrize("into", ["0", "x", "9" * 30])
def test_a_target_that_is_none_is_not_there(world, foreign, as_, into):
    reason = world.reason("setting")
    for other in (into, foreign.reason("design").pk):
        assert as_(world, "ann").post(place(world), {"reason": reason.pk, "into": other}).status_code == 404
    reason.refresh_from_db()
    assert reason.merged_into is None


def test_the_buttons_say_what_they_move(world, as_):
    page = as_(world, "ann").get(f"/reviews/{world.review.pk}/settings/").content.decode()
    assert len(re.findall(r'name="move" value="up" aria-label="Move up: Wrong', page)) == 4


def test_a_new_reason_comes_behind_a_moved_one(world):
    ann = world.members["ann"]
    reasons.move_reason(member=ann, reason=world.reason("setting"), up=True)
    setup.add_reason(member=ann, text="Not peer led", key="peer")
    assert order(world) == ["population", "phenomenon", "setting", "design", "peer"]
