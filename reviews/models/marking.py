"""What helps a reader and decides nothing: highlight lists, and labels with what they were put on."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Record
from reviews.models.reviewing import Member, Review


class Style(models.IntegerChoices):
    """How something is told apart: a line of its own kind, and a colour beside it."""

    SOLID = 1, _("solid line, green")
    DASHED = 2, _("dashed line, red")
    DOTTED = 3, _("dotted line, blue")
    DOUBLE = 4, _("double line, brown")
    WAVY = 5, _("wavy line, violet")
    BOTH = 6, _("line above and below, teal")


class HighlightList(models.Model):
    """Words that are underlined where a work is read. `terms` as they were written, one a line."""

    class Kind(models.TextChoices):
        INCLUDE = "include", _("speaks for including")
        EXCLUDE = "exclude", _("speaks for excluding")
        OTHER = "other", _("neither")

    review = models.ForeignKey(Review, models.CASCADE, related_name="highlight_lists")
    order = models.PositiveIntegerField()
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices, default=Kind.OTHER)
    style = models.PositiveSmallIntegerField(choices=Style.choices, default=Style.SOLID)
    terms = models.TextField()
    whole_words = models.BooleanField(default=True)
    on = models.BooleanField(default=True)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """A free tag of the review, without effect. `folded` is its name without case, by which it is one.

    `shared`: everybody sees that it exists. One made on a card is seen, while blinded, by those only who put it on a work:
    that somebody coined it would tell what the others read.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="labels")
    name = models.TextField()
    folded = models.TextField()
    style = models.PositiveSmallIntegerField(choices=Style.choices, default=Style.SOLID)
    shared = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["folded"]
        constraints = [models.UniqueConstraint(fields=["review", "folded"], name="one_label_per_name")]

    def __str__(self) -> str:
        return self.name


class Labelling(models.Model):
    """One member put a label on a work; kept on the record shown, so that joins and splits take it along, as with a note.

    `spelling` is the name as this member wrote it: while blinded the spelling of somebody else shows nowhere.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="labellings", db_index=False)
    label = models.ForeignKey(Label, models.PROTECT, related_name="labellings")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="labellings", db_index=False)
    spelling = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "label", "record", "member"], name="labelled_once")]
        indexes = [models.Index(fields=["member", "label"], name="own_labels")]
