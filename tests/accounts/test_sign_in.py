"""Signing in and out: by e-mail address, the same answer for everybody who may not, a new session for everybody who may."""

import pytest
from django.test import Client

from tests.accounts.conftest import PASSWORD, sign_in, signed_in, without_tokens

pytestmark = pytest.mark.django_db


def test_address_and_password_open_the_account(client, bo):
    answer = sign_in(client, "bo@example.org")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client)


def test_capitals_in_the_address_make_no_difference(client, bo):
    sign_in(client, "Bo@Example.ORG")
    assert signed_in(client)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(bo):
    def answer(email):
        page = sign_in(Client(), email, "not the password")
        assert "do not belong together" in page.content.decode()
        return page.status_code, without_tokens(page).replace(email, "ADDRESS")

    assert answer("bo@example.org") == answer("nobody@example.org")


def test_an_unknown_address_costs_a_password_hash_too(client, bo, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or real(*a, **k))
    sign_in(client, "bo@example.org", "not the password")
    known = len(hashed)
    sign_in(client, "nobody@example.org", "not the password")
    assert len(hashed) - known == known == 1


def test_the_session_is_a_new_one_after_signing_in(client, bo):
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    sign_in(client, "bo@example.org")
    assert client.session.session_key != before


def test_one_returns_to_the_page_one_wanted(client, bo):
    assert sign_in(client, "bo@example.org", next="/accounts/name/")["Location"] == "/accounts/name/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:///evil.example"]
)
def test_nobody_is_sent_to_another_site(client, bo, elsewhere):
    assert sign_in(client, "bo@example.org", next=elsewhere)["Location"] == "/"


def test_a_sixth_wrong_password_in_five_minutes_has_to_wait(client, bo):
    for _try in range(5):
        sign_in(client, "bo@example.org", "wrong")
    answer = sign_in(client, "bo@example.org")
    assert "Wait five minutes" in answer.content.decode()
    assert not signed_in(client)


def test_too_many_posts_from_one_place_get_a_page_that_says_so(client, settings, bo):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _try in range(2):
        sign_in(client, "bo@example.org", "wrong")
    answer = sign_in(client, "bo@example.org")
    assert answer.status_code == 429
    assert "Wait a few minutes" in answer.content.decode()


def test_signing_out_takes_a_post(as_bo):
    assert as_bo.get("/accounts/logout/").status_code == 405
    assert signed_in(as_bo)
    assert as_bo.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert not signed_in(as_bo)


def test_a_deactivated_person_learns_it_only_with_the_right_password(client, bo):
    bo.is_active = False
    bo.save()
    assert sign_in(client, "bo@example.org")["Location"] == "/accounts/inactive/"
    assert "deactivated" in client.get("/accounts/inactive/").content.decode()
    assert "do not belong together" in sign_in(client, "bo@example.org", "wrong").content.decode()


def test_before_there_is_anybody_sign_in_leads_to_the_first_run(client):
    assert client.get("/accounts/login/")["Location"] == "/first-run/"


def test_sign_up_is_closed_and_says_how_one_gets_in(client, bo):
    for answer in (
        client.get("/accounts/signup/"),
        client.post("/accounts/signup/", {"email": "x@example.org", "password1": PASSWORD}),
    ):
        assert answer.status_code == 200
        assert "by invitation" in answer.content.decode()
    assert not type(bo).objects.filter(email="x@example.org").exists()


def test_somebody_signed_in_is_not_asked_again(as_bo):
    assert as_bo.get("/accounts/login/")["Location"] == "/"


def test_fields_help_password_managers(client, bo):
    page = client.get("/accounts/login/").content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_nobody_gets_json_of_these_pages(client, bo):
    answer = client.post(
        "/accounts/login/", {"login": "bo@example.org", "password": "x"}, headers={"accept": "application/json"}
    )
    assert answer["Content-Type"].startswith("text/html")
