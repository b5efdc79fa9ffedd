"""What is kept of acts and long tasks: jobs, and the history."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.coming_in import Dump, Library

Person = settings.AUTH_USER_MODEL


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Job(models.Model):
    """A long task as people see it: progress, phase, a checkpoint to go on from, a heartbeat, and a way to stop it."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="jobs")
    kind = models.TextField()
    dump = models.ForeignKey(Dump, models.CASCADE, null=True, related_name="jobs")
    state = models.TextField(choices=JobState.choices, default=JobState.WAITING)
    phase = models.TextField(blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    checkpoint = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)  # of the try that runs or ran last
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="stale_jobs")]


class HistoryHead(models.Model):
    """Where the history of a library stands. A row of its own: it is the last one that a transaction locks."""

    library = models.OneToOneField(Library, models.CASCADE, primary_key=True, related_name="history_head")
    hash = models.TextField(default="")  # of the newest event
    length = models.BigIntegerField(default=0)


class Event(models.Model):
    """One act in the history of a library: who, when, what. Append-only (a database trigger refuses change), hash-chained."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="history")
    number = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    verb = models.TextField()
    subject = models.TextField(blank=True)  # "work 12", "member 3"
    detail = models.JSONField(default=dict)
    previous = models.TextField()
    hash = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "number"], name="history_in_order")]
        indexes = [
            models.Index(fields=["library", "at"], name="history_by_time"),
            models.Index(fields=["library", "by", "number"], name="history_by_person"),
            models.Index(fields=["library", "verb", "number"], name="history_by_verb"),
            models.Index(fields=["library", "subject", "number"], name="history_by_subject"),
        ]
