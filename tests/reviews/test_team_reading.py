"""Who reads what: works given out by shares, source or label; interests; deadlines and how far each is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from records import actions as found
from reviews import actions, allocation, deadlines, handing_out, interests, queries, rules, team
from reviews.allocation import Wish
from reviews.models import Assignment, Interest, Member, Role, Stage, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.reviews.test_team_page import place, words

pytestmark = pytest.mark.django_db
TITLE = StageName.TITLE_ABSTRACT


def work_off(world):
    worlds.read_all(world.library)


def deal(world, how="shares", **more):
    allocation.set_allocation(member=world.members["ann"], stage=TITLE, wish=Wish(how, **more))
    work_off(world)


def dealt(world):
    """For each work that waits, by name, who is to decide on it."""
    names = {work.pk: name for name, work in world.works.items()}
    rows = Assignment.objects.filter(review=world.review, stage=TITLE, open=True).order_by("pk")
    found: dict = {}
    for work, who in rows.values_list("work", "member__user__name"):
        found.setdefault(names.get(work, work), set()).add(who)
    return found


def loads(world):
    rows = Assignment.objects.filter(review=world.review, stage=TITLE, open=True).values_list(
        "member__user__name", flat=True
    )
    return {name: list(rows).count(name) for name in ("Ann", "Bo", "Cy")}


def member(world, who):
    return Member.objects.select_related("review", "user").get(pk=world.members[who].pk)


# Given out


def test_each_work_that_waits_is_given_to_as_many_as_it_needs(world):
    deal(world)
    given = dealt(world)
    assert set(given) == {"charlie", "delta", "echo", "foxtrot", "golf", "hotel"}  # the others are decided
    assert "Ann" not in given["charlie"] and len(given.pop("charlie")) == 1  # she has decided on it
    assert all(len(who) == 2 for who in given.values())
    assert max(loads(world).values()) - min(loads(world).values()) <= 1
    assert queries.stuck(review=world.review, stage=TITLE).count() == 0


def test_a_preview_is_what_comes_and_the_page_asks_before_it_acts(world, as_):
    client, ask = as_(world, "ann"), place(world, "allocation/title-abstract/")
    fields = {"how": "shares", **{f"share_{world.members[who].pk}": n for who, n in (("ann", 0), ("bo", 1), ("cy", 1))}}
    fields |= {f"experience_{world.members['cy'].pk}": "expert"}
    text = words(client.get(ask, fields))
    assert "6 works that wait for decisions are given out" in text and not Assignment.objects.exists()
    seen = allocation.preview(
        member=world.members["ann"], stage=TITLE,
        wish=Wish("shares", {world.members["ann"].pk: 0, world.members["bo"].pk: 1, world.members["cy"].pk: 1}),
    )  # fmt: skip
    client.post(ask, fields)
    work_off(world)
    assert loads(world) == {str(each): n for each, n in seen.loads}
    assert loads(world)["Ann"] == 0 and member(world, "cy").experience == "expert"
    assert "works are given out beforehand" in words(client.get(ask))


def test_a_share_that_is_none_is_refused_in_words(world, as_):
    ask = place(world, "allocation/title-abstract/")
    none = {f"share_{world.members[who].pk}": 0 for who in ("ann", "bo", "cy")}
    assert "Somebody needs a share" in words(as_(world, "ann").post(ask, {"how": "shares", **none}))
    assert as_(world, "ann").post(ask, {"how": "king"}).status_code == 200
    assert Stage.objects.get(review=world.review, name=TITLE).allocation == "shared"


def test_undo_brings_back_the_deal_before_and_then_the_shared_queue(world, as_):
    deal(world, shares={world.members["bo"].pk: 3})
    first = dealt(world)
    deal(world, shares={world.members["bo"].pk: 1})
    allocation.take_back(member=world.members["ann"], stage=TITLE)
    work_off(world)
    assert member(world, "bo").share == 3 and loads(world)["Bo"] == sum("Bo" in who for who in first.values())
    deal(world, "shared")
    assert not Assignment.objects.exists()
    as_(world, "ann").post(place(world, "allocation/title-abstract/"), {"back": "on"})
    work_off(world)
    assert Stage.objects.get(review=world.review, name=TITLE).allocation == "fixed" and dealt(world)


def test_works_of_a_source_go_to_those_named_for_it_and_later_imports_too(world):
    world.works["alpha"].refresh_from_db()
    source = world.works["delta"].records.first().search_id
    deal(world, "source", groups={str(source): [world.members["bo"].pk, world.members["cy"].pk]})
    assert all(who == {"Bo", "Cy"} for name, who in dealt(world).items() if name != "charlie")
    more = "".join(
        worlds.ris_entry("alpha", title=f"a fictional {n * 7919:x}", DO=f"10.5555/m{n}", SP="", VL="") for n in range(4)
    )
    worlds.import_text(world.review, world.people["ann"], more, source="Later Index")
    work_off(world)
    new = {name: who for name, who in dealt(world).items() if name not in world.works}
    assert len(new) == 4 and all(len(who) == 2 for who in new.values())
    assert set().union(*new.values()) == {"Ann", "Bo", "Cy"}  # nobody is named for that source


def test_works_with_a_label_go_to_those_named_for_it(world):
    for name in ("echo", "golf"):
        world.label("ann", name, "surgery")
    label = world.review.labels.get()
    deal(world, "label", groups={str(label.pk): [world.members["ann"].pk, world.members["cy"].pk]})
    assert dealt(world)["echo"] == dealt(world)["golf"] == {"Ann", "Cy"}


def test_an_expert_is_among_the_two(world):
    rules.change_rule(member=world.members["ann"], stage=TITLE, expert_with_novice=True)
    deal(world, experience={world.members["cy"].pk: "expert"})
    given = dealt(world)
    assert all("Cy" in who for name, who in given.items())
    assert world.outcome("alpha") == "awaiting_second"  # nobody said so of those who decided


def test_a_work_split_off_is_given_out_too(world):
    deal(world)
    record = world.works["alpha"].records.order_by("pk").last()
    found.split(by=world.people["ann"], library=world.library, record=record, upstairs=InReviews())
    work_off(world)
    record.refresh_from_db()
    assert Assignment.objects.filter(work=record.work_id, open=True).count() == 2
    assert queries.stuck(review=world.review, stage=TITLE).count() == 0


def test_the_job_may_run_again_and_changes_nothing(world):
    deal(world)
    before = dealt(world)
    handing_out.wanted(world.review.pk)
    work_off(world)
    assert dealt(world) == before


# Interests


def names(world, who, *names):
    interests.set_names(member=world.members[who], names=list(names))
    work_off(world)
    work_off(world)
    return set(Interest.objects.filter(member=world.members[who], lifted_at=None).values_list("work__title", flat=True))


def test_works_by_ones_names_are_found_and_given_to_others(world):
    deal(world)
    assert names(world, "bo", "Deltason, R.", "Golfson, Rae", "Somebody, Else") == {
        worlds.SUBJECTS[n] for n in ("delta", "golf")
    }
    given = dealt(world)
    assert given["delta"] == given["golf"] == {"Ann", "Cy"}
    assert names(world, "bo", "Golfson, Rae") == {worlds.SUBJECTS["golf"]}


def test_one_is_not_asked_about_an_own_work_in_the_shared_queue_either(world):
    names(world, "cy", "Deltason, Rae")
    shown = set()
    while work := queries.next_work(member=world.members["cy"], stage=TITLE):
        shown.add(work.pk)
        worlds.decide(world.members["cy"], work, "exclude")
    assert world.works["delta"].pk not in shown and world.works["echo"].pk in shown


def test_not_me_is_said_once_and_holds_for_later_records_of_the_work(world, as_):
    names(world, "bo", "Deltason, R.")
    client = as_(world, "bo")
    row = Interest.objects.get(member=world.members["bo"])
    assert "Not me" in words(client.get(place(world, "interests/")))
    client.post(place(world, "interests/"), {"lift": row.pk})
    worlds.import_text(world.review, world.people["ann"], worlds.ris("delta"), source="Fourth Index")
    assert not Interest.objects.filter(member=world.members["bo"], lifted_at=None).exists()
    client.post(place(world, "interests/"), {"again": row.pk})
    assert Interest.objects.filter(member=world.members["bo"], lifted_at=None).exists()


def test_new_works_are_looked_through_when_they_come_in(world):
    names(world, "bo", "Newcomer, Ann")
    assert not Interest.objects.exists()
    text = worlds.ris_entry(
        "alpha", title="Something else altogether, by a member", AU="Newcomer, A.", DO="10.5555/new", SP="", VL=""
    )
    worlds.import_text(world.review, world.people["ann"], text, source="Fifth Index")
    assert Interest.objects.get().work.title == "Something else altogether, by a member"


def test_an_interest_is_declared_on_the_works_page_and_taken_back(world, as_):
    client, at = as_(world, "bo"), f"/reviews/{world.review.pk}/works/{world.works['echo'].pk}/"
    client.post(at + "interest/", {"why": "my sister wrote it"})
    row = Interest.objects.get()
    assert (row.origin, row.why, row.by) == ("declared", "my sister wrote it", world.members["bo"])
    text = words(client.get(at))
    assert "You declared an interest" in text and "my sister wrote it" in text
    owner = words(as_(world, "ann").get(place(world, "interests/")))
    assert "my sister wrote it" in owner and "Bo (1 work)" in owner
    assert "my sister" not in words(as_(world, "cy").get(place(world, "interests/")))
    assert as_(world, "cy").post(place(world, "interests/"), {"lift": row.pk}).status_code == 403
    assert client.post(place(world, "interests/"), {"lift": row.pk, "here": "on"}).url == at
    assert Interest.objects.get().lifted_at
    event = world.library.history.order_by("-number").first()
    assert (event.verb, event.detail) == ("lifted an interest", {"whose": "Bo"})


def test_a_card_leads_to_the_page_where_it_is_said(world, as_):
    client = as_(world, "bo")
    assert (
        "I have an interest in this work"
        in client.get(f"/reviews/{world.review.pk}/screen/title-abstract/").content.decode()
    )
    answer = client.get(place(world, f"interests/?work={world.works['echo'].pk}"))
    assert answer.url == f"/reviews/{world.review.pk}/works/{world.works['echo'].pk}/#interest"


# Deadlines and how far each is


@pytest.mark.parametrize(("left", "days", "a_day"), [(212, 14, 16), (1, 14, 1), (14, 14, 1), (15, 14, 2), (9, 0, 9)])
def test_the_pace_until_a_deadline(left, days, a_day):
    assert deadlines.Due(TITLE, timezone.localdate(), left, days).a_day == a_day


def test_each_sees_the_own_pace_and_nobody_elses(world, as_):
    soon = timezone.localdate() + timedelta(1)
    form = {"due_title-abstract": soon.isoformat(), "due_full-text": ""}
    as_(world, "ann").post(place(world, "deadlines/"), form)
    for page in ("", "progress/"):
        assert "6 left, 2 days: 3 a day" in words(as_(world, "bo").get(f"/reviews/{world.review.pk}/{page}")), page
        assert "a day" not in words(as_(world, "obs").get(f"/reviews/{world.review.pk}/{page}")), page
    Stage.objects.filter(review=world.review, name=TITLE).update(due=timezone.localdate() - timedelta(1))
    assert "6 left; they were due on" in words(as_(world, "bo").get(f"/reviews/{world.review.pk}/"))
    assert "Enter a valid date" in words(
        as_(world, "ann").post(place(world, "deadlines/"), {"due_title-abstract": "soon"})
    )


def test_numbers_of_others_are_open_only_where_the_review_says_so_or_after_the_unblinding(world, as_):
    far = f"/reviews/{world.review.pk}/progress/"
    assert "How far each member is" not in words(as_(world, "bo").get(far))
    assert deadlines.how_far(member(world, "ann")) == []
    as_(world, "ann").post(place(world, "deadlines/"), {"progress_open": "on"})
    assert "How far each member is" in words(as_(world, "bo").get(far))
    assert {str(each): n for each, n in deadlines.how_far(member(world, "bo"))} == {
        "Ann": {TITLE: 3}, "Bo": {TITLE: 2}, "Cy": {TITLE: 0}
    }  # fmt: skip
    as_(world, "ann").post(place(world, "deadlines/"), {})
    assert deadlines.how_far(member(world, "ann")) == []
    actions.unblind(member=world.members["ann"], stage=TITLE)
    assert deadlines.how_far(member(world, "ann"))


def test_who_joins_later_is_given_what_is_missing(world):
    rules.change_rule(member=world.members["ann"], stage=TITLE, needed=4)
    deal(world)
    assert all(len(who) == 3 for name, who in dealt(world).items() if name not in ("alpha", "bravo", "charlie"))
    world.people["dee"] = worlds.person("dee")
    _invitation, token = team.invite(member=world.members["ann"], role=Role.REVIEWER)
    team.accept(user=world.people["dee"], token=token)
    work_off(world)
    assert all("Dee" in who for who in dealt(world).values())
