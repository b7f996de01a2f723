"""Any page of any search, however deep, without scrolling.

The cluster hands out the first WINDOW hits by number. Beyond that, a bisection over what hits are sorted by
(scores, or days) finds a value that at most WINDOW hits before the page have behind them: some twenty
counts, each as cheap as a search without hits. From there `search_after` walks. So page 300,000 costs what
page 1,000 does; walking all the way (from either end) would cost a request for every 10,000 hits between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from search.engines.base import Sort

Json = dict[str, Any]
Ask = Callable[[Json], Json]  # a search body -> the cluster's answer

WINDOW: Final = 10_000  # index.max_result_window, as it is unless somebody changes it
_LEAST, _MOST = -(2**63), 2**63 - 1  # what the cluster sorts a missing day by
FIRST_DAY, LAST_DAY = _LEAST, _MOST
_BISECTIONS: Final = 40  # steps; each halves the range of scores

_ORDER: dict[Sort, list[Any]] = {
    Sort.RELEVANCE: ["_score", {"day": {"order": "desc", "missing": "_last"}}, {"story": "desc"}],
    Sort.NEWEST: [{"day": {"order": "desc", "missing": "_last"}}, {"story": "desc"}],
    Sort.OLDEST: [{"day": {"order": "asc", "missing": "_last"}}, {"story": "asc"}],
}


def page(body: Json, sort: Sort, offset: int, limit: int) -> Json:
    """`body` asking for the hits of a page that lies within the WINDOW."""
    return {**body, "sort": _ORDER[sort], "from": offset, "size": limit}


def is_deep(offset: int, limit: int) -> bool:
    return offset + limit > WINDOW


def rows(ask: Ask, body: Json, sort: Sort, *, offset: int, limit: int, total: int) -> list[list[Any]]:
    """The sort values of hits `offset` to `offset + limit`; the last of each is its story."""
    end = min(offset + limit, total)
    if offset >= end:
        return []
    at, after = _leap(ask, body, sort, offset)
    found: list[list[Any]] = []
    for batch in _walk(ask, {**body, "sort": _ORDER[sort], "track_total_hits": False}, after):
        found += batch[max(0, offset - at) : end - at]
        at += len(batch)
        if at >= end:
            break
    return found


def _walk(ask: Ask, body: Json, after: list[Any] | None) -> Iterator[list[list[Any]]]:
    while True:
        answer = ask({**body, "size": WINDOW, **({"search_after": after} if after else {})})
        batch = [hit["sort"] for hit in answer["hits"]["hits"]]
        if not batch:
            return
        yield batch
        after = batch[-1]


def _leap(ask: Ask, body: Json, sort: Sort, offset: int) -> tuple[int, list[Any] | None]:
    """How many hits lie before a place near `offset`, and the sort values to search after from there."""
    if offset <= WINDOW:
        return 0, None
    if sort is Sort.RELEVANCE:
        return _leap_by_score(ask, body, offset)
    return _leap_by_day(ask, body, sort, offset)


def _leap_by_score(ask: Ask, body: Json, offset: int) -> tuple[int, list[Any] | None]:
    least = body.get("min_score", 0.0)
    best = ask({**body, "sort": _ORDER[Sort.RELEVANCE], "size": 1})["hits"]["hits"]
    low, high = least, float(best[0]["sort"][0]) if best else least
    found: tuple[int, list[Any] | None] = (0, None)
    for _ in range(_BISECTIONS):
        score = (low + high) / 2
        before = _count(ask, {**body, "min_score": max(score, least)})
        if before > offset:
            low = score
        else:
            high = score
            found = before, [score, _LEAST, -1]
            if offset - before < WINDOW:
                break
    return found


def _leap_by_day(ask: Ask, body: Json, sort: Sort, offset: int) -> tuple[int, list[Any] | None]:
    newest_first = sort is Sort.NEWEST
    dated = _count(ask, _also(body, {"exists": {"field": "day"}}))
    if dated <= offset:
        return dated, [_LEAST, _MOST] if newest_first else [_MOST, -1]
    low, high = 1, date.max.toordinal()
    found: tuple[int, list[Any] | None] = (0, None)
    while low < high:
        day = (low + high) // 2
        bound = {"gt" if newest_first else "lt": date.fromordinal(day).isoformat()}
        before = _count(ask, _also(body, {"range": {"day": bound}}))
        if before <= offset:
            # such a story would be the day's first: what follows begins with the day
            found = before, [_millis(day), _MOST] if newest_first else [_millis(day), -1]
            if offset - before < WINDOW:
                break
        if (before > offset) == newest_first:
            low = day + 1
        else:
            high = day
    return found


def _millis(ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _also(body: Json, condition: Json) -> Json:
    return {**body, "query": {"bool": {"must": [body["query"]], "filter": [condition]}}}


def _count(ask: Ask, body: Json) -> int:
    answer = ask({**body, "size": 0, "track_total_hits": True})
    total: int = answer["hits"]["total"]["value"]
    return total
