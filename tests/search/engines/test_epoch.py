"""Whether the index was written since: asked without asking the disk, and never wrongly answered with no."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsarchive.errors import IndexUnwritable
from search.engines.embedded.delta import Tail
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.embedded.storage.epoch import Epoch
from search.engines.embedded.storage.generation import TAIL

from .engine_contract import doc, found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "EPOCH"


def test_a_write_moves_the_number_for_who_has_it_mapped(path: Path) -> None:
    reader, writer = Epoch(path), Epoch(path)
    assert reader.look() is None  # there is no file yet
    writer.end(writer.begin())
    before = reader.look()

    begun = writer.begin()
    assert reader.now() is None  # ask the index
    writer.end(begun)

    assert None not in (before, reader.now())
    assert reader.now() != before


def test_after_a_killed_writer_the_index_is_asked_until_another_has_written(path: Path) -> None:
    reader, writer = Epoch(path), Epoch(path)
    writer.begin()

    assert reader.look() is None
    writer.end(writer.begin())
    assert reader.now() is not None


def test_another_file_in_its_place_is_seen_at_once(path: Path) -> None:
    reader, writer = Epoch(path), Epoch(path)
    writer.end(writer.begin())
    reader.look()

    path.unlink()
    assert reader.now() is None
    writer.end(writer.begin())

    assert reader.look() is not None
    before = reader.now()
    writer.end(writer.begin())
    assert reader.now() != before


def test_a_file_cut_short_is_no_number(path: Path) -> None:
    """Somebody copies an old index over it."""
    reader, writer = Epoch(path), Epoch(path)
    writer.end(writer.begin())
    assert reader.look() is not None

    os.truncate(path, 0)

    assert reader.now() is None
    writer.end(writer.begin())
    assert reader.now() is not None


def test_every_search_sees_the_write_before_it(tmp_path: Path) -> None:
    writer, reader = EmbeddedEngine(tmp_path), EmbeddedEngine(tmp_path)
    writer.rebuild(lambda: [doc(1, "新聞")])

    for number in range(2, 40):
        assert len(found(reader, "新聞")) == number - 1
        writer.upsert([doc(number, "新聞")])
    writer.delete([1])
    assert 1 not in found(reader, "新聞")


def test_an_edit_after_the_number_was_deleted_is_seen(tmp_path: Path) -> None:
    writer, reader = EmbeddedEngine(tmp_path), EmbeddedEngine(tmp_path)
    writer.rebuild(lambda: [doc(1, "新聞")])
    writer.upsert([doc(2, "新聞")])
    assert found(reader, "新聞") == {1, 2}

    (tmp_path / "EPOCH").unlink()
    writer.upsert([doc(3, "新聞")])

    assert found(reader, "新聞") == {1, 2, 3}


def test_a_search_that_nothing_was_written_before_does_not_ask_the_tail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = EmbeddedEngine(tmp_path)
    engine.rebuild(lambda: [doc(1, "新聞")])
    found(engine, "新聞")
    asked = []
    engine.upsert([doc(2, "新聞")])
    monkeypatch.setattr(Tail, "version", lambda self: asked.append(self) or len(asked))

    for _ in range(5):
        assert found(engine, "新聞") == {1, 2}

    assert len(asked) == 1


def test_an_index_of_before_there_was_a_number_is_followed(tmp_path: Path) -> None:
    writer, reader = EmbeddedEngine(tmp_path), EmbeddedEngine(tmp_path)
    writer.rebuild(lambda: [doc(1, "新聞")])
    (tmp_path / "EPOCH").unlink()

    assert found(reader, "新聞") == {1}
    writer.upsert([doc(2, "新聞")])
    assert found(reader, "新聞") == {1, 2}


def test_a_write_of_the_program_before_is_seen_in_the_index_that_it_made(tmp_path: Path) -> None:
    """It knows nothing of the number."""
    engine = EmbeddedEngine(tmp_path)
    engine.rebuild(lambda: [doc(1, "新聞")])
    facts = tmp_path / "gen-1" / "generation.json"
    facts.write_text(facts.read_text().replace('"schema": "6"', '"schema": "4"'))
    reader = EmbeddedEngine(tmp_path)
    assert found(reader, "新聞") == {1}

    tail = Tail(tmp_path / "gen-1" / TAIL)
    tail.write([(2, doc(2, "新聞"))])
    tail.close()

    assert reader.state().stale == "schema"
    assert found(reader, "新聞") == {1, 2}


def test_where_the_number_cannot_be_written_nothing_is(tmp_path: Path) -> None:
    """Else those who search would not learn of it."""
    engine = EmbeddedEngine(tmp_path)
    engine.rebuild(lambda: [doc(1, "新聞")])
    (tmp_path / "EPOCH").unlink()
    (tmp_path / "EPOCH").mkdir()

    with pytest.raises(IndexUnwritable):
        engine.upsert([doc(2, "新聞")])

    assert found(engine, "新聞") == {1}
