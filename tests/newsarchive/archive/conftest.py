from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def data_folder(settings: Any, tmp_path: Path) -> Path:
    """Its own lock for every test, outside the folders that are imported."""
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """To put files for an import into."""
    path = tmp_path / "in"
    path.mkdir()
    return path
