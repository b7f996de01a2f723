"""The archive's write lock: one transaction at a time changes articles, stories and names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

# The key of the advisory lock in PostgreSQL: any number that no other program uses in this database.
_LOCK_KEY: Final = 6_397_728_102_015


@contextmanager
def holding_write_lock() -> Iterator[None]:
    """A transaction for code that reads rows and then changes them; only one runs at a time, on either
    database.

    In SQLite every transaction already begins with the write lock (BEGIN IMMEDIATE). PostgreSQL would run two
    at once, and one could overwrite, regroup or delete what the other has just read; there an advisory lock
    is taken, which ends with the transaction or its process. Take the lock before anything is read or
    written. Readers never wait for it.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])
        yield
