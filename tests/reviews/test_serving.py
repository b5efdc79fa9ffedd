"""Which works come to whom: interests, works given out beforehand, experts beside novices, calibration rounds, leases, closed
stages. Progress is what comes, counted another way, under any settings.
"""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from records import actions as found
from records.models import Work
from reviews import giving, leases, queries, rules
from reviews.models import (
    Adjudication,
    Assignment,
    Decision,
    Interest,
    Lease,
    Member,
    Outcome,
    Round,
    RoundWork,
    Stage,
    StageName,
)
from reviews.settling import InReviews
from tests import world as worlds

TITLE = StageName.TITLE_ABSTRACT
ALL = ["charlie", "delta", "echo", "foxtrot", "golf", "hotel"]


def setting(world, **values):
    """Settings of the stage, and every outcome worked out anew as the job would."""
    Stage.objects.filter(review=world.review, name=TITLE).update(**values)
    rules.work_out_anew(world.review.pk, world.people["ann"])
    worlds.read_all(world.library)


def comes(world, who, count=99):
    """All cards that wait for a member, in order."""
    member = Member.objects.select_related("review").get(pk=world.members[who].pk)
    works: list[Work] = []
    while more := queries.ahead(member=member, stage=TITLE, count=count, without={work.pk for work in works}):
        works += more
    first = queries.next_work(member=member, stage=TITLE)
    assert works[:1] == ([first] if first else [])
    far = queries.progress(member=member, stage=TITLE)
    assert far.left == len(works), "what is left is what comes"
    keys = set(Work.objects.filter(library=world.library).values_list("pk", flat=True))
    assert queries.still_open(member=member, stage=TITLE, works=keys) == {work.pk for work in works}
    names = {work.pk: name for name, work in world.works.items()}
    return [names[work.pk] for work in works]


def bar(world, who, *names):
    for name in names:
        work = world.works[name]
        Interest.objects.create(
            review=world.review, member=world.members[who], work=work, record_id=work.lead_id, origin="declared"
        )


def give(world, **given):
    """Works given out beforehand."""
    for who, names in given.items():
        for name in names:
            Assignment.objects.create(
                review=world.review, member=world.members[who], work=world.works[name], stage=TITLE
            )
    giving.placed(review_id=world.review.pk, stage=TITLE)
    setting(world, allocation="fixed")


def open_round(world, *names):
    made = Round.objects.create(
        review=world.review, stage=TITLE, number=1, how="chosen", criteria_version=0, by=world.people["ann"]
    )
    for order, name in enumerate(names, 1):
        work = world.works[name]
        RoundWork.objects.create(review=world.review, round=made, work=work, record_id=work.lead_id, order=order)
    setting(world, calibrating=made)
    return made


def experts(world, *names):
    for name in names:
        Member.objects.filter(pk=world.members[name].pk).update(experience="expert")
        world.members[name].experience = "expert"


# Interests


def test_a_member_is_not_asked_about_a_work_of_their_own_until_the_interest_is_lifted(world):
    bar(world, "bo", "delta", "charlie", "alpha")
    assert comes(world, "bo") == ["echo", "foxtrot", "golf", "hotel"]
    assert comes(world, "cy") == ALL
    Interest.objects.filter(work=world.works["delta"]).update(lifted_at=timezone.now())
    assert comes(world, "bo") == ["delta", "echo", "foxtrot", "golf", "hotel"]


# Works given out beforehand


def test_of_works_given_out_each_reads_their_own_by_rank(world):
    give(world, bo=["golf", "delta", "charlie", "alpha"], ann=["delta", "charlie"])
    assert comes(world, "bo") == ["charlie", "delta", "golf"], "no half-done work first: that would tell"
    assert (comes(world, "ann"), comes(world, "cy")) == (["delta"], [])
    world.decide("bo", "delta", "include")
    assert (comes(world, "bo"), comes(world, "ann")) == (["charlie", "golf"], ["delta"])
    world.decide("cy", "delta", "include")  # who was not given it may say so all the same
    assert comes(world, "ann") == []
    assert giving.differing(world.review.pk, TITLE) == 0


def test_who_was_given_a_work_is_given_the_one_that_it_was_joined_into_until_it_is_split(world):
    give(world, bo=["golf"], cy=["golf", "delta"])
    up = {"by": world.people["ann"], "library": world.library, "upstairs": InReviews()}
    golf = Work.objects.get(pk=world.works["golf"].pk)
    record = golf.lead
    found.join(into=Work.objects.get(pk=world.works["delta"].pk), others=[golf], **up)
    assert (comes(world, "bo"), comes(world, "cy")) == (["delta"], ["delta"])
    record.refresh_from_db()
    found.split(record=record, **up)
    assert (comes(world, "bo"), comes(world, "cy")) == (["golf"], ["delta", "golf"])
    assert giving.differing(world.review.pk, TITLE) == 0


# Experts beside novices


