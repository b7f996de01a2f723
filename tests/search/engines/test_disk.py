"""Disks that are full or may not be written, folders that are damaged, and how soon an edit is found."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsarchive.errors import IndexUnavailable, IndexUnwritable
from search.engines.embedded.engine import EmbeddedEngine
from tests.processes import copied, database, finish, start

from .engine_contract import doc, found


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Also for root, who may write everywhere: as nobody."""
    places = [folder, *folder.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield
    for place in places:
        place.chmod(0o755 if place.is_dir() else 0o644)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Everybody may look into it, as into pytest's own nobody may."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name) / "index"


def test_a_rebuild_on_a_full_disk_says_so_and_leaves_the_index_as_it_was(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: [doc(1, "新聞")])
    many = [doc(n, "新聞", f"第{n}則" * 500) for n in range(50)]

    with full_disk(40_000), pytest.raises(IndexUnwritable, match=r"MB are free.*stays"):
        engine.rebuild(lambda: many)

    assert found(EmbeddedEngine(folder), "新聞") == {1}
    assert list(folder.glob("new-*")) == []
    assert engine.rebuild(lambda: many) == 50


def test_a_change_on_a_full_disk_is_refused_whole_and_searching_goes_on(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: [doc(1, "新聞")])

    with full_disk(100), pytest.raises(IndexUnwritable):
        engine.upsert([doc(2, "新聞", "很長" * 50_000)])
    reader = EmbeddedEngine(folder)
    with full_disk(100):
        assert found(reader, "新聞") == {1}

    engine.upsert([doc(2, "新聞", "很長" * 50_000)])
    assert found(engine, "新聞") == {1, 2}
    assert _wait_for(reader, "很長", 10) < 10


def test_a_read_only_index_is_searched_and_says_that_it_cannot_be_written(folder: Path) -> None:
    writer = EmbeddedEngine(folder)
    writer.rebuild(lambda: [doc(1, "新聞")])
    writer.upsert([doc(2, "新聞")])
    writer.close()

    with read_only(folder):
        engine = EmbeddedEngine(folder)
        assert found(engine, "新聞") == {1, 2}
        with pytest.raises(IndexUnwritable):
            engine.upsert([doc(3, "新聞")])
        with pytest.raises(IndexUnwritable):
            engine.rebuild(list)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../elsewhere", b"gen-9"])
def test_a_torn_pointer_is_said_and_mended_by_a_rebuild(folder: Path, content: bytes) -> None:
    EmbeddedEngine(folder).rebuild(lambda: [doc(1, "新聞")])
    (folder / "CURRENT").write_bytes(content)
    engine = EmbeddedEngine(folder)

    with pytest.raises(IndexUnavailable):
        engine.state()
    engine.rebuild(lambda: [doc(1, "新聞")])

    assert found(engine, "新聞") == {1}


def test_a_damaged_tail_is_said_and_mended_by_a_rebuild(folder: Path) -> None:
    EmbeddedEngine(folder).rebuild(lambda: [doc(1, "新聞")])
    (folder / "gen-1" / "tail.sqlite3").write_bytes(b"no database at all" * 500)
    engine = EmbeddedEngine(folder)

    with pytest.raises(IndexUnavailable):
        engine.state()
    with pytest.raises(IndexUnavailable):
        engine.upsert([doc(2, "新聞")])
    engine.rebuild(lambda: [doc(1, "新聞")])

    assert found(engine, "新聞") == {1}


def test_a_writer_notices_that_the_index_it_has_open_is_gone(folder: Path) -> None:
    engine = EmbeddedEngine(folder)
    engine.rebuild(lambda: [doc(1, "新聞")])
    assert engine.state().documents == 1
    (folder / "gen-1").rename(folder / "away")

    with pytest.raises(IndexUnavailable):
        engine.upsert([doc(2, "新聞")])

    with pytest.raises(IndexUnavailable):
        engine.state()


def test_an_edit_is_found_within_two_seconds_while_the_indexer_runs(seeds: Path, tmp_path: Path) -> None:
    """Timed from the commit of the change until the tail of the index has it, the indexer being up."""
    data = copied(seeds, tmp_path / "data")
    engine = EmbeddedEngine(data / "index")
    indexer = start(data, "run_indexer")
    try:
        _change(data, "暖身")
        _wait_for(engine, "暖身", 60)

        _change(data, "二秒之內")
        seconds = _wait_for(engine, "二秒之內", 60)

        assert finish(data, "run_indexer")[0] == 1  # one is enough
    finally:
        indexer.send_signal(signal.SIGTERM)
        assert indexer.wait(timeout=30) == 0
        indexer.communicate()
    assert seconds < 2


def _change(data: Path, word: str) -> None:
    with database(data) as opened:
        opened.execute(f"UPDATE newsarchive_article SET title = '{word}' WHERE id = 1")  # noqa: S608
        opened.execute(
            "INSERT INTO newsarchive_outboxrow (story_id, created_at)"
            " SELECT story_id, '2026-01-01 00:00:00' FROM newsarchive_article WHERE id = 1"
        )


def _wait_for(engine: EmbeddedEngine, word: str, most: float) -> float:
    began = time.monotonic()
    while not found(engine, word) and time.monotonic() - began < most:
        time.sleep(0.02)
    return time.monotonic() - began
