"""Decisions are counted by member and day where they are stored, whatever makes, ends or moves them.

A later migration that makes the table of decisions anew (SQLite: a changed field or constraint) must call `counted` again.
"""

import django.db.models.deletion
from django.db import migrations, models

WATCHED = "current, review_id, member_id, stage, at, imported_from_id"
PLACE = "review_id = {row}.review_id AND stage = {row}.stage AND member_id = {row}.member_id AND day = {day} AND here = {here}"
ROWS = """
    INSERT INTO reviews_decidedon (review_id, member_id, stage, day, here, count)
    SELECT review_id, member_id, stage, {day}, imported_from_id IS NULL, count(*)
    FROM reviews_decision WHERE current GROUP BY 1, 2, 3, 4, 5
"""
ONE_MORE = """
    INSERT INTO reviews_decidedon (review_id, member_id, stage, day, here, count)
    VALUES (NEW.review_id, NEW.member_id, NEW.stage, {day}, NEW.imported_from_id IS NULL, 1)
    ON CONFLICT (review_id, stage, member_id, day, here) DO UPDATE SET count = reviews_decidedon.count + 1;
"""
ONE_LESS = "UPDATE reviews_decidedon SET count = count - 1 WHERE {place};"
ON_POSTGRES = """
CREATE FUNCTION reviews_decision_counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP <> 'INSERT' THEN
    IF OLD.current THEN {less} END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    IF NEW.current THEN {more} END IF;
  END IF;
  RETURN NULL;
END $$
"""


def counted(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    day = "substr({}at, 1, 10)" if sqlite else "({}at AT TIME ZONE 'UTC')::date"
    more = ONE_MORE.format(day=day.format("NEW."))
    here = "(OLD.imported_from_id IS NULL)"
    less = ONE_LESS.format(place=PLACE.format(row="OLD", day=day.format("OLD."), here=here))
    run = schema_editor.execute
    run("DELETE FROM reviews_decidedon")
    run(ROWS.format(day=day.format("")))
    if sqlite:
        for name, when, row, act in (
            ("made", "INSERT", "NEW", more),
            ("ended", f"UPDATE OF {WATCHED}", "OLD", less),
            ("stands", f"UPDATE OF {WATCHED}", "NEW", more),
            ("gone", "DELETE", "OLD", less),
        ):
            run(
                f"CREATE TRIGGER reviews_decision_{name} AFTER {when} ON reviews_decision WHEN {row}.current BEGIN {act} END"
            )
        return
    run(ON_POSTGRES.format(less=less, more=more))
    for name, when in (("made", f"INSERT OR UPDATE OF {WATCHED}"), ("gone", "DELETE")):
        run(
            f"CREATE CONSTRAINT TRIGGER reviews_decision_{name} AFTER {when} ON reviews_decision"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reviews_decision_counted()"
        )


def no_longer(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("made", "ended", "stands", "gone"):
            schema_editor.execute(f"DROP TRIGGER reviews_decision_{name}")
        return
    for name in ("made", "gone"):
        schema_editor.execute(f"DROP TRIGGER reviews_decision_{name} ON reviews_decision")
    schema_editor.execute("DROP FUNCTION reviews_decision_counted")


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0014_bulk"),
    ]

    operations = [
        migrations.CreateModel(
            name="DecidedOn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.TextField(choices=[("title-abstract", "title and abstract"), ("full-text", "full text")]),
                ),
                ("day", models.DateField()),
                ("here", models.BooleanField()),
                ("count", models.IntegerField()),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reviews.member",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reviews.review",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("review", "stage", "member", "day", "here"), name="one_count_a_day")
                ],
            },
        ),
        migrations.RemoveIndex(model_name="decision", name="decisions_by_day"),
        migrations.RunPython(counted, no_longer),
    ]
