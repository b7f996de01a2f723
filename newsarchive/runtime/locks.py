"""Locks between processes: the only module that takes or asks for one. The kernel takes them back when their
process ends, however it ends."""

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
    """Gives the file descriptor: a process that inherits it holds the lock too, and goes on when this one
    ends. Raises BlockingIOError when another holder has it and `wait` is false; OSError when the file can't
    be made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield file.fileno()


def is_held(path: Path) -> bool:
    """Does anybody hold it now? Makes no file and takes nothing from a holder."""
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
