"""Writes values in the plain form of `history.snapshots`, and rows of a curator's form, to the database. The
caller records the edit (`record_edits`), which also writes the outbox row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.db import models

from newsarchive.archive import agencies, renaming
from newsarchive.archive.history import COLUMNS, MARKS, PICTURE_GIVEN, Review, Values, outlet
from newsarchive.models import Article, Author, Authorship, Category, Image, Tag

from .curated import record_edits


def put(article: Article, values: Values) -> None:
    """Writes all values of a snapshot except the story. The caller records the edit."""
    columns = [field for field in values if field in (*COLUMNS, *MARKS, "status_changed_at")]
    for field in columns:
        setattr(article, field, _value(field, values[field]))
    if "outlet" in values:
        article.outlet = outlet(values["outlet"])
        columns.append("outlet")
    if columns:
        article.save(update_fields=[*columns, "changed_at"])
    if "authors" in values:
        put_authors(article, values["authors"])
    if "categories" in values:
        article.categories.set(named(Category, values["categories"]))
    if "tags" in values:
        article.tags.set(named(Tag, values["tags"]))
    if "images" in values:
        put_images(article, values["images"])
    if "reviewed" in values:
        review([article.pk], done=values["reviewed"])


def put_everywhere(numbers: Iterable[int], values_for: Callable[[Article], Values]) -> None:
    edits = []
    for article in Article.objects.filter(pk__in=numbers).prefetch_related("tags").order_by("pk"):
        values = values_for(article)
        put(article, values)
        edits.append((article, set(values)))
    record_edits(edits)


def put_images(article: Article, pictures: Sequence[Values]) -> None:
    """Rows that stay keep their ids. Records no edit."""
    known = agencies.table()
    there = {image.position: image for image in article.images.all()}
    for values in pictures:
        image = there.pop(values["position"], None) or Image(article=article)
        for field in PICTURE_GIVEN:
            setattr(image, field, values[field])
        image.agency = known.name_in(image.credit)
        image.save()
    Image.objects.filter(pk__in=[image.pk for image in there.values()]).delete()


def put_authors(article: Article, people: Iterable[Sequence[str]]) -> None:
    given = [(name, role) for name, role in people]
    today = renaming.todays_names(Author, [name for name, _role in given])
    roles: dict[str, str] = {}
    for name, role in given:
        roles.setdefault(today.get(name, name), role)
    printed = {row.author_id: (row.bio, row.avatar) for row in article.authorships.all()}
    article.authorships.all().delete()
    rows = []
    for number, (name, role) in enumerate(roles.items()):
        author, _made = Author.objects.get_or_create(name=name)
        bio, avatar = printed.get(author.pk, (None, None))
        rows.append(
            Authorship(article=article, author=author, position=number, role=role, bio=bio, avatar=avatar)
        )
    Authorship.objects.bulk_create(rows)


def _value(column: str, plain: Any) -> Any:
    field = Article._meta.get_field(column)
    return field.to_python(plain) if isinstance(field, models.DateField | models.DateTimeField) else plain


def review(numbers: Collection[int], *, done: bool) -> None:
    if done:
        Review.objects.bulk_create([Review(article_id=pk) for pk in numbers], ignore_conflicts=True)
    else:
        Review.objects.filter(article__in=numbers).delete()


def named(model: type[Category] | type[Tag], names: Iterable[str]) -> list[Any]:
    """The rows of these names. Missing ones are created; a former name gives the row that replaced it."""
    given = list(dict.fromkeys(names))
    today = renaming.todays_names(model, given)
    wanted = list(dict.fromkeys(today.get(name, name) for name in given))
    rows: dict[str, Any] = {row.name: row for row in model._default_manager.filter(name__in=wanted)}
    return [rows.get(name) or model._default_manager.get_or_create(name=name)[0] for name in wanted]
