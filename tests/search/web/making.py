"""Small archives, and what every page must keep to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

from newsarchive.importers.types import (
    DateSource,
    ParsedArticle,
    ParsedAuthor,
    ParsedEmbed,
    ParsedImage,
    Precision,
    Published,
    RelatedLink,
)
from newsarchive.ingest import run
from newsarchive.models import Article
from search.engines import get_engine
from search.indexing import sync
from tests.newsarchive.archive import making

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
MINUTE = Published(
    date(2021, 11, 17),
    datetime(2021, 11, 16, 21, 10, tzinfo=UTC),
    Precision.MINUTE,
    DateSource.FRONT_MATTER,
)
DAY = Published(date(2021, 11, 17), None, Precision.DAY, DateSource.FRONT_MATTER)


def publish(*files: ParsedArticle) -> list[Article]:
    """Saved as one import and indexed."""
    saved = making.save(*files)
    sync.rebuild(get_engine())
    return [Article.objects.get(pk=result.article) for result in saved]


def publish_seeds() -> None:
    run.run([SEEDS], workers=1)
    sync.rebuild(get_engine())


def story(identity: str = "test:1", **fields: object) -> ParsedArticle:
    """An article with one of everything."""
    values: dict[str, object] = {
        "format": "test",
        "title": "習近平與拜登視像會晤",
        "body": (
            "<p>兩國領袖會晤，習近平稱拜登為老朋友。</p>"
            '<figure data-image="0"></figure><h2>護欄</h2><p>拜登要設護欄。</p>'
            '<figure data-embed="0"></figure>'
        ),
        "identity": identity,
        "published": MINUTE,
        "byline": "中國組記者曾海琪",
        "authors": (ParsedAuthor("曾海琪", role="中國組記者", bio="寫字的人。"),),
        "outlet": "眾新聞",
        "categories": ("眾聞",),
        "tags": ("中美會晤",),
        "language": "zh-Hant-HK",
        "source_url": "https://news.example/article/1",
        "canonical_url": "https://news.example/article/1",
        "archived_url": "https://web.archive.org/web/20220117044434/https://news.example/article/1",
        "captured_at": datetime(2022, 1, 17, 4, 44, 34, tzinfo=UTC),
        "images": (
            ParsedImage(
                src="https://pictures.example/1.jpg",
                alt="兩人揮手",
                caption="習近平在北京揮手。美聯社圖片",
                credit="美聯社圖片",
            ),
        ),
        "embeds": (
            ParsedEmbed(
                url="https://videos.example/1",
                kind="video",
                title="會晤片段",
                caption="開場白",
                poster="https://pictures.example/poster.jpg",
            ),
        ),
        "related": (RelatedLink("https://news.example/article/2", "上次通話"),),
    }
    return ParsedArticle(**(values | fields))  # type: ignore[arg-type]


def many(count: int) -> list[ParsedArticle]:
    return [story(f"test:{number}", title=f"第{number}次會晤") for number in range(count)]


class Page(HTMLParser):
    """A page's elements, as (tag, attributes), and its text."""

    def __init__(self, html: str | bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.data_blocks: list[str] = []
        self._script = False
        self.feed(html.decode() if isinstance(html, bytes) else html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._script = tag == "script"

    def handle_data(self, data: str) -> None:
        if self._script:
            self.data_blocks.append(data)
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag and all(attributes.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]

    def metas(self, name: str) -> list[str]:
        return [
            meta["content"] for meta in self.all("meta") if name in (meta.get("name"), meta.get("property"))
        ]

    def links(self, text: str) -> list[str]:
        """Addresses that have `text` in them."""
        return [link["href"] for link in self.all("a") if text in link.get("href", "")]


def wrongs(page: Page) -> Iterator[str]:
    """What the content security policy would stop, and what would tell a third party of the reader."""
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    yield from (f"id {name} twice" for name in set(ids) if ids.count(name) > 1)
    for tag, attributes in page.elements:
        for name, value in attributes.items():
            if name == "style" or name.startswith("on"):
                yield f"{name} on <{tag}>"
            if value.strip().lower().startswith(("javascript:", "data:", "vbscript:")):
                yield f"{name}={value} on <{tag}>"
        loads = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        fetched = tag in ("img", "script", "iframe", "video", "source", "embed", "object") or attributes.get(
            "rel"
        ) in ("stylesheet", "icon")
        if fetched and loads and not loads.startswith("/static/"):
            yield f"<{tag}> loads {loads}"
        if tag == "style":
            yield "<style>"
        if tag == "script" and not loads and attributes.get("type") != "application/ld+json":
            yield "a script in the page"
    for block in page.data_blocks:
        json.loads(block)
