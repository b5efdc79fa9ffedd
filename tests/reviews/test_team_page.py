"""The team page: who is in with which role, links for one person each, and leaving."""

import re

import pytest
from django.test import Client

from reviews import team
from reviews.models import Invitation, Member, Role
from tests import world as worlds

HTMX = {"hx-request": "true"}


@pytest.fixture
def alone(db):
    """Ann owns, bo reviews."""
    world = worlds.empty_world()
    world.people["bo"] = worlds.person("bo")
    world.members["bo"] = worlds.join_team(world.review, world.members["ann"], world.people["bo"], Role.REVIEWER)
    return world


@pytest.fixture
def ann(alone, as_):
    return as_(alone, "ann")


def place(world, rest=""):
    return f"/reviews/{world.review.pk}/team/{rest}"


def words(answer):
    text = answer.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def link(answer):
    found = re.search(
        r'<input id="link" readonly value="http://testserver(/invitations/[\w-]+/)">', answer.content.decode()
    )
    return found and found[1]


def change(client, world, who, **data):
    return client.post(place(world, f"{world.members[who].pk}/"), data, follow=True)


def role(world, who):
    member = Member.objects.get(pk=world.members[who].pk)
    return None if member.removed_at else member.role


# The team


def test_the_page_names_everybody_with_address_and_role(ann, alone):
    text = words(ann.get(place(alone)))
    assert re.search(r"Ann you ann@example\.org", text) and "bo@example.org" in text
    assert '<option value="reviewer" selected>' in ann.get(place(alone)).content.decode()


def test_a_member_gets_another_role_at_once(ann, alone, as_):
    assert as_(alone, "bo").get(place(alone)).status_code == 403
    assert "Bo has another role now." in words(change(ann, alone, "bo", role="owner"))
    assert as_(alone, "bo").get(place(alone)).status_code == 200
    event = alone.library.history.order_by("-number").first()
    assert (event.verb, event.detail) == ("changed a role", {"role": "owner"})


def test_a_removed_member_is_gone_at_once_and_may_be_invited_again(ann, alone, as_):
    overview = f"/reviews/{alone.review.pk}/"
    assert "Bo left the team. Decisions made so far stay." in words(change(ann, alone, "bo", remove="on"))
    assert "bo@example.org" not in words(ann.get(place(alone)))
    assert as_(alone, "bo").get(overview).status_code == 404
    assert change(ann, alone, "bo", role="owner").status_code == 404
    as_(alone, "bo").post(link(ann.post(place(alone), {"role": "librarian"})))
    assert role(alone, "bo") == "librarian"
    assert as_(alone, "bo").get(overview).status_code == 200


@pytest.mark.parametrize("data", [{"remove": "on"}, {"role": "observer"}])
def test_the_last_owner_stays_and_is_told_why(ann, alone, data):
    answer = change(ann, alone, "ann", **data)
    assert answer.status_code == 200
    assert "A review needs an owner. Make somebody else owner first." in words(answer)
    assert role(alone, "ann") == "owner"


def test_an_owner_who_leaves_is_shown_the_other_reviews(ann, alone):
    change(ann, alone, "bo", role="owner")
    answer = change(ann, alone, "ann", remove="on")
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, "/")
    assert role(alone, "ann") is None


def test_an_owner_who_steps_back_is_shown_the_overview(ann, alone):
    change(ann, alone, "bo", role="owner")
    answer = change(ann, alone, "ann", role="reviewer")
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, f"/reviews/{alone.review.pk}/")


def test_an_unknown_role_makes_no_sense(ann, alone):
    assert change(ann, alone, "bo", role="king").status_code == 400
    assert role(alone, "bo") == "reviewer"


# Invitations


def test_a_link_is_shown_once_with_what_it_is_good_for(ann, alone):
    answer = ann.post(place(alone), {"role": "adjudicator", "email": "Cy@Example.org"})
    assert "It works once, for seven days, and is not shown again." in words(answer)
    path = link(answer)
    assert "adjudicator" not in path
    assert "adjudicator · cy@example.org · until" in words(answer)
    assert path.split("/")[2] not in ann.get(place(alone)).content.decode()


def test_whoever_has_the_link_joins_with_its_role(ann, alone, as_):
    alone.people["cy"] = worlds.person("cy")
    path = link(ann.post(place(alone), {"role": "adjudicator"}))
    assert "Ann invites you" in words(as_(alone, "cy").get(path))
    answer = as_(alone, "cy").post(path, follow=True)
    assert "You are in the team now. Your role: adjudicator." in words(answer)
    assert "adjudicator ·" not in words(ann.get(place(alone)))  # a used link is not offered any more


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"role": "king"}, "Select a valid choice."),
        ({"role": ""}, "This field is required."),
        ({"role": "reviewer", "email": "nobody"}, "Enter a valid email address."),
    ],
)
def test_a_form_that_is_wrong_makes_no_link(ann, alone, data, said):
    before = Invitation.objects.count()
    answer = ann.post(place(alone), data)
    assert answer.status_code == 200 and link(answer) is None
    assert said in words(answer)
    assert Invitation.objects.count() == before


def test_a_withdrawn_link_no_longer_works(ann, alone):
    path = link(ann.post(place(alone), {"role": "owner"}))
    invitation = Invitation.objects.order_by("-pk").first()
    answer = ann.post(place(alone, f"invitations/{invitation.pk}/withdraw/"), follow=True)
    assert "The link no longer works." in words(answer) and "Links that still work" not in words(answer)
    assert Client().get(path).status_code == 404


def test_an_expired_link_is_not_listed(ann, alone):
    ann.post(place(alone), {"role": "owner"})
    assert "Links that still work" in words(ann.get(place(alone)))
    Invitation.objects.update(expires_at=alone.review.at)
    assert "Links that still work" not in words(ann.get(place(alone)))


def test_a_foreign_member_or_link_is_not_there(ann, alone, foreign):
    theirs, _token = team.invite(member=foreign.members["eve"], role="owner")
    assert ann.post(place(alone, f"{foreign.members['eve'].pk}/"), {"remove": "on"}).status_code == 404
    assert ann.post(place(alone, f"invitations/{theirs.pk}/withdraw/")).status_code == 404
    theirs.refresh_from_db()
    foreign.members["eve"].refresh_from_db()
    assert (theirs.withdrawn_at, foreign.members["eve"].removed_at) == (None, None)


def test_only_owners_come_here(world, as_):
    for who in ("bo", "cy", "lib", "obs"):
        for headers in ({}, HTMX):
            assert as_(world, who).get(place(world), headers=headers).status_code == 403, who
            assert as_(world, who).post(place(world), {"role": "owner"}, headers=headers).status_code == 403, who
    assert not Invitation.objects.filter(review=world.review, role="owner").exists()
