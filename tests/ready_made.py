"""The worlds of tests/world.py, made once a process in databases of their own, so that no test waits for them again.

A test that asks for `world`, or for `world` and `foreign`, runs on a database where they are, in a transaction that is rolled
back; every other test runs on the empty one. Hooked in by tests/conftest.py.
"""

import contextlib
import copy
import pickle
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings

from tests import world as worlds

MADE = {"world": worlds.screened_world, "foreign": worlds.foreign_world}


class ReadyMade:
    """A second database with worlds in it, their files, and their objects as they were when they were made."""

    def __init__(self, *names: str) -> None:
        self.empty = connections["default"]
        self.files = Path(tempfile.mkdtemp(prefix="winnow-world-"))
        self.filled = self._beside("_".join(names))
        with override_settings(MEDIA_ROOT=self.files), self.shown(), transaction.atomic():
            self.kept = {name: pickle.dumps(MADE[name]()) for name in names}
            connection.run_on_commit.clear()  # in a test's transaction nothing is started at its end either

    def _beside(self, name: str) -> BaseDatabaseWrapper:
        """A copy of the empty database, and a connection to it."""
        if connection.vendor == "sqlite":
            name = f"file:memorydb_{name}?mode=memory&cache=shared"
        else:
            name = f"{self.empty.settings_dict['NAME']}_{name}"
            self.empty.close()  # nobody may be in a database that is copied
            with self.empty._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.empty.settings_dict["NAME"]}"')
        made = type(self.empty)(copy.deepcopy(self.empty.settings_dict) | {"NAME": name}, alias="default")
        if connection.vendor == "sqlite":
            made.ensure_connection()
            self.empty.ensure_connection()
            source: sqlite3.Connection = self.empty.connection
            source.backup(made.connection)
        return made

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Inside, `django.db.connection` is the one to the filled database."""
        connections["default"] = self.filled
        try:
            yield
        finally:
            connections["default"] = self.empty

    def fresh(self, name: str) -> worlds.World:
        """A world, fresh for one test, with its files where the test keeps files."""
        shutil.copytree(self.files, settings.MEDIA_ROOT, dirs_exist_ok=True)
        return pickle.loads(self.kept[name])

    def gone(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.files, ignore_errors=True)
        self.filled.close()
        if self.empty.vendor == "postgresql":
            with self.empty._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{self.filled.settings_dict["NAME"]}"')
