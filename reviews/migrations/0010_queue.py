import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_compare_letters"),
        ("reviews", "0009_team_calibration_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="came_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.work"
            ),
        ),
        migrations.AddField(model_name="assignment", name="open", field=models.BooleanField(default=True)),
        migrations.AddField(model_name="assignment", name="rank", field=models.BigIntegerField(default=0)),
        migrations.RemoveIndex(model_name="decision", name="own_decisions"),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("current", True)), fields=["review", "member", "stage", "-id"], name="own_current"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("open", True)), fields=["member", "stage", "rank"], name="given_queue"
            ),
        ),
    ]
