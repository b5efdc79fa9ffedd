"""Decisions that a dump carries in its records, made elsewhere before: counted when it is read, queued to be taken over.

What a file says is an import; it becomes decisions of this review only when an owner says whose they are
(`reviews.imported`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from records import jobs
from records.models import Dump, Job, JobState, Record
from reviews.models import Review, StageName, Verdict

TAKE, BACK = "decisions", "decisions-back"  # kinds of jobs


@dataclass(frozen=True, slots=True)
class Said:
    """One decision as a file states it; `by` is the name in the file, often empty."""

    by: str
    stage: str
    verdict: str
    reason: str = ""


def said(extra: dict[str, Any]) -> Iterator[Said]:
    """The decisions in a record's `extra`; what is no verdict of ours is left out."""
    for each in extra.get("decisions") or ():
        stage = each.get("stage") or StageName.TITLE_ABSTRACT
        if each.get("verdict") in Verdict.values and stage in StageName.values:
            yield Said(str(each.get("by") or ""), str(stage), str(each["verdict"]), str(each.get("reason") or ""))


def carrying(dump: Dump) -> Any:
    """The dump's records that carry decisions, oldest first."""
    return Record.objects.filter(library=dump.library_id, dump=dump, extra__has_key="decisions").order_by("pk")


def count(dump: Dump) -> list[list[Any]]:
    """[name, stage, verdict, how many] for all decisions in a dump's records."""
    counts: Counter[Said] = Counter()
    for extra in carrying(dump).values_list("extra", flat=True).iterator(chunk_size=1000):
        counts.update(Said(each.by, each.stage, each.verdict) for each in said(extra))
    return [[each.by, each.stage, each.verdict, n] for each, n in sorted(counts.items(), key=lambda pair: str(pair[0]))]


@dataclass(slots=True)
class Named:
    """One name in a file: how many decisions of each verdict it stands for, at each stage."""

    name: str
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def rows(self) -> list[tuple[str, str, int]]:
        """(stage in words, verdict in words, how many)."""
        order = [(stage, verdict) for stage in StageName for verdict in Verdict]
        return [(s.label, v.label, self.counts[s, v]) for s, v in order if (s, v) in self.counts]


def names(counted: list[list[Any]]) -> list[Named]:
    """What was counted, by name."""
    found: dict[str, Named] = {}
    for name, stage, verdict, n in counted:
        key = (stage or str(StageName.TITLE_ABSTRACT), verdict)
        counts = found.setdefault(name, Named(name)).counts
        counts[key] = counts.get(key, 0) + n
    return list(found.values())


def in_dump(dump: Dump) -> list[Named]:
    """The names in a dump that has been read, as they were counted then."""
    return names(dump.options.get("said") or [])


def note_down(dump: Dump) -> None:
    """A dump has been read to its end: count what it carries, and take it over where that was said before."""
    counted = count(dump)
    if not counted:
        return
    dump.options = {**dump.options, "said": counted}
    Dump.objects.filter(pk=dump.pk).update(options=dump.options)
    wanted = dump.options.get("decisions")
    if wanted:
        queue(dump, TAKE, by=wanted["by"], chosen=wanted["as"])


def queue(dump: Dump, kind: str, *, by: int, chosen: dict[str, int] | None = None) -> Job:
    """Have decisions taken over or back by the worker. `by` is a member, `chosen` leads from names to members.

    The job does not point to the dump: the dump's jobs are those that read it.
    """
    owner = Review.objects.get(pk=dump.library_id).members.get(pk=by)
    checkpoint = {"dump": dump.pk, "name": dump.name, "by": by, "as": chosen or {}, "after": 0}
    job = Job.objects.create(library_id=dump.library_id, kind=kind, by_id=owner.user_id, checkpoint=checkpoint)
    jobs.start(job)
    return job


def jobs_of(dump: Dump) -> Any:
    """The jobs that took this dump's decisions over or back, newest first."""
    kinds = Job.objects.filter(library=dump.library_id, kind__in=[TAKE, BACK])
    return kinds.filter(checkpoint__dump=dump.pk).order_by("-pk")


def busy(dump: Dump) -> bool:
    """Whether such a job waits or runs."""
    return bool(jobs_of(dump).filter(state__in=[JobState.WAITING, JobState.RUNNING]).exists())
