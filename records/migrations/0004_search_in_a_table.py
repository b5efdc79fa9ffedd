"""PostgreSQL's full-text index becomes a table of its own, so that an import need not wait for it."""

from django.db import migrations

from records import engine


def install(apps, schema_editor):
    engine.search_in_a_table(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("records", "0003_import_kept_whole")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
