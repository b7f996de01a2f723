"""The same event elsewhere: a section of an article's page, a record, and two articles side by side."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from newsarchive.archive.identity.lookup import article_of, is_identity
from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited
from search.counting import comparison
from search.counting import coverage as covering
from search.counting.coverage import Covering
from search.web import article_page
from search.web.interface.answers import answer, warnings
from search.web.refusals import refused

from . import refusing, stories

beside = refusing.or_nothing(covering.others)


@refusing.record
@stories.asked_for
def record(request: HttpRequest, article: Article) -> JsonResponse:
    results = [_result(request, one) for one in covering.coverage(article)]
    return answer({"results": results, "warnings": warnings(request.GET, ())})


def _result(request: HttpRequest, one: Covering) -> dict[str, Any]:
    own = {"score": one.score, "words": one.words, "passages": one.passages}
    return stories.named(request, one.article, one.outlet) | own


@require_safe
@limited("search")  # comparing costs as much as searching
def compare(request: HttpRequest) -> HttpResponse:
    """`?a=&b=`: the numbers of two articles; their identities lead there."""
    asked = [request.GET.get(name, "").strip() for name in ("a", "b")]
    numbers = [_number(text) for text in asked]
    articles = {article.pk: article for article in article_page.articles().filter(pk__in=numbers)}
    found = [articles.get(number) for number in numbers]
    for article in found:
        if article and (refusal := refused(request, article)):
            return refusal
    a, b = found
    if a is None or b is None or a == b:
        response = _incomparable(request, asked, found)
    elif [str(a.pk), str(b.pk)] != asked:
        response = redirect(f"{reverse('compare')}?{urlencode({'a': a.pk, 'b': b.pk})}")
    else:
        response = render(request, "counting/compare.html", {"found": comparison.compare(a, b)})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _incomparable(request: HttpRequest, asked: list[str], found: list[Article | None]) -> HttpResponse:
    """Says what is wrong with each side, and has a form to set it right."""
    sides = [
        {"name": name, "asked": text[:_SHOWN], "article": article}
        for name, text, article in zip("ab", asked, found, strict=True)
    ]
    same = None not in found
    status = HTTPStatus.BAD_REQUEST if same else HTTPStatus.NOT_FOUND
    context = {"sides": sides, "same": found[0] if same else None, "status": int(status)}
    return render(request, "counting/incomparable.html", context, status=status)


def _number(text: str) -> int:
    """0, which no article has, for what leads to none."""
    if text.isascii() and text.isdecimal():
        return int(text) if len(text) <= _DIGITS else 0
    article = article_of(text) if is_identity(text) else None
    return article.pk if article else 0


_DIGITS = 18  # of the number of an article, at most
_SHOWN = 200  # characters of what was asked for that the page repeats
