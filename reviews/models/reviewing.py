"""The undertaking: review, stages with their rules, people with their roles, criteria and reasons."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Library

Person = settings.AUTH_USER_MODEL


class StageName(models.TextChoices):
    TITLE_ABSTRACT = "title-abstract", _("title and abstract")
    FULL_TEXT = "full-text", _("full text")


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    LIBRARIAN = "librarian", _("librarian")
    REVIEWER = "reviewer", _("reviewer")
    ADJUDICATOR = "adjudicator", _("adjudicator")
    OBSERVER = "observer", _("observer")


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
