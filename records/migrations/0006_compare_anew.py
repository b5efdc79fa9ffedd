"""Stored records are made comparable by the rules of today, with the block keys that follow: those of old and of new dumps must meet."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

from records.dedup import Normal, keys
from records.dedup.normalise import COMPARED

CHUNK = 1000


def _chunks(rows: Any) -> Iterator[list[Any]]:
    """Rows by id, a thousand at a time."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk").only("pk", "library_id", "normal", *COMPARED)[:CHUNK]):
        yield some
        last = some[-1].pk


def compare_anew(apps: Any, _schema: Any) -> None:
    """What is joined, asked or answered stays as it is."""
    Record, BlockKey = apps.get_model("records", "Record"), apps.get_model("records", "BlockKey")
    for some in _chunks(Record.objects.all()):
        added = []
        for record in some:
            normal = Normal.of({name: getattr(record, name) for name in COMPARED})
            record.normal = normal.to_json()
            added += [BlockKey(library_id=record.library_id, key=key, record_id=record.pk) for key in keys(normal)]
        Record.objects.bulk_update(some, ["normal"], batch_size=200)
        BlockKey.objects.filter(record__in=[record.pk for record in some]).delete()
        BlockKey.objects.bulk_create(added, batch_size=2000)


class Migration(migrations.Migration):
    dependencies = [("records", "0005_related_pairs")]

    operations = [migrations.RunPython(compare_anew, migrations.RunPython.noop, elidable=True)]
