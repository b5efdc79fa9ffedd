"""Calibration: a sample that all screen, before the rest."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Record, Work
from reviews.models.reviewing import Review, StageName


class Round(models.Model):
    """A calibration round. Opened, its works are all that anybody is asked about; closed, they are compared side by side; the
    queue goes on when the owner says so (`Stage.calibrating` names the round until then).
    """

    class How(models.TextChoices):
        RANDOM = "random", _("drawn at random")
        CHOSEN = "chosen", _("chosen")

    review = models.ForeignKey(Review, models.CASCADE, related_name="rounds")
    stage = models.TextField(choices=StageName.choices)
    number = models.PositiveIntegerField()
    how = models.TextField(choices=How.choices)
    seed = models.BigIntegerField(null=True)  # of the draw
    counts = models.BooleanField(default=True)  # its decisions are the members' decisions on these works
    criteria_version = models.PositiveIntegerField()  # in force when it was opened
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)  # its decisions are open to those who screen, for good
    called_off_at = models.DateTimeField(null=True)  # or it came to nothing; nobody saw others' decisions
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "stage", "number"], name="rounds_in_order"),
            models.UniqueConstraint(
                fields=["review", "stage"],
                condition=models.Q(closed_at=None, called_off_at=None),
                name="one_round_at_a_time",
            ),
        ]

    @property
    def open(self) -> bool:
        """Whether it is going on: the members decide, blind to each other."""
        return self.closed_at is None and self.called_off_at is None


class RoundWork(models.Model):
    """A work of a round, in the order in which all read them. Follows its record."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_index=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="works")
    work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    order = models.PositiveIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["review", "round", "record"], name="once_in_a_round")]
