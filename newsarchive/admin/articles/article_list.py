"""The article list: results and their order come from the archive's own search, with few queries for
counting."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _

from newsarchive.errors import IndexUnavailable
from newsarchive.messages import texts
from newsarchive.models import Article, Image
from newsarchive.pictures import store
from newsarchive.runtime.number_lists import rows
from search.results import all_hits, hidden_articles

# Columns that no list shows, so they are not loaded.
HEAVY = ("body", "embeds", "related", "source_values", "source_changes")


class Found:
    """The result of a search: stories by relevance, then articles that are in no index."""

    def __init__(self, text: str) -> None:
        found = all_hits.every_story(text)
        self.stories = list(found.stories)
        self.hidden = hidden_articles.article_ids(text)
        self.partial, self.also, self.literal = found.partial, found.also, found.literal
        self._text = text
        self._places = {story: place for place, story in enumerate(self.stories)}

    def narrow(self, articles: QuerySet[Article]) -> QuerySet[Article]:
        return articles.filter(Q(story_id__in=rows(self.stories)) | Q(pk__in=rows(self.hidden)))

    def ordered(self, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """Orders pairs of (article, story)."""
        last = len(self.stories)
        return [pk for pk, story in sorted(pairs, key=lambda row: (self._places.get(row[1], last), -row[0]))]

    def remarks(self, articles: QuerySet[Article]) -> list[str]:
        """Warnings about how these articles were found, such as conditions that were widened."""
        said = []
        if self.literal:
            said.append(_("搜尋字句不合語法，已當作普通文字搜尋。"))
        if self.partial:
            parts = "、".join(self.partial)
            said.append(_("沒有文章完全符合；這些只符合部分字詞：%(parts)s。") % {"parts": parts})
        elif self.also:
            plain = all_hits.every_story(self._text, also=False)
            stories = () if plain.partial else plain.stories
            hidden = hidden_articles.article_ids(self._text, also=False)
            others = articles.exclude(story_id__in=rows(stories)).exclude(pk__in=rows(hidden))
            said.append(
                _("亦搜尋了同義詞：%(words)s。其中 %(n)d 篇只因同義詞而符合。")
                % {"words": "、".join(self.also), "n": others.order_by().count()}
            )
        return said


def search(request: HttpRequest, articles: QuerySet[Article], text: str) -> QuerySet[Article]:
    try:
        found = Found(text)
    except IndexUnavailable as error:
        messages.error(request, texts.said(error.message))
        return articles.none()
    request.found = found  # type: ignore[attr-defined]  # the paginator takes the order from it
    return found.narrow(articles)


class RankedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of search results in the order of relevance."""

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
    @cached_property
    def remarks(self) -> list[str]:
        """Warnings about how the search found these articles, shown before anything is offered for all of
        them."""
        found: Found | None = getattr(self._request, "found", None)
        return found.remarks(self.queryset) if found else []

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        self._request = request
        super().__init__(request, *args, **options)

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
        """Ids of the articles in the order of the list's pages."""
        found: Found | None = getattr(request, "found", None)
        if found is None or ORDER_VAR in self.params:
            return list(self.queryset.values_list("pk", flat=True))
        return found.ordered(list(self.queryset.order_by().values_list("pk", "story_id")))

    def numbers(self) -> list[int]:
        """Ids of all articles that filters and search leave, in ascending order."""
        return list(self.queryset.order_by("pk").values_list("pk", flat=True))


def _count(rows: QuerySet[Any], by: str) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(times=Count("pk")).values("times"))
