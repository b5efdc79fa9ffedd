"""Reading without a database: one JSON object a line for each file, as `manage.py read` prints it."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from records import clean
from records.clean import Cleaned
from records.readers import Draft, Notice, Source, read, sniff


def describe(path: str) -> dict[str, Any]:
    """What a file holds: format, encoding, records, rejected stretches, notices."""
    with Path(path).open("rb") as file:
        source = Source(file)
        reader = sniff(source)
        answer: dict[str, Any] = {"file": str(path), "format": reader.NAME, "encoding": source.encoding}
        answer |= {"records": [], "rejected": [], "notices": []}
        for each in read(source):
            if isinstance(each, Draft):
                answer["records"].append(record(clean.draft(each), each))
            elif isinstance(each, Notice):
                answer["notices"].append({"line": each.line, "text": each.text})
            else:
                first, last = each.lines
                row = {"line_from": first, "line_to": last, "reason": each.reason, "text": each.text}
                answer["rejected"].append(row)
    return answer


NULLABLE = ("title", "journal", "volume", "issue", "pages", "doi", "pmid", "abstract", "language", "type",
            "copyright", "stated")  # fmt: skip
PLAIN = ("authors", "year", "keywords", "urls", "alt_titles", "trial_registrations", "cited_by_count", "page_count",
         "abstract_truncated", "authors_incomplete", "editors", "affiliations", "thesaurus", "decisions",
         "labels", "notices")  # fmt: skip


def record(cleaned: Cleaned, draft: Draft) -> dict[str, Any]:
    """A cleaned entry as plain values; what the file does not state is null or []."""
    out: dict[str, Any] = {name: getattr(cleaned, name) or None for name in NULLABLE}
    out |= {name: getattr(cleaned, name) for name in PLAIN}
    out["abstract"] = out["abstract"] or cleaned.stated.get("abstract")  # "NA" is what the file states
    out["journal_any"] = [str(name) for name in draft.fields.get("journal", [])]
    return out | {"role": draft.role, "line_from": draft.lines[0], "line_to": draft.lines[1]}


def lines(paths: Iterable[str]) -> Iterator[str]:
    """One JSON line a file."""
    for path in paths:
        yield json.dumps(describe(path), ensure_ascii=False)


if __name__ == "__main__":
    for line in lines(sys.argv[1:]):
        print(line)
