"""/authors/, /columns/ and /outlets/: who and what is in the archive, and the page of each with its years."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from newsarchive.archive import renaming, visibility
from newsarchive.models import Article, Author, Outlet
from newsarchive.quotas.rate_limits import limited

from .calendar import CACHE_SECONDS

_PER_PAGE: Final = 200
_NEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of name: how articles have it, and what of a search narrows to it."""

    field: str  # of Article
    plural: Any
    one: Any
    query: Callable[[str], dict[str, str]]  # the search for all articles that have it


KINDS: Final[Mapping[str, Kind]] = {
    "authors": Kind("authors__name", _("作者"), _("作者"), lambda name: {"author": name}),
    "columns": Kind("column", _("專欄"), _("專欄"), lambda name: {"q": name}),
    "outlets": Kind("outlet__name", _("媒體"), _("媒體"), lambda name: {"outlet": name}),
}


@require_safe
@limited("read")
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    of = KINDS[kind]
    rows = visibility.visible().exclude(**{of.field: ""}).exclude(**{f"{of.field}__isnull": True})
    counted = (
        rows.order_by()
        .values_list(of.field)
        .annotate(n=Count("story", distinct=True))
        .order_by("-n", of.field)
    )
    pages = Paginator(counted, _PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return _kept(render(request, "browse/names.html", {"kind": kind, "of": of, "page": page}))


@require_safe
@limited("read")
def name(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    of = KINDS[kind]
    articles = visibility.visible().filter(**{of.field: name})
    if "\x00" in name or not articles.exists():
        return _todays(kind, name)
    context = {
        "kind": kind,
        "of": of,
        "name": name,
        "total": articles.order_by().aggregate(n=Count("story", distinct=True))["n"],
        "years": _years(articles),
        "newest": _newest(articles),
        "search": of.query(name),
        "about": _about(kind, name),
    }
    return _kept(render(request, "browse/name.html", context))


def _todays(kind: str, name: str) -> HttpResponse:
    """To the name that this one has been given up for. Raises Http404."""
    now = ""
    if "\x00" in name:
        raise Http404
    if kind == "authors":
        now = renaming.todays_names(Author, [name]).get(name, "")
    if not now or now == name:
        raise Http404
    return HttpResponseRedirect(reverse("name", args=[kind, now]))


def _years(articles: QuerySet[Article]) -> list[tuple[int | None, int]]:
    """The latest first; None for what has no date."""
    rows = articles.order_by().annotate(year=ExtractYear("published_on")).values_list("year")
    counted = dict(rows.annotate(n=Count("story", distinct=True)))
    return sorted(counted.items(), key=lambda pair: -(pair[0] or 0))


def _newest(articles: QuerySet[Article]) -> list[Article]:
    """One copy of each story."""
    found: dict[int, Article] = {}
    rows = articles.exclude(published_on=None).select_related("outlet").defer("body")
    for article in rows.order_by("-published_on", "-pk")[: _NEWEST * 4]:
        found.setdefault(article.story_id, article)
    return list(found.values())[:_NEWEST]


def _about(kind: str, name: str) -> dict[str, str]:
    """What the archive knows of the author or outlet itself."""
    if kind == "authors":
        author = Author.objects.filter(name=name).first()
        return {"text": author.bio} if author and author.bio else {}
    if kind == "outlets":
        outlet = Outlet.objects.filter(name=name).first()
        return {"homepage": outlet.homepage} if outlet and outlet.homepage else {}
    return {}


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response
