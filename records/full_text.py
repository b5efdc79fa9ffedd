"""Full-text search behind one question, for both databases: FTS5 on SQLite, `tsvector` and GIN on PostgreSQL.

`records.search_words` says what a person asks for; here that becomes each database's own expression. A record is the unit of
the index: a work is found by any one of its records that holds all the words, and is left out if any of them holds what it
must be without. Nobody else knows what the index looks like.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from records import engine
from records.engine import MARKS
from records.models import Record
from records.search_words import COLUMNS, LETTERS, PAIRED, Asked, Needle, plain, read, stands

MOST_HITS = 2000  # records of one search that are looked up; what more hold is common, and is looked for work by work
MOST_KEYS = 20_000  # records whose keys are held for that; what stands in more is found soon in any order

OF_RECORD = ("title", "alt_titles", "abstract", "authors", "journal", "keywords", "doi", "pmid", "accession")
Searched = tuple[str, str, str, str, str, str]  # what the index holds of a record, as in `COLUMNS`

# PostgreSQL: a text without accents, unspaced scripts in pairs (each pair once from an even and once from an odd place), and
# without the marks that its parser would make words of their own of.
LONGEST = 200_000
PLAIN = f"""
CREATE OR REPLACE FUNCTION records_plain(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $f$
SELECT CASE WHEN octet_length(t) = char_length(t) THEN translate(t, '{MARKS}', '{" " * len(MARKS)}') ELSE (
  SELECT translate(CASE WHEN p ~ '[{PAIRED}]' THEN
      regexp_replace(p, '([{PAIRED}])([{PAIRED}])', ' \\1\\2 ', 'g') || ' ' ||
      regexp_replace(regexp_replace(p, '(^|[^{PAIRED}])([{PAIRED}])', '\\1\\2 ', 'g'),
        '([{PAIRED}])([{PAIRED}])', ' \\1\\2 ', 'g')
    ELSE p END, '{MARKS}', '{" " * len(MARKS)}')
  FROM (SELECT translate(normalize(regexp_replace(normalize(left(t, {LONGEST}), NFD), '[\u0300-\u036f]', '', 'g'), NFC),
    '{LETTERS[0]}', '{LETTERS[1]}') AS p) AS without
) END $f$
"""  # noqa: S608
_TITLES = "records_plain(title || ' ' || alt_titles::text)"
_AUTHORS = "records_plain(authors::text)"
_JOURNAL, _KEYWORDS = "records_plain(journal)", "records_plain(keywords::text)"
_IDS = "records_plain(doi || ' ' || pmid || ' ' || accession)"
_REST = (
    f"setweight(to_tsvector('simple', {_JOURNAL}), 'A') || setweight(to_tsvector('simple', {_KEYWORDS}), 'B')"
    f" || setweight(to_tsvector('simple', {_IDS}), 'C')"
)
VECTORS = (  # everything, with the abstract apart by its weight; then what may be asked for alone
    f"setweight(to_tsvector('simple', {_TITLES} || ' ' || {_AUTHORS} || ' ' || {_JOURNAL} || ' ' || {_KEYWORDS} || ' ' || {_IDS}), 'B')"
    f" || to_tsvector('simple', records_plain(left(abstract, {LONGEST}))) AS words,"
    f" to_tsvector('simple', {_TITLES}) AS title, to_tsvector('simple', {_AUTHORS}) AS authors, {_REST} AS rest"
)
INDEX = (
    "INSERT INTO records_fts (record_id, library_id, words, title, authors, rest)"  # noqa: S608
    f" SELECT id, library_id, {VECTORS} FROM records_record WHERE library_id = %s"
)
# Of each column of a search: the vector, and the weights of its words there.
WHERE = {"": ("words", ""), "title": ("title", ""), "authors": ("authors", ""), "abstract": ("words", "D"),
         "journal": ("rest", "A"), "keywords": ("rest", "B"), "ids": ("rest", "C")}  # fmt: skip


# --- keeping the index ---------------------------------------------------------------------------------------------
def as_indexed(cells: dict[str, Any]) -> Searched:
    """What the index holds of a record: from its columns, whose lists may be JSON or lists."""
    lists = {name: _listed(cells[name]) for name in ("alt_titles", "authors", "keywords")}
    titles = " ".join([cells["title"], *(each["title"] for each in lists["alt_titles"])])
    ids = f"{cells['doi']} {cells['pmid']} {cells['accession']}"
    texts = (titles, cells["abstract"], " ".join(lists["authors"]), cells["journal"], " ".join(lists["keywords"]), ids)
    return tuple(map(plain, texts))  # type: ignore[return-value]


def _listed(value: Any) -> list:
    if not isinstance(value, str):
        return list(value)
    return [] if value == "[]" else json.loads(value)


def searched(record: Record) -> Searched:
    """The words of a record that are found by search; kept by whoever changes them, for `reindex`."""
    return as_indexed({name: getattr(record, name) for name in OF_RECORD})


def index(rows: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Put records (key, columns) into SQLite's full-text index; on PostgreSQL `records.indexing` follows."""
    if engine.on_sqlite():
        engine.insert("records_fts", ("rowid", *COLUMNS), ((key, *as_indexed(cells)) for key, cells in rows))


def alone(table: str) -> list[str]:
    """The statements that build a full-text index over a copy of the records; for measuring what it costs alone."""
    if not engine.on_sqlite():
        return [
            f"CREATE TABLE alone_fts AS SELECT id AS record_id, library_id, {VECTORS} FROM {table}",  # noqa: S608
            "CREATE INDEX alone_fts_words ON alone_fts USING gin (words, title, authors, rest)",
        ]
    names = "title, abstract, authors, journal, keywords, doi || ' ' || pmid || ' ' || accession"
    return [
        f"INSERT INTO records_fts(rowid, {', '.join(COLUMNS)}) SELECT id + 1000000000, {names} FROM {table}"  # noqa: S608
    ]


def reindex(changed: list[tuple[Record, Searched]]) -> None:
    """Let search follow records whose words changed: each with its words before.

    SQLite's index keeps no words of its own, so the old ones must be named to be taken out.
    """
    if not engine.on_sqlite():
        keys = [record.pk for record, _before in changed]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_fts WHERE record_id = ANY(%s)", [keys])
            for library_id in {record.library_id for record, _before in changed}:
                cursor.execute(f"{INDEX} AND id = ANY(%s)", [library_id, keys])
        return
    names, marks = ", ".join(COLUMNS), ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO records_fts(records_fts, rowid, {names}) VALUES ('delete', %s, {marks})",  # noqa: S608
            [(record.pk, *before) for record, before in changed],
        )
        cursor.executemany(
            f"INSERT INTO records_fts(rowid, {names}) VALUES (%s, {marks})",  # noqa: S608
            [(record.pk, *searched(record)) for record, _before in changed],
        )


