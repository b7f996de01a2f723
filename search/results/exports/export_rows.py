"""The rows of any number of hits, in their order, some hundred at a time: memory stays flat however many
there are, and no query of the database stays open while a client is slow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import F

from newsarchive.archive import export, visibility
from newsarchive.models import Image
from newsarchive.runtime.number_lists import rows as number_rows
from newsarchive.runtime.number_lists import slices
from search.indexing import documents

from . import article_names
from .references import Reference, references

_AT_ONCE: Final = 500  # articles; more saves no time, fewer costs a query each


class Record(NamedTuple):
    identity: str
    values: dict[str, Any]  # `export.record`


def shown_numbers(stories: Sequence[int], *, grouped: bool) -> Iterator[list[int]]:
    """The articles that are shown of these stories, a slice of them at a time; all their visible copies
    unless `grouped`. Asked slice by slice: what is withdrawn meanwhile is left out."""
    for some in slices(stories, _AT_ONCE):
        copies = documents.visible_copies(list(some))
        yield [
            number
            for story in some
            if story in copies
            for number in (copies[story][:1] if grouped else copies[story])
        ]


def reference_rows(numbers: Iterable[Sequence[int]]) -> Iterator[Reference]:
    for some in numbers:
        yield from references(some)


def record_rows(numbers: Iterable[Sequence[int]]) -> Iterator[Record]:
    """`export.record` of each, and its identity. Six queries a slice; a prefetch makes a queryset for each
    article, which took longer than all the rest."""
    for some in numbers:
        found = visibility.visible().filter(pk__in=number_rows(some)).order_by()
        articles = found.only(*export.RECORD_COLUMNS).annotate(outlet_name=F("outlet__name")).in_bulk()
        names, tags = article_names.authors(articles), article_names.tags(articles)
        categories, images = article_names.categories(articles), _images(articles)
        for number in some:
            if article := articles.get(number):
                record = export.record_of(
                    article,
                    outlet=article.outlet_name or "",
                    authors=names.get(number, []),
                    categories=categories.get(number, []),
                    tags=tags.get(number, []),
                    images=images.get(number, ()),
                )
                yield Record(article.identity, record)


def _images(numbers: Collection[int]) -> dict[int, list[Sequence[str]]]:
    found = Image.objects.filter(article_id__in=number_rows(numbers)).order_by("article_id", "position")
    rows = found.values_list("article_id", *export.IMAGE_FIELDS)
    return article_names.grouped((row[0], row[1:]) for row in rows)
