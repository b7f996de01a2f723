"""Exports of WiseNews (慧科), as HTML and as text: each of their articles is a record.

    <a name="body.201904150296340.1"></a> … 1 .Oriental Daily News | … | 2019-04-15 <br>Newspaper | B04 |產經
    |欄名 |By 作者 <font size="5"><b>標題</b></font> … <p>正文<p>####<p>圖說 … DOCUMENT ID: 201904150296340

    1. 东方日报 - B04 (标题) 2019-04-15 产经   作者
    ------
    正文 … 文章编号: [201904150296340]

The words that a search looked for are marked; the marks are no part of the text. What follows #### is a
caption. The text form shows every newspaper in Simplified characters: its records say that they were
converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any, Final

from newsarchive.importers.fields import encoding
from newsarchive.importers.fields.encoding import squeeze
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

from . import hkscs

_HTML: Final = re.compile(r'<a name="body\.(\d{9,20})[.\d]*"')
_HTML_HEAD: Final = re.compile(r"<nowrap>(.*?)</nowrap>", re.DOTALL | re.IGNORECASE)
_HTML_TITLE: Final = re.compile(r'<font size="?5"?>\s*<b>(.*?)</b>', re.DOTALL | re.IGNORECASE)
_HTML_BODY: Final = re.compile(r'cellpadding="5">\s*<tr>\s*<td>(.*?)</td>', re.DOTALL | re.IGNORECASE)
_TEXT: Final = re.compile(
    r"^[ \t]*\d+\.\s+(?P<outlet>\S.*?)\s+-\s+(?:[A-Z]?\d[\w-]*\s+)?\((?P<title>.+)\)"
    r"\s+(?P<date>\d{4}-\d\d-\d\d)[ \t]*(?P<place>[^\n]*)$",
    re.MULTILINE,
)
_PAGE: Final = re.compile(r"[A-Z]{0,2}\d{1,3}")
_TEXT_ID: Final = re.compile(r"(?:文章[编編][号號]|Document ID)\s*[:：]\s*\[?(\d{9,20})\]?", re.IGNORECASE)
_RULE: Final = re.compile(r"^[ \t]*-{20,}[ \t]*$", re.MULTILINE)
_NOTE: Final = re.compile(r"^\s*(?:免责声明|免責聲明|文字快照|快照)[:：]")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_CAPTIONS: Final = "####"
_TAG: Final = re.compile(r"<[^<>]*>")
_PARAGRAPH: Final = re.compile(r"<p\b[^>]*>|<br\s*/?>", re.IGNORECASE)


def matches(head: bytes) -> bool:
    text = head.decode("utf-8", "replace")
    return bool(_HTML.search(text) or ("body." in text[:20_000] and 'name="toc.' in text)) or (
        bool(re.search(r"文章[总總][数數]\s*[:：]", text[:400])) and bool(_TEXT.search(text))
    )


def rows(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    text = hkscs.restored(encoding.decode(limits.whole(path))[0])
    yield from _of_html(text) if _HTML.search(text) else _of_text(text)


def _of_html(text: str) -> Iterator[dict[str, Any]]:
    marks = list(_HTML.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        part = text[mark.end() : following.start() if following else len(text)]
        head, title, body = _HTML_HEAD.search(part), _HTML_TITLE.search(part), _HTML_BODY.search(part)
        if head is None or title is None or body is None:
            continue
        first, _, second = head[1].partition("<br>")
        place = [squeeze(item) for item in second.split("|")][1:]
        lines = [_plain(line) for line in _PARAGRAPH.split(body[1])]
        yield {
            "title": _plain(title[1]),
            "outlet": re.sub(r"^\d+\s*\.", "", squeeze(first)).split(" | ")[0].strip(),
            "date": found[0] if (found := _DATE.search(first)) else "",
            "author": next((item.removeprefix("By ") for item in place if item.startswith("By ")), ""),
            "category": place[1] if len(place) > 1 and not place[1].startswith("By ") else "",
            "page": place[0] if place else "",
            "column": place[2] if len(place) > 2 and not place[2].startswith("By ") else "",
            "body": markup(lines),
            "identity": f"wisenews:{mark[1]}",
            "lost_characters": hkscs.lost(title[1] + body[1]),
        }


def _of_text(text: str) -> Iterator[dict[str, Any] | Message]:
    heads = list(_TEXT.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        part = text[head.end() : following.start() if following else len(text)]
        number = _TEXT_ID.search(part)
        if number is None:
            yield Message("export_without_number")
            continue
        lines = [squeeze(line) for line in _RULE.sub("", part[: number.start()]).split("\n")]
        category, page, column, author = _place(head["place"])
        yield {
            "title": head["title"],
            "outlet": head["outlet"],
            "date": head["date"],
            "author": author,
            "category": category,
            "page": page,
            "column": column,
            "body": markup([line for line in lines if not _NOTE.match(line)]),
            "identity": f"wisenews:{number[1]}",
            "is_converted": True,
            "lost_characters": hkscs.lost(head["title"] + part),
        }


def _place(said: str) -> tuple[str, str, str, str]:
    """(section, page, column, author) from 经济 A10 一家之言 春耕; any but the first may be missing."""
    section, *rest = said.split() or [""]
    page = rest.pop(0) if rest and _PAGE.fullmatch(rest[0]) else ""
    if len(rest) == 1:
        return (section, page, rest[0], "") if page else (section, page, "", rest[0])
    return section, page, rest[0] if rest else "", " ".join(rest[1:])


def markup(lines: list[str]) -> str:
    """Paragraphs, and the captions after #### as figures whose picture the export lacks."""
    parts: list[str] = []
    captions = False
    for line in filter(None, lines):
        if line.startswith(_CAPTIONS):
            captions = True
            line = line.lstrip("#").strip()
        if line:
            legend = f"<figcaption>{escape(line)}</figcaption>"
            parts.append(f'<figure><img src="">{legend}</figure>' if captions else f"<p>{escape(line)}</p>")
    return "".join(parts)


def _plain(markup: str) -> str:
    return squeeze(unescape(_TAG.sub("", markup)).replace("\xa0", " "))
