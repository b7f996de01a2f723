"""What goes into an importer and what comes out of it: plain values, no Django, no disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from newsarchive.messages import Message

from .fields.agencies import Agencies


class Precision(StrEnum):
    """How much of a publication date the source really gave."""

    DAY = "day"  # only the calendar day: shown and exported without a time
    MINUTE = "minute"
    SECOND = "second"


class DateSource(StrEnum):
    """Where a publication date was read."""

    FRONT_MATTER = "front matter"
    PAGE = "page"  # a <time> element, a date line, a byline block
    URL = "url"
    CAPTURE = "capture"  # estimated from the time of the crawl


class Standing(StrEnum):
    """What kind of thing the file turned out to be."""

    ARTICLE = "article"
    TRUNCATED = "truncated"  # a teaser cut off by the feed: real text, but not all of it
    STUB = "stub"  # a capture that failed: empty body, outage or farewell page


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it came: from a folder, or out of an archive."""

    path: str  # inside the import, "/"-separated; for reports only, never opened
    data: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """A publication date that claims no more than the source said."""

    day: date  # as printed, in the outlet's own calendar
    at: datetime | None  # aware; None when only the day is known
    precision: Precision
    source: DateSource
    estimated: bool = False

    def __post_init__(self) -> None:
        if (self.at is None) != (self.precision is Precision.DAY):
            raise ValueError("a date has a time exactly when its precision is finer than a day")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("publication times are aware")


@dataclass(frozen=True, slots=True)
class ParsedAuthor:
    """A person (or a column's pen name), never an outlet."""

    name: str  # role words stripped: 曾海琪, not 中國組記者曾海琪
    role: str = ""  # 記者, 中國組記者, 特約記者 …
    bio: str = ""  # self-description printed under the article, plain text
    avatar: str = ""  # original address of the portrait


@dataclass(frozen=True, slots=True)
class ParsedImage:
    """A picture with what was printed beside it."""

    src: str  # original address, http(s), every proxy unwrapped; "" when the file had none
    archived_src: str = ""  # the Wayback address, when the file had one
    found_src: str = ""  # exactly as it stood in the file
    alt: str = ""
    caption: str = ""  # exactly as printed, a credit at its end included
    credit: str = ""  # split out of the caption, or from an element of its own


@dataclass(frozen=True, slots=True)
class ParsedEmbed:
    """A video, post or frame of another site, kept as a link."""

    url: str  # http(s), proxies unwrapped
    kind: str = "embed"  # "video" or "embed"
    title: str = ""
    caption: str = ""
    poster: str = ""  # original address of the still picture


@dataclass(frozen=True, slots=True)
class RelatedLink:
    url: str  # absolute
    text: str


@dataclass(frozen=True, slots=True)
class Curated:
    """What the curators of another archive had decided; comes with its exports only."""

    status: str
    status_reason: str = ""  # as its column holds it (`messages.stored`)
    edited_fields: tuple[str, ...] = ()
    source_values: dict[str, object] = field(default_factory=dict)
    source_changes: dict[str, object] = field(default_factory=dict)
    identity: str = ""  # as the record gives it; "" in a record with the contract's keys alone
    story: str = ""  # where a curator had grouped by hand: the identity of the story's first article


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article as an importer read it. `body` is the safe HTML subset of `importers.html`;
    `<figure data-image="N">` and `<figure data-embed="N">` are empty placeholders that count
    from 0 into `images` and `embeds`."""

    format: str  # the importer's name
    title: str  # one line; empty when neither the file nor its address has one
    body: str
    standing: Standing = Standing.ARTICLE
    standing_reason: Message | None = None  # why it is a stub or truncated, for a curator
    title_raw: str = ""  # as it stood in the file, when cleaning changed it
    byline: str = ""  # as printed
    authors: tuple[ParsedAuthor, ...] = ()
    column: str = ""  # 讀者來論, 特約轉載: a section by-line that is no person
    outlet: str = ""  # its controlled name (importers.outlets); "" when unknown
    outlet_homepage: str = ""
    published: Published | None = None
    updated_at: datetime | None = None  # as the source says, its own clock, may be naive
    captured_at: datetime | None = None  # aware; the crawl or the Wayback stamp
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""  # BCP 47 with script: zh-Hant-HK, zh-Hans, en; "" when there is no text
    source_url: str = ""  # as found, absolute http(s); "" when the file does not say
    canonical_url: str = ""  # usable form of it: https://www.hkcnews.com/article/47815
    archived_url: str = ""
    identity: str = ""  # "hkcnews:47815", "url:bbc.com/zhongwen/…", "feed:…": see importers.urls
    shared_identity: str = ""  # what the file gave, where other articles have that and this one its own
    canonical_identity: str = ""  # identity of the version that the source itself points to
    images: tuple[ParsedImage, ...] = ()
    embeds: tuple[ParsedEmbed, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    problems: tuple[Message, ...] = ()  # for the import report and the curator
    encoding: str = "utf-8"
    curated: Curated | None = None
    extra: dict[str, str] = field(default_factory=dict)  # front-matter keys nobody reads yet


class Importer(Protocol):
    """A module of this package. `matches` is cheap and looks at content only."""

    name: str
    version: int  # raised when the same bytes would parse differently

    def matches(self, text: str, /) -> bool: ...  # decoded text, BOM and CR removed
    def parse(self, source: SourceFile, text: str, agencies: Agencies, /) -> ParsedArticle: ...
