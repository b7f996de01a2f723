"""Every search sees what was written before it, by whichever process."""

from __future__ import annotations

import os
from pathlib import Path

from search.engines.embedded.delta import MARK, Tail
from search.engines.embedded.engine import EmbeddedEngine
from search.engines.embedded.storage.generation import TAIL

from .engine_contract import doc, found


def test_every_search_sees_the_write_before_it(tmp_path: Path) -> None:
    writer, reader = EmbeddedEngine(tmp_path), EmbeddedEngine(tmp_path)
    writer.rebuild(lambda: [doc(1, "新聞")])

    for number in range(2, 40):
        assert len(found(reader, "新聞")) == number - 1
        writer.upsert([doc(number, "新聞")])
    writer.delete([1])
    assert 1 not in found(reader, "新聞")


def test_what_a_killed_writer_had_written_is_seen_with_the_next_write(tmp_path: Path) -> None:
    writer, reader = EmbeddedEngine(tmp_path), EmbeddedEngine(tmp_path)
    writer.rebuild(lambda: [doc(1, "新聞")])
    assert found(reader, "新聞") == {1}
    mark = tmp_path / "gen-1" / MARK
    before = mark.read_bytes()
    writer.upsert([doc(2, "新聞")])
    mark.write_bytes(before)  # killed after the commit, before the mark

    assert found(EmbeddedEngine(tmp_path), "新聞") == {1, 2}
    writer.upsert([doc(2, "新聞"), doc(3, "新聞")])  # the outbox still had it
    assert found(reader, "新聞") == {1, 2, 3}


def test_an_index_of_before_there_was_a_mark_is_followed(tmp_path: Path) -> None:
    writer, reader = EmbeddedEngine(tmp_path), EmbeddedEngine(tmp_path)
    writer.rebuild(lambda: [doc(1, "新聞")])
    (tmp_path / "gen-1" / MARK).unlink()

    assert found(reader, "新聞") == {1}
    writer.upsert([doc(2, "新聞")])
    assert found(reader, "新聞") == {1, 2}


def test_processes_of_the_release_before_learn_that_something_was_written(tmp_path: Path) -> None:
    """They hold a file open and look when it is gone."""
    engine = EmbeddedEngine(tmp_path)
    engine.rebuild(lambda: [doc(1, "新聞")])
    (tmp_path / "EPOCH").write_bytes(bytes(8))

    with (tmp_path / "EPOCH").open("rb") as held:
        engine.upsert([doc(2, "新聞")])
        assert os.fstat(held.fileno()).st_nlink == 0


def test_a_write_of_the_program_before_is_seen_in_the_index_that_it_made(tmp_path: Path) -> None:
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
