from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0012_calibration"),
    ]

    operations = [
        migrations.AddField(model_name="adjudication", name="together", field=models.JSONField(default=list)),
        migrations.AddField(model_name="adjudication", name="batch", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="review", name="sent_back", field=models.BooleanField(default=False)),
    ]
