"""People for the tests of accounts: ann looks after the site, bo is in no team yet; and what every test here starts with."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.actions import create_account

PASSWORD = "heron ladder plum"
OTHER = "quiet river basalt"


@pytest.fixture(autouse=True)
def _fresh_limits():
    """Rate limits count in the cache; no test inherits the tries of another."""
    cache.clear()


@pytest.fixture
def ann(db):
    """Staff of the site."""
    return create_account(email="ann@example.org", name="Ann Vermeer", password=PASSWORD, is_staff=True)


@pytest.fixture
def bo(db):
    """A person with an account."""
    return create_account(email="bo@example.org", name="Bo Lindqvist", password=PASSWORD)


@pytest.fixture
def as_ann(ann):
    client = Client()
    client.force_login(ann)
    return client


@pytest.fixture
def as_bo(bo):
    client = Client()
    client.force_login(bo)
    return client


def sign_in(client, email, password=PASSWORD, **more):
    """What the form sends."""
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def signed_in(client) -> bool:
    """Whether the browser behind this client is somebody."""
    return client.get("/accounts/").status_code == 200


def without_tokens(page) -> str:
    """The page's text without what differs from one look to the next."""
    return re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": )"[^"]+"', "TOKEN", page.content.decode())
