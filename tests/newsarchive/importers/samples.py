"""Small files of every format, of our own making, to say one oddity at a time."""

from __future__ import annotations

import json

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
