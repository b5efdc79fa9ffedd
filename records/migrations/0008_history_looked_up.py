"""Indexes for the history page: by time, by person, by kind of act, by what an act was about."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(model_name="event", index=models.Index(fields=["library", "at"], name="history_by_time")),
        migrations.AddIndex(
            model_name="event", index=models.Index(fields=["library", "by", "number"], name="history_by_person")
        ),
        migrations.AddIndex(
            model_name="event", index=models.Index(fields=["library", "verb", "number"], name="history_by_verb")
        ),
        migrations.AddIndex(
            model_name="event", index=models.Index(fields=["library", "subject", "number"], name="history_by_subject")
        ),
    ]
