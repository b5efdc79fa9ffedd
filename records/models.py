"""The nouns of the ground floor: what was found. Every row carries its library, the tenant key of everything above.

Verbs that write stand in `records.actions` and `records.pipeline`; questions in `records.queries`.
"""

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


class Search(models.Model):
    """One run of one strategy in one source on one date."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="searches")
    source = models.TextField()
    kind = models.TextField(choices=SourceKind.choices, default=SourceKind.DATABASE)
    arm = models.TextField(choices=Arm.choices, default=Arm.DATABASES)
    platform = models.TextField(blank=True)
    date = models.DateField(null=True, blank=True)
    strategy = models.TextField(blank=True)
    hits_reported = models.PositiveIntegerField(null=True, blank=True)
    round = models.PositiveIntegerField(default=1)
    aside = models.BooleanField(default=False)  # kept, but neither screened nor counted
    listed_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="listed")
    records = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "listed_by"], condition=Q(listed_by__isnull=False), name="one_group_of_listed_papers"
            )
        ]

    def __str__(self) -> str:
        return self.source


class DumpState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    READING = "reading", _("being read")
    READ = "read", _("read")
    NOT_UNDERSTOOD = "not_understood", _("not understood")
    KNOWN = "known", _("already here")
    FAILED = "failed", _("stopped")


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
    sha256 = models.TextField()
    state = models.TextField(choices=DumpState.choices, default=DumpState.WAITING)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    format = models.TextField(blank=True)
    format_label = models.TextField(blank=True)
    encoding = models.TextField(blank=True)
    found = models.PositiveIntegerField(default=0)
    taken_in = models.PositiveIntegerField(default=0)
    already_there = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)
    related = models.PositiveIntegerField(default=0)
    notices = models.JSONField(default=list)  # [{"line": 12, "text": "…"}]
    listed_aside = models.BooleanField(default=False)  # papers that its pages list are kept aside
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "sha256"], condition=Q(same_as__isnull=True), name="a_dump_is_read_once"
            ),
            models.CheckConstraint(
                condition=Q(found=F("taken_in") + F("already_there") + F("rejected")), name="intake_adds_up"
            ),
        ]


class RejectedStretch(models.Model):
    """A stretch of a dump that could not be read, with lines and reason."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="+")
    dump = models.ForeignKey(Dump, models.CASCADE, related_name="rejected_stretches")
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    reason = models.TextField()
    text = models.TextField()


class Work(models.Model):
    """One publication after duplicates are joined; what is screened.

    `lead` is the record shown; `rank` the place in the queue; `revision` moves with joins, splits and edits only, so
    that it never tells that another member decided. A work without records (all joined elsewhere) is `empty`.
    """

    library = models.ForeignKey(Library, models.CASCADE, related_name="all_works")
    lead = models.ForeignKey("Record", models.SET_NULL, null=True, related_name="+")
    rank = models.BigIntegerField()
    revision = models.PositiveIntegerField(default=1)
    records_count = models.PositiveIntegerField(default=0)
    title = models.TextField(blank=True)
    year = models.PositiveIntegerField(null=True)
    arm = models.TextField(choices=Arm.choices, default=Arm.DATABASES)
    aside = models.BooleanField(default=False)
    empty = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["library", "empty", "aside", "rank"], name="works_by_rank")]
        constraints = [models.UniqueConstraint(fields=["library", "rank"], name="one_work_per_rank")]

    def __str__(self) -> str:
        return self.title


