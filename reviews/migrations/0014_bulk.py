"""What acts on many works remove from the flow, and how many works they chose."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0011_team"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulk",
            name="chosen",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bulk",
            name="removal",
            field=models.TextField(
                blank=True,
                choices=[
                    ("automation", "marked as ineligible by automation tools"),
                    ("other", "removed for other reasons"),
                ],
                default="",
            ),
        ),
    ]
