"""After an update, records that came in before are compared by the rules of today."""

from importlib import import_module

import pytest
from django.apps import apps

from records.models import BlockKey, Record
from tests.records.state import everything

MIGRATION = import_module("records.migrations.0006_compare_anew")


@pytest.mark.django_db
def test_old_normal_forms_and_keys_are_made_anew_and_nothing_else_changes(world, monkeypatch):
    monkeypatch.setattr(MIGRATION, "CHUNK", 3)
    before = everything(world.library)
    Record.objects.filter(library=world.library).update(normal={"title": "as it was once"})
    BlockKey.objects.filter(library=world.library).update(key=1)
    assert everything(world.library) != before
    MIGRATION.compare_anew(apps, None)
    assert everything(world.library) == before
