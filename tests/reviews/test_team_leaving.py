"""Who leaves, is replaced, voided, comes back, or is a guest: no work is left waiting for nobody, and every outcome is what
a recount says."""

import random
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from records import actions as found
from records.history import faults
from reviews import actions, allocation, counters, handing_out, interests, queries, rules, team, voiding
from reviews.allocation import Wish
from reviews.models import Adjudication, Assignment, Decision, Invitation, Member, Role, Stage, StageName
from reviews.settling import InReviews
from tests import world as worlds
from tests.reviews.test_team_page import change, place, words

pytestmark = pytest.mark.django_db
TITLE = StageName.TITLE_ABSTRACT


@pytest.fixture
def four(world):
    """Dee reviews too; nothing is given out."""
    world.people["dee"] = worlds.person("dee")
    world.members["dee"] = worlds.join_team(world.review, world.members["ann"], world.people["dee"], Role.REVIEWER)
    return world


def fresh(world, who):
    world.members[who] = Member.objects.select_related("review", "user").get(pk=world.members[who].pk)
    return world.members[who]


def work_off(world):
    for _again in range(2):  # a job may ask for another
        worlds.read_all(world.library)


def in_order(world):
    """Outcomes, counters and history are what a recount says."""
    for stage in Stage.objects.filter(review=world.review):
        assert list(rules.changing(stage, stage.rule_in(world.review))) == []
    assert list(counters.differences(world.review.pk)) == []
    assert list(faults(world.review.pk)) == []


def stuck(world):
    return queries.stuck(review=world.review, stage=TITLE).count()


def deal(world, how="shares", **more):
    allocation.set_allocation(member=world.members["ann"], stage=TITLE, wish=Wish(how, **more))
    work_off(world)


def given(world, who):
    rows = Assignment.objects.filter(review=world.review, member=world.members[who], stage=TITLE, open=True)
    return set(rows.values_list("work", flat=True))


def states(world):
    return {name: world.outcome(name) for name in worlds.NAMES}


# Leaving and coming back


def test_what_a_member_had_goes_to_others_and_comes_back(four):
    deal(four)
    before = given(four, "dee")
    assert before and stuck(four) == 0
    team.remove(member=four.members["ann"], of=four.members["dee"])
    work_off(four)
    assert given(four, "dee") == set() and stuck(four) == 0
    in_order(four)
    team.bring_back(member=four.members["ann"], of=fresh(four, "dee"))
    work_off(four)
    assert given(four, "dee") == before and stuck(four) == 0
    in_order(four)


def test_decisions_of_who_left_stay_and_count(four):
    four.decide("dee", "charlie", "include")
    before = states(four)
    team.remove(member=four.members["ann"], of=four.members["dee"])
    work_off(four)
    assert states(four) == before and before["charlie"] == "included"


def test_a_new_member_takes_the_place_with_role_share_and_works(four):
    deal(four, shares={four.members["dee"].pk: 3})
    before = given(four, "dee")
    _invitation, token = team.invite(member=four.members["ann"], role=Role.ADJUDICATOR, succeeds=fresh(four, "dee"))
    four.people["fay"] = worlds.person("fay")
    fay = four.members["fay"] = team.accept(user=four.people["fay"], token=token)
    work_off(four)
    assert (fay.role, fay.share, fay.succeeds_id) == (Role.ADJUDICATOR, 3, four.members["dee"].pk)
    assert fresh(four, "dee").removed_at and given(four, "fay") == before and stuck(four) == 0
    in_order(four)


def test_a_present_member_takes_over_what_he_has_not_read_yet(four):
    deal(four)
    theirs, own = given(four, "dee"), given(four, "cy")
    team.take_place(member=four.members["ann"], of=four.members["dee"], by=fresh(four, "cy"))
    work_off(four)
    assert given(four, "cy") >= (theirs | own) and fresh(four, "cy").share == 2
    assert fresh(four, "cy").role == Role.ADJUDICATOR and stuck(four) == 0
    team.bring_back(member=four.members["ann"], of=fresh(four, "dee"))
    work_off(four)
    assert (fresh(four, "cy").share, given(four, "dee")) == (1, theirs)


def test_a_role_that_does_not_decide_gives_its_works_away(four):
    deal(four)
    team.change_role(member=four.members["ann"], of=four.members["dee"], role=Role.OBSERVER)
    work_off(four)
    assert given(four, "dee") == set() and stuck(four) == 0


