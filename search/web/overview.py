"""What the front page says of the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Exists, OuterRef, Subquery

from newsarchive.archive import visibility
from newsarchive.archive.holdings import census as holdings
from newsarchive.errors import IndexUnavailable
from newsarchive.models import ImportRun, Outlet
from search.engines.base import Facet
from search.results import service
from search.results.results import Result
from search.results.service import Parameters, SearchPage

_LATEST: Final = 5
_NAMED: Final = 12  # outlets; the others are at /outlets/
_RUNS: Final = 3
_TRIED: Final = 3  # searches that are offered
_EXAMPLES: Final = ("習近平", "圖說:美聯社", 'date:2021-11 "中美"')  # offered where they find something


@dataclass(frozen=True, slots=True)
class Holding:
    """An outlet with what is held of it."""

    name: str
    stories: int
    first: int | None  # years; None when nothing has a date
    last: int | None
    gaps: int | None  # failed captures and numbers never seen; None when that was not counted yet


@dataclass(frozen=True, slots=True)
class Overview:
    """Counted by a search for everything, so that it says what a search finds."""

    stories: int
    outlets: int
    first: str  # "2014-01"; "" when nothing has a date
    last: str
    named: tuple[Holding, ...]  # the outlets with most stories
    latest: tuple[Result, ...]
    runs: tuple[ImportRun, ...]  # the newest imports that brought something
    searches: tuple[str, ...]  # to try: each finds something here


def overview() -> Overview | None:
    """None while there is no index: the front page stands all the same."""
    try:
        page = service.search(Parameters(per_page=_LATEST))
        searches = tuple(_searches(page))
    except IndexUnavailable:
        return None
    has_articles = Exists(visibility.visible().filter(outlet=OuterRef("pk")))
    runs = ImportRun.objects.exclude(finished_at=None).exclude(imported=0, updated=0)
    return Overview(
        stories=page.total,
        outlets=Outlet.objects.filter(has_articles).count(),
        first=page.timeline[0][0] if page.timeline else "",
        last=page.timeline[-1][0] if page.timeline else "",
        named=tuple(_holdings(page)),
        latest=page.results,
        runs=tuple(runs.order_by("-id")[:_RUNS]),
        searches=searches,
    )


def _holdings(page: SearchPage) -> Iterator[Holding]:
    """Years from the ends of an index: two look-ups an outlet."""
    named = page.facets.get(Facet.OUTLET, [])[:_NAMED]
    counted = holdings.at_hand()
    dated = visibility.visible().filter(outlet=OuterRef("pk")).exclude(published_on=None)
    outlets = Outlet.objects.filter(name__in=[name for name, _ in named]).annotate(
        first=Subquery(dated.order_by("published_on").values("published_on")[:1]),
        last=Subquery(dated.order_by("-published_on").values("published_on")[:1]),
    )
    years = {name: (first, last) for name, first, last in outlets.values_list("name", "first", "last")}
    for name, stories in named:
        first, last = years.get(name, (None, None))
        known = counted.get(name) if counted is not None else None
        total = known.total() if known else None
        gaps = total.failed + total.missing if total else None
        yield Holding(name, stories, first and first.year, last and last.year, gaps)


def _searches(page: SearchPage) -> Iterator[str]:
    """The examples that find something, then what the archive itself has much of."""
    tags = [tag for tag, _ in page.facets.get(Facet.TAG, ())[:_TRIED]]
    agencies = [f"圖說:{agency}" for agency, _ in page.facets.get(Facet.AGENCY, ())[:1]]
    months = [f"date:{month}" for month, _ in page.timeline[-1:]]
    offered = 0
    for words in dict.fromkeys((*_EXAMPLES, *tags[:1], *agencies, *months, *tags)):
        if offered < _TRIED and service.answer(replace(page.parameters, text=words)).hits.total:
            offered += 1
            yield words
