"""Reading .zip and .tar (plain, .gz, .xz, .zst, .bz2) member by member, as a stream.

Nothing is unpacked to disk and no name inside an archive is ever opened. Declared sizes are not
trusted: what is unpacked is counted, and an archive that passes a limit is stopped where it stands.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import zstandard

from .errors import UnreadableFile, UnsafeArchive
from .importers.types import SourceFile

HEAD: Final = 512  # bytes that `kind` wants to see
LONGEST_NAME: Final = 1000  # as the column has it
RATIO_FROM: Final = 8 * 1024 * 1024  # bytes below which the ratio of unpacked to packed says nothing
_BLOCK: Final = 64 * 1024
_TAR_BLOCK: Final = 512
_LONGEST_HEADER: Final = 1024 * 1024  # of a long name or a pax header: both are held in memory
_ZIP_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
_DAMAGE: Final = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an import takes in. `ratio`: how many times larger than packed."""

    file_bytes: int
    archive_members: int
    archive_bytes: int
    ratio: int

    def refusal(self, size: int) -> str:
        return f"Refused: {size:,} bytes, more than the limit of {self.file_bytes:,} for one file."


@dataclass(frozen=True, slots=True)
class Refused:
    """An input whose bytes were not taken in."""

    path: str
    reason: str


Position = Callable[[int], None]  # told how many bytes of the archive file have been read


def kind(head: bytes) -> str:
    """What the first bytes say: zip, gz, xz, zst, bz2, tar, or "" for no archive."""
    for magic, name in (
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),  # without members
        (b"\x1f\x8b\x08", "gz"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"\x28\xb5\x2f\xfd", "zst"),
        (b"BZh", "bz2"),
    ):
        if head.startswith(magic):
            return name
    return "tar" if _header(head[:_TAR_BLOCK]) else ""


def members(path: Path, limits: Limits, position: Position) -> Iterator[SourceFile | Refused]:
    """In the order of the archive. Hidden files and __MACOSX are passed over in silence.

    Raises UnsafeArchive at a limit and UnreadableFile at damage; what came before is good.
    """
    try:
        with path.open("rb") as file:
            packing = kind(file.read(HEAD))
            file.seek(0)
            if packing == "zip":
                yield from _zip_members(file, path.stat().st_size, limits, position)
            else:
                yield from _tar_members(_Unpacked(file, packing, limits), limits, position)
    except _DAMAGE as exc:
        raise UnreadableFile(f"The archive is damaged or cut off: {exc or type(exc).__name__}.") from exc


def clean_name(name: bytes) -> str:
    """A file's name for people: UTF-8, else GB18030, without anything that moves a terminal's cursor."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = name.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = name.decode("utf-8", "replace")
    text = text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
    return "".join(char if char.isprintable() or char == "\u3000" else "\ufffd" for char in text)


def is_hidden(name: str) -> bool:
    return any(part == "__MACOSX" or (part[:1] == "." and part not in {".", ".."}) for part in _parts(name))


def _parts(name: str) -> list[str]:
    return name.replace("\\", "/").split("/")


def _escapes(name: str) -> bool:
    """Whether the name points out of the archive."""
    drive = len(name) > 1 and name[1] == ":" and name[0].isalpha()
    return name.startswith(("/", "\\")) or drive or ".." in _parts(name)


_ESCAPES: Final = "Refused: its name leads out of the archive."


def _zip_members(
    file: IO[bytes], size: int, limits: Limits, position: Position
) -> Iterator[SourceFile | Refused]:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        if len(infos) > limits.archive_members:
            raise _too_many(limits)
        unpacked = packed = 0
        for info in infos:
            packed += info.compress_size
            position(min(packed, size))
            name = _zip_name(info)
            if info.is_dir() or is_hidden(name):
                continue
            if reason := _zip_refusal(info, name, limits):
                yield Refused(name, reason)
                continue
            data = bytearray()
            try:
                with archive.open(info) as member:
                    while len(data) <= limits.file_bytes and (block := member.read(_BLOCK)):
                        data += block
                        _check(unpacked + len(data), size, limits)
            except (*_DAMAGE, NotImplementedError, RuntimeError) as exc:
                yield Refused(name, f"It is damaged: {exc}.")
                continue
            unpacked += len(data)
            if len(data) > limits.file_bytes:
                yield Refused(name, limits.refusal(len(data)))
            else:
                yield SourceFile(name, bytes(data))


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Without the UTF-8 flag Python reads cp437: the bytes behind it are often UTF-8 or GB18030."""
    if info.flag_bits & 0x800:
        return clean_name(info.filename.encode("utf-8", "surrogatepass"))
    return clean_name(info.filename.encode("cp437", "replace"))


def _zip_refusal(info: zipfile.ZipInfo, name: str, limits: Limits) -> str:
    mode = info.external_attr >> 16
    if _escapes(name):
        return _ESCAPES
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "Refused: a link or a device, not a plain file."
    if info.flag_bits & 0x1:
        return "Refused: it is encrypted."
    if info.compress_type not in _ZIP_METHODS:
        return f"Refused: packed by a method that is not read here ({info.compress_type})."
    if info.file_size > limits.file_bytes:
        return limits.refusal(info.file_size)
    return ""


