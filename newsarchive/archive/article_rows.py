"""A parsed article as columns of `Article` and as rows of the related tables (images, authors, categories,
tags)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle, ParsedImage
from newsarchive.models import Article, Image

from . import copies
from .identity import lookup
from .name_cache import NameCache

PARTS: Final = frozenset({"images", "authors", "categories", "tags"})  # kept in rows of related tables
_ORDERED: Final = frozenset({"images", "authors"})
DATES: Final = frozenset(
    {
        "published_on",
        "published_at",
        "published_offset",
        "date_precision",
        "date_source",
        "date_estimated",
    }
)
# The body's placeholders are positions in images and embeds, so these three can only change together.
TEXT: Final = frozenset({"body", "images", "embeds"})


def columns(parsed: ParsedArticle, name_cache: NameCache) -> dict[str, Any]:
    return _dates(parsed) | {
        "title": parsed.title,
        "story_key": copies.key(parsed.title, parsed.published.day if parsed.published else None),
        "title_key": copies.title_key(parsed.title),
        "address_key": lookup.address_key(parsed.source_url),
        "byline": parsed.byline,
        "column": parsed.column,
        "outlet": name_cache.outlet(parsed.outlet),
        "language": parsed.language,
        "source_updated_at": parsed.updated_at.isoformat() if parsed.updated_at else "",
        "captured_at": parsed.captured_at,
        "source_url": parsed.source_url,
        "canonical_url": parsed.canonical_url,
        "archived_url": parsed.archived_url,
        "canonical_identity": parsed.canonical_identity,
        "body": parsed.body,
        "embeds": [asdict(embed) for embed in parsed.embeds],
        "related": [asdict(link) for link in parsed.related],
        "problems": [problem.as_json() for problem in parsed.problems],
        "standing": parsed.standing.value,
    }


def _dates(parsed: ParsedArticle) -> dict[str, Any]:
    published = parsed.published
    if published is None:
        return {
            "published_on": None,
            "published_at": None,
            "published_offset": 0,
            "date_precision": "",
            "date_source": "",
            "date_estimated": False,
        }
    offset = published.at.utcoffset() if published.at else None
    return {
        "published_on": published.day,
        "published_at": published.at,
        "published_offset": int(offset.total_seconds() // 60) if offset else 0,
        "date_precision": published.precision.value,
        "date_source": published.source.value,
        "date_estimated": published.estimated,
    }


def as_json(parsed: ParsedArticle) -> dict[str, Any]:
    """The article's fields in plain values that fit in a JSON column and can be shown to a curator."""
    dates = _dates(parsed)
    for field in ("published_on", "published_at"):
        dates[field] = dates[field].isoformat() if dates[field] else None
    return dates | {
        "title": parsed.title,
        "byline": parsed.byline,
        "column": parsed.column,
        "outlet": parsed.outlet,
        "language": parsed.language,
        "source_url": parsed.source_url,
        "canonical_url": parsed.canonical_url,
        "archived_url": parsed.archived_url,
        "body": parsed.body,
        "embeds": [asdict(embed) for embed in parsed.embeds],
        "related": [asdict(link) for link in parsed.related],
        "images": [asdict(image) for image in parsed.images],
        "authors": [author.name for author in parsed.authors],
        "categories": list(parsed.categories),
        "tags": list(parsed.tags),
    }


def parts(parsed: ParsedArticle, agencies: Agencies) -> dict[str, list[Any]]:
    """The content of the related rows, in plain values."""
    return {
        "images": [
            _values(image_row(position, image, agencies)) for position, image in enumerate(parsed.images)
        ],
        "authors": [(author.name, author.role, author.bio, author.avatar) for author in parsed.authors],
        "categories": list(parsed.categories),
        "tags": list(parsed.tags),
    }


def parts_of(article: Article) -> dict[str, list[Any]]:
    """The content of an article's related rows; no query when they were prefetched. Categories and tags are
    unordered."""
    return {
        "images": [_values(image) for image in article.images.all()],
        "authors": [
            (person.author.name, person.role, person.bio, person.avatar)
            for person in article.authorships.all()
        ],
        "categories": [category.name for category in article.categories.all()],
        "tags": [tag.name for tag in article.tags.all()],
    }


def changed_parts(old: dict[str, list[Any]], new: dict[str, list[Any]]) -> frozenset[str]:
    """The names of the related tables in which the two differ."""
    return frozenset(
        part
        for part in PARTS
        if (old[part] != new[part] if part in _ORDERED else set(old[part]) != set(new[part]))
    )


def image_row(position: int, image: ParsedImage, agencies: Agencies, article: Article | None = None) -> Image:
    return Image(
        article=article,
        position=position,
        src=image.src,
        archived_src=image.archived_src,
        found_src=image.found_src,
        alt=image.alt,
        caption=image.caption,
        credit=image.credit,
        agency=agencies.name_in(image.credit),
    )


def _values(image: Image) -> tuple[str, ...]:
    return (
        image.src,
        image.archived_src,
        image.found_src,
        image.alt,
        image.caption,
        image.credit,
        image.agency,
    )
