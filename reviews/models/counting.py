"""What is counted so that no page need count it."""

from django.db import models

from reviews.models.reviewing import Member, Review, StageName


class DecidedOn(models.Model):
    """How many decisions of a member stand that were made on one day; `here`, or taken over from a file.

    Triggers of the database keep it (migration 0016), whatever makes, ends or moves a decision: `manage.py recount` proves it.
    On PostgreSQL they act when the transaction ends, behind the head of the history, so that no two wait for each other.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+", db_index=False)
    stage = models.TextField(choices=StageName.choices)
    day = models.DateField()
    here = models.BooleanField()
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "stage", "member", "day", "here"], name="one_count_a_day")
        ]
