"""Which articles readers may see, and what a page answers for the others."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.db.models import QuerySet

from newsarchive.models import Article

_HIDDEN: Final = tuple(status for status in Article.Status if status != Article.Status.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an article's page can't be shown: GONE (410) for a withdrawn one, with the curator's reason; else
    NOT_FOUND (404), as for an article that never existed."""

    status: HTTPStatus
    reason: str = ""


def visible(among: QuerySet[Article] | None = None) -> QuerySet[Article]:
    """The articles that readers see: on pages, in counts, suggestions, feeds and exports."""
    articles = Article.objects.all() if among is None else among
    return articles.filter(status=Article.Status.PUBLISHED)


def hidden() -> QuerySet[Article]:
    """The articles that readers don't see."""
    return Article.objects.filter(status__in=_HIDDEN)


def is_visible(article: Article) -> bool:
    return not hides(article.status)


def is_withdrawn(article: Article) -> bool:
    return article.status == Article.Status.WITHDRAWN


def is_failed_capture(article: Article) -> bool:
    """Did a file come in which no article stands?"""
    return article.status == Article.Status.CAPTURE_FAILED


def hides(status: str) -> bool:
    """Whether an article with this status is hidden from readers."""
    return status in _HIDDEN


def refusal(article: Article | None) -> Refusal | None:
    """What every page, feed and API answers for this article; None when it may be shown."""
    if article is not None and is_visible(article):
        return None
    if article is not None and is_withdrawn(article):
        return Refusal(HTTPStatus.GONE, article.status_reason)
    return Refusal(HTTPStatus.NOT_FOUND)
