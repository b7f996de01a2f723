"""`damaged/` in the index's folder: what was found damaged is moved there, for people to look at."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

FOLDER: Final = "damaged"
# So many are kept, the newest: a generation is as large as the index, and a rebuild needs room.
MOST: Final = 3
_NAME: Final = re.compile(r".+-(\d{8}T\d{12}Z)")


def put(index: Path, name: str, paths: list[Path]) -> str:
    """Move these (a generation's folder, the files of a tail) under a name with the time. Returns it."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    target = index / FOLDER / f"{name}-{stamp}"
    target.mkdir(parents=True)
    for path in paths:
        if path.exists() or path.is_symlink():
            path.rename(target / path.name)
    for old in names(index)[:-MOST]:
        shutil.rmtree(index / FOLDER / old, ignore_errors=True)
    return target.name


def names(index: Path) -> list[str]:
    """What was set aside, the newest last."""
    try:
        found = [path.name for path in (index / FOLDER).iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda name: name.rpartition("-")[2])
