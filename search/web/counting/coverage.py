"""The same event elsewhere: a section of an article's page, a record, and two articles side by side."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsarchive.archive import export, visibility
from newsarchive.archive.identity.lookup import permalink
from newsarchive.errors import CountingUnavailable, IndexUnavailable, TooMuchToCount
from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited
from search.counting import comparison
from search.counting import coverage as covering
from search.counting.coverage import Covering, Other
from search.web import article_page
from search.web.interface.answers import answer, warnings
from search.web.interface.answers import refused as refused_record
from search.web.refusals import refused

from . import refusing


def beside(article: Article) -> list[Other]:
    """[] too while nothing can be counted: the article is read all the same."""
    try:
        return covering.others(article)
    except (CountingUnavailable, IndexUnavailable, TooMuchToCount):
        return []


@refusing.record
def record(request: HttpRequest, pk: int) -> JsonResponse:
    found = Article.objects.filter(pk=pk).first()
    refusal = visibility.refusal(found)
    if refusal is not None:
        return refused_record(refusal)
    assert found is not None
    results = [_result(request, one) for one in covering.coverage(found)]
    return answer({"results": results, "warnings": warnings(request.GET, ())})


def _result(request: HttpRequest, one: Covering) -> dict[str, Any]:
    article = one.article
    return {
        "id": article.pk,
        "story": article.story_id,
        "permalink": request.build_absolute_uri(permalink(article)),
        "outlet": one.outlet,
        "title": article.title,
        "published_at": export.published_at(article),
        "score": one.score,
        "words": one.words,
        "passages": one.passages,
    }


@require_safe
@limited("search")  # comparing costs as much as searching
def compare(request: HttpRequest) -> HttpResponse:
    """`?a=&b=`: the numbers of two articles."""
    numbers = [_number(request.GET.get(name, "")) for name in ("a", "b")]
    found = {article.pk: article for article in article_page.articles().filter(pk__in=numbers)}
    if any(number not in found for number in numbers):
        raise Http404
    for article in found.values():
        if refusal := refused(request, article):
            return refusal
    context = {"found": comparison.compare(*(found[number] for number in numbers))}
    response = render(request, "counting/compare.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise Http404
    return int(text)


_DIGITS = 18  # of the number of an article, at most
