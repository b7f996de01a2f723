"""Many searches counted at once, each by year, month or outlet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from newsarchive.runtime import work

from . import all_hits
from .all_hits import Counts
from .service import Parameters

# Units of `runtime.work` that a query costs at least: measured, 5 ms with all its counts.
_QUERY_COST: Final = 5_000


class By(StrEnum):
    YEAR = "year"
    MONTH = "month"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class Tally:
    query: str
    count: int  # stories, as the page of this search says
    literal: bool
    partial: tuple[str, ...]
    widened: tuple[str, ...]
    buckets: list[tuple[str, int]]  # by time ascending; outlets by their number
    without: int  # stories that have no date, or no outlet


def tallies(queries: Iterable[str], by: By, parameters: Parameters | None = None) -> Iterator[Tally]:
    """Each query has the budget of a request of its own; their sum is charged to the request that asks."""
    for query in queries:
        with work.counted() as done:
            asked = replace(parameters or Parameters(), text=query)
            counts = all_hits.counted(asked, outlets=by is By.OUTLET)
        work.current().more += max(done.spent, _QUERY_COST)
        buckets = _buckets(counts, by)
        yield Tally(
            query=query,
            count=counts.total,
            literal=counts.literal,
            partial=counts.partial,
            widened=counts.widened,
            buckets=buckets,
            without=counts.total - sum(number for _bucket, number in buckets),
        )


def _buckets(counts: Counts, by: By) -> list[tuple[str, int]]:
    if by is By.OUTLET:
        return counts.outlets
    if by is By.MONTH:
        return counts.months
    years = itertools.groupby(counts.months, key=lambda month: month[0][:4])
    return [(year, sum(number for _month, number in months)) for year, months in years]
