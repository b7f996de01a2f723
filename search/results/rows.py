"""The database rows behind a page of hits: as few queries, and no wider, than what is printed of a hit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db.models import F, QuerySet

from newsarchive.archive import visibility
from newsarchive.models import Article, Authorship, Image
from newsarchive.runtime.prepared_sql import Prepared

# What pages, feeds and the API print of a hit. What is left out here is a query of its own for each article.
_PRINTED: Final = (
    *("identity", "story_id", "title", "byline", "language", "body", "embeds"),
    *("published_on", "published_at", "published_offset", "date_precision", "date_estimated"),
    "changed_at",
    *("source_url", "archived_url"),
)


class Writer(NamedTuple):
    role: str  # 記者, 特約記者; "" when none is printed
    name: str


class Picture(NamedTuple):
    position: int
    src: str
    archived_src: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Row:
    article: Article
    outlet: str  # its name; "" without one
    writers: list[Writer] = field(default_factory=list)  # by position
    pictures: list[Picture] = field(default_factory=list)  # those with a caption or a credit, by position


def of_articles(numbers: Iterable[int]) -> dict[int, Row]:
    """Number -> row, of those that are visible. Three queries."""
    return _read(_BY_NUMBER, list(numbers))


def of_stories(story_ids: Iterable[int]) -> dict[int, Row]:
    """Number -> row of every visible copy, ascending. Three queries."""
    return _read(_BY_STORY, list(story_ids))


def _read(query: Prepared, asked: Sequence[int]) -> dict[int, Row]:
    """Related rows are grouped here by hand: Django's prefetch makes a queryset for each article, which took
    longer than reading them."""
    articles: Iterable[Any] = Article.objects.raw(*query.statement(asked)) if asked else ()
    rows = {article.pk: Row(article, article.outlet_name or "") for article in articles}
    for number, *writer in _WRITERS.rows(list(rows)):
        rows[number].writers.append(Writer(*writer))
    for number, *picture in _PICTURES.rows(list(rows)):
        rows[number].pictures.append(Picture(*picture))
    return rows


def _printed(articles: QuerySet[Article]) -> QuerySet[Article]:
    return articles.only(*_PRINTED).annotate(outlet_name=F("outlet__name")).order_by("pk")


_BY_NUMBER: Final = Prepared(lambda numbers: _printed(visibility.visible().filter(pk__in=numbers)))
_BY_STORY: Final = Prepared(lambda numbers: _printed(visibility.visible().filter(story_id__in=numbers)))
_WRITERS: Final = Prepared(
    lambda numbers: (
        Authorship.objects.filter(article_id__in=numbers)
        .order_by("position")
        .values_list("article_id", "role", "author__name")
    )
)
_PICTURES: Final = Prepared(
    lambda numbers: (
        Image.objects.filter(article_id__in=numbers)
        .exclude(caption="", credit="")
        .order_by("position")
        .values_list("article_id", *Picture._fields)
    )
)
