"""One page of what the library's filters choose, and how many there are, as fast for a word that stands everywhere as for a rare one.

`filters.chosen` is the same set as one question, for those who want all of it. Here only so much is read as a page shows:
what few works hold is found by the index; what many hold is met soon in the list's own order.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from records import full_text, retractions
from records import queries as found
from records.models import Record, Work
from reviews import filters, marks
from reviews.models import Decision, Member, StageName, Verdict

MOST_COUNTED = 1000  # works that a page counts; "more than 1,000" is enough to add a word


@dataclass(frozen=True, slots=True)
class Found:
    """A page of works in the list's order. `total` is how many there are, or, where `more_than`, a number that is passed."""

    works: list[Work]
    total: int
    more_than: bool
    last: bool  # no page follows


def page(member: Member, wanted: filters.Wanted, number: int = 1) -> Found:
    """The page of this number, from 1."""
    rows = filters.narrowed(member, wanted)
    offset = found.PAGE * (max(number, 1) - 1)
    texts = filters.texts_of(wanted)
    if texts is None:
        return _plain(rows, offset, exact=not wanted)
    texts = full_text.understood(member.review_id, texts)
    hits = full_text.rare(member.review_id, texts.wanted) if texts.wanted else full_text.Rare(set(), False)
    works = hits.works
    if hits.complete:
        if texts.unwanted and works:
            works = full_text.Test(member.review_id, texts.without_wanted()).among(sorted(works))
        return _plain(rows.filter(pk__one_of=works), offset, exact=True)
    keys = list(_walk(rows, full_text.Test(member.review_id, texts, often=hits.often), offset + found.PAGE + 1))[
        offset:
    ]
    total, more_than = offset + len(keys), len(keys) > found.PAGE
    if more_than and works and not texts.unwanted:
        total = max(total - 1, rows.filter(pk__one_of=works).order_by()[: MOST_COUNTED + 1].count() - 1)
        total = min(total, MOST_COUNTED) if offset < MOST_COUNTED else total
    elif more_than:
        total -= 1
    return Found(_shown(keys[: found.PAGE]), total, more_than, not more_than)


@dataclass(frozen=True, slots=True)
class Line:
    """A work in the list, with what this member said of it and what is known of it."""

    work: Work
    answers: list[tuple[str, str, str]]  # verdict, its word, the stage
    labels: list[marks.Put]
    natures: list[tuple[str, str]]


def lines(member: Member, works: list[Work]) -> list[Line]:
    """Own answers, labels and notices for a page of works; five questions, however many works."""
    keys = [work.pk for work in works]
    own = Decision.objects.filter(review=member.review_id, member=member, current=True, work__in=keys)
    said: dict[int, list[tuple[str, str, str]]] = {}
    for work, stage, verdict in own.order_by("pk").values_list("work", "stage", "verdict"):
        said.setdefault(work, []).append((verdict, str(Verdict(verdict).label), str(StageName(stage).label)))
    records = Record.objects.filter(work__in=keys).only("pk", "work", "doi", "pmid")
    held = retractions.of_records(member.review_id, records)
    labels = marks.put_on(member, keys)
    return [
        Line(
            work,
            said.get(work.pk, []),
            labels.get(work.pk, []),
            retractions.in_words(held[work.pk].natures) if work.pk in held else [],
        )
        for work in works
    ]


def _plain(rows: QuerySet[Work], offset: int, *, exact: bool) -> Found:
    """A page of rows that the database itself chooses."""
    some = list(shown(rows)[offset : offset + found.PAGE + 1])
    total = rows.order_by().count() if exact else rows.order_by()[: MOST_COUNTED + 1].count()
    over = not exact and total > MOST_COUNTED
    return Found(some[: found.PAGE], MOST_COUNTED if over else total, over, len(some) <= found.PAGE)


def _walk(rows: QuerySet[Work], test: full_text.Test, most: int) -> Iterator[int]:
    """The first so many of these works that pass the test, in their order; each batch as large as the last lets expect."""
    keys, start, size, passing = rows.values_list("pk", flat=True), 0, found.PAGE + 14, 0
    while passing < most:
        batch = list(keys[start : start + size])
        passed = test.among(batch) if batch else set()
        for key in [key for key in batch if key in passed][: most - passing]:
            passing += 1
            yield key
        if len(batch) < size:
            return
        start += size
        size = min(max((most - passing) * start * 5 // (4 * max(passing, 1)), 20), 4000)


def shown(rows: QuerySet[Work]) -> QuerySet[Work]:
    """Works with as much of their lead records as a line shows."""
    lead = ("title", "language", "authors", "journal", "abstract", "abstract_truncated", "search")
    own = ("library", "rank", "title", "year", "records_count", "revision", "lead", "aside", "empty")
    return rows.select_related("lead__search").only(*own, *(f"lead__{name}" for name in lead), "lead__search__source")


def _shown(keys: list[int]) -> list[Work]:
    """These works with the record that is shown, in the same order."""
    found = shown(Work.objects.all()).in_bulk(keys)
    return [found[key] for key in keys if key in found]