# The sole owner


def test_the_sole_owner_hands_over_and_leaves_in_one_act(world, as_):
    client = as_(world, "ann")
    page = words(client.get(place(world, f"{world.members['ann'].pk}/")))
    assert "Hand the review over" in page
    answer = change(client, world, "ann", to=world.members["bo"].pk, role="")
    assert answer.redirect_chain[-1][0] == "/" and client.get(place(world)).status_code == 404
    assert fresh(world, "bo").role == Role.OWNER and fresh(world, "ann").removed_at


def test_handing_over_one_stays_with_another_role(world, as_):
    answer = change(as_(world, "ann"), world, "ann", to=world.members["bo"].pk, role="reviewer")
    assert "The review is handed over to Bo." in words(answer)
    assert [fresh(world, who).role for who in ("ann", "bo")] == [Role.REVIEWER, Role.OWNER]


def test_the_sole_owner_is_no_guest_is_not_voided_and_is_replaced_by_an_owner_only(world):
    owner = world.members["ann"]
    with pytest.raises(team.LastOwner):
        team.set_guest(member=owner, of=owner, until=timezone.localdate())
    with pytest.raises(voiding.NotNow):
        voiding.void(member=owner, of=owner, rulings_too=False)
    with pytest.raises(team.LastOwner):
        team.invite(member=owner, role=Role.REVIEWER, succeeds=owner)
    team.take_place(member=owner, of=owner, by=fresh(world, "bo"))
    assert fresh(world, "bo").role == Role.OWNER and fresh(world, "ann").removed_at


# Guests


def test_a_guest_is_in_to_the_end_of_the_day_and_not_after(world, as_):
    today = timezone.localdate()
    for until, status in ((today, 200), (today - timedelta(1), 404), (today + timedelta(1), 200), (None, 200)):
        Member.objects.filter(pk=world.members["bo"].pk).update(until=until)
        for rest in ("", "screen/title-abstract/", "team/interests/"):
            assert as_(world, "bo").get(f"/reviews/{world.review.pk}/{rest}").status_code == status, (until, rest)
        listed = world.review.title in as_(world, "bo").get("/").content.decode()
        assert listed == (status == 200)


def test_a_guests_works_are_handed_on_after_the_end_and_come_back_when_it_is_put_off(four, as_):
    deal(four)
    before = given(four, "dee")
    yesterday = timezone.localdate() - timedelta(1)
    Member.objects.filter(pk=four.members["dee"].pk).update(until=yesterday)
    client = as_(four, "ann")
    text = words(client.get(place(four)))
    assert (
        handing_out.astray(four.review.pk) == len(before)
        and "guest, ended" in text
        and "Works wait for somebody who is not there" in text
    )
    client.post(place(four, "deadlines/"), {"hand": "on"})
    work_off(four)
    assert handing_out.astray(four.review.pk) == stuck(four) == 0 and "wait for somebody" not in words(
        client.get(place(four))
    )
    later = (timezone.localdate() + timedelta(9)).isoformat()
    change(client, four, "dee", guest="on", until=later)
    work_off(four)
    assert given(four, "dee") == before and "guest until" in words(client.get(place(four)))
    assert "This day is over." in words(change(client, four, "dee", guest="on", until=yesterday.isoformat()))


def test_an_invitation_makes_a_guest(world):
    until = timezone.localdate() + timedelta(3)
    _invitation, token = team.invite(member=world.members["ann"], role=Role.REVIEWER, until=until)
    assert team.accept(user=worlds.person("dee"), token=token).until == until
    _invitation, token = team.invite(
        member=world.members["ann"], role=Role.REVIEWER, until=timezone.localdate() - timedelta(1)
    )
    with pytest.raises(team.InvitationSpent):
        team.accept(user=worlds.person("fay"), token=token)


# Voiding


def void(world, who="bo", rulings=False):
    job = voiding.void(member=world.members["ann"], of=fresh(world, who), rulings_too=rulings)
    work_off(world)
    in_order(world)
    return job


def restore(world, who="bo"):
    voiding.restore(member=world.members["ann"], of=fresh(world, who))
    work_off(world)
    in_order(world)


