"""Completes a format's Draft into a ParsedArticle: everything that can be derived is derived here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from newsarchive.importers.types import (
    DateSource,
    ParsedArticle,
    ParsedAuthor,
    Published,
    Standing,
)
from newsarchive.messages import Message

from .fields import dates, language, urls
from .fields.encoding import title_line
from .fields.outlets import Outlet
from .html import closing_lines
from .html.body import Body
from .html.safe_subset import plain_text


@dataclass(slots=True)
class Draft:
    """An article being assembled by a format. Empty values mean the same as in ParsedArticle."""

    format: str
    title: str
    outlet: Outlet
    body: Body
    title_raw: str = ""
    byline: str = ""
    authors: tuple[ParsedAuthor, ...] = ()
    column: str = ""
    published: Published | None = None
    updated_at: datetime | None = None
    captured_at: datetime | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    source_url: str = ""
    archived_url: str = ""
    captured_empty: bool = True  # whether an empty body means that the capture failed
    has_footer: bool = True  # whether the text may end in lines of a feed or mirror
    truncated: Message | None = None  # why the text is believed to be cut off
    problems: list[Message] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)  # field -> where it was read, in English
    dropped: list[str] = field(default_factory=list)  # lines of the file that are no part of the article

    def date(self, said: str, source: DateSource) -> None:
        """Parses `said` as the date, unless a date was found before."""
        if said and self.published is None:
            zone, day_first = self.outlet.zone, self.outlet.day_first
            self.published = dates.published(said, source, zone=zone, day_first=day_first)
            if self.published is None:
                is_ambiguous = dates.is_ambiguous(said, day_first=day_first)
                self.problems.append(
                    Message("date_ambiguous" if is_ambiguous else "date_unreadable", text=said[:40])
                )

    def problems_of(self, *codes: str) -> list[Message]:
        return [problem for problem in self.problems if problem.code in codes]


def finish(draft: Draft) -> ParsedArticle:
    _name_original(draft)
    draft.dropped += closing_lines.drop(draft.body, draft.outlet, at_end=draft.has_footer)
    body = str(draft.body)
    words = plain_text(body[:20_000]) if body else ""
    title = title_line(draft.title)
    standing, reason = _standing(draft, title, words)
    if not title:
        title = urls.title_from_slug(draft.source_url)
        draft.problems.append(Message("title_from_address" if title else "no_title"))
    _remark(draft, words, standing)
    when = draft.published
    return ParsedArticle(
        format=draft.format,
        title=title,
        body=body,
        standing=standing,
        standing_reason=reason,
        title_raw=draft.title_raw if draft.title_raw != title else "",
        byline=draft.byline,
        authors=draft.authors,
        column=draft.column,
        outlet=draft.outlet.name,
        outlet_homepage=draft.outlet.homepage,
        published=when,
        updated_at=draft.updated_at,
        captured_at=draft.captured_at,
        categories=draft.categories,
        tags=draft.tags,
        language=language.of(words or title, draft.outlet.language),
        source_url=urls.legal(draft.source_url),
        canonical_url=urls.legal(urls.canonical(draft.source_url)),
        archived_url=urls.legal(draft.archived_url),
        identity=urls.identity(
            draft.source_url, outlet=draft.outlet.name, title=title, day=when.day if when else None
        ),
        canonical_identity=urls.canonical_identity(draft.source_url),
        images=tuple(draft.body.images),
        embeds=tuple(draft.body.embeds),
        related=tuple(draft.body.related),
        problems=tuple(dict.fromkeys(draft.problems)),
        extra=draft.extra,
        origins=draft.origins,
        dropped=tuple(draft.dropped),
    )


def _name_original(draft: Draft) -> None:
    """Where the address is that of a copy in archive.today, a cache …, the source is what was copied.
    Addresses of the Wayback Machine are told apart by each format."""
    copy, at = urls.archived(draft.source_url)
    if copy and not urls.wayback_address(copy) and (original := urls.original(copy)) != copy:
        draft.source_url = original
        draft.archived_url = draft.archived_url or copy
        draft.captured_at = draft.captured_at or at


_FAILED_PAGES = (
    "Temporarily Offline",
    "眾新聞告別",
    "502 Bad Gateway",
    "503 Service",
    "504 Gateway",
    "404 Not Found",
)
_SHORTEST_TEXT = 30  # characters; a shorter text under the title of an error page is the error page itself


def _standing(draft: Draft, title: str, words: str) -> tuple[Standing, Message | None]:
    failed = next((page for page in _FAILED_PAGES if title.startswith(page)), "")
    if failed and len(words) < _SHORTEST_TEXT and not draft.body.images:
        return Standing.STUB, Message("capture_shows", page=failed)
    if not draft.body.blocks and draft.captured_empty:
        return Standing.STUB, Message("body_is_empty")
    if draft.truncated:
        return Standing.TRUNCATED, draft.truncated
    return Standing.ARTICLE, None


def _remark(draft: Draft, words: str, standing: Standing) -> None:
    problems = draft.problems
    if standing is Standing.STUB and not draft.body.blocks:
        problems.append(Message("empty_body"))
    elif not words:
        problems.append(Message("no_text"))
    if not draft.source_url:
        problems.append(Message("no_source_url"))
    elif urls.is_broken(draft.source_url):
        problems.append(Message("address_garbled"))
    elif urls.is_listing(draft.source_url):
        problems.append(Message("address_of_listing"))
    if draft.published is None:
        problems.append(Message("no_date"))
    elif dates.is_future(draft.published, draft.captured_at or datetime.now(UTC)):
        problems.append(Message("date_in_future"))
    if standing is Standing.TRUNCATED:
        problems.append(Message("text_cut_off"))
