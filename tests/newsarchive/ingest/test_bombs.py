"""Archives that are made to do harm: stopped at a limit, in seconds and little memory, with nothing
written anywhere."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.importers.fields.agencies import Agencies
from newsarchive.importers.types import SourceFile
from newsarchive.ingest import parse_pool
from newsarchive.ingest.containers import reader
from newsarchive.ingest.containers.limits import Refused
from newsarchive.messages import Message
from tests.newsarchive.archive.making import LIMITS

SECONDS = 20  # of processor time; far above what they take
ZEROS = bytes(1 << 20)


def members(data: bytes, folder: Path, **limits: int) -> list[SourceFile | Refused]:
    path = folder / "archive"
    path.write_bytes(data)
    return list(reader.members(path, replace(LIMITS, **limits), lambda position: None))


def tar(*infos: tarfile.TarInfo, data: bytes = b"x" * 10) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        for info in infos:
            info.size = len(data) if info.isreg() else 0
            made.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return out.getvalue()


def info(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files:
            made.writestr(name, data)
    return out.getvalue()


def inflated(pack: Callable[[bytes], bytes]) -> bytes:
    """64 MB of nothing behind a tar header, packed to some kilobytes."""
    head = info("a.md")
    head.size = 64 << 20
    return pack(head.tobuf() + bytes(64 << 20) + bytes(1024))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_what_unpacks_to_a_thousand_times_its_size_is_stopped(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    data = inflated(pack)
    began = time.process_time()

    with pytest.raises(UnsafeArchive, match="bomb"):
        members(data, tmp_path, file_bytes=1 << 30, archive_bytes=1 << 30)

    assert time.process_time() - began < SECONDS


def test_a_zip_whose_members_share_their_bytes_is_stopped_by_what_comes_out(tmp_path: Path) -> None:
    """Sizes in the list of contents are lies: what is unpacked is counted."""
    data = zipped(*((f"{number}.md", ZEROS[:900_000]) for number in range(200)))

    with pytest.raises(UnsafeArchive, match=r"bomb|unpacks to more"):
        members(data, tmp_path)


def test_more_members_than_the_limit_are_not_read(tmp_path: Path) -> None:
    for data in (
        zipped(*((f"{number}.md", b"") for number in range(1_500))),
        tar(*(info(f"{number}.md") for number in range(1_500))),
    ):
        with pytest.raises(UnsafeArchive, match="more than 1,000 files"):
            members(data, tmp_path)


def test_an_archive_in_an_archive_is_a_file_that_nobody_opens(tmp_path: Path) -> None:
    """42.zip: each level is small, all levels are petabytes."""
    inner = zipped(("bomb.md", ZEROS))
    for _ in range(5):
        inner = zipped(*((f"{number}.zip", inner) for number in range(3)))

    found = members(inner, tmp_path)

    assert len(found) == 3
    for file in found:
        assert isinstance(file, SourceFile)
        parsed = parse_pool.parse(file, Agencies())
        assert parsed.article is None
        assert parsed.reason == Message("archive_inside")


def test_a_zst_that_asks_for_gigabytes_of_memory_is_damaged(tmp_path: Path) -> None:
    """A window of 2 GB in 18 bytes: frame header with the largest descriptor, then an empty block."""
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0xA8]) + b"\x01\x00\x00"

    with pytest.raises(UnreadableFile):
        members(frame, tmp_path)


def test_an_xz_that_asks_for_gigabytes_of_memory_is_refused(tmp_path: Path) -> None:
    """A dictionary of 4 GB, which the reader would have to hold, around a few bytes."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}]
    data = bytearray(lzma.compress(tar(info("a.md")), filters=filters))
    place = data.index(bytes([0x21, 0x01]), 12) + 2  # the dictionary's size in the block header
    data[place] = 40  # 4 GB - 1
    size = (data[12] + 1) * 4
    data[12 + size - 4 : 12 + size] = zlib.crc32(bytes(data[12 : 12 + size - 4])).to_bytes(4, "little")

    with pytest.raises(UnreadableFile, match=r"(?i)memory"):
        members(bytes(data), tmp_path)


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE),
        *(tarfile.GNUTYPE_SPARSE, tarfile.CONTTYPE, b"Z"),
    ],
)
def test_what_is_no_plain_file_is_refused_and_the_rest_is_read(kind: bytes, tmp_path: Path) -> None:
    found = members(tar(info("evil.md", kind, link="/etc/passwd"), info("good.md")), tmp_path)

    good = [file.path for file in found if isinstance(file, SourceFile)]
    assert "good.md" in good
    assert kind == tarfile.CONTTYPE or good == ["good.md"]  # "contiguous" is a plain file by another name


