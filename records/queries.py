"""Questions to the ground floor: dumps and their intake, records of a work, pairs that wait for a person."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from records.clean_text import parts
from records.models import Answer, Band, Dump, Job, JobState, Library, Match, Record, Search, Work
from records.pace import pace
from records.works import IN_USE

PAGE = 50
MOST_KEYWORDS = 100
MOST_SHOWN = 50_000  # characters of an abstract on a page; the longest honest ones have a tenth of it


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


def records_of(work: Work) -> list[Record]:
    """A work's records, the lead first."""
    rows = list(Record.objects.filter(work=work).select_related("search", "dump").order_by("pk"))
    return sorted(rows, key=lambda r: r.pk != work.lead_id)


@dataclass(slots=True)
class Card:
    """What a work shows: the lead record, and for each field it lacks the value of another record with its source."""

    work: Work
    record: Record
    records: list[Record]
    filled: dict[str, Record]

    @property
    def paragraphs(self) -> list[tuple[str, str]]:
        """The abstract as (heading, text) pairs; of an endless one the beginning."""
        return parts(self.filled.get("abstract", self.record).abstract[:MOST_SHOWN])

    @property
    def keywords_shown(self) -> str:
        """The keywords in one line; of very many the first."""
        return " · ".join(self.filled.get("keywords", self.record).keywords[:MOST_KEYWORDS])[:MOST_SHOWN]

    @property
    def endless(self) -> bool:
        """Whether only the beginning of the abstract is shown."""
        return len(self.filled.get("abstract", self.record).abstract) > MOST_SHOWN

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.filled.get(name, self.record), name)


COMPOSED = ("title", "abstract", "authors", "year", "journal", "volume", "issue", "pages", "doi", "keywords")


def card(work: Work) -> Card:
    """The composed view of a work; one query for its records."""
    return composed(work, records_of(work))


def cards(works: list[Work]) -> list[Card]:
    """The composed views of many works that are not empty, in their order; one query for all their records."""
    rows: dict[int, list[Record]] = {}
    for record in Record.objects.filter(work__in=works).select_related("search", "dump").order_by("pk"):
        rows.setdefault(record.work_id, []).append(record)
    held = [work for work in works if work.pk in rows]
    return [composed(work, sorted(rows[work.pk], key=lambda r: r.pk != work.lead_id)) for work in held]


def composed(work: Work, records: list[Record]) -> Card:
    """A work's records, the lead first, as one card."""
    lead = records[0]
    filled = {}
    for name in COMPOSED:
        if not getattr(lead, name):
            other = next((r for r in records[1:] if getattr(r, name)), None)
            if other:
                filled[name] = other
    return Card(work, lead, records, filled)


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


def pairs(library: Library) -> QuerySet[Match]:
    sides = ("record_a", "record_b", "record_a__search", "record_b__search", "answered_by")
    return Match.objects.filter(library=library).select_related(*sides)


def related_works(work: Work) -> list[tuple[Work, str]]:
    """Works that a person or the rules hold for akin to this one, each with what kin it is ("" where a person said so)."""
    said = Q(answer=Answer.RELATED) | Q(band=Band.RELATED, answer="")
    sides = Q(record_a__work=work) | Q(record_b__work=work)
    kin: dict[int, str] = {}
    rows = Match.objects.filter(said & sides, library=work.library_id, **IN_USE).select_related("record_a", "record_b")
    for match in rows.order_by("pk"):
        for each in {match.record_a.work_id, match.record_b.work_id} - {work.pk}:
            kin[each] = kin.get(each) or match.get_kin_display()
    works = (
        Work.objects.filter(library=work.library_id, pk__in=kin, empty=False).select_related("lead").order_by("rank")
    )
    return [(each, kin[each.pk]) for each in works]
