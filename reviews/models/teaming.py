"""Who reads which works: interests that bar a member, works given out beforehand, and who is reading what just now."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Record, Work
from reviews.models.reviewing import Member, Review, StageName


class Interest(models.Model):
    """A member has an interest in a work (wrote it, knows those who did) and is not asked about it. Follows its record.

    Found by the member's names, or declared. Lifted, the row stays and bars nobody.
    """

    class Origin(models.TextChoices):
        NAME = "name", _("an author's name is one of theirs")
        DECLARED = "declared", _("declared")

    review = models.ForeignKey(Review, models.CASCADE, related_name="interests", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="interests", db_index=False)
    work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    origin = models.TextField(choices=Origin.choices)
    why = models.TextField(blank=True)
    by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "member", "record"], name="one_interest_per_record")]
        indexes = [models.Index(fields=["member", "work"], condition=models.Q(lifted_at=None), name="barred_from")]


class Assignment(models.Model):
    """A work given to a member beforehand, at a stage of fixed allocation.

    `rank` copies the work's place in the queue and `open` says that the work may wait for the member, so that the next card is
    one look into one index; both are kept by `reviews.giving`. A work joined into another takes those it was given to along:
    rows with `came_from`, which go when the work has records again. `instead_of` is who had it before and left or may not
    read it; should that member be back before the work is decided on, it goes back.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="assignments", db_index=False)
    work = models.ForeignKey(Work, models.CASCADE, related_name="+", db_index=False)
    stage = models.TextField(choices=StageName.choices)
    rank = models.BigIntegerField(default=0)
    open = models.BooleanField(default=True)
    came_from = models.ForeignKey(Work, models.CASCADE, null=True, related_name="+")
    instead_of = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "work", "stage", "member"], name="given_once")]
        indexes = [
            models.Index(fields=["member", "stage", "work"], name="given_to"),
            models.Index(fields=["member", "stage", "rank"], condition=models.Q(open=True), name="given_queue"),
        ]


class Lease(models.Model):
    """A member has this card on the screen: a hint to the queue that lapses by itself, is no part of the history, and is never a
    reason to refuse a decision.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+", db_index=False)
    work = models.ForeignKey(Work, models.CASCADE, related_name="+", db_index=False)
    stage = models.TextField(choices=StageName.choices)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "work", "stage", "member"], name="one_lease_per_card")]
        indexes = [models.Index(fields=["member", "stage"], name="own_leases")]
