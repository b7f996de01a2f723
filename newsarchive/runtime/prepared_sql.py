"""Queries whose SQL Django writes once, not again for every page: that took several times longer than the
database takes to answer. Only the SQL is kept, never an answer, so nothing here can be out of date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_LENGTHS = 128  # of lists of numbers, whose SQL is kept: a page has at most a hundred hits


class Prepared:
    """A query for a list of numbers, which are its only parameters that are numbers."""

    def __init__(self, queryset: Callable[[Sequence[int]], QuerySet[Any, Any]]) -> None:
        self._queryset = queryset
        self._written = lru_cache(_LENGTHS)(self._write)

    def statement(self, numbers: Sequence[int]) -> tuple[str, list[Any]]:
        """SQL and its parameters. At least one number."""
        sql, parameters = self._written(len(numbers))
        given = iter(numbers)
        return sql, [next(given) if isinstance(value, int) else value for value in parameters]

    def rows(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """As the database gives them: for columns of texts and numbers. Without numbers there are none."""
        if not numbers:
            return []
        with connection.cursor() as cursor:
            cursor.execute(*self.statement(numbers))
            return list(cursor.fetchall())

    def _write(self, length: int) -> tuple[str, tuple[Any, ...]]:
        return self._queryset(range(length)).query.sql_with_params()
