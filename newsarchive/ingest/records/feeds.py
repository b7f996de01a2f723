"""Feeds (RSS, Atom, RDF) and exports of WordPress (WXR, which is RSS): an entry is a record.

feedparser reads what feeds really are. It is given the bytes, never an address or a path, so that it opens
nothing. Of a WordPress export posts and pages are records; its attachments tell the captions of pictures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import feedparser

from newsarchive.errors import UnreadableFile
from newsarchive.ingest.containers.limits import Limits
from newsarchive.messages import Message

_ROOT: Final = re.compile(rb"<(?:rss|feed|rdf:RDF)\b[^>]*>", re.IGNORECASE)
_BEGINS: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_ENTITY: Final = re.compile(rb"<!ENTITY\b", re.IGNORECASE)
_UNPUBLISHED: Final = ("draft", "auto-draft", "trash", "pending")
_NO_ARTICLES: Final = ("attachment", "nav_menu_item", "revision", "custom_css", "wp_global_styles")


def matches(head: bytes) -> bool:
    return (
        bool(_BEGINS.match(head)) and bool(_ROOT.search(head[:8192])) and b"<html" not in head[:2048].lower()
    )


def rows(path: Path, limits: Limits) -> Iterator[dict[str, Any] | Message]:
    """Raises UnreadableFile at damage, after the entries before it."""
    data = limits.whole(path)
    if _ENTITY.search(data):
        raise UnreadableFile("feed_with_entities")
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False)
    captions = {
        str(entry.get("wp_attachment_url")): caption
        for entry in feed.entries
        if entry.get("wp_post_type") == "attachment" and (caption := str(entry.get("excerpt_encoded") or ""))
    }
    outlet = str(feed.feed.get("title") or "")
    for entry in feed.entries:
        kind, status = entry.get("wp_post_type") or "post", entry.get("wp_status") or "publish"
        if kind not in _NO_ARTICLES and status not in _UNPUBLISHED:
            yield _row(entry, outlet, captions)
    if feed.bozo and not isinstance(feed.bozo_exception, feedparser.exceptions.ThingsNobodyCaresAboutButMe):
        raise UnreadableFile("feed_damaged", n=len(feed.entries), detail=str(feed.bozo_exception)[:100])


def _row(entry: Any, outlet: str, captions: dict[str, str]) -> dict[str, Any]:
    contents = [str(content.get("value") or "") for content in entry.get("content") or ()]
    text = max(contents, key=len, default="")
    body = text or str(entry.get("summary") or "")
    people = [str(person.get("name")) for person in entry.get("authors") or () if person.get("name")]
    return {
        "title": str(entry.get("title") or ""),
        "url": str(entry.get("link") or ""),
        "date": _said(entry, "published") or _said(entry, "updated"),
        "updated": _said(entry, "updated"),
        "author": people or [str(entry["author"])] if entry.get("author") else people,
        "outlet": str((entry.get("source") or {}).get("title") or outlet),
        "tags": [
            str(tag.get("label") or tag.get("term")) for tag in entry.get("tags") or () if tag.get("term")
        ],
        "image": _image(entry),
        "captions": {address: caption for address, caption in captions.items() if address in body},
        "body": body,
        "is_teaser": not text,
    }


def _said(entry: Any, key: str) -> str:
    """The entry's own value: feedparser's `get` takes one date for another where that is missing."""
    return str(dict.get(entry, key) or "")


def _image(entry: Any) -> str:
    media = [
        item
        for item in entry.get("media_content") or ()
        if "image" in str(item.get("medium") or item.get("type"))
    ]
    found = [
        *media,
        *(item for item in entry.get("enclosures") or () if str(item.get("type")).startswith("image/")),
    ]
    return next(
        (str(item.get("url") or item.get("href")) for item in found if item.get("url") or item.get("href")),
        "",
    )
