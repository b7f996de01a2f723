"""Exports of WiseNews (慧科) for Word, as the lines of the document.

    Total number of document(s) : 4
    ~~~~~~~~~~~~~~~~~~~~ #1 ~~~~~~~~~~~~~~~~~~~~
    | 2019-04-15 | Harbour Daily | B04 |產經 |海旁 |By 王小明 |
    General Property in Hong Kong | Newspaper | Word Count: 918words | Circulation / Reach: 300,000
    Image Size: 493.9cm-sq | Ad-Value: HKD97,302
    Keyword Matched: 渡輪
    渡輪停航
    渡輪公司昨日宣布停航。
    ####
    渡輪泊岸。（李四攝）
    DOCUMENT ID: 201904150296340
    Source: Wisers electronic service. …

Labels follow the language of the interface. Characters of Hong Kong's own set stand in the private use area.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from newsarchive.importers.fields.encoding import squeeze
from newsarchive.messages import Message

from . import hkscs, wisenews

_BEGINS: Final = re.compile(r"^\s*~{5,}\s*#?\d+\s*~{5,}\s*$")
_HEAD: Final = re.compile(r"^\s*\|\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)\s*\|(.+)$")
_NUMBER: Final = re.compile(
    r"^\s*(?:DOCUMENT ID|文章[编編][号號]|文件[编編][号號])\s*[:：]\s*\[?(\d{9,20})\]?", re.IGNORECASE
)
_LABEL: Final = re.compile(
    r"^\s*(?:Image Size|Keywords? Matched|Word Count|Circulation|Ad-?Value|圖片|图片|關鍵|关键"
    r"|命中|字[數数]|發行|发行|廣告|广告)[^:：]{0,20}[:：]",
    re.IGNORECASE,
)
_WRITER: Final = re.compile(r"^(?:By\s+|作者\s*[:：]\s*|撰文\s*[:：]\s*)", re.IGNORECASE)


def matches(lines: Sequence[str]) -> bool:
    marks = sum(bool(_BEGINS.match(line)) for line in lines)
    return bool(marks) and any(map(_HEAD.match, lines))


def rows(lines: Sequence[str]) -> Iterator[dict[str, Any] | Message]:
    starts = [n for n, line in enumerate(lines) if _BEGINS.match(line)]
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield _row([squeeze(hkscs.restored(line)) for line in lines[start + 1 : following]])


def _row(lines: list[str]) -> dict[str, Any] | Message:
    head = next((match for line in lines if (match := _HEAD.match(line))), None)
    end = next((n for n, line in enumerate(lines) if _NUMBER.match(line)), None)
    if head is None or end is None:
        return Message("export_without_number")
    number = _NUMBER.match(lines[end])
    assert number is not None
    text = [line for line in lines[:end] if line and not _HEAD.match(line)]
    while text and (" | " in text[0] or _LABEL.match(text[0])):
        text.pop(0)
    outlet, *place = [squeeze(cell) for cell in head[2].strip().strip("|").split("|")]
    writer = next((cell for cell in place if _WRITER.match(cell)), "")
    places = [cell for cell in place if cell != writer] + ["", "", ""]
    title, body = (text[0], text[1:]) if text else ("", [])
    return {
        "title": title,
        "outlet": outlet,
        "date": head[1],
        "author": _WRITER.sub("", writer),
        "category": places[1],
        "page": places[0],
        "column": places[2],
        "body": wisenews.markup(body),
        "identity": f"wisenews:{number[1]}",
        "lost_characters": hkscs.lost(title + "".join(body)),
    }
