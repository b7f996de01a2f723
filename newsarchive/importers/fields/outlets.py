"""Known newspapers and sites: the name, homepage, language and time zone of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .encoding import folded
from .urls import host_and_path, host_of


@dataclass(frozen=True, slots=True)
class Outlet:
    name: str
    homepage: str = ""
    language: str = ""  # of its texts, when their characters don't decide it
    zone: str = "Asia/Hong_Kong"  # the time zone of its dates
    day_first: bool = False  # whether it writes 03/04/2021 for 3 April


HKCNEWS = Outlet("眾新聞", "https://www.hkcnews.com/", "zh-Hant-HK")

_BY_ADDRESS = {  # host, or host and path; the longest matching entry wins
    "hkcnews.com": HKCNEWS,
    "bbc.com/zhongwen": Outlet("BBC 中文", "https://www.bbc.com/zhongwen/", "zh-Hans", "Europe/London"),
    "bbc.co.uk/zhongwen": Outlet("BBC 中文", "https://www.bbc.com/zhongwen/", "zh-Hans", "Europe/London"),
    "dw.com": Outlet("德国之声", "https://www.dw.com/zh/", "zh-Hans", "Europe/Berlin"),
    "rfi.fr": Outlet("法广", "https://www.rfi.fr/cn/", "zh-Hans", "Europe/Paris", day_first=True),
    "cn.nytimes.com": Outlet("纽约时报中文网", "https://cn.nytimes.com/", "zh-Hans"),
    "voachinese.com": Outlet("美国之音", "https://www.voachinese.com/", "zh-Hans", "America/New_York"),
    "rfa.org": Outlet("自由亚洲电台", "https://www.rfa.org/mandarin/", "zh-Hans", "America/New_York"),
    "chinadigitaltimes.net": Outlet("中国数字时代", "https://chinadigitaltimes.net/chinese/", "zh-Hans"),
    "hk01.com": Outlet("香港 01", "https://www.hk01.com/", "zh-Hant-HK"),
    "thestandnews.com": Outlet("立場新聞", "https://www.thestandnews.com/", "zh-Hant-HK"),
    "theinitium.com": Outlet("端傳媒", "https://theinitium.com/", "zh-Hant-HK"),
    "iyouport.org": Outlet("iYouPort", "https://www.iyouport.org/", "zh-Hans"),
    "matters.news": Outlet("Matters", "https://matters.news/", ""),
    "matters.town": Outlet("Matters", "https://matters.town/", ""),
    "hk.appledaily.com": Outlet("蘋果日報", "https://hk.appledaily.com/", "zh-Hant-HK"),
    "tw.appledaily.com": Outlet("台灣蘋果日報", "https://tw.appledaily.com/", "zh-Hant-TW", "Asia/Taipei"),
    "pao-pao.net": Outlet("泡泡", "https://pao-pao.net/", "zh-Hans", "Europe/Amsterdam"),
}
_BY_NAME = {folded(outlet.name): outlet for outlet in _BY_ADDRESS.values()} | {
    folded(alias): _BY_ADDRESS[address]
    for alias, address in (
        ("Citizen News", "hkcnews.com"),
        ("CitizenNews", "hkcnews.com"),
        ("众新闻", "hkcnews.com"),
        ("BBC", "bbc.com/zhongwen"),
        ("BBC中文网", "bbc.com/zhongwen"),
        ("BBC News 中文", "bbc.com/zhongwen"),
        ("德國之聲", "dw.com"),
        ("DW", "dw.com"),
        ("法国国际广播电台", "rfi.fr"),
        ("RFI", "rfi.fr"),
        ("法廣", "rfi.fr"),
        ("纽约时报", "cn.nytimes.com"),
        ("纽约时报中文", "cn.nytimes.com"),
        ("紐約時報中文網", "cn.nytimes.com"),
        ("美國之音", "voachinese.com"),
        ("VOA", "voachinese.com"),
        ("自由亞洲電台", "rfa.org"),
        ("RFA", "rfa.org"),
        ("中國數字時代", "chinadigitaltimes.net"),
        ("CDT", "chinadigitaltimes.net"),
        ("appledaily", "hk.appledaily.com"),
        ("Apple Daily", "hk.appledaily.com"),
    )
}
_SITE_NAMES = (  # names that sites append to their titles, other than the outlet's own
    "法国国际广播电台 - RFI",
    "法国国际广播电台",
    "BBC News 中文",
    "BBC 中文网",
    "纽约时报中文网 国际纵览",
)


def by_address(url: str) -> Outlet | None:
    host, path = host_and_path(url)
    first = path.lstrip("/").partition("/")[0]
    labels = host.split(".")
    domains = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    for address in (*(f"{domain}/{first}" for domain in domains if first), *domains):
        if address in _BY_ADDRESS:
            return _BY_ADDRESS[address]
    return None


def by_name(name: str) -> Outlet:
    """The known outlet of that name, or a new one that has nothing but the name."""
    return _BY_NAME.get(folded(name)) or Outlet(name)


def of_unknown_site(url: str) -> Outlet:
    """An outlet for a site that is not in the table, named by its host."""
    host = host_of(url)
    return Outlet(host, f"https://{host}/") if host else Outlet("")


def without_site_name(title: str, outlet: Outlet, *also: str) -> str:
    """`title` without " - Outlet" at its end."""
    for name in (*_SITE_NAMES, outlet.name, *also):
        if name:
            title = re.sub(rf"\s+[-–—|｜_]\s+{re.escape(name)}$", "", title)
    return title


@cache
def names_of(outlet: Outlet) -> tuple[str, ...]:
    """All names of a known outlet, the shortest too: 德国之声, DW."""
    aliases = [alias for alias, known in _BY_NAME.items() if known.name == outlet.name]
    return tuple(dict.fromkeys(filter(None, (outlet.name, *aliases))))