@pytest.mark.parametrize(
    ("needed", "who", "right"),
    [
        (2, "cy", ALL),  # the expert
        (2, "bo", ALL[1:]),  # ann, a novice, decided on charlie: the other place is an expert's
        (3, "bo", ALL),  # there is room for one more novice
        (1, "bo", []),  # the one place is an expert's
        (1, "cy", ["alpha", "bravo", *ALL]),
    ],
)
def test_the_last_open_place_is_kept_for_an_expert(world, needed, who, right):
    experts(world, "cy")
    setting(world, expert_with_novice=True, needed=needed)
    if needed == 2:
        assert (world.outcome("alpha"), world.outcome("bravo")) == ("awaiting_second", "awaiting_second")
        right = ["alpha", "bravo", *right] if who == "cy" else right
    if needed == 3 and who == "bo":
        assert "alpha" not in right
    assert comes(world, who) == right


def test_an_experts_decision_completes_what_novices_said(world):
    experts(world, "cy")
    setting(world, expert_with_novice=True)
    world.decide("cy", "alpha", "include")
    world.decide("cy", "bravo", "exclude")
    world.decide("cy", "delta", "include")
    assert (world.outcome("alpha"), world.outcome("bravo")) == ("included", "conflict")
    assert comes(world, "bo")[:1] == ["delta"], "beside an expert a novice may decide"


# Calibration rounds


def test_while_a_round_is_on_everybody_decides_on_its_works_in_its_order_whatever_others_said(world):
    made = open_round(world, "hotel", "bravo", "delta", "alpha")
    assert comes(world, "cy") == ["hotel", "bravo", "delta", "alpha"]
    assert comes(world, "bo") == ["hotel", "delta"], "the two others bo has decided on already"
    for who in ("ann", "bo"):
        assert world.decide(who, "delta", "include").round == made
    assert world.outcome("delta") == "included"
    assert comes(world, "cy") == ["hotel", "bravo", "delta", "alpha"]
    bar(world, "cy", "hotel")
    Adjudication.objects.create(
        review=world.review, work=world.works["bravo"], record_id=world.works["bravo"].lead_id, stage=TITLE,
        member=world.members["ann"], verdict="include", key=leases_key(1),
    )  # fmt: skip
    assert comes(world, "cy") == ["delta", "alpha"]
    far = queries.progress(member=world.members["bo"], stage=TITLE)
    assert (far.decided, far.left) == (3, 1), "of the round"


def leases_key(number):
    return f"6f9619ff-8b86-d011-b42d-00c04fc9{number:04d}"


def test_a_closed_round_serves_nobody_until_the_queue_is_released(world):
    made = open_round(world, "hotel")
    assert queries.waits(member=world.members["bo"], stage=TITLE) == ""
    Round.objects.filter(pk=made.pk).update(closed_at=timezone.now())
    assert comes(world, "bo") == []
    assert queries.waits(member=world.members["bo"], stage=TITLE) == "round-closed"
    setting(world, calibrating=None)
    assert comes(world, "bo") == ALL


def test_a_closed_stage_serves_nobody(world):
    rules.close_stage(member=world.members["ann"], stage=TITLE)
    assert comes(world, "bo") == []
    assert queries.waits(member=world.members["bo"], stage=TITLE) == "stage-closed"
    rules.open_stage(member=world.members["ann"], stage=TITLE)
    assert comes(world, "bo") == ALL


# Leases


def read(world, who, *names, ago=0):
    leases.keep(member=world.members[who], stage=TITLE, works=[world.works[name].pk for name in names])
    if ago:
        rows = Lease.objects.filter(member=world.members[who])
        rows.update(until=timezone.now() + leases.LASTS - timedelta(minutes=ago))


@pytest.mark.parametrize(
    ("needed", "reading", "right"),
    [
        (2, {"cy": ["charlie"]}, [*ALL[1:], "charlie"]),  # half done: one place, and cy is at it
        (2, {"cy": ["delta"]}, ALL),  # two places, one reader
        (2, {"cy": ["delta"], "ann": ["delta"]}, ["charlie", "echo", "foxtrot", "golf", "hotel", "delta"]),
        (2, {"ann": ["charlie"]}, ALL),  # who decided on it reads it no more
        (2, {"bo": ["charlie", "delta", "echo"]}, ALL),  # one's own stand in nobody's way
        (1, {"cy": ["delta"]}, ["echo", "foxtrot", "golf", "hotel", "delta"]),
    ],
)
def test_what_others_are_reading_comes_last_and_comes_all_the_same(world, needed, reading, right):
    setting(world, needed=needed)
    for who, names in reading.items():
        read(world, who, *names)
    assert comes(world, "bo") == right


def test_a_lease_lapses_after_ten_minutes_and_is_renewed_by_reading_on(world):
    read(world, "cy", "charlie", ago=11)
    assert comes(world, "bo") == ALL
    read(world, "cy", "charlie")
    assert comes(world, "bo") == [*ALL[1:], "charlie"]
    assert Lease.objects.count() == 1


def test_a_lease_refuses_no_decision_and_strange_works_are_passed_over(world, foreign):
    read(world, "cy", "charlie", "delta")
    strange = [foreign.works["golf"].pk, 10**12]
    leases.keep(member=world.members["cy"], stage=TITLE, works=strange)
    assert Lease.objects.count() == 2
    world.decide("bo", "charlie", "include")
    assert world.outcome("charlie") == "included"


