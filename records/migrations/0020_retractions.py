"""Lists of retractions and corrections, and their notices; also what records say of themselves."""

import django.db.models.deletion
import django.utils.timezone
import records.models.retracted
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_compare_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("file", models.FileField(max_length=200, upload_to=records.models.retracted.list_path)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[("waiting", "being read"), ("read", "read"), ("failed", "not understood")],
                        default="waiting",
                    ),
                ),
                ("format", models.TextField(blank=True)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("taken", models.PositiveIntegerField(default=0)),
                ("without", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "library",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notice_lists", to="records.library"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "nature",
                    models.TextField(
                        choices=[
                            ("retracted", "retracted"),
                            ("concern", "expression of concern"),
                            ("corrected", "corrected"),
                            ("reinstated", "retracted, then reinstated"),
                        ]
                    ),
                ),
                ("doi", models.TextField(blank=True)),
                ("pmid", models.TextField(blank=True)),
                ("doi_key", models.BigIntegerField(null=True)),
                ("pmid_key", models.BigIntegerField(null=True)),
                ("date", models.DateField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("notice_doi", models.TextField(blank=True)),
                ("notice_pmid", models.TextField(blank=True)),
                (
                    "library",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.library",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices_of_itself",
                        to="records.record",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="records.noticelist",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="noticelist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("library", "sha256"), name="a_notice_list_is_read_once"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("doi_key__isnull", False)), fields=["library", "doi_key"], name="notices_by_doi"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("pmid_key__isnull", False)), fields=["library", "pmid_key"], name="notices_by_pmid"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("list", None), ("record__isnull", False)),
                    models.Q(("list__isnull", False), ("record", None)),
                    _connector="OR",
                ),
                name="a_notice_is_a_lists_or_a_records",
            ),
        ),
    ]
