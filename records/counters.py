"""The counters of a library, its searches and dumps: what they should be, counted afresh."""

from collections.abc import Iterator

from records.models import AlreadyThere, Dump, Library, Match, Record, RejectedStretch, Search, Work


def fresh(library: Library) -> dict[str, int]:
    """What the library's counters should be."""
    return {
        "records": Record.objects.filter(library=library).count(),
        "works": Work.objects.filter(library=library, empty=False).count(),
        "questions": Match.objects.filter(library=library, open=True).count(),
    }


def differences(library: Library) -> Iterator[str]:
    """Each counter that is not what it should be, in words."""
    for name, count in fresh(library).items():
        if getattr(library, name) != count:
            yield f"{name} says {getattr(library, name)}, there are {count}"
    for search in Search.objects.filter(library=library):
        count = Record.objects.filter(search=search).count()
        if search.records != count:
            yield f"search {search.pk} says {search.records} records, there are {count}"
    for dump in Dump.objects.filter(library=library, same_as=None):
        for name, count in _entries(dump).items():
            if getattr(dump, name) != count:
                yield f"dump {dump.pk} says {name} {getattr(dump, name)}, there are {count}"


def _entries(dump: Dump) -> dict[str, int]:
    return {
        "taken_in": Record.objects.filter(dump=dump).count(),
        "already_there": AlreadyThere.objects.filter(dump=dump).count(),
        "rejected": RejectedStretch.objects.filter(dump=dump).count(),
    }


def mend(library: Library) -> None:
    """Set the counters of the library, its searches and its dumps to fresh counts; the caller holds the library's lock."""
    Library.objects.filter(pk=library.pk).update(**fresh(library))
    for search in Search.objects.filter(library=library):
        Search.objects.filter(pk=search.pk).update(records=Record.objects.filter(search=search).count())
    for dump in Dump.objects.filter(library=library, same_as=None):
        counts = _entries(dump)
        Dump.objects.filter(pk=dump.pk).update(**counts, found=sum(counts.values()))
