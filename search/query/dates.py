"""The value of date: -> the first and the last day it means, both included.

2021   2021-11   2021-11-17   2021年11月17日     the whole of that time
A/B   A/   /B                                   from the first day of A to the last day of B
P1M/B                                           from a month before B's last day to that day
A/P1M                                           the month that begins with A's first day
P7D                                             P7D/today
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from newsarchive.errors import BadQuery

from .tree import DateRange

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_CHINESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?", re.ASCII)
_DURATION = re.compile(r"p(?=\d)(?:(\d{1,4})y)?(?:(\d{1,5})m)?(?:(\d{1,5})w)?(?:(\d{1,6})d)?", re.ASCII)

_Span = tuple[date, date]
_Duration = tuple[int, int]  # months, days


def date_range(value: str, *, position: int, today: date) -> DateRange:
    """`value` is folded. Raises BadQuery at `position` for what is no date or runs backwards."""
    try:
        found = _range(value, today)
    except (ValueError, OverflowError) as exc:
        raise BadQuery("query_no_such_date", position=position, text=value) from exc
    if found is None:
        raise BadQuery("query_date_unknown", position=position, text=value)
    if found.first and found.last and found.first > found.last:
        raise BadQuery("query_date_backwards", position=position, text=value)
    return found


def _range(value: str, today: date) -> DateRange | None:
    left, slash, right = value.partition("/")
    if not slash:
        if duration := _duration(left):
            return DateRange(_moved(today, duration, sign=-1), today)
        span = _span(left)
        return DateRange(*span) if span else None
    start, end = _duration(left), _duration(right)
    first, last = _span(left), _span(right)
    if start and last:
        return DateRange(_moved(last[1], start, sign=-1), last[1])
    if first and end:
        return DateRange(first[0], _moved(first[0], end, sign=1) - timedelta(days=1))
    if (left and not first) or (right and not last):
        return None
    return DateRange(first[0] if first else None, last[1] if last else None)


def _span(text: str) -> _Span | None:
    """The first and the last day of a year, a month or a day; None when it is written otherwise."""
    match = _DATE.fullmatch(text) or _CHINESE.fullmatch(text)
    if not match:
        return None
    year, *rest = (int(part) for part in match.groups() if part)
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    if len(rest) == 1:
        first = date(year, rest[0], 1)
        return first, first.replace(day=calendar.monthrange(year, rest[0])[1])
    day = date(year, *rest)
    return day, day


def _duration(text: str) -> _Duration | None:
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return years * 12 + months, weeks * 7 + days


def _moved(day: date, duration: _Duration, *, sign: int) -> date:
    """`duration` before or after; the 31st becomes the last day of a shorter month."""
    months, days = duration
    year, month = divmod(day.year * 12 + day.month - 1 + sign * months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(year)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=sign * days)
