"""Questions to the ground floor: dumps and their intake, records of a work, pairs that wait for a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from records.models import Answer, Band, Dump, Job, JobState, Joining, Kin, Library, Match, Record, Search, Work
from records.pace import pace
from records.prepared import GivenMany, Prepared
from records.works import IN_USE

PAGE = 50


def searches(library: Library) -> QuerySet[Search]:
    """All searches with the counts of their dumps; the places of what was taken back are none."""
    return (
        Search.objects.filter(library=library, taken_back_from=None)
        .annotate(dump_count=Count("dumps"), rejected=Coalesce(Sum("dumps__rejected"), 0))
        .order_by("arm", "pk")
    )


def dumps(library: Library) -> QuerySet[Dump]:
    """All dumps, newest first."""
    return Dump.objects.filter(library=library).select_related("search", "same_as", "same_as__search").order_by("-pk")


def intake(library: Library) -> dict[str, int]:
    """Sums over all dumps but those taken back: found, taken_in, already_there, rejected, joined, related."""
    names = ("found", "taken_in", "already_there", "rejected", "joined", "related")
    return Dump.objects.filter(library=library, undone_at=None).aggregate(**{n: Coalesce(Sum(n), 0) for n in names})


def running(library: Library) -> QuerySet[Job]:
    """Jobs that wait or run."""
    return Job.objects.filter(library=library, state__in=[JobState.WAITING, JobState.RUNNING]).select_related("dump")


def paced(job: Job) -> Job:
    """The job with its `pace`: how fast it reads, and how long it still takes."""
    seconds = (timezone.now() - (job.started_at or job.at)).total_seconds()
    job.pace = pace(records=job.dump.taken_in if job.dump else 0, done=job.done, total=job.total, seconds=seconds)
    return job


def latest_job(dump: Dump) -> Job | None:
    return dump.jobs.order_by("-pk").first()


def questions(library: Library) -> QuerySet[Match]:
    """Pairs that wait for a person, most likely first."""
    return pairs(library).filter(open=True).order_by("-probability", "pk")


def answered(library: Library) -> QuerySet[Match]:
    """Pairs that a person answered, newest first."""
    return pairs(library).filter(~Q(answer="")).order_by("-answered_at")


def joined_by_rules(library: Library) -> QuerySet[Match]:
    """Pairs that the rules joined and nobody has parted."""
    return pairs(library).filter(band=Band.JOINED, record_a__work=F("record_b__work")).order_by("probability", "pk")


def related_by_rules(library: Library) -> QuerySet[Match]:
    """Pairs of different reports that the rules hold for akin and nobody has answered, most alike first."""
    return pairs(library).filter(band=Band.RELATED, answer="", **IN_USE).order_by("-probability", "pk")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a person that moved records between works: a title of them, how many, and whether it was taken back."""

    act: UUID
    by: str
    at: datetime
    title: str
    records: int
    undone: bool


def acts(library: Library, most: int = 20) -> list[Act]:
    """The latest acts by which people joined or parted works, newest first."""
    rows = Joining.objects.filter(library=library, by__isnull=False).values("act", "by__name", "by__email")
    counted = rows.annotate(
        when=Min("at"), title=Min("record__title"), moved=Count("pk"), back=Count("undone_at")
    ).order_by("-when", "act")[:most]
    return [
        Act(row["act"], row["by__name"] or row["by__email"], row["when"], row["title"], row["moved"], bool(row["back"]))
        for row in counted
    ]


def of_several(library: Library) -> QuerySet[Work]:
    """Works of more than one record, those whose records hang together least first (`weakest`: the lowest probability of
    a pair that the rules joined; none where people joined it) and last those of which a person said of every record that it is the same."""
    pairs = Match.objects.filter(band=Band.JOINED, record_a__work=OuterRef("pk"), record_b__work=OuterRef("pk"))
    weakest = pairs.order_by("probability").values("probability")[:1]
    rows = Work.objects.filter(library=library, empty=False, records_count__gt=1).select_related("lead")
    said = Match.objects.filter(Q(record_a=OuterRef("pk")) | Q(record_b=OuterRef("pk")), answer=Answer.SAME)
    unsaid = Record.objects.filter(~Exists(said), work=OuterRef("pk")).exclude(pk=OuterRef("lead_id"))
    rows = rows.annotate(weakest=Subquery(weakest), confirmed=~Exists(unsaid))
    return rows.order_by("confirmed", F("weakest").asc(nulls_last=True), "rank")


def pairs(library: Library) -> QuerySet[Match]:
    sides = ("record_a", "record_b", "record_a__search", "record_b__search", "answered_by")
    return Match.objects.filter(library=library).select_related(*sides)


PEOPLE = "people"  # what links two works where a person said that they are related, beside `Kin`


@dataclass(frozen=True, slots=True)
class Related:
    """A work that is akin to another: what kin (`Kin`, or `PEOPLE` where a person said so and the rules know none)."""

    work: Work
    kin: str

    @property
    def words(self) -> str:
        """The kin in words."""
        return str(Kin(self.kin).label) if self.kin in Kin.values else str(_("said to be related"))


AKIN = Prepared(
    lambda: (
        Match.objects.filter(Q(answer=Answer.RELATED) | Q(band=Band.RELATED, answer=""), **IN_USE)
        .filter(Q(record_a__among=GivenMany("records")) | Q(record_b__among=GivenMany("records")))
        .order_by("pk")
        .values_list("record_a", "record_b", "kin", "record_a__work", "record_b__work")
    )
)


def related_works(work: Work, records: Iterable[int] | None = None) -> list[Related]:
    """Works that a person or the rules hold for akin to this one. `records`: the keys of its records, where known."""
    own = list(work.records.values_list("pk", flat=True)) if records is None else list(records)
    return related_to({work.pk: own}).get(work.pk, [])


def related_to(records: Mapping[int, Iterable[int]]) -> dict[int, list[Related]]:
    """The same for several works in one go: `records` names those of each. Two queries at most."""
    home = {record: work for work, own in records.items() for record in own}
    kin: dict[int, dict[int, str]] = {}
    for a, b, each, one, other in AKIN.rows(records=home):
        for record, there in ((a, other), (b, one)):
            if record in home and there != home[record]:
                akin = kin.setdefault(home[record], {})
                akin[there] = akin.get(there) or each
    if not kin:
        return {}
    works = (
        Work.objects.filter(empty=False)
        .select_related("lead")
        .in_bulk({each for akin in kin.values() for each in akin})
    )
    first = sorted(works.values(), key=lambda each: each.rank)
    return {
        work: [Related(each, akin[each.pk] or PEOPLE) for each in first if each.pk in akin]
        for work, akin in kin.items()
    }
