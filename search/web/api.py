"""The JSON interface. Keys are contracts: they may be added to, never changed (docs/api.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from newsarchive.archive import export, visibility
from newsarchive.archive.identity import lookup
from newsarchive.errors import IndexUnavailable
from newsarchive.importers.html.safe_subset import clean
from newsarchive.messages import Message, texts
from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited
from search.engines.base import Facet
from search.query.parser import describe
from search.results import service
from search.results.addresses.failed_capture import FailedCapture, failed_capture
from search.results.meant import Meant
from search.results.results import FoundImage, OtherCopy, Result
from search.results.service import DateOffer
from search.results.zero_results import Misses

from .conditional import has_etag
from .forms import SearchForm
from .interface.answers import answer as _json
from .interface.answers import bad_parameter, no_such_page, refused, warnings
from .interface.answers import error as _error
from .interface.answers import too_many as _too_many
from .redirects import leads_on

View = Callable[..., JsonResponse]


def _answers_errors(view: View) -> View:
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        try:
            return view(request, *args, **kwargs)
        except IndexUnavailable as error:
            return _error(503, "index_unavailable", texts.said(error.message))

    return answering


@require_safe
@limited("search", refusal=_too_many)
@leads_on
@_answers_errors
def search(request: HttpRequest) -> JsonResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return bad_parameter(form)
    grouped = form.cleaned_data["group"] != "off"
    page = service.search(replace(form.parameters(), grouped=grouped))
    if page.parameters.page > page.pages:
        return no_such_page(page.parameters.page, page.pages)
    return _json(
        {
            "count": page.total,
            "page": page.parameters.page,
            "pages": page.pages,
            "next": _page_url(request, page, +1),
            "previous": _page_url(request, page, -1),
            "took_ms": page.took_ms,
            "query": {
                "text": page.parsed.text,
                "parsed": describe(page.parsed.tree) if page.parsed.tree else "",
                "literal": page.parsed.literal,
                "problem": texts.said(page.parsed.problem),
                "problem_code": _code(page.parsed.problem),
                "partial": list(page.partial),
                "also": list(page.also),
                "regional": list(page.regional),
                "loosened": page.loosened,
                "exact": page.parameters.exact,
                "date": page.dated and _date(request, page.dated),
                "widened": list(page.widened),
                "unmarked": page.unmarked,
            },
            "lookup": page.lookup and _lookup(request, page),
            "did_you_mean": page.meant and _meant(page.meant),
            "misses": page.misses and _misses(page.misses, page.meant),
            "facets": {facet.value: page.facets.get(facet, []) for facet in Facet},
            "timeline": page.timeline,
            "warnings": warnings(request.GET, form.names()),
            "results": [_result(request, result) for result in page.results],
        }
    )


def _code(problem: Message | None) -> str:
    """What is wrong with the query, for programs; "" when nothing is."""
    why = problem and problem.get("why")
    return why.code if isinstance(why, Message) else ""


def _date(request: HttpRequest, dated: DateOffer) -> dict[str, Any]:
    """The days that the query says in words, and what its other words find within them."""
    words = dated.words
    return {
        "text": words.text,
        "from": words.first.isoformat(),
        "to": words.last.isoformat(),
        "rest": words.rest,
        "count": dated.stories,
        "url": _asked_otherwise(request, q=words.rest, **{"from": words.first, "to": words.last}),
    }


def _asked_otherwise(request: HttpRequest, **values: object) -> str:
    """The same question with other parameters, from its first page."""
    asked = request.GET.copy()
    asked.pop("page", None)
    for name, value in values.items():
        asked[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")


def _lookup(request: HttpRequest, page: service.SearchPage) -> dict[str, Any]:
    """What an address or an identity leads to. `id`, `permalink` and `url` are those of the one article."""
    found = page.lookup
    assert found is not None
    one = found.article or (found.failed and found.failed.article)
    return {
        "kind": found.kind,
        "outcome": found.outcome,
        "address": found.address,
        "id": one.pk if one else None,
        "permalink": _permalink(request, one) if one else None,
        "url": request.build_absolute_uri(one.get_absolute_url()) if one else None,
        "articles": [
            {
                "id": article.pk,
                "permalink": _permalink(request, article),
                "url": request.build_absolute_uri(article.get_absolute_url()),
                "title": article.title,
                "published_at": export.published_at(article),
            }
            for article in found.articles
        ],
        "capture_failed": found.failed and _failed(request, found.failed),
        "web_archive": found.web_archive,
        "searches": [
            {"text": offer.text, "count": offer.stories, "url": _asked_otherwise(request, q=offer.text)}
            for offer in found.offers
        ],
    }


def _failed(request: HttpRequest, failed: FailedCapture) -> dict[str, Any]:
    article, instead = failed.article, failed.instead
    return {
        "identity": article.identity,
        "permalink": _permalink(request, article),
        "title_in_address": failed.title,
        "outlet": article.outlet.name if article.outlet else "",
        "reason": texts.said_stored(article.status_reason),
        "captured_at": article.captured_at.isoformat() if article.captured_at else None,
        "source_url": article.source_url,
        "archived_url": article.archived_url,
        "web_archive": failed.web_archive,
        "instead": _permalink(request, instead) if instead else None,
    }


def _permalink(request: HttpRequest, article: Article) -> str:
    return request.build_absolute_uri(lookup.permalink(article))


def _meant(meant: Meant) -> dict[str, Any]:
    return {"text": meant.text, "count": meant.stories}


def _misses(misses: Misses, meant: Meant | None) -> dict[str, Any]:
    return {
        "words": [[word.text, word.stories] for word in misses.words],
        "exclusions": list(misses.exclusions),
        "without_filter": [counted.stories for counted in misses.without_filter],
        "without_filters": misses.without_filters,
        "did_you_mean": meant and _meant(meant),
    }


def _page_url(request: HttpRequest, page: service.SearchPage, step: int) -> str | None:
    number = page.parameters.page + step
    if not 1 <= number <= page.pages:
        return None
    asked = request.GET.copy()
    asked["page"] = str(number)
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")


def _result(request: HttpRequest, result: Result) -> dict[str, Any]:
    article = result.article
    return {
        "id": article.pk,
        "story": article.story_id,
        "url": _article_url(request, article),
        "identity": article.identity,
        "permalink": _permalink(request, article),
        "title": article.title,
        "title_html": result.title_html,
        "snippets": list(result.snippets),
        "outlet": result.outlet,
        "authors": [writer.name for writer in result.writers],
        "published_at": export.published_at(article),
        "source_url": article.source_url,
        "archived_url": article.archived_url,
        "versions": result.copies,
        "score": result.score,
        "image": result.image and _image(result.image),
        "found_in": result.found_in and _found_in(request, result.found_in),
    }


def _found_in(request: HttpRequest, copy: OtherCopy) -> dict[str, Any]:
    return {
        "id": copy.article.pk,
        "url": _article_url(request, copy.article),
        "title": copy.article.title,
        "title_html": copy.title_html,
        "published_at": export.published_at(copy.article),
    }


def _article_url(request: HttpRequest, article: Article) -> str:
    address = reverse("article", args=[article.pk])
    if words := request.GET.get("q"):
        asked = {name: request.GET[name] for name in ("also", "loose", "exact") if name in request.GET}
        address += "?" + urlencode({"q": words} | asked)
    return request.build_absolute_uri(address)


def _image(image: FoundImage) -> dict[str, str]:
    return {
        "src": image.src,
        "archived_src": image.archived_src,
        "caption": image.caption,
        "caption_html": image.caption_html,
        "credit": image.credit,
        "credit_html": image.credit_html,
        "url": image.url,
    }


@require_safe
@limited("read", refusal=_too_many)
@has_etag
@_answers_errors
def article(request: HttpRequest, pk: int) -> JsonResponse:
    found = export.prefetched(Article.objects.filter(pk=pk)).first()
    refusal = visibility.refusal(found)
    if failed := failed_capture(found):
        message = gettext("這一頁的擷取失敗，本檔案沒有文章的內容。")
        return _error(HTTPStatus.NOT_FOUND, "capture_failed", message, **_failed(request, failed))
    if refusal is not None:
        return refused(refusal)
    assert found is not None
    return _json(
        {
            **export.record(found),
            "permalink": _permalink(request, found),
            "body_html": clean(found.body),
            "warnings": warnings(request.GET, ()),
        }
    )
