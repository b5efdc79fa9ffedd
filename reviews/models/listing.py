"""What is done with lists: views that are kept, and decisions on many works at once, which are nobody's independent ones."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Record, Work
from reviews.models.reviewing import ExclusionReason, Member, Review, StageName


class SavedView(models.Model):
    """Filters of the library under a name; `query` as in the address. One member's own, or (`shared`) everybody's."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="saved_views")
    member = models.ForeignKey(Member, models.CASCADE, related_name="saved_views")
    name = models.TextField()
    query = models.TextField()
    shared = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["review", "member", "name"], name="one_view_per_name")]


class Bulk(models.Model):
    """One act that decided on many works at once; taken back as a whole."""

    class How(models.TextChoices):
        READ = "read", _("a person read each of them")
        FILTERED = "filtered", _("a person chose them by a filter and did not read each")
        TOOL = "tool", _("a tool chose them")

    class Removal(models.TextChoices):
        """The line of the flow that its exclusions stand in; empty where they count as screened."""

        AUTOMATION = "automation", _("marked as ineligible by automation tools")
        OTHER = "other", _("removed for other reasons")

    review = models.ForeignKey(Review, models.CASCADE, related_name="bulks")
    stage = models.TextField(choices=StageName.choices)
    verdict = models.TextField(choices=[("include", _("Include")), ("exclude", _("Exclude"))])
    reason = models.ForeignKey(ExclusionReason, models.PROTECT, null=True, related_name="+")
    how = models.TextField(choices=How.choices)
    tool = models.TextField(blank=True)  # its name and version, where a tool chose
    removal = models.TextField(choices=Removal.choices, blank=True, default="")
    chosen = models.PositiveIntegerField(default=0)  # works that were chosen, also those left out
    query = models.TextField(blank=True)  # the filters that chose, as in the address
    words = models.TextField(blank=True)  # the same for people
    key = models.UUIDField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="one_bulk_per_key")]


class BulkWork(models.Model):
    """What a bulk act says of one work: it counts like a ruling where nobody ruled. Follows its record."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+", db_index=False)
    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="works")
    work = models.ForeignKey(Work, models.PROTECT, related_name="+", db_index=False)
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    stage = models.TextField(choices=StageName.choices)
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "work", "stage"], condition=models.Q(current=True), name="one_current_bulk"
            ),
            models.UniqueConstraint(fields=["review", "bulk", "record"], name="once_in_a_bulk"),
        ]
