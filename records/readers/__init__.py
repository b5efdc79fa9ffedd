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
    eppi_json,
    mods,
    nbib,
    openalex_json,
    ovid,
    own_json,
    plain,
    pubmed_text,
    pubmed_xml,
    refworks,
    ris,
    s2_json,
    saved_html,
    table,
    wos,
    wos_tab,
    xlsx,
    zipped,
    zotero_rdf,
)
from records.readers.base import Draft, Notice, Rejected, Source, Yielded
from records.readers.pages import (
    bilingual_portal,
    citation_statements,
    generic,
    reference_list,
    result_list,
    scholar_json,
    several_pages,
    wos_mirror_cn,
)

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
    saved_html,
    ris,
    wos,
    nbib,
    several_pages,
    scholar_json,
    wos_mirror_cn,
    citation_statements,
    bilingual_portal,
    openalex_json,
    s2_json,
    eppi_json,
    datacite_json,
    crossref_json,
    csl_json,
    own_json,
    wos_tab,
    ovid,
    refworks,
    bibtex,
    embase,
    enw,
    table,
    pubmed_text,
    result_list,
    reference_list,
    generic,
    plain,
]

__all__ = ["READERS", "Draft", "Notice", "Rejected", "Source", "Yielded", "is_page", "read", "sniff"]


def sniff(source: Source) -> ModuleType:
    """The first reader that knows these bytes (`recognises_bytes`, which few have) or these characters."""
    source.file.seek(0)
    start = source.file.read(START)
    for reader in READERS:
        if hasattr(reader, "recognises_bytes") and reader.recognises_bytes(start, source.file):
            return reader
    if source.columns:
        return table  # a person said what its columns are
    exported = _surely_exported(source.head)
    return next(r for r in READERS if not (exported and is_page(r)) and r.recognises(source.head))


def _surely_exported(head: str) -> bool:
    """Whether the very first words can be no copied page's: a table's header or a BibTeX entry. Asking the readers of pages
    takes longest."""
    bibliography = head.lstrip(" \t\n\ufeff")[:1] in ("@", "%") and bibtex.recognises(head)
    return table.begins(head) or bibliography or embase.recognises(head)


def read(source: Source) -> Iterator[Yielded]:
    """Everything in a dump, by the reader that knows it. A reader that yields nothing is not believed."""
    any_entry = False
    for each in sniff(source).read(source):
        any_entry = any_entry or not isinstance(each, Notice)
        yield each
    if not any_entry:
        yield from plain.read(source)


def is_page(reader: ModuleType) -> bool:
    """Whether what this reader reads is a page that a person copied or saved, rather than an export."""
    return reader.__name__.startswith(f"{__name__}.pages.") or reader.__name__ == f"{__name__}.saved_html"
