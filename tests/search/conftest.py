from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.engines import get_engine
from search.engines.base import Engine


@pytest.fixture
def index(settings: Any, tmp_path: Path) -> Iterator[Engine]:
    """The engine that the service and the pages ask, on a folder of this test."""
    settings.DATA_DIR = tmp_path / "data"
    settings.INDEX_DIR = tmp_path / "index"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    get_engine.cache_clear()
    yield get_engine()
    get_engine().close()
    get_engine.cache_clear()
