import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0015_conflicts"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="instead_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="reviews.member"
            ),
        ),
    ]
