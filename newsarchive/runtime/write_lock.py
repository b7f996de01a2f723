"""Whose turn it is to change articles, stories and names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

_TURN: Final = 6_397_728_102_015  # among the advisory locks of the database


@contextmanager
def turn() -> Iterator[None]:
    """A transaction that reads what it then changes: one at a time, whatever the database.

    SQLite begins every transaction so (IMMEDIATE). PostgreSQL would let two go side by side, and one
    write over, regroup or delete what the other has just read: there they wait for a lock that goes with
    the transaction, or with its process. Take it before anything is read or written; readers wait for
    nobody.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
        yield
