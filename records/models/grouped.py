"""What is screened: records, the works that they make, pairs and joins, texts."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.coming_in import Arm, Dump, Library, Search

Person = settings.AUTH_USER_MODEL
MOST_RAW, MOST_ROWS = 100_000, 500  # characters and rows of raw fields on a page


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
        # Partial, since SQLite looks up no index by "NOT aside", but proves that an index holds only such rows.
        indexes = [
            models.Index(fields=["library", "rank"], condition=Q(empty=False, aside=False), name="works_by_rank"),
            models.Index(
                fields=["library", "year", "rank"], condition=Q(empty=False, aside=False), name="works_by_year"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["library", "rank"], name="one_work_per_rank")]

    def __str__(self) -> str:
        return self.title


class Record(models.Model):
    """One stored entry of one dump (PRISMA: record identified).

    What its dump states is never altered: a better value is another record's. A field that it left empty may be given
    later; `filled` then says from where.
    """

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
    filled = models.JSONField(default=dict)  # {"abstract": {"dump": 12, "lines": [3, 9], "by": 4, "at": "…"}}
    normal = models.JSONField(default=dict)  # normalised once, for comparison

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library", "dump", "position"], name="one_record_per_entry")]
        indexes = [
            models.Index(fields=["library", "search"], name="records_of_search"),
            models.Index(fields=["search", "accession"], condition=~Q(accession=""), name="records_by_accession"),
            models.Index(fields=["library", "language", "work"], name="records_by_language"),
            models.Index(fields=["library", "type", "work"], name="records_by_type"),
            models.Index(fields=["library", "work"], condition=Q(abstract=""), name="records_without_abstract"),
            models.Index(fields=["library", "work"], condition=Q(doi=""), name="records_without_doi"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def raw_shown(self) -> list[list]:
        """The first of its raw fields, as many as a page should carry; all of them are kept."""
        rows, room = [], MOST_RAW
        for tag, value, line in self.raw[:MOST_ROWS]:
            if room <= 0:
                break
            rows.append([tag[:200], value if len(value) <= room else value[:room] + "…", line])
            room -= len(value) + 100
        return rows


class BlockKey(models.Model):
    """A hash that records of the same publication are likely to share; candidates are found by equality only.

    Thirteen a record, stored in the same statement as the record itself: the database need not look up both parents of each.
    """

    library = models.ForeignKey(Library, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    key = models.BigIntegerField()
    record = models.ForeignKey(Record, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        indexes = [models.Index(fields=["library", "key"], name="block_keys")]


class Band(models.TextChoices):
    """What the rules make of a pair of records."""

    JOINED = "joined", _("joined")
    LOOK = "look", _("to be looked at")
    RELATED = "related", _("related")
    APART = "apart", _("apart")


class Kin(models.TextChoices):
    """What two different reports of one piece of work are to each other; `records.dedup.vetoes.KINDS`."""

    NOTICE = "notice", _("a correction or retraction, and its paper")
    COMMENT = "comment", _("a comment or reply, and its paper")
    PROTOCOL = "protocol", _("a protocol and its result")
    ABSTRACT = "abstract", _("a conference abstract and its paper")
    PREPRINT = "preprint", _("a preprint and its paper")
    UPDATE = "update", _("versions of one review")
    THESIS = "thesis", _("a thesis and its article")
    REGISTRATION = "registration", _("a trial's registration and its report")
    VERSION = "version", _("one work in two places")


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
    kin = models.TextField(choices=Kin.choices, blank=True)
    rules = models.TextField(blank=True)
    answer = models.TextField(choices=Answer.choices, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    open = models.BooleanField(default=False)  # a question that waits for a person
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")  # null: the rules

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "record_a", "record_b"], name="one_match_per_pair"),
            models.CheckConstraint(condition=Q(record_a__lt=F("record_b")), name="older_record_first"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None) | (~Q(answer="") & Q(answered_by__isnull=False)),
                name="an_answer_has_its_person",
            ),
        ]
        indexes = [models.Index(fields=["library", "-probability"], condition=Q(open=True), name="questions_first")]


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


class Choice(models.Model):
    """What a person lets a work show of a field: the record's own value, or one that the person typed.

    It hangs on the record, through which it follows joins and splits. Appended: only `current` moves.
    """

    library = models.ForeignKey(Library, models.CASCADE, related_name="choices")
    record = models.ForeignKey(Record, models.CASCADE, related_name="choices")
    field = models.TextField()
    value = models.JSONField(null=True)  # null: what the record states
    current = models.BooleanField(default=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "record", "field"], condition=Q(current=True), name="one_choice_per_field"
            )
        ]


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
