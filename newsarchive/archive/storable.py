"""Makes a parsed article fit for the database: safe HTML, text cut to the columns' widths, no characters that
a database refuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any, Final

from django.db.models import Model

from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import (
    Curated,
    ParsedArticle,
    ParsedAuthor,
    ParsedEmbed,
    ParsedImage,
    RelatedLink,
)
from newsarchive.models import Article, Author, Category, Outlet, RawFile, Tag


def _width(model: type[Model], field: str) -> int:
    width: int = model._meta.get_field(field).max_length  # type: ignore[assignment,union-attr]
    return width


_IDENTITY: Final = _width(Article, "identity")
_BYLINE: Final = _width(Article, "byline")
_COLUMN: Final = _width(Article, "column")
_LANGUAGE: Final = _width(Article, "language")
_OUTLET: Final = _width(Outlet, "name")
_HOMEPAGE: Final = _width(Outlet, "homepage")
_AUTHOR: Final = _width(Author, "name")
_AVATAR: Final = _width(Author, "avatar")
_ROLE: Final = _width(Article.authors.through, "role")
_CATEGORY: Final = _width(Category, "name")
_TAG: Final = _width(Tag, "name")


def storable(parsed: ParsedArticle, raw: RawFile) -> ParsedArticle:
    return replace(
        parsed,
        identity=identity(parsed, raw.sha256),
        shared_identity=key(parsed.shared_identity),
        canonical_identity=key(parsed.canonical_identity),
        title=text(parsed.title),
        body=safe_subset.clean(text(parsed.body)),
        standing_reason=parsed.standing_reason and parsed.standing_reason.mapped(text),
        byline=text(parsed.byline, _BYLINE),
        column=text(parsed.column, _COLUMN),
        outlet=text(parsed.outlet, _OUTLET),
        outlet_homepage=_address(parsed.outlet_homepage, _HOMEPAGE),
        language=text(parsed.language, _LANGUAGE),
        authors=_authors(parsed.authors),
        categories=_names(parsed.categories, _CATEGORY),
        tags=_names(parsed.tags, _TAG),
        source_url=text(parsed.source_url),
        canonical_url=text(parsed.canonical_url),
        archived_url=text(parsed.archived_url),
        images=tuple(_image(image) for image in parsed.images),
        embeds=tuple(_embed(embed) for embed in parsed.embeds),
        related=tuple(RelatedLink(text(link.url), text(link.text)) for link in parsed.related),
        problems=tuple(problem.mapped(text) for problem in parsed.problems),
        curated=_curated(parsed.curated),
    )


def identity(parsed: ParsedArticle, digest: str) -> str:
    """The article's identity; one without any gets one from the digest of its bytes."""
    return key(parsed.identity) or f"sha256:{digest}"


def text(value: str, width: int | None = None) -> str:
    """Without NUL (PostgreSQL refuses it) and lone surrogates (SQLite refuses them); longer than `width`, it
    is cut and ends in "…"."""
    value = value.replace("\0", "")
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-8", "replace").decode()
    return value if width is None or len(value) <= width else value[: width - 1] + "…"


def _curated(curated: Curated | None) -> Curated | None:
    if curated is None:
        return None
    values = nested(asdict(curated))
    former = tuple(key(name) for name in curated.former_identities)
    keys: dict[str, Any] = {"former_identities": former}
    keys |= {"identity": key(curated.identity), "story": key(curated.story)}
    return Curated(**values | {"edited_fields": curated.edited_fields} | keys)


def nested(value: Any) -> Any:
    """A value for a JSON column, with `text` applied to every string in it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {text(key): nested(item) for key, item in value.items()}
    return [nested(item) for item in value] if isinstance(value, list) else value


def key(value: str) -> str:
    """A key that fits the column. One that is too long ends in a digest, so that different keys stay
    different."""
    value = text(value)
    if len(value) <= _IDENTITY:
        return value
    digest = RawFile.digest(value.encode())
    return value[: _IDENTITY - len(digest) - 1] + "#" + digest


def _address(url: str, width: int) -> str:
    """The address, or "" when it is too long: a truncated address would lead elsewhere."""
    url = text(url)
    return url if len(url) <= width else ""


def _names(names: Iterable[str], width: int) -> tuple[str, ...]:
    """Each name once, in their order, cut to the width."""
    return tuple(dict.fromkeys(name for name in (text(name, width).strip() for name in names) if name))


def _authors(authors: Iterable[ParsedAuthor]) -> tuple[ParsedAuthor, ...]:
    once: dict[str, ParsedAuthor] = {}
    for author in authors:
        name = text(author.name, _AUTHOR).strip()
        if name:
            fitted = ParsedAuthor(
                name, text(author.role, _ROLE), text(author.bio), _address(author.avatar, _AVATAR)
            )
            once.setdefault(name, fitted)
    return tuple(once.values())


def _image(image: ParsedImage) -> ParsedImage:
    return ParsedImage(
        src=text(image.src),
        archived_src=text(image.archived_src),
        found_src=text(image.found_src),
        alt=text(image.alt),
        caption=text(image.caption),
        credit=text(image.credit),
    )


def _embed(embed: ParsedEmbed) -> ParsedEmbed:
    return ParsedEmbed(
        url=text(embed.url),
        kind=text(embed.kind),
        title=text(embed.title),
        caption=text(embed.caption),
        poster=text(embed.poster),
    )
