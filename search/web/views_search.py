from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from newsarchive.errors import IndexNewer, IndexStale, IndexUnavailable, SearchServerAway
from newsarchive.quotas.rate_limits import limited
from search.results import arrivals, service
from search.results.pages.repeated_tags import repeated_tags
from search.results.pages.thumbnails import thumbnails

from . import completion, feeds, links, overview
from .forms import FeedForm, SearchForm
from .interface.answers import RETRY_AFTER
from .redirects import leads_on

SUGGESTIONS_KEPT: Final = 60  # seconds: what is withdrawn is gone from every cache within them

View = Callable[..., HttpResponseBase]


def searches(view: View) -> View:
    """A view that says so when there is no index to answer from, and that robots do not keep."""

    @wraps(view)
    def searching(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except IndexUnavailable as error:
            why = {"stale": isinstance(error, IndexStale), "newer": isinstance(error, IndexNewer)}
            why |= {"away": isinstance(error, SearchServerAway)}
            response = render(request, "503.html", why, status=503)
            response["Retry-After"] = str(RETRY_AFTER)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return searching


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "search/front.html", {"overview": overview.overview()})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "about.html", {"settings": settings})


@require_safe
@limited("search")
@leads_on
@searches
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", {"form": form}, status=400)
    page = service.search(form.parameters())
    if page.lookup and (article := page.lookup.article):
        return redirect(article)
    if page.parameters.page > page.pages:
        last = links.last_page(page)
        return render(request, "404.html", {"page": page, "last": last}, status=404)
    around = links.around(page, same_tags=repeated_tags(page))
    context = {"page": page, "links": around, "thumbnails": thumbnails(page.results)}
    return render(request, "search/results.html", context)


@require_safe
@limited("search")
@leads_on
@searches
def feed(request: HttpRequest) -> HttpResponse:
    form = FeedForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", {"form": form}, status=400)
    parameters = feeds.newest_first(form.parameters(), asked=bool(form.cleaned_data["sort"]))
    since = form.cleaned_data["since"]
    page = arrivals.arrived(parameters, since) if since else service.search(parameters, counts=False)
    if parameters.page > page.pages:
        return render(request, "404.html", {"page": page}, status=404)
    document = feeds.atom(page, request.build_absolute_uri, since=request.GET.get("since", ""))
    return HttpResponse(document, content_type=feeds.CONTENT_TYPE)


def _too_many_suggestions(request: HttpRequest, seconds: int) -> JsonResponse:
    return JsonResponse([request.GET.get("q", ""), [], [], []], safe=False, status=429)


@require_safe
@limited("suggest", refusal=_too_many_suggestions)
def suggest(request: HttpRequest) -> JsonResponse:
    """What was typed may go on so: OpenSearch suggestions, for browsers and for the box on every page."""
    typed = request.GET.get("q", "")
    try:
        found = completion.suggest(typed)
        status = 200
    except IndexUnavailable:
        found, status = [], 503
    columns = [
        [suggestion.text for suggestion in found],
        [suggestion.description for suggestion in found],
        [request.build_absolute_uri(suggestion.url) for suggestion in found],
    ]
    response = JsonResponse(
        [typed, *columns],
        safe=False,
        status=status,
        json_dumps_params={"ensure_ascii": False},
        content_type="application/x-suggestions+json; charset=utf-8",
    )
    response["Cache-Control"] = f"public, max-age={SUGGESTIONS_KEPT}" if status == 200 else "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    context = {"base": request.build_absolute_uri("/").rstrip("/")}
    kind = "application/opensearchdescription+xml; charset=utf-8"
    return render(request, "search/opensearch.xml", context, content_type=kind)
