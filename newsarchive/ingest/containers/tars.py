"""The members of a .tar, compressed or not, as a stream.

`tarfile`'s own reader is not used, because it keeps every header in memory, reads extended headers of any
size, and takes damage in the middle for the end.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final, Protocol

import zstandard

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.importers.types import SourceFile
from newsarchive.messages import Message

from . import names
from .limits import Limits, Refused

BLOCK: Final = 512  # everything in a tar begins at a multiple of this
_CHUNK: Final = 64 * 1024
# Bytes of a long name or pax header, both held in memory; a larger one is refused.
_LONGEST_HEADER: Final = 1024 * 1024
_WINDOW: Final = 2**27  # bytes of memory that decompressing a .zst may need
_MEMORY: Final = 2**28  # bytes of memory that decompressing a .xz may need; xz -9 needs a quarter of it
# What reading raises for damaged data.
DAMAGE: Final = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError)


def header(block: bytes) -> tarfile.TarInfo | None:
    """None when the checksum is wrong: then the block is no tar header."""
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return None
    return info if info.size >= 0 else None


def members(
    file: IO[bytes], packing: str, limits: Limits, position: Callable[[int], None]
) -> Iterator[SourceFile | Refused]:
    """`packing`: gz, xz, bz2, zst or tar."""
    stream = _Unpacked(file, packing, limits)
    seen = held = 0  # bytes of all headers of one member
    extended: dict[str, bytes] = {}  # values from long-name and pax headers for the next member
    while (block := stream.read(BLOCK)).strip(b"\0"):
        info = header(block)
        if info is None:
            if not seen:
                raise UnreadableFile("archive_no_tar")
            raise UnreadableFile("archive_damaged_after", n=seen)
        if info.type in _EXTENDED:
            held += info.size
            if held > _LONGEST_HEADER:
                raise UnsafeArchive("stopped_header", size=held)
            extended |= _EXTENDED[info.type](stream.payload(info.size))
            continue
        seen += 1
        limits.check_members(seen)
        position(stream.position)
        yield from _member(stream, info, extended, limits)
        extended, held = {}, 0
    if not block:
        raise UnreadableFile("archive_without_end", n=seen)


@contextmanager
def written(file: IO[bytes]) -> Iterator[tarfile.TarFile]:
    """A .tar.zst file of this program's own, to which members of any size are added one by one."""
    packer = zstandard.ZstdCompressor(level=5, write_checksum=True)
    with (
        packer.stream_writer(file, closefd=False) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield tar


@contextmanager
def read_back(file: IO[bytes]) -> Iterator[tarfile.TarFile]:
    """Reads what `written` made, from front to back. Damage raises one of DAMAGE or tarfile.TarError."""
    with tarfile.open(fileobj=_zst(file), mode="r|") as tar:  # type: ignore[call-overload]
        yield tar


def _member(
    stream: _Unpacked, info: tarfile.TarInfo, extended: dict[str, bytes], limits: Limits
) -> Iterator[SourceFile | Refused]:
    """Yields the member or the reason why it was refused; nothing for folders and hidden files."""
    name = names.clean(extended.get("path") or info.name.encode("utf-8", "surrogateescape"))
    size = _number(extended["size"]) if "size" in extended else info.size
    sparse = info.issparse() or info.type == tarfile.GNUTYPE_SPARSE
    plain = info.isreg() and not sparse and not any(key.startswith("GNU.sparse") for key in extended)
    hidden = names.is_hidden(name) or info.isdir()
    if plain and not hidden and not names.escapes(name) and size <= limits.file_bytes:
        yield SourceFile(name, stream.payload(size))
        return
    # As in tarfile: links, folders and devices have no data after their header.
    if info.isreg() or info.type not in tarfile.SUPPORTED_TYPES:
        stream.skip(size)
    if hidden:
        return
    if names.escapes(name):
        yield Refused(name, names.ESCAPES)
    elif not plain:
        yield Refused(name, Message("refused_device"))
    else:
        yield Refused(name, limits.refusal(size))


class _Unpacked:
    """The unpacked bytes of a tar, counted against the limits."""

    def __init__(self, file: IO[bytes], packing: str, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._out = 0
        self._buffer = b""
        self._start = 0  # index in the buffer where unread bytes begin
        self._source = _OPENERS[packing](file)

    @property
    def position(self) -> int:
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """Returns fewer bytes than asked for only at the end."""
        parts = []
        while size > 0:
            if self._start == len(self._buffer):
                self._buffer = self._source.read(_CHUNK)
                self._start = 0
                if not self._buffer:
                    break
                self._out += len(self._buffer)
                self._limits.check_bytes(unpacked=self._out, packed=self.position)
            part = self._buffer[self._start : self._start + size]
            self._start += len(part)
            size -= len(part)
            parts.append(part)
        return b"".join(parts)

    def payload(self, size: int) -> bytes:
        """A member's bytes; the padding up to the next block is skipped."""
        data = self.read(size)
        padding = -size % BLOCK
        if len(data) < size or len(self.read(padding)) < padding:
            raise UnreadableFile("archive_cut_in_file")
        return data

    def skip(self, size: int) -> None:
        while size > _CHUNK:
            size -= len(self.payload(_CHUNK))
        self.payload(size)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _gz(file: IO[bytes]) -> _Readable:
    return gzip.GzipFile(fileobj=file)


def _zst(file: IO[bytes]) -> _Readable:
    reader: _Readable = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(
        file, read_across_frames=True
    )
    return reader


class _Xz:
    """Like lzma.LZMAFile, but with a limit on the memory that decompression may use."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._stream = lzma.LZMADecompressor(memlimit=_MEMORY)

    def read(self, size: int, /) -> bytes:
        while True:
            if self._stream.eof:  # another stream may follow, after zero padding
                following = self._stream.unused_data
                while not (following := following.lstrip(b"\0")):
                    if not (following := self._file.read(_CHUNK)):
                        return b""
                self._stream = lzma.LZMADecompressor(memlimit=_MEMORY)
            else:
                following = self._file.read(_CHUNK) if self._stream.needs_input else b""
                if self._stream.needs_input and not following:
                    raise EOFError("it ends in the middle")
            if data := self._stream.decompress(following, size):
                return data


_OPENERS: Final[dict[str, Callable[[IO[bytes]], _Readable]]] = {
    "tar": lambda file: file,
    "gz": _gz,
    "xz": _Xz,
    "bz2": bz2.BZ2File,
    "zst": _zst,
}


def _number(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 20:
        raise UnreadableFile("archive_size_no_number")
    return int(digits)


def _pax(payload: bytes) -> dict[str, bytes]:
    """Parses records of the form `27 path=some/long/name\\n`, where the length counts the whole record."""
    records = {}
    at = 0
    while at < len(payload):
        digits, _, _ = payload[at : at + 24].partition(b" ")
        length = _number(digits)
        if length <= len(digits) + 1:
            raise UnreadableFile("archive_pax_empty")
        key, _, value = payload[at + len(digits) + 1 : at + length - 1].partition(b"=")
        records[key.decode("utf-8", "replace")] = value
        at += length
    return records


_EXTENDED: Final[dict[bytes, Callable[[bytes], dict[str, bytes]]]] = {
    tarfile.GNUTYPE_LONGNAME: lambda payload: {"path": payload.rstrip(b"\0")},
    tarfile.GNUTYPE_LONGLINK: lambda payload: {},
    tarfile.XHDTYPE: _pax,
    tarfile.SOLARIS_XHDTYPE: _pax,
    tarfile.XGLTYPE: lambda payload: {},  # for the whole archive: a comment, a charset
}
