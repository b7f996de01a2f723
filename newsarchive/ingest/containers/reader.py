"""Reads .zip and .tar (plain, .gz, .xz, .zst, .bz2) and crawls (WARC, ARC, WACZ) member by member, as a
stream.

Nothing is unpacked to disk and no name inside an archive is ever opened. Declared sizes are not trusted:
unpacked bytes are counted, and reading stops where a limit is exceeded.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.importers.types import SourceFile
from newsarchive.ingest.containers import crawls, names, tars, waczs, zips
from newsarchive.ingest.containers.limits import Limits, Refused
from newsarchive.messages import Message

HEAD: Final = tars.BLOCK  # bytes that `kind` needs
_MAGIC: Final = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),  # an archive without members
    (b"\x1f\x8b\x08", "gz"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"BZh", "bz2"),
)


def kind(head: bytes) -> str:
    """The format according to the first bytes: zip, gz, xz, zst, bz2, tar, warc, arc, or "" for no archive.
    A WACZ is a zip."""
    if crawl := crawls.kind(head):
        return crawl
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return "tar" if tars.header(head[:HEAD]) else ""


def members(path: Path, limits: Limits, position: Callable[[int], None]) -> Iterator[SourceFile | Refused]:
    """Members in the order of the archive; hidden files and __MACOSX are skipped without a report. `position`
    is called with the number of bytes of the archive that were read.

    Raises UnsafeArchive at a limit and UnreadableFile at damage; members yielded before that are valid.
    """
    try:
        with path.open("rb") as file:
            packing = kind(file.read(HEAD))
            file.seek(0)
            if packing in ("warc", "arc"):
                yield from _or_nothing(crawls.pages(lambda: path.open("rb"), limits, position), path)
            elif packing == "zip" and _is_wacz(path):
                with zipfile.ZipFile(file) as archive:
                    yield from _or_nothing(waczs.pages(archive, limits, position), path)
            elif packing == "zip":
                yield from zips.members(file, path.stat().st_size, limits, position)
            else:
                yield from tars.members(file, packing, limits, position)
    except (*tars.DAMAGE, zipfile.BadZipFile) as exc:
        raise UnreadableFile("archive_damaged", detail=str(exc) or type(exc).__name__) from exc


def crawled_pictures(path: Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """(address, bytes) of the pictures of a crawl; nothing for any other file."""
    try:
        with path.open("rb") as file:
            packing = kind(file.read(HEAD))
            file.seek(0)
            if packing in ("warc", "arc"):
                yield from crawls.pictures(lambda: path.open("rb"), limits.file_bytes)
            elif packing == "zip" and _is_wacz(path):
                with zipfile.ZipFile(file) as archive:
                    yield from waczs.pictures(archive, limits.file_bytes)
    except (*tars.DAMAGE, zipfile.BadZipFile):
        return  # it was reported when the pages were read


def _or_nothing(found: Iterator[SourceFile | Refused], path: Path) -> Iterator[SourceFile | Refused]:
    """The same; for a crawl without any page the reason."""
    empty = True
    for item in found:
        empty = False
        yield item
    if empty:
        yield Refused(names.clean(os.fsencode(path.name)), Message("crawl_without_pages"))


def _is_wacz(path: Path) -> bool:
    """Only the end of the file is looked at before: a zip with too long a list of members is left to
    `zips`."""
    try:
        zips.check(path)
        with zipfile.ZipFile(path) as archive:
            return waczs.is_wacz(archive)
    except (UnsafeArchive, zipfile.BadZipFile, OSError):
        return False
