"""The members of a .zip. Its list of contents is read, and then distrusted."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Final

from newsarchive.importers.types import SourceFile

from . import names
from .limits import Limits, Refused

_BLOCK: Final = 64 * 1024
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
_DAMAGE: Final = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def members(
    file: IO[bytes], size: int, limits: Limits, position: Callable[[int], None]
) -> Iterator[SourceFile | Refused]:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        limits.check_members(len(infos))
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
                yield Refused(name, f"It is damaged: {exc}.")
                continue
            unpacked += len(data)
            if len(data) > limits.file_bytes:
                yield Refused(name, limits.refusal(len(data)))
            else:
                yield SourceFile(name, bytes(data))


def _name(info: zipfile.ZipInfo) -> str:
    """Without the UTF-8 flag Python reads cp437: the bytes behind it are often UTF-8 or GB18030."""
    if info.flag_bits & 0x800:
        return names.clean(info.filename.encode("utf-8", "surrogatepass"))
    return names.clean(info.filename.encode("cp437", "replace"))


def _refusal(info: zipfile.ZipInfo, name: str, limits: Limits) -> str:
    mode = info.external_attr >> 16
    if names.escapes(name):
        return names.ESCAPES
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "Refused: a link or a device, not a plain file."
    if info.flag_bits & 0x1:
        return "Refused: it is encrypted."
    if info.compress_type not in _METHODS:
        return f"Refused: packed by a method that is not read here ({info.compress_type})."
    if info.file_size > limits.file_bytes:
        return limits.refusal(info.file_size)
    return ""
