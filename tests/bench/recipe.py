"""(a) The plain recipe: Whoosh as its manual shows it, with jieba's analyser, default settings.

Where facets leave a choice, the faster one is taken: sortable columns for what has one value, term
vectors for what has several (without them Whoosh walks all postings of the field at each query).
"""

from __future__ import annotations

import shutil
import uuid
import warnings
from datetime import datetime, time
from pathlib import Path
from typing import Any

from whoosh.fields import DATETIME, ID, KEYWORD, NUMERIC, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.qparser import MultifieldParser
from whoosh.query import DateRange
from whoosh.sorting import Count, FieldFacet

from search.engines.document import IndexDocument

from .corpus import documents
from .queries import Query

with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # jieba leaves a file open
    from jieba.analyse import ChineseAnalyzer

name = "recipe"
title = "plain recipe (Whoosh + ChineseAnalyzer)"
_SEVERAL = ("category", "tag", "author")
_ONE = ("outlet", "year", "month")


def _schema() -> Schema:
    analyzer = ChineseAnalyzer()
    return Schema(
        id=ID(stored=True, unique=True),
        title=TEXT(stored=True, analyzer=analyzer),
        body=TEXT(stored=True, analyzer=analyzer),
        date=DATETIME(stored=True, sortable=True),
        year=NUMERIC(sortable=True),
        **{field: ID(sortable=True) for field in ("outlet", "month")},
        **{field: KEYWORD(commas=True, vector=True) for field in _SEVERAL},
    )


def _row(document: IndexDocument) -> dict[str, Any]:
    day = document.day
    row = {
        "id": str(document.story_id),
        "title": document.title,
        "body": document.body,
        "outlet": document.outlet,
        # whoosh finds no vector where there is no value, and stumbles
        "category": ",".join(document.categories) or "-",
        "tag": ",".join(document.tags) or "-",
        "author": ",".join(document.authors) or "-",
    }
    if day:
        row |= {"date": datetime.combine(day, time()), "year": day.year, "month": f"{day:%Y-%m}"}
    return row


def build(articles: Path, folder: Path) -> int:
    """Returns the number of articles."""
    folder.mkdir(parents=True)
    writer = create_in(str(folder), _schema()).writer()
    count = 0
    for document in documents(articles):
        writer.add_document(**_row(document))
        count += 1
    writer.commit()
    return count


class Recipe:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = open_dir(str(folder))
        self._searcher = self._index.searcher()
        self._parser = MultifieldParser(["title", "body"], self._index.schema)
        self._facets = {
            **{field: FieldFacet(field, maptype=Count) for field in _ONE},
            **{field: FieldFacet(field, allow_overlap=True, maptype=Count) for field in _SEVERAL},
        }

    def words(self, query: Query) -> int:
        results = self._searcher.search(self._parser.parse(query.text), limit=20)
        _ = [hit.docnum for hit in results]
        return len(results)

    def phrase(self, query: Query) -> int:
        return self.words(Query(f'"{query.text}"'))

    def years(self, query: Query) -> int:
        return self._counted(query, {"year": self._facets["year"]})

    def facets(self, query: Query) -> int:
        return self._counted(query, self._facets)

    def _counted(self, query: Query, facets: dict[str, FieldFacet]) -> int:
        assert query.first
        assert query.last
        days = DateRange("date", datetime.combine(query.first, time()), datetime.combine(query.last, time()))
        results = self._searcher.search(
            self._parser.parse(query.text), limit=20, filter=days, groupedby=facets
        )
        for field in facets:
            groups = results.groups(field)
            sorted(groups.items(), key=lambda group: -group[1])
        return len(results)

    def hits(self, query: Query) -> object:
        return self._searcher.search(self._parser.parse(query.text), limit=20)

    def snippets(self, query: Query, hits: Any) -> int:
        return sum(bool(hit.highlights("body", top=2)) for hit in hits)

    def deep(self, query: Query) -> int:
        page = self._searcher.search_page(self._parser.parse(query.text), query.offset // 20 + 1, pagelen=20)
        _ = [hit.docnum for hit in page]
        return int(page.total)

    def edit(self, document: IndexDocument, mark: str) -> int:
        writer = self._index.writer()
        writer.update_document(**_row(document))
        writer.commit()
        self._searcher = self._searcher.refresh()
        return self.words(Query(mark))

    def copy(self) -> Recipe:
        """One that may be changed. Whoosh never changes a file in place, so links will do."""
        copied = self._folder.with_name(f"{self._folder.name}-{uuid.uuid4().hex}")
        shutil.copytree(self._folder, copied, copy_function=lambda old, new: Path(new).hardlink_to(old))
        return Recipe(copied)

    def remove(self) -> None:
        self.close()
        shutil.rmtree(self._folder)

    def close(self) -> None:
        self._searcher.close()
        self._index.close()
