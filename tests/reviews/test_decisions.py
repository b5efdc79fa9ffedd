"""Decisions: what a press stores, what is refused, what is taken back; and that the database itself holds the promises."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from records import actions as found
from records.models import Work
from reviews import actions, counters, rules, setup
from reviews.models import (
    Adjudication,
    Bulk,
    BulkWork,
    Decision,
    Ended,
    ExclusionReason,
    Interest,
    Invitation,
    Later,
    Member,
    Message,
    Note,
    Outcome,
    Report,
    Retrieval,
    Round,
    RoundWork,
    SendingBack,
    Stage,
    StageName,
)
from reviews.settling import InReviews, settle
from tests import world as worlds

TITLE, FULL = StageName.TITLE_ABSTRACT, StageName.FULL_TEXT


def card(world, work, **more):
    """What the page sends of a card as it stands now."""
    one = Work.objects.get(pk=world.works[work].pk)
    return {"stage": TITLE, "work_id": one.pk, "revision": one.revision, "key": uuid.uuid4(), **more}


def stored(world):
    """All that a refused press must leave as it was."""
    head = world.library.history_head
    head.refresh_from_db()
    rows = Decision.objects.filter(review=world.review).order_by("pk").values_list("pk", "current", "undone_at")
    return list(rows), list(Outcome.objects.filter(review=world.review).order_by("pk").values()), head.length


def current(world, who, work, stage=TITLE):
    return list(world.members[who].decisions.filter(work=world.works[work], stage=stage, current=True))


@pytest.fixture
def at_full_text(world):
    """Alpha's report is here; title and abstract is unblinded."""
    actions.unblind(member=world.members["ann"], stage=TITLE)
    report = Report.objects.get(review=world.review, work=world.works["alpha"])
    actions.set_retrieval(member=world.members["ann"], report=report, retrieval=Retrieval.RETRIEVED)
    return world


# Deciding


def test_a_decision_names_member_work_record_stage_verdict_and_reason(world):
    made = world.decide("bo", "delta", "exclude", reason=world.reason("setting"))
    assert (made.member, made.work, made.record_id) == (world.members["bo"], made.work, made.work.lead_id)
    assert (made.stage, made.verdict, made.reason, made.current) == (TITLE, "exclude", world.reason("setting"), True)


def test_a_decision_is_in_the_history_with_who_and_what(world):
    made = world.decide("bo", "delta", "maybe")
    event = world.library.history.order_by("-number").first()
    assert (event.by, event.verb, event.subject) == (world.people["bo"], "decided", f"work {made.work_id}")
    assert event.detail == {"stage": TITLE, "verdict": "maybe", "reason": None, "decision": made.pk}


@pytest.mark.parametrize(
    ("ann", "bo", "right"),
    [
        ("include", "include", "included"),
        ("include", "maybe", "included"),
        ("maybe", "maybe", "included"),
        ("include", "exclude", "conflict"),
        ("maybe", "exclude", "conflict"),
        ("exclude", "exclude", "excluded"),
    ],
)
def test_the_outcome_follows_in_the_same_act_and_the_counters_too(world, ann, bo, right):
    world.decide("ann", "delta", ann)
    assert world.outcome("delta") == "awaiting_second"
    world.decide("bo", "delta", bo)
    assert world.outcome("delta") == right
    assert list(counters.differences(world.review.pk)) == []


def test_of_two_reasons_the_first_in_the_protocols_order_counts(world):
    world.decide("ann", "delta", "exclude", reason=world.reason("setting"))
    world.decide("bo", "delta", "exclude", reason=world.reason("phenomenon"))
    assert Outcome.objects.get(review=world.review, work=world.works["delta"]).reason == world.reason("phenomenon")


def test_a_change_of_mind_is_appended_and_the_earlier_decision_stays(world):
    first = world.decide("bo", "delta", "include")
    second = world.decide("bo", "delta", "exclude")
    first.refresh_from_db()
    assert (first.verdict, first.current) == ("include", False)
    assert current(world, "bo", "delta") == [second]


def test_a_change_of_mind_can_settle_a_conflict(world):
    assert world.outcome("bravo") == "conflict"
    world.decide("bo", "bravo", "include")
    assert world.outcome("bravo") == "included"
    assert Outcome.objects.get(review=world.review, work=world.works["bravo"]).reason is None


