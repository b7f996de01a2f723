"""Articles as references to cite: what a reference prints and nothing more, so that tens of thousands are
read in seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from newsarchive.archive import visibility
from newsarchive.importers.types import Precision
from newsarchive.models import Article
from newsarchive.runtime.number_lists import rows as number_rows

from . import article_names
from .abstracts import abstract_of
from .cited_names import persons


@dataclass(frozen=True, slots=True)
class Reference:
    number: int  # of the Article
    identity: str
    title: str  # on one line; the identity where an article has none
    authors: tuple[str, ...]  # without role words; () where no person is named
    outlet: str
    column: str
    date: tuple[int, ...]  # year, month and day; year and month where no more is known; () without any
    language: str  # BCP 47
    source_url: str
    archived_url: str
    tags: tuple[str, ...]
    abstract: str = ""  # only where it was asked for: bodies of thousands take as long as all the rest

    @property
    def day(self) -> str:
        """2021-11-17, 2021-11 or "" """
        return "-".join(f"{part:02}" for part in self.date)


def with_abstract(number: int) -> Iterator[Reference]:
    """Of one article that is chosen by itself. Four queries."""
    bodies = dict(visibility.visible().filter(pk=number).values_list("pk", "body"))
    for reference in references([number]):
        yield replace(reference, abstract=abstract_of(bodies.get(number, "")))


def references(numbers: Sequence[int]) -> Iterator[Reference]:
    """Of the articles with these numbers that are visible, in this order. Three queries."""
    found = visibility.visible().filter(pk__in=number_rows(numbers)).order_by()
    rows = {row[0]: row[1:] for row in found.values_list("pk", *_COLUMNS)}
    names = article_names.authors(rows)
    tags = article_names.tags(rows)
    for number in numbers:
        if number in rows:
            yield _reference(number, rows[number], names.get(number, ()), tags.get(number, ()))


def reference_of(article: Article) -> Reference:
    """Of an article whose outlet, authors and tags have been read: no query."""
    outlet = article.outlet.name if article.outlet else ""
    said = (article.identity, article.title, article.byline, outlet, article.column)
    names = [authorship.author.name for authorship in article.authorships.all()]
    tags = [tag.name for tag in article.tags.all()]
    day = (article.published_on, article.date_precision)
    row = (*said, *day, article.language, article.source_url, article.archived_url)
    return _reference(article.pk, row, names, tags)


_COLUMNS: Final = (
    *("identity", "title", "byline", "outlet__name", "column", "published_on", "date_precision"),
    *("language", "source_url", "archived_url"),
)


def _reference(number: int, row: tuple[object, ...], names: Sequence[str], tags: Sequence[str]) -> Reference:
    identity, title, byline, outlet, column, day, precision, language, source, archived = row
    outlet = str(outlet or "")
    return Reference(
        number=number,
        identity=str(identity),
        title=" ".join(str(title).split()) or str(identity),
        authors=persons(names, str(byline), outlet),
        outlet=outlet,
        column=str(column),
        date=_parts(day, precision),
        language=str(language),
        source_url=str(source),
        archived_url=str(archived),
        tags=tuple(tags),
    )


def _parts(day: object, precision: object) -> tuple[int, ...]:
    if not isinstance(day, date):
        return ()
    return (day.year, day.month) if precision == Precision.MONTH else (day.year, day.month, day.day)
