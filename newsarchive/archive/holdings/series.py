"""An outlet's own numbers of articles (hkcnews:47815, example.org/article/123): which were never seen, and
about when they were given."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

_NUMBERED: Final = re.compile(r"(hkcnews:|url:[^?]*/)([1-9][0-9]{0,8})")
# Kinds of identity that are numbered one after the other by their outlet, as docs/importers.md says.
_KNOWN: Final = frozenset({"hkcnews:"})
# Numbers at the end of other addresses are a series when there are this many and they lie this close.
_FEWEST: Final = 20
_DENSITY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers from `first` to `last` that no file has. `after` and `before`: days of the nearest numbers
    below and above that have one; None where none has."""

    prefix: str  # of their identities
    first: int
    last: int
    after: date | None
    before: date | None

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    @property
    def day(self) -> date | None:
        """The day that they are counted under: that of the number before them."""
        return self.after or self.before


@dataclass(frozen=True, slots=True)
class Series:
    prefix: str
    days: tuple[tuple[int, date], ...]  # numbers whose day fits those around them, ascending in both
    gaps: tuple[Gap, ...]

    def day_of(self, number: int) -> date | None:
        """Of a number without a day: that of the nearest number below it, else above it."""
        if not self.days:
            return None
        at = bisect_right(self.days, (number, date.max))
        return self.days[max(0, at - 1)][1]


def number_of(identity: str) -> tuple[str, int] | None:
    """("hkcnews:", 47815); None for an identity without a number."""
    match = _NUMBERED.fullmatch(identity)
    return (match[1], int(match[2])) if match else None


def series_in(articles: Iterable[tuple[str, date | None]]) -> list[Series]:
    """`articles`: identity and day of everything that was seen of one outlet, whatever became of it."""
    seen: dict[str, dict[int, date | None]] = {}
    for identity, day in articles:
        if found := number_of(identity):
            seen.setdefault(found[0], {})[found[1]] = day
    return [
        _series(prefix, numbers) for prefix, numbers in sorted(seen.items()) if _is_series(prefix, numbers)
    ]


def _is_series(prefix: str, numbers: dict[int, date | None]) -> bool:
    if prefix in _KNOWN:
        return True
    span = max(numbers) - min(numbers) + 1
    return len(numbers) >= _FEWEST and len(numbers) / span >= _DENSITY


def _series(prefix: str, numbers: dict[int, date | None]) -> Series:
    ordered = sorted(numbers)
    days = tuple(_in_order([(number, day) for number in ordered if (day := numbers[number])]))
    return Series(prefix, days, tuple(_gaps(prefix, ordered, days)))


def _in_order(days: list[tuple[int, date]]) -> list[tuple[int, date]]:
    """The most of them whose days never go back (a longest non-decreasing subsequence, by patience sorting).
    An article that was published again, or dated by its first edition, has a new number and an old day, which
    says nothing of when the numbers beside it were given."""
    tails: list[date] = []  # of the best run of each length, its last day
    places: list[int] = []  # where that stands in `days`
    before: list[int] = []  # of each, the place of the one before it in its run; -1 at the beginning
    for place, (_number, day) in enumerate(days):
        length = bisect_right(tails, day)
        before.append(places[length - 1] if length else -1)
        tails[length : length + 1] = [day]
        places[length : length + 1] = [place]
    kept: list[tuple[int, date]] = []
    place = places[-1] if places else -1
    while place >= 0:
        kept.append(days[place])
        place = before[place]
    return kept[::-1]


def _gaps(prefix: str, ordered: list[int], days: tuple[tuple[int, date], ...]) -> Iterator[Gap]:
    for left, right in pairwise(ordered):
        if right - left > 1:
            at = bisect_right(days, (left, date.max))
            after = days[at - 1][1] if at else None
            before = days[at][1] if at < len(days) else None
            yield Gap(prefix, left + 1, right - 1, after, before)
