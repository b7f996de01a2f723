"""Pictures beside the hits of a page: the archive's own copies, so that no other host is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsarchive.models import Image
from newsarchive.pictures import store

from ..results import Result


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """`url` is the whole picture: no smaller one is kept."""

    url: str
    width: int
    height: int
    anchor: str  # of its figure on the article's page


def thumbnails(results: Sequence[Result]) -> dict[int, Thumbnail]:
    """Number of the article that a hit shows -> its picture, for those that have a copy: the one whose
    caption was found, else the first. One query where the archive has no copies, else three for any number
    of hits."""
    if not results or not store.has_copies():
        return {}
    told_by = {result.article.pk: result.found_in or result for result in results}
    articles = {number: one.article.pk for number, one in told_by.items()}
    images: dict[int, list[Image]] = {}
    for image in Image.objects.filter(article_id__in=set(articles.values())).order_by("position"):
        images.setdefault(image.article_id, []).append(image)
    copies = store.local(image for listed in images.values() for image in listed)
    found = {result.article.pk: result.image.anchor for result in results if result.image}
    made = {}
    for number, article in articles.items():
        shown = [image for image in images.get(article, ()) if image.pk in copies]
        if shown:
            image = next((one for one in shown if _anchor(one) == found.get(number)), shown[0])
            copy = copies[image.pk]
            made[number] = Thumbnail(copy.url(article), copy.width, copy.height, _anchor(image))
    return made


def _anchor(image: Image) -> str:
    return f"image-{image.position}"
