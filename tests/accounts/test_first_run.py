"""The first account: made once, by whoever comes first, or from the command line."""

import io
import re
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import actions
from accounts.models import User
from accounts.queries import nobody_yet
from tests.accounts.conftest import PASSWORD, sign_in, signed_in

FIRST = {"email": "Ann@Example.org", "name": "Ann Vermeer", "password": PASSWORD}


@pytest.mark.django_db
def test_home_leads_to_the_first_run_while_there_is_nobody(client):
    assert client.get("/")["Location"] == "/first-run/"
    assert client.get("/first-run/").status_code == 200


@pytest.mark.django_db
def test_the_first_account_manages_the_site_and_is_signed_in(client):
    assert client.post("/first-run/", FIRST)["Location"] == "/"
    ann = User.objects.get()
    assert (ann.email, ann.name, ann.is_staff, ann.is_superuser) == ("ann@example.org", "Ann Vermeer", True, False)
    assert signed_in(client)


@pytest.mark.django_db
def test_once_there_is_somebody_the_page_is_gone(client, bo):
    assert client.get("/first-run/").status_code == 404
    assert client.post("/first-run/", FIRST).status_code == 404
    assert not nobody_yet()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "ann", "like name@example.org"),
        ("email", "", "Type an e-mail address"),
        ("name", " ", "Type your name"),
        ("password", "", "Choose a password"),
        ("password", "short", "at least 10 characters"),
        ("password", "password123", "too common"),
        ("password", "ann@example.org", "too similar"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_made(client, field, value, says):
    page = client.post("/first-run/", FIRST | {field: value})
    assert says in page.content.decode()
    assert nobody_yet()


@pytest.mark.django_db
def test_what_the_form_does_not_ask_is_not_taken(client):
    client.post("/first-run/", FIRST | {"is_superuser": "on", "public_id": "0" * 32, "is_active": ""})
    ann = User.objects.get()
    assert ann.is_active and not ann.is_superuser and ann.public_id.int


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_becomes_the_first():
    barrier, said = threading.Barrier(4), []

    def try_it(n):
        barrier.wait()
        try:
            actions.first_account(email=f"p{n}@example.org", name="P", password=PASSWORD)
            said.append("made")
        except actions.NotTheFirst:
            said.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["late", "late", "late", "made"]
    assert User.objects.count() == 1


def run(command, *args):
    out = io.StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_make_owner_prints_a_link_that_sets_the_password(client):
    said = run("make-owner", "Ann@example.org", "--name", "Ann Vermeer")
    assert User.objects.get().is_staff
    path = re.search(r"http://127\.0\.0\.1:8000(/accounts/reset/\S+)", said)[1]
    assert client.post(path, {"password": PASSWORD})["Location"] == "/accounts/login/"
    sign_in(client, "ann@example.org")
    assert signed_in(client)


@pytest.mark.django_db
def test_make_owner_raises_an_account_that_is_there_and_keeps_its_password(bo):
    bo.is_active = False
    bo.save()
    assert "was there" in run("make-owner", "bo@example.org")
    bo.refresh_from_db()
    assert (bo.is_staff, bo.is_active, bo.name, bo.check_password(PASSWORD)) == (True, True, "Bo Lindqvist", True)


@pytest.mark.django_db
def test_make_owner_reads_a_password_and_then_prints_no_link(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert "http" not in run("make-owner", "ann@example.org", "--password-stdin")
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "password"), [("ann", PASSWORD), ("ann@example.org", "short"), ("ann@example.org", "")]
)
def test_make_owner_refuses_a_bad_address_or_password(monkeypatch, email, password):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    with pytest.raises(CommandError):
        run("make-owner", email, "--password-stdin")
    assert nobody_yet()
