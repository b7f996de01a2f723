"""A record that `export_articles` wrote: one line of its JSONL, one article.

    {"id": 12, "title": "…", "authors": ["…"], "outlet": "…", "published_at": "2021-03-20", …,
     "status": "published", "identity": "hkcnews:47815", "body_html": "<p>…</p>", …}

`id` and `story` are ids in the exporting archive and are ignored. Keys that older exports lack (from
`identity` on) may be missing; without `body_html` the body is made from the plain text. docs/api.md lists the
keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from newsarchive import messages
from newsarchive.errors import UnreadableFile
from newsarchive.importers.fields import urls
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.html import safe_subset
from newsarchive.importers.types import (
    Curated,
    DateSource,
    ParsedArticle,
    ParsedAuthor,
    ParsedEmbed,
    ParsedImage,
    Precision,
    Published,
    RelatedLink,
    SourceFile,
    Standing,
)
from newsarchive.messages import Message, old_sentences

name = "newsarchive_export"
version = 1

_MONTH = re.compile(r"\d{4}-\d{2}")
_KEYS = ("title", "published_at", "source_url", "status")
_STATUSES = ("published", "withdrawn", "capture_failed", "needs_review")


def matches(text: str) -> bool:
    head = text.lstrip()
    return head.startswith("{") and all(f'"{key}"' in head for key in _KEYS)


def parse(source: SourceFile, text: str, agencies: Agencies) -> ParsedArticle:
    record = _Record(_loaded(text))
    title = " ".join(record.text("title").split("\n"))
    published = _published(record)
    body = safe_subset.clean(record.text("body_html")) if "body_html" in record else _body(record)
    standing = record.one_of("standing", [str(standing) for standing in Standing], "article")
    return ParsedArticle(
        format=name,
        title=title,
        body=body,
        standing=Standing(standing),
        standing_reason=record.status_reason() if standing == Standing.STUB else None,
        byline=record.text("byline"),
        authors=tuple(_authors(record)),
        column=record.text("column"),
        outlet=record.text("outlet"),
        outlet_homepage=record.text("outlet_homepage"),
        published=published,
        updated_at=record.moment("updated_at"),
        captured_at=_aware(record.moment("captured_at")),
        categories=tuple(record.texts("categories")),
        tags=tuple(record.texts("tags")),
        language=record.text("language"),
        source_url=urls.legal(record.text("source_url")),
        canonical_url=urls.legal(record.text("canonical_url")),
        archived_url=urls.legal(record.text("archived_url")),
        identity=record.text("identity") or _identity(record, title, published),
        shared_identity=record.text("shared_identity"),
        canonical_identity=record.text("canonical_identity"),
        images=tuple(_images(record)),
        embeds=tuple(_embeds(record)),
        related=tuple(
            RelatedLink(link.address("url"), link.text("text")) for link in record.records("related_links")
        ),
        problems=record.problems(),
        curated=Curated(
            status=record.one_of("status", _STATUSES, "published"),
            status_reason=messages.stored(record.status_reason()),
            edited_fields=tuple(record.texts("edited_fields")),
            source_values=_upgraded(record.mapping("source_values")),
            source_changes=_upgraded(record.mapping("source_changes")),
            identity=record.text("identity"),
            former_identities=tuple(record.texts("former_identities")),
            story=record.text("grouped_with"),
        ),
    )


def _loaded(text: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except json.JSONDecodeError as exc:
        if exc.msg == "Extra data":
            raise UnreadableFile("export_of_many") from exc
        raise UnreadableFile("record_damaged", detail=exc.msg) from exc
    except (ValueError, RecursionError) as exc:  # numbers of thousands of digits, deeply nested lists
        raise UnreadableFile("record_no_export") from exc
    if not isinstance(record, dict):
        raise UnreadableFile("record_no_object")
    return record


class _Record:
    """Reads values and checks their types. Raises UnreadableFile for a value of another type than exports
    have."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str) -> str:
        value = self._values.get(key)
        return "" if value is None else str(self._checked(key, value, str))

    def address(self, key: str) -> str:
        url = self.text(key)
        return url if url.startswith(("http://", "https://")) else ""

    def flag(self, key: str) -> bool:
        return bool(self._checked(key, self._values.get(key, False), bool))

    def one_of(self, key: str, known: Any, default: str) -> str:
        value = self.text(key) or default
        if value not in known:
            raise UnreadableFile("record_value_unknown", key=key, value=value[:40])
        return value

    def texts(self, key: str) -> list[str]:
        return [str(self._checked(key, value, str)) for value in self._list(key)]

    def records(self, key: str) -> list[_Record]:
        return [_Record(self._checked(key, value, dict)) for value in self._list(key)]

    def mapping(self, key: str) -> dict[str, object]:
        found: dict[str, object] = self._checked(key, self._values.get(key) or {}, dict)
        return found

    def moment(self, key: str) -> datetime | None:
        try:
            return datetime.fromisoformat(self.text(key)) if self.text(key) else None
        except ValueError as exc:
            raise UnreadableFile("record_no_time", key=key) from exc

    def day(self, key: str) -> date | None:
        try:
            return date.fromisoformat(self.text(key)) if self.text(key) else None
        except ValueError as exc:
            raise UnreadableFile("record_no_day", key=key) from exc

    def problems(self) -> tuple[Message, ...]:
        """Problems by their codes; exports of older releases have sentences instead."""
        if "problem_codes" in self:
            return tuple(
                messages.from_json(self._checked("problem_codes", problem, dict))
                for problem in self._list("problem_codes")
            )
        return tuple(old_sentences.remark(problem) for problem in self.texts("problems"))

    def status_reason(self) -> Message | None:
        if code := self.mapping("status_reason_code"):
            return messages.from_json(code)
        text = self.text("status_reason")
        if "status_reason_code" in self or not text:
            return messages.said(text) if text else None
        return old_sentences.status_reason(text)

    def _list(self, key: str) -> list[Any]:
        found: list[Any] = self._checked(key, self._values.get(key) or [], list)
        return found

    def _checked(self, key: str, value: Any, kind: type) -> Any:
        if not isinstance(value, kind):
            raise UnreadableFile("record_value_of_wrong_kind", key=key)
        return value


