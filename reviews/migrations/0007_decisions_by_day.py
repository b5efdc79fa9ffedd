"""An index that counts decisions by day from itself alone."""

import django.db.models.expressions
from django.db import migrations, models

import records.engine


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0008_history_looked_up"),
        ("reviews", "0006_setting_up"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                django.db.models.expressions.F("review"),
                django.db.models.expressions.F("stage"),
                django.db.models.expressions.F("member"),
                records.engine.Day(django.db.models.expressions.F("at")),
                condition=models.Q(("current", True), ("imported_from", None)),
                name="decisions_by_day",
            ),
        ),
    ]
