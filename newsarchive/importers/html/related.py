"""Recognises lines that introduce related links, and lines that consist of one link."""

from __future__ import annotations

import html
import re

_WORDS = (
    r"[\s\u3000【\[（(■●◆▶►]*(?:[註注]\s?[／/]\s?)?(?:延伸|相關|相关|推[薦荐]|更多|參考|参考|其他相關|其他相关)"
    r"(?:閱讀|阅读|報道|報導|报道|报导|文章|新聞|新闻|連結|鏈接|链接|評論|评论|資料|资料|內容|内容)(?:及評論|參考)?"
)
_BEFORE_LINK = re.compile(_WORDS + r"(?:[】\]）)]\s*[：:︰]?|\s*[：:︰])[\s\u3000]*(?=\S)")
_LABEL = re.compile(
    _WORDS + r"[\s（(】\]）)]*[：:︰]?[\s\u3000]*$|(?:Related|Further|See also|Read more)"
    r"(?: (?:stories|articles|links|reading|posts))?\s*:?$",
    re.IGNORECASE,
)
_ONLY_LINK = re.compile(r'<a href="([^"]+)">(.*?)</a>', re.DOTALL)
_MARK = re.compile(r"</?(?:strong|em|br)>")
_AROUND = " \u3000\u00a0\n•·・-–—*▶►■●◆＞《》〈〉「」[]【】（）()、，,。.:：;；|｜/"


def is_label(text: str) -> bool:
    """Whether a line is only a label such as 延伸閱讀：, 相关新闻 or Related articles:."""
    return len(text) <= 40 and bool(_LABEL.match(text))


def after_label(text: str) -> str:
    """What follows the label in a line such as 相關報道：北角居民的一天; "" when it has none."""
    match = _BEFORE_LINK.match(text)
    return text[match.end() :].strip() if match else ""


def only_link(inner: str) -> tuple[str, str] | None:
    """(address, words) when the line's HTML is exactly one link."""
    bare = _MARK.sub("", inner).strip(_AROUND)
    match = _ONLY_LINK.fullmatch(bare)
    if match is None or "<a " in match[2]:
        return None
    return html.unescape(match[1]), html.unescape(match[2]).strip()
