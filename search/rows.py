"""The database rows behind a page of hits: as few queries, and no wider, than what is printed of a hit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from newsarchive.models import Article, Authorship, Image

from . import documents

# What pages, feeds and the API print of a hit. What is left out here is a query of its own for each article.
_PRINTED: Final = (
    *("identity", "story_id", "title", "byline", "language", "body", "embeds"),
    *("published_on", "published_at", "published_offset", "date_estimated", "changed_at"),
    *("source_url", "archived_url", "outlet__name"),
)


@dataclass(frozen=True, slots=True)
class Row:
    article: Article
    authorships: list[Authorship] = field(default_factory=list)  # by position
    images: list[Image] = field(default_factory=list)  # those with a caption or a credit, by position


def of_articles(numbers: Iterable[int]) -> dict[int, Row]:
    """Number -> row, of those that are visible. Three queries."""
    return _read(pk__in=list(numbers))


def of_stories(story_ids: Iterable[int]) -> dict[int, Row]:
    """Number -> row of every visible copy, ascending. Three queries."""
    return _read(story_id__in=list(story_ids))


def _read(**which: Any) -> dict[int, Row]:
    """Rows are dealt out here: a prefetch makes a queryset for each article, which took longer than the
    reading."""
    articles = documents.visible().filter(**which).select_related("outlet").only(*_PRINTED)
    rows = {article.pk: Row(article) for article in articles.order_by("pk")}
    of_them = {f"article__{name}": value for name, value in which.items()}
    for authorship in Authorship.objects.filter(**of_them).select_related("author").order_by("position"):
        if row := rows.get(authorship.article_id):
            row.authorships.append(authorship)
    images = Image.objects.filter(**of_them).exclude(caption="", credit="").defer("alt", "found_src")
    for image in images.order_by("position"):
        if row := rows.get(image.article_id):
            row.images.append(image)
    return rows