def test_the_same_press_sent_twice_is_one_decision(world):
    press = card(world, "delta", verdict="include")
    first = actions.decide(member=world.members["bo"], **press)
    before = stored(world)
    assert actions.decide(member=world.members["bo"], **press) == first
    assert actions.decide(member=world.members["bo"], **{**press, "verdict": "exclude"}).verdict == "include"
    assert stored(world) == before


def test_the_same_key_of_two_members_is_two_decisions(world):
    press = card(world, "delta", verdict="include")
    assert actions.decide(member=world.members["ann"], **press) != actions.decide(member=world.members["bo"], **press)


def test_a_card_that_has_changed_since_is_refused_and_nothing_is_stored(world):
    press = card(world, "delta", verdict="include")
    worlds.import_text(world.review, world.people["ann"], worlds.ris("delta"), source="Found again")
    before = stored(world)
    with pytest.raises(actions.CardChanged):
        actions.decide(member=world.members["bo"], **press)
    assert stored(world) == before


def test_another_members_decision_does_not_change_the_card(world):
    press = card(world, "delta", verdict="include")
    world.decide("ann", "delta", "exclude")
    assert actions.decide(member=world.members["bo"], **press).current


def test_a_foreign_work_is_not_there(world, foreign):
    work = foreign.works["golf"]
    before = stored(foreign)
    with pytest.raises(Work.DoesNotExist):
        actions.decide(
            member=world.members["bo"], stage=TITLE, work_id=work.pk, revision=1, key=uuid.uuid4(), verdict="include"
        )
    assert stored(foreign) == before


def test_a_work_cannot_be_decided_at_a_stage_that_it_has_not_reached(world):
    with pytest.raises(actions.CardChanged):
        world.decide("bo", "delta", "include", stage=FULL)


# Full text


def test_at_full_text_an_exclusion_needs_its_reason_and_nothing_is_stored_without(at_full_text):
    world = at_full_text
    before = stored(world)
    with pytest.raises(actions.ReasonMissing):
        world.decide("bo", "alpha", "exclude", stage=FULL)
    assert stored(world) == before
    world.decide("bo", "alpha", "exclude", stage=FULL, reason=world.reason("design"))
    assert world.outcome("alpha", FULL) == "awaiting_second"


def test_at_full_text_a_maybe_stays_unresolved(at_full_text):
    for who in ("ann", "bo"):
        at_full_text.decide(who, "alpha", "maybe", stage=FULL)
    assert at_full_text.outcome("alpha", FULL) == "conflict"


def test_the_stages_do_not_touch_each_other(at_full_text):
    world = at_full_text
    world.decide("bo", "alpha", "exclude", stage=FULL, reason=world.reason("design"))
    assert (len(current(world, "bo", "alpha")), len(current(world, "bo", "alpha", FULL))) == (1, 1)
    actions.undo(member=world.members["bo"], stage=FULL)
    assert world.outcome("alpha") == "included"
    assert (len(current(world, "bo", "alpha")), len(current(world, "bo", "alpha", FULL))) == (1, 0)


# Taking back


def test_undo_goes_back_step_by_step_through_the_own_decisions_only(world):
    for work in ("delta", "echo", "foxtrot"):
        world.decide("bo", work, "include")
        world.decide("ann", work, "include")
    taken = [actions.undo(member=world.members["bo"], stage=TITLE).work_id for _ in range(5)]
    assert taken == [world.works[work].pk for work in ("foxtrot", "echo", "delta", "bravo", "alpha")]
    with pytest.raises(actions.NotDecided):
        actions.undo(member=world.members["bo"], stage=TITLE)
    assert {world.outcome(work) for work in ("delta", "echo", "foxtrot")} == {"awaiting_second"}
    assert list(counters.differences(world.review.pk)) == []


def test_what_is_taken_back_stays_in_the_table_and_the_history_only_grows(world):
    made = world.decide("bo", "delta", "include")
    events = world.library.history.count()
    actions.undo(member=world.members["bo"], stage=TITLE)
    made.refresh_from_db()
    assert (made.verdict, made.current, made.undone_at is None) == ("include", False, False)
    assert world.library.history.count() == events + 1