class Record(models.Model):
    """One stored entry of one dump (PRISMA: record identified). Never altered: a better value is another record's."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="all_records")
    dump = models.ForeignKey(Dump, models.PROTECT, related_name="records")
    search = models.ForeignKey(Search, models.PROTECT, related_name="all_records")
    work = models.ForeignKey(Work, models.PROTECT, related_name="records")
    position = models.PositiveIntegerField()
    related = models.BooleanField(default=False)  # a paper that a page merely lists
    first_line = models.PositiveIntegerField()
    last_line = models.PositiveIntegerField()
    raw = models.JSONField(default=list)  # [[tag, value, line], …] word for word
    title = models.TextField(blank=True)
    alt_titles = models.JSONField(default=list)  # [{"title", "language"}]
    authors = models.JSONField(default=list)  # ["Family, Given"]
    authors_incomplete = models.BooleanField(default=False)
    year = models.PositiveIntegerField(null=True)
    journal = models.TextField(blank=True)
    volume = models.TextField(blank=True)
    issue = models.TextField(blank=True)
    pages = models.TextField(blank=True)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    accession = models.TextField(blank=True)
    abstract = models.TextField(blank=True)
    abstract_truncated = models.BooleanField(default=False)
    keywords = models.JSONField(default=list)
    language = models.TextField(blank=True)
    type = models.TextField(blank=True)
    urls = models.JSONField(default=list)
    trial_registrations = models.JSONField(default=list)
    extra = models.JSONField(default=dict)  # the rest of what cleaning understood: cited_by_count, issn, publisher …
    notices = models.JSONField(default=list)
    normal = models.JSONField(default=dict)  # normalised once, for comparison

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "dump", "position"], name="one_record_per_entry")]
        indexes = [models.Index(fields=["library", "search"], name="records_of_search")]

    def __str__(self) -> str:
        return self.title


class BlockKey(models.Model):
    """A hash that records of the same publication are likely to share; candidates are found by equality only."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="+", db_index=False)
    key = models.BigIntegerField()
    record = models.ForeignKey(Record, models.CASCADE, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["library", "key"], name="block_keys")]


class Band(models.TextChoices):
    """What the rules make of a pair of records."""

    JOINED = "joined", _("joined")
    LOOK = "look", _("to be looked at")
    APART = "apart", _("apart")


class Answer(models.TextChoices):
    """What a person said of a pair; it outlives every re-run."""

    SAME = "same", _("the same")
    DIFFERENT = "different", _("different")
    RELATED = "related", _("related")


class Match(models.Model):
    """A pair of records with score and reasons; `record_a` is the older one. An answer of a person outweighs the band."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="matches")
    record_a = models.ForeignKey(Record, models.CASCADE, related_name="+")
    record_b = models.ForeignKey(Record, models.CASCADE, related_name="+")
    score = models.FloatField()
    probability = models.FloatField()
    band = models.TextField(choices=Band.choices)
    reasons = models.JSONField(default=list)  # [["same DOI", 1.2], …]
    veto = models.TextField(blank=True)
    rules = models.TextField(blank=True)
    answer = models.TextField(choices=Answer.choices, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    open = models.BooleanField(default=False)  # a question that waits for a person

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "record_a", "record_b"], name="one_match_per_pair"),
            models.CheckConstraint(condition=Q(record_a__lt=F("record_b")), name="older_record_first"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None) | (~Q(answer="") & Q(answered_by__isnull=False)),
                name="an_answer_has_its_person",
            ),
        ]
        indexes = [models.Index(fields=["library", "open", "-probability"], name="questions_first")]


class Joining(models.Model):
    """A record was moved from one work to another: remembered, so that it can be taken back."""

    library = models.ForeignKey(Library, models.CASCADE, related_name="joinings")
    record = models.ForeignKey(Record, models.CASCADE, related_name="joinings")
    from_work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    to_work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    act = models.UUIDField()  # all rows of one act carry the same
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # null: the rules
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)


class TextVersion(models.Model):
    """An immutable text of a work (NFC, LF, no HTML); offsets into it are Unicode code points, half-open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    library = models.ForeignKey(Library, models.CASCADE, related_name="texts")
    record = models.ForeignKey(Record, models.PROTECT, related_name="texts")  # through it the text belongs to a work
    kind = models.TextField(choices=[("abstract", _("abstract")), ("fulltext", _("full text"))], default="abstract")
    language = models.TextField(blank=True)
    body = models.TextField()
    sha256 = models.TextField()
    origin = models.TextField(default="record")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "record", "kind", "sha256"], name="one_text_per_body")
        ]


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
