"""An article as it is read: body, figures and captions in order, marked for the search it was reached
by. What leaves here is escaped text, the safe subset, and plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from django.db.models import F, QuerySet
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from newsarchive.archive import visibility
from newsarchive.importers.html.safe_subset import clean, plain_text
from newsarchive.models import Article, Image, RawFile
from newsarchive.pictures import store as pictures
from newsarchive.pictures.store import Picture
from newsarchive.runtime import work
from search.language import conversion
from search.query.parser import Field
from search.results import service
from search.results.caption_markup import Legend, legend
from search.results.exports.abstracts import abstract_of
from search.results.highlight import Html, Marker, plain, rewritten
from search.results.marking.body_pieces import EmbedSlot, ImageSlot
from search.results.pages.neighbours import Neighbours, neighbours

from .headings import in_order
from .links import web_address
from .reading_way import Way

_HIT = re.compile(r'<mark id="hit-(\d+)">')


@dataclass(frozen=True, slots=True)
class Figure:
    kind: ClassVar[str] = "image"
    image: Image
    legend: Legend
    alt: SafeString  # "" when the caption says the same
    local: str = ""  # the address of our own copy; "" when there is none
    width: int = 0  # of the copy
    height: int = 0

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Where else the picture may be: the archived capture first, since the outlet may be gone."""
        addresses = (web_address(self.image.archived_src), web_address(self.image.src))
        return tuple(dict.fromkeys(filter(None, addresses)))


@dataclass(frozen=True, slots=True)
class Card:
    """A video or post of another site."""

    kind: ClassVar[str] = "embed"
    number: int
    url: str
    video: bool
    title: SafeString
    caption: SafeString
    poster: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Whom this file presents, in its own words: another year's file may say something else."""

    name: str
    paragraphs: tuple[tuple[SafeString, ...], ...]  # each of lines


Part = Html | Figure | Card


@dataclass(frozen=True, slots=True)
class Reading:
    article: Article
    way: Way  # the search one came by
    title: SafeString
    parts: tuple[Part, ...]
    writers: tuple[Writer, ...]
    hits: tuple[int, ...]  # numbers of the anchors, in reading order
    versions: tuple[Article, ...]  # the other visible copies of the story
    files: tuple[RawFile, ...]  # every file that told it, the one shown first
    description: str
    characters: int = 0  # of the text as printed, without blanks; captions are not counted
    neighbours: Neighbours | None = None
    unmarked: bool = False  # the words stand in more than one page may cost to mark

    @property
    def text(self) -> str:
        return self.way.parameters.text

    @property
    def language(self) -> str:
        """The tag of the text as it is shown."""
        return conversion.TAGS[self.way.script] if self.way.script else self.article.language

    @property
    def years_old(self) -> int:
        """Whole years since the day of publication, so that nobody who was sent the address takes old news
        for new; 0 in the first year, and without a date."""
        day, today = self.article.published_on, localdate()
        if day is None:
            return 0
        return today.year - day.year - ((today.month, today.day) < (day.month, day.day))

    @property
    def pictures(self) -> int:
        """That only other hosts have."""
        return sum(1 for part in self.parts if isinstance(part, Figure) and part.elsewhere and not part.local)


def articles() -> QuerySet[Article]:
    """Whoever shows one decides by its status. The bytes of the file are left where they are."""
    return (
        Article.objects.select_related("outlet", "raw", "run", "story")
        .defer("raw__packed")
        .prefetch_related("images", "authorships__author", "categories", "tags")
    )


def article_of(number: int) -> Article | None:
    return articles().filter(pk=number).first()


def read(article: Article, way: Way | None = None) -> Reading:
    """Three queries beside those of `articles`; two more for the hits beside it."""
    way = way or Way()
    asked = way.parameters
    marker = service.marker_for(asked.text, also=asked.also, exact=asked.exact, loose=asked.loose)
    body = clean(article.body)
    title = marker.mark_numbered(Field.TITLE, article.title)
    parts = tuple(_parts(article, in_order(body), marker))
    hits = tuple(_anchors(title, parts))
    unmarked = work.current().unmarked
    page = Reading(
        article=article,
        way=way,
        title=title,
        parts=parts,
        writers=tuple(_writers(article)),
        hits=hits,
        versions=tuple(_versions(article)),
        files=tuple(_files(article)),
        description=abstract_of(body),
        characters=len("".join(plain_text(body).split())),
        neighbours=neighbours(asked, article.story_id, way.place) if way.place else None,
        unmarked=unmarked,
    )
    return _in_script(page, way.script) if way.script else page


