"""What would change before it changes: a proposal, and its changes one by one."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.coming_in import Library
from records.models.grouped import Match, Record

Person = settings.AUTH_USER_MODEL


class ProposalKind(models.TextChoices):
    """What a proposal came from."""

    RULES = "rules", _("all records compared anew")
    ANSWERS = "answers", _("many questions answered at once")


class ProposalState(models.TextChoices):
    WORKING = "working", _("being worked out")
    READY = "ready", _("waits for you")
    APPLYING = "applying", _("being done")
    APPLIED = "applied", _("done")
    TAKING_BACK = "taking-back", _("being taken back")
    TAKEN_BACK = "taken-back", _("taken back")
    DROPPED = "dropped", _("dropped")


class Proposal(models.Model):
    """A list of changes that somebody asked for; nothing of it is done before a person says so."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="proposals")
    kind = models.TextField(choices=ProposalKind.choices)
    state = models.TextField(choices=ProposalState.choices, default=ProposalState.WORKING)
    at_least = models.FloatField()  # the probability from which pairs are joined (rules), or answered as the same
    before = models.FloatField(null=True)  # what the library joined from, until this was done
    records = models.PositiveIntegerField(default=0)  # of the library when it was worked out
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class ChangeKind(models.TextChoices):
    JOIN = "join", _("join two works")
    PART = "part", _("part a work")
    ASK = "ask", _("ask about a pair")
    DROP = "drop", _("ask no longer")


class Change(models.Model):
    """One change of a proposal: two records, what the rules say of them now, and the act that carried it out."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="+")
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="changes")
    kind = models.TextField(choices=ChangeKind.choices)
    record_a = models.ForeignKey(Record, models.CASCADE, related_name="+")
    record_b = models.ForeignKey(Record, models.CASCADE, related_name="+")
    # Of a parting: keys of the "records" that leave, and "pairs" that lie across, each with the band that it has then.
    leaving = models.JSONField(default=list)
    score = models.FloatField(default=0)
    probability = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    veto = models.TextField(blank=True)
    kin = models.TextField(blank=True)
    done = models.BooleanField(default=False)  # or left out, since it did not fit any more; then `was` is empty
    act = models.UUIDField(null=True)  # by which it can be taken back
    match = models.ForeignKey(Match, models.SET_NULL, null=True, related_name="+")  # the pair, once it is stored
    was = models.TextField(blank=True)  # JSON: what it changed of pairs, as it was (`records.carrying_out`)

    class Meta:
        indexes = [models.Index(fields=["proposal", "kind", "probability"], name="changes_in_order")]
