"""The nouns of the top floor: what it means. Excerpts are code-point spans on immutable text versions.

Ids are random, because they become the GUIDs of an exchange file and must survive renaming.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import TextVersion
from reviews.models import Member, Review


class Excerpt(models.Model):
    """A span of a text version: `[start, end)` in code points, with the quote it holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="excerpts")
    text = models.ForeignKey(TextVersion, models.PROTECT, related_name="excerpts")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "text", "start", "end"], name="one_excerpt_per_span"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="excerpt_is_not_empty"),
        ]


class Code(models.Model):
    """A meaning that members give to excerpts. A used code is retired, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="codes")
    name = models.TextField()
    definition = models.TextField(blank=True)
    colour = models.PositiveIntegerField(default=1)  # one of the palette's numbers; the style sheet knows the colour
    retired = models.BooleanField(default=False)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "review", Lower("name"), condition=Q(retired=False), name="one_active_code_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Coding(models.Model):
    """A code applied to an excerpt by one member."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="codings")
    excerpt = models.ForeignKey(Excerpt, models.PROTECT, related_name="codings")
    code = models.ForeignKey(Code, models.PROTECT, related_name="codings")
    coder = models.ForeignKey(Member, models.PROTECT, related_name="codings")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "excerpt", "code", "coder"], condition=Q(removed_at=None), name="one_coding_per_coder"
            )
        ]
        indexes = [models.Index(fields=["review", "code"], name="codings_of_code")]


class Theme(models.Model):
    """Codes drawn together, descriptive or analytical; its statement is a sentence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="themes")
    name = models.TextField()
    statement = models.TextField(blank=True)
    level = models.TextField(
        choices=[("descriptive", _("descriptive")), ("analytical", _("analytical"))], default="descriptive"
    )
    order = models.PositiveIntegerField(default=0)
    retired = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["order", "at"]

    def __str__(self) -> str:
        return self.name


class ThemeCode(models.Model):
    """A code's place in a theme, with the reason for it; many-to-many."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+")
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="memberships")
    code = models.ForeignKey(Code, models.CASCADE, related_name="memberships")
    rationale = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "theme", "code"], name="a_code_is_in_a_theme_once")]
