"""Input and output of the importers: plain values, without Django or file access."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from newsarchive.messages import Message

from .fields.agencies import Agencies


class Precision(StrEnum):
    """How precise the source's publication date is."""

    MONTH = "month"  # shown and exported as 2021-11; sorted as the first day of the month
    DAY = "day"  # a calendar day, shown and exported without a time
    MINUTE = "minute"
    SECOND = "second"


class DateSource(StrEnum):
    """Where a publication date was read."""

    FRONT_MATTER = "front matter"
    PAGE = "page"  # a <time> element, a date line, a byline block
    URL = "url"
    FILE_NAME = "file name"  # 2021-11-17-title.md
    CAPTURE = "capture"  # estimated from the time of the crawl


class Standing(StrEnum):
    """How complete the file's text is."""

    ARTICLE = "article"
    TRUNCATED = "truncated"  # cut off by the feed: real text, but not all of it
    STUB = "stub"  # a failed capture: empty body, outage or farewell page


# Codes of the problems that the text is not as it was printed: an export converted it to other characters, or
# some characters could not be read. Any other file and copy is shown before one that has such a problem.
CONVERTED = "text_converted"
LOST = "characters_lost"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One input file, from a folder or from inside an archive."""

    path: str  # path within the import, "/"-separated; used in reports only, never opened
    data: bytes
    # Pictures that a browser saved in the page's folder: (path relative to the page, bytes). They are no
    # part of the
    # stored file, so that another reading of it has none.
    beside: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """A publication date, no more precise than the source gives it."""

    day: date  # as printed, in the outlet's time zone; of a month the first
    at: datetime | None  # with time zone; None when only the day or month is known
    precision: Precision
    source: DateSource
    estimated: bool = False

    def __post_init__(self) -> None:
        if (self.at is None) != (self.precision in (Precision.MONTH, Precision.DAY)):
            raise ValueError("a date has a time exactly when its precision is finer than a day")
        if self.precision is Precision.MONTH and self.day.day != 1:
            raise ValueError("a month is stored as its first day")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError("publication times are aware")


@dataclass(frozen=True, slots=True)
class ParsedAuthor:
    """A person, or a pen name used by a column; never an outlet."""

    name: str  # without role words: 曾海琪, not 中國組記者曾海琪
    role: str = ""  # 記者, 中國組記者, 特約記者 …
    bio: str = ""  # the author's description printed under the article, plain text
    avatar: str = ""  # original address of the portrait


@dataclass(frozen=True, slots=True)
class ParsedImage:
    """A picture with the text printed beside it."""

    src: str  # original address, http(s), unwrapped from proxies; "" when the file had none
    archived_src: str = ""  # the Wayback Machine's address, when the file had one
    found_src: str = ""  # the address exactly as in the file
    alt: str = ""
    caption: str = ""  # exactly as printed, including a credit at its end
    credit: str = ""  # taken from the caption, or from an element of its own


@dataclass(frozen=True, slots=True)
class PictureFile:
    """The bytes of a picture that came with an article."""

    key: str  # the image's `src`, or its `found_src` where it has no address of its own
    data: bytes


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
    """Decisions of another archive's curators; only its exports have them."""

    status: str
    status_reason: str = ""  # as its column holds it (`messages.stored`)
    edited_fields: tuple[str, ...] = ()
    source_values: dict[str, object] = field(default_factory=dict)
    source_changes: dict[str, object] = field(default_factory=dict)
    identity: str = ""  # as in the record; "" in a record that has only the public keys
    former_identities: tuple[str, ...] = ()  # that the article had before
    story: str = ""  # for a story grouped by a curator: the identity of its first article


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article as an importer read it. `body` is HTML of the safe subset (`importers.html.safe_subset`), in
    which the empty elements `<figure data-image="N">` and `<figure data-embed="N">` stand for the items N,
    counted from 0, of `images` and `embeds`."""

    format: str  # the importer's name
    title: str  # one line; empty when neither the file nor its address has one
    body: str
    standing: Standing = Standing.ARTICLE
    standing_reason: Message | None = None  # why it is a stub or truncated; shown to curators
    title_raw: str = ""  # the title as in the file, when cleaning changed it
    byline: str = ""  # as printed
    authors: tuple[ParsedAuthor, ...] = ()
    column: str = ""  # 讀者來論, 特約轉載: the name of a section printed in place of an author
    outlet: str = ""  # its name in importers.fields.outlets; "" when unknown
    outlet_homepage: str = ""
    published: Published | None = None
    updated_at: datetime | None = None  # as the source gives it, possibly without time zone
    captured_at: datetime | None = None  # with time zone; from the crawl or the Wayback Machine's address
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""  # BCP 47 with script: zh-Hant-HK, zh-Hans, en; "" when there is no text
    source_url: str = ""  # absolute http(s), as in the file; "" when the file has none
    canonical_url: str = ""  # an address that readers can open: https://www.hkcnews.com/article/47815
    archived_url: str = ""
    identity: str = ""  # "hkcnews:47815", "url:bbc.com/zhongwen/…", "feed:…": see importers.fields.urls
    # The identity that the file gives, when other articles give it too and `identity` was made unique.
    shared_identity: str = ""
    canonical_identity: str = ""  # identity of the article that the source says this is a copy of
    images: tuple[ParsedImage, ...] = ()
    embeds: tuple[ParsedEmbed, ...] = ()
    pictures: tuple[PictureFile, ...] = ()  # only in an import; they become local copies
    related: tuple[RelatedLink, ...] = ()
    problems: tuple[Message, ...] = ()  # shown in the import report and to curators
    encoding: str = "utf-8"
    curated: Curated | None = None
    extra: dict[str, str] = field(default_factory=dict)  # front-matter keys that no importer uses
    # For `importers.explanation`, not stored: where fields were read ("title": "front matter: headline"), and
    # the lines of the file that are no part of the article.
    origins: dict[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()


class Importer(Protocol):
    """A module of `importers.formats`. `matches` is cheap and looks at content only."""

    name: str
    version: int  # increased when the same bytes would give another result

    def matches(self, text: str, /) -> bool: ...  # decoded text, BOM and CR removed
    def parse(self, source: SourceFile, text: str, agencies: Agencies, /) -> ParsedArticle: ...


class WrappedImporter(Protocol):
    """A module of `importers.formats` that reads bytes: a wrapping of several parts, which have encodings
    of their own."""

    name: str
    version: int

    def matches(self, data: bytes, /) -> bool: ...
    def parse(self, source: SourceFile, agencies: Agencies, /) -> ParsedArticle: ...  # `encoding` set