def test_after_undo_the_work_can_be_decided_again(world):
    world.decide("bo", "delta", "include")
    actions.undo(member=world.members["bo"], stage=TITLE)
    world.decide("bo", "delta", "exclude")
    assert [each.verdict for each in current(world, "bo", "delta")] == ["exclude"]


def test_undo_gives_back_the_decision_that_was_made_on_another_record_of_the_work(world):
    """A split would give it back too, and so would the next join; undo must not wait for them."""
    world.decide("bo", "golf", "exclude")
    delta, golf = (Work.objects.get(pk=world.works[name].pk) for name in ("delta", "golf"))
    found.join(by=world.people["ann"], library=world.library, into=delta, others=[golf], upstairs=InReviews())
    world.decide("bo", "delta", "include")
    actions.undo(member=world.members["bo"], stage=TITLE)
    assert [each.verdict for each in current(world, "bo", "delta")] == ["exclude"]
    assert world.outcome("delta") == "awaiting_second"
    worlds.import_text(world.review, world.people["ann"], worlds.ris("delta"), source="Found again")
    assert [each.verdict for each in current(world, "bo", "delta")] == ["exclude"]
    actions.undo(member=world.members["bo"], stage=TITLE)
    assert (current(world, "bo", "delta"), world.outcome("delta")) == ([], "pending")
    assert list(counters.differences(world.review.pk)) == []


# Later and notes


def test_putting_off_twice_is_once_and_deciding_ends_it(world):
    for _ in range(2):
        actions.put_off(member=world.members["bo"], stage=TITLE, work_id=world.works["delta"].pk)
    assert Later.objects.filter(member=world.members["bo"]).count() == 1
    world.decide("bo", "delta", "include")
    assert not Later.objects.filter(member=world.members["bo"]).exists()


def test_a_note_is_one_a_member_and_an_empty_one_takes_it_away(world):
    def notes():
        return list(
            Note.objects.filter(review=world.review).order_by("member").values_list("member__user__name", "text")
        )

    for who, text in (("ann", "ask"), ("bo", "see"), ("bo", "  see p. 4 \n")):
        actions.note(member=world.members[who], work_id=world.works["delta"].pk, text=text)
    assert notes() == [("Ann", "ask"), ("Bo", "see p. 4")]
    actions.note(member=world.members["bo"], work_id=world.works["delta"].pk, text=" ")
    assert notes() == [("Ann", "ask")]
    assert world.library.history.filter(verb="took a note away").count() == 1


# What the database itself refuses


def refused(name, make):
    """The database refuses a row, and says by which constraint."""
    with pytest.raises(IntegrityError) as said, transaction.atomic():
        make()
    words = str(said.value)
    assert name in words or "UNIQUE constraint failed" in words, words


def row(world, who="bo", work="delta", **more):
    one = world.works[work]
    given = {"member": world.members[who], "work": one, "record_id": one.lead_id, "stage": TITLE, "key": uuid.uuid4()}
    return {"review": world.review, "verdict": "include", **given, **more}


def test_one_current_decision_a_member_work_and_stage(world):
    Decision.objects.create(**row(world))
    refused("one_current_decision", lambda: Decision.objects.create(**row(world)))
    Decision.objects.create(**row(world, current=False))
    Decision.objects.create(**row(world, who="ann"))


def test_one_decision_a_key(world):
    key = uuid.uuid4()
    Decision.objects.create(**row(world, key=key))
    refused("one_decision_per_key", lambda: Decision.objects.create(**row(world, work="echo", key=key)))


@pytest.mark.parametrize("verdict", ["include", "maybe"])
def test_only_exclusions_have_a_reason(world, verdict):
    more = {"verdict": verdict, "reason": world.reason("design")}
    refused("only_exclusions_have_a_reason", lambda: Decision.objects.create(**row(world, **more)))


def test_a_full_text_exclusion_has_a_reason(world):
    more = {"stage": FULL, "verdict": "exclude"}
    refused("full_text_exclusion_has_a_reason", lambda: Decision.objects.create(**row(world, **more)))


def test_what_was_undone_is_not_current(world):
    more = {"undone_at": world.review.at}
    refused("undone_is_not_current", lambda: Decision.objects.create(**row(world, **more)))


