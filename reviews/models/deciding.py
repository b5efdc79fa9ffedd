"""What people say of a work at a stage, and what that amounts to."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Dump, Record, Work
from reviews.models.reviewing import ExclusionReason, Member, Review, StageName


class Verdict(models.TextChoices):
    INCLUDE = "include", _("Include")
    EXCLUDE = "exclude", _("Exclude")
    MAYBE = "maybe", _("Maybe")


class State(models.TextChoices):
    """What the decisions on a work amount to under the stage's rule."""

    PENDING = "pending", _("pending")
    AWAITING = "awaiting_second", _("awaiting second")
    CONFLICT = "conflict", _("conflict")
    INCLUDED = "included", _("included")
    EXCLUDED = "excluded", _("excluded")


class Ended(models.TextChoices):
    """Why a decision that its member never took back counts no more."""

    VOIDED = "voided", _("the member's decisions were voided")
    SENT_BACK = "sent-back", _("sent back for a second look")
    CALIBRATION = "calibration", _("made in a calibration round that does not count")


class Decision(models.Model):
    """One member's verdict on one work at one stage. Appended, never overwritten: only `current` moves.

    `record` is the record shown; through it the decision follows joins and splits. `key` is made by the browser once
    a card, so that the same press sent twice is one decision.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="decisions")
    work = models.ForeignKey(Work, models.PROTECT, related_name="decisions")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="decisions")
    stage = models.TextField(choices=StageName.choices)
    verdict = models.TextField(choices=Verdict.choices)
    reason = models.ForeignKey(ExclusionReason, models.PROTECT, null=True, related_name="+")
    current = models.BooleanField(default=True)
    undone_at = models.DateTimeField(null=True)
    ended = models.TextField(choices=Ended.choices, blank=True, default="")  # not current, though nobody took it back
    ended_at = models.DateTimeField(null=True)
    round = models.ForeignKey("Round", models.SET_NULL, null=True, related_name="decisions")  # of calibration
    imported_from = models.ForeignKey(Dump, models.PROTECT, null=True, related_name="+")  # made elsewhere, before
    criteria_version = models.PositiveIntegerField(null=True)  # number of the criteria in force; null: made elsewhere
    key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "work", "member", "stage"], condition=Q(current=True), name="one_current_decision"
            ),
            models.UniqueConstraint(fields=["review", "member", "key"], name="one_decision_per_key"),
            models.CheckConstraint(
                condition=Q(verdict="exclude") | Q(reason=None), name="only_exclusions_have_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(stage="full-text", verdict="exclude", reason=None), name="full_text_exclusion_has_a_reason"
            ),
            models.CheckConstraint(condition=Q(current=False) | Q(undone_at=None), name="undone_is_not_current"),
            models.CheckConstraint(condition=Q(current=False) | Q(ended=""), name="ended_is_not_current"),
        ]
        indexes = [
            models.Index(fields=["review", "member", "stage", "-id"], condition=Q(current=True), name="own_current"),
        ]


class Adjudication(models.Model):
    """The deciding act on a conflict. The decisions stay as they were."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="adjudications")
    work = models.ForeignKey(Work, models.PROTECT, related_name="adjudications")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    stage = models.TextField(choices=StageName.choices)
    member = models.ForeignKey(Member, models.PROTECT, related_name="adjudications")
    verdict = models.TextField(choices=[("include", _("Include")), ("exclude", _("Exclude"))])
    reason = models.ForeignKey(ExclusionReason, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    together = models.JSONField(default=list)  # members who settled it among themselves; empty: one ruled
    batch = models.UUIDField(null=True)  # of rulings made, and taken back, at once
    current = models.BooleanField(default=True)
    undone_at = models.DateTimeField(null=True)
    key = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "work", "stage"], condition=Q(current=True), name="one_current_adjudication"
            ),
            models.UniqueConstraint(fields=["review", "member", "key"], name="one_adjudication_per_key"),
            models.CheckConstraint(
                condition=Q(verdict="exclude") | Q(reason=None), name="adjudicated_inclusion_has_no_reason"
            ),
        ]


class Outcome(models.Model):
    """What the decisions on one work amount to at one stage; written in the decision's transaction, never by hand.

    `rank` copies the work's place in the queue and `only_member` names the one member who decided so far, so that the
    next card is one look into one index.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="outcomes", db_index=False)
    work = models.ForeignKey(Work, models.PROTECT, related_name="outcomes")
    stage = models.TextField(choices=StageName.choices)
    state = models.TextField(choices=State.choices, default=State.PENDING)
    reason = models.ForeignKey(ExclusionReason, models.PROTECT, null=True, related_name="+")
    decided = models.PositiveIntegerField(default=0)
    only_member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", db_index=False)
    rank = models.BigIntegerField()
    aside = models.BooleanField(default=False)  # not screened now: its search is set aside, or the work is empty
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "work", "stage"], name="one_outcome_per_stage")]
        indexes = [
            # Partial, since SQLite looks up no index by "NOT aside", but proves that an index holds only such rows.
            models.Index(fields=["review", "stage", "state", "rank"], condition=Q(aside=False), name="queue"),
            models.Index(
                fields=["review", "stage", "state", "only_member", "rank"],
                condition=Q(aside=False),
                name="queue_of_second",
            ),
        ]


class Later(models.Model):
    """A member put a card off; it comes again when the rest is done."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="laters")
    work = models.ForeignKey(Work, models.CASCADE, related_name="+")
    stage = models.TextField(choices=StageName.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "member", "work", "stage"], name="put_off_once")]


class Note(models.Model):
    """Text on a work by one member, kept on the record shown; while blinded it is seen by its writer only."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="notes")
    record = models.ForeignKey(
        Record, models.PROTECT, related_name="+"
    )  # the record shown; joins and splits move with it
    member = models.ForeignKey(Member, models.PROTECT, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
