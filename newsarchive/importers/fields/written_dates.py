"""Dates as people write them: 2021年11月17日 下午3:05, 民國110年11月17日, Nov. 17, 2021, 20211117,
1637132700.

`read` says exactly what is written, and refuses what can be read in two ways (03/04/2021, 17/11/21). Which
time zone a time without one is in, and what midnight means, is decided by `dates`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsarchive.data.date_facts import DIGITS, MONTHS, REPUBLIC, is_year_of_news

_LONGEST = 120  # characters; a longer text is no date
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NUMERALS = str.maketrans({char: str(value) for char, value in DIGITS.items()})
_CHINESE = re.compile(
    r"[〇零○一二三四五六七八九十百廿卅]{1,5}(?=\s*[年月日號号時时點点分秒])|(?<=民國)元(?=年)"
)
_WEEKDAY = re.compile(
    r"[(\[]?\s*(?:(?:星期|礼拜|禮拜|週|周)[一二三四五六日天]"
    r"|\b(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?)\s*[)\]]?,?|[(\[]\s*[一二三四五六日月火水木金土]\s*[)\]]"
)
_LABEL = re.compile(
    r"(?:(?:發[佈布表]|发[布表]|刊[登出發发]|出版|張貼|张贴|文章|首[發发]|原文)?(?:日期|時間|时间|於|于|在)"
    r"|(?:first |last )?(?:published|posted|created|updated|modified)(?: on| at)?"
    r"|date|on|at|写于|寫於)\s*[:：]?\s+"
    r"|公元\s*|[^\d\s]{2,6}[:：]\s*"
)
_UPDATE = re.compile(
    r"(?<=\S)[\s,，;；|/(（]*(?:最後|最后|最近)?(?:更新|修改|修訂|last\s|updated|modified|edited).*$"
)

_BY_YEAR = re.compile(
    r"(?P<y>\d{4})\s?(?P<sep>[-/.年])\s?(?P<m>\d{1,2})\s?(?:(?P=sep)|月)\s?(?P<d>\d{1,2})(?!\d)\s?[日號号]?"
)
_REPUBLICAN = re.compile(
    r"(?:中[華华])?民[國国]\s?(?P<y>\d{1,3})\s?(?P<sep>[-/.年])\s?(?P<m>\d{1,2})\s?(?:(?P=sep)|月)\s?(?P<d>\d{1,2})(?!\d)\s?[日號号]?"
    r"|(?P<y3>1[0-3]\d)(?P<sep3>[-/.年])(?P<m3>\d{1,2})(?:(?P=sep3)|月)(?P<d3>\d{1,2})(?!\d)日?"
)
_DAY_MONTH = re.compile(
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+of)?[\s-]*(?P<n>{_MONTH})[\s,-]*(?P<y>\d{{4}})(?!\d)"
)
_MONTH_DAY = re.compile(
    rf"(?P<n>{_MONTH})\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)[\s,]*(?P<y>\d{{4}})(?!\d)(?!:)"
)
_YEAR_MONTH_DAY = re.compile(
    rf"(?P<y>\d{{4}})[\s,-]+(?P<n>{_MONTH})[\s-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"
)
_MONTH_DAY_YEAR_LAST = re.compile(  # asctime: Nov 17 15:05:00 CST 2021
    rf"(?P<n>{_MONTH})\s+(?P<d>\d{{1,2}})\s+(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s+[a-z]{{3,4}})?)\s+(?P<y>\d{{4}})$"
)
_CHINESE_MONTH_DAY = re.compile(
    r"(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日號号]?[\s,，]*(?P<y>\d{4})年?(?!\d)"
)
_COMPACT = re.compile(r"(?P<y>(?:18|19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?=$|[\st_-]|\d{4}(?:\d\d)?(?!\d))")
_NUMERIC = re.compile(r"(?P<one>\d{1,2})\s?(?P<sep>[-/.])\s?(?P<two>\d{1,2})\s?(?P=sep)\s?(?P<y>\d{4})(?!\d)")
_SHORT = re.compile(r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2}(?!\d)|\d{1,2}\s?[-/.月]\s?\d{1,2}日?$")
_MONTH_ONLY = re.compile(
    rf"(?P<y>\d{{4}})\s?[-/.年]\s?(?P<m>\d{{1,2}})\s?月?(?:份)?$|(?P<m2>\d{{1,2}})/(?P<y2>\d{{4}})$"
    rf"|(?P<n>{_MONTH})[\s,]*(?P<y3>\d{{4}})$|(?:中[華华])?民[國国]\s?(?P<y4>\d{{1,3}})\s?年\s?(?P<m4>\d{{1,2}})\s?月$"
)
_EPOCH = re.compile(r"(\d{10}|\d{13}|\d{16})(?:\.\d+)?$")

_CLOCK = re.compile(
    r"[\s,，t_@;；-]*(?:at\s+)?(?P<half>凌晨|清晨|早上|早晨|上午|中午|正午|下午|午後|午后|傍晚|晚上|晚間|晚间|夜晚|深夜|am|pm)?\s?"
    r"(?P<h>\d{1,2})\s?(?:[:：h時时點点]\s?(?P<mi>\d{2})\s?(?:分|(?::|：)\s?(?P<s>\d{2}))?(?:(?P<s2>\d{1,2})秒|秒)?"
    r"(?:[.,](?P<f>\d{1,9}))?|(?P<whole>時正|[時时點点]))?\s?(?P<half2>[ap]\.?\s?m\b\.?)?"
)
_PACKED_CLOCK = re.compile(r"[t_-]?(?P<h>[0-2]\d)(?P<mi>[0-5]\d)(?P<s>[0-5]\d)?(?!\d)")
_OFFSET = re.compile(
    r"\s*[([]?\s*(?:(?:utc|gmt)\s*)?(?P<sign>[+\-−])\s?(?P<oh>\d{1,2}):?(?P<om>\d{2})?(?!\d)\s*[)\]]?"
)
_ZONE = re.compile(
    r"\s*[([]?\s*(?P<zone>[a-z]{1,5}(?:/[a-z_]+)?|[香台臺北京東东新加坡港澳門门格林威治本地]{2,4}[時时][間间])\s*[)\]]?"
)
_COMMENT = re.compile(r"\s*[(\[][^()\[\]]{1,40}[)\]]\s*$")
_CLOCK_FIRST = re.compile(
    r"(?P<clock>\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s[a-z]{3})?)[\s,·•|-]+(?=\S)(?P<day>.+)$"
)
_AFTERNOON = ("中午", "正午", "下午", "午後", "午后", "傍晚", "晚上", "晚間", "晚间", "夜晚", "深夜", "pm")
_NIGHT = ("晚上", "晚間", "晚间", "夜晚", "深夜")  # 晚上12時 is either end of the night
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "格林威治時間", "格林威治时间"), 0),
    **dict.fromkeys(("hkt", "sgt", "myt", "awst", "香港時間", "香港时间", "北京時間", "北京时间"), 8),
    **dict.fromkeys(("台北時間", "臺北時間", "台北时间", "新加坡時間", "澳門時間", "澳门时间"), 8),
    **dict.fromkeys(("jst", "kst", "東京時間", "东京时间"), 9),
    "cet": 1, "cest": 2, "msk": 3, "edt": -4, "est": -5, "cdt": -5, "mst": -7, "pdt": -7, "pst": -8,
}  # fmt: skip
_OWN_ZONE = ("cst", "本地時間", "本地时间")  # CST is China's time in China, and Chicago's there


@dataclass(frozen=True, slots=True)
class Written:
    """What a text says: a month (`day` None), a day, or a day with a time."""

    year: int
    month: int
    day: int | None
    clock: time | None = None
    zone: tzinfo | None = None  # None: none is written
    has_seconds: bool = False


class Ambiguous(ValueError):
    """The text can be read as two dates: 03/04/2021, 17/11/21."""


def read(text: str, *, day_first: bool = False) -> Written | None:
    """None when it is no date; raises Ambiguous, and ValueError for 30 February or 25:00.

    `day_first`: the source is known to write 03/04/2021 for 3 April.
    """
    bare = _normalised(text)
    if not bare or len(bare) > _LONGEST:
        return None
    epoch = _EPOCH.fullmatch(bare)
    if epoch and (written := _of_epoch(epoch[1])):
        return written
    found = _day(bare, day_first)
    if found is not None:
        day, rest = found
        return _with_clock(day, rest)
    month = _MONTH_ONLY.fullmatch(bare)
    if month:
        return _month(month)
    turned = _CLOCK_FIRST.match(bare)
    if turned:  # 3:05 PM · Nov 17, 2021
        return read(f"{turned['day']} {turned['clock']}", day_first=day_first)
    if _SHORT.match(bare):
        raise Ambiguous(text)
    return None


def _normalised(text: str) -> str:
    bare = " ".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").lower().split())
    if len(bare) > _LONGEST:
        return bare
    bare = _CHINESE.sub(_digits, bare)
    bare = " ".join(_WEEKDAY.sub(" ", bare).split()).strip(" ,，。.")
    return _UPDATE.sub("", _LABEL.sub("", bare, count=1) if _LABEL.match(bare) else bare)


def _digits(match: re.Match[str]) -> str:
    """二〇二一 is 2021, 十七 is 17, 一百一十 is 110."""
    said = match[0].replace("廿", "二十").replace("卅", "三十").replace("元", "一")
    if "十" not in said and "百" not in said:
        return said.translate(_NUMERALS)
    hundreds, _, rest = said.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    number = (int(hundreds.translate(_NUMERALS) or "1") * 100 if "百" in said else 0) + (
        (int(tens.translate(_NUMERALS) or "1") * 10) if ten else 0
    )
    return str(number + int((ones or "0").translate(_NUMERALS)))


def _day(text: str, day_first: bool) -> tuple[date, str] | None:
    """(the day at the start of the text, the rest of it)."""
    for pattern in (
        _BY_YEAR,
        _REPUBLICAN,
        _COMPACT,
        _DAY_MONTH,
        _MONTH_DAY,
        _YEAR_MONTH_DAY,
        _CHINESE_MONTH_DAY,
    ):
        match = pattern.match(text)
        if match:
            return _date(match, republican=pattern is _REPUBLICAN), text[match.end() :]
    match = _MONTH_DAY_YEAR_LAST.match(text)
    if match:
        return _date(match, republican=False), " " + match["clock"]
    match = _NUMERIC.match(text)
    if match is None:
        return None
    one, two = int(match["one"]), int(match["two"])
    if one <= 12 and two <= 12 and one != two and not day_first:
        raise Ambiguous(text)
    day, month = (one, two) if day_first or one > 12 else (two, one)
    return _checked(int(match["y"]), month, day), text[match.end() :]


def _date(match: re.Match[str], *, republican: bool) -> date:
    parts = match.groupdict()
    if republican:
        year, month, day = (parts[key] or parts[f"{key}3"] for key in "ymd")
        return _checked(int(year or 0) + REPUBLIC, int(month or 0), int(day or 0))
    month = parts.get("m") or MONTHS[parts["n"][:3]]
    return _checked(int(parts["y"]), int(month), int(parts["d"]))


def _checked(year: int, month: int, day: int) -> date:
    if not is_year_of_news(year):
        raise ValueError(f"no year of a newspaper: {year}")
    return date(year, month, day)


def _month(match: re.Match[str]) -> Written:
    year = match["y"] or match["y2"] or match["y3"]
    found = _checked(
        int(year) if year else int(match["y4"]) + REPUBLIC,
        int(match["m"] or match["m2"] or match["m4"] or MONTHS[(match["n"] or "jan")[:3]]),
        1,
    )
    return Written(found.year, found.month, None)


def _of_epoch(digits: str) -> Written | None:
    seconds = int(digits[:10])
    at = datetime.fromtimestamp(seconds, UTC)
    if at.year < 1995:  # such a number is something else
        return None
    return Written(at.year, at.month, at.day, at.time(), UTC, has_seconds=True)


def _with_clock(day: date, rest: str) -> Written | None:
    if not rest.strip():
        return Written(day.year, day.month, day.day)
    rest = rest.rstrip()
    packed = _PACKED_CLOCK.match(rest)
    match = packed or _CLOCK.match(rest)
    if match is None:
        return Written(day.year, day.month, day.day) if _COMMENT.fullmatch(rest) else None
    clock, following = _clock(match), rest[match.end() :]
    zone, following = _zone(following)
    if clock is None:
        return Written(day.year, day.month, day.day)
    if following.strip(" ,，。") and not _COMMENT.fullmatch(following):
        return None
    seconds = bool(match["s"]) or bool(match.groupdict().get("s2"))
    return Written(day.year, day.month, day.day, clock, zone, has_seconds=seconds)


def _clock(match: re.Match[str]) -> time | None:
    """None for a time that names no single moment, such as 晚上12時, and for a bare number."""
    parts = match.groupdict()
    half = (parts.get("half") or parts.get("half2") or "").replace(".", "").replace(" ", "")
    hour = int(parts["h"])
    if parts.get("mi") is None and not half and not parts.get("whole"):
        return None
    if hour == 12 and half in _NIGHT:
        return None
    if half in _AFTERNOON and hour < 12 and not (half in ("中午", "正午") and hour > 9):
        hour += 12
    elif half and half not in _AFTERNOON and hour == 12:
        hour = 0
    second = int(parts.get("s") or parts.get("s2") or 0)
    fraction = int((parts.get("f") or "").ljust(6, "0")[:6])
    if hour == 24 and not int(parts.get("mi") or 0):
        return None
    return time(hour, int(parts.get("mi") or 0), min(second, 59), fraction)


def _zone(text: str) -> tuple[tzinfo | None, str]:
    """(the time zone at the start of the text, the rest of it)."""
    match = _OFFSET.match(text)
    if match:
        offset = timedelta(hours=int(match["oh"]), minutes=int(match["om"] or 0))
        if offset > timedelta(hours=14):
            raise ValueError(f"no offset of a clock on earth: {match[0]}")
        return timezone(-offset if match["sign"] != "+" else offset), text[match.end() :]
    match = _ZONE.match(text)
    if match is None:
        return None, text
    name = match["zone"]
    if name in _OWN_ZONE:
        return None, text[match.end() :]
    if name in ("utc", "gmt") and (offset_after := _OFFSET.match(text, match.end())):
        return _zone(offset_after[0])[0], text[offset_after.end() :]
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name])), text[match.end() :]
    try:
        return ZoneInfo("/".join(part.title() for part in name.split("/"))), text[match.end() :]
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None, text
