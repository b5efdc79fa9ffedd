"""What became of publications after they were out: lists of retractions and corrections, and what records say themselves."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.models.coming_in import Library
from records.models.grouped import Record

Person = settings.AUTH_USER_MODEL


class Nature(models.TextChoices):
    """What a notice says of a publication."""

    RETRACTED = "retracted", _("retracted")
    CONCERN = "concern", _("expression of concern")
    CORRECTED = "corrected", _("corrected")
    REINSTATED = "reinstated", _("retracted, then reinstated")


def list_path(notices: "NoticeList", filename: str) -> str:
    """A name made by us; nothing of the uploaded name reaches the disk."""
    return f"notices/{notices.library_id}/{uuid.uuid4().hex}"


class NoticeList(models.Model):
    """One uploaded list of notices, kept byte for byte. Taken back, its notices are gone until it is read again."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being read")
        READ = "read", _("read")
        FAILED = "failed", _("not understood")

    library = models.ForeignKey(Library, models.CASCADE, related_name="notice_lists")
    name = models.TextField()
    file = models.FileField(upload_to=list_path, max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.TextField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    format = models.TextField(blank=True)  # in words
    rows = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)  # notices that name a publication
    without = models.PositiveIntegerField(default=0)  # rows that name none by DOI or PubMed number
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "sha256"], condition=Q(undone_at=None), name="a_notice_list_is_read_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """What a row of a list says of a publication, or what a record says of itself (`record`).

    A list's row names its publication by DOI or PubMed number, normalised as records' are; `doi_key` and `pmid_key` are
    the block keys that such a record has, by which it is found.
    """

    library = models.ForeignKey(Library, models.CASCADE, related_name="+", db_index=False)
    list = models.ForeignKey(NoticeList, models.CASCADE, null=True, related_name="notices")
    record = models.ForeignKey(Record, models.CASCADE, null=True, related_name="notices_of_itself")
    nature = models.TextField(choices=Nature.choices)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    doi_key = models.BigIntegerField(null=True)
    pmid_key = models.BigIntegerField(null=True)
    date = models.DateField(null=True)
    reason = models.TextField(blank=True)
    notice_doi = models.TextField(blank=True)
    notice_pmid = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["library", "doi_key"], condition=Q(doi_key__isnull=False), name="notices_by_doi"),
            models.Index(fields=["library", "pmid_key"], condition=Q(pmid_key__isnull=False), name="notices_by_pmid"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(list=None, record__isnull=False) | Q(list__isnull=False, record=None),
                name="a_notice_is_a_lists_or_a_records",
            ),
        ]
