"""What became of one file: which importer took it, where each field was read, what is no part of the text.

A format notes in `Draft.origins` where it found a field and in `Draft.dropped` the lines that it left out;
what it does not note is explained here as far as the result shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.importers.types import ParsedArticle, Published
from newsarchive.messages import Message

FROM_FILE = "the file"
DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str
    origin: str  # "front matter: pubDate", "first heading", "address", FROM_FILE, DERIVED


@dataclass(frozen=True, slots=True)
class Explanation:
    path: str
    importer: str = ""  # "" when none took the file
    reason: Message | None = None  # why there is no article, or why it is a stub or cut off
    fields: tuple[Field, ...] = ()  # those that have a value
    dropped: tuple[str, ...] = ()
    problems: tuple[Message, ...] = ()
    unused: tuple[tuple[str, str], ...] = ()  # front-matter keys that nothing was made of


def refused(path: str, reason: Message | None) -> Explanation:
    return Explanation(path, reason=reason)


def of(path: str, article: ParsedArticle) -> Explanation:
    return Explanation(
        path=path,
        importer=article.format,
        reason=article.standing_reason,
        fields=tuple(Field(*field) for field in _fields(article) if field[1]),
        dropped=article.dropped,
        problems=article.problems,
        unused=tuple(article.extra.items()),
    )


def _fields(article: ParsedArticle) -> Iterator[tuple[str, str, str]]:
    def found(name: str, value: str, default: str = FROM_FILE) -> tuple[str, str, str]:
        return name, value, article.origins.get(name, default)

    published = article.published
    yield found("title", article.title)
    yield found("authors", "、".join(f"{author.role}{author.name}" for author in article.authors))
    yield found("column", article.column)
    yield found("byline", article.byline, article.origins.get("authors", FROM_FILE))
    yield found(
        "outlet",
        article.outlet,
        article.origins.get("outlet", "address" if article.source_url else FROM_FILE),
    )
    yield found("published", _date(published), str(published.source) if published else FROM_FILE)
    yield found("updated_at", article.updated_at.isoformat() if article.updated_at else "")
    yield found("captured_at", article.captured_at.isoformat() if article.captured_at else "")
    yield found("categories", "、".join(article.categories))
    yield found("tags", "、".join(article.tags))
    yield found("source_url", article.source_url)
    yield found("archived_url", article.archived_url)
    yield found("canonical_url", article.canonical_url, DERIVED)
    yield found("identity", article.identity, DERIVED)
    yield found("language", article.language, DERIVED)
    yield found("encoding", article.encoding, "bytes")
    yield found("body", _counted(article))
    for number, image in enumerate(article.images, start=1):
        credit = f" [{image.credit}]" if image.credit else ""
        yield found(f"image {number}", f"{image.src or '—'} {image.caption}{credit}".strip())
    for number, embed in enumerate(article.embeds, start=1):
        yield found(f"{embed.kind} {number}", f"{embed.url} {embed.title or embed.caption}".strip())
    for number, link in enumerate(article.related, start=1):
        yield found(f"related link {number}", f"{link.text} {link.url}")


def _date(published: Published | None) -> str:
    if published is None:
        return ""
    said = published.at.isoformat() if published.at else published.day.isoformat()
    return f"{said} ({published.precision}{', estimated' if published.estimated else ''})"


def _counted(article: ParsedArticle) -> str:
    lines = plain_text(article.body).split("\n") if article.body else []
    return f"{sum(map(len, lines)):,} characters in {len(lines):,} lines" if lines else ""
