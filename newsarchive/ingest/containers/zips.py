"""The members of a .zip. Its central directory is read, but sizes and counts in it are not trusted."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from newsarchive.errors import UnsafeArchive
from newsarchive.importers.types import SourceFile
from newsarchive.messages import Message

from . import names
from .limits import Limits, Refused

# Bytes of the central directory; 500,000 names of 200 bytes take as much. In memory it needs about five times
# the space. A longer one is refused.
_LONGEST_CONTENTS: Final = 128 * 1024 * 1024
_ENTRY: Final = struct.Struct("<4s24x3H12x")  # signature; lengths of name, extra field and comment
_END: Final = struct.Struct("<12xL6x")  # the end record: size of the central directory
# The ZIP64 end record, which stands before a locator and the end record.
_END64: Final = struct.Struct("<40xQ8x")
_LOCATOR: Final = 20  # bytes
_LONGEST_COMMENT: Final = 65_535  # bytes after the end record
_BLOCK: Final = 64 * 1024
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
_DAMAGE: Final = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def members(
    file: IO[bytes], size: int, limits: Limits, position: Callable[[int], None]
) -> Iterator[SourceFile | Refused]:
    _check_contents(file, size, limits)
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        unpacked = packed = 0
        for info in infos:
            packed += info.compress_size
            position(min(packed, size))
            name = _name(info)
            if info.is_dir() or names.is_hidden(name):
                continue
            if reason := _refusal(info, name, limits):
                yield Refused(name, reason)
                continue
            data = bytearray()
            try:
                with archive.open(info) as member:
                    while len(data) <= limits.file_bytes and (block := member.read(_BLOCK)):
                        data += block
                        limits.check_bytes(unpacked=unpacked + len(data), packed=size)
            except _DAMAGE as exc:
                yield Refused(name, Message("member_damaged", detail=str(exc)))
                continue
            unpacked += len(data)
            if len(data) > limits.file_bytes:
                yield Refused(name, limits.refusal(len(data)))
            else:
                yield SourceFile(name, bytes(data))


def check(path: Path) -> None:
    """Raises UnsafeArchive when its central directory is too long to be loaded."""
    with path.open("rb") as file:
        _, length = _contents(file, path.stat().st_size)
    if length > _LONGEST_CONTENTS:
        raise UnsafeArchive("stopped_header", size=length)


def _check_contents(file: IO[bytes], size: int, limits: Limits) -> None:
    """Checks the size of the central directory before `zipfile` loads all of it, whatever count its end
    record gives. Damage is left for `zipfile` to report."""
    start, length = _contents(file, size)
    if length > _LONGEST_CONTENTS:
        raise UnsafeArchive("stopped_header", size=length)
    file.seek(start)
    seen = 0
    while length >= _ENTRY.size and len(head := file.read(_ENTRY.size)) == _ENTRY.size:
        signature, *lengths = _ENTRY.unpack(head)
        if signature != b"PK\1\2":
            break
        seen += 1
        limits.check_members(seen)
        file.seek(sum(lengths), os.SEEK_CUR)
        length -= _ENTRY.size + sum(lengths)
    file.seek(0)


def _contents(file: IO[bytes], size: int) -> tuple[int, int]:
    """Start and declared size of the central directory, located as `zipfile` does: it ends where the end
    records begin."""
    before = max(0, size - _END.size - _LONGEST_COMMENT - _LOCATOR - _END64.size)
    file.seek(before)
    tail = file.read()
    end = tail.rfind(b"PK\5\6")
    if end < 0 or end + _END.size > len(tail):
        return 0, 0
    (length,) = _END.unpack_from(tail, end)
    wide = end - _LOCATOR - _END64.size
    if wide >= 0 and tail[end - _LOCATOR : end].startswith(b"PK\6\7") and tail.startswith(b"PK\6\6", wide):
        (length,) = _END64.unpack_from(tail, wide)
        end = wide
    start = before + end - length
    return (start, length) if start >= 0 else (0, 0)


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name. Without the UTF-8 flag Python decodes it as cp437, while the bytes are often UTF-8
    or GB18030."""
    if info.flag_bits & 0x800:
        return names.clean(info.filename.encode("utf-8", "surrogatepass"))
    return names.clean(info.filename.encode("cp437", "replace"))


def _refusal(info: zipfile.ZipInfo, name: str, limits: Limits) -> Message | None:
    mode = info.external_attr >> 16
    if names.escapes(name):
        return names.ESCAPES
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return Message("refused_device")
    if info.flag_bits & 0x1:
        return Message("refused_encrypted")
    if info.compress_type not in _METHODS:
        return Message("refused_method", method=info.compress_type)
    if info.file_size > limits.file_bytes:
        return limits.refusal(info.file_size)
    return None
