"""What all tests share: which database this leg claims, no network, the two worlds, and a signed-in client."""

import os
import socket
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from tests import world as worlds

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
LOCAL = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that calls somebody outside this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:  # type: ignore[index]
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined, operator]


@pytest.fixture
def world(db: None) -> worlds.World:
    """The screened world of tests/world.py."""
    return worlds.screened_world()


@pytest.fixture
def foreign(db: None) -> worlds.World:
    """Another review, owned by eve."""
    return worlds.foreign_world()


@pytest.fixture
def as_(db: None) -> Callable[[worlds.World, str], Client]:
    """A client signed in as somebody of a world."""

    def sign_in(of: worlds.World, name: str) -> Client:
        client = Client(enforce_csrf_checks=False)
        client.force_login(of.people[name])
        return client

    return sign_in


def pytest_report_header() -> str:
    return f"database: {connection.vendor}"
