"""Queries whose SQL text Django compiles once instead of for every page: compiling took several times as long
as the database takes to answer. Only the SQL is cached, never a result, so nothing can go stale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

_Row = TypeVar("_Row", bound=Model)

# How many list lengths keep their compiled SQL. A page has at most a hundred hits, so none is evicted in
# practice.
_LENGTHS = 128


class Prepared:
    """A query over a list of numbers. They must be the only numeric parameters of the query."""

    def __init__(self, queryset: Callable[[Sequence[int]], QuerySet[Any, Any]]) -> None:
        self._queryset = queryset
        self._written = lru_cache(_LENGTHS)(self._write)

    def statement(self, numbers: Sequence[int]) -> tuple[str, list[Any]]:
        """SQL and its parameters, for a list of at least one number."""
        sql, parameters = self._written(len(numbers))
        given = iter(numbers)
        return sql, [next(given) if isinstance(value, int) else value for value in parameters]

    def rows(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """Rows as the database driver returns them, so only columns of texts and numbers are usable. No query
        for an empty list."""
        if not numbers:
            return []
        with connection.cursor() as cursor:
            cursor.execute(*self.statement(numbers))
            return list(cursor.fetchall())

    def _write(self, length: int) -> tuple[str, tuple[Any, ...]]:
        return self._queryset(range(length)).query.sql_with_params()


class PreparedObjects(Prepared, Generic[_Row]):
    """The same for objects, with those that the query selects related to them: what iterating over the
    queryset gives, without compiling it. Prefetching is not done: see `prefetched`."""

    def __init__(self, queryset: Callable[[Sequence[int]], QuerySet[_Row]]) -> None:
        super().__init__(queryset)
        self._made = lru_cache(_LENGTHS)(self._maker)

    def objects(self, numbers: Sequence[int]) -> list[_Row]:
        """No query for an empty list."""
        return list(self._made(len(numbers))(self.rows(numbers))) if numbers else []

    def _maker(self, length: int) -> Callable[[Iterable[Any]], Iterable[_Row]]:
        """As django.db.models.query.ModelIterable makes objects of rows."""
        compiler = self._queryset(range(length)).query.get_compiler(DEFAULT_DB_ALIAS)
        compiler.as_sql()  # decides what is selected
        select, facts = compiler.select, compiler.klass_info
        converters = compiler.get_converters([column for column, *_ in select])
        first, end = facts["select_fields"][0], facts["select_fields"][-1] + 1
        names = [column.target.attname for column, *_ in select[first:end]]
        related = get_related_populators(facts, select, DEFAULT_DB_ALIAS)

        def made(rows: Iterable[Any]) -> Iterable[_Row]:
            for row in compiler.apply_converters(rows, converters) if converters else rows:
                one = facts["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:end])
                for populator in related:
                    populator.populate(row, one)
                yield one

        return made


def unvarying(queryset: Callable[[int], QuerySet[Any, Any]], number: int) -> list[tuple[Any, ...]]:
    """Rows of the query for `number`, as `Prepared.rows`. Of a function of a module, with few numbers."""
    with connection.cursor() as cursor:
        cursor.execute(*_unvarying(queryset, number))
        return list(cursor.fetchall())


@lru_cache(maxsize=_LENGTHS)
def _unvarying(queryset: Callable[[int], QuerySet[Any, Any]], number: int) -> tuple[str, tuple[Any, ...]]:
    return queryset(number).query.sql_with_params()


def prefetched(owner: Model, name: str, found: Sequence[Model], model: type[Model]) -> None:
    """`owner.NAME.all()` gives these from now on, as after prefetch_related."""
    rows = QuerySet(model)
    rows._result_cache, rows._prefetch_done = list(found), True  # type: ignore[attr-defined]
    cache: dict[str, Any] = owner.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = rows
