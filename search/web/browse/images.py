"""/images/: the gallery, and the addresses on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsarchive.quotas.rate_limits import limited
from search.engines.base import Filters
from search.results.pages.gallery import FACETS, Gallery, gallery

from .. import links
from ..forms import SearchForm
from ..redirects import leads_on
from ..views_search import searches

_VIEW: Final = "images"


@dataclass(frozen=True, slots=True)
class GalleryLinks:
    groups: tuple[links.Group, ...]
    pages: tuple[links.Link, ...]
    pages_kept: tuple[tuple[str, str], ...]
    previous: str
    next: str
    unfiltered: str  # the same words without any filter; "" when there is none
    kept: tuple[tuple[str, str], ...]  # what a new search takes along, as hidden fields
    article_query: str  # behind the address of each article
    view: str = _VIEW


@require_safe
@limited("search")
@leads_on
@searches
def images(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "400.html", {"form": form}, status=400)
    page = gallery(form.parameters())
    if page.parameters.page > page.pages:
        last = links.address(replace(page.parameters, page=page.pages), view=_VIEW)
        return render(request, "404.html", {"page": page, "last": last}, status=404)
    return render(request, "browse/images.html", {"page": page, "links": _around(page)})


def _around(page: Gallery) -> GalleryLinks:
    number, parameters = page.parameters.page, replace(page.parameters, page=1)
    offered = {facet: values for facet, values in page.facets.items() if facet.value in FACETS}

    def at(number: int) -> str:
        return links.address(replace(parameters, page=number), view=_VIEW)

    return GalleryLinks(
        groups=tuple(links.groups(parameters, offered, view=_VIEW)),
        pages=tuple(links.pages(parameters, number, page.pages, view=_VIEW)),
        pages_kept=tuple(links.query_pairs(parameters)),
        previous=at(number - 1) if number > 1 else "",
        next=at(number + 1) if number < page.pages else "",
        unfiltered=links.address(replace(parameters, filters=Filters()), view=_VIEW)
        if parameters.filters != Filters()
        else "",
        kept=tuple(links.query_pairs(replace(parameters, text=""))),
        article_query=links.as_query(links.query_pairs(replace(parameters, filters=Filters()))),
    )
