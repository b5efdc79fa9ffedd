"""The page behind an invitation: one person, once, for the address it names, with or without an account."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from reviews import setup, team
from reviews.models import Invitation, Member
from tests.accounts.conftest import PASSWORD, signed_in, without_tokens

pytestmark = pytest.mark.django_db
CY = {"email": "cy@example.org", "name": "Cy Adeyemi", "password": PASSWORD}


@pytest.fixture
def owner(ann):
    return Member.objects.get(review=setup.new_review(by=ann, title="Peer support on wards"))


@pytest.fixture
def invite(owner):
    """Make a link: its path."""

    def make(role="reviewer", email=""):
        return f"/invitations/{team.invite(member=owner, role=role, email=email)[1]}/"

    return make


def test_the_page_says_who_invites_to_what(client, invite):
    page = client.get(invite("observer")).content.decode()
    assert "Ann Vermeer invites you to <strong>Peer support on wards</strong> as observer" in page


def test_a_newcomer_makes_an_account_and_is_in(client, invite):
    answer = client.post(invite("librarian"), CY)
    member = Member.objects.get(user__email="cy@example.org")
    assert answer["Location"] == f"/reviews/{member.review_id}/"
    assert (member.role, member.user.is_staff) == ("librarian", False)
    assert signed_in(client)


def test_somebody_with_an_account_joins_with_one_press(as_bo, bo, invite):
    path = invite()
    assert as_bo.get(path).status_code == 200
    assert not Member.objects.filter(user=bo).exists()
    as_bo.post(path)
    assert Member.objects.get(user=bo).role == "reviewer"


def test_signing_in_leads_back_to_the_invitation(client, invite, bo):
    path = invite()
    assert f"/accounts/login/?next={path}" in client.get(path).content.decode()


def test_the_link_works_once(client, as_bo, bo, invite):
    path = invite()
    client.post(path, CY)
    assert as_bo.post(path).status_code == 404
    assert not Member.objects.filter(user=bo).exists()


def test_pressing_twice_shows_the_review(as_bo, bo, invite):
    path = invite()
    first, second = as_bo.post(path), as_bo.post(path)
    assert first["Location"] == second["Location"] == f"/reviews/{Member.objects.get(user=bo).review_id}/"


@pytest.mark.parametrize(
    "fate",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"withdrawn_at": timezone.now()},
        {"used_at": timezone.now()},
    ],
)
def test_a_spent_link_lets_nobody_in_and_tells_nothing(client, as_bo, invite, fate):
    path = invite()
    Invitation.objects.update(**fate)
    for answer in (client.get(path), client.post(path, CY), as_bo.get(path), as_bo.post(path)):
        assert answer.status_code == 404
        assert "Peer support" not in answer.content.decode()
    assert without_tokens(client.get(path)) == without_tokens(client.get("/invitations/nonsense/"))
    assert not User.objects.filter(email="cy@example.org").exists()
    assert Member.objects.count() == 1


def test_a_link_for_an_address_makes_an_account_with_this_address(client, invite):
    client.post(invite(email="Dee@example.org"), CY)
    assert User.objects.filter(email="dee@example.org").exists()
    assert not User.objects.filter(email="cy@example.org").exists()


def test_a_link_for_another_address_does_not_let_the_signed_in_person_in(as_bo, bo, invite):
    path = invite(email="dee@example.org")
    for answer in (as_bo.get(path), as_bo.post(path)):
        assert answer.status_code == 403
        assert "signed in as bo@example.org" in answer.content.decode()
    assert not Member.objects.filter(user=bo).exists()
    assert Invitation.objects.get().used_at is None


def test_an_address_that_has_an_account_is_not_made_twice(client, bo, invite):
    page = client.post(invite(), CY | {"email": "BO@example.org"})
    assert "has an account already" in page.content.decode()
    assert not signed_in(client)
    assert Invitation.objects.get().used_at is None


def test_account_and_membership_come_about_together_or_not_at_all(client, invite, monkeypatch):
    path = invite()

    def spent_meanwhile(**_kwargs):
        raise team.InvitationSpent

    monkeypatch.setattr(team, "accept", spent_meanwhile)
    assert client.post(path, CY).status_code == 404
    assert not User.objects.filter(email="cy@example.org").exists()


def test_the_role_stands_in_the_invitation_not_in_the_form(client, invite):
    client.post(invite("observer"), CY | {"role": "owner", "is_staff": "on"})
    member = Member.objects.get(user__email="cy@example.org")
    assert (member.role, member.user.is_staff) == ("observer", False)


def test_a_removed_member_comes_back_by_a_new_link(as_bo, bo, owner, invite):
    as_bo.post(invite())
    team.remove(member=owner, of=Member.objects.get(user=bo))
    as_bo.post(invite("librarian"))
    member = Member.objects.get(user=bo)
    assert (member.removed_at, member.role) == (None, "librarian")


def test_too_many_tries_have_to_wait(client, invite, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    answers = [client.post("/invitations/nonsense/", CY).status_code for _n in range(3)]
    assert answers == [404, 404, 429]
