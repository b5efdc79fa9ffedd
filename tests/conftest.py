"""What all tests share: which database this leg claims, no network, the two worlds, and a signed-in client."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest
from django.db import connection, connections
from django.test import Client

from tests import world as worlds
from tests.ready_made import MADE, ReadyMade

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
READY = pytest.StashKey[dict[tuple[str, ...], ReadyMade]]()
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


def worlds_of(item: pytest.Item) -> tuple[str, ...]:
    """The worlds that are in a test's database already; a test that commits starts from the empty one."""
    names = set(getattr(item, "fixturenames", ()))
    if not is_ours(item, "world") or names & {"transactional_db", "live_server"}:
        return ()
    return ("world", "foreign") if is_ours(item, "foreign") else ("world",)


def is_ours(item: pytest.Item, name: str) -> bool:
    """Whether a test asks for a fixture of this file; some have a world of their own."""
    found = item._fixtureinfo.name2fixturedefs.get(name) if isinstance(item, pytest.Function) else None
    return bool(found) and found[-1].func.__module__ == __name__


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> object:
    """From before a test's first fixture until its last is undone, its database is the one with its worlds."""
    ready = item.session.stash.get(READY, {}).get(worlds_of(item))
    with ready.shown() if ready else nullcontext():
        return (yield)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object, request: pytest.FixtureRequest) -> Iterator[None]:
    """The empty test database, and beside it those with the worlds that the chosen tests ask for."""
    wanted = {worlds_of(item) for item in request.session.items} - {()}
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        request.session.stash[READY] = {names: ReadyMade(*names) for names in sorted(wanted)}
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for ready in request.session.stash[READY].values():
            ready.gone()


def made(request: pytest.FixtureRequest, name: str) -> worlds.World:
    """A world from the test's database, or a new one: a process's first test had begun when the databases were made."""
    ready = request.session.stash[READY].get(worlds_of(request.node))
    if ready is None or connections["default"] is not ready.filled:
        return MADE[name]()
    worlds.count_at_once()
    return ready.fresh(name)


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> worlds.World:
    """The screened world of tests/world.py."""
    return made(request, "world")


@pytest.fixture
def foreign(request: pytest.FixtureRequest, db: None) -> worlds.World:
    """Another review, owned by eve."""
    return made(request, "foreign")


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
