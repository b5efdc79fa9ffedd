"""The writers, by the ending of the files that they write. No Django here.

A writer is a module with `NAME` (that of the reader of the same format), `LABEL` (the name in words), `SUFFIX`,
`MEDIA_TYPE`, `PURPOSE` (what it is good for) and `write(entries, columns)`: any number of `Entry` in, pieces of the file
out, in constant memory; `columns` names what people said of entries, in order. The export page and `reviews.exporting` know no format by name.
"""

from types import ModuleType

from records.writers import bibtex, csl_json, csv_table, endnote_xml, nbib, ris, xlsx
from records.writers.base import Entry

WRITERS: dict[str, ModuleType] = {
    each.SUFFIX: each for each in (csv_table, xlsx, ris, bibtex, nbib, endnote_xml, csl_json)
}

__all__ = ["WRITERS", "Entry"]