def test_voided_decisions_count_no_more_and_all_come_back(world):
    before, kept = states(world), list(world.review.decisions.order_by("pk").values())
    void(world)
    assert states(world) == {**before, "alpha": "awaiting_second", "bravo": "awaiting_second"}
    assert stuck(world) == 0 and fresh(world, "bo").removed_at
    ended = Decision.objects.filter(member=world.members["bo"])
    assert {(each.current, each.ended, each.undone_at) for each in ended} == {(False, "voided", None)}
    restore(world)
    assert states(world) == before and list(world.review.decisions.order_by("pk").values()) == kept
    assert not fresh(world, "bo").removed_at and not fresh(world, "bo").voided_at


def test_who_had_left_before_stays_away_when_the_voiding_is_taken_back(world):
    team.remove(member=world.members["ann"], of=world.members["bo"])
    void(world)
    restore(world)
    assert fresh(world, "bo").removed_at and world.outcome("alpha") == "included"


def test_what_was_decided_anew_since_stays(world):
    void(world)
    _invitation, token = team.invite(member=world.members["ann"], role=Role.REVIEWER)
    world.members["bo"] = team.accept(user=world.people["bo"], token=token)
    world.decide("bo", "alpha", "exclude")
    restore(world)
    assert (world.outcome("alpha"), world.outcome("bravo")) == ("conflict", "conflict")
    rows = Decision.objects.filter(member=world.members["bo"], work=world.works["alpha"]).order_by("pk")
    assert [(each.verdict, each.current, each.ended) for each in rows] == [
        ("include", False, "voided"),
        ("exclude", True, ""),
    ]


@pytest.mark.parametrize("too", [False, True])
def test_settled_conflicts_stay_or_are_opened_as_was_chosen(world, too):
    row = world.works["bravo"]
    actions.adjudicate(
        member=world.members["cy"], stage=TITLE, work_id=row.pk, revision=row.revision,
        key="6f9619ff-8b86-d011-b42d-00c04fc964ff", verdict="include",
    )  # fmt: skip
    assert [each.work_id for each in voiding.rulings(world.members["ann"], world.members["cy"])] == [row.pk]
    void(world, "cy", rulings=too)
    assert world.outcome("bravo") == ("conflict" if too else "included")
    restore(world, "cy")
    assert world.outcome("bravo") == "included" and Adjudication.objects.get().current


def test_a_join_does_not_bring_a_voided_decision_back(world):
    void(world)
    into, other = world.works["alpha"], world.works["delta"]
    found.join(by=world.people["ann"], library=world.library, into=into, others=[other], upstairs=InReviews())
    assert not Decision.objects.filter(member=world.members["bo"], current=True).exists()
    in_order(world)


def test_the_page_asks_in_numbers_and_tells_a_blinded_owner_no_outcome(world, as_):
    client, at = as_(world, "ann"), place(world, f"{world.members['bo'].pk}/void/")
    text = words(client.get(at))
    assert "2 decisions would stop counting" in text and "it would tell what others decided" in text
    actions.unblind(member=world.members["ann"], stage=TITLE)
    text = words(client.get(at))
    assert "2 works change their outcome" in text and "1: conflict → awaiting second" in text
    assert "1: included → awaiting second" in text
    assert "no longer count" in words(client.post(at, follow=True))
    work_off(world)
    assert "let the decisions count again" in words(client.get(at)).lower()
    client.post(at, {"back": "on"})
    work_off(world)
    assert world.outcome("alpha") == "included"
    in_order(world)


def test_a_blinded_owners_pages_are_the_same_bytes_whatever_others_said(four, as_):
    deal(four)
    client, seen = as_(four, "ann"), set()
    pages = [
        place(four), place(four, f"{four.members['bo'].pk}/"), place(four, f"{four.members['bo'].pk}/void/"),
        place(four, "allocation/title-abstract/?how=shares"), place(four, "interests/"),
        f"/reviews/{four.review.pk}/progress/",
    ]  # fmt: skip
    four.review.progress_open, four.review.owner_adjudicates = True, False
    four.review.save()
    for verdict in ("include", "exclude", "maybe"):
        for name in ("charlie", "delta"):
            four.decide("bo", name, verdict)
        whole = "".join(client.get(page).content.decode() for page in pages)
        seen.add(re.sub(r'csrfmiddlewaretoken" value="[^"]+"|x-csrftoken": "[^"]+"', "", whole))
    assert len(seen) == 1


# Any order of it


