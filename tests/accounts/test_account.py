"""The own account: name, address, password and two-step sign-in."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from tests.accounts.conftest import OTHER, PASSWORD, sign_in, signed_in

pytestmark = pytest.mark.django_db
PAGES = [
    "/accounts/",
    "/accounts/name/",
    "/accounts/email/",
    "/accounts/password/",
    "/accounts/again/",
    "/accounts/two-step/",
]


def code_for(secret, step=1):
    """What the app shows: now, or a step of 30 seconds beside."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[step]))


@pytest.fixture
def protected(as_bo, bo):
    """bo has switched two-step sign-in on; the key."""
    as_bo.post("/accounts/again/", {"password": PASSWORD})
    page = as_bo.get("/accounts/two-step/on/")
    secret = page.context["form"].secret
    as_bo.post("/accounts/two-step/on/", {"code": code_for(secret, 0)})
    assert Authenticator.objects.filter(user=bo, type="totp").exists()
    return secret


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_the_person_and_sends_others_to_sign_in(client, as_bo, page):
    assert as_bo.get(page).status_code == 200
    answer = client.get(page)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={page}")


def test_the_name_changes(as_bo, bo):
    assert as_bo.post("/accounts/name/", {"name": " Bodil ", "is_staff": "on"}).status_code == 302
    bo.refresh_from_db()
    assert (bo.name, bo.is_staff) == ("Bodil", False)


def test_a_name_is_needed(as_bo, bo):
    assert "Type your name" in as_bo.post("/accounts/name/", {"name": "  "}).content.decode()
    bo.refresh_from_db()
    assert bo.name == "Bo Lindqvist"


def test_the_address_changes_with_the_password_only(as_bo, client, bo):
    as_bo.post("/accounts/email/", {"email": "bodil@example.org", "password": "wrong"})
    bo.refresh_from_db()
    assert bo.email == "bo@example.org"
    assert as_bo.post("/accounts/email/", {"email": "Bodil@example.org", "password": PASSWORD}).status_code == 302
    sign_in(client, "bodil@example.org")
    assert signed_in(client)


def test_an_address_of_somebody_else_is_refused(as_bo, ann, bo):
    page = as_bo.post("/accounts/email/", {"email": "ann@example.org", "password": PASSWORD})
    assert "belongs to another account" in page.content.decode()
    assert "You sign in with <strong>bo@example.org" in page.content.decode()


def test_a_new_password_ends_all_other_sessions_and_keeps_this_one(as_bo, bo):
    elsewhere = Client()
    sign_in(elsewhere, "bo@example.org")
    before = as_bo.session.session_key
    answer = as_bo.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": OTHER})
    assert answer["Location"] == "/accounts/"
    assert signed_in(as_bo) and not signed_in(elsewhere)
    assert as_bo.session.session_key != before


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [("wrong", OTHER, "not your current password"), (PASSWORD, "short", "at least 10"), ("", "", "Type your password")],
)
def test_a_password_that_does_not_do_is_named(as_bo, bo, old, new, says):
    page = as_bo.post("/accounts/password/", {"oldpassword": old, "password1": new})
    assert says in page.content.decode()
    bo.refresh_from_db()
    assert bo.check_password(PASSWORD)


def test_a_person_without_password_is_led_to_the_links(as_bo, bo):
    assert as_bo.get("/accounts/password/none/")["Location"] == "/accounts/password/reset/"


def test_two_step_sign_in_asks_for_the_password_first(as_bo):
    answer = as_bo.get("/accounts/two-step/on/")
    assert answer["Location"] == "/accounts/again/?next=%2Faccounts%2Ftwo-step%2Fon%2F"
    answer = as_bo.post(answer["Location"], {"password": PASSWORD, "next": "/accounts/two-step/on/"})
    assert answer["Location"] == "/accounts/two-step/on/"


def test_the_picture_to_scan_stands_in_the_page_and_breaks_no_policy(as_bo):
    as_bo.post("/accounts/again/", {"password": PASSWORD})
    page = as_bo.get("/accounts/two-step/on/").content.decode()
    assert '<svg class="qr" viewBox="0 0' in page
    assert "data:" not in page and "style=" not in page and "<?xml" not in page


def test_a_wrong_code_does_not_switch_it_on(as_bo):
    as_bo.post("/accounts/again/", {"password": PASSWORD})
    as_bo.get("/accounts/two-step/on/")
    assert "This code is not right" in as_bo.post("/accounts/two-step/on/", {"code": "000000"}).content.decode()
    assert not Authenticator.objects.exists()


def test_with_two_steps_the_password_alone_opens_nothing(client, protected):
    assert sign_in(client, "bo@example.org")["Location"] == "/accounts/two-step/code/"
    assert not signed_in(client)
    assert "not right" in client.post("/accounts/two-step/code/", {"code": "000000"}).content.decode()
    client.post("/accounts/two-step/code/", {"code": code_for(protected)})
    assert signed_in(client)


def test_a_code_works_once(client, protected):
    code = code_for(protected)
    sign_in(client, "bo@example.org")
    client.post("/accounts/two-step/code/", {"code": code})
    again = Client()
    sign_in(again, "bo@example.org")
    again.post("/accounts/two-step/code/", {"code": code})
    assert not signed_in(again)


def test_a_recovery_code_lets_one_in_once(as_bo, client, protected):
    codes = as_bo.get("/accounts/two-step/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    assert as_bo.get("/accounts/two-step/recovery-codes/file/").content.decode().split() == codes
    for expected in (True, False):
        browser = Client()
        sign_in(browser, "bo@example.org")
        browser.post("/accounts/two-step/code/", {"code": codes[0]})
        assert signed_in(browser) is expected


def test_new_recovery_codes_replace_the_old_ones(as_bo, protected):
    before = as_bo.get("/accounts/two-step/recovery-codes/").context["unused_codes"]
    assert as_bo.get("/accounts/two-step/recovery-codes/new/").status_code == 200
    as_bo.post("/accounts/two-step/recovery-codes/new/")
    assert not set(before) & set(as_bo.get("/accounts/two-step/recovery-codes/").context["unused_codes"])


def test_codes_are_shown_after_the_password_only(protected, client):
    sign_in(client, "bo@example.org")
    client.post("/accounts/two-step/code/", {"code": code_for(protected)})
    for page in ("", "file/", "new/"):
        answer = client.get(f"/accounts/two-step/recovery-codes/{page}")
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/again/")


def test_the_account_can_be_made_sure_with_a_code_too(as_bo, protected):
    assert "Use a code instead" in as_bo.get("/accounts/again/").content.decode()
    assert as_bo.get("/accounts/two-step/again/").status_code == 200
    assert as_bo.post("/accounts/two-step/again/", {"code": code_for(protected)})["Location"] == "/"


def test_two_step_sign_in_goes_off_and_takes_the_codes_along(as_bo, client, protected):
    assert as_bo.get("/accounts/two-step/off/").status_code == 200
    as_bo.post("/accounts/two-step/off/")
    assert not Authenticator.objects.exists()
    sign_in(client, "bo@example.org")
    assert signed_in(client)


def test_one_can_leave_between_the_steps(client, protected):
    sign_in(client, "bo@example.org")
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/accounts/login/").status_code == 200


def test_a_reset_link_leaves_the_second_step_in_place(client, bo, protected):
    from accounts.links import reset_link

    client.post(reset_link(bo).removeprefix("http://127.0.0.1:8000"), {"password": OTHER})
    assert sign_in(client, "bo@example.org", OTHER)["Location"] == "/accounts/two-step/code/"
