"""The first lines of a mirror's file: the time it was fetched, and a link whose text is the title.

<!--1637030584000-->
[拜登和习近平视像会晤开始](https://www.bbc.com/zhongwen/simp/world-59301487)
------
日期：Tue, 30 Jun 2020 08:09:49 +0000
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMENT = re.compile(r"\s*<!--\s*(\d{1,40})\s*-->[ \t]*\n?")
_RULE = re.compile(r"\n-{3,}[ \t]*(?:\n|$)")
_DATE_LINE = re.compile(r"\s*(?:日期|时间|時間|Date)\s*[：:][ \t]*([^\n]{4,60})(?:\n|$)")


@dataclass(frozen=True, slots=True)
class LinkHeader:
    epoch: str  # milliseconds or seconds, as digits
    title: str
    url: str
    date: str  # the text of the 日期： line
    body: str


def read(text: str) -> LinkHeader | None:
    """None when `text` doesn't begin with such lines. The title may contain brackets, so it ends at the last
    "](http"."""
    comment = _COMMENT.match(text)
    start = comment.end() if comment else len(text) - len(text.lstrip())
    if text[start : start + 1] != "[":
        return None
    rule = _RULE.search(text, start, start + 40_000)
    if rule is None:
        return None
    line = text[start : rule.start()].rstrip()
    parting = max(line.rfind("](http"), line.rfind("](//"))
    if parting < 0 or not line.endswith(")"):
        return None
    body = text[rule.end() :]
    date_line = _DATE_LINE.match(body)
    return LinkHeader(
        epoch=comment[1] if comment else "",
        title=line[1:parting],
        url=line[parting + 2 : -1].strip(),
        date=date_line[1].strip() if date_line else "",
        body=body[date_line.end() :] if date_line else body,
    )
