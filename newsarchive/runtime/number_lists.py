"""Many numbers as one parameter of a query: SQLite takes 32,766 parameters, PostgreSQL's protocol 65,535."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def rows(numbers: Iterable[int]) -> RawSQL:
    """For `field__in=rows(numbers)`."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(numbers))])
