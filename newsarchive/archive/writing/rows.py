"""Writing an article's related rows (images, authors, categories, tags) as its file has them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Model

from newsarchive.archive.article_rows import image_row
from newsarchive.archive.name_cache import NameCache
from newsarchive.importers.types import ParsedArticle, ParsedAuthor
from newsarchive.models import Article, Author, Authorship, Image


def remove_parts(changes: Sequence[tuple[Article, Collection[str]]]) -> None:
    rows: dict[str, type[Model]] = {
        "images": Image,
        "authors": Authorship,
        "categories": Article.categories.through,
        "tags": Article.tags.through,
    }
    for part, model in rows.items():
        articles = [article.pk for article, parts in changes if part in parts]
        if articles:
            model._default_manager.filter(article__in=articles).delete()


def add_parts(
    changes: Sequence[tuple[Article, ParsedArticle, Collection[str]]], name_cache: NameCache
) -> None:
    """In the order given, so that an import always creates the same rows."""
    Image.objects.bulk_create(
        image_row(position, image, name_cache.agencies, article)
        for article, parsed, parts in changes
        if "images" in parts
        for position, image in enumerate(parsed.images)
    )
    Authorship.objects.bulk_create(
        Authorship(
            article=article,
            author=author,
            position=position,
            role=person.role,
            bio=person.bio,
            avatar=person.avatar,
        )
        for article, parsed, parts in changes
        if "authors" in parts
        for position, (author, person) in enumerate(_people(parsed, name_cache))
    )
    Article.categories.through._default_manager.bulk_create(
        Article.categories.through(article_id=article.pk, category_id=number)
        for article, parsed, parts in changes
        if "categories" in parts
        for number in dict.fromkeys(name_cache.categories[name] for name in parsed.categories)
    )
    Article.tags.through._default_manager.bulk_create(
        Article.tags.through(article_id=article.pk, tag_id=number)
        for article, parsed, parts in changes
        if "tags" in parts
        for number in dict.fromkeys(name_cache.tags[name] for name in parsed.tags)
    )


def _people(parsed: ParsedArticle, name_cache: NameCache) -> list[tuple[Author, ParsedAuthor]]:
    """Each author once: two names of a byline may be one author since curators merged them."""
    people: dict[int, tuple[Author, ParsedAuthor]] = {}
    for person in parsed.authors:
        author = name_cache.author(person.name)
        people.setdefault(author.pk, (author, person))
    return list(people.values())
