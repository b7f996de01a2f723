"""Articles as records for other programs: JSONL and CSV. The keys are a contract, listed in docs/api.md."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta, timezone
from typing import Any, Final, TextIO

from django.db.models import Prefetch, QuerySet

from newsarchive.importers.html import safe_subset
from newsarchive.messages import from_json, read
from newsarchive.messages.codes import SAID
from newsarchive.models import Article, Category, Tag

from .identity import lookup

CHUNK: Final = 500
FIELDS: Final = (
    "id",
    "title",
    "authors",
    "outlet",
    "published_at",
    "categories",
    "tags",
    "language",
    "source_url",
    "archived_url",
    "text",
    "images",
    "embeds",
    "related_links",
    "story",
    "status",
    "identity",
    "permalink",
)
IMAGE_FIELDS: Final = ("src", "archived_src", "alt", "caption", "credit")
RECORD_COLUMNS: Final = (
    *("identity", "title", "published_at", "published_offset", "published_on", "date_precision"),
    *("language", "source_url", "archived_url", "body", "embeds", "related", "story_id", "status"),
)
# Further fields of the JSONL export, from which `importers.formats.newsarchive_export` restores the same
# article.
MORE_FIELDS: Final = (
    "shared_identity",
    "former_identities",
    "canonical_identity",
    "byline",
    "people",
    "column",
    "outlet_homepage",
    "published_on",
    "date_precision",
    "date_source",
    "date_estimated",
    "updated_at",
    "captured_at",
    "canonical_url",
    "body_html",
    "found_srcs",
    "standing",
    "problems",
    "problem_codes",
    "status_reason",
    "status_reason_code",
    "edited_fields",
    "source_values",
    "source_changes",
    "grouped_with",
)
# Spreadsheets of East Asian systems read full-width signs as formulas too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def record(article: Article) -> dict[str, Any]:
    """The public fields of an article that came from `prefetched`; makes no further queries."""
    return record_of(
        article,
        outlet=article.outlet.name if article.outlet else "",
        authors=[person.author.name for person in article.authorships.all()],
        categories=[category.name for category in article.categories.all()],
        tags=[tag.name for tag in article.tags.all()],
        images=[tuple(getattr(image, field) for field in IMAGE_FIELDS) for image in article.images.all()],
    )


def record_of(
    article: Article,
    *,
    outlet: str,
    authors: Sequence[str],
    categories: Sequence[str],
    tags: Sequence[str],
    images: Iterable[Sequence[str]],
) -> dict[str, Any]:
    """The same from rows that the caller has read; each image has the values of IMAGE_FIELDS. Of the article
    itself only the columns RECORD_COLUMNS are read."""
    return {
        "id": article.pk,
        "title": article.title,
        "authors": authors,
        "outlet": outlet,
        "published_at": published_at(article),
        "categories": categories,
        "tags": tags,
        "language": article.language,
        "source_url": article.source_url,
        "archived_url": article.archived_url,
        "text": safe_subset.plain_text(article.body),
        "images": [dict(zip(IMAGE_FIELDS, image, strict=True)) for image in images],
        "embeds": article.embeds,
        "related_links": article.related,
        "story": article.story_id,
        "status": article.status,
        "identity": article.identity,
        "permalink": lookup.permalink(article),
    }


def whole_record(article: Article) -> dict[str, Any]:
    """All fields that an import needs to create the same article again."""
    problems = [from_json(problem) for problem in article.problems]
    reason = read(article.status_reason)
    return record(article) | {
        "shared_identity": article.shared_identity or "",
        "former_identities": lookup.former(article),
        "canonical_identity": article.canonical_identity,
        "byline": article.byline,
        "people": [
            {
                "name": person.author.name,
                "role": person.role,
                "bio": person.printed_bio,
                "avatar": person.printed_avatar,
            }
            for person in article.authorships.all()
        ],
        "column": article.column,
        "outlet_homepage": article.outlet.homepage if article.outlet else "",
        "published_on": article.published_on.isoformat() if article.published_on else None,
        "date_precision": article.date_precision,
        "date_source": article.date_source,
        "date_estimated": article.date_estimated,
        "updated_at": article.source_updated_at,
        "captured_at": article.captured_at.isoformat() if article.captured_at else None,
        "canonical_url": article.canonical_url,
        "body_html": article.body,
        "found_srcs": [image.found_src for image in article.images.all()],
        "standing": article.standing,
        "problems": [str(problem) for problem in problems],
        "problem_codes": [problem.as_json() for problem in problems],
        "status_reason": str(reason or ""),
        "status_reason_code": reason.as_json() if reason and reason.code != SAID else None,
        "edited_fields": article.edited_fields,
        "source_values": article.source_values,
        "source_changes": article.source_changes,
        "grouped_with": _first_of_story(article) if article.grouped_by_hand else "",
    }


def _first_of_story(article: Article) -> str:
    first = Article.objects.filter(story=article.story_id).order_by("id").values_list("identity", flat=True)
    return first[0]


def published_at(article: Article) -> str | None:
    """The day or month when the source gave no more (2021-03-20, 2021-03), else the time in the source's
    own UTC offset."""
    if article.published_at is not None:
        zone = timezone(timedelta(minutes=article.published_offset))
        return article.published_at.astimezone(zone).isoformat()
    return article.known_day or None


def prefetched(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Prefetches everything `record` needs, in six queries; categories and tags in the source's order."""
    return articles.select_related("outlet").prefetch_related(
        "authorships__author",
        "images",
        # Ordered by the row of the many-to-many table: that is the order in which the source printed them.
        Prefetch("categories", Category.objects.order_by("Article_categories+__id")),
        Prefetch("tags", Tag.objects.order_by("Article_tags+__id")),
    )


def in_chunks(articles: QuerySet[Article], *, stories: Collection[int] | None = None) -> Iterator[Article]:
    """Articles by id; `stories` leaves out all others. They are read CHUNK at a time with a constant number
    of queries, so memory stays flat and no database read stays open while the client is slow."""
    last = 0
    while numbers := list(articles.filter(id__gt=last).order_by("id").values_list("id", "story_id")[:CHUNK]):
        last = numbers[-1][0]
        chosen = [article for article, story in numbers if stories is None or story in stories]
        if chosen:
            found = prefetched(articles.filter(id__in=chosen))
            yield from lookup.with_former(found).order_by("id")


def write_jsonl(articles: Iterable[Article], out: TextIO) -> int:
    """Returns the number of articles."""
    count = 0
    for article in articles:
        out.write(json.dumps(whole_record(article), ensure_ascii=False) + "\n")
        count += 1
    return count


def write_csv(articles: Iterable[Article], out: TextIO) -> int:
    """CSV for spreadsheets: with a byte-order mark, lists as JSON, and cells escaped that a spreadsheet would
    run as a formula."""
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    count = 0
    for article in articles:
        writer.writerow(cell(value) for value in record(article).values())
        count += 1
    return count


def cell(value: object) -> object:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