class _Unpacked:
    """The unpacked bytes of a tar, counted against the limits."""

    def __init__(self, file: IO[bytes], packing: str, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._out = 0
        self._buffer = b""
        self._source: IO[bytes]
        match packing:
            case "gz":
                self._source = gzip.GzipFile(fileobj=file)  # type: ignore[assignment]
            case "xz":
                self._source = lzma.LZMAFile(file)  # noqa: SIM115 - closes with the file below it
            case "bz2":
                self._source = bz2.BZ2File(file)
            case "zst":
                self._source = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(  # type: ignore[assignment]
                    file, read_across_frames=True
                )
            case _:
                self._source = file

    @property
    def position(self) -> int:
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """Fewer bytes than asked for only at the end."""
        parts = []
        while size > 0:
            if not self._buffer:
                self._buffer = self._source.read(_BLOCK)
                if not self._buffer:
                    break
                self._out += len(self._buffer)
                _check(self._out, self.position, self._limits)
            part, self._buffer = self._buffer[:size], self._buffer[size:]
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def payload(self, size: int) -> bytes:
        """A member's bytes; the padding to the next block is read and dropped."""
        data = self.read(size)
        padding = -size % _TAR_BLOCK
        if len(data) < size or len(self.read(padding)) < padding:
            raise UnreadableFile("The archive is cut off in the middle of a file.")
        return data

    def skip(self, size: int) -> None:
        while size > _BLOCK:
            size -= len(self.payload(_BLOCK))
        self.payload(size)


def _tar_members(stream: _Unpacked, limits: Limits, position: Position) -> Iterator[SourceFile | Refused]:
    """Not `tarfile`'s own reader: that one keeps every header in memory, reads extended headers of any
    size, and takes damage in the middle for the end."""
    seen = 0
    extended: dict[str, bytes] = {}  # what long-name and pax headers say of the next member
    while (block := stream.read(_TAR_BLOCK)).strip(b"\0"):
        info = _header(block)
        if info is None:
            if not seen:
                raise UnreadableFile("It is compressed, but there is no tar inside: unpack it first.")
            raise UnreadableFile(f"The archive is damaged after {seen:,} files.")
        if info.type in _EXTENDED:
            if info.size > _LONGEST_HEADER:
                raise UnsafeArchive(f"Stopped: a header of {info.size:,} bytes.")
            extended |= _EXTENDED[info.type](stream.payload(info.size))
            continue
        name = clean_name(extended.get("path") or info.name.encode("utf-8", "surrogateescape"))
        sparse = info.issparse() or any(key.startswith("GNU.sparse") for key in extended)
        size = _number(extended["size"]) if "size" in extended else info.size
        extended = {}
        seen += 1
        if seen > limits.archive_members:
            raise _too_many(limits)
        position(stream.position)
        # As tarfile has it: links, folders and devices have no bytes behind their header.
        has_bytes = info.isreg() or info.type not in tarfile.SUPPORTED_TYPES
        taken = info.isreg() and not is_hidden(name) and not _escapes(name) and not sparse
        if taken and size <= limits.file_bytes:
            yield SourceFile(name, stream.payload(size))
            continue
        if has_bytes:
            stream.skip(size)
        if is_hidden(name) or info.isdir():
            continue
        if _escapes(name):
            yield Refused(name, _ESCAPES)
        elif not info.isreg() or sparse:
            yield Refused(name, "Refused: a link or a device, not a plain file.")
        else:
            yield Refused(name, limits.refusal(size))


def _header(block: bytes) -> tarfile.TarInfo | None:
    """The checksum tells a tar header from anything else."""
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return None
    return info if info.size >= 0 else None


def _number(digits: bytes) -> int:
    if not digits.isdigit():
        raise UnreadableFile("The archive is damaged: a size that is no number.")
    return int(digits)


def _pax(payload: bytes) -> dict[str, bytes]:
    """Records of the form `27 path=some/long/name\\n`, the length counting all of it."""
    records = {}
    while payload:
        digits, _, _ = payload.partition(b" ")
        length = _number(digits)
        if length <= len(digits) + 1:
            raise UnreadableFile("The archive is damaged: an empty pax record.")
        key, _, value = payload[len(digits) + 1 : length - 1].partition(b"=")
        records[key.decode("utf-8", "replace")] = value
        payload = payload[length:]
    return records


_EXTENDED: Final[dict[bytes, Callable[[bytes], dict[str, bytes]]]] = {
    tarfile.GNUTYPE_LONGNAME: lambda payload: {"path": payload.rstrip(b"\0")},
    tarfile.GNUTYPE_LONGLINK: lambda payload: {},
    tarfile.XHDTYPE: _pax,
    tarfile.SOLARIS_XHDTYPE: _pax,
    tarfile.XGLTYPE: lambda payload: {},  # of the whole archive: a comment, a charset
}


def _check(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.archive_bytes:
        raise UnsafeArchive(f"Stopped: it unpacks to more than {limits.archive_bytes:,} bytes.")
    if unpacked > RATIO_FROM and unpacked > limits.ratio * packed:
        raise UnsafeArchive(f"Stopped: it unpacks to {limits.ratio} times its size and more: a bomb.")


def _too_many(limits: Limits) -> UnsafeArchive:
    return UnsafeArchive(f"Stopped: it holds more than {limits.archive_members:,} files.")
