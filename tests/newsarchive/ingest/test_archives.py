import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from newsarchive.errors import UnreadableFile, UnsafeArchive
from newsarchive.importers.types import SourceFile
from newsarchive.ingest.containers import reader
from newsarchive.ingest.containers.limits import Limits, Refused
from tests.newsarchive.archive.making import LIMITS, tar_bytes, write_zip

FILES = {"甲.md": b"one", "folder/b.md": b"two", "folder/empty.md": b""}
LONG = "很長的名字/" * 60 + "x.md"


def read(path: Path, limits: Limits = LIMITS) -> list[SourceFile | Refused]:
    return list(reader.members(path, limits, lambda position: None))


def good(path: Path, limits: Limits = LIMITS) -> dict[str, bytes]:
    return {item.path: item.data for item in read(path, limits) if isinstance(item, SourceFile)}


def refused(path: Path, limits: Limits = LIMITS) -> dict[str, str]:
    return {item.path: str(item.reason) for item in read(path, limits) if isinstance(item, Refused)}


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("kind", "pack"),
    [
        ("tar", bytes),
        ("gz", gzip.compress),
        ("xz", lzma.compress),
        ("bz2", bz2.compress),
        ("zst", zstandard.ZstdCompressor().compress),
    ],
)
def test_every_kind_of_tar_gives_its_files_whatever_its_name(
    tmp_path: Path, kind: str, pack: Callable[[bytes], bytes]
) -> None:
    path = write(tmp_path / "upload", pack(tar_bytes(FILES)))

    assert reader.kind(path.read_bytes()[: reader.HEAD]) == kind
    assert good(path) == FILES


def test_a_zip_gives_its_files(tmp_path: Path) -> None:
    assert good(write_zip(tmp_path / "upload", FILES)) == FILES


def test_an_article_is_no_archive() -> None:
    assert reader.kind(b"---\ntitle: x\n---\n" + b"x" * 600) == ""
    assert reader.kind(b"") == ""


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_a_tar_tells_long_names_in_both_dialects(tmp_path: Path, format: int) -> None:
    path = write(tmp_path / "a.tar", tar_bytes({LONG: b"text", "short.md": b"x"}, format=format))

    assert good(path) == {LONG: b"text", "short.md": b"x"}


def test_names_in_gb18030_are_read(tmp_path: Path) -> None:
    old = "新闻.md".encode("gb18030")
    with tarfile.open(tmp_path / "a.tar", "w", encoding="gb18030", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("新闻.md"))
    packed = write_zip(tmp_path / "a.zip", {"x" * len(old): b"text"})
    packed.write_bytes(packed.read_bytes().replace(b"x" * len(old), old))  # as old Windows programs wrote it

    assert list(good(tmp_path / "a.tar")) == ["新闻.md"]
    assert list(good(packed)) == ["新闻.md"]


def test_hidden_files_and_macos_folders_are_passed_over_in_silence(tmp_path: Path) -> None:
    files = {"__MACOSX/._a.md": b"x", ".DS_Store": b"x", "a/.git/config": b"x", "./a.md": b"1", " .md": b"2"}
    path = write_zip(tmp_path / "a.zip", files)
    tar = write(tmp_path / "a.tar", tar_bytes(files))

    assert good(path) == {"./a.md": b"1", " .md": b"2"} == good(tar)
    assert refused(path) == {} == refused(tar)


@pytest.mark.parametrize(
    "name", ["../evil.md", "/etc/evil.md", "a/../../evil.md", "..\\evil.md", "C:\\evil.md"]
)
def test_a_name_that_leads_out_is_refused_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "a.zip", {name: b"evil", "good.md": b"good"})
    tar = write(tmp_path / "a.tar", tar_bytes({name: b"evil", "good.md": b"good"}))

    assert good(path) == {"good.md": b"good"} == good(tar)
    assert refused(path) == {name: "Refused: its name leads out of the archive."} == refused(tar)


