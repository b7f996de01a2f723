"""The stories changed since a generation was built: few, kept whole, searched directly.

One SQLite file in the generation's folder. One process writes (under the index's lock), all read. It has a
rollback journal, no write-ahead log: all that was committed is in the one file, and no reader maps another
that somebody might shorten.

Each row carries a checksum of its own. `tail.mark`, written after every commit, says how far the file went:
one that was deleted, emptied or replaced by an older copy is noticed, where SQLite alone would open it; and
who searches sees from it alone that nothing was written since.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from newsarchive.errors import ArchiveError, IndexBusy, IndexUnavailable, IndexUnwritable
from search.engines.document import IndexDocument

from .storage import checksums

NAME: Final = "tail.sqlite3"
MARK: Final = "tail.mark"
# All that may lie beside the file: the mark, the journal, and those of a write-ahead log (of older layouts).
FILES: Final = (NAME, MARK, f"{NAME}-journal", f"{NAME}-wal", f"{NAME}-shm")
_CHECKSUM: Final = 8  # characters before what a row says of a story
# Seconds that a write waits for those who read, who take milliseconds; and a read for a write, which takes as
# long as the disk needs to take it. Beyond, a reader goes on with what it read last.
_WRITE_WAITS: Final = 10
_READ_WAITS: Final = 2
_MARK_BYTES: Final = 64  # more than a mark has
_MARK_READS: Final = 5  # tries, some milliseconds apart: the mark may be half written at a first look
_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    story_id INTEGER NOT NULL UNIQUE,
    document TEXT  -- a checksum and the document's JSON, or nothing after it: the story is gone
)
"""


class Mark(NamedTuple):
    last: int  # number of the newest change
    rows: int


