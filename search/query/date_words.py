"""A date in words in a query: 2019年6月12日, 民國108年6月, 二〇一九年六月, 12 June 2019. Pure.

Only what has one meaning: 12/6/2019 is two days, 6月12日 and 去年 say no year. Such words are searched for as
they stand; beside the hits the days that they mean are offered as a filter.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from newsarchive.data.date_facts import DIGITS, MONTHS, REPUBLIC, TENS, is_year_of_news

_N = "[0-9〇零○一二三四五六七八九十百廿卅元]"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

Values = dict[str, str | None]
_Span = tuple[date, date]

_TO: Final = re.compile(r"\s*(?:至|到|[-–—~～]|to|until|till)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DateWords:
    text: str  # the words of the date, as typed
    first: date
    last: date
    rest: str  # the query without them


def date_words(text: str) -> DateWords | None:
    """None when the query has no date, or more than one, or signs that say how it is to be read."""
    found = list(_dates(text))
    if len(found) == 2 and _TO.fullmatch(text, found[0][1], found[1][0]):
        found = [(found[0][0], found[1][1], (found[0][2][0], found[1][2][1]))]
    if len(found) != 1:
        return None
    start, end, (first, last) = found[0]
    if first > last:
        return None
    before, behind = text[:start].rstrip(), text[end:].lstrip()
    behind = re.sub(r"^(?:的|當天|当天|當日|当日|那天|[,，、])\s*", "", behind)
    before = re.sub(r"\s*(?:\b(?:on|in|of)|[,，、]|在|於|于)$", "", before, flags=re.IGNORECASE)
    rest = f"{before} {behind}".strip()
    if re.search(r'["“”「」『』:：|｜()（）~/]|(?:^|\s)-|\b(?:AND|OR|NOT|without)\b', rest):
        return None
    return DateWords(text[start:end], first, last, rest)


def _dates(text: str) -> Iterator[tuple[int, int, _Span]]:
    """Every date with its place; a longer reading hides a shorter one at the same place."""
    folded = "".join(_folded(char) for char in text)
    at = 0
    while match := _ANY.search(folded, at):
        at = match.end()
        if span := _span(match):
            yield match.start(), match.end(), span


def _folded(char: str) -> str:
    """One character for one: full-width digits and signs are ASCII."""
    folded = unicodedata.normalize("NFKC", char)
    return folded if len(folded) == 1 else char


_SPELT: Final[tuple[tuple[str, str], ...]] = (
    (
        "roc",
        rf"(?:中華|中华)?(?:民國|民国)\s*(?P<roc_y>{_N}{{1,5}})\s*年(?:\s*(?P<roc_m>{_N}{{1,3}})\s*月(?:份|\s*(?P<roc_d>{_N}{{1,4}})\s*[日號号])?)?",
    ),
    (
        "han",
        rf"(?:公元|西元)?\s*(?<![0-9])(?P<han_y>[0-9]{{4}}|[〇零○一二三四五六七八九]{{4}})\s*年(?:\s*(?P<han_m>{_N}{{1,3}})\s*月(?:份|\s*(?P<han_d>{_N}{{1,4}})\s*[日號号])?)?",
    ),
    (
        "iso",
        r"(?<![\w./-])(?P<iso_y>[12][0-9]{3})(?P<iso_s>[-/.])(?P<iso_m>[0-9]{1,2})(?:(?P=iso_s)(?P<iso_d>[0-9]{1,2}))?(?![\w/-]|\.[0-9])",
    ),
    ("run", r"(?<![\w./-])(?P<run_y>(?:19|20)[0-9]{2})(?P<run_m>[01][0-9])(?P<run_d>[0-3][0-9])(?![\w./-])"),
    (
        "dmy",
        r"(?<![\w./-])(?P<dmy_a>[0-9]{1,2})(?P<dmy_s>[-/.])(?P<dmy_b>[0-9]{1,2})(?P=dmy_s)(?P<dmy_y>[12][0-9]{3})(?![\w/-]|\.[0-9])",
    ),
    (
        "eng",
        rf"(?<!\w)(?:(?P<eng_d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+)?(?P<eng_m>{_MONTH})\.?,?[\s-]+(?P<eng_y>[12][0-9]{{3}})(?!\w)",
    ),
    (
        "usa",
        rf"(?<!\w)(?P<usa_m>{_MONTH})\.?\s+(?P<usa_d>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<usa_y>[12][0-9]{{3}})(?!\w)",
    ),
)
_ANY: Final = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in reversed(_SPELT)), re.IGNORECASE
)


def _span(match: re.Match[str]) -> _Span | None:
    """The first and the last day that are meant; None for no day of the calendar, and for two."""
    kind = next(name for name, _ in _SPELT if match[name] is not None)
    try:
        return _READ[kind](match)
    except ValueError:
        return None


def _roc(match: re.Match[str]) -> _Span | None:
    return _whole(REPUBLIC + _number(match["roc_y"]), match["roc_m"], match["roc_d"])


def _han(match: re.Match[str]) -> _Span | None:
    return _whole(_number(match["han_y"]), match["han_m"], match["han_d"])


def _iso(match: re.Match[str]) -> _Span | None:
    """2019.6 and 2019/6 may be numbers; 2019-06 and all with a day are dates."""
    if match["iso_d"] is None and (match["iso_s"] != "-" or len(match["iso_m"]) < 2):
        return None
    return _whole(int(match["iso_y"]), match["iso_m"], match["iso_d"])


def _run(match: re.Match[str]) -> _Span | None:
    return _whole(int(match["run_y"]), match["run_m"], match["run_d"])


def _dmy(match: re.Match[str]) -> _Span | None:
    """25/12/2019 is one day; 12/6/2019 is one in Hong Kong and another in America."""
    a, b = int(match["dmy_a"]), int(match["dmy_b"])
    year = int(match["dmy_y"])
    days = {_day(year, month, day) for day, month in ((a, b), (b, a)) if 1 <= month <= 12 and day <= 31}
    return (day := days.pop(), day) if len(days) == 1 else None


def _eng(match: re.Match[str]) -> _Span | None:
    return _whole(int(match["eng_y"]), str(MONTHS[match["eng_m"].lower()]), match["eng_d"])


def _usa(match: re.Match[str]) -> _Span | None:
    return _whole(int(match["usa_y"]), str(MONTHS[match["usa_m"].lower()]), match["usa_d"])


_READ: Final[dict[str, Callable[[re.Match[str]], _Span | None]]] = {
    "roc": _roc,
    "han": _han,
    "iso": _iso,
    "run": _run,
    "dmy": _dmy,
    "eng": _eng,
    "usa": _usa,
}


def _whole(year: int, month: str | None, day: str | None) -> _Span | None:
    """All days of a year, a month or a day. Raises ValueError for what the calendar has not."""
    if not is_year_of_news(year):
        return None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    number = _number(month)
    if day is None:
        return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
    return (only := date(year, number, _number(day)), only)


def _day(year: int, month: int, day: int) -> date:
    if not is_year_of_news(year):
        raise ValueError(year)
    return date(year, month, day)


def _number(text: str) -> int:
    """12, 十二, 廿三, 一百零八, 一〇八, 二〇一九. Raises ValueError for what is no number."""
    if text.isascii():
        return int(text)
    if text.startswith("一百"):
        rest = text[2:].lstrip("零〇○")
        return 100 + (_number(rest) if rest else 0)
    if not TENS.keys() & set(text):
        return int("".join(char if char.isascii() else str(DIGITS[char]) for char in text))
    match = re.fullmatch(r"([一二三])?([十廿卅])([一二三四五六七八九])?", text)
    if match is None or (match[1] and match[2] != "十"):
        raise ValueError(text)
    return DIGITS.get(match[1] or "一", 1) * TENS[match[2]] + (DIGITS[match[3]] if match[3] else 0)
