"""Counters shared by all processes, each for one fixed window of time: how many searches came from this
address in this minute, how many log-ins of this name failed in this quarter of an hour.

With CACHE_URL they are in Redis, shared by all machines; without, in a SQLite file of the data folder. One
statement adds and returns the count, so no two processes ever get the same number. While the store does not
answer, every count is 0: clients are served without limits, and the log says so.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings
from django.core.cache import caches

from newsarchive.runtime import locks

_log = logging.getLogger(__name__)
_LOG_AGAIN_SECONDS: Final = 60  # seconds between two log lines about the same problem
_AWAY_SECONDS: Final = 5  # seconds for which a store that failed to answer is not asked again
# Seconds that a statement may wait for another process' one, which takes microseconds; beyond it the count is
# given up.
_WAIT_SECONDS: Final = 1.0
_POLL_SECONDS: Final = 0.0001
_SWEEP: Final = 20_000  # additions in one process between two deletions of expired counts from the file


class _Trouble:
    """When a store that does not answer is asked again, and when it was last logged."""

    logged_at = float("-inf")
    away_until = float("-inf")


class Counters(Protocol):
    """`window` is the number of the time window since 1970; counts of earlier windows are dropped."""

    def add(self, key: str, window: int, seconds: int, amount: int) -> int: ...
    def forget(self, key: str, window: int) -> None: ...


def add(key: str, seconds: int, amount: int = 1) -> int:
    """Adds `amount` to the count of `key` in the current window of `seconds` and returns it; 0 when the store
    does not answer."""
    if time.monotonic() < _Trouble.away_until:
        return 0
    try:
        return _counters().add(_short(key), _window(seconds), seconds, amount)
    except (sqlite3.Error, OSError) as exc:
        _log_problem(exc)
        return 0


def forget(key: str, seconds: int) -> None:
    try:
        _counters().forget(_short(key), _window(seconds))
    except (sqlite3.Error, OSError) as exc:
        _log_problem(exc)


def seconds_left(seconds: int) -> int:
    """Seconds until the current window ends; at least 1."""
    return max(1, seconds - int(time.time()) % seconds)


def _window(seconds: int) -> int:
    return int(time.time()) // seconds


def _short(key: str) -> str:
    """A hash of the key: addresses and user names are not stored in plain text."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _log_problem(exc: Exception) -> None:
    now = time.monotonic()
    if getattr(exc, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:  # this one is over by the next request
        _Trouble.away_until = now + _AWAY_SECONDS
    if now - _Trouble.logged_at >= _LOG_AGAIN_SECONDS:
        _Trouble.logged_at = now
        _log.warning("requests can't be counted, so nobody is limited: %s", exc)


def _counters() -> Counters:
    return _InRedis() if settings.CACHE_URL else _file(settings.DATA_DIR / "counters.sqlite3")


class _InRedis:
    """A key expires after twice its window: it lives through the whole window and needs no clean-up. Raises
    OSError while Redis does not answer."""

    def add(self, key: str, window: int, seconds: int, amount: int) -> int:
        cache, name = caches["default"], f"count:{key}:{window}"
        with _redis_errors():
            cache.add(name, 0, 2 * seconds)
            return int(cache.incr(name, amount))

    def forget(self, key: str, window: int) -> None:
        with _redis_errors():
            caches["default"].delete(f"count:{key}:{window}")


@contextmanager
def _redis_errors() -> Iterator[None]:
    from redis.exceptions import RedisError  # 5 MB, which an archive without Redis does not load

    try:
        yield
    except RedisError as exc:
        raise OSError(str(exc)) from exc


@lru_cache(maxsize=2)
def _file(path: Path) -> _InFile:
    return _InFile(path)


class _InFile:
    """Not synced to disk: losing one minute's counts in a power cut is harmless."""

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
        """Retries here, because SQLite's own busy handler sleeps for milliseconds while other processes hold
        the file for microseconds only."""
        database = self._opened()
        until = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                # All rows are fetched: a statement with RETURNING keeps its lock until then.
                return database.execute(statement, values).fetchall()
            except sqlite3.OperationalError as exc:
                if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(_POLL_SECONDS)

    def _opened(self) -> sqlite3.Connection:
        """One connection for each thread, opened again when the file was removed or the process was
        forked."""
        local = self._local
        database: sqlite3.Connection | None = getattr(local, "database", None)
        made_for = (os.getpid(), _inode(self._path))
        if database is None or local.made_for != made_for:
            # One process at a time: the busy timeout does not apply while a new file is switched to WAL.
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