class Tail:
    """Thread-safe only under its owner's lock. Every method raises IndexUnavailable when the file is
    damaged or gone, IndexUnwritable when the disk is full or read-only, IndexBusy when it is locked."""

    def __init__(
        self, path: Path, *, frozen: bool = False, create: bool = False, waits: float = _WRITE_WAITS
    ) -> None:
        """`frozen`: read what the file had at its last checkpoint; SQLite makes no file beside it.
        `create`: make the file where there is none, and the mark: what lies there is all there ever was."""
        self._path = path
        self._mark = path.with_name(MARK)
        self.frozen = frozen
        with self._named():
            self._db = _frozen(path) if frozen else _connect(path, create=create, waits=waits)
            self.close = weakref.finalize(self, self._db.close)
            if create:
                self._write_mark()

    @classmethod
    def to_read(cls, path: Path) -> Tail:
        """Frozen where the disk is full or read-only: searching goes on."""
        try:
            return cls(path, waits=_READ_WAITS)
        except IndexUnwritable:
            return cls(path, frozen=True)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise _error(self._path, exc) from exc
        except (OverflowError, UnicodeDecodeError) as exc:  # what sqlite3 makes of damaged values
            raise _damaged(self._path, str(exc)) from exc

    def write(self, changes: Iterable[tuple[int, IndexDocument | None]], *, first: int = 0) -> None:
        """Replace what was known of these stories; all or nothing. `first`: the least number that a change
        from now on may have."""
        rows = [(story_id, _pack(story_id, document)) for story_id, document in changes]
        with self._named():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                if first:
                    self._number_from(first)
                # a new number each time, so that readers see what is new by number alone
                self._db.executemany("DELETE FROM changes WHERE story_id = ?", [row[:1] for row in rows])
                self._db.executemany("INSERT INTO changes (story_id, document) VALUES (?, ?)", rows)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise
            self._write_mark()

    def _number_from(self, first: int) -> None:
        self._db.execute("DELETE FROM sqlite_sequence WHERE name = 'changes'")
        self._db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('changes', ?)", (first - 1,))

    def _write_mark(self) -> None:
        last, rows = self._db.execute("SELECT coalesce(max(number), 0), count(*) FROM changes").fetchone()
        try:
            handle = os.open(self._mark, os.O_WRONLY | os.O_CREAT, 0o666)
        except OSError as exc:
            raise IndexUnwritable(f"{self._mark} can't be written: {exc}") from exc
        try:
            said = f"{last:020d} {rows:010d}"
            os.pwrite(handle, f"{said} {checksums.of_bytes(said.encode())}\n".encode("ascii"), 0)
        finally:
            os.close(handle)

    def raw_mark(self) -> bytes:
        """The mark as it lies on the disk, which every write changes: the same as before, and nothing was
        written since. Costs 5 µs. b"" where there is none."""
        try:
            handle = os.open(self._mark, os.O_RDONLY)
        except OSError:
            return b""
        try:
            return os.read(handle, _MARK_BYTES)
        finally:
            os.close(handle)

    def mark(self) -> Mark | None:
        """How far the file went at least, whoever wrote it; None in the layouts that had no mark."""
        for _ in range(_MARK_READS):
            try:
                said, _, checksum = self._mark.read_bytes().strip().rpartition(b" ")
            except FileNotFoundError:
                return None
            except OSError as exc:
                raise _damaged(self._mark, str(exc)) from exc
            if checksums.of_bytes(said).encode() == checksum:
                last, _, rows = said.partition(b" ")
                return Mark(int(last), int(rows))
            time.sleep(0.002)
        raise _damaged(self._mark, "its checksum is wrong")

    def since(self, number: int) -> list[tuple[int, int, IndexDocument | None]]:
        """(number, story, document or None when gone) of every change after `number`, in order."""
        mark = self.mark()  # before the rows are read: what is committed meanwhile has later numbers
        with self._named():
            rows = self._db.execute(
                "SELECT number, story_id, document FROM changes WHERE number > ? ORDER BY number", (number,)
            ).fetchall()
        if mark and mark.last > max(number, rows[-1][0] if rows else 0):
            raise _damaged(self._path, f"it has lost its changes up to number {mark.last}")
        return [(n, story_id, _unpack(self._path, story_id, packed)) for n, story_id, packed in rows]

    def last(self) -> int:
        """The newest change's number; 0 when there was none."""
        with self._named():
            row = self._db.execute("SELECT max(number) FROM changes").fetchone()
        return row[0] or 0

    def version(self) -> int:
        """Changes when another connection has written. Costs microseconds."""
        with self._named():
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def check_mark(self, *, needed: bool) -> None:
        """Raises IndexUnavailable when the file goes less far than was written. `needed`: there must be a
        mark. Call while nobody writes."""
        mark = self.mark()
        if mark is None:
            if needed:
                raise _damaged(self._mark, "it is missing")
            return
        with self._named():
            found = Mark(
                *self._db.execute("SELECT coalesce(max(number), 0), count(*) FROM changes").fetchone()
            )
        # The mark may be one commit behind, where a writer was killed between the two.
        if found.last < mark.last or (found.last == mark.last and found.rows != mark.rows):
            raise _damaged(self._path, f"it has {found.rows} changes up to {found.last}, not {mark}")

    def check_all(self) -> None:
        """Read everything. Some 5 ms for every megabyte."""
        with self._named():
            if (said := self._db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise _damaged(self._path, str(said))
        self.since(0)


def _connect(path: Path, *, create: bool, waits: float) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    db = sqlite3.connect(address, uri=True, timeout=waits, check_same_thread=False, isolation_level=None)
    try:
        # A file that an older program made has a write-ahead log, and perhaps still readers of it.
        if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            db.execute("PRAGMA journal_mode=TRUNCATE")
        db.execute("PRAGMA synchronous=FULL")
        if create:
            db.execute(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db


def _frozen(path: Path) -> sqlite3.Connection:
    if path.exists():
        address = f"{path.absolute().as_uri()}?immutable=1"
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
    if not path.exists():
        return _damaged(path, "it is missing")
    unwritable = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)
    if code in unwritable or code == sqlite3.SQLITE_CANTOPEN:
        return IndexUnwritable(f"{path} can't be written: {exc}; is the disk full or read-only?")
    return _damaged(path, str(exc))


def _damaged(path: Path, why: str) -> IndexUnavailable:
    return IndexUnavailable(f"{path} is damaged or gone: {why}; run rebuild_index")


def replace(path: Path, changes: Iterable[tuple[int, IndexDocument | None]], *, first: int) -> None:
    """Put a new tail with these changes, numbered from `first`, in the place of the old. Call while nobody
    writes. Killed in between, it leaves what is seen to be damaged."""
    beside = path.parent / "replacing"
    beside.mkdir(exist_ok=True)
    for name in FILES:
        (beside / name).unlink(missing_ok=True)
    new = Tail(beside / path.name, create=True)
    try:
        new.write(changes, first=first)
    finally:
        new.close()
    for name in FILES[2:]:  # the journal of another file would be played into the new one
        path.with_name(name).unlink(missing_ok=True)
    (beside / MARK).replace(path.with_name(MARK))
    (beside / path.name).replace(path)
    for name in FILES:
        (beside / name).unlink(missing_ok=True)
    with suppress(OSError):
        beside.rmdir()


def _pack(story_id: int, document: IndexDocument | None) -> str:
    packed = ""
    if document is not None:
        fields = asdict(document)
        fields["day"] = document.day and document.day.isoformat()
        packed = json.dumps(fields, ensure_ascii=False)
    return _checksum(story_id, packed) + packed


def _checksum(story_id: int, packed: str) -> str:
    return checksums.of_bytes(f"{story_id} {packed}".encode("utf-8", "surrogatepass"))


def _unpack(path: Path, story_id: int, packed: str | None) -> IndexDocument | None:
    """Rows of an older program have no checksum."""
    if packed is not None and not packed.startswith("{"):
        checksum, packed = packed[:_CHECKSUM], packed[_CHECKSUM:]
        if _checksum(story_id, packed) != checksum:
            raise _damaged(path, f"the checksum of story {story_id} is wrong")
    if not packed:
        return None
    try:
        fields: dict[str, Any] = json.loads(packed)
        fields["day"] = fields["day"] and date.fromisoformat(fields["day"])
        for name, value in fields.items():
            if isinstance(value, list):
                fields[name] = tuple(value)
        fields["further"] = {name: tuple(values) for name, values in fields.get("further", {}).items()}
        return IndexDocument(**fields)
    except (ValueError, TypeError, KeyError) as exc:
        raise _damaged(path, f"story {story_id} can't be read: {exc}") from exc
