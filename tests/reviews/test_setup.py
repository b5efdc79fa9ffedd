"""Setting up: a review from a title, its reasons and criteria, the team by copied links, and who can never leave."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from reviews import queries, setup, team
from reviews.models import ExclusionReason, Invitation, Member, Role, Stage, StageName
from tests import world as worlds

pytestmark = pytest.mark.django_db
HTMX = {"hx-request": "true"}


@pytest.fixture
def alone():
    """A review that ann just set up."""
    return worlds.empty_world()


def add(world, name, role=Role.REVIEWER):
    world.people[name] = worlds.person(name)
    world.members[name] = worlds.join_team(world.review, world.members["ann"], world.people[name], role)
    return world.members[name]


def invited(world, role=Role.REVIEWER, email=""):
    """An invitation and the path of its link."""
    invitation, token = team.invite(member=world.members["ann"], role=role, email=email)
    return invitation, token, f"/invitations/{token}/"


def texts(world, **conditions):
    return list(ExclusionReason.objects.filter(review=world.review, **conditions).values_list("order", "text"))


# A new review


def test_a_review_with_a_title_only_works_at_once(alone):
    review = alone.review
    assert (review.title, review.question, review.pk) == ("Peer support", "", review.library.pk)
    assert review.blinded_abstracts and review.blinded_full_texts
    assert Member.objects.get(review=review).role == Role.OWNER
    worlds.import_text(review, alone.people["ann"], worlds.ris("alpha"))
    work = queries.next_work(member=alone.members["ann"], stage=StageName.TITLE_ABSTRACT)
    assert worlds.decide(alone.members["ann"], work, "include").current


def test_two_decisions_a_work_are_preset_and_a_maybe_goes_on_at_abstracts_only(alone):
    rules = Stage.objects.filter(review=alone.review).order_by("pk")
    assert [(each.name, each.needed, each.maybe_counts_as, each.one_include_is_enough) for each in rules] == [
        ("title-abstract", 2, "include", False),
        ("full-text", 2, "conflict", False),
    ]


def test_four_reasons_are_preset_in_the_order_in_which_they_are_asked(alone):
    keys = list(alone.review.reasons.values_list("key", flat=True))
    assert keys == ["population", "phenomenon", "design", "setting"]
    assert [order for order, _text in texts(alone)] == [1, 2, 3, 4]


def test_what_needs_a_caution_is_offered_and_not_preset(alone):
    preset = {key for key, _text in setup.PRESET}
    assert {key for key, _text, _caution in setup.OFFERED} == {"outcome", "language", "publication"}
    assert not preset & {key for key, _text, _caution in setup.OFFERED}
    assert all(str(caution) for _key, _text, caution in setup.OFFERED)


def test_setting_up_is_the_first_thing_in_the_history(alone):
    event = alone.library.history.get(number=1)
    assert (event.by, event.verb, event.detail) == (alone.people["ann"], "set up the review", {"title": "Peer support"})


# Reasons and criteria


def test_a_new_reason_comes_last(alone):
    made = setup.add_reason(member=alone.members["ann"], text="  Not peer led ")
    assert texts(alone)[-1] == (5, "Not peer led") == (made.order, made.text)


def test_a_renamed_reason_keeps_its_place_and_its_decisions(world):
    reason = world.reason("population")
    setup.change_reason(member=world.members["ann"], reason=reason, text="Not former patients", retired=False)
    assert texts(world)[0] == (1, "Not former patients")
    assert world.members["bo"].decisions.get(reason__isnull=False).reason.text == "Not former patients"
    event = world.library.history.order_by("-number").first()
    assert event.detail["before"] == "Wrong sample or population"


def test_an_empty_name_does_not_wipe_a_reason(alone):
    setup.change_reason(member=alone.members["ann"], reason=alone.reason("design"), text="  ", retired=False)
    assert alone.reason("design").text == "Wrong study design"


def test_a_retired_reason_stays_with_its_decisions_and_comes_back(world):
    for retired in (True, False):
        reason = world.reason("population")
        setup.change_reason(member=world.members["ann"], reason=reason, text=reason.text, retired=retired)
        assert world.reason("population").retired is retired
        assert world.members["bo"].decisions.get(reason__isnull=False).reason == reason


def test_criteria_are_replaced_as_a_whole_in_their_order(alone):
    ann = alone.members["ann"]
    setup.set_criteria(member=ann, rows=[("Sample", "adults"), ("", "any language")])
    setup.set_criteria(member=ann, rows=[("Design", "interviews"), ("Sample", "adults"), ("", "since 2000")])
    rows = list(alone.review.criteria.values_list("order", "element", "text"))
    assert rows == [(1, "Design", "interviews"), (2, "Sample", "adults"), (3, "", "since 2000")]


# Owners


def test_the_last_owner_cannot_leave_nor_take_another_role(alone):
    add(alone, "bo")
    ann = alone.members["ann"]
    with pytest.raises(team.LastOwner):
        team.remove(member=ann, of=ann)
    with pytest.raises(team.LastOwner):
        team.change_role(member=ann, of=ann, role=Role.OBSERVER)
    ann.refresh_from_db()
    assert (ann.role, ann.removed_at) == (Role.OWNER, None)


def test_an_owner_may_leave_once_there_is_another(alone):
    ann, bo = alone.members["ann"], add(alone, "bo")
    team.change_role(member=ann, of=bo, role=Role.OWNER)
    team.remove(member=bo, of=ann)
    with pytest.raises(team.LastOwner):
        team.remove(member=bo, of=bo)


def test_a_removed_owner_owns_nothing(alone):
    ann, bo = alone.members["ann"], add(alone, "bo", Role.OWNER)
    team.remove(member=ann, of=bo)
    with pytest.raises(team.LastOwner):
        team.change_role(member=ann, of=ann, role=Role.REVIEWER)


# Invitations


def test_only_the_hash_of_a_link_is_kept_and_the_role_is_not_in_the_address(alone):
    invitation, token, path = invited(alone, Role.ADJUDICATOR, "Bo@Example.org")
    kept = str(Invitation.objects.filter(pk=invitation.pk).values().get())
    assert token not in kept and team.token_hash(token) in kept
    assert not any(role in path for role in Role.values)
    assert token not in str(list(alone.library.history.values()))
    assert invitation.email == "bo@example.org"


def test_a_link_lets_one_person_in_once(alone):
    _invitation, token, _path = invited(alone)
    bo, cy = worlds.person("bo"), worlds.person("cy")
    assert team.accept(user=bo, token=token).role == Role.REVIEWER
    with pytest.raises(team.InvitationSpent):
        team.accept(user=cy, token=token)
    assert Invitation.objects.get().used_by == bo
    assert Member.objects.filter(review=alone.review).count() == 2


@pytest.mark.parametrize(("days", "works"), [(6.99, True), (7.01, False)])
def test_a_link_is_good_for_seven_days(alone, days, works):
    invitation, token, _path = invited(alone)
    Invitation.objects.update(expires_at=invitation.expires_at - timedelta(days=days))
    assert abs(invitation.expires_at - invitation.at - timedelta(days=7)) < timedelta(minutes=1)
    if works:
        assert team.accept(user=worlds.person("bo"), token=token)
    else:
        with pytest.raises(team.InvitationSpent):
            team.accept(user=worlds.person("bo"), token=token)


def test_a_link_for_an_address_lets_nobody_else_in(alone):
    _invitation, token, _path = invited(alone, email="BO@example.org")
    with pytest.raises(team.InvitationSpent):
        team.accept(user=worlds.person("cy"), token=token)
    assert team.accept(user=worlds.person("bo"), token=token)


def test_a_withdrawn_link_lets_nobody_in(alone):
    invitation, token, _path = invited(alone)
    team.withdraw(member=alone.members["ann"], invitation=invitation)
    with pytest.raises(team.InvitationSpent):
        team.accept(user=worlds.person("bo"), token=token)


@pytest.mark.parametrize("fate", ["used_at", "withdrawn_at"])
def test_a_link_spent_while_the_person_was_pressing_lets_nobody_in(alone, monkeypatch, fate):
    invitation, token, _path = invited(alone)
    Invitation.objects.update(**{fate: invitation.at})
    monkeypatch.setattr(team, "open_invitation", lambda _token: invitation)  # as it stood a moment before
    with pytest.raises(team.InvitationSpent):
        team.accept(user=worlds.person("bo"), token=token)


def test_withdrawing_a_used_link_removes_nobody(alone):
    invitation, token, _path = invited(alone)
    member = team.accept(user=worlds.person("bo"), token=token)
    team.withdraw(member=alone.members["ann"], invitation=invitation)
    invitation.refresh_from_db()
    member.refresh_from_db()
    assert (invitation.withdrawn_at, member.removed_at) == (None, None)


def test_an_unknown_link_is_spent(alone):
    with pytest.raises(team.InvitationSpent):
        team.open_invitation("nonsense")


def test_somebody_with_an_account_joins_by_the_link_and_the_forms_role_is_ignored(alone, as_):
    alone.people["bo"] = worlds.person("bo")
    _invitation, _token, path = invited(alone, Role.OBSERVER)
    answer = as_(alone, "bo").post(path, {"role": "owner"})
    assert answer["Location"] == f"/reviews/{alone.review.pk}/"
    assert Member.objects.get(review=alone.review, user=alone.people["bo"]).role == Role.OBSERVER


def test_somebody_without_an_account_joins_by_the_link(alone, client):
    _invitation, _token, path = invited(alone, Role.LIBRARIAN, "dee@example.org")
    assert "dee@example.org" in client.get(path).content.decode()
    client.post(path, {"email": "dee@example.org", "name": "Dee", "password": uuid.uuid4().hex})
    assert Member.objects.get(review=alone.review, user__email="dee@example.org").role == Role.LIBRARIAN


def test_a_member_who_takes_another_link_keeps_the_role(alone):
    bo = add(alone, "bo", Role.REVIEWER)
    _invitation, token, _path = invited(alone, Role.OWNER)
    assert team.accept(user=alone.people["bo"], token=token) == bo
    bo.refresh_from_db()
    assert bo.role == Role.REVIEWER


# Leaving and coming back


def test_a_removed_member_sees_nothing_at_once_and_the_queue_goes_on(world, as_):
    client, place = as_(world, "bo"), f"/reviews/{world.review.pk}/"
    assert client.get(place).status_code == 200
    team.remove(member=world.members["ann"], of=world.members["bo"])
    for page in (place, place + "screen/title-abstract/", place + "library/", place + "export/works.csv"):
        assert client.get(page).status_code == 404
        assert client.get(page, headers=HTMX).status_code == 404
    assert "Peer support" not in client.get("/").content.decode()
    world.decide("cy", "charlie", "include")
    assert world.outcome("charlie") == "included"
    assert queries.next_work(member=world.members["cy"], stage=StageName.TITLE_ABSTRACT) == world.works["delta"]


def test_a_leavers_decisions_stay_and_count(world):
    team.remove(member=world.members["ann"], of=world.members["bo"])
    assert world.members["bo"].decisions.filter(current=True).count() == 2
    assert (world.outcome("alpha"), world.outcome("bravo")) == ("included", "conflict")


def test_a_re_invited_member_comes_back_with_the_new_role_and_the_old_decisions(world, as_):
    bo = world.members["bo"]
    team.remove(member=world.members["ann"], of=bo)
    worlds.join_team(world.review, world.members["ann"], world.people["bo"], Role.ADJUDICATOR)
    bo.refresh_from_db()
    assert (bo.role, bo.removed_at) == (Role.ADJUDICATOR, None)
    assert bo.decisions.filter(current=True).count() == 2
    assert as_(world, "bo").get(f"/reviews/{world.review.pk}/").status_code == 200
    assert bo.joined_at < timezone.now()
