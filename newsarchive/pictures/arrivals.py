"""Local copies of pictures that came with an import: from the page itself, from a crawl."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from newsarchive.importers.types import PictureFile

from . import sniff, store
from .store import Picture


def keep(pictures: Iterable[PictureFile]) -> int:
    """Stores those that are pictures of a kind that is shown. A sound copy that is there already stays.
    Returns the number of new ones."""
    by_address = {store.address_of(picture.key): picture for picture in pictures}
    known = Picture.objects.in_bulk(list(by_address)) if by_address else {}
    new = 0
    for address, picture in by_address.items():
        before = known.get(address)
        kind = sniff.kind_of(picture.data)
        if kind is None or (before and before.status == Picture.Status.OK and store.is_sound(before.path)):
            continue
        Picture.objects.update_or_create(
            address=address,
            defaults={
                "src": picture.key,
                "fetched_from": "",
                "status": Picture.Status.OK,
                "reason": "",
                "fetched_at": timezone.now(),
                "sha256": store.keep(picture.data, kind),
                "media_type": kind.media_type,
                "size": len(picture.data),
                "width": kind.width,
                "height": kind.height,
            },
        )
        new += 1
    return new
