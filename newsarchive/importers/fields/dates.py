"""Publication dates, no more precise than the source gives them. This is the only module that decides which
time zone a date is in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from newsarchive.importers.types import DateSource, Precision, Published

from . import written_dates
from .written_dates import Ambiguous, Written

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_DATE_AND_TIME = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2},\s*)?\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}\s+\d{2}:\d{2}(?::\d{2})?\s+(?:[A-Z]{1,4}|[+-]\d{4})$"
)
_RELATIVE = re.compile(
    r"(\d{1,3}|[一二两兩三四五六七八九十半])\s*[个個]?\s*(分[钟鐘]|小[时時]|天|日|周|週|月)(?:之)?前"
)
_IN_ADDRESS = (
    re.compile(r"/(?P<y>20\d\d|19\d\d)[/-](?P<m>\d{1,2})[/-](?P<d>\d{1,2})(?=/|-|\.|$)"),
    re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?!\d)"),
    re.compile(r"-(?P<m>[01]\d)(?P<d>[0-3]\d)(?P<y>20\d\d)\d{6}(?!\d)"),  # RFA: hc-10122020133733.html
)
_IN_FILE_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_.]?([01]\d)[-_.]?([0-3]\d)|\s?[-_.年]\s?(\d{1,2})\s?[-_.月]\s?(\d{1,2})日?)(?!\d)"
)
_EARLIEST, _LATEST = datetime(1995, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def published(text: str, source: DateSource, *, zone: str, day_first: bool = False) -> Published | None:
    """The date in `text`, or None when it is no valid date, or could be two (`is_ambiguous`).

    `day_first`: the outlet is known to write 03/04/2021 for 3 April. `zone` is the outlet's: a time without
    a zone is in it, and the day is that of its calendar. Exactly midnight, without a zone or in GMT, is
    what feeds write for a day without a time, so it counts as no time.
    """
    text = " ".join(text.split())
    try:
        match = _DAY.match(text)
        if match:
            return _on(date(*map(int, match.groups())), source)
        match = _DATE_AND_TIME.match(text)
        if match:
            return _timed(match, source, ZoneInfo(zone))
        if _RFC_822.match(text):
            at = parsedate_to_datetime(text)
            return _at(at if at.tzinfo else at.replace(tzinfo=UTC), Precision.SECOND, source, ZoneInfo(zone))
        written = written_dates.read(text, day_first=day_first)
        return _of(written, source, ZoneInfo(zone)) if written else None
    except (ValueError, OverflowError, IndexError, TypeError):  # 30 February, hour 25, zone +99:00
        return None
    return None


def is_ambiguous(text: str, *, day_first: bool = False) -> bool:
    """Whether `text` can be read as two dates, so that it is taken for none: 03/04/2021."""
    try:
        written_dates.read(text, day_first=day_first)
    except Ambiguous:
        return True
    except (ValueError, OverflowError):
        return False
    return False


def _of(written: Written, source: DateSource, zone: ZoneInfo) -> Published:
    if written.day is None:
        return Published(date(written.year, written.month, 1), None, Precision.MONTH, source)
    day = date(written.year, written.month, written.day)
    if written.clock is None:
        return _on(day, source)
    precision = Precision.SECOND if written.has_seconds else Precision.MINUTE
    if written.zone is not None:
        return _at(datetime.combine(day, written.clock, written.zone), precision, source, zone)
    if written.clock.replace(microsecond=0) == time(0):
        return _on(day, source)
    return Published(day, datetime.combine(day, written.clock, zone), precision, source)


def _timed(match: re.Match[str], source: DateSource, zone: ZoneInfo) -> Published:
    year, month, day, hour, minute = (int(group) for group in match.groups()[:5])
    second, fraction, offset = match.group(6), match.group(7), match.group(8)
    at = datetime(year, month, day, hour, minute, int(second or 0), int((fraction or "").ljust(6, "0")[:6]))
    precision = Precision.SECOND if second else Precision.MINUTE
    if offset is None:
        if (at.hour, at.minute, at.second) == (0, 0, 0):
            return _on(at.date(), source)
        return Published(at.date(), at.replace(tzinfo=zone), precision, source)
    aware = datetime.fromisoformat(at.isoformat() + _offset(offset))
    return _at(aware, precision, source, zone)


def _offset(text: str) -> str:
    if text.upper() in ("Z", "UTC", "GMT"):
        return "+00:00"
    return text if ":" in text else f"{text[:3]}:{text[3:]}"


def _at(at: datetime, precision: Precision, source: DateSource, zone: ZoneInfo) -> Published:
    if at.utcoffset():
        return Published(at.date(), at, precision, source)
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return _on(at.date(), source)
    return Published(at.astimezone(zone).date(), at, precision, source)


def _on(day: date, source: DateSource, *, estimated: bool = False) -> Published:
    return Published(day, None, Precision.DAY, source, estimated)


def in_address(url: str) -> Published | None:
    """The day in an address, such as /2020/10/13/ or …-20201011/."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    for pattern in _IN_ADDRESS:
        match = pattern.search(path)
        if match:
            try:
                day = date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                continue
            return _on(day, DateSource.URL)
    return None


def in_file_name(path: str) -> Published | None:
    """The day in a file's name, as blogs and people name their posts: 2021-11-17-title.md."""
    match = _IN_FILE_NAME.search(PurePosixPath(path).name)
    try:
        return _on(date(*map(int, filter(None, match.groups()))), DateSource.FILE_NAME) if match else None
    except ValueError:
        return None


def estimated(captured_at: datetime, said: str, *, zone: str) -> Published:
    """A date from the time of the capture, corrected by words such as "2 天前": a day only, marked as an
    estimate."""
    match = _RELATIVE.search(said)
    at = captured_at.astimezone(ZoneInfo(zone))
    if match:
        number = int(match[1]) if match[1].isdigit() else "零一二三四五六七八九十".find(match[1])
        number = 2 if match[1] in "两兩" else max(number, 0)
        hours = {"分": 1 / 60, "小": 1, "天": 24, "日": 24, "周": 168, "週": 168, "月": 720}[match[2][0]]
        at -= timedelta(hours=number * hours)
    return _on(at.date(), DateSource.CAPTURE, estimated=True)


def is_relative(text: str) -> bool:
    return bool(_RELATIVE.search(text))


def from_epoch(digits: str) -> datetime | None:
    """The time of an epoch in milliseconds or seconds; None when it is implausible for a news article."""
    if len(digits) not in (9, 10, 12, 13):
        return None
    seconds = int(digits) / (1000 if len(digits) > 10 else 1)
    at = datetime.fromtimestamp(seconds, UTC)
    return at if _EARLIEST <= at <= _LATEST else None


def naive(text: str) -> datetime | None:
    """`last_updated` as the source shows it, with a time zone only where it names one."""
    try:
        return datetime.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        pass
    try:
        written = written_dates.read(text)
    except (ValueError, OverflowError):
        return None
    if written is None or written.day is None:
        return None
    day = date(written.year, written.month, written.day)
    return datetime.combine(day, written.clock or time(0), written.zone)


def is_future(when: Published, now: datetime) -> bool:
    """More than a day after `now`: the local days of two time zones differ by at most one."""
    return when.day > (now + timedelta(days=1)).date()
