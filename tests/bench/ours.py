"""(c) newsarchive's embedded engine, asked as the search service asks it."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from newsarchive.importers.html.safe_subset import plain_text
from search.engines.base import Filters, Request
from search.engines.document import IndexDocument
from search.engines.embedded.engine import EmbeddedEngine
from search.query.parser import parse
from search.results.highlight import Marker

from .corpus import Corpus, documents
from .queries import Query

name = "ours"
title = "newsarchive"


def build(articles: Path, folder: Path) -> int:
    """Returns the number of articles."""
    return EmbeddedEngine(folder).rebuild(lambda: documents(articles))


def keep_bodies(corpus: Corpus, path: Path) -> Path:
    """The articles' bodies in a database, where snippets find them; no part of the index."""
    if not path.exists():
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE bodies(id INTEGER PRIMARY KEY, html TEXT)")
        rows = ((article.document.story_id, article.html) for article in corpus.articles())
        with db:
            db.executemany("INSERT INTO bodies VALUES (?, ?)", rows)
        db.close()
    return path


class Ours:
    def __init__(self, folder: Path, bodies: Path | None = None) -> None:
        self._folder = folder
        self._bodies = bodies
        self._db = sqlite3.connect(bodies) if bodies else None
        self._engine = EmbeddedEngine(folder)
        self._engine.search(Request(None))

    def words(self, query: Query) -> int:
        return self._search(query.text, offset=query.offset)

    def phrase(self, query: Query) -> int:
        return self._search(f'"{query.text}"')

    def years(self, query: Query) -> int:
        """The engine counts all facets or none."""
        return self.facets(query)

    def facets(self, query: Query) -> int:
        return self._search(query.text, counts=True, filters=Filters(first=query.first, last=query.last))

    def _search(self, text: str, *, counts: bool = False, **options: Any) -> int:
        hits = self._engine.search(Request(parse(text).tree, limit=20, counts=counts, **options))
        return 0 if hits.partial else hits.total  # as asked: what partial matches find is not counted

    def hits(self, query: Query) -> object:
        hits = self._engine.search(Request(parse(query.text).tree, limit=20, counts=False))
        return [hit.story_id for hit in hits.hits]

    def snippets(self, query: Query, hits: Any) -> int:
        assert self._db
        marker = Marker(parse(query.text).tree)
        statement = f"SELECT html FROM bodies WHERE id IN ({','.join('?' * len(hits))})"  # noqa: S608
        return sum(bool(marker.snippets(plain_text(html))) for (html,) in self._db.execute(statement, hits))

    def deep(self, query: Query) -> int:
        return self.words(query)

    def edit(self, document: IndexDocument, mark: str) -> int:
        self._engine.upsert([document])
        return self.words(Query(mark))

    def change(self, changed: Iterable[IndexDocument]) -> None:
        self._engine.upsert(changed)

    def copy(self) -> Ours:
        """One that may be changed."""
        copied = self._folder.with_name(f"{self._folder.name}-{uuid.uuid4().hex}")
        shutil.copytree(self._folder, copied)
        return Ours(copied, self._bodies)

    def remove(self) -> None:
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        self._engine.close()
        if self._db:
            self._db.close()
