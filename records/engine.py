"""What differs between SQLite and PostgreSQL stands here, and in `records.full_text` for search: locks, bulk rows, triggers.

Nobody else asks for `connection.vendor`.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Func, Model, TextField

from records.models import Library, Work

MARKS = "-./:@+<>&~=?#_“”‘’«»–—−…"  # PostgreSQL would read "-19", "3.5" and "<b" as words of their own
SEARCHED = (  # of a record, on PostgreSQL, until `records.full_text` had an index of its own; for migrations
    f"translate(left(title || ' ' || authors::text || ' ' || abstract, 200000), '{MARKS}', '{' ' * len(MARKS)}')"
)

GAP = 0.11  # seconds

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


def on_sqlite() -> bool:
    """Whether this is SQLite; for `records.full_text`."""
    return connection.vendor == "sqlite"


def distinct(table: str, column: str, library_id: int, most: int = 60) -> list[Any]:
    """The values of a column in a library, in order: a look into the index for each, however many rows there are."""
    step = f"SELECT min({column}) FROM {table} WHERE library_id = %s"  # noqa: S608
    found = rows(
        f"WITH RECURSIVE each(x) AS (SELECT ({step}) UNION ALL SELECT ({step} AND {column} > each.x) FROM each"  # noqa: S608
        " WHERE each.x IS NOT NULL) SELECT x FROM each WHERE x IS NOT NULL LIMIT %s",
        [library_id, library_id, most],
    )
    return [row[0] for row in found]


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


def rows_by_index(sql: str, params: Iterable[Any]) -> list[tuple]:
    """All rows of a statement that an index answers. PostgreSQL takes long texts for cheap to read, and would read them all."""
    if connection.vendor == "sqlite":
        return rows(sql, params)
    switches = ("enable_seqscan", "enable_indexscan")  # what is left is the bitmap of a GIN index
    off = "".join(f"SET LOCAL {each} = off; " for each in switches)
    on = "; ".join(f"SET LOCAL {each} TO DEFAULT" for each in switches)
    with connection.cursor() as cursor:
        cursor.execute(f"{off}{sql}; {on}", list(params))
        for _setting in switches:
            cursor.nextset()
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
