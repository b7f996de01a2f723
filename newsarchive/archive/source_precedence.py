"""Which values an import may set on an article, and what it changes by that (`ranks` decides which file is
shown).

A curator's value stays. The source's value under it is kept beside it (`source_values`), so that a source
that changes its value later is noticed (`source_changes`), and one that repeats it is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from newsarchive.errors import DamagedRawFile, UnreadableFile
from newsarchive.importers import registry
from newsarchive.importers.types import ParsedArticle, SourceFile, Standing
from newsarchive.messages import stored
from newsarchive.models import Article, RawFile

from . import agencies, article_rows, copies
from .name_cache import NameCache
from .storable import storable

_DERIVED: Final = frozenset({"story_key", "title_key", "address_key"})  # follow from title, day and address
_BY_IMPORTS: Final = (Article.Status.PUBLISHED, Article.Status.CAPTURE_FAILED)


@dataclass(frozen=True, slots=True)
class Change:
    """The old and new value of one field of an article, or of one of its related tables, as plain data."""

    field: str
    old: object
    new: object


def status(parsed: ParsedArticle) -> dict[str, Any]:
    if parsed.curated is not None:
        curated = parsed.curated
        return {"status": curated.status, "status_reason": curated.status_reason}
    if parsed.standing is Standing.STUB:
        return {"status": Article.Status.CAPTURE_FAILED, "status_reason": stored(parsed.standing_reason)}
    return {"status": Article.Status.PUBLISHED, "status_reason": ""}


def apply(
    article: Article, parsed: ParsedArticle, name_cache: NameCache, *, only: Collection[str] | None = None
) -> list[Change]:
    """Sets on `article`, without saving it, the file's values except where a curator set one. Returns the
    changes. Those of related tables are among them and have to be written by the caller."""
    kept_off = _kept_off(article)
    if kept_off:
        _note_source_changes(article, parsed, kept_off)
    values = article_rows.columns(parsed, name_cache)
    if article.status in _BY_IMPORTS:
        values |= status(parsed)
    changes = []
    for field, new in values.items():
        old = getattr(article, field)
        if old != new and field not in kept_off | _DERIVED and (only is None or field in only):
            changes.append(Change(field, _plain(old), _plain(new)))
            setattr(article, field, new)
    copies.set_keys(article)
    old_parts, new_parts = article_rows.parts_of(article), article_rows.parts(parsed, name_cache.agencies)
    return changes + [
        Change(part, old_parts[part], new_parts[part])
        for part in article_rows.changed_parts(old_parts, new_parts) - kept_off
        if only is None or part in only
    ]


def together(fields: Iterable[str]) -> frozenset[str]:
    """These fields, and those that can only change together with them."""
    touched = frozenset(fields)
    for group in (article_rows.DATES, article_rows.TEXT):
        if touched & group:
            touched |= group
    return touched


def source_values(article: Article, fields: Iterable[str]) -> dict[str, Any]:
    """The shown file's values of these fields; {} when the file can't be read any more."""
    try:
        said = article_rows.as_json(read(article.raw))
    except (UnreadableFile, DamagedRawFile):  # its importer has become stricter, or its bytes are damaged
        return {}
    return {field: said[field] for field in fields if field in said}


def read(raw: RawFile) -> ParsedArticle:
    return storable(registry.parse(SourceFile(raw.path, raw.data), agencies.table()), raw)


def _kept_off(article: Article) -> frozenset[str]:
    touched = together(article.edited_fields)
    return touched | {"status_reason"} if "status" in touched else touched


def _note_source_changes(article: Article, parsed: ParsedArticle, fields: Collection[str]) -> None:
    new = article_rows.as_json(parsed)
    unknown = [field for field in fields if field in new and field not in article.source_values]
    if unknown:  # edited together with another field, or before source values were recorded
        article.source_values |= source_values(article, unknown)
    for field in fields:
        if field not in new:
            continue
        if field not in article.source_values or new[field] != article.source_values[field]:
            article.source_changes[field] = new[field]
        else:
            article.source_changes.pop(field, None)


def _plain(value: object) -> object:
    return str(value) if hasattr(value, "pk") else value