def test_opening_the_page_leases_three_cards_and_a_press_the_next_ones(world, as_):
    client, place = as_(world, "bo"), f"/reviews/{world.review.pk}/screen/title-abstract/"
    events = world.library.history.count()
    client.get(place)

    def leased():
        rows = Lease.objects.filter(member=world.members["bo"]).order_by("pk")
        names = {work.pk: name for name, work in world.works.items()}
        return [names[each.work_id] for each in rows]

    assert leased() == ["charlie", "delta", "echo"]
    assert world.library.history.count() == events
    ahead = ",".join(str(world.works[name].pk) for name in ("delta", "echo", "foxtrot", "golf"))
    work = Work.objects.get(pk=world.works["charlie"].pk)
    press = {"work": work.pk, "revision": work.revision, "key": leases_key(2), "verdict": "include", "ahead": ahead}
    assert client.post(place, press, headers={"hx-request": "true"}).status_code == 200
    assert leased() == ["charlie", "delta", "echo", "foxtrot"]


# Nobody is stuck


def test_works_that_no_present_member_can_decide_on_are_stuck(world):
    def stuck():
        names = {work.pk: name for name, work in world.works.items()}
        return [names[row.work_id] for row in queries.stuck(review=world.review, stage=TITLE)]

    assert stuck() == []
    bar(world, "bo", "charlie", "delta")
    bar(world, "cy", "charlie", "delta")
    assert stuck() == ["charlie"], "ann decided on it; delta is still ann's to read"
    Member.objects.filter(pk=world.members["ann"].pk).update(until=timezone.localdate() - timedelta(days=1))
    assert stuck() == ["charlie", "delta"]
    Member.objects.filter(review=world.review, role__in=["reviewer", "adjudicator"]).update(removed_at=timezone.now())
    assert stuck() == ALL
    Member.objects.filter(review=world.review).update(removed_at=None, until=None)
    Interest.objects.all().delete()
    setting(world, expert_with_novice=True)
    assert stuck() == ["alpha", "bravo", "charlie"], "only an expert's place is left, and nobody is one"
    experts(world, "ann")
    setting(world)
    assert stuck() == []
    setting(world, expert_with_novice=False)
    give(world, bo=["delta"], cy=["echo"])
    assert stuck() == ["charlie", "foxtrot", "golf", "hotel"]


# Progress under any settings


def waits_for(world, member, stage):
    """Which works wait for a member, worked out by hand."""
    rows = {row.work_id: row for row in Outcome.objects.filter(review=world.review, stage=TITLE, aside=False)}
    current = list(Decision.objects.filter(review=world.review, stage=TITLE, current=True).select_related("member"))
    barred = set(Interest.objects.filter(member=member, lifted_at=None).values_list("work", flat=True))
    given = set(Assignment.objects.filter(member=member, stage=TITLE).values_list("work", flat=True))
    of_round = {each.work_id for each in RoundWork.objects.filter(round=stage.calibrating)}
    for pk, row in rows.items():
        said = [each for each in current if each.work_id == pk]
        if pk in barred or any(each.member_id == member.pk for each in said):
            continue
        if stage.calibrating:
            if pk in of_round:
                yield pk
            continue
        if row.state not in ("pending", "awaiting_second") or (stage.allocation == "fixed" and pk not in given):
            continue
        expert = any(each.member.experience == "expert" for each in said) or member.experience == "expert"
        kept = stage.expert_with_novice and not expert and len(said) >= stage.needed - 1
        if not kept or stage.allocation == "fixed":
            yield pk


@pytest.mark.parametrize("seed", range(8))
def test_progress_and_what_comes_are_what_a_count_by_hand_says(world, seed):
    dice = random.Random(seed)
    team = ("ann", "bo", "cy")
    if dice.random() < 0.5:
        experts(world, dice.choice(team))
    for who in team:
        bar(world, who, *dice.sample(ALL, dice.randint(0, 2)))
    settings = {"needed": dice.randint(1, 3), "expert_with_novice": dice.random() < 0.5}
    setting(world, one_include_is_enough=dice.random() < 0.3, **settings)
    if dice.random() < 0.5:
        give(world, **{who: dice.sample(ALL, dice.randint(0, 6)) for who in team})
    if dice.random() < 0.3:
        open_round(world, *dice.sample(ALL, 3))
    for _step in range(6):
        who = dice.choice(team)
        if names := comes(world, who):
            world.decide(who, dice.choice(names), dice.choice(["include", "exclude", "maybe"]))
        stage = Stage.objects.select_related("calibrating").get(review=world.review, name=TITLE)
        for each in team:
            member = Member.objects.get(pk=world.members[each].pk)
            names = {work.pk: name for name, work in world.works.items()}
            assert sorted(comes(world, each)) == sorted(names[pk] for pk in waits_for(world, member, stage)), each
    assert list(rules.changing(stage, stage.rule_in(world.review))) == []
    assert giving.differing(world.review.pk, TITLE) == 0
