"""Queries whose SQL text Django compiles once instead of for every page: compiling took several times as long
as the database takes to answer. Only the SQL is cached, never a result, so nothing can go stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

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


def unvarying(queryset: Callable[[int], QuerySet[Any, Any]], number: int) -> list[tuple[Any, ...]]:
    """Rows of the query for `number`, as `Prepared.rows`. Of a function of a module, with few numbers."""
    with connection.cursor() as cursor:
        cursor.execute(*_unvarying(queryset, number))
        return list(cursor.fetchall())


@lru_cache(maxsize=_LENGTHS)
def _unvarying(queryset: Callable[[int], QuerySet[Any, Any]], number: int) -> tuple[str, tuple[Any, ...]]:
    return queryset(number).query.sql_with_params()
