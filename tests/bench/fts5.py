"""(b) SQLite FTS5 (unicode61) over text that jieba cut into words, as a plain developer would."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from pathlib import Path
from typing import Any

import jieba

from search.engines.document import IndexDocument

from .corpus import documents
from .queries import Query

name = "fts5"
title = "SQLite FTS5 over jieba"
_SEVERAL = ("category", "tag", "author")
_SCHEMA = """
CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize='unicode61');
CREATE TABLE articles(id INTEGER PRIMARY KEY, day TEXT, outlet TEXT);
CREATE TABLE category(article INTEGER, name TEXT);
CREATE TABLE tag(article INTEGER, name TEXT);
CREATE TABLE author(article INTEGER, name TEXT);
"""
_INDEXES = "".join(f"CREATE INDEX {table}_article ON {table}(article);" for table in _SEVERAL)
_TOP = "SELECT rowid, rank FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 20 OFFSET ?"
_COUNT = "SELECT count(*) FROM texts WHERE texts MATCH ?"
_FOUND = """CREATE TEMP TABLE found AS SELECT articles.id, day, outlet, rank AS score FROM texts
            JOIN articles ON articles.id = texts.rowid WHERE texts MATCH ? AND day BETWEEN ? AND ?"""
_SNIPPETS = (
    "SELECT snippet(texts, 1, '<mark>', '</mark>', '…', 48) FROM texts WHERE texts MATCH ? AND rowid IN ({})"
)
_COUNTS = (
    "SELECT substr(day, 1, 4), count(*) FROM found GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
    "SELECT outlet, count(*) FROM found GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
    "SELECT substr(day, 1, 7), count(*) FROM found GROUP BY 1",
    *(
        f"SELECT name, count(*) FROM found JOIN {table} ON article = id GROUP BY 1 ORDER BY 2 DESC LIMIT 20"  # noqa: S608
        for table in _SEVERAL
    ),
)


def _cut(text: str) -> str:
    return " ".join(jieba.cut_for_search(text))


def _match(text: str) -> str:
    """Every word of the query, cut as the texts are."""
    return " ".join(f'"{word}"' for word in jieba.cut_for_search(text) if word.strip())


def build(articles: Path, folder: Path) -> int:
    """Returns the number of articles."""
    folder.mkdir(parents=True)
    db = _connect(folder)
    db.executescript(_SCHEMA)
    count = 0
    with db:
        for document in documents(articles):
            _insert(db, document)
            count += 1
    db.executescript(_INDEXES)
    with db:
        db.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return count


def _connect(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "archive.sqlite3")
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;")
    db.executescript("PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY")
    return db


def _insert(db: sqlite3.Connection, document: IndexDocument) -> None:
    number = document.story_id
    db.execute(
        "INSERT INTO texts(rowid, title, body) VALUES (?, ?, ?)",
        (number, _cut(document.title), _cut(document.body)),
    )
    day = document.day and document.day.isoformat()
    db.execute("INSERT INTO articles VALUES (?, ?, ?)", (number, day, document.outlet))
    for table, values in zip(_SEVERAL, (document.categories, document.tags, document.authors), strict=True):
        db.executemany(f"INSERT INTO {table} VALUES (?, ?)", [(number, value) for value in values])  # noqa: S608


def _delete(db: sqlite3.Connection, number: int) -> None:
    db.execute("DELETE FROM texts WHERE rowid = ?", (number,))
    db.execute("DELETE FROM articles WHERE id = ?", (number,))
    for table in _SEVERAL:
        db.execute(f"DELETE FROM {table} WHERE article = ?", (number,))  # noqa: S608


class Fts5:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = _connect(folder)

    def words(self, query: Query) -> int:
        return self._search(_match(query.text), query.offset)

    def phrase(self, query: Query) -> int:
        return self._search(f'"{_cut(query.text)}"', 0)

    def _search(self, match: str, offset: int) -> int:
        self._db.execute(_TOP, (match, offset)).fetchall()
        return int(self._db.execute(_COUNT, (match,)).fetchone()[0])

    def years(self, query: Query) -> int:
        return self._counted(query, _COUNTS[:1])

    def facets(self, query: Query) -> int:
        return self._counted(query, _COUNTS)

    def _counted(self, query: Query, statements: tuple[str, ...]) -> int:
        self._db.execute("DROP TABLE IF EXISTS temp.found")
        self._db.execute(_FOUND, (_match(query.text), str(query.first), str(query.last)))
        self._db.execute("SELECT id, score FROM found ORDER BY score LIMIT 20").fetchall()
        for statement in statements:
            self._db.execute(statement).fetchall()
        return int(self._db.execute("SELECT count(*) FROM found").fetchone()[0])

    def hits(self, query: Query) -> object:
        match = _match(query.text)
        return match, [row[0] for row in self._db.execute(_TOP, (match, 0))]

    def snippets(self, query: Query, hits: Any) -> int:
        match, numbers = hits
        statement = _SNIPPETS.format(",".join("?" * len(numbers)))
        return len(self._db.execute(statement, (match, *numbers)).fetchall())

    def deep(self, query: Query) -> int:
        return self.words(query)

    def edit(self, document: IndexDocument, mark: str) -> int:
        with self._db:
            _delete(self._db, document.story_id)
            _insert(self._db, document)
        return self.words(Query(mark))

    def copy(self) -> Fts5:
        """One that may be changed."""
        copied = self._folder.with_name(f"{self._folder.name}-{uuid.uuid4().hex}")
        shutil.copytree(self._folder, copied)
        return Fts5(copied)

    def remove(self) -> None:
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        self._db.close()
