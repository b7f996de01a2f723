"""Reads .zip and .tar (plain, .gz, .xz, .zst, .bz2) member by member, as a stream.

Nothing is unpacked to disk and no name inside an archive is ever opened. Declared sizes are not trusted:
unpacked bytes are counted, and reading stops where a limit is exceeded.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from newsarchive.errors import UnreadableFile
from newsarchive.importers.types import SourceFile
from newsarchive.ingest.containers import tars, zips
from newsarchive.ingest.containers.limits import Limits, Refused

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
    """The format according to the first bytes: zip, gz, xz, zst, bz2, tar, or "" for no archive."""
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
            if packing == "zip":
                yield from zips.members(file, path.stat().st_size, limits, position)
            else:
                yield from tars.members(file, packing, limits, position)
    except (*tars.DAMAGE, zipfile.BadZipFile) as exc:
        raise UnreadableFile("archive_damaged", detail=str(exc) or type(exc).__name__) from exc
