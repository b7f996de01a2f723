"""Hits -> results: the rows that a page prints, with the words marked in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from newsarchive.importers.html.safe_subset import plain_text
from newsarchive.models import Article
from search.language.loosening import LINE
from search.query.parser import Field

from . import rows
from .caption_markup import Legend, legend
from .highlight import Marker
from .rows import Row, Writer


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: the copy of the story that is shown, and where else to look for the words."""

    number: int  # of an Article
    story_id: int
    score: float
    copies: int = 1  # how many files tell this story, itself included
    others: bool = False  # whether to look through them


@dataclass(frozen=True, slots=True)
class FoundImage:
    """A picture or video whose caption or credit holds what was looked for."""

    src: str  # of a video: its poster
    archived_src: str
    caption: str
    caption_html: SafeString
    credit: str
    credit_html: SafeString
    legend: Legend  # caption and credit as pages print them
    anchor: str  # of its figure on the article's page
    url: str = ""  # of a video: where it is


@dataclass(frozen=True, slots=True)
class OtherCopy:
    """The copy of the story in which the words stand, when they don't stand in the one shown."""

    article: Article
    title_html: SafeString


@dataclass(frozen=True, slots=True)
class Result:
    """A hit with its rows read and its words marked. With `found_in`, snippets and image are from there."""

    article: Article
    outlet: str  # its name; "" without one
    writers: Sequence[Writer]
    score: float
    title_html: SafeString
    snippets: tuple[SafeString, ...]
    image: FoundImage | None
    copies: int
    found_in: OtherCopy | None = None

    @property
    def marked(self) -> bool:
        return self.image is not None or any("<mark>" in html for html in (self.title_html, *self.snippets))


def results(found: Sequence[Found], marker: Marker) -> tuple[Result, ...]:
    """In the order of `found`; without those that were withdrawn meanwhile. Three queries, six when words
    have to be looked for in other copies."""
    shown = rows.of_articles(one.number for one in found)
    made = {one: _result(one, shown[one.number], marker) for one in found if one.number in shown}
    unmarked = [one.story_id for one, result in made.items() if one.others and not result.marked]
    copies: dict[int, list[Row]] = {}
    for row in rows.of_stories(unmarked).values() if unmarked else ():
        copies.setdefault(row.article.story_id, []).append(row)
    return tuple(_elsewhere(result, copies.get(one.story_id, ()), marker) for one, result in made.items())


def _result(found: Found, row: Row, marker: Marker) -> Result:
    title, snippets, image = _marks(row, marker)
    return Result(row.article, row.outlet, row.writers, found.score, title, snippets, image, found.copies)


def _elsewhere(result: Result, copies: Sequence[Row], marker: Marker) -> Result:
    """With the marks of the newest other copy that has any."""
    for row in reversed(copies):
        if row.article.pk != result.article.pk:
            title, snippets, image = _marks(row, marker)
            other = replace(result, title_html=title, snippets=snippets, image=image)
            if other.marked:
                return replace(other, title_html=result.title_html, found_in=OtherCopy(row.article, title))
    return result


def _marks(row: Row, marker: Marker) -> tuple[SafeString, tuple[SafeString, ...], FoundImage | None]:
    title = marker.mark(Field.TITLE, row.article.title)
    body = plain_text(row.article.body, line_break=LINE)
    return title, tuple(marker.snippets(body)), _found_image(row, marker)


def _found_image(row: Row, marker: Marker) -> FoundImage | None:
    """The first picture, then video, whose caption or credit has a mark and all that is asked of one."""

    def found(caption: str, credit: str) -> bool:
        marked = marker.spans(Field.CAPTION, caption) or marker.spans(Field.CREDIT, credit)
        return bool(marked) and marker.is_of(caption, credit)

    for image in row.pictures:
        if found(image.caption, image.credit):
            return FoundImage(
                src=image.src,
                archived_src=image.archived_src,
                caption=image.caption,
                caption_html=marker.mark(Field.CAPTION, image.caption),
                credit=image.credit,
                credit_html=marker.mark(Field.CREDIT, image.credit),
                legend=legend(marker, image.caption, image.credit),
                anchor=f"image-{image.position}",
            )
    for number, embed in enumerate(row.article.embeds):
        if found(embed["caption"], ""):
            return FoundImage(
                src=embed["poster"],
                archived_src="",
                caption=embed["caption"],
                caption_html=marker.mark(Field.CAPTION, embed["caption"]),
                credit="",
                credit_html=SafeString(""),
                legend=legend(marker, embed["caption"], ""),
                anchor=f"embed-{number}",
                url=embed["url"],
            )
    return None
