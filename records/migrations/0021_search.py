"""The full-text index with journals, keywords and identifiers; indexes for the filters of the library."""

from django.db import migrations, models
from django.db.models import Q

from records import full_text


def install(apps, schema_editor):
    full_text.more_columns(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("records", "0020_retractions")]
    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
        migrations.AddIndex("record", models.Index(fields=["library", "language", "work"], name="records_by_language")),
        migrations.AddIndex("record", models.Index(fields=["library", "type", "work"], name="records_by_type")),
        migrations.AddIndex(
            "record",
            models.Index(fields=["library", "work"], condition=Q(abstract=""), name="records_without_abstract"),
        ),
        migrations.AddIndex(
            "record",
            models.Index(fields=["library", "work"], condition=Q(doi=""), name="records_without_doi"),
        ),
        migrations.AddIndex(
            "work",
            models.Index(
                fields=["library", "year", "rank"], condition=Q(empty=False, aside=False), name="works_by_year"
            ),
        ),
    ]