def _upgraded(values: dict[str, object]) -> dict[str, object]:
    """The source values of an older release's export, with the reason of the status converted from a sentence
    to a message."""
    reason = values.get("status_reason")
    if not isinstance(reason, str) or not reason or messages.read(reason) != messages.said(reason):
        return values
    return values | {"status_reason": messages.stored(old_sentences.status_reason(reason))}


def _published(record: _Record) -> Published | None:
    printed = record.text("published_at")
    if not printed:
        return None
    source = DateSource(
        record.one_of("date_source", [str(source) for source in DateSource], DateSource.FRONT_MATTER)
    )
    estimated = record.flag("date_estimated")
    if _MONTH.fullmatch(printed):
        return _month(printed, source, estimated=estimated)
    if "T" not in printed:
        day = record.day("published_at")
        return Published(day, None, Precision.DAY, source, estimated) if day else None
    at = _aware(record.moment("published_at"))
    assert at is not None
    offset = at.utcoffset()
    if offset is None or offset % timedelta(minutes=1):
        raise UnreadableFile("record_offset_impossible")
    day = record.day("published_on") or at.date()
    finest = [Precision.MINUTE, Precision.SECOND]
    precision = Precision(record.one_of("date_precision", finest, Precision.SECOND))
    return Published(day, at, precision, source, estimated)


def _month(printed: str, source: DateSource, *, estimated: bool) -> Published:
    try:
        return Published(
            date.fromisoformat(f"{printed}-01"), None, Precision.MONTH, source, estimated=estimated
        )
    except ValueError as exc:
        raise UnreadableFile("record_no_day", key="published_at") from exc


def _aware(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise UnreadableFile("record_time_without_offset")
    return moment


def _authors(record: _Record) -> Iterator[ParsedAuthor]:
    if "people" in record:
        for person in record.records("people"):
            yield ParsedAuthor(
                person.text("name"), person.text("role"), person.text("bio"), person.text("avatar")
            )
    else:
        yield from (ParsedAuthor(author) for author in record.texts("authors"))


def _images(record: _Record) -> Iterator[ParsedImage]:
    found = record.texts("found_srcs")
    for number, image in enumerate(record.records("images")):
        yield ParsedImage(
            src=image.address("src"),
            archived_src=image.address("archived_src"),
            found_src=found[number] if number < len(found) else "",
            alt=image.text("alt"),
            caption=image.text("caption"),
            credit=image.text("credit"),
        )


def _embeds(record: _Record) -> Iterator[ParsedEmbed]:
    for embed in record.records("embeds"):
        yield ParsedEmbed(
            url=embed.address("url"),
            kind=embed.text("kind") or "embed",
            title=embed.text("title"),
            caption=embed.text("caption"),
            poster=embed.address("poster"),
        )


def _body(record: _Record) -> str:
    """The body of an export without `body_html`: its paragraphs, then its pictures and embeds."""
    paragraphs = [
        f"<p>{safe_subset.escape(line)}</p>" for line in record.text("text").split("\n") if line.strip()
    ]
    for kind, key in (("image", "images"), ("embed", "embeds")):
        paragraphs += [
            f'<figure data-{kind}="{number}"></figure>' for number in range(len(record.records(key)))
        ]
    return "".join(paragraphs)


def _identity(record: _Record, title: str, published: Published | None) -> str:
    """The record's identity; for an older export, which has none, the one that its address gives."""
    day = published.day if published else None
    return urls.identity(record.text("source_url"), outlet=record.text("outlet"), title=title, day=day)
