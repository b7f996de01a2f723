"""Local copies of pictures: the outcome for each original address, and the files.

Each file lies once under NEWSARCHIVE_DATA/pictures/, named by its sha256, however many addresses have it. A
copy is served under its article's address (/pictures/<article>/<sha256>.jpg): when the article is withdrawn
that address is gone, while another article with the same picture still serves it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsarchive.errors import DamagedPicture
from newsarchive.importers.html import embedded
from newsarchive.models import Image
from newsarchive.runtime import files

from .sniff import SUFFIXES, Kind


class Picture(models.Model):
    class Status(models.TextChoices):
        OK = "ok", _("有本地副本")
        MISSING = "missing", _("原址已無")
        REFUSED = "refused", _("不收")
        FAILED = "failed", _("未取得")  # worth another try

    # Addresses have up to 16,384 characters, more than a PostgreSQL index can hold.
    address = models.CharField(max_length=64, primary_key=True)  # sha256 of `src`
    src = models.TextField(_("原址"))
    fetched_from = models.TextField(_("取自"), blank=True)  # src or the archived address, after redirects
    status = models.CharField(_("狀態"), max_length=10, choices=Status.choices, db_index=True)
    reason = models.TextField(_("原因"), blank=True)
    fetched_at = models.DateTimeField(_("時間"))
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)  # of the bytes
    media_type = models.CharField(max_length=20, blank=True)
    size = models.PositiveBigIntegerField(_("位元組"), default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("圖片副本")

    def __str__(self) -> str:
        return f"{self.status} {self.src[-60:]}"

    @property
    def suffix(self) -> str:
        return SUFFIXES[self.media_type]

    @property
    def path(self) -> Path:
        return path_of(self.sha256)

    def url(self, article_id: int) -> str:
        return reverse("picture", args=[article_id, self.sha256, self.suffix])


def key_of(image: Image) -> str:
    """What its local copy is kept under: its original address, or the key of bytes that were in the file
    itself; "" when it can have none."""
    return image.src or (image.found_src if embedded.is_key(image.found_src) else "")


def address_of(src: str) -> str:
    return hashlib.sha256(src.encode()).hexdigest()


def path_of(sha256: str) -> Path:
    """`sha256` must come from a row or a checked URL: 64 hexadecimal digits, which are a safe path."""
    folder: Path = settings.DATA_DIR / "pictures" / sha256[:2]
    return folder / sha256


def is_sound(place: Path) -> bool:
    """Whether the file exists and its bytes match the sha256 in its name. Reads the whole file."""
    try:
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == place.name
    except OSError:
        return False


def read(picture: Picture) -> bytes:
    """The bytes, checked against their sha256. Raises DamagedPicture, also when the file can't be read."""
    try:
        data = picture.path.read_bytes()
    except OSError as exc:
        raise DamagedPicture(picture.path, str(exc.strerror)) from exc
    if hashlib.sha256(data).hexdigest() != picture.sha256:
        raise DamagedPicture(picture.path, "its bytes are not those that were fetched")
    return data


def damaged() -> list[Picture]:
    """Copies whose bytes are not those that were fetched, missing ones not included. Reads every file."""
    copies = Picture.objects.filter(status=Picture.Status.OK).order_by("sha256").iterator()
    return [copy for copy in copies if copy.path.is_file() and not is_sound(copy.path)]


def keep(data: bytes, kind: Kind) -> str:
    """Stores the bytes and returns their sha256 once they are on the disk, whole or not at all. A damaged
    file of that name is replaced."""
    digest = hashlib.sha256(data).hexdigest()
    place = path_of(digest)
    if not is_sound(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(place, data)
    return digest


def has_copies() -> bool:
    """Whether the archive has a local copy of any picture. One query, by an index."""
    return Picture.objects.filter(status=Picture.Status.OK).exists()


def local(images: Iterable[Image]) -> dict[int, Picture]:
    """Image id -> its local copy, for those that have one. One query."""
    by_address: dict[str, list[int]] = {}
    for image in images:
        if key := key_of(image):
            by_address.setdefault(address_of(key), []).append(image.pk)
    if not by_address:
        return {}
    found = Picture.objects.filter(pk__in=by_address, status=Picture.Status.OK)
    return {
        number: picture for picture in found if picture.path.is_file() for number in by_address[picture.pk]
    }


def thumbnails(article_ids: Collection[int]) -> dict[int, str]:
    """Article id -> address of its first picture that has a local copy. Two queries for any number of
    articles."""
    images = list(Image.objects.filter(article_id__in=article_ids).order_by("-position"))
    copies = local(images)
    return {
        image.article_id: copies[image.pk].url(image.article_id) for image in images if image.pk in copies
    }
