"""Every outlet's days: held, failed, expected, missing. Nothing is guessed: a number is missing when others
of the series surround it, a day when the outlet's weekdays or its numbers say that something appeared."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Count, Max

from newsarchive.archive import visibility
from newsarchive.models import Article, Outlet

from .dangling import Dangling, dangling
from .series import Gap, Series, number_of, series_in

_QUICK: Final = 0.2  # seconds of counting that need no sparing
_SMALL: Final = 2_000  # articles that are counted in a few hundredths of a second
_WEEKS: Final = 4  # before and after an empty day that are looked at
_LONGEST: Final = (
    20_000  # days between an outlet's first and last: a wrong date must not make a calendar of centuries
)


class _Row(NamedTuple):
    identity: str
    day: date | None
    status: str


@dataclass(slots=True)
class Day:
    held: int = 0
    failed: int = 0
    missing: int = 0  # numbers that were never seen and were given about then

    @property
    def expected(self) -> int:
        return self.held + self.failed + self.missing


@dataclass(frozen=True, slots=True)
class Census:
    """Of one outlet."""

    outlet: str  # "" for articles without one
    days: dict[date, Day] = field(default_factory=dict)
    empty_days: frozenset[date] = frozenset()  # on which something should be held, and nothing is
    gaps: tuple[Gap, ...] = ()
    not_held: tuple[Dangling, ...] = ()
    undated: Day = field(default_factory=Day)

    @property
    def years(self) -> list[int]:
        return sorted({day.year for day in (*self.days, *self.empty_days)})

    def total(self, *, year: int = 0, month: int = 0) -> Day:
        """Of all days, of a year, or of a month of it; with `year` 0 what has no day is in it too."""
        total = Day()
        chosen = (
            one
            for day, one in self.days.items()
            if (not year or day.year == year) and (not month or day.month == month)
        )
        for one in (*chosen, *(() if year else (self.undated,))):
            total.held += one.held
            total.failed += one.failed
            total.missing += one.missing
        return total


_lock = threading.Lock()
_kept: _Kept | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: object  # of the articles that were counted
    until: float  # so long it is answered from, whatever changes: a large archive is counted for seconds
    outlets: dict[str, Census]

    @property
    def is_large(self) -> bool:
        return self.until > 0


def census() -> dict[str, Census]:
    """Outlet -> its census, the largest first. Counted anew when an article has changed since: some seconds
    for 44,000 articles, and then at most once in ten times as long."""
    global _kept
    with _lock:
        if _kept is not None and time.monotonic() < _kept.until:
            return _kept.outlets
        stamp = tuple(Article.objects.aggregate(Max("changed_at"), Max("pk"), Count("pk")).values())
        if _kept is None or _kept.stamp != stamp:
            began = time.monotonic()
            outlets = dict(sorted(_counted(), key=lambda pair: -pair[1].total().held))
            took = time.monotonic() - began
            _kept = _Kept(stamp, time.monotonic() + took * 10 if took > _QUICK else 0, outlets)
        return _kept.outlets


def at_hand() -> dict[str, Census] | None:
    """The census, where it costs nothing: counted before, or of a small archive. None elsewhere."""
    if _kept is None and Article.objects.count() > _SMALL:
        return None
    return _kept.outlets if _kept is not None and _kept.is_large else census()


def forget() -> None:
    """For tests, whose databases come and go in one process."""
    global _kept
    _kept = None


def _counted() -> Iterator[tuple[str, Census]]:
    names = dict(Outlet.objects.values_list("pk", "name"))
    rows: dict[int | None, list[_Row]] = {}
    articles = Article.objects.order_by()
    facts = articles.values_list("outlet_id", "identity", "published_on", "status")
    same: dict[object, Any] = {}  # one object for equal days and statuses
    for outlet, identity, day, status in facts.iterator():
        row = _Row(identity, same.setdefault(day, day), same.setdefault(status, status))
        rows.setdefault(outlet, []).append(row)
    seen = {row.identity for of_outlet in rows.values() for row in of_outlet}
    for number, of_outlet in rows.items():
        name = names.get(number or 0, "")
        # Read once more: the addresses of all articles at once would take 20 MB.
        of_outlet_only = articles.filter(outlet_id=number) if number else articles.filter(outlet=None)
        addresses = of_outlet_only.values_list("identity", "source_url")
        lost = dangling(seen, addresses.iterator())
        yield name, _of_outlet(name, of_outlet, tuple(lost))


def _of_outlet(name: str, rows: list[_Row], not_held: tuple[Dangling, ...]) -> Census:
    series = series_in((row.identity, row.day) for row in rows)
    days: dict[date, Day] = {}
    undated = Day()
    for identity, day, status in rows:
        if not visibility.hides(status):
            (days.setdefault(day, Day()) if day else undated).held += 1
        elif status == Article.Status.CAPTURE_FAILED:
            about = day or _about(identity, series)
            (days.setdefault(about, Day()) if about else undated).failed += 1
    gaps = tuple(gap for one in series for gap in one.gaps)
    for gap in gaps:
        (days.setdefault(gap.day, Day()) if gap.day else undated).missing += gap.count
    return Census(
        name, days, frozenset(_empty_days(days, gaps, numbered=bool(series))), gaps, not_held, undated
    )


def _about(identity: str, series: Iterable[Series]) -> date | None:
    """When a failed capture's number was given."""
    numbered = number_of(identity)
    for one in series:
        if numbered and one.prefix == numbered[0]:
            return one.day_of(numbered[1])
    return None


def _empty_days(days: dict[date, Day], gaps: Iterable[Gap], *, numbered: bool) -> Iterator[date]:
    """Between the first and the last day that is held. Of an outlet with numbers a day is empty only where
    numbers are missing around it: consecutive numbers say that nothing appeared. Of others it is, when each
    of the same weekdays around it has something."""
    held = Counter({day: one.held for day, one in days.items() if one.held})
    if not held:
        return
    first, last = min(held), max(held)
    around = _surrounded(gaps) if numbered else None
    for number in range(min((last - first).days, _LONGEST)):
        day = first + timedelta(days=number)
        if held[day]:
            continue
        usual = _always_on_this_weekday(day, held, first, last)
        if usual if around is None else day in around or (usual and _lost_about(day, days)):
            yield day


def _lost_about(day: date, days: dict[date, Day]) -> bool:
    """Were numbers given about then that were never seen?"""
    beside = (day + timedelta(days=number) for number in (-1, 0, 1))
    return any(days[other].missing for other in beside if other in days)


def _surrounded(gaps: Iterable[Gap]) -> set[date]:
    """Days strictly between those of the numbers before and after a gap."""
    found: set[date] = set()
    for gap in gaps:
        if gap.after and gap.before and gap.after < gap.before:
            between = min((gap.before - gap.after).days, _LONGEST)
            found.update(gap.after + timedelta(days=number) for number in range(1, between))
    return found


def _always_on_this_weekday(day: date, held: Counter[date], first: date, last: date) -> bool:
    weeks = (day + timedelta(weeks=week) for week in range(-_WEEKS, _WEEKS + 1) if week)
    inside = [other for other in weeks if first <= other <= last]
    return len(inside) >= _WEEKS and all(held[other] for other in inside)
