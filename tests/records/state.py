"""What a library holds, as plain values without ids, so that two libraries or two moments can be compared."""

from typing import Any

from records import counters as found
from records.history import faults
from records.models import BlockKey, Dump, Event, Library, Match, Record, RejectedStretch, Search, Work
from reviews import counters
from reviews.models import Decision, Outcome, Stage
from tests import world as worlds

OF_RECORD = ("position", "first_line", "last_line", "raw", "title", "authors", "doi", "related", "normal")
OF_WORK = ("rank", "title", "year", "arm", "aside", "empty", "records_count")
OF_DUMP = ("name", "state", "format", "found", "taken_in", "already_there", "rejected", "joined", "related", "notices")


def take(world: worlds.World, text: str, source: str = "Fictional Index", **search: Any) -> Dump:
    """A pasted dump, read to its end."""
    dump = worlds.import_text(world.review, world.people["ann"], text, source=source, **search)
    world.library.refresh_from_db()
    return dump


def homes(library: Library) -> dict[int, int]:
    """In which work each record stands."""
    return dict(Record.objects.filter(library=library).values_list("pk", "work"))


def groups(library: Library) -> set[frozenset[tuple[str, int]]]:
    """Which records stand together, each named by the source of its search and its place in the dump."""
    works: dict[int, set[tuple[str, int]]] = {}
    for work, source, position in Record.objects.filter(library=library).values_list(
        "work", "search__source", "position"
    ):
        works.setdefault(work, set()).add((source, position))
    return {frozenset(group) for group in works.values()}


def outcomes(library: Library) -> set[tuple]:
    """Every outcome, by work."""
    rows = Outcome.objects.filter(review=library.pk)
    return set(rows.values_list("work", "stage", "state", "decided", "aside", "rank", "reason", "only_member"))


def decisions(library: Library) -> set[tuple]:
    """Every decision, where it hangs and whether it counts."""
    rows = Decision.objects.filter(review=library.pk)
    return set(rows.values_list("pk", "work", "record", "member", "stage", "verdict", "current", "undone_at"))


def standing(library: Library) -> dict[str, Any]:
    """All that joining and splitting may move, to see whether an act was taken back whole."""
    questions = set(Match.objects.filter(library=library, open=True).values_list("pk", flat=True))
    answers = set(Match.objects.filter(library=library).exclude(answer="").values_list("pk", "answer", "answered_by"))
    works = set(Work.objects.filter(library=library, empty=False).values_list("pk", "lead", *OF_WORK))
    return {
        "homes": homes(library),
        "outcomes": {row for row in outcomes(library) if row[0] in set(homes(library).values())},
        "decisions": decisions(library),
        "questions": questions,
        "answers": answers,
        "works": works,
        "counters": Library.objects.values_list("records", "works", "questions").get(pk=library.pk),
        "stages": stages(library),
    }


def stages(library: Library) -> list[tuple]:
    names = ("name", "pending", "awaiting_second", "conflict", "included", "excluded")
    return list(Stage.objects.filter(review=library.pk).order_by("name").values_list(*names))


def everything(library: Library) -> dict[str, Any]:
    """The whole library in plain values; equal for two libraries that hold the same."""
    dump_order = {
        pk: n for n, pk in enumerate(Dump.objects.filter(library=library).order_by("pk").values_list("pk", flat=True))
    }
    records = list(Record.objects.filter(library=library).select_related("work", "search").order_by("pk"))
    key = {r.pk: (dump_order[r.dump_id], r.position) for r in records}
    matches = Match.objects.filter(library=library)
    of_match = ("record_a", "record_b", "score", "band", "veto", "answer", "open")
    return {
        "records": sorted(
            (key[r.pk], r.work.rank, r.search.source, [getattr(r, name) for name in OF_RECORD]) for r in records
        ),
        "works": sorted(
            [
                (*(getattr(w, name) for name in OF_WORK), key.get(w.lead_id))
                for w in Work.objects.filter(library=library)
            ]
        ),
        "matches": sorted((key[a], key[b], *rest) for a, b, *rest in matches.values_list(*of_match)),
        "keys": sorted((k, key[r]) for k, r in BlockKey.objects.filter(library=library).values_list("key", "record")),
        "rejected": sorted(
            RejectedStretch.objects.filter(library=library).values_list("first_line", "last_line", "reason", "text")
        ),
        "dumps": list(Dump.objects.filter(library=library).order_by("pk").values_list(*OF_DUMP)),
        "searches": sorted(
            Search.objects.filter(library=library).values_list("source", "kind", "arm", "aside", "records")
        ),
        "library": Library.objects.values_list("records", "works", "questions", "last_rank").get(pk=library.pk),
        "outcomes": sorted(
            Outcome.objects.filter(review=library.pk).values_list("work__rank", "stage", "state", "aside", "rank")
        ),
        "stages": stages(library),
        "history": list(Event.objects.filter(library=library).order_by("number").values_list("verb", flat=True)),
    }


def faults_of(library: Library) -> list[str]:
    """What is wrong with the kept counters and the chain of the history, in words."""
    library.refresh_from_db()
    return [*found.differences(library), *counters.differences(library.pk), *faults(library.pk)]
