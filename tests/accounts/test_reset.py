"""A new password by a link: handed over or mailed, once, for an hour, for one person."""

import io
import re
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import actions, links
from tests.accounts.conftest import OTHER, PASSWORD, sign_in, signed_in, without_tokens

pytestmark = pytest.mark.django_db


def path_of(link):
    return link.removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def path(bo):
    return path_of(links.reset_link(bo))


def test_the_link_sets_the_password_and_one_signs_in_with_it(client, bo, path):
    assert "bo@example.org" in client.get(path).content.decode()
    assert client.post(path, {"password": OTHER})["Location"] == "/accounts/login/"
    assert not signed_in(client)
    sign_in(client, "bo@example.org", OTHER)
    assert signed_in(client)


def test_looking_does_not_use_the_link_up(client, path):
    for _time in range(3):
        assert client.get(path).status_code == 200


def test_the_link_works_once(client, bo, path):
    client.post(path, {"password": OTHER})
    assert client.get(path).status_code == 404
    assert client.post(path, {"password": PASSWORD}).status_code == 404
    bo.refresh_from_db()
    assert bo.check_password(OTHER)


def test_the_same_password_again_uses_the_link_up_too(client, path):
    client.post(path, {"password": PASSWORD})
    assert client.get(path).status_code == 404


def test_signing_in_makes_the_link_useless(client, path):
    sign_in(Client(), "bo@example.org")
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 404)])
def test_the_link_lasts_an_hour(client, bo, path, monkeypatch, minutes, status):
    later = datetime.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(links.tokens, "_now", lambda: later, raising=True)
    assert client.get(path).status_code == status


def test_the_link_of_one_person_is_not_good_for_another(client, ann, bo, path):
    number, _dash, token = path.removeprefix("/accounts/reset/").rstrip("/").partition("-")
    assert client.get(f"/accounts/reset/{ann.pk}-{token}/").status_code == 404
    assert number != str(ann.pk)


def test_a_deactivated_person_cannot_use_the_link(client, bo, path):
    bo.is_active = False
    bo.save()
    assert client.post(path, {"password": OTHER}).status_code == 404


@pytest.mark.parametrize("token", ["x", "-", "1-", "zzzzzzzzzzzzzzzzzzzz-1-2", "1-2-3", "０-1", "%00-1"])
def test_nonsense_is_no_link(client, bo, token):
    assert client.get(f"/accounts/reset/{token}/").status_code == 404


def test_every_session_of_the_person_ends(as_bo, client, path):
    assert signed_in(as_bo)
    client.post(path, {"password": OTHER})
    assert not signed_in(as_bo)


def test_whoever_is_signed_in_in_this_browser_is_signed_out(as_ann, path):
    as_ann.post(path, {"password": OTHER})
    assert not signed_in(as_ann)


def test_a_weak_password_is_refused_and_the_link_stays_good(client, bo, path):
    assert "at least 10 characters" in client.post(path, {"password": "short"}).content.decode()
    assert "too similar" in client.post(path, {"password": "Bo Lindqvist"}).content.decode()
    assert client.get(path).status_code == 200


def test_waiting_after_wrong_tries_ends_with_the_new_password(client, bo, path):
    for _try in range(6):
        sign_in(client, "bo@example.org", "wrong")
    client.post(path, {"password": OTHER})
    sign_in(client, "bo@example.org", OTHER)
    assert signed_in(client)


def test_the_page_is_not_kept_by_the_browser_and_says_nothing_to_others(client, path):
    answer = client.get(path)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_without_mail_the_page_says_whom_to_ask(client, bo, settings):
    settings.MAIL_WORKS = False
    for answer in (
        client.get("/accounts/password/reset/"),
        client.post("/accounts/password/reset/", {"email": "bo@example.org"}),
    ):
        assert "sends no mail" in answer.content.decode()
    assert mail.outbox == []


def test_with_mail_the_link_comes_by_mail_and_names_our_own_address(client, bo, settings):
    settings.MAIL_WORKS = True
    settings.ALLOWED_HOSTS = ["*"]
    assert (
        client.post(
            "/accounts/password/reset/", {"email": "Bo@example.org"}, headers={"host": "evil.example"}
        ).status_code
        == 302
    )
    letter = mail.outbox[0]
    assert letter.to == ["bo@example.org"]
    assert "evil" not in letter.body + letter.subject
    path = path_of(re.search(r"http://127\S+", letter.body)[0])
    client.post(path, {"password": OTHER})
    bo.refresh_from_db()
    assert bo.check_password(OTHER)


def test_known_and_unknown_addresses_get_the_same_answer(bo, settings):
    settings.MAIL_WORKS = True

    def answer(email):
        page = Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        return page.status_code, page.redirect_chain, without_tokens(page)

    assert answer("bo@example.org") == answer("nobody@example.org")
    assert [letter.to for letter in mail.outbox] == [["bo@example.org"], ["nobody@example.org"]]
    assert "no account with this address" in mail.outbox[1].body
    assert "http" not in mail.outbox[1].body


def test_asking_too_often_for_one_address_has_to_wait(client, bo, settings):
    settings.MAIL_WORKS = True
    answers = [client.post("/accounts/password/reset/", {"email": "bo@example.org"}).status_code for _n in range(6)]
    assert answers == [302] * 5 + [429]


def test_allauth_keeps_no_second_list_of_addresses(client, bo, settings):
    settings.MAIL_WORKS = True
    client.post("/accounts/password/reset/", {"email": "bo@example.org"})
    sign_in(client, "bo@example.org")
    assert not EmailAddress.objects.exists()


def test_the_command_prints_a_link(client, bo):
    out = io.StringIO()
    call_command("reset-link", "Bo@example.org", stdout=out)
    assert client.get(path_of(re.search(r"http\S+", out.getvalue())[0])).status_code == 200


def test_the_command_switches_two_step_sign_in_off_when_asked(bo):
    Authenticator.objects.create(user=bo, type="totp", data={"secret": "x"})
    call_command("reset-link", "bo@example.org", stdout=io.StringIO())
    assert Authenticator.objects.exists()
    call_command("reset-link", "bo@example.org", "--without-two-step", stdout=io.StringIO())
    assert not Authenticator.objects.exists()


def test_the_command_knows_whom_it_cannot_help(bo):
    with pytest.raises(CommandError, match="No account"):
        call_command("reset-link", "nobody@example.org")
    bo.is_active = False
    bo.save()
    with pytest.raises(CommandError, match="deactivated"):
        call_command("reset-link", "bo@example.org")


def test_only_staff_may_issue_a_link(ann, bo):
    assert "/accounts/reset/" in actions.issue_reset_link(by=ann, of=bo)
    with pytest.raises(actions.NotYours):
        actions.issue_reset_link(by=bo, of=ann)
