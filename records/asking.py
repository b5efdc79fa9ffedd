"""A person's question whether two works are one: put before whoever may answer, with the rules' evidence."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from records import lookup, works
from records.actions import answered, recount_questions
from records.dedup import Normal, judge
from records.dedup.compare import RULES
from records.engine import lock_library, lock_works
from records.history import remember
from records.models import Answer, Band, Library, Match, Record, Work

MOST = 10  # works named as likely


class OneAlready(Exception):
    """The two are one work, or one of them is no work (any more)."""


class Changed(Exception):
    """The work's records are not those that the person looked at, or are no longer several."""


@transaction.atomic
def ask_about(*, by: Any, library: Library, one: Work, other: Work) -> Match:
    """Ask whether two works are one. Where their records make a pair already, that pair is the question, or the answer
    that stands. Raises OneAlready."""
    lock_library(library.pk)
    locked = lock_works(library.pk, sorted({one.pk, other.pk}))
    leads = [each.lead_id for each in locked if each.lead_id is not None]
    if len(leads) < 2:
        raise OneAlready
    match = between(one, other) or _judged(library, min(leads), max(leads))
    if match.answer or (match.open and match.asked_by_id == by.pk):
        return match
    if match.band != Band.RELATED:
        match.band = Band.LOOK
    match.open, match.asked_by = True, by
    match.save()
    if match.band == Band.LOOK:
        works.ask(library.pk, {one.pk, other.pk})
    recount_questions(library)
    remember(library_id=library.pk, by=by, verb="asked about a pair", subject=f"match {match.pk}")
    match.refresh_from_db()
    return match


def between(one: Work, other: Work) -> Match | None:
    """The pair of two works that says most: an answered one, an open one, then the strongest."""
    here = list(Record.objects.filter(work=one).values_list("pk", flat=True))
    there = list(Record.objects.filter(work=other).values_list("pk", flat=True))
    pairs = Match.objects.filter(
        Q(record_a__in=here, record_b__in=there) | Q(record_a__in=there, record_b__in=here), library=one.library_id
    )
    return max(pairs, key=lambda each: (each.answer != "", each.open, each.score), default=None)


def _judged(library: Library, first: int, second: int) -> Match:
    """A pair that the rules never met, judged now."""
    rows = Record.objects.filter(library=library).in_bulk([first, second])
    judged = judge({pk: Normal.from_json(row.normal) for pk, row in rows.items()}, [(first, second)])[0]
    return Match(
        library=library, record_a=rows[first], record_b=rows[second], score=judged.score, rules=RULES,
        probability=judged.probability, band=Band.LOOK, reasons=judged.reasons, veto=judged.veto, kin=judged.kin,
    )  # fmt: skip


def likely(work: Work) -> list[tuple[Work, float]]:
    """Other works that may be this one, likeliest first, each with the rules' probability: what shares a block key."""
    normals = [Normal.from_json(each) for each in Record.objects.filter(work=work).values_list("normal", flat=True)]
    best: dict[int, float] = {}
    for each in (found for row in lookup.candidates(work.library_id, normals) for found in row):
        if each.work != work.pk:
            best[each.work] = max(best.get(each.work, 0.0), each.judged.probability)
    first = sorted(best, key=lambda pk: (-best[pk], pk))[:MOST]
    rows = Work.objects.filter(empty=False).select_related("lead").in_bulk(first)
    return [(rows[pk], best[pk]) for pk in first if pk in rows]


@transaction.atomic
def confirm(*, by: Any, library: Library, work: Work, revision: int | None = None) -> None:
    """A person says that all records of a work are one publication; it outlives every later run. `revision` is that of the
    work looked at. Raises Changed."""
    lock_library(library.pk)
    records = several(library, work, revision)
    lead = next(each for each in records if each.pk == work.lead_id)
    # What was said keeps its person, and what it joined.
    said = Q(record_a=lead, answer=Answer.SAME) | Q(record_b=lead, answer=Answer.SAME)
    known = {each for pair in Match.objects.filter(said).values_list("record_a", "record_b") for each in pair}
    for each in records:
        if each.pk not in known and each != lead:
            answered(library, lead, each, by, Answer.SAME, None)
    recount_questions(library)
    remember(library_id=library.pk, by=by, verb="confirmed a work", subject=f"work {work.pk}", records=len(records))


def several(library: Library, work: Work, revision: int | None) -> list[Record]:
    """The records of a work, locked, as it stands now. Raises Changed where it is not what the person looked at, whose
    `revision` that was, or has no two records; the caller holds the library's lock."""
    lock_works(library.pk, [work.pk])
    work.refresh_from_db()
    records = list(Record.objects.filter(library=library, work=work).order_by("pk"))
    if len(records) < 2 or revision not in (None, work.revision):
        raise Changed
    return records
