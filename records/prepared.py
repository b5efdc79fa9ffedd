"""Questions that the ORM words once, and asks again and again with other values: most of a short query's time is its wording.

A page that waits for a key press asks a dozen; what runs seldom is better off with a plain query set. The wording is kept
in this process, so what is asked may hang on the values given and on nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    BigAutoField,
    Expression,
    Field,
    ForeignKey,
    ForeignObject,
    IntegerField,
    Lookup,
    Model,
    QuerySet,
    TextField,
)
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


@BigAutoField.register_lookup
class OneOf(Lookup):
    """`pk__one_of`: one of many keys that are given as they are, in a plain query set."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        column, params = self.process_lhs(compiler, connection)
        condition, given = engine.among(column, self.rhs)
        return condition, [*params, given]


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows become objects, as `django.db.models.query.ModelIterable` works it out for every question anew."""

    model: type[Model]
    start: int
    end: int
    names: list[str]
    related: list
    extra: list[tuple[str, int]]  # annotations: name and place
    converters: list[tuple[int, list, Any]]  # place, functions, expression

    @classmethod
    def of(cls, compiler: Any) -> "Shape":
        """From a compiler that has worded its question."""
        shape, select = compiler.klass_info, compiler.select
        start, end = shape["select_fields"][0], shape["select_fields"][-1] + 1
        converters = compiler.get_converters([each[0] for each in select[: compiler.col_count or len(select)]])
        return cls(
            shape["model"],
            start,
            end,
            [column[0].target.attname for column in select[start:end]],
            get_related_populators(shape, select, connection.alias),
            list(compiler.annotation_col_map.items()),
            [(place, functions, expression) for place, (functions, expression) in converters.items()],
        )

    def objects(self, rows: list[tuple]) -> list:
        """The rows as objects of the model, with what was selected of related ones."""
        here, found = connections[DEFAULT_DB_ALIAS], []
        for each in rows:
            row: Any = list(each)
            for place, functions, expression in self.converters:
                for function in functions:
                    row[place] = function(row[place], expression, here)
            made = self.model.from_db(here.alias, self.names, row[self.start : self.end])
            for populator in self.related:
                populator.populate(row, made)
            for name, place in self.extra:
                setattr(made, name, row[place])
            found.append(made)
        return found


@dataclass(frozen=True, slots=True)
class Wording:
    """A statement, its parameters, and how to make objects of its rows."""

    sql: str
    params: tuple
    shape: Shape | None = None

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
        shape = self._wording.shape if rows and self._wording else None
        return shape.objects(rows) if shape else []

    def rows(self, **given: Any) -> list[tuple]:
        """All rows as the database gives them: enough where a question names numbers and texts only (`values_list`)."""
        wording = self._wording or self._worded()
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(wording.sql, wording.given(given))
            return cursor.fetchall()

    def first(self, **given: Any) -> M | None:
        """The first row; a question that may find many should limit itself to one."""
        return next(iter(self.all(**given)), None)

    def _worded(self) -> Wording:
        compiler = self._question().query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        self._wording = Wording(sql, params, Shape.of(compiler) if compiler.klass_info else None)
        return self._wording


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


@lru_cache
def _adding(model: type[Model]) -> tuple[str, list[tuple[Field, bool]]]:
    """The statement that stores a row of a model, and the fields that it names; with those whose numbers and texts the database
    takes as they are."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks}) RETURNING "id"'  # noqa: S608
    return sql, [(field, isinstance(field, ForeignKey | TextField | IntegerField)) for field in fields]


def _stored(row: Model, field: Field, plain: bool, here: Any) -> Any:
    value = getattr(row, field.attname) if plain else field.pre_save(row, True)
    return value if plain and type(value) in (int, str, NoneType) else field.get_db_prep_save(value, here)


def add(row: Model) -> None:
    """Store a new row of a table whose key is a number; it has its key then."""
    sql, fields = _adding(type(row))
    here = connections[DEFAULT_DB_ALIAS]
    with here.cursor() as cursor:
        cursor.execute(sql, [_stored(row, field, plain, here) for field, plain in fields])
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, here.alias
