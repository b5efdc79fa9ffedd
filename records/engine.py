"""What differs between SQLite and PostgreSQL stands here and nowhere else: locks, full-text search, triggers.

Nobody else asks for `connection.vendor`.
"""

import re

from django.db import connection
from django.db.models import QuerySet

from records.models import Library, Record, Work

WORD = re.compile(r"\w+")
LONGEST_WORD = 100  # characters of a word that are looked for; PostgreSQL refuses a very long one
MARKS = "-./:@+<>&~=?#_“”‘’«»–—−…"  # PostgreSQL would read "-19", "3.5" and "<b" as words of their own
SEARCHED = (  # of a record, on PostgreSQL
    f"translate(left(title || ' ' || authors::text || ' ' || abstract, 200000), '{MARKS}', '{' ' * len(MARKS)}')"
)

MOST_HITS = 2000  # of one search; the page says when there may be more

IMMUTABLE = {  # table: what may not change, in words
    "records_event": "history is append-only",
    "records_textversion": "a text version never changes",
}


def lock_library(library_id: int) -> Library:
    """The library's row, locked until the transaction ends. SQLite's writers are one at a time already."""
    return Library.objects.select_for_update(no_key=True).get(pk=library_id)


def lock_works(library_id: int, work_ids: list[int]) -> list[Work]:
    """Works of one library, locked in the order of their ids, so that two transactions cannot wait for each other."""
    rows = Work.objects.select_for_update(no_key=True).filter(library=library_id, pk__in=work_ids)
    return list(rows.order_by("pk"))


def set_leads(pairs: list[tuple[int, int]]) -> None:
    """Name the lead record of many works: (work, record). Plain statements; the mapper's own way costs ten times more."""
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE records_work SET lead_id = %s WHERE id = %s", [(lead, work) for work, lead in pairs])


def index(records: list[Record]) -> None:
    """Put records into the full-text index. PostgreSQL keeps its own, an index over an expression."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO records_fts(rowid, title, abstract, authors) VALUES (%s, %s, %s, %s)",
            [(r.pk, r.title, r.abstract, " ".join(r.authors)) for r in records],
        )


def search(library_id: int, text: str, limit: int = MOST_HITS) -> QuerySet[Record]:
    """Records of a library that hold all the words in title, authors or abstract; the last one may be a beginning.

    Chinese is written without spaces, so a word of it is found at the beginning of a stretch between punctuation only.
    """
    words = [word[:LONGEST_WORD] for word in WORD.findall(text)[:12]]
    if not words:
        return Record.objects.none()
    find = _search_sqlite if connection.vendor == "sqlite" else _search_postgres
    sql, params = find(library_id, words)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s", [*params, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return Record.objects.filter(library=library_id, pk__in=ids)


def _search_sqlite(library_id: int, words: list[str]) -> tuple[str, list]:
    """The index holds every library's records; those of one lie close together, so no more than their span is read."""
    query = " ".join(f'"{word}"' for word in words) + "*"
    sql = (
        "SELECT r.id FROM records_fts f CROSS JOIN records_record r ON r.id = f.rowid"
        " WHERE f.records_fts MATCH %s AND r.library_id = %s"
        " AND f.rowid >= (SELECT min(id) FROM records_record WHERE library_id = %s)"
        " AND f.rowid <= (SELECT max(id) FROM records_record WHERE library_id = %s)"
    )
    return sql, [query, library_id, library_id, library_id]


def _search_postgres(library_id: int, words: list[str]) -> tuple[str, list]:
    query = " & ".join(words) + ":*"
    sql = (
        f"SELECT id FROM records_record WHERE to_tsvector('simple', {SEARCHED}) @@ to_tsquery('simple', %s)"  # noqa: S608
        " AND library_id = %s ORDER BY id"
    )
    return sql, [query, library_id]


def install(schema_editor: object) -> None:
    """Called by a migration: search index and the triggers that make history and texts immutable."""
    vendor = schema_editor.connection.vendor  # type: ignore[attr-defined]
    run = schema_editor.execute  # type: ignore[attr-defined]
    if vendor == "sqlite":
        run(
            "CREATE VIRTUAL TABLE records_fts USING fts5(title, abstract, authors, content='',"
            " tokenize='unicode61 remove_diacritics 2')"
        )
        for table, words in IMMUTABLE.items():
            run(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END")
        return
    run(f"CREATE INDEX records_fts ON records_record USING gin (to_tsvector('simple', {SEARCHED}))")
    for table, words in IMMUTABLE.items():
        run(
            f"CREATE FUNCTION {table}_fixed() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
        run(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_fixed()")
