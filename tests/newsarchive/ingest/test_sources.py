import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsarchive.importers.types import SourceFile
from newsarchive.ingest.containers.limits import Refused
from newsarchive.ingest.inputs import Reader
from newsarchive.messages import Message
from tests.newsarchive.archive.making import LIMITS, tar_bytes, write_zip


def read(*paths: Path) -> dict[str, bytes | str]:
    """The bytes of each file, or why there are none."""
    return {
        item.path: item.data if isinstance(item, SourceFile) else str(item.reason)
        for item in Reader(paths, LIMITS)
    }


def test_a_folder_is_read_in_the_order_of_names(folder: Path) -> None:
    for name in ("b/2.txt", "b/10.txt", "a.md", "c"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())

    assert list(read(folder).items()) == [
        ("a.md", b"a.md"),
        ("b/10.txt", b"b/10.txt"),
        ("b/2.txt", b"b/2.txt"),
        ("c", b"c"),
    ]


def test_files_and_archives_named_together_are_read_in_that_order(folder: Path) -> None:
    (folder / "z.md").write_bytes(b"z")
    packed = write_zip(folder / "a.zip", {"in/a.md": b"a"})

    assert list(read(folder / "z.md", packed)) == ["z.md", "in/a.md"]


def test_hidden_files_are_passed_over_unless_they_were_named(folder: Path) -> None:
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "a.md").write_bytes(b"a")
    (folder / ".b.md").write_bytes(b"b")

    assert read(folder) == {}
    assert read(folder / ".b.md") == {".b.md": b"b"}


def test_a_link_is_followed_only_to_a_file_in_the_same_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_bytes(b"secret")
    (folder / "a.md").write_bytes(b"a")
    (folder / "in.md").symlink_to("a.md")
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder)

    out = "Refused: a link that leads out of the folder."
    assert read(folder) == {"a.md": b"a", "in.md": b"a", "out.md": out, "up": out}


def test_a_link_to_nothing_and_a_pipe_are_named(folder: Path) -> None:
    (folder / "gone.md").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe.md")

    assert read(folder) == {
        "gone.md": "It can't be read: No such file or directory.",
        "pipe.md": "Refused: not a plain file.",
    }


def test_a_file_over_the_limit_is_named_with_its_size(folder: Path) -> None:
    (folder / "big.md").write_bytes(b"x" * 1_000_001)

    assert read(folder) == {
        "big.md": "Refused: 1,000,001 bytes, more than the limit of 1,000,000 for one file."
    }


def test_an_archive_inside_a_folder_is_a_file_like_any_other(folder: Path) -> None:
    packed = write_zip(folder / "a.zip", {"a.md": b"a"})

    assert read(folder) == {"a.zip": packed.read_bytes()}


def test_what_an_archive_gave_before_it_was_stopped_stays(folder: Path) -> None:
    (folder / "a.tar").write_bytes(tar_bytes({f"{n:04}.md": b"x" for n in range(1_200)}))

    items = list(Reader([folder / "a.tar"], LIMITS))

    assert len(items) == 1_001
    assert items[-1] == Refused("a.tar", Message("earlier_files_stay", why=Message("stopped_files", n=1000)))


def test_the_way_done_ends_at_the_total(folder: Path) -> None:
    write_zip(folder / "a.zip", {"a.md": b"a" * 5_000})
    (folder / "b.md").write_bytes(b"b" * 700)
    reader = Reader([folder, folder / "a.zip"], LIMITS)

    for _ in reader:
        assert reader.done <= reader.total

    assert reader.done == reader.total == 700 + 2 * (folder / "a.zip").stat().st_size


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder with a file and a folder that may not be read, even by root: it is not root that reads."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.md").write_bytes(b"a")
        (folder / "b.md").write_bytes(b"b")
        (folder / "b.md").chmod(0)
        (folder / "c").mkdir(mode=0)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        yield folder
        if root:
            os.seteuid(0)
        (folder / "c").chmod(0o700)


def test_what_may_not_be_read_is_named_and_the_rest_is_read(forbidden: Path) -> None:
    assert read(forbidden) == {
        "a.md": b"a",
        "b.md": "It can't be read: Permission denied.",
        "c/": "It can't be read: Permission denied.",
    }
