"""The readers, and the one question which of them knows a dump. Found by content only, never by the file's name."""

from collections.abc import Iterator
from types import ModuleType

from records.readers import (
    bibtex,
    crossref_json,
    crossref_xml,
    csl_json,
    datacite_json,
    embase,
    endnote_xml,
    enw,
    mods,
    nbib,
    openalex_json,
    ovid,
    own_json,
    plain,
    pubmed_xml,
    refworks,
    ris,
    s2_json,
    table,
    wos,
    wos_tab,
    xlsx,
    zipped,
    zotero_rdf,
)
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages import bilingual_portal, citation_statements, scholar_json, several_pages, wos_mirror_cn

START = 4096  # bytes; enough to know an archive
# Most particular first; plain takes what nobody else wants.
READERS: list[ModuleType] = [
    xlsx,
    zipped,
    endnote_xml,
    pubmed_xml,
    crossref_xml,
    mods,
    zotero_rdf,
    several_pages,
    scholar_json,
    wos_mirror_cn,
    citation_statements,
    bilingual_portal,
    openalex_json,
    s2_json,
    datacite_json,
    crossref_json,
    csl_json,
    own_json,
    ris,
    wos,
    wos_tab,
    ovid,
    nbib,
    refworks,
    bibtex,
    embase,
    enw,
    table,
    plain,
]

__all__ = ["READERS", "Draft", "Notice", "Rejected", "Source", "Yielded", "read", "sniff"]


def sniff(source: Source) -> ModuleType:
    """The first reader that knows these bytes (`recognises_bytes`, which few have) or these characters."""
    source.file.seek(0)
    start = source.file.read(START)
    for reader in READERS:
        if hasattr(reader, "recognises_bytes") and reader.recognises_bytes(start, source.file):
            return reader
    return next(reader for reader in READERS if reader.recognises(source.head))


def read(source: Source) -> Iterator[Yielded]:
    """Everything in a dump, by the reader that knows it. A reader that yields nothing is not believed."""
    any_entry = False
    for each in sniff(source).read(source):
        any_entry = any_entry or not isinstance(each, Notice)
        yield each
    if not any_entry:
        yield from plain.read(source)
