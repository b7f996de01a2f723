"""The program as real processes, each on an archive of its own: a data folder and, where DATABASE_URL
names a PostgreSQL, a database of its own on that server."""

from __future__ import annotations

import atexit
import hashlib
import itertools
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

CLOCKS = {"started_at", "finished_at", "created_at", "changed_at"}
_POINTERS = {
    "article_id": "newsarchive_article",
    "canonical_id": "newsarchive_article",
    "raw_id": "newsarchive_rawfile",
    "run_id": "newsarchive_importrun",
    "story_id": "newsarchive_story",
    "outlet_id": "newsarchive_outlet",
    "author_id": "newsarchive_author",
    "category_id": "newsarchive_category",
    "tag_id": "newsarchive_tag",
}
ROOT = Path(__file__).resolve().parent.parent
_made: set[str] = set()
# Ports for servers, in order, so that none is given twice. They lie below those that Linux takes for outgoing
# connections (32768 and up), and each process that runs tests has a thousand of its own.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_ports = itertools.cycle(range(20_000 + _WORKER % 12 * 1000, 21_000 + _WORKER % 12 * 1000))
for _ in range(os.getpid() % 1000):  # other runs on this machine begin elsewhere
    next(_ports)
URL = os.environ.get("DATABASE_URL", "")
NOT_THERE = (sqlite3.OperationalError, psycopg.errors.UndefinedTable)

on_sqlite = pytest.mark.skipif(bool(URL), reason="of the SQLite file, which a PostgreSQL archive has not")
on_postgresql = pytest.mark.skipif(not URL, reason="DATABASE_URL names no PostgreSQL")


def free_port() -> int:
    """Of this machine's loopback, for a server that is about to be started."""
    for port in itertools.islice(_ports, 1000):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("a thousand ports are taken")


def environment(data: Path) -> dict[str, str]:
    own = {"DATABASE_URL": _url_of(data)} if URL else {}
    return os.environ | {"NEWSARCHIVE_DATA": str(data)} | own


def start(data: Path, *arguments: object, **variables: str) -> subprocess.Popen[str]:
    """`manage.py` with these arguments."""
    data.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, settings.BASE_DIR / "manage.py", *map(str, arguments)],
        env=environment(data) | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(data: Path, *arguments: object, **variables: str) -> tuple[int, str]:
    """Exit code and what it said."""
    process = start(data, *arguments, **variables)
    out, err = process.communicate(timeout=600)
    return process.returncode, out + err


@contextmanager
def database(data: Path) -> Iterator[Any]:
    """A connection with `execute`, of the archive in this folder; committed at the end."""
    if URL:
        with psycopg.connect(_url_of(data)) as connection:
            yield connection
    else:
        with closing(sqlite3.connect(data / "archive.sqlite3", timeout=30)) as file, file:
            yield file


def tables(connection: Any) -> list[str]:
    if isinstance(connection, sqlite3.Connection):
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted(name for (name,) in found)


def rows(data: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of the archive, without its clocks."""
    with database(data) as opened:
        found = {
            table: [
                {key: value for key, value in row.items() if key not in CLOCKS}
                for row in _dicts(opened.execute(f"SELECT * FROM {table} ORDER BY 1"))  # noqa: S608
            ]
            for table in tables(opened)
            if table.startswith("newsarchive_")
        }
    return _counted_from_one(found)


def _counted_from_one(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """A transaction that PostgreSQL rolls back, and a row that was there already, leave gaps in the numbers:
    only their order counts."""
    places = {
        table: {row["id"]: place for place, row in enumerate(of_table, 1)}
        for table, of_table in found.items()
    }
    for of_table in found.values():
        for row in of_table:
            for column, table in _POINTERS.items():
                if row.get(column) is not None:
                    row[column] = places[table].get(row[column], "gone")
    for table, of_table in found.items():
        for row in of_table:
            row["id"] = places[table][row["id"]]
    return found


def _dicts(found: Any) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def count(data: Path, table: str) -> int:
    """0 while there is no such table."""
    try:
        with database(data) as opened:
            (number,) = opened.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            return int(number)
    except NOT_THERE:
        return 0


def copied(data: Path, target: Path) -> Path:
    """An archive that begins as the one in `data`, which nobody has open."""
    shutil.copytree(data, target)
    if URL:
        _url_of(target, beginning_as=_name_of(data))
    return target


def _url_of(data: Path, *, beginning_as: str = "template0") -> str:
    """Of the folder's own database, dropped at the end."""
    name = _name_of(data)
    if name not in _made:
        _made.add(name)
        _on_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _on_the_server(f"CREATE DATABASE {{}} TEMPLATE {beginning_as} ENCODING 'UTF8'", name)
        atexit.register(_on_the_server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    parts = urlsplit(URL)
    return urlunsplit(parts._replace(path=f"/{name}"))


def _name_of(data: Path) -> str:
    return f"newsarchive_of_{hashlib.sha256(bytes(data)).hexdigest()[:16]}"


def _on_the_server(statement: str, name: str) -> None:
    with psycopg.connect(URL, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]