def _in_script(page: Reading, script: conversion.Script) -> Reading:
    """What is read is converted after it was marked, so that marks are those of the original."""
    convert = partial(conversion.converted, script=script, language=page.article.language)

    def of(made: SafeString) -> SafeString:
        return rewritten(made, convert)

    def part(one: Part) -> Part:
        if isinstance(one, Html):
            return Html(of(one.html))
        if isinstance(one, Card):
            return replace(one, title=of(one.title), caption=of(one.caption))
        said = one.legend
        said = replace(said, before=of(said.before), credit=of(said.credit), after=of(said.after))
        return replace(one, legend=said, alt=of(one.alt))

    writers = (
        replace(one, paragraphs=tuple(tuple(map(of, lines)) for lines in one.paragraphs))
        for one in page.writers
    )
    return replace(page, title=of(page.title), parts=tuple(map(part, page.parts)), writers=tuple(writers))


def _writers(article: Article) -> Iterator[Writer]:
    for authorship in article.authorships.all():
        paragraphs = [part.strip("\n") for part in (authorship.bio or "").split("\n\n") if part.strip()]
        if paragraphs:
            lines = (tuple(map(plain, paragraph.split("\n"))) for paragraph in paragraphs)
            yield Writer(authorship.author.name, tuple(lines))


def _parts(article: Article, body: str, marker: Marker) -> Iterator[Part]:
    """The body between its figures; figures that the body has no place for come last."""
    images = {image.position: image for image in article.images.all()}
    copies = pictures.local(images.values())
    embeds = dict(enumerate(article.embeds))
    for part in marker.mark_body(body):
        if isinstance(part, ImageSlot):
            if image := images.pop(part.number, None):
                yield _figure(image, marker, copies)
        elif isinstance(part, EmbedSlot):
            if embed := embeds.pop(part.number, None):
                yield _card(part.number, embed, marker)
        else:
            yield part
    for image in images.values():
        yield _figure(image, marker, copies)
    for number, embed in embeds.items():
        yield _card(number, embed, marker)


def _figure(image: Image, marker: Marker, copies: dict[int, Picture]) -> Figure:
    said = image.alt.strip() in image.caption
    figure = Figure(
        image,
        legend(marker, image.caption, image.credit, numbered=True),
        plain("" if said else image.alt),
    )
    if copy := copies.get(image.pk):
        local = copy.url(image.article_id)
        return replace(figure, local=local, width=copy.width, height=copy.height)
    return figure


def _card(number: int, embed: dict[str, str], marker: Marker) -> Card:
    return Card(
        number=number,
        url=embed.get("url", ""),
        video=embed.get("kind") == "video",
        title=marker.mark_numbered(Field.OTHER, embed.get("title", "")),
        caption=marker.mark_numbered(Field.CAPTION, embed.get("caption", "")),
        poster=embed.get("poster", ""),
    )


def _anchors(title: SafeString, parts: tuple[Part, ...]) -> Iterator[int]:
    """In the order of the page; a body is numbered before the captions that stand in it."""
    for piece in (title, *(piece for part in parts for piece in _pieces(part))):
        yield from map(int, _HIT.findall(piece))


def _pieces(part: Part) -> tuple[SafeString, ...]:
    if isinstance(part, Figure):
        return part.legend.before, part.legend.credit, part.legend.after
    if isinstance(part, Card):
        return part.title, part.caption
    return (part.html,)


def captions(article: Article) -> list[str]:
    """Of pictures, then of videos; a credit that stands apart follows its caption."""
    pictures = [
        " ".join(filter(None, (image.caption, image.credit if image.credit not in image.caption else "")))
        for image in article.images.all()
    ]
    return [text for text in (*pictures, *(embed["caption"] for embed in article.embeds)) if text.strip()]


def _versions(article: Article) -> list[Article]:
    """The visible copies of its story but itself, the latest capture first."""
    others = visibility.visible().filter(story=article.story_id).exclude(pk=article.pk)
    latest = F("captured_at").desc(nulls_last=True)
    return list(others.select_related("outlet", "raw").defer("raw__packed", "body").order_by(latest, "-pk"))


def _files(article: Article) -> list[RawFile]:
    """The one that is shown first."""
    found = article.raw_files.select_related("run").defer("packed")
    return sorted(found, key=lambda file: (file.pk != article.raw_id, -file.pk))