def more_columns(schema_editor: Any) -> None:
    """Called by a migration: the index anew, with journals, keywords and identifiers, and every record put into it."""
    run = schema_editor.execute
    run("DROP TABLE records_fts")
    if not engine.on_sqlite():
        run(PLAIN.replace("%", "%%"), None)
        run(
            "CREATE TABLE records_fts (record_id bigint PRIMARY KEY, library_id bigint NOT NULL, words tsvector NOT NULL,"
            " title tsvector NOT NULL, authors tsvector NOT NULL, rest tsvector NOT NULL)"
        )
        run(INDEX.replace(" WHERE library_id = %s", ""))
        run("CREATE INDEX records_fts_words ON records_fts USING gin (words, title, authors, rest)")
        return
    run(
        f"CREATE VIRTUAL TABLE records_fts USING fts5({', '.join(COLUMNS)}, content='',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    last = 0
    while some := list(_stored(last)):
        engine.insert("records_fts", ("rowid", *COLUMNS), ((pk, *as_indexed(cells)) for pk, cells in some))
        last = some[-1][0]


def _stored(after: int) -> Iterable[tuple[int, dict[str, Any]]]:
    sql = f"SELECT id, {', '.join(OF_RECORD)} FROM records_record WHERE id > %s ORDER BY id LIMIT 2000"  # noqa: S608
    for pk, *values in engine.rows(sql, [after]):
        yield pk, dict(zip(OF_RECORD, values, strict=True))


# --- asking --------------------------------------------------------------------------------------------------------
# The ends of a library's records; written so that every SQLite reads them off the index that has them in order.
FIRST = "SELECT id FROM records_record WHERE library_id = %s ORDER BY id LIMIT 1"
LAST = "SELECT id FROM records_record WHERE library_id = %s ORDER BY id DESC LIMIT 1"


def _fts5(needle: Needle) -> str:
    words = " ".join(word.replace('"', "") for word in needle.words)
    where = f"{{{needle.column}}} : " if needle.column else ""
    return f'({where}"{words}"{" *" if needle.begins else ""})'


def _tsquery(needle: Needle) -> str:
    weights = WHERE[needle.column][1]
    words = [f"'{word}'{':' + weights if weights else ''}" for word in needle.words]
    if needle.begins:
        words[-1] = f"'{needle.words[-1]}':*{weights}"
    return f"({' <-> '.join(words)})"


def _condition(needles: Sequence[Needle]) -> tuple[str, list[Any]]:
    """A condition on `records_fts` (as f): one record holds all of these."""
    if engine.on_sqlite():
        return "f.records_fts MATCH %s", [" AND ".join(map(_fts5, needles))]
    by_vector: dict[str, list[str]] = {}
    for needle in needles:
        by_vector.setdefault(WHERE[needle.column][0], []).append(_tsquery(needle))
    parts = [f"f.{vector} @@ to_tsquery('simple', %s)" for vector in by_vector]
    return " AND ".join(parts), [" & ".join(queries) for queries in by_vector.values()]


def _any_of(groups: Sequence[Sequence[Needle]]) -> tuple[str, list[Any]]:
    """The same: one record holds all of one of these groups, whose needles stand anywhere."""
    if engine.on_sqlite():
        return "f.records_fts MATCH %s", [" OR ".join(f"({' AND '.join(map(_fts5, each))})" for each in groups)]
    return "f.words @@ to_tsquery('simple', %s)", [
        " | ".join(f"({' & '.join(map(_tsquery, each))})" for each in groups)
    ]


def _records(
    library_id: int, condition: str, params: list[Any], of: str, most: int | None = None
) -> tuple[str, list[Any]]:
    """A statement for the records of a library of which a condition holds; `of` is a column of the record. With the limit
    inside, PostgreSQL asks the index before it looks at any record."""
    if not engine.on_sqlite():
        hits = f"SELECT f.record_id FROM records_fts f WHERE {condition} AND f.library_id = %s LIMIT %s"  # noqa: S608
        sql = f"SELECT r.{of} FROM ({hits}) f JOIN records_record r ON r.id = f.record_id WHERE true"  # noqa: S608
        return sql, [*params, library_id, most]
    # The index holds every library's records; those of one lie close together, so no more than their span is read.
    sql = (
        f"SELECT r.{of} FROM records_fts f CROSS JOIN records_record r ON r.id = f.rowid"  # noqa: S608
        f" WHERE {condition} AND r.library_id = %s"
        f" AND f.rowid BETWEEN ({FIRST}) AND ({LAST})"
    )
    return sql, [*params, library_id, library_id, library_id]


def works_with(library_id: int, needles: Sequence[Needle]) -> RawSQL:
    """The works of which one record holds all of these, as what stands behind `pk__in`."""
    return RawSQL(*_records(library_id, *_condition(needles), "work_id"))  # noqa: S611 - made of our own words


def works_with_any(library_id: int, asked: Sequence[Asked]) -> RawSQL:
    """The works of which one record holds what one of these searches wants, anywhere."""
    return RawSQL(*_records(library_id, *_any_of([each.wanted for each in asked]), "work_id"))  # noqa: S611


def holding(library_id: int, asked: Asked) -> Q:
    """A condition on works: what is asked for of texts holds, however many works that are."""
    condition = Q(pk__in=works_with(library_id, asked.wanted)) if asked.wanted else Q()
    for group in asked.unwanted:
        condition &= ~Q(pk__in=works_with(library_id, group))
    return condition


@dataclass(frozen=True, slots=True)
class Rare:
    """The works of the first records that hold something. `complete`: there are no more such records; `often`: by how
    close together these stand, there are very many."""

    works: set[int]
    complete: bool
    often: bool = False


def rare(library_id: int, needles: Sequence[Needle], most: int = MOST_HITS) -> Rare:
    """The works of the first so many records that hold all of these."""
    sql, params = _records(library_id, *_condition(needles), "id, r.work_id", most + 1)
    found = engine.rows_by_index(f"{sql} LIMIT %s", [*params, most + 1])
    works = {row[1] for row in found}
    if len(found) <= most:
        return Rare(works, True)
    if most < MOST_HITS:  # too few to tell how close together they stand
        return Rare(works, False)
    keys = [row[0] for row in found]
    (first,), (last,) = engine.rows(f"SELECT * FROM ({FIRST}) a UNION ALL SELECT * FROM ({LAST}) b", [library_id] * 2)  # noqa: S608
    return Rare(works, False, (max(keys) - first) * MOST_KEYS < (last - first) * most)


class Test:
    """Which of some works hold what is asked for of texts, asked batch by batch: for words that very many works hold.

    Of words that stand in not too many records their keys are read once; of more frequent ones (`often`, where that is known)
    each record is looked up.
    """

    def __init__(self, library_id: int, asked: Asked, *, often: bool = False) -> None:
        groups = [asked.wanted] if asked.wanted else []
        self.wanted = [(each, None if often else _keys(library_id, each)) for each in groups]
        self.unwanted = [(each, _keys(library_id, each)) for each in asked.unwanted]

    def among(self, works: Sequence[int]) -> set[int]:
        """Those of these works that hold it."""
        left = set(works)
        one_of, given = engine.among("r.work_id", works)
        records = engine.rows(f"SELECT r.id, r.work_id FROM records_record r WHERE {one_of}", [given])  # noqa: S608
        for needles, keys in self.wanted:
            left &= _of_these(needles, works) if keys is None else {work for key, work in records if key in keys}
        for needles, keys in self.unwanted:
            left -= _of_these(needles, works) if keys is None else {work for key, work in records if key in keys}
        return left


def _keys(library_id: int, needles: Sequence[Needle]) -> set[int] | None:
    """The keys of all records that hold these, where they are not too many."""
    condition, params = _condition(needles)
    if engine.on_sqlite():  # without a look at the record: another library's keys do no harm
        span = f" AND f.rowid BETWEEN ({FIRST}) AND ({LAST})"
        sql, more = f"SELECT f.rowid FROM records_fts f WHERE {condition}{span} LIMIT %s", [library_id, library_id]  # noqa: S608
    else:
        sql = f"SELECT f.record_id FROM records_fts f WHERE {condition} AND f.library_id = %s LIMIT %s"  # noqa: S608
        more = [library_id]
    found = engine.rows_by_index(sql, [*params, *more, MOST_KEYS + 1])
    return {row[0] for row in found} if len(found) <= MOST_KEYS else None


def _of_these(needles: Sequence[Needle], works: Sequence[int]) -> set[int]:
    one_of, given = engine.among("r.work_id", works)
    if any(needle.begins for needle in needles):  # an index gathers all words of a beginning anew for each record
        names = ", ".join(f"r.{name}" for name in OF_RECORD)
        rows = engine.rows(f"SELECT r.work_id, {names} FROM records_record r WHERE {one_of}", [given])  # noqa: S608
        return {work for work, *cells in rows if _holds(dict(zip(OF_RECORD, cells, strict=True)), needles)}
    condition, params = _condition(needles)
    by_key = "f.rowid" if engine.on_sqlite() else "f.record_id"
    sql = f"SELECT r.work_id FROM records_record r CROSS JOIN records_fts f WHERE {one_of} AND {by_key} = r.id AND {condition}"  # noqa: S608
    return {row[0] for row in engine.rows(sql, [given, *params])}


def _holds(cells: dict[str, Any], needles: Sequence[Needle]) -> bool:
    texts = dict(zip(COLUMNS, as_indexed(cells), strict=True))
    return all(
        any(stands(each, texts[name]) for name in ([each.column] if each.column else COLUMNS)) for each in needles
    )


def search(library_id: int, text: str, limit: int = MOST_HITS) -> QuerySet[Record]:
    """Records of a library that hold what was typed, the oldest `limit` of them; where none holds the last word it may be a
    beginning. What is no text (`year:`, `source:`) is left to the lists above."""
    asked: Asked | None = read(text)
    while asked and (asked.wanted or asked.unwanted):
        found = _found(library_id, asked, limit)
        if found or not asked.wanted:
            return Record.objects.filter(library=library_id, pk__in=found)
        asked = asked.with_beginning()
    return Record.objects.none()


def _found(library_id: int, asked: Asked, limit: int) -> list[int]:
    if not asked.wanted:
        return []
    sql, params = _records(library_id, *_condition(asked.wanted), "id")
    for group in asked.unwanted:
        without, more = _records(library_id, *_condition(group), "work_id")
        sql, params = f"{sql} AND r.work_id NOT IN ({without})", [*params, *more]
    return [row[0] for row in engine.rows_by_index(f"{sql} ORDER BY r.id LIMIT %s", [*params, limit])]


def understood(library_id: int, asked: Asked) -> Asked:
    """The search as it is carried out: where no record holds the last word as it stands, it is taken for a beginning."""
    beginning = asked.with_beginning()
    if beginning is None:
        return asked
    return asked if rare(library_id, asked.wanted, 1).works else replace(asked, wanted=beginning.wanted)