def test_links_and_devices_in_a_tar_are_refused_by_name(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, type in (
            ("link", tarfile.SYMTYPE),
            ("hard", tarfile.LNKTYPE),
            ("device", tarfile.CHRTYPE),
            ("pipe", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type = type
            info.linkname = "/etc/passwd"
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("good.md"))

    assert set(refused(tmp_path / "a.tar")) == {"link", "hard", "device", "pipe"}
    assert list(good(tmp_path / "a.tar")) == ["good.md"]


def test_a_symbolic_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.md", b"good")

    assert refused(tmp_path / "a.zip") == {"link.md": "Refused: a link or a device, not a plain file."}
    assert good(tmp_path / "a.zip") == {"good.md": b"good"}


def test_a_member_over_the_limit_is_named_with_its_size(tmp_path: Path) -> None:
    files = {"big.md": bytes(range(256)) * 8_000, "good.md": b"good"}

    for path in (write_zip(tmp_path / "a.zip", files), write(tmp_path / "a.tar", tar_bytes(files))):
        assert good(path) == {"good.md": b"good"}
        assert refused(path) == {
            "big.md": "Refused: 2,048,000 bytes, more than the limit of 1,000,000 for one file."
        }


def test_a_zip_that_lies_about_a_size_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"big.md": b"x" * 2_000_000})
    lie = path.read_bytes().replace((2_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(lie)

    assert good(path) == {}
    assert list(refused(path)) == ["big.md"]


def test_a_zip_bomb_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    bomb = {f"{number}.md": b"\0" * 900_000 for number in range(40)}
    path = write_zip(tmp_path / "a.zip", bomb)
    taken = []

    with pytest.raises(UnsafeArchive, match="a bomb"):
        taken.extend(reader.members(path, LIMITS, lambda position: None))

    assert path.stat().st_size < 60_000


def test_a_packed_tar_of_countless_empty_files_is_stopped(tmp_path: Path) -> None:
    header = tarfile.TarInfo("empty.md").tobuf()
    with gzip.open(tmp_path / "many.tar.gz", "wb") as out:
        for _ in range(1_000):
            out.write(header * 20)

    taken: list[SourceFile | Refused] = []
    with pytest.raises(UnsafeArchive, match="holds more than 1,000 files"):
        taken.extend(reader.members(tmp_path / "many.tar.gz", LIMITS, lambda position: None))
    assert len(taken) == 1_000

    with pytest.raises(UnsafeArchive, match="a bomb"):
        read(tmp_path / "many.tar.gz", Limits(1_000_000, 10**9, 10**12, 200))


def test_a_zip_with_too_many_members_is_stopped(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{number}.md": b"" for number in range(1_001)})

    with pytest.raises(UnsafeArchive, match="holds more than 1,000 files"):
        read(path)


def test_an_archive_that_unpacks_to_too_much_is_stopped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar", tar_bytes({f"{n}.md": b"x" * 10_000 for n in range(50)}))

    with pytest.raises(UnsafeArchive, match="unpacks to more than 100,000 bytes"):
        read(path, Limits(1_000_000, 1_000, 100_000, 200))


def test_a_header_of_a_gigabyte_is_not_read_into_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("././@LongLink")
    header.type = tarfile.GNUTYPE_LONGNAME
    header.size = 2**30
    path = write(tmp_path / "a.tar", header.tobuf(tarfile.GNU_FORMAT) + b"x" * 10_240)

    with pytest.raises(UnsafeArchive, match="header of 1,073,741,824 bytes"):
        read(path)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, zstandard.ZstdCompressor().compress])
def test_a_tar_that_is_cut_off_gives_what_is_whole_and_says_so(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    data = pack(tar_bytes({"a.md": b"first", "b.md": bytes(range(256)) * 2_000}))
    path = write(tmp_path / "a.tar", data[: len(data) // 2])
    got = []

    with pytest.raises(UnreadableFile, match=r"damaged|cut off"):
        got.extend(reader.members(path, LIMITS, lambda position: None))


def test_damage_in_the_middle_of_a_tar_is_not_taken_for_its_end(tmp_path: Path) -> None:
    data = bytearray(tar_bytes({"a.md": b"first", "b.md": b"second"}, format=tarfile.USTAR_FORMAT))
    data[1024:1030] = b"XXXXXX"
    path = write(tmp_path / "a.tar", bytes(data))

    with pytest.raises(UnreadableFile, match="damaged after 1 files"):
        read(path)


def test_something_packed_that_is_no_tar_is_said_to_be_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md.gz", gzip.compress(b"only a text"))

    with pytest.raises(UnreadableFile, match="there is no tar inside"):
        read(path)


def test_a_damaged_member_of_a_zip_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bad.md", b"the text that will be damaged")
        archive.writestr("good.md", b"good")
    path.write_bytes(path.read_bytes().replace(b"will be damaged", b"has been damage"))

    assert good(path) == {"good.md": b"good"}
    assert "damaged" in refused(path)["bad.md"]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"secret.md": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert refused(path) == {"secret.md": "Refused: it is encrypted."}


def test_a_name_can_not_move_the_cursor_of_a_terminal(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar", tar_bytes({"a\x1b[2J\n.md": b"x"}))

    assert list(good(path)) == ["a\ufffd[2J\ufffd.md"]


def test_reading_an_archive_tells_how_far_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar", tar_bytes({f"{n}.md": b"x" * 100_000 for n in range(9)}))
    positions: list[int] = []

    list(reader.members(path, LIMITS, positions.append))

    assert positions == sorted(positions)
    assert positions[-1] > path.stat().st_size // 2
