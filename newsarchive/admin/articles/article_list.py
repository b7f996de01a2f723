"""The article list: found by the archive's own search, in its order, counted in few queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from newsarchive.errors import IndexUnavailable
from newsarchive.models import Article, Image
from newsarchive.pictures import store
from search.results import hidden_articles, service

HEAVY = ("body", "embeds", "related", "source_values", "source_changes")  # no list shows them


class Found:
    """What a search found: stories in order of relevance, then articles that no index has."""

    def __init__(self, text: str) -> None:
        self.stories = list(service.story_ids(text))
        self.hidden = hidden_articles.article_ids(text)
        self._places = {story: place for place, story in enumerate(self.stories)}

    def narrow(self, articles: QuerySet[Article]) -> QuerySet[Article]:
        return articles.filter(
            Q(story_id__in=in_one_parameter(self.stories)) | Q(pk__in=in_one_parameter(self.hidden))
        )

    def ordered(self, rows: Sequence[tuple[int, int]]) -> list[int]:
        """Rows are (article, story)."""
        last = len(self.stories)
        return [pk for pk, story in sorted(rows, key=lambda row: (self._places.get(row[1], last), -row[0]))]


def in_one_parameter(numbers: Sequence[int]) -> RawSQL:
    """As one parameter, however many they are: SQLite takes 32,766, PostgreSQL's protocol 65,535."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(numbers)])


def search(request: HttpRequest, articles: QuerySet[Article], text: str) -> QuerySet[Article]:
    try:
        found = Found(text)
    except IndexUnavailable as error:
        messages.error(request, error.user_message)
        return articles.none()
    request.found = found  # type: ignore[attr-defined]  # the paginator keeps its order
    return found.narrow(articles)


class RankedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of a search in the order of relevance."""

    found: Found
    object_list: QuerySet[Article]

    @cached_property
    def _numbers(self) -> list[int]:
        return self.found.ordered(list(self.object_list.order_by().values_list("pk", "story_id")))

    @cached_property
    def count(self) -> int:
        return len(self._numbers)

    def page(self, number: int | str) -> Any:
        number = self.validate_number(number)
        numbers = self._numbers[(number - 1) * self.per_page : number * self.per_page]
        rows = self.object_list.filter(pk__in=numbers).in_bulk()
        return Page([rows[pk] for pk in numbers if pk in rows], number, self)


class ArticleList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        numbers = [row.pk for row in self.result_list]
        copies = _count(Article.objects.filter(story=OuterRef("story")), "story")
        images = _count(Image.objects.filter(article=OuterRef("pk")), "article")
        counted = Article.objects.filter(pk__in=numbers).order_by()
        counts = {pk: both for pk, *both in counted.values_list("pk", copies, images)}
        thumbnails = store.thumbnails(numbers)
        for row in self.result_list:
            row.thumbnail_url = thumbnails.get(row.pk, "")
            row.copies, row.pictures = (count or 0 for count in counts.get(row.pk, (1, 0)))

    def by_relevance(self) -> bool:
        return bool(self.query) and ORDER_VAR not in self.params

    def in_order(self, request: HttpRequest) -> list[int]:
        """The same in the order of the list's pages."""
        found: Found | None = getattr(request, "found", None)
        if found is None or ORDER_VAR in self.params:
            return list(self.queryset.values_list("pk", flat=True))
        return found.ordered(list(self.queryset.order_by().values_list("pk", "story_id")))

    def numbers(self) -> list[int]:
        """Of all articles that the filters and the search leave, in no order of note."""
        return list(self.queryset.order_by("pk").values_list("pk", flat=True))


def _count(rows: QuerySet[Any], by: str) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(times=Count("pk")).values("times"))
