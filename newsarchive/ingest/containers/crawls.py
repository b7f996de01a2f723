"""The pages of a crawl (WARC, ARC, compressed or not) as a stream: one record after the other, never the
whole file.

Of a WARC, every `response` with status 200 and HTML is an article's file, as a WARC record of its own: its
headers and its HTTP response as they came. A `revisit` becomes such a record too, with the response that it
refers to. fastwarc reads WARC; warcio reads ARC, which fastwarc doesn't know.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final, cast

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as ArcIterator
from warcio.exceptions import ArchiveLoadFailed

from newsarchive.errors import UnreadableFile
from newsarchive.importers.types import SourceFile
from newsarchive.importers.wrapping import http
from newsarchive.messages import Message

from . import names
from .limits import Limits, Refused

Open = Callable[[], IO[bytes]]  # opens the file anew, at its beginning
_GZIP: Final = b"\x1f\x8b\x08"
_WARC: Final = b"WARC/"
_ARC: Final = b"filedesc://"
_HEAD: Final = 64 * 1024  # bytes of a response in which its HTTP headers must end
_NEXT_RECORD: Final = b"\r\n\r\nWARC/1."
_READ: Final = 1024 * 1024
_MOST_PLACES: Final = 500_000  # responses of one crawl whose place is remembered for revisits
_MOST_RESYNCS: Final = 200  # times that reading goes on behind a damaged record
_DAMAGE: Final = (OSError, EOFError, ValueError, RuntimeError, zlib.error, ArchiveLoadFailed)


@dataclass(frozen=True, slots=True)
class Record:
    """A record's own headers, in order, and its block: for a response the whole HTTP message."""

    kind: str  # response, revisit, resource …
    headers: tuple[tuple[str, str], ...]
    block: Callable[[int], bytes]  # reads up to so many further bytes of the block
    length: int  # of the block, as declared
    place: int  # where it begins in the file as it is stored

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def kind(head: bytes) -> str:
    """warc, arc, or "" for no crawl; `head` are the first bytes of the file, compressed or not."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 64)
        except zlib.error:
            return ""
    return "warc" if head.startswith(_WARC) else "arc" if head.startswith(_ARC) else ""


def pages(
    open_file: Open,
    limits: Limits,
    position: Callable[[int], None],
    *,
    wanted: Callable[[str], bool] = lambda address: True,
    more_headers: tuple[tuple[str, str], ...] = (),
) -> Iterator[SourceFile | Refused]:
    """`wanted`: whether a page of this address is taken. `more_headers` are added to each record.

    Raises UnsafeArchive at a limit and UnreadableFile at the end of a damaged file; what was yielded before
    is valid.
    """
    places: dict[str, int] = {}
    seen = unpacked = 0
    with open_file() as file:
        is_packed = file.read(len(_GZIP)) == _GZIP
        for record in _records(file):
            seen += 1
            limits.check_members(seen)
            if is_packed:  # without it, a length that is declared too large unpacks nothing
                unpacked += record.length
                limits.check_bytes(unpacked=unpacked, packed=max(file.tell(), 1))
            position(file.tell())
            address = record.header("WARC-Target-URI").strip("<>")
            if not address.startswith(("http://", "https://")) or not wanted(address):
                continue
            name = names.clean(address.encode("utf-8", "replace"))
            if record.kind == "revisit":
                yield from _revisit(record, name, places, open_file, limits, more_headers)
                continue
            block = record.block(_HEAD)
            if record.kind != "response" or not http.is_page(block):
                continue
            if len(places) < _MOST_PLACES and (digest := record.header("WARC-Payload-Digest")):
                places.setdefault(digest, record.place)
            yield _page(record, name, block, limits, more_headers)


def pictures(open_file: Open, most_bytes: int) -> Iterator[tuple[str, bytes]]:
    """(address, bytes) of every picture in the crawl that has at most `most_bytes`. Damage ends it
    silently: it was reported when the pages were read."""
    with open_file() as file:
        try:
            for record in _records(file):
                address = record.header("WARC-Target-URI").strip("<>")
                if record.kind not in ("response", "resource") or record.length > most_bytes:
                    continue
                block = record.block(_HEAD)
                if record.kind == "response" and not http.is_picture(block):
                    continue
                block += record.block(most_bytes)
                data = http.payload(block, most_bytes) if record.kind == "response" else block
                if data:
                    yield address, data
        except UnreadableFile:
            return


def _page(
    record: Record, name: str, block: bytes, limits: Limits, more: tuple[tuple[str, str], ...]
) -> SourceFile | Refused:
    if record.length > limits.file_bytes:
        return Refused(name, limits.refusal(record.length))
    while piece := record.block(_READ):
        block += piece
    if len(block) < record.length and (end := block.find(_NEXT_RECORD)) > 0:
        block = block[:end]  # it declared more than it has, so that the records after it were read as its own
    return SourceFile(name, written((*record.headers, *more), block))


def written(headers: tuple[tuple[str, str], ...], block: bytes) -> bytes:
    """A WARC record as it stands in a file. Its length is that of the block, whatever was declared."""
    lines = [f"{key}: {value}" for key, value in headers if key.lower() != "content-length"]
    head = "\r\n".join(("WARC/1.1", *lines, f"Content-Length: {len(block)}"))
    return head.encode("utf-8", "replace") + b"\r\n\r\n" + block


def _revisit(
    record: Record,
    name: str,
    places: dict[str, int],
    open_file: Open,
    limits: Limits,
    more: tuple[tuple[str, str], ...],
) -> Iterator[SourceFile | Refused]:
    """The page as it was at the revisit. Of a page whose first capture is in another file, only the
    reason."""
    place = places.get(record.header("WARC-Payload-Digest"))
    if place is None:
        if http.is_page(record.block(_HEAD)):
            yield Refused(name, Message("revisit_elsewhere"))
        return
    with open_file() as file:
        file.seek(place)
        try:
            first = next(iter(_of_warc(file, 0)), None)
            head = first.block(_HEAD) if first else b""
        except _DAMAGE:  # it is no place of its own: the file is compressed as a whole
            first, head = None, b""
        if first is None or not http.is_page(head):
            yield Refused(name, Message("revisit_elsewhere"))
            return
        kept = tuple(
            (key, value) for key, value in record.headers if key.lower() not in ("warc-type", "content-type")
        )
        headers = (("WARC-Type", "response"), *kept, ("Content-Type", "application/http; msgtype=response"))
        merged = Record("response", headers, first.block, first.length, place)
        yield _page(merged, name, head, limits, more)


# -- records
# -----------------------------------------------------------------------------------------------------


def _records(file: IO[bytes]) -> Iterator[Record]:
    file.seek(0)
    what = kind(file.read(512))
    file.seek(0)
    if what == "arc":
        packed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        # warcio itself reads only files in which every record was compressed on its own.
        yield from _of_arc(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file)
        return
    magic = _GZIP if file.read(3) == _GZIP else b"WARC/1."
    file.seek(0)
    yield from _with_resyncs(file, magic)


def _with_resyncs(file: IO[bytes], magic: bytes) -> Iterator[Record]:
    """All records that can be read. After a damaged one, and after one that declares more than the file
    holds, reading goes on at the next that begins with `magic`; at the end the damage is raised."""
    start = seen = 0
    damage = ""
    for _ in range(_MOST_RESYNCS):
        file.seek(start)
        last = -1
        try:
            for record in _of_warc(file, start):
                last = record.place
                seen += 1
                yield record
            if not _is_cut(file, last, magic):
                break
            damage = damage or "a record is shorter than it says"
        except _DAMAGE as exc:
            damage = damage or str(exc) or type(exc).__name__
        start = _find(file, magic, max(last, start) + 1)
        if start < 0:
            break
    if damage:
        raise UnreadableFile("crawl_damaged", n=seen, detail=damage)


def _is_cut(file: IO[bytes], place: int, magic: bytes) -> bool:
    """Whether the last record that was read, which begins there, has fewer bytes than it declares, or bytes
    follow it that are no record. `place` -1: none was read."""
    file.seek(max(place, 0))
    if place < 0:
        return bool(file.read(_HEAD).strip())
    if magic != _GZIP:
        return _plain_is_cut(file)
    begins_member = file.read(len(_GZIP)) == _GZIP
    file.seek(place if begins_member else 0)  # of a file that is compressed as a whole, from its beginning
    return _gzip_is_cut(file)


def _plain_is_cut(file: IO[bytes]) -> bool:
    head, found, block = file.read(_HEAD).partition(b"\r\n\r\n")
    length = http.header(head, "Content-Length")
    left = (int(length) if length.isdigit() else 0) - len(block)
    while left > 0 and (piece := file.read(min(left, _READ))):
        left -= len(piece)
    rest = block[left:] if left < 0 else b""
    return not found or left > 0 or bool((rest + file.read(_HEAD)).strip())


def _gzip_is_cut(file: IO[bytes]) -> bool:
    unpacker = zlib.decompressobj(wbits=31)
    packed = b""
    while not unpacker.eof and (packed := packed or file.read(_READ)):
        unpacker.decompress(packed, _READ)
        packed = unpacker.unconsumed_tail
    return not unpacker.eof or bool((unpacker.unused_data + file.read(_HEAD)).strip(b"\0"))


def _find(file: IO[bytes], magic: bytes, start: int) -> int:
    """Where `magic` comes next; -1 when nowhere."""
    file.seek(start)
    before = b""
    at = start
    while piece := file.read(_READ):
        found = (before + piece).find(magic)
        if found >= 0:
            return at - len(before) + found
        at += len(piece)
        before = piece[-len(magic) + 1 :]
    return -1


def _of_warc(file: IO[bytes], start: int) -> Iterator[Record]:
    """`place` of a record counts from the beginning of the file, of which reading begins at `start`."""
    for found in ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False):
        yield _record(found, start)


def _record(found: Any, start: int) -> Record:
    reader = found.reader

    def block(size: int) -> bytes:
        data: bytes = reader.read(size)
        return data

    headers = tuple((str(key), str(value)) for key, value in found.headers.items())
    place = start + int(found.stream_pos)
    kind_ = str(found.headers.get("WARC-Type") or "").lower()
    return Record(kind_, headers, block, int(found.content_length), place)


def _of_arc(file: IO[bytes]) -> Iterator[Record]:
    seen = 0
    try:
        for found in ArcIterator(file, no_record_parse=True, arc2warc=True):
            seen += 1
            stream = found.raw_stream
            yield Record(
                found.rec_type, tuple(found.rec_headers.headers), stream.read, int(found.length or 0), 0
            )
    except _DAMAGE as exc:
        raise UnreadableFile("crawl_damaged", n=seen, detail=str(exc) or type(exc).__name__) from exc


__all__ = ["Open", "Record", "kind", "pages", "pictures", "written"]
