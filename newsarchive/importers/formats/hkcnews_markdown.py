"""Front matter and Markdown of the backup of 眾新聞, as a scraper wrote them.

---
title: "中美元首峰會雙方評價迥然不同"
date: "2021-11-17"
last_updated: "2021-11-17 18:30:00"
author: "中國組記者曾海琪"
category: "眾聞"
tags:
  - "習近平"
url: "https://web.archive.org/web/20220117044434/https://www.hkcnews.com/article/47815/…"
original_url: "https://www.hkcnews.com/article/47815/…"
---

# 中美元首峰會雙方評價迥然不同

<figure>
<img src="https://web.archive.org/web/20220117044434im_/https://www.hkcnews.com/…" alt="">
<figcaption>外交部副部長謝鋒</figcaption>
</figure>

當中「3」、「4」和「1」，中方指是由習近平提出。

---
(an appeal for subscriptions, a box about the author: see author_box)
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from newsarchive.importers.assembly import Draft, finish
from newsarchive.importers.fields import author_box, authors, dates, front_matter, outlets, urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.fields.author_box import AuthorBox
from newsarchive.importers.fields.encoding import clean, squeeze
from newsarchive.importers.fields.front_matter import FrontMatter
from newsarchive.importers.fields.mojibake import repair_mojibake
from newsarchive.importers.html.body import Body
from newsarchive.importers.markdown import blocks
from newsarchive.importers.markdown.inline import plain
from newsarchive.importers.types import DateSource, ParsedArticle, ParsedAuthor, SourceFile
from newsarchive.messages import Message

name = "hkcnews_markdown"
version = 3

_ADDRESS = re.compile(r"^(?:original_)?url: [\"'].*hkcnews\.com", re.MULTILINE)
_URL_KEYS = ("original_url", "url", "source_url", "source", "link", "permalink", "from", "canonical_url")
_MAY_SIGN = re.compile(r"[文者譯译述理採采][\s*　]*[︰：:／/]|\bB[yY]\b|訪及撰文")
_LONGEST_LINE = 400  # characters of a line that may be a signature, links included; a longer one is text
_HEAD_LINES = 40  # lines from the top in which a signature is looked for

_ORIGINS = {
    "title": "front matter: title",
    "authors": "front matter: author",
    "published": "front matter: date",
    "categories": "front matter: category",
    "tags": "front matter: tags",
    "updated_at": "front matter: last_updated",
    "source_url": "front matter: original_url",
    "archived_url": "front matter: url",
    "captured_at": "front matter: url",
}


def matches(text: str) -> bool:
    parts = front_matter.split(text) if front_matter.has(text) else None
    return bool(parts and _ADDRESS.search(parts[0]))


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    text, was_mojibake = repair_mojibake(text)
    head = front_matter.read(text)
    draft = _draft(head, agencies)
    draft.captured_empty = not head.body.strip()
    draft.has_footer = False  # its own end is cut off below; what its columnists ask of readers is their text
    if was_mojibake:
        draft.problems.insert(0, Message("mojibake"))
    content, box = author_box.cut(clean(head.body).replace("\u00a0", " "))
    content, signed = _signature(content)
    _sign(draft, signed, box)
    blocks.read(
        content,
        title=draft.title,
        base=draft.source_url,
        body=draft.body,
        hash_is_text=draft.outlet is outlets.HKCNEWS,
    )
    draft.extra |= head.unread()
    draft.origins = _ORIGINS | draft.origins
    return finish(draft)


def _draft(head: FrontMatter, agencies: Agencies) -> Draft:
    address, archived, captured_at = _addresses(head)
    outlet = outlets.by_address(address) or (
        outlets.of_unknown_site(address) if address else outlets.by_name(head.text("site", "outlet"))
    )
    draft = Draft(
        name,
        head.text("title"),
        outlet,
        Body(agencies),
        title_raw=head.title_raw,
        problems=list(head.problems),
    )
    draft.source_url, draft.archived_url, draft.captured_at = address, archived, captured_at
    draft.byline = squeeze(head.text("author", "authors"))
    draft.categories = head.items("category") or head.items("categories")
    draft.tags = head.items("tags")
    draft.date(head.text("date", "published", "published_at", "pubdate"), DateSource.FRONT_MATTER)
    draft.updated_at = dates.naive(head.text("last_updated", "updated", "lastmod"))
    return draft


def _addresses(head: FrontMatter) -> tuple[str, str, datetime | None]:
    """(source, archived copy, time of the capture), each from the first key that has it."""
    source = archived = ""
    captured_at = None
    for key in _URL_KEYS:
        value = head.text(key)
        copy, stamp = urls.wayback(value)
        if copy and not archived:
            archived, captured_at = copy, stamp
        elif value and not copy and not source and urls.absolute(value):
            source = value
    return source or urls.unwrap(archived), archived, captured_at


def _signature(content: str) -> tuple[str, tuple[str, ...]]:
    """The text without the line that names its writers, and their names: 【撰文：北濤】, **By: CK**.

    A line that holds more than names stays in the text.
    """
    position = 0
    for _ in range(_HEAD_LINES):
        end = content.find("\n", position)
        line = content[position : end if end >= 0 else len(content)]
        if not line.startswith(("#", "<", ">")):
            writer, text_at = authors.signed_first(line)
            if not writer and len(line) < _LONGEST_LINE and _MAY_SIGN.search(line):
                label, writer = authors.signed(plain(line))
                writer, text_at = (writer, len(line)) if authors.is_writer_label(label) else ("", 0)
            if writer:
                names, only_names = authors.names_in(writer)
                if only_names:
                    content = content[:position] + line[text_at:].lstrip() + content[position + len(line) :]
                return content, names
        if end < 0:
            break
        position = end + 1
    return content, ()


def _sign(draft: Draft, signed: tuple[str, ...], box: AuthorBox | None) -> None:
    """Sets the authors from the byline, the signature in the text and the author box; a person is preferred
    to a column's name."""
    writers, draft.column = authors.of_byline(draft.byline, draft.outlet.name)
    writers = (
        *(ParsedAuthor(writer) for writer in signed if writer not in {known.name for known in writers}),
        *writers,
    )
    if box and not writers and not draft.column and not draft.byline:
        writers = (ParsedAuthor(box.name),) if box.name else ()
    if box:
        owners = [writer for writer in writers if box.name in (writer.name, writer.role + writer.name)]
        if owners:
            writers = tuple(
                replace(writer, bio=box.bio, avatar=box.avatar) if writer in owners else writer
                for writer in writers
            )
        elif box.bio:
            draft.extra["column_bio"] = box.bio
    draft.authors = writers
    if not writers and not draft.byline:
        draft.problems.append(Message("no_author"))
