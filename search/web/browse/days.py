"""/days/<day>/: what appeared on a day, and on this day in other years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsarchive.archive import visibility
from newsarchive.archive.holdings import census as holdings
from newsarchive.models import Article
from newsarchive.quotas.rate_limits import limited

from .calendar import CACHE_SECONDS

_MOST: Final = 300  # stories listed for one day
_OF_OTHER_YEARS: Final = 3  # stories listed for each


@dataclass(frozen=True, slots=True)
class Anniversary:
    day: date
    count: int
    articles: tuple[Article, ...]  # the first few


@require_safe
@limited("read")
def day(request: HttpRequest, day: str) -> HttpResponse:
    try:
        asked = date.fromisoformat(day)
    except ValueError as exc:
        raise Http404 from exc
    stories = _stories([asked]).get(asked, [])
    context = {
        "day": asked,
        "stories": stories[:_MOST],
        "total": len(stories),
        "census": [(one, one.days.get(asked), asked in one.empty_days) for one in holdings.census().values()],
        "before": _shifted(asked, -1),
        "after": _shifted(asked, 1),
        "anniversaries": _anniversaries(asked),
    }
    response = render(request, "browse/day.html", context)
    response["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return response


def _shifted(day: date, days: int) -> date | None:
    """None beyond the calendar's ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _anniversaries(day: date) -> list[Anniversary]:
    """The same day of other years, the latest first; of 29 February that of leap years."""
    ends = visibility.visible().aggregate(first=Min("published_on"), last=Max("published_on"))
    if ends["first"] is None:
        return []
    days = [
        other
        for year in range(ends["first"].year, ends["last"].year + 1)
        if year != day.year and (other := _in_year(day, year))
    ]
    return [
        Anniversary(other, len(stories), tuple(stories[:_OF_OTHER_YEARS]))
        for other, stories in sorted(_stories(days).items(), reverse=True)
    ]


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _stories(days: Iterable[date]) -> dict[date, list[Article]]:
    """Day -> one article for each story: the copy that results show, if it is of that day."""
    found: dict[date, dict[int, Article]] = defaultdict(dict)
    for article in _rows().filter(published_on__in=list(days)):
        assert article.published_on
        of_day = found[article.published_on]
        if article.story_id not in of_day or article.story.canonical_id == article.pk:
            of_day[article.story_id] = article
    return {day: list(stories.values()) for day, stories in found.items()}


def _rows() -> QuerySet[Article]:
    printed = ("identity", "title", "language", "byline", "published_on", "published_at", "date_estimated")
    rows = visibility.visible().select_related("outlet", "story")
    return rows.only(*printed, "outlet__name", "story__canonical").order_by(
        "outlet__name", "published_at", "pk"
    )
