"""Small files of every format, of our own making, to say one oddity at a time."""

from __future__ import annotations

import json
import quopri

from newsarchive.data import seed_data
from newsarchive.importers import registry
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import ParsedArticle, SourceFile

AGENCIES = Agencies(seed_data.agencies())  # what a new archive knows
HKCNEWS_HEAD = """---
title: "{title}"
date: "2021-11-17"
author: "{author}"
category: "眾聞"
tags:
  - "海港"
url: "https://web.archive.org/web/20220117044434/https://www.hkcnews.com/article/{number}/%E6%B5%B7"
original_url: "https://www.hkcnews.com/article/{number}/%E6%B5%B7"
---

# {title}

"""


def read(text: str | bytes, path: str = "file.md") -> ParsedArticle:
    data = text if isinstance(text, bytes) else text.encode()
    return registry.parse(SourceFile(path, data), AGENCIES)


def hkcnews(
    body: str, *, title: str = "渡輪停航", author: str = "記者陳大文", number: int = 90001
) -> ParsedArticle:
    return read(HKCNEWS_HEAD.format(title=title, author=author, number=number) + body + "\n")


def rsshub(
    body: str,
    *,
    title: str = "'渡輪停航'",
    author: str = "港聞社 - 即時",
    date: str = "Sat, 20 Mar 2021 03:04:05 GMT",
) -> ParsedArticle:
    head = f"\n---\ntitle: {title}\ncategories: \n    - 新媒体\n    - {author}\nauthor: {author}\n"
    return read(
        f"{head}comments: false\ndate: {date}\nthumbnail: ''\n---\n\n<div>   \n{body}\n</div>\n            "
    )


def mirror(
    body: str,
    *,
    url: str = "https://www.bbc.com/zhongwen/simp/world-90000001",
    epoch: str = "1637030584000",
    title: str = "渡轮停航",
) -> ParsedArticle:
    comment = f"<!--{epoch}-->\n" if epoch else ""
    return read(f"{comment}[{title}]({url})\n------\n\n{body}\n")


def bbc(*items: str, time: str = '<time dateTime="2021-11-16">14 分钟前</time>') -> ParsedArticle:
    rest = "".join(f"<div>{item}</div>" for item in items)
    return mirror(f'<main role="main"><div></div><div>{time}</div>{rest}</main>')


def jekyll(
    body: str,
    *,
    title: str = "渡轮停航",
    author: str = "陈大文",
    outlet: str = "海岸评论",
    date: str = "2020-10-18T14:15:15.000Z",
    url: str = "https://m.example.org/post/1",
    epoch: str = "",
) -> ParsedArticle:
    head = f'---\nlayout: post\ntitle: "{title}"\ndate: {date}\nauthor: {author}\nfrom: {url}\n'
    head += f"tags: [ {outlet} ]\ncategories: [ {outlet} ]\n---\n"
    link = f"<!--{epoch}-->\n[{title}]({url})\n------\n\n" if epoch else "\n"
    return read(head + link + body + "\n")


def post(
    body: str,
    *head: str,
    title: str = "渡輪停航",
    date: str = "2021-11-17",
    url: str = "https://www.example.org/news/1",
    path: str = "file.md",
) -> ParsedArticle:
    """Somebody's Markdown; `head` are further lines of its front matter. "" leaves a key out."""
    known = [f"{key}: {value}" for key, value in (("title", title), ("date", date), ("source", url)) if value]
    return read("\n".join(("---", *known, *head, "---", "", body, "")), path)


def lines(article: ParsedArticle) -> list[str]:
    """The words of the body, a line each."""
    return safe_subset.plain_text(article.body).split("\n")


def shape(article: ParsedArticle) -> list[str]:
    """The kinds of its blocks in order: ["p", "image", "blockquote"]."""
    return [tag for tag, _ in safe_subset.blocks(article.body)]


def exported(text: str, **values: object) -> ParsedArticle:
    """A record of the archive's own export, as its contract has it."""
    record = {
        "id": 1,
        "title": "渡輪停航",
        "published_at": "2021-11-17",
        "source_url": "https://a.example/1",
        "text": text,
        "status": "published",
    }
    return read(json.dumps(record | values, ensure_ascii=False))