@pytest.mark.parametrize(
    "name",
    ["../evil.md", "/etc/evil.md", "a/../../evil.md", "..\\evil.md", "C:\\evil.md", "\\\\host\\evil.md"],
)
def test_no_name_leads_out_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()

    for data in (tar(info(name)), zipped((name, b"x"))):
        found = members(data, tmp_path / "inside")
        assert all(isinstance(file, Refused) for file in found)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["archive"]


def test_a_header_of_gigabytes_is_not_read_into_memory(tmp_path: Path) -> None:
    head = info("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    head.size = 4 << 30

    with pytest.raises(UnsafeArchive, match="header"):
        members(head.tobuf(format=tarfile.GNU_FORMAT) + ZEROS, tmp_path)


def test_a_size_beyond_all_disks_is_refused_without_reading_it(tmp_path: Path) -> None:
    head = info("a.md")
    head.size = 8 << 60

    with pytest.raises((UnreadableFile, UnsafeArchive)):
        members(head.tobuf(format=tarfile.GNU_FORMAT) + ZEROS, tmp_path)


def test_a_zip_that_tells_fewer_members_than_it_lists_is_counted_before_it_is_held_in_memory(
    tmp_path: Path,
) -> None:
    data = bytearray(zipped(*((f"{number}.md", b"") for number in range(1_500))))
    end = data.rindex(b"PK\5\6")
    data[end + 8 : end + 12] = bytes([1, 0, 1, 0])  # "one member in all"

    with pytest.raises(UnsafeArchive, match="more than 1,000 files"):
        members(bytes(data), tmp_path)


def test_a_list_of_contents_of_gigabytes_is_not_read_into_memory(tmp_path: Path) -> None:
    """A sparse file: nothing but the end record, which tells of a list as long as all that is before it."""
    path = tmp_path / "a.zip"
    end = bytearray(zipped()[-22:])
    length = 2 << 30
    end[12:16] = length.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(b"PK\3\4")
        file.seek(length)
        file.write(end)

    with pytest.raises(UnsafeArchive, match="header of 2,147,483,648 bytes"):
        list(reader.members(path, LIMITS, lambda position: None))


def test_members_that_overlap_are_stopped_by_what_comes_out(tmp_path: Path) -> None:
    """Every entry of the list of contents points at the same bytes, which no compression is needed for."""
    data = zipped(("a.md", bytes(range(256)) * 3_000))
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    entry, record = data[start:end], bytearray(data[end:])
    record[8:12] = (900).to_bytes(2, "little") * 2
    record[12:16] = (900 * len(entry)).to_bytes(4, "little")

    with pytest.raises(UnsafeArchive, match=r"bomb|unpacks to more"):
        members(data[:start] + entry * 900 + bytes(record), tmp_path)


def test_a_zip_behind_other_bytes_and_one_of_the_wide_kind_are_read(tmp_path: Path) -> None:
    """As self-extracting archives are, and those of more than 4 GB."""
    data = zipped(("a.md", b"x"), ("b.md", b"y"))
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    fields = (44, 45, 45, 0, 0, 2, 2, end - start, start)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", *fields) + struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)

    for made in (data, data[:end] + wide + data[end:]):
        assert [file.path for file in members(made, tmp_path)] == ["a.md", "b.md"]


def test_headers_without_end_before_one_member_are_stopped(tmp_path: Path) -> None:
    payload = b"30 comment=aaaaaaaaaaaaaaaaaa\n" * 15_000
    head = info("x", tarfile.XHDTYPE)
    head.size = len(payload)
    one = head.tobuf() + payload + bytes(-len(payload) % 512)

    with pytest.raises(UnsafeArchive, match="header"):
        members(one * 50, tmp_path)
