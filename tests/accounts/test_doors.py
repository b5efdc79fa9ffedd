"""Every page of accounts, held against the same doors: methods, forged posts, the content security policy, caches."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from accounts.urls import of_allauth, ours
from config import errors

OPEN = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/sent/",
]
OWN = [
    "/accounts/",
    "/accounts/name/",
    "/accounts/email/",
    "/accounts/password/",
    "/accounts/again/",
    "/accounts/two-step/",
]
# Pages that send on when nothing is set up yet, and acts; each has its own tests.
ELSEWHERE = {
    "/accounts/logout/", "/accounts/password/none/", "/accounts/two-step/code/", "/accounts/two-step/again/",
    "/accounts/two-step/on/", "/accounts/two-step/off/", "/accounts/two-step/recovery-codes/",
    "/accounts/two-step/recovery-codes/new/", "/accounts/two-step/recovery-codes/file/", "/first-run/",
    "/accounts/reset/<str:token>/", "/staff/", "/staff/people/<uuid:person>/reset-link/",
    "/staff/people/<uuid:person>/deactivate/", "/staff/people/<uuid:person>/reactivate/",
}  # fmt: skip


def test_every_address_is_in_a_list_of_this_file():
    known = {f"/accounts/{each.pattern}" for each in of_allauth} | {f"/{each.pattern}" for each in ours}
    assert known == {*OPEN, *OWN, *ELSEWHERE}


@pytest.mark.django_db
@pytest.mark.parametrize("page", OPEN)
def test_open_pages_open_for_everybody(client, bo, page):
    assert client.get(page).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("page", OPEN + OWN)
def test_other_methods_are_refused(as_bo, page):
    for method in ("PUT", "DELETE", "PATCH"):
        assert as_bo.generic(method, page).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", [*OPEN, *OWN, "/accounts/logout/", "/accounts/reset/x/", "/first-run/", "/invitations/x/"]
)
def test_a_post_without_the_token_of_the_page_is_refused(bo, page):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(bo)
    answer = strict.post(page, {"name": "forged"})
    assert answer.status_code == 403
    assert "open for too long" in answer.content.decode()
    bo.refresh_from_db()
    assert bo.name == "Bo Lindqvist"


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*OPEN, *OWN, "/nowhere/"])
def test_the_policy_is_strict_and_the_page_keeps_it(client, as_bo, page):
    for browser in (client, as_bo):
        answer = browser.get(page, follow=True)
        policy, text = answer["Content-Security-Policy"], answer.content.decode()
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
        assert " style=" not in text and "<style" not in text and "<script>" not in text and " onclick=" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("page", OWN)
def test_own_pages_are_not_kept(as_bo, page):
    assert "no-store" in as_bo.get(page)["Cache-Control"]


@pytest.mark.django_db
def test_a_page_that_is_not_there_leads_home(client, bo):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


ERRORS = [
    (lambda r: errors.bad_request(r), 400, "missing or not valid"),
    (lambda r: errors.forbidden(r, PermissionDenied("secret")), 403, "role in this review"),
    (lambda r: errors.not_found(r, Exception("secret")), 404, "no such page"),
    (lambda r: errors.changed(r), 409, "changed this meanwhile"),
    (lambda r: errors.too_large(r), 413, "larger than this site allows"),
    (lambda r: errors.too_many(r), 429, "Wait a few minutes"),
    (lambda r: errors.csrf_failure(r), 403, "open for too long"),
]


def asked(user, htmx=False, **meta):
    request = RequestFactory().get("/somewhere/", HTTP_HOST="testserver", **meta)
    request.user, request.htmx, request.session = user, htmx, {}
    return request


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status", "says"), ERRORS)
def test_errors_say_what_happened_and_one_next_step(bo, error, status, says):
    page = error(asked(bo))
    text = page.content.decode()
    assert page.status_code == status
    assert says in text and "secret" not in text
    assert text.split("<main")[1].split("</main>")[0].count("<a ") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status", "says"), ERRORS)
def test_in_a_page_an_error_is_a_part(bo, error, status, says):
    text = error(asked(bo, htmx=True)).content.decode()
    assert says in text and 'role="alert"' in text
    assert "<html" not in text and "<main" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/reviews/1/team/?a=1", "/reviews/1/team/?a=1"),
        ("http://evil.example/x", "/"),
        ("http://testserver//evil.example/x", "/"),
        ("", "/"),
    ],
)
def test_the_next_step_leads_back_to_our_own_pages_only(bo, referer, leads_to):
    assert f'href="{leads_to}"' in errors.changed(asked(bo, HTTP_REFERER=referer)).content.decode()


def test_the_page_for_our_own_faults_needs_no_session_and_no_database():
    # No mark for the database here: a query would fail the test. The request has neither user nor session.
    page = errors.server_error(RequestFactory().get("/x/"))
    text = page.content.decode()
    assert page.status_code == 500
    assert "The fault is ours" in text and "<script" not in text and " style=" not in text


def test_the_looks_of_that_page_are_there(settings):
    import re
    from pathlib import Path

    text = errors.server_error(RequestFactory().get("/x/")).content.decode()
    for name in re.findall(r'href="/static/([^"]+)"', text):
        assert (Path(settings.BASE_DIR) / "static" / name).exists(), name


@pytest.mark.django_db
def test_an_expired_sign_in_says_in_place_that_nothing_was_lost(client, bo):
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/reviews/1/screen/title-abstract/"}
    answer = client.get("/", headers=headers)
    text = answer.content.decode()
    assert answer.status_code == 401
    assert "nothing was lost" in text and 'role="alert"' in text and "<html" not in text
    assert 'href="/accounts/login/?next=/reviews/1/screen/title-abstract/"' in text
