"""The readers, and the one question which of them knows a dump. Found by content only, never by the file's name."""

from collections.abc import Iterator
from types import ModuleType

from records.readers import nbib, plain, ris, table
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages import bilingual_portal, citation_statements, scholar_json, several_pages, wos_mirror_cn

# Most particular first; plain takes what nobody else wants.
READERS: list[ModuleType] = [
    several_pages,
    scholar_json,
    wos_mirror_cn,
    citation_statements,
    bilingual_portal,
    ris,
    nbib,
    table,
    plain,
]

__all__ = ["READERS", "Draft", "Notice", "Rejected", "Source", "Yielded", "read", "sniff"]


def sniff(source: Source) -> ModuleType:
    """The first reader that knows these characters."""
    return next(reader for reader in READERS if reader.recognises(source.head))


def read(source: Source) -> Iterator[Yielded]:
    """Everything in a dump, by the reader that knows it. A reader that yields nothing is not believed."""
    any_entry = False
    for each in sniff(source).read(source):
        any_entry = any_entry or not isinstance(each, Notice)
        yield each
    if not any_entry:
        yield from plain.read(source)