def test_one_current_ruling_a_work_and_stage(world):
    Adjudication.objects.create(**row(world, who="cy"))
    refused("one_current_adjudication", lambda: Adjudication.objects.create(**row(world, who="ann")))


def test_one_ruling_a_key(world):
    key = uuid.uuid4()
    Adjudication.objects.create(**row(world, who="cy", key=key))
    more = row(world, who="cy", work="echo", key=key)
    refused("one_adjudication_per_key", lambda: Adjudication.objects.create(**more))


def test_a_ruling_to_include_has_no_reason(world):
    more = {"reason": world.reason("design")}
    refused("adjudicated_inclusion_has_no_reason", lambda: Adjudication.objects.create(**row(world, **more)))


def test_one_outcome_a_work_and_stage(world):
    one = {"review": world.review, "work": world.works["delta"], "stage": TITLE, "rank": 1}
    refused("one_outcome_per_stage", lambda: Outcome.objects.create(**one))


def test_one_rule_a_stage(world):
    refused("one_rule_per_stage", lambda: Stage.objects.create(review=world.review, name=TITLE))


def test_one_membership_a_person(world):
    again = {"review": world.review, "user": world.people["bo"], "role": "owner"}
    refused("one_membership_per_person", lambda: Member.objects.create(**again))


def test_reasons_and_criteria_have_their_places(world):
    taken = {"review": world.review, "order": 1, "text": "twice"}
    refused("reasons_in_order", lambda: ExclusionReason.objects.create(**taken))
    setup.set_criteria(member=world.members["ann"], rows=[("Sample", "adults")])
    refused("criteria_in_order", lambda: world.review.criteria.create(order=1, element="", text="twice"))


def test_a_card_is_put_off_once(world):
    one = {"review": world.review, "member": world.members["bo"], "work": world.works["delta"], "stage": TITLE}
    Later.objects.create(**one)
    refused("put_off_once", lambda: Later.objects.create(**one))


def test_one_report_a_work(world):
    refused(
        "one_report_per_work",
        lambda: Report.objects.create(
            review=world.review, work=world.works["alpha"], record_id=world.works["alpha"].lead_id
        ),
    )


def test_one_invitation_a_token(world):
    one = Invitation.objects.filter(review=world.review).first()
    one.pk = None
    refused("token_hash", one.save)


def test_another_reviews_reason_is_refused_by_the_verb_itself(world, foreign):
    with pytest.raises(actions.ForeignReason):
        world.decide("bo", "delta", "exclude", reason=foreign.review.reasons.first())
    assert world.outcome("delta") == "pending"


# What refuses a decision, and its taking back


def _closed(world):
    rules.close_stage(member=world.members["ann"], stage=TITLE)


def _barred(world):
    one = {"work": world.works["delta"], "record_id": world.works["delta"].lead_id, "origin": "declared"}
    Interest.objects.create(review=world.review, member=world.members["bo"], **one)


def _round(world, name="delta", closed=False):
    made = Round.objects.create(
        review=world.review, stage=TITLE, number=1, how="chosen", criteria_version=0, by=world.people["ann"],
        closed_at=timezone.now() if closed else None,
    )  # fmt: skip
    one = {"work": world.works[name], "record_id": world.works[name].lead_id, "order": 1}
    RoundWork.objects.create(review=world.review, round=made, **one)
    Stage.objects.filter(review=world.review, name=TITLE).update(calibrating=made)


def _many(world, name="delta"):
    """An act on many works says that this one is excluded."""
    bulk = Bulk.objects.create(
        review=world.review, stage=TITLE, verdict="exclude", reason=world.reason("design"), how="filtered",
        key=uuid.uuid4(), by=world.people["ann"],
    )  # fmt: skip
    work = Work.objects.get(pk=world.works[name].pk)
    row = BulkWork.objects.create(review=world.review, bulk=bulk, work=work, record_id=work.lead_id, stage=TITLE)
    settle(review=world.review, work=work, stage=TITLE)
    return row


REFUSING = {
    "the stage is closed": _closed,
    "the member has an interest in it": _barred,
    "a round of other works is on": lambda world: _round(world, "echo"),
    "its round is closed and the queue not released": lambda world: _round(world, closed=True),
}


