"""Long lists of ids in queries: as one array parameter (SQLite allows 32,766 parameters, PostgreSQL's
protocol 65,535), or in slices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db import connection
from django.db.models.expressions import RawSQL

_T = TypeVar("_T")


def rows(numbers: Iterable[int]) -> RawSQL:
    """For `field__in=rows(numbers)`."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(numbers))])


def slices(items: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    """In their order, `most` at a time."""
    return (items[start : start + most] for start in range(0, len(items), most))