PAGE = """<!DOCTYPE html>
<html lang="zh-Hant"><head><meta charset="utf-8"><title>渡輪停航一周 - 海港日報</title>
<meta property="og:site_name" content="海港日報">
<meta property="og:url" content="https://www.harbour.example/news/20211117/ferry">
<meta property="article:published_time" content="2021-11-17T15:05:00+08:00"></head>
<body><nav><a href="/">首頁</a><a href="/hk">港聞</a></nav>
<div class="main"><h1>渡輪停航一周</h1>
<div class="info">2021年11月17日 15:05　記者：陳大文</div>
<div class="content">{body}</div>
<div class="related"><h3>相關新聞</h3><ul><li><a href="/news/1">碼頭翻新</a></li></ul></div>
<div class="comments">甲：終於停了，大家都等了很久，很久。</div></div>
<footer>版權所有 海港日報</footer></body></html>
"""
PARAGRAPHS = (
    "<p>渡輪公司昨日宣布，由下星期一起停航一周，市民應及早安排行程，以免延誤。</p>"
    "<p>公司發言人說，停航是為了檢查船隻，預計檢查在一周之內完成，其後恢復服務。</p>"
)


def page(body: str = PARAGRAPHS) -> ParsedArticle:
    return read(PAGE.format(body=body))


def single_file(body: str = PARAGRAPHS) -> ParsedArticle:
    note = (
        "<!--\n Page saved with SingleFile \n url: https://www.harbour.example/news/20211117/ferry \n"
        " saved date: Thu Nov 18 2021 09:30:00 GMT+0800 (Hong Kong Standard Time)\n-->"
    )
    return read(PAGE.format(body=body).replace("<head>", f"{note}<head>", 1))


MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://www.harbour.example/news/20211117/ferry
Subject: ferry
Date: Thu, 18 Nov 2021 09:30:00 +0800
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----part"

------part
Content-Type: text/html{charset}
Content-Transfer-Encoding: quoted-printable
Content-Location: https://www.harbour.example/news/20211117/ferry

{page}
"""


def mhtml_bytes(
    body: str = PARAGRAPHS, *, charset: str = "utf-8", parts: str = "", end: str = "------part--"
) -> bytes:
    text = PAGE.format(body=body).replace("utf-8", charset)
    page = quopri.encodestring(text.encode(charset)).decode("ascii")
    return (
        (MHTML.format(charset=f'; charset="{charset}"', page=page) + parts + end)
        .replace("\n", "\r\n")
        .encode()
    )


def mhtml(body: str = PARAGRAPHS) -> ParsedArticle:
    return read(mhtml_bytes(body))


STORY = {
    "type": "story",
    "headlines": {"basic": "渡輪停航一周"},
    "display_date": "2021-11-17T07:05:02.123Z",
    "canonical_url": "/local/20211117/FERRY/",
    "credits": {"by": [{"type": "author", "name": "陳大文"}]},
    "taxonomy": {
        "tags": [{"text": "渡輪"}],
        "primary_section": {"name": "港聞", "site": {"site_url": "https://www.harbour.example/local"}},
    },
    "content_elements": [
        {"type": "text", "content": "渡輪公司昨日宣布，由下星期一起<b>停航</b>一周。"},
        {"type": "header", "level": 2, "content": "檢查船隻"},
        {
            "type": "image",
            "url": "https://img.harbour.example/ferry.jpg",
            "caption": "渡輪泊岸。",
            "credits": {"affiliation": [{"name": "海港社"}]},
        },
        {"type": "list", "list_type": "unordered", "items": [{"type": "text", "content": "第一班"}]},
    ],
}


def arc_story() -> ParsedArticle:
    return read(json.dumps(STORY))


def crawled(body: str = PARAGRAPHS) -> ParsedArticle:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.format(body=body).encode()
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://www.harbour.example/news/20211117/ferry\r\n"
        f"WARC-Date: 2021-11-18T01:30:00Z\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    return read(head.encode() + answer)


def record(**row: object) -> ParsedArticle:
    """A record of a table, as an import makes it."""
    values = {"title": "渡輪停航", "content": "渡輪公司昨日宣布。", "time": "2021-11-17 15:05", **row}
    return read(json.dumps({"newsarchive_record": 1, "map": {}, "row": values}))


NINJS = {
    "uri": "https://agency.example/news/1",
    "type": "text",
    "versioncreated": "2021-11-17T07:05:00Z",
    "headline": "渡輪停航",
    "byline": "陳大文",
    "source": "海港社",
    "body_html": "<p>渡輪公司昨日宣布。</p>",
    "associations": {
        "main": {
            "type": "picture",
            "description_text": "渡輪泊岸。",
            "byline": "李四",
            "renditions": {
                "small": {"href": "https://img.agency.example/s.jpg", "width": 100},
                "web": {"href": "https://img.agency.example/w.jpg", "width": 800},
            },
        }
    },
}


def ninjs(item: dict[str, object] | None = None) -> ParsedArticle:
    return read(json.dumps(item or NINJS))
