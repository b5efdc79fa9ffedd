"""Questions that the ORM words once, and asks again and again with other values: most of a short query's time is its wording.

A page that waits for a key press asks a dozen; what runs seldom is better off with a plain query set. The wording is kept
in this process, so what is asked may hang on the values given and on nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

from records import engine

M = TypeVar("M", bound=Model)


class Given(Expression):
    """A value that is named where a question is worded, and given where it is asked."""

    def __init__(self, name: str, field: Field | None = None) -> None:
        super().__init__(output_field=field)
        self.name, self.kind = name, field

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list]:
        return "%s", [self]

    def of(self, given: dict[str, Any]) -> Any:
        """The value, as the database takes it."""
        value = given[self.name]
        return self.kind.get_db_prep_save(value, connection) if self.kind else value


class GivenMany(Given):
    """Any number of keys, for `…__among`; Django's own `__in` words each of them."""

    def of(self, given: dict[str, Any]) -> Any:
        return engine.among("", given[self.name])[1]


@ForeignObject.register_lookup
class Among(Lookup):
    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        column, params = self.process_lhs(compiler, connection)
        return engine.among(column, [])[0], [*params, self.rhs]


@dataclass(frozen=True, slots=True)
class Wording:
    """A statement, its parameters, and how to make objects of its rows."""

    sql: str
    params: tuple
    compiler: Any = None

    def given(self, given: dict[str, Any]) -> list:
        return [each.of(given) if isinstance(each, Given) else each for each in self.params]


class Prepared(Generic[M]):
    """A question whose answer is rows of a table, with what it selects of related tables and its annotations."""

    def __init__(self, question: Callable[[], QuerySet[M, Any]]) -> None:
        self._question = question
        self._wording: Wording | None = None

    def all(self, **given: Any) -> list[M]:
        """All rows of the answer."""
        rows = self.rows(**given)
        return self._objects((self._wording or self._worded()).compiler, rows) if rows else []

    def rows(self, **given: Any) -> list[tuple]:
        """All rows as the database gives them: enough where a question names numbers and texts only (`values_list`)."""
        wording = self._wording or self._worded()
        with connection.cursor() as cursor:
            cursor.execute(wording.sql, wording.given(given))
            return cursor.fetchall()

    def first(self, **given: Any) -> M | None:
        """The first row; a question that may find many should limit itself to one."""
        return next(iter(self.all(**given)), None)

    def _worded(self) -> Wording:
        compiler = self._question().query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        self._wording = Wording(sql, params, compiler)
        return self._wording

    @staticmethod
    def _objects(compiler: Any, rows: list[tuple]) -> list[M]:
        """As `django.db.models.query.ModelIterable` makes them."""
        shape = compiler.klass_info
        start, end = shape["select_fields"][0], shape["select_fields"][-1] + 1
        names = [column[0].target.attname for column in compiler.select[start:end]]
        related = get_related_populators(shape, compiler.select, connection.alias)
        found = []
        for row in compiler.results_iter([rows]):
            each = shape["model"].from_db(connection.alias, names, row[start:end])
            for populator in related:
                populator.populate(row, each)
            for name, place in compiler.annotation_col_map.items():
                setattr(each, name, row[place])
            found.append(each)
        return found


class PreparedUpdate:
    """A change of rows of one table."""

    def __init__(self, rows: Callable[[], QuerySet], **values: Any) -> None:
        self._rows, self._values = rows, values
        self._wording: Wording | None = None

    def __call__(self, **given: Any) -> None:
        wording = self._wording or self._worded()
        with connection.cursor() as cursor:
            cursor.execute(wording.sql, wording.given(given))

    def _worded(self) -> Wording:
        query = self._rows().query.chain(UpdateQuery)
        query.add_update_values(self._values)
        self._wording = Wording(*query.get_compiler(using=connection.alias).as_sql())
        return self._wording


def add(row: Model) -> None:
    """Store a new row of a table whose key is a number; it has its key then."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    names, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({marks}) RETURNING "id"'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias
