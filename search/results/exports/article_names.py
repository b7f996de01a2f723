"""Names that hang on many articles at once, without a model instance for each: article -> its names, in the
order in which the source printed them. One query each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

from newsarchive.models import Article, Authorship
from newsarchive.runtime.number_lists import rows

_T = TypeVar("_T")


def authors(numbers: Collection[int]) -> dict[int, list[str]]:
    found = Authorship.objects.filter(article_id__in=rows(numbers)).order_by("article_id", "position")
    return grouped(found.values_list("article_id", "author__name"))


def categories(numbers: Collection[int]) -> dict[int, list[str]]:
    found = Article.categories.through.objects.filter(article_id__in=rows(numbers)).order_by("id")
    return grouped(found.values_list("article_id", "category__name"))


def tags(numbers: Collection[int]) -> dict[int, list[str]]:
    found = Article.tags.through.objects.filter(article_id__in=rows(numbers)).order_by("id")
    return grouped(found.values_list("article_id", "tag__name"))


def grouped(pairs: Iterable[tuple[int, _T]]) -> dict[int, list[_T]]:
    found: dict[int, list[_T]] = {}
    for number, value in pairs:
        found.setdefault(number, []).append(value)
    return found
