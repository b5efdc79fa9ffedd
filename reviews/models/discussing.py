"""Conflicts talked over, and works sent back for a second look."""

from django.db import models
from django.utils import timezone

from records.models import Record, Work
from reviews.models.reviewing import Member, Review, StageName


class Message(models.Model):
    """One contribution to the thread about a work at a stage, open to those who see its decisions. Follows its record."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_index=False)
    work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    stage = models.TextField(choices=StageName.choices)
    member = models.ForeignKey(Member, models.PROTECT, related_name="messages")
    text = models.TextField()
    key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["review", "member", "key"], name="one_message_per_key")]


class SendingBack(models.Model):
    """A work whose decisions were set aside so that the same members look again; `why` is shown on its card. Follows its record."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_index=False)
    work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    stage = models.TextField(choices=StageName.choices)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)
    decisions = models.JSONField(default=list)  # keys of those set aside
    key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "member", "key"], name="one_sending_back_per_key")]
