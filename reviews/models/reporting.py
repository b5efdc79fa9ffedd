"""What became of included works: reports, sought and retrieved, and the studies that they describe."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Record, Work
from reviews.models.reviewing import Review

Person = settings.AUTH_USER_MODEL


class Retrieval(models.TextChoices):
    AWAITED = "awaited", _("sought")
    RETRIEVED = "retrieved", _("retrieved")
    NOT_RETRIEVED = "not_retrieved", _("not retrieved")


class Study(models.Model):
    """An investigation that one or more reports describe."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="studies")
    label = models.TextField()


class Report(models.Model):
    """The document of an included work: sought, retrieved or not, and the study it describes."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="reports")
    work = models.ForeignKey(Work, models.PROTECT, related_name="reports")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")  # shown when it was sought; joins move it
    retrieval = models.TextField(choices=Retrieval.choices, default=Retrieval.AWAITED)
    study = models.ForeignKey(Study, models.SET_NULL, null=True, related_name="reports")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "work"], name="one_report_per_work")]


class NotOneStudy(models.Model):
    """A person said that reports do not describe one study: of one act, a row each; those of one `side` were one already.

    Taken back, the rows go; the history keeps that they were there.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="+")
    act = models.UUIDField()
    report = models.ForeignKey(Report, models.CASCADE, related_name="+")
    side = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "act", "report"], name="one_side_per_report")]
