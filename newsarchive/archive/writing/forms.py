"""Saving what a curator's form holds. The caller records the edit (`record_edit`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from newsarchive.archive import agencies
from newsarchive.models import Article, Authorship, Image

# Offset that positions get for a moment while rows change places, because positions are unique.
_ASIDE: Final = 10_000


def save_form(article: Article) -> None:
    article.save()


def save_images(rows: Sequence[Image], *, gone: Iterable[Image]) -> None:
    """Positions are unique: rows that change places are first moved to unused positions."""
    for image in gone:
        image.delete()
    known = agencies.table()
    for number, image in enumerate(image for image in rows if image.pk):
        Image.objects.filter(pk=image.pk).update(position=_ASIDE + number)
    for image in rows:
        image.agency = known.name_in(image.credit)
        image.save()


def save_authors(
    article: Article,
    people: Sequence[Authorship],
    *,
    renamed: Collection[Authorship],
    gone: Iterable[Authorship],
) -> None:
    """A new row without a position comes last. An author occurs once in an article: rows that change authors
    with each other (`renamed`) are first moved away."""
    for row in gone:
        row.delete()
    Authorship.objects.filter(pk__in=[row.pk for row in renamed]).delete()
    for row in people:
        row.article = article
        if row.position is None:
            row.position = article.authorships.count()
        row.save(force_insert=row in renamed)
