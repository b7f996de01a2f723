"""A rebuild that somebody started by hand beside the indexer, which wants one too."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

import pytest

from newsarchive.runtime import locks
from search.indexing.indexer import BUSY
from tests.processes import copied, finish, start


@pytest.fixture
def data(seeds: Path, tmp_path: Path) -> Path:
    """An archive whose index has never been built."""
    data = copied(seeds, tmp_path / "data")
    shutil.rmtree(data / "index")
    return data


def test_the_indexer_waits_for_it_and_calls_it_no_failure(data: Path) -> None:
    with locks.held(data / "index" / "build.lock", wait=False):
        code, said = finish(data, "rebuild_index")
        assert (code, "another rebuild is under way" in said) == (BUSY, True)
        indexer = start(data, "run_indexer", "--interval", "0.1")
        assert indexer.stderr
        lines: list[str] = []
        while "another process rebuilds the index" not in "".join(lines):
            lines.append(indexer.stderr.readline())
    try:
        while finish(data, "rebuild_index", "--if-needed")[1] != "the index is in order\n":
            time.sleep(0.2)
    finally:
        indexer.send_signal(signal.SIGTERM)
        lines.append(indexer.communicate(timeout=60)[1])

    assert "failed" not in "".join(lines)
    assert finish(data, "check_index")[0] == 0
