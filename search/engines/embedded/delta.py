"""The stories changed since a generation was built: few, kept whole, searched directly.

One SQLite file in the generation's folder. One process writes (under the index's lock), all read.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from newsarchive.errors import ArchiveError, IndexBusy, IndexUnavailable, IndexUnwritable
from search.engines.base import IndexDocument

_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    story_id INTEGER NOT NULL UNIQUE,
    document TEXT  -- NULL: the story is gone
)
"""


class Tail:
    """Thread-safe only under its owner's lock. Every method raises IndexUnavailable when the file is
    damaged or gone, IndexUnwritable when the disk is full or read-only, IndexBusy when it is locked."""

    def __init__(self, path: Path, *, frozen: bool = False) -> None:
        """`frozen`: read what the file had at its last checkpoint; SQLite makes no file beside it."""
        self._path = path
        self.frozen = frozen
        with self._named():
            self._db = _frozen(path) if frozen else _connect(path)
        self.close = weakref.finalize(self, self._db.close)

    @classmethod
    def to_read(cls, path: Path) -> Tail:
        """Frozen where the disk is full or read-only: searching goes on."""
        try:
            return cls(path)
        except IndexUnwritable:
            return cls(path, frozen=True)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise _error(self._path, exc) from exc

    def write(self, changes: Iterable[tuple[int, IndexDocument | None]]) -> None:
        """Replace what was known of these stories; all or nothing."""
        rows = [(story_id, document and _pack(document)) for story_id, document in changes]
        with self._named():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                # a new number each time, so that readers see what is new by number alone
                self._db.executemany("DELETE FROM changes WHERE story_id = ?", [row[:1] for row in rows])
                self._db.executemany("INSERT INTO changes (story_id, document) VALUES (?, ?)", rows)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise

    def since(self, number: int) -> list[tuple[int, int, IndexDocument | None]]:
        """(number, story, document or None when gone) of every change after `number`, in order."""
        with self._named():
            rows = self._db.execute(
                "SELECT number, story_id, document FROM changes WHERE number > ? ORDER BY number", (number,)
            ).fetchall()
        return [(n, story_id, packed and _unpack(packed)) for n, story_id, packed in rows]

    def last(self) -> int:
        """The newest change's number; 0 when there was none."""
        with self._named():
            row = self._db.execute("SELECT max(number) FROM changes").fetchone()
        return row[0] or 0

    def version(self) -> int:
        """Changes when another connection has written. Costs microseconds."""
        with self._named():
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _frozen(path: Path) -> sqlite3.Connection:
    if path.exists():
        address = f"{path.as_uri()}?immutable=1"
        db = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'changes'").fetchone():
            return db
        db.close()  # the disk was full before anything was written to it
    db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    db.execute(_SCHEMA)
    return db


def _error(path: Path, exc: sqlite3.Error) -> ArchiveError:
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusy(f"{path} is locked: {exc}")
    unwritable = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)
    if code in unwritable or (code == sqlite3.SQLITE_CANTOPEN and path.parent.is_dir()):
        return IndexUnwritable(f"{path} can't be written: {exc}; is the disk full or read-only?")
    return IndexUnavailable(f"{path} is damaged or gone: {exc}; run rebuild_index")


def _pack(document: IndexDocument) -> str:
    fields = asdict(document)
    fields["day"] = document.day and document.day.isoformat()
    return json.dumps(fields, ensure_ascii=False)


def _unpack(packed: str) -> IndexDocument:
    fields: dict[str, Any] = json.loads(packed)
    fields["day"] = fields["day"] and date.fromisoformat(fields["day"])
    for name, value in fields.items():
        if isinstance(value, list):
            fields[name] = tuple(value)
    return IndexDocument(**fields)
