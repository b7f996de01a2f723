"""What importers remark on an article, in the curator's language. They write plain English, which is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsarchive.archive.disambiguation import SHARED

_WORDS: Final[dict[str, str | Promise]] = {
    "no author": _("沒有作者"),
    "no date": _("沒有日期"),
    "no title": _("沒有標題"),
    "no text": _("沒有文字"),
    "no source url": _("沒有原址"),
    "empty body": _("內文是空的"),
    "mojibake": _("亂碼，已修復"),
    "date in the future": _("日期在未來"),
    "date from the address": _("日期取自網址"),
    "date from capture": _("日期取自擷取時間"),
    "date unreadable": _("日期讀不到"),
    "capture time unreadable": _("擷取時間讀不到"),
    "title taken from the address": _("標題取自網址"),
    "original_url contains U+FFFD": _("原址有亂碼"),
    "address of a front page, section or feed": _("原址是首頁、欄目或訂閱源"),
    SHARED: _("與其他文章同一網址"),
    "text cut off by the feed": _("內文被截短"),
    "front matter is no valid YAML, read line by line": _("開頭的 YAML 不合格式，逐行讀取"),
    "characters could not be read": _("個字讀不到"),
}


def said(remark: str) -> str:
    """In words of the interface; as it stands when an importer has learned to say something new."""
    if remark in _WORDS:
        return str(_WORDS[remark])
    begin, colon, rest = remark.partition(": ")
    if colon and begin in _WORDS:
        return f"{_WORDS[begin]}: {rest}"
    number, _blank, what = remark.partition(" ")
    if number.isdigit() and what in _WORDS:
        return f"{number} {_WORDS[what]}"
    return remark


def all_said(remarks: Iterable[str]) -> list[str]:
    return [said(remark) for remark in remarks]