@pytest.mark.parametrize("why", REFUSING)
def test_a_decision_and_its_taking_back_are_refused_and_nothing_is_stored(world, why):
    world.decide("bo", "delta", "include")
    REFUSING[why](world)
    before = stored(world)
    with pytest.raises(actions.CardChanged):
        world.decide("bo", "delta", "exclude")
    with pytest.raises(actions.CardChanged):
        actions.undo(member=world.members["bo"], stage=TITLE)
    assert stored(world) == before


def test_what_an_act_on_many_works_settled_is_refused_until_it_is_taken_back(world):
    row = _many(world)
    outcome = Outcome.objects.get(review=world.review, work=world.works["delta"])
    assert (outcome.state, outcome.reason, outcome.decided) == ("excluded", world.reason("design"), 0)
    before = stored(world)
    with pytest.raises(actions.CardChanged):
        world.decide("bo", "delta", "include")
    assert stored(world) == before
    stage = Stage.objects.get(review=world.review, name=TITLE)
    assert list(rules.changing(stage, stage.rule_in(world.review))) == []
    BulkWork.objects.filter(pk=row.pk).update(current=False)
    assert [each.state for each in rules.changing(stage, stage.rule_in(world.review))] == ["pending"]
    world.decide("bo", "delta", "include")
    assert world.outcome("delta") == "awaiting_second"


def test_decisions_count_before_acts_on_many_works_and_a_ruling_before_both(world):
    _many(world, "charlie")
    assert world.outcome("charlie") == "awaiting_second", "ann decided on it"
    world.decide("bo", "charlie", "include")
    assert world.outcome("charlie") == "included"
    _many(world, "bravo")
    assert world.outcome("bravo") == "conflict"
    act = card(world, "bravo", verdict="include")
    actions.adjudicate(member=world.members["cy"], **act)
    assert world.outcome("bravo") == "included"


# What was ended stays ended, and all that hangs on a record follows it


def join_and_split(world, into, other):
    """Join two works and take them apart again; what stood in between."""
    up = {"by": world.people["ann"], "library": world.library, "upstairs": InReviews()}
    one, two = (Work.objects.get(pk=world.works[name].pk) for name in (into, other))
    record = two.lead
    found.join(into=one, others=[two], **up)
    yield
    record.refresh_from_db()
    found.split(record=record, **up)
    yield


@pytest.mark.parametrize("ended", Ended.values)
def test_no_join_no_split_and_no_undo_lets_an_ended_decision_count_again(world, ended):
    gone = world.decide("bo", "golf", "exclude")
    Decision.objects.filter(pk=gone.pk).update(current=False, ended=ended, ended_at=timezone.now())
    settle(review=world.review, work=Work.objects.get(pk=gone.work_id), stage=TITLE)
    for _moment in join_and_split(world, "delta", "golf"):
        assert (current(world, "bo", "delta"), current(world, "bo", "golf")) == ([], [])
    world.decide("bo", "golf", "include")
    actions.undo(member=world.members["bo"], stage=TITLE)
    gone.refresh_from_db()
    assert (gone.current, world.outcome("golf")) == (False, "pending")


def test_interests_rounds_messages_and_acts_on_many_works_follow_their_record(world):
    golf, bo = world.works["golf"], world.members["bo"]
    one = {"review": world.review, "work": golf, "record_id": golf.lead_id}
    _round(world, "golf")
    Interest.objects.create(member=bo, origin="declared", **one)
    Message.objects.create(stage=TITLE, member=bo, text="x", key=uuid.uuid4(), **one)
    SendingBack.objects.create(stage=TITLE, member=bo, key=uuid.uuid4(), **one)
    first = _many(world, "golf")
    second = _many(world, "delta")

    def stand():
        kinds = (RoundWork, Interest, Message, SendingBack, BulkWork)
        return {kind.objects.get(record=golf.lead_id).work_id for kind in kinds}

    moments = join_and_split(world, "delta", "golf")
    next(moments)
    assert stand() == {world.works["delta"].pk}
    assert list(BulkWork.objects.filter(current=True)) == [second], "of two the newest"
    assert world.outcome("delta") == "excluded"
    next(moments)
    record = Work.objects.get(records=golf.lead_id)
    assert stand() == {record.pk}
    assert set(BulkWork.objects.filter(current=True)) == {first, second}
    assert list(counters.differences(world.review.pk)) == []
