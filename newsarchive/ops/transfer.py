"""Copies every row of the archive from PostgreSQL to a SQLite file and back, so that backups have one format
and can be restored to either database.

Tables and columns are read from the databases, not from today's models, because a backup is also made between
installing a new program and migrating.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError, connection, transaction

from newsarchive.archive.storable import nested

_AT_ONCE: Final = 500  # rows in one statement
_JSONB: Final = 3802  # PostgreSQL's type number (OID)
_NEVER: Final = frozenset({"django_session", "django_migrations", "sqlite_sequence"})


def to_sqlite(file: Path) -> None:
    """Copies a consistent snapshot of the archive's PostgreSQL while others go on writing. `file` has the
    tables of the same migrations; rows that migrations inserted are replaced. Raises DatabaseError,
    sqlite3.Error."""
    with closing(sqlite3.connect(file)) as target, target, _one_moment() as source:
        for table, columns in _tables(target).items():
            target.execute(f"DELETE FROM {table}")  # noqa: S608 - names that the database itself gave
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            with source.chunked_cursor() as cursor:
                cursor.execute(f"SELECT {_quoted(columns)} FROM {table}")  # noqa: S608
                while rows := cursor.fetchmany(_AT_ONCE):
                    json_columns = [column.type_code == _JSONB for column in cursor.description]
                    target.executemany(
                        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
                        [_for_sqlite(row, json_columns) for row in rows],
                    )
        target.execute("DELETE FROM sqlite_sequence")
        target.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", _counters(source, target))


def from_sqlite(file: Path) -> None:
    """Copies into the archive's PostgreSQL, all rows or none. The tables exist already; rows that migrations
    inserted are replaced. Raises DatabaseError, which names the table."""
    with closing(sqlite3.connect(file)) as source, transaction.atomic(), connection.cursor() as cursor:
        tables = _tables(source)
        cursor.execute(f"TRUNCATE {', '.join(tables)}, django_session")
        for table, columns in tables.items():
            kinds = _kinds(cursor, table)
            rows = source.execute(f"SELECT {_quoted(columns)} FROM {table}")  # noqa: S608
            is_json = [kinds[column] == "jsonb" for column in columns]
            try:
                with (
                    connection.wrap_database_errors,
                    cursor.copy(f"COPY {table} ({_quoted(columns)}) FROM STDIN") as copy,
                ):
                    for row in rows:
                        copy.write_row(_for_postgresql(row, is_json))
            except DatabaseError as exc:
                raise DatabaseError(f"{table}: {str(exc).strip()}") from exc
        for table, last in source.execute("SELECT name, seq FROM sqlite_sequence"):
            if table in tables:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, max(last, 1)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tables(file: sqlite3.Connection) -> dict[str, list[str]]:
    """Tables with their columns."""
    found = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {
        table: [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
        for (table,) in found
        if table not in _NEVER
    }


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


@contextmanager
def _one_moment() -> Iterator[Any]:
    """A separate connection whose transaction sees one snapshot of the database until it is closed."""
    source = connection.copy()
    try:
        source.set_autocommit(False)
        with source.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield source
    finally:
        source.close()


def _for_sqlite(row: Sequence[Any], is_json: Sequence[bool]) -> list[Any]:
    """Values in the form in which Django stores them in SQLite."""
    return [
        json.dumps(json.loads(value)) if of_json and value is not None else _plain(value)
        for value, of_json in zip(row, is_json, strict=True)
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, date):
        return str(value)
    return int(value) if isinstance(value, bool) else value


def _for_postgresql(row: Sequence[Any], is_json: Sequence[bool]) -> list[Any]:
    """Values for COPY: numbers become booleans and texts times where the column needs it. JSON must not
    contain NUL or lone surrogates, which SQLite accepts."""
    return [
        json.dumps(nested(json.loads(value))) if of_json and value is not None and "\\u" in value else value
        for value, of_json in zip(row, is_json, strict=True)
    ]


def _kinds(cursor: Any, table: str) -> dict[str, str]:
    """Column -> name of its type."""
    cursor.execute(
        "SELECT column_name, udt_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = %s",
        [table],
    )
    return dict(cursor.fetchall())


def _counters(source: Any, target: sqlite3.Connection) -> list[tuple[str, int]]:
    """Table -> the last id given, so that ids of deleted rows are not given again."""
    counters = []
    with source.cursor() as cursor:
        for table, columns in _tables(target).items():
            if "id" not in columns:
                continue
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            (sequence,) = cursor.fetchone()
            if sequence:
                cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608
                counters += [(table, last) for (last,) in cursor.fetchall()]
    return counters
