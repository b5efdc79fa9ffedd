"""What differs between SQLite and PostgreSQL stands here and nowhere else: locks, full-text search, triggers.

Nobody else asks for `connection.vendor`.
"""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Func, Model, QuerySet, TextField

from records.models import Library, Record, Work

WORD = re.compile(r"\w+")
LONGEST_WORD = 100  # characters of a word that are looked for; PostgreSQL refuses a very long one
MARKS = "-./:@+<>&~=?#_“”‘’«»–—−…"  # PostgreSQL would read "-19", "3.5" and "<b" as words of their own
SEARCHED = (  # of a record, on PostgreSQL
    f"translate(left(title || ' ' || authors::text || ' ' || abstract, 200000), '{MARKS}', '{' ' * len(MARKS)}')"
)

GAP = 0.11  # seconds
MOST_HITS = 2000  # of one search; the page says when there may be more

IMMUTABLE = {  # table: what may not change, in words
    "records_event": "history is append-only",
    "records_textversion": "a text version never changes",
}


class Day(Func):
    """The day of a time, in UTC, such as "2026-03-14" (a date on PostgreSQL). Written so that an index can hold it."""

    function = "substr"
    template = "substr(%(expressions)s, 1, 10)"
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "((%(expressions)s AT TIME ZONE 'UTC')::date)"
        return self.as_sql(compiler, connection, template=template, **more)


def lock_library(library_id: int) -> Library:
    """The library's row, locked until the transaction ends. SQLite's writers are one at a time already."""
    return Library.objects.select_for_update(no_key=True).get(pk=library_id)


def lock_works(library_id: int, work_ids: list[int]) -> list[Work]:
    """Works of one library, locked in the order of their ids, so that two transactions cannot wait for each other."""
    rows = Work.objects.select_for_update(no_key=True).filter(library=library_id, pk__in=work_ids)
    return list(rows.order_by("pk"))


@contextmanager
def not_yet_on_disk() -> Iterator[None]:
    """What is committed meanwhile may be lost in a power cut, in whole transactions: good for work that goes on from a
    checkpoint of the same transaction, and for nothing that a person was told."""
    if connection.in_atomic_block:  # too late to say so
        yield
        return
    if connection.vendor == "sqlite":
        before, after = "PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL"
    else:
        before, after = "SET synchronous_commit = off", "RESET synchronous_commit"
    with connection.cursor() as cursor:
        cursor.execute(before)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(after)


