"""Exact counts that all processes share, each within a stretch of the clock: how often did this address
search in this minute, how often did this name fail to log in in this quarter of an hour?

With CACHE_URL they are in Redis, for all machines. Without, in a SQLite file of the data folder: one
statement adds and answers, so that no two processes are ever told the same number. When the store is
away the answer is 0: readers are served, and the log says why nobody is counted."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError

from newsarchive.runtime import locks

_log = logging.getLogger(__name__)
_COMPLAINT_SECONDS: Final = 60  # between two lines about the same trouble
_AWAY_SECONDS: Final = 5  # for which a store that did not answer is not asked again
_WAIT_SECONDS: Final = 1.0  # for another process' statement; each takes microseconds
_POLL_SECONDS: Final = 0.0001
_SWEEP: Final = 20_000  # additions of a process between two looks at what is over


class _Trouble:
    """What is known of a store that does not answer."""

    complained = float("-inf")
    away_until = float("-inf")


class Counters(Protocol):
    """`window` is the number of the stretch; what belongs to an earlier one is forgotten."""

    def add(self, key: str, window: int, seconds: int, amount: int) -> int: ...
    def forget(self, key: str, window: int) -> None: ...


def add(key: str, seconds: int, amount: int = 1) -> int:
    """The count of `key` within this stretch of `seconds`, with `amount` added; 0 when it can't be kept."""
    if time.monotonic() < _Trouble.away_until:
        return 0
    try:
        return _counters().add(_short(key), _window(seconds), seconds, amount)
    except (sqlite3.Error, OSError, RedisError) as exc:
        _complain(exc)
        return 0


def forget(key: str, seconds: int) -> None:
    try:
        _counters().forget(_short(key), _window(seconds))
    except (sqlite3.Error, OSError, RedisError) as exc:
        _complain(exc)


def seconds_left(seconds: int) -> int:
    """Of this stretch; at least 1."""
    return max(1, seconds - int(time.time()) % seconds)


def _window(seconds: int) -> int:
    return int(time.time()) // seconds


def _short(key: str) -> str:
    """Addresses and names are not kept as they are."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _complain(exc: Exception) -> None:
    now = time.monotonic()
    if getattr(exc, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:  # which is over with the next request
        _Trouble.away_until = now + _AWAY_SECONDS
    if now - _Trouble.complained >= _COMPLAINT_SECONDS:
        _Trouble.complained = now
        _log.warning("requests can't be counted, so nobody is limited: %s", exc)


def _counters() -> Counters:
    return _InRedis() if settings.CACHE_URL else _file(settings.DATA_DIR / "counters.sqlite3")


class _InRedis:
    """A key lives twice as long as its stretch: it is there for all of it, and goes by itself."""

    def add(self, key: str, window: int, seconds: int, amount: int) -> int:
        cache, name = caches["default"], f"count:{key}:{window}"
        cache.add(name, 0, 2 * seconds)
        return int(cache.incr(name, amount))

    def forget(self, key: str, window: int) -> None:
        caches["default"].delete(f"count:{key}:{window}")


@lru_cache(maxsize=2)
def _file(path: Path) -> _InFile:
    return _InFile(path)


class _InFile:
    """Losing the counts of a minute in a power cut costs nothing, so nothing waits for the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()

    def add(self, key: str, window: int, seconds: int, amount: int) -> int:
        [(count,)] = self._run(_ADD, (key, seconds, window, amount))
        self._local.added += 1
        if self._local.added % _SWEEP == 0:
            self._run("DELETE FROM counts WHERE (window + 1) * seconds < ?", (int(time.time()),))
        return int(count)

    def forget(self, key: str, window: int) -> None:
        self._run("DELETE FROM counts WHERE key = ?", (key,))

    def _run(self, statement: str, values: tuple[str | int, ...]) -> list[tuple[int]]:
        """SQLite's own waiting sleeps for milliseconds, and others hold the file for microseconds."""
        database = self._opened()
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                # read to its end: until then a statement with RETURNING keeps its lock
                return database.execute(statement, values).fetchall()
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_POLL_SECONDS)

    def _opened(self) -> sqlite3.Connection:
        """One for each thread, and made anew where the file was taken away or the process was forked."""
        local = self._local
        database: sqlite3.Connection | None = getattr(local, "database", None)
        made_for = (os.getpid(), _inode(self._path))
        if database is None or local.made_for != made_for:
            # One at a time: SQLite lets nobody wait while a new file becomes what it is to be.
            with locks.held(self._path.with_suffix(".lock"), wait=True):
                database = sqlite3.connect(self._path, timeout=0, isolation_level=None)
                database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _TABLE)
            local.database, local.made_for, local.added = database, (os.getpid(), _inode(self._path)), 0
        return database


_ADD: Final = (
    "INSERT INTO counts (key, seconds, window, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
    " count = excluded.count + CASE WHEN window = excluded.window THEN count ELSE 0 END,"
    " window = excluded.window RETURNING count"
)
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS counts"
    " (key TEXT NOT NULL, seconds INTEGER NOT NULL, window INTEGER NOT NULL, count INTEGER NOT NULL,"
    " PRIMARY KEY (key, seconds)) WITHOUT ROWID;"
)


def _inode(path: Path) -> int:
    """0 when there is no such file."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
