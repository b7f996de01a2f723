"""What is known of an article whose capture failed: a file came, but no article stood in it."""

from __future__ import annotations

from dataclasses import dataclass

from newsarchive.archive import visibility
from newsarchive.archive.identity import lookup
from newsarchive.importers.fields import urls
from newsarchive.models import Article


@dataclass(frozen=True, slots=True)
class FailedCapture:
    article: Article
    title: str  # that the address says; "" when it says none. The file's own is that of an error page
    permalink: str  # a path
    web_archive: str  # where the web archive lists its captures of the address; "" without an address
    instead: Article | None  # the visible article that the address says it is a copy of


def failed_capture(article: Article | None) -> FailedCapture | None:
    """None for an article with any other status."""
    if article is None or not visibility.is_failed_capture(article):
        return None
    copied = article.canonical_identity
    other = lookup.article_of(copied) if copied else None
    return FailedCapture(
        article=article,
        title=urls.title_from_slug(article.source_url),
        permalink=lookup.permalink(article),
        web_archive=web_archive(article.source_url),
        instead=other if other is not None and visibility.is_visible(other) else None,
    )


def web_archive(url: str) -> str:
    """Where the Wayback Machine lists what it has of an address."""
    return f"https://web.archive.org/web/*/{url}" if url.startswith(("https://", "http://")) else ""
