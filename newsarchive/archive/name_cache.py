"""A cache of the rows that articles share during an import: outlets, authors, categories, tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar

from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import ParsedArticle
from newsarchive.models import Author, Category, Outlet, Tag

from . import agencies, renaming

_Named = TypeVar("_Named", Category, Tag)


class NameCache:
    """The rows for the names of an import; each is looked up once. New rows are created in the order in which
    the files bring their names, so that the same import always creates the same rows."""

    def __init__(self) -> None:
        self._outlets: dict[str, Outlet] = {}
        self._authors: dict[str, Author] = {}
        self.categories: dict[str, int] = {}
        self.tags: dict[str, int] = {}

    def learn(self, articles: Sequence[ParsedArticle]) -> None:
        """Looks up or creates the rows for these articles. Call it inside the transaction; after a rollback
        start with a new, empty cache."""
        for article in articles:
            if article.outlet:
                self._learn_outlet(article)
        self._learn_authors(articles)
        _learn_names(Category, self.categories, (name for article in articles for name in article.categories))
        _learn_names(Tag, self.tags, (name for article in articles for name in article.tags))

    @cached_property
    def agencies(self) -> Agencies:
        return agencies.table()

    def outlet(self, name: str) -> Outlet | None:
        return self._outlets.get(name)

    def author(self, name: str) -> Author:
        return self._authors[name]

    def _learn_outlet(self, article: ParsedArticle) -> None:
        """An outlet that curators renamed is also found by its former names, which are among its aliases."""
        if not self._outlets:
            known = list(Outlet.objects.all())
            self._outlets = {alias: outlet for outlet in known for alias in outlet.aliases}
            self._outlets |= {outlet.name: outlet for outlet in known}
        outlet = self._outlets.get(article.outlet)
        if outlet is None:
            outlet = self._outlets[article.outlet] = Outlet.objects.create(name=article.outlet)
        _tell(outlet, article, homepage=article.outlet_homepage, language=article.language)

    def _learn_authors(self, articles: Sequence[ParsedArticle]) -> None:
        names = dict.fromkeys(author.name for article in articles for author in article.authors)
        missing = [name for name in names if name not in self._authors]
        if missing:
            self._authors |= {author.name: author for author in Author.objects.filter(name__in=missing)}
            taken_over = renaming.former(Author, [name for name in missing if name not in self._authors])
            rows = Author.objects.in_bulk(taken_over.values())
            self._authors |= {name: rows[pk] for name, pk in taken_over.items() if pk in rows}
            made = Author.objects.bulk_create(
                Author(name=name) for name in missing if name not in self._authors
            )
            self._authors |= {author.name: author for author in made}
        for article in articles:
            for author in article.authors:
                _tell(self._authors[author.name], article, bio=author.bio, avatar=author.avatar)


def _learn_names(model: type[_Named], known: dict[str, int], names: Iterable[str]) -> None:
    missing = [name for name in dict.fromkeys(names) if name not in known]
    if missing:
        known.update(model.objects.filter(name__in=missing).values_list("name", "id"))
        taken_over = renaming.former(model, [name for name in missing if name not in known])
        there = set(model.objects.filter(pk__in=taken_over.values()).values_list("pk", flat=True))
        known.update((name, pk) for name, pk in taken_over.items() if pk in there)
        made = model.objects.bulk_create(model(name=name) for name in missing if name not in known)
        known.update((row.name, row.pk) for row in made)


def _tell(row: Outlet | Author, article: ParsedArticle, **values: str) -> None:
    """Updates what articles say about an outlet or author. The latest published article wins, whatever the
    order of arrival (of two of one day, the greater text in string order). A curator's value, and one from
    before days were recorded, stays."""
    day = article.published.day if article.published else date.min
    changed = []
    for field, value in values.items():
        known, since = getattr(row, field), getattr(row, f"{field}_from")
        if value and (not known or (since is not None and (day, value) > (since, known))):
            setattr(row, field, value)
            setattr(row, f"{field}_from", day)
            changed += [field, f"{field}_from"]
    if changed:
        row.save(update_fields=changed)
