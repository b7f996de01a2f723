"""The stories changed since a generation was built: few, kept whole, searched directly.

One SQLite file in the generation's folder. One process writes (under the index's lock), all read.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from ..engine import IndexDocument

_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    story_id INTEGER NOT NULL UNIQUE,
    document TEXT  -- NULL: the story is gone
)
"""


class Tail:
    """Thread-safe only under its owner's lock."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(_SCHEMA)
        self.close = weakref.finalize(self, self._db.close)

    def write(self, changes: Iterable[tuple[int, IndexDocument | None]]) -> None:
        """Replace what was known of these stories; all or nothing."""
        rows = [(story_id, document and _pack(document)) for story_id, document in changes]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            # a new number each time, so that readers see what is new by number alone
            self._db.executemany("DELETE FROM changes WHERE story_id = ?", [row[:1] for row in rows])
            self._db.executemany("INSERT INTO changes (story_id, document) VALUES (?, ?)", rows)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def since(self, number: int) -> list[tuple[int, int, IndexDocument | None]]:
        """(number, story, document or None when gone) of every change after `number`, in order."""
        rows = self._db.execute(
            "SELECT number, story_id, document FROM changes WHERE number > ? ORDER BY number", (number,)
        )
        return [(n, story_id, packed and _unpack(packed)) for n, story_id, packed in rows]

    def last(self) -> int:
        """The newest change's number; 0 when there was none."""
        row = self._db.execute("SELECT max(number) FROM changes").fetchone()
        return row[0] or 0

    def version(self) -> int:
        """Changes when another connection has written. Costs microseconds."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])


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
