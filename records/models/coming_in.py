"""What came in: library, searches, dumps, and what became of entries that are no records."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Person = settings.AUTH_USER_MODEL


class Arm(models.TextChoices):
    """The column of the flow in which a search counts."""

    DATABASES = "databases", _("databases and registers")
    OTHER = "other", _("other methods")
    PREVIOUS = "previous", _("previous review")


class SourceKind(models.TextChoices):
    """What a search ran in; PRISMA's wording."""

    DATABASE = "database", _("database")
    REGISTER = "register", _("register")
    WEBSITE = "website", _("website")
    ORGANISATION = "organisation", _("organisation")
    CITATION = "citation", _("citation searching")
    PERSON = "person", _("people asked")
    HAND = "hand", _("hand-searching")
    PERSONAL = "personal", _("personal files")
    PREVIOUS = "previous", _("previous review")

    @property
    def arm(self) -> str:
        """The column that this kind belongs to unless a person says otherwise."""
        if self in (SourceKind.DATABASE, SourceKind.REGISTER):
            return Arm.DATABASES
        return Arm.PREVIOUS if self == SourceKind.PREVIOUS else Arm.OTHER


class Library(models.Model):
    """All that was found for one review. Counters are kept in the transaction that changes them (`manage.py recount`)."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)  # what ids of texts are made from
    created_at = models.DateTimeField(default=timezone.now)
    records = models.PositiveIntegerField(default=0)
    works = models.PositiveIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0)  # matches to be looked at and not yet answered
    last_rank = models.BigIntegerField(default=0)
    join_at = models.FloatField(default=0.90)  # the probability from which the rules join a pair without a person


class Search(models.Model):
    """One run of one strategy in one source on one date."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="searches")
    source = models.TextField()
    kind = models.TextField(choices=SourceKind.choices, default=SourceKind.DATABASE)
    arm = models.TextField(choices=Arm.choices, default=Arm.DATABASES)
    platform = models.TextField(blank=True)
    date = models.DateField(null=True, blank=True)
    strategy = models.TextField(blank=True)
    limits = models.TextField(blank=True)  # dates, languages, filters, in the searcher's words
    hits_reported = models.PositiveIntegerField(null=True, blank=True)
    explained = models.TextField(blank=True)  # why the records received are not the hits reported
    press_by = models.TextField(blank=True)  # who peer-reviewed the strategy (PRESS)
    press_on = models.DateField(null=True, blank=True)
    press_note = models.TextField(blank=True)
    round = models.PositiveIntegerField(default=1)
    aside = models.BooleanField(default=False)  # kept, but neither screened nor counted
    listed_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="listed")
    taken_back_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="taken_back")
    records = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "listed_by"], condition=Q(listed_by__isnull=False), name="one_group_of_listed_papers"
            ),
            models.UniqueConstraint(
                fields=["library", "taken_back_from"],
                condition=Q(taken_back_from__isnull=False),
                name="one_place_for_what_was_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return self.source


class DumpState(models.TextChoices):
    PREVIEW = "preview", _("waits for your look")
    WAITING = "waiting", _("waiting")
    READING = "reading", _("being read")
    READ = "read", _("read")
    NOT_UNDERSTOOD = "not_understood", _("not understood")
    KNOWN = "known", _("already here")
    FAILED = "failed", _("stopped")
    UNDONE = "undone", _("taken back")


def dump_path(dump: "Dump", filename: str) -> str:
    """A name made by us; nothing of the uploaded name reaches the disk."""
    return f"dumps/{dump.library_id}/{uuid.uuid4().hex}"


class Dump(models.Model):
    """One uploaded file or pasted text, kept byte for byte, with what became of every entry in it."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="dumps")
    search = models.ForeignKey(Search, models.PROTECT, related_name="dumps")
    name = models.TextField()
    pasted = models.BooleanField(default=False)
    file = models.FileField(upload_to=dump_path, max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    options = models.JSONField(default=dict)  # how a person wants it read: {"encoding", "columns", "decisions"}
    mends = models.ForeignKey("RejectedStretch", models.PROTECT, null=True, blank=True, related_name="mendings")
    sha256 = models.TextField()
    state = models.TextField(choices=DumpState.choices, default=DumpState.WAITING)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    format = models.TextField(blank=True)
    format_label = models.TextField(blank=True)
    encoding = models.TextField(blank=True)
    found = models.PositiveIntegerField(default=0)
    taken_in = models.PositiveIntegerField(default=0)
    already_there = models.PositiveIntegerField(default=0)
    filled = models.PositiveIntegerField(default=0)  # of those already there: gave a work what it lacked
    rejected = models.PositiveIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)
    related = models.PositiveIntegerField(default=0)
    notices = models.JSONField(default=list)  # [{"line": 12, "text": "…"}]
    listed_aside = models.BooleanField(default=False)  # papers that its pages list are kept aside
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)  # its records are kept aside since then
    undone_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "sha256"],
                condition=Q(same_as__isnull=True, undone_at__isnull=True),
                name="a_dump_is_read_once",
            ),
            models.CheckConstraint(
                condition=Q(found=F("taken_in") + F("already_there") + F("rejected")), name="intake_adds_up"
            ),
        ]


class StretchState(models.TextChoices):
    OPEN = "open", _("not yet read")
    MENDED = "mended", _("mended")
    REMOVED = "removed", _("removed")


class RejectedStretch(models.Model):
    """A stretch of a dump that could not be read, with lines and reason, until it is mended or removed for a reason."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="+")
    dump = models.ForeignKey(Dump, models.CASCADE, related_name="rejected_stretches")
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    reason = models.TextField()
    text = models.TextField()
    state = models.TextField(choices=StretchState.choices, default=StretchState.OPEN)
    removed_for = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")  # who mended or removed it
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(state="removed") | ~Q(removed_for=""), name="a_removal_has_its_reason")
        ]


class AlreadyThere(models.Model):
    """An entry of a dump that added no record: the record that was there before it, and what it filled in there."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="+")
    dump = models.ForeignKey(Dump, models.CASCADE, related_name="entries_already_there")
    record = models.ForeignKey("records.Record", models.CASCADE, related_name="found_again")
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    title = models.TextField(blank=True)
    accession = models.TextField(blank=True)  # by which it was known; "" where it filled a work's empty fields
    filled = models.JSONField(default=list)  # names of the fields that it filled


class Upload(models.Model):
    """A large file that comes in pieces, until it is whole and becomes a dump."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    library = models.ForeignKey(Library, models.CASCADE, related_name="uploads")
    name = models.TextField()
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class KnownItem(models.Model):
    """A reference that the searches must find; whether they did is worked out when it is shown."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="known_items")
    text = models.TextField()  # as pasted
    title = models.TextField(blank=True)
    authors = models.JSONField(default=list)
    year = models.PositiveIntegerField(null=True)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
