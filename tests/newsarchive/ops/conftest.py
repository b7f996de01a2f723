from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import copied

from .running import ROOT, Started


@pytest.fixture
def data(seeds: Path, tmp_path: Path) -> Path:
    return copied(seeds, tmp_path / "data")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program that a test may change under a running server."""
    for name in ("newsarchive", "search", "templates", "seeds"):
        shutil.copytree(
            ROOT / name, tmp_path / "program" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "manage.py", tmp_path / "program")
    return tmp_path / "program"


@pytest.fixture
def start() -> Iterator[Started]:
    """Starts processes that end with the test, however it ends."""
    started = Started()
    yield started
    started.end()


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("NEWSARCHIVE_", "PROMETHEUS_"))]:
        if name != "NEWSARCHIVE_DATA":
            monkeypatch.delenv(name)