def give_way(wanted: Callable[[], bool]) -> None:
    """Between two transactions of a long piece of work: where only one can write, leave a gap that somebody who waits will find.

    SQLite's waiting writers look again every tenth of a second; without a gap of that length a press may wait for many chunks.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block and wanted():
        time.sleep(GAP)


def among(column: str, values: Iterable[int]) -> tuple[str, Any]:
    """A condition that a column is one of many numbers, and its one parameter; a mark a number costs more than the look-up."""
    if connection.vendor == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))  # noqa: S608
    return f"{column} = ANY(%s)", list(values)


def rows(sql: str, params: Iterable[Any]) -> list[tuple]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall()


def next_ids(model: type[Model], count: int) -> list[int]:
    """Keys for rows that are about to be stored, so that rows of several tables may name each other before any is."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # one writer at a time: nobody else takes them meanwhile
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            last = row[0] if row else 0
            return list(range(last + 1, last + count + 1))
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def insert(table: str, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    """Many rows at once, as the database likes it best: COPY, or one prepared statement. JSON comes as text."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["?"] * len(tuple(columns)))
            cursor.cursor.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
            return
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def update(table: str, columns: Iterable[str], rows: Iterable[tuple]) -> None:
    """Set columns of many rows; each row ends with the key. The mapper's own way costs ten times more."""
    names, all_rows = ", ".join(f'"{name}" = %s' for name in columns), list(rows)
    if all_rows:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {table} SET {names} WHERE id = %s", all_rows)  # noqa: S608


def moment(at: datetime) -> Any:
    """A time as `insert` takes it."""
    return connection.ops.adapt_datetimefield_value(at) if connection.vendor == "sqlite" else at


def plain(value: Any) -> Any:
    """A value as `insert` takes it."""
    return json.dumps(value) if isinstance(value, dict | list) else value


def index(rows: Iterable[tuple[int, str, str, str]]) -> None:
    """Put records (key, title, abstract, authors) into SQLite's full-text index; on PostgreSQL `Indexing` follows."""
    if connection.vendor == "sqlite":
        insert("records_fts", ("rowid", "title", "abstract", "authors"), rows)


INDEX = (
    "INSERT INTO records_fts (record_id, library_id, words)"  # noqa: S608
    f" SELECT id, library_id, to_tsvector('simple', {SEARCHED}) FROM records_record WHERE library_id = %s"
)


class Indexing:
    """PostgreSQL's full-text index of a dump's records, a chunk behind their storing, on a connection of its own.

    Half the time of an import would be the index's, and the server has another core for it. Whoever leaves the `with` has
    everything indexed; after a crash the next try goes on behind the last record that was.
    """

    def __init__(self, library_id: int, dump_id: int) -> None:
        self.library_id, self.dump_id = library_id, dump_id
        self.wanted = connection.vendor == "postgresql"
        self.inline = connection.in_atomic_block  # nobody else would see what is not committed
        self.running: Future | None = None
        self.last: int | None = None  # position of the last record that is indexed

    def __enter__(self) -> "Indexing":
        self.thread = ThreadPoolExecutor(1)
        self.follow()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.follow()
        if self.running:
            self.running.result()
        self.thread.shutdown()

    def follow(self) -> None:
        """Index what is committed by now; waits for the chunk before."""
        if not self.wanted:
            return
        if self.inline:
            self._index()
            return
        if self.running:
            self.running.result()
        self.running = self.thread.submit(self._aside)

    def _aside(self) -> None:
        try:
            with not_yet_on_disk():
                self._index()
        finally:
            connection.close()

    def _index(self) -> None:
        of_dump = [self.library_id, self.dump_id]
        with connection.cursor() as cursor:
            if self.last is None:
                cursor.execute(
                    "SELECT max(r.position) FROM records_fts f JOIN records_record r ON r.id = f.record_id"
                    " WHERE r.library_id = %s AND r.dump_id = %s",
                    of_dump,
                )
                self.last = cursor.fetchone()[0] or 0
            cursor.execute("SELECT max(position) FROM records_record WHERE library_id = %s AND dump_id = %s", of_dump)
            newest = cursor.fetchone()[0] or 0
            cursor.execute(
                f"{INDEX} AND dump_id = %s AND position > %s AND position <= %s ON CONFLICT DO NOTHING",
                [*of_dump, self.last, newest],
            )
            self.last = newest


def full_text_alone(table: str) -> list[str]:
    """The statements that build a full-text index over a copy of the records; for measuring what it costs alone."""
    if connection.vendor != "sqlite":
        words = f"to_tsvector('simple', {SEARCHED}) AS words"
        return [
            f"CREATE TABLE alone_fts AS SELECT id AS record_id, library_id, {words} FROM {table}",  # noqa: S608
            "CREATE INDEX alone_fts_words ON alone_fts USING gin (words)",
        ]
    names = "title, abstract, authors"
    return [f"INSERT INTO records_fts(rowid, {names}) SELECT id + 1000000000, {names} FROM {table}"]  # noqa: S608


Searched = tuple[str, str, str]  # what full-text search holds of a record: title, abstract, authors


def searched(record: Record) -> Searched:
    """The words of a record that are found by search; kept by whoever changes them, for `reindex`."""
    return record.title, record.abstract, " ".join(record.authors)


def reindex(changed: list[tuple[Record, Searched]]) -> None:
    """Let search follow records whose words changed: each with its words before.

    SQLite's index keeps no words of its own, so the old ones must be named to be taken out.
    """
    if connection.vendor != "sqlite":
        keys = [record.pk for record, _before in changed]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_fts WHERE record_id = ANY(%s)", [keys])
            for library_id in {record.library_id for record, _before in changed}:
                cursor.execute(f"{INDEX} AND id = ANY(%s)", [library_id, keys])
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO records_fts(records_fts, rowid, title, abstract, authors) VALUES ('delete', %s, %s, %s, %s)",
            [(record.pk, *before) for record, before in changed],
        )
        cursor.executemany(
            "INSERT INTO records_fts(rowid, title, abstract, authors) VALUES (%s, %s, %s, %s)",
            [(record.pk, *searched(record)) for record, _before in changed],
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
    sql = "SELECT record_id FROM records_fts WHERE words @@ to_tsquery('simple', %s) AND library_id = %s ORDER BY record_id"
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


def search_in_a_table(schema_editor: object) -> None:
    """Called by a migration: PostgreSQL's full-text index becomes a table of its own, which may follow a chunk behind."""
    if schema_editor.connection.vendor == "sqlite":  # type: ignore[attr-defined]
        return
    run = schema_editor.execute  # type: ignore[attr-defined]
    run("DROP INDEX records_fts")
    run("CREATE TABLE records_fts (record_id bigint PRIMARY KEY, library_id bigint NOT NULL, words tsvector NOT NULL)")
    run(
        "INSERT INTO records_fts (record_id, library_id, words)"  # noqa: S608
        f" SELECT id, library_id, to_tsvector('simple', {SEARCHED}) FROM records_record"
    )
    run("CREATE INDEX records_fts_words ON records_fts USING gin (words)")
    run(
        "CREATE FUNCTION records_fts_follows() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN DELETE FROM records_fts WHERE record_id = OLD.id; RETURN NULL; END $$"
    )
    run(  # a trigger and no foreign key: a table that others refer to cannot be emptied at once
        "CREATE TRIGGER records_fts_follows AFTER DELETE ON records_record FOR EACH ROW"
        " EXECUTE FUNCTION records_fts_follows()"
    )
