from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0010_queue"),
    ]

    operations = [
        migrations.AddField(
            model_name="round",
            name="called_off_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(
                condition=models.Q(("called_off_at", None), ("closed_at", None)),
                fields=("review", "stage"),
                name="one_round_at_a_time",
            ),
        ),
    ]
