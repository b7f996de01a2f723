"""Locks between processes (flock). Only this module takes or queries them. The kernel releases a lock when
its process ends, however it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

IMPORT_LOCK: Final = "import.lock"  # in the data folder: held by whoever reads files into the archive


def import_lock() -> Path:
    folder: Path = settings.DATA_DIR
    return folder / IMPORT_LOCK


@contextmanager
def held(path: Path, *, wait: bool) -> Iterator[int]:
    """Yields the file descriptor: a child process that inherits it holds the lock too, and keeps it when this
    process ends. Raises BlockingIOError when another process holds the lock and `wait` is false, OSError when
    the file can't be created."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield file.fileno()


def is_held(path: Path) -> bool:
    """Whether any process holds the lock now. Creates no file and does not disturb the holder."""
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
