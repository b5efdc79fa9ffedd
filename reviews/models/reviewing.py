"""The undertaking: review, stages with their rules, people with their roles, criteria and reasons."""

from dataclasses import replace

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models import Library
from reviews.outcome import Rule

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
    hide_people = models.BooleanField(default=False)  # authors and journal stay off the cards while a stage is blinded
    frame = models.TextField(blank=True, default="")  # key of `reviews.frames`; "" where criteria are free text
    criteria_version = models.PositiveIntegerField(default=0)  # number of the version in force; 0 before there is one
    progress_open = models.BooleanField(default=False)  # the team page says how many works each has decided on
    names_in_conflict = models.BooleanField(default=True)  # an adjudicator sees who said what
    ask_differing_reasons = models.BooleanField(default=False)  # other reasons for one exclusion go to the conflicts
    sent_back = models.BooleanField(default=False)  # a work was sent back at least once; else no card looks for it
    registered_in = models.TextField(blank=True, default="")
    registered_as = models.TextField(blank=True, default="")
    registered_link = models.TextField(blank=True, default="")
    registered_on = models.DateField(null=True)
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


MAYBE_MEANS = [("include", _("include")), ("conflict", _("unresolved"))]


class Allocation(models.TextChoices):
    """Who reads what: everybody takes the next of all works, or each work is given to certain members beforehand."""

    SHARED = "shared", _("everybody takes the next work")
    FIXED = "fixed", _("works are given out beforehand")


class Experience(models.TextChoices):
    NONE = "", _("not said")
    EXPERT = "expert", _("expert")
    NOVICE = "novice", _("novice")


class Stage(models.Model):
    """The rule under which decisions become an outcome: how many, what a maybe means, whether one include suffices."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="stages")
    name = models.TextField(choices=StageName.choices)
    needed = models.PositiveIntegerField(default=2)
    maybe_counts_as = models.TextField(choices=MAYBE_MEANS, default="include")  # beside an include
    maybe_with_exclude = models.TextField(choices=MAYBE_MEANS, default="conflict")
    maybe_with_maybe = models.TextField(choices=MAYBE_MEANS, default="include")
    one_include_is_enough = models.BooleanField(default=False)
    one_until_joined = models.BooleanField(default=False)  # one decision suffices while only one member may decide
    alone = models.BooleanField(default=False)  # and that is so now; kept by `reviews.rules`
    allocation = models.TextField(choices=Allocation.choices, default=Allocation.SHARED)
    dealt_by = models.JSONField(default=dict)  # of fixed allocation: {"source": {search: [members]}} and the like
    expert_with_novice = models.BooleanField(default=False)  # one of a work's decisions comes from an expert
    due = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)  # nobody decides on this stage any more, until it is opened again
    calibrating = models.ForeignKey("Round", models.SET_NULL, null=True, related_name="+")  # the queue waits for it
    # How many works are in each state; kept in the transaction that changes them, proved by `manage.py recount`.
    pending = models.PositiveIntegerField(default=0)
    awaiting_second = models.PositiveIntegerField(default=0)
    conflict = models.PositiveIntegerField(default=0)
    included = models.PositiveIntegerField(default=0)
    excluded = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "name"], name="one_rule_per_stage")]

    @property
    def rule(self) -> Rule:
        """The settings as the pure rule."""
        return Rule(
            needed=1 if self.alone else self.needed,
            maybe_counts_as=self.maybe_counts_as,
            maybe_with_exclude=self.maybe_with_exclude,
            maybe_with_maybe=self.maybe_with_maybe,
            one_include_is_enough=self.one_include_is_enough,
            expert_with_novice=self.expert_with_novice and not self.alone,
        )

    def rule_in(self, review: Review) -> Rule:
        """The same with what is set once for all stages of the review."""
        return replace(self.rule, ask_differing_reasons=review.ask_differing_reasons)


class Member(models.Model):
    """A person in one review, with a role. A removed member's decisions stay; a voided member's count no more.

    `names` are those under which the person publishes, as on title pages: works by them are not served to them.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="members")
    user = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.TextField(choices=Role.choices)
    joined_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)  # a guest: in the review to the end of this day
    succeeds = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="successors"
    )  # took over what was left
    experience = models.TextField(choices=Experience.choices, blank=True, default="")
    share = models.PositiveIntegerField(default=1)  # of works given out beforehand, in proportion to the others'
    names = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """A link that lets one person in, once, with a role. Only the hash of its token is kept."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="invitations")
    role = models.TextField(choices=Role.choices, default=Role.REVIEWER)
    until = models.DateField(null=True)  # who comes by it is a guest to the end of this day
    succeeds = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")  # and takes this member's place
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
    """One of the review's ordered reasons; the first in order counts. Retired ones stay with their decisions.

    One merged into another counts as that one; the decisions keep their row, so that the merging can be taken back.
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="reasons")
    order = models.PositiveIntegerField()
    key = models.TextField(blank=True)
    text = models.TextField()
    retired = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["review", "order"], name="reasons_in_order")]

    def __str__(self) -> str:
        return self.text

    @property
    def counting(self) -> "ExclusionReason":
        """The reason that this one counts as: the one it was merged into, else itself."""
        return self.merged_into or self


class CriteriaVersion(models.Model):
    """The criteria as they stood from one change to the next. Appended; a decision names the version in force."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="criteria_versions")
    number = models.PositiveIntegerField()
    frame = models.TextField(blank=True)
    rows = models.JSONField()  # [[element, text], …]
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="criteria_versions_in_order")]


class Amendment(models.Model):
    """A dated change of the protocol: what, and why."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="amendments")
    on = models.DateField()
    what = models.TextField()
    why = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
