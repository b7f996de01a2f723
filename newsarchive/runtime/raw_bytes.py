"""How the bytes of an imported file are stored: compressed with zlib, and checked against their sha256 at
every read. This module makes no database queries, because a backup reads its copy of the database with the
same functions."""

from __future__ import annotations

import hashlib
import zlib
from typing import Final

from newsarchive.errors import DamagedRawFile
from newsarchive.messages import Message

_LEVEL: Final = 6  # zlib's level: 9 saves 1 % more and takes twice as long


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pack(data: bytes) -> bytes:
    return zlib.compress(data, _LEVEL)


def unpack(number: int, path: str, sha256: str, packed: object) -> bytes:
    """The original bytes. `packed` is the value of the database column, in whatever type the driver gives.
    Raises DamagedRawFile."""
    if not isinstance(packed, bytes | memoryview):
        raise DamagedRawFile(number, path, sha256, Message("bytes_missing"))
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed)
    except zlib.error as exc:
        raise DamagedRawFile(number, path, sha256, Message("bytes_not_unpacked", detail=str(exc))) from exc
    if not unpacker.eof:
        raise DamagedRawFile(number, path, sha256, Message("bytes_cut_off"))
    if digest(data) != sha256:
        raise DamagedRawFile(number, path, sha256, Message("bytes_differ"))
    return data
