"""What the counting pages and records answer when nothing can be counted, or not within one request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsarchive.errors import (
    ArchiveError,
    CountingNeedsEmbedded,
    CountingUnavailable,
    IndexUnavailable,
    TooMuchToCount,
)
from newsarchive.messages import texts
from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited
from newsarchive.runtime import work
from search.web.interface import answers

View = Callable[..., HttpResponseBase]
_Found = TypeVar("_Found")
_REFUSED = (CountingUnavailable, IndexUnavailable, TooMuchToCount)


def page(view: View, reading: int = work.COUNTING) -> View:
    """A page that counts: limited and charged by what it costs, kept by no robot."""

    @wraps(view)
    def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except _REFUSED as error:
            response = render(request, "counting/refused.html", {"error": error}, status=_status(error))
            _retry(response, error)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return require_safe(limited("search", reading=reading)(counting))


def record(view: View, reading: int = work.COUNTING) -> View:
    """The same of the API."""

    @wraps(view)
    def counting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except _REFUSED as error:
            return answers.error(_status(error), _code(error), texts.said(error.message))

    limits = limited("search", refusal=answers.too_many, reading=reading)
    return require_safe(limits(counting))


def or_nothing(read: Callable[[Article], list[_Found]]) -> Callable[[Article], list[_Found]]:
    """What stands beside an article: [] while nothing can be counted, since the article is read all the
    same."""

    @wraps(read)
    def reading(article: Article) -> list[_Found]:
        try:
            return read(article)
        except _REFUSED:
            return []

    return reading


def _status(error: ArchiveError) -> int:
    return 400 if isinstance(error, TooMuchToCount) else 503


def _code(error: ArchiveError) -> str:
    return error.code if not isinstance(error, IndexUnavailable) else "index_unavailable"


def _retry(response: HttpResponse, error: ArchiveError) -> None:
    """A cluster will not learn to count by waiting."""
    if _status(error) == 503 and not isinstance(error, CountingNeedsEmbedded):
        response["Retry-After"] = str(answers.RETRY_AFTER)