def not_stuck(world):
    """Every work that waits is given to as many as it still needs, as far as there is anybody who may decide on it."""
    stage = Stage.objects.get(review=world.review, name=TITLE)
    now, team_now = handing_out.standing(stage), {hand.key for hand in handing_out.hands(world.review.pk)}
    for work in now.works:
        held = {each.member for each in now.held[work]}
        assert held <= team_now - now.decided[work] - now.barred[work]
        could = team_now - now.decided[work] - now.barred[work]
        assert len(held) >= min(len(could), stage.rule.needed - len(now.decided[work])), work


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_in_a_team_no_work_is_stuck_and_all_is_as_a_recount_says(four, seed):
    chance, owner = random.Random(seed), four.members["ann"]
    deal(four, shares={four.members["dee"].pk: 2})
    for _step in range(9):
        who = chance.choice(["bo", "cy", "dee"])
        of, there = fresh(four, who), fresh(four, who).removed_at is None
        others = [fresh(four, name) for name in ("bo", "cy", "dee") if name != who]
        here = [each for each in others if each.removed_at is None]
        act = chance.choice(["decide", "leave", "void", "replace", "interest", "role"])
        if act == "decide" and there and (work := queries.next_work(member=of, stage=TITLE)):
            worlds.decide(of, work, chance.choice(["include", "exclude"]))
        elif act == "leave":
            if of.voided_at:
                voiding.restore(member=owner, of=of)
            else:
                (team.remove if there else team.bring_back)(member=owner, of=of)
        elif act == "void":
            if of.voided_at:
                voiding.restore(member=owner, of=of)
            else:
                voiding.void(member=owner, of=of, rulings_too=bool(chance.getrandbits(1)))
        elif act == "replace" and there and here:
            team.take_place(member=owner, of=of, by=chance.choice(here))
        elif act == "interest" and there:
            interests.declare(member=of, work_id=four.works[chance.choice(worlds.NAMES)].pk, why="")
        elif act == "role" and there:
            team.change_role(member=owner, of=of, role=chance.choice([Role.OBSERVER, Role.REVIEWER]))
        work_off(four)
        not_stuck(four)
        in_order(four)


# Letters


def test_without_mail_the_link_is_shown_to_copy_and_the_page_says_so(world, as_, settings):
    settings.MAIL_WORKS = False
    text = words(as_(world, "ann").post(place(world), {"role": "reviewer", "email": "fay@example.org"}))
    assert "This site sends no mail: copy the link and send it yourself." in text and mail.outbox == []


def test_each_of_several_addresses_gets_a_letter_with_its_own_link(world, as_, settings, caplog):
    settings.MAIL_WORKS = True
    answer = as_(world, "ann").post(
        place(world), {"role": "observer", "email": "fay@example.org, Gus@example.org\nfay@example.org"}
    )
    links = re.findall(r'readonly value="(http://testserver/invitations/[\w-]+/)"', answer.content.decode())
    assert len(set(links)) == len(links) == len(mail.outbox) == 2 and words(answer).count("sent by mail") == 2
    assert [letter.to for letter in mail.outbox] == [["fay@example.org"], ["gus@example.org"]]
    assert all(link in letter.body for link, letter in zip(links, mail.outbox, strict=True))
    assert "@" not in caplog.text


def test_a_letter_that_does_not_go_out_is_said_and_logged_without_the_address(
    world, as_, settings, monkeypatch, caplog
):
    settings.MAIL_WORKS = True

    def fails(*_args, **_more):
        raise OSError("fay@example.org refused")

    monkeypatch.setattr("reviews.letters.send_mail", fails)
    text = words(as_(world, "ann").post(place(world), {"role": "observer", "email": "fay@example.org"}))
    assert "the mail did not go out: copy the link" in text
    assert "could not be sent: OSError" in caplog.text and "fay" not in caplog.text


def test_only_one_can_take_a_place(world, as_):
    data = {"role": "reviewer", "email": "a@example.org b@example.org", "succeeds": world.members["bo"].pk}
    assert "Only one person can take a member" in words(as_(world, "ann").post(place(world), data))
    one = {"role": "reviewer", "succeeds": world.members["ann"].pk}
    assert "Only an owner can take the place" in words(as_(world, "ann").post(place(world), one))
    assert not Invitation.objects.filter(review=world.review, used_at=None).exists()
