"""What the forms of a curator hold. Whoever calls these notes the edit (`record_edit`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from newsarchive.archive import agencies
from newsarchive.models import Article, Authorship, Image

_ASIDE: Final = 10_000  # where positions wait while they change places


def save_form(article: Article) -> None:
    article.save()


def save_images(rows: Sequence[Image], *, gone: Iterable[Image]) -> None:
    """Positions are unique: those that change places do so by way of numbers that none has."""
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
    """Without a position, a new one comes last. An author stands once in an article: two that change places
    (`renamed`) do so by way of nobody."""
    for row in gone:
        row.delete()
    Authorship.objects.filter(pk__in=[row.pk for row in renamed]).delete()
    for row in people:
        row.article = article
        if row.position is None:
            row.position = article.authorships.count()
        row.save(force_insert=row in renamed)
