from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.engines import get_engine


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> Iterator[None]:
    """An index and an import lock of its own for every test."""
    settings.DATA_DIR = tmp_path
    settings.INDEX_DIR = tmp_path / "index"
    get_engine.cache_clear()
    yield
    get_engine().close()
    get_engine.cache_clear()
