"""The stories that numbers lead to, as readers see them: the copy of each that is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newsarchive.models import Article
from search.indexing import documents
from search.results import rows
from search.results.rows import Row


@dataclass(frozen=True, slots=True)
class Shown:
    """Of a story."""

    row: Row

    @property
    def article(self) -> Article:
        return self.row.article

    @property
    def outlet(self) -> str:
        return self.row.outlet


def rows_of(stories: Iterable[int]) -> dict[int, Row]:
    """Story -> the row of its shown copy, of those that are visible. No query for none."""
    wanted = list(dict.fromkeys(stories))
    copies = documents.visible_copies(wanted) if wanted else {}
    read = rows.of_articles([numbers[0] for numbers in copies.values()])
    return {row.article.story_id: row for row in read.values()}
