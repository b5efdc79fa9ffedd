"""The full-text index, and the triggers that keep history and texts as they are."""

from django.db import migrations

from records import engine


def install(apps, schema_editor):
    engine.install(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("records", "0001_first")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
