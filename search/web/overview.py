"""What the front page says of the archive."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from newsarchive.archive import visibility
from newsarchive.errors import IndexUnavailable
from newsarchive.models import Outlet
from search.engines.base import Facet
from search.results import service
from search.results.results import Result
from search.results.service import Parameters

_LATEST = 8  # stories on the front page


@dataclass(frozen=True, slots=True)
class Overview:
    """Counted by a search for everything, so that it says what a search finds."""

    stories: int
    outlets: int
    first: str  # "2014-01"; "" when nothing has a date
    last: str
    named: tuple[tuple[str, int], ...]  # the outlets with most stories
    latest: tuple[Result, ...]


def overview() -> Overview | None:
    """None while there is no index: the front page stands all the same."""
    try:
        page = service.search(Parameters(per_page=_LATEST))
    except IndexUnavailable:
        return None
    has_articles = Exists(visibility.visible().filter(outlet=OuterRef("pk")))
    return Overview(
        stories=page.total,
        outlets=Outlet.objects.filter(has_articles).count(),
        first=page.timeline[0][0] if page.timeline else "",
        last=page.timeline[-1][0] if page.timeline else "",
        named=tuple(page.facets.get(Facet.OUTLET, ())[:12]),
        latest=page.results,
    )
