"""The nouns of the middle floor: what people decide. A review's primary key is its library's.

Verbs that write stand in `reviews.actions`, questions in `reviews.queries`, who may in `reviews.access`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Dump, Library, Record, Work

Person = settings.AUTH_USER_MODEL


class StageName(models.TextChoices):
    TITLE_ABSTRACT = "title-abstract", _("title and abstract")
    FULL_TEXT = "full-text", _("full text")


class Verdict(models.TextChoices):
    INCLUDE = "include", _("Include")
    EXCLUDE = "exclude", _("Exclude")
    MAYBE = "maybe", _("Maybe")


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    LIBRARIAN = "librarian", _("librarian")
    REVIEWER = "reviewer", _("reviewer")
    ADJUDICATOR = "adjudicator", _("adjudicator")
    OBSERVER = "observer", _("observer")


class State(models.TextChoices):
    """What the decisions on a work amount to under the stage's rule."""

    PENDING = "pending", _("pending")
    AWAITING = "awaiting_second", _("awaiting second")
    CONFLICT = "conflict", _("conflict")
    INCLUDED = "included", _("included")
    EXCLUDED = "excluded", _("excluded")


class Review(models.Model):
    """The undertaking: question, stages, rules."""

    library = models.OneToOneField(Library, models.CASCADE, primary_key=True, related_name="review")
    title = models.TextField(_("title"))
    question = models.TextField(_("question"), blank=True)
    blinded_abstracts = models.BooleanField(default=True)  # title and abstract: nobody sees others' decisions
    blinded_full_texts = models.BooleanField(default=True)
    owner_adjudicates = models.BooleanField(default=True)
    adjudicate_own = models.BooleanField(default=False)
    grouped_kin = models.JSONField(default=list)  # kinds of related works that are screened one after the other
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.title

    def blinded(self, stage: str) -> bool:
        """Whether members decide at this stage without seeing each other's decisions."""
        return self.blinded_full_texts if stage == StageName.FULL_TEXT else self.blinded_abstracts

    @property
    def full_texts_open(self) -> bool:
        """Full texts are read once title and abstract is unblinded: which works got there tells what others said."""
        return not self.blinded_abstracts


class Stage(models.Model):
    """The rule under which decisions become an outcome: how many, what a maybe means, whether one include suffices."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="stages")
    name = models.TextField(choices=StageName.choices)
    needed = models.PositiveIntegerField(default=2)
    maybe_counts_as = models.TextField(
        choices=[("include", _("include")), ("conflict", _("unresolved"))], default="include"
    )
    one_include_is_enough = models.BooleanField(default=False)
    # How many works are in each state; kept in the transaction that changes them, proved by `manage.py recount`.
    pending = models.PositiveIntegerField(default=0)
    awaiting_second = models.PositiveIntegerField(default=0)
    conflict = models.PositiveIntegerField(default=0)
    included = models.PositiveIntegerField(default=0)
    excluded = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "name"], name="one_rule_per_stage")]


class Member(models.Model):
    """A person in one review, with a role. A removed member's decisions stay."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="members")
    user = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.TextField(choices=Role.choices)
    joined_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """A link that lets one person in, once, with a role. Only the hash of its token is kept."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="invitations")
    role = models.TextField(choices=Role.choices, default=Role.REVIEWER)
    email = models.EmailField(max_length=254, blank=True)  # when given, the link is good for this address only
    token_hash = models.TextField(unique=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)


class Criterion(models.Model):
    """An eligibility rule of the protocol, shown beside the abstract."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="criteria")
    order = models.PositiveIntegerField()
    element = models.TextField()
    text = models.TextField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["review", "order"], name="criteria_in_order")]


class ExclusionReason(models.Model):
    """One of the review's ordered reasons; the first in order counts. Retired ones stay with their decisions."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="reasons")
    order = models.PositiveIntegerField()
    key = models.TextField(blank=True)
    text = models.TextField()
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["review", "order"], name="reasons_in_order")]

    def __str__(self) -> str:
        return self.text


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
    imported_from = models.ForeignKey(Dump, models.PROTECT, null=True, related_name="+")  # made elsewhere, before
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
        ]
        indexes = [models.Index(fields=["review", "member", "stage", "-id"], name="own_decisions")]


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
